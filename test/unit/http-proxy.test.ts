import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Answer, Transport } from '../../src/core/call/wire.ts'
import type { TokenError } from '../../src/core/error.ts'
import { sendRequest } from '../../src/io/http/http.ts'
import { chooseProxy, skipsProxy } from '../../src/io/http/proxy.ts'
import { type Certificates, makeCertificates } from '../support/certificates.ts'
import { bundleAlone } from '../support/child.ts'
import {
  CANARY,
  catchFailure,
  closeAll,
  listen,
  makeOutside,
  makeRequest,
  makeTransport,
  serveBytes,
} from '../support/network.ts'

const PASSWORD = `${CANARY}@"+&~'ü%`

let made: Certificates

beforeAll(() => {
  made = makeCertificates()
})
afterEach(closeAll)
afterAll(() => made.remove())

interface Seen {
  /** request line and headers of each request to the proxy */
  readonly requests: { line: string; headers: IncomingMessage['headers'] }[]
  readonly clients: unknown[]
}

interface Manners {
  readonly tls?: boolean
  /** the only Proxy-Authorization it takes */
  readonly password?: string
  /** answered to each CONNECT, in place of a tunnel */
  readonly status?: number
}

/** A proxy that takes every name for this machine. */
async function serveProxy(manners: Manners = {}): Promise<[port: number, seen: Seen]> {
  const seen: Seen = { requests: [], clients: [] }
  const note = (request: IncomingMessage): boolean => {
    const { method, url, headers, socket } = request
    seen.requests.push({ line: `${method} ${url}`, headers })
    if (manners.tls) seen.clients.push((socket as TLSSocket).getPeerCertificate()?.subject?.CN)
    return manners.password === undefined || headers['proxy-authorization'] === manners.password
  }
  const certificate = { cert: made.read('proxy.crt'), key: made.read('proxy.key') }
  const server: Server = manners.tls
    ? createTlsServer({ ...certificate, requestCert: true, rejectUnauthorized: false })
    : createServer()
  server.on('request', (request, response) => {
    const allowed = note(request)
    response.writeHead(allowed ? 200 : 407, { 'x-proxy': 'yes' }).end('by the proxy')
  })
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => undefined)
    const status = note(request) ? (manners.status ?? 200) : 407
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 3\r\n\r\nno\n`)
      return
    }
    const { port } = new URL(`http://${request.url}`)
    const onward: Socket = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(onward).pipe(socket)
    })
    onward.on('error', () => socket.destroy())
    socket.on('close', () => onward.destroy())
  })
  return [await listen(server), seen]
}

async function serveService(name = 'service'): Promise<[port: number, seen: string[]]> {
  const seen: string[] = []
  const certificate = { cert: made.read(`${name}.crt`), key: made.read(`${name}.key`) }
  const port = await listen(
    createTlsServer(certificate, (request, response) => {
      seen.push(JSON.stringify(request.headers))
      request.on('data', (chunk: Buffer) => seen.push(chunk.toString()))
      request.on('end', () => response.end(`at ${request.headers.host}`))
    }),
  )
  return [port, seen]
}

const trusting = { ca: '' }
beforeAll(() => {
  trusting.ca = made.path('root.crt')
})

const ask = (url: string, transport: Partial<Transport>, env = {}): Promise<Answer> =>
  sendRequest(makeRequest(url), makeTransport(transport), makeOutside(env))

const fail = (...args: Parameters<typeof ask>): Promise<TokenError> => catchFailure(ask(...args))

