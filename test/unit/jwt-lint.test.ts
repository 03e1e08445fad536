// Every code of the catalogue has a token that shows it, and a good token shows none.

import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CODES, type FindingCode } from '../../src/core/jwt/finding/codes.ts'
import type { Finding } from '../../src/core/jwt/finding/finding.ts'
import { isMalformed, lintToken } from '../../src/core/jwt/finding/lint.ts'
import { readToken } from '../../src/core/jwt/reading/reader.ts'
import { identifyShape, type TokenShape } from '../../src/core/jwt/shape.ts'
import { TOKEN_SHAPES } from '../../src/providers/tokens.ts'

/** 2023-11-14T22:13:20Z */
const NOW = 1_700_000_000

type Json = Readonly<Record<string, unknown>>

const HEADER: Json = { alg: 'RS256', typ: 'JWT', kid: 'k1' }
const CLAIMS: Json = {
  iss: 'https://issuer.example',
  sub: 'user-1',
  aud: 'https://api.example',
  exp: NOW + 3600,
  iat: NOW,
  jti: 'f7d42348',
}

const encode = (data: string | Uint8Array): string => Buffer.from(data).toString('base64url')
const write = (value: unknown): string =>
  encode(typeof value === 'string' ? value : JSON.stringify(value))
const fill = (size: number, byte = 0x5a): Uint8Array => new Uint8Array(size).fill(byte)
const SIGNATURE = encode(fill(256))

/** Members that are undefined are left out; a text stands as it is. */
function make(
  header: Json | string = {},
  claims: Json | string = {},
  signature = SIGNATURE,
): string {
  const parts = [
    typeof header === 'string' ? header : { ...HEADER, ...header },
    typeof claims === 'string' ? claims : { ...CLAIMS, ...claims },
  ]
  return `${parts.map(write).join('.')}.${signature}`
}

const signedWith = (alg: string, bytes: Uint8Array): string => make({ alg }, {}, encode(bytes))

interface Sealed {
  key?: string
  iv?: number
  tag?: number
}

function seal(
  header: Json = {},
  { key = encode(fill(256)), iv = 12, tag = 16 }: Sealed = {},
): string {
  const protectedPart = write({ alg: 'RSA-OAEP-256', enc: 'A256GCM', ...header })
  return [protectedPart, key, encode(fill(iv)), encode(fill(40)), encode(fill(tag))].join('.')
}

const sha256 = (data: string | Uint8Array): string =>
  createHash('sha256').update(data).digest('base64url')

const DISCLOSURE = write(['salt', 'given_name', 'Ann'])
/** One more than are read. */
const MANY = Array.from({ length: 1001 }, (_, index) => write(['salt', `n${index}`, index]))
const HOLDER = { cnf: { jwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } } }

function disclose(
  claims: Json = {},
  disclosures: readonly string[] = [DISCLOSURE],
  proof = '',
): string {
  const issued = make({ typ: 'dc+sd-jwt' }, { _sd: disclosures.map(sha256), ...claims })
  return `${[issued, ...disclosures].join('~')}~${proof}`
}

function bind(presented: string, header: Json = {}, claims: Json = {}): string {
  const proof = {
    iat: NOW,
    aud: 'https://verifier.example',
    nonce: 'n-1',
    sd_hash: sha256(presented),
    ...claims,
  }
  const parts = [{ alg: 'ES256', typ: 'kb+jwt', ...header }, proof].map(write)
  return `${presented}${parts.join('.')}.${encode(fill(64))}`
}

/** Good until 2026-12-21. */
const CERTIFICATE =
  'MIIBbTCCAROgAwIBAgIUBuG3lWVB7aHshpdeUK0XFFsmVxQwCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBdDAeFw0yNjExMjEwNTI5MzJaFw0yNjEyMjEwNTI5MzJaMAwxCjAIBgNVBAMMAXQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQeQJK1xpOFoQGiEsEbOEkVtlONgoytu07YBWcIGuzps0BuJ/qUkBT0bJMVfhe7z+NF13wz6AgWrHJgpiH12UMmo1MwUTAdBgNVHQ4EFgQUQ0iCEf47o082onkLEkIvQUct5gswHwYDVR0jBBgwFoAUQ0iCEf47o082onkLEkIvQUct5gswDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiA4Cx+IZgL+VU0feSvGsbXjtBTiuze7cuRSFdHCxao7jwIhAJwCOCI3WG7PJAcyJm+CEF+/QfGim8PqKaXuzzWjpWvE'

interface Setting {
  readonly now?: number
  readonly shape?: TokenShape
}

function lint(text: string, { now = NOW, shape }: Setting = {}): Finding[] {
  const token = readToken(text)
  if (token === undefined || token.kind === 'opaque') throw new Error(`no token: ${text}`)
  return lintToken(token, now, {
    hash: (bytes) => sha256(bytes),
    ...(shape && { shape }),
  })
}

const codesOf = (findings: readonly Finding[]): string[] => findings.map(({ code }) => code)

