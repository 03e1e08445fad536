// When a token is over, by whatever the service says of it.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readExpiry, toIso } from '../../src/core/answer/expiry.ts'
import { USUAL } from '../../src/core/answer/usual.ts'
import type { Answer as Columns } from '../../src/core/provider.ts'
import { NOW } from '../support/tools.ts'

const HOUR = 3600
const at = (seconds: number): number => (NOW + seconds) * 1000

function read(data: unknown, exp?: unknown, columns: Columns = {}, offset = 0) {
  return readExpiry(
    data,
    { ...USUAL, ...columns },
    { sentAt: NOW * 1000, offset: offset * 1000 },
    exp,
  )
}

describe('a token is over', () => {
  test.each<[string, unknown, unknown, Columns, number | undefined]>([
    // 1. a number, or a text of digits
    ['in seconds', { expires_in: 300 }, undefined, {}, at(300)],
    ['in seconds as text', { expires_in: '1799' }, undefined, {}, at(1799)],
    ['in parts of a second', { expires_in: 0.5 }, undefined, {}, at(0.5)],
    ['in parts as text', { expires_in: '899.5' }, undefined, {}, at(899.5)],
    ['at once', { expires_in: 0 }, undefined, {}, at(0)],
    // 2. ISO 8601
    ['at an instant', { expires_in: '2023-11-14T23:13:20Z' }, undefined, {}, at(HOUR)],
    [
      'at an instant with milliseconds',
      { expiration: '2023-11-14T23:13:20.500Z' },
      undefined,
      {},
      at(HOUR + 0.5),
    ],
    [
      'at an instant elsewhere',
      { expires_at: '2023-11-15T01:13:20+02:00' },
      undefined,
      {},
      at(HOUR),
    ],
    [
      'at an instant elsewhere, without the colon',
      { expires_at: '2023-11-15T01:13:20+0200' },
      undefined,
      {},
      at(HOUR),
    ],
    ['at an instant of Ruby', { expires_at: '2023-11-14 23:13:20 UTC' }, undefined, {}, at(HOUR)],
    [
      'at an instant without a zone, which is UTC',
      { expires_at: '2023-11-14T23:13:20' },
      undefined,
      {},
      at(HOUR),
    ],
    [
      'at an instant to the minute',
      { expires_at: '2023-11-14T23:13Z' },
      undefined,
      {},
      at(HOUR - 20),
    ],
    // 3. a field that is named for an instant
    ['at an epoch', { expires_at: NOW + 60 }, undefined, {}, at(60)],
    ['at an epoch as text', { expires_on: `${NOW + 60}` }, undefined, {}, at(60)],
    ['at an epoch in milliseconds', { expires_at: at(60) }, undefined, {}, at(60)],
    ['at exp', { exp: NOW + 60 }, undefined, {}, at(60)],
    ['where the provider says', { a: { b: NOW + 60 } }, undefined, { expires_at: 'a.b' }, at(60)],
    [
      'at the instant, when both are said',
      { expires_in: 300, expires_at: NOW + 299 },
      undefined,
      {},
      at(299),
    ],
    // 4. told apart by size
    ['at an epoch in expires_in', { expires_in: 1_750_392_000 }, undefined, {}, 1_750_392_000_000],
    ['at an epoch in milliseconds in expires_in', { expires_in: at(60) }, undefined, {}, at(60)],
    ['in ten years', { expires_in: 315_360_000 }, NOW + 315_360_000, {}, at(315_360_000)],
    [
      'in milliseconds, when the profile says so',
      { expires_in: 899_000 },
      undefined,
      { expires_unit: 'ms' },
      at(899),
    ],
    [
      'in milliseconds as text',
      { expires_in: '899000' },
      undefined,
      { expires_unit: 'ms' },
      at(899),
    ],
    [
      'at an epoch, though milliseconds are said',
      { expires_in: at(60) },
      undefined,
      { expires_unit: 'ms' },
      at(60),
    ],
    ['in milliseconds, when its own exp says so', { expires_in: '899000' }, NOW + 899, {}, at(899)],
    ['in seconds, when its own exp says so', { expires_in: 899 }, NOW + 899, {}, at(899)],
    [
      'in seconds, when nothing else is said',
      { expires_in: 1_100_000_000 },
      undefined,
      { expires_unit: 's' },
      at(1_100_000_000),
    ],
    [
      'after it was issued',
      { expires_in: 300, issued_at: `${at(-100)}` },
      undefined,
      { expires_from: 'issued_at' },
      at(200),
    ],
    [
      'after it was issued, in ISO',
      { expires_in: 300, issued_at: '2023-11-14T22:11:40Z' },
      undefined,
      { expires_from: 'issued_at' },
      at(200),
    ],
    [
      'after the request, when nobody says when it was issued',
      { expires_in: 300 },
      undefined,
      { expires_from: 'issued_at' },
      at(300),
    ],
    // 5. the token's own word
    ['by its exp', {}, NOW + 60, {}, at(60)],
    ['by its exp as text', {}, `${NOW + 60}`, {}, at(60)],
    ['by its exp in milliseconds', {}, at(60), {}, at(60)],
    ['by both, when they agree', { expires_in: 300 }, NOW + 290, {}, at(300)],
    // 6. nobody says
    ['nobody knows when', {}, undefined, {}, undefined],
    [
      'after what the provider says, whatever the answer',
      { expires_in: 5 },
      NOW + 9,
      { expires_after: 60 },
      at(60),
    ],
    [
      'after what the provider says, as nobody else does',
      {},
      undefined,
      { expires_default: 60 },
      at(60),
    ],
    ['not after that, when the token says it', {}, NOW + 30, { expires_default: 60 }, at(30)],
    [
      'not after that, when the answer says it',
      { expires_in: 30 },
      undefined,
      { expires_default: 60 },
      at(30),
    ],
    ['by another name', { ttl: 30 }, undefined, { expires_in: ['ttl', 'expires_in'] }, at(30)],
  ])('%s: %j', (_, data, exp, columns, expected) => {
    const expiry = read(data, exp, columns)
    expect(expiry.at).toBe(expected)
    expect(expiry.warning).toBeUndefined()
  })

  test.each<[string, unknown]>([
    ['nonsense', { expires_in: 'soon' }],
    ['a negative', { expires_in: -5 }],
    ['a list', { expires_in: [300] }],
    ['an object', { expires_in: { a: 1 } }],
    ['a boolean', { expires_in: true }],
    ['null', { expires_in: null }],
    ['nothing', { expires_in: '' }],
    ['a date of another sort', { expires_at: 'Tue, 14 Nov 2023 23:13:20 GMT' }],
    ['a day', { expires_at: '2023-11-14' }],
    ['no such day', { expires_at: '2023-13-45T99:99:99Z' }],
    ['a list around it', [{ expires_in: 5 }]],
    ['a text', 'expires_in'],
    ['an instant beyond the calendar', { expires_at: 1e300 }],
    ['an epoch beyond the calendar', { expires_in: 1e300 }],
  ])('nobody knows when, by %s', (_, data) => {
    expect(read(data)).toEqual({ at: undefined })
  })

  test.each<[unknown]>([['soon'], [0], [-1], [1e300], [Number.NaN], [null], [[5]], [{}]])(
    'nobody knows when, by exp %j',
    (exp) => {
      expect(read({}, exp)).toEqual({ at: undefined })
    },
  )
})

