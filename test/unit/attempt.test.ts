// When a call is made again, when it is not, and that nothing of a try is used twice.

import { describe, expect, test } from 'vitest'
import { runChain } from '../../src/core/call/line.ts'
import type { TokenSet } from '../../src/core/call/token.ts'
import type { Answer, Request } from '../../src/core/call/wire.ts'
import { TokenError } from '../../src/core/error.ts'
import { makeRsaKey, readJwt } from '../support/keys.ts'
import { answer, makeTools, NOW, plan, refusalOf, type TestTools } from '../support/tools.ts'

const key = makeRsaKey()
const good = answer(200, { access_token: 'opaque-token-of-the-service', expires_in: 300 })

const bearer = (fields = ''): string => `
profiles:
  p:
    provider: jwt-bearer
    token_endpoint: https://x.example/token
    issuer: me
    subject: me
    key_path: /p/key.pem
${fields.replace(/^(?=.)/gm, '    ')}
`

function run(
  yaml: string,
  service: (count: number, request: Request) => Answer,
): { token: Promise<TokenSet>; tools: TestTools } {
  let count = 0
  const tools = makeTools({
    env: { CODE: 'the-code-in-hand', SECRET: 'a-client-secret' },
    files: { '/p/key.pem': key.pem },
    service: (request) => service(++count, request),
  })
  return { token: runChain(plan(yaml), tools), tools }
}

function assertionOf({ body }: Request): { jwt: string; claims: Record<string, unknown> } {
  const jwt = new URLSearchParams(body).get('assertion') ?? ''
  return { jwt, claims: readJwt(jwt).claims }
}

describe('a call that failed', () => {
  test.each([408, 429, 502, 503, 504])('with %i is made again, twice at most', async (status) => {
    const mended = run(bearer(), (count) => (count < 3 ? answer(status, '') : good))
    expect((await mended.token).expiresAt).toBe((NOW + 300) * 1000)
    expect(mended.tools.sent).toHaveLength(3)
    expect(mended.tools.pauses).toEqual([300, 600])
    const down = run(bearer(), () => answer(status, ''))
    expect(await refusalOf(down.token)).toMatchObject({ exit: 6, details: { status } })
    expect(down.tools.sent).toHaveLength(3)
  })

  test.each([400, 401, 403, 404, 500, 501])('with %i is not', async (status) => {
    const { token, tools } = run(bearer(), () => answer(status, { error: 'x' }))
    await refusalOf(token)
    expect(tools.sent).toHaveLength(1)
  })

  test.each([
    ['network_refused', 3],
    ['network_reset', 3],
    ['network_failed', 3],
    ['network_timeout', 3],
    ['answer_cut_off', 3],
    ['network_tls', 1],
    ['network_dns', 1],
    ['network_proxy', 1],
    ['answer_too_large', 1],
  ] as const)('by %s is made %i times', async (code, times) => {
    const { token, tools } = run(bearer(), () => {
      throw new TokenError(code, 'the network')
    })
    expect((await refusalOf(token)).code).toBe(code)
    expect(tools.sent).toHaveLength(times)
  })

  test.each([
    [0, 1],
    [1, 2],
    [5, 6],
  ])('retries: %i makes %i calls', async (retries, calls) => {
    const { token, tools } = run(bearer(`retries: ${retries}`), () => answer(503, ''))
    await refusalOf(token)
    expect(tools.sent).toHaveLength(calls)
  })

  test.each(['-1', '1.5'])('retries: %s is refused', async (retries) => {
    const { token, tools } = run(bearer(`retries: ${retries}`), () => good)
    expect((await refusalOf(token)).code).toBe('field_invalid')
    expect(tools.sent).toEqual([])
  })

  test('is signed anew each time', async () => {
    const { token, tools } = run(bearer('retries: 20'), (count) =>
      count < 20 ? answer(503, '') : good,
    )
    await token
    const sent = tools.sent.map(assertionOf)
    expect(new Set(sent.map(({ claims }) => claims.jti)).size).toBe(20)
    expect(new Set(sent.map(({ jwt }) => jwt)).size).toBe(20)
  })

  test('is not made again by a status that its provider names', async () => {
    const yaml = bearer('retry: { never: [503] }')
    const { token, tools } = run(yaml, () => answer(503, ''))
    await refusalOf(token)
    expect(tools.sent).toHaveLength(1)
  })

  test.each(['authorization_code', 'password', 'refresh_token'])(
    'that used up something (%s) is never made again',
    async (grant) => {
      const yaml = `
profiles:
  p:
    provider: light-oauth2
    base_url: https://x.example
    client_id: me
    client_secret: "\${env:SECRET}"
    grant: ${grant}
    ${grant === 'password' ? 'username: u\n    password' : grant === 'refresh_token' ? grant : 'code'}: "\${env:CODE}"
`
      for (const failure of [() => answer(503, ''), () => answer(400, {}, { date: FAR })]) {
        const { token, tools } = run(yaml, failure)
        await refusalOf(token)
        expect(tools.sent).toHaveLength(1)
      }
    },
  )
})

