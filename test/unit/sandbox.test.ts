// The frame around the twins: addresses, TLS, faults, the log, and what must never bring it down.

import { request } from 'node:https'
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TokenError } from '../../src/core/error.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts'

const NOW = Date.parse('2026-11-02T12:00:00Z')
const STAGING = 'https://staging-api.va.gov'
const PRODUCTION = 'https://api.va.gov'

let lines: string[] = []
const options: SandboxOptions = {
  accounts: {},
  port: 0,
  host: '127.0.0.1',
  tls: false,
  baseUrls: {},
  clockOffset: 0,
  faults: {},
  now: () => NOW,
  log: (line) => lines.push(line),
}

async function within<Result>(
  changes: Partial<SandboxOptions>,
  use: (sandbox: Sandbox) => Promise<Result>,
): Promise<Result> {
  const sandbox = await startSandbox({ ...options, ...changes })
  try {
    return await use(sandbox)
  } finally {
    await sandbox.close()
  }
}

describe('addresses', () => {
  test('each service has its prefix, its token endpoint and its keys', () =>
    within({}, async ({ origin, services }) => {
      expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
      expect(Object.keys(services)).toEqual([
        'va-sis',
        'va-map-sts',
        'federated-directory',
        'light-oauth2',
        'firstvision',
        'generic',
      ])
      expect(services['va-sis']).toEqual({
        base_url: `${origin}/va-sis`,
        token_endpoint: `${origin}/va-sis/v0/sign_in/token`,
        jwks_uri: `${origin}/va-sis/sign_in/openid_connect/certs`,
      })
      expect(services['va-map-sts'].token_endpoint).toBe(
        `${origin}/va-map-sts/v0/map_services/{application}/token`,
      )
    }))

  const names = { 'va-sis': [STAGING, `${PRODUCTION}/`], generic: `${STAGING}/deep/er` }
  test.each([
    [`${STAGING}/v0/sign_in/token`, '/va-sis/v0/sign_in/token'],
    [`${PRODUCTION}/v0/sign_in/token?a=b%20c`, '/va-sis~2/v0/sign_in/token?a=b%20c'],
    [`${STAGING}/v0/map_services/chatbot/token`, '/va-sis/v0/map_services/chatbot/token'],
    [`${STAGING}/deep/er/token`, '/generic/token'],
    [`${STAGING}/deep/er`, '/generic'],
    [`${STAGING}/deep/erx/token`, '/va-sis/deep/erx/token'],
    [STAGING, '/va-sis/'],
    ['https://staging-api.va.gov.example/v0/sign_in/token', undefined],
    ['http://staging-api.va.gov/v0/sign_in/token', undefined],
    ['https://example.com/', undefined],
  ])('%s is at %s', (url, place) =>
    within({ baseUrls: names }, async (sandbox) => {
      const dialled = sandbox.dial(new URL(url))
      expect(dialled?.href).toBe(place === undefined ? undefined : sandbox.origin + place)
    }),
  )

  test('its own address is where it is', () =>
    within({}, async (sandbox) => {
      const url = new URL(`${sandbox.origin}/va-sis/x?y`)
      expect(sandbox.dial(url)?.href).toBe(url.href)
    }))

  test('a service on the host of another goes by its names, and answers below its prefix', () =>
    within({ baseUrls: { 'va-sis': STAGING } }, async ({ origin, services }) => {
      expect(services['va-map-sts'].known_as).toEqual([STAGING])
      expect(services['va-sis'].known_as).toEqual([STAGING])
      expect(services.generic.known_as).toBeUndefined()
      const below = `${origin}/va-sis/v0/map_services/chatbot/token`
      const { status } = await fetch(below, { method: 'POST' })
      expect(status).toBe(401)
      expect(lines.at(-1)).toContain(' va-map-sts POST /v0/map_services/chatbot/token 401')
    }))

  test('a stranger path says what there is', () =>
    within({}, async ({ origin }) => {
      for (const path of ['/', '/nothing/here', '//va-sis/x', '/va-sis~2/x', '/va-sisx']) {
        const response = await fetch(origin + path)
        expect([path, response.status]).toEqual([path, 404])
        expect(await response.text()).toContain('"va-sis":{"base_url"')
      }
    }))

  test.each<[what: string, changes: Partial<SandboxOptions>, fix: string]>([
    ['a base URL for nobody', { baseUrls: { 'va-siss': STAGING } }, '--base-url va-sis=…'],
    [
      'a fault for nobody',
      { faults: { genric: { status: 500, probability: 1 } } },
      '--fault generic=…',
    ],
    [
      'a base URL that is none',
      { baseUrls: { 'va-sis': 'staging' } },
      '--base-url va-sis=https://staging-api.va.gov',
    ],
    [
      'a base URL with a query',
      { baseUrls: { 'va-sis': `${STAGING}?a` } },
      '--base-url va-sis=https://staging-api.va.gov',
    ],
    [
      'a base URL with a password',
      { baseUrls: { 'va-sis': 'https://a:b@c' } },
      '--base-url va-sis=https://staging-api.va.gov',
    ],
  ])('%s is a usage error', async (_, changes, fix) => {
    const error = await startSandbox({ ...options, ...changes }).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(TokenError)
    expect([error.code, error.details.fix]).toEqual(['usage', fix])
  })

  test('a port that is taken is a usage error', () =>
    within({}, async ({ origin }) => {
      const port = Number(new URL(origin).port)
      const error = await startSandbox({ ...options, port }).catch((thrown) => thrown)
      expect([error.code, error.details.fix]).toEqual(['usage', '--port 0 takes any that is free'])
    }))
})

