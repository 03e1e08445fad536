// Leniency stays where it was said, and nothing that a service or a token says decides where we go.

import { createCipheriv, randomBytes, sign } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { constants, deflateRawSync } from 'node:zlib'
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

describe('S13: a token that unpacks without end (zip)', () => {
  const bytes = randomBytes(32)
  const k = JSON.stringify({ kty: 'oct', k: bytes.toString('base64url') })
  const MEGABYTES = Buffer.alloc(16 * 1024 * 1024, ' ')

  /** Blocks that end on a byte, one after the other: a gigabyte is made at once. */
  const pack = (size: number): Buffer => {
    const whole = Math.floor(size / MEGABYTES.length)
    const block =
      whole > 0 ? deflateRawSync(MEGABYTES, { finishFlush: constants.Z_FULL_FLUSH }) : bytes
    const rest = Buffer.from(`{"a":"${'a'.repeat((size % MEGABYTES.length) - 8)}"}`)
    return Buffer.concat([...Array<Buffer>(whole).fill(block), deflateRawSync(rest)])
  }
  const seal = (content: Uint8Array, more: object = {}, outside?: object): string => {
    const header = encode({ alg: 'dir', enc: 'A256GCM', ...more })
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', bytes, iv).setAAD(Buffer.from(header))
    const text = Buffer.concat([cipher.update(content), cipher.final()])
    const [one, two, three] = [iv, text, cipher.getAuthTag()].map((part) =>
      part.toString('base64url'),
    )
    if (outside === undefined) return [header, '', one, two, three].join('.')
    const parts = { iv: one, ciphertext: two, tag: three }
    return JSON.stringify({ protected: header, unprotected: outside, ...parts })
  }
  const zip = { zip: 'DEF' }
  const MANY = 300 * 1024 * 1024
  const GIGABYTE = 1024 * 1024 * 1024 + 100
  const VECTORS: readonly (readonly [what: string, exit: number, make: () => string])[] = [
    ['250 KB', 0, () => seal(pack(250_000), zip)],
    ['250 KB and a byte', 2, () => seal(pack(250_001), zip)],
    ['4 MB', 2, () => seal(pack(4_000_000), zip)],
    ['300 MB', 2, () => seal(pack(MANY + 100), zip)],
    ['a gigabyte', 2, () => seal(pack(GIGABYTE), zip)],
    ['a gigabyte, in JSON', 2, () => seal(pack(GIGABYTE), zip, {})],
    ['a gigabyte, by a header that nobody protects', 2, () => seal(pack(GIGABYTE), {}, zip)],
    ['a gigabyte by another name', 2, () => seal(pack(GIGABYTE), { zip: 'GZ' })],
    ['a gigabyte by a list', 2, () => seal(pack(GIGABYTE), { zip: ['DEF'] })],
    [
      '300 MB packed three times: one layer is unpacked',
      0,
      () => seal(deflateRawSync(deflateRawSync(pack(MANY))), zip),
    ],
    ['a stream without an end', 2, () => seal(pack(GIGABYTE).subarray(0, 200_000), zip)],
    ['no stream at all', 2, () => seal(randomBytes(1000), zip)],
    ['what is not said to be packed', 0, () => seal(pack(GIGABYTE))],
  ]

  test.each(VECTORS)('%s', async (_what, expected, make) => {
    const files = { t: make(), k }
    for (const [args, exit] of [
      [['decode', '@t', '--key', 'k'], expected],
      [['decode', '@t'], 0],
      [['verify', '@t', '--key', 'k', '--any-issuer', '--any-audience'], 7],
    ] as const) {
      const before = process.memoryUsage().rss
      const began = performance.now()
      const run = await runMain(args, { files })
      expect(run.exit, args.join(' ') + run.stderr).toBe(exit)
      if (exit === 2) expect(run.stderr).toMatch(/^tokentool: error: [^\n]+\n/)
      expect(performance.now() - began).toBeLessThan(2000)
      expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
    }
  })

  test('of a JWS nothing is unpacked, whatever it says', async () => {
    const content = pack(GIGABYTE)
    const head = `${encode({ alg: 'ES256', zip: 'DEF' })}.${content.toString('base64url')}`
    const dsa = { key: key.privateKey, dsaEncoding: 'ieee-p1363' } as const
    const token = `${head}.${sign('sha256', Buffer.from(head), dsa).toString('base64url')}`
    const files = { t: token, 'k.pem': key.publicPem }
    const before = process.memoryUsage().rss
    const began = performance.now()
    const verify = ['verify', '@t', '--key', 'k.pem', '--any-issuer', '--any-audience']
    expect((await runMain(verify, { files })).exit).toBe(7)
    expect((await runMain(['decode', '@t'], { files })).exit).toBe(0)
    expect(performance.now() - began).toBeLessThan(5000)
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024)
  })
})
