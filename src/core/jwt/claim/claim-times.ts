// Is it good now? To the second: at exp it is over, at nbf it begins, and leeway moves both.

import { formatDuration } from '../../duration.ts'
import type { ExactObject } from '../json/exact-json.ts'
import { formatInstant, formatRelative } from '../time/instant.ts'
import { looksLikeMilliseconds } from '../time/life.ts'
import { type ClaimFound, fail, findClaim, show } from './claim-failure.ts'
import type { Expectations } from './expectation.ts'
import type { Failure } from './verdict.ts'

export function checkTimes(
  payload: ExactObject,
  wanted: Expectations,
): (Failure | string | undefined)[] {
  const { now, leeway, maxAge } = wanted
  const iat = readTime(payload, 'iat')
  const nbf = readTime(payload, 'nbf')
  const exp = readTime(payload, 'exp')
  return [
    judgeTime('exp', exp, `after ${now - leeway}`, (time) =>
      time <= now - leeway ? `it expired ${tell(time, now)}` : undefined,
    ) ?? (exp.time === undefined ? 'it never expires' : `expires ${tell(exp.time, now)}`),
    judgeTime('nbf', nbf, `${now + leeway} or before`, (time) =>
      time > now + leeway ? `it is not good yet, but ${tell(time, now)}` : undefined,
    ),
    judgeTime(
      'iat',
      iat,
      maxAge === undefined ? 'a number' : `after ${now - leeway - maxAge}`,
      (time) => {
        if (maxAge === undefined) return undefined
        if (time > now + leeway) return `it was issued in the future, ${tell(time, now)}`
        return now - time > maxAge + leeway
          ? `it was issued ${tell(time, now)}, more than ${formatDuration(maxAge)} ago`
          : undefined
      },
    ) ??
      (maxAge !== undefined && iat.found.value === undefined
        ? fail('iat', 'a number', iat.found, '--max-age needs it, and it is missing')
        : undefined),
  ]
}

interface Time {
  readonly found: ClaimFound
  readonly time: number | undefined
}

function readTime(payload: ExactObject, name: string): Time {
  const found = findClaim(payload, name)
  const { value } = found
  const finite = value?.type === 'number' && Number.isFinite(value.value)
  return { found, time: finite ? value.value : undefined }
}

function judgeTime(
  name: string,
  { found, time }: Time,
  expected: string,
  judge: (time: number) => string | undefined,
): Failure | undefined {
  if (found.value === undefined) return undefined
  if (found.twice) return fail(name, expected, found, '')
  if (time === undefined) {
    return fail(
      name,
      expected,
      found,
      `it is ${show(found.value)}, and must be a number of seconds`,
    )
  }
  if (looksLikeMilliseconds(time)) {
    return fail(name, expected, found, `it is ${show(found.value)}: milliseconds, by its size`)
  }
  const problem = judge(time)
  return problem === undefined ? undefined : fail(name, expected, found, problem)
}

function tell(time: number, now: number): string {
  return `${formatRelative(time, now)} (${formatInstant(time, { kind: 'utc' })})`
}
