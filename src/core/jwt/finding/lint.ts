// What is to be said against a token, from what can be seen of it without a key. Every code stands in
// codes.ts; a good token of a known service has none.

import type { TokenShape } from '../shape.ts'
import type { EncryptedToken, JsonPart, SignedToken } from '../token.ts'
import type { FindingCode } from './codes.ts'
import { type Finding, sortFindings } from './finding.ts'
import { viewHeader } from './header-view.ts'
import { lintClaims } from './lint-claims.ts'
import { lintContents } from './lint-contents.ts'
import { lintEncrypted } from './lint-encrypted.ts'
import { lintMembers } from './lint-form.ts'
import type { Hash } from './lint-key.ts'
import { lintSigned } from './lint-signed.ts'

export interface LintOptions {
  /** what its service leaves out on purpose is not held against it */
  readonly shape?: TokenShape
  /** SHA-256 in base64url, where there is one at hand */
  readonly hash?: Hash
  /** of a JWE: what was in it, where that are claims */
  readonly decrypted?: JsonPart
}

/** Worst first; `now` in seconds. */
export function lintToken(
  token: SignedToken | EncryptedToken,
  now: number,
  { shape, hash, decrypted }: LintOptions = {},
): Finding[] {
  const findings =
    token.kind === 'jwe'
      ? [
          ...lintEncrypted(token, now, hash),
          ...(decrypted ? lintDecrypted(token, decrypted, now) : []),
        ]
      : lintSigned(token, { now, shape, hash })
  return sortFindings(findings.filter(({ code }) => !Object.hasOwn(shape?.waives ?? {}, code)))
}

function lintDecrypted(token: EncryptedToken, payload: JsonPart, now: number): Finding[] {
  const view = viewHeader('the header', token.header, [token.unprotected])
  return [
    ...lintMembers('the payload', 'claim', payload),
    ...(payload.json?.type === 'object'
      ? [
          ...lintClaims(view, payload.json, { now, shape: undefined, isCredential: false }),
          ...lintContents(payload.json),
        ]
      : []),
  ]
}

/** Warnings of decode that verify does not let pass. */
const STRICT: ReadonlySet<string> = new Set<FindingCode>([
  'header-byte-order-mark',
  'payload-byte-order-mark',
  'loose-bits',
])

/** What a JWS may have in the place of claims. */
const ANY_PAYLOAD: ReadonlySet<string> = new Set<FindingCode>([
  'payload-not-utf8',
  'payload-byte-order-mark',
  'payload-not-json',
  'payload-not-object',
  'b64-in-jwt',
])

/** What `verify` must reject, whatever the signature says. */
export function isMalformed(
  findings: readonly Finding[],
  allow: {
    readonly padding: boolean
    /** the token need not be a JWT */
    readonly payload?: boolean
  },
): boolean {
  return findings.some(({ code, severity, area }) => {
    if (code === 'padding') return !allow.padding
    if (allow.payload === true && ANY_PAYLOAD.has(code)) return false
    return STRICT.has(code) || (area === 'form' && severity === 'error')
  })
}
