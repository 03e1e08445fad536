// Whether the times of a token can be, whatever the hour is now: that it has expired is no mistake of
// the token (life.ts tells it).

import { formatDuration } from '../../duration.ts'
import { type ExactJson, findMember } from '../json/exact-json.ts'
import { looksLikeMilliseconds, readTime } from '../time/life.ts'
import { type FindingCode, makeFinding } from './codes.ts'
import type { Finding } from './finding.ts'
import { nameType } from './lint-form.ts'

const HOUR = 3600
const DAY = 86_400

export interface TimeRules {
  readonly now: number
  readonly isAssertion: boolean
  /** whether it may live for ever */
  readonly endless: boolean
}

export function lintTimes(payload: ExactJson, { now, isAssertion, endless }: TimeRules): Finding[] {
  const findings: Finding[] = []
  const add = (code: FindingCode, message: string) => findings.push(makeFinding(code, message))
  for (const name of ['exp', 'nbf', 'iat']) {
    const claim = findMember(payload, name)
    if (claim === undefined) {
      if (name === 'exp' && !endless) add('exp-missing', 'it has no exp: it never expires')
      continue
    }
    const time = readTime(payload, name)
    if (time === undefined) add('time-type', `${name} is ${describe(claim)}`)
    else if (looksLikeMilliseconds(time)) {
      add('time-milliseconds', `${name} is ${time}: milliseconds, by its size`)
    }
  }
  const [iat, nbf, exp] = ['iat', 'nbf', 'exp'].map((name) => readSeconds(payload, name))
  if (iat !== undefined && exp !== undefined && exp <= iat) {
    add(
      'exp-before-iat',
      exp === iat ? 'exp is iat' : `exp is ${formatDuration(iat - exp)} before iat`,
    )
  }
  if (nbf !== undefined && exp !== undefined && nbf >= exp) {
    add(
      'nbf-after-exp',
      nbf === exp ? 'nbf is exp' : `nbf is ${formatDuration(nbf - exp)} after exp`,
    )
  }
  if (iat !== undefined && iat > now) {
    add('iat-future', `iat is ${formatDuration(Math.max(1, iat - now))} ahead of the clock here`)
  }
  const begin = iat ?? nbf
  const longest = isAssertion ? HOUR : DAY
  if (begin !== undefined && exp !== undefined && exp - begin > longest) {
    const most = `${formatDuration(longest)} is much for ${isAssertion ? 'an assertion' : 'a token'}`
    add('lifetime-long', `it lives for ${formatDuration(exp - begin)}; ${most}`)
  }
  return findings
}

/** undefined as well for what is written in milliseconds: comparing it says nothing. */
function readSeconds(payload: ExactJson, name: string): number | undefined {
  const time = readTime(payload, name)
  return time === undefined || looksLikeMilliseconds(time) ? undefined : time
}

function describe(claim: ExactJson): string {
  if (claim.type === 'number') return 'a number without end'
  if (claim.type === 'string' && /^-?\d+(\.\d+)?$/.test(claim.value)) return 'a number in quotes'
  return nameType(claim)
}
