// tls.pin: the server has one of these keys, whatever else is verified or not; nothing is sent to
// another.

import { execFileSync } from 'node:child_process'
import { createServer as createProxy, type IncomingMessage } from 'node:http'
import { createServer } from 'node:https'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Answer, Tls, Transport } from '../../src/core/call/wire.ts'
import { sendRequest } from '../../src/io/http/http.ts'
import { type Certificates, makeCertificates } from '../support/certificates.ts'
import {
  catchFailure,
  closeAll,
  listen,
  makeOutside,
  makeRequest,
  makeTransport,
} from '../support/network.ts'

let made: Certificates
beforeAll(() => {
  made = makeCertificates()
})
afterEach(closeAll)
afterAll(() => made.remove())

/** As openssl makes it, so that ours is compared with somebody else's. */
function pin(name: string): string {
  const line = `openssl x509 -in ${name}.crt -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64`
  return `sha256//${execFileSync('sh', ['-c', line], { cwd: made.folder }).toString().trim()}`
}

interface Serving {
  readonly port: number
  /** what came over TLS, decrypted */
  came(): number
}

async function serve(name: string, more: TlsOptions = {}): Promise<Serving> {
  let bytes = 0
  const server = createTlsServer(
    { cert: made.read(`${name}.crt`), key: made.read(`${name}.key`), ...more },
    (socket) => {
      socket
        .on('error', () => undefined)
        .on('data', (chunk) => {
          bytes += chunk.length
          socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok')
        })
    },
  )
  return { port: await listen(server), came: () => bytes }
}

const ask = (
  port: number,
  tls: Tls,
  more: Partial<Transport> = {},
  host = 'localhost',
): Promise<Answer> =>
  sendRequest(
    makeRequest(`https://${host}:${port}/`),
    makeTransport({ tls, ...more }),
    makeOutside(),
  )

const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 50))
const other = `sha256//${'A'.repeat(43)}=`

describe('the key that is pinned', () => {
  it.each([
    ['beside an authority', 'good', () => ({ ca: made.path('root.crt') })],
    ['of a certificate that signs itself', 'self', () => ({ ca: made.path('self.crt') })],
    ['of a server that is not verified', 'self', () => ({ insecure: true })],
    ['of one that has expired, not verified', 'selfexpired', () => ({ insecure: true })],
  ] as const)('%s', async (_what, name, tls) => {
    const { port } = await serve(name)
    expect((await ask(port, { ...tls(), pin: pin(name) })).body).toBe('ok')
    expect((await ask(port, { ...tls(), pin: `${other};${pin(name)}` })).body).toBe('ok')
  })

  it.each(['rsa:2048', 'rsa-pss', 'ed25519', 'ec'])('%s', async (kind) => {
    const curve = kind === 'ec' ? ['-pkeyopt', 'ec_paramgen_curve:secp384r1'] : []
    const sort = ['req', '-x509', '-newkey', kind, ...curve, '-nodes', '-days', '2']
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    const files = ['-keyout', 'kind.key', '-out', 'kind.crt']
    execFileSync('openssl', [...sort, ...names, ...files], { cwd: made.folder, stdio: 'pipe' })
    const { port } = await serve('kind')
    const tls = { ca: made.path('kind.crt') }
    expect((await ask(port, { ...tls, pin: pin('kind') })).status).toBe(200)
    expect((await catchFailure(ask(port, { ...tls, pin: other }))).code).toBe('network_tls')
  })

  it('takes the place of nothing else', async () => {
    for (const [name, tls] of [
      ['self', {}],
      ['expired', { ca: made.path('root.crt') }],
      ['other', { ca: made.path('root.crt') }],
    ] as const) {
      const { port, came } = await serve(name)
      const error = await catchFailure(ask(port, { ...tls, pin: pin(name) }))
      expect(error).toMatchObject({ code: 'network_tls', exit: 6 })
      expect(error.message).not.toContain('pin')
      expect(came()).toBe(0)
    }
  })
})

