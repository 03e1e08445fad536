// The JSON serializations of JWS (RFC 7515 7.2), JWE (RFC 7516 7.2) and SD-JWT (RFC 9901 section 8),
// general and flattened.

import {
  type ExactJson,
  type ExactObject,
  findMember,
  listDuplicates,
  writeExactJson,
} from '../json/exact-json.ts'
import type { EncryptedToken, Recipient, Signature, SignedToken } from '../token.ts'
import { isUnencoded, kindOf, readCompact, readPayload } from './compact.ts'
import { readBinaryPart, readJsonPart } from './part.ts'
import { MOST_DISCLOSURES, readDisclosure } from './sd-jwt.ts'

/** undefined: it is JSON, and no token. */
export function readJsonToken(json: ExactJson): SignedToken | EncryptedToken | undefined {
  if (json.type !== 'object') return undefined
  const token = findMember(json, 'ciphertext') ? readEncrypted(json) : readSigned(json)
  if (token === undefined) return undefined
  const doubled = listDuplicates(json)
  return doubled.length === 0 ? token : { ...token, doubled }
}

function readSigned(json: ExactObject): SignedToken | undefined {
  const several = findMember(json, 'signatures')
  const objects = (several?.type === 'array' ? several.items : [json]).filter(isObject)
  const text = readText(json, 'payload')
  const bare = text?.replace(/\s+/g, '') ?? ''
  const signatures = objects.flatMap((object) => {
    const signature = readSignature(object)
    const payload = isUnencoded(signature?.header) ? (text ?? '') : bare
    return signature ? [{ ...signature, input: `${signature.input}.${payload}` }] : []
  })
  const [first, ...others] = signatures
  if (first === undefined) return undefined
  const disclosures = listTexts(first.unprotected, 'disclosures')
  const unread = Math.max(0, (disclosures?.length ?? 0) - MOST_DISCLOSURES)
  const proof = readText(first.unprotected, 'kb_jwt')
  const keyBinding = proof === undefined ? undefined : readCompact(proof)
  return {
    kind: disclosures === undefined ? kindOf(first.header?.json ?? first.unprotected) : 'sd-jwt',
    serialization: several?.type === 'array' ? 'general' : 'flattened',
    text: writeExactJson(json),
    signatures: [first, ...others],
    payload: readPayload(text ?? '', first.header),
    detached: text === undefined || text === '',
    surplus: [],
    disclosures: (disclosures ?? []).slice(0, MOST_DISCLOSURES).map(readDisclosure),
    keyBinding: keyBinding?.kind === 'jwe' ? undefined : keyBinding,
    ...(unread > 0 && { unread }),
  }
}

/** Its input is still without the payload, which may be large, and they may be many. */
function readSignature(object: ExactObject): Signature | undefined {
  const signature = readText(object, 'signature')
  const head = readText(object, 'protected')
  const unprotected = readObject(object, 'header')
  if (signature === undefined || (head === undefined && unprotected === undefined)) {
    return undefined
  }
  const header = head === undefined ? undefined : readJsonPart(head)
  return {
    header,
    unprotected,
    signature: readBinaryPart(signature),
    input: header?.text ?? '',
  }
}

function readEncrypted(json: ExactObject): EncryptedToken | undefined {
  const text = (name: string): string => readText(json, name) ?? ''
  const head = readText(json, 'protected')
  const several = findMember(json, 'recipients')
  const objects = several?.type === 'array' ? several.items.filter(isObject) : []
  const [first = json, ...others] = objects
  // many things are called ciphertext
  const known = ['protected', 'unprotected', 'recipients', 'encrypted_key', 'tag']
  if (!known.some((name) => findMember(json, name))) return undefined
  return {
    kind: 'jwe',
    serialization: several?.type === 'array' ? 'general' : 'flattened',
    text: writeExactJson(json),
    header: head === undefined ? undefined : readJsonPart(head),
    unprotected: readObject(json, 'unprotected'),
    recipients: [readRecipient(first), ...others.map(readRecipient)],
    iv: readBinaryPart(text('iv')),
    ciphertext: readBinaryPart(text('ciphertext')),
    tag: readBinaryPart(text('tag')),
  }
}

function readRecipient(object: ExactObject): Recipient {
  return {
    unprotected: readObject(object, 'header'),
    encryptedKey: readBinaryPart(readText(object, 'encrypted_key') ?? ''),
  }
}

function readText(json: ExactJson | undefined, name: string): string | undefined {
  const value = findMember(json, name)
  return value?.type === 'string' ? value.value : undefined
}

function readObject(json: ExactJson, name: string): ExactObject | undefined {
  const value = findMember(json, name)
  return value?.type === 'object' ? value : undefined
}

function listTexts(json: ExactJson | undefined, name: string): string[] | undefined {
  const value = findMember(json, name)
  if (value?.type !== 'array') return undefined
  return value.items.flatMap((item) => (item.type === 'string' ? [item.value] : []))
}

function isObject(json: ExactJson): json is ExactObject {
  return json.type === 'object'
}
