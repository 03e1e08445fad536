// Which service speaks, and how sure that is: the search through all rows for what was pasted.

import type { Failure } from '../answer/failure.ts'
import type { Answer as Columns, ExplainRow } from '../provider.ts'
import { codesOf, listCodes, type Service } from './catalogue.ts'
import { countUnknown, isPossible, type Match, matchRow } from './match.ts'
import { isToldAsCode } from './pasted/prose.ts'
import { type Clue, type Reading, readClue, readPasted } from './pasted/reading.ts'

export interface Found {
  readonly service: Service
  readonly row: ExplainRow
  readonly clue: Clue
  readonly failure: Failure
  /** of one that stands beside what was told first */
  readonly code?: string
}

interface Judged extends Found {
  readonly score: number
}

/** Whose word a row is. */
export function nameSpeaker({ service, row }: Found): string {
  return row.service ?? service.name
}

/**
 * The likeliest first, one row of each service. `chosen`: it is known which service spoke; beside it
 * stands what is met anywhere.
 */
export function findMatches(
  services: readonly Service[],
  reading: Reading,
  chosen: boolean,
): Found[] {
  const owners = listOwners(services)
  const judged = services.flatMap((service) => {
    const marked = (chosen && !service.anywhere) || givesItselfAway(service, reading)
    const best = reading.clues.flatMap((clue) => {
      const failure = readClue(clue, reading, service.columns)
      return findRow({ service, clue, failure, marked, owners }, reading) ?? []
    })
    return best.sort(byScore).slice(0, 1)
  })
  // an answer that came speaks for itself, whatever it says of networks
  const spoken = judged.filter(({ service }) => !service.silent)
  const sorted = (reading.answered && spoken.length > 0 ? spoken : judged).sort(byScore)
  const [first] = sorted
  const least = (first?.score ?? 0) >= 200 ? 100 : 1
  const rows = sorted.map(({ row }) => row)
  // what two services share is said once, and what a status tells only where nothing tells more
  return sorted.filter(
    (one, index) => one === first || (rows.indexOf(one.row) === index && one.score >= least),
  )
}

const MOST_SECONDS = 3

/** Other codes in the same text, where an answer was pasted together with another, or a list. */
export function findSeconds(
  services: readonly Service[],
  reading: Reading,
  matches: readonly Found[],
): Found[] {
  const [first] = matches
  if (first === undefined || reading.provider !== undefined) return []
  const codes = listCodes(services)
  const known = new Set(matches.flatMap(({ row, failure }) => [...codesOf(row), failure.code]))
  const rows = new Set(matches.map(({ row }) => row))
  const words = [...new Set(reading.seen.match(/\b\w{6,80}\b/g))].filter(
    (word) =>
      codes.has(word) &&
      !known.has(word) &&
      (!/^\d+$/.test(word) || isToldAsCode(word, reading.seen.slice(0, 4000))),
  )
  return words.slice(0, MOST_SECONDS).flatMap((word) => {
    const [found] = findMatches(services, readPasted(word, codes), false)
    if (found === undefined || rows.has(found.row)) return []
    rows.add(found.row)
    return [{ ...found, code: word }]
  })
}

function givesItselfAway({ mark, silent }: Service, { seen, answered }: Reading): boolean {
  return silent ? !answered : mark !== undefined && new RegExp(mark, 'i').test(seen)
}

const byScore = (one: Judged, other: Judged): number => other.score - one.score

interface Look {
  readonly service: Service
  readonly clue: Clue
  readonly failure: Failure
  /** the service is known, or has given itself away */
  readonly marked: boolean
  readonly owners: Owners
}

/** Within a service the order of its rows counts, before what fits in part only. */
function findRow(look: Look, reading: Reading): Judged | undefined {
  const { service, clue, failure, marked } = look
  const symptom = { status: clue.status ?? reading.status, failure, urls: reading.urls }
  // who it is need not be told by the address as well
  const known = marked && service.provider === undefined
  const judged = service.rows.flatMap((row): (Judged & { whole: boolean })[] => {
    const match = matchRow(row, symptom)
    const seen = known && match.url === 'unknown' ? { ...match, url: undefined } : match
    const generic = service.generic || service.behind?.includes(row) === true
    if (!isPossible(seen) || !isTelling(seen, generic, marked)) return []
    const score = weigh(seen, look) + (generic || !isUnique(row, look) ? 0 : CERTAIN)
    return [{ service, row, clue, failure, score, whole: countUnknown(seen) === 0 }]
  })
  return judged.find(({ whole }) => whole) ?? judged.sort(byScore)[0]
}

/** A text of so many characters is hardly said by chance; of fewer, where nothing else was said. */
const STRONG = 14
const STRONG_ALONE = 8

function isStrong(match: Match): boolean {
  const alone = match.whole && countUnknown(match) === 0
  return match.length >= (alone ? STRONG_ALONE : STRONG)
}

/** A word like "scope", or a status, says nothing of who speaks. */
function isTelling(match: Match, generic: boolean, marked: boolean): boolean {
  const open = countUnknown(match)
  if (match.code === 'yes') return match.url !== 'unknown'
  if (match.text === 'yes' && isStrong(match)) {
    return match.url !== 'unknown' && !(generic && match.code === 'unknown')
  }
  if (match.status === 'yes' && open === 0) return generic || marked
  return match.text === 'yes' && marked && !generic && (open === 0 || match.length >= 4)
}

/** A code that one service alone has. */
const CERTAIN = 10_000

function weigh(match: Match, { service, clue, failure, marked }: Look): number {
  const length = 10 * Math.min(match.length, 60)
  const foreign = failure.text !== undefined && clue.isRfc && !speaksRfc(service.columns)
  return (
    (match.code === 'yes' ? 200 : 0) +
    (match.text !== 'yes' ? 0 : length + (isStrong(match) ? 1000 : 100)) +
    (match.url === 'yes' ? 800 : 0) +
    (match.status === 'yes' ? 20 : 0) +
    (marked ? 800 : 0) -
    (service.generic ? 100 : 0) -
    (foreign ? 1200 : 0) -
    600 * countUnknown(match)
  )
}

/** Whether its errors are those of RFC 6749 in form: error_description before all else. */
function speaksRfc({ error_text }: Columns): boolean {
  return (typeof error_text === 'string' ? error_text : error_text?.[0]) === 'error_description'
}

type Owners = ReadonlyMap<string, ReadonlySet<string>>

/** Which families know a code. */
function listOwners(services: readonly Service[]): Owners {
  const owners = new Map<string, Set<string>>()
  for (const { family, rows } of services) {
    for (const code of rows.flatMap(codesOf)) {
      owners.set(code, (owners.get(code) ?? new Set()).add(family))
    }
  }
  return owners
}

function isUnique(row: ExplainRow, { failure: { code }, owners }: Look): boolean {
  return code !== undefined && codesOf(row).includes(code) && owners.get(code)?.size === 1
}
