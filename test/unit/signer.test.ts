// Signers that are no key of ours: what openssl answers, and what goes wrong with such scripts.

import { execFileSync } from 'node:child_process'
import { createPublicKey, verify } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadSignerKey } from '../../src/io/key/open/signer-key.ts'
import { createTools } from '../../src/io/tools.ts'
import {
  certify,
  makeEcKey,
  makeEd25519Key,
  makeRsaKey,
  type Pair,
  readJwt,
} from '../support/keys.ts'
import { refusal, refusalOf, tell } from '../support/tools.ts'
import { createWorld, type TestWorld } from '../support/world.ts'

const rsa = makeRsaKey()
const other = makeRsaKey()
const keys: Readonly<Record<string, Pair>> = {
  rsa,
  p256: makeEcKey(),
  p384: makeEcKey('P-384'),
  p521: makeEcKey('P-521'),
  ed: makeEd25519Key(),
}

/** As in the README: openssl in the place of a KMS. */
const OPENSSL = `#!/bin/sh
set -e
cat > asked.json
input=$(sed 's/.*"signing_input":"\\([^"]*\\)".*/\\1/' asked.json)
signature=$(printf %s "$input" | openssl dgst "$@" -binary | base64 -w0)
printf '{"signature":"%s"}\\n' "$signature"
`

/** \`sign(alg, key, text)\` in Node, as the body of the script wants it. */
const NODE = (body: string): string => `#!${process.execPath}
const { createPrivateKey, sign, createHash, constants } = require('node:crypto')
const { readFileSync } = require('node:fs')
const asked = readFileSync(0, 'utf8')
const { alg, kid, signing_input: input } = JSON.parse(asked)
const key = createPrivateKey(readFileSync('private.pem'))
const answer = (bytes, form = 'base64url') => console.log(JSON.stringify({ signature: bytes.toString(form) }))
${body}
`

function setUp(script: string, pair: Pair): TestWorld {
  const world = createWorld([], {
    files: { 'sign.sh': script, 'private.pem': pair.pem, 'public.pem': pair.publicPem },
    env: { PATH: process.env.PATH ?? '' },
  })
  chmodSync(join(world.cwd, 'sign.sh'), 0o700)
  return world
}

async function sign(
  world: TestWorld,
  alg: string,
  words: readonly string[] = ['./sign.sh'],
  header: object = {},
): Promise<string> {
  const tools = createTools(world, { watch: {}, warn: () => {} })
  const publicKey = join(world.cwd, 'public.pem')
  const key = tools.loadKey({
    signer: { words, folder: world.cwd, publicKey },
    origin: 'public_key public.pem',
  })
  return tools.sign({ alg, ...header }, { iss: 'me' }, key, { allowWeakKey: false })
}

function isSigned(jwt: string, pair: Pair, hash: string | null): boolean {
  const at = jwt.lastIndexOf('.')
  const options = { key: pair.publicKey, dsaEncoding: 'ieee-p1363' } as const
  const signature = Buffer.from(jwt.slice(at + 1), 'base64url')
  return verify(hash, Buffer.from(jwt.slice(0, at)), options, signature)
}

describe('what openssl signs', () => {
  test.each([
    ['RS256', 'rsa', 'sha256'],
    ['RS512', 'rsa', 'sha512'],
    ['ES256', 'p256', 'sha256'],
    ['ES384', 'p384', 'sha384'],
    ['ES512', 'p521', 'sha512'],
  ])('%s, the DER of ECDSA included', async (alg, name, hash) => {
    const pair = keys[name] ?? rsa
    // one number in 256 is shorter than the others
    for (let round = 0; round < (alg === 'RS256' ? 1 : 8); round++) {
      const world = setUp(OPENSSL, pair)
      const jwt = await sign(world, alg, ['./sign.sh', `-${hash}`, '-sign', 'private.pem'])
      expect(isSigned(jwt, pair, hash)).toBe(true)
      expect(readJwt(jwt)).toMatchObject({ header: { alg }, claims: { iss: 'me' } })
    }
  })

  test('a DER whose numbers are short, and one whose numbers have a sign byte', async () => {
    const seen = new Set<number>()
    const pair = keys.p256 ?? rsa
    const body = `let der
do { der = sign('sha256', Buffer.from(input), key) } while (der.length !== Number(process.argv[2]))
answer(der)`
    for (const size of [69, 70, 71, 72]) {
      const world = setUp(NODE(body), pair)
      const jwt = await sign(world, 'ES256', ['./sign.sh', `${size}`])
      expect(isSigned(jwt, pair, 'sha256')).toBe(true)
      seen.add(Buffer.from(jwt.slice(jwt.lastIndexOf('.') + 1), 'base64url').length)
    }
    expect([...seen]).toEqual([64])
  })
})

