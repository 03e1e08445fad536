// A secret as it may look in what others say: after each encoder that it, or what it is part of, may
// have passed; and in pieces.

import { encodeBase64, percentEncode } from '../template/encoding.ts'

/** Short texts occur everywhere by chance: they are hidden by field, never by searching. */
export const SHORTEST = 8

/** Servers echo parts of what they were sent: so many characters in a row are a part. */
const FRAGMENT = 12

export function listForms(value: string): string[] {
  const bytes = new TextEncoder().encode(value)
  const json = JSON.stringify(value).slice(1, -1)
  const ascii = escapeUnicode(json, /[\u007f-\uffff]/g)
  const percents = [
    encodeURIComponent(value.toWellFormed()),
    percentEncode(value),
    new URLSearchParams({ v: value }).toString().slice(2),
  ]
  const forms = new Set([
    value,
    json,
    // PHP escapes the slash, Rails what HTML minds, .NET the plus and the quotes as well
    json.replaceAll('/', '\\/'),
    ascii,
    ascii.replaceAll('/', '\\/'),
    escapeUnicode(json, /[<>&\u007f-\uffff]/g),
    escapeUnicode(json, /[<>&\u2028\u2029]/g),
    escapeUnicode(json.replaceAll('\\"', '"'), /["'+<>&`\u007f-\uffff]/g).replace(
      /\\u[0-9a-f]{4}/g,
      (char) => `\\u${char.slice(2).toUpperCase()}`,
    ),
    ...percents,
    ...percents.map((form) => form.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase())),
    escapeHtml(value, '&#39;'),
    escapeHtml(value, '&#x27;'),
    escapeHtml(value, "'"),
    ...toHex(bytes),
    ...listBase64(bytes),
  ])
  forms.delete('')
  return [...forms]
}

function escapeUnicode(text: string, chars: RegExp): string {
  return text.replace(chars, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function escapeHtml(text: string, quote: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", quote)
}

function toHex(bytes: Uint8Array): string[] {
  let hex = ''
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return [hex, hex.toUpperCase()]
}

/** In base64 of a text that has it somewhere inside: three alignments, the mixed edges cut off. */
function listBase64(bytes: Uint8Array): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const padded = new Uint8Array(shift + bytes.length)
    padded.set(bytes, shift)
    const inner = encodeBase64(padded).slice(
      shift === 0 ? 0 : shift + 1,
      Math.floor((padded.length * 8) / 6),
    )
    return inner.length < SHORTEST ? [] : [inner, inner.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

/** What a text has in common with any of the forms, twelve characters in a row and more, replaced. */
export function hideFragments(text: string, forms: Iterable<string>, mark: string): string {
  const grams = indexGrams(text)
  if (grams === undefined) return text
  let found = false
  for (const form of forms) {
    eachGram(form, (hash, at) => {
      const place = grams.find(hash, form, at)
      if (place === undefined) return
      grams.hit[place] = 1
      found = true
    })
  }
  return found ? replaceHits(text, grams, mark) : text
}

interface Grams {
  /** of every place in the text: the first place that says the same */
  readonly first: Int32Array
  /** by first places */
  readonly hit: Uint8Array
  find(hash: number, other: string, at: number): number | undefined
}

// A rolling hash over character codes: a token of a megabyte has a dozen forms to go through.
const BASE = 0x01000193
/** the weight of the character that leaves */
const LEAVING = Array.from({ length: FRAGMENT - 1 }).reduce<number>(
  (all) => Math.imul(all, BASE),
  1,
)

function eachGram(text: string, see: (hash: number, at: number) => void): void {
  let hash = 0
  for (let at = 0; at < text.length; at++) {
    if (at >= FRAGMENT) hash = (hash - Math.imul(text.charCodeAt(at - FRAGMENT), LEAVING)) | 0
    hash = (Math.imul(hash, BASE) + text.charCodeAt(at)) | 0
    if (at + 1 >= FRAGMENT) see(hash, at + 1 - FRAGMENT)
  }
}

function indexGrams(text: string): Grams | undefined {
  const count = text.length - FRAGMENT + 1
  if (count <= 0) return undefined
  const buckets = new Int32Array(2 ** Math.ceil(Math.log2(count * 2))).fill(-1)
  const next = new Int32Array(count).fill(-1)
  const hashes = new Int32Array(count)
  const first = new Int32Array(count)
  const bucketOf = (hash: number): number => (hash ^ (hash >>> 15)) & (buckets.length - 1)
  const find = (hash: number, other: string, at: number): number | undefined => {
    let place = buckets[bucketOf(hash)] ?? -1
    while (place >= 0) {
      if (hashes[place] === hash && agree(text, place, other, at)) return place
      place = next[place] ?? -1
    }
    return undefined
  }
  eachGram(text, (hash, at) => {
    const same = find(hash, text, at)
    first[at] = same ?? at
    if (same !== undefined) return
    const bucket = bucketOf(hash)
    hashes[at] = hash
    next[at] = buckets[bucket] ?? -1
    buckets[bucket] = at
  })
  return { first, hit: new Uint8Array(count), find }
}

function agree(one: string, from: number, other: string, at: number): boolean {
  for (let step = 0; step < FRAGMENT; step++) {
    if (one.charCodeAt(from + step) !== other.charCodeAt(at + step)) return false
  }
  return true
}

function replaceHits(text: string, { first, hit }: Grams, mark: string): string {
  let cleaned = ''
  let hidden = 0
  for (let at = 0; at < text.length; at++) {
    if (hit[first[at] ?? -1] === 1) {
      if (at === 0 || hidden < at) cleaned += mark
      hidden = at + FRAGMENT
    }
    if (at >= hidden) cleaned += text[at]
  }
  return cleaned
}
