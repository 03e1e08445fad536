// Which of the keys that were given may have made a signature, and why the others may not.

import { quoteShell } from '../../../core/shell.ts'
import { addArticle } from '../describe/loaded-key.ts'
import { assessKey, findContradiction } from './fitness.ts'
import { cut } from './signature-header.ts'
import type { KeyRing, VerificationKey } from './verification-key.ts'

export interface KeySet extends KeyRing {
  /** what they came from, in words: "jwks.json", "https://…/certs" */
  readonly origin: string
  /** as it was given, where it was one text of the user's own */
  readonly raw?: Uint8Array
}

export interface WantedKid {
  readonly kid: string | undefined
  /** by --kid, not by the token */
  readonly asked: boolean
}

/** The kid decides, where both sides have one; what has none may be any. */
export function chooseKeys(
  { keys, origin }: KeySet,
  { kid, asked }: WantedKid,
): readonly VerificationKey[] | string {
  if (keys.length === 0) return `${origin} holds no key that can be opened`
  if (kid === undefined) return keys
  const named = keys.filter(({ id }) => id === kid)
  if (named.length > 0) return named
  const nameless = keys.filter(({ id }) => id === undefined)
  if (nameless.length > 0) return nameless
  const kids = keys.map(({ id }) => cut(`${id}`, 40))
  const shown = kids.slice(0, 8).join(', ')
  const more = kids.length > 8 ? ` and ${kids.length - 8} more` : ''
  return `${asked ? '--kid' : 'its kid'} is ${cut(kid)}, and ${origin} has ${shown}${more}`
}

/** The only key there is may be the right one under another name. */
export function adviseKid({ keys }: KeySet): string[] {
  const [only, ...more] = keys
  if (only?.id === undefined || only.id.length > 100 || more.length > 0) return []
  return [`--kid ${quoteShell(only.id)} asks that one all the same`]
}

/** Why this key has nothing to say about the algorithm; undefined: it has. */
export function findHurdle(key: VerificationKey, algorithm: string): string | undefined {
  const { description, algorithms } = assessKey(key.key)
  const contradiction = findContradiction(key, algorithm, algorithms)
  if (contradiction !== undefined) return contradiction
  if (algorithms.includes(algorithm)) return undefined
  const kind = addArticle(description)
  return algorithms.length === 0
    ? `${kind} verifies no JWS`
    : `${kind} goes with ${algorithms.join(', ')}, not with ${algorithm}`
}

export function nameKey({ origin, key }: VerificationKey): string {
  return `${cut(origin, 200)} (${assessKey(key).description})`
}