describe('TLS', () => {
  const get = (url: string, ca: string | undefined) =>
    new Promise<number | string>((done) => {
      const call = request(url, { ca, agent: false }, (response) => {
        response.resume()
        done(response.statusCode ?? 0)
      })
      call.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? ''))
      call.end()
    })

  test('its certificate is good for loopback, once it is trusted', () =>
    within({ tls: true, now: Date.now }, async ({ origin, services, ca }) => {
      const url = services['va-sis'].jwks_uri ?? ''
      expect(origin).toMatch(/^https:/)
      expect(await get(url, ca)).toBe(200)
      expect(await get(url.replace('127.0.0.1', 'localhost'), ca)).toBe(200)
      expect(await get(url, undefined)).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
    }))

  test('plain HTTP on the TLS port does no harm', () =>
    within({ tls: true, now: Date.now }, async ({ origin, services, ca }) => {
      await converse(origin, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n')
      expect(await get(services['va-sis'].jwks_uri ?? '', ca)).toBe(200)
    }))
})

describe('faults', () => {
  test.each([
    [1, '55555555'],
    [0.5, '.5.5.5.5'],
    [0.1, '.........5.........5'],
    [0.75, '.555.555'],
    [0, '....'],
  ])('with probability %d come as %s', (probability, pattern) =>
    within({ faults: { 'va-sis': { status: 502, probability } } }, async ({ services }) => {
      let seen = ''
      for (const _ of pattern) {
        const { status } = await fetch(services['va-sis'].token_endpoint, { method: 'POST' })
        seen += status === 502 ? '5' : '.'
      }
      expect(seen).toBe(pattern)
    }),
  )

  test('look like a gateway, and hit no other service', () =>
    within({ faults: { 'va-sis': { status: 502, probability: 1 } } }, async ({ services }) => {
      const response = await fetch(services['va-sis'].token_endpoint, { method: 'POST' })
      expect(response.headers.get('content-type')).toBe('text/html')
      expect(await response.text()).toContain('<h1>502 Bad Gateway</h1>')
      const map = services['va-map-sts'].token_endpoint.replace('{application}', 'chatbot')
      expect((await fetch(map, { method: 'POST' })).status).toBe(401)
    }))
})

