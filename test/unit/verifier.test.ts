// Who made this signature: every algorithm, every reason why a key is not asked, and the ways in which
// a token tries to choose its own judge.

import {
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { combineSignatures, type SignatureVerdict } from '../../src/core/jwt/claim/verdict.ts'
import { readToken } from '../../src/core/jwt/reading/reader.ts'
import type { SignedToken } from '../../src/core/jwt/token.ts'
import type { KeySet } from '../../src/io/key/verify/key-choice.ts'
import {
  openVerificationKeys,
  type VerificationKey,
} from '../../src/io/key/verify/verification-key.ts'
import { type Question, verifySignatures } from '../../src/io/key/verify/verifier.ts'
import { encode, signInput, signJws } from '../support/jws.ts'
import { makeEcKey, makeEd25519Key, makeRsaKey } from '../support/keys.ts'
import { runMain } from '../support/world.ts'

const rsa = makeRsaKey()
const other = makeRsaKey()
const p256 = makeEcKey()
const ed25519 = makeEd25519Key()
const SECRET = 'a-secret-of-thirty-two-bytes-or-more-for-every-hash-there-is-in-use'
const CLAIMS = { sub: 'x' }

function open(text: string, origin = 'keys'): KeySet {
  return { ...openVerificationKeys({ text, origin }), origin, raw: Buffer.from(text) }
}

function useSecret(text: string | Uint8Array): KeySet {
  const raw = Buffer.from(text)
  const key = createSecretKey(raw)
  const one: VerificationKey = {
    key,
    id: undefined,
    origin: '$SECRET',
    jwk: undefined,
    wasPrivate: false,
  }
  return { keys: [one], refused: [], origin: '$SECRET', raw }
}

const spki = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString()
const jwkOf = (key: KeyObject, more: object = {}): object => ({
  ...key.export({ format: 'jwk' }),
  ...more,
})
const setOf = (...keys: object[]): KeySet => open(JSON.stringify({ keys }))

function read(text: string): SignedToken {
  const token = readToken(text)
  if (token === undefined || !('signatures' in token)) throw new Error('it is no signed token')
  return token
}

function verify(text: string, keys: KeySet, question: Partial<Question> = {}): SignatureVerdict {
  const whole = {
    algorithms: undefined,
    kid: undefined,
    allowPadding: false,
    payload: undefined,
    ...question,
  }
  return combineSignatures(verifySignatures(read(text), keys, whole))
}

const told = ({ status, reason, notes }: SignatureVerdict): string =>
  [status, reason, ...notes].join(' | ')

/** Another character in the middle of a part. */
function spoil(token: string, part: number): string {
  const parts = token.split('.')
  const text = parts[part] ?? ''
  const at = Math.floor(text.length / 2)
  parts[part] = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
  return parts.join('.')
}

const curve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve })
const pss = generateKeyPairSync('rsa-pss', {
  modulusLength: 2048,
  hashAlgorithm: 'sha256',
  mgf1HashAlgorithm: 'sha256',
})
const KEYS: readonly (readonly [string, KeyObject, KeyObject])[] = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'].map(
    (alg) => [alg, rsa.privateKey, rsa.publicKey] as const,
  ),
  ...(
    [
      ['ES256', curve('P-256')],
      ['ES384', curve('P-384')],
      ['ES512', curve('P-521')],
      ['ES256K', curve('secp256k1')],
      ['EdDSA', ed25519],
      ['Ed25519', ed25519],
      ['EdDSA', generateKeyPairSync('ed448')],
      ['Ed448', generateKeyPairSync('ed448')],
      ['PS256', pss],
    ] as const
  ).map(([alg, pair]) => [alg, pair.privateKey, pair.publicKey] as const),
]

