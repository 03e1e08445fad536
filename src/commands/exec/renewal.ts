// A token in a file, kept good for as long as a command runs.

import type { TokenSet } from '../../core/call/token.ts'
import { formatDuration } from '../../core/duration.ts'
import { TokenError } from '../../core/error.ts'

export interface Renewing {
  now(): number
  /** The token anew, good for more than so many milliseconds. */
  fetch(least: number): Promise<TokenSet>
  write(token: TokenSet): Promise<void>
  warn(text: string): void
  note(text: string): void
}

const SECOND = 1000
const MINUTE = 60_000
/** A machine that slept, or a job that was stopped, sees what time it is no later than this. */
const GLANCE = 15_000
const LONGEST_PAUSE = 30_000

/** Returns what stops it. `least`: what the user wants to be left of it at any time. */
export function keepFresh(first: TokenSet, renewing: Renewing, least = 0): () => void {
  let timer: NodeJS.Timeout | undefined
  let token = first
  let due = dueAt(first, renewing.now(), least)
  let failures = 0
  let warned = false
  let stopped = false
  const wait = (): void => {
    if (due === undefined || stopped) return
    timer = setTimeout(glance, Math.max(0, Math.min(due - renewing.now(), GLANCE)))
    // the command is what is waited for
    timer.unref()
  }
  const glance = (): void => {
    if (due !== undefined && renewing.now() < due) wait()
    else void renew().then(wait)
  }
  const renew = async (): Promise<void> => {
    const before = renewing.now()
    try {
      const next = await renewing.fetch(Math.max(0, (token.expiresAt ?? 0) - before) + 1)
      if (stopped) return
      await renewing.write(next)
      token = next
      due = dueAt(next, renewing.now(), least)
      if (warned) renewing.note(`${next.profile}: the token in the file is fresh again`)
      warned = false
      failures = 0
    } catch (error) {
      if (stopped) return
      failures++
      // a service that keeps its tokens gives the same one until it is over
      const same = error instanceof TokenError && error.class === 'check'
      if (!warned && !same) warnOfOld(token, error, renewing)
      warned ||= !same
      due = renewing.now() + choosePause(failures, endOf(token) - before)
    }
  }
  wait()
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}

/** Of one that nobody says an end of. */
export function describeEndless({ profile }: TokenSet): string {
  return `${profile}: nobody says how long the token is good, so the one in the file is not renewed`
}

/** When it is to be asked for anew; undefined: nobody knows how long it is good. */
export function dueAt(token: TokenSet, now: number, least = 0): number | undefined {
  if (token.expiresAt === undefined) return undefined
  const end = endOf(token)
  const life = end - now
  // how long one from the cache has lived already is not known
  if (token.cached) return Math.max(end - Math.max(MINUTE, least), now + SECOND / 10)
  // one that is never good enough is not asked for all the time
  const pause = life > 0 ? Math.max(SECOND / 10, Math.min(life / 2, MINUTE)) : SECOND
  return Math.max(end - Math.max(leadOf(life), least), now + pause)
}

/** How long before its end, in milliseconds: with room for some tries, where its life has that room. */
export function leadOf(life: number): number {
  return Math.max(Math.min(MINUTE, life / 5), Math.min(10_000, life / 2))
}

/** The token's own word is in whole seconds, and readers go by it. */
function endOf({ expiresAt = 0, claims }: TokenSet): number {
  const own = typeof claims?.exp === 'number' ? claims.exp * 1000 : expiresAt
  return own < expiresAt && expiresAt - own < 2000 ? own : expiresAt
}

/** Growing, and not so long that a short life ends in it. */
export function choosePause(failures: number, left: number): number {
  const first = Math.min(SECOND, Math.max(SECOND / 10, left / 8))
  return Math.min(LONGEST_PAUSE, first * 2 ** Math.min(failures - 1, 10))
}

function warnOfOld(token: TokenSet, error: unknown, { warn, now }: Renewing): void {
  const left = (endOf(token) - now()) / 1000
  const why = error instanceof TokenError ? error.message : 'the file cannot be written'
  warn(
    `${token.profile}: no new token for the file (${why}); the old one stays${left > 0 ? `, good for ${formatDuration(left)}` : ', and is over'}`,
  )
}