function lintShaped(text: string, now = NOW): Finding[] {
  const token = readToken(text)
  if (token === undefined || !('signatures' in token)) throw new Error('no signed token')
  const shape = identifyShape(token.signatures[0].header?.json, token.payload.json, TOKEN_SHAPES)
  return lint(text, { now, ...(shape && { shape }) })
}

/** What is shown, by a token with no other fault than those named behind it. */
type Row = readonly [
  code: FindingCode,
  token: string,
  options?: Setting & { with?: readonly FindingCode[] },
]

const GENERAL = JSON.stringify({
  payload: write(CLAIMS),
  signatures: [
    { protected: write(HEADER), signature: SIGNATURE },
    { protected: write({ ...HEADER, alg: 'ES256' }), signature: encode(fill(63)) },
  ],
})

const flattened = (guarded: Json, header: Json): string =>
  JSON.stringify({
    protected: write(guarded),
    header,
    payload: write(CLAIMS),
    signature: SIGNATURE,
  })

const FLAT = flattened(HEADER, { x: 1 })
const SEALED = (() => {
  const [guarded, encrypted_key, iv, ciphertext, tag] = seal().split('.')
  return JSON.stringify({ protected: guarded, encrypted_key, iv, ciphertext, tag })
})()

const [head = '', body = ''] = make().split('.')
const KUBERNETES: Json = { iss: 'kubernetes/serviceaccount', sub: 'system:serviceaccount:a:b' }
const EPK = { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }
const ENTRA = 'https://login.microsoftonline.com/t/v2.0'
const SIGNER = 'arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/a/1'
const TOKEN_URL = 'https://issuer.example/token'
const CLIENT: Json = { iss: 'client-1', sub: 'client-1', aud: TOKEN_URL, exp: NOW + 300 }
const CLIENT_HEADER: Json = { typ: 'client-authentication+jwt' }
const pad = (text: string): string => text.padEnd(Math.ceil(text.length / 4) * 4, '=')