describe('every algorithm', () => {
  it.each(KEYS.map(([alg, ...pair]) => [alg, pair[1].asymmetricKeyType, ...pair] as const))(
    '%s with %s: valid as it is, and not with a byte changed',
    (alg, _type, privateKey, publicKey) => {
      const token = signJws({ alg }, CLAIMS, privateKey)
      const keys = open(spki(publicKey))
      expect(verify(token, keys)).toMatchObject({ status: 'valid', alg, reason: undefined })
      for (const part of [1, 2]) expect(verify(spoil(token, part), keys).status).toBe('invalid')
    },
  )

  it.each(['HS256', 'HS384', 'HS512'])('%s', (alg) => {
    const token = signJws({ alg }, CLAIMS, SECRET)
    expect(verify(token, useSecret(SECRET)).status).toBe('valid')
    expect(verify(token, useSecret(`${SECRET}!`)).status).toBe('invalid')
    expect(verify(spoil(token, 2), useSecret(SECRET)).status).toBe('invalid')
    const jwk = { kty: 'oct', k: encode(SECRET) }
    expect(verify(token, open(JSON.stringify(jwk))).status).toBe('valid')
  })

  it.each(['none', 'None', 'NONE', 'nOnE'])('%s is no signature', (alg) => {
    for (const end of ['', encode('x')]) {
      const token = `${encode({ alg })}.${encode(CLAIMS)}.${end}`
      expect(told(verify(token, open(rsa.publicPem)))).toContain('invalid | it is not signed')
    }
  })

  it('an empty signature is none, whatever the algorithm', () => {
    const token = `${encode({ alg: 'HS256' })}.${encode(CLAIMS)}.`
    expect(told(verify(token, useSecret(SECRET)))).toContain('invalid | it is not signed')
  })

  it.each<[unknown, string, string]>([
    ['hs256', 'unchecked', 'HS256'],
    ['HS256 ', 'unchecked', 'cannot be checked here'],
    ['ML-DSA-44', 'unchecked', 'ML-DSA-44 cannot be checked here'],
    ['', 'unchecked', 'cannot be checked here'],
    [undefined, 'unchecked', 'names no algorithm'],
    [256, 'unchecked', 'names no algorithm'],
  ])('alg %j', (alg, status, words) => {
    const token = signJws({ alg, typ: 'JWT' }, CLAIMS, SECRET, 'HS256')
    expect(verify(token, useSecret(SECRET)).status).toBe(status)
    expect(told(verify(token, useSecret(SECRET)))).toContain(words)
  })
})

describe('the algorithm is the key’s, not the token’s', () => {
  it.each<[string, string | Buffer]>([
    ['PEM', rsa.publicPem],
    ['PEM without its last newline', rsa.publicPem.trim()],
    ['DER', rsa.publicKey.export({ type: 'spki', format: 'der' })],
  ])('HS256 with the public key as the secret (%s) is named', (_name, secret) => {
    const token = signJws({ alg: 'HS256' }, CLAIMS, secret)
    for (const keys of [open(rsa.publicPem), setOf(jwkOf(rsa.publicKey))]) {
      const verdict = verify(token, keys)
      expect(verdict.status).toBe('invalid')
      expect(told(verdict)).toContain('algorithm-confusion attack')
      expect(told(verdict)).toContain('it was made so')
    }
  })

  it('HS256 with another secret is not said to be made so', () => {
    const verdict = verify(signJws({ alg: 'HS256' }, CLAIMS, SECRET), open(rsa.publicPem))
    expect(told(verdict)).toContain('algorithm-confusion attack')
    expect(told(verdict)).not.toContain('it was made so')
  })

  it.each<[string, KeyObject, string]>([
    ['RS256', p256.publicKey, 'a P-256 key goes with ES256, not with RS256'],
    ['ES256', rsa.publicKey, 'a 2048-bit RSA key goes with RS256'],
    ['ES384', p256.publicKey, 'not with ES384'],
    ['ES256', ed25519.publicKey, 'goes with EdDSA, Ed25519'],
    ['EdDSA', p256.publicKey, 'not with EdDSA'],
    ['Ed448', ed25519.publicKey, 'not with Ed448'],
    ['RS256', pss.publicKey, 'goes with PS256, not with RS256'],
    ['RS256', generateKeyPairSync('x25519').publicKey, 'verifies no JWS'],
  ])('%s and a key of another kind', (alg, key, words) => {
    const token = signJws({ alg }, CLAIMS, rsa.privateKey, 'RS256')
    const verdict = verify(token, open(spki(key)))
    expect(verdict.status).toBe('unchecked')
    expect(told(verdict)).toContain(words)
  })

  it('--alg narrows', () => {
    const token = signJws({ alg: 'RS256' }, CLAIMS, rsa.privateKey)
    expect(verify(token, open(rsa.publicPem), { algorithms: ['PS256', 'RS256'] }).status).toBe(
      'valid',
    )
    const verdict = verify(token, open(rsa.publicPem), { algorithms: ['PS256', 'ES256'] })
    expect(told(verdict)).toBe('unchecked | its algorithm is RS256, not PS256 or ES256')
  })
})