describe('what others sign', () => {
  const plain = 'sign(null, Buffer.from(input), key)'
  test.each([
    ['EdDSA', 'ed', `answer(${plain})`, null],
    ['EdDSA', 'ed', `answer(${plain}, 'base64')`, null],
    ['Ed25519', 'ed', `answer(${plain})`, null],
    [
      'ES256',
      'p256',
      "answer(sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }))",
      'sha256',
    ],
    ['RS256', 'rsa', "answer(sign('sha256', Buffer.from(input), key), 'base64')", 'sha256'],
  ])('%s', async (alg, name, body, hash) => {
    const pair = keys[name] ?? rsa
    expect(isSigned(await sign(setUp(NODE(body), pair), alg), pair, hash)).toBe(true)
  })

  test('PS256 with the salt of RFC 7518', async () => {
    const body = `answer(sign('sha256', Buffer.from(input), { key,
  padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }))`
    expect(readJwt(await sign(setUp(NODE(body), rsa), 'PS256')).header.alg).toBe('PS256')
  })
})

describe('what a signer is given', () => {
  test('one line of JSON, with its kid or null, and nothing of it in its arguments', async () => {
    const world = setUp(OPENSSL, rsa)
    const words = ['./sign.sh', '-sha256', '-sign', 'private.pem']
    const jwt = await sign(world, 'RS256', words, { kid: 'k 1' })
    const text = readFileSync(join(world.cwd, 'asked.json'), 'utf8')
    expect(text.endsWith('}\n')).toBe(true)
    const input = jwt.slice(0, jwt.lastIndexOf('.'))
    expect(JSON.parse(text)).toEqual({ alg: 'RS256', kid: 'k 1', signing_input: input })
    await sign(world, 'RS256', words)
    expect(JSON.parse(readFileSync(join(world.cwd, 'asked.json'), 'utf8')).kid).toBe(null)
  })

  test('what it repeats on stderr of what it was to sign is hidden', async () => {
    const error = await refusalOf(sign(setUp('#!/bin/sh\ncat >&2\nexit 1\n', rsa), 'RS256'))
    expect(error.details.said).toContain('"signing_input":"«hidden')
    expect(error.details.said).not.toContain(Buffer.from('{"iss":"me"}').toString('base64url'))
  })
})

