// When a token is good, by its own word and to the second. No leeway: that is for whoever verifies.

import { type ExactJson, findMember } from '../json/exact-json.ts'

export type LifeStatus = 'current' | 'expired' | 'not-yet' | 'unlimited'

export interface Life {
  /** seconds as they stand; undefined when absent or not a finite number */
  readonly iat: number | undefined
  readonly nbf: number | undefined
  readonly exp: number | undefined
  readonly status: LifeStatus
  /** exp is of a size that only milliseconds have: read as seconds, it lies thousands of years ahead */
  readonly inMilliseconds: boolean
  /** which of them are there and are no finite number, so that nobody can obey them */
  readonly unreadable: readonly TimeName[]
}

const TIMES = ['iat', 'nbf', 'exp'] as const
type TimeName = (typeof TIMES)[number]

/** Seconds reach this in the year 5138, milliseconds did in 1973. */
const LEAST_MILLISECONDS = 1e11

/** undefined: there are no claims to tell it from. */
export function readLife(payload: ExactJson | undefined, now: number): Life | undefined {
  if (payload?.type !== 'object') return undefined
  const iat = readTime(payload, 'iat')
  const nbf = readTime(payload, 'nbf')
  const exp = readTime(payload, 'exp')
  return {
    iat,
    nbf,
    exp,
    status: judge(nbf, exp, now),
    inMilliseconds: exp !== undefined && looksLikeMilliseconds(exp),
    unreadable: TIMES.filter(
      (name) => findMember(payload, name) !== undefined && readTime(payload, name) === undefined,
    ),
  }
}

/** RFC 7519 4.1.4: good before exp, not at it. 4.1.5: good from nbf on. */
function judge(nbf: number | undefined, exp: number | undefined, now: number): LifeStatus {
  if (exp !== undefined && exp <= now) return 'expired'
  if (nbf !== undefined && nbf > now) return 'not-yet'
  return exp === undefined ? 'unlimited' : 'current'
}

/** A NumericDate: seconds, which may have a fraction. */
export function readTime(payload: ExactJson | undefined, name: string): number | undefined {
  const claim = findMember(payload, name)
  return claim?.type === 'number' && Number.isFinite(claim.value) ? claim.value : undefined
}

export function looksLikeMilliseconds(time: number): boolean {
  return Math.abs(time) >= LEAST_MILLISECONDS
}
