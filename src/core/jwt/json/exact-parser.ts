// JSON to the letter of RFC 8259, as it stands. A recursive descent, no deeper than anybody means.

import type { ExactJson, ExactMember, ExactObject } from './exact-json.ts'

type ExactString = Extract<ExactJson, { type: 'string' }>

/** Whatever walks through it runs out of stack sooner or later; nobody means more than this. */
const DEEPEST = 200

/** undefined for what is no JSON to the letter, or too deep. */
export function parseExactJson(text: string): ExactJson | undefined {
  const cursor = { text, at: 0 }
  skipSpace(cursor)
  const json = readValue(cursor, 0)
  skipSpace(cursor)
  return cursor.at === text.length ? json : undefined
}

/** The value that begins there; `end` is where it ends, or where it turned out to be none. */
export function readExactJson(
  text: string,
  at: number,
): { readonly json: ExactJson | undefined; readonly end: number } {
  const cursor = { text, at }
  const json = readValue(cursor, 0)
  return { json, end: cursor.at }
}

interface Cursor {
  readonly text: string
  at: number
}

function readValue(cursor: Cursor, depth: number): ExactJson | undefined {
  const char = cursor.text[cursor.at]
  if (char === '"') return readString(cursor)
  if (char !== '{' && char !== '[') return readNumber(cursor) ?? readLiteral(cursor)
  if (depth === DEEPEST) return undefined
  cursor.at++
  return char === '{' ? readObject(cursor, depth + 1) : readArray(cursor, depth + 1)
}

function readObject(cursor: Cursor, depth: number): ExactObject | undefined {
  const members: ExactMember[] = []
  skipSpace(cursor)
  if (skip(cursor, '}')) return { type: 'object', members }
  for (;;) {
    skipSpace(cursor)
    const name = readString(cursor)
    if (name === undefined) return undefined
    skipSpace(cursor)
    if (!skip(cursor, ':')) return undefined
    skipSpace(cursor)
    const value = readValue(cursor, depth)
    if (value === undefined) return undefined
    members.push({ raw: name.raw, name: name.value, value })
    skipSpace(cursor)
    if (skip(cursor, '}')) return { type: 'object', members }
    if (!skip(cursor, ',')) return undefined
  }
}

function readArray(cursor: Cursor, depth: number): ExactJson | undefined {
  const items: ExactJson[] = []
  skipSpace(cursor)
  if (skip(cursor, ']')) return { type: 'array', items }
  for (;;) {
    skipSpace(cursor)
    const item = readValue(cursor, depth)
    if (item === undefined) return undefined
    items.push(item)
    skipSpace(cursor)
    if (skip(cursor, ']')) return { type: 'array', items }
    if (!skip(cursor, ',')) return undefined
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

function readString(cursor: Cursor): ExactString | undefined {
  const { text, at: start } = cursor
  if (text[start] !== '"') return undefined
  let escaped = false
  let at = start + 1
  for (; ; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) break
    if (code === BACKSLASH) {
      escaped = true
      at++
    } else if (!(code >= 0x20)) {
      // a control character, or the end: NaN
      cursor.at = Math.min(at, text.length)
      return undefined
    }
  }
  cursor.at = at + 1
  const raw = text.slice(start, at + 1)
  const value = escaped ? unescapeString(raw) : raw.slice(1, -1)
  return value === undefined ? undefined : { type: 'string', raw, value }
}

function unescapeString(raw: string): string | undefined {
  try {
    return JSON.parse(raw) as string
  } catch {
    return undefined
  }
}

function readNumber(cursor: Cursor): ExactJson | undefined {
  const pattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
  pattern.lastIndex = cursor.at
  const [raw] = pattern.exec(cursor.text) ?? []
  if (raw === undefined) return undefined
  cursor.at += raw.length
  return { type: 'number', raw, value: Number(raw) }
}

const LITERALS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const

function readLiteral(cursor: Cursor): ExactJson | undefined {
  const found = LITERALS.find(([raw]) => cursor.text.startsWith(raw, cursor.at))
  if (found === undefined) return undefined
  const [raw, value] = found
  cursor.at += raw.length
  return { type: 'literal', raw, value }
}

function skip(cursor: Cursor, char: string): boolean {
  if (cursor.text[cursor.at] !== char) return false
  cursor.at++
  return true
}

function skipSpace(cursor: Cursor): void {
  const { text } = cursor
  for (;;) {
    const char = text[cursor.at]
    if (char !== ' ' && char !== '\n' && char !== '\r' && char !== '\t') return
    cursor.at++
  }
}
