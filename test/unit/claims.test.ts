// What a token must say: every claim at its exact boundary, all that is wrong at once, and what stands
// in the token quoted as it stands there.

import { describe, expect, it } from 'vitest'
import { TokenError } from '../../src/core/error.ts'
import { addFindings, checkClaims } from '../../src/core/jwt/claim/claims.ts'
import { type Expectations, parseExpectation } from '../../src/core/jwt/claim/expectation.ts'
import type { ClaimsVerdict } from '../../src/core/jwt/claim/verdict.ts'
import { parseExactJson } from '../../src/core/jwt/json/exact-json.ts'

const NOW = 1_700_000_000

const NOTHING: Expectations = {
  issuer: undefined,
  audiences: undefined,
  subject: undefined,
  type: undefined,
  required: [],
  values: [],
  leeway: 0,
  maxAge: undefined,
  now: NOW,
}

type Wanted = Partial<Omit<Expectations, 'values'>> & { expect?: readonly string[] }

function check(claims: unknown, wanted: Wanted = {}, header: unknown = {}): ClaimsVerdict {
  const write = (value: unknown): string =>
    typeof value === 'string' ? value : JSON.stringify(value)
  const { expect: texts = [], ...rest } = wanted
  return checkClaims(parseExactJson(write(header)), parseExactJson(write(claims)), {
    ...NOTHING,
    ...rest,
    values: texts.map(parseExpectation),
  })
}

/** The claims that failed. */
const failed = (...args: Parameters<typeof check>): string[] =>
  check(...args).failures.map(({ claim }) => claim)

/** What was said of the first of them. */
const said = (...args: Parameters<typeof check>): string =>
  check(...args).failures[0]?.message ?? ''

describe('times', () => {
  it.each<[string, object, Wanted, string[]]>([
    ['exp is now: over', { exp: NOW }, {}, ['exp']],
    ['exp is a second ahead', { exp: NOW + 1 }, {}, []],
    ['exp is a fraction ahead', { exp: NOW + 0.5 }, {}, []],
    ['exp at the end of the leeway', { exp: NOW - 30 }, { leeway: 30 }, ['exp']],
    ['exp within the leeway', { exp: NOW - 29 }, { leeway: 30 }, []],
    ['exp negative', { exp: -1 }, {}, ['exp']],
    ['exp zero', { exp: 0 }, {}, ['exp']],
    ['nbf is now', { nbf: NOW }, {}, []],
    ['nbf is a second ahead', { nbf: NOW + 1 }, {}, ['nbf']],
    ['nbf at the end of the leeway', { nbf: NOW + 30 }, { leeway: 30 }, []],
    ['nbf beyond the leeway', { nbf: NOW + 31 }, { leeway: 30 }, ['nbf']],
    ['iat ahead, and nobody asks for the age', { iat: NOW + 1000 }, {}, []],
    ['exp in milliseconds', { exp: (NOW + 60) * 1000 }, {}, ['exp']],
    ['age at its end', { iat: NOW - 60 }, { maxAge: 60 }, []],
    ['age beyond it', { iat: NOW - 61 }, { maxAge: 60 }, ['iat']],
    ['age beyond it, within the leeway', { iat: NOW - 61 }, { maxAge: 60, leeway: 1 }, []],
    ['age of what is issued in the future', { iat: NOW + 1 }, { maxAge: 60 }, ['iat']],
    ['age of what is a little ahead', { iat: NOW + 1 }, { maxAge: 60, leeway: 1 }, []],
    ['age of nothing', {}, { maxAge: 60 }, ['iat']],
    ['none of them', {}, {}, []],
  ])('%s', (_name, claims, wanted, claimed) => {
    expect(failed(claims, wanted)).toEqual(claimed)
  })

  it.each(['"1700000001"', '1e400', '-1e400', 'null', 'true', '{}', '[1900000000]', '""'])(
    '%s is no time',
    (text) => {
      for (const name of ['exp', 'nbf', 'iat']) {
        expect(failed(`{"${name}":${text}}`)).toEqual([name])
      }
    },
  )

  it('says when, and what never ends', () => {
    expect(said({ exp: NOW - 3 * 86_400 })).toBe('it expired 3 d ago (2023-11-11T22:13:20Z)')
    expect(check({}).notes).toContain('it never expires')
    expect(check({ exp: NOW + 720 }).notes).toContain('expires in 12 m (2023-11-14T22:25:20Z)')
    expect(said({ exp: NOW })).toBe('it is over now (2023-11-14T22:13:20Z)')
    expect(check({ exp: NOW - 29 }, { leeway: 30 }).notes).toContain(
      'expired 29 s ago (2023-11-14T22:12:51Z), within the leeway',
    )
  })

  it('says as of when, where that was asked for', () => {
    const at = 'as of 2023-11-14T22:13:20Z'
    for (const claims of [{ exp: NOW - 60 }, { nbf: NOW + 60 }]) {
      expect(said(claims, { asOf: true })).toContain(at)
      expect(said(claims)).not.toContain('as of')
    }
    expect(said({ iat: NOW - 99 }, { asOf: true, maxAge: 60 })).toContain(at)
    expect(check({ exp: NOW + 60 }, { asOf: true }).notes).toContain(at)
    expect(check({ exp: NOW + 60 }).notes).not.toContain(at)
  })

  it('a finding on a claim does not name it twice', () => {
    const message = 'nbf is 3 s after exp'
    const finding = { code: 'nbf-after-exp', severity: 'error', area: 'claims', message } as const
    const [failure] = addFindings(check({}), [{ ...finding, why: '' }]).failures
    expect(failure).toMatchObject({ claim: 'nbf', message: 'it is 3 s after exp' })
  })

  it('a claim that stands twice is wrong, also where one of them would do', () => {
    const text = `{"exp":${NOW + 10},"\\u0065xp":${NOW + 10},"aud":"a","aud":"b","sub":"x","sub":"x"}`
    expect(failed(text, { audiences: ['a'], subject: 'x' })).toEqual(['exp', 'aud', 'sub'])
    expect(failed(text)).toEqual(['exp'])
  })
})

