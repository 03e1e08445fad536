import { chmodSync, existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect, createServer as createPlainServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from '../../src/core/doctor/finding.ts'
import { type Certificates, makeCertificates } from '../support/certificates.ts'
import { makeRsaKey } from '../support/keys.ts'
import { closeAll, listen } from '../support/network.ts'
import { createWorld, type Run, runMain, type WorldOptions } from '../support/world.ts'

const SECRET = 'canary-hunter2-hunter2'
/** milliseconds */
const MOST = 3000
let made: Certificates

beforeAll(() => {
  made = makeCertificates()
})
afterEach(closeAll)
afterAll(() => made.remove())

type Answer = (response: ServerResponse, request: IncomingMessage) => void

interface Host {
  readonly port: number
  connections: number
  readonly requests: { method: string; url: string; headers: object; body: string }[]
}

/** `certificate`: speaks TLS with it. */
async function open(answer: Answer, certificate?: string): Promise<Host> {
  const host = { port: 0, connections: 0, requests: [] as Host['requests'] }
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      host.requests.push({ method, url, headers, body })
      answer(response, request)
    })
  }
  const server =
    certificate === undefined
      ? createServer(listener)
      : createTlsServer(
          { cert: made.read(`${certificate}.crt`), key: made.read(`${certificate}.key`) },
          listener,
        )
  server.on('connection', () => {
    host.connections += 1
  })
  return Object.assign(host, { port: await listen(server) })
}

const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end('{"error":"x"}')

async function openRefused(): Promise<number> {
  const server: Server = createPlainServer()
  const port = await listen(server)
  await new Promise((done) => server.close(done))
  return port
}

const profile = (where: string, more: readonly string[] = []): string =>
  [
    ...['profiles:', '  a:', '    provider: client-credentials', `    ${where}`],
    ...['    client_id: me', '    client_secret: ${env:S}', '    scopes: [canary-scope]'],
    ...['    call: { headers: { X-Key: "${env:S}" } }', ...more.map((line) => `    ${line}`), ''],
  ].join('\n')

interface Told extends Run {
  readonly ok: boolean
  readonly findings: readonly Finding[]
  of(check: string): string[]
}

async function examine(
  file: string,
  argv: readonly string[] = ['-c', 'p.yaml'],
  options: WorldOptions = {},
): Promise<Told> {
  const began = performance.now()
  const run = await runMain(['doctor', '--json', ...argv], {
    env: { S: SECRET, ...options.env },
    files: { [argv.includes('-c') ? 'p.yaml' : 'tokentool.yaml']: file, ...options.files },
  })
  expect(performance.now() - began).toBeLessThan(MOST)
  expect(run.stderr).toBe('')
  expect(run.stdout).not.toContain('canary')
  const { ok, findings } = JSON.parse(run.stdout) as { ok: boolean; findings: Finding[] }
  expect(run.exit).toBe(ok ? 0 : 7)
  const of = (check: string): string[] =>
    findings
      .filter((found) => found.check === check)
      .map(({ verdict, message }) => `${verdict}: ${message}`)
  return { ...run, ok, findings, of }
}

/** Nothing of the profile, and nothing that a service could act upon. */
function expectHarmless({ requests }: Host): void {
  for (const { method, url, headers, body } of requests) {
    expect(['HEAD', 'GET']).toContain(method)
    expect(url).not.toContain('?')
    expect(body).toBe('')
    expect(Object.keys(headers).sort()).toEqual(
      [
        ...['accept-encoding', 'connection', 'host', 'user-agent'],
        ...(method === 'GET' ? ['accept'] : []),
      ].sort(),
    )
  }
}

