// What is to be said against a token, from what can be seen of it without a key. Every code stands in
// codes.ts; a good token of a known service has none.

import type { TokenShape } from '../shape.ts'
import type { EncryptedToken, SignedToken } from '../token.ts'
import type { FindingCode } from './codes.ts'
import { type Finding, sortFindings } from './finding.ts'
import { lintEncrypted } from './lint-encrypted.ts'
import type { Hash } from './lint-key.ts'
import { lintSigned } from './lint-signed.ts'

export interface LintOptions {
  /** what its service leaves out on purpose is not held against it */
  readonly shape?: TokenShape
  /** SHA-256 in base64url, where there is one at hand */
  readonly hash?: Hash
}

/** Worst first; `now` in seconds. */
export function lintToken(
  token: SignedToken | EncryptedToken,
  now: number,
  { shape, hash }: LintOptions = {},
): Finding[] {
  const findings =
    token.kind === 'jwe' ? lintEncrypted(token, now, hash) : lintSigned(token, { now, shape, hash })
  return sortFindings(findings.filter(({ code }) => !Object.hasOwn(shape?.waives ?? {}, code)))
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
