// Is it good now? To the second: at exp it is over, at nbf it begins, and leeway moves both.

import { formatDuration } from '../../duration.ts'
import type { ExactJson, ExactObject } from '../json/exact-json.ts'
import { formatInstant, formatRelative } from '../time/instant.ts'
import { looksLikeMilliseconds } from '../time/life.ts'
import { type ClaimFound, fail, findClaim, show } from './claim-failure.ts'
import type { Expectations } from './expectation.ts'
import type { Failure } from './verdict.ts'

export function checkTimes(
  payload: ExactObject,
  wanted: Expectations,
): (Failure | string | undefined)[] {
  const { now, leeway, maxAge, asOf } = wanted
  const say = (time: number): string => tell(time, now, asOf)
  const iat = readTime(payload, 'iat')
  const nbf = readTime(payload, 'nbf')
  const exp = readTime(payload, 'exp')
  return [
    judgeTime('exp', exp, `after ${now - leeway}`, (time) =>
      time > now - leeway
        ? undefined
        : time === now
          ? `it is over ${say(time)}`
          : `it expired ${say(time)}`,
    ) ?? (exp.time === undefined ? 'it never expires' : tellEnd(exp.time, now, say(exp.time))),
    judgeTime('nbf', nbf, `${now + leeway} or before`, (time) =>
      time > now + leeway ? `it is not good yet, but ${say(time)}` : undefined,
    ),
    judgeTime(
      'iat',
      iat,
      maxAge === undefined ? 'a number' : `after ${now - leeway - maxAge}`,
      (time) => {
        if (maxAge === undefined) return undefined
        if (time > now + leeway) return `it was issued in the future, ${say(time)}`
        return now - time > maxAge + leeway
          ? `it was issued ${say(time)}, more than ${formatDuration(maxAge)} ago`
          : undefined
      },
    ) ??
      (maxAge !== undefined && iat.found.value === undefined
        ? fail('iat', 'a number', iat.found, '--max-age needs it, and it is missing')
        : undefined),
  ]
}

/** A key binding is made when the token is shown (RFC 9901 7.3). */
export function checkBindingTime(
  payload: ExactJson | undefined,
  { now, leeway, maxAge, asOf }: Expectations,
): Failure[] {
  const iat = readTime(payload, 'iat')
  const claim = 'key binding: iat'
  if (iat.found.value === undefined) return [fail(claim, 'a number', iat.found, 'it is missing')]
  const failure = judgeTime(claim, iat, 'a time that is past', (time) => {
    if (time > now + leeway) return `it was made in the future, ${tell(time, now, asOf)}`
    return maxAge !== undefined && now - time > maxAge + leeway
      ? `it was made ${tell(time, now, asOf)}, more than ${formatDuration(maxAge)} ago`
      : undefined
  })
  return failure === undefined ? [] : [failure]
}

interface Time {
  readonly found: ClaimFound
  readonly time: number | undefined
}

function readTime(payload: ExactJson | undefined, name: string): Time {
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

/** Within the leeway it is over by its own word. */
function tellEnd(exp: number, now: number, when: string): string {
  return exp > now ? `expires ${when}` : `expired ${when}, within the leeway`
}

function tell(time: number, now: number, asOf = false): string {
  const when = `${formatRelative(time, now)} (${formatInstant(time, { kind: 'utc' })})`
  return asOf ? `${when} as of ${formatInstant(now, { kind: 'utc' })}` : when
}
