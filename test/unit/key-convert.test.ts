import { execFileSync } from 'node:child_process'
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { thumbprintOf } from '../../src/io/key/describe/fingerprint.ts'
import { createCertificate } from '../../src/io/key/write/certificate.ts'
import { convertContents } from '../../src/io/key/write/conversion.ts'
import { JAVA_P12 } from '../support/foreign-keys.ts'
import { refusal } from '../support/tools.ts'
import { createWorld, runMain, type TestWorld } from '../support/world.ts'

type Pair = { readonly privateKey: KeyObject; readonly publicKey: KeyObject }

const KINDS: Readonly<Record<string, Pair>> = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'P-521': generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  secp256k1: generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
  Ed25519: generateKeyPairSync('ed25519'),
  Ed448: generateKeyPairSync('ed448'),
  X25519: generateKeyPairSync('x25519'),
}
const pemOf = ({ privateKey }: Pair): string =>
  privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const spkiOf = ({ publicKey }: Pair): string =>
  publicKey.export({ type: 'spki', format: 'pem' }).toString()
const rsa = KINDS.rsa as Pair
const ec = KINDS['P-256'] as Pair
const certificate = (pair: Pair): string =>
  createCertificate({
    ...pair,
    commonName: 'leaf',
    notBefore: new Date('2026-01-01'),
    notAfter: new Date('2036-01-01'),
  })

async function convert(world: TestWorld, input: string, ...flags: string[]): Promise<string> {
  writeFileSync(join(world.cwd, 'in'), input, { mode: 0o600 })
  const { exit, stdout, stderr } = await runMain(['key', 'convert', 'in', ...flags], {
    again: world,
  })
  expect([exit, stdout === ''], stderr).toEqual([0, false])
  return stdout
}

describe('there and back again', () => {
  it.each(Object.entries(KINDS))('%s', async (_, pair) => {
    const world = createWorld([], { env: { NEW: 'opened' } })
    const jwk = await convert(world, pemOf(pair), '--to', 'jwk')
    expect(JSON.parse(jwk).kid).toBe(thumbprintOf(pair.publicKey))
    const jwks = await convert(world, jwk, '--to', 'jwks')
    expect(JSON.parse(jwks).keys).toEqual([JSON.parse(jwk)])
    const pem = await convert(world, jwks)
    expect(pem).toBe(pemOf(pair))
    const locked = await convert(world, pem, '--new-passphrase', 'env:NEW')
    expect(locked).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/)
    const opened = await convert(world, locked, '--passphrase', 'env:NEW')
    expect(opened).toBe(pem)
    const publicJwks = await convert(world, jwks, '--to', 'public-jwks')
    const { d, p, q, dp, dq, qi, ...half } = JSON.parse(jwk)
    expect(JSON.parse(publicJwks)).toEqual({ keys: [half] })
    const publicJwk = await convert(world, publicJwks, '--to', 'public-jwk')
    expect(await convert(world, publicJwk, '--to', 'public')).toBe(spkiOf(pair))
    const openssl = execFileSync('openssl', ['pkey', '-pubout'], { input: opened })
    expect(openssl.toString()).toBe(spkiOf(pair))
  })

  it('RSA-PSS: the numbers survive, the restriction becomes the alg', async () => {
    const pair = generateKeyPairSync('rsa-pss', {
      modulusLength: 2048,
      hashAlgorithm: 'sha384',
      mgf1HashAlgorithm: 'sha384',
    })
    const world = createWorld([])
    expect(await convert(world, pemOf(pair))).toBe(pemOf(pair))
    const jwk = await convert(world, pemOf(pair), '--to', 'jwk')
    expect(JSON.parse(jwk)).toMatchObject({ kty: 'RSA', alg: 'PS384' })
    expect(world.printed.err).toContain('by its alg alone')
    const pem = await convert(world, jwk)
    expect(thumbprintOf(createPublicKey(pem))).toBe(JSON.parse(jwk).kid)
  })

  it('certificates: from a PKCS#12, a bundle, DER, an x5c', async () => {
    const world = createWorld([], { env: { P: 'opened' }, files: { 'k.p12': JAVA_P12 } })
    const run = async (...args: string[]): Promise<string> => {
      const { exit, stdout, stderr } = await runMain(['key', 'convert', ...args], { again: world })
      expect(exit, stderr).toBe(0)
      return stdout
    }
    const one = await run('k.p12', '--passphrase', 'env:P', '--to', 'certificate')
    expect(one).toMatch(/^-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\n$/)
    const two = one + certificate(rsa)
    expect(await convert(world, pemOf(rsa) + two, '--to', 'certificate')).toBe(two)
    const x5c = [...two.matchAll(/-\n([^-]+)\n-/g)].map(([, body = '']) => body.replace(/\n/g, ''))
    const jwk = JSON.stringify({ ...rsa.publicKey.export({ format: 'jwk' }), x5c })
    expect(await convert(world, jwk, '--to', 'certificate')).toBe(two)
  })
})

