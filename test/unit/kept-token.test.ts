// A token that was kept: what is written of it, what is read again, and how long it is good for. And
// the failure that others are spared.

import { describe, expect, test } from 'vitest'
import { readEntry } from '../../src/core/cache/entry.ts'
import { writeEntry } from '../../src/core/cache/entry-text.ts'
import { readFailure, writeFailure } from '../../src/core/cache/failure.ts'
import { isAlive, isFresh, marginOf } from '../../src/core/cache/freshness.ts'
import type { TokenSet } from '../../src/core/call/token.ts'
import { TokenError } from '../../src/core/error.ts'
import { makeTools } from '../support/tools.ts'

const { secrets } = makeTools()
const NOW = 1_800_000_000_000
const NAME = 'a'.repeat(64)

const token: TokenSet = {
  profile: 'map',
  provider: 'own',
  environment: 'staging',
  token: secrets.hide('a-token-of-the-service', 'token', 'token'),
  type: 'Bearer',
  expiresAt: NOW + 300_000,
  scopes: ['a', 'b'],
  extra: {
    id_token: secrets.hide('an-id-token-of-it', 'id_token', 'token'),
    refresh_token: secrets.hide('a-refresh-token-of-it', 'refresh_token', 'token'),
    instance_url: 'https://x.example',
    count: 3,
  },
  claims: undefined,
  claimsText: undefined,
  use: { header: 'X', value: secrets.hide('use-me-as-this', 'token', 'token'), headers: undefined },
  cached: false,
  via: [
    {
      profile: 'va',
      provider: 'own',
      environment: undefined,
      type: 'Bearer',
      expiresAt: undefined,
      scopes: undefined,
      cached: false,
    },
  ],
}
const label = { name: NAME, now: NOW, until: NOW + 300_000, file: '/p/tokentool.yaml' }
const written = writeEntry(token, label)

describe('an entry', () => {
  test('holds the token, and nothing that outlives it', () => {
    const entry = readEntry(written, NAME)
    expect(entry).toMatchObject({
      profile: 'map',
      environment: 'staging',
      token: 'a-token-of-the-service',
      saved_at: NOW,
      expires_at: NOW + 300_000,
      until: NOW + 300_000,
      scopes: ['a', 'b'],
      extra: { id_token: 'an-id-token-of-it', instance_url: 'https://x.example', count: 3 },
      via: [{ profile: 'va', environment: null, expires_at: null, scopes: null }],
    })
    expect(written).not.toContain('refresh')
    expect(written).not.toContain('use-me')
  })

  test('under another name is none', () => {
    expect(readEntry(written, 'b'.repeat(64))).toBeUndefined()
  })

  test.each([
    undefined,
    '',
    '{',
    'null',
    '[]',
    '{}',
    written.slice(0, -1),
    written.replace('"version":1', '"version":2'),
    written.replace('a-token-of-the-service', ''),
    written.replace('a-token-of-the-service', 'a\\nb'),
    written.replace('a-token-of-the-service', 'a\\u0000'),
    written.replace('a-token-of-the-service', ' a'),
    written.replace('a-token-of-the-service', 'ä'),
    written.replace(`"until":${NOW + 300_000}`, '"until":"later"'),
    written.replace(`"until":${NOW + 300_000}`, '"until":null'),
    written.replace(`"until":${NOW + 300_000}`, '"until":1e999'),
    written.replace(`"saved_at":${NOW}`, '"saved_at":true'),
    written.replace('["a","b"]', '"a b"'),
    written.replace('["a","b"]', '[1]'),
    written.replace(/"via":\[.*\]/, '"via":{}'),
    written.replace(/"via":\[.*\]/, '"via":[null]'),
    written.replace(/"extra":\{.*?\}/, '"extra":[]'),
    written.replace('"type":"Bearer"', '"type":1'),
    written.replace('"environment":"staging"', '"environment":{}'),
    '['.repeat(100_000),
  ])('that is damaged is none: %#', (text) => {
    expect(text).not.toBe(written)
    expect(readEntry(text, NAME)).toBeUndefined()
  })
})

describe('a kept token', () => {
  test.each([
    // [life in seconds, margin]
    [3600, 60],
    [300, 60],
    [299, 59.8],
    [100, 20],
    [10, 2],
  ])('of %i s is given out until %d s before its end', (life, margin) => {
    const kept = { saved_at: NOW, until: NOW + life * 1000 }
    expect(marginOf(kept)).toBe(margin * 1000)
    const last = kept.until - margin * 1000
    expect(isFresh(kept, NOW, undefined)).toBe(true)
    expect(isFresh(kept, last, undefined)).toBe(true)
    expect(isFresh(kept, last + 1, undefined)).toBe(false)
  })

  test.each([
    [0, 299_999, true],
    [0, 300_000, false],
    [1000, 299_000, true],
    [1000, 299_001, false],
    [300_000, 0, true],
    [300_001, 0, false],
  ])('with %i ms to be left is good after %i ms: %s', (least, after, good) => {
    const kept = { saved_at: NOW, until: NOW + 300_000 }
    expect(isFresh(kept, NOW + after, least)).toBe(good)
    expect(isAlive(kept, NOW + after, least)).toBe(good)
  })

  test('of the future is none: the clock has been set back', () => {
    const kept = { saved_at: NOW + 1, until: NOW + 300_000 }
    expect(isFresh(kept, NOW, undefined)).toBe(false)
    expect(isAlive(kept, NOW, 0)).toBe(false)
  })
})