describe('the network', () => {
  it.each([200, 302, 307, 400, 401, 404, 405, 429, 500, 503])(
    'is well where the endpoint answers %i',
    async (code) => {
      const elsewhere = await open(status(200))
      const headers = { Location: `http://127.0.0.1:${elsewhere.port}/` }
      const host = await open(status(code, code < 400 && code > 299 ? headers : {}))
      const told = await examine(
        profile(`token_endpoint: http://127.0.0.1:${host.port}/token?key=canary`),
      )
      const more = code === 302 || code === 307 ? ', which is not followed' : ''
      expect(told.of('network')).toEqual([
        `ok: 127.0.0.1:${host.port}: connected, answers (${code}${more})`,
      ])
      expect(told.of('clock')[1]).toBe(
        `ok: the clock here agrees with that of 127.0.0.1:${host.port}`,
      )
      expect(told.ok).toBe(true)
      expect([host.connections, elsewhere.connections]).toEqual([1, 0])
      expect(host.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['HEAD /token'])
      expectHarmless(host)
    },
  )

  it('is asked only for the host where a secret is in the path', async () => {
    const host = await open(status(404))
    await examine(profile(`token_endpoint: "http://127.0.0.1:${host.port}/\${env:S}/token"`))
    expect(host.requests.map(({ url }) => url)).toEqual(['/'])
  })

  it.each([
    ['answers nothing', (): void => {}, /^problem: \S+ did not answer within 2 s$/],
    [
      'answers half a head',
      (response: ServerResponse) => response.socket?.write('HTTP/1.1 200 OK\r\nA: b\r\n'),
      /^problem: \S+ did not finish its answer within 2 s$/,
    ],
    [
      'closes the connection',
      (response: ServerResponse) => response.socket?.destroy(),
      /^problem: \S+ closed the connection without an answer$/,
    ],
    [
      'does not speak HTTP',
      (response: ServerResponse) => response.socket?.end('SSH-2.0-x\r\n'),
      /^problem: \S+ answered with something that is not HTTP$/,
    ],
  ])('has a problem where the host %s', async (_name, answer, said) => {
    const host = await open(answer)
    const told = await examine(profile(`token_endpoint: http://127.0.0.1:${host.port}/token`))
    expect(told.of('network')).toEqual([expect.stringMatching(said)])
    expect(told.ok).toBe(false)
    const [found] = told.findings.filter(({ check }) => check === 'network')
    expect(found?.means).not.toEqual([])
    if (!/within/.test(found?.message ?? '')) return
    expect(found?.means.at(-1)).toBe('doctor waits no longer than that; get waits 30 s')
    expect(found?.fix).toEqual([])
  })

  it('keeps to a shorter timeout of the profile', async () => {
    const host = await open(() => {})
    const file = profile(`token_endpoint: http://127.0.0.1:${host.port}/`, ['timeout: 0.3'])
    const told = await examine(file)
    expect(told.of('network')[0]).toMatch(/did not answer within 300 ms$/)
  })

  it('has a problem where nobody listens, and where no name resolves', async () => {
    const port = await openRefused()
    const refused = await examine(profile(`token_endpoint: http://127.0.0.1:${port}/t`))
    expect(refused.of('network')).toEqual([
      `problem: cannot reach 127.0.0.1:${port}: connection refused`,
    ])
    const unknown = await examine(profile('token_endpoint: https://nothing.invalid/t'))
    expect(unknown.of('network')).toEqual([
      expect.stringMatching(/^problem: cannot reach nothing\.invalid: (the|its) name /),
    ])
    expect(unknown.of('endpoint')).toEqual(['ok: https://nothing.invalid/t'])
  })
})

describe('TLS', () => {
  const examineTls = async (certificate: string, more: readonly string[] = []): Promise<Told> => {
    const host = await open(status(405), certificate)
    const told = await examine(
      profile(`token_endpoint: https://localhost:${host.port}/token`, more),
    )
    expectHarmless(host)
    expect(host.connections).toBe(1)
    return told
  }
  const trusted = (): string[] => [`tls: { ca: "${made.path('root.crt')}" }`]

  it('is verified, and the certificate has so many days left', async () => {
    const told = await examineTls('good', trusted())
    expect(told.of('network')).toEqual([
      expect.stringMatching(/^ok: localhost:\d+: connected, TLS verified, answers \(405\)$/),
    ])
    expect(told.of('tls')).toEqual([
      'ok: tls.ca can be used',
      expect.stringMatching(
        /^ok: the certificate of localhost:\d+, by Test Root, is good until 2089-01-01 \(\d+ days\)$/,
      ),
    ])
    expect(told.ok).toBe(true)
  })

  it.each([
    [15, 'ok'],
    [13, 'warning'],
    [0.5, 'warning'],
  ])('has a certificate with %d days left: %s', async (days, verdict) => {
    const host = await open(status(405), 'good')
    const { examineNetwork } = await import('../../src/core/doctor/network.ts')
    const { Findings } = await import('../../src/core/doctor/finding.ts')
    const { createProbe } = await import('../../src/io/doctor/probe.ts')
    const findings = new Findings()
    const url = new URL(`https://localhost:${host.port}/`)
    const tls = { ca: made.path('root.crt') }
    const transport = { timeout: 2000, tls, proxy: undefined, allowHttp: false }
    const now = Date.UTC(2089, 0) - days * 86_400_000
    const probe = createProbe(createWorld([]))
    await examineNetwork([{ profile: 'a', url, transport }], probe, now, findings)
    const [found] = findings.list.filter(({ check }) => check === 'tls')
    expect(found?.verdict).toBe(verdict)
    expect(found?.message).toMatch(days < 1 ? /\(0 days\)$/ : new RegExp(`\\(${days} days\\)$`))
  })

  it.each([
    ['other', 'its certificate is for another name'],
    ['expired', 'its certificate has expired'],
    ['future', 'its certificate is not valid yet'],
    ['self', 'its certificate is signed by itself'],
    ['proxy', 'the authority of its certificate is unknown'],
  ])('has a problem with a certificate that is %s', async (certificate, said) => {
    const told = await examineTls(certificate, trusted())
    expect(told.of('network')).toEqual([])
    expect(told.of('tls')[1]).toMatch(new RegExp(`^problem: cannot trust localhost:\\d+: ${said}$`))
  })

  it('that nobody verifies proves neither the certificate nor the time', async () => {
    const told = await examineTls('expired', ['tls: { insecure: true }'])
    expect(told.of('network')[0]).toMatch(/connected, TLS not verified, answers \(405\)$/)
    expect(told.of('clock')).toHaveLength(1)
    expect(told.of('tls')).toEqual([expect.stringMatching(/^warning: .*TLS is NOT verified/)])
  })
})