describe('which key', () => {
  const token = (kid?: unknown, key = rsa.privateKey) =>
    signJws({ alg: 'RS256', ...(kid !== undefined && { kid }) }, CLAIMS, key)
  const right = jwkOf(rsa.publicKey, { kid: 'right' })
  const wrong = jwkOf(other.publicKey, { kid: 'wrong' })
  const nameless = jwkOf(rsa.publicKey)

  it.each<[string, string, KeySet, Partial<Question>, string]>([
    ['the kid picks', token('right'), setOf(wrong, right), {}, 'valid'],
    ['the kid of another key', token('wrong'), setOf(wrong, right), {}, 'invalid'],
    ['no kid: all are tried', token(), setOf(wrong, right), {}, 'valid'],
    ['an empty kid is one', token(''), setOf(wrong, right), {}, 'unchecked'],
    ['no such kid', token('lost'), setOf(wrong, right), {}, 'unchecked'],
    ['no such kid, and a key without one', token('lost'), setOf(wrong, nameless), {}, 'valid'],
    [
      'the kid, though another without one would do',
      token('wrong'),
      setOf(wrong, nameless),
      {},
      'invalid',
    ],
    ['kid twice in the set', token('right'), setOf({ ...wrong, kid: 'right' }, right), {}, 'valid'],
    ['--kid', token('lost'), setOf(wrong, right), { kid: 'right' }, 'valid'],
    ['--kid for another', token('right'), setOf(wrong, right), { kid: 'wrong' }, 'invalid'],
    ['a PEM has no kid', token('lost'), open(rsa.publicPem), {}, 'valid'],
    ['a private key', token(), open(rsa.pem), {}, 'valid'],
    ['an empty set', token(), setOf(), {}, 'unchecked'],
    ['a kid like a path', token('../../dev/null'), setOf(right), {}, 'unchecked'],
    ['a kid in capitals', token('RIGHT'), setOf(right), {}, 'unchecked'],
    [
      'none that made it',
      token(undefined, makeRsaKey().privateKey),
      setOf(wrong, right),
      {},
      'invalid',
    ],
  ])('%s', (_name, text, keys, question, status) => {
    expect(verify(text, keys, question).status).toBe(status)
  })

  it('names the kid, and those there are', () => {
    const verdict = verify(token('lost'), setOf(wrong, right))
    expect(verdict.reason).toBe('its kid is lost, and keys has wrong, right')
    const many = setOf(...Array.from({ length: 30 }, (_, at) => ({ ...right, kid: `k${at}` })))
    expect(verify(token('lost'), many).reason).toContain('k7 and 22 more')
  })

  it('offers the only key there is, whatever its kid', () => {
    expect(told(verify(token('lost'), setOf(right)))).toContain('--kid right asks that one')
    expect(verify(token('lost'), setOf(right), { kid: 'right' }).status).toBe('valid')
    expect(told(verify(token('lost'), setOf(wrong, right)))).not.toContain('--kid')
    expect(told(verify(token('right'), setOf(right), { kid: 'no' }))).toContain('--kid is no, and')
  })

  it('says that a private key was more than enough', () => {
    expect(told(verify(token(), open(rsa.pem)))).toContain('private half')
  })

  it.each<[string, object, string]>([
    ['use: enc', { use: 'enc' }, 'its use is enc, not sig'],
    ['use: a list', { use: ['sig'] }, 'its use is something else'],
    ['key_ops without verify', { key_ops: ['encrypt'] }, 'key_ops do not hold verify'],
    ['key_ops that is a text', { key_ops: 'verify' }, 'key_ops do not hold verify'],
    ['another alg', { alg: 'PS256' }, 'its alg is PS256'],
    ['an alg for encryption', { alg: 'RSA-OAEP' }, 'its alg is RSA-OAEP'],
  ])('a JWK with %s is not asked', (_name, members, words) => {
    const verdict = verify(token(), setOf(jwkOf(rsa.publicKey, members)))
    expect(verdict.status).toBe('unchecked')
    expect(told(verdict)).toContain(words)
  })

  it.each<[string, object]>([
    ['use: sig', { use: 'sig' }],
    ['verify among its key_ops', { key_ops: ['verify', 'sign'] }],
    ['the same alg', { alg: 'RS256' }],
  ])('a JWK with %s is', (_name, members) => {
    expect(verify(token(), setOf(jwkOf(rsa.publicKey, members))).status).toBe('valid')
  })

  it('EdDSA and Ed25519 are one', () => {
    const jws = (alg: string) => signJws({ alg }, CLAIMS, ed25519.privateKey)
    for (const [alg, said] of [
      ['EdDSA', 'Ed25519'],
      ['Ed25519', 'EdDSA'],
    ] as const) {
      expect(verify(jws(alg), setOf(jwkOf(ed25519.publicKey, { alg: said }))).status).toBe('valid')
    }
    expect(verify(jws('EdDSA'), setOf(jwkOf(ed25519.publicKey, { alg: 'Ed448' }))).status).toBe(
      'unchecked',
    )
  })

  it('what cannot be opened beside the right one is no matter', () => {
    const keys = setOf({ kty: 'AKP', alg: 'ML-DSA-44', pub: 'x' }, { kty: 'RSA' }, right)
    expect(verify(token(), keys).status).toBe('valid')
    expect(told(verify(token('lost'), keys))).toContain('cannot be opened')
  })

  it('a thousand keys take no time', () => {
    const one = jwkOf(p256.publicKey)
    const keys = setOf(...Array.from({ length: 1000 }, (_, at) => ({ ...one, kid: `k${at}` })))
    const jws = signJws({ alg: 'ES256' }, CLAIMS, makeEcKey().privateKey)
    expect(told(verify(jws, keys))).toContain('none of the 1000 keys that fit')
  })
})

