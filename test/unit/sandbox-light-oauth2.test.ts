// The light-oauth2 twin over real HTTP: each row is a rule of the service.

import { createHash } from 'node:crypto'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LightOauth2Account } from '../../src/sandbox/light-oauth2.ts'
import type { Sandbox } from '../../src/sandbox/server.ts'
import {
  encodeBasic,
  form,
  openSandbox,
  type Reply,
  readToken,
  SECOND,
  send,
} from '../support/twin.ts'

const VERIFIER = 'abcdefghijklmnopqrstuvwxyz-._~0123456789ABCDEFGH'
const S256 = createHash('sha256').update(VERIFIER).digest('base64url')
const code = (name: string, more: object = {}) => ({
  code: name,
  client_id: 'confidential',
  ...more,
})
const codes = [
  code('plain-code'),
  code('once'),
  code('for-alice', { username: 'alice' }),
  code('for-nobody', { username: 'nobody' }),
  code('for-nobody"', { username: 'nobody' }),
  code('with-uri', { redirect_uri: 'https://app/back' }),
  code('uri-missing', { redirect_uri: 'https://app/back' }),
  code('uri-other', { redirect_uri: 'https://app/back' }),
  code('uri-unasked'),
  code('wide', { scope: 'petstore.r admin' }),
  code('narrow', { scope: 'petstore.r' }),
  code('pkce', { challenge: S256, method: 'S256' }),
  code('pkce-plain', { challenge: VERIFIER }),
  ...['missing', 'blank', 'short', 'long', 'format', 'wrong', 'wrong-plain'].map((name) =>
    code(`pkce-${name}`, { challenge: S256, method: name === 'wrong-plain' ? 'plain' : 'S256' }),
  ),
  code('pkce-method', { challenge: S256, method: 'S512' }),
  code('external'),
]
const refresh = (name: string, more: object = {}) => ({
  refresh_token: name,
  client_id: 'confidential',
  username: 'alice',
  ...more,
})
const accounts: LightOauth2Account[] = [
  client('confidential', { type: 'confidential' }),
  client('public', { type: 'public' }),
  client('trusted', { type: 'trusted' }),
  client('external', { type: 'external', deref_client_id: 'confidential' }),
  client('anyone', { type: 'external' }),
  client('boot', { type: 'bootstrap', scopes: undefined }),
  client('scopeless', { scopes: undefined }),
  client('custom', { custom_claims: '{"c1":"361","c2":"67"}' }),
  client('broken', { custom_claims: '{"c1":' }),
  client('classy', { type: 'trusted', authenticate_class: 'com.example."Auth"' }),
  client('a:b"\\', {}),
  { username: 'alice', password: 'wonder', user_type: 'employee' },
  { username: 'bob', password: 'build', user_type: 'customer' },
  ...codes,
  refresh('first'),
  refresh('of-trusted', { client_id: 'trusted' }),
  refresh('wide'),
  refresh('narrow', { scope: 'petstore.r' }),
  refresh('once'),
]

function client(id: string, more: object): LightOauth2Account {
  const scopes = ['petstore.r', 'petstore.w']
  return { client_id: id, client_secret: `${id}-secret`, type: 'confidential', scopes, ...more }
}

let sandbox: Sandbox
let base = ''
const lines: string[] = []
beforeAll(async () => {
  sandbox = await openSandbox({ 'light-oauth2': accounts }, { log: (line) => lines.push(line) })
  base = sandbox.services['light-oauth2'].base_url
})
afterAll(() => sandbox.close())

type Fields = Record<string, string | undefined>

const basic = (id: string) => ({ authorization: encodeBasic(id, `${id}-secret`) })

function ask(fields: Fields, headers: Record<string, string> = basic('confidential')) {
  const { headers: type, body } = form(fields)
  return send(`${base}/oauth2/token`, { headers: { ...type, ...headers }, body })
}

const asClient = (more: Fields = {}) => ({ grant_type: 'client_credentials', ...more })
const byCode = (name: string, more: Fields = {}) => ({
  grant_type: 'authorization_code',
  code: name,
  ...more,
})
const byPassword = (more: Fields = {}) => ({
  grant_type: 'password',
  username: 'alice',
  password: 'wonder',
  user_type: 'employee',
  ...more,
})
const byRefresh = (token: string | undefined, more: Fields = {}) => ({
  grant_type: 'refresh_token',
  refresh_token: token,
  ...more,
})
const asUser = (more: Fields = {}) => ({
  grant_type: 'client_authenticated_user',
  userId: 'carol',
  userType: 'partner',
  ...more,
})
const asBootstrap = (more: Fields = {}) => ({ grant_type: 'bootstrap_token', ...more })

