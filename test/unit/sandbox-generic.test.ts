// The twin of any RFC 6749 / 7523 server, over real HTTP.

import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GenericAccount } from '../../src/sandbox/generic.ts'
import type { Sandbox } from '../../src/sandbox/server.ts'
import {
  encodeBasic,
  form,
  json,
  openSandbox,
  type Reply,
  readToken,
  SECOND,
  send,
  toPem,
} from '../support/twin.ts'

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const CLIENT_ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const SECRET = 'p@ss +&:%21ü'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' })
const ed25519 = generateKeyPairSync('ed25519')
const ed448 = generateKeyPairSync('ed448')
const pss = generateKeyPairSync('rsa-pss', {
  modulusLength: 2048,
  hashAlgorithm: 'sha256',
  mgf1HashAlgorithm: 'sha256',
})

const withKey = (issuer: string, { publicKey }: { publicKey: KeyObject }, more: object = {}) => ({
  issuer,
  public_key: toPem(publicKey),
  ...more,
})
const accounts: GenericAccount[] = [
  withKey('rsa', rsa, { scopes: ['read', 'write'] }),
  withKey('p256', p256),
  withKey('p384', p384),
  withKey('p521', p521),
  withKey('ed25519', ed25519),
  withKey('ed448', ed448),
  withKey('pss', pss),
  { issuer: 'hmac', client_id: 'hmac-client', client_secret: SECRET, client_auth: 'none' },
  withKey('one algorithm', rsa, { algorithms: ['RS512'] }),
  withKey('one subject', rsa, { subject: 'alice' }),
  withKey('one audience', rsa, { audience: ['https://login.example', 'other'] }),
  withKey('other endpoint', rsa, { token_endpoint: 'https://as.example/t' }),
  withKey('short', rsa, { lifetime: 2 }),
  withKey('boxed', rsa, {
    client_id: 'box',
    client_secret: 'box-secret',
    client_auth: 'client_secret_post',
  }),
  { client_id: 'any', client_secret: SECRET, scopes: ['read', 'write'] },
  { client_id: 'a b+c', client_secret: 'x' },
  { client_id: 'basic', client_secret: 'x', client_auth: 'client_secret_basic' },
  { client_id: 'post', client_secret: 'x', client_auth: 'client_secret_post' },
  { client_id: 'jwt', client_secret: 'x'.repeat(32), client_auth: 'client_secret_jwt' },
  { client_id: 'key', public_key: toPem(rsa.publicKey), audience: 'https://registered.example' },
  { client_id: 'tls', client_auth: 'tls_client_auth' },
  { client_id: 'open' },
]

let sandbox: Sandbox
let base = ''
beforeAll(async () => {
  sandbox = await openSandbox({ generic: accounts })
  base = sandbox.services.generic.base_url
})
afterAll(() => sandbox.close())

type Claims = Record<string, unknown>

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signed by node:crypto in the way that the name of the algorithm says. */
function mint(claims: Claims, alg = 'RS256', key: KeyObject | string = rsa.privateKey) {
  const full = {
    iss: 'rsa',
    sub: 'alice',
    aud: `${base}/token`,
    iat: SECOND,
    exp: SECOND + 60,
    ...claims,
  }
  const input = `${encode({ alg })}.${encode(full)}`
  return `${input}.${seal(alg, Buffer.from(input), key).toString('base64url')}`
}

function seal(alg: string, input: Buffer, key: KeyObject | string): Buffer {
  const hash = `sha${alg.slice(2)}`
  if (typeof key === 'string') return createHmac(hash, key).update(input).digest()
  if (alg.startsWith('ES')) return sign(hash, input, { key, dsaEncoding: 'ieee-p1363' })
  if (alg.startsWith('PS')) {
    const padding = constants.RSA_PKCS1_PSS_PADDING
    return sign(hash, input, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST })
  }
  return sign(alg === 'EdDSA' ? null : hash, input, key)
}

const bear = (assertion: string, more: Record<string, string> = {}) =>
  send(`${base}/token`, form({ grant_type: JWT_BEARER, assertion, ...more }))

