// Keys over the network: what is fetched, what is kept and for how long, and what is no key at all.

import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { TokenError } from '../../src/core/error.ts'
import { findCacheFolder } from '../../src/io/cache/folder.ts'
import { fetchIssuerKeys } from '../../src/io/key/verify/issuer.ts'
import {
  type Fetching,
  fetchPublished,
  openPublished,
  readMaxAge,
} from '../../src/io/key/verify/published-keys.ts'
import { makeEcKey, makeRsaKey } from '../support/keys.ts'
import { type Reply, type Service, serve } from '../support/service.ts'
import { createWorld, type TestWorld, type WorldOptions } from '../support/world.ts'

const rsa = makeRsaKey()
const jwk = { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'one' }
const SET = { keys: [jwk] }

function makeFetching(more: Partial<Fetching> = {}, options: WorldOptions = {}): Fetching {
  const world = more.world ?? createWorld([], options)
  const transport = { timeout: 2000, tls: {}, proxy: undefined, allowHttp: false }
  return { world, transport, fresh: false, ...more }
}

const at = (fetching: Fetching, milliseconds: number): Fetching => ({
  ...fetching,
  world: { ...fetching.world, now: () => milliseconds },
})

async function failure(work: Promise<unknown> | (() => unknown)): Promise<TokenError> {
  try {
    await (typeof work === 'function' ? work() : work)
  } catch (error) {
    if (error instanceof TokenError) return error
    throw error
  }
  throw new Error('it did not fail')
}

const publish = (reply: Reply = [200, SET]): Promise<Service> => serve(() => reply)

