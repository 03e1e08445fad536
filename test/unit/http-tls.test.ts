import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type ServerOptions } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Answer, Tls } from '../../src/core/call/wire.ts'
import type { TokenError } from '../../src/core/error.ts'
import { sendRequest } from '../../src/io/http/http.ts'
import { type Certificates, makeCertificates } from '../support/certificates.ts'
import { bundleAlone, type RunAlone } from '../support/child.ts'
import {
  catchFailure,
  closeAll,
  listen,
  makeOutside,
  makeRequest,
  makeTransport,
  serveBytes,
} from '../support/network.ts'

let made: Certificates
let runAlone: RunAlone

beforeAll(async () => {
  made = makeCertificates()
  runAlone = await bundleAlone(made.folder)
})
afterEach(closeAll)
afterAll(() => made.remove())

async function serve(name: string, options: ServerOptions = {}): Promise<number> {
  const cert = made.read(name === 'chain' ? 'chain.crt' : `${name}.crt`)
  const key = made.read(`${name === 'chain' ? 'below' : name}.key`)
  return listen(
    createServer({ cert, key, ...options }, (request, response) => {
      const socket = request.socket as TLSSocket
      const peer = socket.getPeerCertificate()
      const client = peer.subject?.CN ?? 'nobody'
      response.end(`${client} at ${socket.servername || 'no name'} by ${socket.getProtocol()}`)
    }),
  )
}

const files = (tls: Partial<Record<keyof Tls, string>>): Tls =>
  Object.fromEntries(
    Object.entries(tls).map(([name, value]) => [
      name,
      ['ca', 'cert', 'key', 'pfx'].includes(name) ? made.path(value) : value,
    ]),
  )

const ask = (port: number, tls: Tls = {}, host = 'localhost', env = {}): Promise<Answer> =>
  sendRequest(
    makeRequest(`https://${host}:${port}/token`),
    makeTransport({ tls }),
    makeOutside(env),
  )

const fail = (...args: Parameters<typeof ask>): Promise<TokenError> => catchFailure(ask(...args))

const root = (): Tls => files({ ca: 'root.crt' })

describe('a certificate that is trusted', () => {
  it.each([
    ['by tls.ca', 'good', { ca: 'root.crt' }],
    ['by tls.ca in DER', 'good', { ca: 'root.der' }],
    ['by itself, pinned', 'self', { ca: 'self.crt' }],
    ['through one in between', 'chain', { ca: 'root.crt' }],
    ['by its common name alone', 'nameless', { ca: 'root.crt' }],
    ['under another name', 'other', { ca: 'root.crt', server_name: 'other.example' }],
  ] as const)('%s', async (_how, name, tls) => {
    const answer = await ask(await serve(name), files(tls))
    expect(answer.status).toBe(200)
    const sni = 'server_name' in tls ? tls.server_name : 'localhost'
    expect(answer.body).toBe(`nobody at ${sni} by TLSv1.3`)
  })

  it('for an address, a name below, a name with a final dot', async () => {
    const port = await serve('good')
    expect((await ask(port, root(), '127.0.0.1')).body).toContain('at no name')
    expect((await ask(port, root(), 'a.wild.localhost')).body).toContain('a.wild.localhost')
    expect((await ask(port, root(), 'localhost.')).body).toContain('at localhost by')
  })

  it('by NODE_EXTRA_CA_CERTS beside tls.ca', async () => {
    const port = await serve('good')
    const tls = files({ ca: 'stranger.crt' })
    expect((await fail(port, tls)).code).toBe('network_tls')
    const env = { NODE_EXTRA_CA_CERTS: made.path('root.crt') }
    expect((await ask(port, tls, 'localhost', env)).status).toBe(200)
    expect((await runAlone(`https://localhost:${port}/`, {}, env)).said.status).toBe(200)
    const missing = { NODE_EXTRA_CA_CERTS: '/does/not/exist' }
    expect((await fail(port, tls, 'localhost', missing)).code).toBe('network_tls')
  })

  it('by nothing, with tls.insecure', async () => {
    for (const name of ['self', 'selfexpired', 'other']) {
      expect((await ask(await serve(name), { insecure: true })).status).toBe(200)
    }
  })

  it('is not asked for below TLS 1.2, whatever Node was told', async () => {
    const port = await serve('good', { maxVersion: 'TLSv1.2' })
    expect((await ask(port, root())).body).toContain('TLSv1.2')
    const options = {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL@SECLEVEL=0',
    } as const
    const error = await fail(await serve('good', options), root())
    expect(error.code).toBe('network_tls')
    expect(error.message).toContain('no TLS 1.2')
    const { said } = await runAlone(
      `https://localhost:${await serve('good', options)}/`,
      { tls: { insecure: true } },
      { NODE_OPTIONS: '--tls-min-v1.0 --tls-cipher-list=ALL@SECLEVEL=0' },
    )
    expect(said.code).toBe('network_tls')
  })
})