describe('who, for whom, what', () => {
  const issuer = 'https://issuer.example'
  it.each<[string, object, Wanted, string[]]>([
    ['iss', { iss: issuer }, { issuer }, []],
    ['iss with a slash more', { iss: `${issuer}/` }, { issuer }, ['iss']],
    ['iss in capitals', { iss: issuer.toUpperCase() }, { issuer }, ['iss']],
    ['iss missing', {}, { issuer }, ['iss']],
    ['iss in a list', { iss: [issuer] }, { issuer }, ['iss']],
    ['aud', { aud: 'a' }, { audiences: ['a'] }, []],
    ['aud, one of ours', { aud: 'b' }, { audiences: ['a', 'b'] }, []],
    ['aud, one of theirs', { aud: ['x', 'a'] }, { audiences: ['a'] }, []],
    ['aud of others', { aud: ['x', 'y'] }, { audiences: ['a'] }, ['aud']],
    ['aud missing', {}, { audiences: ['a'] }, ['aud']],
    ['aud empty', { aud: [] }, { audiences: ['a'] }, ['aud']],
    ['aud with a number in it', { aud: ['a', 5] }, { audiences: ['a'] }, ['aud']],
    ['aud a part of it', { aud: 'aa' }, { audiences: ['a'] }, ['aud']],
    ['sub', { sub: 'x' }, { subject: 'x' }, []],
    ['sub a number', { sub: 5 }, { subject: '5' }, ['sub']],
    ['required and there', { jti: '' }, { required: ['jti'] }, []],
    ['required and missing', {}, { required: ['jti', 'exp'] }, ['jti', 'exp']],
    ['required and null', { jti: null }, { required: ['jti'] }, ['jti']],
    [
      '__proto__ is no claim of every token',
      {},
      { required: ['__proto__', 'toString'] },
      ['__proto__', 'toString'],
    ],
  ])('%s', (_name, claims, wanted, claimed) => {
    expect(failed(claims, wanted)).toEqual(claimed)
  })

  it.each<[string, unknown, string, boolean]>([
    ['the same', 'at+jwt', 'at+jwt', true],
    ['in capitals', 'AT+JWT', 'at+jwt', true],
    ['with application/', 'application/at+jwt', 'at+jwt', true],
    ['with application/ asked for', 'at+jwt', 'application/at+jwt', true],
    ['another', 'JWT', 'at+jwt', false],
    ['of another family', 'text/at+jwt', 'at+jwt', false],
    ['missing', undefined, 'at+jwt', false],
    ['a number', 5, '5', false],
  ])('typ %s', (_name, typ, type, good) => {
    expect(failed({}, { type }, { typ })).toEqual(good ? [] : ['typ'])
  })

  it('all failures come at once', () => {
    expect(
      failed(
        { exp: 1, nbf: NOW + 1, iss: 'x' },
        { issuer, audiences: ['a'], subject: 's', required: ['jti'] },
      ),
    ).toEqual(['exp', 'nbf', 'iss', 'aud', 'sub', 'jti'])
  })

  it('a difference in the last slash is quoted', () => {
    expect(said({ iss: `${issuer}/` }, { issuer })).toBe(
      'it is "https://issuer.example/", not "https://issuer.example": they differ by the slash at the end',
    )
  })

  it('what is long is cut, what is expected and what is there are data', () => {
    const { failures } = check({ sub: 'x'.repeat(5000) }, { subject: 'y' })
    expect(failures[0]?.message.length).toBeLessThan(300)
    expect(failures[0]).toMatchObject({ claim: 'sub', expected: 'y', actual: { type: 'string' } })
  })

  it.each(['[1]', '"text"', 'null', '5', 'no json'])(
    'a payload that is %s has no claims',
    (text) => {
      expect(check(text)).toMatchObject({ status: 'fail', failures: [{ claim: 'payload' }] })
    },
  )
})