const FAR = new Date((NOW + 3600) * 1000).toUTCString()

describe('Retry-After', () => {
  const date = new Date(NOW * 1000).toUTCString()

  test.each([
    ['seconds', { 'retry-after': '3' }],
    [
      'a date, by the clock of the answer',
      {
        date: FAR,
        'retry-after': new Date((NOW + 3603) * 1000).toUTCString(),
      },
    ],
  ])('in %s is obeyed', async (_, headers) => {
    const { token, tools } = run(bearer(), (count) => (count < 2 ? answer(429, '', headers) : good))
    await token
    expect(tools.pauses).toHaveLength(1)
    expect(tools.pauses[0]).toBeGreaterThanOrEqual(3000)
    expect(tools.pauses[0]).toBeLessThan(3500)
  })

  test('that is longer than the time there is fails now, and says when', async () => {
    const { token, tools } = run(bearer('timeout: 10s'), () =>
      answer(429, '', { date, 'retry-after': '60' }),
    )
    const { exit, details } = await refusalOf(token)
    expect(exit).toBe(6)
    expect(details.retryAfter).toBe(60)
    expect(details.fix).toContain('wait 1 m, then ask again')
    expect(tools.sent).toHaveLength(1)
    expect(tools.pauses).toEqual([])
  })
})

describe('clocks that disagree', () => {
  /** Takes no assertion from the future, and none that is over. */
  const strict =
    (offset: number, more = 0) =>
    (_count: number, request: Request): Answer => {
      const now = NOW + offset
      const { iat, exp } = assertionOf(request).claims
      const date = new Date((now + more) * 1000).toUTCString()
      return Number(iat) > now || Number(exp) < now
        ? answer(400, { error: 'invalid_grant' }, { date })
        : answer(200, { access_token: 'token-of-the-service', expires_in: 300 }, { date })
    }

  test.each([-86_400, -3600, -301, -60, -31, -12, 301, 3600, 86_400])(
    'by %i s: once more, with the time of the service',
    async (offset) => {
      const { token, tools } = run(bearer(), strict(offset))
      expect((await token).expiresAt).toBe((NOW + 300) * 1000)
      expect(tools.sent).toHaveLength(2)
      expect(tools.warnings).toHaveLength(1)
      const [, told] = / is (\d+) s /.exec(tools.warnings[0] ?? '') ?? []
      expect(Math.abs(Number(told) - Math.abs(offset))).toBeLessThanOrEqual(1)
      expect(tools.warnings[0]).toContain(offset > 0 ? 'behind' : 'ahead of')
      const [first, second] = tools.sent.map(assertionOf)
      expect(first?.claims.jti).not.toBe(second?.claims.jti)
    },
  )

  test.each([-5, -1, 0, 1, 5, 200])('by %i s: no more than one call', async (offset) => {
    const { token, tools } = run(bearer(), strict(offset))
    await token
    expect(tools.sent).toHaveLength(1)
    expect(tools.warnings).toEqual([])
  })

  test('are not made up for when the refusal has another reason', async () => {
    const { token, tools } = run(bearer(), () => answer(401, { error: 'invalid_client' }))
    await refusalOf(token)
    expect(tools.sent).toHaveLength(1)
  })

  test('are made up for once only', async () => {
    const date = new Date((NOW + 3600) * 1000).toUTCString()
    const { token, tools } = run(bearer(), () => answer(400, { error: 'x' }, { date }))
    await refusalOf(token)
    expect(tools.sent).toHaveLength(2)
  })

  test('by more than a day are believed to be a day apart', async () => {
    const { token, tools } = run(bearer(), strict(3 * 86_400))
    await refusalOf(token)
    expect(tools.sent.map((request) => assertionOf(request).claims.iat)).toEqual([
      NOW - 10,
      NOW - 11 + 86_400,
    ])
  })

  test('are not learned where TLS is not verified', async () => {
    const { token, tools } = run(bearer('tls: { insecure: true }'), strict(3600))
    await refusalOf(token)
    expect(tools.sent).toHaveLength(1)
  })
})