function ask(fields: Record<string, string>, headers: Record<string, string> = {}) {
  const { headers: type, body } = form({ grant_type: 'client_credentials', ...fields })
  return send(`${base}/token`, { headers: { ...type, ...headers }, body })
}

const byAssertion = (assertion: string, more: Record<string, string> = {}) =>
  ask({ client_assertion_type: CLIENT_ASSERTION, client_assertion: assertion, ...more })

const claimsOf = (reply: Reply) => readToken(reply.json().access_token).claims

describe('the token', () => {
  test('is an RS256 JWT that verifies by discovery', async () => {
    const discovered = await send(`${base}/.well-known/oauth-authorization-server`, {
      method: 'GET',
    })
    const { issuer, token_endpoint, jwks_uri } = discovered.json()
    expect({ issuer, token_endpoint }).toEqual({ issuer: base, token_endpoint: `${base}/token` })
    const reply = await send(
      String(token_endpoint),
      form({ grant_type: JWT_BEARER, assertion: mint({}) }),
    )
    expect(reply.status).toBe(200)
    expect(reply.headers.get('cache-control')).toBe('no-store')
    const { access_token, ...rest } = reply.json()
    expect(rest).toEqual({ token_type: 'Bearer', expires_in: 3600, scope: 'read write' })
    const keys = (await send(String(jwks_uri), { method: 'GET' })).json()
    const set = createLocalJWKSet(keys as unknown as JSONWebKeySet)
    const currentDate = new Date(SECOND * 1000)
    const { payload } = await jwtVerify(String(access_token), set, { currentDate })
    expect(payload).toEqual({
      iss: issuer,
      sub: 'alice',
      client_id: 'rsa',
      scope: 'read write',
      iat: SECOND,
      exp: SECOND + 3600,
      jti: expect.any(String),
    })
  })

  test('lives as long as the account says', async () => {
    const reply = await bear(mint({ iss: 'short' }))
    expect(reply.json()).toMatchObject({ expires_in: 2 })
    expect(reply.json()).not.toHaveProperty('scope')
    expect(claimsOf(reply)).toMatchObject({ exp: SECOND + 2 })
  })

  test.each([
    ['/.well-known/openid-configuration', ''],
    ['/.well-known/oauth-authorization-server/tenant', '/tenant'],
    ['/tenant/.well-known/openid-configuration', '/tenant'],
  ])('discovery at %s speaks for %j', async (path, below) => {
    const { issuer, token_endpoint, jwks_uri } = (await send(base + path, { method: 'GET' })).json()
    expect({ issuer, token_endpoint, jwks_uri }).toEqual({
      issuer: base + below,
      token_endpoint: `${base}${below}/token`,
      jwks_uri: sandbox.services.generic.jwks_uri,
    })
  })

  test('any path is the token endpoint, and its URL the audience', async () => {
    const url = `${base}/some/where`
    const body = form({ grant_type: JWT_BEARER, assertion: mint({ aud: url }) })
    expect((await send(url, body)).status).toBe(200)
    expect((await send(`${base}/else`, body)).status).toBe(400)
  })

  test('the name it goes by is the issuer and the audience', async () => {
    const named = await openSandbox(
      { generic: accounts },
      { baseUrls: { generic: 'https://as.example' } },
    )
    try {
      const { token_endpoint } = named.services.generic
      const fields = {
        grant_type: JWT_BEARER,
        assertion: mint({ aud: 'https://as.example/token' }),
      }
      const reply = await send(token_endpoint, form(fields))
      expect(claimsOf(reply).iss).toBe('https://as.example')
    } finally {
      await named.close()
    }
  })
})