describe('--expect', () => {
  const claims = `{
    "scope": "read", "admin": true, "level": 1.0, "big": 9007199254740993, "none": null,
    "realm": {"roles": ["user", "staff"], "name": "x"},
    "https://x.y/role": "admin", "a.b": "dotted", "twice": 1, "twice": 1, "same": {"a":1,"b":[2]}
  }`
  it.each<[string, boolean]>([
    ['scope=read', true],
    ['scope=write', false],
    ['scope:="read"', true],
    ['scope:="re\\u0061d"', true],
    ['admin:=true', true],
    ['admin=true', false],
    ['level:=1', true],
    ['level:=1.0', true],
    ['level:=100e-2', true],
    ['level:=-1', false],
    ['big:=9007199254740993', true],
    ['big:=9007199254740992', false],
    ['big:=9.007199254740993e15', true],
    ['none:=null', true],
    ['missing:=null', false],
    ['realm.name=x', true],
    ['realm.roles[0]=user', true],
    ['realm.roles[2]=user', false],
    ['realm.roles:=["user","staff"]', true],
    ['realm.roles:=["staff","user"]', false],
    ['realm["name"]=x', true],
    ['same:={"b":[2],"a":1}', true],
    ['same:={"a":1}', false],
    ['https://x.y/role=admin', true],
    ['["https://x.y/role"]=admin', true],
    ['["a.b"]=dotted', true],
    ['a.b=dotted', false],
    ['twice:=1', false],
    ['toString=x', false],
    ['scope=a=b', false],
  ])('%s', (text, good) => {
    expect(check(claims, { expect: [text] }).status).toBe(good ? 'pass' : 'fail')
  })

  it('text where something else is meant gets the right form', () => {
    expect(said(claims, { expect: ['admin=true'] })).toContain('--expect admin:=true')
  })

  it.each(['scope', '=x', ':=1', 'a:=nope', 'a..b=x', 'a["b=x', 'a[b]=x', '.a=x', ''])(
    '%s is refused',
    (text) => {
      expect(() => parseExpectation(text)).toThrow(TokenError)
    },
  )

  it('a million digits take no time', () => {
    const digits = '9'.repeat(1_000_000)
    expect(check(`{"n":${digits}e${digits}}`, { expect: ['n:=1'] }).status).toBe('fail')
    expect(check(`{"n":1${'0'.repeat(1_000_000)}}`, { expect: ['n:=1e1000000'] }).status).toBe(
      'pass',
    )
  })
})
