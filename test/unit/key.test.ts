import { execFileSync } from 'node:child_process'
import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TokenError } from '../../src/core/error.ts'
import { readCertificate } from '../../src/io/key/certificate-file.ts'
import { type KeySource, loadKey, loadSecret } from '../../src/io/key/open/key.ts'
import { integer, octets, oid, sequence } from '../../src/io/key/write/der-writer.ts'

// The quote and the space are there for the commands of the fixes, which are run as they stand.
let folder = ''
const at = (name: string): string => join(folder, name)
const read = (name: string): Buffer => readFileSync(at(name))
const shell = (command: string): string =>
  execFileSync('sh', ['-ec', command], { cwd: folder, encoding: 'utf8', stdio: 'pipe' })

const SCRIPT = `
exec 2>/dev/null
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem
openssl rsa -in rsa.pem -traditional -out rsa.pkcs1.pem
openssl pkcs8 -topk8 -nocrypt -in rsa.pem -outform DER -out rsa.der
openssl rsa -in rsa.pem -traditional -outform DER -out rsa.pkcs1.der
openssl pkcs8 -topk8 -in rsa.pem -v2 aes-256-cbc -passout pass:open -out rsa.aes.pem
openssl pkcs8 -topk8 -in rsa.pem -v2 aes-256-cbc -passout pass:open -outform DER -out rsa.aes.der
openssl pkcs8 -topk8 -in rsa.pem -scrypt -passout pass:open -out rsa.scrypt.pem
openssl pkcs8 -topk8 -in rsa.pem -v1 PBE-SHA1-3DES -passout pass:open -out rsa.3des.pem
openssl rsa -in rsa.pem -traditional -aes256 -passout pass:open -out rsa.pkcs1.aes.pem
openssl rsa -in rsa.pem -traditional -des3 -passout pass:open -out rsa.pkcs1.3des.pem
openssl pkey -in rsa.pem -pubout -out rsa.pub
openssl pkey -in rsa.pem -pubout -outform DER -out rsa.pub.der
openssl rsa -in rsa.pem -RSAPublicKey_out -out rsa.pkcs1.pub
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out rsa1024.pem
openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha384 \
  -pkeyopt rsa_pss_keygen_mgf1_md:sha384 -pkeyopt rsa_pss_keygen_saltlen:48 -out pss384.pem
openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out pss.pem
openssl ecparam -name prime256v1 -genkey -out ec.pem
openssl ecparam -name prime256v1 -genkey -param_enc explicit -noout -out ec.explicit.pem
openssl ecparam -name prime256v1 -out ec.params
openssl ec -in ec.pem -outform DER -out ec.der
openssl ec -in ec.pem -aes256 -passout pass:open -out ec.aes.pem
openssl pkcs8 -topk8 -nocrypt -in ec.pem -out ec.pkcs8.pem
for curve in P-384 P-521 secp256k1 brainpoolP256r1 P-224; do
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:$curve -out ec.$curve.pem
done
for kind in ed25519 ed448 x25519; do openssl genpkey -algorithm $kind -out $kind.pem; done
openssl pkey -in ed25519.pem -outform DER -out ed25519.der
openssl genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:1024 -out dsa.params
openssl genpkey -paramfile dsa.params -out dsa.pem
openssl req -x509 -key rsa.pem -days 30 -subj /O=Example/CN=leaf -out cert.pem
openssl x509 -in cert.pem -outform DER -out cert.der
openssl x509 -in cert.pem -trustout -addtrust serverAuth -out cert.trusted.pem
openssl req -x509 -key ec.pem -days 30 -subj /CN=issuer -out cert.issuer.pem
openssl req -new -key rsa.pem -subj /CN=x -out csr.pem
openssl crl2pkcs7 -nocrl -certfile cert.pem -out cert.p7b
openssl pkcs12 -export -inkey rsa.pem -in cert.pem -passout pass:open -out key.p12
openssl pkcs12 -export -legacy -inkey rsa.pem -in cert.pem -passout pass:open -out legacy.pfx
openssl pkcs8 -topk8 -in rsa.pem -v1 PBE-MD5-DES -provider legacy -provider default \
  -passout pass:open -out rsa.md5des.pem
openssl rsa -in rsa.pem -traditional -des -provider legacy -provider default \
  -passout pass:open -out rsa.pkcs1.des.pem
openssl pkcs12 -export -inkey rsa.pem -in cert.pem -passout pass:open -keypbe NONE -certpbe NONE -nomac \
  -out open.p12
openssl pkcs12 -export -inkey rsa.pem -in cert.pem -passout pass: -out empty.p12
openssl pkcs12 -export -nokeys -in cert.pem -passout pass:open -out certs.p12
openssl pkcs12 -export -legacy -inkey rsa.pem -in cert.pem -passout pass:open -keypbe PBE-SHA1-RC2-40 \
  -out rc2.p12
for bits in 384 521; do ssh-keygen -q -t ecdsa -b $bits -N '' -C c -f ssh_$bits; done
for kind in rsa ecdsa ed25519; do ssh-keygen -q -t $kind -N '' -C c -f ssh_$kind; done
ssh-keygen -q -t ecdsa -N open1 -C c -f ssh_locked
ssh-keygen -q -t ed25519 -N open1 -C c -f ssh_locked_ed
ssh-keygen -q -t rsa -b 2048 -m PEM -N '' -C c -f ssh_pem
`