describe('the log', () => {
  test('says what was asked and why it was refused, and nothing that was sent', () =>
    within({}, async ({ services }) => {
      lines = []
      await fetch(`${services['va-sis'].token_endpoint}?canary-query=canary-value`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'canary-grant' }),
        headers: { authorization: 'Bearer canary-token', 'x-canary': 'canary-header' },
      })
      expect(lines).toEqual([
        '2026-11-02T12:00:00.000Z va-sis POST /v0/sign_in/token 400 Grant type is not valid',
      ])
    }))
})

// ── what must not bring it down ─────────────────────────────────────────────────────────────────

/** Raw bytes in, what came back out; resolves when the other side is done. */
function converse(origin: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(origin)
  return new Promise((done) => {
    let text = ''
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    socket.setTimeout(2000, () => socket.destroy())
    socket.on('data', (chunk) => {
      text += chunk
      if (text.includes('\r\n\r\n')) socket.end()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => done(text))
  })
}

describe('bad input', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startSandbox(options)
  })
  afterAll(() => sandbox.close())
  const token = '/va-sis/v0/sign_in/token'
  const head = (extra: string) => `POST ${token} HTTP/1.1\r\nhost: x\r\n${extra}`

  test.each<[what: string, bytes: string | Buffer, answer: string]>([
    ['not HTTP', 'hello\r\n\r\n', '400 Bad Request'],
    ['binary', Buffer.from([0, 1, 2, 255, 254, 13, 10, 13, 10]), '400 Bad Request'],
    [
      'huge headers',
      head(`x: ${'y'.repeat(40_000)}\r\n\r\n`),
      '431 Request Header Fields Too Large',
    ],
    ['a length that is none', head('content-length: x\r\n\r\n'), '400 Bad Request'],
    ['two lengths', head('content-length: 1\r\ncontent-length: 2\r\n\r\nab'), '400 Bad Request'],
    [
      'a whole URL as target',
      `POST http://x${token}?y HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n`,
      '400 Bad Request',
    ],
    ['a target without a slash', 'OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n', '404 Not Found'],
    ['a target of slashes', 'GET //// HTTP/1.1\r\nhost: x\r\n\r\n', '404 Not Found'],
    [
      'a target with a broken escape',
      'GET /va-sis/%zz HTTP/1.1\r\nhost: x\r\n\r\n',
      '404 Not Found',
    ],
    [
      'an upgrade',
      'GET /va-sis/x HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n',
      '404 Not Found',
    ],
  ])('%s', async (_, bytes, answer) => {
    const reply = await converse(sandbox.origin, bytes)
    expect(reply.split('\r\n')[0]).toBe(`HTTP/1.1 ${answer}`)
  })

  test.each([
    [1024 * 1024, 400],
    [1024 * 1024 + 1, 413],
    [8 * 1024 * 1024, 413],
  ])('a body of %d bytes is answered with %d', async (size, status) => {
    const body = Buffer.alloc(size, 'a')
    const response = await fetch(sandbox.origin + token, { method: 'POST', body })
    expect(response.status).toBe(status)
  })

  test('a caller who hangs up in the middle of a body', async () => {
    lines = []
    await new Promise<void>((done) => {
      const { hostname, port } = new URL(sandbox.origin)
      const socket = connect(Number(port), hostname, () => {
        socket.write(head('content-length: 100\r\n\r\nhalf'), () => socket.destroy())
      })
      socket.on('close', () => done())
    })
    // time for a wrong answer to show in the log
    await setTimeout(50)
    expect((await fetch(sandbox.origin + token, { method: 'POST' })).status).toBe(400)
    expect(lines).toHaveLength(1)
  })

  test('JSON of a hundred thousand levels', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    for (const body of [deep, `{"assertion":${deep}}`]) {
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(sandbox.origin + token, { method: 'POST', headers, body })
      expect(response.status).toBe(400)
    }
  })
})
