// A key written out: as PEM, or as the members of a JWK.

import type { KeyObject } from 'node:crypto'
import { TokenError } from '../../../core/error.ts'
import type { JsonObject } from '../../../core/json.ts'
import { writePem } from '../../../core/key/armor.ts'
import { readMember } from '../../../core/key/rsa.ts'
import {
  exportPrivate,
  nameCurve,
  publicHalf,
  publicJwkOf,
  thumbprintOf,
} from '../describe/fingerprint.ts'
import { readFacts } from '../describe/key-facts.ts'
import { addArticle } from '../describe/loaded-key.ts'
import { encryptKey } from './encryption.ts'

/** PKCS#8, encrypted where there is a passphrase. */
export function writePrivatePem(key: KeyObject, passphrase?: string): string {
  const bytes = nameCurve(key).export({ type: 'pkcs8', format: 'der' })
  return passphrase === undefined
    ? writePem('PRIVATE KEY', bytes)
    : writePem('ENCRYPTED PRIVATE KEY', encryptKey(bytes, passphrase))
}

/** SPKI. */
export function writePublicPem(key: KeyObject): string {
  return nameCurve(publicHalf(key)).export({ type: 'spki', format: 'pem' }).toString()
}

export function writeCertificates(chain: readonly Uint8Array[]): string {
  return chain.map((der) => writePem('CERTIFICATE', der)).join('')
}

/** What a JWK says besides its numbers. */
export interface JwkNotes {
  readonly kid: string | undefined
  readonly alg: string | undefined
  readonly use: string | undefined
}

/** kid, use and alg first, where a person looks; the thumbprint is the kid where there is none. */
export function writeJwk(key: KeyObject, half: 'private' | 'public', notes: JwkNotes): JsonObject {
  const members = half === 'private' ? exportPrivate(key) : publicJwkOf(key)
  const { kty, ...rest } = members ?? {}
  if (kty === undefined) {
    const what = addArticle(readFacts(key).description)
    throw new TokenError('key_unfit', `there is no JWK of ${what}`, {
      means: 'neither RFC 7518 nor those after it have such keys',
      fix: '--to pem',
    })
  }
  if (half === 'private' && hasMorePrimes(members)) {
    throw new TokenError('key_unfit', 'it is an RSA key of more than two primes', {
      means: 'hardly anything reads a JWK of such a key',
      fix: '--to pem',
    })
  }
  const { kind, algorithms, curve } = readFacts(key)
  const agrees = kind === 'other' && /^X/.test(curve ?? '')
  const { use = agrees ? 'enc' : 'sig' } = notes
  const usual = agrees ? 'ECDH-ES' : curve === 'secp256k1' ? 'ES256K' : algorithms[0]
  const alg = notes.alg ?? (use === 'sig' || agrees ? usual : undefined)
  const kid = notes.kid ?? (key.type === 'secret' ? undefined : thumbprintOf(key))
  return { kty, ...(kid && { kid }), use, ...(alg && { alg }), ...rest }
}

/** Node leaves the others out. */
function hasMorePrimes({ n, p, q }: JsonObject = {}): boolean {
  const [whole, one, other] = [n, p, q].map(readMember)
  return whole !== undefined && one !== undefined && whole !== one * (other ?? 0n)
}

export function writeJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