describe('jwt-bearer', () => {
  test.each<[string, string, KeyObject | string]>([
    ['RS256', 'rsa', rsa.privateKey],
    ['RS384', 'rsa', rsa.privateKey],
    ['RS512', 'rsa', rsa.privateKey],
    ['PS256', 'rsa', rsa.privateKey],
    ['PS384', 'rsa', rsa.privateKey],
    ['PS512', 'rsa', rsa.privateKey],
    ['PS256', 'pss', pss.privateKey],
    ['ES256', 'p256', p256.privateKey],
    ['ES384', 'p384', p384.privateKey],
    ['ES512', 'p521', p521.privateKey],
    ['EdDSA', 'ed25519', ed25519.privateKey],
    ['EdDSA', 'ed448', ed448.privateKey],
    ['HS256', 'hmac', SECRET],
    ['HS384', 'hmac', SECRET],
    ['HS512', 'hmac', SECRET],
    ['RS512', 'one algorithm', rsa.privateKey],
  ])('takes %s of %s', async (alg, iss, key) => {
    expect((await bear(mint({ iss }, alg, key))).status).toBe(200)
    const [head, body, tail = ''] = mint({ iss }, alg, key).split('.')
    const broken = `${head}.${body}.${tail.startsWith('A') ? 'B' : 'A'}${tail.slice(1)}`
    expect((await bear(broken)).json().error).toBe('invalid_grant')
  })

  test.each<[string, Claims]>([
    ['the base for an audience', { aud: 'BASE' }],
    ['an audience among others', { aud: ['x', 'TOKEN'] }],
    ['a registered audience', { iss: 'one audience', aud: 'other' }],
    ['a registered endpoint', { iss: 'other endpoint', aud: 'https://as.example/t' }],
    ['its subject', { iss: 'one subject' }],
    ['its client_id for an issuer', { iss: 'key', aud: 'https://registered.example' }],
    ['times a little ahead', { iat: SECOND + 5, nbf: SECOND + 5 }],
    ['no iat', { iat: undefined }],
    ['a scope claim', { scope: 'read' }],
    ['a list of scopes', { scopes: ['read', 'write'] }],
  ])('takes %s', async (_, claims) => {
    const text = JSON.stringify(claims)
    const filled = text.replace('BASE', base).replace('TOKEN', `${base}/token`)
    const given = { ...claims, ...JSON.parse(filled) }
    expect((await bear(mint(given))).status).toBe(200)
  })

  test.each<[string, RegExp, Claims, string?, (KeyObject | string)?]>([
    ['an unknown issuer', /issuer/, { iss: 'nobody' }],
    ['no issuer', /issuer/, { iss: undefined }],
    ["another's secret", /issuer/, { iss: 'any issuer' }, 'HS256', 'x'],
    ['another key', /signature/, {}, 'RS256', stranger.privateKey],
    ['no algorithm', /algorithm/, {}, 'none'],
    ['an algorithm in lower case', /algorithm/, {}, 'rs256'],
    ['an HMAC of the public key', /signature/, {}, 'HS256', toPem(rsa.publicKey)],
    ['an HMAC of another secret', /signature/, { iss: 'hmac' }, 'HS256', 'x'],
    ['the wrong curve', /signature/, { iss: 'p384' }, 'ES256', p384.privateKey],
    [
      'another hash than its PSS key is bound to',
      /signature/,
      { iss: 'pss' },
      'PS512',
      rsa.privateKey,
    ],
    ['an algorithm it is not registered for', /signature/, { iss: 'one algorithm' }],
    ['another subject', /subject/, { iss: 'one subject', sub: 'bob' }],
    ['another audience', /aud/, { aud: 'https://other.example' }],
    ['no audience', /aud/, { aud: undefined }],
    ['the endpoint where another audience is registered', /aud/, { iss: 'one audience' }],
    ['no exp', /exp/, { exp: undefined }],
    ['an exp that is text', /exp/, { exp: String(SECOND + 60) }],
    ['an exp that is now', /expired/, { exp: SECOND }],
    ['an nbf ahead', /nbf/, { nbf: SECOND + 7 }],
    ['an iat ahead', /iat/, { iat: SECOND + 7 }],
    ['an iat that is text', /iat/, { iat: 'now' }],
  ])('refuses %s', async (_, words, claims, alg = 'RS256', key = rsa.privateKey) => {
    const known = /^(RS|PS|ES|HS|EdDSA)/.test(alg)
    const token = known ? mint(claims, alg, key) : mint(claims).replace(/^[^.]+/, encode({ alg }))
    const reply = await bear(token)
    expect(reply.status).toBe(400)
    expect(reply.json()).toEqual({
      error: 'invalid_grant',
      error_description: expect.stringMatching(words),
    })
  })

  test('refuses a jti that it has seen, and takes assertions without one again', async () => {
    const assertion = mint({ jti: 'once' })
    expect((await bear(assertion)).status).toBe(200)
    expect((await bear(assertion)).json()).toMatchObject({
      error: 'invalid_grant',
      error_description: expect.stringContaining('jti'),
    })
    expect((await bear(mint({ jti: 'once', iss: 'short' }))).status).toBe(200)
    const plain = mint({})
    expect([(await bear(plain)).status, (await bear(plain)).status]).toEqual([200, 200])
  })

  test('forgets a jti when its assertion has expired', async () => {
    let now = SECOND * 1000
    const own = await openSandbox({ generic: accounts }, { now: () => now })
    try {
      const { token_endpoint } = own.services.generic
      const once = (exp: number) =>
        send(
          token_endpoint,
          form({ grant_type: JWT_BEARER, assertion: mint({ aud: token_endpoint, jti: 'j', exp }) }),
        )
      expect((await once(SECOND + 60)).status).toBe(200)
      now += 59_000
      expect((await once(SECOND + 120)).status).toBe(400)
      now += 2_000
      expect((await once(SECOND + 120)).status).toBe(200)
    } finally {
      await own.close()
    }
  })

  test.each([
    ['a parameter', { scope: 'read' }, {}, 'read'],
    ['a parameter over a claim', { scope: 'write' }, { scope: 'read' }, 'write'],
    ['a claim', {}, { scope: ['read'] }, 'read'],
    ['nothing', {}, {}, 'read write'],
  ])('grants the scope of %s', async (_, params, claims, scope) => {
    expect((await bear(mint(claims), { ...params })).json()).toMatchObject({ scope })
  })

  test('asks for client authentication where the account is registered for one', async () => {
    const assertion = mint({ iss: 'boxed' })
    const alone = await bear(assertion)
    expect([alone.status, alone.json().error]).toEqual([401, 'invalid_client'])
    const both = await bear(assertion, { client_id: 'box', client_secret: 'box-secret' })
    expect(claimsOf(both)).toMatchObject({ client_id: 'box' })
    const other = await bear(assertion, { client_id: 'any', client_secret: SECRET })
    expect(other.json().error).toBe('invalid_grant')
    const wrong = await bear(assertion, { client_id: 'box', client_secret: 'x' })
    expect(wrong.json().error).toBe('invalid_client')
  })
})

