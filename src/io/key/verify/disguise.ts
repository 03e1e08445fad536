// A key that stands where a shared secret should: as PEM, as DER, as what a JWK of kty oct holds. Who
// takes a public key for the secret lets everybody sign.

import { TokenError } from '../../../core/error.ts'
import { quotePath } from '../../../core/key/key-refusal.ts'
import { identifyKeyText, isPrivate, type KeyIdentity } from '../../../core/key/pem.ts'

const KEYS =
  /^(pkcs|sec1|dsa|spki|certificate|trusted|csr|pem|openssh|ssh|putty|jks|jwk|service|box|pgp)/

export function findDisguise(bytes: Uint8Array): KeyIdentity | undefined {
  const identity = identifyKeyText(bytes)
  // a JWK or a set may hold the secret itself
  if (identity.sort === 'jwk-secret' || identity.sort === 'jwks') return undefined
  return KEYS.test(identity.was ?? identity.sort) ? identity : undefined
}

/** `path`: of the file, where it is one that `--key` can be given. */
export function refuseAsSecret(
  shown: string,
  identity: KeyIdentity,
  path: string | undefined,
): TokenError {
  const secret = isPrivate(identity) || identity.sort === 'jwk-private'
  return new TokenError('key_unfit', `${shown} is ${identity.name}, not a shared secret`, {
    means: secret
      ? 'a private key signs RS256, ES256 and their like, and its public half verifies them'
      : 'a token that was signed with a public key as the secret is the algorithm-confusion attack',
    fix: adviseKeyFlag(shown, path),
  })
}

export function adviseKeyFlag(shown: string, path: string | undefined): string {
  if (path !== undefined) return `--key ${quotePath(shown)}`
  return shown.startsWith('$') ? shown.replace(/^\$/, '--key env:') : '--key SOURCE'
}
