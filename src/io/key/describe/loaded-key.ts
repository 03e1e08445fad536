// What there is to say about a key once it is open: its kind in words, what it can sign, its names.

import type { KeyObject } from 'node:crypto'
import type { Command } from '../../../core/call/tools.ts'
import { TokenError } from '../../../core/error.ts'
import { hashSpki, publicHalf, thumbprintOf } from './fingerprint.ts'
import { type KeyFacts, readFacts } from './key-facts.ts'

export { publicHalf } from './fingerprint.ts'

export interface LoadedKey {
  /** private, public or secret */
  readonly key: KeyObject
  /** who signs in its place, where only the public half is here */
  readonly signer?: Command
  readonly kind: Exclude<KeyFacts['kind'], 'other'>
  /** where it came from, for messages */
  readonly origin: string
  /** in words, without an article: "2048-bit RSA key" */
  readonly description: string
  /** the JWS algorithms it fits, best first */
  readonly algorithms: readonly string[]
  /** of the modulus, the curve or the secret */
  readonly bits: number | undefined
  /** kid of the JWK, private_key_id of a service account */
  readonly id: string | undefined
  /** client_email of a service account */
  readonly issuer: string | undefined
  readonly token_uri: string | undefined
  readonly publicPem: string | undefined
  /** RFC 7638, SHA-256, base64url */
  thumbprint(): string
  /** SHA-256 of the public key's DER, in standard base64 */
  spkiSha256(): string
}

/** What a JSON around the key says of it. */
export interface KeyNotes {
  readonly id?: string | undefined
  readonly issuer?: string | undefined
  readonly token_uri?: string | undefined
  /** the only algorithm it may be used for */
  readonly algorithm?: string | undefined
}

export function describeKey(key: KeyObject, origin: string, notes: KeyNotes = {}): LoadedKey {
  const { kind, description, bits, algorithms: fit } = readFacts(key)
  if (kind === 'other') throw refuseKind(description, origin)
  const { algorithm } = notes
  if (algorithm !== undefined && !fit.includes(algorithm)) {
    const known = /^[\w+-]{1,24}$/.test(algorithm) ? ` ${algorithm}` : ' another algorithm'
    throw new TokenError(
      'key_unfit',
      `${origin} is ${addArticle(description)}, but its own alg says${known}`,
      { fix: `of its algorithms: ${fit.join(', ')}` },
    )
  }
  return {
    kind,
    description,
    bits,
    algorithms: algorithm === undefined ? fit : [algorithm],
    key,
    origin,
    id: notes.id,
    issuer: notes.issuer,
    token_uri: notes.token_uri,
    get publicPem() {
      if (key.type === 'secret') return undefined
      return publicHalf(key).export({ type: 'spki', format: 'pem' }).toString()
    },
    thumbprint: () => requirePublic(key, origin, thumbprintOf),
    spkiSha256: () => requirePublic(key, origin, (known) => hashSpki(known).toString('base64')),
  }
}

export function refuseKind(description: string, origin: string): TokenError {
  return new TokenError(
    'key_unfit',
    `${origin} is ${addArticle(description)}, which no algorithm here signs with`,
    {
      means: 'signing takes RSA, P-256, P-384, P-521, Ed25519 and Ed448 keys, and shared secrets',
      fix: 'tokentool key generate key.pem --type p-256',
    },
  )
}

export function addArticle(description: string): string {
  return `${/^(E|HMAC|X|8|1[18]-)/.test(description) ? 'an' : 'a'} ${description}`
}

function requirePublic(
  key: KeyObject,
  origin: string,
  read: (key: KeyObject) => string | undefined,
): string {
  const value = key.type === 'secret' ? undefined : read(key)
  if (value === undefined) throw refuseFingerprint(origin)
  return value
}

/** The hash of a password could be guessed offline, so a shared secret has no fingerprint. */
function refuseFingerprint(origin: string): TokenError {
  return new TokenError('key_unfit', `${origin} is a shared secret, which has no fingerprint`, {
    means: 'the secret could be found from its hash',
    fix: 'a private key in its place, or a name of your own for key_id',
  })
}
