// The findings, worst first, each with why it matters.

import type { Finding, Severity } from '../../core/jwt/finding/finding.ts'
import { readsUtf8 } from '../../core/terminal.ts'
import { fold, type View } from './view.ts'

const MARKS: Readonly<Record<Severity, readonly [sign: string, plain: string]>> = {
  error: ['✗', 'XX'],
  warning: ['!', '!!'],
  info: ['·', '--'],
}
const STYLES = { error: 'bad', warning: 'warning', info: 'faint' } as const

export function formatFindings(findings: readonly Finding[], view: View): string[] {
  if (findings.length === 0) return []
  const { paint, world } = view
  const utf8 = readsUtf8(world.env)
  return [
    '',
    paint('strong', 'findings'),
    ...findings.flatMap(({ severity, message, why, code }) => [
      `  ${paint(STYLES[severity], MARKS[severity][utf8 ? 0 : 1])} ${fold(`${message}  [${code}]`, view, 4)}`,
      `    ${paint('faint', fold(why, view, 4))}`,
    ]),
  ]
}