describe('a warning', () => {
  test('when the answer and the token differ: the earlier one counts', () => {
    expect(read({ expires_in: HOUR }, NOW + 300)).toEqual({
      at: at(300),
      warning:
        'the answer says the token ends at 2023-11-14T23:13:20Z, the token itself says 2023-11-14T22:18:20Z; the earlier one counts',
    })
    expect(read({ expires_in: 300 }, NOW + HOUR).at).toBe(at(300))
    expect(read({ expires_in: 300 }, NOW + HOUR).warning).toContain('the earlier one counts')
    expect(read({ expires_in: 300 }, NOW + 359).warning).toBeUndefined()
  })

  test.each([86_399_995, 86_400_000, 40_000_000, 315_360_000])(
    'when %i s are too long',
    (seconds) => {
      const expiry = read({ expires_in: seconds })
      expect(expiry.at).toBe(at(seconds))
      expect(expiry.warning).toBe(
        `a lifetime of ${seconds} s is implausible; if these are milliseconds, say so: answer: expires_unit: ms`,
      )
      expect(
        read({ expires_in: seconds }, undefined, { expires_unit: 's' }).warning,
      ).toBeUndefined()
      expect(read({ expires_in: seconds }, NOW + seconds).warning).toBeUndefined()
    },
  )

  test('not for a year, nor for an instant', () => {
    expect(read({ expires_in: 366 * 86_400 }).warning).toBeUndefined()
    expect(read({ expires_at: NOW + 10 * 366 * 86_400 }).warning).toBeUndefined()
    expect(read({ expires_in: 2_147_483_647 }).warning).toBeUndefined()
  })
})

describe('where the clocks differ', () => {
  // the service is two minutes ahead
  test.each<[string, unknown, unknown, Columns, number]>([
    ['a lifetime counts by ours', { expires_in: 300 }, undefined, {}, at(300)],
    ['exp is by theirs', {}, NOW + 420, {}, at(300)],
    ['so is an instant', { expires_at: NOW + 420 }, undefined, {}, at(300)],
    ['so is ISO', { expiration: '2023-11-14T22:20:20Z' }, undefined, {}, at(300)],
    ['so is an epoch', { expires_in: NOW + 420 }, undefined, {}, at(300)],
    [
      'so is when it was issued',
      { expires_in: 300, issued_at: NOW + 120 },
      undefined,
      { expires_from: 'issued_at' },
      at(300),
    ],
    ['and both agree', { expires_in: 300 }, NOW + 420, {}, at(300)],
  ])('%s', (_, data, exp, columns, expected) => {
    expect(read(data, exp, columns, 120)).toEqual({ at: expected })
  })
})

test('an instant is told in UTC, to the second', () => {
  expect(toIso(at(0))).toBe('2023-11-14T22:13:20Z')
  expect(toIso(at(0) + 999)).toBe('2023-11-14T22:13:20Z')
  expect(toIso(1e300)).toBe('1e+300')
})

test('whatever is said, what comes out is an instant or nothing', () => {
  const value = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.jsonValue({ maxDepth: 1 }),
    fc.date().map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.bigInt().map(String),
  )
  const unit = fc.constantFrom('auto', 's', 'ms')
  fc.assert(
    fc.property(value, value, value, value, unit, (one, two, three, exp, expires_unit) => {
      const data = { expires_in: one, expires_at: two, issued_at: three }
      const expiry = read(data, exp, { expires_unit, expires_from: 'issued_at' })
      if (expiry.at === undefined) return
      expect(Number.isFinite(expiry.at)).toBe(true)
      expect(toIso(expiry.at)).toMatch(/^[-+\d]\d{3,6}-\d\d-\d\dT/)
    }),
    { numRuns: 1000 },
  )
})
