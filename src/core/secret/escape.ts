// An encoder may escape every character, or some that no other does, and no list of forms foresees it:
// what is searched here is what the escapes stand for. In bytes, a character each, because a letter may
// take several escapes.

import { FRAGMENT, findFragments, replaceCovered } from './fragment.ts'

const ESCAPE = /%([0-9a-f]{2})|\\u([0-9a-f]{4})|&#x([0-9a-f]{1,6});|&#(\d{1,7});/i

/** What one encoder wrote, others may have passed on. */
const DEEPEST = 3

interface View {
  readonly bytes: string
  /** of each byte and of the end: where in the text it begins */
  readonly from: readonly number[]
}

/** What stands behind the escapes of a text and is one of the forms, or a part of one, replaced. */
export function hideEscaped(text: string, forms: Iterable<string>, mark: string): string {
  if (!ESCAPE.test(text)) return text
  const wanted = [...forms].flatMap(listBytes)
  const hidden = new Uint8Array(text.length)
  let view = encode(text)
  for (let depth = 0; depth < DEEPEST && ESCAPE.test(view.bytes); depth++) {
    view = readEscapes(view)
    const { from } = view
    findBytes(view.bytes, wanted).forEach((is, at) => {
      if (is === 1) hidden.fill(1, from[at], from[at + 1])
    })
  }
  return replaceCovered(text, hidden, mark)
}

function findBytes(bytes: string, wanted: readonly string[]): Uint8Array {
  const covered = findFragments(bytes, wanted) ?? new Uint8Array(bytes.length)
  // what is shorter than a fragment counts as a whole
  for (const form of wanted.filter(({ length }) => length < FRAGMENT)) {
    for (let at = bytes.indexOf(form); at >= 0; at = bytes.indexOf(form, at + form.length)) {
      covered.fill(1, at, at + form.length)
    }
  }
  return covered
}

/** A space may have become a + as well. */
function listBytes(form: string): string[] {
  const bytes = /[\x80-\uffff]/.test(form) ? encode(form).bytes : form
  return bytes.includes(' ') ? [bytes, bytes.replaceAll(' ', '+')] : [bytes]
}

function encode(text: string): View {
  const pieces: string[] = []
  const from: number[] = []
  let at = 0
  for (const char of text) {
    const piece = toBytes(char)
    pieces.push(piece)
    for (let count = 0; count < piece.length; count++) from.push(at)
    at += char.length
  }
  return { bytes: pieces.join(''), from: [...from, at] }
}

function readEscapes(view: View): View {
  const pieces: string[] = []
  const from: number[] = []
  const add = (piece: string, start: number, step: 0 | 1): void => {
    pieces.push(piece)
    for (let count = 0; count < piece.length; count++)
      from.push(view.from[start + count * step] ?? 0)
  }
  let at = 0
  for (const match of view.bytes.matchAll(new RegExp(ESCAPE, 'gi'))) {
    const [whole, percent, unicode, hex, decimal] = match
    add(view.bytes.slice(at, match.index), at, 1)
    const code = Number.parseInt(percent ?? unicode ?? hex ?? decimal ?? '', decimal ? 10 : 16)
    add(
      percent === undefined ? toBytes(toCharacter(code)) : String.fromCharCode(code),
      match.index,
      0,
    )
    at = match.index + whole.length
  }
  add(view.bytes.slice(at), at, 1)
  return { bytes: pieces.join(''), from: [...from, view.from.at(-1) ?? 0] }
}

function toCharacter(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : ''
}

function toBytes(char: string): string {
  if (char < '\x80') return char
  return String.fromCharCode(...new TextEncoder().encode(char))
}
