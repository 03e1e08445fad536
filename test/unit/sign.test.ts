import { execFileSync } from 'node:child_process'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TokenError } from '../../src/core/error.ts'
import { type LoadedKey, loadKey, loadSecret } from '../../src/io/key/open/key.ts'
import { checkKeyFit, signJwt } from '../../src/io/key/sign.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sign-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const STRICT = { allowWeakKey: false }
const WEAK = { allowWeakKey: true }

const open = (text: string | Buffer): LoadedKey =>
  loadKey({ text: text.toString(), origin: './k.pem' })
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const
const makeRsa = (bits: number): LoadedKey =>
  open(generateKeyPairSync('rsa', { modulusLength: bits }).privateKey.export(pkcs8))
const makeEc = (curve: string): LoadedKey =>
  open(generateKeyPairSync('ec', { namedCurve: curve }).privateKey.export(pkcs8))

const rsa = makeRsa(2048)
const rsa1024 = makeRsa(1024)
const p256 = makeEc('P-256')
const p384 = makeEc('P-384')
const p521 = makeEc('P-521')
const ed25519 = open(generateKeyPairSync('ed25519').privateKey.export(pkcs8))
const ed448 = open(generateKeyPairSync('ed448').privateKey.export(pkcs8))
const pss = open(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey.export(pkcs8))
const restrict = 'rsa_keygen_bits:2048 rsa_pss_keygen_md:sha384 rsa_pss_keygen_mgf1_md:sha384'
const pss384 = open(
  execFileSync(
    'openssl',
    [
      ...['genpkey', '-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_pss_keygen_saltlen:48'],
      ...restrict.split(' ').flatMap((option) => ['-pkeyopt', option]),
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  ),
)
const secret = (length: number): LoadedKey =>
  loadSecret({ text: Buffer.alloc(length, 0x61), origin: 'client_secret' })

const claims = {
  iss: 'https://example/ü',
  iat: 1700000000,
  list: ['b', 'a'],
  nested: { z: 1, a: 2 },
}

function refusal(act: () => unknown): TokenError {
  try {
    act()
  } catch (error) {
    if (error instanceof TokenError) return error
    throw error
  }
  throw new Error('it was taken')
}

async function rejection(promise: Promise<unknown>): Promise<TokenError> {
  const error = await promise.then(
    () => new Error('it was signed'),
    (reason: unknown) => reason,
  )
  if (error instanceof TokenError) return error
  throw error
}

/** r and s side by side, as JWS has them, to the DER that openssl wants. */
function toDer(signature: Buffer): Buffer {
  const half = signature.length / 2
  const integers = [signature.subarray(0, half), signature.subarray(half)].map((number) => {
    let digits = number
    while (digits[0] === 0 && digits.length > 1) digits = digits.subarray(1)
    if ((digits[0] ?? 0) > 127) digits = Buffer.concat([Buffer.from([0]), digits])
    return Buffer.concat([Buffer.from([2, digits.length]), digits])
  })
  const content = Buffer.concat(integers)
  const head = content.length < 128 ? [content.length] : [0x81, content.length]
  return Buffer.concat([Buffer.from([0x30, ...head]), content])
}

/** What openssl says of it, which has no part in jose or in node:crypto's own verifying. */
function openssl(jwt: string, key: LoadedKey, alg: string): string {
  const end = jwt.lastIndexOf('.')
  const raw = Buffer.from(jwt.slice(end + 1), 'base64url')
  writeFileSync(join(folder, 'input'), jwt.slice(0, end))
  writeFileSync(join(folder, 'signature'), alg.startsWith('ES') ? toDer(raw) : raw)
  writeFileSync(join(folder, 'public.pem'), key.publicPem ?? '')
  const hash = `-sha${alg.slice(2)}`
  const sigopt = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest']
  const command = alg.startsWith('Ed')
    ? [
        'pkeyutl',
        '-verify',
        '-pubin',
        '-inkey',
        'public.pem',
        '-rawin',
        '-sigfile',
        'signature',
        '-in',
      ]
    : [
        'dgst',
        hash,
        '-verify',
        'public.pem',
        ...(alg.startsWith('PS') ? sigopt : []),
        '-signature',
        'signature',
      ]
  try {
    return execFileSync('openssl', [...command, 'input'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim()
  } catch {
    return 'refused'
  }
}

describe('signJwt', () => {
  const table: [string, LoadedKey, { allowWeakKey: boolean }][] = [
    ['RS256', rsa, STRICT],
    ['RS384', rsa, STRICT],
    ['RS512', rsa, STRICT],
    ['PS256', rsa, STRICT],
    ['PS384', rsa, STRICT],
    ['PS512', rsa, STRICT],
    ['ES256', p256, STRICT],
    ['ES384', p384, STRICT],
    ['ES512', p521, STRICT],
    ['EdDSA', ed25519, STRICT],
    ['Ed25519', ed25519, STRICT],
    ['EdDSA', ed448, STRICT],
    ['Ed448', ed448, STRICT],
    ['PS256', pss, STRICT],
    ['PS512', pss, STRICT],
    ['PS384', pss384, STRICT],
    ['RS256', rsa1024, WEAK],
    ['RS512', rsa1024, WEAK],
    ['PS384', rsa1024, WEAK],
  ]
  for (const [alg, key, options] of table) {
    it(`${alg} with a ${key.description}, and openssl agrees`, async () => {
      const jwt = await signJwt({ alg, typ: 'JWT' }, claims, key, options)
      expect(openssl(jwt, key, alg)).toMatch(/^(Verified OK|Signature Verified Successfully)$/)
      const touched = jwt.replace(/^./, 'f')
      expect(openssl(touched, key, alg)).toBe('refused')
    })
  }

  for (const alg of ['HS256', 'HS384', 'HS512']) {
    it(`${alg}, and a MAC made by hand agrees`, async () => {
      const key = secret(64)
      const jwt = await signJwt({ alg }, claims, key, STRICT)
      const end = jwt.lastIndexOf('.')
      const mac = createHmac(`sha${alg.slice(2)}`, Buffer.alloc(64, 0x61)).update(jwt.slice(0, end))
      expect(jwt.slice(end + 1)).toBe(mac.digest('base64url'))
    })
  }

  it('writes header and claims byte for byte in the order given, and adds nothing', async () => {
    const header = { typ: 'JWT', kid: 'k/1', alg: 'RS256', x5t: 'ÿ', a: { z: 1, b: [2, 1] } }
    const odd = {
      z: 1,
      sub: 'a"b\\c/ü\u2028',
      exp: 1700000300.5,
      a: null,
      nested: { y: [], x: {} },
    }
    for (const [key, options] of [[rsa, STRICT] as const, [rsa1024, WEAK] as const]) {
      const jwt = await signJwt(header, odd, key, options)
      const [first = '', second = '', third = ''] = jwt.split('.')
      const decode = (part: string): string => Buffer.from(part, 'base64url').toString()
      expect(decode(first)).toBe(
        '{"typ":"JWT","kid":"k/1","alg":"RS256","x5t":"ÿ","a":{"z":1,"b":[2,1]}}',
      )
      expect(decode(second)).toBe(
        '{"z":1,"sub":"a\\"b\\\\c/ü\u2028","exp":1700000300.5,"a":null,"nested":{"y":[],"x":{}}}',
      )
      expect(jwt).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
      expect(Buffer.from(third, 'base64url').length * 8).toBe(key.bits)
    }
  })

  it('signs the same twice over where the algorithm is deterministic', async () => {
    const header = { alg: 'RS256' }
    expect(await signJwt(header, claims, rsa, STRICT)).toBe(
      await signJwt(header, claims, rsa, STRICT),
    )
  })

  it('makes the token of RFC 7515 A.1', async () => {
    // its header and claims hold line breaks, so only the MAC over our own spelling can be compared
    const k =
      'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow'
    const key = loadKey({ text: JSON.stringify({ kty: 'oct', k }), origin: 'k' })
    const jwt = await signJwt({ typ: 'JWT', alg: 'HS256' }, { iss: 'joe' }, key, STRICT)
    const end = jwt.lastIndexOf('.')
    expect(jwt.slice(end + 1)).toBe(
      createHmac('sha256', Buffer.from(k, 'base64url'))
        .update(jwt.slice(0, end))
        .digest('base64url'),
    )
  })

  it('keeps crit, and refuses one that names nothing', async () => {
    const jwt = await signJwt({ alg: 'ES256', crit: ['x'], x: 1 }, claims, p256, STRICT)
    expect(openssl(jwt, p256, 'ES256')).toBe('Verified OK')
    for (const crit of [[], ['y'], ['x', 'x'], 'x', [1], ['b64']]) {
      const header = { alg: 'ES256', crit, x: 1, b64: false }
      const error = await rejection(signJwt(header, claims, p256, STRICT))
      expect(error.code).toBe('field_invalid')
    }
  })

  it('refuses a key whose numbers were changed, instead of a signature nobody can verify', async () => {
    const der = rsa.key.export({ type: 'pkcs8', format: 'der' })
    der[60] = (der[60] ?? 0) ^ 1
    const damaged = loadKey({ text: der, origin: './k.der' })
    for (const alg of ['RS256', 'PS256']) {
      const error = await rejection(signJwt({ alg }, claims, damaged, STRICT))
      expect(error.code).toBe('key_unusable')
      expect(error.message).toBe('./k.der is damaged: it signs, but wrongly')
    }
    const mixed = {
      ...p256.key.export({ format: 'jwk' }),
      d: makeEc('P-256').key.export({ format: 'jwk' }).d,
    }
    const stranger = loadKey({ text: JSON.stringify(mixed), origin: './k.json' })
    const error = await rejection(signJwt({ alg: 'ES256' }, claims, stranger, STRICT))
    expect(error.code).toBe('key_unusable')
    expect(JSON.stringify([error.message, error.details])).not.toContain(mixed.d)
  })

  it('refuses what does not go together before anything is signed', async () => {
    const error = await rejection(signJwt({ alg: 'ES256' }, claims, rsa, STRICT))
    expect(error.code).toBe('key_unfit')
    expect((await rejection(signJwt({ alg: 'RS256' }, claims, rsa1024, STRICT))).code).toBe(
      'key_weak',
    )
  })
})

describe('checkKeyFit', () => {
  const table: [string, LoadedKey, string, string?][] = [
    ['ES256', rsa, 'ES256 needs a P-256 key; ./k.pem is a 2048-bit RSA key', 'RS256 (or PS256'],
    ['ES256', p384, 'ES256 needs a P-256 key; ./k.pem is a P-384 key', 'ES384'],
    ['ES512', p256, 'ES512 needs a P-521 key; ./k.pem is a P-256 key', 'ES256'],
    ['RS256', p256, 'RS256 needs an RSA key; ./k.pem is a P-256 key', 'ES256'],
    ['RS256', ed25519, 'RS256 needs an RSA key; ./k.pem is an Ed25519 key', 'EdDSA'],
    [
      'PS256',
      secret(32),
      'PS256 needs an RSA key; client_secret is an HMAC secret of 32 bytes',
      'HS',
    ],
    ['HS256', rsa, 'HS256 needs a shared secret; ./k.pem is a 2048-bit RSA key', 'RS256'],
    ['EdDSA', p256, 'EdDSA needs an Ed25519 key; ./k.pem is a P-256 key', 'ES256'],
    ['Ed25519', ed448, 'Ed25519 needs an Ed25519 key; ./k.pem is an Ed448 key', 'EdDSA'],
    ['RS256', pss, 'RS256 needs an RSA key; ./k.pem is a 2048-bit RSA-PSS key', 'PS256'],
    ['PS256', pss384, 'PS256 does not go with ./k.pem, a 2048-bit RSA-PSS key', 'PS384'],
    ['PS512', rsa1024, 'PS512 does not go with ./k.pem, a 1024-bit RSA key', 'RS256'],
  ]
  for (const [alg, key, message, fix] of table) {
    it(message, () => {
      const error = refusal(() => checkKeyFit(alg, key, WEAK))
      expect(error.code).toBe('key_unfit')
      expect(error.exit).toBe(3)
      expect(error.message).toBe(message)
      expect(error.details.fix).toContain(`algorithm: ${fix}`)
    })
  }

  it('a JWK that is for one algorithm only', () => {
    const text = JSON.stringify({ ...rsa.key.export({ format: 'jwk' }), alg: 'PS256' })
    const error = refusal(() => checkKeyFit('RS256', loadKey({ text, origin: 'k' }), STRICT))
    expect(error.code).toBe('key_unfit')
    expect(error.message).toBe('RS256 does not go with k, a 2048-bit RSA key')
    expect(error.details.means).toBe('the key itself says that it is for PS256')
    expect(error.details.fix).toBe('algorithm: PS256')
  })

  it('RSA below 2048 bits: refused with the field to set, or warned about', () => {
    const error = refusal(() => checkKeyFit('RS256', rsa1024, STRICT))
    expect(error.code).toBe('key_weak')
    expect(error.exit).toBe(3)
    expect(error.message).toBe('./k.pem is a 1024-bit RSA key; 2048 are needed')
    expect(error.details.fix).toContainEqual(expect.stringMatching(/^allow_weak_key: true/))
    expect(checkKeyFit('RS256', rsa1024, WEAK)).toEqual([
      './k.pem is a 1024-bit RSA key; RSA below 2048 bits can be broken',
    ])
    expect(checkKeyFit('RS256', rsa, STRICT)).toEqual([])
  })

  it('a secret shorter than the hash: a warning', () => {
    expect(checkKeyFit('HS256', secret(32), STRICT)).toEqual([])
    expect(checkKeyFit('HS256', secret(31), STRICT)).toEqual([
      'client_secret is an HMAC secret of 31 bytes, shorter than the 32 that HS256 wants',
    ])
    expect(checkKeyFit('HS512', secret(32), STRICT).length).toBe(1)
  })

  it('algorithms that are none, or spelled otherwise', () => {
    for (const alg of ['none', 'rs256', 'RSA1_5', 'ES256K', '', undefined, 7, 'toString']) {
      const error = refusal(() => checkKeyFit(alg, rsa, STRICT))
      expect(error.code).toBe('field_invalid')
      expect(error.exit).toBe(2)
      expect(error.details.fix).toBe('algorithm: RS256')
    }
    expect(refusal(() => checkKeyFit('ps512', rsa, STRICT)).details.fix).toBe('algorithm: PS512')
  })
})
