// Keys to verify with: whatever holds a public key or a shared secret, opened. Of a private key only
// the public half is kept. What cannot be opened is kept as a refusal, because the one key that
// matters may stand beside it.

import type { KeyObject } from 'node:crypto'
import { TokenError } from '../../../core/error.ts'
import type { JsonObject } from '../../../core/json.ts'
import { publicHalf } from '../describe/loaded-key.ts'
import { openContents } from '../open/contents.ts'
import type { KeySource } from '../open/key-text.ts'
import { findDisguise, refuseAsSecret } from './disguise.ts'

export interface VerificationKey {
  /** public or secret */
  readonly key: KeyObject
  /** kid */
  readonly id: string | undefined
  /** where it came from, in words: "keys.json, kid 42" */
  readonly origin: string
  /** as it stands: its alg, use and key_ops bind whoever uses it */
  readonly jwk: JsonObject | undefined
  /** it was given with its private half, which nobody needs for verifying */
  readonly wasPrivate: boolean
}

export interface KeyRing {
  readonly keys: readonly VerificationKey[]
  /** what stood beside them and could not be opened */
  readonly refused: readonly TokenError[]
}

/** A file or text with one key or many: PEM, DER, certificates, JWK, JWKS, a map of kid → PEM. */
export function openVerificationKeys(source: KeySource): KeyRing {
  const { items, refused, isSet } = openContents(source)
  // of a key with its certificates, the key: those that issued it sign other things
  const own = isSet ? items : items.filter(({ role }) => role === 'private')
  const keys: VerificationKey[] = []
  const sealed: TokenError[] = []
  for (const item of own.length > 0 ? own : items) {
    const { key, id, origin, jwk, role } = item
    const disguise = key?.type === 'secret' ? findDisguise(key.export()) : undefined
    if (key === undefined) sealed.push(item.sealed ?? new TokenError('key_unusable', origin))
    else if (disguise !== undefined) {
      sealed.push(refuseAsSecret(`the k of ${origin}`, disguise, undefined))
    } else {
      keys.push({
        key: publicHalf(key),
        id,
        origin,
        jwk,
        wasPrivate: role === 'private',
      })
    }
  }
  const [first] = sealed
  if (keys.length === 0 && first !== undefined && !isSet) throw first
  return { keys, refused: [...refused, ...sealed] }
}
