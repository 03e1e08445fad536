import { createServer } from 'node:net'
import { hostname } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { TokenError } from '../../src/core/error.ts'
import { checkUrl, isLoopback } from '../../src/core/url.ts'
import { CANARY, closeAll, failWith, listen } from '../support/network.ts'

afterEach(closeAll)

function refuse(url: string, allowHttp = false): TokenError {
  try {
    checkUrl(url, 'token_endpoint', allowHttp)
  } catch (error) {
    if (error instanceof TokenError) {
      expect(error).toMatchObject({ code: 'url_invalid', exit: 2 })
      expect(error.message).toMatch(/^token_endpoint /)
      expect(JSON.stringify([error.message, error.details])).not.toContain(CANARY)
      return error
    }
    throw error
  }
  throw new Error(`${url} was let through`)
}

describe('plain http', () => {
  it.each([
    'http://localhost/token',
    'http://LOCALHOST:8080/token',
    'http://localhost./token',
    'http://api.localhost/token',
    'http://127.0.0.1/token',
    'http://127.255.1.2/token',
    'http://127.1/token',
    'http://2130706433/token',
    'http://0x7f.0.0.1/token',
    'http://0177.0.0.1/token',
    'http://127.0.0.1./token',
    'http://%6c%6f%63alhost/token',
    'http://[::1]:8080/token',
    'http://[0:0:0:0:0:0:0:1]/token',
    'http://[::ffff:127.0.0.1]/token',
  ])('goes to this machine: %s', (url) => {
    expect(checkUrl(url, 'token_endpoint', false).protocol).toBe('http:')
  })

  it.each([
    'http://api.va.gov/token',
    'HTTP://API.VA.GOV/token',
    'http://localhost.evil.com/token',
    'http://localhost.evil.com./token',
    'http://127.0.0.1.nip.io/token',
    'http://127.0.0.1.evil.com/token',
    'http://evil-localhost/token',
    'http://notlocalhost/token',
    'http://localhosts/token',
    'http://localhost../token',
    'http://0.0.0.0/token',
    'http://0/token',
    'http://10.0.0.1/token',
    'http://128.0.0.1/token',
    'http://2130706432.evil.com/token',
    'http://3232235777/token',
    'http://0xc0a80101/token',
    'http://[::]/token',
    'http://[::2]/token',
    'http://[fe80::1]/token',
    'http://[::ffff:10.0.0.1]/token',
    'http://[::127.0.0.1]/token',
    'http://ⅼocalhost.example/token',
    'http://evil.com/localhost',
    'http://evil.com?http://localhost/',
  ])('goes nowhere else: %s', (url) => {
    const error = refuse(url)
    expect(error.message).toContain('is plain http')
    expect([error.details.fix].flat()[0]).toMatch(/^https:\/\//)
    expect(checkUrl(url, 'token_endpoint', true).protocol).toBe('http:')
  })

  it('sends not one packet', async () => {
    let touched = 0
    const server = createServer(() => touched++)
    const port = await listen(server, '0.0.0.0')
    const hosts = ['0.0.0.0', '0', hostname(), '127.0.0.1.nip.io', 'localhost.evil.com']
    for (const host of hosts) {
      const started = performance.now()
      const error = await failWith(`http://${host}:${port}/`)
      expect(error.code).toBe('url_invalid')
      expect(performance.now() - started).toBeLessThan(100)
    }
    expect(touched).toBe(0)
  })
})

describe('a URL that is none', () => {
  it.each([
    ['', 'is empty'],
    ['   ', 'is empty'],
    ['api.va.gov/token', 'has no https:// in front: api.va.gov/token'],
    ['//api.va.gov/token', 'has no https:// in front: //api.va.gov/token'],
    ['https:api.va.gov/token', 'has no https:// in front'],
    ['https:/api.va.gov/token', 'has no https:// in front'],
    ['/token', 'has no https:// in front: /token'],
    ['localhost:8080/token', 'has no https:// in front: localhost:8080/token'],
    ['ftp://api.va.gov/token', 'is neither https nor http'],
    ['file:///etc/passwd', 'is neither https nor http'],
    ['javascript:alert(1)', 'has no https:// in front'],
    ['https:///token', 'has no host'],
    ['https://', 'has no host'],
    ['https://?x', 'has no host'],
    ['https://api.va.gov/to ken', 'has white space'],
    ['https://api.va.gov/token\n', 'has white space'],
    ['https://api\t.va.gov/token', 'has white space'],
    ['https://api.va.gov\\@evil.com', 'backslash'],
    ['https://api.va.gov/\u001b[31m', 'control character'],
    ['https://api.va.gov/token#part', 'has a fragment'],
    ['https://api.va.gov/token#', 'has a fragment'],
    ['https://api.va.gov:99999/', 'is not a valid URL'],
    ['https://api.va.gov:80a/', 'is not a valid URL'],
    ['https://[::1/', 'is not a valid URL'],
    ['https://1.2.3.4.5/', 'is not a valid URL'],
    ['https://a%00b/', 'is not a valid URL'],
    ['${base_url}/token', 'has no https:// in front'],
  ])('%j', (url, words) => {
    const { message } = refuse(url, true)
    expect(message).toContain(words)
    expect(message).toMatch(/^[\x20-\x7e\u{fffd}]*$/u)
  })

  it('is mended where it is clear how', () => {
    expect(refuse('api.va.gov/token').details.fix).toBe('https://api.va.gov/token')
    expect(refuse('//api.va.gov/token').details.fix).toBe('https://api.va.gov/token')
    expect(refuse('https:api.va.gov/token').details.fix).toBe('https://api.va.gov/token')
    expect(refuse('localhost:8080/token').details.fix).toBe('http://localhost:8080/token')
    expect(refuse('$(rm -rf /)').details.fix).toBeUndefined()
  })

  it.each([
    `https://user:${CANARY}@api.va.gov/token`,
    `https://${CANARY}@api.va.gov/token`,
    `https://:${CANARY}@api.va.gov/token`,
    `https://@api.va.gov/${CANARY}`,
    `http://user:${CANARY}@localhost/token`,
    `http://localhost:${CANARY}@evil.com/token`,
    `user:${CANARY}@api.va.gov/token`,
    `https:user:${CANARY}@api.va.gov/token`,
    `https:/user:${CANARY}@api.va.gov/token`,
    `ftp://user:${CANARY}@api.va.gov/token`,
    `https://user:${CANARY}@/`,
    `https://user:${CANARY}@api.va.gov:99999/`,
    ` https://user:${CANARY}@api.va.gov/`,
    `https://user:${CANARY}@api.va.gov/#x`,
    `https://user:${CANARY}\\@api.va.gov/`,
    `https://api.va.gov:x/?password=${CANARY}`,
    `http://api.va.gov/?assertion=${CANARY}`,
    `api.va.gov/?assertion=${CANARY}`,
  ])('is not said where it may hold a secret: %s', (url) => {
    refuse(url)
  })

  it('may have an @ behind its host', () => {
    expect(checkUrl('https://api.va.gov/@me?to=a@b', 'x', false).pathname).toBe('/@me')
  })
})

it('tells loopback by what the URL parser leaves', () => {
  const hosts = ['localhost', '127.0.0.1', '[::1]', '[::ffff:7f00:1]']
  expect(hosts.map(isLoopback)).toEqual([true, true, true, true])
  const others = ['', '1270.0.0.1', '127.0.0.1.', 'localhost.com', '[::ffff:8000:1]', '::1']
  expect(others.map(isLoopback)).toEqual([false, false, true, false, false, false])
})
