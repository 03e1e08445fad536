// A canary in every secret, through every mode: the harness that runs the program looks for them each
// time, on both streams and in everything below HOME. The service here is as careless as they come:
// it answers a failure with all that it was sent.

import { readdirSync, readFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { lock, makeRsaKey } from '../support/keys.ts'
import { makeFolder, plantCanary, plantKey, runProgram, type Setting } from '../support/program.ts'
import { type Received, serve } from '../support/service.ts'

const key = makeRsaKey()
const locked = makeRsaKey()
plantKey(key.pem)
// one that every encoder writes differently
const wild = (random: string): string => `p@ "+&~'ü%\\<${random}`
const secret = plantCanary(wild)
const password = plantCanary(wild)
const passphrase = plantCanary()
const code = plantCanary()
const refresh = plantCanary()
const verifier = plantCanary((random) => random.repeat(3))
const apiKey = plantCanary((random) => `k "&+${random}`)
const icn = plantCanary()
const proxyPassword = plantCanary()
const literal = plantCanary()

// what the service gives
const token = plantCanary()
const answered = {
  refresh_token: plantCanary(),
  id_token: plantCanary(),
  device_secret: plantCanary(),
}

const good = await serve(() => [200, { access_token: token, expires_in: 60, ...answered }])
const careless = await serve((sent) => [
  400,
  {
    error: 'invalid_request',
    code: 'invalid_request',
    error_description: `${sent.headers.authorization} ${sent.headers['x-api-key']}`,
    message: sent.body,
    detail: [...sent.form.values()].join(' '),
    errors: [sent.target, ...sent.form.values(), ...sent.query.values()],
    ...answered,
  },
  { 'x-request-id': (sent.headers.authorization ?? 'none').replace(/[^\x20-\x7e]/g, '') },
])
const { port: proxyPort } = (await startProxy()).address() as AddressInfo

/** Leads to the one service or the other, by the name that is asked for. */
async function startProxy(): Promise<Server> {
  const expected = `Basic ${Buffer.from(`user:${proxyPassword}`).toString('base64')}`
  // plain http is asked of a proxy by the whole URL
  const server = createServer((incoming, outgoing) => {
    const said = incoming.headers['proxy-authorization']
    if (said !== expected) {
      outgoing.writeHead(407, { 'proxy-authenticate': `Basic realm="${said}"` }).end(said)
      return
    }
    const { hostname, pathname } = new URL(incoming.url ?? '')
    const to = new URL(hostname.startsWith('careless') ? careless.origin : good.origin)
    const { method, headers } = incoming
    const onward = request({ port: to.port, method, path: pathname, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(onward)
  })
  afterAll(() => server.close())
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return server
}

const LIGHT = `
    provider: light-oauth2
    token_endpoint: ORIGIN/token
    client_id: x
    client_secret: \${env:CLIENT_SECRET}
`
const BEARER = `
    provider: jwt-bearer
    token_endpoint: ORIGIN/token
    issuer: me
`

interface Hiding {
  readonly profile: string
  readonly env: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
  /** that it was sent, so that there was something to hide */
  readonly arrives?: (request: Received) => boolean
  /** it stands in what mint is asked for */
  readonly inAssertion?: string
  readonly origin?: (careless: boolean) => string
}

const usesKey = { KEY: key.pem }
const HIDINGS: Readonly<Record<string, Hiding>> = {
  'client_secret in a header': {
    profile: LIGHT,
    env: { CLIENT_SECRET: secret },
    arrives: ({ headers }) =>
      headers.authorization === `Basic ${Buffer.from(`x:${secret}`).toString('base64')}`,
  },
  'client_secret in a form': {
    profile: `${LIGHT}    client_auth: post\n`,
    env: { CLIENT_SECRET: secret },
    arrives: ({ form }) => form.get('client_secret') === secret,
  },
  'client_secret in JSON': {
    profile: `${LIGHT}    client_auth: post\n    call:\n      in: json\n`,
    env: { CLIENT_SECRET: secret },
    arrives: (request) => request.json().client_secret === secret,
  },
  'client_secret in a query': {
    profile: `${LIGHT}    client_auth: post\n    call:\n      in: query\n`,
    env: { CLIENT_SECRET: secret },
    arrives: ({ query }) => query.get('client_secret') === secret,
  },
  'client_secret that signs': {
    profile: `
    provider: client-credentials
    token_endpoint: ORIGIN/token
    client_auth: client_secret_jwt
    client_id: x
    client_secret: \${env:CLIENT_SECRET}
`,
    env: { CLIENT_SECRET: secret.repeat(2) },
    arrives: ({ form }) => form.has('client_assertion'),
  },
  'client_secret that stands in the file': {
    profile: LIGHT.replace('${env:CLIENT_SECRET}', literal),
    env: {},
    arrives: ({ headers }) =>
      headers.authorization === `Basic ${Buffer.from(`x:${literal}`).toString('base64')}`,
  },
  password: {
    profile: `${LIGHT}    grant: password\n    username: me\n    password: \${file:password}\n`,
    env: { CLIENT_SECRET: secret },
    files: { password: `${password}\n` },
    arrives: ({ form }) => form.get('password') === password,
  },
  'code and code_verifier': {
    profile: `${LIGHT}    grant: authorization_code\n    code: \${env:CODE}\n    code_verifier: \${env:VERIFIER}\n`,
    env: { CLIENT_SECRET: secret, CODE: code, VERIFIER: verifier },
    arrives: ({ form }) => form.get('code') === code && form.get('code_verifier') === verifier,
  },
  refresh_token: {
    profile: `${LIGHT}    grant: refresh_token\n    refresh_token: \${env:REFRESH}\n`,
    env: { CLIENT_SECRET: secret, REFRESH: refresh },
    arrives: ({ form }) => form.get('refresh_token') === refresh,
  },
  'the key in a variable': {
    profile: `${BEARER}    key: \${env:KEY}\n`,
    env: usesKey,
    arrives: ({ form }) => form.has('assertion'),
  },
  passphrase: {
    profile: `${BEARER}    key_path: locked.pem\n    passphrase: \${env:PASSPHRASE}\n`,
    env: { PASSPHRASE: passphrase },
    files: { 'locked.pem': plantKey(lock(locked, passphrase)) },
    arrives: ({ form }) => form.has('assertion'),
  },
  'a header from the environment': {
    profile: `${BEARER}    key: \${env:KEY}\n    call:\n      headers:\n        X-Api-Key: key=\${env:API_KEY}\n`,
    env: { ...usesKey, API_KEY: apiKey },
    arrives: ({ headers }) => headers['x-api-key'] === `key=${apiKey}`,
  },
  'a parameter from the environment, and one from a file': {
    profile: `${BEARER}    key: \${env:KEY}\n    call:\n      params:\n        a: \${env:API_KEY}\n        b: "x \${file:b}"\n`,
    env: { ...usesKey, API_KEY: apiKey },
    files: { b: password },
    arrives: ({ form }) => form.get('a') === apiKey && form.get('b') === `x ${password}`,
  },
  'a parameter whose name says it': {
    profile: `${BEARER}    key: \${env:KEY}\n    call:\n      params:\n        my_password: ${literal}\n`,
    env: usesKey,
    arrives: ({ form }) => form.get('my_password') === literal,
  },
  'user_attributes.icn': {
    profile: `
    provider: va-sis
    environment: staging
    token_endpoint: ORIGIN/token
    issuer: me
    subject: you
    service_account_id: id
    key: \${env:KEY}
    user_attributes:
      icn: \${env:ICN}
`,
    env: { ...usesKey, ICN: icn },
    arrives: ({ form }) => form.has('assertion'),
    inAssertion: icn,
  },
  'the password of the proxy': {
    profile: `${BEARER}    key: \${env:KEY}\n    allow_http: true\n    proxy: \${env:PROXY}\n`,
    env: { ...usesKey, PROXY: `http://user:${proxyPassword}@127.0.0.1:${proxyPort}` },
    arrives: ({ headers }) => headers.host?.includes('.test') === true,
    origin: (fails) => (fails ? 'http://careless.test' : 'http://good.test'),
  },
  'the password of the proxy, in the usual variable': {
    profile: `${BEARER}    key: \${env:KEY}\n    allow_http: true\n`,
    env: { ...usesKey, HTTP_PROXY: `http://user:${proxyPassword}@127.0.0.1:${proxyPort}` },
    arrives: ({ headers }) => headers.host?.includes('.test') === true,
    origin: (fails) => (fails ? 'http://careless.test' : 'http://good.test'),
  },
}

function run(args: readonly string[], hiding: Hiding, fails: boolean, setting: Setting = {}) {
  const origin = hiding.origin?.(fails) ?? (fails ? careless : good).origin
  return runProgram([...args, '-c', 'tokentool.yaml'], {
    ...setting,
    env: hiding.env,
    files: {
      'tokentool.yaml': `profiles:\n  it:${hiding.profile.replaceAll('ORIGIN', origin)}`,
      ...hiding.files,
    },
  })
}

describe.each(Object.entries(HIDINGS))('%s', (_, hiding) => {
  test.concurrent('is nowhere but where it was sent', async () => {
    const found = hiding.arrives ?? (() => true)
    const before = good.requests.length
    const prints = [token, ...Object.values(answered)]
    const got = await run(['get', '--json', '-vv'], hiding, false, { prints })
    expect(got.code, got.stderr).toBe(0)
    expect(got.stdout).toContain(token)
    expect(got.stderr).toContain('«hidden')
    expect(good.requests.slice(before).some(found)).toBe(true)

    for (const more of [['-n', '-vv'], ['-n', '--json'], ['--curl']]) {
      const dry = await run(['get', ...more], hiding, false)
      expect(dry.code, dry.stderr).toBe(0)
      expect(dry.stdout).not.toBe('')
    }

    for (const more of [['-vv'], ['--json']]) {
      const refused = await run(['get', ...more], hiding, true)
      expect(refused.code, refused.stderr).toBe(4)
      expect(refused.stderr).toContain('invalid_request')
    }
    const dead = await run(['get', '-vv', '-s', 'token_endpoint=http://127.0.0.1:9/'], hiding, true)
    expect(dead.code).toBe(6)

    const minted = await run(['mint', '--json', '-vv'], hiding, false, {
      prints: hiding.inAssertion === undefined ? [] : [hiding.inAssertion],
    })
    expect([0, 2]).toContain(minted.code)
  })
})

describe('a secret that is no good is not quoted', () => {
  const yaml = (lines: string): string => `profiles:\n  it:\n    provider: light-oauth2\n${lines}`

  test.concurrent.each<[string, string, Readonly<Record<string, string>>, number]>([
    ['broken YAML', `    client_secret: "${literal}\n`, {}, 2],
    ['a flow mapping', `    client_secret: { a: ${literal} }\n    client_id: x\n`, {}, 2],
    ['a misspelt field', `    client_secrett: ${literal}\n    client_id: x\n`, {}, 2],
    ['twice the same', `    client_secret: ${literal}\n    client_secret: ${literal}\n`, {}, 2],
    ['an alias', `    client_secret: *${literal.replace(/[^a-z]/gi, '')}\n`, {}, 2],
    ['a tag', `    client_secret: !${literal.replace(/[^a-z]/gi, '')} x\n`, {}, 2],
    [
      'a placeholder that is none',
      `    client_secret: "\${${literal} x}"\n    client_id: x\n`,
      {},
      2,
    ],
    ['a missing brace', `    client_secret: "\${env:A:-${literal}"\n    client_id: x\n`, {}, 2],
    [
      'an address',
      `    client_id: x\n    client_secret: y\n    base_url: "http://u:${literal}@127.0.0.1:9"\n`,
      {},
      2,
    ],
    [
      'an address from a variable',
      '    client_id: x\n    client_secret: y\n    base_url: ${env:URL}\n',
      { URL: `http://u:${secret}@127.0.0.1:9/` },
      2,
    ],
    [
      'a proxy that is no URL',
      '    client_id: x\n    client_secret: y\n    base_url: https://example.test\n    proxy: ${env:PROXY}\n',
      { PROXY: `u:${proxyPassword}@:::` },
      2,
    ],
    [
      'a line break for a header',
      '    client_id: x\n    client_secret: ${env:S}\n    client_auth: basic_raw\n',
      { S: `${apiKey}\nX: y` },
      2,
    ],
    [
      'a key that is none',
      '    client_id: x\n    client_auth: private_key_jwt\n    key: ${env:K}\n',
      { K: password },
      3,
    ],
    [
      'a key that was cut',
      '    client_id: x\n    client_auth: private_key_jwt\n    key: ${env:K}\n',
      { K: key.pem.slice(0, 900) },
      3,
    ],
    [
      'a wrong passphrase',
      '    client_id: x\n    client_auth: private_key_jwt\n    key: ${env:K}\n    passphrase: ${env:P}\n',
      { K: lock(locked, passphrase), P: password },
      3,
    ],
    [
      'a JSON box that is broken',
      '    client_id: x\n    client_secret: ${file:box.json#a}\n',
      { BOX: `{"a": "${secret}` },
      3,
    ],
  ])('%s', async (_, lines, env, exit) => {
    const plain = lines.includes('private_key_jwt')
      ? yaml(lines).replace(
          'light-oauth2',
          'client-credentials\n    token_endpoint: http://127.0.0.1:9/',
        )
      : yaml(lines)
    for (const more of [['--json'], ['-vv']]) {
      const { code, stderr } = await runProgram(['get', ...more, '-c', 'tokentool.yaml'], {
        env,
        files: { 'tokentool.yaml': plain, 'box.json': env.BOX ?? '{}' },
      })
      expect(code, stderr).toBe(exit)
      expect(stderr).not.toBe('')
    }
  })

  test('a proxy that refuses, and one that nobody answers', async () => {
    const hiding = HIDINGS['the password of the proxy']
    if (hiding === undefined) throw new Error('gone')
    const url = `http://user:${secret.replace(/[^a-z]/gi, '')}@127.0.0.1:`
    for (const PROXY of [`${url}${proxyPort}`, `${url}9`]) {
      for (const more of [['-vv'], ['--json']]) {
        const { code, stderr } = await run(
          ['get', ...more],
          { ...hiding, env: { ...usesKey, PROXY } },
          false,
        )
        expect(code, stderr).toBe(6)
      }
    }
  })

  test('an option that does not exist', async () => {
    const { code } = await runProgram(['get', `--client-secret=${literal}`, '--json'])
    expect(code).toBe(2)
    const set = await runProgram([
      'get',
      '--provider',
      'light-oauth2',
      '-s',
      `client_secret=${literal}`,
    ])
    expect(set.code).toBe(2)
    const field = await runProgram([
      'get',
      '--provider',
      'light-oauth2',
      '-s',
      `secret:=${literal}`,
    ])
    expect(field.code).toBe(2)
  })
})

describe('a secret that comes back in an encoding that nobody foresaw', () => {
  const everyByte = (text: string, chars = /./gsu): string =>
    text.replace(chars, (char) => Buffer.from(char).toString('hex').replace(/../g, '%$&'))

  test.each<readonly [string, (text: string) => string]>([
    ['every byte of it escaped', (text) => everyByte(text)],
    ['by a strict encoder', (text) => everyByte(text, /[^A-Za-z0-9]/gu)],
    ['twice', (text) => encodeURIComponent(everyByte(text, /[^A-Z]/gu))],
    ['in base64, with its padding', (text) => Buffer.from(text).toString('base64')],
  ])('%s: neither told nor kept', async (_name, encode) => {
    // two bytes more than a multiple of three
    const own = plantCanary((random) => `aB3~xYz.k9_${random}`)
    const echo = encode(own)
    const service = await serve(() => [503, { error: 'busy', error_description: `got ${echo}.` }])
    const folder = makeFolder({
      'p.yaml': `profiles:\n  p:${LIGHT.replace('ORIGIN', service.origin).replace('light-oauth2', 'client-credentials')}    retries: 0\n`,
    })
    for (const more of [[], ['--json'], ['-vv']]) {
      const { code, stderr } = await runProgram(['get', '-c', 'p.yaml', ...more], {
        folder,
        env: { CLIENT_SECRET: own },
      })
      expect(code, stderr).toBe(6)
      expect(stderr).toMatch(/got «hidden»\./)
    }
    const kept = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'p.yaml')
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    // there is a record of the failure
    expect(kept.join('')).toContain('busy')
    expect(kept.join('')).not.toContain(echo.slice(-6))
    expect(kept.join('')).not.toContain(echo.slice(0, 12))
  })
})
