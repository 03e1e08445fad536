// A part of a token: its text as it stands, the bytes it means, and the JSON they hold.

import { parseExactJson } from '../json/exact-json.ts'
import type { JsonPart, Part } from '../token.ts'
import { decodeBase64Url, encodeBase64Url, INVISIBLE } from './base64url.ts'

/** White space is told as a flaw, and left out of the text. */
export function readBinaryPart(text: string): Part {
  const { bytes, flaws } = decodeBase64Url(text)
  if (!flaws.includes('space')) return { text, bytes, flaws }
  const invisible = text.includes(INVISIBLE) && !/\s/.test(text)
  return { text: text.replace(/[\s\u200b]+/g, ''), bytes, flaws, ...(invisible && { invisible }) }
}

export function readJsonPart(text: string): JsonPart {
  const part = readBinaryPart(text)
  return { ...part, ...readText(part.bytes) }
}

/** What came out of an encrypted token. */
export function readPart(bytes: Uint8Array): JsonPart {
  return { text: encodeBase64Url(bytes), bytes, flaws: [], ...readText(bytes) }
}

/** RFC 7797: a payload that stands there unencoded. */
export function readPlainPart(text: string): JsonPart {
  const bytes = new TextEncoder().encode(text)
  return { text, bytes, flaws: [], ...readText(bytes) }
}

function readText(bytes: Uint8Array | undefined): Pick<JsonPart, 'plain' | 'bom' | 'json'> {
  const plain = bytes && decodeUtf8(bytes)
  return {
    plain,
    bom: plain !== undefined && bytes?.[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf,
    json: plain === undefined ? undefined : parseExactJson(plain),
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** Without its byte order mark; undefined: not UTF-8. */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes)
  } catch {
    return undefined
  }
}