/** With a public half of that type, and nothing behind it. */
function writeOpenssh(type: string): string {
  const text = (word: string | Buffer): Buffer =>
    Buffer.concat([Buffer.from([0, 0, 0, word.length]), Buffer.from(word)])
  const file = Buffer.concat([
    ...[Buffer.from('openssh-key-v1\0'), text('none'), text('none'), text('')],
    ...[Buffer.from([0, 0, 0, 1]), text(text(type)), text('')],
  ])
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${file.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`
}

/** Written by hand: the files of tools that are not on every machine. */
const FILES: Record<string, string | Uint8Array> = {
  'key.ppk':
    'PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nComment: k\nPublic-Lines: 6\nAAAA\n',
  'ed.ppk': 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: aes256-cbc\nComment: k\n',
  'key.jks': Buffer.from('feedfeed000000020000000100000001', 'hex'),
  'key.asc':
    '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQVYBGAAAAABDAC\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----\n',
  'token.txt': 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl\n',
  'page.html': '<!doctype html>\n<title>Sign in</title>\n',
  'words.txt': 'the quick brown fox\n',
  'noise.bin': Buffer.from([1, 2, 3, 4, 0, 255, 254]),
  'empty.pem': '',
  'costly.der': sequence(
    sequence(
      oid('1.2.840.113549.1.5.13'),
      sequence(
        sequence(
          oid('1.2.840.113549.1.5.12'),
          sequence(octets(Buffer.alloc(8)), integer(Buffer.from('7fffffff', 'hex'))),
        ),
        sequence(oid('2.16.840.1.101.3.4.1.42'), octets(Buffer.alloc(16))),
      ),
    ),
    octets(Buffer.alloc(64)),
  ),
  ssh_sk: writeOpenssh('sk-ssh-ed25519@openssh.com'),
  ssh_broken: writeOpenssh('ssh-rsa'),
  'user.json': '{"type":"authorized_user","client_id":"x","refresh_token":"1//0abcdefghijklmnop"}',
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "key's test "))
  shell(SCRIPT)
  for (const [name, content] of Object.entries(FILES)) writeFileSync(at(name), content)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const load = (name: string, more: Partial<KeySource> = {}) =>
  loadKey({ text: read(name), origin: `key_path ${name}`, path: at(name), ...more })

function refusal(act: () => unknown): TokenError {
  try {
    act()
  } catch (error) {
    if (error instanceof TokenError) return error
    throw error
  }
  throw new Error('it was taken')
}
const fixOf = (error: TokenError): string[] => [error.details.fix ?? []].flat()

describe('what loads', () => {
  const open = { passphrase: 'open' }
  const table: [string, string, string, Partial<KeySource>?][] = [
    ['rsa.pem', '2048-bit RSA key', 'RS256 PS256 RS384 PS384 RS512 PS512'],
    ['rsa.pkcs1.pem', '2048-bit RSA key', 'RS256 PS256 RS384 PS384 RS512 PS512'],
    ['rsa.der', '2048-bit RSA key', 'RS256 PS256 RS384 PS384 RS512 PS512'],
    ['rsa.pkcs1.der', '2048-bit RSA key', 'RS256 PS256 RS384 PS384 RS512 PS512'],
    ['rsa.aes.pem', '2048-bit RSA key', 'RS256 PS256 RS384 PS384 RS512 PS512', open],
    ['rsa.aes.der', '2048-bit RSA key', 'RS256 PS256 RS384 PS384 RS512 PS512', open],
    ['rsa.scrypt.pem', '2048-bit RSA key', 'RS256 PS256 RS384 PS384 RS512 PS512', open],
    ['rsa.3des.pem', '2048-bit RSA key', 'RS256 PS256 RS384 PS384 RS512 PS512', open],
    ['rsa.pkcs1.aes.pem', '2048-bit RSA key', 'RS256 PS256 RS384 PS384 RS512 PS512', open],
    ['rsa.pkcs1.3des.pem', '2048-bit RSA key', 'RS256 PS256 RS384 PS384 RS512 PS512', open],
    ['rsa.pem', '2048-bit RSA key', 'RS256 PS256 RS384 PS384 RS512 PS512', { passphrase: 'none' }],
    ['ssh_pem', '2048-bit RSA key', 'RS256 PS256 RS384 PS384 RS512 PS512'],
    ['ssh_rsa', '3072-bit RSA key', 'RS256 PS256 RS384 PS384 RS512 PS512'],
    ['ssh_ecdsa', 'P-256 key', 'ES256'],
    ['ssh_384', 'P-384 key', 'ES384'],
    ['ssh_521', 'P-521 key', 'ES512'],
    ['ssh_ed25519', 'Ed25519 key', 'EdDSA Ed25519'],
    ['key.p12', '2048-bit RSA key', 'RS256 PS256 RS384 PS384 RS512 PS512', open],
    ['legacy.pfx', '2048-bit RSA key', 'RS256 PS256 RS384 PS384 RS512 PS512', open],
    ['open.p12', '2048-bit RSA key', 'RS256 PS256 RS384 PS384 RS512 PS512'],
    ['empty.p12', '2048-bit RSA key', 'RS256 PS256 RS384 PS384 RS512 PS512'],
    ['rsa1024.pem', '1024-bit RSA key', 'RS256 PS256 RS384 PS384 RS512'],
    ['pss.pem', '2048-bit RSA-PSS key', 'PS256 PS384 PS512'],
    ['pss384.pem', '2048-bit RSA-PSS key', 'PS384'],
    ['ec.pem', 'P-256 key', 'ES256'],
    ['ec.explicit.pem', 'P-256 key', 'ES256'],
    ['ec.der', 'P-256 key', 'ES256'],
    ['ec.aes.pem', 'P-256 key', 'ES256', open],
    ['ec.pkcs8.pem', 'P-256 key', 'ES256'],
    ['ec.P-384.pem', 'P-384 key', 'ES384'],
    ['ec.P-521.pem', 'P-521 key', 'ES512'],
    ['ed25519.pem', 'Ed25519 key', 'EdDSA Ed25519'],
    ['ed25519.der', 'Ed25519 key', 'EdDSA Ed25519'],
    ['ed448.pem', 'Ed448 key', 'EdDSA Ed448'],
  ]
  for (const [name, description, algorithms, more] of table) {
    it(`${name}${more ? ' with a passphrase' : ''}`, () => {
      const key = load(name, more)
      expect(key.description).toBe(description)
      expect(key.algorithms.join(' ')).toBe(algorithms)
      expect(key.key.type).toBe('private')
    })
  }

  it('every sort of file to the same key', () => {
    const names = table.map(([name]) => name).filter((name) => /^rsa\.|p12$|pfx$/.test(name))
    const prints = names.map((name) => {
      return load(name, /^(open|empty)/.test(name) ? {} : open).spkiSha256()
    })
    expect(new Set(prints).size).toBe(1)
    expect(`${prints[0]}\n`).toBe(
      shell('openssl dgst -sha256 -binary rsa.pub.der | openssl base64 -A && echo'),
    )
    expect(load('rsa.pem').publicPem).toBe(read('rsa.pub').toString())
  })

  it('bits of RSA and EC keys', () => {
    expect(load('rsa.pem').bits).toBe(2048)
    expect(load('ec.P-521.pem').bits).toBe(521)
  })
})

describe('what is refused', () => {
  const table: [string, string, RegExp, RegExp, Partial<KeySource>?][] = [
    ['rsa.pub', 'key_unusable', /is a public key; signing needs the private one/, /BEGIN PRIVATE/],
    ['rsa.pub.der', 'key_unusable', /is a public key;/, /key_path/],
    ['rsa.pkcs1.pub', 'key_unusable', /is a public key \(PKCS#1\);/, /key_path/],
    ['ssh_rsa.pub', 'key_unusable', /is an SSH public key;/, /\.pub/],
    [
      'cert.pem',
      'key_unusable',
      /is a certificate; signing needs the private key/,
      /certificate_p/,
    ],
    ['cert.der', 'key_unusable', /is a certificate;/, /key_path/],
    ['cert.trusted.pem', 'key_unusable', /TRUSTED CERTIFICATE/, /key_path/],
    ['cert.p7b', 'key_unusable', /is a PKCS#7 bundle/, /key_path/],
    ['csr.pem', 'key_unusable', /is a certificate signing request;/, /openssl req/],
    ['ec.params', 'key_unusable', /is a set of parameters without a key/, /key_path/],
    ['ssh_locked', 'key_unusable', /is an encrypted OpenSSH private key$/, /-m PKCS8 -f/],
    ['ssh_locked_ed', 'key_unusable', /an encrypted OpenSSH/, /ssh-keygen -p -N '' .*key convert/],
    ['ssh_sk', 'key_unusable', /an OpenSSH key that stays in a security key/, /key generate/],
    ['ssh_broken', 'key_unusable', /is an OpenSSH private key that is damaged/, /copy it again/],
    ['key.p12', 'key_encrypted', /is a PKCS#12 file with a locked key/, /^passphrase: /],
    ['key.p12', 'key_passphrase', /passphrase does not open/, /passphrase: /, { passphrase: 'x' }],
    ['legacy.pfx', 'key_passphrase', /does not open/, /openssl pkcs12/, { passphrase: 'x' }],
    [
      'certs.p12',
      'key_unusable',
      /without a private key/,
      /export it again/,
      { passphrase: 'open' },
    ],
    ['rc2.p12', 'key_unusable', /a key of an old scheme/, /pkcs12 -legacy/, { passphrase: 'open' }],
    ['costly.der', 'key_unusable', /too much hashing/, /iter 600000/, { passphrase: 'open' }],
    ['key.jks', 'key_unusable', /is a Java key store/, /^keytool -importkeystore .*pkcs12$/],
    ['key.ppk', 'key_unusable', /is a PuTTY private key$/, /puttygen .* -O private-openssh -o/],
    ['ed.ppk', 'key_unusable', /is a PuTTY private key$/, /--new-passphrase \/dev\/null$/],
    ['key.asc', 'key_unusable', /is an OpenPGP block$/, /key generate/],
    ['token.txt', 'key_unusable', /is a JWT, not a key$/, /private key/],
    ['page.html', 'key_unusable', /is an HTML page$/, /fetch/],
    ['words.txt', 'key_unusable', /is text that is no key/, /BEGIN PRIVATE KEY/],
    ['noise.bin', 'key_unusable', /is binary data/, /BEGIN PRIVATE KEY/],
    ['empty.pem', 'key_missing', /is empty$/, /put a private key there/],
    ['user.json', 'key_unusable', /Google credentials of type authorized_user/, /service-account/],
    ['rsa.aes.pem', 'key_encrypted', /encrypted PKCS#8 .*no passphrase/, /^passphrase: \$\{env:/],
    ['rsa.aes.der', 'key_encrypted', /encrypted/, /^passphrase: /],
    ['ec.aes.pem', 'key_encrypted', /an encrypted private key/, /^passphrase: /],
    [
      'rsa.aes.pem',
      'key_passphrase',
      /passphrase does not open/,
      /pkey -noout -in/,
      { passphrase: 'x' },
    ],
    ['rsa.aes.pem', 'key_passphrase', /does not open/, /pkey/, { passphrase: 'y'.repeat(3000) }],
    ['rsa.aes.pem', 'key_passphrase', /does not open/, /pkey/, { passphrase: '' }],
    ['rsa.pkcs1.aes.pem', 'key_passphrase', /does not open/, /pkey/, { passphrase: 'x' }],
    ['ec.aes.pem', 'key_passphrase', /does not open/, /pkey/, { passphrase: 'x' }],
    [
      'rsa.md5des.pem',
      'key_unusable',
      /of an old scheme/,
      /-provider legacy/,
      { passphrase: 'open' },
    ],
    ['rsa.pkcs1.des.pem', 'key_unusable', /old scheme/, /-provider legacy/, { passphrase: 'open' }],
    ['x25519.pem', 'key_unfit', /is an X25519 key, which no algorithm/, /key generate/],
    ['dsa.pem', 'key_unfit', /is a DSA key/, /key generate/],
    ['ec.secp256k1.pem', 'key_unfit', /is a secp256k1 key/, /key generate/],
    ['ec.brainpoolP256r1.pem', 'key_unfit', /is a brainpoolP256r1 key/, /key generate/],
    ['ec.P-224.pem', 'key_unfit', /is a secp224r1 key/, /key generate/],
  ]
  for (const [name, code, message, fix, more] of table) {
    it(`${name} ${code}`, () => {
      const error = refusal(() => load(name, more))
      expect(error.code).toBe(code)
      expect(error.exit).toBe(3)
      expect(error.message).toMatch(message)
      expect(error.message).toContain(`key_path ${name}`)
      expect(fixOf(error).some((line) => fix.test(line))).toBe(true)
    })
  }

  it('a key that is cut off, by what is missing', () => {
    const half = read('rsa.pem').toString().slice(0, 800)
    const error = refusal(() => loadKey({ text: half, origin: './k.pem' }))
    expect(error.code).toBe('key_unusable')
    expect(error.message).toMatch(
      /^\.\/k\.pem is a PKCS#8 private key that is cut off: the END line is missing and the body is incomplete \(\d+ of \d+ bytes\)$/,
    )
  })

  it('a key whose inside is damaged', () => {
    const der = Buffer.from(read('rsa.der'))
    der[30] = 0x13
    const error = refusal(() => loadKey({ text: der, origin: './k.der' }))
    expect(error.code).toBe('key_unusable')
    expect(error.message).toMatch(/private key that is damaged: its parts do not fit together$/)
  })

  it('what is far too large', () => {
    const error = refusal(() => loadKey({ text: 'A'.repeat(300_000), origin: 'k' }))
    expect(error.code).toBe('key_unusable')
    expect(error.message).toBe('k is larger than 256 KiB')
  })

  it('a passphrase that is wrong as a wrong passphrase, whatever noise it decrypts to', () => {
    for (let i = 0; i < 300; i++) {
      const error = refusal(() => load('ec.aes.pem', { passphrase: `wrong ${i}` }))
      expect(error.code).toBe('key_passphrase')
    }
  })
})

describe('the commands of the fixes', () => {
  const run: [string, string, string][] = [
    ['ssh_locked', " -P open1 -N ''", 'P-256 key'],
    ['rc2.p12', ' -passin pass:open', '2048-bit RSA key'],
    ['rsa.md5des.pem', ' -passin pass:open -nocrypt', '2048-bit RSA key'],
    ['rsa.pkcs1.des.pem', ' -passin pass:open -nocrypt', '2048-bit RSA key'],
  ]
  for (const [name, answers, description] of run) {
    it(`makes a key of ${name}, and leaves the old file alone`, () => {
      const before = read(name)
      const [command = '', field = ''] = fixOf(refusal(() => load(name, { passphrase: 'open' })))
      shell(command + answers)
      const made = /^key_path: (.*)$/.exec(field)?.[1] ?? ''
      expect(made).toBe(at(`${name.replace(/\.(p12|pfx|pem)$/, '')}.pkcs8.pem`))
      expect(loadKey({ text: readFileSync(made), origin: 'k' }).description).toBe(description)
      expect(read(name)).toEqual(before)
    })
  }

  it('begin with saving a key that came from a variable', () => {
    const text = read('rc2.p12').toString('base64')
    const error = refusal(() => loadKey({ text, origin: 'key', passphrase: 'open' }))
    expect(fixOf(error)).toEqual([
      'save it as a file, key.p12',
      'openssl pkcs12 -legacy -in key.p12 -nocerts -nodes -out key.pkcs8.pem',
      'key_path: key.pkcs8.pem',
    ])
  })

  it('take no path for an option, and keep home', () => {
    const text = read('ssh_locked')
    const fix = (path: string) => fixOf(refusal(() => loadKey({ text, origin: 'k', path })))[0]
    expect(fix('-f')).toMatch(/^cp \.\/-f \.\/-f\.pkcs8\.pem && /)
    expect(fix('~/my keys/id')).toMatch(/^cp ~\/'my keys\/id' ~\/'my keys\/id\.pkcs8\.pem' && /)
  })
})

describe('JSON keys', () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = pair.privateKey.export({ format: 'jwk' })
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...publicJwk } = jwk
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
  const json = (value: unknown, more: Partial<KeySource> = {}) =>
    loadKey({ text: JSON.stringify(value), origin: 'key_path k.json', ...more })

  it('JWK: kid and alg', () => {
    const key = json({ ...jwk, kid: 'k1', alg: 'PS384', use: 'sig' })
    expect(key).toMatchObject({ id: 'k1', kind: 'rsa', algorithms: ['PS384'] })
    expect(json(ec)).toMatchObject({ id: undefined, kind: 'ec', algorithms: ['ES256'] })
  })

  it('JWK: the primes are found again where only n, e and d are left', () => {
    const key = json({ ...publicJwk, d: jwk.d })
    expect(key.key.equals(pair.privateKey)).toBe(true)
    // that looks at the public half only; this at how the numbers hang together
    const input = key.key.export({ type: 'pkcs8', format: 'pem' })
    const args = ['pkey', '-check', '-noout']
    expect(execFileSync('openssl', args, { input }).toString()).toBe('Key is valid\n')
  })

  it('JWK: a secret', () => {
    const key = json({ kty: 'oct', k: Buffer.alloc(32, 7).toString('base64url'), kid: 's' })
    expect(key).toMatchObject({ kind: 'secret', description: 'HMAC secret of 32 bytes', id: 's' })
    expect(key.key.export()).toEqual(Buffer.alloc(32, 7))
    expect(key.publicPem).toBeUndefined()
    expect(refusal(() => key.thumbprint()).code).toBe('key_unfit')
    expect(refusal(() => key.spkiSha256()).code).toBe('key_unfit')
  })

  const refused: [string, unknown, string, RegExp][] = [
    ['public', publicJwk, 'key_unusable', /a public key \(JWK\); signing needs the private one/],
    ['for encryption', { ...jwk, use: 'enc' }, 'key_unfit', /rule out signing/],
    ['without sign in key_ops', { ...jwk, key_ops: ['decrypt'] }, 'key_unfit', /rule out signing/],
    [
      'alg of another kind',
      { ...jwk, alg: 'ES256' },
      'key_unfit',
      /2048-bit RSA key.*alg says ES256/,
    ],
    ['alg of encryption', { ...jwk, alg: 'RSA-OAEP-256' }, 'key_unfit', /alg says RSA-OAEP-256/],
    ['only n, e and a wrong d', { ...publicJwk, d: jwk.p }, 'key_unusable', /damaged/],
    ['n that is no base64', { ...jwk, n: 7 }, 'key_unusable', /damaged/],
    ['point off the curve', { ...ec, x: ec.y }, 'key_unusable', /damaged/],
    ['empty secret', { kty: 'oct', k: '' }, 'key_missing', /is empty/],
    ['secret without k', { kty: 'oct' }, 'key_unusable', /damaged/],
    [
      'ML-DSA',
      { kty: 'AKP', alg: 'ML-DSA-44', priv: 'AAAA', pub: 'AAAA' },
      'key_unfit',
      /kind that/,
    ],
    [
      'X25519',
      generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' }),
      'key_unfit',
      /X25519/,
    ],
    ['public set', { keys: [publicJwk] }, 'key_unusable', /JWKS without a private key/],
    ['empty set', { keys: [] }, 'key_unusable', /JWKS without a private key/],
    ['nonsense set', { keys: [1, null, 'x', {}] }, 'key_unusable', /JWKS without a private key/],
    ['service account without key', { type: 'service_account' }, 'key_unusable', /service_account/],
    [
      'service account, empty key',
      { private_key: '' },
      'key_missing',
      /^private_key in key_path k/,
    ],
    ['service account, public key', { private_key: read }, 'key_unusable', /JSON without a key/],
    [
      'Box without a key',
      { boxAppSettings: { appAuth: {} } },
      'key_unusable',
      /Box app without a key/,
    ],
  ]
  for (const [title, value, code, message] of refused) {
    it(`refuses: ${title}`, () => {
      const error = refusal(() => json(value))
      expect(error.code).toBe(code)
      expect(error.message).toMatch(message)
      expect(fixOf(error).length).toBeGreaterThan(0)
    })
  }

  it('JWKS: the only private one, or the one of key_id', () => {
    const keys = [
      { ...publicJwk, kid: 'p' },
      { ...jwk, kid: 'a' },
    ]
    expect(json({ keys }).id).toBe('a')
    const more = { keys: [...keys, { ...ec, kid: 'b' }] }
    expect(json(more, { keyId: 'b' }).kind).toBe('ec')
    expect(json(more, { keyId: 'a' }).kind).toBe('rsa')
    expect(json([{ ...ec, kid: 'b' }]).id).toBe('b')
  })

  it('JWKS: several, absent, half and double ones, naming the kids', () => {
    const keys = [
      { ...jwk, kid: 'a' },
      { ...ec, kid: 'b' },
      { ...publicJwk, kid: 'p' },
    ]
    const several = refusal(() => json({ keys }))
    expect(several.code).toBe('key_unusable')
    expect(several.message).toMatch(/holds 2 private keys: a, b$/)
    expect(fixOf(several)).toEqual(['key_id: a'])
    const absent = refusal(() => json({ keys }, { keyId: 'c' }))
    expect(absent.code).toBe('key_missing')
    expect(absent.message).toMatch(/holds no key c; it can sign as a, b$/)
    const half = refusal(() => json({ keys }, { keyId: 'p' }))
    expect(half.message).toMatch(/only the public half of p/)
    const twice = refusal(() => json({ keys: [keys[0], keys[0]] }, { keyId: 'a' }))
    expect(twice.message).toMatch(/holds 2 private keys with the kid a/)
  })

  it('Google: key, kid, issuer and token_uri', () => {
    const account = {
      type: 'service_account',
      private_key_id: 'id1',
      private_key: read('rsa.pem').toString(),
      client_email: 'me@example.iam.gserviceaccount.com',
      token_uri: 'https://oauth2.googleapis.com/token',
    }
    for (const text of [
      JSON.stringify(account),
      JSON.stringify(account, null, 2).replaceAll('\\n', '\n'),
      Buffer.from(JSON.stringify(account)).toString('base64'),
      JSON.stringify(JSON.stringify(account)),
    ]) {
      expect(loadKey({ text, origin: 'key' })).toMatchObject({
        kind: 'rsa',
        id: 'id1',
        issuer: account.client_email,
        token_uri: account.token_uri,
        origin: 'key',
      })
    }
    const broken = { ...account, private_key: account.private_key.slice(0, 500) }
    expect(refusal(() => json(broken)).message).toMatch(
      /^private_key in key_path k\.json is a PKCS#8 private key that is cut off/,
    )
  })

  it('Box: key, passphrase, kid and client', () => {
    const settings = (passphrase?: string) => ({
      boxAppSettings: {
        clientID: 'client',
        appAuth: { publicKeyID: 'kid7', privateKey: read('rsa.aes.pem').toString(), passphrase },
      },
    })
    expect(json(settings('open'))).toMatchObject({ kind: 'rsa', id: 'kid7', issuer: 'client' })
    expect(json(settings(), { passphrase: 'open' }).kind).toBe('rsa')
    expect(refusal(() => json(settings('no'))).code).toBe('key_passphrase')
    expect(refusal(() => json(settings())).code).toBe('key_encrypted')
  })

  it('thumbprints: the vector of RFC 8037, and RSA by hand', () => {
    const okp = {
      kty: 'OKP',
      crv: 'Ed25519',
      d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
      x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
    }
    expect(json(okp).thumbprint()).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k')
    const members = `{"e":"${jwk.e}","kty":"RSA","n":"${jwk.n}"}`
    const byHand = createHash('sha256').update(members).digest('base64url')
    expect(json(jwk).thumbprint()).toBe(byHand)
    // the same numbers, said to be for RSA-PSS only
    const wrap = (tag: number, ...parts: Uint8Array[]): Buffer => {
      const content = Buffer.concat(parts)
      const { length } = content
      const head = length < 128 ? [length] : [0x82, length >> 8, length & 255]
      return Buffer.concat([Buffer.from([tag, ...head]), content])
    }
    const pss = wrap(
      0x30,
      Buffer.from([2, 1, 0]),
      wrap(0x30, Buffer.from('06092a864886f70d01010a', 'hex')),
      wrap(0x04, pair.privateKey.export({ type: 'pkcs1', format: 'der' })),
    )
    const key = loadKey({ text: pss, origin: 'k' })
    expect(key.kind).toBe('rsa-pss')
    expect(key.thumbprint()).toBe(byHand)
  })
})

describe('loadSecret', () => {
  const secret = (text: string | Uint8Array, path?: string) =>
    loadSecret({ text, origin: 'client_secret', ...(path === undefined ? {} : { path }) })

  it('takes the bytes as they are, but for the newline of a file', () => {
    expect(secret('grün & +').key.export()).toEqual(Buffer.from('grün & +'))
    expect(secret('abc\n').key.export()).toEqual(Buffer.from('abc\n'))
    expect(secret(Buffer.from('grün\r\n'), 's.txt').key.export()).toEqual(Buffer.from('grün'))
    expect(secret(Buffer.from('abc\n\n'), 's.txt').key.export()).toEqual(Buffer.from('abc\n'))
    const binary = Buffer.from([0, 1, 255, 0x0a])
    expect(secret(binary, 's.bin').key.export()).toEqual(binary)
    expect(secret('./a.pem').bits).toBe(56)
  })

  it('takes the k of a JWK', () => {
    expect(secret('{"kty":"oct","k":"AQID"}').key.export()).toEqual(Buffer.from([1, 2, 3]))
  })

  it('refuses nothing at all, and keys that are no secrets to share', () => {
    expect(refusal(() => secret('')).code).toBe('key_missing')
    expect(refusal(() => secret(' \n')).code).toBe('key_missing')
    for (const name of ['rsa.pub', 'rsa.pem', 'cert.pem', 'ssh_rsa', 'key.p12']) {
      expect(refusal(() => secret(read(name))).code).toBe('key_unfit')
    }
  })
})

describe('readCertificate', () => {
  const certificate = (text: string | Uint8Array) =>
    readCertificate({ text, origin: 'certificate_path c', path: 'c' })
  const fingerprint = (hash: string): string => {
    const line = shell(`openssl x509 -in cert.pem -noout -fingerprint -${hash}`)
    return Buffer.from(line.replace(/^.*=|:|\n/g, ''), 'hex').toString('base64url')
  }

  it('has the thumbprints that openssl has, from PEM, DER, a bundle, a trusted one', () => {
    const issuer = read('cert.issuer.pem')
    const pem = read('cert.pem')
    const bundle = Buffer.concat([read('rsa.pem'), pem, issuer])
    for (const text of [pem, read('cert.der'), read('cert.trusted.pem'), bundle]) {
      const got = certificate(text)
      expect(got.x5t).toBe(fingerprint('sha1'))
      expect(got.x5tS256).toBe(fingerprint('sha256'))
      expect(got.chain[0]).toBe(read('cert.der').toString('base64'))
      expect(got.publicPem).toBe(load('rsa.pem').publicPem)
    }
    expect(certificate(bundle).chain.length).toBe(2)
    expect(certificate(pem).chain.length).toBe(1)
  })

  it('has subject and dates', () => {
    const got = certificate(read('cert.pem'))
    expect(got.subject).toBe('O=Example, CN=leaf')
    expect(got.notAfter - got.notBefore).toBe(30 * 24 * 3600 * 1000)
  })

  it('reads the certificates of a PKCS#7 bundle', () => {
    expect(certificate(read('cert.p7b')).x5t).toBe(fingerprint('sha1'))
  })

  it('names what is no certificate', () => {
    const table: [string | Uint8Array, string, RegExp, RegExp][] = [
      [
        read('rsa.pem'),
        'key_unusable',
        /a PKCS#8 private key; a certificate is needed/,
        /BEGIN CERT/,
      ],
      [read('csr.pem'), 'key_unusable', /signing request; a certificate/, /BEGIN CERT/],
      [read('key.p12'), 'key_unusable', /PKCS#12/, /tokentool key convert c .*--to certificate/],
      [read('cert.pem').subarray(0, 400), 'key_unusable', /END line is missing/, /BEGIN CERT/],
      ['', 'key_missing', /is empty/, /BEGIN CERT/],
    ]
    for (const [text, code, message, fix] of table) {
      const error = refusal(() => certificate(text))
      expect(error.code).toBe(code)
      expect(error.message).toMatch(message)
      expect(fixOf(error).some((line) => fix.test(line))).toBe(true)
    }
    const broken = Buffer.from(read('cert.der'))
    broken.fill(0xff, 40, 60)
    expect(refusal(() => certificate(broken)).code).toBe('key_unusable')
  })
})

describe('what is never said', () => {
  /** Any 12 characters in a row of a key's body, as base64 lines or a JSON's values have it. */
  const pieces = (text: string): Set<string> => {
    const found = new Set<string>()
    for (const [run] of text.matchAll(/[A-Za-z0-9+/=_-]{12,}/g)) {
      for (let i = 0; i + 12 <= run.length; i++) found.add(run.slice(i, i + 12))
    }
    return found
  }

  it('a part of the key, by any error, for keys broken in 3,000 ways', () => {
    // a small generator of our own: the same breaks in every run
    let state = 20260101
    const random = (below: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      return state % below
    }
    const jwk = createPublicKey(read('rsa.pem')).export({ format: 'jwk' })
    const files = 'rsa.pem rsa.pkcs1.pem rsa.aes.pem rsa.pkcs1.aes.pem ec.pem ed25519.pem ssh_rsa'
    const sources = `${files} rsa.der key.p12`.split(' ').map((name) => {
      const text = read(name)
      return { text, secret: text.toString('latin1').replace(/-----.*-----/g, '') }
    })
    const inner = sources[4]
    const service = { type: 'service_account', private_key: inner?.text.toString() }
    sources.push({ text: Buffer.from(JSON.stringify(service)), secret: inner?.secret ?? '' })
    const d = 'canaryCANARYcanary'
    sources.push({ text: Buffer.from(JSON.stringify({ ...jwk, d })), secret: d })
    let refused = 0
    for (let i = 0; i < 3000; i++) {
      const source = sources[i % sources.length]
      if (source === undefined) throw new Error('no source')
      const broken = Buffer.from(source.text)
      for (let hits = random(4); hits >= 0; hits--) broken[random(broken.length)] = random(256)
      const text = random(3) === 0 ? broken.subarray(0, random(broken.length)) : broken
      const secret = pieces(source.secret)
      const more = random(2) === 0 ? { passphrase: 'a passphrase that is wrong' } : {}
      try {
        loadKey({ text: random(2) === 0 ? text : text.toString('latin1'), origin: 'k', ...more })
      } catch (error) {
        if (!(error instanceof TokenError)) throw error
        refused++
        expect(error.exit).toBe(3)
        expect(error.cause ?? error.details.cause).toBeUndefined()
        const said = JSON.stringify([error.message, error.details])
        expect(said).not.toMatch(/OSSL|DECODER|routines|JSON\.parse|Unexpected|passphrase that is/)
        for (const piece of pieces(said)) expect(secret.has(piece), said).toBe(false)
      }
    }
    expect(refused).toBeGreaterThan(1000)
  })
})