describe('keys that prove nothing', () => {
  const small = makeRsaKey(1024)
  it('RSA of 1024 bits', () => {
    const verdict = verify(
      signJws({ alg: 'RS256' }, CLAIMS, small.privateKey),
      open(small.publicPem),
    )
    expect(verdict.status).toBe('unchecked')
    expect(told(verdict)).toContain('it has 1024 bits')
    expect(told(verdict)).toContain('it matches, which proves nothing')
  })

  it('RSA with the exponent 1: the signature is the padded hash itself', () => {
    const { n } = rsa.publicKey.export({ format: 'jwk' })
    const key = createPublicKey({ key: { kty: 'RSA', n: `${n}`, e: 'AQ' }, format: 'jwk' })
    const token = signJws({ alg: 'RS256' }, CLAIMS, rsa.privateKey)
    for (const keys of [open(spki(key)), setOf({ kty: 'RSA', n, e: 'AQ' })]) {
      const verdict = verify(token, keys)
      expect(verdict.status).toBe('unchecked')
      expect(told(verdict)).toContain('exponent is 1')
    }
  })

  it.each<[string, number, string]>([
    ['HS256', 31, 'unchecked'],
    ['HS256', 32, 'valid'],
    ['HS384', 47, 'unchecked'],
    ['HS384', 48, 'valid'],
    ['HS512', 63, 'unchecked'],
    ['HS512', 64, 'valid'],
    ['HS256', 1, 'unchecked'],
  ])('%s with %d bytes: %s', (alg, size, status) => {
    const secret = SECRET.slice(0, size)
    const verdict = verify(signJws({ alg }, CLAIMS, secret), useSecret(secret))
    expect(verdict.status).toBe(status)
    if (status === 'unchecked') expect(told(verdict)).toContain(`it has ${size} of the`)
  })

  it('a secret that anyone knows', () => {
    for (const known of ['your-256-bit-secret-your-256-bit-secret', 'secret']) {
      const verdict = verify(signJws({ alg: 'HS256' }, CLAIMS, known), useSecret(known))
      expect(verdict.status).toBe('unchecked')
      expect(told(verdict)).toContain('anyone knows this secret | it matches, which proves nothing')
    }
  })

  it.each<[string, string, string]>([
    ['one character', 'a'.repeat(32), 'one character over and over'],
    ['of many of them', 'a'.repeat(1000), 'one character over and over'],
    ['five characters', 'abcde'.repeat(9), 'made of 5 different characters'],
    ['a word over and over', 'correct horse '.repeat(5), 'its first 14 bytes over and over'],
    ['a word, broken off', 'correct horse'.repeat(5).slice(0, 60), 'its first 13 bytes'],
  ])('a secret of %s', (_name, secret, words) => {
    const verdict = verify(signJws({ alg: 'HS256' }, CLAIMS, secret), useSecret(secret))
    expect(verdict.status).toBe('unchecked')
    expect(told(verdict)).toContain(words)
    expect(told(verdict)).toContain('it matches, which proves nothing')
  })

  it.each<[string, string]>([
    ['hex', '0a1b2c3d4e5f60718293a4b5c6d7e8f9'],
    ['digits', '31415926535897932384626433832795'],
    ['long enough, twice', SECRET.slice(0, 40).repeat(2)],
    [
      'the same at both its ends',
      `${SECRET.slice(0, 9)}0123456789-0123456789${SECRET.slice(0, 9)}`,
    ],
  ])('a secret of %s will do', (_name, secret) => {
    const verdict = verify(signJws({ alg: 'HS256' }, CLAIMS, secret), useSecret(secret))
    expect(verdict.status).toBe('valid')
  })

  it('a secret as long as a file takes no time', () => {
    const secret = `${'ab'.repeat(120_000)}cdefghijkl`
    const verdict = verify(signJws({ alg: 'HS256' }, CLAIMS, secret), useSecret(secret))
    expect(verdict.status).toBe('valid')
  })
})