describe('what is fetched', () => {
  it('opens a JWKS, and asks for one', async () => {
    const service = await publish()
    const published = await fetchPublished(`${service.origin}/certs`, '--key', makeFetching())
    expect(openPublished(published).keys.map(({ id }) => id)).toEqual(['one'])
    expect(service.last()).toMatchObject({ method: 'GET', path: '/certs' })
    expect(service.last().headers.accept).toContain('application/jwk-set+json')
    expect(service.last().headers).not.toHaveProperty('authorization')
  })

  it.each([
    ['PEM', rsa.publicPem],
    ['a JWK', JSON.stringify(jwk)],
    ['a map of kid → PEM', JSON.stringify({ one: rsa.publicPem })],
  ])('opens %s', async (_name, text) => {
    const { origin } = await publish([200, text])
    const published = await fetchPublished(origin, '--key', makeFetching())
    expect(openPublished(published).keys).toHaveLength(1)
  })

  it('opens a thousand keys', async () => {
    const small = makeEcKey().publicKey.export({ format: 'jwk' })
    const keys = Array.from({ length: 1000 }, (_, index) => ({ ...small, kid: `${index}` }))
    const { origin } = await publish([200, { keys }])
    const published = await fetchPublished(origin, '--key', makeFetching())
    expect(openPublished(published).keys).toHaveLength(1000)
  })

  it.each<[string, Reply, string, number, string]>([
    ['404', [404, 'gone'], 'answer_unusable', 5, 'answered 404'],
    ['403', [403, 'no'], 'answer_unusable', 5, 'answered 403'],
    ['500', [500, 'oops'], 'service_unavailable', 6, 'answered 500'],
    ['429', [429, 'slow'], 'service_unavailable', 6, 'answered 429'],
    [
      'a redirect',
      [302, '', { location: 'https://evil.example/keys?x=y' }],
      'answer_redirect',
      5,
      'a redirect',
    ],
    ['10 MB', [200, 'x'.repeat(10 * 1024 * 1024)], 'answer_too_large', 5, '1 MiB'],
    [
      'a length that is a lie',
      [200, 'short', { 'content-length': '999' }],
      'answer_cut_off',
      6,
      '',
    ],
  ])('%s is told with its address', async (_name, reply, code, exit, words) => {
    const { origin } = await publish(reply)
    const error = await failure(fetchPublished(`${origin}/certs`, '--key', makeFetching()))
    expect([error.code, error.exit]).toEqual([code, exit])
    expect(error.message).toContain(words)
    const told = JSON.stringify([error.message, error.details])
    expect(told).toContain(new URL(origin).host)
    expect(told).not.toContain('x=y')
  })

  it('never asks where a redirect leads', async () => {
    const other = await publish()
    const { origin } = await publish([302, '', { location: `${other.origin}/certs` }])
    await failure(fetchPublished(origin, '--key', makeFetching()))
    expect(other.requests).toEqual([])
  })

  it.each<[string, unknown, string]>([
    ['a web page', '<!doctype html><html><body>Sign in</body></html>', 'answered with a web page'],
    ['nothing', '', 'answered with nothing'],
    ['an error', { error: 'no' }, 'answered with JSON without a key in it'],
    ['a text', 'hello', 'answered with'],
    ['a book', { keys: Array.from({ length: 2000 }, () => jwk) }, 'more than 256 KiB'],
  ])('%s is named for what it is', async (_name, body, words) => {
    const { origin } = await publish([200, body])
    const published = await fetchPublished(origin, '--key', makeFetching())
    const error = await failure(() => openPublished(published))
    expect([error.class, error.exit]).toEqual(['unusable', 5])
    expect(error.message).toContain(words)
  })

  it('tells a private key from a public one', async () => {
    const { origin } = await publish([200, rsa.privateKey.export({ format: 'jwk' })])
    const ring = openPublished(await fetchPublished(origin, '--key', makeFetching()))
    expect(ring.keys.map(({ wasPrivate, key }) => [wasPrivate, key.type])).toEqual([
      [true, 'public'],
    ])
  })

  it('a shared secret is no key of the network: whoever can fetch it can sign', async () => {
    const oct = { kty: 'oct', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ', kid: 'oct' }
    for (const body of [oct, { keys: [oct] }]) {
      const { origin } = await publish([200, body])
      const published = await fetchPublished(origin, '--key', makeFetching())
      const error = await failure(() => openPublished(published))
      expect([error.code, error.exit]).toEqual(['answer_unusable', 5])
      expect(error.message).toContain('publishes a shared secret')
    }
    const { origin } = await publish([200, { keys: [oct, jwk] }])
    const ring = openPublished(await fetchPublished(origin, '--key', makeFetching()))
    expect(ring.keys.map(({ id }) => id)).toEqual(['one'])
    expect(ring.refused.map(({ message }) => message)).toEqual([
      `${origin}/ publishes a shared secret`,
    ])
  })

  it('says where a redirect leads, whatever is at its end', async () => {
    for (const [location, told] of [
      ['file:///etc/passwd', 'it leads to file:///etc/passwd;'],
      ['https://other.example/keys?a=b', 'it leads to https://other.example/keys;'],
    ] as const) {
      const { origin } = await publish([302, '', { location }])
      const error = await failure(fetchPublished(origin, '--key', makeFetching()))
      expect(error.details.means).toContain(told)
    }
  })

  it('a server that drips is left after the time that was given', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      const timer = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(timer))
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    onTestFinished(() => server.closeAllConnections())
    const { port } = server.address() as AddressInfo
    const fetching = makeFetching()
    const slow = { ...fetching, transport: { ...fetching.transport, timeout: 200 } }
    const error = await failure(fetchPublished(`http://127.0.0.1:${port}`, '--key', slow))
    expect([error.code, error.exit]).toEqual(['network_timeout', 6])
    server.close()
  })

  it.each([
    'http://example.com/keys',
    'http://127.0.0.1.nip.io/keys',
    'ftp://127.0.0.1/keys',
    'https://user:pass@example.com/keys',
    'file:///etc/passwd',
  ])('%s is never asked', async (address) => {
    const error = await failure(fetchPublished(address, '--key', makeFetching()))
    expect([error.code, error.exit]).toEqual(['url_invalid', 2])
  })
})

