// Claims, limits and the signed assertion.

import { verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { buildClaims, findMinting, mintAssertion } from '../../src/core/call/assertion.ts'
import { judge } from '../../src/core/call/limit.ts'
import { checkChain } from '../../src/core/call/line.ts'
import { type ClaimRule, mintedOf } from '../../src/core/provider.ts'
import { reveal, type Value } from '../../src/core/template/value.ts'
import { makeEcKey, makeRsaKey, readJwt } from '../support/keys.ts'
import {
  makeTools,
  NOW,
  plan,
  planOne,
  refusal,
  refusalOf,
  type TestTools,
  tell,
  valuesOf,
  type Wish,
} from '../support/tools.ts'

const rsa = makeRsaKey()
const small = makeRsaKey(1024)
const ec = makeEcKey()
const files = { '/p/rsa.pem': rsa.pem, '/p/ec.pem': ec.pem, '/p/small.pem': small.pem }

async function mint(
  yaml: string,
  wish: Wish = {},
  tools: TestTools = makeTools({ files, env: { SECRET: 's'.repeat(40) } }),
) {
  const profile = planOne(yaml, wish)
  const { provider } = profile
  const assertion = mintedOf(provider.assertion)
  const client_assertion = mintedOf(provider.client_assertion)
  const column = assertion ? 'assertion' : 'client_assertion'
  const used = assertion ?? client_assertion
  if (used === undefined) throw new Error('nothing to mint')
  const minted = await mintAssertion(valuesOf(profile, tools), used, column, tools)
  return { ...readJwt(minted.jwt.reveal()), minted, tools }
}

const VA = `
profiles:
  va:
    provider: va-sis
    environment: staging
    issuer: me
    subject: you
    service_account_id: acct
    key_path: ./rsa.pem
`

describe('the assertion', () => {
  test('says exactly what the provider writes out', async () => {
    const { header, claims, input, signature } = await mint(VA)
    expect(header).toEqual({ typ: 'JWT', alg: 'RS256' })
    expect(claims).toEqual({
      iss: 'me',
      sub: 'you',
      aud: 'https://staging-api.va.gov/v0/sign_in/token',
      iat: NOW - 10,
      exp: NOW + 290,
      jti: '00000000-0000-4000-8000-000000000001',
      service_account_id: 'acct',
    })
    expect(verify('sha256', Buffer.from(input), rsa.publicKey, signature)).toBe(true)
  })

  test('and what the profile lays over that', async () => {
    const { header, claims } = await mint(`${VA}
    scopes: one
    user_attributes: { icn: "123", age: 42 }
    lifetime: 1m
    backdate: 0
    key_id: k1
    assertion:
      header: { typ: null }
      claims: { nbf: "\${now}", jti: null, "https://x.y/z": "\${subject|upper}" }
`)
    expect(header).toEqual({ alg: 'RS256', kid: 'k1' })
    expect(claims).toEqual({
      iss: 'me',
      sub: 'you',
      aud: 'https://staging-api.va.gov/v0/sign_in/token',
      iat: NOW,
      exp: NOW + 60,
      service_account_id: 'acct',
      scopes: ['one'],
      user_attributes: { icn: '123', age: 42 },
      nbf: NOW,
      'https://x.y/z': 'YOU',
    })
  })

  test('is hidden, and so is what it says of a user', async () => {
    const { minted, tools } = await mint(`${VA}    user_attributes: { icn: "1012667122V019349" }\n`)
    expect(JSON.stringify(minted.claims)).toContain('"user_attributes":{"icn":"«hidden»"}')
    expect(`${minted.jwt}`).toMatch(/^«hidden \d+ chars sha256:[0-9a-f]{8}»$/)
    expect(tools.secrets.clean(`got ${minted.jwt.reveal()}`)).toBe(`got ${minted.jwt}`)
  })

  test('is new every time', async () => {
    const tools = makeTools({ files })
    const [one, two] = [await mint(VA, {}, tools), await mint(VA, {}, tools)]
    expect(one.claims.jti).not.toBe(two.claims.jti)
  })
})

describe('the algorithm', () => {
  const jwt = (fields: string): string => `
profiles:
  j: { provider: jwt-bearer, token_endpoint: "https://x.example/t", client_id: c, ${fields} }
`
  test.each([
    ['key_path: ./rsa.pem', 'RS256'],
    ['key_path: ./ec.pem', 'ES256'],
    ['key_path: ./rsa.pem, algorithm: PS384', 'PS384'],
    ['key: "${env:SECRET}", algorithm: HS256', 'HS256'],
  ])('of %s is %s', async (fields, alg) => {
    expect((await mint(jwt(fields))).header.alg).toBe(alg)
  })

  test.each([
    ['key_path: ./rsa.pem, algorithm: none', 'field_invalid'],
    ['key_path: ./rsa.pem, algorithm: rs256', 'field_invalid'],
    ['key_path: ./rsa.pem, algorithm: ES256', 'key_unfit'],
    ['key_path: ./small.pem', 'key_weak'],
    ['algorithm: RS256', 'key_missing'],
  ])('of %s: %s', async (fields, code) => {
    expect((await refusalOf(mint(jwt(fields)))).code).toBe(code)
  })

  test('of a weak key, where the profile says so', async () => {
    expect((await mint(jwt('key_path: ./small.pem, allow_weak_key: true'))).signature).toHaveLength(
      128,
    )
  })

  test('of a client’s own assertion is its own', async () => {
    const profile = planOne(
      jwt(
        'key_path: ./rsa.pem, algorithm: PS256, client_auth: client_secret_jwt, client_secret: "${env:SECRET}"',
      ),
    )
    const tools = makeTools({ files, env: { SECRET: 's'.repeat(40) } })
    const values = valuesOf(profile, tools)
    const assertion = mintedOf(profile.provider.assertion)
    const client_assertion = mintedOf(profile.provider.client_assertion)
    if (!assertion || !client_assertion) throw new Error('two are wanted')
    const own = await mintAssertion(values, assertion, 'assertion', tools)
    const client = await mintAssertion(values, client_assertion, 'client_assertion', tools)
    expect(readJwt(own.jwt.reveal()).header.alg).toBe('PS256')
    expect(readJwt(client.jwt.reveal()).header).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(readJwt(client.jwt.reveal()).claims).toMatchObject({
      iss: 'c',
      sub: 'c',
      aud: 'https://x.example/t',
    })
  })
})

describe('a rule about a claim', () => {
  const hide = (value: string | number): Value => makeTools().secrets.hide(value, 'x', 'secret')

  test.each<[Value | undefined, ClaimRule, string | undefined]>([
    [undefined, {}, undefined],
    [undefined, { type: 'text', filled: true }, undefined],
    [undefined, { required: true }, 'is missing'],
    ['a', { required: true, type: 'text', filled: true }, undefined],
    ['', { filled: true }, 'is empty'],
    [null, { filled: true }, 'is empty'],
    [[], { filled: true }, 'is empty'],
    [{}, { filled: true }, 'is empty'],
    [0, { filled: true }, undefined],
    [false, { filled: true }, undefined],
    [5, { type: 'text' }, 'is number, not text'],
    ['5', { type: 'number' }, 'is text, not number'],
    [['a'], { type: 'text' }, 'is list, not text'],
    [['a'], { type: 'object' }, 'is list, not object'],
    [null, { type: 'object' }, 'is null, not object'],
    [{ a: 1 }, { type: 'object' }, undefined],
    [true, { type: 'text' }, 'is boolean, not text'],
    ['a', { one_of: ['a', 'b'] }, undefined],
    ['c', { one_of: ['a', 'b'] }, 'is none of a, b'],
    [['a', 'c'], { one_of: ['a', 'b'] }, 'is none of a, b'],
    [['a', 'b'], { one_of: ['a', 'b'] }, undefined],
    [hide('secret'), { type: 'text', filled: true }, undefined],
    [hide(''), { filled: true }, 'is empty'],
    [hide(42), { type: 'number' }, undefined],
    [hide(42), { type: 'text' }, 'is number, not text'],
  ])('%j under %j %s', (value, rule, expected) => {
    expect(judge(value, rule)).toBe(expected)
  })
})

describe('before anything is signed', () => {
  test.each<[string, string, string]>([
    ['lifetime=301', 'the assertion would live 301 s', 'on the command line, lifetime: 300s'],
    ['subject=', 'sub is empty', 'the service answers an empty sub with a 500'],
    [
      'assertion.claims.service_account_id:=null',
      'service_account_id is missing',
      'an unset variable',
    ],
    [
      'assertion.claims.user_attributes:=["a"]',
      'user_attributes is list, not object',
      'the service answers anything but an object',
    ],
    ['assertion.claims.iss:=5', 'iss is number, not text', 'tokentool.yaml:6:13'],
  ])('%s is refused', async (set, message, text) => {
    const error = await refusalOf(mint(VA, { set: [set] }))
    expect(error.code).toBe('limit')
    expect(error.exit).toBe(2)
    expect(error.message).toContain(message)
    expect(tell(error)).toContain(text)
  })

  test('of a field that does not fit, the field is told', async () => {
    const error = await refusalOf(mint(VA, { set: ['user_attributes=text'] }))
    expect(error.code).toBe('field_invalid')
  })

  const fd = (key: string, more = ''): string => `
profiles:
  fd: { provider: federated-directory, issuer: "51f1e656elkv31ypuyf1eeziawusl39k@fd", scopes: directoryKey, key_path: ./${key}${more} }
`
  test('the length is right', async () => {
    const { minted } = await mint(fd('rsa.pem'))
    expect(minted.jwt.reveal()).toHaveLength(490)
  })

  const SHORT = `
profiles:
  fd:
    provider: federated-directory
    issuer: x
    scopes: admin
    key_path: ./small.pem
    allow_weak_key: true
    assertion: { claims: { aud: null }, header: { typ: null } }
`
  test.each([
    [
      'kid',
      fd('rsa.pem', ', assertion: { header: { kid: "0123456789abcdef0123456789abcdef" } }'),
      '545',
      'header kid',
    ],
    ['iat', fd('rsa.pem', ', assertion: { claims: { iat: "${iat}" } }'), '512', 'claim iat'],
    ['too little', SHORT, '232', 'what it is made of'],
  ])('the length is not right by %s', async (_, yaml, length, part) => {
    const error = await refusalOf(mint(yaml))
    expect(error.code).toBe('limit')
    expect(error.message).toBe(
      `fd: the assertion has ${length} characters; federated-directory takes 250 to 500`,
    )
    expect(tell(error)).toContain(part)
    expect(tell(error)).toContain('the signature of a')
  })

  test('claims are built without a key', () => {
    const profile = planOne(VA.replace('./rsa.pem', './none.pem'))
    const assertion = mintedOf(profile.provider.assertion)
    if (!assertion) throw new Error('there is one')
    expect(reveal(buildClaims(valuesOf(profile, makeTools()), assertion))).toMatchObject({
      iss: 'me',
    })
  })
})

describe('what a hop needs of the one before', () => {
  const chain = (fields: string): string => `${VA}${fields}
  map: { provider: va-map-sts, via: va, application: chatbot }
`
  const check = (fields: string): void =>
    checkChain(plan(chain(fields), { profile: 'map' }), makeTools())
  const URL = 'https://staging-api.va.gov/v0/map_services/chatbot/token'

  test('is asked for, where it names no scopes', () => {
    const profiles = plan(chain('    user_attributes: { icn: "1" }'), { profile: 'map' })
    checkChain(profiles, makeTools())
    expect(profiles[0]?.layers.value.scopes).toEqual([URL])
    expect(profiles[0]?.layers.originOf(['scopes'])).toEqual({ kind: 'handed on', profile: 'map' })
  })

  test.each([
    [
      '    user_attributes: { icn: "1" }\n    scopes: [x, "https://staging-api.va.gov/v0/map_services/chatbot/token"]',
    ],
    ['    user_attributes: { icn: "1" }\n    scopes: /v0/map_services'],
    ['    user_attributes: { icn: "1" }\n    scopes: a /token'],
  ])('is there: %s', (fields) => {
    expect(() => check(fields)).not.toThrow()
  })

  test.each([
    ['', 'user_attributes.icn is missing, and map needs it'],
    ['    user_attributes: { icn: "" }', 'user_attributes.icn is empty, and map needs it'],
    ['    user_attributes: { icn: "1" }\n    scopes: [other]', `none of its scopes covers ${URL}`],
    ['    user_attributes: { icn: "1" }\n    scopes: []', `none of its scopes covers ${URL}`],
  ])('is missing: %s', (fields, message) => {
    const error = refusal(() => check(fields))
    expect(error.code).toBe('limit')
    expect(error.message).toBe(`va: ${message}`)
  })

  test('and there must be one', () => {
    const error = refusal(() =>
      checkChain(
        plan('profiles:\n  map: { provider: va-map-sts, environment: staging }\n'),
        makeTools(),
      ),
    )
    expect(error.message).toBe('map has no via')
    expect(error.details.fix).toBe('tokentool.yaml:2:3 add: via: NAME')
  })
})

test('what mint prints is the last assertion of the chain', () => {
  const profiles = plan(`${VA}  map: { provider: va-map-sts, via: va, application: x }\n`, {
    profile: 'map',
  })
  expect(findMinting(profiles)?.name).toBe('va')
  expect(findMinting(plan('profiles:\n  a: { provider: light-oauth2 }\n'))).toBeUndefined()
})
