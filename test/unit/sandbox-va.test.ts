// The VA twins over real HTTP: each row is a rule of the services, in the services' own words.

import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCertificate } from '../../src/io/key/write/certificate.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts'
import type { VaSisAccount } from '../../src/sandbox/va/va-sis.ts'

const NOW = Date.parse('2026-11-02T12:00:00.250Z')
const SECOND = Math.floor(NOW / 1000)
const DAY = 86_400_000
const STAGING = 'https://staging-api.va.gov'
const AUDIENCE = `${STAGING}/v0/sign_in/token`
const CHATBOT = `${STAGING}/v0/map_services/chatbot/token`
const CLAIMS = `${STAGING}/v0/chatbot/claims`
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const CLIENT_ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

const current = generateKeyPairSync('rsa', { modulusLength: 2048 })
const next = generateKeyPairSync('rsa', { modulusLength: 2048 })
const lapsed = generateKeyPairSync('rsa', { modulusLength: 2048 })
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' })

const certify = (pair: { privateKey: KeyObject; publicKey: KeyObject }, from: number, to: number) =>
  createCertificate({
    ...pair,
    commonName: 'va test',
    notBefore: new Date(from),
    notAfter: new Date(to),
  })
const toPem = (key: KeyObject) => key.export({ format: 'pem', type: 'spki' }).toString()

const account: VaSisAccount = {
  service_account_id: 'S',
  access_token_audience: 'A',
  scopes: [CHATBOT, CLAIMS],
  user_attributes: ['icn'],
  access_token_seconds: 300,
  certificates: [
    certify(lapsed, NOW - 20 * DAY, NOW - DAY),
    certify(current, NOW - DAY, NOW + DAY),
    toPem(next.publicKey),
  ],
}
const others: VaSisAccount[] = [
  { ...account, service_account_id: 'scopeless', scopes: [] },
  { ...account, service_account_id: 'lapsed', certificates: account.certificates.slice(0, 1) },
  { ...account, service_account_id: 'unregistered', certificates: [] },
  {
    ...account,
    service_account_id: 'early',
    certificates: [certify(current, NOW + DAY, NOW + 2 * DAY)],
  },
  {
    ...account,
    service_account_id: 'broken',
    certificates: ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
  },
  { ...account, service_account_id: 'long', access_token_seconds: 1800 },
  {
    ...account,
    service_account_id: 'bogus',
    scopes: [`${STAGING}/v0/map_services/bogus/token`, `${STAGING}/v0/map_services/`],
  },
]

const options: SandboxOptions = {
  accounts: {
    'va-sis': [account, ...others],
    'va-map-sts': { applications: ['chatbot', 'check_in'], unknown_icns: ['9999999999V999999'] },
  },
  port: 0,
  host: '127.0.0.1',
  tls: false,
  baseUrls: { 'va-sis': STAGING },
  clockOffset: 0,
  faults: {},
  now: () => NOW,
}

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox(options)
})
afterAll(() => sandbox.close())

// ── what is sent ────────────────────────────────────────────────────────────────────────────────

type Claims = Record<string, unknown>

const good: Claims = {
  iss: 'A',
  service_account_id: 'S',
  sub: 'chatbot@example.gov',
  aud: AUDIENCE,
  iat: SECOND - 10,
  exp: SECOND + 290,
  scopes: [CHATBOT],
  user_attributes: { icn: '1012667122V019349' },
}
const absent = undefined

const encode = (text: string) => Buffer.from(text).toString('base64url')

