// Instants, written and read: always with the zone they are in.

import { formatDuration, parseDuration } from '../../duration.ts'

export type Zone =
  | { readonly kind: 'utc' }
  | { readonly kind: 'offset'; readonly minutes: number }
  /** undefined: wherever this runs */
  | { readonly kind: 'named'; readonly name: string | undefined }

/** What a Date can hold, in seconds either way of 1970. */
const CALENDAR = 8.64e12

/** ISO 8601, with its fraction if there is one. */
export function formatInstant(seconds: number, zone: Zone): string {
  if (!isWithin(seconds)) return 'beyond the calendar'
  const offset = zone.kind === 'utc' ? 0 : findOffset(seconds, zone)
  if (!isWithin(seconds + offset)) return 'beyond the calendar'
  const floor = Math.floor(seconds)
  const micro = Math.round((seconds - floor) * 1e6)
  const whole = micro === 1e6 ? floor + 1 : floor
  const fraction = micro === 1e6 || micro === 0 ? '' : `.${`${micro}`.padStart(6, '0')}`
  const local = new Date((whole + offset) * 1000).toISOString().slice(0, -'.000Z'.length)
  return `${local}${fraction.replace(/0+$/, '')}${zone.kind === 'utc' ? 'Z' : writeOffset(offset)}`
}

function isWithin(seconds: number): boolean {
  // a second to spare, for the fraction
  return Math.abs(seconds) < CALENDAR
}

/** Seconds east of Greenwich at that instant. */
function findOffset(seconds: number, zone: Exclude<Zone, { kind: 'utc' }>): number {
  if (zone.kind === 'offset') return zone.minutes * 60
  const parts = openZone(zone.name).formatToParts(new Date(seconds * 1000))
  const written = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign, hours = 0, minutes = 0, rest = 0] =
    /([+-])(\d+)(?::(\d+))?(?::(\d+))?$/.exec(written.replace('\u2212', '-')) ?? []
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(rest)
  return sign === '-' ? -size : size
}

function openZone(name: string | undefined): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZoneName: 'longOffset',
    ...(name !== undefined && { timeZone: name }),
  })
}

/** To the second where it must be: before there were zones, towns had a time of their own. */
function writeOffset(offset: number): string {
  const size = Math.abs(offset)
  const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60]
  const written = parts.slice(0, parts[2] === 0 ? 2 : 3).map((part) => `${part}`.padStart(2, '0'))
  return `${offset < 0 ? '-' : '+'}${written.join(':')}`
}

/** `UTC`, `local`, `+02:00`, `Europe/Berlin`. */
export function parseZone(text: string): Zone | undefined {
  const name = text.trim()
  if (/^(utc|z|gmt)$/i.test(name)) return { kind: 'utc' }
  if (/^local$/i.test(name)) return { kind: 'named', name: undefined }
  const [, sign, hours, minutes = '0'] = /^([+-])(\d\d?)(?::?([0-5]\d))?$/.exec(name) ?? []
  if (hours !== undefined && Number(hours) < 24) {
    const size = Number(hours) * 60 + Number(minutes)
    return { kind: 'offset', minutes: sign === '-' && size > 0 ? -size : size }
  }
  // Node 22 takes offsets for names; here they have been dealt with
  if (!/^[a-z][\w+/-]{0,63}$/i.test(name)) return undefined
  try {
    openZone(name)
    return { kind: 'named', name }
  } catch {
    return undefined
  }
}

const YEAR = 365 * 86_400

/** `in 12 m`, `3 d 4 h ago`, `in 2 y 3 d`: two units at most. */
export function formatRelative(seconds: number, now: number): string {
  const distance = Math.abs(seconds - now)
  if (distance < 0.5) return 'now'
  const [from, to] = seconds < now ? [seconds, now] : [now, seconds]
  const long = distance >= 2 * YEAR
  const size = long ? countYears(from, to) : formatDuration(distance)
  return seconds < now ? `${size} ago` : `in ${size}`
}

/** By the calendar: the same day of another year is whole years away, leap days or not. */
function countYears(from: number, to: number): string {
  if (!isWithin(from) || !isWithin(to)) return 'more than 200000 y'
  const start = new Date(from * 1000)
  const end = new Date(to * 1000)
  const anniversary = (years: number): number =>
    new Date(start).setUTCFullYear(start.getUTCFullYear() + years)
  let years = end.getUTCFullYear() - start.getUTCFullYear()
  if (anniversary(years) > end.getTime()) years--
  const days = Math.floor((end.getTime() - anniversary(years)) / 86_400_000)
  if (years === 0) return `${days} d`
  return days === 0 || years >= 1000 ? `${years} y` : `${years} y ${days} d`
}

/** ISO 8601 with its zone, a day (its midnight in UTC), epoch seconds, `+1h`, `-5m`, `now`. */
export function parseInstant(text: string, now: number): number | undefined {
  const written = text.trim()
  if (/^now$/i.test(written)) return now
  const [, sign, duration] = /^([+-])(.+)$/.exec(written) ?? []
  if (duration !== undefined) {
    const size = parseDuration(duration)
    return size === undefined ? undefined : sign === '-' ? now - size : now + size
  }
  if (/^\d{1,12}(\.\d+)?$/.test(written)) {
    const seconds = Number(written)
    // more than that is milliseconds, or a mistake
    return seconds < 1e11 ? seconds : undefined
  }
  return parseIso(written.toUpperCase())
}

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(\.\d{1,9})?(Z|[+-]\d\d:?\d\d))?$/

function parseIso(text: string): number | undefined {
  const [, day, minute = '00:00', second = ':00', fraction = '', zone = 'Z'] = ISO.exec(text) ?? []
  if (day === undefined) return undefined
  const at = Date.parse(`${day}T${minute}${second}Z`)
  // there is no 30th of February, though Date.parse goes on into March
  if (Number.isNaN(at) || !new Date(at).toISOString().startsWith(`${day}T${minute}`))
    return undefined
  const offset = zone === 'Z' ? { kind: 'utc' as const } : parseZone(zone)
  if (offset === undefined) return undefined
  return at / 1000 + Number(`0${fraction}`) - (offset.kind === 'offset' ? offset.minutes * 60 : 0)
}
