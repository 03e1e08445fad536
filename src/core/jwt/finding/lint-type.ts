// What a token says it is (typ), and whether it has what that kind must have.

import { type ExactJson, findMember } from '../json/exact-json.ts'
import { makeFinding, quote } from './codes.ts'
import type { Finding } from './finding.ts'
import { type HeaderView, readHeader, readText, readType } from './header-view.ts'
import { listNames, nameType } from './lint-form.ts'

interface Type {
  /** claims, or `header.x`, that it must have */
  readonly needs: readonly string[]
  /** claims that it must not have */
  readonly bars?: readonly string[]
  /** claims that others need and it does not */
  readonly spares: readonly string[]
}

const TYPES: ReadonlyMap<string, Type> = new Map(
  Object.entries({
    // RFC 9068 2.2; client_id is needed too, and left out by many
    'at+jwt': { needs: ['iss', 'exp', 'aud', 'sub', 'iat', 'jti'], spares: [] },
    // RFC 9449 4.2
    'dpop+jwt': {
      needs: ['header.jwk', 'jti', 'htm', 'htu', 'iat'],
      spares: ['iss', 'sub', 'aud', 'exp'],
    },
    // OpenID Connect Back-Channel Logout 2.4
    'logout+jwt': {
      needs: ['iss', 'aud', 'iat', 'jti', 'events'],
      bars: ['nonce'],
      spares: ['sub', 'exp'],
    },
    // RFC 8417 2.2
    'secevent+jwt': {
      needs: ['iss', 'iat', 'jti', 'events'],
      spares: ['sub', 'exp', 'aud'],
    },
    // RFC 9701
    'token-introspection+jwt': {
      needs: ['iss', 'aud', 'iat', 'token_introspection'],
      spares: ['sub', 'exp'],
    },
    'kb+jwt': { needs: [], spares: ['iss', 'sub', 'exp'] },
  }),
)

/** `known`: its service is, and with it what kind of token this is. */
export function lintType(header: HeaderView, payload: ExactJson, known: boolean): Finding[] {
  const value = readHeader(header, 'typ')
  if (!header.readable) return []
  if (value === undefined) {
    // most issuers write none; a kid says whose key, and so whose token
    const told = known || readHeader(header, 'kid') !== undefined
    return told ? [] : [makeFinding('typ-missing', `${header.name} has no typ`)]
  }
  if (readText(value) === undefined) {
    return [makeFinding('typ-type', `typ is ${nameType(value)}`)]
  }
  const type = TYPES.get(readType(value) ?? '')
  if (type === undefined) return []
  const { needs, bars = [] } = type
  const has = (name: string): boolean =>
    (name.startsWith('header.')
      ? readHeader(header, name.slice('header.'.length))
      : findMember(payload, name)) !== undefined
  const missing = needs.filter((name) => !has(name)).map((name) => name.replace('header.', ''))
  const surplus = bars.filter(has)
  const objections = [
    ...(missing.length > 0 ? [`it has no ${listNames(missing, 9)}`] : []),
    ...(surplus.length > 0 ? [`it has ${listNames(surplus, 9)}`] : []),
  ]
  if (objections.length === 0) return []
  const typ = quote(readText(value) ?? '')
  return [makeFinding('typ-mismatch', `typ is ${typ}, but ${objections.join(', and ')}`)]
}

/** Whether its kind of token goes without this claim. */
export function spares(header: HeaderView, claim: string): boolean {
  return TYPES.get(readType(readHeader(header, 'typ')) ?? '')?.spares.includes(claim) ?? false
}
