// One call, tried again where another try may help. Every try is signed anew, because services refuse
// an assertion that they have seen before.

import { formatDuration } from '../duration.ts'
import { TokenError } from '../error.ts'
import { type Profile, tellPlace } from '../profile/profile.ts'
import { Values } from '../template/values.ts'
import { makeCall, prepareCall } from './call.ts'
import type { TokenSet } from './token.ts'
import type { Tools } from './tools.ts'
import { readTimeout } from './transport.ts'

const RETRIES = 2
/** milliseconds before the second try, twice that before the third */
const FIRST_PAUSE = 300
const LONGEST_PAUSE = 10_000
/** Clocks that are this near each other, in seconds, are not the reason. */
const SAME_TIME = 5
/** No clock is believed to be further off. */
const DAY = 86_400

/** `deadline`: milliseconds; the call has its own limit as well. */
export async function tryCall(
  profile: Profile,
  via: TokenSet | undefined,
  tools: Tools,
  deadline: number,
): Promise<TokenSet> {
  const limits = readLimits(profile, tools)
  const end = Math.min(tools.now() + limits.timeout, deadline)
  const left = (): number => end - tools.now()
  let offset = 0
  for (let tries = 0; ; ) {
    try {
      const there = { ...tools, now: () => tools.now() + offset }
      return await makeCall(await prepareCall(profile, via, there), tools, left())
    } catch (error) {
      if (!limits.safe || !(error instanceof TokenError)) throw error
      const skew = offset === 0 ? findSkew(error) : undefined
      if (skew !== undefined) {
        tools.warn(tellSkew(profile, skew))
        // a Date has whole seconds: rather a second too early than an assertion from the future
        offset = (skew - 1) * 1000
        continue
      }
      const pause = choosePause(error, tries)
      const fits = tries < limits.retries && 2 * pause < left()
      if (!isTransient(error, profile) || !fits) throw error
      tries++
      tools.watch.retrying?.(profile, error.message, pause)
      await tools.pause(pause, pause)
    }
  }
}

interface Limits {
  /** the call may be repeated: nothing is used up by it */
  readonly safe: boolean
  readonly retries: number
  readonly timeout: number
}

function readLimits(profile: Profile, tools: Tools): Limits {
  const values = new Values(profile, { now: 0, via: undefined }, tools)
  const retries = values.number('retries') ?? RETRIES
  if (!Number.isInteger(retries) || retries < 0) {
    const place = tellPlace(profile, ['retries'])
    throw new TokenError(
      'field_invalid',
      `${profile.name}: retries wants a whole number, 0 or more`,
      {
        ...(place && { fix: `${place} retries: ${RETRIES}` }),
        profile: profile.name,
      },
    )
  }
  return {
    safe: profile.provider.retry?.safe === true,
    retries,
    timeout: readTimeout(values),
  }
}

/** A name that nobody knows and a certificate that nobody trusts stay so. */
const TRANSIENT: readonly string[] = [
  'network_refused',
  'network_reset',
  'network_timeout',
  'network_failed',
  'answer_cut_off',
]
const STATUSES: readonly number[] = [408, 429, 502, 503, 504]

function isTransient(error: TokenError, { provider }: Profile): boolean {
  const { status } = error.details
  if (status === undefined) return TRANSIENT.includes(error.code)
  const never = provider.retry?.never?.includes(status) ?? false
  return error.class === 'unavailable' && STATUSES.includes(status) && !never
}

/** Milliseconds, never less than the service asks for. */
function choosePause({ details: { retryAfter } }: TokenError, tries: number): number {
  return retryAfter === undefined
    ? Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** tries)
    : retryAfter * 1000 + 20
}

function findSkew(error: TokenError): number | undefined {
  const { skew } = error.details
  if (error.class !== 'refused') return undefined
  if (skew === undefined || Math.abs(skew) <= SAME_TIME) return undefined
  return Math.max(-DAY, Math.min(DAY, skew))
}

function tellSkew(profile: Profile, skew: number): string {
  const seconds = Math.abs(skew)
  const long = seconds >= 60 ? ` (${formatDuration(seconds)})` : ''
  return `${profile.name}: the clock of this machine is ${seconds} s${long} ${skew > 0 ? 'behind' : 'ahead of'} that of ${profile.providerName}; signed again with the time of the service`
}
