// Leniency stays where it was said, and nothing that a service or a token says decides where we go.

import { createCipheriv, randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { deflateRawSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { makeCertificates } from '../support/certificates.ts'
import { makeEcKey } from '../support/keys.ts'
import { plantCanary } from '../support/program.ts'
import { type Reply, serve } from '../support/service.ts'
import { encode } from '../support/tokens.ts'
import { runMain } from '../support/world.ts'

const key = makeEcKey()
const secret = plantCanary()
const certificates = makeCertificates()
afterAll(() => certificates.remove())

/** Counts who comes, and says nothing. */
async function listen(): Promise<{ origin: string; came(): number }> {
  let count = 0
  const server = createServer((socket) => {
    count++
    socket.on('error', () => {}).destroy()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  afterAll(() => server.close())
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, came: () => count }
}

const granted: Reply = [200, { access_token: 'opaque-token', expires_in: 300 }]

describe('S8: TLS leniency of one hop', () => {
  const tls = (name: string) => ({
    key: certificates.read(`${name}.key`),
    cert: certificates.read(`${name}.crt`),
  })
  const chain = (first: string, second: string, lenient: string) => `
profiles:
  first:
    provider: jwt-bearer
    token_endpoint: ${first}/one
    issuer: me
    key_path: k.pem
    tls: ${lenient}
  second:
    provider: exchange
    via: first
    token_endpoint: ${second}/two
providers:
  exchange:
    fields: { token_endpoint: { type: url, help: where } }
    call: { url: "\${token_endpoint}", headers: { Authorization: "Bearer \${via.access_token}" } }
`
  const here = (origin: string): string => origin.replace('127.0.0.1', 'localhost')

  test.each<[string, string, string]>([
    ['insecure', 'self', '{ insecure: true }'],
    ['ca', 'good', '{ ca: root.crt }'],
    ['server_name', 'other', '{ ca: root.crt, server_name: other.example }'],
  ])('%s is no leniency of the next', async (_what, name, lenient) => {
    const first = await serve(() => granted, tls(name))
    const second = await serve(() => granted, tls(name))
    const files = {
      'p.yaml': chain(here(first.origin), here(second.origin), lenient),
      'k.pem': key.pem,
      'root.crt': certificates.read('root.crt'),
    }
    const alone = await runMain(['get', 'first', '-c', 'p.yaml'], { files })
    expect(alone.exit, alone.stderr).toBe(0)
    const both = await runMain(['get', 'second', '-c', 'p.yaml', '--json'], { files })
    expect([both.exit, both.stdout]).toEqual([6, ''])
    expect(JSON.parse(both.stderr)).toMatchObject({
      error: { code: 'network_tls', profile: 'second', hop: 2 },
    })
    expect(first.requests).toHaveLength(2)
    expect(second.requests).toHaveLength(0)
  })

  test('insecure is warned of, each time that it is used', async () => {
    const { origin } = await serve(() => granted, tls('self'))
    const files = {
      'p.yaml': chain(here(origin), 'https://x.example', '{ insecure: true }'),
      'k.pem': key.pem,
    }
    for (const more of [[], ['-o', 'header'], ['--json']]) {
      for (const _time of [1, 2]) {
        const args = ['get', 'first', '-c', 'p.yaml', '--no-cache', ...more]
        const { exit, stderr } = await runMain(args, { files })
        expect(exit).toBe(0)
        expect(stderr.match(/TLS is NOT verified/g)).toHaveLength(1)
      }
    }
  })
})

describe('S7: a redirect', () => {
  test.each([301, 302, 303, 307, 308])('%i: the second host is never seen', async (status) => {
    const trap = await listen()
    for (const location of [`${trap.origin}/token`, `//${new URL(trap.origin).host}/`]) {
      const service = await serve(() => [status, '', { location }])
      const yaml = `profiles: { p: { provider: jwt-bearer, token_endpoint: "${service.origin}/t", issuer: me, key_path: k.pem } }`
      const { exit, stdout } = await runMain(['get', '-c', 'p.yaml', '-vv'], {
        files: { 'p.yaml': yaml, 'k.pem': key.pem },
      })
      expect([exit, stdout]).toEqual([5, ''])
      expect(service.requests).toHaveLength(1)
    }
    expect(trap.came()).toBe(0)
  })
})

describe('S11: addresses in answers and tokens', () => {
  test('lead nowhere', async () => {
    const trap = await listen()
    const here = trap.origin
    const header = {
      alg: 'RS256',
      typ: 'JWT',
      kid: `${here}/kid`,
      jku: `${here}/jku`,
      x5u: `${here}/x5u`,
    }
    const claims = {
      iss: here,
      aud: here,
      sub: 'x',
      exp: 9_999_999_999,
      token_endpoint: here,
      jwks_uri: here,
    }
    const token = `${encode(header)}.${encode(claims)}.${encode('signature')}`
    const places = {
      token_endpoint: here,
      issuer: here,
      jwks_uri: here,
      refresh_uri: here,
      instance_url: here,
      error_uri: here,
    }
    const link = {
      link: `<${here}/>; rel="token_endpoint"`,
      'www-authenticate': `Bearer realm="${here}"`,
    }
    const replies: readonly (readonly [exit: number, reply: Reply])[] = [
      [0, [200, { access_token: token, expires_in: 300, ...places }, link]],
      [4, [400, { error: 'invalid_grant', error_description: `go to ${here}`, ...places }, link]],
      [4, [401, { error: 'invalid_token', ...places }, link]],
    ]
    const yaml = (origin: string) =>
      `profiles: { p: { provider: client-credentials, token_endpoint: "${origin}/t", client_id: x, client_secret: "\${env:SECRET}" } }`
    for (const [expected, reply] of replies) {
      const { origin } = await serve(() => reply)
      const files = { 'p.yaml': yaml(origin) }
      const { exit, stderr } = await runMain(['get', '-c', 'p.yaml', '--json'], {
        files,
        env: { SECRET: secret },
      })
      expect(exit, stderr).toBe(expected)
    }
    for (const args of [
      ['decode', token],
      ['verify', token, '--any-issuer', '--any-audience', '--key', 'k.pem'],
      ['verify', token, '--embedded-key', '--any-issuer', '--any-audience'],
      ['explain', `{"error":"invalid_grant","error_uri":"${here}"}`],
    ])
      await runMain(args, { files: { 'k.pem': key.publicPem } })
    expect(trap.came()).toBe(0)
  })

  test('of metadata hold only for the issuer that was asked (RFC 8414 3.3)', async () => {
    const trap = await listen()
    const server = await serve(({ path }) =>
      path.startsWith('/.well-known/')
        ? [200, { issuer: 'https://somebody.example', token_endpoint: `${trap.origin}/token` }]
        : [404],
    )
    const yaml = `profiles: { p: { provider: client-credentials, authorization_server: "${server.origin}", client_id: x, client_secret: "\${env:SECRET}" } }`
    const { exit, stdout } = await runMain(['get', '-c', 'p.yaml'], {
      files: { 'p.yaml': yaml },
      env: { SECRET: secret },
    })
    expect([exit, stdout]).toEqual([5, ''])
    expect(trap.came()).toBe(0)
  })
})

describe('S13: a JWE that unpacks without end', () => {
  test('300 MB in 400 KB are not unpacked', async () => {
    const bytes = randomBytes(32)
    const header = encode({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' })
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', bytes, iv).setAAD(Buffer.from(header))
    const bomb = deflateRawSync(Buffer.alloc(300 * 1024 * 1024, ' '), { level: 1 })
    const text = Buffer.concat([cipher.update(bomb), cipher.final()])
    const parts = [iv, text, cipher.getAuthTag()].map((part) => part.toString('base64url'))
    const token = [header, '', ...parts].join('.')
    const k = JSON.stringify({ kty: 'oct', k: bytes.toString('base64url') })
    const before = process.memoryUsage().rss
    const began = performance.now()
    const { exit, stderr } = await runMain(['decode', 't', '--key', 'k'], {
      files: { t: token, k },
    })
    expect([2, 3, 4, 5, 7]).toContain(exit)
    expect(stderr).toMatch(/^tokentool: error: [^\n]+\n/)
    expect(performance.now() - began).toBeLessThan(5000)
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
  })
})
