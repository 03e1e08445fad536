// What has been read of a token in the midst of text, word by word.

import { parseExactJson } from '../json/exact-json.ts'
import { decodeBase64Url } from '../reading/base64url.ts'
import { readMended } from './mended-text.ts'
import type { Word } from './word.ts'

export interface Draft {
  readonly text: string
  readonly start: number
  readonly end: number
  /** since the last ~ */
  readonly dots: number
  /** characters since the last dot or ~ */
  readonly tail: number
  readonly shown: boolean
}

export function startDraft(text: string, start: number): Draft {
  const empty = { text: '', start, end: start, dots: 0, tail: 0, shown: false }
  return addText(empty, text, start + text.length)
}

export function addText(draft: Draft, text: string, end: number): Draft {
  let { dots, tail, shown } = draft
  for (const char of text) {
    if (char === '.') dots++
    if (char === '~') {
      shown = true
      dots = 0
    }
    tail = char === '.' || char === '~' ? 0 : char >= '+' ? tail + 1 : tail
  }
  const joined = draft.text === '' ? text : `${draft.text} ${text}`
  return { text: joined, start: draft.start, end, dots, tail, shown }
}

export function addWord(draft: Draft, word: Word): Draft {
  return addText(draft, word.text, word.end)
}

export function partOf({ text }: Draft, index: number): string {
  return text.split('.', index + 1)[index] ?? ''
}

/** Behind the last dot or ~. */
export function lastPart({ text }: Draft): string {
  return text.slice(Math.max(text.lastIndexOf('.'), text.lastIndexOf('~')) + 1)
}

const LENIENT = new TextDecoder()

/** Leniently: broken UTF-8 and all. */
export function decodePart(part: string): string {
  const { bytes } = decodeBase64Url(readMended(part))
  return bytes === undefined ? '' : LENIENT.decode(bytes).trim()
}

export function isJson(part: string): boolean {
  const text = decodePart(part)
  return text.startsWith('{') && text.endsWith('}')
}

export function readHead(draft: Draft): string {
  return decodePart(partOf(draft, 0))
}

/** Nothing is missing: what follows is another part, or none of it. */
export function isWhole(part: string): boolean {
  return isJson(part) && parseExactJson(decodePart(part)) !== undefined
}

/** What is signed may be any text; of prose that was joined by mistake, base64url makes none. */
export function isText(part: string): boolean {
  return !/[\u0000-\u0008\ufffd]/.test(decodePart(part))
}