describe('a key in the place of a secret', () => {
  it.each<[string, string | Buffer]>([
    ['PEM', rsa.publicPem],
    ['DER', rsa.publicKey.export({ type: 'spki', format: 'der' })],
    ['a private key', rsa.pem],
    ['a JWK', JSON.stringify(jwkOf(rsa.publicKey))],
  ])('a JWK of kty oct that holds %s is refused', (_name, text) => {
    const jwk = { kty: 'oct', k: encode(text) }
    expect(() => open(JSON.stringify(jwk))).toThrow(/the k of keys is .*, not a shared secret/)
    const beside = setOf(jwk, { kty: 'oct', k: encode(SECRET) })
    expect(beside.keys).toHaveLength(1)
    expect(verify(signJws({ alg: 'HS256' }, CLAIMS, text), beside).status).toBe('invalid')
  })
})

describe('other readings of a secret', () => {
  const bytes = Buffer.from(SECRET)
  it.each<[string, string | Buffer, string, string]>([
    ['base64', bytes, bytes.toString('base64'), '--secret-encoding base64'],
    [
      'base64url',
      Buffer.from(`${SECRET}\xff\xfe\xfd??>>`, 'latin1'),
      Buffer.from(`${SECRET}\xff\xfe\xfd??>>`, 'latin1').toString('base64url'),
      '--secret-encoding base64url',
    ],
    ['hex', bytes, bytes.toString('hex'), '--secret-encoding hex'],
    ['with a newline', `${SECRET}\n`, SECRET, 'with a newline at its end'],
    ['without white space', SECRET, ` ${SECRET} `, 'without the white space'],
  ])('%s', (_name, made, given, words) => {
    const verdict = verify(signJws({ alg: 'HS256' }, CLAIMS, made), useSecret(given))
    expect(verdict.status).toBe('invalid')
    expect(told(verdict)).toContain(words)
  })

  it('of a JWK, the text of its k', () => {
    const k = encode(SECRET)
    const verdict = verify(
      signJws({ alg: 'HS256' }, CLAIMS, k),
      open(JSON.stringify({ kty: 'oct', k })),
    )
    expect(told(verdict)).toContain('read as text it would match')
  })

  it('none of them is said where none matches', () => {
    const verdict = verify(signJws({ alg: 'HS256' }, CLAIMS, 'x'.repeat(40)), useSecret(SECRET))
    expect(verdict).toMatchObject({ status: 'invalid', notes: [] })
  })
})