describe('through a proxy', () => {
  it('https is tunnelled: the proxy sees where to, the service all the rest', async () => {
    const [service, received] = await serveService()
    const [proxy, seen] = await serveProxy()
    const url = `https://service.test:${service}/token`
    const answer = await ask(url, { tls: trusting, proxy: `http://127.0.0.1:${proxy}` })
    expect(answer).toMatchObject({ status: 200, body: `at service.test:${service}` })
    expect(seen.requests.map(({ line }) => line)).toEqual([`CONNECT service.test:${service}`])
    expect(JSON.stringify(seen)).not.toContain(CANARY)
    expect(received.join()).toContain(CANARY)
    expect(received.join()).not.toContain('proxy')
  })

  it('https is tunnelled over TLS as well, without showing the proxy our certificate', async () => {
    const [service] = await serveService()
    const [proxy, seen] = await serveProxy({ tls: true })
    const both = made.path('both-roots.pem')
    const { writeFileSync } = await import('node:fs')
    writeFileSync(both, Buffer.concat([made.read('root.crt'), made.read('stranger.crt')]))
    const tls = { ca: both, cert: made.path('client.crt'), key: made.path('client.key') }
    const answer = await ask(`https://service.test:${service}/`, {
      tls,
      proxy: `https://localhost:${proxy}`,
    })
    expect(answer.status).toBe(200)
    expect(seen.clients).toEqual([undefined])
  })

  it('http is asked for by its whole address, where it is allowed at all', async () => {
    const [proxy, seen] = await serveProxy({ password: `Basic ${btoa('me:secret')}` })
    const url = 'http://service.test:8080/token'
    const transport = { proxy: `http://me:secret@127.0.0.1:${proxy}`, allowHttp: true }
    const answer = await ask(url, transport)
    expect(answer).toMatchObject({
      status: 200,
      body: 'by the proxy',
      headers: { 'x-proxy': 'yes' },
    })
    expect(seen.requests[0]?.line).toBe(`POST ${url}?assertion=${CANARY}`)
    expect(seen.requests[0]?.headers.host).toBe('service.test:8080')
    const other = { proxy: `http://127.0.0.1:${proxy}`, allowHttp: true }
    expect(await fail(url, other)).toMatchObject({ code: 'network_proxy', exit: 6 })
  })

  it('by a variable', async () => {
    const [service] = await serveService()
    const [proxy, seen] = await serveProxy()
    const url = `https://service.test:${service}/`
    const env = { HTTPS_PROXY: `127.0.0.1:${proxy}` }
    expect((await ask(url, { tls: trusting }, env)).status).toBe(200)
    expect(seen.requests.length).toBe(1)
    await fail(url, { tls: trusting }, { ...env, NO_PROXY: '.test' })
    expect(seen.requests.length).toBe(1)
  })

  it('loopback never goes', async () => {
    const [proxy, seen] = await serveProxy()
    const [service] = await serveService('good')
    const address = `http://127.0.0.1:${proxy}`
    const env = { HTTPS_PROXY: address, HTTP_PROXY: address, ALL_PROXY: address }
    for (const host of ['localhost', '127.0.0.1', 'a.wild.localhost']) {
      const url = `https://${host}:${service}/`
      expect((await ask(url, { tls: trusting }, env)).status).toBe(200)
      expect((await ask(url, { tls: trusting, proxy: address })).status).toBe(200)
    }
    expect(seen.requests).toEqual([])
  })

  it('with a password from the address, in any characters', async () => {
    const [service, received] = await serveService()
    const password = `Basic ${Buffer.from(`me:${PASSWORD}`).toString('base64')}`
    const [proxy] = await serveProxy({ password })
    const url = `https://service.test:${service}/`
    const address = `http://me:${encodeURIComponent(PASSWORD)}@127.0.0.1:${proxy}`
    expect((await ask(url, { tls: trusting }, { https_proxy: address })).status).toBe(200)
    expect(received.join()).not.toContain(password)
  })
})

describe('a proxy that fails', () => {
  const url = 'https://service.test/token'

  it('for want of a password', async () => {
    const [proxy] = await serveProxy({ password: 'Basic x' })
    const error = await fail(url, {}, { https_proxy: `http://127.0.0.1:${proxy}` })
    expect(error).toMatchObject({ code: 'network_proxy', exit: 6 })
    expect(error.message).toBe(`the proxy 127.0.0.1:${proxy} wants a password (407)`)
    expect(error.details.fix).toContain('https_proxy=http://USER:PASSWORD@')
  })

  it('for a wrong password, which is not said', async () => {
    const [proxy] = await serveProxy({ password: 'Basic x' })
    const error = await fail(url, { proxy: `http://me:${CANARY}@127.0.0.1:${proxy}` })
    expect(error.code).toBe('network_proxy')
    expect(error.message).toContain('does not accept the password (407)')
    expect(JSON.stringify(error.details)).not.toContain('me:')
  })

  it.each([403, 502])('to open a way: %i', async (status) => {
    const [proxy] = await serveProxy({ status })
    const error = await fail(url, { proxy: `http://127.0.0.1:${proxy}` })
    expect(error).toMatchObject({ code: 'network_proxy', exit: 6 })
    expect(error.message).toBe(
      `the proxy 127.0.0.1:${proxy} opens no way to service.test (${status})`,
    )
  })

  it('to be there', async () => {
    const server = createServer()
    const port = await listen(server)
    await new Promise((resolve) => server.close(resolve))
    const refused = await fail(url, {}, { ALL_PROXY: `http://127.0.0.1:${port}` })
    expect(refused).toMatchObject({ code: 'network_proxy', exit: 6 })
    expect(refused.message).toBe(`cannot reach the proxy 127.0.0.1:${port}: connection refused`)
    expect([refused.details.fix].flat().join()).toContain('ALL_PROXY')
    const nameless = await fail(url, { proxy: 'http://proxy.invalid:3128' })
    expect(nameless).toMatchObject({ code: 'network_proxy', exit: 6 })
    expect(nameless.message).toContain('the proxy proxy.invalid:3128')
  })

  it('to answer, in time or in HTTP', async () => {
    const hanging = await fail(url, {
      proxy: `http://127.0.0.1:${await serveBytes('', true)}`,
      timeout: 300,
    })
    expect(hanging).toMatchObject({ code: 'network_timeout', exit: 6 })
    expect(hanging.message).toContain('opened no way to service.test within 300 ms')
    for (const bytes of ['SSH-2.0-x\r\n', '']) {
      const error = await fail(url, { proxy: `http://127.0.0.1:${await serveBytes(bytes)}` })
      expect(error).toMatchObject({ code: 'network_proxy', exit: 6 })
    }
    const dropped = await serveBytes((socket) => socket.resetAndDestroy())
    expect((await fail(url, { proxy: `http://127.0.0.1:${dropped}` })).code).toBe('network_proxy')
  })

  it('to be trusted, whatever tls.insecure allows the service', async () => {
    const [proxy, seen] = await serveProxy({ tls: true })
    for (const tls of [{}, { insecure: true }, trusting]) {
      const error = await fail(url, { tls, proxy: `https://localhost:${proxy}` })
      expect(error).toMatchObject({ code: 'network_tls', exit: 6 })
      expect(error.message).toContain(`cannot trust the proxy localhost:${proxy}`)
    }
    expect(seen.requests).toEqual([])
    const plain = await serveProxy()
    const error = await fail(url, { proxy: `https://localhost:${plain[0]}` })
    expect(error.message).toContain('does not speak TLS')
  })
})

