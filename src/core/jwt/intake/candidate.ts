// What may be a token in the midst of text: it begins as base64url of { does, and goes on over dots,
// and over line breaks where it is not whole yet. Each character is looked at a few times at most.

import { type Draft, startDraft } from './draft.ts'
import { growDraft, type Memory } from './growth.ts'
import { FILLER, GAP } from './mended-text.ts'
import type { Room } from './room.ts'
import { cutWord, findEnd } from './word.ts'

export interface Candidate {
  readonly start: number
  readonly end: number
  /** with spaces where it was broken */
  readonly text: string
  /** it ended in dots, as people shorten things */
  readonly shortened: boolean
}

/** `{"`, `{` and white space, a byte order mark; and base64 of base64url of {", and of Bearer. */
const START = /e[w-z0-9+/_-]|77u[_/]|ZX[dl]|[QY]mVhcmVyI/g
/** Of a long word with many beginnings. */
const MOST_TRIES = 8

/** `accept`: it is a token, and nothing in it begins another. */
export function findCandidates(
  plain: string,
  room: Room,
  accept: (candidate: Candidate) => boolean,
): Candidate[] {
  const found: Candidate[] = []
  const memory: Memory = { barren: 0, dot: 0, tries: 0, even: 0 }
  let wordEnd = 0
  let tries = 0
  START.lastIndex = 0
  for (let match = START.exec(plain); match !== null && room.left > 0; match = START.exec(plain)) {
    const start = match.index
    const resume = START.lastIndex
    if (!isBoundary(plain, start)) continue
    if (start >= wordEnd) {
      wordEnd = findEnd(plain, start)
      tries = 0
    }
    if (++tries > MOST_TRIES) {
      START.lastIndex = wordEnd
      continue
    }
    const word = cutWord(plain.slice(start, wordEnd), plain[start - 1] === '/')
    const whole = start + word.length === wordEnd
    const first = startDraft(word, start)
    const grown = whole ? growDraft(plain, first, memory) : first
    const candidate = (grown === first ? [first] : [grown, first]).map(trimDraft).find(accept)
    START.lastIndex = candidate?.end ?? resume
    if (candidate) found.push(candidate)
  }
  return found
}

/** Not in the middle of a word; but the space behind Bearer is easily lost. */
function isBoundary(plain: string, start: number): boolean {
  if (/(?<![\w-])bearer$/i.test(plain.slice(Math.max(0, start - 7), start))) return true
  let at = start - 1
  while (at >= 0 && at > start - 10 && (plain[at] === FILLER || plain[at] === GAP)) at--
  return at < 0 || !/[\w-]/.test(plain[at] ?? '')
}

// fillers among them: what stood there escaped is at an end as well
const SHORTENED = new RegExp(`\\.{3,}[${FILLER}${GAP}]*$`)
const DOTS = new RegExp(`[.${FILLER}${GAP}]+$`)
const MARKS = new RegExp(`[!$*^+/${FILLER}${GAP}]+$`)
const STOP = new RegExp(`[!$*^+/${FILLER}${GAP}]+$|\\.[${FILLER}${GAP}]*$`)

/** Without what belongs to the sentence. */
function trimDraft({ text, start, end, dots }: Draft): Candidate {
  const shortened = SHORTENED.test(text)
  const tail = shortened ? DOTS : dots > 2 ? STOP : MARKS
  const trimmed = text.replace(tail, '')
  return { start, end: end - (text.length - trimmed.length), text: trimmed, shortened }
}
