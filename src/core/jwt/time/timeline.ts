// The life of a token as one line: issued ━━━━━●━━━━━ expires. What has an end is drawn to scale up to
// it; how long ago that was would leave no room for the rest.

import type { Life } from './life.ts'

export interface Signs {
  readonly valid: string
  readonly idle: string
  readonly now: string
  readonly bar: string
}

export const SIGNS: Signs = { valid: '━', idle: '╌', now: '●', bar: '┃' }
export const PLAIN_SIGNS: Signs = { valid: '=', idle: '.', now: '*', bar: '|' }

/** undefined where there is no end to draw towards. */
export function drawLife(life: Life, now: number, width: number, signs: Signs): string | undefined {
  const { exp, status } = life
  const begin = life.iat ?? life.nbf
  if (exp === undefined || begin === undefined || exp <= begin) return undefined
  const start = Math.max(begin, life.nbf ?? begin)
  if (status === 'expired') {
    const size = Math.max(4, width - 'issued  expired  now'.length - 6)
    return `issued ${signs.valid.repeat(size)} expired ${signs.idle.repeat(5)}${signs.now} now`
  }
  if (status === 'not-yet') {
    const size = Math.max(4, width - 'now  not before  expires'.length - 8)
    return `now ${signs.now}${signs.idle.repeat(5)} not before ${signs.valid.repeat(size)} expires`
  }
  const size = Math.max(8, width - 'issued  expires'.length - 2)
  const place = (instant: number): number =>
    Math.min(size - 1, Math.max(0, Math.round(((instant - begin) / (exp - begin)) * (size - 1))))
  const cells = Array.from({ length: size }, (_, at) =>
    at < place(start) ? signs.idle : signs.valid,
  )
  if (start > begin) cells[place(start)] = signs.bar
  cells[place(now)] = signs.now
  return `issued ${cells.join('')} expires`
}
