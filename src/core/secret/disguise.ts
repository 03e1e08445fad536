// A secret as it may look in what others say: after each encoder that it, or what it is part of, may
// have passed.

import { encodeBase64, percentEncode } from '../template/encoding.ts'

/** Short texts occur everywhere by chance: they are hidden by field, never by searching. */
export const SHORTEST = 8

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

/**
 * In base64 of a text that has it somewhere inside: three alignments, the mixed edges cut off; and at
 * its end, where nothing is mixed in.
 */
function listBase64(bytes: Uint8Array): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const padded = new Uint8Array(shift + bytes.length)
    padded.set(bytes, shift)
    const full = encodeBase64(padded)
    const from = shift === 0 ? 0 : shift + 1
    const inner = full.slice(from, Math.floor((padded.length * 8) / 6))
    if (inner.length < SHORTEST) return []
    const texts = [inner, full.slice(from).replace(/=+$/, ''), full.slice(from)]
    return texts.flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_')])
  })
}
