import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatInstant,
  formatRelative,
  parseInstant,
  parseZone,
  type Zone,
} from '../../src/core/jwt/time/instant.ts'

const NOW = 1_700_000_000
const DAY = 86_400

function zone(text: string): Zone {
  const found = parseZone(text)
  if (found === undefined) throw new Error(`no zone ${text}`)
  return found
}

describe('an instant', () => {
  test.each<[number, string, string]>([
    [NOW, 'UTC', '2023-11-14T22:13:20Z'],
    [NOW, 'utc', '2023-11-14T22:13:20Z'],
    [NOW, '+02:00', '2023-11-15T00:13:20+02:00'],
    [NOW, '-0330', '2023-11-14T18:43:20-03:30'],
    [NOW, '+5', '2023-11-15T03:13:20+05:00'],
    [NOW, '+00:00', '2023-11-14T22:13:20+00:00'],
    [NOW, 'Europe/Berlin', '2023-11-14T23:13:20+01:00'],
    [1_690_000_000, 'europe/berlin', '2023-07-22T06:26:40+02:00'],
    [NOW, 'America/St_Johns', '2023-11-14T18:43:20-03:30'],
    [NOW, 'Europe/London', '2023-11-14T22:13:20+00:00'],
    [NOW, 'Asia/Kathmandu', '2023-11-15T03:58:20+05:45'],
    // the hour that comes twice
    [1_698_537_600, 'Europe/Berlin', '2023-10-29T02:00:00+02:00'],
    [1_698_541_200, 'Europe/Berlin', '2023-10-29T02:00:00+01:00'],
    // a fraction stays
    [NOW + 0.5, 'UTC', '2023-11-14T22:13:20.5Z'],
    [NOW + 0.123456, 'UTC', '2023-11-14T22:13:20.123456Z'],
    [NOW + 0.001, '+02:00', '2023-11-15T00:13:20.001+02:00'],
    [0.9999999, 'UTC', '1970-01-01T00:00:01Z'],
    [-0.5, 'UTC', '1969-12-31T23:59:59.5Z'],
    [0, 'UTC', '1970-01-01T00:00:00Z'],
    [-1, 'UTC', '1969-12-31T23:59:59Z'],
    // milliseconds, taken for seconds
    [NOW * 1000, 'UTC', '+055840-11-08T22:13:20Z'],
    [8.64e12, 'UTC', 'beyond the calendar'],
    [-8.64e12, 'UTC', 'beyond the calendar'],
    [8.64e12 - 1, '+01:00', 'beyond the calendar'],
    [8.64e12 - 1, 'UTC', '+275760-09-12T23:59:59Z'],
    [1e300, 'Europe/Berlin', 'beyond the calendar'],
    [Number.POSITIVE_INFINITY, 'UTC', 'beyond the calendar'],
    [Number.NaN, 'UTC', 'beyond the calendar'],
  ])('%d in %s is %s', (seconds, name, text) => {
    expect(formatInstant(seconds, zone(name))).toBe(text)
  })

  test('here is told with the offset of here', () => {
    const minutes = -new Date(NOW * 1000).getTimezoneOffset()
    expect(formatInstant(NOW, zone('local'))).toBe(formatInstant(NOW, { kind: 'offset', minutes }))
  })

  test('can be read back, wherever it is told', () => {
    const names = ['UTC', 'local', '+05:45', '-11:00', 'Europe/Berlin', 'Australia/Lord_Howe']
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 250_000_000_000 }),
        fc.constantFrom(...names),
        (millis, name) => {
          const seconds = millis / 100
          const text = formatInstant(seconds, zone(name))
          // before 1972 there were offsets with seconds, which ISO 8601 does not have
          if (/[+-]\d\d:\d\d:\d\d$/.test(text)) return
          expect(parseInstant(text, 0)).toBeCloseTo(seconds, 5)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('a zone', () => {
  test.each([
    [''],
    ['Mars/Olympus'],
    ['+24:00'],
    ['+02:60'],
    ['+'],
    ['02:00'],
    ['+02:00:00'],
    ['Europe/Berlin; rm'],
    ['x'.repeat(100)],
    ['../../etc'],
  ])('%j is none', (text) => {
    expect(parseZone(text)).toBeUndefined()
  })

  test.each<[string, Zone]>([
    ['UTC', { kind: 'utc' }],
    ['z', { kind: 'utc' }],
    [' Local ', { kind: 'named', name: undefined }],
    ['+14:00', { kind: 'offset', minutes: 840 }],
    ['-00:30', { kind: 'offset', minutes: -30 }],
    ['Europe/Berlin', { kind: 'named', name: 'Europe/Berlin' }],
  ])('%j', (text, expected) => {
    expect(parseZone(text)).toEqual(expected)
  })
})

describe('from now, it is', () => {
  test.each<[number, string]>([
    [0, 'now'],
    [0.4, 'now'],
    [-0.4, 'now'],
    [1, 'in 1 s'],
    [-1, '1 s ago'],
    [720, 'in 12 m'],
    [725, 'in 12 m 5 s'],
    [-3 * DAY, '3 d ago'],
    [-(3 * DAY + 4 * 3600 + 59), '3 d 4 h ago'],
    [729 * DAY, 'in 729 d'],
    // 2024 has a day more
    [731 * DAY, 'in 2 y'],
    [734 * DAY, 'in 2 y 3 d'],
    [-730 * DAY, '2 y ago'],
    [3650 * DAY, 'in 9 y 362 d'],
    [-3650 * DAY, '9 y 363 d ago'],
    [NOW * 1000 - NOW, 'in 53816 y'],
    [1e300, 'in more than 200000 y'],
    [-1e300, 'more than 200000 y ago'],
  ])('%d s: %s', (distance, text) => {
    expect(formatRelative(NOW + distance, NOW)).toBe(text)
  })

  test('two units at most, whatever it is', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (seconds) => {
        expect(formatRelative(seconds, NOW)).toMatch(
          /^(now|(in )?(more than )?\d+ [ydhms]( \d+ [dhms])?( ago)?)$/,
        )
      }),
    )
  })
})