describe('a failure', () => {
  const hiding = makeTools().secrets
  hiding.remember('hunter2-hunter2', 'secret')
  const asked = { name: NAME, profile: { name: 'map' }, timeout: 30_000 }
  const record = (error: unknown): string | undefined =>
    writeFailure(error, asked, { now: () => NOW, secrets: hiding })
  const read = (text: string | undefined, now: number, began: number, timeout = 30_000) =>
    readFailure(text, { ...asked, timeout }, { now: () => now, began })
  const down = new TokenError('service_unavailable', 'the service failed (503)', {
    said: 'hunter2-hunter2 is what you sent',
    means: ['one', 'two'],
    fix: ['wait 3 s, then ask again', 'tokentool doctor p'],
    status: 503,
    sent: { client_id: 'me' },
  })

  test.each([
    ['network_refused', {}, 5],
    ['network_timeout', {}, 5],
    ['service_unavailable', { retryAfter: 2 }, 5],
    ['service_unavailable', { retryAfter: 60 }, 60],
    ['service_unavailable', { retryAfter: 90_000 }, 3600],
    // its owner mends it, and tries again
    ['network_tls', {}, 0],
    ['network_dns', {}, 0],
    ['network_proxy', {}, 0],
    ['service_refused', {}, 0],
    ['answer_unusable', {}, 0],
  ] as const)('%s %j is remembered for %i s', (code, details, seconds) => {
    const text = record(new TokenError(code, 'x', details))
    const at = (after: number) => read(text, NOW + after, NOW + 1)?.code
    expect(at(1)).toBe(seconds > 0 ? code : undefined)
    expect(at(seconds * 1000 - 1)).toBe(seconds > 0 ? code : undefined)
    expect(at(seconds * 1000)).toBeUndefined()
    // who was waiting for it has it in any case
    expect(read(text, NOW + 9000, NOW)?.code).toBe(code)
  })

  test('of time alone is no failure of one who has more of it', () => {
    const text = record(new TokenError('network_timeout', 'x'))
    expect(read(text, NOW + 1, NOW)?.code).toBe('network_timeout')
    expect(read(text, NOW + 1, NOW, 30_001)).toBeUndefined()
  })

  test.each([
    new Error('x'),
    new TokenError('usage', 'x'),
    new TokenError('key_missing', 'x'),
    new TokenError('interrupted', 'x'),
    new TokenError('bug', 'x'),
  ])('that is not of the service is not shared: %s', (error) => {
    expect(record(error)).toBeUndefined()
  })

  test('is told as it was, and that it is an old one; no secret is written down', () => {
    const text = record(down)
    expect(text).not.toContain('hunter2')
    const error = read(text, NOW + 2000, NOW + 1)
    expect(error).toMatchObject({
      code: 'service_unavailable',
      message: 'the service failed (503)',
      exit: 6,
      details: {
        said: '«hidden» is what you sent',
        status: 503,
        means: ['one', 'two', 'that was 2 s ago, in another run; it has not been asked again'],
        fix: [
          'tokentool doctor p',
          'wait 3 s, then ask again',
          'tokentool get map --force-new   (asks all the same)',
        ],
      },
    })
  })

  test.each([
    [/"version":1/, '"version":0'],
    [/"code":"\w+"/, '"code":"nonsense"'],
    [/"code":"\w+"/, '"code":"__proto__"'],
    [/"message":"[^"]+"/, '"message":{}'],
    [/"until":\d+/, '"until":"x"'],
    [/"failed_at":\d+/, `"failed_at":${NOW + 9_000_000}`],
    [/"means":\[[^\]]*\]/, '"means":[1]'],
    [/"status":503/, '"status":"503"'],
    [/"status":503/, '"class":"nonsense"'],
    [/"client_id":"me"/, '"client_id":{}'],
    [/"details":/, '"detail":'],
  ])('that is damaged is none: %s → %s', (pattern, by) => {
    const text = record(down) ?? ''
    const damaged = text.replace(pattern, by)
    expect(damaged).not.toBe(text)
    expect(read(damaged, NOW + 1, NOW)).toBeUndefined()
  })
})
