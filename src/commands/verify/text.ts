// The verdicts for a person: three lines that are never mixed, and what is to be said besides.

import type { Verdict } from '../../core/jwt/claim/verdict.ts'
import { pad } from '../../core/layout.ts'
import { escapeLine, readsUtf8, wrap } from '../../core/terminal.ts'
import type { World } from '../../core/world.ts'
import type { Paint } from '../../io/paint.ts'
import type { Choice } from './choice.ts'

export interface View {
  readonly world: World
  readonly paint: Paint
}

type Mark = 'good' | 'warning' | 'bad' | 'faint'

const SIGNS: Readonly<Record<Mark, readonly [sign: string, plain: string]>> = {
  good: ['✓', 'ok'],
  warning: ['!', '!!'],
  bad: ['✗', 'XX'],
  faint: ['-', '--'],
}

const LABEL = 9

export function formatVerdict(verdict: Verdict, ok: boolean, choice: Choice, view: View): string {
  const { paint } = view
  const lines = [
    ...introduce(choice).map((line) => paint('faint', fold(line, view, 0))),
    ...formatSignature(verdict, view),
    ...formatClaims(verdict, view),
    ...formatForm(verdict, view),
    ok
      ? paint('good', 'all that was asked holds')
      : paint('bad', 'do not trust it: not all that was asked holds'),
  ]
  return `${lines.join('\n')}\n`
}

/** Where it stood, where that is not plain: beside others, or in something. */
function introduce({ found, ignored }: Choice): string[] {
  const where = ignored.length > 0 || found.field !== undefined ? [`judged: ${found.from}`] : []
  return [...where, ...ignored, ...found.repairs]
}

function formatSignature({ signature, signatures }: Verdict, view: View): string[] {
  const { status, reason, alg, key, notes } = signature
  const words = { valid: 'valid', invalid: 'INVALID', unchecked: 'not checked' }[status]
  const by = [alg, key].filter((part) => part !== undefined).join(' by ')
  const head =
    status === 'valid'
      ? `${words}: ${by}${reason === undefined ? '' : `, ${reason}`}`
      : `${words}: ${reason ?? ''}`
  const tried = status === 'valid' || key === undefined ? [] : [`the key: ${key}`]
  const mark: Mark =
    status !== 'valid' ? 'bad' : reason === undefined && notes.length === 0 ? 'good' : 'warning'
  const each = signatures.map(
    (one, index) =>
      `signature ${index + 1}: ${one.status}, ${[one.alg, one.key ?? one.reason].filter(Boolean).join(', ')}`,
  )
  return formatLine(mark, 'signature', head, [...tried, ...notes, ...each], view)
}

function formatClaims({ claims }: Verdict, view: View): string[] {
  const { status, failures, notes, doubts = [] } = claims
  if (status === 'unchecked') {
    return formatLine('faint', 'claims', `not checked: ${notes.join(', ')}`, [], view)
  }
  if (status === 'pass') {
    const mark = doubts.length > 0 ? 'warning' : 'good'
    return formatLine(mark, 'claims', notes.join(' · ') || 'as they should be', doubts, view)
  }
  const head = `FAIL: ${failures.length === 1 ? 'one does' : `${failures.length} do`} not hold`
  const told = failures.map(({ claim, message }) => `${claim}: ${message}`)
  return formatLine('bad', 'claims', head, [...told, ...doubts], view)
}

const STYLES = { error: 'bad', warning: 'warning', info: 'faint' } as const

function formatForm({ form }: Verdict, view: View): string[] {
  const { status, findings } = form
  const [worst] = findings
  const spaced = findings.some(({ code }) => code === 'white-space')
  const hint = spaced
    ? ["if it was only pasted so: tr -d '[:space:]' < FILE | tokentool verify …"]
    : []
  const lines =
    status === 'malformed'
      ? formatLine('bad', 'form', 'MALFORMED: a strict reader refuses it', hint, view)
      : formatLine('good', 'form', 'well formed', hint, view)
  if (worst === undefined) return lines
  const { paint } = view
  const counted = findings.length
  const head = counted === 1 ? 'one' : `${counted}, worst first`
  return [
    ...lines,
    ...formatLine(STYLES[worst.severity], 'findings', head, [], view),
    ...findings.slice(0, MOST).map(({ severity, message, why }) => {
      const style = STYLES[severity]
      return `    ${paint(style, sign(style, view))} ${fold(`${message}: ${why}`, view, 8)}`
    }),
    ...(counted > MOST ? [`    and ${counted - MOST} more`] : []),
  ]
}

const MOST = 12

function formatLine(
  mark: Mark,
  label: string,
  head: string,
  below: readonly string[],
  view: View,
): string[] {
  const { paint } = view
  const shown = sign(mark, view)
  const indent = shown.length + 1 + LABEL + 2
  const style = mark === 'faint' ? 'faint' : 'strong'
  return [
    `${paint(mark, shown)} ${paint('label', pad(label, LABEL))}  ${paint(style, fold(head, view, indent))}`,
    ...below.map((line) => ' '.repeat(indent) + fold(line, view, indent)),
  ]
}

function sign(mark: Mark, { world }: View): string {
  return SIGNS[mark][readsUtf8(world.env) ? 0 : 1]
}

const LONGEST_LINE = 1000

function fold(text: string, { world }: View, indent: number): string {
  const cut = text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text
  const width = world.stdout.isTTY ? world.stdout.columns - 1 : Number.POSITIVE_INFINITY
  return wrap(escapeLine(world.secrets.clean(cut)), width, indent)
}
