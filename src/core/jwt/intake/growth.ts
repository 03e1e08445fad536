// A token that was broken into lines or by spaces, put together again: as long as dots are missing,
// as long as its last part has not the length that its algorithm gives it, as long as lines of one
// width follow each other. What is joined to it must be all of a word: prose is not.

import {
  addText,
  addWord,
  type Draft,
  decodePart,
  isJson,
  isText,
  isWhole,
  lastPart,
  partOf,
  readHead,
} from './draft.ts'
import { LONGEST_SIGNATURE, listSizes, SIZES, TAGS } from './size.ts'
import { readNext } from './word.ts'

/** What was tried in vain, so that the next beginning need not try it again. */
export interface Memory {
  /** no dot up to here */
  barren: number
  /** the dot before which several beginnings were no header */
  dot: number
  tries: number
  /** lines of one width up to here were no token */
  even: number
}

export function growDraft(plain: string, first: Draft, memory: Memory): Draft {
  let draft = first
  if (draft.dots === 0 && !draft.shown) {
    const headed = seekHeader(plain, draft, memory)
    if (headed === undefined) return growLines(plain, first, memory)
    draft = headed
  }
  const head = readHead(draft)
  const encrypted = head.includes('"enc"')
  while (!draft.shown && draft.dots < (encrypted ? 4 : 2)) {
    const further = seekDot(plain, draft, memory)
    if (further === undefined || (!encrypted && !isText(partOf(further, 1)))) {
      return growPayload(plain, draft, encrypted) ?? growLines(plain, draft, memory)
    }
    draft = further
  }
  return growTail(plain, draft, encrypted ? TAGS : listSizes(head), memory)
}

function seekHeader(plain: string, draft: Draft, memory: Memory): Draft | undefined {
  if (draft.start < memory.barren) return undefined
  if (draft.start < memory.dot && memory.tries >= MOST_TRIES) return undefined
  const further = seekDot(plain, draft, memory)
  if (further === undefined) return undefined
  if (isJson(partOf(further, 0))) return further
  memory.tries = memory.dot === further.end ? memory.tries + 1 : 1
  memory.dot = further.end
  return undefined
}

const MOST_TRIES = 8

/** Word after word until there is another dot; undefined: there is none, or prose comes first. */
function seekDot(plain: string, draft: Draft, memory: Memory): Draft | undefined {
  let further = draft
  const next = readNext(plain, draft.end)
  if (next && !next.text.startsWith('.') && isWhole(lastPart(draft))) return undefined
  while (further.dots === draft.dots && !further.shown) {
    const word = readNext(plain, further.end)
    if (word === undefined || !word.free) {
      memory.barren = Math.max(memory.barren, further.end)
      return undefined
    }
    further = addWord(further, word)
  }
  return further
}

/** A payload that is the last part: two parts, nothing signed. */
function growPayload(plain: string, draft: Draft, encrypted: boolean): Draft | undefined {
  if (encrypted || draft.dots !== 1 || isJson(partOf(draft, 1))) return undefined
  let further = draft
  for (let word = readNext(plain, further.end); word?.free; ) {
    if (word.text.includes('.')) return undefined
    further = addWord(further, word)
    word = readNext(plain, further.end)
  }
  return further !== draft && isJson(partOf(further, 1)) ? further : undefined
}

function growTail(plain: string, draft: Draft, sizes: readonly number[], memory: Memory): Draft {
  const further = growSignature(plain, draft, sizes)
  if (further === undefined) return growLines(plain, draft, memory)
  return further.shown ? growDisclosures(plain, further, memory) : further
}

/** undefined: it never has the right size. */
function growSignature(plain: string, draft: Draft, sizes: readonly number[]): Draft | undefined {
  let further = draft
  while (!further.shown && !sizes.includes(further.tail)) {
    const word = readNext(plain, further.end)
    const text = word?.text.replace(/\.$/, '') ?? ''
    const fits = word?.free === true && !text.includes('.') && further.tail < LONGEST_SIGNATURE
    if (!fits) return undefined
    further = addText(further, text, word.end - (word.text.length - text.length))
  }
  return further
}

/** RFC 9901: each ends with ~; behind the last may stand a JWT. */
function growDisclosures(plain: string, draft: Draft, memory: Memory): Draft {
  let further = draft
  while (further.dots === 0) {
    const next = readNext(plain, further.end)
    if (next?.free !== true) return further
    if (further.tail > 0) {
      // in the midst of one
      const whole = seekMark(plain, further)
      if (whole === undefined) return further
      further = whole
    } else {
      const proof = next.text.startsWith('ey') && readProof(next.text)
      if (!proof && !/^W[\w-]*(?:~|$)/.test(next.text)) return further
      further = addWord(further, next)
    }
  }
  return growProof(plain, { ...further, shown: false }, memory)
}

/** A token on the next line may be another one. */
function readProof(text: string): boolean {
  const [head = '', ...more] = text.split('.', 2)
  return more.length === 0 || decodePart(head).includes('kb+jwt')
}

function growProof(plain: string, draft: Draft, memory: Memory): Draft {
  let further = draft
  while (further.dots < 2) {
    const next = seekDot(plain, further, memory)
    if (next === undefined || next.shown) return further
    further = next
  }
  const signed = growSignature(plain, further, SIZES)
  return signed === undefined || signed.shown ? growLines(plain, further, memory) : signed
}

function seekMark(plain: string, draft: Draft): Draft | undefined {
  let further = draft
  while (further.tail < LONGEST_SIGNATURE) {
    const word = readNext(plain, further.end)
    if (word?.free !== true) return undefined
    further = addWord(further, word)
    if (/[~.]/.test(word.text)) return further
  }
  return undefined
}

const SHORTEST_LINE = 32

/** Lines of one width, the last one shorter: a wrapped text that was cut off, or base64. */
function growLines(plain: string, draft: Draft, memory: Memory): Draft {
  if (draft.start < memory.even) return draft
  let further = draft
  let width: number | undefined
  for (;;) {
    const word = readNext(plain, further.end)
    if (word?.free !== true || word.breaks !== 1 || /[.~]/.test(word.text)) break
    const last = width !== undefined && word.text.length < width
    width ??= word.text.length
    if (word.text.length > width) break
    if (width < SHORTEST_LINE && !isRest(draft, word.text)) break
    further = addWord(further, word)
    if (last || width < SHORTEST_LINE) break
  }
  memory.even = Math.max(memory.even, further.end)
  return further
}

/** The only line behind a full one: shorter, and no word of a language. */
function isRest(draft: Draft, text: string): boolean {
  const room = draft.text.length - draft.text.lastIndexOf(' ') - 1
  return room >= 48 && text.length < room && text.length >= 4 && /\d|[a-z][A-Z]/.test(text)
}