describe('what is kept', () => {
  const NOW = 1_700_000_000_000
  const start = (headers: Readonly<Record<string, string>> = {}) => publish([200, SET, headers])

  it('is not asked for again for ten minutes', async () => {
    const service = await start()
    const fetching = makeFetching()
    const first = await fetchPublished(service.origin, '--key', at(fetching, NOW))
    const second = await fetchPublished(service.origin, '--key', at(fetching, NOW + 599_999))
    expect([first.kept, second.kept]).toEqual([false, true])
    expect(second.text).toBe(first.text)
    expect(service.requests).toHaveLength(1)
    await fetchPublished(service.origin, '--key', at(fetching, NOW + 600_000))
    expect(service.requests).toHaveLength(2)
  })

  it.each<[string, Readonly<Record<string, string>>, number]>([
    ['for as long as max-age, where that is less', { 'cache-control': 'public, max-age=60' }, 60],
    ['for ten minutes at most', { 'cache-control': 'max-age=86400' }, 600],
  ])('%s', async (_name, headers, seconds) => {
    const service = await start(headers)
    const fetching = makeFetching()
    await fetchPublished(service.origin, '--key', at(fetching, NOW))
    await fetchPublished(service.origin, '--key', at(fetching, NOW + seconds * 1000 - 1))
    expect(service.requests).toHaveLength(1)
    await fetchPublished(service.origin, '--key', at(fetching, NOW + seconds * 1000))
    expect(service.requests).toHaveLength(2)
  })

  it.each([
    ['no-store', 0],
    ['max-age=60, no-cache', 0],
    ['max-age=0', 0],
    ['max-age=-5', 600],
    ['max-age=99999999999999999', 600],
    ['', 600],
    [undefined, 600],
  ])('Cache-Control %s: %d s', (control, seconds) => {
    expect(readMaxAge(control)).toBe(seconds)
  })

  const ask = async (first: Fetching, second: Fetching): Promise<number> => {
    const service = await start()
    await fetchPublished(service.origin, '--key', first)
    await fetchPublished(service.origin, '--key', second)
    return service.requests.length
  }

  it('is asked for anew with --no-cache, and where the clock went back', async () => {
    const fetching = makeFetching()
    expect(await ask(fetching, { ...fetching, fresh: true })).toBe(2)
    expect(await ask(at(fetching, NOW), at(fetching, NOW - 1))).toBe(2)
  })

  it('belongs to whoever was trusted to answer', async () => {
    const fetching = makeFetching()
    const { transport } = fetching
    expect(
      await ask(fetching, { ...fetching, transport: { ...transport, tls: { ca: '/x' } } }),
    ).toBe(2)
    const lenient = { ...fetching, transport: { ...transport, tls: { insecure: true } } }
    expect(await ask(lenient, lenient)).toBe(2)
  })

  it.each<[string, string]>([
    ['half of it', '{"version":1,"url"'],
    ['of another version', '{"version":2}'],
    [
      'of another address',
      '{"version":1,"url":"https://x","saved_at":0,"good_until":9e15,"text":""}',
    ],
    ['kept for ever', ''],
    ['nested without end', '['.repeat(100_000)],
  ])('%s counts as absent', async (name, text) => {
    const service = await start()
    const fetching = makeFetching()
    const { home } = fetching.world as TestWorld
    await fetchPublished(service.origin, '--key', at(fetching, NOW))
    const folder = join(home, '.cache/tokentool/jwks')
    const [file = ''] = readdirSync(folder)
    const entry = JSON.parse(readFileSync(join(folder, file), 'utf8')) as object
    const spoiled = name === 'kept for ever' ? JSON.stringify({ ...entry, good_until: 9e15 }) : text
    writeFileSync(join(folder, file), spoiled)
    const again = await fetchPublished(service.origin, '--key', at(fetching, NOW + 1))
    expect(again.kept).toBe(false)
  })

  it('what is no key is not kept', async () => {
    const service = await publish([200, '<html>'])
    const fetching = makeFetching()
    await fetchPublished(service.origin, '--key', fetching)
    await fetchPublished(service.origin, '--key', fetching)
    expect(service.requests).toHaveLength(2)
  })

  it('is for the user alone, whatever was there before', async () => {
    const service = await start()
    const fetching = makeFetching()
    const { home } = fetching.world as TestWorld
    const folder = join(home, '.cache/tokentool/jwks')
    mkdirSync(folder, { recursive: true })
    for (const path of [join(home, '.cache/tokentool'), folder]) chmodSync(path, 0o777)
    await fetchPublished(service.origin, '--key', fetching)
    const [file = '', ...others] = readdirSync(folder)
    expect(others).toEqual([])
    const mode = (path: string): number => statSync(path).mode & 0o777
    expect([mode(join(home, '.cache/tokentool')), mode(folder), mode(join(folder, file))]).toEqual([
      0o700, 0o700, 0o600,
    ])
  })

  it.each<[string, (home: string) => void]>([
    ['a file in its place', (home) => writeFileSync(join(home, '.cache'), '')],
    [
      'a link to elsewhere',
      (home) => {
        mkdirSync(join(home, 'elsewhere'))
        mkdirSync(join(home, '.cache'))
        symlinkSync(join(home, 'elsewhere'), join(home, '.cache/tokentool'))
      },
    ],
  ])('%s: nothing is kept, and the keys come all the same', async (_name, spoil) => {
    const service = await start()
    const fetching = makeFetching()
    const { home } = fetching.world as TestWorld
    spoil(home)
    for (const _ of [1, 2]) await fetchPublished(service.origin, '--key', fetching)
    expect(service.requests).toHaveLength(2)
  })
})