describe('a certificate that is not trusted', () => {
  it.each([
    ['self', {}, 'signed by itself', 'tls: { ca: server.pem }'],
    ['good', {}, 'authority of its certificate is unknown', 'NODE_EXTRA_CA_CERTS='],
    ['below', { ca: 'root.crt' }, 'authority of its certificate is unknown', 'tls: { ca:'],
    ['good', { ca: 'stranger.crt' }, 'authority of its certificate is unknown', 'tls: { ca:'],
    ['expired', { ca: 'root.crt' }, 'has expired', 'date -u'],
    ['selfexpired', {}, 'has expired', 'naming it in tls.ca does not help'],
    ['selfexpired', { ca: 'selfexpired.crt' }, 'has expired', 'insecure: true'],
    ['future', { ca: 'root.crt' }, 'not valid yet', 'date -u'],
    ['other', { ca: 'root.crt' }, 'for another name', 'server_name: other.example'],
    ['good', { ca: 'root.crt', server_name: 'wrong.example' }, 'for another name', '-e'],
  ] as const)('%s with %j', async (name, tls, problem, fix) => {
    const port = await serve(name)
    const error = await fail(port, files(tls))
    expect(error).toMatchObject({ code: 'network_tls', exit: 6 })
    expect(error.message).toMatch(`cannot trust localhost:${port}: `)
    expect(error.message).toContain(problem)
    expect([error.details.fix].flat().join('\n')).toContain(fix)
  })

  it('is described: for whom, by whom, from when to when', async () => {
    const error = await fail(await serve('expired'), root())
    expect(error.details.means).toEqual([
      'it is for localhost, by Test Root, valid 2020-01-01 to 2021-01-01',
      expect.stringMatching(/^the clock of this machine says \d{4}-\d\d-\d\d$/),
    ])
    const other = await fail(await serve('other'), root())
    expect(other.details.means).toContain('localhost was wanted; it names other.example, x.example')
  })

  it('of an authority that is sent along is told from one that is not', async () => {
    const cert = Buffer.concat([made.read('good.crt'), made.read('root.crt')])
    const error = await fail(await serve('good', { cert }))
    expect(error.message).toContain('from an authority that this machine does not know')
  })

  it('because of an expired one in between says so', async () => {
    const port = await serve('oldbelow', {
      cert: Buffer.concat([made.read('oldbelow.crt'), made.read('oldmiddle.crt')]),
    })
    const error = await fail(port, root())
    expect(error.message).toContain('has expired')
    expect(error.details.means).toContain(
      'that is in order: it is one between it and the authority',
    )
  })

  it('because it is signed with SHA-1', async () => {
    const weak = { ciphers: 'DEFAULT@SECLEVEL=0' }
    const error = await fail(await serve('sha1', weak), root())
    expect(error).toMatchObject({ code: 'network_tls', exit: 6 })
    expect(error.details.means).toContain('it is signed with SHA-1, which can be forged')
  })

  it('has no control characters left in what it says', async () => {
    const error = await fail(await serve('nasty'))
    const said = JSON.stringify([error.message, error.details])
    expect(said).toContain('evil')
    expect(said).not.toMatch(/\\u001b|\u001b|\u202e/)
  })

  it('is refused though NODE_TLS_REJECT_UNAUTHORIZED is 0', async () => {
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' }
    for (const tls of [{}, files({ ca: 'stranger.crt' })]) {
      const { said, exit } = await runAlone(
        `https://localhost:${await serve('self')}/`,
        { tls },
        env,
      )
      expect(said).toMatchObject({ code: 'network_tls' })
      expect(exit).toBe(0)
    }
  })
})

