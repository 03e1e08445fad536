// Federated Directory and FirstVision through the real program: short assertions, keys that are too
// weak for everyone else, and two contracts of one service.

import { describe, expect, test } from 'vitest'
import { makeRsaKey, readJwt } from '../support/keys.ts'
import {
  type Outcome,
  plantCanary,
  plantKey,
  runProgram,
  type Setting,
} from '../support/program.ts'
import { type Reply, serve } from '../support/service.ts'
import { startTwins } from '../support/twins.ts'

const key = makeRsaKey()
const weak = makeRsaKey(1024)
const long = makeRsaKey(3072)
for (const { pem } of [key, weak, long]) plantKey(pem)
const secret = plantCanary()
const wrong = plantCanary()
const issuer = '51f1e656elkv31ypuyf1eeziawusl39k@fd'

const sandbox = await startTwins({
  'federated-directory': [
    { issuer, role: 'directoryKey', public_key: key.publicPem },
    { issuer: 'weak@fd', role: 'admin', public_key: weak.publicPem },
  ],
  firstvision: [
    { client_id: 'POC', client_secret: secret, scopes: ['cards', 'misc'] },
    {
      client_id: 'STRICT',
      client_secret: secret,
      scopes: ['cards'],
      require_content_type: true,
    },
  ],
})
const directory = sandbox.services['federated-directory'].base_url
const vision = sandbox.services.firstvision.base_url

const PROFILES = `
profiles:
  fd:
    provider: federated-directory
    base_url: ${directory}
    issuer: ${issuer}
    scopes: directoryKey
    key_path: fd.pem
  weak:
    extends: fd
    issuer: weak@fd
    scopes: admin
    key_path: weak.pem
  query:
    provider: firstvision-query
    base_url: ${vision}
    client_id: POC
    client_secret: \${env:CLIENT_SECRET}
    scopes:
      - cards
      - misc
  json:
    provider: firstvision-json
    base_url: ${vision}
    client_id: POC
    client_secret: \${env:CLIENT_SECRET}
    scopes: cards
`

function run(args: readonly string[], setting: Setting = {}): Promise<Outcome> {
  return runProgram([...args, '-c', 'tokentool.yaml'], {
    ...setting,
    env: { CLIENT_SECRET: secret, ...setting.env },
    files: {
      'tokentool.yaml': PROFILES,
      'fd.pem': key.pem,
      'weak.pem': weak.pem,
      'long.pem': long.pem,
      ...setting.files,
    },
  })
}

const linesOf = (value: unknown): string => (Array.isArray(value) ? value.join('\n') : `${value}`)

