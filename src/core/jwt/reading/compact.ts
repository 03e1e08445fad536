// The compact serializations (RFC 7515 3.1, RFC 7516 3.1): parts with dots between. Broken ones are
// recognised where they clearly were to be tokens, so that it can be said what is broken.

import { type ExactJson, findMember } from '../json/exact-json.ts'
import type { EncryptedToken, JsonPart, Part, SignedToken } from '../token.ts'
import { readBinaryPart, readJsonPart, readPlainPart } from './part.ts'

/** With more parts than this it is dots that somebody else meant. */
const MOST_PARTS = 12

export function readCompact(text: string): SignedToken | EncryptedToken | undefined {
  const parts = text.split('.', MOST_PARTS + 1)
  if (parts.length < 2 || parts.length > MOST_PARTS) return undefined
  const [head = '', second = ''] = parts
  if (!isPromising(head, second, parts.length)) return undefined
  const header = readJsonPart(head)
  // eyJhbGci...tail
  if (header.json === undefined && /^[\w-]+\.{3,}[\w.-]*$/.test(text)) return undefined
  if (isEncrypted(header, parts)) return readEncrypted(header, parts)
  const payload = readPayload(second, header)
  return isConvincing(parts, header, payload) ? writeSigned(header, payload, parts) : undefined
}

/** { in base64url; with white space or a byte order mark in front of it. */
const OPENING = /^\s*(?:e[w-z0-9+/_-]|77u[_/]|I[ACH]|C[nigXSQ]|D[XSQ])/

/** `{"a":1}`: a header with less in it is none. */
const SHORTEST_HEADER = 10

/** Cheap, and wrong now and then: nothing is decoded yet. */
function isPromising(head: string, second: string, count: number): boolean {
  if (OPENING.test(head) && head.length >= SHORTEST_HEADER) return true
  return count > 2 && JSONISH.test(second)
}

const isObject = (part: JsonPart): boolean => part.json?.type === 'object'
/** Broken JSON included. */
const opens = (part: JsonPart): boolean => /^\s*\{\s*["}]/.test(part.plain ?? '')

function isConvincing(parts: readonly string[], header: JsonPart, payload: JsonPart): boolean {
  if (opens(header) && (header.plain?.length ?? 0) > '{}'.length) {
    if (opens(payload) || header.plain?.includes('"alg"') === true) return true
    // a file name or a URL may begin with JSON in base64: image services write so what to cut out;
    // and a signed cookie has a time in the middle
    return parts.length > 2 && !/^[\w-]{4,8}$/.test(payload.text)
  }
  if (JSONISH.test(header.text)) {
    const whole = parts.length === 3 || parts.length === 5
    const long = parts.join('').length >= SHORTEST_BROKEN && header.text.startsWith('eyJ')
    return JSONISH.test(payload.text) ? parts.length > 2 || long : whole && long
  }
  // a header that is no object at all, or lost its beginning
  const closes = header.json !== undefined || CLOSING.test(header.text)
  const clean = !header.flaws.some((flaw) => flaw === 'alphabet' || flaw === 'base64')
  return closes && clean && parts.length === 3 && isObject(payload)
}

/** "} at the end, in base64url. */
const CLOSING = /.{6}(?:J9|In0|ifQ)=*\s*$/
const SHORTEST_BROKEN = 40
/** {" or {}, with white space between: no part of a host's name. */
const JSONISH = /^(?:eyJ|eyA[gi]|ew[ok]|ew0K|e30)/

function isEncrypted(header: JsonPart, parts: readonly string[]): boolean {
  const enc = findMember(header.json, 'enc')
  if (enc !== undefined) return parts.length > 2 && parts.length <= 5
  // of a broken header, the number of parts is all there is
  const broken = header.json === undefined && /^eyJ/.test(header.text)
  return broken && parts.length === 5 && !/^e[yw]/.test(parts[1] ?? '')
}

function readEncrypted(header: JsonPart, parts: readonly string[]): EncryptedToken {
  const [encryptedKey, iv, ciphertext, tag] = [1, 2, 3, 4].map((at) =>
    readBinaryPart(parts[at] ?? ''),
  ) as [Part, Part, Part, Part]
  return {
    kind: 'jwe',
    serialization: 'compact',
    text: [header, encryptedKey, iv, ciphertext, tag]
      .slice(0, parts.length)
      .map((part) => part.text)
      .join('.'),
    header,
    unprotected: undefined,
    recipients: [{ unprotected: undefined, encryptedKey }],
    iv,
    ciphertext,
    tag,
  }
}

/** RFC 7797: `b64: false` in the header means that the payload is not encoded. */
export function readPayload(text: string, header: JsonPart | undefined): JsonPart {
  return isUnencoded(header) ? readPlainPart(text) : readJsonPart(text)
}

export function isUnencoded(header: JsonPart | undefined): boolean {
  const b64 = findMember(header?.json, 'b64')
  return b64?.type === 'literal' && b64.value === false
}

export function kindOf(header: ExactJson | undefined): 'jws' | 'unsecured' {
  const alg = findMember(header, 'alg')
  return alg?.type === 'string' && alg.value.toLowerCase() === 'none' ? 'unsecured' : 'jws'
}

function writeSigned(
  header: JsonPart,
  payload: JsonPart,
  [, , third, ...surplus]: readonly string[],
): SignedToken {
  const signature = third === undefined ? undefined : readBinaryPart(third)
  const input = `${header.text}.${payload.text}`
  return {
    kind: kindOf(header.json),
    serialization: 'compact',
    text: [input, ...(signature ? [signature.text] : []), ...surplus].join('.'),
    signatures: [{ header, unprotected: undefined, signature, input }],
    payload,
    detached: payload.text === '',
    surplus,
    disclosures: [],
    keyBinding: undefined,
  }
}
