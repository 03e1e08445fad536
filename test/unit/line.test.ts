// The whole line, from profiles to a token, with a service that is a function.

import { describe, expect, test } from 'vitest'
import { prepareChain, runChain } from '../../src/core/call/line.ts'
import { showRequest } from '../../src/core/call/request.ts'
import type { TokenSet } from '../../src/core/call/token.ts'
import type { Answer, Request } from '../../src/core/call/wire.ts'
import { Hidden } from '../../src/core/secret/hidden.ts'
import { reveal } from '../../src/core/template/value.ts'
import { makeRsaKey, readJwt } from '../support/keys.ts'
import { answer, makeTools, NOW, plan, refusalOf, type TestTools, tell } from '../support/tools.ts'

const key = makeRsaKey()
const TOKEN = 'opaque-token-of-the-service'

const SERVICE = `
providers:
  own:
    fields: { pin: { type: text, help: x, secret: true, default: "\${env:PIN}" } }
    call: { url: "https://x.example/token", params: { pin: "\${pin}" } }
`
const one = (fields = ''): string =>
  `${SERVICE}\nprofiles:\n  p:\n    provider: own\n${fields.replace(/^/gm, '    ')}\n`

const jwt = (claims: object): string =>
  ['{"alg":"none"}', JSON.stringify(claims), 'sig']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.')

interface Outcome {
  readonly token: Promise<TokenSet>
  readonly tools: TestTools
}

function run(
  yaml: string,
  service: (request: Request, count: number) => Answer,
  profile?: string,
): Outcome {
  let count = 0
  const tools = makeTools({
    env: { PIN: 'pin-of-the-card' },
    files: { '/p/key.pem': key.pem },
    service: (request) => service(request, ++count),
  })
  const profiles = plan(yaml, profile === undefined ? {} : { profile })
  return { token: runChain(profiles, tools), tools }
}

describe('an answer becomes a token', () => {
  const get = async (
    body: unknown,
    fields = '',
    headers = {},
  ): Promise<TokenSet & { tools: TestTools }> => {
    const { token, tools } = run(one(fields), () => answer(200, body, headers))
    return { ...(await token), tools }
  }

  test('with all that is said of it', async () => {
    const set = await get(
      {
        access_token: TOKEN,
        token_type: 'BEARER',
        expires_in: 300,
        scope: 'a b',
        refresh_token: 'refresh-me-please',
      },
      'answer: { extra: { refresh_token: refresh_token, n: expires_in, none: nothing } }',
    )
    expect(set).toMatchObject({
      profile: 'p',
      provider: 'own',
      environment: undefined,
      type: 'Bearer',
      expiresAt: (NOW + 300) * 1000,
      scopes: ['a', 'b'],
      claims: undefined,
      via: [],
    })
    expect(set.token.reveal()).toBe(TOKEN)
    expect(set.use.value.reveal()).toBe(`Bearer ${TOKEN}`)
    expect(reveal(set.extra)).toEqual({ refresh_token: 'refresh-me-please', n: 300 })
    expect(JSON.stringify(set.extra)).not.toContain('refresh-me')
    expect(set.tools.warnings).toEqual([])
  })

  test('that is a JWT with its claims', async () => {
    const set = await get({ access_token: jwt({ exp: NOW + 60, scp: ['x'] }) })
    expect(set).toMatchObject({
      claims: { exp: NOW + 60 },
      expiresAt: (NOW + 60) * 1000,
      scopes: ['x'],
    })
    expect(set.claimsText).toBe(`{"exp":${NOW + 60},"scp":["x"]}`)
  })

  test.each<[string, unknown, string, string, string | undefined]>([
    ['text', 'a.b.c\n', 'answer: { format: text, token: "" }', 'a.b.c', 'Bearer'],
    ['a form', 'access_token=a%2Fb&token_type=bearer', 'answer: { format: form }', 'a/b', 'Bearer'],
    [
      'another place',
      { data: { t: 'x' }, kind: 'DPoP' },
      'answer: { token: [nothing, data.t], type: [nothing, kind] }',
      'x',
      'DPoP',
    ],
  ])('in %s', async (_, body, fields, token, type) => {
    const set = await get(body, fields)
    expect(set.token.reveal()).toBe(token)
    expect(set.type).toBe(type)
  })

  test('carried in its own way', async () => {
    const set = await get(
      { access_token: TOKEN },
      'use: { header: X-Auth, value: "Token token=\\"${token|base64}\\"", headers: { X-Pin: "${pin}" } }',
    )
    expect(set.use.header).toBe('X-Auth')
    expect(set.use.value.reveal()).toBe(`Token token="${btoa(TOKEN)}"`)
    expect(reveal(set.use.headers ?? null)).toEqual({ 'X-Pin': 'pin-of-the-card' })
    expect(JSON.stringify(set.use)).not.toMatch(/pin-of|opaque/)
  })

  test('with a warning where the lifetime is odd', async () => {
    const set = await get({ access_token: TOKEN, expires_in: 86_400_000 })
    expect(set.tools.warnings).toEqual([
      expect.stringContaining('p: a lifetime of 86400000 s is implausible'),
    ])
  })

  test('by a clock that is corrected, but not over a connection that is not verified', async () => {
    const date = { date: new Date((NOW + 120) * 1000).toUTCString() }
    const body = { access_token: jwt({ exp: NOW + 420 }) }
    const off = (set: TokenSet): number => Math.abs((set.expiresAt ?? 0) / 1000 - NOW - 300)
    expect(off(await get(body, '', date))).toBeLessThan(2)
    expect((await get(body, 'tls: { insecure: true }', date)).expiresAt).toBe((NOW + 420) * 1000)
    const far = { date: new Date((NOW + 10 * 86_400) * 1000).toUTCString() }
    expect((await get({ access_token: jwt({ exp: NOW + 90_000 }) }, '', far)).expiresAt).toBe(
      (NOW + 3600) * 1000,
    )
  })

  test('that reaches nothing else', async () => {
    const { tools } = await get({
      access_token: TOKEN,
      id_token: 'id-token-too-long',
      deep: [{ password: 'pass-in-a-list' }],
      session: { secret: 'deeper-secret' },
    })
    for (const text of [
      TOKEN,
      'id-token-too-long',
      'pass-in-a-list',
      'deeper-secret',
      'pin-of-the-card',
    ]) {
      expect(tools.secrets.clean(`see ${text}`)).toBe('see «hidden»')
    }
  })
})

