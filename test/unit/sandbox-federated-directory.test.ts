// The Federated Directory twin over real HTTP.

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCertificate } from '../../src/io/key/write/certificate.ts'
import type { FederatedDirectoryAccount } from '../../src/sandbox/federated-directory.ts'
import type { Sandbox } from '../../src/sandbox/server.ts'
import { signToken, type TokenHeader } from '../../src/sandbox/signing.ts'
import {
  form,
  json,
  NOW,
  openSandbox,
  type Reply,
  readToken,
  SECOND,
  send,
  toPem,
} from '../support/twin.ts'

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
// as long as the service's own
const ISSUER = '51f1e656elkv31ypuyf1eeziawusl39k@fd'
const small = generateKeyPairSync('rsa', { modulusLength: 1024 })
const usual = generateKeyPairSync('rsa', { modulusLength: 2048 })
const large = generateKeyPairSync('rsa', { modulusLength: 3072 })

const certificate = createCertificate({
  ...small,
  commonName: 'fd',
  notBefore: new Date(NOW - 86_400_000),
  notAfter: new Date(NOW + 86_400_000),
})
const accounts: FederatedDirectoryAccount[] = [
  { issuer: ISSUER, role: 'directoryKey', public_key: toPem(small.publicKey) },
  { issuer: 'usual'.padEnd(32, '0'), role: 'admin', public_key: toPem(usual.publicKey) },
  { issuer: 'large'.padEnd(32, '0'), role: 'admin', public_key: toPem(large.publicKey) },
  { issuer: 'certificate'.padEnd(32, '0'), role: 'admin', public_key: certificate },
]

let sandbox: Sandbox
let url = ''
beforeAll(async () => {
  sandbox = await openSandbox({ 'federated-directory': accounts })
  url = sandbox.services['federated-directory'].token_endpoint
})
afterAll(() => sandbox.close())

type Claims = Record<string, unknown>

function mint(
  changes: Claims = {},
  key: KeyObject = small.privateKey,
  header: TokenHeader = { alg: 'RS256', typ: 'JWT' },
) {
  return signToken(header, { iss: ISSUER, scope: ['directoryKey'], aud: 'key', ...changes }, key)
}

/** Another header over the same claims, still signed as RS256. */
function relabel(token: string, header: object) {
  const head = Buffer.from(JSON.stringify(header)).toString('base64url')
  const input = `${head}.${token.split('.')[1]}`
  return `${input}.${sign('sha256', Buffer.from(input), small.privateKey).toString('base64url')}`
}

const ask = (assertion: unknown, grant_type: unknown = JWT_BEARER) =>
  send(url, json({ grant_type, assertion }))

describe('grants', () => {
  test('an HS256 token in the shape of the service', async () => {
    expect(url).toMatch(/\/v2\/Login\/Oauth2\/Token$/)
    const reply = await ask(mint())
    expect(reply.status).toBe(200)
    const { access_token, ...rest } = reply.json()
    expect(rest).toEqual({ token_type: 'Bearer', expires_in: 28800 })
    const { header, claims } = readToken(access_token)
    expect(header).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(Object.keys(claims)).toEqual(['iss', 'aud', 'exp', 'jti'])
    expect(claims).toMatchObject({
      iss: 'https://www.federated.directory/',
      aud: 'key',
      exp: SECOND + 28800,
    })
    const jti = /^(\w{8})-(\w{4})-1(\w{3})-[89ab]\w{3}-\w{12}$/.exec(String(claims.jti))
    const steps = BigInt(`0x${jti?.[3]}${jti?.[2]}${jti?.[1]}`)
    expect(steps / 10_000n - 12_219_292_800_000n).toBe(BigInt(NOW))
    expect(readToken((await ask(mint())).json().access_token).claims.jti).not.toBe(claims.jti)
  })

  test.each<[string, () => Promise<Reply>]>([
    ['a form', () => send(url, form({ grant_type: JWT_BEARER, assertion: mint() }))],
    [
      'JSON without a content type',
      () => send(url, { body: json({ grant_type: JWT_BEARER, assertion: mint() }).body }),
    ],
    ['further claims', () => ask(mint({ iat: SECOND, exp: SECOND - 1, jti: 'x' }))],
    ['a header without typ', () => ask(mint({}, small.privateKey, { alg: 'RS256' }))],
    [
      'a 2048-bit key',
      () => ask(mint({ iss: accounts[1]?.issuer, scope: ['admin'] }, usual.privateKey)),
    ],
    ['a registered certificate', () => ask(mint({ iss: accounts[3]?.issuer, scope: ['admin'] }))],
  ])('to %s', async (_, request) => {
    expect((await request()).status).toBe(200)
  })

  test('the same assertion over and over', async () => {
    const assertion = mint()
    expect((await ask(assertion)).status).toBe(200)
    expect((await ask(assertion)).status).toBe(200)
  })
})

