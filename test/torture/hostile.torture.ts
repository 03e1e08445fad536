// Everything that is read from outside, damaged: answers, profile files, tokens, keys. Through the whole
// program, mostly in this process; a few runs of the real one beside them.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import fc from 'fast-check'
import { expect } from 'vitest'
import { isSuccess, parseBody, readToken } from '../../src/core/answer/answer.ts'
import { readExpiry } from '../../src/core/answer/expiry.ts'
import { readFailure } from '../../src/core/answer/failure.ts'
import { USUAL } from '../../src/core/answer/usual.ts'
import { TokenError } from '../../src/core/error.ts'
import { readTokens } from '../../src/core/jwt/intake/intake.ts'
import { parseExactJson } from '../../src/core/jwt/json/exact-parser.ts'
import { parseOverride } from '../../src/core/profile/override.ts'
import { escapeControls } from '../../src/core/terminal.ts'
import { run as runReal } from '../support/crowd.ts'
import { lock, makeEcKey, makeEd25519Key, makeRsaKey, toPkcs1 } from '../support/keys.ts'
import { plantCanary } from '../support/program.ts'
import { type Reply, serve } from '../support/service.ts'
import { RFC_TOKENS, TOKENS } from '../support/tokens.ts'
import { runMain, type WorldOptions } from '../support/world.ts'
import { furnish } from './place.ts'
import { pick, row } from './row.ts'

const key = makeEcKey()
const secret = plantCanary()
const CODES = [0, 2, 3, 4, 5, 6, 7]

/** mulberry32: the same numbers in every run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const random = createRandom(11)
const one = <T>(list: readonly T[]): T => list[random(list.length)] as T

const PIECES = [
  ...[
    '',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    ':',
    ',',
    '\\',
    '\\u0000',
    '\\ud800',
    '\u0000',
    '\n',
    '\r\n',
  ],
  ...['null', 'true', '-1', '1e999', '9'.repeat(400), '0x', 'NaN', '{}', '[]', '""', ' ', '\t'],
  ...['\u001b[2J', '\u202e', '\ufeff', '\ufffd', 'é', '😀', '<!doctype html>', '<title>x</title>'],
  ...[
    '${env:HOME}',
    '${',
    '$${',
    '&a',
    '*a',
    '<<: *a',
    '!!js/function',
    '---',
    '|',
    '>',
    '#',
    '? ',
  ],
  ...['.', '..', '=', '==', '~', 'eyJ', 'x'.repeat(5000), '['.repeat(2000), '{"a":'.repeat(2000)],
  ...['-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----', 'Proc-Type: 4,ENCRYPTED'],
  ...['__proto__', 'constructor', 'expires_in', 'access_token', 'error', 'token_type'],
]

/** One to four changes: something cut out, put in, doubled, turned round, or the rest gone. */
function damage(text: string): string {
  let damaged = text
  for (let changes = 1 + random(4); changes > 0; changes--) {
    const at = random(damaged.length + 1)
    const end = Math.min(damaged.length, at + 1 + random(random(4) === 0 ? 200 : 6))
    const [before, middle, after] = [
      damaged.slice(0, at),
      damaged.slice(at, end),
      damaged.slice(end),
    ]
    damaged = one([
      () => before + after,
      () => before + one(PIECES) + after,
      () => before + one(PIECES) + middle + after,
      () => before + middle + middle + after,
      () => before + [...middle].reverse().join('') + after,
      () => before,
    ])()
  }
  return damaged
}

interface Tried {
  readonly exits: Map<number, number>
  slowest: number
  count: number
}

const begin = (): Tried => ({ exits: new Map(), slowest: 0, count: 0 })