describe('TLS behind a proxy', () => {
  it('is checked as without one', async () => {
    const [service] = await serveService()
    const [wrong] = await serveService('self')
    const [proxy] = await serveProxy()
    const through = { proxy: `http://127.0.0.1:${proxy}` }
    const untrusted = await fail(`https://service.test:${service}/`, through)
    expect(untrusted.code).toBe('network_tls')
    expect(untrusted.message).toContain(`service.test:${service}`)
    const named = await fail(`https://service.test:${wrong}/`, {
      ...through,
      tls: { ca: made.path('self.crt') },
    })
    expect(named.message).toContain('for another name')
    const lenient = { ...through, tls: { insecure: true } }
    expect((await ask(`https://service.test:${wrong}/`, lenient)).status).toBe(200)
  })

  it('is checked though NODE_TLS_REJECT_UNAUTHORIZED is 0', async () => {
    const [service] = await serveService('self')
    const [secured] = await serveProxy({ tls: true })
    const [plain] = await serveProxy()
    const runAlone = await bundleAlone(made.folder)
    for (const proxy of [`http://127.0.0.1:${plain}`, `https://localhost:${secured}`]) {
      const { said } = await runAlone(
        `https://service.test:${service}/`,
        {},
        { NODE_TLS_REJECT_UNAUTHORIZED: '0', HTTPS_PROXY: proxy },
      )
      expect(said.code).toBe('network_tls')
    }
  })
})