describe('mutual TLS', () => {
  const demand = (more: ServerOptions = {}): ServerOptions => ({
    requestCert: true,
    ca: made.read('root.crt'),
    ...more,
  })

  it.each([
    { cert: 'client.crt', key: 'client.key' },
    { cert: 'client.crt', key: 'client-locked.key', passphrase: 'opened' },
    { cert: 'client-both.pem' },
    { pfx: 'client.p12', passphrase: 'opened' },
  ])('with %j', async (tls) => {
    const answer = await ask(await serve('good', demand()), { ...root(), ...files(tls) })
    expect(answer.body).toContain('client at')
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('says when one is missing: %s', async (version) => {
    const error = await fail(await serve('good', demand({ maxVersion: version })), root())
    expect(error).toMatchObject({ code: 'network_tls', exit: 6 })
    expect([error.details.fix].flat().join()).toContain('tls: { cert:')
  })

  it('says so to a fresh process too, where the refusal comes while undici is loaded', async () => {
    const port = await serve('good', demand())
    const { said } = await runAlone(`https://localhost:${port}/`, { tls: root() })
    expect(said.code).toBe('network_tls')
  })

  it('says when the one given may be the wrong one', async () => {
    const tls = { ...root(), ...files({ cert: 'intruder.crt', key: 'intruder.key' }) }
    const error = await fail(await serve('good', demand()), tls)
    expect(error).toMatchObject({ exit: 6 })
    expect(JSON.stringify(error.details)).toContain('certificate')
  })
})

describe('a port that does not speak TLS', () => {
  it('but http', async () => {
    const port = await listen(createHttpServer((_request, response) => response.end('ok')))
    const error = await fail(port)
    expect(error).toMatchObject({ code: 'network_tls', exit: 6 })
    expect(error.message).toBe(
      `no TLS with localhost:${port}: what answers there does not speak TLS`,
    )
  })

  it('but something else', async () => {
    expect(await fail(await serveBytes('SSH-2.0-OpenSSH_9.6\r\n'))).toMatchObject({
      code: 'network_tls',
    })
    const closing = await serveBytes((socket) => socket.destroy())
    const error = await fail(closing)
    expect(error).toMatchObject({ code: 'network_reset', exit: 6 })
    expect(error.message).toContain('during the TLS handshake')
  })

  it('for long: it closes with the handshake', async () => {
    const options = { cert: made.read('good.crt'), key: made.read('good.key') }
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const server = createServer({ ...options, maxVersion })
      server.on('secureConnection', (socket) => socket.end())
      const port = await listen(server)
      const started = Date.now()
      const errors = await Promise.all(Array.from({ length: 20 }, () => fail(port, root())))
      expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['network_reset']))
      expect(Date.now() - started).toBeLessThan(1500)
    }
  })

  it('and one that does, asked by http', async () => {
    const port = await serve('good')
    const error = await catchFailure(
      sendRequest(makeRequest(`http://localhost:${port}/`), makeTransport(), makeOutside()),
    )
    expect(['network_reset', 'answer_unusable', 'answer_cut_off']).toContain(error.code)
  })
})

