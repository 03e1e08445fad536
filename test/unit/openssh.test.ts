import { execFileSync } from 'node:child_process'
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readOpensshKey, readSshBlob, writeSshBlob } from '../../src/core/key/openssh.ts'
import { identifyKeyText } from '../../src/core/key/pem.ts'
import { sshFingerprintOf } from '../../src/io/key/describe/fingerprint.ts'
import { openContents } from '../../src/io/key/open/contents.ts'

let folder = ''
const at = (name: string): string => join(folder, name)
const run = (...args: string[]): string =>
  execFileSync('ssh-keygen', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })

const KINDS: readonly [name: string, type: string, bits: string][] = [
  ['rsa', 'rsa', '2048'],
  ['p256', 'ecdsa', '256'],
  ['p384', 'ecdsa', '384'],
  ['p521', 'ecdsa', '521'],
  ['ed', 'ed25519', '256'],
]

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tokentool-ssh-'))
  for (const [name, type, bits] of KINDS) {
    run('-q', '-t', type, '-b', bits, '-N', '', '-C', 'me@host-1', '-f', name)
  }
  run('-q', '-t', 'ed25519', '-N', 'secret', '-C', 'c', '-f', 'locked')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const read = (name: string): string => readFileSync(at(name), 'utf8')
const bytesOf = (text: string): Uint8Array => identifyKeyText(text).bytes ?? new Uint8Array()

function openFile(name: string): KeyObject {
  const [item] = openContents({ text: read(name), origin: name }).items
  if (item?.key === undefined) throw new Error('it holds no key')
  return item.key
}

describe.each(KINDS)('%s', (name) => {
  it('is read whole: the private half makes the public one', () => {
    const key = readOpensshKey(bytesOf(read(name)))
    expect(key?.comment).toBe('me@host-1')
    const privateKey = createPrivateKey({ key: key?.jwk as JsonWebKey, format: 'jwk' })
    const { jwk } = readSshBlob(bytesOf(read(`${name}.pub`)))
    const publicKey = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
    expect(createPublicKey(privateKey).equals(publicKey)).toBe(true)
    // that looks at the public half only; this at how the numbers hang together
    const input = privateKey.export({ type: 'pkcs8', format: 'pem' })
    const checked = execFileSync('openssl', ['pkey', '-check', '-noout'], { input, stdio: 'pipe' })
    expect(checked.toString()).toBe('Key is valid\n')
  })

  it('has the fingerprint that ssh-keygen has, and its blob is written as it was', () => {
    const key = openFile(name)
    expect(run('-l', '-f', `${name}.pub`)).toContain(` ${sshFingerprintOf(key)} `)
    const blob = bytesOf(read(`${name}.pub`))
    const { jwk = {} } = readSshBlob(blob)
    expect(Buffer.from(writeSshBlob(jwk) ?? []).equals(blob)).toBe(true)
  })

  it('is the same in the form of RFC 4716', () => {
    const text = run('-e', '-f', `${name}.pub`)
    expect(text).toContain('Comment: "')
    expect(Buffer.from(bytesOf(text)).equals(bytesOf(read(`${name}.pub`)))).toBe(true)
  })
})

// small primes and leading zeros turn up in one key of a few hundred
it('numbers of every length', () => {
  for (const [index] of Array.from({ length: 6 }).entries()) {
    run('-q', '-t', 'rsa', '-b', '1024', '-N', '', '-C', '', '-f', `many${index}`)
    const { jwk } = readOpensshKey(bytesOf(read(`many${index}`))) ?? {}
    const key = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' })
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(1024)
  }
})

it('of a locked one the public half is seen', () => {
  const [item] = openContents({ text: read('locked'), origin: 'locked' }).items
  expect(item?.key?.asymmetricKeyType).toBe('ed25519')
  expect(item).toMatchObject({ role: 'private', lock: 'bcrypt' })
  expect(item?.sealed?.code).toBe('key_unusable')
})

it('what is cut off or changed is no key, wherever that is', () => {
  const whole = bytesOf(read('p256'))
  const { jwk } = readOpensshKey(whole) ?? {}
  for (let size = 0; size < whole.length - 20; size++) {
    expect(readOpensshKey(whole.subarray(0, size))).toBeUndefined()
  }
  for (let place = 0; place < whole.length; place++) {
    const changed = Uint8Array.from(whole)
    changed[place] = (changed[place] ?? 0) ^ 0xff
    // a length that became four gigabytes is the worst of it
    const read = readOpensshKey(changed)
    if (read?.jwk !== undefined) expect(Object.keys(read.jwk)).toEqual(Object.keys(jwk ?? {}))
  }
})

const BLOBS: readonly [title: string, blob: Uint8Array][] = [
  ['nothing', new Uint8Array()],
  ['DSA', Buffer.from('000000077373682d64737300000001ff', 'hex')],
  ['a length beyond the end', Buffer.from('ffffffff00', 'hex')],
]
it.each(BLOBS)('a blob of %s has no JWK', (_, blob) => {
  expect(readSshBlob(blob).jwk).toBeUndefined()
})
