// Who a token is from, about and for; and what an assertion (RFC 7523) needs beyond that.

import { type ExactJson, findMember } from '../json/exact-json.ts'
import type { TokenShape } from '../shape.ts'
import { readTime } from '../time/life.ts'
import { type FindingCode, makeFinding, quote } from './codes.ts'
import type { Finding } from './finding.ts'
import { type HeaderView, readHeader, readText, readType } from './header-view.ts'
import { nameType } from './lint-form.ts'
import { lintTimes } from './lint-times.ts'
import { lintType, spares } from './lint-type.ts'

export interface ClaimRules {
  readonly now: number
  readonly shape: TokenShape | undefined
  /** a credential that its holder shows to whom he likes */
  readonly isCredential: boolean
}

export function lintClaims(header: HeaderView, payload: ExactJson, rules: ClaimRules): Finding[] {
  const { now, shape, isCredential } = rules
  const isAssertion = looksLikeAssertion(header, payload, now)
  const lacks = (name: string): boolean =>
    Object.hasOwn(shape?.lacks ?? {}, name) ||
    spares(header, name) ||
    (isCredential && (name === 'aud' || name === 'sub'))
  return [
    ...lintType(header, payload, shape !== undefined),
    ...lintTimes(payload, { now, isAssertion, endless: lacks('exp') }),
    ...lintName(payload, 'iss', lacks),
    ...(isAssertion ? [] : lintIssuerAddress(payload, shape !== undefined)),
    ...lintName(payload, 'sub', lacks),
    ...lintAudience(payload, lacks),
    ...(isAssertion ? lintAssertion(header, payload, lacks) : []),
  ]
}

type Lacks = (name: string) => boolean

function lintName(payload: ExactJson, name: 'iss' | 'sub', lacks: Lacks): Finding[] {
  const claim = findMember(payload, name)
  if (claim === undefined)
    return lacks(name) ? [] : [makeFinding(`${name}-missing`, `it has no ${name}`)]
  if (claim.type === 'string') return []
  return [makeFinding(`${name}-type`, `${name} is ${nameType(claim)}`)]
}

/** As tokens of Kubernetes before 1.21 have it; they are told by name. */
const KUBERNETES = 'kubernetes/serviceaccount'

/** Of a service on this machine, which is being tried out. */
const LOOPBACK = /^http:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?:[:/]|$)/i

function lintIssuerAddress(payload: ExactJson, known: boolean): Finding[] {
  const iss = readText(findMember(payload, 'iss'))
  if (iss === undefined || /^https:\/\//i.test(iss)) return []
  if (iss === KUBERNETES) {
    return [makeFinding('kubernetes-legacy', `iss is ${KUBERNETES}`)]
  }
  if (known || LOOPBACK.test(iss)) return []
  return [makeFinding('iss-not-url', `iss is ${quote(iss)}, not an https address`)]
}

function lintAudience(payload: ExactJson, lacks: Lacks): Finding[] {
  const aud = findMember(payload, 'aud')
  if (aud === undefined) return lacks('aud') ? [] : [makeFinding('aud-missing', 'it has no aud')]
  if (aud.type === 'string') return []
  if (aud.type !== 'array') return [makeFinding('aud-type', `aud is ${nameType(aud)}`)]
  const odd = aud.items.find(({ type }) => type !== 'string')
  if (odd) return [makeFinding('aud-type', `aud is a list with ${nameType(odd)} in it`)]
  if (aud.items.length === 0) return [makeFinding('aud-missing', 'aud is an empty list')]
  if (aud.items.length > 1) return []
  return [makeFinding('aud-array-of-one', 'aud is a list of one')]
}

const CLIENT_ASSERTION = 'client-authentication+jwt'

/** What is exchanged at once is short; what lives on is a token, whoever issued it. */
const LONGEST_ASSERTION = 86_400

function looksLikeAssertion(header: HeaderView, payload: ExactJson, now: number): boolean {
  if (readType(readHeader(header, 'typ')) === CLIENT_ASSERTION) return true
  const exp = readTime(payload, 'exp')
  const begin = readTime(payload, 'iat') ?? readTime(payload, 'nbf') ?? now
  if (exp === undefined || exp - begin > LONGEST_ASSERTION) return false
  const iss = readText(findMember(payload, 'iss'))
  const own = iss !== undefined && iss === readText(findMember(payload, 'sub'))
  return own || listAudience(payload).some((one) => /^https?:\/\/[^\s?#]*\/token\/?$/i.test(one))
}

function lintAssertion(header: HeaderView, payload: ExactJson, lacks: Lacks): Finding[] {
  const findings: Finding[] = []
  const add = (code: FindingCode, message: string) => findings.push(makeFinding(code, message))
  if (findMember(payload, 'jti') === undefined && !lacks('jti')) {
    add('jti-missing', 'it is an assertion, and has no jti')
  }
  const iss = readText(findMember(payload, 'iss'))
  const sub = readText(findMember(payload, 'sub'))
  const isClient = readType(readHeader(header, 'typ')) === CLIENT_ASSERTION
  if (isClient && (iss === undefined || iss !== sub)) {
    add('assertion-subject', `typ is ${CLIENT_ASSERTION}, and iss and sub differ`)
  }
  const audience = listAudience(payload)
  if (audience.length > 1)
    add('assertion-audience', `it is an assertion for ${audience.length} audiences`)
  else if (isClient && audience.some((one) => !/^https?:\/\//i.test(one))) {
    add('assertion-audience', 'its aud is no address')
  }
  return findings
}

function listAudience(payload: ExactJson): string[] {
  const aud = findMember(payload, 'aud')
  const items = aud?.type === 'array' ? aud.items : aud === undefined ? [] : [aud]
  return items.map(readText).filter((one) => one !== undefined)
}