describe('files named in tls', () => {
  const broken = (name: string, content: string | Uint8Array, mode = 0o600): string => {
    const path = made.path(name)
    writeFileSync(path, content)
    chmodSync(path, mode)
    return name
  }

  it('are read before anything is sent', async () => {
    let touched = 0
    const server = createServer({}).on('connection', () => touched++)
    const port = await listen(server)
    const pem = made.read('client.key').toString()
    mkdirSync(made.path('folder'))
    execFileSync('mkfifo', [made.path('pipe')])
    const cases: [Partial<Record<keyof Tls, string>>, string, string][] = [
      [{ ca: 'none.crt' }, 'tls_invalid', 'tls.ca names a file that is not there'],
      [{ ca: 'folder' }, 'tls_invalid', 'tls.ca is not a file'],
      [{ ca: 'pipe' }, 'tls_invalid', 'tls.ca is not a file'],
      [{ ca: 'client.key' }, 'tls_invalid', 'tls.ca has no certificate in it'],
      [{ ca: broken('empty', '') }, 'tls_invalid', 'tls.ca has no certificate in it'],
      [{ ca: broken('huge', Buffer.alloc(2 ** 20 + 1)) }, 'tls_invalid', 'larger than 1 MiB'],
      [
        { ca: broken('bad', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n') },
        'tls_invalid',
        'tls.ca has a damaged certificate',
      ],
      [{ cert: 'client.crt' }, 'tls_invalid', 'tls.cert needs the key'],
      [{ key: 'client.key' }, 'tls_invalid', 'tls.key needs the certificate'],
      [
        { cert: 'client.crt', key: 'good.key' },
        'tls_invalid',
        'tls.key is not the key of tls.cert',
      ],
      [{ cert: 'client.crt', key: 'none.key' }, 'key_unreadable', 'tls.key names a file'],
      [{ cert: 'client.crt', key: 'client.crt' }, 'key_unreadable', 'no private key in PEM'],
      [
        { cert: 'client.crt', key: broken('torn', pem.replace(/\n.{20}/, '\n')) },
        'key_unreadable',
        'tls.key holds a key that is damaged',
      ],
      [{ cert: 'client.crt', key: 'client-locked.key' }, 'key_encrypted', 'tls.key is encrypted'],
      [
        { cert: 'client.crt', key: 'client-locked.key', passphrase: 'wrong' },
        'key_passphrase',
        'tls.passphrase does not open tls.key',
      ],
      [
        { cert: 'client.crt', key: broken('shared', pem, 0o666) },
        'key_unusable',
        'tls.key can be changed by other users',
      ],
      [
        { cert: broken('sharedboth', made.read('client-both.pem'), 0o620) },
        'key_unusable',
        'tls.cert can be changed by other users',
      ],
      [{ pfx: 'client.p12' }, 'key_passphrase', 'tls.pfx does not open without a passphrase'],
      [{ pfx: 'client.p12', passphrase: 'wrong' }, 'key_passphrase', 'does not open tls.pfx'],
      [{ pfx: 'client.crt' }, 'key_unreadable', 'tls.pfx is no PKCS#12 file'],
      [{ pfx: 'client.p12', cert: 'client.crt' }, 'tls_invalid', 'tls.pfx holds'],
    ]
    for (const [tls, code, words] of cases) {
      const error = await fail(port, files(tls))
      expect([error.code, error.message]).toEqual([code, expect.stringContaining(words)])
      expect(error.exit).toBe(code === 'tls_invalid' ? 2 : 3)
    }
    expect(touched).toBe(0)
  })
})

describe('a process of its own', () => {
  it('ends as soon as it has its answer, or its failure', async () => {
    const alive = await listen(
      createHttpServer((_request, response) => {
        response.setHeader('connection', 'keep-alive').end('ok')
      }),
    )
    const answered = await runAlone(`http://localhost:${alive}/`, {})
    expect(answered).toMatchObject({ said: { status: 200, body: 'ok' }, exit: 0 })
    expect(answered.lingered).toBeLessThan(500)
    const hanging = await runAlone(`http://localhost:${await serveBytes('', true)}/`, {
      timeout: 300,
    })
    expect(hanging).toMatchObject({ said: { code: 'network_timeout' }, exit: 0 })
    expect(hanging.lingered).toBeLessThan(500)
  })
})
