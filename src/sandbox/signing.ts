// Tokens as the services make them, with node:crypto alone: a twin must sign and check what a
// careful library refuses, such as 1024-bit RSA.

import {
  createHash,
  createHmac,
  generateKeyPair,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import { promisify } from 'node:util'
import type { KeyName, SigningKey } from './twin.ts'

const HASHES = {
  RS256: 'sha256',
  RS384: 'sha384',
  RS512: 'sha512',
  HS256: 'sha256',
} as const

export type SigningAlgorithm = keyof typeof HASHES

export type TokenHeader = { readonly alg: SigningAlgorithm; readonly [name: string]: unknown }

/** The header is written as it is given: nothing is added, member order is kept. */
export function signToken(header: TokenHeader, claims: object, key: KeyObject): string {
  const input = `${encodeJson(header)}.${encodeJson(claims)}`
  return `${input}.${computeSignature(header.alg, input, key).toString('base64url')}`
}

export interface TokenParts {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  /** what the signature is over */
  readonly input: string
  readonly signature: Buffer
}

/** The three parts of a JWT in the strict reading; undefined for anything else. */
export function splitToken(token: string): TokenParts | undefined {
  const match = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(token)
  const header = decodeObject(match?.[1])
  const claims = decodeObject(match?.[2])
  if (!match || header === undefined || claims === undefined) return undefined
  return {
    header,
    claims,
    input: `${match[1]}.${match[2]}`,
    signature: Buffer.from(match[3] ?? '', 'base64url'),
  }
}

/** The algorithm is the caller's choice, never the token's. */
export function checkSignature(
  parts: Pick<TokenParts, 'input' | 'signature'>,
  algorithm: SigningAlgorithm,
  key: KeyObject,
): boolean {
  if (algorithm !== 'HS256') {
    if (key.asymmetricKeyType !== 'rsa') return false
    return verify(HASHES[algorithm], Buffer.from(parts.input), key, parts.signature)
  }
  const expected = computeSignature(algorithm, parts.input, key)
  return expected.length === parts.signature.length && timingSafeEqual(expected, parts.signature)
}

function computeSignature(algorithm: SigningAlgorithm, input: string, key: KeyObject): Buffer {
  const hash = HASHES[algorithm]
  return algorithm === 'HS256'
    ? createHmac(hash, key).update(input).digest()
    : sign(hash, Buffer.from(input), key)
}

/** `{kty, n, e}` with further members behind them. */
export function toJwk(key: KeyObject, members: Record<string, string>): Record<string, unknown> {
  const { kty, n, e } = key.export({ format: 'jwk' })
  return { kty, n, e, ...members }
}

/** SHA-256 of the key's PKCS#1 form, SEQUENCE(modulus, exponent): what ruby-jwt calls a key. */
export function computeKeyDigest(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ format: 'der', type: 'pkcs1' }))
    .digest('hex')
}

/** RSA keys take long to make, so each is made once, off the main thread, when first asked for. */
export function createKeys(): (name: KeyName) => Promise<SigningKey> {
  const keys = new Map<KeyName, Promise<SigningKey>>()
  return (name) => {
    const known = keys.get(name)
    if (known) return known
    const made = promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
    keys.set(name, made)
    return made
  }
}

function encodeJson(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function decodeObject(segment: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(segment ?? '', 'base64url').toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value))
      : undefined
  } catch {
    return undefined
  }
}