describe('what a signer gets wrong', () => {
  const cases: readonly [name: string, alg: string, key: string, script: string, says: string][] = [
    ['fails', 'RS256', 'rsa', '#!/bin/sh\necho no such key >&2; exit 2', 'failed with 2'],
    ['says nothing', 'RS256', 'rsa', '#!/bin/sh\n', 'answered with nothing'],
    ['says no JSON', 'RS256', 'rsa', '#!/bin/sh\necho c2ln', 'answered with no JSON'],
    ['has no signature', 'RS256', 'rsa', '#!/bin/sh\necho "{}"', 'without a signature'],
    ['says null', 'RS256', 'rsa', '#!/bin/sh\necho null', 'without a signature'],
    ['no text', 'RS256', 'rsa', '#!/bin/sh\necho \'{"signature":1}\'', 'not base64url'],
    ['hex of it', 'RS256', 'rsa', '#!/bin/sh\necho \'{"signature":"0x:12"}\'', 'not base64url'],
    [
      'a line break behind the text',
      'RS256',
      'rsa',
      NODE("answer(sign('sha256', Buffer.from(input + '\\n'), key))"),
      'with a line break behind it',
    ],
    [
      'a line break, in DER',
      'ES256',
      'p256',
      NODE("answer(sign('sha256', Buffer.from(input + '\\n'), key))"),
      'with a line break behind it',
    ],
    [
      'all of it',
      'RS256',
      'rsa',
      NODE("answer(sign('sha256', Buffer.from(asked), key))"),
      'signed all that it was given',
    ],
    [
      'hashed twice',
      'ES384',
      'p384',
      NODE("answer(sign('sha384', createHash('sha384').update(input).digest(), key))"),
      'hashed once more',
    ],
    [
      'another algorithm',
      'RS512',
      'rsa',
      NODE("answer(sign('sha256', Buffer.from(input), key))"),
      'it signed with RS256',
    ],
    [
      'another salt',
      'PS256',
      'rsa',
      NODE(
        "answer(sign('sha256', Buffer.from(input), { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 20 }))",
      ),
      'its salt is not as long as the hash',
    ],
    [
      'another text',
      'EdDSA',
      'ed',
      NODE("answer(sign(null, Buffer.from('x'), key))"),
      'another text',
    ],
    ['noise', 'EdDSA', 'ed', NODE('answer(Buffer.alloc(64))'), 'another key'],
    ['noise in DER', 'ES256', 'p256', NODE("answer(Buffer.from('3003020100', 'hex'))"), 'another'],
  ]
  test.each(cases)('%s', async (_name, alg, key, script, says) => {
    const error = await refusalOf(sign(setUp(script, keys[key] ?? rsa), alg))
    expect(error.exit).toBe(3)
    expect(error.code).toMatch(/^(key_unusable|secret_unreadable)$/)
    expect(tell(error)).toContain(says)
    expect(tell(error)).not.toMatch(/eyJ|c2ln/)
  })

  test('another key', async () => {
    const world = setUp(NODE("answer(sign('sha256', Buffer.from(input), key))"), rsa)
    writeFileSync(join(world.cwd, 'public.pem'), other.publicPem)
    const error = await refusalOf(sign(world, 'RS256'))
    expect(error.message).toBe(
      'the signer ./sign.sh signed, but public_key public.pem does not verify it',
    )
    expect(error.details.fix).toContain('public_key:')
  })

  test('an algorithm that its key cannot have, and it is not run for it', async () => {
    for (const alg of ['HS256', 'ES256', 'EdDSA']) {
      const world = setUp('#!/bin/sh\ntouch ran\n', rsa)
      const error = await refusalOf(sign(world, alg))
      expect([error.code, error.exit]).toEqual(['key_unfit', 3])
      expect(error.message).toContain('public_key public.pem is a 2048-bit RSA key')
      expect(existsSync(join(world.cwd, 'ran'))).toBe(false)
    }
  })
})

describe('its public key', () => {
  const load = (text: string, keyId?: string) => {
    const world = createWorld([], { files: { 'public.pem': text } })
    chmodSync(join(world.cwd, 'public.pem'), 0o666)
    const publicKey = join(world.cwd, 'public.pem')
    const signer = { words: ['x'], folder: undefined, publicKey }
    return loadSignerKey(signer, 'public_key public.pem', keyId)
  }
  const jwk = (pair: Pair, more: object) => ({
    ...createPublicKey(pair.publicPem).export({ format: 'jwk' }),
    ...more,
  })

  test('is PEM, a JWK, one of a set, or a certificate, and may be anyone’s to write', () => {
    const pkcs1 = rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString()
    const issued = certify(join(setUp('', rsa).cwd, 'private.pem'))
    for (const text of [rsa.publicPem, pkcs1, JSON.stringify(jwk(rsa, {})), issued]) {
      const key = load(text)
      expect(key.publicPem).toBe(rsa.publicPem)
      expect(key.signer).toEqual({ words: ['x'], folder: undefined })
      expect(key.thumbprint()).toMatch(/^[\w-]{43}$/)
    }
    expect(load(JSON.stringify(jwk(rsa, { kid: 'k1', alg: 'RS512' })))).toMatchObject({
      id: 'k1',
      algorithms: ['RS512'],
    })
    const set = JSON.stringify({ keys: [jwk(other, { kid: 'a' }), jwk(rsa, { kid: 'b' })] })
    expect(load(set, 'b').publicPem).toBe(rsa.publicPem)
    expect(tell(refusal(() => load(set)))).toContain('holds 2 keys: a, b')
  })

  test('is not a private one, and is there', () => {
    const error = refusal(() => load(rsa.pem))
    expect(error.code).toBe('key_unfit')
    expect(tell(error)).toContain('tokentool key convert')
    const missing = refusal(() =>
      loadSignerKey(
        { words: ['x'], folder: undefined, publicKey: '/no/such.pem' },
        'public_key such.pem',
        undefined,
      ),
    )
    expect([missing.code, missing.message]).toEqual([
      'key_missing',
      'public_key such.pem does not exist',
    ])
  })
})

test('openssl is here, or these tests say nothing', () => {
  expect(execFileSync('openssl', ['version'], { encoding: 'utf8' })).toMatch(/^OpenSSL/)
})