describe('federated directory', () => {
  test('a token, opaque to us but for its exp', async () => {
    const { code, stderr, json } = await run(['get', 'fd', '--json'])
    expect([code, stderr]).toEqual([0, ''])
    expect(json()).toMatchObject({
      environment: 'production',
      token_type: 'Bearer',
      scopes: null,
      claims: { aud: 'key' },
    })
    expect(Math.abs(Number(json().expires_in) - 28_800)).toBeLessThan(5)
  })

  test('exactly three claims and two headers, in JSON', async () => {
    const service = await serve(() => [500])
    await run(['get', 'fd', '-s', `base_url=${service.origin}`])
    const request = service.last()
    expect(request.path).toBe('/v2/Login/Oauth2/Token')
    expect(request.headers).toMatchObject({
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': expect.stringMatching(/^tokentool\//),
    })
    const { grant_type, assertion, ...rest } = request.json()
    expect([grant_type, rest]).toEqual(['urn:ietf:params:oauth:grant-type:jwt-bearer', {}])
    const { headerText, claimsText } = readJwt(`${assertion}`)
    expect(headerText).toBe('{"alg":"RS256","typ":"JWT"}')
    expect(claimsText).toBe(`{"iss":"${issuer}","scope":["directoryKey"],"aud":"key"}`)
    expect(`${assertion}`.length).toBe(490)
  })

  test('a form is taken as well', async () => {
    expect((await run(['get', 'fd', '-s', 'call.in=form'])).code).toBe(0)
  })

  test.each([
    ['a kid', ['-s', 'assertion.header.kid=directory-2024-03'], 'header kid', 'kid, iat, exp, jti'],
    [
      'times',
      ['-s', 'assertion.claims.iat=${iat}', '-s', 'assertion.claims.exp=${exp}'],
      'claim exp',
      'kid, iat, exp, jti',
    ],
    ['a large key', ['-s', 'key_path=long.pem'], '512 the signature of', 'a key of 2048 bits'],
  ])('%s makes it too long, and that is said before it is sent', async (_, args, part, fix) => {
    const before = sandbox.log.length
    const { code, error } = await run(['get', 'fd', '--json', ...args])
    expect(code).toBe(2)
    expect(error()).toMatchObject({ code: 'limit', profile: 'fd' })
    expect(`${error().message}`).toMatch(
      /^fd: the assertion has 5\d\d|6\d\d characters; federated-directory takes 250 to 500$/,
    )
    expect(linesOf(error().means)).toContain(part)
    expect(linesOf(error().fix)).toContain(fix)
    expect(sandbox.log.length).toBe(before)
  })

  test('an assertion that is too short', async () => {
    const args = ['-s', 'issuer=a', '-s', 'assertion.claims:={"scope":null,"aud":null}']
    const { code, stderr } = await run(['get', 'weak', '-s', 'allow_weak_key:=true', ...args])
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /the assertion has 2\d\d characters; federated-directory takes 250 to 500/,
    )
  })

  test('1024 bits: not without being told to, and with a warning then', async () => {
    const refused = await run(['get', 'weak', '--json'])
    expect(refused.code).toBe(3)
    expect(refused.error()).toMatchObject({ class: 'credential', code: 'key_weak' })
    expect(linesOf(refused.error().fix)).toContain('allow_weak_key: true')

    const allowed = await run(['get', 'weak', '-s', 'allow_weak_key:=true'])
    expect(allowed.code, allowed.stderr).toBe(0)
    expect(allowed.stdout).toMatch(/^eyJ[\w.-]+\n$/)
    expect(allowed.stderr).toMatch(/^tokentool: warning: .*1024.*\n$/)
    const minted = await run(['mint', 'weak', '-s', 'allow_weak_key:=true'])
    expect(minted.stdout.trim().length).toBeGreaterThan(250)
    expect(minted.stdout.trim().length).toBeLessThan(330)
  })

  test.each([
    ['directory', 'scopes is one of directoryKey, admin'],
    ['directoryKey admin', ''],
  ])('the role %s', async (scope, message) => {
    const { code, stderr } = await run(['get', 'fd', '--scope', scope])
    // two roles are for the service to refuse
    expect(code).toBe(message === '' ? 4 : 2)
    if (message !== '') expect(stderr).toMatch(/directoryKey, admin/)
  })

  test.each([
    ['an unknown issuer', ['-s', 'issuer=nobody@fd'], 401, 'knows no key by this issuer'],
    [
      'another key',
      ['-s', 'key_path=weak.pem', '-s', 'allow_weak_key:=true'],
      401,
      'was not signed with RS256 by the key that belongs to this issuer',
    ],
    ['another role', ['--scope', 'admin'], 403, 'is not the role of this key'],
    ['another audience', ['-s', 'audience=Key'], 401, 'aud is not the word key'],
    ['another grant', ['-s', 'call.params.grant_type=x'], 400, 'grant_type is not the one grant'],
    ['another path', ['-s', 'token_endpoint=${base_url}/token'], 404, 'the path is wrong'],
    ['no body', ['-s', 'call.params:={"grant_type":null,"assertion":null}'], 400, 'no assertion'],
  ])('%s', async (_, args, status, means) => {
    const { code, stderr, error } = await run(['get', 'fd', '--json', '-q', ...args])
    expect(code, stderr).toBe(4)
    expect(error()).toMatchObject({ status, said: expect.any(String) })
    expect(linesOf(error().means)).toContain(means)
    expect(error().fix).not.toEqual([])
  })
})

describe('firstvision, the query contract', () => {
  test('everything in the query, %20 for a space, an empty body', async () => {
    const expires_in = Math.floor(Date.now() / 1000) + 1800
    const token = plantCanary()
    const service = await serve(() => [
      200,
      { access_token: token, expires_in, token_type: 'Bearer' },
    ])
    const { code, json } = await run(
      ['get', 'query', '--json', '-s', `base_url=${service.origin}/sandbox`],
      { prints: [token] },
    )
    expect(code).toBe(0)
    const { method, target, body, headers } = service.last()
    expect(`${method} ${target}`).toBe(
      'POST /sandbox/v1/api/oauth/token?grant_type=client_credentials&scope=cards%20misc',
    )
    expect(body).toBe('')
    expect(headers['content-type']).toBeUndefined()
    expect(headers['content-length']).toBe('0')
    expect(headers.authorization).toBe(`Basic ${Buffer.from(`POC:${secret}`).toString('base64')}`)
    // an epoch, told from a duration
    expect(Math.abs(Number(json().expires_in) - 1800)).toBeLessThan(5)
  })

  test('against the twin: a string for scope, an expiry that is an instant', async () => {
    const { code, stderr, json } = await run(['get', 'query', '--json'])
    expect([code, stderr]).toEqual([0, ''])
    expect(json()).toMatchObject({ scopes: ['cards', 'misc'], token_type: 'Bearer' })
    expect(Math.abs(Number(json().expires_in) - 7199)).toBeLessThan(5)
  })

  test('a content type for an empty body where a gateway insists', async () => {
    const strict = ['get', 'query', '-s', 'client_id=STRICT', '--scope', 'cards']
    const bare = await run([...strict, '--json'])
    expect(bare.code).toBe(4)
    expect(bare.error()).toMatchObject({ status: 415 })
    expect(`${bare.error().said}`).toContain('241502')
    expect(linesOf(bare.error().fix)).toContain('content_type')
    const typed = await run([...strict, '-s', 'content_type=application/json'])
    expect([typed.code, typed.stderr]).toEqual([0, ''])
  })
})

