// A signed token: how it is written, each of its headers and signatures, its claims.

import { type ExactJson, findMember } from '../json/exact-json.ts'
import type { TokenShape } from '../shape.ts'
import type { Signature, SignedToken } from '../token.ts'
import { makeFinding } from './codes.ts'
import type { Finding } from './finding.ts'
import { type HeaderView, readHeader, readText, readType, viewHeader } from './header-view.ts'
import { lintClaims } from './lint-claims.ts'
import { lintContents } from './lint-contents.ts'
import { lintDisclosures } from './lint-disclosures.ts'
import { lintCount, lintDoubled, lintJson, lintMembers, lintParts, lintSize } from './lint-form.ts'
import { lintAlgorithm, lintCritical, lintEncoding, lintOverlap, lintZip } from './lint-header.ts'
import { type Hash, lintKeys } from './lint-key.ts'
import { lintService } from './lint-service.ts'
import { lintSignature } from './lint-signature.ts'

/** Nobody has more of them than this; each costs a look at the whole payload. */
const MOST = 100

export interface Lens {
  readonly now: number
  readonly shape: TokenShape | undefined
  readonly hash: Hash | undefined
}

export function lintSigned(token: SignedToken, lens: Lens): Finding[] {
  const { payload, keyBinding } = token
  const signatures = token.signatures.slice(0, MOST)
  const several = signatures.length > 1
  const views = signatures.map(({ header, unprotected }, index) =>
    viewHeader(several ? `the header of signature ${index + 1}` : 'the header', header, [
      unprotected,
    ]),
  )
  const [first] = views
  if (first === undefined) return []
  const encoded = !token.detached && !isUnencoded(first)
  return [
    ...lintCount(token),
    ...lintDoubled(token),
    ...lintParts([
      ...signatures.flatMap(({ header }, index) =>
        header ? [[views[index]?.name ?? '', header] as const] : [],
      ),
      ...(encoded ? [['the payload', payload] as const] : []),
      ...signatures.flatMap(({ signature }, index) =>
        signature
          ? [[several ? `signature ${index + 1}` : 'the signature', signature] as const]
          : [],
      ),
    ]),
    ...lintSize(token.text),
    ...views.flatMap((view, index) => {
      const signature = signatures[index]
      return signature
        ? lintHeader(view, signature, several ? index + 1 : undefined, token, lens)
        : []
    }),
    ...(encoded && claimsToBeJwt(token, first) ? lintJson('the payload', 'payload', payload) : []),
    ...lintMembers('the payload', 'claim', payload),
    ...(payload.json?.type === 'object' && isClaimsSet(first)
      ? lintPayload(first, payload.json, token, lens)
      : []),
    ...(payload.json?.type !== 'object' && isNested(first)
      ? [makeFinding('nested-token', 'there is another token inside (cty: JWT)')]
      : []),
    ...(token.kind === 'sd-jwt' ? lintDisclosures(token, lens.hash) : []),
    ...(keyBinding ? lintKeyBinding(keyBinding, lens) : []),
  ]
}

function lintHeader(
  view: HeaderView,
  { header, signature, ...rest }: Signature,
  number: number | undefined,
  token: SignedToken,
  { now, hash }: Lens,
): Finding[] {
  const findings = header
    ? [...lintJson(view.name, 'header', header), ...lintMembers(view.name, 'header', header)]
    : []
  if (!view.readable) return findings
  const alg = readText(readHeader(view, 'alg'))
  const isJwt = token.payload.json?.type === 'object' || namesJwt(view)
  findings.push(
    ...lintAlgorithm(view, 'jws'),
    ...lintCritical(view),
    ...lintEncoding(view, isJwt),
    ...lintOverlap(view),
    ...lintZip(view),
    ...lintKeys(view, now, hash),
    ...lintService(view, token.payload.json),
    ...lintSignature({ header, signature, ...rest }, alg),
  )
  if (number === undefined) return findings
  return findings.map((one) => ({ ...one, message: `signature ${number}: ${one.message}` }))
}

function lintPayload(
  view: HeaderView,
  payload: ExactJson,
  { kind }: SignedToken,
  { now, shape }: Lens,
): Finding[] {
  return [
    ...lintClaims(view, payload, { now, shape, isCredential: kind === 'sd-jwt' }),
    ...lintContents(payload),
  ]
}

/** Its claims are the proof's own; only how it is written and signed is like any other token. */
function lintKeyBinding(token: SignedToken, lens: Lens): Finding[] {
  const [signature] = token.signatures
  const view = viewHeader('the header of the key binding', signature.header, [])
  return [
    ...lintParts([
      ...(signature.header ? [['its header', signature.header] as const] : []),
      ['its payload', token.payload],
      ...(signature.signature ? [['its signature', signature.signature] as const] : []),
    ]),
    ...lintHeader(view, signature, undefined, token, lens),
    ...lintJson('its payload', 'payload', token.payload),
    ...lintMembers('its payload', 'claim', token.payload),
  ].map((one) => ({ ...one, message: `the key binding: ${one.message}` }))
}

function isUnencoded(view: HeaderView): boolean {
  const b64 = findMember(view.protected, 'b64')
  return b64?.type === 'literal' && b64.value === false
}

function namesJwt(view: HeaderView): boolean {
  return /^(jwt|[\w.-]+\+jwt)$/.test(readType(readHeader(view, 'typ')) ?? '')
}

/** A text that is signed is a good JWS: it is held against it only where it could be meant as a JWT. */
function claimsToBeJwt({ serialization }: SignedToken, view: HeaderView): boolean {
  if (isNested(view)) return false
  return namesJwt(view) || (serialization === 'compact' && isClaimsSet(view))
}

/** cty says of what is no JWT what it is; some write it though their payload is claims. */
function isClaimsSet(view: HeaderView): boolean {
  const typ = readType(readHeader(view, 'typ'))
  if (typ === 'jose' || typ === 'jose+json') return false
  return readHeader(view, 'cty') === undefined || namesJwt(view) || isNested(view)
}

function isNested(view: HeaderView): boolean {
  return readType(readHeader(view, 'cty')) === 'jwt'
}
