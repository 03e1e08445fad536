import { createServer, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { brotliCompressSync, createGzip, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { Answer, Request, Transport } from '../../src/core/call/wire.ts'
import { TokenError } from '../../src/core/error.ts'
import { sendRequest } from '../../src/io/http/http.ts'
import {
  CANARY,
  catchFailure,
  closeAll,
  failWith,
  listen,
  listenDeaf,
  makeOutside,
  makeRequest,
  makeTransport,
  serveBytes,
} from '../support/network.ts'

afterEach(closeAll)

const send = (url: string, more?: Partial<Request>, transport?: Partial<Transport>) =>
  sendRequest(makeRequest(url, more), makeTransport(transport), makeOutside())

const http = (port: number) => `http://127.0.0.1:${port}/token`

async function ask(bytes: string | Uint8Array): Promise<Answer> {
  return send(http(await serveBytes(bytes)))
}

function reply(headers: readonly string[], body: string | Uint8Array): Buffer {
  const head = ['HTTP/1.1 200 OK', ...headers, `Content-Length: ${body.length}`, '', ''].join(
    '\r\n',
  )
  return Buffer.concat([Buffer.from(head), Buffer.from(body)])
}

describe('what is sent', () => {
  it('keeps method, path, query, body, and the order and spelling of headers', async () => {
    let seen = ''
    const port = await serveBytes((socket, request) => {
      seen = request
      socket.end(reply([], 'ok'))
    })
    await send(`http://127.0.0.1:${port}/a%20b/token?x=1`, {
      headers: [
        ['X-Zwei', '2'],
        ['authorization', 'Bearer x'],
        ['X-eins', '1'],
      ],
      body: 'ü=1',
    })
    const [head, body] = seen.split('\r\n\r\n')
    expect(head?.split('\r\n')).toEqual([
      `POST /a%20b/token?x=1&assertion=${CANARY} HTTP/1.1`,
      `host: 127.0.0.1:${port}`,
      'connection: close',
      'X-Zwei: 2',
      'authorization: Bearer x',
      'X-eins: 1',
      expect.stringMatching(/^User-Agent: tokentool\/\d+\.\d+\.\d+$/),
      'Accept-Encoding: identity',
      'content-length: 4',
    ])
    expect(Buffer.from(body ?? '', 'latin1').toString()).toBe('ü=1')
  })

  it('says length 0 for a POST without a body, and nothing for a GET', async () => {
    const seen: string[] = []
    const port = await serveBytes((socket, request) => {
      seen.push(request.toLowerCase())
      socket.end(reply([], 'ok'))
    })
    await send(http(port), { body: undefined })
    await send(http(port), { body: '' })
    await send(http(port), { body: undefined, method: 'GET' })
    expect(seen[0]).toContain('\r\ncontent-length: 0\r\n')
    expect(seen[1]).toContain('\r\ncontent-length: 0\r\n')
    expect(seen[2]).not.toContain('content-length')
  })

  it('leaves a User-Agent and an Accept-Encoding of the provider alone', async () => {
    let seen: IncomingMessage['headers'] = {}
    const port = await listen(
      createServer((request, response) => {
        seen = request.headers
        response.end('{}')
      }),
    )
    await send(http(port), {
      headers: [
        ['user-agent', 'mine'],
        ['Accept-Encoding', 'gzip'],
        ['Content-Length', '7'],
      ],
      body: 'four',
    })
    expect(seen).toMatchObject({
      'user-agent': 'mine',
      'accept-encoding': 'gzip',
      'content-length': '4',
    })
    expect(seen.accept).toBeUndefined()
  })

  it('refuses what HTTP does not allow, without saying it', async () => {
    const port = await serveBytes(reply([], 'ok'))
    for (const headers of [[['X y', CANARY]], [['X', `${CANARY}\r\nY: 1`]], [['Expect', CANARY]]]) {
      const error = await catchFailure(
        send(http(port), { headers: headers as unknown as Request['headers'] }),
      )
      expect(error).toMatchObject({ code: 'field_invalid', exit: 2 })
    }
    const error = await catchFailure(send(http(port), { method: 'PO ST' }))
    expect(error.code).toBe('field_invalid')
  })

  it('goes where it is dialled instead, by no proxy and under no TLS', async () => {
    let seen = ''
    const port = await serveBytes((socket, request) => {
      seen = request
      socket.end(reply([], 'ok'))
    })
    const asked: string[] = []
    await send('https://api.va.gov/v0/sign_in/token?a=b', undefined, {
      tls: { ca: '/does/not/exist' },
      proxy: 'http://127.0.0.1:1',
      dial(url) {
        asked.push(url.origin)
        return new URL(`http://127.0.0.1:${port}/va-sis${url.pathname}${url.search}`)
      },
    })
    expect(asked).toEqual(['https://api.va.gov'])
    expect(seen).toMatch(
      new RegExp(`^POST /va-sis/v0/sign_in/token\\?a=b&assertion=${CANARY} HTTP/1.1\r\nhost: 127`),
    )
  })
})

describe('the answer', () => {
  it('has status, headers in lower case with repeated ones joined, body and times', async () => {
    const before = Date.now()
    const answer = await ask(
      reply(['X-One: 1', 'Set-Cookie: a', 'SET-COOKIE: b', 'Content-Type: x/y'], '{"a":1}'),
    )
    expect(answer).toMatchObject({ status: 200, body: '{"a":1}' })
    expect(answer.headers).toMatchObject({ 'x-one': '1', 'set-cookie': 'a, b' })
    expect(answer.sentAt).toBeGreaterThanOrEqual(before)
    expect(answer.answeredAt).toBeGreaterThanOrEqual(answer.sentAt)
    expect(answer.answeredAt).toBeLessThanOrEqual(Date.now())
  })

  it.each([204, 304, 400, 401, 429, 500, 503])('of status %i is an answer', async (status) => {
    const port = await listen(
      createServer((_request, response) => {
        response.writeHead(status).end()
      }),
    )
    expect(await send(http(port))).toMatchObject({ status, body: '' })
  })

  it('is not the early hint before it', async () => {
    const answer = await ask(
      `HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${reply([], 'real').toString()}`,
    )
    expect(answer).toMatchObject({ status: 200, body: 'real' })
  })

  it('is read in chunks, with trailers, and to the end of the connection', async () => {
    const chunked =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n'
    expect((await ask(chunked)).body).toBe('abcde')
    expect((await ask('HTTP/1.1 200 OK\r\n\r\nuntil the end')).body).toBe('until the end')
    expect((await ask('HTTP/1.0 200 OK\r\n\r\nold')).body).toBe('old')
  })

  it.each([301, 302, 303, 307, 308])('%i is not followed', async (status) => {
    let touched = 0
    const other = await listen(
      createServer().on('connection', () => {
        touched++
      }),
    )
    for (const location of [`http://127.0.0.1:${other}/`, '/elsewhere']) {
      let asked = 0
      const port = await listen(
        createServer((_request, response) => {
          asked++
          response.writeHead(status, { location }).end('moved')
        }),
      )
      const answer = await send(http(port))
      expect(answer).toMatchObject({ status, body: 'moved', headers: { location } })
      expect(asked).toBe(1)
    }
    expect(touched).toBe(0)
  })

  it('is decompressed, though nothing asked for it', async () => {
    const text = '{"access_token":"ü"}'
    const cases: [string, Uint8Array][] = [
      ['gzip', gzipSync(text)],
      ['GZip', gzipSync(text)],
      ['x-gzip', gzipSync(text)],
      ['deflate', deflateSync(text)],
      ['deflate', deflateRawSync(text)],
      ['br', brotliCompressSync(text)],
      ['identity', Buffer.from(text)],
      ['br, gzip', gzipSync(brotliCompressSync(text))],
    ]
    for (const [encoding, body] of cases) {
      expect((await ask(reply([`Content-Encoding: ${encoding}`], body))).body).toBe(text)
    }
    expect((await ask(reply(['Content-Encoding: gzip'], ''))).body).toBe('')
  })

  it('is decoded by its charset, without a byte order mark', async () => {
    const type = (charset: string) => `Content-Type: application/json; charset=${charset}`
    const latin = Buffer.from('caf\xe9', 'latin1')
    expect((await ask(reply([type('iso-8859-1')], latin))).body).toBe('café')
    expect((await ask(reply([type('"LATIN1"')], latin))).body).toBe('café')
    expect((await ask(reply([type('utf-8')], latin))).body).toBe('caf\u{fffd}')
    expect((await ask(reply([type('nonsense')], 'café'.normalize()))).body).toBeDefined()
    expect((await ask(reply([], Buffer.from('\u{feff}{}')))).body).toBe('{}')
  })

  it('of exactly 1 MiB is read', async () => {
    expect((await ask(reply([], 'x'.repeat(1024 * 1024)))).body.length).toBe(1024 * 1024)
  })
})

describe('an answer that is too large', () => {
  const tooLarge = { code: 'answer_too_large', exit: 5 }

  it('is refused by what it says of itself, before it is read', async () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n'
    const port = await serveBytes(head, true)
    expect(await failWith(http(port))).toMatchObject(tooLarge)
  })

  it('is refused when it does not end', async () => {
    const piece = Buffer.alloc(64 * 1024, 'x')
    const port = await serveBytes((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      const pour = (): unknown => {
        while (!socket.destroyed && socket.write(piece));
        return socket.once('drain', pour)
      }
      pour()
    })
    expect(await failWith(http(port))).toMatchObject(tooLarge)
  })

  it('is not unpacked beyond the limit: 300 MB in 300 KB', async () => {
    const bomb = await pack(300 * 1024 * 1024)
    const answer = reply(['Content-Encoding: gzip'], bomb)
    expect(bomb.length).toBeLessThan(512 * 1024)
    const before = process.memoryUsage().rss
    for (const bytes of [answer, reply(['Content-Encoding: gzip, gzip'], gzipSync(bomb))]) {
      expect(await failWith(http(await serveBytes(bytes)))).toMatchObject(tooLarge)
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(32 * 1024 * 1024)
  })

  it('is refused for its headers too', async () => {
    const port = await serveBytes(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)
    expect(await failWith(http(port))).toMatchObject(tooLarge)
  })
})

describe('an answer that breaks off', () => {
  const cut = gzipSync('{"access_token":"0123456789"}')
  it.each<[string, string | Uint8Array]>([
    ['in its status line', 'HTTP/1.1 20'],
    ['in its headers', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['in its body', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"access'],
    ['before its body', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n'],
    ['in a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc'],
    ['between chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
    ['in a bad chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n'],
    ['in its compression', reply(['Content-Encoding: gzip'], cut.subarray(0, 25))],
    ['in broken gzip', reply(['Content-Encoding: gzip'], cut.fill(7, 12, 20))],
    ['in gzip that is none', reply(['Content-Encoding: gzip'], '{"access_token":"x"}')],
    ['in broken brotli', reply(['Content-Encoding: br'], Buffer.alloc(20, 0xff))],
  ])('%s', async (_where, bytes) => {
    const error = await failWith(http(await serveBytes(bytes)))
    expect(error).toMatchObject({ code: 'answer_cut_off', exit: 6 })
    expect(error.message).toContain('127.0.0.1:')
  })

  it('by a reset', async () => {
    const port = await serveBytes((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc', () => {
        setTimeout(() => socket.resetAndDestroy(), 30)
      })
    })
    expect((await failWith(http(port))).code).toBe('answer_cut_off')
  })
})

describe('what is no answer', () => {
  it.each([
    ['SSH', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['noise', Buffer.from([0, 1, 2, 3, 255, 254, 10, 13])],
    ['HTML alone', '<html><body>hello</body></html>'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a line feed in a header name', 'HTTP/1.1 200 OK\r\nX\x01Y: 1\r\n\r\n'],
    ['a status of letters', 'HTTP/1.1 abc OK\r\n\r\n'],
  ])('%s', async (_what, bytes) => {
    const error = await failWith(http(await serveBytes(bytes)))
    expect(error).toMatchObject({ code: 'answer_unusable', exit: 5 })
  })

  it('an encoding nobody asked for', async () => {
    const error = await failWith(
      http(await serveBytes(reply(['Content-Encoding: zstd'], 'whatever'))),
    )
    expect(error).toMatchObject({ code: 'answer_unusable', exit: 5 })
    expect(error.message).toContain('zstd')
    const other = await failWith(
      http(await serveBytes(reply(['Content-Encoding: \x1b[31m;rm'], 'whatever'))),
    )
    expect(other.message).not.toContain('rm')
  })

  it('a connection closed without a word', async () => {
    const closing = await serveBytes((socket) => socket.end())
    expect(await failWith(http(closing))).toMatchObject({ code: 'network_reset', exit: 6 })
    const resetting = await serveBytes((socket) => socket.resetAndDestroy())
    expect(await failWith(http(resetting))).toMatchObject({ code: 'network_reset', exit: 6 })
  })

  it('a connection closed before anything was asked', async () => {
    const { createServer: createRaw } = await import('node:net')
    for (const close of [
      (socket: Socket) => socket.destroy(),
      (socket: Socket) => socket.resetAndDestroy(),
      (socket: Socket) => socket.end(),
    ]) {
      const started = Date.now()
      const error = await failWith(http(await listen(createRaw(close))))
      expect(error).toMatchObject({ code: 'network_reset', exit: 6 })
      expect(Date.now() - started).toBeLessThan(1000)
    }
  })

  it('a refused connection, by each address of localhost', async () => {
    const { createServer: createRaw } = await import('node:net')
    const server = createRaw()
    const port = await listen(server)
    await new Promise((resolve) => server.close(resolve))
    for (const host of ['127.0.0.1', 'localhost', 'some.localhost']) {
      const error = await failWith(`http://${host}:${port}/`)
      expect(error).toMatchObject({ code: 'network_refused', exit: 6 })
      expect(error.message).toBe(`cannot reach ${host}:${port}: connection refused`)
    }
  })

  it('a name that does not resolve', async () => {
    const error = await failWith('https://nowhere.invalid/token')
    expect(error).toMatchObject({ code: 'network_dns', exit: 6 })
    expect(error.message).toMatch(/^cannot reach nowhere\.invalid: /)
  })
})

describe('localhost', () => {
  it('is this machine by either address, whatever is below it', async () => {
    const server = createServer((_request, response) => response.end('here'))
    const port = await listen(server, '::1').catch(() => listen(server))
    expect((await send(`http://localhost:${port}/`)).body).toBe('here')
    expect((await send(`http://tokens.localhost:${port}/`)).body).toBe('here')
  })
})

describe('time', () => {
  const timeout = 300
  const late = { code: 'network_timeout', exit: 6 }

  async function expectLate(port: number, words: RegExp, scheme = 'http'): Promise<void> {
    const started = Date.now()
    const error = await failWith(`${scheme}://127.0.0.1:${port}/token`, { timeout })
    const took = Date.now() - started
    expect(error).toMatchObject(late)
    expect(error.message).toMatch(words)
    expect(error.message).toContain('within 300 ms')
    expect(took).toBeGreaterThanOrEqual(timeout - 20)
    expect(took).toBeLessThan(timeout + 500)
  }

  it('is up while connecting', async () => {
    await expectLate(await listenDeaf(), /no connection/)
  })

  it('is up in the TLS handshake', async () => {
    await expectLate(await serveBytes('', true), /TLS handshake/, 'https')
  })

  it('is up before the answer', async () => {
    await expectLate(await serveBytes('', true), /did not answer/)
  })

  it('is up in the headers', async () => {
    await expectLate(await serveBytes('HTTP/1.1 200 OK\r\nX: ', true), /did not finish/)
  })

  it('is up in the body', async () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'
    await expectLate(await serveBytes(head, true), /did not finish/)
  })

  it.each([
    ['headers', ''],
    ['body', 'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n'],
  ])('is up for an answer that trickles: %s', async (_where, head) => {
    const text = head === '' ? `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(1000)}` : 'x'.repeat(1000)
    const port = await serveBytes((socket) => {
      let at = 0
      if (head !== '') socket.write(head)
      const timer = setInterval(() => socket.write(text.charAt(at++)), 20)
      socket.on('close', () => clearInterval(timer))
    })
    await expectLate(port, /did not finish/)
  })

  it('may be longer than a timer can be', async () => {
    const port = await serveBytes((socket) => {
      setTimeout(() => socket.end(reply([], 'patience')), 50)
    })
    const answer = await send(http(port), undefined, { timeout: 90 * 86_400_000 })
    expect(answer.body).toBe('patience')
  })

  it('leaves nothing open when it is up', async () => {
    let closed = false
    const port = await serveBytes((socket) => {
      socket.on('close', () => {
        closed = true
      })
    })
    await failWith(http(port), { timeout })
    await expect.poll(() => closed).toBe(true)
  })
})

describe('an interrupt', () => {
  it('ends the call at once', async () => {
    const port = await serveBytes('', true)
    const interrupt = new AbortController()
    setTimeout(() => interrupt.abort(), 100)
    const started = Date.now()
    const error = await failWith(http(port), {}, makeOutside({}, interrupt.signal))
    expect(error).toMatchObject({ code: 'interrupted', exit: 130 })
    expect(Date.now() - started).toBeLessThan(600)
  })

  it('that came before sends nothing', async () => {
    let touched = 0
    const port = await listen(
      createServer().on('connection', () => {
        touched++
      }),
    )
    const error = await failWith(http(port), {}, makeOutside({}, AbortSignal.abort()))
    expect(error.code).toBe('interrupted')
    expect(touched).toBe(0)
  })
})

it('explains whatever a server sends', async () => {
  const answers = [
    'HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 20\r\n\r\n{"access_token":"x"}',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
    'HTTP/1.1 400 Bad\r\nConnection: keep-alive\r\nSet-Cookie: a\r\n\r\nbody',
    'HTTP/1.1 101 Switch\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nabc',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab',
    `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n${gzipSync('{}').toString('latin1')}`,
  ]
  let bytes: Uint8Array = new Uint8Array()
  let end: (socket: Socket) => void = () => undefined
  const port = await serveBytes((socket) => socket.write(bytes, () => end(socket)))
  const change = fc.tuple(fc.nat(3), fc.nat(1000), fc.nat(255))
  const mutated = fc
    .tuple(fc.constantFrom(...answers), fc.array(change, { maxLength: 3 }))
    .map(([answer, changes]) => changes.reduce(mutate, Buffer.from(answer, 'latin1')))
  await fc.assert(
    fc.asyncProperty(mutated, fc.boolean(), async (sent, reset) => {
      bytes = sent
      end = (socket) => (reset ? socket.resetAndDestroy() : socket.end())
      const outcome = await send(http(port)).catch((error: unknown) => error)
      if (!(outcome instanceof TokenError)) return typeof (outcome as Answer).status === 'number'
      return /^(answer_unusable|answer_cut_off|network_reset)$/.test(outcome.code)
    }),
    { numRuns: 400, seed: 20 },
  )
})

function mutate(bytes: Buffer, [kind, place, byte]: [number, number, number]): Buffer {
  const at = place % (bytes.length + 1)
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
  const pieces = [
    [before],
    [before, after.subarray(1 + (byte % 5))],
    [before, Buffer.from([byte]), after.subarray(1)],
    [before, Buffer.from('\r\n'), after],
  ]
  return Buffer.concat(pieces[kind] ?? [])
}

it('speaks https to a port that wants it', async () => {
  // what a TLS server answers to plain text: an alert record
  const port = await serveBytes(Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46]))
  const error = await failWith(http(port))
  expect(error).toMatchObject({ code: 'answer_unusable', exit: 5 })
  expect(error.details.fix).toBe(`https://127.0.0.1:${port}/token`)
})

async function pack(size: number): Promise<Buffer> {
  const gzip = createGzip()
  const zeros = Buffer.alloc(1024 * 1024)
  const chunks: Buffer[] = []
  gzip.on('data', (chunk: Buffer) => chunks.push(chunk))
  for (let written = 0; written < size; written += zeros.length) {
    if (!gzip.write(zeros)) await new Promise((resolve) => gzip.once('drain', resolve))
  }
  gzip.end()
  await new Promise((resolve) => gzip.once('end', resolve))
  return Buffer.concat(chunks)
}