/** What holds whatever came in. */
function check(
  tried: Tried,
  { exit, stdout, stderr, took }: { exit: number; stdout: string; stderr: string; took: number },
  what: string,
  prints = false,
): void {
  tried.count++
  tried.slowest = Math.max(tried.slowest, took)
  tried.exits.set(exit, (tried.exits.get(exit) ?? 0) + 1)
  const shown = `${JSON.stringify(what).slice(0, 2000)}\n${stderr.slice(0, 2000)}`
  expect(CODES, `exit ${exit}: ${shown}`).toContain(exit)
  expect(stderr, shown).not.toMatch(/\n\s+at .+:\d+|node:internal/)
  expect(stderr.includes(secret), `a secret: ${shown}`).toBe(false)
  // nothing that moves the cursor or forges a line
  expect(stderr.replace(/\n/g, ''), shown).not.toMatch(
    /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
  )
  if (exit !== 0 && !prints) expect(stdout, shown).toBe('')
  expect(took, shown).toBeLessThan(5000)
}

async function runHere(args: readonly string[], options: WorldOptions) {
  const began = performance.now()
  const { exit, stdout, stderr } = await runMain(args, options)
  return { exit, stdout, stderr, took: performance.now() - began }
}

const tell = ({ count, exits, slowest }: Tried): string =>
  `${count} (${[...exits]
    .sort(([a], [b]) => a - b)
    .map(([exit, times]) => `${exit}×${times}`)
    .join(' ')}), slowest ${(slowest / 1000).toFixed(2)} s`

const TARGET = '0 stacks, 0 undocumented codes, nothing on stdout after a failure, 5 s each'

const ANSWERS: readonly Reply[] = [
  [200, { access_token: 'a'.repeat(40), token_type: 'Bearer', expires_in: 300, scope: 'a b' }],
  [
    200,
    { access_token: `${'h'.repeat(20)}.${'p'.repeat(20)}.s`, expires_in: '300', id_token: 'x' },
  ],
  [200, { data: { attributes: {} }, errors: [{ detail: 'x', code: 'y' }] }],
  [
    200,
    'access_token=abcdefgh&expires_in=300&token_type=bearer',
    { 'content-type': 'application/x-www-form-urlencoded' },
  ],
  [200, '<!doctype html><html><title>Sign in</title></html>', { 'content-type': 'text/html' }],
  [
    400,
    {
      error: 'invalid_grant',
      error_description: 'the assertion is no good',
      error_uri: 'https://x',
    },
  ],
  [400, { errors: 'Service account config not found' }],
  [
    401,
    { error: 'invalid_client' },
    { 'www-authenticate': 'Bearer error="invalid_token", error_description="no"' },
  ],
  [
    403,
    { statusCode: 403, code: 'ERR12015', message: 'CLIENT_NOT_FOUND', description: 'no client' },
  ],
  [429, { error: 'slow_down' }, { 'retry-after': '0' }],
  [500, 'upstream connect error'],
  [503, '{"error":"temporarily_unavailable"}', { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }],
  [302, '', { location: 'http://127.0.0.1:9/' }],
]
const STATUSES = [200, 201, 204, 205, 206, 304, 400, 401, 404, 418, 422, 500, 502, 599]

row('R11', 'damaged answers', `≥ 500: ${TARGET}`, async ({ figure }) => {
  let reply: Reply = [200]
  const service = await serve(() => reply)
  const profile = (provider: string, more: string): string =>
    `profiles:\n  p:\n    provider: ${provider}\n    token_endpoint: ${service.origin}/t\n${more}`
  const client = '    client_id: x\n    client_secret: ${env:SECRET}\n'
  const profiles = [
    profile('jwt-bearer', '    issuer: me\n    key_path: k.pem\n'),
    profile('client-credentials', client),
    profile('light-oauth2', client),
    profile('client-credentials', `${client}    answer: { format: form }\n`),
    profile('client-credentials', `${client}    answer: { format: text, token: "" }\n`),
    profile(
      'client-credentials',
      `${client}    answer: { token: data.attributes.token, ok_path: success, ok_values: [true, null] }\n`,
    ),
  ]
  const tried = begin()
  for (let at = 0; at < pick(120, 600); at++) {
    const [status, body, headers = {}] = one(ANSWERS)
    const whole = typeof body === 'string' ? body : JSON.stringify(body)
    const text = random(8) === 0 ? whole : damage(whole)
    reply = [
      random(3) === 0 ? one(STATUSES) : status,
      [204, 205, 304].includes(status) ? undefined : text,
      { 'content-type': 'application/json', ...headers },
    ]
    const file = one(profiles)
    const form = one([['--json'], ['-o', 'header'], ['-vv'], []])
    const files = { 'p.yaml': file, 'k.pem': key.pem }
    const options = { files, env: { SECRET: secret, TOKENTOOL_NO_CACHE: '1' } }
    const ending = await runHere(['get', '-c', 'p.yaml', '--retries', '0', ...form], options)
    check(tried, ending, `${file}\n${JSON.stringify(reply)}`)
  }
  figure(tell(tried))
})