describe('the text of the token', () => {
  const good = signJws({ alg: 'ES256' }, CLAIMS, p256.privateKey)
  const keys = open(p256.publicPem)
  const [head = '', body = '', tail = ''] = good.split('.')

  /** The last character with other bits that belong to no byte. */
  const loosen = (text: string): string => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    return text.slice(0, -1) + letters[(letters.indexOf(text.at(-1) ?? '') ^ 1) & 63]
  }

  it.each<[string, string, string]>([
    ['as it is', good, 'valid'],
    ['loose bits in the signature', `${head}.${body}.${loosen(tail)}`, 'unchecked'],
    [
      'a signature that is no base64url',
      `${head}.${body}.${tail.slice(0, 9)}?${tail.slice(10)}`,
      'invalid',
    ],
    ['a signature one byte short', `${head}.${body}.${tail.slice(0, -2)}`, 'invalid'],
    ['padding', `${head}.${body}.${tail}==`, 'unchecked'],
    [
      'a line break in the signature, for which the form is blamed',
      `${head}.${body}.${tail.slice(0, 9)}\n${tail.slice(9)}`,
      'valid',
    ],
    [
      'DER instead of r and s',
      `${head}.${body}.${encode(sign('sha256', Buffer.from(`${head}.${body}`), p256.privateKey))}`,
      'invalid',
    ],
    ['r and s of zero', `${head}.${body}.${encode(Buffer.alloc(64))}`, 'invalid'],
    [
      'another header with the same meaning',
      `${encode('{ "alg":"ES256"}')}.${body}.${tail}`,
      'invalid',
    ],
  ])('%s', (_name, text, status) => {
    expect(verify(text, keys).status).toBe(status)
  })

  it('DER is named', () => {
    const der = sign('sha256', Buffer.from(`${head}.${body}`), p256.privateKey)
    expect(told(verify(`${head}.${body}.${encode(der)}`, keys))).toContain('DER')
  })

  it('what is padded is checked as it was sent, where that is allowed', () => {
    const pad = (text: string): string => text + '='.repeat((4 - (text.length % 4)) % 4)
    const input = `${pad(head)}.${pad(encode({ sub: 'xyz' }))}`
    const token = `${input}.${pad(encode(signInput('ES256', input, p256.privateKey)))}`
    expect(verify(token, keys)).toMatchObject({ status: 'unchecked' })
    expect(told(verify(token, keys))).toContain('--allow-padding')
    expect(verify(token, keys, { allowPadding: true }).status).toBe('valid')
    expect(verify(token.replaceAll('=', ''), keys, { allowPadding: true }).status).toBe('invalid')
  })

  it.each<[string, (part: string) => string]>([
    ['one = more', (part) => `${part}=`],
    ['one = less', (part) => part.replace(/=$/, '')],
    ['four =', (part) => `${part.replaceAll('=', '')}====`],
    ['nothing but =', () => '===='],
  ])('the wrong padding is never allowed: %s', (_name, change) => {
    const pad = (text: string): string => text + '='.repeat((4 - (text.length % 4)) % 4)
    const claims = pad(encode({ sub: 'xyz' }))
    const made = (header: string, payload: string): string => {
      const input = `${header}.${payload}`
      return `${input}.${pad(encode(signInput('ES256', input, p256.privateKey)))}`
    }
    expect(verify(made(head, claims), keys, { allowPadding: true }).status).toBe('valid')
    const [one = '', two = '', three = ''] = made(head, claims).split('.')
    expect(verify(`${one}.${two}.${change(three)}`, keys, { allowPadding: true }).status).not.toBe(
      'valid',
    )
    const signed = verify(made(head, change(claims)), keys, { allowPadding: true })
    expect(signed.status).toBe('unchecked')
  })

  it.each<[string, string, string]>([
    ['alg twice', '{"alg":"none","alg":"ES256"}', 'unchecked'],
    ['alg twice, escaped', '{"alg":"ES256","\\u0061lg":"ES256"}', 'unchecked'],
    ['kid twice', '{"alg":"ES256","kid":"a","kid":"b"}', 'unchecked'],
    ['crit of something unknown', '{"alg":"ES256","crit":["exp"],"exp":1}', 'unchecked'],
    ['crit empty', '{"alg":"ES256","crit":[]}', 'unchecked'],
    ['crit that is a text', '{"alg":"ES256","crit":"b64","b64":true}', 'unchecked'],
    ['crit of a number', '{"alg":"ES256","crit":[5]}', 'unchecked'],
    ['crit of what is not there', '{"alg":"ES256","crit":["b64"]}', 'unchecked'],
    ['b64 false without crit', '{"alg":"ES256","b64":false}', 'unchecked'],
    ['crit of b64 that is true', '{"alg":"ES256","crit":["b64"],"b64":true}', 'valid'],
    ['no JSON', '{"alg":"ES256"', 'unchecked'],
    ['a list', '["ES256"]', 'unchecked'],
  ])('a header with %s: %s', (_name, header, status) => {
    const token = signJws(header, CLAIMS, p256.privateKey, 'ES256')
    expect(verify(token, keys).status).toBe(status)
  })
})