describe('a proxy', () => {
  const through = (port: number, user = ''): Record<string, string> => ({
    HTTP_PROXY: `http://${user}127.0.0.1:${port}`,
    HTTPS_PROXY: `http://${user}127.0.0.1:${port}`,
  })
  const file = profile('token_endpoint: http://service.test/token', ['allow_http: true'])
  const named = ['-c', 'p.yaml']

  it('is gone through, and named', async () => {
    const proxy = await open(status(405))
    const told = await examine(file, named, { env: through(proxy.port) })
    expect(told.of('network')).toEqual([
      `ok: service.test: connected through http://127.0.0.1:${proxy.port} (HTTP_PROXY), answers (405)`,
    ])
    expect(proxy.requests.map(({ url }) => url)).toEqual(['http://service.test/token'])
    expectHarmless(proxy)
  })

  it('is gone through with TLS inside', async () => {
    const host = await open(status(405), 'service')
    const proxy = createServer()
    proxy.on('connect', (_request, socket) => {
      const onward = connect(host.port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        onward.pipe(socket).pipe(onward)
      })
      onward.on('error', () => {})
      socket.on('error', () => {})
    })
    const port = await listen(proxy)
    const secure = profile('token_endpoint: https://service.test/token', [
      `tls: { ca: "${made.path('root.crt')}" }`,
    ])
    const told = await examine(secure, named, { env: through(port) })
    expect(told.of('network')).toEqual([
      `ok: service.test: connected through http://127.0.0.1:${port} (HTTPS_PROXY), TLS verified, answers (405)`,
    ])
    expectHarmless(host)
  })

  it('that refuses is a problem', async () => {
    const proxy = await open(status(407))
    const told = await examine(file, named, { env: through(proxy.port) })
    expect(told.of('network')).toEqual([
      `problem: the proxy 127.0.0.1:${proxy.port} wants a password (407)`,
    ])
    const dead = await openRefused()
    const lost = await examine(file, named, { env: through(dead) })
    expect(lost.of('network')).toEqual([
      `problem: cannot reach the proxy 127.0.0.1:${dead}: connection refused`,
    ])
  })

  it('is sent no password where no secret is to be looked at', async () => {
    const proxy = await open(status(405))
    const env = through(proxy.port, 'me:canary@')
    const told = await examine(file, [...named, '--no-secrets'], { env })
    expect(told.of('network')).toEqual([
      `skipped: service.test: not asked without the password of the proxy http://127.0.0.1:${proxy.port} (HTTP_PROXY) (--no-secrets)`,
    ])
    expect(proxy.connections).toBe(0)
    await examine(file, [...named, '--no-secrets'], { env: through(proxy.port) })
    expectHarmless(proxy)
    expect(proxy.connections).toBe(1)
  })
})