describe('a time that is typed', () => {
  test.each<[string, number]>([
    ['now', NOW],
    ['+1h', NOW + 3600],
    ['-5m', NOW - 300],
    ['+30', NOW + 30],
    ['+1.5d', NOW + 1.5 * DAY],
    ['1700000000', NOW],
    ['1700000000.5', NOW + 0.5],
    ['0', 0],
    ['2023-11-14T22:13:20Z', NOW],
    ['2023-11-14t22:13:20z', NOW],
    ['2023-11-14 22:13:20Z', NOW],
    ['2023-11-14T22:13:20.250Z', NOW + 0.25],
    ['2023-11-14T22:13Z', NOW - 20],
    ['2023-11-15T00:13:20+02:00', NOW],
    ['2023-11-14T18:43:20-0330', NOW],
    ['2023-11-14', NOW - (NOW % DAY)],
    [' 2024-02-29 ', 1_709_164_800],
  ])('%j is %d', (text, seconds) => {
    expect(parseInstant(text, NOW)).toBe(seconds)
  })

  test.each([
    [''],
    ['soon'],
    ['1700000000000'],
    ['1e9'],
    ['+'],
    ['-1y'],
    ['2023-02-29'],
    ['2023-13-01'],
    ['2023-11-14T24:00:00Z'],
    ['2023-11-14T22:60:00Z'],
    ['2023-11-14T22:13:20'],
    ['2023-11-14T22:13:20+25:00'],
    ['14.11.2023'],
    ['Tue, 14 Nov 2023 22:13:20 GMT'],
  ])('%j is none', (text) => {
    expect(parseInstant(text, NOW)).toBeUndefined()
  })
})
