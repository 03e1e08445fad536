// ruby-jwt 2.10 to 3.1, the library behind the VA services: what it takes for a JWT, in which order
// it looks at the claims, and how Ruby's conversions bend badly typed ones.
// https://github.com/jwt/ruby-jwt

import type { KeyObject } from 'node:crypto'
import { checkSignature } from '../signing.ts'
import { parseJson } from './rails.ts'

export interface RubyJwt {
  /** any JSON value: nothing asks for an object before the claims are looked at */
  readonly payload: unknown
  readonly input: string
  readonly signature: Buffer
}

/** undefined: not a JWT, or not of the one algorithm that is allowed */
export function decodeJwt(text: string, algorithm: string): RubyJwt | undefined {
  const [head, body, tail, more] = text.split('.')
  if (head === undefined || body === undefined || tail === undefined || more !== undefined) {
    return undefined
  }
  const header = decodeJson(head)
  const payload = decodeJson(body)
  const signature = decodeBase64(tail)
  if (payload === undefined || signature === undefined || !isObject(header)) return undefined
  const alg = header.alg
  if (typeof alg !== 'string' || alg.toUpperCase() !== algorithm) return undefined
  return { payload, input: `${head}.${body}`, signature }
}

/** No choice by kid: every key is tried. */
export function isSignedBy(jwt: RubyJwt, algorithm: 'RS256', keys: readonly KeyObject[]): boolean {
  return keys.some((key) => checkSignature(jwt, algorithm, key))
}

export type ClaimFault =
  | { readonly kind: 'expired' | 'immature' | 'crash' | 'iat' }
  | { readonly kind: 'audience'; readonly received: string }
  | { readonly kind: 'missing'; readonly claim: string }

export interface ClaimRules {
  /** milliseconds */
  readonly now: number
  readonly audience?: string
  readonly required?: readonly string[]
}

/** The first fault in the library's order; a claim is only looked at when it is there, even as null. */
export function findClaimFault(
  claims: Readonly<Record<string, unknown>>,
  rules: ClaimRules,
): ClaimFault | undefined {
  const second = Math.floor(rules.now / 1000)
  if (Object.hasOwn(claims, 'exp')) {
    const exp = toInteger(claims.exp)
    if (exp === undefined) return { kind: 'crash' }
    if (exp <= second) return { kind: 'expired' }
  }
  if (Object.hasOwn(claims, 'nbf')) {
    const nbf = toInteger(claims.nbf)
    if (nbf === undefined) return { kind: 'crash' }
    if (nbf > second) return { kind: 'immature' }
  }
  if (Object.hasOwn(claims, 'iat')) {
    const { iat } = claims
    if (typeof iat !== 'number' || iat > rules.now / 1000) return { kind: 'iat' }
  }
  if (rules.audience !== undefined) {
    const { aud } = claims
    const accepted = Array.isArray(aud) ? aud : [aud]
    if (!accepted.includes(rules.audience)) return { kind: 'audience', received: interpolate(aud) }
  }
  const claim = rules.required?.find((name) => !Object.hasOwn(claims, name))
  return claim === undefined ? undefined : { kind: 'missing', claim }
}

/** Ruby's to_i: null is 0, a text is its leading digits; undefined for what has no such method. */
function toInteger(value: unknown): number | undefined {
  if (value === null) return 0
  if (typeof value === 'string') return Number(/^\s*[+-]?\d+/.exec(value)?.[0] ?? 0)
  return typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value) : undefined
}

/** As `"#{value || '<none>'}"` writes it. */
function interpolate(value: unknown): string {
  if (value === null || value === undefined || value === false) return '<none>'
  return typeof value === 'string' ? value : inspect(value)
}

/** As Ruby writes a value for its programmers. */
export function inspect(value: unknown): string {
  if (value === null || value === undefined) return 'nil'
  if (typeof value === 'string') return JSON.stringify(value).replace(/#(?=[{$@])/g, '\\#')
  if (Array.isArray(value)) return `[${value.map(inspect).join(', ')}]`
  if (!isObject(value)) return String(value)
  const members = Object.entries(value).map(
    ([name, inner]) => `${inspect(name)}=>${inspect(inner)}`,
  )
  return `{${members.join(', ')}}`
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function decodeJson(segment: string): unknown {
  const bytes = decodeBase64(segment)
  return bytes === undefined ? undefined : parseJson(bytes.toString())
}

/** Both alphabets, padded or not; a stray character, or a bit set where none belongs, is refused. */
function decodeBase64(text: string): Buffer | undefined {
  const standard = text.replaceAll('-', '+').replaceAll('_', '/')
  const padded = standard.endsWith('=')
    ? standard
    : standard.padEnd(Math.ceil(standard.length / 4) * 4, '=')
  const bytes = Buffer.from(padded, 'base64')
  return bytes.toString('base64') === padded ? bytes : undefined
}
