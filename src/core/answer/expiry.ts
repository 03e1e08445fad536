// When a token is over. Services say it in seconds, in milliseconds, as an instant, as text, in the
// token or not at all; what they mean is told apart by size and by the token's own exp.

import type { Answer } from '../provider.ts'
import { findFirst } from './answer.ts'

export interface Expiry {
  /** milliseconds since 1970 by our clock; undefined where nobody says */
  readonly at: number | undefined
  readonly warning?: string
}

/** Milliseconds: when the request began, and how far the service's clock is ahead of ours. */
export interface Clock {
  readonly sentAt: number
  readonly offset: number
}

const YEAR = 366 * 86_400

export function readExpiry(data: unknown, columns: Answer, clock: Clock, exp: unknown): Expiry {
  const { sentAt } = clock
  if (columns.expires_after !== undefined) return { at: sentAt + columns.expires_after * 1000 }
  const own = readInstant(exp, clock)
  const said = findFirst(data, columns.expires_in, isTime)
  const field =
    readInstant(findFirst(data, columns.expires_at, isTime), clock) ??
    readInstant(toText(said), clock) ??
    readLifetime(data, columns, clock, own)
  if (field === undefined) return { at: own ?? fallback(columns, sentAt) }
  if (own !== undefined && Math.abs(own - field) > 60_000) {
    return {
      at: Math.min(own, field),
      warning: `the answer says the token ends at ${toIso(field)}, the token itself says ${toIso(own)}; the earlier one counts`,
    }
  }
  const seconds = toNumber(said) ?? 0
  const guessed = own === undefined && columns.expires_unit === 'auto' && seconds < 1e9
  if (!guessed || seconds <= YEAR) return { at: field }
  return {
    at: field,
    warning: `a lifetime of ${seconds} s is implausible; if these are milliseconds, say so: answer: expires_unit: ms`,
  }
}

/** Above 1e12 it is an epoch in milliseconds, from 1e9 one in seconds, else a duration. */
function readLifetime(
  data: unknown,
  columns: Answer,
  clock: Clock,
  own: number | undefined,
): number | undefined {
  const said = toNumber(findFirst(data, columns.expires_in, isTime))
  if (said === undefined) return undefined
  const { sentAt, offset } = clock
  const from = readInstant(findFirst(data, columns.expires_from, isTime), clock) ?? sentAt
  const unit = columns.expires_unit ?? 'auto'
  if (unit === 's') return within(from + said * 1000)
  if (said > 1e12) return within(said - offset)
  if (unit === 'ms') return from + said
  if (said >= 1e9) return within(said * 1000 - offset)
  const left = own === undefined ? undefined : (own - sentAt) / 1000
  const near = (seconds: number): boolean =>
    left !== undefined && Math.abs(seconds - left) <= Math.abs(left) / 10
  return near(said / 1000) && !near(said) ? from + said : from + said * 1000
}

function fallback(columns: Answer, sentAt: number): number | undefined {
  return columns.expires_default === undefined ? undefined : sentAt + columns.expires_default * 1000
}

const isTime = (value: unknown): boolean =>
  toNumber(value) !== undefined || readInstant(value, { sentAt: 0, offset: 0 }) !== undefined

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined
  return typeof value === 'string' && /^\d{1,15}(\.\d+)?$/.test(value) ? Number(value) : undefined
}

/** What is no number. */
function toText(value: unknown): unknown {
  return toNumber(value) === undefined ? value : undefined
}

/** An epoch in seconds or milliseconds, or ISO 8601: all by the service's clock. */
function readInstant(value: unknown, { offset }: Clock): number | undefined {
  const number = toNumber(value)
  if (number === 0) return undefined
  if (number !== undefined) return within((number > 1e11 ? number : number * 1000) - offset)
  if (typeof value !== 'string') return undefined
  const [, date, time, zone = ''] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(Z|UTC|[+-]\d\d:?\d\d)?$/i.exec(
      value.trim(),
    ) ?? []
  // without a zone it would be read as the time of wherever this runs
  const hours = /^[+-]/.test(zone) ? zone.replace(/^(...):?/, '$1:') : 'Z'
  const at = Date.parse(`${date}T${time}${hours}`)
  return Number.isNaN(at) ? undefined : within(at - offset)
}

/** Beyond the year 9999 there is no RFC 3339, and nobody who meant it. */
function within(at: number): number | undefined {
  return at < 253_402_300_800_000 ? at : undefined
}

/** RFC 3339 in UTC, to the second; far beyond the calendar it is the number itself. */
export function toIso(at: number): string {
  const date = new Date(Math.floor(at / 1000) * 1000)
  return Number.isNaN(date.getTime()) ? `${at}` : date.toISOString().replace('.000Z', 'Z')
}