const claimsOf = (reply: Reply) => readToken(reply.json().access_token).claims

// ── what is granted ─────────────────────────────────────────────────────────────────────────────

describe('the token', () => {
  test('has the shape of the service, and verifies with its key', async () => {
    const reply = await ask(asClient())
    expect(reply.status).toBe(200)
    const { access_token, ...rest } = reply.json()
    expect(rest).toEqual({ token_type: 'bearer', expires_in: 600 })
    const [head, payload] = String(access_token).split('.')
    expect(Buffer.from(head ?? '', 'base64url').toString()).toBe('{"kid":"100","alg":"RS256"}')
    const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString())
    expect(claims).toEqual({
      iss: 'urn:com:networknt:oauth2:v1',
      aud: 'urn:com.networknt',
      exp: SECOND + 600,
      jti: expect.stringMatching(/^[\w-]{22}$/),
      iat: SECOND,
      nbf: SECOND - 120,
      version: '1.0',
      client_id: 'confidential',
      scope: ['petstore.r', 'petstore.w'],
    })
    const names = ['iss', 'aud', 'exp', 'jti', 'iat', 'nbf', 'version', 'client_id', 'scope']
    expect(Object.keys(claims)).toEqual(names)

    const keys = (await send(`${base}/oauth2/keys`, { method: 'GET' })).json()
    const set = createLocalJWKSet(keys as unknown as JSONWebKeySet)
    const verified = await jwtVerify(String(access_token), set, {
      currentDate: new Date(SECOND * 1000),
    })
    expect(verified.protectedHeader.kid).toBe('100')
  })

  test('of an external client is a reference, which its own deref client exchanges', async () => {
    const reply = await ask(asClient(), basic('external'))
    const reference = String(reply.json().access_token)
    expect(reference).not.toContain('.')
    const deref = (name: string, authorization?: string) =>
      send(`${base}/oauth2/deref/${name}`, {
        method: 'GET',
        headers: authorization === undefined ? {} : { authorization },
      })
    const jwt = await deref(reference, basic('confidential').authorization)
    expect(jwt.headers.get('content-type')).toBe('application/text')
    expect(readToken(jwt.text).claims.client_id).toBe('external')
    expect(lines.join('\n')).not.toContain(reference)

    const refused: [string, Reply][] = [
      ['ERR12002', await deref(reference)],
      ['ERR12044', await deref(reference, basic('trusted').authorization)],
      ['ERR12045', await deref('unknown', basic('confidential').authorization)],
      ['ERR12014', await deref(reference, encodeBasic('nobody', 'x'))],
      ['ERR12007', await deref(reference, encodeBasic('confidential', 'x'))],
    ]
    expect(refused.map(([, reply]) => reply.json().code)).toEqual(refused.map(([code]) => code))
    // only real base64 here, unlike at the token endpoint
    const raw = await deref(reference, 'Basic confidential:confidential-secret')
    expect([raw.status, raw.text]).toEqual([200, ''])
    const open = String((await ask(asClient(), basic('anyone'))).json().access_token)
    expect((await deref(open, basic('trusted').authorization)).status).toBe(200)
  })
})

describe('client authentication', () => {
  const secret = 'confidential-secret'
  test.each<[string, Record<string, string>, Fields]>([
    ['base64', { authorization: encodeBasic('confidential', secret) }, {}],
    ['raw', { authorization: `Basic confidential:${secret}` }, {}],
    ['a scheme in any case', { authorization: `bAsIc confidential:${secret}` }, {}],
    ['form fields', {}, { client_id: 'confidential', client_secret: secret }],
    [
      'form fields beside an empty header',
      { authorization: '' },
      {
        client_id: 'confidential',
        client_secret: secret,
      },
    ],
    ['a public client with its secret', basic('public'), {}],
  ])('takes %s', async (_, headers, fields) => {
    expect((await ask(asClient(fields), headers)).status).toBe(200)
  })

  test('takes no percent-encoding apart', async () => {
    const encoded = encodeBasic(encodeURIComponent('a:b"\\'), 'x')
    expect((await ask(asClient(), { authorization: encoded })).json().code).toBe('ERR12014')
  })
})