row('R11', 'damaged profile files', `≥ 300: ${TARGET}`, async ({ figure }) => {
  const example = readFileSync(resolve(import.meta.dirname, '../../profiles.example.yaml'), 'utf8')
  const own = `default_profile: a\nprofiles:\n  a: { provider: jwt-bearer, token_endpoint: "https://x.example/t", issuer: me, key_path: k.pem, lifetime: 5m }\n  b:\n    extends: a\n    environments: { x: { issuer: y }, z: {} }\n    tls: { ca: ca.pem }\n  c:\n    provider: own\n    via: b\nproviders:\n  own:\n    fields: { token_endpoint: { type: url, help: where } }\n    assertion: { algorithms: [RS256], header: { alg: "\${algorithm}" }, claims: { "\${scopes|each}": true, exp: "\${exp}" } }\n    call: { url: "\${token_endpoint?}", in: form, params: { a: "\${now+300}", b: "\${env:B:-x}" } }\n    answer: { token: [a.b, "c.*.d"], expires_unit: ms }\n`
  const tried = begin()
  for (let at = 0; at < pick(80, 400); at++) {
    const files = { 'p.yaml': damage(one([example, own])), 'k.pem': key.pem }
    const args = one([
      ['profile', 'list'],
      ['profile', 'show', 'va'],
      ['get', '-n'],
      ['get', '-n', '--json', 'c', '-e', 'x'],
      ['mint', 'a'],
      ['doctor', '--offline'],
      ['get', '--sandbox'],
    ])
    const ending = await runHere([...args, '-c', 'p.yaml'], { files, env: { SECRET: secret } })
    check(tried, ending, `${args.join(' ')}\n${files['p.yaml']}`, args[0] === 'doctor')
  }
  figure(tell(tried))
})

row('R11', 'damaged tokens and keys', `≥ 300: ${TARGET}`, async ({ figure }) => {
  const rsa = makeRsaKey()
  const pairs = [rsa, key, makeEd25519Key()]
  const keys = [
    ...pairs.flatMap((pair) => [pair.pem, pair.publicPem, lock(pair, 'not-a-secret')]),
    ...pairs.map((pair) => JSON.stringify(pair.privateKey.export({ format: 'jwk' }))),
    toPkcs1(rsa),
    JSON.stringify({ keys: pairs.map((pair) => pair.publicKey.export({ format: 'jwk' })) }),
    JSON.stringify({
      type: 'service_account',
      private_key: rsa.pem,
      client_email: 'a@b',
      token_uri: 'https://x.example/',
    }),
  ]
  const tried = begin()
  for (let at = 0; at < pick(100, 400); at++) {
    const token = damage(one(TOKENS).text)
    const pem = damage(one(keys))
    const args = one([
      ['decode', 't'],
      ['decode', 't', '--json', '--all'],
      ['verify', 't', '--key', 'k', '--any-issuer', '--any-audience'],
      ['verify', 't', '--key', 'k', '--json', '--signature-only'],
      ['key', 'inspect', 'k'],
      ['key', 'convert', 'k', '--to', 'public-jwk'],
      ['key', 'match', 'k', 't'],
      [
        'mint',
        '--provider',
        'jwt-bearer',
        '-s',
        'token_endpoint=https://x.example/',
        '-s',
        'key_path=k',
      ],
      ['explain', token.replaceAll('\0', '')],
    ])
    const ending = await runHere(args, { files: { t: token, k: pem }, env: {} })
    const prints = ['verify', 'decode', 'explain', 'key'].includes(args[0] ?? '')
    check(tried, ending, `${args.join(' ')}\n${token}\n${pem}`, prints)
  }
  figure(tell(tried))
})

