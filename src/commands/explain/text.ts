// An explanation for a person and for a program. What was pasted is shown only with its secrets
// hidden, and nothing of it becomes a command.

import { repeatCommand } from '../../core/again.ts'
import type { Failure } from '../../core/answer/failure.ts'
import { USUAL } from '../../core/answer/usual.ts'
import { EXITS } from '../../core/error.ts'
import { type Diagnosis, diagnose, isCommand, listSent } from '../../core/explain/diagnosis.ts'
import { describeSaid, guessClass } from '../../core/explain/explain.ts'
import { describeInstead } from '../../core/explain/instead.ts'
import { maskSecrets } from '../../core/explain/pasted/mask.ts'
import { readClue } from '../../core/explain/pasted/reading.ts'
import { type Found, nameSpeaker } from '../../core/explain/search.ts'
import { escapeJson, escapeLine, wrap } from '../../core/terminal.ts'
import type { World } from '../../core/world.ts'
import type { Paint } from '../../io/paint.ts'
import type { View } from '../../io/printer.ts'
import type { Explanation } from './explain.ts'

interface Read {
  readonly status: number | null
  readonly code: string | null
  readonly text: string | null
  readonly details: readonly string[]
  readonly request_id: string | null
}

const LONGEST_TEXT = 300

/** As the first match read it; where there is none, as most services would have it read. */
function describeReading({ reading, matches }: Explanation): Read {
  const [first] = matches
  const clue = first?.clue ?? reading.clues[0]
  const failure: Failure = clue?.shown ??
    first?.failure ??
    (clue && readClue(clue, reading, USUAL)) ?? { code: undefined, text: undefined, details: [] }
  const status = clue?.status ?? reading.status
  const code = failure.code === `${status}` ? undefined : failure.code
  const show = (text: string | undefined): string | null => {
    const masked = maskSecrets((text ?? '').slice(0, 4000))
      .replace(/\s+/g, ' ')
      .trim()
    return masked === '' ? null : cut(masked)
  }
  return {
    status: status ?? null,
    code: show(code),
    text: failure.text === failure.code ? null : show(failure.text),
    details: failure.details.flatMap((detail) => show(detail) ?? []),
    request_id: show(reading.requestId),
  }
}

function cut(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text
}

function diagnoseMatch(found: Found, { comparison, reading }: Explanation): Diagnosis {
  const scene = comparison?.scene
  const said = describeSaid(found.failure, found.clue.status ?? reading.status) ?? ''
  const told = diagnose(found.row, scene && { ...scene, skew: undefined, said })
  return { ...told, fix: [...told.fix, ...(comparison?.fix ?? [])] }
}

/** Where it does not stand in the place of a code: that of a second one, or in front of a text. */
function codeOf({ code, row, failure }: Found): string | undefined {
  if (code !== undefined || !row.text?.includes('AADSTS')) return code
  return /\bAADSTS\d{4,8}\b/.exec(`${failure.code ?? ''} ${failure.text ?? ''}`)?.[0]
}

/** What the profile would send of what matters here. */
function describeSent(found: Found, { comparison }: Explanation): Record<string, string> {
  if (!comparison?.scene) return {}
  const { values, claims } = comparison.scene
  const { environment } = comparison
  return {
    ...listSent(values, claims, found.row),
    ...listSent(values, undefined, { means: '', sent: ['token_endpoint'] }),
    ...(environment !== undefined && { environment }),
  }
}