/** A JWT of any header and payload text, signed as RS256 is. */
function assemble(payload: string, header: Claims = { alg: 'RS256' }, key = current.privateKey) {
  const input = `${encode(JSON.stringify(header))}.${encode(payload)}`
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`
}

const mint = (changes: Claims = {}, header?: Claims, key?: KeyObject) =>
  assemble(JSON.stringify({ ...good, ...changes }), header, key)

/** The same assertion with its signature made in another way. */
function mintAs(alg: string, seal: (input: Buffer) => Buffer) {
  const input = `${encode(JSON.stringify({ alg }))}.${encode(JSON.stringify(good))}`
  return `${input}.${seal(Buffer.from(input)).toString('base64url')}`
}

const splice = (token: string, change: (parts: [string, string, string]) => string[]) => {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return change([header, payload, signature]).join('.')
}

interface Reply {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: answers of four shapes, read where their shape is known
  json: any
}

async function call(url: URL | string, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(url, init)
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json')
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  }
}

/** To a real URL of the service; the sandbox says where that is here. */
const post = (url: string, init: RequestInit = {}) =>
  call(sandbox.dial(new URL(url)) ?? '', { method: 'POST', ...init })

const form = (fields: Record<string, string>) => ({ body: new URLSearchParams(fields) })
const exchange = (assertion: string) => post(AUDIENCE, form({ grant_type: JWT_BEARER, assertion }))
const getToken = async (changes: Claims = {}): Promise<string> =>
  (await exchange(mint(changes))).json.data.access_token

// ── the assertion ───────────────────────────────────────────────────────────────────────────────

const mismatch = 'Assertion body does not match signature'
const malformed = 'Assertion is malformed'
const audienceError = (received: string) =>
  `Invalid audience. Expected ["${AUDIENCE}"], received ${received}`

describe('an assertion', () => {
  test.each<[what: string, claims: Claims, outcome: number | string]>(
    // biome-ignore format: one rule a row
    [
      // who asks
      ['well formed', {}, 200],
      ['iss is the id, no service_account_id', { iss: 'S', service_account_id: absent }, 200],
      ['iss is the id, and service_account_id too', { iss: 'S' }, 200],
      ['iss is the audience, no service_account_id', { service_account_id: absent }, 'Service account config not found'],
      ['service_account_id null is absent', { iss: 'S', service_account_id: null }, 200],
      ['service_account_id empty', { service_account_id: '' }, 'Invalid client identifier'],
      ['neither id nor iss', { service_account_id: absent, iss: absent }, 'Invalid client identifier'],
      ['unknown id', { service_account_id: 'T' }, 'Service account config not found'],
      ['id without iss', { iss: absent }, 'Missing required claim iss'],
      ['iss null', { iss: null }, 'Invalid issuer'],
      ['iss of someone else', { iss: 'B' }, 'Invalid issuer'],
      ['iss with a trailing slash', { iss: 'A/' }, 'Invalid issuer'],

      // for whom
      ['aud of production', { aud: 'https://api.va.gov/v0/sign_in/token' }, audienceError('https://api.va.gov/v0/sign_in/token')],
      ['aud with a trailing slash', { aud: `${AUDIENCE}/` }, audienceError(`${AUDIENCE}/`)],
      ['aud is the host', { aud: STAGING }, audienceError(STAGING)],
      ['aud with http', { aud: 'http://staging-api.va.gov/v0/sign_in/token' }, audienceError('http://staging-api.va.gov/v0/sign_in/token')],
      ['aud missing', { aud: absent }, audienceError('<none>')],
      ['aud null', { aud: null }, audienceError('<none>')],
      ['aud list without it', { aud: ['x', 'y'] }, audienceError('["x", "y"]')],
      ['aud list with it', { aud: ['x', AUDIENCE] }, 200],
      ['aud is an object', { aud: { a: [1, null] } }, audienceError('{"a"=>[1, nil]}')],

      // from when
      ['iat now', { iat: SECOND }, 200],
      ['iat a month ago', { iat: SECOND - 30 * 86_400 }, 200],
      ['iat with a fraction', { iat: SECOND + 0.2 }, 200],
      ['iat a fraction ahead', { iat: SECOND + 0.3 }, 'Invalid iat'],
      ['iat one second ahead', { iat: SECOND + 1 }, 'Invalid iat'],
      ['iat five seconds ahead', { iat: SECOND + 5 }, 'Invalid iat'],
      ['iat an hour ahead', { iat: SECOND + 3600 }, 'Invalid iat'],
      ['iat as text', { iat: String(SECOND) }, 'Invalid iat'],
      ['iat in milliseconds', { iat: NOW }, 'Invalid iat'],
      ['iat null', { iat: null }, 'Invalid iat'],
      ['iat missing', { iat: absent }, 'Missing required claim iat'],

      // until when
      ['exp one second ahead', { exp: SECOND + 1 }, 200],
      ['exp now', { exp: SECOND }, 'Assertion has expired'],
      ['exp now, with a fraction', { exp: SECOND + 0.9 }, 'Assertion has expired'],
      ['exp past', { exp: SECOND - 1 }, 'Assertion has expired'],
      ['exp null', { exp: null }, 'Assertion has expired'],
      ['exp as words', { exp: 'tomorrow' }, 'Assertion has expired'],
      ['exp as a numeric text', { exp: String(SECOND + 300) }, 200],
      ['exp in a hundred years', { exp: SECOND + 100 * 31_557_600 }, 200],
      ['exp in milliseconds', { exp: NOW }, 200],
      ['exp missing', { exp: absent }, 'Missing required claim exp'],
      ['exp is a list', { exp: [SECOND + 300] }, 500],
      ['nbf now', { nbf: SECOND }, 200],
      ['nbf ahead', { nbf: SECOND + 60 }, malformed],

      // about whom
      ['sub missing', { sub: absent }, 'Missing required claim sub'],
      ['sub empty', { sub: '' }, 500],
      ['sub null', { sub: null }, 500],

      // for what
      ['every scope', { scopes: [CHATBOT, CLAIMS] }, 200],
      ['one scope as a text', { scopes: CHATBOT }, 200],
      ['scopes missing', { scopes: absent }, 'Invalid scopes'],
      ['scopes empty', { scopes: [] }, 'Invalid scopes'],
      ['scopes missing, none registered', { scopes: absent, service_account_id: 'scopeless' }, 200],
      ['scopes empty, none registered', { scopes: [], service_account_id: 'scopeless' }, 200],
      ['a scope, none registered', { service_account_id: 'scopeless' }, 'Invalid scopes'],
      ['scopes in one text', { scopes: `${CHATBOT} ${CLAIMS}` }, 'Invalid scopes'],
      ['an unknown scope', { scopes: ['u3'] }, 'Invalid scopes'],
      ['a known and an unknown scope', { scopes: [CHATBOT, 'u3'] }, 'Invalid scopes'],
      ['a scope with http for https', { scopes: [CHATBOT.replace('https', 'http')] }, 'Invalid scopes'],
      ['scopes is an object', { scopes: { a: CHATBOT } }, 'Invalid scopes'],
      ['scope for scopes', { scopes: absent, scope: CHATBOT }, 'Invalid scopes'],

      // with what
      ['user_attributes empty', { user_attributes: {} }, 200],
      ['user_attributes null', { user_attributes: null }, 200],
      ['user_attributes missing', { user_attributes: absent }, 200],
      ['an attribute in upper case', { user_attributes: { ICN: '1' } }, 'Invalid user attributes'],
      ['an attribute not registered', { user_attributes: { email: 'a@b' } }, 'Invalid user attributes'],
      ['user_attributes is a text', { user_attributes: 'x' }, 500],
      ['user_attributes is a list', { user_attributes: ['icn'] }, 500],

      // by which certificate
      ['every certificate expired', { service_account_id: 'lapsed' }, 'Certificates are expired'],
      ['no certificate', { service_account_id: 'unregistered' }, 'Certificates are expired'],
      ['a certificate not yet valid', { service_account_id: 'early' }, 200],
      ['a broken certificate', { service_account_id: 'broken' }, 500],
    ],
  )('%s', async (_, claims, outcome) => {
    expect(summarise(await exchange(mint(claims)))).toEqual(expectOutcome(outcome))
  })

  test.each<[what: string, assertion: () => string, outcome: number | string]>(
    // biome-ignore format: one rule a row
    [
      ['signed by the key of another active certificate', () => mint({}, { alg: 'RS256' }, next.privateKey), 200],
      ['signed by the key of an expired certificate', () => mint({}, { alg: 'RS256' }, lapsed.privateKey), mismatch],
      ['signed by a stranger', () => mint({}, { alg: 'RS256' }, stranger.privateKey), mismatch],
      ['payload exchanged', () => splice(mint(), ([h, , s]) => [h, encode(JSON.stringify({ ...good, sub: 'me' })), s]), mismatch],
      ['signature empty', () => splice(mint(), ([h, p]) => [h, p, '']), mismatch],
      ['signature padded', () => `${mint()}==`, 200],
      ['signature in standard base64', () => splice(mint(), ([h, p, s]) => [h, p, Buffer.from(s, 'base64url').toString('base64')]), 200],

      ['alg rs256', () => mint({}, { alg: 'rs256' }), 200],
      ['alg missing', () => mint({}, { typ: 'JWT' }), malformed],
      ['alg none', () => mintAs('none', () => Buffer.alloc(0)), malformed],
      ['RS512', () => mintAs('RS512', (input) => sign('sha512', input, current.privateKey)), malformed],
      ['PS256', () => mintAs('PS256', (input) => sign('sha256', input, { key: current.privateKey, padding: 6 })), malformed],
      ['ES256', () => mintAs('ES256', (input) => sign('sha256', input, { key: curve.privateKey, dsaEncoding: 'ieee-p1363' })), malformed],
      ['HS256 keyed with the public key', () => mintAs('HS256', (input) => createHmac('sha256', toPem(current.publicKey)).update(input).digest()), malformed],
      ['header with crit, unknown kid, odd typ', () => mint({}, { alg: 'RS256', kid: 'x', typ: 'thing', crit: ['b64'] }), 200],

      ['two segments', () => splice(mint(), ([h, p]) => [h, p]), malformed],
      ['four segments', () => `${mint()}.x`, malformed],
      ['garbage', () => 'garbage', malformed],
      ['header not JSON', () => splice(mint(), ([, p, s]) => [encode('{'), p, s]), malformed],
      ['header a list', () => splice(mint(), ([, p, s]) => [encode('[]'), p, s]), malformed],
      ['payload not JSON', () => assemble('{'), malformed],
      ['payload a text', () => assemble('"text"'), 'Invalid client identifier'],
      ['payload a list', () => assemble('[1]'), 500],
      ['payload null', () => assemble('null'), 500],
      ['payload names a member twice', () => assemble(`{"iss":"wrong",${JSON.stringify(good).slice(1)}`), 200],
      ['white space around it', () => ` ${mint()}\n`, malformed],
      ['a stray character in it', () => splice(mint(), ([h, p, s]) => [h, p, `${s}!`]), malformed],
      ['a bit where none belongs', () => splice(mint(), ([h, p, s]) => [h, p, flipLastBit(s)]), malformed],
      ['a PEM', () => toPem(current.publicKey), malformed],
    ],
  )('%s', async (_, assertion, outcome) => {
    expect(summarise(await exchange(assertion()))).toEqual(expectOutcome(outcome))
  })

  test('is taken a second time', async () => {
    const assertion = mint()
    expect((await exchange(assertion)).status).toBe(200)
    expect((await exchange(assertion)).status).toBe(200)
  })
})

/** 2048 bits leave four bits of the last character unused. */
function flipLastBit(signature: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return signature.slice(0, -1) + alphabet[alphabet.indexOf(signature.at(-1) ?? '') ^ 1]
}

const summarise = ({ status, json }: Reply) => ({
  status,
  errors: status === 200 ? Object.keys(json.data) : json.errors,
})

const expectOutcome = (outcome: number | string) => {
  if (outcome === 200) return { status: 200, errors: ['access_token'] }
  if (outcome !== 500) return { status: 400, errors: outcome }
  const title = 'Internal server error'
  return { status: 500, errors: [{ title, detail: title, code: '500', status: '500' }] }
}

describe('of two faults, the one reported', () => {
  const foreign = [{ alg: 'RS256' }, stranger.privateKey] as const
  const past = { exp: SECOND - 1 }
  const badAud = { aud: 'x' }
  test.each<[what: string, assertion: () => string, outcome: number | string]>(
    // biome-ignore format: one rule a row
    [
      ['alg before account', () => mint({ service_account_id: 'T' }, { alg: 'RS512' }), malformed],
      ['account before signature', () => mint({ service_account_id: 'T' }, ...foreign), 'Service account config not found'],
      ['account before expiry', () => mint({ service_account_id: 'T', ...past }), 'Service account config not found'],
      ['certificates before signature', () => mint({ service_account_id: 'lapsed' }, ...foreign), 'Certificates are expired'],
      ['signature before expiry', () => mint(past, ...foreign), mismatch],
      ['expiry before nbf', () => mint({ ...past, nbf: SECOND + 60 }), 'Assertion has expired'],
      ['nbf before iat', () => mint({ nbf: SECOND + 60, iat: SECOND + 60 }), malformed],
      ['expiry before audience', () => mint({ ...past, ...badAud }), 'Assertion has expired'],
      ['iat before audience', () => mint({ iat: SECOND + 60, ...badAud }), 'Invalid iat'],
      ['audience before presence', () => mint({ ...badAud, sub: absent }), audienceError('x')],
      ['iat missing before sub, exp, iss', () => mint({ iat: absent, sub: absent, exp: absent, iss: absent }), 'Missing required claim iat'],
      ['sub missing before exp, iss', () => mint({ sub: absent, exp: absent, iss: absent }), 'Missing required claim sub'],
      ['exp missing before iss', () => mint({ exp: absent, iss: absent }), 'Missing required claim exp'],
      ['presence before issuer', () => mint({ sub: absent, iss: 'B' }), 'Missing required claim sub'],
      ['issuer before scopes', () => mint({ iss: 'B', scopes: [] }), 'Invalid issuer'],
      ['scopes before attributes', () => mint({ scopes: [], user_attributes: { email: '' } }), 'Invalid scopes'],
      ['attributes before a blank sub', () => mint({ user_attributes: { email: '' }, sub: '' }), 'Invalid user attributes'],
    ],
  )('%s', async (_, assertion, outcome) => {
    expect(summarise(await exchange(assertion()))).toEqual(expectOutcome(outcome))
  })
})

// ── the request ─────────────────────────────────────────────────────────────────────────────────

describe('the parameters', () => {
  const code = { grant_type: 'authorization_code' }
  const grantError = 'Grant type is not valid'
  test.each<[what: string, fields: Record<string, string>, text: string]>(
    // biome-ignore format: one rule a row
    [
      ['nothing', {}, grantError],
      ['an unknown grant', { grant_type: 'client_credentials' }, grantError],
      ['a grant encoded twice', { grant_type: encodeURIComponent(JWT_BEARER) }, grantError],
      ['a grant with a space', { grant_type: ` ${JWT_BEARER}` }, grantError],
      ['a grant in upper case', { grant_type: JWT_BEARER.toUpperCase() }, grantError],
      ['no assertion', { grant_type: JWT_BEARER }, "Assertion can't be blank"],
      ['a blank assertion', { grant_type: JWT_BEARER, assertion: ' ' }, "Assertion can't be blank"],
      ['an assertion as a list', { grant_type: JWT_BEARER, 'assertion[]': 'x' }, "Assertion can't be blank"],
      ['an assertion as a mapping', { grant_type: JWT_BEARER, 'assertion[a]': 'x' }, "Assertion can't be blank"],
      ['a code grant with nothing', code, "Code can't be blank and Code verifier can't be blank"],
      ['a code alone', { ...code, code: 'c' }, "Code verifier can't be blank"],
      ['a client assertion without its type', { ...code, code: 'c', client_assertion: 'x' }, "Code verifier can't be blank"],
      ['a bad assertion type and nothing else', { ...code, client_assertion_type: 'x' }, "Client assertion type is not valid, Code can't be blank, and Client assertion can't be blank"],
      ['a bad assertion type', { ...code, client_assertion_type: 'x', code: 'c', client_assertion: 'x' }, 'Client assertion type is not valid'],
      ['the right assertion type alone', { ...code, client_assertion_type: CLIENT_ASSERTION }, "Code can't be blank and Client assertion can't be blank"],
      ['a token exchange with nothing', { grant_type: TOKEN_EXCHANGE }, "Subject token can't be blank, Subject token type can't be blank, Actor token can't be blank, Actor token type can't be blank, and Client can't be blank"],
      ['a code nobody knows', { ...code, code: 'c', code_verifier: 'v' }, 'Code is not valid'],
    ],
  )('%s', async (_, fields, text) => {
    const { status, json, headers } = await post(AUDIENCE, form(fields))
    expect([status, json]).toEqual([400, { errors: text }])
    expect(headers.get('cache-control')).toBe('no-cache')
  })

  const json = (value: unknown) => ({
    body: JSON.stringify(value),
    headers: { 'content-type': 'application/json' },
  })
  const query = (fields: Record<string, string>) => `${AUDIENCE}?${new URLSearchParams(fields)}`
  test.each<[what: string, send: () => Promise<Reply>, status: number]>(
    // biome-ignore format: one rule a row
    [
      ['in the query', () => post(query({ grant_type: JWT_BEARER, assertion: mint() })), 200],
      ['in a form', () => exchange(mint()), 200],
      ['in JSON', () => post(AUDIENCE, json({ grant_type: JWT_BEARER, assertion: mint() })), 200],
      ['in JSON that is not called JSON', () => post(AUDIENCE, { body: JSON.stringify({ grant_type: JWT_BEARER, assertion: mint() }) }), 400],
      ['one in the query, one in the body', () => post(query({ grant_type: JWT_BEARER }), form({ assertion: mint() })), 200],
      ['the body wins over the query', () => post(query({ grant_type: 'x', assertion: 'x' }), form({ grant_type: JWT_BEARER, assertion: mint() })), 200],
      ['a bad body wins over a good query', () => post(query({ grant_type: JWT_BEARER, assertion: mint() }), form({ assertion: 'x' })), 400],
      ['a list in JSON is dropped', () => post(AUDIENCE, json({ grant_type: JWT_BEARER, assertion: [mint()] })), 400],
      ['a mapping in JSON is dropped', () => post(AUDIENCE, json({ grant_type: { a: JWT_BEARER }, assertion: mint() })), 400],
      ['JSON that is none', () => post(AUDIENCE, { ...json(0), body: '{"a' }), 400],
      ['JSON that is no object', () => post(AUDIENCE, json([1])), 400],
['a list in the body wins over a text in the query', () => post(query({ grant_type: JWT_BEARER, assertion: mint() }), form({ 'assertion[]': 'x' })), 400],
      ['a form with a bare percent sign', () => post(AUDIENCE, { body: `${new URLSearchParams({ grant_type: JWT_BEARER, assertion: mint() })}&x=%zz`, headers: { 'content-type': 'application/x-www-form-urlencoded' } }), 400],
    ],
  )('%s', async (_, send, status) => {
    expect((await send()).status).toBe(status)
  })

  test.each<[method: string, path: string]>(
    // biome-ignore format: one rule a row
    [
      ['GET', '/v0/sign_in/token'],
      ['PUT', '/v0/sign_in/token'],
      ['POST', '/v0/sign_in/tokens'],
      ['POST', '/sign_in/openid_connect/certs'],
      ['GET', '/v0/map_services/chatbot/token'],
    ],
  )('%s %s has no route', async (method, path) => {
    const { status, json } = await post(STAGING + path, { method })
    const detail = `There are no routes matching your request: ${path.slice(1)}`
    const error = { title: 'Not found', detail, code: '411', status: '404' }
    expect([status, json]).toEqual([404, { errors: [error] }])
  })

  test('the answer escapes what HTML would read', async () => {
    const reply = await exchange(mint({ aud: absent }))
    expect(reply.text).toContain('received \\u003cnone\\u003e"}')
    expect(reply.headers.get('x-request-id')).toMatch(/^[\da-f]{8}-[\da-f-]{27}$/)
    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8')
  })
})

// ── the token ───────────────────────────────────────────────────────────────────────────────────

describe('the token', () => {
  const fetchKeys = async (service: 'va-sis' | 'va-map-sts'): Promise<JSONWebKeySet> =>
    (await call(sandbox.services[service].jwks_uri ?? '')).json

  test('has the header and claims of the service', async () => {
    const reply = await exchange(mint({ scopes: [CLAIMS, CHATBOT] }))
    const token: string = reply.json.data.access_token
    const keys = await fetchKeys('va-sis')
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(keys), {
      currentDate: new Date(NOW),
    })
    const [key] = keys.keys
    expect(Object.keys(key ?? {})).toEqual(['kty', 'n', 'e', 'alg', 'use', 'kid'])
    expect(protectedHeader).toEqual({ typ: 'JWT', kid: key?.kid, alg: 'RS256' })
    expect(protectedHeader.kid).toMatch(/^[\da-f]{64}$/)
    expect(payload).toEqual({
      iss: 'va.gov sign in',
      aud: 'A',
      jti: expect.stringMatching(/^[\da-f]{8}-/),
      sub: 'chatbot@example.gov',
      exp: SECOND + 300,
      iat: SECOND,
      nbf: SECOND,
      version: 'V0',
      scopes: [CLAIMS, CHATBOT],
      service_account_id: 'S',
      user_attributes: { icn: '1012667122V019349' },
    })
    expect(Object.keys(reply.json)).toEqual(['data'])
    expect(reply.headers.get('cache-control')).toBe('max-age=0, private, must-revalidate')
    expect(reply.headers.get('etag')).toMatch(/^W\/"[\da-f]{32}"$/)
  })

  test('lives as long as the account says', async () => {
    const claims = decodeClaims(await getToken({ service_account_id: 'long' }))
    expect(claims.exp).toBe(SECOND + 1800)
  })

  test('has empty attributes where none were sent', async () => {
    const claims = decodeClaims(await getToken({ user_attributes: absent }))
    expect(claims.user_attributes).toEqual({})
  })

  test('of MAP is signed by another key, with RS512', async () => {
    const { json } = await askMap(CHATBOT, await getToken())
    const keys = await fetchKeys('va-map-sts')
    const { payload } = await jwtVerify(json.access_token, createLocalJWKSet(keys), {
      algorithms: ['RS512'],
      currentDate: new Date(NOW),
    })
    expect(decodeProtectedHeader(json.access_token).alg).toBe('RS512')
    expect(Number(payload.exp) - SECOND).toBe(899)
    expect(keys.keys[0]?.kid).not.toBe((await fetchKeys('va-sis')).keys[0]?.kid)
    expect(JSON.stringify(payload)).not.toContain('1012667122V019349')
  })
})

function decodeClaims(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

// ── MAP ─────────────────────────────────────────────────────────────────────────────────────────

const askMap = (url: string, token: string) =>
  post(url, { headers: { authorization: `Bearer ${token}` } })

describe('MAP', () => {
  test('gives a token and when it ends', async () => {
    const { status, json } = await askMap(CHATBOT, await getToken())
    expect(status).toBe(200)
    expect(Object.keys(json)).toEqual(['access_token', 'expiration'])
    expect(json.expiration).toBe('2026-11-02T12:14:59.250Z')
  })

  const broken = 'Service Account access token JWT is malformed'
  const scopeless = 'Required scope for requested resource not found'
  test.each<[what: string, authorization: (token: string) => string | undefined, text: string]>(
    // biome-ignore format: one rule a row
    [
      ['no header', () => undefined, broken],
      ['a lower-case scheme', (token) => `bearer ${token}`, broken],
      ['no scheme', (token) => token, broken],
      ['two spaces', (token) => `Bearer  ${token}`, broken],
      ['quotes', (token) => `Bearer "${token}"`, broken],
      ['no token', () => 'Bearer', broken],
      ['Basic', () => 'Basic YTpi', broken],
      ['the assertion', () => `Bearer ${mint()}`, 'Service Account access token body does not match signature'],
    ],
  )('401 for %s', async (_, authorization, text) => {
    const value = authorization(await getToken())
    const { status, json } = await post(CHATBOT, value ? { headers: { authorization: value } } : {})
    expect([status, json]).toEqual([401, { errors: text }])
  })

  test.each<[what: string, url: string, scopes: string[]]>(
    // biome-ignore format: one rule a row
    [
      ['the scope of another resource', CHATBOT, [CLAIMS]],
      ['another application', `${STAGING}/v0/map_services/check_in/token`, [CHATBOT]],
      ['the scope in the query', `${STAGING}/v0/map_services/check_in/token?x=${CHATBOT}`, [CHATBOT]],
      ['the scope of another host', 'http://127.0.0.1/', [CHATBOT]],
    ],
  )('401 for %s', async (_, url, scopes) => {
    const own = `${sandbox.origin}/va-map-sts/v0/map_services/check_in/token`
    const { status, json } = await askMap(
      sandbox.dial(new URL(url)) ? url : own,
      await getToken({ scopes }),
    )
    expect([status, json]).toEqual([401, { errors: scopeless }])
  })

  const noIcn = {
    error: 'invalid_request',
    error_description:
      'Service account access token does not contain an ICN in `user_attributes` claim.',
  }
  const noApplication = {
    error: 'invalid_request',
    error_description: 'Application mismatch detected.',
  }
  const upstream = {
    error: 'server_error',
    error_description: 'STS failed to return a valid token.',
  }
  const [bogus = '', prefix = ''] = others.at(-1)?.scopes ?? []
  const asBogus = { service_account_id: 'bogus', scopes: [bogus] }
  test.each<[what: string, url: string, claims: Claims, status: number, body: unknown]>(
    // biome-ignore format: one rule a row
    [
      ['no attributes', CHATBOT, { user_attributes: {} }, 400, noIcn],
      ['icn null', CHATBOT, { user_attributes: { icn: null } }, 400, noIcn],
      ['an unknown application', bogus, asBogus, 400, noApplication],
      ['an unknown application and no icn', bogus, { ...asBogus, user_attributes: {} }, 400, noIcn],
      ['an unknown icn', CHATBOT, { user_attributes: { icn: '9999999999V999999' } }, 502, upstream],
      ['an empty icn', CHATBOT, { user_attributes: { icn: '' } }, 502, upstream],
    ],
  )('%s', async (_, url, claims, status, body) => {
    const reply = await askMap(url, await getToken(claims))
    expect([reply.status, reply.json]).toEqual([status, body])
  })

  test('takes a scope that is any part of the URL', async () => {
    const token = await getToken({ service_account_id: 'bogus', scopes: [prefix] })
    expect((await askMap(CHATBOT, token)).status).toBe(200)
    expect((await askMap(`${CHATBOT}?x=1`, token)).status).toBe(200)
  })
})

// ── time ────────────────────────────────────────────────────────────────────────────────────────

describe('the clock', () => {
  test('of the Date header is that of the service', async () => {
    expect((await exchange('x')).headers.get('date')).toBe(new Date(NOW).toUTCString())
  })

  test.each<[seconds: number, claims: Claims, outcome: string]>(
    // biome-ignore format: one rule a row
    [
      [-60, {}, 'Invalid iat'],
      [600, {}, 'Assertion has expired'],
    ],
  )('moved by %d s', async (clockOffset, claims, outcome) => {
    const moved = await startSandbox({ ...options, clockOffset })
    const body = new URLSearchParams({ grant_type: JWT_BEARER, assertion: mint(claims) })
    const reply = await call(moved.services['va-sis'].token_endpoint, { method: 'POST', body })
    await moved.close()
    expect(reply.json).toEqual({ errors: outcome })
    const date = new Date(NOW + clockOffset * 1000).toUTCString()
    expect(reply.headers.get('date')).toBe(date)
  })

  test('ends a token: 403 for what 401 usually is', async () => {
    let now = NOW
    const aging = await startSandbox({ ...options, now: () => now })
    const body = new URLSearchParams({ grant_type: JWT_BEARER, assertion: mint() })
    const { json } = await call(aging.services['va-sis'].token_endpoint, { method: 'POST', body })
    const authorization = `Bearer ${json.data.access_token}`
    const ask = () =>
      call(aging.dial(new URL(CHATBOT)) ?? '', { method: 'POST', headers: { authorization } })
    now = NOW + 299_000
    expect((await ask()).status).toBe(200)
    now = NOW + 300_000
    const late = await ask()
    await aging.close()
    expect([late.status, late.json]).toEqual([
      403,
      { errors: 'Service Account access token has expired' },
    ])
  })
})

test('a token of another sandbox is signed by another key', async () => {
  const elsewhere = await startSandbox(options)
  const headers = { authorization: `Bearer ${await getToken()}` }
  const url = elsewhere.dial(new URL(CHATBOT)) ?? ''
  const { status, json } = await call(url, { method: 'POST', headers })
  await elsewhere.close()
  expect(status).toBe(401)
  expect(json.errors).toBe('Service Account access token body does not match signature')
})

test('the kid is the digest of modulus and exponent, not a thumbprint', async () => {
  const { json } = await call(sandbox.services['va-sis'].jwks_uri ?? '')
  const [jwk] = json.keys
  const der = createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'der', type: 'pkcs1' })
  const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(der))
  expect(jwk.kid).toBe(Buffer.from(digest).toString('hex'))
})