describe('an answer that is no token', () => {
  const refuse = async (status: number, body: unknown, fields = '', headers = {}) => {
    const { token, tools } = run(one(fields), () => answer(status, body, headers))
    return { error: await refusalOf(token), tools }
  }

  test.each<[number, unknown, string, number]>([
    [200, {}, 'answer_unusable', 5],
    [200, '', 'answer_unusable', 5],
    [200, '<html>', 'answer_unusable', 5],
    [200, { access_token: '' }, 'answer_unusable', 5],
    [200, { access_token: ['x'] }, 'answer_unusable', 5],
    [200, { access_token: 'x\ny' }, 'answer_unusable', 5],
    [200, { access_token: 'x\0' }, 'answer_unusable', 5],
    [200, { error: 'x' }, 'service_refused', 4],
    [200, { access_token: TOKEN, error: { code: 5 } }, 'service_refused', 4],
    [302, '', 'answer_redirect', 5],
    [400, { error: 'x' }, 'service_refused', 4],
    [400, { access_token: TOKEN }, 'service_refused', 4],
    [401, '', 'service_refused', 4],
    [407, '', 'network_proxy', 6],
    [429, '', 'service_unavailable', 6],
    [503, '', 'service_unavailable', 6],
  ])('%i %j', async (status, body, code, exit) => {
    const { error } = await refuse(status, body)
    expect([error.code, error.exit]).toEqual([code, exit])
    expect(error.details).toMatchObject({ profile: 'p', provider: 'own' })
  })

  test('is told without what it echoes', async () => {
    const { error, tools } = await refuse(400, {
      error: 'invalid',
      error_description: 'got pin=pin-of-the-card',
    })
    expect(tools.secrets.clean(tell(error))).not.toContain('pin-of-the-card')
    expect(tools.secrets.clean(tell(error))).toContain('invalid: got pin=«hidden»')
  })

  test('a line break is not quoted', async () => {
    const { error } = await refuse(200, { access_token: 'first line\nsecond line' })
    expect(tell(error)).not.toContain('second line')
  })

  test('says what was sent that matters', async () => {
    const { error } = await refuse(400, '', 'client_id: me\nscopes: [a, b]', {
      'x-request-id': 'r1',
    })
    expect(error.details.sent).toEqual({ client_id: 'me', scopes: 'a b', request: 'r1' })
  })
})

const CHAIN = `
profiles:
  va:
    provider: va-sis
    environment: staging
    issuer: me
    subject: you
    service_account_id: acct
    key_path: ./key.pem
    user_attributes: { icn: "1012667122V019349" }
  map: { provider: va-map-sts, via: va, application: chatbot }
`