const jwkOf = (pair: Pair, more: object = {}): object => ({
  ...pair.privateKey.export({ format: 'jwk' }),
  ...more,
})
const SET = JSON.stringify({
  keys: [jwkOf(rsa, { kid: 'a', alg: 'PS512', x: 1 }), jwkOf(ec, { kid: 'b', use: 'sig' })],
})

describe('which key', () => {
  const two = pemOf(rsa) + pemOf(ec)
  const print = `${thumbprintOf(ec.publicKey)}`
  it.each([
    ['a bundle, by thumbprint', two, ['--kid', print], pemOf(ec)],
    ['its public half', two, ['--kid', print, '--to', 'public'], spkiOf(ec)],
    [
      'a set, by thumbprint',
      JSON.stringify({ keys: [jwkOf(rsa), jwkOf(ec)] }),
      ['--kid', print],
      pemOf(ec),
    ],
    [
      'a curve that is spelled out',
      execFileSync('openssl', ['ec', '-param_enc', 'explicit'], {
        input: pemOf(ec),
        stdio: 'pipe',
      }).toString(),
      [],
      pemOf(ec),
    ],
  ])('%s', async (_, input, flags, expected) => {
    expect(await convert(createWorld([]), input, ...flags)).toBe(expected)
  })

  it('of a PKCS#12, by alias', () => {
    const item = { role: 'private', name: 'a private key', origin: 'k.p12' } as const
    const items = [
      { ...item, key: rsa.privateKey, alias: 'k1' },
      { ...item, key: ec.privateKey, alias: 'k2' },
    ]
    const box = { name: 'a PKCS#12 file', form: 'DER', isSet: false, mended: false } as const
    const contents = { ...box, items, refused: [], unread: [] }
    const wish = { form: 'pem', passphrase: undefined, path: 'k.p12' }
    expect(convertContents(contents, { ...wish, kid: 'k2' }).text).toBe(pemOf(ec))
    const error = refusal(() => convertContents(contents, { ...wish, kid: undefined }))
    expect([error.message, error.details.fix]).toEqual([
      '2 keys fit, and --to pem writes one: k1, k2',
      ['--kid k1', '--to jwks'],
    ])
  })

  it.each([
    ['of a set by its kid', SET, ['--kid', 'b', '--to', 'jwk'], { kid: 'b', crv: 'P-256' }],
    ['its alg stays', SET, ['--kid', 'a', '--to', 'jwk'], { kid: 'a', alg: 'PS512' }],
    ['a kid is given', pemOf(ec), ['--kid', 'me', '--to', 'jwk'], { kid: 'me', alg: 'ES256' }],
    [
      'another kid',
      JSON.stringify(jwkOf(ec, { kid: 'old' })),
      ['--kid', 'new', '--to', 'jwk'],
      { kid: 'new' },
    ],
    ['a public half has no d', pemOf(ec), ['--to', 'public-jwk'], { d: undefined, crv: 'P-256' }],
    [
      'a secret',
      '{"kty":"oct","k":"AQID"}',
      ['--to', 'jwk'],
      { kty: 'oct', k: 'AQID', kid: undefined },
    ],
    [
      'encryption stays so',
      pemOf(KINDS.X25519 as Pair),
      ['--to', 'public-jwk'],
      { use: 'enc', alg: 'ECDH-ES' },
    ],
    [
      'of key and certificate the key',
      certificate(rsa) + pemOf(rsa),
      ['--to', 'jwk'],
      { kty: 'RSA' },
    ],
    [
      'of certificates the first',
      certificate(ec) + certificate(rsa),
      ['--to', 'public-jwk'],
      { kty: 'EC' },
    ],
  ] as const)('%s', async (_, input, flags, expected) => {
    const json = JSON.parse(await convert(createWorld([]), input, ...flags))
    for (const [name, value] of Object.entries(expected)) expect(json[name]).toBe(value)
  })

  it('each of a bundle once, in a set', async () => {
    const input = pemOf(rsa) + certificate(rsa) + certificate(ec)
    const { keys } = JSON.parse(await convert(createWorld([]), input, '--to', 'public-jwks'))
    expect(keys.map(({ kty }: { kty: string }) => kty)).toEqual(['RSA', 'EC'])
  })
})

