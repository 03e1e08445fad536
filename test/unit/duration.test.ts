import { expect, test } from 'vitest'
import { formatDuration, parseDuration } from '../../src/core/duration.ts'

test.each<[unknown, number | undefined]>([
  ['30s', 30],
  ['5m', 300],
  ['2h', 7200],
  ['1d', 86_400],
  ['300', 300],
  ['0', 0],
  ['1.5h', 5400],
  [' 5m ', 300],
  [300, 300],
  [0.5, 0.5],
  ['', undefined],
  ['s', undefined],
  ['5 m', undefined],
  ['5M', undefined],
  ['5w', undefined],
  ['-5', undefined],
  ['1e3', undefined],
  ['5m30s', undefined],
  ['9'.repeat(13), undefined],
  [-1, undefined],
  [Number.NaN, undefined],
  [Number.POSITIVE_INFINITY, undefined],
  [null, undefined],
  [true, undefined],
  [['5m'], undefined],
])('%j is %s seconds', (value, seconds) => {
  expect(parseDuration(value)).toBe(seconds)
})

test.each([
  [0, '0 s'],
  [-5, '0 s'],
  [0.4, '0 s'],
  [59.6, '1 m'],
  [61, '1 m 1 s'],
  [298, '4 m 58 s'],
  [7200, '2 h'],
  [3661, '1 h 1 m'],
  [86_400 * 3 + 3600 * 4 + 59, '3 d 4 h'],
  [86_400, '1 d'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text)
})