describe('the clock of the service', () => {
  it.each([
    [3600, 'problem', 'behind'],
    [-3600, 'problem', 'ahead of'],
    [40, 'problem', 'behind'],
    [-15, 'warning', 'ahead of'],
    [15, 'warning', 'behind'],
    [2, 'ok', ''],
  ])('is %i s ahead: %s', async (offset, verdict, side) => {
    const host = await open((response) => {
      const date = new Date(Date.now() + offset * 1000).toUTCString()
      response.writeHead(405, { Date: date }).end()
    })
    const told = await examine(profile(`token_endpoint: http://127.0.0.1:${host.port}/token`))
    const [, found] = told.of('clock')
    expect(found).toContain(`${verdict}: `)
    if (side === '') return
    const seconds = Number(/is (\d+) s /.exec(found ?? '')?.[1])
    expect(Math.abs(seconds - Math.abs(offset))).toBeLessThan(3)
    expect(found).toContain(` ${side} that of 127.0.0.1:${host.port}`)
    const { fix } = told.findings.find(({ message }) => message.includes(side)) ?? {}
    expect(fix).toEqual(['timedatectl set-ntp true'])
    expect(told.ok).toBe(verdict !== 'problem')
  })

  it.each([
    ['is no date', { Date: 'soon' }],
    ['is that of a copy', { Date: new Date(0).toUTCString(), Age: '60' }],
  ])('is not judged where the Date %s', async (_name, headers) => {
    const host = await open((response) => response.writeHead(405, headers).end())
    const told = await examine(profile(`token_endpoint: http://127.0.0.1:${host.port}/token`))
    expect(told.of('clock')).toHaveLength(1)
  })
})

describe('an authorization server', () => {
  type Metadata = (own: string, other: string) => readonly [code: number, body: object]
  const discover = async (metadata: Metadata): Promise<[Told, Host, Host]> => {
    const other = await open(status(405))
    const host: Host = await open((response) => {
      const [code, body] = metadata(
        `http://127.0.0.1:${host.port}/realm`,
        `http://127.0.0.1:${other.port}/token`,
      )
      response.writeHead(code, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
    })
    const told = await examine(profile(`authorization_server: http://127.0.0.1:${host.port}/realm`))
    expectHarmless(host)
    expectHarmless(other)
    return [told, host, other]
  }

  it('is asked for its endpoint, which is asked then', async () => {
    const [told, host, other] = await discover((own, token) => [
      200,
      { issuer: own, token_endpoint: token },
    ])
    expect(told.of('network')).toEqual([
      `ok: 127.0.0.1:${host.port}: connected, answers (200)`,
      `ok: 127.0.0.1:${other.port}: connected, answers (405)`,
    ])
    expect(told.of('endpoint')).toEqual([
      `ok: found by asking http://127.0.0.1:${host.port}/realm`,
      `ok: http://127.0.0.1:${other.port}/token, by the metadata of 127.0.0.1:${host.port}`,
    ])
    expect(host.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /.well-known/oauth-authorization-server/realm',
    ])
    expect(other.requests.map(({ method }) => method)).toEqual(['HEAD'])
    expect(told.ok).toBe(true)
  })

  it.each<[string, Metadata, RegExp]>([
    ['another issuer', (_own, token) => [200, { issuer: 'x', token_endpoint: token }], /another/],
    ['no endpoint', (own) => [200, { issuer: own }], /names no token_endpoint$/],
    ['no metadata', () => [404, {}], /publishes no metadata$/],
    [
      'an endpoint in plain http',
      (own) => [200, { issuer: own, token_endpoint: 'http://x.example/t' }],
      /token_endpoint is plain http/,
    ],
  ])('has a problem with %s', async (_name, metadata, said) => {
    const [told, host, other] = await discover(metadata)
    expect(told.of('endpoint')[1]).toMatch(said)
    expect(told.of('endpoint')[1]).toMatch(/^problem/)
    expect(told.of('network')[0]).toContain(`ok: 127.0.0.1:${host.port}: connected, answers`)
    expect(other.connections).toBe(0)
  })
})

