import { execFileSync } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TokenError } from '../../src/core/error.ts'
import { identifyKeyText } from '../../src/core/key/pem.ts'
import { loadKey } from '../../src/io/key/open/key.ts'
import { openPkcs12 } from '../../src/io/key/open/pkcs12.ts'
import { JAVA_P12, OLD_JAVA_P12 } from '../support/foreign-keys.ts'
import { refusal } from '../support/tools.ts'

let folder = ''
const read = (name: string): Buffer => readFileSync(join(folder, name))
const SCRIPT = `
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem
openssl req -x509 -key key.pem -days 9 -subj /CN=leaf -out cert.pem
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.pem -days 9 -subj /CN=other -out other.crt
box() { openssl pkcs12 -export -inkey key.pem -in cert.pem "$@"; }
box -passout pass:open -out modern.p12
box -passout pass:open -keypbe AES-128-CBC -certpbe AES-192-CBC -macalg sha512 -out mixed.p12
box -passout pass:open -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -out 3des.p12
box -passout pass:pässwörd-☃ -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -out wide.p12
box -passout pass:open -legacy -out legacy.p12
box -passout pass:open -keypbe NONE -certpbe NONE -nomac -out bare.p12
box -passout pass:open -keypbe NONE -out plainkey.p12
box -passout pass: -out empty.p12
box -passout pass:open -name 'Bot ☃' -certfile other.crt -out chain.p12
openssl pkcs12 -export -nokeys -in cert.pem -passout pass:open -out certs.p12
`

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tokentool-p12-'))
  execFileSync('sh', ['-ec', SCRIPT], { cwd: folder, stdio: 'pipe' })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const open = (bytes: Uint8Array, passphrase?: string) =>
  openPkcs12(identifyKeyText(bytes), {
    text: bytes,
    origin: 'key.p12',
    ...(passphrase !== undefined && { passphrase }),
  })

const subjects = (chain: readonly Uint8Array[]): string[] =>
  chain.map((der) => new X509Certificate(der).subject)

const TABLE: readonly [name: string, passphrase: string | undefined, certificates: number][] = [
  ['modern.p12', 'open', 1],
  ['mixed.p12', 'open', 1],
  ['3des.p12', 'open', 1],
  ['wide.p12', 'pässwörd-☃', 1],
  // 40-bit RC2 is what OpenSSL has put away, and nothing else here knows it
  ['legacy.p12', 'open', 0],
  ['bare.p12', undefined, 1],
  ['bare.p12', 'whatever', 1],
  ['plainkey.p12', undefined, 0],
  ['plainkey.p12', 'open', 1],
  ['empty.p12', undefined, 1],
  ['empty.p12', '', 1],
  ['chain.p12', 'open', 2],
]

describe('what openssl writes', () => {
  it.each(TABLE)('%s with the passphrase %s', (name, passphrase, count) => {
    const { keys, certificates, unread } = open(read(name), passphrase)
    const key = createPrivateKey(read('key.pem'))
    expect(keys.map((one) => one.key.equals(key))).toEqual([true])
    expect(subjects(certificates)).toEqual(['CN=leaf', 'CN=other'].slice(0, count))
    expect(unread.keys).toEqual([])
    expect(unread.certificates.length).toBe(count === 0 ? 1 : 0)
  })

  it('says how it is locked where there is no passphrase', () => {
    const { keys, certificates, unread } = open(read('modern.p12'))
    expect([keys, certificates]).toEqual([[], []])
    expect(unread.keys).toEqual(['AES-256-CBC, PBKDF2 with 2048 rounds'])
    expect(open(read('legacy.p12'), 'open').unread.certificates).toEqual(['SHA-1 and 40-bit RC2'])
  })

  it.each(['modern.p12', '3des.p12', 'wide.p12', 'legacy.p12', 'certs.p12'])(
    '%s: a wrong passphrase is told as such',
    (name) => {
      for (const wrong of ['x', 'Open', 'open ', 'y'.repeat(2000)]) {
        expect(refusal(() => open(read(name), wrong)).code).toBe('key_passphrase')
      }
    },
  )

  it('keeps the name', () => {
    expect(open(read('chain.p12'), 'open').keys[0]?.alias).toBe('Bot ☃')
  })
})

describe('what keytool writes', () => {
  it('of today and of Java 8', () => {
    const modern = open(JAVA_P12, 'opened')
    expect(modern.keys.map(({ alias }) => alias)).toEqual(['bot'])
    expect(subjects(modern.certificates)).toEqual(['CN=bot'])
    const old = open(OLD_JAVA_P12, 'opened')
    expect(old.keys.length).toBe(1)
    expect(old.unread.certificates).toEqual(['SHA-1 and 40-bit RC2'])
  })
})

it('is written by others with open lengths', () => {
  // as in the BER of Windows and of hardware: the outermost sequence without a length
  const der = read('modern.p12')
  const ber = Buffer.concat([Buffer.from([0x30, 0x80]), der.subarray(4), Buffer.from([0, 0])])
  expect(open(ber, 'open').keys.length).toBe(1)
})

it('of several keys one is chosen by its alias', () => {
  const cat = Buffer.concat([read('key.pem'), read('cert.pem')])
  expect(loadKey({ text: cat, origin: 'k' }).kind).toBe('ec')
  const chosen = loadKey({ text: JAVA_P12, origin: 'k', passphrase: 'opened', keyId: 'anything' })
  expect(chosen.kind).toBe('ec')
})

it('survives damage at every place', () => {
  const whole = read('bare.p12')
  let taken = 0
  for (let at = 0; at < whole.length; at += 1) {
    const changed = Buffer.from(whole)
    changed[at] = (changed[at] ?? 0) ^ 0x55
    try {
      if (identifyKeyText(changed).sort !== 'pkcs12') continue
      open(changed)
      taken++
    } catch (error) {
      expect(error).toBeInstanceOf(TokenError)
    }
  }
  expect(taken).toBeGreaterThan(0)
})