describe('anything at all', () => {
  const good = signJws(
    { alg: 'ES256', typ: 'JWT' },
    { ...CLAIMS, aud: ['a'], exp: 2e9 },
    p256.privateKey,
  )
  const pieces = [
    '.',
    '=',
    '~',
    '"',
    '{',
    '\\',
    '\u0000',
    '\n',
    'é',
    'eyJ',
    'AAAA',
    '..',
    'none',
    '-',
    '_',
    '+',
  ]

  it('never crashes, and says valid of the token alone', async () => {
    const files = { 'ec.pem': p256.publicPem }
    let seed = 7
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
      return Math.floor((seed / 2 ** 31) * below)
    }
    const args = ['verify', '--json', '--key', 'ec.pem', '--any-issuer', '--any-audience']
    const first = await runMain(args, { files, stdin: good })
    expect(first.exit).toBe(0)
    const exits = new Set<number>()
    for (let round = 0; round < 400; round++) {
      const at = random(good.length)
      const piece = pieces[random(pieces.length)] ?? ''
      const stdin = good.slice(0, at) + piece + good.slice(at + random(3))
      const { exit, stdout, stderr } = await runMain(args, { files, stdin })
      expect(stderr, stdin).not.toContain('a bug')
      // what was mended before it was verified is said
      if (exit === 0 && stdin !== good) {
        expect(JSON.parse(stdout).repairs?.length, stdin).toBeGreaterThan(0)
      }
      exits.add(exit)
    }
    expect([...exits].every((exit) => [0, 2, 7].includes(exit))).toBe(true)
    expect(exits).toContain(7)
  })
})

describe('detached, unencoded, general', () => {
  const keys = open(p256.publicPem)
  const payload = Buffer.from('the payload. with a dot, and ü')

  it('a payload that was sent apart', () => {
    const [head = '', , tail = ''] = signJws({ alg: 'ES256' }, payload, p256.privateKey).split('.')
    const token = `${head}..${tail}`
    expect(verify(token, keys).status).toBe('unchecked')
    expect(verify(token, keys, { payload }).status).toBe('valid')
    expect(verify(token, keys, { payload: Buffer.from('another') }).status).toBe('invalid')
  })

  it('a payload that was signed as it is (RFC 7797)', () => {
    const head = encode({ alg: 'ES256', b64: false, crit: ['b64'] })
    const input = Buffer.concat([Buffer.from(`${head}.`), payload])
    const token = `${head}..${encode(signInput('ES256', input, p256.privateKey))}`
    expect(verify(token, keys, { payload }).status).toBe('valid')
    expect(verify(token, keys, { payload: Buffer.from('another') }).status).toBe('invalid')
  })

  const general = (...pairs: (readonly [object, KeyObject, object?])[]): string =>
    JSON.stringify({
      payload: encode(CLAIMS),
      signatures: pairs.map(([header, key, unprotected]) => {
        const input = `${encode(header)}.${encode(CLAIMS)}`
        const alg = (header as { alg?: string }).alg ?? (unprotected as { alg: string }).alg
        return {
          protected: encode(header),
          ...(unprotected && { header: unprotected }),
          signature: encode(signInput(alg, input, key)),
        }
      }),
    })

  it('of several signatures one is enough, and it says which', () => {
    const token = general([{ alg: 'RS256' }, other.privateKey], [{ alg: 'ES256' }, p256.privateKey])
    const verdict = verify(token, keys)
    expect(verdict).toMatchObject({ status: 'valid', alg: 'ES256' })
    expect(told(verdict)).toContain('1 of its 2 signatures is valid; this is signature 2')
    expect(verify(token, open(rsa.publicPem)).status).toBe('invalid')
    expect(verify(token, open(ed25519.publicPem)).status).toBe('unchecked')
  })

  it('more signatures than anyone means are not tried', () => {
    const many = general(
      ...Array.from({ length: 101 }, () => [{ alg: 'ES256' }, p256.privateKey] as const),
    )
    expect(told(verify(many, keys))).toContain('unchecked | it has 101 signatures')
  })

  it('an alg that is not protected counts, one that stands twice does not', () => {
    expect(verify(general([{ typ: 'x' }, p256.privateKey, { alg: 'ES256' }]), keys).status).toBe(
      'valid',
    )
    const twice = general([{ alg: 'ES256' }, p256.privateKey, { alg: 'ES256' }])
    expect(verify(twice, keys).status).toBe('unchecked')
    const crit = general([{ alg: 'ES256' }, p256.privateKey, { crit: ['b64'], b64: false }])
    expect(verify(crit, keys).status).toBe('unchecked')
  })
})
