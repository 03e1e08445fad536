// Does this key belong to that certificate, set, key or token? One answer, and why.

import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { readTokens } from '../../core/jwt/intake/intake.ts'
import { readCertificateFacts } from './describe/certificate-facts.ts'
import { hashSpki, rubyKidOf, spkiOf, thumbprintOf } from './describe/fingerprint.ts'
import { readFacts } from './describe/key-facts.ts'
import { belongsTo } from './describe/key-report.ts'
import type { Item } from './open/item.ts'
import { checkSignature } from './verify/signature.ts'

export interface Party {
  /** in words: "keys.json, kid 42" */
  readonly name: string
  readonly kid: string | undefined
  /** RFC 7638, or SHA-256 of the SPKI in hex where there is none; undefined: a secret has none */
  readonly thumbprint: string | undefined
}

export interface Pairing {
  readonly match: boolean
  readonly key: Party
  readonly other: Party
  readonly reason: string
}

export type Opened = Item & { readonly key: KeyObject }

function partyOf({ key, origin, id }: Opened): Party {
  return {
    name: origin,
    kid: id,
    thumbprint:
      key.type === 'secret' ? undefined : (thumbprintOf(key) ?? hashSpki(key).toString('hex')),
  }
}

/** Things from one place, and what it is called. */
export interface Side {
  readonly name: string
  readonly keys: readonly [Opened, ...Opened[]]
}

/** The first pair that fits; where none does, the first of each. */
export function pairKeys({ name: ownName, keys }: Side, { name, keys: others }: Side): Pairing {
  for (const one of keys) {
    const twin = others.find((other) => isSame(one.key, other.key))
    if (twin === undefined) continue
    const [key, other] = [partyOf(one), partyOf(twin)]
    const what = key.thumbprint === undefined ? 'the same secret' : 'the same key'
    const print = key.thumbprint === undefined ? '' : ` (${key.thumbprint})`
    return { match: true, key, other, reason: `${key.name} and ${other.name}: ${what}${print}` }
  }
  const [key, other] = [partyOf(keys[0]), partyOf(others[0])]
  const own = keys.length > 1 ? `none of the ${keys.length} keys of ${ownName}` : tell(key)
  const not = keys.length > 1 ? 'is' : 'is not'
  const reason =
    others.length > 1
      ? `${own} ${not} among the ${others.length} keys of ${name}`
      : `${own} ${not} ${tell(other)}`
  return { match: false, key, other, reason }
}

function tell({ name, thumbprint }: Party): string {
  return `${name} (${thumbprint ?? 'a shared secret'})`
}

function isSame(one: KeyObject, other: KeyObject): boolean {
  if (one.type === 'secret' || other.type === 'secret') {
    return one.type === other.type && one.equals(other)
  }
  return spkiOf(one).equals(spkiOf(other))
}

export interface TokenParts {
  readonly header: JsonObject
  readonly input: string
  readonly signature: Uint8Array
}

/** undefined: there is no token in it, or none that is signed. */
export function readTokenParts(text: string): TokenParts | undefined {
  for (const { token } of readTokens(text, '')) {
    if (token.kind === 'opaque' || token.kind === 'jwe') continue
    const [{ header, input, signature }] = token.signatures
    const json = parseHeader(header?.plain)
    const bytes = signature?.bytes
    if (json !== undefined && bytes !== undefined) return { header: json, input, signature: bytes }
  }
  return undefined
}

function parseHeader(text: string | undefined): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** By its signature; where that does not tell, by what its header says of the key. */
export function pairToken({ keys }: Side, token: TokenParts, name: string): Pairing {
  const { alg, kid } = token.header
  const kidText = typeof kid === 'string' ? kid : undefined
  const other: Party = { name, kid: kidText, thumbprint: undefined }
  for (const one of keys) {
    if (!hasSigned(one.key, token)) continue
    const key = partyOf(one)
    const reason = `${key.name} made the signature (${show(alg)}) of ${name}`
    return { match: true, key, other, reason }
  }
  const key = partyOf(keys[0])
  const named = keys.map((one) => findNaming(one, token.header)).find((one) => one !== undefined)
  const fits = keys.some((one) => typeof alg === 'string' && algorithmsOf(one.key).includes(alg))
  const why =
    alg === 'none'
      ? `${name} is not signed: its alg is none`
      : fits
        ? `${key.name} did not make the signature (${show(alg)}) of ${name}`
        : `${name} is signed with ${show(alg)}, which ${key.name} does not fit`
  const also = named === undefined ? '' : `, though its ${named} names this key`
  return { match: false, key, other, reason: why + also }
}

function show(alg: unknown): string {
  return typeof alg === 'string' && /^[\w+-]{1,24}$/.test(alg) ? alg : 'no known algorithm'
}

function algorithmsOf(key: KeyObject): readonly string[] {
  const { algorithms, curve } = readFacts(key)
  return curve === 'secp256k1' ? ['ES256K'] : algorithms
}

function hasSigned(key: KeyObject, { header, input, signature }: TokenParts): boolean {
  const { alg } = header
  if (typeof alg !== 'string' || !algorithmsOf(key).includes(alg)) return false
  const known = key.type === 'private' ? createPublicKey(key) : key
  return checkSignature(alg, known, Buffer.from(input), signature) === true
}

/** Which member of the header says that it is this key. */
function findNaming({ key, id, certificate }: Opened, header: JsonObject): string | undefined {
  if (key.type === 'secret') return id !== undefined && header.kid === id ? 'kid' : undefined
  const { kid, x5c, x5t, jwk } = header
  const leaf: unknown = Array.isArray(x5c) ? x5c[0] : undefined
  if (typeof leaf === 'string' && belongsTo(Buffer.from(leaf, 'base64'), key)) return 'x5c'
  if (isJsonObject(jwk) && isThumbprint(jwk, key)) return 'jwk'
  const facts = certificate && readCertificateFacts(certificate)
  if (facts && x5t === facts.x5t) return 'x5t'
  if (facts && header['x5t#S256'] === facts.x5tS256) return 'x5t#S256'
  const kids = [id, thumbprintOf(key), rubyKidOf(key), facts?.x5t, facts?.x5tS256]
  return kid !== undefined && kids.includes(kid as string) ? 'kid' : undefined
}

function isThumbprint(jwk: JsonObject, key: KeyObject): boolean {
  try {
    return spkiOf(createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })).equals(spkiOf(key))
  } catch {
    return false
  }
}
