import { describe, expect, test } from 'vitest'
import { formatToken } from '../../src/core/answer/form.ts'
import { standInToken, type TokenSet } from '../../src/core/call/token.ts'
import { makeTools, NOW, planOne, refusal } from '../support/tools.ts'

const tools = makeTools()
const profile = planOne('profiles:\n  va: { provider: va-sis, environment: staging }\n')
const hide = (text: string) => tools.secrets.hide(text, 'token', 'token')

const base: TokenSet = {
  ...standInToken(profile, tools),
  token: hide('to.k.en'),
  expiresAt: (NOW + 299.7) * 1000,
  scopes: ['a', 'b'],
  use: { header: 'Authorization', value: hide('Bearer to.k.en'), headers: undefined },
}
const occasion = { now: NOW * 1000, sandbox: false }
const json = (set: TokenSet, sandbox = false): Record<string, unknown> =>
  JSON.parse(formatToken(set, 'json', { ...occasion, sandbox }))

describe('a token', () => {
  test('is itself, and a header', () => {
    expect(formatToken(base, 'token', occasion)).toBe('to.k.en\n')
    expect(formatToken(base, 'header', occasion)).toBe('Authorization: Bearer to.k.en\n')
    const other = {
      ...base,
      use: { ...base.use, header: 'X-Token', value: hide('Token token="x"') },
    }
    expect(formatToken(other, 'header', occasion)).toBe('X-Token: Token token="x"\n')
  })

  test.each(['a\nb', 'a\rb', 'a\0b'])('is no header when it holds %j', (value) => {
    const error = refusal(() =>
      formatToken({ ...base, use: { ...base.use, value: hide(value) } }, 'header', occasion),
    )
    expect(error.code).toBe('field_invalid')
    expect(error.message).not.toContain('\n')
    const named = { ...base, use: { ...base.use, header: `X${value}` } }
    expect(refusal(() => formatToken(named, 'header', occasion)).code).toBe('field_invalid')
  })

  test('is JSON in one line, all of it', () => {
    const text = formatToken(base, 'json', occasion)
    expect(text.indexOf('\n')).toBe(text.length - 1)
    expect(json(base)).toEqual({
      profile: 'va',
      provider: 'va-sis',
      environment: 'staging',
      access_token: 'to.k.en',
      token_type: 'Bearer',
      expires_at: '2023-11-14T22:18:19Z',
      expires_in: 299,
      scopes: ['a', 'b'],
      cached: false,
      via: [],
      extra: {},
      claims: null,
    })
  })

  test('is null where nobody says', () => {
    const bare: TokenSet = {
      ...base,
      environment: undefined,
      expiresAt: undefined,
      scopes: undefined,
    }
    expect(json(bare)).toMatchObject({
      environment: null,
      expires_at: null,
      expires_in: null,
      scopes: null,
    })
    expect(json({ ...base, expiresAt: (NOW - 60) * 1000 }).expires_in).toBe(0)
    expect(json(base)).not.toHaveProperty('sandbox')
    expect(json(base, true).sandbox).toBe(true)
  })

  test('tells of the hops before it, without their tokens', () => {
    const set = { ...base, via: [{ ...base, profile: 'first', token: hide('first.to.ken') }] }
    expect(formatToken(set, 'json', occasion)).not.toContain('first.to.ken')
    expect(json(set).via).toEqual([
      {
        profile: 'first',
        provider: 'va-sis',
        environment: 'staging',
        token_type: 'Bearer',
        expires_at: '2023-11-14T22:18:19Z',
        expires_in: 299,
        scopes: ['a', 'b'],
        cached: false,
      },
    ])
  })

  test('brings what else was kept, secrets too: that is what was asked for', () => {
    const extra = {
      refresh_token: tools.secrets.hide('refresh me', 'refresh_token', 'token'),
      n: 5,
    }
    expect(json({ ...base, extra }).extra).toEqual({ refresh_token: 'refresh me', n: 5 })
  })
})

describe('claims', () => {
  const withClaims = (claimsText: string): TokenSet => ({ ...base, claims: {}, claimsText })

  test.each([
    // digits and order are kept as they stand in the token
    ['{"b":1.10,"a":12345678901234567890,"0":1}', '{"b":1.10,"a":12345678901234567890,"0":1}'],
    ['{\r\n\t"a": 1\n}\n', '{ "a": 1 }'],
    ['{"a":"line\\nbreak"}', '{"a":"line\\nbreak"}'],
    ['{"a":"\u202e\u009b"}', '{"a":"\\u202e\\u009b"}'],
  ])('%j', (text, expected) => {
    expect(formatToken(withClaims(text), 'claims', occasion)).toBe(`${expected}\n`)
    const whole = formatToken(withClaims(text), 'json', occasion)
    expect(whole).toContain(`"claims":${expected}}\n`)
    expect(JSON.parse(whole).claims).toEqual(JSON.parse(text))
  })

  test('of an opaque token cannot be told', () => {
    const error = refusal(() => formatToken(base, 'claims', occasion))
    expect(error.code).toBe('answer_unusable')
    expect(error.exit).toBe(5)
    expect(error.details.fix).toContain('--json')
  })
})