describe('which proxy', () => {
  const https = new URL('https://api.va.gov/token')
  const http = new URL('http://api.va.gov/token')
  const choose = (url: URL, env: Record<string, string>, explicit?: string): string | undefined => {
    const found = chooseProxy(url, explicit, env)
    return found && `${found.source} ${found.url.origin}`
  }

  it.each<[URL, Record<string, string>, string | undefined, string | undefined]>([
    [https, {}, undefined, undefined],
    [https, { HTTPS_PROXY: 'http://a:1' }, undefined, 'HTTPS_PROXY http://a:1'],
    [https, { https_proxy: 'http://a:1' }, undefined, 'https_proxy http://a:1'],
    [
      https,
      { https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:1' },
      undefined,
      'https_proxy http://a:1',
    ],
    [https, { https_proxy: '', HTTPS_PROXY: 'http://b:1' }, undefined, undefined],
    [https, { HTTP_PROXY: 'http://a:1', http_proxy: 'http://a:1' }, undefined, undefined],
    [https, { ALL_PROXY: 'https://a' }, undefined, 'ALL_PROXY https://a'],
    [https, { all_proxy: 'a:3128' }, undefined, 'all_proxy http://a:3128'],
    [https, { HTTPS_PROXY: 'localhost:3128' }, undefined, 'HTTPS_PROXY http://localhost:3128'],
    [http, { HTTP_PROXY: 'http://a:1' }, undefined, 'HTTP_PROXY http://a:1'],
    [http, { http_proxy: 'http://a:1' }, undefined, 'http_proxy http://a:1'],
    [http, { HTTPS_PROXY: 'http://a:1' }, undefined, undefined],
    [http, { HTTP_PROXY: 'http://a:1', REQUEST_METHOD: 'GET' }, undefined, undefined],
    [http, { http_proxy: 'http://a:1', REQUEST_METHOD: 'GET' }, undefined, 'http_proxy http://a:1'],
    [https, { HTTPS_PROXY: 'http://a:1' }, 'http://b:2', 'proxy http://b:2'],
    [https, { NO_PROXY: '*' }, 'http://b:2', 'proxy http://b:2'],
    [https, { HTTPS_PROXY: 'http://a:1' }, '', undefined],
    [https, { HTTPS_PROXY: 'http://a:1', NO_PROXY: 'va.gov' }, undefined, undefined],
    [
      https,
      { HTTPS_PROXY: 'http://a:1', no_proxy: '', NO_PROXY: '*' },
      undefined,
      'HTTPS_PROXY http://a:1',
    ],
    [new URL('https://localhost/'), {}, 'http://b:2', undefined],
    [new URL('https://a.localhost/'), { ALL_PROXY: 'http://b:2' }, undefined, undefined],
    [new URL('https://127.9.9.9/'), { ALL_PROXY: 'http://b:2' }, undefined, undefined],
    [new URL('https://[::1]/'), { ALL_PROXY: 'http://b:2' }, undefined, undefined],
  ])('%s with %j and %s: %s', (url, env, explicit, expected) => {
    expect(choose(url, env, explicit)).toBe(expected)
  })

  it.each([
    `socks://me:${CANARY}@a:1`,
    `socks5h://me:${CANARY}@a:1`,
    `ftp://me:${CANARY}@a:1`,
    `http://me:${CANARY}@`,
    `http://me:${CANARY}@a:99999`,
    `http://me:${CANARY}%zz@a:1`,
    `me:${CANARY}@a b:1`,
    '://',
  ])('is refused, unsaid: %s', async (value) => {
    for (const [explicit, env] of [
      [value, {}],
      [undefined, { HTTPS_PROXY: value }],
    ] as const) {
      const error = await fail(https.href, { proxy: explicit }, env)
      expect(error).toMatchObject({ code: 'proxy_invalid', exit: 2 })
      expect(error.message).toMatch(explicit === undefined ? /^HTTPS_PROXY / : /^proxy /)
    }
  })
})

describe('NO_PROXY', () => {
  it.each<[boolean, string, string]>([
    [true, 'https://api.va.gov/', '*'],
    [true, 'https://api.va.gov/', 'api.va.gov'],
    [true, 'https://api.va.gov/', 'API.VA.GOV'],
    [true, 'https://api.va.gov/', 'va.gov'],
    [true, 'https://api.va.gov/', '.va.gov'],
    [true, 'https://api.va.gov/', '*.va.gov'],
    [true, 'https://va.gov/', '.va.gov'],
    [true, 'https://api.va.gov./', 'va.gov'],
    [true, 'https://api.va.gov/', 'va.gov.'],
    [true, 'https://api.va.gov/', 'a.example, va.gov'],
    [true, 'https://api.va.gov/', 'a.example va.gov,'],
    [true, 'https://api.va.gov/', 'va.gov:443'],
    [true, 'http://api.va.gov/', 'va.gov:80'],
    [true, 'https://api.va.gov:8443/', 'va.gov:8443'],
    [true, 'https://10.1.2.3/', '10.1.2.3'],
    [true, 'https://10.1.2.3/', '10.0.0.0/8'],
    [true, 'https://10.1.2.3:99/', '10.1.2.3:99'],
    [true, 'https://[fd00::1]/', 'fd00::1'],
    [true, 'https://[fd00::1]/', '[fd00::1]'],
    [true, 'https://[fd00::1]:99/', '[fd00:0::1]:99'],
    [true, 'https://[fd00::1]/', 'fd00::/8'],
    [false, 'https://api.va.gov/', ''],
    [false, 'https://api.va.gov/', ' , '],
    [false, 'https://api.va.gov/', '.'],
    [false, 'https://api.va.gov/', 'a.gov'],
    [false, 'https://notva.gov/', 'va.gov'],
    [false, 'https://va.gov.example/', 'va.gov'],
    [false, 'https://va.gov/', 'api.va.gov'],
    [false, 'https://api.va.gov/', 'va.gov:80'],
    [false, 'https://api.va.gov:8443/', 'va.gov:443'],
    [false, 'https://11.1.2.3/', '10.0.0.0/8'],
    [false, 'https://10.1.2.3/', '10.0.0.0/99'],
    [false, 'https://10.1.2.3/', '10.0.0.0/x'],
    [false, 'https://10.1.2.3/', '2.3'],
    [false, 'https://[fd00::1]:99/', '[fd00::1]:98'],
    [false, 'https://[fe00::1]/', 'fd00::/8'],
    [false, 'https://api.va.gov/', '10.0.0.0/8'],
  ])('%s: %s by %j', (expected, url, list) => {
    expect(skipsProxy(new URL(url), list)).toBe(expected)
  })
})