const ROWS: readonly Row[] = [
  // how it is written
  ['part-count', `${head}.${body}`],
  ['part-count', `${make()}.b.c.d`],
  ['trailing-dot', `${make()}.`],
  ['alphabet', `${head}.${body}.${'$'.repeat(8)}`],
  ['alphabet', `${head}.${body}.é${SIGNATURE.slice(1)}`],
  ['part-length', make({}, {}, 'A'.repeat(341))],
  ['padding', make({}, {}, `${SIGNATURE}==`)],
  ['white-space', make({}, {}, `${SIGNATURE.slice(0, 9)} ${SIGNATURE.slice(9)}`)],
  ['plain-base64', make({}, {}, `+/${SIGNATURE.slice(2)}`)],
  ['loose-bits', make({}, {}, `${SIGNATURE.slice(0, -1)}h`)],
  ['header-not-utf8', `${encode(Buffer.from('{"alg":"\xff"}', 'latin1'))}.${body}.${SIGNATURE}`],
  ['payload-not-utf8', `${head}.${encode(Buffer.from('{"sub":"\xff"}', 'latin1'))}.${SIGNATURE}`],
  ['header-byte-order-mark', make(`\ufeff${JSON.stringify(HEADER)}`)],
  ['payload-byte-order-mark', make({}, `\ufeff${JSON.stringify(CLAIMS)}`)],
  ['header-not-json', make('{"alg":"RS256"')],
  ['payload-not-json', make({}, 'hello')],
  ['payload-not-json', make({}, '{"sub":1,}')],
  ['header-not-object', make('["RS256"]')],
  ['payload-not-object', make({}, '["a"]')],
  ['payload-not-object', make({}, 'null')],
  ['token-size', make({}, { a: 'x'.repeat(4096) })],
  ['token-size', make({}, { a: 'x'.repeat(9000) })],
  // JSON
  ['duplicate-header', make('{"alg":"none","alg":"RS256","typ":"JWT"}')],
  ['duplicate-claim', make({}, JSON.stringify(CLAIMS).replace('{', '{"sub":"x",'))],
  ['duplicate-claim', make({}, JSON.stringify(CLAIMS).replace('{', '{"a":{"b":1,"b":2},'))],
  ['duplicate-member', FLAT.replace('{', '{"payload":"e30",')],
  ['duplicate-member', FLAT.replace('{', '{"signature":"AAAA",')],
  ['duplicate-member', FLAT.replace('{"x":1}', '{"x":0,"x":1}')],
  [
    'duplicate-member',
    GENERAL.replace(
      `,"signature":"${encode(fill(63))}"`,
      `,"signature":"","signature":"${encode(fill(64))}"`,
    ),
  ],
  ['duplicate-member', SEALED.replace('{', '{"iv":"AAAA",')],
  ['header-overlap', flattened(HEADER, { kid: 'k1' })],
  ['unsafe-integer', make({}, JSON.stringify(CLAIMS).replace('{', '{"id":9007199254740993,'))],
  ['proto-member', make({}, JSON.stringify(CLAIMS).replace('{', '{"__proto__":{},'))],
  // alg
  ['alg-missing', make({ alg: undefined })],
  ['alg-missing', make({ alg: '' })],
  ['alg-missing', make({ alg: 256 })],
  ['alg-none', make({ alg: 'none' }, {}, '')],
  ['alg-none', make({ alg: 'nOnE' }, {}, SIGNATURE)],
  ['alg-unknown', make({ alg: 'rs256' })],
  ['alg-unknown', seal({ alg: 'RSA-OAEP-999' })],
  ['alg-deprecated', seal({ alg: 'RSA1_5' })],
  ['alg-polymorphic', signedWith('EdDSA', fill(64))],
  [
    'hmac-with-public-key',
    make({ alg: 'HS256', x5t: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA' }, {}, encode(fill(32))),
  ],
  // crit, b64
  ['crit-invalid', make({ crit: [] })],
  ['crit-invalid', make({ crit: 'b64' })],
  ['crit-invalid', make({ crit: [1] })],
  ['crit-invalid', make({ crit: ['b64', 'b64'], b64: true })],
  ['crit-invalid', flattened(HEADER, { crit: ['x'], x: 1 })],
  ['crit-registered', make({ crit: ['alg'] })],
  ['crit-absent', make({ crit: ['x'] })],
  ['crit-unknown', make({ crit: ['exp'], exp: 1 }), { with: ['claims-in-header'] }],
  ['b64-invalid', make({ b64: 'false', crit: ['b64'] })],
  ['b64-invalid', flattened(HEADER, { b64: true })],
  [
    'b64-in-jwt',
    `${write({ ...HEADER, b64: false, crit: ['b64'] })}.${JSON.stringify({ sub: 'a' })}.${SIGNATURE}`,
    { with: ['exp-missing', 'aud-missing', 'iss-missing'] },
  ],
  // keys
  ['jwk-embedded', make({ jwk: { kty: 'RSA', n: 'AA', e: 'AQAB' } })],
  ['jwk-private', make({ jwk: { kty: 'EC', d: 'AA' } }), { with: ['jwk-embedded'] }],
  ['key-url', make({ jku: 'https://keys.example' })],
  ['key-url-insecure', make({ x5u: 'http://keys.example' }), { with: ['key-url'] }],
  ['x5c-invalid', make({ x5c: ['AAAA'] })],
  ['x5c-invalid', make({ x5c: [] })],
  ['x5c-invalid', make({ x5c: CERTIFICATE })],
  ['x5c-invalid', make({ x5c: [CERTIFICATE.slice(0, 400)] })],
  ['x5c-expired', make({ x5c: [CERTIFICATE] }), { now: 1_800_000_000 }],
  ['x5t-mismatch', make({ x5c: [CERTIFICATE], 'x5t#S256': sha256('another') })],
  ['kid-type', make({ kid: 7 })],
  ['kid-suspicious', make({ kid: '../../dev/null' })],
  ['kid-suspicious', make({ kid: '/etc/passwd' })],
  ['kid-suspicious', make({ kid: 'https://evil.example/key' })],
  ['kid-suspicious', make({ kid: "x' UNION SELECT 'k" })],
  // typ
  ['typ-missing', make({ typ: undefined, kid: undefined })],
  ['typ-type', make({ typ: true })],
  ['typ-mismatch', make({ typ: 'at+jwt' }, { jti: undefined })],
  ['typ-mismatch', make({ typ: 'application/logout+jwt' }, { events: {}, nonce: 'n' })],
  ['typ-mismatch', make({ typ: 'dpop+jwt' }, { exp: undefined, htm: 'GET' })],
  ['zip-in-jws', make({ zip: 'DEF' })],
  ['claims-in-header', make({ iss: 'https://issuer.example' })],
  // signatures
  ['signature-empty', make({}, {}, '')],
  ['signature-length', signedWith('ES256', fill(63))],
  ['signature-length', signedWith('HS256', fill(31))],
  ['signature-length', signedWith('RS256', fill(64))],
  ['signature-length', signedWith('Ed25519', fill(65))],
  ['signature-length', GENERAL],
  ['signature-cut', signedWith('RS256', fill(255))],
  [
    'signature-der',
    signedWith('ES256', Uint8Array.from([0x30, 68, 2, 32, ...fill(32), 2, 32, ...fill(32)])),
  ],
  [
    'signature-der',
    signedWith('ES512', Uint8Array.from([0x30, 0x81, 136, 2, 66, ...fill(66), 2, 66, ...fill(66)])),
  ],
  ['signature-zero', signedWith('ES256', fill(64, 0))],
  ['signature-zero', signedWith('ES256', Uint8Array.from([...fill(32, 0), ...fill(32)]))],
  ['signature-zero', signedWith('ES384', Uint8Array.from([...fill(48), ...fill(48, 0)]))],
  // times
  ['exp-missing', make({}, { exp: undefined })],
  ['time-type', make({}, { exp: `${NOW + 3600}` })],
  ['time-type', make({}, JSON.stringify(CLAIMS).replace(`${NOW + 3600}`, '1e400'))],
  ['time-type', make({}, { nbf: null })],
  ['time-type', make({}, { iat: [NOW] })],
  ['time-milliseconds', make({}, { exp: NOW * 1000 })],
  ['exp-before-iat', make({}, { exp: NOW, iat: NOW })],
  ['exp-before-iat', make({}, { exp: NOW - 9, iat: NOW - 1 })],
  ['nbf-after-exp', make({}, { nbf: NOW + 3601 })],
  ['nbf-after-exp', make({}, { nbf: NOW + 3600 })],
  ['iat-future', make({}, { iat: NOW + 1 })],
  ['lifetime-long', make({}, { exp: NOW + 86_401 })],
  ['lifetime-long', make({}, { iat: undefined, nbf: NOW, exp: NOW + 86_401 })],
  ['lifetime-long', make(CLIENT_HEADER, { ...CLIENT, exp: NOW + 3601 })],
  // who
  ['iss-missing', make({}, { iss: undefined })],
  ['iss-type', make({}, { iss: 1 })],
  ['iss-not-url', make({}, { iss: 'issuer' })],
  ['iss-not-url', make({}, { iss: 'http://issuer.example' })],
  ['sub-missing', make({}, { sub: undefined })],
  ['sub-type', make({}, { sub: 7 })],
  ['aud-missing', make({}, { aud: undefined })],
  ['aud-missing', make({}, { aud: [] })],
  ['aud-type', make({}, { aud: { a: 1 } })],
  ['aud-type', make({}, { aud: ['a', 1] })],
  ['aud-array-of-one', make({}, { aud: ['a'] })],
  // assertions
  ['jti-missing', make({}, { ...CLIENT, aud: 'https://api.example', jti: undefined })],
  ['jti-missing', make({}, { aud: TOKEN_URL, exp: NOW + 300, jti: undefined })],
  ['assertion-subject', make(CLIENT_HEADER, { ...CLIENT, sub: 'another' })],
  ['assertion-audience', make(CLIENT_HEADER, { ...CLIENT, aud: [TOKEN_URL, 'https://b.example'] })],
  ['assertion-audience', make(CLIENT_HEADER, { ...CLIENT, aud: 'server' })],
  // contents
  ['secret-in-claims', make({}, { db: { password: 'x' } })],
  ['secret-in-claims', make({}, { client_secret: 'x' })],
  ['secret-in-claims', make({}, { k: '-----BEGIN EC PRIVATE KEY-----\nAA' })],
  ['secret-in-claims', make({}, { cnf: { jwk: { kty: 'EC', d: 'AA' } } })],
  ['personal-data', make({}, { email: 'ann@mail.example' })],
  ['personal-data', make({}, { card: '4111 1111 1111 1111' })],
  ['personal-data', make({}, { card: 4111111111111111 })],
  ['personal-data', make({}, { list: ['078-05-1120'] })],
  // encryption
  ['enc-missing', seal({ enc: '' })],
  ['enc-missing', seal({ enc: 5 })],
  ['part-count', seal().split('.').slice(0, 4).join('.'), { with: ['tag-length'] }],
  [
    'part-count',
    seal({ enc: undefined, alg: 'RS256', typ: 'JOSE' }),
    { with: ['signature-length'] },
  ],
  ['enc-unknown', seal({ enc: 'A999GCM' })],
  ['zip-unknown', seal({ zip: 'GZIP' })],
  ['p2c-huge', seal({ alg: 'PBES2-HS256+A128KW', p2s: 'AAAA', p2c: 2_000_000_000 })],
  ['p2c-weak', seal({ alg: 'PBES2-HS256+A128KW', p2s: 'AAAA', p2c: 10 })],
  ['parameter-missing', seal({ alg: 'PBES2-HS256+A128KW', p2s: 'AAAA' })],
  ['parameter-missing', seal({ alg: 'PBES2-HS256+A128KW', p2s: 'AAAA', p2c: '4096' })],
  ['parameter-missing', seal({ alg: 'ECDH-ES' }, { key: '' })],
  ['parameter-missing', seal({ alg: 'A128GCMKW', iv: 'AAAA' })],
  ['encrypted-key-missing', seal({}, { key: '' })],
  ['encrypted-key-missing', seal({ alg: 'A128KW' }, { key: '' })],
  ['encrypted-key-unexpected', seal({ alg: 'dir' })],
  ['encrypted-key-unexpected', seal({ alg: 'ECDH-ES', epk: EPK })],
  ['iv-length', seal({}, { iv: 16 })],
  ['tag-length', seal({}, { tag: 4 })],
  ['tag-length', seal({ enc: 'A256CBC-HS512' }, { iv: 16, tag: 16 })],
  ['nested-token', seal({ cty: 'JWT' })],
  ['nested-token', make({ cty: 'JWT' }, make())],
  // SD-JWT
  ['disclosure-invalid', disclose({}, [write('{}')])],
  ['disclosure-invalid', disclose({}, [write(['a'])])],
  ['disclosure-invalid', disclose({}, [write([1, 'a', 'b'])])],
  ['disclosure-invalid', disclose({}, [write(['salt', '_sd', 'b'])])],
  ['disclosures-many', disclose({}, MANY), { with: ['token-size'] }],
  ['key-binding-malformed', disclose({}, [DISCLOSURE]).slice(0, -1)],
  ['disclosure-duplicate', disclose({ _sd: [sha256(DISCLOSURE)] }, [DISCLOSURE, DISCLOSURE])],
  ['digest-duplicate', disclose({ _sd: [sha256(DISCLOSURE), sha256(DISCLOSURE)] })],
  ['disclosure-unmatched', disclose({ _sd: [] })],
  ['sd-alg-unknown', disclose({ _sd_alg: 'md5' })],
  ['key-binding-missing', disclose(HOLDER)],
  ['key-binding-invalid', bind(disclose(HOLDER), { typ: 'JWT' })],
  ['key-binding-invalid', bind(disclose(HOLDER), {}, { nonce: undefined })],
  ['key-binding-invalid', bind(disclose(HOLDER), {}, { sd_hash: sha256('another') })],
  // services
  ['entra-graph-token', make({ nonce: 'n' }, { iss: ENTRA })],
  ['auth0-no-audience', seal({ alg: 'dir', iss: 'https://t.auth0.com/' }, { key: '' })],
  [
    'aws-alb-token',
    [
      pad(
        write({ ...HEADER, alg: 'ES256', signer: SIGNER, iss: 'https://i.example', exp: NOW + 9 }),
      ),
      pad(write({ ...CLAIMS, a: '' })),
      pad(encode(fill(64))),
    ].join('.'),
    { with: ['padding'] },
  ],
  [
    'kubernetes-legacy',
    make({ kid: '' }, { ...KUBERNETES, aud: undefined, exp: undefined, iat: undefined }),
    { with: ['exp-missing', 'aud-missing'] },
  ],
]

describe('each row of the catalogue', () => {
  const tokens = ROWS.map((row, index) => [`${row[0]} #${index}`, row] as const)
  test.each(tokens)('%s', (_, [code, token, { with: others = [], ...setting } = {}]) => {
    const shown = codesOf(lint(token, setting))
    expect([...new Set(shown)].sort()).toEqual([code, ...others].sort())
  })

  test('has a token that shows it', () => {
    const shown = new Set(ROWS.map(([code]) => code))
    expect(Object.keys(CODES).filter((code) => !shown.has(code as FindingCode))).toEqual([])
  })

  test('says why in a line, in the words of the house', () => {
    for (const [code, { why, severity, area }] of Object.entries(CODES)) {
      expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      expect(why, code).toMatch(/^[^\n]{10,120}[^.]$/)
      expect(['error', 'warning', 'info']).toContain(severity)
      expect(['form', 'signature', 'claims']).toContain(area)
    }
  })

  test('comes worst first, and the messages of secrets name only the place', () => {
    const findings = lint(
      make({ typ: undefined, kid: undefined }, { exp: '1', password: 'hunter2', aud: ['a'] }),
    )
    expect(codesOf(findings)).toEqual([
      'time-type',
      'secret-in-claims',
      'typ-missing',
      'aud-array-of-one',
    ])
    expect(JSON.stringify(findings)).not.toContain('hunter2')
    expect(findings[1]?.message).toBe('what looks like a secret in "password"')
  })
})

test('of a token whose service is known, neither typ nor iss is asked for', () => {
  const token = make({ typ: undefined, kid: undefined }, { iss: 'issuer' })
  const shape = { name: 'a token of a test', signs: { iss: 'issuer' } }
  expect(codesOf(lint(token)).sort()).toEqual(['iss-not-url', 'typ-missing'])
  expect(lint(token, { shape })).toEqual([])
})

test('of many bad disclosures the first are told', () => {
  const findings = lint(disclose({}, Array(2000).fill('')))
  expect(findings.filter(({ code }) => code === 'disclosure-invalid')).toHaveLength(6)
  expect(findings.find(({ code }) => code === 'disclosures-many')?.message).toBe(
    'it has 2000 disclosures',
  )
  expect(isMalformed(findings, { padding: true, payload: true })).toBe(true)
})

test('a space that cannot be seen is not called white', () => {
  const text = make({}, {}, `${SIGNATURE.slice(0, 9)} ${SIGNATURE.slice(9)}`)
  expect(lint(text).map(({ message }) => message)).toEqual(['the signature has white space inside'])
  const hidden = text.replace(' ', '\u200b')
  expect(codesOf(lint(hidden))).toEqual(['white-space'])
  expect(lint(hidden)[0]?.message).toBe('the signature has something invisible inside')
  expect(readToken(hidden)?.text).toBe(make())
})

describe('a good token shows nothing', () => {
  test.each<[string, string]>([
    ['RS256', make()],
    ['at+jwt', make({ typ: 'at+jwt' })],
    ['application/at+jwt', make({ typ: 'application/AT+JWT' })],
    ['ES256', signedWith('ES256', fill(64))],
    ['ES512', signedWith('ES512', fill(132))],
    ['PS512 with 4096 bits', signedWith('PS512', fill(512))],
    ['HS512', signedWith('HS512', fill(64))],
    ['Ed25519', signedWith('Ed25519', fill(64))],
    ['an old key of 1024 bits', signedWith('RS256', fill(128))],
    ['no typ, and a kid that tells whose it is', make({ typ: undefined })],
    ['an issuer on this machine', make({}, { iss: 'http://localhost:8080/realms/a' })],
    ['an issuer at its address', make({}, { iss: 'http://127.0.0.1:1' })],
    ['two audiences', make({}, { aud: ['a', 'b'] })],
    ['fractions', make({}, { iat: NOW - 0.5, exp: NOW + 0.25, nbf: NOW - 0.5 })],
    ['one that has expired', make({}, { iat: NOW - 7200, exp: NOW - 3600 })],
    ['one that is not good yet', make({}, { nbf: NOW + 60 })],
    ['a day', make({}, { exp: NOW + 86_400 })],
    ['plain base64 for a kid', make({ kid: '/x3Kj+abcdefghijklmnopqrst/ABCDEFGHIJKLMNOP=' })],
    ['a DID for a kid', make({ kid: 'did:web:issuer.example#key/1' })],
    ['a kid with a slash', make({ kid: 'projects/a/keys/1' })],
    [
      'x5c with its thumbprint',
      make({ x5c: [CERTIFICATE], 'x5t#S256': sha256(Buffer.from(CERTIFICATE, 'base64')) }),
    ],
    ['crit: b64, true', make({ crit: ['b64'], b64: true })],
    ['an assertion', make({}, CLIENT)],
    ['client authentication', make(CLIENT_HEADER, { ...CLIENT, aud: 'https://issuer.example' })],
    ['an ID token with a profile', make({}, { nonce: 'n', email: 'ann@mail.example' })],
    ['an e-mail address for a subject', make({}, { sub: 'ann@mail.example' })],
    [
      'a DPoP proof',
      make(
        { typ: 'dpop+jwt', alg: 'ES256', kid: undefined, jwk: EPK },
        { iss: undefined, sub: undefined, aud: undefined, exp: undefined, htm: 'GET', htu: 'x' },
        encode(fill(64)),
      ),
    ],
    [
      'a security event',
      make({ typ: 'secevent+jwt' }, { sub: undefined, exp: undefined, events: {} }),
    ],
    ['claims with the cty of Twilio', make({ cty: 'twilio-fpa;v=1' })],
    ['a number that is no card', make({}, { order: '4111111111111112', n: 4111111111111112 })],
    ['a flattened one', flattened(HEADER, { x: 1 })],
    [
      'a flattened text',
      JSON.stringify({
        protected: write({ alg: 'RS256' }),
        payload: write('hi'),
        signature: SIGNATURE,
      }),
    ],
    ['a detached one', `${head}..${SIGNATURE}`],
    [
      'one that is not encoded',
      `${write({ alg: 'HS256', b64: false, crit: ['b64'] })}.$02.${encode(fill(32))}`,
    ],
    ['a text, said to be one', make({ typ: 'JOSE' }, 'hello')],
    ['a text of a type', make({ typ: undefined, cty: 'text/plain' }, 'hello')],
    ['JWE', seal()],
    ['JWE, direct', seal({ alg: 'dir', enc: 'A128CBC-HS256' }, { key: '', iv: 16 })],
    ['JWE, by agreement', seal({ alg: 'ECDH-ES+A256KW', epk: EPK, zip: 'DEF' })],
    ['JWE, by password', seal({ alg: 'PBES2-HS512+A256KW', p2s: 'AAAA', p2c: 600_000 })],
    ['SD-JWT', disclose({ sub: undefined, aud: undefined })],
    ['SD-JWT, bound', bind(disclose(HOLDER))],
  ])('%s', (_, token) => {
    expect(lint(token)).toEqual([])
  })
})

describe('a token of a known service shows nothing', () => {
  const VA: Json = {
    iss: 'va.gov sign in',
    aud: 'https://chat.example',
    sub: 'chatbot@example.gov',
    jti: 'c3b1',
    iat: NOW,
    nbf: NOW,
    exp: NOW + 300,
    version: 'V0',
  }
  const LIGHT: Json = {
    iss: 'urn:com:networknt:oauth2:v1',
    aud: 'urn:com.networknt',
    exp: NOW + 600,
    jti: 'oGmuq3J',
    iat: NOW,
    nbf: NOW - 120,
    version: '1.0',
    client_id: 'f7d42348',
  }
  const bare = (header: Json, claims: Json, size = 256): string =>
    [write(header), write(claims), encode(fill(size))].join('.')
  const SERVICES: readonly [name: string, token: string][] = [
    [
      'a VA sign-in service access token of a service account',
      bare(HEADER, {
        ...VA,
        scopes: ['https://staging-api.va.gov/v0/map_services/chatbot/token'],
        service_account_id: '88a6',
        user_attributes: { icn: '1012667122V019349' },
      }),
    ],
    [
      'a VA sign-in service access token of a service account',
      bare({ alg: 'RS256' }, { ...VA, nbf: undefined, service_account_id: '88a6' }),
    ],
    [
      'a VA sign-in service access token of a user',
      bare(HEADER, {
        ...VA,
        client_id: 'vaweb',
        session_handle: 'h',
        user_attributes: { first_name: 'Ann', email: 'ann@mail.example' },
      }),
    ],
    [
      'an assertion for the VA sign-in service',
      bare(HEADER, {
        iss: 'https://chat.example',
        sub: 'chatbot@example.gov',
        aud: 'https://api.va.gov/v0/sign_in/token',
        iat: NOW - 10,
        exp: NOW + 290,
        jti: 'x',
        service_account_id: '88a6',
        scopes: ['https://api.va.gov/v0/map_services/chatbot/token'],
      }),
    ],
    [
      'a VA MAP token',
      bare(
        { alg: 'RS512' },
        {
          lastName: 'oauth-client',
          sub: 'c7d6e0fc9a39',
          authenticated: true,
          iss: 'gov.va.vamf.userservice.v2',
          onBehalfOf: { idType: 'icn', id: '1012704686V159887' },
          aud: 'c7d6e0fc9a39',
          version: 2.8,
          nbf: NOW - 180,
          sst: NOW,
          exp: NOW + 900,
          iat: NOW,
          jti: '3463b8b4',
        },
        512,
      ),
    ],
    [
      'a VA MAP token',
      bare(
        { ...HEADER, alg: 'RS512' },
        { ...CLAIMS, iss: 'http://127.0.0.1:1/sts/oauth/v1', aud: 'chatbot', exp: NOW + 900 },
      ),
    ],
    [
      'an assertion for Federated Directory',
      bare({ alg: 'RS256', typ: 'JWT' }, { iss: '51f1@fd', scope: ['admin'], aud: 'key' }, 128),
    ],
    [
      'a Federated Directory access token',
      bare(
        { alg: 'HS256', typ: 'JWT' },
        { iss: 'https://www.federated.directory/', aud: 'key', exp: NOW + 28_800, jti: '7da4' },
        32,
      ),
    ],
    [
      'a light-oauth2 access token',
      bare({ kid: '100', alg: 'RS256' }, { ...LIGHT, scope: ['petstore.r'] }),
    ],
    [
      'a light-oauth2 access token',
      bare({ kid: '100', alg: 'RS256' }, { ...LIGHT, user_id: 'admin', user_type: 'admin' }),
    ],
    [
      'a FirstVision access token',
      bare(
        { alg: 'RS256' },
        { scope: 'edit', client_id: 'POC', firstVisionId: '00000A', exp: NOW + 7199 },
      ),
    ],
  ]

  test.each(SERVICES)('%s', (name, text) => {
    const token = readToken(text)
    if (token === undefined || !('signatures' in token)) throw new Error('no signed token')
    const { header } = token.signatures[0]
    expect(identifyShape(header?.json, token.payload.json, TOKEN_SHAPES)?.name).toBe(name)
    expect(lintShaped(text)).toEqual([])
    // without its shape most of them would be held to what others do
    expect(identifyShape(header?.json, undefined, TOKEN_SHAPES)).toBeUndefined()
  })

  test('every shape is met', () => {
    const met = new Set(SERVICES.map(([name]) => name))
    const names = TOKEN_SHAPES.map(({ name }) => name)
    expect(names.filter((name) => !met.has(name))).toEqual(['a light-oauth2 token for the portal'])
  })

  test('but the ten years of a bootstrap token are told', () => {
    const claims = { ...LIGHT, scope: ['portal.w'], exp: NOW + 315_360_000 }
    const findings = lintShaped(bare({ kid: '100', alg: 'RS256' }, claims))
    expect(findings.map(({ message }) => message)).toEqual([
      'it lives for 3650 d; 1 d is much for a token',
    ])
  })

  test('nor is anyone else spared', () => {
    const text = bare({ alg: 'RS256' }, { iss: 'somebody', exp: NOW + 60 })
    expect(codesOf(lintShaped(text))).toEqual([
      'aud-missing',
      'typ-missing',
      'iss-not-url',
      'sub-missing',
    ])
  })

  test('names every claim it explains, and waives only what there is', () => {
    for (const { signs, claims = {}, lacks = {}, waives = {} } of TOKEN_SHAPES) {
      expect(Object.keys(signs).length).toBeGreaterThan(0)
      for (const code of Object.keys(waives)) expect(Object.keys(CODES)).toContain(code)
      for (const name of Object.keys(lacks)) expect(Object.keys(claims)).not.toContain(name)
    }
  })
})

describe('several signatures', () => {
  test('are told apart', () => {
    expect(lint(GENERAL).map(({ message }) => message)).toEqual([
      'signature 2: 63 bytes, where ES256 has 64',
    ])
  })

  test('and recipients', () => {
    const token = JSON.stringify({
      protected: write({ enc: 'A128GCM' }),
      recipients: [
        { header: { alg: 'dir' }, encrypted_key: 'AAAA' },
        { header: {}, encrypted_key: 'AAAA' },
      ],
      iv: encode(fill(12)),
      ciphertext: 'AAAA',
      tag: encode(fill(16)),
    })
    expect(lint(token).map(({ message }) => message)).toEqual([
      'recipient 1: alg is "dir", and there is a key',
      'recipient 2: the header of recipient 2 has no alg',
    ])
  })
})

describe('a malformed token', () => {
  const FORM: readonly [token: string, malformed: boolean, padded: boolean, any: boolean][] = [
    [make(), false, false, false],
    [make({}, {}, `${SIGNATURE}==`), true, false, true],
    [make({}, {}, `${SIGNATURE.slice(0, -1)}h`), true, true, true],
    [make(`\ufeff${JSON.stringify(HEADER)}`), true, true, true],
    [make({}, `\ufeff${JSON.stringify(CLAIMS)}`), true, true, false],
    [make('{"alg":"RS256","alg":"RS256"}'), true, true, true],
    [make({}, {}, `${SIGNATURE.slice(0, 9)}\n${SIGNATURE.slice(9)}`), true, true, true],
    [make({ crit: ['x'], x: 1 }), true, true, true],
    [`${make()}.`, true, true, true],
    [make({}, 'hello'), true, true, false],
    // for the other verdicts
    [make({ alg: 'none' }, {}, ''), false, false, false],
    [make({}, {}, ''), false, false, false],
    [make({}, { exp: 'x' }), false, false, false],
    [make({}, { a: 'x'.repeat(9000) }), false, false, false],
    [make({ typ: undefined, kid: '../x' }), false, false, false],
  ]
  test.each(FORM)('%.60s…', (token, malformed, padded, any) => {
    const findings = lint(token)
    expect(isMalformed(findings, { padding: false })).toBe(malformed)
    expect(isMalformed(findings, { padding: true })).toBe(padded)
    expect(isMalformed(findings, { padding: false, payload: true })).toBe(any)
  })
})

describe('whatever it is', () => {
  const json = fc.jsonValue({ maxDepth: 3 })
  const names = fc.constantFrom(
    ...['alg', 'typ', 'kid', 'crit', 'b64', 'jwk', 'jku', 'x5c', 'x5t#S256', 'epk', 'p2c', 'enc'],
    ...['zip', 'cty', 'nonce', 'signer', 'iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'cnf'],
    ...['_sd', '_sd_alg', '...', '__proto__', 'events', 'email'],
  )
  const object = fc.dictionary(names, json).map((one) => JSON.stringify(one))

  test('lint finds codes of the catalogue, on one line each', () => {
    fc.assert(
      fc.property(object, object, fc.uint8Array({ maxLength: 80 }), fc.nat(3), (h, p, s, shape) => {
        const text = [
          [write(h), write(p), encode(s)].join('.'),
          [write(h), encode(s), encode(s), write(p), encode(s)].join('.'),
          `${[write(h), write(p), encode(s)].join('.')}~${write(p)}~`,
          JSON.stringify({
            protected: write(h),
            header: JSON.parse(p),
            payload: '',
            signature: '',
          }),
        ][shape]
        const token = readToken(text ?? '')
        if (token === undefined || token.kind === 'opaque') return
        for (const { code, message } of lintToken(token, NOW, { hash: (bytes) => sha256(bytes) })) {
          expect(Object.keys(CODES)).toContain(code)
          expect(message).not.toMatch(/[\n\u0000-\u001f\u202e]/)
          expect(message.length).toBeLessThan(600)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test.each<[string, () => string]>([
    [
      'many claims',
      () => make({}, `{${Array.from({ length: 200_000 }, (_, i) => `"c${i}":${i}`)}}`),
    ],
    [
      'many disclosures',
      () =>
        disclose(
          {},
          Array.from({ length: 100_000 }, (_, i) => write([`${i}`, 'a', i])),
        ),
    ],
    [
      'many signatures',
      () => {
        const one = { protected: write(HEADER), signature: SIGNATURE }
        return JSON.stringify({ payload: write(CLAIMS), signatures: new Array(10_000).fill(one) })
      },
    ],
    ['a long name', () => make({}, { [`${'a_'.repeat(1_000_000)}`]: 'x' })],
    ['a long text', () => make({}, { a: `${'-----BEGIN '.repeat(200_000)}` })],
    ['a long crit', () => make({ crit: Array.from({ length: 50_000 }, (_, i) => `x${i}`) })],
    ['a long kid', () => make({ kid: 'A'.repeat(2_000_000) })],
    ['a long audience', () => make({}, { aud: `https://${'/token'.repeat(200_000)}x` })],
  ])('%s take no time', (_, build) => {
    const text = build()
    const token = readToken(text)
    if (token === undefined || token.kind === 'opaque') throw new Error('no token')
    const start = performance.now()
    lintToken(token, NOW, { hash: (bytes) => sha256(bytes) })
    expect(performance.now() - start).toBeLessThan(3000)
  })
})
