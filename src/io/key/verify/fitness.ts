// Which algorithms a key may be used with. They come from the key: what a token says of itself decides
// only which of them it was.

import type { KeyObject } from 'node:crypto'
import { KNOWN_SECRETS } from '../../../core/jwt/claim/known-secrets.ts'
import { readFacts } from '../describe/key-facts.ts'
import type { VerificationKey } from './verification-key.ts'

export interface Fitness {
  /** in words, without an article */
  readonly description: string
  readonly algorithms: readonly string[]
}

/** Nothing here signs with secp256k1, but what others sign with it can be checked. */
export function assessKey(key: KeyObject): Fitness {
  const { description, algorithms, curve } = readFacts(key)
  return { description, algorithms: curve === 'secp256k1' ? ['ES256K'] : algorithms }
}

/** Why it is not to be used for this algorithm though it could be; undefined: it may. */
export function findWeakness(key: KeyObject, algorithm: string): string | undefined {
  const { modulusLength, publicExponent } = key.asymmetricKeyDetails ?? {}
  if (publicExponent !== undefined && (publicExponent < 3n || publicExponent % 2n === 0n)) {
    return `its public exponent is ${publicExponent}: anyone can make its signatures`
  }
  if (modulusLength !== undefined && modulusLength < 2048) {
    return `it has ${modulusLength} bits; RFC 7518 wants 2048 at least, because fewer can be broken`
  }
  if (key.type !== 'secret') return undefined
  const secret = key.export()
  if (isWellKnown(secret)) return 'it stands in examples and tutorials: anyone knows this secret'
  const bytes = secret.length
  const wanted = Number(algorithm.slice(2)) / 8
  if (bytes < wanted) {
    return `it has ${bytes} of the ${wanted} bytes that ${algorithm} wants at least (RFC 7518 3.2), because whoever holds a token can try out shorter ones`
  }
  return findPattern(secret, wanted)
}

/** Fewer of 256 than any secret of that length has that was drawn by lot. */
const FEWEST = 6

/** Long enough, and not hard to guess. */
function findPattern(secret: Uint8Array, wanted: number): string | undefined {
  const distinct = new Set(secret).size
  if (distinct < FEWEST) {
    return distinct === 1
      ? 'it is one character over and over, which anyone can guess'
      : `it is made of ${distinct} different characters, so it is easy to guess`
  }
  const period = findPeriod(secret)
  return period < wanted && period <= (secret.length * 2) / 3
    ? `it is its first ${period} bytes over and over, and ${wanted} are wanted at least`
    : undefined
}

function isWellKnown(secret: Uint8Array): boolean {
  return KNOWN_SECRETS.some((text) => Buffer.from(text).equals(secret))
}

/** After how many bytes it begins anew; its length: it does not. (Knuth, Morris, Pratt) */
function findPeriod(bytes: Uint8Array): number {
  const borders = new Uint32Array(bytes.length)
  let border = 0
  for (let at = 1; at < bytes.length; at++) {
    while (border > 0 && bytes[at] !== bytes[border]) border = borders[border - 1] ?? 0
    if (bytes[at] === bytes[border]) border++
    borders[at] = border
  }
  return bytes.length - border
}

/** What the JWK around the key says against using it here. */
export function findContradiction(
  { jwk, wasPrivate }: VerificationKey,
  algorithm: string,
  algorithms: readonly string[],
): string | undefined {
  if (jwk === undefined) return undefined
  const { use, key_ops: uses, alg } = jwk
  if (use !== undefined && use !== 'sig') return `its use is ${show(use)}, not sig`
  if (uses !== undefined) {
    const verifies = Array.isArray(uses) && uses.includes('verify')
    // of a private key the public half is what verifies
    const signs = wasPrivate && Array.isArray(uses) && uses.includes('sign')
    if (!verifies && !signs) return 'its key_ops do not hold verify'
  }
  if (alg === undefined || alg === algorithm) return undefined
  // EdDSA is the old name for both of them (RFC 9864)
  const same = [alg, algorithm].every((name) => /^Ed/.test(String(name)))
  if (same && algorithms.includes(String(alg))) return undefined
  return `its alg is ${show(alg)}, and the token's is ${algorithm}`
}

function show(value: unknown): string {
  return typeof value === 'string' && value.length <= 40 ? value : 'something else'
}