describe('what is lost is said', () => {
  const secret = { kty: 'oct', k: 'AQID', kid: 's' }
  it.each([
    ['a kid', JSON.stringify(jwkOf(ec, { kid: 'k1' })), [], /no place for its kid: key_id: k1 /],
    ['a certificate', pemOf(ec) + certificate(ec), [], /its certificate is left out: --to cert/],
    [
      'an account',
      JSON.stringify({ type: 'service_account', private_key: pemOf(rsa) }),
      [],
      /only the key/,
    ],
    [
      'a secret',
      JSON.stringify({ keys: [secret, jwkOf(ec)] }),
      ['--to', 'public-jwks'],
      /kid s, a shared/,
    ],
    [
      'one that is broken',
      JSON.stringify({ keys: [{ kty: 'EC', kid: 'x' }, jwkOf(ec)] }),
      ['--to', 'jwks'],
      /left out: in, kid x/,
    ],
  ] as const)('%s', async (_, input, flags, loss) => {
    const world = createWorld([])
    await convert(world, input, ...flags)
    expect(world.printed.err).toMatch(loss)
  })

  it('that it is no longer encrypted', async () => {
    const world = createWorld([], { env: { P: 'opened' } })
    const form = {
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'opened',
    } as const
    const input = ec.privateKey.export(form).toString()
    await convert(world, input, '--passphrase', 'env:P')
    expect(world.printed.err).toMatch(/it was encrypted, and now is not: --new-passphrase/)
    expect(await convert(world, input, '--passphrase', 'env:P', '--to', 'public')).toBe(spkiOf(ec))
  })
})

