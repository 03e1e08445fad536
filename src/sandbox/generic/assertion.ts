// Assertions of both kinds, RFC 7523 section 3: a grant's and a client's. Node's own crypto checks
// the signatures, in every algorithm that a profile may sign with.

import {
  constants,
  createHmac,
  createPublicKey,
  type KeyObject,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import { splitToken, type TokenParts } from '../signing.ts'
import type { GenericAccount } from './accounts.ts'

export const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'HS256',
  'HS384',
  'HS512',
] as const

export type Algorithm = (typeof ALGORITHMS)[number]

const CURVES: Readonly<Record<string, string>> = {
  ES256: 'prime256v1',
  ES384: 'secp384r1',
  ES512: 'secp521r1',
}

/** seconds for which `iat` and `nbf` may lie ahead */
const LEEWAY = 5

export interface Assertion extends TokenParts {
  readonly algorithm: Algorithm
}

export function readAssertion(token: string): Assertion | undefined {
  const parts = splitToken(token)
  const algorithm = ALGORITHMS.find((known) => known === parts?.header.alg)
  return parts && algorithm && { ...parts, algorithm }
}

/** The account's own key decides, and an HMAC is only ever one of its secret. */
export function isSignedBy(assertion: Assertion, account: GenericAccount): boolean {
  const { algorithm, input, signature } = assertion
  if (account.algorithms && !account.algorithms.includes(algorithm)) return false
  if (algorithm.startsWith('HS')) {
    if (account.client_secret === undefined) return false
    const hash = `sha${algorithm.slice(2)}`
    const expected = createHmac(hash, account.client_secret).update(input).digest()
    return expected.length === signature.length && timingSafeEqual(expected, signature)
  }
  if (account.public_key === undefined) return false
  return verifyWith(createPublicKey(account.public_key), algorithm, Buffer.from(input), signature)
}

function verifyWith(
  key: KeyObject,
  algorithm: Algorithm,
  input: Buffer,
  signature: Buffer,
): boolean {
  const hash = `sha${algorithm.slice(2)}`
  switch (key.asymmetricKeyType) {
    case 'rsa':
      if (algorithm.startsWith('RS')) return verify(hash, input, key, signature)
      return algorithm.startsWith('PS') && verifyPss(key, hash, input, signature)
    case 'rsa-pss':
      return algorithm.startsWith('PS') && verifyPss(key, hash, input, signature)
    case 'ec':
      return (
        key.asymmetricKeyDetails?.namedCurve === CURVES[algorithm] &&
        verify(hash, input, { key, dsaEncoding: 'ieee-p1363' }, signature)
      )
    case 'ed25519':
    case 'ed448':
      return algorithm === 'EdDSA' && verify(null, input, key, signature)
    default:
      return false
  }
}

function verifyPss(key: KeyObject, hash: string, input: Buffer, signature: Buffer): boolean {
  const options = {
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  }
  try {
    return verify(hash, input, options, signature)
  } catch {
    // an RSA-PSS key that is bound to another hash
    return false
  }
}

/** What speaks against the claims; undefined when nothing does. */
export function findFault(
  { aud, exp, nbf, iat }: Readonly<Record<string, unknown>>,
  audiences: readonly string[],
  now: number,
): string | undefined {
  const named: unknown[] = Array.isArray(aud) ? aud : [aud]
  if (!named.some((one) => audiences.some((audience) => audience === one))) {
    return `aud must be ${audiences.join(' or ')}`
  }
  const seconds = now / 1000
  if (typeof exp !== 'number') return 'exp is required, as a number of seconds'
  if (exp <= seconds) return 'it expired: exp is in the past'
  for (const [name, time] of Object.entries({ nbf, iat })) {
    if (time === undefined) continue
    if (typeof time !== 'number') return `${name} must be a number of seconds`
    if (time > seconds + LEEWAY) return `${name} is in the future`
  }
  return undefined
}

/** Each jti once, until its assertion would have expired anyway. */
export function createReplayGuard(): (claims: TokenParts['claims'], now: number) => boolean {
  const seen = new Map<string, number>()
  return ({ iss, jti, exp }, now) => {
    if (jti === undefined) return false
    for (const [known, end] of seen) if (end * 1000 <= now) seen.delete(known)
    const name = JSON.stringify([iss, jti])
    if (seen.has(name)) return true
    seen.set(name, Number(exp))
    return false
  }
}
