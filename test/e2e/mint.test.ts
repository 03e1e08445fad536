// `mint` against something that is not the library that signed: the openssl command.

import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeEcKey, makeEd25519Key, makeRsaKey, type Pair, readJwt } from '../support/keys.ts'
import {
  makeFolder,
  type Outcome,
  plantCanary,
  plantKey,
  runProgram,
  type Setting,
} from '../support/program.ts'

const rsa = makeRsaKey()
const keys = { rsa, p256: makeEcKey(), p384: makeEcKey('P-384'), ed: makeEd25519Key() }
for (const { pem } of Object.values(keys)) plantKey(pem)

const PROFILES = `
default_profile: bearer
profiles:
  bearer:
    provider: jwt-bearer
    token_endpoint: http://127.0.0.1:9/token
    issuer: me
    subject: you
    key_path: rsa.pem
  va:
    provider: va-sis
    environment: staging
    issuer: https://chat.example
    subject: chatbot@example.gov
    service_account_id: 88a6d94a3182fd63279ea5565f26bcb4
    key_path: rsa.pem
    scopes: https://staging-api.va.gov/v0/map_services/chatbot/token
    user_attributes:
      icn: 1012667122V019349
  chatbot:
    provider: va-map-sts
    via: va
    application: chatbot
  secret:
    provider: light-oauth2
    client_id: x
    client_secret: \${env:SECRET}
  keyed:
    provider: client-credentials
    token_endpoint: http://127.0.0.1:9/token
    client_auth: private_key_jwt
    client_id: app
    key_path: rsa.pem
`

function run(args: readonly string[], setting: Setting = {}): Promise<Outcome> {
  return runProgram([...args, '-c', 'tokentool.yaml'], {
    ...setting,
    files: {
      'tokentool.yaml': PROFILES,
      ...Object.fromEntries(Object.entries(keys).map(([name, { pem }]) => [`${name}.pem`, pem])),
      ...setting.files,
    },
  })
}

/** ES256 and its like are two numbers in a row; openssl wants them as a DER sequence. */
function toDer(signature: Buffer): Buffer {
  const half = signature.length / 2
  const numbers = [signature.subarray(0, half), signature.subarray(half)].map((number) => {
    const bare = number.subarray(number.findIndex((byte) => byte !== 0))
    const positive = (bare[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.from([0]), bare]) : bare
    return Buffer.concat([Buffer.from([2, positive.length]), positive])
  })
  const body = Buffer.concat(numbers)
  return Buffer.concat([Buffer.from([0x30, body.length]), body])
}

function verifyByOpenssl(algorithm: string, pair: Pair, jwt: string): string {
  const { input, signature } = readJwt(jwt)
  const folder = makeFolder({ 'public.pem': pair.publicPem, input })
  const bits = algorithm.slice(2)
  const der = algorithm.startsWith('ES') ? toDer(signature) : signature
  const path = (name: string): string => join(folder, name)
  writeFileSync(path('signature'), der)
  const pss = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', `rsa_pss_saltlen:${Number(bits) / 8}`]
  const args =
    algorithm === 'EdDSA'
      ? ['pkeyutl', '-verify', '-rawin', '-pubin', '-inkey', path('public.pem')].concat([
          ...['-sigfile', path('signature'), '-in', path('input')],
        ])
      : ['dgst', `-sha${bits}`, ...(algorithm.startsWith('PS') ? pss : [])].concat([
          ...['-verify', path('public.pem'), '-signature', path('signature'), path('input')],
        ])
  try {
    return execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] }).toString()
  } catch {
    return 'refused'
  }
}

describe('verified by openssl', () => {
  test.concurrent.each<[string, keyof typeof keys]>([
    ['RS256', 'rsa'],
    ['RS512', 'rsa'],
    ['PS256', 'rsa'],
    ['PS384', 'rsa'],
    ['ES256', 'p256'],
    ['ES384', 'p384'],
    ['EdDSA', 'ed'],
  ])('%s', async (algorithm, name) => {
    const args = ['mint', '-s', `algorithm=${algorithm}`, '-s', `key_path=${name}.pem`]
    const { code, stdout, stderr } = await run(args)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    const jwt = stdout.trim()
    expect(readJwt(jwt).header).toMatchObject({ alg: algorithm })
    expect(verifyByOpenssl(algorithm, keys[name], jwt)).toMatch(/Verified OK|Verified Successfully/)
    // and it would not verify anything
    const [head, , signature] = jwt.split('.')
    const other = `${head}.${Buffer.from('{"iss":"me"}').toString('base64url')}.${signature}`
    expect(verifyByOpenssl(algorithm, keys[name], other)).toBe('refused')
  })
})