describe('the grants', () => {
  test('client_credentials: the last of repeated fields counts, the query does not', async () => {
    const reply = await send(`${base}/oauth2/token?scope=petstore.w&grant_type=password`, {
      headers: { ...form({}).headers, ...basic('confidential') },
      body: 'grant_type=nonsense&grant_type=client_credentials&scope=admin&scope=petstore.r',
    })
    expect(claimsOf(reply).scope).toEqual(['petstore.r'])
  })

  test('client_credentials: a charset and multipart are fine', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' }
    expect((await ask(asClient(), { ...basic('confidential'), ...headers })).status).toBe(200)
    const multipart = await send(`${base}/oauth2/token`, {
      headers: { 'content-type': 'multipart/form-data; boundary=b', ...basic('confidential') },
      body: '--b\r\ncontent-disposition: form-data; name="grant_type"\r\n\r\nclient_credentials\r\n--b--\r\n',
    })
    expect(multipart.status).toBe(200)
  })

  test.each([
    ['petstore', ['petstore']],
    ['petstore.w\t petstore.r', ['petstore.w', 'petstore.r']],
    ['r petstore', ['r', 'petstore']],
  ])('scope %j is searched for in the registered text', async (scope, granted) => {
    expect(claimsOf(await ask(asClient({ scope }))).scope).toEqual(granted)
  })

  test("a client's own claims go into its token", async () => {
    expect(claimsOf(await ask(asClient(), basic('custom')))).toMatchObject({ c1: '361', c2: '67' })
  })

  test('authorization_code: a token for the user, and a refresh token', async () => {
    const reply = await ask(byCode('plain-code', { csrf: 'tok' }))
    expect(reply.json()).toMatchObject({
      token_type: 'bearer',
      expires_in: 600,
      refresh_token: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect(claimsOf(reply)).toMatchObject({
      user_id: 'alice',
      user_type: 'employee',
      client_id: 'confidential',
      csrf: 'tok',
      scope: ['petstore.r', 'petstore.w'],
    })
  })

  test.each<[string, Fields, object]>([
    ['of a named user', byCode('for-alice'), { user_id: 'alice' }],
    ['with its redirect_uri', byCode('with-uri', { redirect_uri: 'https://app/back' }), {}],
    ['with a redirect_uri nobody asked for', byCode('uri-unasked', { redirect_uri: 'x' }), {}],
    ['with a scope of its own', byCode('narrow'), { scope: ['petstore.r'] }],
    ['with PKCE', byCode('pkce', { code_verifier: VERIFIER }), {}],
    ['with plain PKCE', byCode('pkce-plain', { code_verifier: VERIFIER }), {}],
  ])('authorization_code: %s', async (_, fields, claims) => {
    expect(claimsOf(await ask(fields))).toMatchObject(claims)
  })

  test('authorization_code: the code of one client serves another, an external one too', async () => {
    const reply = await ask(byCode('external'), basic('external'))
    expect(String(reply.json().access_token)).not.toContain('.')
  })

  test('authorization_code: burnt once the client is known, and not before', async () => {
    expect((await ask(byCode('once'), basic('nobody'))).json().code).toBe('ERR12014')
    const wrong = { authorization: encodeBasic('confidential', 'x') }
    expect((await ask(byCode('once'), wrong)).json().code).toBe('ERR12007')
    expect((await ask(byCode('once'))).status).toBe(200)
    expect((await ask(byCode('once'))).json().code).toBe('ERR12052')
    expect((await ask(byCode('uri-missing'))).json().code).toBe('ERR12025')
    const late = await ask(byCode('uri-missing', { redirect_uri: 'https://app/back' }))
    expect(late.json().code).toBe('ERR12052')
  })

  test('password: for trusted clients', async () => {
    const reply = await ask(byPassword({ roles: 'user admin' }), basic('trusted'))
    expect(reply.json()).toHaveProperty('refresh_token')
    const claims = { user_id: 'alice', user_type: 'employee', roles: 'user admin' }
    expect(claimsOf(reply)).toMatchObject(claims)
  })

  test('refresh_token: rotates', async () => {
    const first = await ask(byRefresh('first', { csrf: 'c' }))
    expect(first.json()).toMatchObject({ remember: null })
    expect(claimsOf(first)).toMatchObject({ user_id: 'alice', user_type: 'employee', csrf: 'c' })
    const second = String(first.json().refresh_token)
    expect((await ask(byRefresh('first'))).json().code).toBe('ERR12029')
    const third = await ask(byRefresh(second, { scope: 'petstore.r' }))
    expect(claimsOf(third).scope).toEqual(['petstore.r'])
    const wider = await ask(byRefresh(String(third.json().refresh_token), { scope: 'petstore.w' }))
    expect(wider.json().code).toBe('ERR12027')
    const byLogin = await ask(byPassword(), basic('trusted'))
    const renewed = await ask(byRefresh(String(byLogin.json().refresh_token)), basic('trusted'))
    expect(renewed.json()).toMatchObject({ remember: 'N' })
  })

  test('refresh_token: gone before it is looked at, but not before the client is', async () => {
    expect((await ask(byRefresh('once'), {})).json().code).toBe('ERR12002')
    expect((await ask(byRefresh('once', { scope: 'admin' }))).json().code).toBe('ERR12027')
    expect((await ask(byRefresh('once'))).json().code).toBe('ERR12029')
    expect((await ask(byRefresh('of-trusted'))).json().code).toBe('ERR12028')
    expect((await ask(byRefresh('of-trusted'), basic('trusted'))).json().code).toBe('ERR12029')
  })

  test('client_authenticated_user: whatever else is sent becomes a claim, and wins', async () => {
    const fields = asUser({ roles: 'r', dept: 'x', iss: 'me', user_id: 'eve', client_secret: 's' })
    const reply = await ask(fields, basic('trusted'))
    expect(reply.json()).toHaveProperty('refresh_token')
    expect(claimsOf(reply)).toMatchObject({
      iss: 'me',
      user_id: 'eve',
      user_type: 'partner',
      roles: 'r',
      dept: 'x',
      client_secret: 's',
    })
    const credentials = { client_id: 'trusted', client_secret: 'trusted-secret' }
    const plain = claimsOf(await ask(asUser(credentials), {}))
    expect(plain).toMatchObject({ user_id: 'carol', client_id: 'trusted' })
    expect(plain).not.toHaveProperty('client_secret')
  })

  test('bootstrap_token: ten years, portal.w, and further claims', async () => {
    const reply = await ask(asBootstrap({ sid: 'service' }), basic('boot'))
    expect(reply.json()).toMatchObject({ expires_in: 315_360_000 })
    expect(reply.json()).not.toHaveProperty('refresh_token')
    const claims = { sid: 'service', scope: ['portal.w'], exp: SECOND + 315_360_000 }
    expect(claimsOf(reply)).toMatchObject(claims)
  })

  test.each([
    ['a wrong secret', encodeBasic('boot', 'x')],
    ['another client', basic('trusted').authorization],
  ])('bootstrap_token: %s is answered with success and nothing', async (_, authorization) => {
    const reply = await ask(asBootstrap(), { authorization })
    expect([reply.status, reply.text]).toEqual([200, '{}'])
  })
})

// ── what is refused ─────────────────────────────────────────────────────────────────────────────

type Row = [
  code: string,
  status: number,
  message: string,
  fields: Fields,
  as?: Record<string, string>,
]

const long = 'v'.repeat(129)
const rows: Row[] = [
  ['ERR12001', 400, 'UNSUPPORTED_GRANT_TYPE', {}],
  [
    'ERR12001',
    400,
    'UNSUPPORTED_GRANT_TYPE',
    { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' },
  ],
  ['ERR12001', 400, 'UNSUPPORTED_GRANT_TYPE', { grant_type: 'constructor' }],
  ['ERR12002', 401, 'MISSING_AUTHORIZATION_HEADER', asClient(), {}],
  ['ERR12002', 401, 'MISSING_AUTHORIZATION_HEADER', asClient({ client_id: 'confidential' }), {}],
  [
    'ERR12002',
    401,
    'MISSING_AUTHORIZATION_HEADER',
    asClient({ client_id: 'public', client_secret: ' ' }),
    {},
  ],
  ['ERR12003', 401, 'INVALID_AUTHORIZATION_HEADER', asClient(), { authorization: 'Bearer abc' }],
  [
    'ERR12003',
    401,
    'INVALID_AUTHORIZATION_HEADER',
    asClient({ client_id: 'confidential', client_secret: 'confidential-secret' }),
    { authorization: 'Bearer abc' },
  ],
  [
    'ERR12003',
    401,
    'INVALID_AUTHORIZATION_HEADER',
    asClient(),
    { authorization: 'Basic confidential:' },
  ],
  ['ERR12003', 401, 'INVALID_AUTHORIZATION_HEADER', asClient(), { authorization: 'Basic :secret' }],
  [
    'ERR12004',
    401,
    'INVALID_BASIC_CREDENTIALS',
    asClient(),
    { authorization: 'Basic bm8gY29sb24=' },
  ],
  [
    'ERR12007',
    401,
    'UNAUTHORIZED_CLIENT',
    asClient(),
    { authorization: encodeBasic('public', 'x') },
  ],
  ['ERR12008', 401, 'INVALID_AUTHORIZATION_CODE', byCode('for-nobody')],
  ['ERR12014', 404, 'CLIENT_NOT_FOUND', asClient(), basic('nobody')],
  ['ERR12014', 404, 'CLIENT_NOT_FOUND', asClient(), basic('boot')],
  ['ERR12016', 401, 'INCORRECT_PASSWORD', byPassword({ password: 'x' }), basic('trusted')],
  ['ERR12022', 400, 'USERNAME_REQUIRED', byPassword({ username: undefined }), basic('public')],
  ['ERR12023', 400, 'PASSWORD_REQUIRED', byPassword({ password: undefined }), basic('public')],
  ['ERR12024', 400, 'NOT_TRUSTED_CLIENT', byPassword({ scope: 'admin' })],
  ['ERR12024', 400, 'NOT_TRUSTED_CLIENT', asUser({ userId: undefined })],
  ['ERR12025', 400, 'MISSING_REDIRECT_URI', byCode('uri-missing')],
  ['ERR12026', 400, 'MISMATCH_REDIRECT_URI', byCode('uri-other', { redirect_uri: 'https://app/' })],
  ['ERR12027', 400, 'MISMATCH_SCOPE', asClient({ scope: 'petstore.r admin' })],
  ['ERR12027', 400, 'MISMATCH_SCOPE', asClient({ scope: 'petstore.r' }), basic('scopeless')],
  [
    'ERR12027',
    400,
    'MISMATCH_SCOPE',
    byPassword({ scope: 'admin', username: 'nobody' }),
    basic('trusted'),
  ],
  [
    'ERR12027',
    400,
    'MISMATCH_SCOPE',
    asUser({ scope: 'admin', userId: undefined }),
    basic('trusted'),
  ],
  ['ERR12027', 400, 'MISMATCH_SCOPE', asBootstrap({ scope: 'admin' }), basic('boot')],
  ['ERR12027', 400, 'MISMATCH_SCOPE', byCode('wide')],
  ['ERR12027', 400, 'MISMATCH_SCOPE', byRefresh('narrow', { scope: 'petstore.w' })],
  ['ERR12028', 400, 'MISMATCH_CLIENT_ID', byRefresh('wide'), basic('trusted')],
  ['ERR12029', 404, 'REFRESH_TOKEN_NOT_FOUND', byRefresh('unknown')],
  [
    'ERR12031',
    400,
    'USER_ID_REQUIRED_FOR_CLIENT_AUTHENTICATED_USER_GRANT_TYPE',
    asUser({ userId: undefined, user_id: 'x' }),
    basic('trusted'),
  ],
  [
    'ERR12032',
    400,
    'USER_TYPE_REQUIRED_FOR_CLIENT_AUTHENTICATED_USER_GRANT_TYPE',
    asUser({ userType: undefined, user_type: 'x' }),
    basic('trusted'),
  ],
  [
    'ERR12033',
    400,
    'INVALID_CODE_CHALLENGE_METHOD',
    byCode('pkce-method', { code_verifier: VERIFIER }),
  ],
  [
    'ERR12037',
    400,
    'INVALID_CODE_VERIFIER_FORMAT',
    byCode('pkce-format', { code_verifier: `${VERIFIER}+` }),
  ],
  [
    'ERR12038',
    400,
    'CODE_VERIFIER_TOO_SHORT',
    byCode('pkce-short', { code_verifier: VERIFIER.slice(0, 42) }),
  ],
  ['ERR12039', 400, 'CODE_VERIFIER_TOO_LONG', byCode('pkce-long', { code_verifier: long })],
  ['ERR12040', 400, 'CODE_VERIFIER_MISSING', byCode('pkce-missing')],
  ['ERR12040', 400, 'CODE_VERIFIER_MISSING', byCode('pkce-blank', { code_verifier: ' ' })],
  [
    'ERR12041',
    400,
    'CODE_VERIFIER_FAILED',
    byCode('pkce-wrong', { code_verifier: VERIFIER.toLowerCase() }),
  ],
  [
    'ERR12041',
    400,
    'CODE_VERIFIER_FAILED',
    byCode('pkce-wrong-plain', { code_verifier: VERIFIER }),
  ],
  ['ERR12052', 400, 'AUTHORIZATION_CODE_NOT_FOUND', byCode('unknown')],
  ['ERR10010', 500, 'RUNTIME_EXCEPTION', byPassword({ username: 'nobody' }), basic('trusted')],
  ['ERR10010', 500, 'RUNTIME_EXCEPTION', asClient(), { authorization: 'Basi' }],
  ['ERR10010', 500, 'RUNTIME_EXCEPTION', asClient(), { authorization: 'Basic' }],
  ['ERR10010', 500, 'RUNTIME_EXCEPTION', byCode('unknown', { code: undefined })],
  ['ERR10010', 500, 'RUNTIME_EXCEPTION', byRefresh(undefined)],
  ['ERR10014', 400, 'GENERIC_EXCEPTION', asClient(), basic('broken')],
  ['ERR10014', 400, 'GENERIC_EXCEPTION', asClient(), basic('scopeless')],
  ['ERR10043', 400, 'CLIENT_AUTHENTICATE_CLASS_NOT_FOUND', byPassword(), basic('classy')],
]

test.each(rows)('%s is %i %s: %j', async (code, status, message, fields, as) => {
  const own = await openOwn()
  try {
    const reply = await own.ask(fields, as)
    expect(reply.status).toBe(status)
    expect(reply.headers.get('content-type')).toBe('application/json')
    // Glued JSON need not parse, so the members are looked for in the text.
    expect(reply.text).toContain(`{"statusCode":${status},"code":"${code}","message":"${message}",`)
    expect(reply.text).toMatch(/"description":".+","severity":"ERROR"}$/)
  } finally {
    await own.close()
  }
})

/** Codes and refresh tokens are used up, so every row has a sandbox to itself. */
async function openOwn() {
  const own = await openSandbox({ 'light-oauth2': accounts })
  const { token_endpoint } = own.services['light-oauth2']
  return {
    close: own.close,
    ask(fields: Fields, headers: Record<string, string> = basic('confidential')) {
      const { headers: type, body } = form(fields)
      return send(token_endpoint, { headers: { ...type, ...headers }, body })
    },
  }
}

describe('what is no form', () => {
  const JSON_TYPE = 'application/json'
  test.each<[string, string | undefined, string]>([
    ['ERR12000', undefined, 'grant_type=client_credentials'],
    ['ERR12000', undefined, ''],
    ['ERR12000', 'text/plain', 'grant_type=client_credentials'],
    ['ERR12000', 'application/x-www-form-urlencoded', 'grant_type=%zz'],
    ['ERR12000', 'multipart/form-data', 'no boundary'],
    ['ERR12000', JSON_TYPE, '{"grant_type":"client_credentials"}'],
    ['ERR11004', JSON_TYPE, '{"grant_type":"bootstrap_token"}'],
    ['ERR11004', JSON_TYPE, '{}'],
    ['ERR11004', JSON_TYPE, '[]'],
    ['ERR10015', JSON_TYPE, 'grant_type=client_credentials'],
    ['ERR10015', JSON_TYPE, '5'],
    ['ERR12001', 'application/x-www-form-urlencoded', ''],
  ])('%s for %j with %j', async (code, type, body) => {
    const reply = await send(`${base}/oauth2/token`, {
      headers: {
        ...basic('confidential'),
        ...(type === undefined ? {} : { 'content-type': type }),
      },
      body,
    })
    expect([reply.status, reply.json().code]).toEqual([400, code])
  })

  test.each([
    ['GET', '/oauth2/token', 405, 'ERR10008', 'METHOD_NOT_ALLOWED'],
    ['POST', '/oauth2/keys', 405, 'ERR10008', 'METHOD_NOT_ALLOWED'],
    ['POST', '/oauth2/tokens', 404, 'ERR10007', 'INVALID_REQUEST_PATH'],
    ['POST', '/', 404, 'ERR10007', 'INVALID_REQUEST_PATH'],
  ])('%s %s is %i', async (method, path, statusCode, code, message) => {
    const reply = await send(base + path, { method })
    expect(reply.json()).toMatchObject({ statusCode, code, message, severity: 'ERROR' })
  })
})

describe('descriptions', () => {
  test('of a wrong secret: the very words', async () => {
    const reply = await ask(asClient(), { authorization: encodeBasic('public', 'x') })
    expect(reply.text).toBe(
      '{"statusCode":401,"code":"ERR12007","message":"UNAUTHORIZED_CLIENT",' +
        '"description":"Unauthorized client with wrong client secret.","severity":"ERROR"}',
    )
  })

  test.each<[string, Fields, Record<string, string> | undefined, string]>([
    ['ERR12003', asClient(), { authorization: 'Bearer secret-token' }, 'Bearer secret-token'],
    ['ERR12004', asClient(), { authorization: 'Basic c2VjcmV0' }, 'secret'],
    ['ERR12029', byRefresh('secret-refresh'), undefined, 'secret-refresh'],
    ['ERR12052', byCode('secret-code'), undefined, 'secret-code'],
    ['ERR12008', byCode('for-nobody'), undefined, 'for-nobody'],
    ['ERR12038', byCode('pkce-short', { code_verifier: 'secret' }), undefined, 'secret'],
    ['ERR12039', byCode('pkce-long', { code_verifier: long }), undefined, long],
    ['ERR12037', byCode('pkce-format', { code_verifier: `${VERIFIER} ` }), undefined, VERIFIER],
    ['ERR12001', { grant_type: undefined }, undefined, 'null'],
    ['ERR12014', asClient(), basic('nobody'), 'nobody'],
  ])('%s echoes what it was sent', async (code, fields, as, echoed) => {
    const reply = await ask(fields, as)
    expect(reply.json().code).toBe(code)
    expect(reply.json().description).toContain(echoed)
    expect(lines.at(-1)).toContain(code)
    expect(lines.at(-1)).not.toMatch(/secret|Bearer|nobody/)
  })

  test.each<[string, Fields, Record<string, string> | undefined]>([
    ['a client id', asClient(), { authorization: 'Basic no"body:x' }],
    ['a backslash', asClient(), { authorization: 'Basic no\\qbody:x' }],
    ['a header', asClient(), { authorization: 'Bearer "abc"' }],
    ['a scope', asClient({ scope: 'ad"min' }), undefined],
    ['a code', byCode('for-nobody"'), undefined],
    ['a class', byPassword(), basic('classy')],
  ])('inside a grant break their JSON: %s', async (_, fields, as) => {
    const reply = await ask(fields, as)
    expect(() => JSON.parse(reply.text)).toThrow(SyntaxError)
    expect(/"code":"(ERR\d+)"/.exec(reply.text)).not.toBeNull()
  })

  test('outside the grants do not', async () => {
    const reply = await ask({ grant_type: 'qu"ote\\' })
    expect(reply.json().description).toContain('qu"ote\\')
  })
})

test('a client without secrets in the file is refused by its place', async () => {
  const { readAccounts } = await import('../../src/sandbox/accounts.ts')
  const read = (entries: object[]) => readAccounts({ 'light-oauth2': entries }, () => '')
  expect(() => read([{ client_id: 'x' }])).toThrow('light-oauth2[0]: client_secret is missing')
  expect(() => read([{ code: 'x', verifier: 'y' }])).toThrow('light-oauth2[0].verifier')
  const given = [
    { client_id: 'c', client_secret: 's', type: 'trusted', scopes: 'one', custom_claims: { a: 1 } },
    { username: 'u', password: 'p', user_type: 't' },
    { code: 'c', challenge: 'x', method: 'S256' },
    { refresh_token: 'r', client_id: 'c' },
  ]
  expect(read(given)['light-oauth2']).toMatchObject([
    { ...given[0], scopes: ['one'], custom_claims: '{"a":1}' },
    ...given.slice(1),
  ])
})
