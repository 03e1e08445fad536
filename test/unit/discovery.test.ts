import { describe, expect, test } from 'vitest'
import type { Purpose } from '../../src/core/call/call.ts'
import { discoverEndpoint } from '../../src/core/call/discovery.ts'
import type { Answer, Request } from '../../src/core/call/wire.ts'
import { answer, makeTools, planOne, refusalOf, tell, valuesOf } from '../support/tools.ts'

const ISSUER = 'https://id.example'
const OAUTH = '/.well-known/oauth-authorization-server'
const OPENID = '/.well-known/openid-configuration'

type Pages = Readonly<Record<string, Answer>>

async function discover(fields: string, pages: Pages, purpose: Purpose = 'send') {
  const profile = planOne(`profiles:\n  p: { provider: client-credentials, ${fields} }\n`)
  const asked: string[] = []
  const tools = makeTools({
    env: { TOKEN_URL: 'https://env.example/token' },
    service: (request: Request) => {
      asked.push(request.url)
      expect(request).toMatchObject({
        method: 'GET',
        headers: [['Accept', 'application/json']],
        body: undefined,
      })
      return pages[request.url] ?? answer(404, 'not found')
    },
  })
  return { endpoint: await discoverEndpoint(valuesOf(profile, tools), tools, purpose), asked }
}

const metadata = (
  issuer: string,
  more: object = { token_endpoint: 'https://id.example/token' },
): Answer => answer(200, { issuer, ...more })

describe('the token endpoint is found', () => {
  test.each<[string, string, string[]]>([
    [ISSUER, `${ISSUER}${OAUTH}`, [`${ISSUER}${OAUTH}`]],
    [`${ISSUER}/tenant`, `${ISSUER}${OAUTH}/tenant`, [`${ISSUER}${OAUTH}/tenant`]],
    [`${ISSUER}/tenant/`, `${ISSUER}${OAUTH}/tenant`, [`${ISSUER}${OAUTH}/tenant`]],
    [ISSUER, `${ISSUER}${OPENID}`, [`${ISSUER}${OAUTH}`, `${ISSUER}${OPENID}`]],
    [
      `${ISSUER}/a/b`,
      `${ISSUER}/a/b${OPENID}`,
      [`${ISSUER}${OAUTH}/a/b`, `${ISSUER}/a/b${OPENID}`],
    ],
  ])('of %s at %s', async (issuer, page, asked) => {
    const found = await discover(`authorization_server: "${issuer}"`, { [page]: metadata(issuer) })
    expect(found).toEqual({ endpoint: 'https://id.example/token', asked })
  })

  test('behind a page that is none', async () => {
    const pages = {
      [`${ISSUER}${OAUTH}`]: answer(200, '<html>'),
      [`${ISSUER}${OPENID}`]: metadata(ISSUER),
    }
    expect((await discover(`authorization_server: "${ISSUER}"`, pages)).endpoint).toBe(
      'https://id.example/token',
    )
  })

  test.each([
    ['client_id: x'],
    [`authorization_server: "${ISSUER}", token_endpoint: "https://x.example/token"`],
    [`authorization_server: "${ISSUER}", token_endpoint: "\${env:TOKEN_URL}"`],
  ])('nobody is asked by %s', async (fields) => {
    expect(await discover(fields, {})).toEqual({ endpoint: undefined, asked: [] })
  })

  test('nobody is asked where a provider has no use for it', async () => {
    const profile = planOne('profiles:\n  p: { provider: va-sis, environment: dev }\n')
    const tools = makeTools()
    expect(await discoverEndpoint(valuesOf(profile, tools), tools, 'send')).toBeUndefined()
  })
})

describe('it is not found', () => {
  const refuse = async (pages: Pages, issuer = ISSUER) =>
    refusalOf(discover(`authorization_server: "${issuer}"`, pages))

  test.each<[string, Pages, string, string]>([
    ['where there is nothing', {}, 'discovery_invalid', `${ISSUER}${OPENID} → 404`],
    [
      'where all is down',
      { [`${ISSUER}${OAUTH}`]: answer(503), [`${ISSUER}${OPENID}`]: answer(429) },
      'service_unavailable',
      `${ISSUER}${OAUTH} → 503`,
    ],
    ['where only half is', { [`${ISSUER}${OAUTH}`]: answer(503) }, 'discovery_invalid', '→ 404'],
    [
      'behind a redirect',
      { [`${ISSUER}${OAUTH}`]: answer(302, '', { location: 'https://evil.example' }) },
      'discovery_invalid',
      '→ 302',
    ],
    [
      'in another issuer’s metadata',
      { [`${ISSUER}${OAUTH}`]: metadata('https://evil.example') },
      'discovery_invalid',
      'https://evil.example',
    ],
    [
      'in that of the same with a slash',
      { [`${ISSUER}${OAUTH}`]: metadata(`${ISSUER}/`) },
      'discovery_invalid',
      'to the letter',
    ],
    [
      'in metadata of nobody',
      { [`${ISSUER}${OAUTH}`]: answer(200, {}) },
      'discovery_invalid',
      'no issuer',
    ],
    [
      'in metadata of a list',
      { [`${ISSUER}${OAUTH}`]: answer(200, { issuer: [ISSUER] }) },
      'discovery_invalid',
      'no issuer',
    ],
    [
      'where it is not named',
      { [`${ISSUER}${OAUTH}`]: metadata(ISSUER, {}) },
      'discovery_invalid',
      'names no token_endpoint',
    ],
    [
      'where it is no URL',
      { [`${ISSUER}${OAUTH}`]: metadata(ISSUER, { token_endpoint: '/token' }) },
      'discovery_invalid',
      'names no token_endpoint',
    ],
    [
      'where it is no text',
      { [`${ISSUER}${OAUTH}`]: metadata(ISSUER, { token_endpoint: 5 }) },
      'discovery_invalid',
      'names no token_endpoint',
    ],
  ])('%s', async (_, pages, code, text) => {
    const error = await refuse(pages)
    expect(error.code).toBe(code)
    expect(tell(error)).toContain(text)
  })

  test.each([
    'id.example',
    'ftp://id.example',
    'https://',
    'http://id.example',
    'https://a b',
    'https://me:pw@id.example',
  ])('of %s, which is no address', async (issuer) => {
    const error = await refuse({}, issuer)
    expect(['url_invalid', 'field_invalid']).toContain(error.code)
    expect(error.exit).toBe(2)
    expect(tell(error)).not.toContain('pw@')
  })

  test('in a dry run, which sends nothing', async () => {
    const error = await refusalOf(discover(`authorization_server: "${ISSUER}"`, {}, 'show'))
    expect(error.code).toBe('field_missing')
    expect(error.details.fix).toBe('-s token_endpoint=https://…')
  })
})