describe('firstvision, the JSON contract', () => {
  test('v1', async () => {
    const { code, stderr, json } = await run(['get', 'json', '--json'])
    expect([code, stderr]).toEqual([0, ''])
    expect(Math.abs(Number(json().expires_in) - 7199)).toBeLessThan(5)
  })

  test('v2 with its context', async () => {
    const v2 = ['-s', 'version=v2', '-s', 'app_context=firstvision', '--scope', 'firstvision.cards']
    const { code, stderr, json } = await run(['get', 'json', '--json', ...v2])
    expect([code, stderr]).toEqual([0, ''])
    expect(json()).toMatchObject({ scopes: ['firstvision.cards'] })
    expect(Math.abs(Number(json().expires_in) - 2999)).toBeLessThan(5)
    const service = await serve(() => [500])
    await run(['get', 'json', ...v2, '-s', `base_url=${service.origin}`, '-s', 'correlation_id=c1'])
    const request = service.last()
    expect(request.target).toBe('/v2/api/oauth/token?appContext=firstvision')
    expect(request.headers['x-client-correlation-id']).toBe('c1')
    expect(request.headers.authorization).toBeUndefined()
    expect(request.body).toBe(
      `{"grant_type":"client_credentials","scope":"firstvision.cards","client_id":"POC","client_secret":"${secret}"}`,
    )
  })
})

describe('what firstvision refuses, in a list', () => {
  test.each([
    {
      name: 'a wrong secret',
      args: ['query'],
      env: { CLIENT_SECRET: wrong },
      status: 401,
      said: '240101: Unauthorized · Invalid client credentials or scope',
      means: 'the service does not say which',
    },
    {
      name: 'a scope that is not assigned',
      args: ['json', '--scope', 'loans'],
      status: 401,
      said: '240101: Unauthorized · Invalid client credentials, scope or grant_type',
      means: '- a scope is not assigned to this client',
    },
    {
      name: 'no scope',
      args: ['json', '-s', 'call.params.scope:=null'],
      status: 400,
      said: '240009: Bad Request · Required field(s) missing · scope',
      means: 'a field is missing, of the wrong type, or too long',
    },
    {
      name: 'the other contract',
      args: ['query', '-s', 'call.in=form'],
      status: 415,
      said: '241503',
      means: '',
    },
    {
      name: 'another path',
      args: ['json', '-s', 'token_endpoint=${base_url}/v3/token'],
      status: 404,
      said: '240401: Not found · No API exist for this instance',
      means: 'has no such path or version',
    },
    {
      name: 'another method',
      args: ['query', '-s', 'call.method=GET'],
      status: 405,
      said: '240501: Method Not Allowed',
      means: 'the service takes another method here',
    },
    {
      name: 'v2 without its context',
      args: ['json', '-s', 'version=v2'],
      status: 400,
      said: '240009: Bad Request · Required field(s) missing · appContext',
      means: '',
    },
  ])('$name', async ({ args, env = {}, status, said, means }) => {
    const { code, stderr, error } = await run(['get', '--json', ...args], { env })
    expect(code, stderr).toBe(4)
    expect(error()).toMatchObject({ class: 'refused', status })
    expect(`${error().said}`).toContain(said)
    expect(linesOf(error().means)).toContain(means)
    expect(error().fix).not.toEqual([])
  })

  test('an error of a shape and code that nobody published', async () => {
    const reply: Reply = [503, [{ errorCode: '250399', status: '503', title: 'Nope', detail: 'x' }]]
    const service = await serve(() => reply)
    const { code, error } = await run(['get', 'json', '--json', '-s', `base_url=${service.origin}`])
    expect(code).toBe(6)
    expect(`${error().said}`).toMatch(/^250399: Nope/)
  })
})