describe('what it holds', () => {
  test('header and claims in the order of the provider, times from one instant', async () => {
    const before = Math.floor(Date.now() / 1000)
    const { stdout } = await run(['mint', 'va'])
    const { header, claims, headerText, claimsText } = readJwt(stdout.trim())
    expect(headerText).toBe('{"typ":"JWT","alg":"RS256"}')
    expect(header).toEqual({ typ: 'JWT', alg: 'RS256' })
    expect(claimsText).toMatch(
      /^\{"iss":"[^"]+","sub":"[^"]+","aud":"[^"]+","iat":\d+,"exp":\d+,"jti":"[^"]+","service_account_id":"\w+","scopes":\["[^"]+"\],"user_attributes":\{"icn":"\w+"\}\}$/,
    )
    expect(claims).toMatchObject({
      aud: 'https://staging-api.va.gov/v0/sign_in/token',
      user_attributes: { icn: '1012667122V019349' },
    })
    expect(Number(claims.iat)).toBeGreaterThanOrEqual(before - 10)
    expect(Number(claims.iat)).toBeLessThanOrEqual(Math.floor(Date.now() / 1000) - 10)
    expect(Number(claims.exp)).toBe(Number(claims.iat) + 300)
  })

  test('the environment decides the audience', async () => {
    const { stdout } = await run(['mint', 'va', '-e', 'production'])
    expect(readJwt(stdout.trim()).claims.aud).toBe('https://api.va.gov/v0/sign_in/token')
  })

  test('overrides: a claim more, one less, another lifetime', async () => {
    const { stdout } = await run([
      'mint',
      ...['-s', 'assertion.claims.sub:=null', '-s', 'assertion.claims.nbf=${now}'],
      ...['-s', 'lifetime=1m', '-s', 'backdate=0', '-s', 'assertion.header.typ:=null'],
      ...['-s', 'assertion.claims["a.b"].c:=[1,"x",null]'],
    ])
    const { header, claims } = readJwt(stdout.trim())
    expect(header).toEqual({ alg: 'RS256' })
    expect(claims).not.toHaveProperty('sub')
    expect(claims).toMatchObject({ 'a.b': { c: [1, 'x', null] } })
    expect(Number(claims.exp) - Number(claims.nbf)).toBe(60)
    expect(claims.iat).toBe(claims.nbf)
  })

  test('a value in a file or on standard input is a value, never a template', async () => {
    const files = { subject: '${env:HOME} "x"\n' }
    const file = await run(['mint', '-s', 'subject=@subject'], { files })
    expect(readJwt(file.stdout.trim()).claims.sub).toBe('${env:HOME} "x"')
    const input = await run(['mint', '-s', 'subject=@-'], { stdin: '${now}' })
    expect(readJwt(input.stdout.trim()).claims.sub).toBe('${now}')
    const argument = await run(['mint', '-s', 'subject=${environment?}x'])
    expect(readJwt(argument.stdout.trim()).claims).not.toHaveProperty('sub')
  })
})

describe('of a chain', () => {
  test('the last that signs; its scope is the one that the next call needs', async () => {
    const { code, stderr, stdout } = await run(['mint', 'chatbot', '-s', 'va:scopes:=null'])
    expect([code, stderr]).toEqual([0, ''])
    const { claims } = readJwt(stdout.trim())
    expect(claims.service_account_id).toBe('88a6d94a3182fd63279ea5565f26bcb4')
    expect(claims.scopes).toEqual(['https://staging-api.va.gov/v0/map_services/chatbot/token'])
  })

  test('the assertion of a client counts, a client secret is none', async () => {
    const keyed = await run(['mint', 'keyed'])
    expect(readJwt(keyed.stdout.trim()).claims).toMatchObject({ iss: 'app', sub: 'app' })
    const secret = await run(['mint', 'secret', '--json'])
    expect(secret.code).toBe(2)
    expect(secret.error()).toMatchObject({
      code: 'usage',
      message: 'secret signs no assertion',
    })
  })
})

describe('its forms', () => {
  test('header, claims, json', async () => {
    const header = await run(['mint', '-o', 'header'])
    expect(header.stdout).toMatch(/^Authorization: Bearer [\w-]+\.[\w-]+\.[\w-]+\n$/)
    const claims = await run(['mint', '-o', 'claims'])
    expect(JSON.parse(claims.stdout)).toMatchObject({ iss: 'me', sub: 'you' })
    expect(claims.stdout.trim().split('\n')).toHaveLength(1)
    const json = (await run(['mint', '--json'])).json()
    expect(Object.keys(json)).toEqual([
      'profile',
      'provider',
      'environment',
      'assertion',
      'header',
      'claims',
    ])
    expect(json).toMatchObject({ profile: 'bearer', provider: 'jwt-bearer', environment: null })
    expect(readJwt(`${json.assertion}`).claims).toEqual(json.claims)
  })

  test('it sends nothing, and knows none of the flags of sending', async () => {
    for (const flag of ['--curl', '-n', '--min-ttl=5m', '--timeout=1s', '--insecure']) {
      const { code, stderr } = await run(['mint', flag])
      expect(code, flag).toBe(2)
      expect(stderr).toContain('unknown option')
    }
  })
})

describe('a key that cannot sign', () => {
  const passphrase = plantCanary()
  test.concurrent.each<[string, Readonly<Record<string, string>>, readonly string[], string]>([
    ['is not there', {}, ['-s', 'key_path=none.pem'], 'none.pem'],
    ['is a public one', { 'k.pem': rsa.publicPem }, ['-s', 'key_path=k.pem'], 'public key'],
    ['is cut off', { 'k.pem': rsa.pem.slice(0, 800) }, ['-s', 'key_path=k.pem'], 'k.pem'],
    ['is empty', { 'k.pem': '' }, ['-s', 'key_path=k.pem'], 'empty'],
    [
      'is an OpenSSH key',
      { 'k.pem': '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n' },
      ['-s', 'key_path=k.pem'],
      'OpenSSH',
    ],
    [
      'does not fit the algorithm',
      {},
      ['-s', 'key_path=p256.pem', '-s', 'algorithm=RS256'],
      'RS256',
    ],
    [
      'is locked',
      {
        'k.pem': rsa.privateKey
          .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
          .toString(),
      },
      ['-s', 'key_path=k.pem'],
      'passphrase',
    ],
  ])('%s', async (_, files, args, message) => {
    const { code, stderr } = await run(['mint', ...args], { files })
    expect(code, stderr).toBe(3)
    expect(stderr).toContain(message)
    expect(stderr).toContain('fix:')
  })
})
