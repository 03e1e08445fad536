import { execFileSync } from 'node:child_process'
import {
  createPrivateKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
} from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openContents } from '../../src/io/key/open/contents.ts'
import { isPipe, readPipe } from '../../src/io/key/open/pipe.ts'
import { isSound, leaveOutDamaged } from '../../src/io/key/open/soundness.ts'
import { makeFolder } from '../support/program.ts'
import { refusal } from '../support/tools.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const ed = generateKeyPairSync('ed25519').privateKey

describe('a key as it was made is sound', () => {
  const multiprime = execFileSync('openssl', ['genrsa', '-primes', '3', '3072'], { stdio: 'pipe' })
  it.each<[string, KeyObject]>([
    ['rsa', rsa],
    ['512 bits', generateKeyPairSync('rsa', { modulusLength: 512 }).privateKey],
    [
      'rsa-pss',
      generateKeyPairSync('rsa-pss', {
        ...{ modulusLength: 2048, hashAlgorithm: 'sha384', mgf1HashAlgorithm: 'sha384' },
      }).privateKey,
    ],
    ['three primes', createPrivateKey(multiprime)],
    ['P-256', ec],
    ['secp256k1', generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey],
    ['Ed25519', ed],
    ['Ed448', generateKeyPairSync('ed448').privateKey],
    ['X25519', generateKeyPairSync('x25519').privateKey],
  ])('%s', (_, key) => expect(isSound(key)).toBe(true))
})

/** One bit of a member, in the middle of it. */
function bend(key: KeyObject, name: string): JsonWebKey {
  const jwk = key.export({ format: 'jwk' })
  const bytes = Buffer.from(String(jwk[name]), 'base64url')
  const at = bytes.length >> 1
  bytes[at] = (bytes[at] ?? 0) ^ 1
  return { ...jwk, [name]: bytes.toString('base64url') }
}

describe('one bit of it turned', () => {
  it.each([
    ...['n', 'd', 'p', 'q', 'dp', 'dq', 'qi'].map((name) => [name, rsa] as const),
    ['d', ec],
    ['x', ed],
  ] as const)('%s', (name, key) => {
    const jwk = bend(key, name)
    const error = refusal(() =>
      leaveOutDamaged(openContents({ text: JSON.stringify(jwk), origin: 'k.jwk' })),
    )
    expect([error.code, error.message]).toEqual([
      'key_unusable',
      expect.stringContaining('is damaged'),
    ])
  })

  it('in the modulus of a DER that opens and signs', () => {
    const der = rsa.export({ type: 'pkcs8', format: 'der' })
    der[100] = (der[100] ?? 0) ^ 1
    expect(
      sign('sha256', Buffer.from('x'), { key: der, format: 'der', type: 'pkcs8' }).length,
    ).toBe(256)
    const error = refusal(() => leaveOutDamaged(openContents({ text: der, origin: 'k.der' })))
    expect(error.message).toBe('k.der is damaged: its numbers do not belong together')
  })

  it('of a set, the others stay', () => {
    const text = JSON.stringify({
      keys: [
        { ...bend(rsa, 'd'), kid: 'a' },
        { ...ec.export({ format: 'jwk' }), kid: 'b' },
      ],
    })
    const { items, refused } = leaveOutDamaged(openContents({ text, origin: 'set' }))
    expect(items.map(({ id }) => id)).toEqual(['b'])
    expect(refused.map(({ message }) => message)).toEqual([
      'set, kid a is damaged: its numbers do not belong together',
    ])
  })
})

describe('pipes', () => {
  const { signal } = new AbortController()
  const folder = makeFolder({ file: 'x' })
  const fifo = join(folder, 'fifo')
  execFileSync('mkfifo', [fifo])

  it('are told from files', () => {
    const found = [fifo, join(folder, 'file'), join(folder, 'none')].map(isPipe)
    expect(found).toEqual([true, false, false])
  })

  it('are read to their end, however slowly it comes', async () => {
    const command = `(printf one; sleep 0.1; printf two) > '${fifo}'`
    const reading = readPipe(fifo, 'fifo', signal)
    execFileSync('sh', ['-c', `${command} &`], { stdio: 'ignore' })
    expect(Buffer.from(await reading).toString()).toBe('onetwo')
  })

  it.each([
    ['nobody writes', ':', { alone: 60, silent: 5_000 }],
    ['the writer is silent', 'sleep 1', { alone: 5_000, silent: 100 }],
  ])('%s: refused in time', async (_, command, patience) => {
    if (command !== ':') execFileSync('sh', ['-c', `${command} > '${fifo}' &`], { stdio: 'ignore' })
    const reading = readPipe(fifo, 'fifo', signal, patience)
    await expect(reading).rejects.toMatchObject({ code: 'key_unreadable' })
  })

  it('larger than any key: refused', async () => {
    const reading = readPipe(fifo, 'fifo', signal)
    execFileSync('sh', ['-c', `head -c 300000 /dev/zero > '${fifo}' 2> /dev/null &`], {
      stdio: 'ignore',
    })
    await expect(reading).rejects.toMatchObject({ code: 'key_unusable' })
  })
})

it('the file that no key is in says so', () => {
  const { items, refused } = openContents({ text: '{"keys":[null,5,[]]}', origin: 'set' })
  expect(items).toEqual([])
  expect(refused.map(({ message }) => message)).toEqual(
    [1, 2, 3].map((place) => `set, key ${place} is no key: a key is a JSON object`),
  )
})