describe('a chain', () => {
  const first = answer(200, { data: { access_token: 'first-token-of-two' } })
  const second = answer(200, {
    access_token: 'second-token-of-two',
    expiration: '2023-11-14T22:28:20Z',
  })
  const isMap = (request: Request): boolean => request.url.includes('map_services')

  test('takes the token of one call to the next', async () => {
    const { token, tools } = run(CHAIN, (request) => (isMap(request) ? second : first), 'map')
    const set = await token
    expect(set.token.reveal()).toBe('second-token-of-two')
    expect(set).toMatchObject({ profile: 'map', expiresAt: (NOW + 900) * 1000 })
    expect(set.via.map(({ profile }) => profile)).toEqual(['va'])
    const [sis, map] = tools.sent
    const claims = readJwt(new URLSearchParams(sis?.body).get('assertion') ?? '').claims
    expect(claims.scopes).toEqual([map?.url])
    expect(claims.user_attributes).toEqual({ icn: '1012667122V019349' })
    expect(map?.headers).toContainEqual(['Authorization', 'Bearer first-token-of-two'])
    expect(map?.body).toBeUndefined()
  })

  test('gets a new first token where that is what the second says, and only once', async () => {
    const expired = answer(403, { errors: 'Access token has expired' })
    const good = run(
      CHAIN,
      (request, count) => (isMap(request) ? (count < 3 ? expired : second) : first),
      'map',
    )
    expect((await good.token).token.reveal()).toBe('second-token-of-two')
    const jtis = good.tools.sent
      .filter((request) => !isMap(request))
      .map(({ body }) => readJwt(new URLSearchParams(body).get('assertion') ?? '').claims.jti)
    expect(new Set(jtis).size).toBe(2)
    expect(good.tools.warnings[0]).toContain('the token of va was refused as expired')
    const bad = run(CHAIN, (request) => (isMap(request) ? expired : first), 'map')
    const error = await refusalOf(bad.token)
    expect(bad.tools.sent).toHaveLength(4)
    expect(error.details).toMatchObject({ hop: 2, profile: 'map', status: 403 })
  })

  test.each([
    [401, { errors: 'Access token has expired' }],
    [403, { errors: 'Access token is invalid' }],
    [500, ''],
  ])('not by %i %j', async (status, body) => {
    const { token, tools } = run(
      CHAIN,
      (request) => (isMap(request) ? answer(status, body) : first),
      'map',
    )
    expect((await refusalOf(token)).details.hop).toBe(2)
    expect(tools.sent).toHaveLength(2)
  })

  test('says which call it was', async () => {
    const { token } = run(CHAIN, () => answer(400, { errors: 'no' }), 'map')
    expect((await refusalOf(token)).details).toMatchObject({
      hop: 1,
      profile: 'va',
      provider: 'va-sis',
    })
  })

  test('asks nobody while anything is missing, in whatever hop', async () => {
    const last = CHAIN.replace(', application: chatbot', '')
    const before = CHAIN.replace('    issuer: me\n    subject: you\n', '')
    for (const [yaml, text] of [
      [last, 'map has no application'],
      [before, 'va has no issuer, no subject'],
      [
        CHAIN.replace('icn: "1012667122V019349"', 'icn: ""'),
        'user_attributes.icn is empty, and map needs it',
      ],
    ] as const) {
      const { token, tools } = run(yaml, () => first, 'map')
      expect((await refusalOf(token)).message).toContain(text)
      expect(tools.sent).toEqual([])
    }
  })
})

describe('a dry run', () => {
  const prepare = async (yaml: string, profile: string) => {
    const tools = makeTools({ env: { PIN: 'pin-of-the-card' }, files: { '/p/key.pem': key.pem } })
    const calls = await prepareChain(plan(yaml, { profile }), tools)
    return calls.map(({ plan: request }) => (request ? showRequest(request) : undefined))
  }

  test('shows each call, with what stands for the tokens', async () => {
    const [sis, map] = await prepare(CHAIN, 'map')
    expect(sis?.body).toMatch(/assertion=«hidden \d+ chars sha256:[0-9a-f]{8}»$/)
    expect(map?.headers).toContainEqual(['Authorization', 'Bearer «the token of va»'])
    expect(map?.url).toBe('https://staging-api.va.gov/v0/map_services/chatbot/token')
  })

  test('where only the answer would tell the host', async () => {
    const yaml = `${SERVICE}
  second: { call: { url: "\${via.extra.host}/x/\${via.claims.sub}", headers: { A: "\${via.access_token}" } } }
profiles:
  p: { provider: own }
  q: { provider: second, via: p }
`
    const [, second] = await prepare(yaml, 'q')
    expect(second?.url).toBe('«extra.host of p»/x/«claims.sub of p»')
  })
})

test('without a call the assertion is the token', async () => {
  const { token } = run(
    `
providers:
  signed:
    fields: {}
    assertion: { algorithms: [RS256], header: { alg: "\${algorithm}" }, claims: { iss: me, exp: "\${exp}", scope: a b }, lifetime: 60 }
profiles:
  p: { provider: signed, key_path: ./key.pem }
  q: { extends: p, answer: { expires_after: 30 } }
  ms: { extends: p, assertion: { claims: { exp: "\${exp|ms}" } } }
`,
    () => answer(500),
    'p',
  )
  const set = await token
  expect(set).toMatchObject({
    expiresAt: (NOW + 60) * 1000,
    scopes: ['a', 'b'],
    claims: { iss: 'me' },
  })
  expect(set.token).toBeInstanceOf(Hidden)
})
