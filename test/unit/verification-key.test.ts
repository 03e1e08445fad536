import { execFileSync } from 'node:child_process'
import { createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KeyRing, openVerificationKeys } from '../../src/io/key/verify/verification-key.ts'
import { LOCKED_PPK, PPK } from '../support/foreign-keys.ts'
import { refusal } from '../support/tools.ts'

let folder = ''
const read = (name: string): Buffer => readFileSync(join(folder, name))
const SCRIPT = `
exec 2>/dev/null
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem
openssl pkey -in rsa.pem -pubout -out rsa.pub
openssl pkey -in rsa.pem -pubout -outform DER -out rsa.pub.der
openssl rsa -in rsa.pem -RSAPublicKey_out -out rsa.pkcs1.pub
openssl pkcs8 -topk8 -in rsa.pem -passout pass:open -out rsa.aes.pem
openssl req -x509 -key rsa.pem -days 9 -subj /CN=leaf -out cert.pem
openssl x509 -in cert.pem -outform DER -out cert.der
openssl x509 -in cert.pem -trustout -addtrust serverAuth -out cert.trusted.pem
openssl req -new -key rsa.pem -subj /CN=leaf -out csr.pem
openssl crl2pkcs7 -nocrl -certfile cert.pem -out cert.p7b
openssl crl2pkcs7 -nocrl -certfile cert.pem -outform DER -out cert.p7b.der
openssl pkcs12 -export -inkey rsa.pem -in cert.pem -passout pass:open -out key.p12
openssl pkcs12 -export -nokeys -in cert.pem -passout pass:open -out certs.p12
openssl pkcs12 -export -nokeys -in cert.pem -passout pass:open -certpbe NONE -nomac -out open.p12
cat rsa.pem cert.pem > both.pem
for curve in secp256k1 brainpoolP256r1 P-224; do
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:$curve -out $curve.pem
done
for kind in ed25519 ed448 x25519; do openssl genpkey -algorithm $kind -out $kind.pem; done
openssl req -x509 -key ed25519.pem -days 9 -subj /CN=issuer -out issuer.pem
cat cert.pem issuer.pem > chain.pem
cp rsa.pem ssh.pem; chmod 600 ssh.pem; ssh-keygen -y -f ssh.pem > ssh.pub
ssh-keygen -q -t ed25519 -N secret -C c -f locked
`
let rsa: KeyObject

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tokentool-ring-'))
  execFileSync('sh', ['-ec', SCRIPT], { cwd: folder, stdio: 'pipe' })
  rsa = createPublicKey(read('rsa.pem'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const open = (text: string | Uint8Array, passphrase?: string): KeyRing =>
  openVerificationKeys({
    text,
    origin: 'given',
    ...(passphrase !== undefined && { passphrase }),
  })

describe('one RSA key, in whatever holds it', () => {
  it.each([
    ['rsa.pem', true],
    ['rsa.pub', false],
    ['rsa.pub.der', false],
    ['rsa.pkcs1.pub', false],
    ['rsa.aes.pem', true, 'open'],
    ['cert.pem', false],
    ['cert.der', false],
    ['cert.trusted.pem', false],
    ['csr.pem', false],
    ['cert.p7b', false],
    ['cert.p7b.der', false],
    ['key.p12', true, 'open'],
    ['certs.p12', false, 'open'],
    ['open.p12', false],
    ['both.pem', true],
    ['ssh.pub', false],
  ] as const)('%s', (name, wasPrivate, passphrase?: string) => {
    const { keys, refused } = open(read(name), passphrase)
    expect(refused).toEqual([])
    expect(keys.map((one) => [one.key.type, one.wasPrivate])).toEqual([['public', wasPrivate]])
    expect(keys[0]?.key.equals(rsa)).toBe(true)
  })
})

describe('keys of every kind are opened, whatever they are good for', () => {
  it.each([
    ['secp256k1.pem', 'ec'],
    ['brainpoolP256r1.pem', 'ec'],
    ['P-224.pem', 'ec'],
    ['ed25519.pem', 'ed25519'],
    ['ed448.pem', 'ed448'],
    ['x25519.pem', 'x25519'],
    ['locked', 'ed25519'],
  ])('%s', (name, type) => {
    expect(open(read(name)).keys.map(({ key }) => key.asymmetricKeyType)).toEqual([type])
  })
  it('PuTTY, locked or not: the public half stands in the clear', () => {
    const types = [PPK, LOCKED_PPK].flatMap((text) =>
      open(text).keys.map(({ key, wasPrivate }) => [key.asymmetricKeyType, wasPrivate]),
    )
    expect(types).toEqual([
      ['ec', true],
      ['ed25519', true],
    ])
  })
})

describe('many at once', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = ec.publicKey.export({ format: 'jwk' })
  const whole = ec.privateKey.export({ format: 'jwk' })

  it('a bundle of certificates, in order', () => {
    const types = open(read('chain.pem')).keys.map(({ key }) => key.asymmetricKeyType)
    expect(types).toEqual(['rsa', 'ed25519'])
  })

  it('a set: each with its kid, and what cannot be opened beside them', () => {
    const { keys, refused } = open(
      JSON.stringify({
        keys: [
          { ...jwk, kid: 'a', use: 'enc' },
          { ...whole, kid: 'b' },
          { kty: 'oct', k: 'AQID', kid: 's' },
          { ...jwk, x: jwk.y, kid: 'off the curve' },
          { kty: 'AKP', alg: 'ML-DSA-1024', pub: 'AAAA', kid: 'pq' },
          {
            kty: 'RSA',
            kid: 'x',
            x5c: [new X509Certificate(read('cert.pem')).raw.toString('base64')],
          },
          { kty: 'RSA', kid: 'none' },
          'no key at all',
        ],
      }),
    )
    expect(
      keys.map(({ id, origin, key, wasPrivate }) => [id, origin, key.type, wasPrivate]),
    ).toEqual([
      ['a', 'given, kid a', 'public', false],
      ['b', 'given, kid b', 'public', true],
      ['s', 'given, kid s', 'secret', false],
      ['x', 'given, kid x', 'public', false],
    ])
    expect(keys[0]?.jwk?.use).toBe('enc')
    expect(keys[3]?.key.equals(rsa)).toBe(true)
    expect(refused.map(({ message }) => message)).toEqual([
      'given, kid off the curve is a JWK of kty EC that cannot be opened',
      'given, kid pq is a JWK of kty AKP (ML-DSA-1024) that cannot be opened',
      'given, kid none is a JWK of kty RSA that cannot be opened',
      'given, key 8 is no key: a key is a JSON object',
    ])
  })

  it('an empty set', () => expect(open('{"keys":[]}')).toEqual({ keys: [], refused: [] }))

  it('a map of kid to PEM', () => {
    const map = {
      one: read('cert.pem').toString(),
      two: read('rsa.pub').toString(),
      three: '-----BEGIN CERTIFICATE-----\nAAAA',
    }
    const { keys, refused } = open(JSON.stringify(map))
    expect(keys.map(({ id, origin }) => [id, origin])).toEqual([
      ['one', 'one of given'],
      ['two', 'two of given'],
    ])
    expect(refused.length).toBe(1)
  })
})

it.each([
  ['encrypted, without a passphrase', () => read('rsa.aes.pem'), 'key_encrypted'],
  ['PKCS#12 without a passphrase', () => read('key.p12'), 'key_encrypted'],
  ['a JWT', () => 'eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln', 'key_unusable'],
  ['words', () => 'the quick brown fox', 'key_unusable'],
  ['nothing', () => '', 'key_missing'],
  ['half a certificate', () => read('cert.pem').subarray(0, 300), 'key_unusable'],
  ['a JWK that is none', () => '{"kty":"EC","crv":"P-256"}', 'key_unusable'],
])('refused: %s', (_, text, code) => {
  expect(refusal(() => open(text())).code).toBe(code)
})
