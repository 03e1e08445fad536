// Whether a row of an explain column fits what was said: condition by condition, since of a pasted
// text the status, or the code, may not be known.

import type { Failure } from '../answer/failure.ts'
import type { ExplainRow } from '../provider.ts'

export interface Symptom {
  /** undefined: not known */
  readonly status: number | undefined
  readonly failure: Failure
  /** of the services that may have answered */
  readonly urls: readonly string[]
}

/** undefined: the row does not ask. */
type Hit = 'yes' | 'no' | 'unknown' | undefined

export interface Match {
  readonly status: Hit
  readonly code: Hit
  readonly text: Hit
  readonly url: Hit
  /** how many characters of the text the row recognised, and whether a line of it, or its beginning */
  readonly length: number
  readonly whole: boolean
}

/** A server's text is matched only so far: a pattern must not be fed a megabyte. */
const MATCHED = 4096

export function matchRow(row: ExplainRow, symptom: Symptom): Match {
  const { status, failure, urls } = symptom
  const found = row.text === undefined ? undefined : measureText(row.text, failure)
  return {
    status: judge(row.status, status, (wanted) => listOf(wanted).includes(status ?? 0)),
    code: matchCode(row, failure.code),
    text: row.text === undefined ? undefined : found === undefined ? 'no' : 'yes',
    url: judge(row.url, urls[0], (pattern) =>
      urls.some((url) => new RegExp(pattern, 'i').test(url)),
    ),
    length: found?.length ?? 0,
    whole: found?.whole ?? false,
  }
}

export function isFit(match: Match): boolean {
  return hits(match).every((hit) => hit === undefined || hit === 'yes')
}

/** Nothing speaks against it, though something may not be known. */
export function isPossible(match: Match): boolean {
  return !hits(match).includes('no')
}

export function countUnknown(match: Match): number {
  return hits(match).filter((hit) => hit === 'unknown').length
}

function hits({ status, code, text, url }: Match): Hit[] {
  return [status, code, text, url]
}

function matchCode({ code, code_pattern }: ExplainRow, said: string | undefined): Hit {
  const listed = judge(code, said, (codes) => listOf(codes).includes(said ?? ''))
  const made = judge(code_pattern, said, (pattern) => new RegExp(pattern).test(said ?? ''))
  return listed === 'yes' || made === 'yes' ? 'yes' : (listed ?? made)
}

function judge<Wanted>(
  wanted: Wanted | undefined,
  known: unknown,
  fits: (wanted: Wanted) => boolean,
): Hit {
  if (wanted === undefined) return undefined
  if (known === undefined) return 'unknown'
  return fits(wanted) ? 'yes' : 'no'
}

function measureText(
  pattern: string,
  { text, details }: Failure,
): Pick<Match, 'length' | 'whole'> | undefined {
  const said = [text, ...details]
    .filter((part) => part !== undefined)
    .join('\n')
    .slice(0, MATCHED)
  const found = new RegExp(pattern, 'im').exec(said)
  if (found === null) return undefined
  const { length } = found[0]
  const begins = found.index === 0 || said[found.index - 1] === '\n'
  const ends = pattern.startsWith('^') || /^[.!]?(\n|$)/.test(said.slice(found.index + length))
  return { length, whole: begins && ends }
}

function listOf<Item>(value: Item | readonly Item[]): readonly Item[] {
  return Array.isArray(value) ? (value as readonly Item[]) : [value as Item]
}