describe('another key', () => {
  it.each([
    ['good', () => ({ ca: made.path('root.crt') })],
    ['self', () => ({ insecure: true })],
  ] as const)('of %s is sent nothing, and shown', async (name, tls) => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const { port, came } = await serve(name, { maxVersion })
      const error = await catchFailure(ask(port, { ...tls(), pin: pin('other') }))
      expect(error).toMatchObject({ code: 'network_tls', exit: 6 })
      expect(error.message).toBe(
        `cannot trust localhost:${port}: its key is not the pinned one (tls.pin)`,
      )
      expect([error.details.means].flat()[0]).toContain('in between')
      expect([error.details.means].flat()[0]).toContain('renewed')
      expect([error.details.fix].flat().join('\n')).toContain(`tls: { pin: ${pin(name)} }`)
      await settle()
      expect(came()).toBe(0)
    }
  })

  it('that an authority or a certificate in between has is another', async () => {
    const { port } = await serve('below', { cert: made.read('chain.crt') })
    const tls = { ca: made.path('root.crt') }
    expect((await ask(port, { ...tls, pin: pin('below') })).status).toBe(200)
    for (const name of ['middle', 'root']) {
      expect((await catchFailure(ask(port, { ...tls, pin: pin(name) }))).code).toBe('network_tls')
    }
  })

  it('is seen the second time as the first, though the server would resume', async () => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const { port } = await serve('good', { maxVersion, sessionTimeout: 300 })
      const tls = { ca: made.path('root.crt') }
      for (const _time of [1, 2]) expect((await ask(port, tls)).status).toBe(200)
      expect((await ask(port, { ...tls, pin: pin('good') })).status).toBe(200)
      expect((await catchFailure(ask(port, { ...tls, pin: other }))).code).toBe('network_tls')
    }
  })

  it('is told from a server that closes with the handshake', async () => {
    const server = createTlsServer({ cert: made.read('good.crt'), key: made.read('good.key') })
    server.on('secureConnection', (socket) => socket.end())
    const port = await listen(server)
    const many = async (value: string): Promise<Set<string>> => {
      const tls = { ca: made.path('root.crt'), pin: value }
      const calls = Array.from({ length: 10 }, () => catchFailure(ask(port, tls)))
      return new Set((await Promise.all(calls)).map(({ code }) => code))
    }
    expect(await many(pin('good'))).toEqual(new Set(['network_reset']))
    expect(await many(other)).toEqual(new Set(['network_tls']))
  })

  it('has no server that shows no certificate', async () => {
    const { port, came } = await serve('good', {
      ciphers: 'aNULL:@SECLEVEL=0',
      maxVersion: 'TLSv1.2',
    })
    const error = await catchFailure(ask(port, { insecure: true, pin: pin('good') }))
    expect(error.exit).toBe(6)
    expect(came()).toBe(0)
  })
})

/** Takes every name for that server. */
function tunnel(port: number) {
  return (_request: IncomingMessage, socket: Duplex): void => {
    socket.on('error', () => undefined).write('HTTP/1.1 200 Connection established\r\n\r\n')
    const onward = connect(port, '127.0.0.1')
    onward.on('error', () => socket.destroy())
    socket.on('close', () => onward.destroy())
    socket.pipe(onward).pipe(socket)
  }
}

describe('through a proxy', () => {
  it.each(['http', 'https'])('by %s: the service’s key counts, not the proxy’s', async (scheme) => {
    const { port, came } = await serve('service')
    const identity = { cert: made.read('good.crt'), key: made.read('good.key') }
    const proxy = scheme === 'http' ? createProxy() : createServer(identity)
    const proxyPort = await listen(proxy.on('connect', tunnel(port)))
    const send = (value: string): Promise<Answer> =>
      ask(
        443,
        { ca: made.path('root.crt'), pin: value },
        { proxy: `${scheme}://localhost:${proxyPort}` },
        'service.test',
      )
    const error = await catchFailure(send(pin('good')))
    expect(error.message).toBe('cannot trust service.test: its key is not the pinned one (tls.pin)')
    await settle()
    expect(came()).toBe(0)
    expect((await send(pin('service'))).body).toBe('ok')
    expect(came()).toBeGreaterThan(100)
  })
})
