// Who holds an SD-JWT (RFC 9901): the key binding is signed with the key that cnf names. It is a token of
// its own, so its signature and what it says are judged apart as well.

import { TokenError } from '../../../core/error.ts'
import { checkBindingTime } from '../../../core/jwt/claim/claim-times.ts'
import type { Expectations } from '../../../core/jwt/claim/expectation.ts'
import type { Failure, SignatureVerdict } from '../../../core/jwt/claim/verdict.ts'
import { type ExactJson, findMember, writeExactJson } from '../../../core/jwt/json/exact-json.ts'
import type { SignedToken } from '../../../core/jwt/token.ts'
import { digest, readHash } from './disclosures.ts'
import { openVerificationKeys } from './verification-key.ts'
import { verifySignatures } from './verifier.ts'

export interface BindingVerdict {
  /** what rules the token out; undefined: nothing */
  readonly objection: string | undefined
  /** the objection says only that nothing can be told */
  readonly undecided: boolean
  readonly note: string | undefined
  readonly failures: readonly Failure[]
  /** what nobody asked about */
  readonly doubts: readonly string[]
}

/** undefined: there is no key binding. */
export function checkKeyBinding(
  token: SignedToken,
  claims: ExactJson | undefined,
  expectations: Expectations | undefined,
): BindingVerdict | undefined {
  const { keyBinding: binding } = token
  if (binding === undefined) return undefined
  const { objection, undecided = false } = findObjection(token, binding, claims)
  const said = objection === undefined && expectations !== undefined
  return {
    objection,
    undecided,
    note: objection === undefined ? 'its key binding is signed by the holder' : undefined,
    failures: said ? checkBindingTime(binding.payload.json, expectations) : [],
    doubts: said ? [describeUnasked(binding.payload.json)] : [],
  }
}

function describeUnasked(payload: ExactJson | undefined): string {
  const [aud, nonce] = ['aud', 'nonce'].map((name) => {
    const value = findMember(payload, name)
    return value === undefined
      ? `without ${name}`
      : `${name} ${writeExactJson(value).slice(0, 160)}`
  })
  return `its key binding is for ${aud}, ${nonce}: whether that is you and what you asked for is NOT checked`
}

function findObjection(
  token: SignedToken,
  binding: SignedToken,
  claims: ExactJson | undefined,
): { readonly objection?: string; readonly undecided?: boolean } {
  const jwk = findMember(findMember(claims, 'cnf'), 'jwk')
  if (jwk?.type !== 'object') {
    return { objection: 'it has a key binding, and no cnf.jwk to check it with', undecided: true }
  }
  const kty = findMember(jwk, 'kty')
  if (kty?.type !== 'string' || kty.value === 'oct')
    return { objection: 'its cnf.jwk is no public key' }
  const typ = findMember(binding.signatures[0].header?.json, 'typ')
  if (typ?.type !== 'string' || typ.value.toLowerCase() !== 'kb+jwt') {
    return { objection: 'the typ of its key binding is not kb+jwt' }
  }
  const verdict = verifyBinding(binding, writeExactJson(jwk))
  if (verdict.status !== 'valid') {
    const undecided = verdict.status === 'unchecked'
    const words = undecided ? 'not checked' : 'invalid'
    return { objection: `its key binding is ${words}: ${verdict.reason ?? ''}`, undecided }
  }
  const said = findMember(binding.payload.json, 'sd_hash')
  const shown = token.text.slice(0, token.text.lastIndexOf('~') + 1)
  const wanted = digest(readHash(token.payload.json) ?? 'sha256', shown)
  return said?.type === 'string' && said.value === wanted
    ? {}
    : { objection: 'its key binding is for other disclosures (sd_hash)' }
}

function verifyBinding(binding: SignedToken, jwk: string): SignatureVerdict {
  const none = { algorithms: undefined, kid: undefined, payload: undefined, allowPadding: false }
  try {
    const ring = openVerificationKeys({ text: jwk, origin: 'cnf.jwk' })
    return verifySignatures(binding, { ...ring, origin: 'cnf.jwk' }, none)[0]
  } catch (error) {
    if (!(error instanceof TokenError)) throw error
    const unknown = { alg: undefined, kid: undefined, key: undefined, notes: [] }
    return { status: 'unchecked', reason: error.message, ...unknown }
  }
}