export function formatExplanationJson(answer: Explanation, world: World): string {
  const { matches, comparison } = answer
  const clean = (_name: string, value: unknown): unknown =>
    typeof value === 'string' ? world.secrets.clean(value) : value
  const read = describeReading(answer)
  const shown = {
    read,
    matches: matches.map((found, index) => {
      const { means, proofs, why, fix } = diagnoseMatch(found, answer)
      const kind = found.row.class ?? guessClass(read.status ?? undefined)
      return {
        service: nameSpeaker(found),
        provider: found.row.service === undefined ? (found.service.provider ?? null) : null,
        class: kind,
        exit: EXITS[kind],
        code: codeOf(found) ?? read.code,
        means,
        why: [...proofs, ...why],
        fix: fix.map((line) => repeatCommand(line, world.argv)),
        ...(comparison && index === 0 && { sent: describeSent(found, answer) }),
      }
    }),
    ...(comparison && {
      compared: { profile: comparison.name, unseen: comparison.unseen },
    }),
  }
  return `${escapeJson(JSON.stringify(shown, clean))}\n`
}

const WIDTH_OF_LABEL = 9
/** Of services that could have said it as well. */
const MOST_OTHERS = 5

export function formatExplanation(
  answer: Explanation,
  world: World,
  view: View,
  paint: Paint,
): string {
  const { reading, matches, others, alone, comparison } = answer
  const [first, ...more] = matches
  const width = world.stdout.isTTY ? world.stdout.columns - 1 : Number.POSITIVE_INFINITY
  const safe = (text: string): string => escapeLine(world.secrets.clean(text))
  const lines: string[] = []
  const add = (label: string, texts: readonly string[], whole = false): void => {
    for (const [index, text] of texts.entries()) {
      const name = (index === 0 ? `${label}:` : '').padEnd(WIDTH_OF_LABEL - 2)
      // a command must survive being copied: it is never broken
      const shown = whole && isCommand(text) ? safe(text) : wrap(safe(text), width, WIDTH_OF_LABEL)
      lines.push(`  ${paint('label', name)}${shown}`)
    }
  }
  const tellRead = (): void => {
    add('read', [listRead(describeReading(answer)).join(' · ') || 'nothing in it says what failed'])
  }
  const tellOthers = (found: readonly Found[]): void => {
    const shown = found.slice(0, MOST_OTHERS)
    add(
      'also',
      shown.map(
        (one) =>
          `${one.code === undefined ? '' : `${one.code}, `}${nameSpeaker(one)}: ${diagnose(one.row, undefined).means}`,
      ),
    )
  }
  if (first === undefined) {
    const instead = describeInstead(reading.seen)
    const speaker = answer.asked
    const known =
      speaker === undefined
        ? 'nobody in the catalogue says that'
        : `${speaker} is not known to say that`
    lines.push(paint('warning', instead ? `no error: ${instead.what}` : known))
    tellRead()
    const { status } = describeReading(answer)
    if (alone && !instead)
      add('means', [`a ${status} by itself: ${diagnose(alone.row, undefined).means}`])
    tellOthers(others)
    const lost = [
      'tokentool explain --list',
      'paste more of it: the status, the headers, the whole body',
    ]
    add('fix', instead ? [instead.fix] : lost, true)
  } else {
    const { means, proofs, why, fix } = diagnoseMatch(first, answer)
    const provider = first.row.service === undefined ? first.service.provider : undefined
    const name = nameSpeaker(first)
    lines.push(paint('strong', wrap(safe(provider ? `${name} (${provider})` : name), width, 0)))
    add('means', [means, ...proofs])
    add('why', why)
    const sent = Object.entries(describeSent(first, answer))
    if (comparison) {
      if (sent.length > 0)
        add('sends', [sent.map(([field, value]) => `${field} ${value}`).join(' · ')])
      add('lacks', comparison.unseen)
    }
    add(
      'fix',
      fix.map((line) => repeatCommand(line, world.argv)),
      true,
    )
    tellOthers(more)
    if (view.verbose > 0) tellRead()
  }
  return `${lines.join('\n')}\n`
}

function listRead({ status, code, text, details, request_id }: Read): string[] {
  return [
    ...(status === null ? [] : [`status ${status}`]),
    ...(code === null ? [] : [`code ${code}`]),
    ...(text === null ? [] : [`text ${text}`]),
    ...details.map((detail) => `detail ${detail}`),
    ...(request_id === null ? [] : [`request ${request_id}`]),
  ]
}
