// Findings for a person and for a program.

import type { Finding, Findings, Verdict } from '../core/doctor/finding.ts'
import { pad } from '../core/layout.ts'
import { escapeJson, escapeLine, readsUtf8, wrap } from '../core/terminal.ts'
import type { World } from '../core/world.ts'
import type { Paint } from '../io/paint.ts'

export function formatFindingsJson({ list }: Findings, world: World): string {
  const clean = (_name: string, value: unknown): unknown =>
    typeof value === 'string' ? world.secrets.clean(value) : value
  const ok = !list.some(({ verdict }) => verdict === 'problem')
  return `${escapeJson(JSON.stringify({ ok, findings: list }, clean))}\n`
}

const MARKS: Readonly<Record<Verdict, readonly [mark: string, plain: string]>> = {
  ok: ['✓', 'ok'],
  warning: ['!', '!!'],
  problem: ['✗', 'XX'],
  skipped: ['-', '--'],
}

const STYLES = { ok: 'good', warning: 'warning', problem: 'bad', skipped: 'faint' } as const

export function formatFindings(
  { list, subjects }: Findings,
  world: World,
  quiet: boolean,
  paint: Paint,
): string {
  const shown = quiet ? list.filter(({ verdict }) => verdict === 'problem') : list
  const checks = Math.max(0, ...shown.map(({ check }) => check.length))
  const plain = !readsUtf8(world.env)
  const indent = 2 + (plain ? 2 : 1) + 1 + checks + 2
  const width = world.stdout.isTTY ? world.stdout.columns - 1 : Number.POSITIVE_INFINITY
  const safe = (text: string): string => escapeLine(world.secrets.clean(text))
  const fold = (text: string, from = indent): string => wrap(safe(text), width, from)
  const formatOne = ({ check, verdict, message, means, fix }: Finding): string[] => {
    const mark = MARKS[verdict][plain ? 1 : 0]
    const head = `  ${paint(STYLES[verdict], mark)} ${paint('label', pad(check, checks))}  `
    const below = ' '.repeat(indent)
    return [
      head + fold(message),
      ...means.map((line) => below + paint('faint', fold(line))),
      // a command must survive being copied: it is never broken
      ...fix.map((line) => `${below}${paint('label', 'fix:')} ${safe(line)}`),
    ]
  }
  const told = new Set([...subjects, ...shown.map(({ profile }) => profile)])
  const groups = [...told].flatMap((profile) => {
    const own = shown.filter((finding) => finding.profile === profile)
    if (own.length === 0) return []
    return [
      ...(profile === null ? [] : [paint('strong', safe(profile))]),
      ...own.flatMap(formatOne),
    ].join('\n')
  })
  return `${[...groups, ...(quiet ? [] : [paint('strong', sumUp(list))])].join('\n')}\n`
}

function sumUp(list: readonly Finding[]): string {
  const count = (verdict: Verdict, name: string): string[] => {
    const { length } = list.filter((finding) => finding.verdict === verdict)
    return length === 0 ? [] : [`${length} ${name}${length === 1 ? '' : 's'}`]
  }
  const counted = [...count('problem', 'problem'), ...count('warning', 'warning')]
  return counted.length === 0 ? 'nothing is wrong' : counted.join(', ')
}
