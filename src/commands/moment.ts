// The time as of which a token is judged: now, or what `--at` says.

import { TokenError } from '../core/error.ts'
import { parseInstant } from '../core/jwt/time/instant.ts'

/** Seconds; `clock` in milliseconds. */
export function readNow(at: unknown, clock: number): number {
  const now = Math.floor(clock / 1000)
  if (typeof at !== 'string') return now
  const instant = parseInstant(at, now)
  if (instant !== undefined) return instant
  throw new TokenError('usage', `--at ${at}: no such time`, {
    fix: '--at 2026-11-21T12:00:00Z, --at 1700000000, or --at +1h',
  })
}