row(
  'R11',
  'properties',
  '≥ 100,000 cases: nothing thrown but what is documented',
  async ({ figure }) => {
    const text = fc.string({ unit: 'binary', maxLength: 120 })
    const json = fc.jsonValue({ maxDepth: 4 })
    const reply = fc.tuple(
      fc.oneof(
        json.map((value) => JSON.stringify(value)),
        text,
      ),
      fc.nat(600),
      text,
    )
    let cases = 0
    const all = (share: number, property: fc.IRawProperty<unknown>): void => {
      const numRuns = Math.ceil(pick(5000, 100_000) * share)
      cases += numRuns
      fc.assert(property as fc.IProperty<unknown>, { numRuns, seed: 11 })
    }
    all(
      0.4,
      fc.property(reply, ([body, status, challenge]) => {
        const answer = {
          status,
          headers: { 'www-authenticate': challenge },
          body,
          sentAt: 0,
          answeredAt: 0,
        }
        const data = parseBody(answer, USUAL.format)
        const token = readToken(data, USUAL)
        expect(token === undefined || typeof token === 'string').toBe(true)
        isSuccess(answer, data, USUAL)
        readFailure(answer, data, USUAL)
        const { at } = readExpiry(data, USUAL, { sentAt: 0, offset: 0 }, undefined)
        expect(at === undefined || Number.isFinite(at)).toBe(true)
      }),
    )
    const tokens = fc.constantFrom(...RFC_TOKENS.map((token) => token.text))
    all(
      0.3,
      fc.property(
        fc.oneof(
          text,
          tokens,
          fc.tuple(text, tokens, text).map((parts) => parts.join('')),
        ),
        (input) => acceptRefusal(() => readTokens(input, 'the input')),
      ),
    )
    all(
      0.1,
      fc.property(
        fc.oneof(
          text,
          json.map((value) => JSON.stringify(value)),
        ),
        (input) => acceptRefusal(() => parseExactJson(input)),
      ),
    )
    all(
      0.1,
      fc.property(text, (input) => acceptRefusal(() => parseOverride(input))),
    )
    all(
      0.1,
      fc.property(
        text,
        (input) => !/[\u0000-\u0008\u000b-\u001f\u007f]/.test(escapeControls(input)),
      ),
    )
    figure(`${cases}`)
  },
)

function acceptRefusal(work: () => unknown): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof TokenError)) throw error
  }
}

row('R11', 'the real program on damaged input', `20 runs: ${TARGET}`, async ({ figure }) => {
  let reply: Reply = [200]
  const service = await serve(() => reply)
  const tried = begin()
  for (let at = 0; at < 20; at++) {
    const [status, body, headers = {}] = one(ANSWERS)
    reply = [status, damage(typeof body === 'string' ? body : JSON.stringify(body)), headers]
    const yaml = damage(
      `profiles:\n  p:\n    provider: jwt-bearer\n    token_endpoint: https://x.example/\n`,
    )
    const place = furnish(service.origin, {
      'bad.yaml': yaml,
      'bad.pem': damage(key.pem),
      t: damage(one(TOKENS).text),
    })
    const args = one([
      ['get', '--no-cache', '--retries', '0'],
      ['get', '--no-cache', '--retries', '0', 'secret', '--json'],
      ['get', '-n', '-c', 'bad.yaml'],
      ['mint', '-s', 'key_path=bad.pem'],
      ['decode', 't'],
    ])
    const ending = await runReal(args, place)
    check(tried, { ...ending, exit: ending.code ?? -1 }, args.join(' '))
  }
  figure(tell(tried))
})
