// Which algorithms a key may be used with. They come from the key: what a token says of itself decides
// only which of them it was.

import type { KeyObject } from 'node:crypto'
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
  const bytes = key.symmetricKeySize ?? 0
  const wanted = Number(algorithm.slice(2)) / 8
  return bytes < wanted
    ? `it has ${bytes} of the ${wanted} bytes that ${algorithm} wants at least (RFC 7518 3.2), because whoever holds a token can try out shorter ones`
    : undefined
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