describe('client_credentials', () => {
  const percent = (text: string) => encodeURIComponent(text).replaceAll('%20', '+')
  const own = (id: string, more: Claims = {}) => ({ iss: id, sub: id, ...more })

  test.each<[string, () => Promise<Reply>, string]>([
    ['Basic as it is', () => ask({}, { authorization: encodeBasic('any', SECRET) }), 'any'],
    ['Basic encoded', () => ask({}, { authorization: encodeBasic('any', percent(SECRET)) }), 'any'],
    [
      'Basic with an encoded id',
      () => ask({}, { authorization: encodeBasic(percent('a b+c'), 'x') }),
      'a b+c',
    ],
    ['Basic, registered', () => ask({}, { authorization: encodeBasic('basic', 'x') }), 'basic'],
    [
      'Basic beside its client_id',
      () => ask({ client_id: 'any' }, { authorization: encodeBasic('any', SECRET) }),
      'any',
    ],
    ['parameters', () => ask({ client_id: 'any', client_secret: SECRET }), 'any'],
    ['client_secret_jwt', () => byAssertion(mint(own('jwt'), 'HS256', 'x'.repeat(32))), 'jwt'],
    ['client_secret_jwt, HS512', () => byAssertion(mint(own('any'), 'HS512', SECRET)), 'any'],
    [
      'private_key_jwt',
      () => byAssertion(mint(own('key', { jti: '1' })), { client_id: 'key' }),
      'key',
    ],
    [
      'private_key_jwt for a registered audience',
      () => byAssertion(mint(own('key', { aud: 'https://registered.example' }), 'PS384')),
      'key',
    ],
    ['none', () => ask({ client_id: 'open' }), 'open'],
    ['a client certificate, taken at its word', () => ask({ client_id: 'tls' }), 'tls'],
  ])('by %s', async (_, request, client) => {
    const reply = await request()
    expect(reply.status).toBe(200)
    expect(claimsOf(reply)).toMatchObject({ sub: client, client_id: client })
  })

  test.each<[string, string, () => Promise<Reply>]>([
    ['a wrong secret', 'invalid_client', () => ask({ client_id: 'any', client_secret: 'x' })],
    ['an unknown client', 'invalid_client', () => ask({ client_id: 'nobody', client_secret: 'x' })],
    ['an unknown public client', 'invalid_client', () => ask({ client_id: 'nobody' })],
    ['no client', 'invalid_client', () => ask({})],
    ['a secret without a client', 'invalid_client', () => ask({ client_secret: 'x' })],
    [
      'no authentication where there is a secret',
      'invalid_client',
      () => ask({ client_id: 'any' }),
    ],
    ['no authentication where there is a key', 'invalid_client', () => ask({ client_id: 'key' })],
    [
      'post in place of basic',
      'invalid_client',
      () => ask({ client_id: 'basic', client_secret: 'x' }),
    ],
    [
      'post in place of an assertion',
      'invalid_client',
      () => ask({ client_id: 'jwt', client_secret: 'x'.repeat(32) }),
    ],
    [
      'two ways at once',
      'invalid_request',
      () =>
        ask(
          { client_id: 'any', client_secret: SECRET },
          { authorization: encodeBasic('any', SECRET) },
        ),
    ],
    [
      'no client_assertion_type',
      'invalid_request',
      () => ask({ client_assertion: mint(own('key')) }),
    ],
    ['an assertion that is none', 'invalid_client', () => byAssertion('x')],
    ['iss that is not sub', 'invalid_client', () => byAssertion(mint(own('key', { iss: 'x' })))],
    [
      'another client_id',
      'invalid_client',
      () => byAssertion(mint(own('key')), { client_id: 'any' }),
    ],
    ['an assertion of nobody', 'invalid_client', () => byAssertion(mint(own('nobody')))],
    [
      "an assertion with another's key",
      'invalid_client',
      () => byAssertion(mint(own('key'), 'RS256', stranger.privateKey)),
    ],
    [
      'an assertion for another audience',
      'invalid_client',
      () => byAssertion(mint(own('key', { aud: 'x' }))),
    ],
    [
      'an expired assertion',
      'invalid_client',
      () => byAssertion(mint(own('key', { exp: SECOND - 1 }))),
    ],
    [
      'a scope that is not registered',
      'invalid_scope',
      () => ask({ client_id: 'any', client_secret: SECRET, scope: 'read admin' }),
    ],
  ])('not by %s: %s', async (_, error, request) => {
    const reply = await request()
    expect(reply.status).toBe(error === 'invalid_client' ? 401 : 400)
    expect(reply.headers.get('www-authenticate')).toBeNull()
    expect(reply.json()).toEqual({ error, error_description: expect.stringMatching(/./) })
  })

  test.each<[string, string, Record<string, string>?]>([
    ['a wrong secret', encodeBasic('any', 'x')],
    ['post in its place', encodeBasic('post', 'x')],
    ['another client_id', encodeBasic('any', SECRET), { client_id: 'open' }],
    ['no base64', 'Basic any:x'],
    ['Bearer', 'Bearer x'],
    ['nothing', ''],
  ])('by header with %s: 401, and how to do it', async (_, authorization, fields = {}) => {
    const reply = await ask(fields, { authorization })
    expect([reply.status, reply.json().error]).toEqual([401, 'invalid_client'])
    expect(reply.headers.get('www-authenticate')).toMatch(/^Basic /)
  })

  test('a client assertion serves once', async () => {
    const assertion = mint(own('key', { jti: 'once' }))
    expect((await byAssertion(assertion)).status).toBe(200)
    expect((await byAssertion(assertion)).json().error).toBe('invalid_client')
  })
})