describe('who is asked', () => {
  it('is each host of a chain, once', async () => {
    const [first, second] = [await open(status(405)), await open(status(401))]
    const providers = `providers:\n  next:\n    fields: {}\n    call: { url: "http://127.0.0.1:${second.port}/x" }\n`
    const one = profile(`token_endpoint: http://127.0.0.1:${first.port}/token`)
    const file = `${providers}${one}  b: { provider: next, via: a }\n  c: { extends: b }\n`
    const told = await examine(file)
    expect(told.of('network')).toEqual([
      `ok: 127.0.0.1:${first.port}: connected, answers (405)`,
      `ok: 127.0.0.1:${second.port}: connected, answers (401)`,
    ])
    expect([first.connections, second.connections]).toEqual([1, 1])
    expectHarmless(second)
    const network = told.findings.filter(({ check }) => check === 'network')
    expect(network.map(({ profile: name }) => name)).toEqual(['a', 'b'])
  })

  it('is many that all hang, within the same time', async () => {
    const hosts = await Promise.all(Array.from({ length: 5 }, () => open(() => {})))
    const profiles = hosts.map(({ port }, index) =>
      profile(`token_endpoint: http://127.0.0.1:${port}/`)
        .replace('profiles:\n', '')
        .replace('a:', `p${index}:`),
    )
    const told = await examine(`profiles:\n${profiles.join('')}`)
    expect(told.of('network')).toHaveLength(5)
  })

  it('is the host alone: no command is run for it, and none signs', async () => {
    const host = await open(status(405))
    const where = `token_endpoint: http://127.0.0.1:${host.port}/t`
    const file = [
      ...['profiles:', '  a:', '    provider: client-credentials', `    ${where}`],
      ...['    client_id: me', '    client_secret: "${command:./ran.sh}"'],
      ...['  b:', '    provider: jwt-bearer', `    ${where}2`, '    issuer: me'],
      ...['    key: { signer: [./ran.sh], public_key: ./pub.pem }', ''],
    ].join('\n')
    const { publicPem } = makeRsaKey()
    const script = '#!/bin/sh\ntouch ran\n'
    const options = { files: { 'ran.sh': script, 'pub.pem': publicPem, 'p.yaml': file } }
    const world = createWorld([], options)
    chmodSync(join(world.cwd, 'ran.sh'), 0o700)
    const run = await runMain(['doctor', '-c', 'p.yaml'], { again: world })
    expect(run.stdout).toContain('will be run at get; doctor runs no command')
    expect(run.stdout).toMatch(/ok network +127/)
    expect(existsSync(join(world.cwd, 'ran'))).toBe(false)
    expect(host.connections).toBe(1)
    expectHarmless(host)
  })

  it('is nobody with --offline, and that is said in one line', async () => {
    const host = await open(status(200))
    const where = [
      `token_endpoint: http://127.0.0.1:${host.port}/t`,
      `authorization_server: http://127.0.0.1:${host.port}`,
    ]
    for (const one of where) {
      const told = await examine(profile(one), ['-c', 'p.yaml', '--offline'])
      expect(told.of('network')).toEqual([
        'skipped: nobody was asked, nor what time it is there (--offline)',
      ])
      expect(told.of('clock')).toHaveLength(1)
      expect(told.ok).toBe(true)
    }
    expect(host.connections).toBe(0)
  })

  it.each([['a'], ['a', '--no-secrets']])('is nobody of a file without trust', async (...argv) => {
    const host = await open(status(200))
    const written = profile(`token_endpoint: http://127.0.0.1:${host.port}/t`)
    const told = await examine(written, argv)
    expect(told.of('network')).toEqual([
      `skipped: 127.0.0.1:${host.port}: not asked (the file is not trusted)`,
    ])
    expect(told.of('clock')).toHaveLength(1)
    expect(told.of('trust')[0]).toMatch(/^problem/)
    expect(host.connections).toBe(0)
    // the same, named
    expect((await examine(written)).ok).toBe(true)
    expect(host.connections).toBe(1)
  })

  it('is nobody where only a variable tells what would be trusted', async () => {
    const host = await open(status(200))
    const providers = `providers:\n  next:\n    fields: {}\n    call: { url: "http://127.0.0.1:${host.port}/x" }\n`
    const one = profile('token_endpoint: "${env:URL}"')
    const file = `${providers}${one}  b: { provider: next, via: a }\n`
    const told = await examine(file, ['b', '--no-secrets'])
    expect(told.of('trust')[0]).toMatch(/^skipped/)
    expect(told.of('network')).toEqual([
      `skipped: 127.0.0.1:${host.port}: not asked (--no-secrets: whether the file is trusted)`,
    ])
    expect(host.connections).toBe(0)
  })

  it('is nobody whose provider a project file describes, before that is trusted', async () => {
    const host = await open(status(200))
    const file = `providers:\n  next:\n    fields: {}\n    call: { url: "http://127.0.0.1:${host.port}/x", headers: { X: "\${env:S}" } }\n`
    const told = await examine(file, ['--provider', 'next'])
    expect(told.of('trust')[0]).toMatch(/^problem/)
    expect(host.connections).toBe(0)
  })
})
