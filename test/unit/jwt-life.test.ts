import { describe, expect, test } from 'vitest'
import { parseExactJson } from '../../src/core/jwt/json/exact-json.ts'
import { type Life, readLife } from '../../src/core/jwt/time/life.ts'

const NOW = 1_700_000_000

function read(payload: string): Life {
  const life = readLife(parseExactJson(payload), NOW)
  if (life === undefined) throw new Error('no life')
  return life
}

describe('to the second, a token is', () => {
  test.each<[string, Life['status']]>([
    [`{"exp":${NOW}}`, 'expired'],
    [`{"exp":${NOW - 1}}`, 'expired'],
    [`{"exp":${NOW + 1}}`, 'current'],
    [`{"exp":${NOW}.5}`, 'current'],
    [`{"exp":${NOW - 1}.999}`, 'expired'],
    [`{"exp":${NOW + 9},"nbf":${NOW}}`, 'current'],
    [`{"exp":${NOW + 9},"nbf":${NOW + 1}}`, 'not-yet'],
    [`{"exp":${NOW + 9},"nbf":${NOW}.001}`, 'not-yet'],
    [`{"nbf":${NOW + 1}}`, 'not-yet'],
    // it will not come any more
    [`{"exp":${NOW},"nbf":${NOW + 1}}`, 'expired'],
    [`{"nbf":${NOW}}`, 'unlimited'],
    ['{"sub":"a"}', 'unlimited'],
    ['{}', 'unlimited'],
    // issued tomorrow is odd (lint says so), and good
    [`{"iat":${NOW + 86_400},"exp":${NOW + 90_000}}`, 'current'],
    ['{"exp":0}', 'expired'],
    ['{"exp":-1}', 'expired'],
    // the last one counts, as JSON.parse has it
    [`{"exp":${NOW - 5},"exp":${NOW + 5}}`, 'current'],
    [`{"exp":${NOW * 1000}}`, 'current'],
  ])('%s: %s', (payload, status) => {
    expect(read(payload).status).toBe(status)
  })

  test.each(['[1]', '"exp"', 'null', '{"exp":', 'hello', ''])('of %s nothing', (payload) => {
    expect(readLife(parseExactJson(payload), NOW)).toBeUndefined()
  })
})

test('times are as they stand', () => {
  expect(read(`{"iat":${NOW}.25,"nbf":${NOW - 120},"exp":1.7e9}`)).toEqual({
    iat: NOW + 0.25,
    nbf: NOW - 120,
    exp: NOW,
    status: 'expired',
    inMilliseconds: false,
    unreadable: [],
  })
  expect(read(`{"exp":${NOW * 1000}}`)).toMatchObject({ exp: NOW * 1000, inMilliseconds: true })
})

test.each([
  ['99999999999', false],
  ['100000000000', true],
  ['1700000000123', true],
])('exp %s is in milliseconds: %s', (exp, inMilliseconds) => {
  expect(read(`{"exp":${exp}}`).inMilliseconds).toBe(inMilliseconds)
})

test.each([['"1700000000"'], ['1e400'], ['null'], ['true'], ['[1700000000]'], ['{}']])(
  '%s is no time, and said to be none',
  (value) => {
    expect(read(`{"exp":${value},"iat":1}`)).toMatchObject({
      exp: undefined,
      iat: 1,
      status: 'unlimited',
      unreadable: ['exp'],
    })
  },
)