describe('length', () => {
  /** base64url knows no length of 4n+1, so header and payload must share what is to be added. */
  function padded(length: number) {
    for (const typ of ['', 'J', 'JW', 'JWT']) {
      for (let count = 0; count < 300; count++) {
        const claims = { iss: 'i', scope: undefined, aud: undefined, pad: 'x'.repeat(count) }
        const token = mint(claims, small.privateKey, { alg: 'RS256', typ })
        if (token.length === length) return token
        if (token.length > length) break
      }
    }
    throw new Error(`no assertion of ${length} characters`)
  }
  test.each([
    [249, 400],
    [250, 401],
    [500, 401],
    [501, 400],
  ])('of %i is answered with %i', async (length, status) => {
    expect((await ask(padded(length))).status).toBe(status)
  })

  test.each<[string, string]>([
    [
      'iat and exp with a 2048-bit key',
      mint({ iss: accounts[1]?.issuer, iat: SECOND, exp: SECOND }, usual.privateKey),
    ],
    ['a 3072-bit key', mint({ iss: accounts[2]?.issuer, scope: ['admin'] }, large.privateKey)],
  ])('%s is too much', async (_, assertion) => {
    const reply = await ask(assertion)
    expect(reply.json()).toMatchObject({ status: '400', detail: expect.stringContaining('length') })
  })
})

describe('refuses', () => {
  const long = 'x'.repeat(300)
  test.each<[number, string, () => Promise<Reply>]>([
    [400, 'another grant', () => ask(mint(), 'client_credentials')],
    [400, 'no grant', () => ask(mint(), null)],
    [400, 'no assertion', () => ask(undefined)],
    [400, 'an assertion that is no text', () => ask(5)],
    [400, 'a body that is no JSON', () => send(url, { ...json(1), body: '{' })],
    [400, 'a body that is no object', () => send(url, json(null))],
    [400, 'an empty body', () => send(url)],
    [400, 'parameters in the query', () => send(`${url}?grant_type=x&assertion=${mint()}`)],
    [415, 'text', () => send(url, { headers: { 'content-type': 'text/plain' }, body: mint() })],
    [401, 'what is no JWT', () => ask(long)],
    [401, 'an unknown issuer', () => ask(mint({ iss: `${ISSUER}x` }))],
    [401, 'no issuer', () => ask(mint({ iss: undefined, pad: long.slice(0, 40) }))],
    [401, 'another key', () => ask(mint({}, usual.privateKey))],
    [401, 'another algorithm', () => ask(mint({}, small.privateKey, { alg: 'RS512' }))],
    [401, 'another name for the algorithm', () => ask(relabel(mint(), { alg: 'RS512' }))],
    [401, 'another audience', () => ask(mint({ aud: url }))],
    [401, 'an audience in a list', () => ask(mint({ aud: ['key'] }))],
    [403, 'another role', () => ask(mint({ scope: ['admin'] }))],
    [403, 'a role that is no list', () => ask(mint({ scope: 'directoryKey' }))],
    [403, 'two roles', () => ask(mint({ scope: ['directoryKey', 'admin'] }))],
    [403, 'no role', () => ask(mint({ scope: undefined, pad: 'x' }))],
    [404, 'another path', () => send(url.replace('Token', 'token'), json({}))],
    [405, 'GET', () => send(url, { method: 'GET' })],
  ])('with %i: %s', async (status, _, request) => {
    const reply = await request()
    expect(reply.status).toBe(status)
    expect(reply.json()).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      detail: expect.stringMatching(/./),
      status: String(status),
    })
  })
})

describe('accounts', () => {
  test.each<[string, object, string]>([
    ['an unknown role', { role: 'user' }, 'federated-directory[0].role'],
    ['no key', { public_key: undefined }, 'public_key is missing'],
    ['text that is no key', { public_key: '-----BEGIN PUBLIC KEY-----' }, 'a PEM public key'],
    [
      'a key that is not RSA',
      { public_key: toPem(generateKeyPairSync('ed25519').publicKey) },
      'no RSA key',
    ],
  ])('%s is refused by its place', async (_, changes, message) => {
    const { readAccounts } = await import('../../src/sandbox/accounts.ts')
    const entries = [{ ...accounts[0], ...changes }]
    expect(() => readAccounts({ 'federated-directory': entries }, () => '')).toThrow(message)
  })
})