describe('parameters', () => {
  const fields = { grant_type: 'client_credentials', client_id: 'open', scope: 'a' }
  const { headers, body } = form(fields)
  test.each<[string, () => Promise<Reply>, string]>([
    ['in JSON', () => send(`${base}/token`, json({ ...fields, scope: ['a', 'b'], n: 1 })), 'a b'],
    ['in the query', () => send(`${base}/token?${body}`), 'a'],
    ['in the query of a GET', () => send(`${base}/token?${body}`, { method: 'GET' }), 'a'],
    ['in both: the body wins', () => send(`${base}/token?scope=x`, { headers, body }), 'a'],
    [
      'in multipart',
      () =>
        send(`${base}/token`, {
          headers: { 'content-type': 'multipart/form-data; boundary=b' },
          body: `${Object.entries(fields)
            .map(
              ([name, value]) =>
                `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
            )
            .join('')}--b--\r\n`,
        }),
      'a',
    ],
    [
      'empty, as if left out',
      () => send(`${base}/token`, { headers, body: `${body}&client_secret=` }),
      'a',
    ],
    [
      'resource twice',
      () => send(`${base}/token`, { headers, body: `${body}&resource=x&resource=y` }),
      'a',
    ],
  ])('%s', async (_, request, scope) => {
    expect((await request()).json()).toMatchObject({ scope })
  })

  test.each<[string, string, () => Promise<Reply>]>([
    ['no grant_type', 'invalid_request', () => send(`${base}/token`)],
    [
      'another grant',
      'unsupported_grant_type',
      () => send(`${base}/token`, form({ grant_type: 'password' })),
    ],
    [
      'no assertion',
      'invalid_request',
      () => send(`${base}/token`, form({ grant_type: JWT_BEARER })),
    ],
    [
      'a parameter twice',
      'invalid_request',
      () => send(`${base}/token`, { headers, body: `${body}&scope=b` }),
    ],
    ['broken JSON', 'invalid_request', () => send(`${base}/token`, { ...json(1), body: '{' })],
    ['JSON that is no object', 'invalid_request', () => send(`${base}/token`, json([]))],
    [
      'broken multipart',
      'invalid_request',
      () =>
        send(`${base}/token`, { headers: { 'content-type': 'multipart/form-data' }, body: 'x' }),
    ],
    ['no content type', 'invalid_request', () => send(`${base}/token`, { body })],
  ])('%s: %s', async (_, error, request) => {
    const reply = await request()
    expect([reply.status, reply.json().error]).toEqual([400, error])
  })

  test('other methods are refused', async () => {
    const reply = await send(`${base}/token`, { method: 'PUT', headers, body })
    expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'GET, POST'])
  })
})

test('accounts are read from the file, and mistakes named by their place', async () => {
  const { readAccounts } = await import('../../src/sandbox/accounts.ts')
  const read = (entry: object) => readAccounts({ generic: [entry] }, () => toPem(p256.publicKey))
  const given = {
    issuer: 'i',
    audience: 'a',
    client_auth: 'private_key_jwt',
    public_key: './k.pub',
    algorithms: ['ES256'],
    lifetime: 60,
  }
  expect(read(given).generic).toMatchObject([
    { ...given, audience: ['a'], public_key: toPem(p256.publicKey) },
  ])
  expect(() => read({ client_auth: 'basic' })).toThrow('generic[0].client_auth')
  expect(() => read({ algorithms: ['none'] })).toThrow('generic[0].algorithms[0]')
  expect(() => read({ public_key: '-----BEGIN X-----' })).toThrow('generic[0].public_key')
})
