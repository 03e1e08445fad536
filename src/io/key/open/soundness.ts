// Whether the numbers of a private key belong together. A damaged one opens and signs like any
// other, and whoever verifies its signatures then says that they are wrong.

import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { TokenError } from '../../../core/error.ts'
import type { JsonObject } from '../../../core/json.ts'
import { belongTogether } from '../../../core/key/rsa.ts'
import { exportPrivate, publicJwkOf } from '../describe/fingerprint.ts'
import type { Contents } from './contents.ts'
import type { Item } from './item.ts'

/** Without the keys that are damaged; throws where there is nothing else in it. */
export function leaveOutDamaged(contents: Contents): Contents {
  const damaged = contents.items.filter(
    ({ key, jwk }) => key?.type === 'private' && !isSound(key, jwk),
  )
  const [first] = damaged
  if (first === undefined) return contents
  const items = contents.items.filter((item) => !damaged.includes(item))
  if (!items.some(isKey) && !contents.isSet) throw refuseUnsound(first)
  return { ...contents, items, refused: [...contents.refused, ...damaged.map(refuseUnsound)] }
}

function isKey({ role }: Item): boolean {
  return role === 'private' || role === 'secret'
}

/** `jwk`: what it was read from; Node does not look at the public members of some of them. */
export function isSound(key: KeyObject, jwk?: JsonObject): boolean {
  const type = key.asymmetricKeyType ?? ''
  if (type.startsWith('rsa') && !belongTogether(exportPrivate(key) ?? {})) return false
  if (typeof jwk?.x === 'string' && jwk.kty === 'OKP') {
    const own = publicJwkOf(key)?.x
    if (Buffer.from(jwk.x, 'base64url').toString('base64url') !== own) return false
  }
  const small = type === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < 1024
  return small || !['rsa', 'ec', 'ed25519', 'ed448'].includes(type) || isVerified(key)
}

function isVerified(key: KeyObject): boolean {
  const hash = key.asymmetricKeyType?.startsWith('ed') ? null : 'sha256'
  const text = Buffer.from('is it sound?')
  try {
    return verify(hash, text, createPublicKey(key), sign(hash, text, key))
  } catch {
    return false
  }
}

export function refuseUnsound({ origin }: { readonly origin: string }): TokenError {
  return new TokenError(
    'key_unusable',
    `${origin} is damaged: its numbers do not belong together`,
    {
      means: 'it opens like any other, but what it signs nobody can verify, here or elsewhere',
      fix: 'copy it again from where it came from, unedited',
    },
  )
}