describe('where it is kept', () => {
  it.each<[string, Record<string, string>, string | undefined]>([
    ['at home', {}, '/home/u/.cache/tokentool'],
    ['XDG', { XDG_CACHE_HOME: '/c' }, '/c/tokentool'],
    ['a relative XDG is ignored', { XDG_CACHE_HOME: 'c' }, '/home/u/.cache/tokentool'],
    ['as it is said', { TOKENTOOL_CACHE_DIR: '/t', XDG_CACHE_HOME: '/c', CI: '1' }, '/t'],
    ['relative to the working folder', { TOKENTOOL_CACHE_DIR: 't' }, '/here/t'],
    ['nowhere in CI', { CI: 'true', XDG_CACHE_HOME: '/c' }, undefined],
    ['in the own folder of a build', { CI: 'true', RUNNER_TEMP: '/r' }, '/r/tokentool'],
    ['nowhere', { TOKENTOOL_NO_CACHE: '1', TOKENTOOL_CACHE_DIR: '/t' }, undefined],
    ['0 is no', { TOKENTOOL_NO_CACHE: '0' }, '/home/u/.cache/tokentool'],
  ])('%s', (_name, env, folder) => {
    expect(findCacheFolder({ env, cwd: '/here', home: '/home/u' })).toBe(folder)
  })

  it('nowhere without a home', () => {
    expect(findCacheFolder({ env: {}, cwd: '/here', home: undefined })).toBeUndefined()
  })
})

describe('discovery', () => {
  const OIDC = '/.well-known/openid-configuration'
  const OAUTH = '/.well-known/oauth-authorization-server'

  /** `metadata` by path; the keys are at /keys */
  const issue = async (metadata: (origin: string) => Record<string, unknown>): Promise<Service> => {
    const service: Service = await serve(({ path }) => {
      if (path === '/keys') return [200, SET]
      const found = metadata(service.origin)[path]
      return found === undefined
        ? [404, 'no']
        : typeof found === 'number'
          ? [found, '']
          : [200, found]
    })
    return service
  }
  const about = (origin: string, path = ''): object => ({
    issuer: origin + path,
    jwks_uri: `${origin}/keys`,
  })
  const find = (issuer: string) => fetchIssuerKeys(issuer, '--issuer', makeFetching())

  it.each<[string, string, string]>([
    ['OpenID Connect', '', OIDC],
    ['RFC 8414', '', OAUTH],
    ['OpenID Connect, with a path', '/tenant', `/tenant${OIDC}`],
    ['RFC 8414, with a path', '/tenant', `${OAUTH}/tenant`],
    ['OpenID Connect, with a slash', '/', OIDC],
  ])('%s', async (_name, path, place) => {
    const service = await issue((origin) => ({ [place]: about(origin, path) }))
    const published = await find(service.origin + path)
    expect(published.url).toBe(`${service.origin}/keys`)
    expect(openPublished(published).keys).toHaveLength(1)
  })

  it.each<[string, (origin: string) => object, string, string]>([
    [
      'another issuer',
      (o) => ({ ...about(o), issuer: 'https://evil' }),
      "another issuer's",
      'to the letter',
    ],
    ['a slash more', (o) => ({ ...about(o), issuer: `${o}/` }), "another issuer's", 'by the slash'],
    ['no issuer', (o) => ({ jwks_uri: `${o}/keys` }), "another issuer's", 'to the letter'],
    ['no jwks_uri', (o) => ({ issuer: o }), 'no jwks_uri', ''],
  ])('%s is refused', async (_name, metadata, words, means) => {
    const service = await issue((origin) => ({ [OIDC]: metadata(origin) }))
    const error = await failure(find(service.origin))
    expect([error.code, error.exit]).toEqual(['discovery_invalid', 5])
    expect(error.message).toContain(words)
    expect(`${error.details.means}`).toContain(means)
    expect(service.requests.map(({ path }) => path)).not.toContain('/keys')
  })

  it('keys over plain http are refused, whoever names them', async () => {
    const service = await issue((origin) => ({
      [OIDC]: { issuer: origin, jwks_uri: 'http://example.com/keys' },
    }))
    const error = await failure(find(service.origin))
    expect([error.code, error.exit]).toEqual(['url_invalid', 2])
  })

  it('every address that was tried is told', async () => {
    const service = await issue(() => ({}))
    const error = await failure(find(service.origin))
    expect([error.code, error.exit]).toEqual(['discovery_invalid', 5])
    expect(error.details.means).toEqual([
      `${service.origin}${OIDC} → 404`,
      `${service.origin}${OAUTH} → 404`,
    ])
  })

  it('what is down is asked no further', async () => {
    const service = await issue(() => ({ [OIDC]: 503 }))
    const error = await failure(find(service.origin))
    expect([error.code, error.exit]).toEqual(['service_unavailable', 6])
    expect(service.requests).toHaveLength(1)
  })
})

it('another key is another key', () => {
  const other = makeEcKey()
  expect(openPublished({ url: 'https://x', text: other.publicPem, kept: false }).keys).toHaveLength(
    1,
  )
})
