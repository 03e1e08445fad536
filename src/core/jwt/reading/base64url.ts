// base64url (RFC 4648 section 5), read leniently and judged strictly: the bytes where they can be
// had, and what a strict reader objects to.

import { encodeBase64 } from '../../template/encoding.ts'
import type { Flaw } from '../token.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const UNKNOWN = 255
const EQUALS = 0x3d

/** of an ASCII character: its six bits; of + and / those of - and _ */
const DIGITS = new Uint8Array(128).fill(UNKNOWN)
for (let digit = 0; digit < 64; digit++) DIGITS[ALPHABET.charCodeAt(digit)] = digit
DIGITS[0x2b] = 62
DIGITS[0x2f] = 63

export function decodeBase64Url(text: string): { bytes: Uint8Array | undefined; flaws: Flaw[] } {
  const found = new Set<Flaw>()
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let size = 0
  let count = 0
  let bits = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const digit = DIGITS[code] ?? UNKNOWN
    if (digit === UNKNOWN) {
      found.add(code === EQUALS ? 'padding' : isSpace(code) ? 'space' : 'alphabet')
      continue
    }
    // an = with more behind it pads nothing
    if (found.has('padding')) found.add('alphabet')
    if (code === 0x2b || code === 0x2f) found.add('base64')
    bits = (bits << 6) | digit
    count++
    if (count % 4 === 0) {
      bytes[size++] = bits >> 16
      bytes[size++] = bits >> 8
      bytes[size++] = bits
      bits = 0
    }
  }
  const rest = count % 4
  if (rest === 1) found.add('length')
  if (rest === 2) {
    bytes[size++] = bits >> 4
    if ((bits & 0x0f) !== 0) found.add('loose-bits')
  }
  if (rest === 3) {
    bytes[size++] = bits >> 10
    bytes[size++] = bits >> 2
    if ((bits & 0x03) !== 0) found.add('loose-bits')
  }
  const lost = found.has('alphabet') || found.has('length')
  return {
    bytes: lost ? undefined : size === bytes.length ? bytes : bytes.slice(0, size),
    flaws: [...found],
  }
}

/** Of no width: what copying from a page brings along; it stands for all of its kind. */
export const INVISIBLE = '\u200b'

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0x200b
}

export function encodeBase64Url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