describe('what is refused', () => {
  const locked = ec.privateKey
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString()
  it.each([
    [
      'a public key for a private form',
      spkiOf(ec),
      ['--to', 'jwk'],
      3,
      /fix: +tokentool key convert in --to public-jwk$/m,
    ],
    [
      'a certificate without more',
      certificate(ec),
      [],
      3,
      /fix: +tokentool key convert in --to public$/m,
    ],
    ['no certificate in it', pemOf(ec), ['--to', 'certificate'], 3, /holds no certificate/],
    [
      'a kid for PEM',
      pemOf(ec),
      ['--kid', 'x'],
      2,
      /--kid x: there is one key, and pem has no kid/,
    ],
    [
      'certificates as a key',
      certificate(ec) + certificate(rsa),
      [],
      3,
      /2 PEM blocks hold no private key/,
    ],
    [
      'three primes as a JWK',
      execFileSync('openssl', ['genrsa', '-primes', '3', '2048'], { stdio: 'pipe' }).toString(),
      ['--to', 'jwk'],
      3,
      /more than two primes[\s\S]*--to pem/,
    ],
    ['a secret as PEM', '{"kty":"oct","k":"AQID"}', [], 3, /has no PEM/],
    ['a secret in public', '{"kty":"oct","k":"AQID"}', ['--to', 'public'], 3, /has no public half/],
    [
      'several keys',
      SET,
      [],
      2,
      /2 keys fit, and --to pem writes one: a, b[\s\S]*--kid a[\s\S]*--to jwks/,
    ],
    ['an unknown kid', SET, ['--kid', 'c'], 3, /there is no such key in it[\s\S]*there are a, b/],
    ['a locked key', locked, [], 3, /fix: +--passphrase env:KEY_PASSPHRASE$/m],
    ['a locked key, its public half', locked, ['--to', 'public'], 3, /no passphrase/],
    [
      'an encrypted JWK',
      pemOf(ec),
      ['--to', 'jwk', '--new-passphrase', 'env:P'],
      2,
      /jwk is not enc/,
    ],
    ['an empty passphrase', pemOf(ec), ['--new-passphrase', 'in2'], 3, /it is empty, which/],
    ['an unset variable', pemOf(ec), ['--new-passphrase', 'env:NONE'], 3, /NONE is not set/],
    ['words', 'the quick brown fox', [], 3, /in is text that is no key/],
    ['no key file', 'x', ['--to', 'jwq'], 2, /jwq/],
  ] as const)('%s', async (_, input, flags, exit, message) => {
    const files = { in: input, in2: '\n' }
    const run = await runMain(['key', 'convert', 'in', ...flags], { files, env: { P: 'opened' } })
    expect([run.exit, run.stdout]).toEqual([exit, ''])
    expect(run.stderr).toMatch(message)
  })

  it('a private key is not shown on a terminal; its public half is', async () => {
    const files = { in: pemOf(ec) }
    const run = (...flags: string[]) =>
      runMain(['key', 'convert', 'in', ...flags], { files, terminal: 80 })
    const refused = await run()
    expect([refused.exit, refused.stdout]).toEqual([2, ''])
    expect(refused.stderr).toContain('tokentool key convert in --to pem --out key.pkcs8.pem')
    expect((await run('--to', 'public')).stdout).toBe(spkiOf(ec))
    const named = await run('--passphrase', 'in')
    expect(named.stderr).toContain('convert in --passphrase in --to public\n')
  })

  it('a secret has no half to show there, and no key is asked for', async () => {
    const files = { in: '{"kty":"oct","k":"AQID"}' }
    const refused = await runMain(['key', 'convert', 'in', '--to', 'jwk'], { files, terminal: 80 })
    expect(refused.stderr).toContain('--to jwk --out key.jwk.json\n')
    expect(refused.stderr).not.toContain('public-jwk')
    const bare = await runMain(['key', 'convert'], { terminal: 80 })
    expect([bare.exit, bare.stderr]).toEqual([2, expect.stringContaining('which key?')])
  })

  it('a file that is there stays as it is; a new one has the right mode', async () => {
    const world = createWorld([], { files: { in: pemOf(ec), there: 'mine' } })
    const run = (...flags: string[]) =>
      runMain(['key', 'convert', 'in', ...flags], { again: world })
    const modeOf = (name: string): number => statSync(join(world.cwd, name)).mode & 0o777
    const refused = await run('--out', 'there')
    expect([refused.exit, refused.stdout]).toEqual([2, ''])
    expect(readFileSync(join(world.cwd, 'there'), 'utf8')).toBe('mine')
    expect((await run('--out', 'no/where.pem')).exit).toBe(2)
    expect((await run('--out', 'new.pem')).stdout).toBe('new.pem\n')
    expect((await run('--out', 'new.pub', '--to', 'public')).exit).toBe(0)
    expect([modeOf('new.pem'), modeOf('new.pub')]).toEqual([0o600, 0o644 & ~process.umask()])
  })

  it('standard input and variables are read as files are', async () => {
    const piped = await runMain(['key', 'convert', '--to', 'public'], { stdin: pemOf(ec) })
    expect(piped.stdout).toBe(spkiOf(ec))
    const env = { KEY: pemOf(ec).replaceAll('\n', '\\n') }
    const named = await runMain(['key', 'convert', 'env:KEY', '--to', 'public'], { env })
    expect(named.stdout).toBe(spkiOf(ec))
    const both = await runMain(['key', 'convert', '--passphrase', '-'], { stdin: 'x' })
    expect(both.exit).toBe(2)
  })
})
