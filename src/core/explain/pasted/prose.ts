// A text that is only text: the words of a service may begin anywhere in it, behind a time, a level,
// the name of an exception. So every place where a sentence may begin is tried as a line of its own.

import type { Failure } from '../../answer/failure.ts'
import { isTree } from '../../profile/layer.ts'
import { isList } from '../../template/value.ts'
import type { Fragment } from './fragment.ts'
import { maskSecrets } from './mask.ts'
import { dropStatus } from './status.ts'

export interface Prose {
  readonly failure: Failure
  readonly shown: Failure
}

/** What a pattern is tried on at a time, and how often. */
const CHUNK = 4000
const MOST_CHUNKS = 12
const LONGEST_LINE = 1000
const MOST_STARTS = 12

/** `known`: the code, where it was told in a better place. */
export function listProse(
  text: string,
  fragments: readonly Fragment[],
  codes: ReadonlySet<string>,
  known: string | undefined,
): Prose[] {
  const plain = text.trim()
  if (plain === '') return []
  const shown = describe(maskSecrets(plain.slice(0, CHUNK)), codes)
  if (/^[\w.-]{2,80}$/.test(plain)) {
    // a lone word may be either
    return [plain, undefined].map((code) => ({
      failure: { code, text: plain, details: [] },
      shown,
    }))
  }
  const strings = fragments.slice(0, 20).flatMap(({ data }) => listStrings(data))
  return chunk([...listLines(plain), ...strings.flatMap(listLines)]).flatMap((part) => {
    const found = [...new Set(part.match(/\b\w{6,80}\b/g))].filter(
      (word) => codes.has(word) && (!/^\d+$/.test(word) || isToldAsCode(word, part)),
    )
    const told = found.length > 0 ? found.slice(0, 5) : [known]
    return told.map((code) => ({
      failure: { code, text: part, details: [] },
      shown,
    }))
  })
}

/** A number inside of a sentence may count anything: it is one alone, in front, or behind a name. */
export function isToldAsCode(number: string, text: string): boolean {
  const named = `(?:code|error|err|errno|reason|status)["']?\\s{0,3}(?:=>|[:=#(]|is|no\\.?)?\\s{0,3}["'(]?`
  return new RegExp(
    `(?:^["'([]?|${named})${number}(?=["')\\]]?(?:$|[:,;]|\\s*\\())|\\b${named}${number}\\b`,
    'im',
  ).test(text)
}

const CODE = /^["'\s]*((?:[A-Z]{1,12}\d{3,10}|[A-Za-z]+(?:_[A-Za-z\d]+)+|\d{6}))(?:["']?:?\s+|$)/

/** The code in front of a sentence, and the sentence. */
function describe(text: string, codes: ReadonlySet<string>): Failure {
  const rest = dropStatus(text).replace(/\s+/g, ' ')
  const code = CODE.exec(rest)?.[1] ?? (codes.has(rest) ? rest : undefined)
  const said = code === undefined ? rest : rest.replace(CODE, '')
  return { code, text: said === '' || said === code ? undefined : said, details: [] }
}

function* splitLines(text: string): Generator<string> {
  for (const line of text.split('\n', 2000)) {
    // the frames of a stack trace say nothing of what went wrong
    if (!/^\s+at |^\s*File "/.test(line) && line.trim() !== '') {
      yield line.trim().slice(0, LONGEST_LINE)
    }
  }
}

/** Each line, and what is left of it behind each sign that a sentence may follow. */
function listLines(text: string): string[] {
  const found: string[] = []
  for (const line of splitLines(text)) {
    const bare = dropStatus(line)
    found.push(line, ...(bare === line || bare === '' ? [] : [bare]))
    const starts = [...line.matchAll(/[:=|>\])"'(,\u2014-]\s{0,3}(?=[A-Za-z\d])/g)]
    const ends = starts.map(({ index, 0: sign }) => index + sign.length)
    // an address is no sentence
    const sentences = ends.map((end) => line.slice(end)).filter((rest) => /\s/.test(rest))
    found.push(...sentences.slice(-MOST_STARTS))
  }
  return found
}

function chunk(all: readonly string[]): string[] {
  const chunks: string[] = []
  let part = ''
  for (const line of all) {
    if (part.length + line.length > CHUNK) {
      chunks.push(part)
      part = ''
      if (chunks.length >= MOST_CHUNKS) return chunks
    }
    part += `${line}\n`
  }
  return (part === '' ? chunks : [...chunks, part]).map((lines) => lines.trimEnd())
}

function listStrings(data: unknown): string[] {
  if (typeof data === 'string') return [data.slice(0, LONGEST_LINE)]
  const items = isList(data) ? data : isTree(data) ? Object.values(data) : []
  return items.flatMap((item) => (typeof item === 'string' ? [item.slice(0, LONGEST_LINE)] : []))
}
