import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { identifyKeyText, listCertificates, normalizeKeyText } from '../../src/core/key/pem.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed = generateKeyPairSync('ed25519')

const pkcs8 = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const pkcs1 = rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
const sec1 = ec.privateKey.export({ type: 'sec1', format: 'pem' }).toString()
const ed8 = ed.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const spki = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const encrypted = rsa.privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
  .toString()
const traditional = rsa.privateKey
  .export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
  .toString()
const traditional3des = ec.privateKey
  .export({ type: 'sec1', format: 'pem', cipher: 'des-ede3-cbc', passphrase: 'x' })
  .toString()

const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBdTCCARugAwIBAgIUPyBBJsVLXEbD1xGCEJ6fPTq/+LAwCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFc21hbGwwHhcNMjYwMTAxMDAwMDAwWhcNMzYwMTAxMDAwMDAw
WjAQMQ4wDAYDVQQDDAVzbWFsbDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABA==
-----END CERTIFICATE-----
`

const bodyOf = (pem: string): string => pem.replace(/-----[^-]+-----/g, '').replace(/\s/g, '')
const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** What editors, variables, YAML and chat programs do to a key. */
const DAMAGES: Record<string, (pem: string) => string> = {
  none: (pem) => pem,
  CRLF: (pem) => pem.replaceAll('\n', '\r\n'),
  'CR only': (pem) => pem.replaceAll('\n', '\r'),
  'no final newline': (pem) => pem.trimEnd(),
  'trailing spaces': (pem) => pem.replaceAll('\n', '  \n'),
  'body on one line': (pem) =>
    pem.replace(/-\n([^-]+)\n-/s, (_, body) => `-\n${body.replace(/(?<![\d,A-F]{17})\n/g, '')}\n-`),
  'UTF-8 BOM': (pem) => `\ufeff${pem}`,
  'blank lines first': (pem) => `\n\n${pem}`,
  'Bag Attributes first': (pem) =>
    `Bag Attributes\n    friendlyName: k\n    localKeyID: 01 02\nKey Attributes: <No Attributes>\n${pem}`,
  'certificate before it': (pem) => CERTIFICATE + pem,
  'certificate behind it': (pem) => pem + CERTIFICATE,
  'newlines to spaces': (pem) => pem.replaceAll('\n', ' '),
  'END line missing': (pem) => pem.replace(/-----END.*/, ''),
  'END line broken off': (pem) => pem.replace(/(-----END ..).*/, '$1'),
  'a dash missing': (pem) => pem.replace(/-----$/m, '----').replace(/^-----END/m, '----END'),
  'literal \\n': (pem) => pem.replaceAll('\n', '\\n'),
  'literal \\r\\n': (pem) => pem.replaceAll('\n', '\\r\\n'),
  'double \\\\n': (pem) => pem.replaceAll('\n', '\\\\n'),
  'fourfold \\\\\\\\n': (pem) => pem.replaceAll('\n', '\\\\\\\\n'),
  'JSON string': (pem) => JSON.stringify(pem),
  'JSON string of a JSON string': (pem) => JSON.stringify(JSON.stringify(pem)),
  'single quotes': (pem) => `'${pem}'`,
  'single quotes and literal \\n': (pem) => `'${pem.replaceAll('\n', '\\n')}'`,
  'smart quotes': (pem) => `“${pem}”`,
  'opening quote only': (pem) => `"${pem}`,
  indented: (pem) => pem.replace(/^/gm, '      '),
  'tabs in front': (pem) => pem.replace(/^/gm, '\t'),
  'lines continued with a backslash': (pem) => pem.replaceAll('\n', '\\\n'),
  'smart dashes': (pem) => pem.replaceAll('--', '\u2014'),
  'en dashes': (pem) => pem.replaceAll(/-----/g, '\u2013\u2013\u2013\u2013\u2013'),
  NBSP: (pem) => pem.replaceAll(' ', '\u00a0').replaceAll('\n', '\u00a0\n'),
  'zero-width spaces': (pem) => pem.replaceAll('\n', '\u200b\n'),
  'base64 of it all': base64,
  'base64 of it all, in lines': (pem) => (base64(pem).match(/.{1,76}/g) ?? []).join('\n'),
  'base64url of it all': (pem) => Buffer.from(pem).toString('base64url'),
  'base64 twice': (pem) => base64(base64(pem)),
  'base64 of it with literal \\n': (pem) => base64(pem.replaceAll('\n', '\\n')),
  'quoted base64': (pem) => `"${base64(pem)}"`,
}

/** Those that would also take the line breaks that tell the headers from the body. */
const PLAIN_ONLY: Record<string, (pem: string) => string> = {
  'everything on one line': (pem) => pem.replaceAll('\n', ''),
  'BEGIN line missing': (pem) => pem.replace(/^-----BEGIN.*\n/, ''),
  'bare base64 without markers': bodyOf,
  'bare base64url': (pem) => Buffer.from(bodyOf(pem), 'base64').toString('base64url'),
  'another label': (pem) => pem.replace(/(BEGIN|END) [A-Z ]+/g, '$1 RSA PRIVATE KEY'),
  'the label PRIVATE KEY': (pem) => pem.replace(/(BEGIN|END) [A-Z ]+/g, '$1 PRIVATE KEY'),
}

describe('normalizeKeyText', () => {
  const plain = { pkcs8, pkcs1, sec1, ed8, encrypted, spki }
  for (const [damage, apply] of Object.entries(DAMAGES)) {
    it(`mends: ${damage}`, () => {
      for (const [sort, pem] of Object.entries({ ...plain, traditional, traditional3des })) {
        if (sort === 'spki' && /certificate/.test(damage)) continue
        if (sort === 'pkcs8') expect(apply(pem) === pem).toBe(damage === 'none')
        expect(normalizeKeyText(apply(pem)), sort).toBe(pem)
      }
    })
  }
  for (const [damage, apply] of Object.entries(PLAIN_ONLY)) {
    it(`mends: ${damage}`, () => {
      for (const [sort, pem] of Object.entries(plain)) {
        expect(normalizeKeyText(apply(pem)), sort).toBe(pem)
      }
    })
  }

  it('finds the IV of a traditional key whose line breaks are all gone', () => {
    for (const pem of [traditional, traditional3des]) {
      expect(normalizeKeyText(pem.replaceAll('\n', ''))).toBe(pem)
    }
  })

  it('takes the key after its EC PARAMETERS', () => {
    const parameters =
      '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n'
    expect(normalizeKeyText(parameters + sec1)).toBe(sec1)
  })

  it('takes the private key of a pair, in either order', () => {
    expect(normalizeKeyText(spki + pkcs8)).toBe(pkcs8)
    expect(normalizeKeyText(pkcs8 + spki)).toBe(pkcs8)
  })

  it('leaves what it does not know as it is, trimmed', () => {
    expect(normalizeKeyText('  hello there \n')).toBe('hello there')
  })
})

describe('identifyKeyText', () => {
  const jwk = ec.privateKey.export({ format: 'jwk' })
  const der = (pem: string): Buffer => Buffer.from(bodyOf(pem), 'base64')
  const { d: _, ...publicJwk } = jwk
  const openssh = (cipher: string, type = 'ssh-rsa'): string => {
    const text = (word: string): Buffer =>
      Buffer.concat([Buffer.from([0, 0, 0, word.length]), Buffer.from(word)])
    const body = Buffer.concat([
      Buffer.from('openssh-key-v1\0'),
      text(cipher),
      text('none'),
      text(''),
      Buffer.from([0, 0, 0, 1]),
      text(type),
      randomBytes(300),
    ])
    const lines = body.toString('base64').replace(/.{70}/g, '$&\n')
    return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`
  }
  const cases: [string, string | Uint8Array, string][] = [
    ['PKCS#8', pkcs8, 'pkcs8'],
    ['PKCS#1', pkcs1, 'pkcs1'],
    ['SEC1', sec1, 'sec1'],
    ['encrypted PKCS#8', encrypted, 'pkcs8-encrypted'],
    ['traditional encryption', traditional, 'pem-encrypted'],
    ['SPKI', spki, 'spki'],
    ['PKCS#1 public', rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }), 'pkcs1-public'],
    ['DER PKCS#8', der(pkcs8), 'pkcs8'],
    ['DER PKCS#8, Ed25519 (all bytes may be ASCII)', der(ed8), 'pkcs8'],
    ['DER with a newline behind it', Buffer.concat([der(pkcs8), Buffer.from('\n')]), 'pkcs8'],
    ['DER PKCS#1', der(pkcs1), 'pkcs1'],
    ['DER SEC1', der(sec1), 'sec1'],
    ['DER encrypted', der(encrypted), 'pkcs8-encrypted'],
    ['DER public', der(spki), 'spki'],
    ['PEM as UTF-16 with BOM', Buffer.from(`\ufeff${pkcs8}`, 'utf16le'), 'pkcs8'],
    [
      'PEM below a name in Latin-1',
      Buffer.from(`friendlyName: Schl\xfcssel\n${pkcs8}`, 'latin1'),
      'pkcs8',
    ],
    ['OpenSSH', openssh('none'), 'openssh'],
    ['encrypted OpenSSH', openssh('aes256-ctr'), 'openssh-encrypted'],
    ['SSH public', 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC user@host', 'ssh-public'],
    ['SSH public, Ed25519', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me', 'ssh-public'],
    [
      'SSH2 public',
      '---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----',
      'ssh-public',
    ],
    ['PuTTY', 'PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nComment: x\n', 'putty'],
    ['JKS', Buffer.from('feedfeed00000002', 'hex'), 'jks'],
    ['JCEKS', Buffer.from('cececece00000002', 'hex'), 'jks'],
    ['base64 of JKS', Buffer.from('feedfeed0000000200', 'hex').toString('base64'), 'jks'],
    [
      'PGP',
      '-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: x\n\nlQVY\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----',
      'pgp',
    ],
    [
      'parameters only',
      '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----',
      'parameters',
    ],
    [
      'another PEM block',
      '-----BEGIN X509 CRL-----\nMAkCAQUCAQUCAQU=\n-----END X509 CRL-----',
      'pem-other',
    ],
    ['private JWK', JSON.stringify(jwk), 'jwk-private'],
    ['private JWK, base64', base64(JSON.stringify(jwk)), 'jwk-private'],
    ['private JWK with escaped quotes', JSON.stringify(JSON.stringify(jwk)), 'jwk-private'],
    ['private JWK in single quotes', `'${JSON.stringify(jwk)}'`, 'jwk-private'],
    ['public JWK', JSON.stringify(publicJwk), 'jwk-public'],
    ['oct JWK', '{"kty":"oct","k":"AAAA"}', 'jwk-secret'],
    ['JWKS', JSON.stringify({ keys: [jwk] }), 'jwks'],
    ['list of JWKs', JSON.stringify([jwk]), 'jwks'],
    [
      'service account',
      JSON.stringify({ type: 'service_account', private_key: pkcs8 }),
      'service-account',
    ],
    [
      'service account whose \\n became line breaks',
      JSON.stringify({ type: 'service_account', private_key: pkcs8 }, null, 2).replaceAll(
        '\\n',
        '\n',
      ),
      'service-account',
    ],
    ['Box settings', '{"boxAppSettings":{"clientID":"x"}}', 'box-settings'],
    ['other Google credentials', '{"type":"authorized_user","refresh_token":"x"}', 'json'],
    ['other JSON', '{"a":1}', 'json'],
    ['JWT', 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln', 'jwt'],
    ['JWT with Bearer', 'Bearer eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln', 'jwt'],
    ['JWE', 'eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVy.dGFn', 'jwe'],
    ['path', './keys/staging.pem', 'path'],
    ['HTML', '<!DOCTYPE html>\n<html><body>Sign in</body></html>', 'html'],
    ['text', 'correct horse battery staple', 'text'],
    ['text of base64 letters', 'Zm9vYmFyYmF6cXV4', 'text'],
    ['binary', Buffer.from([0, 1, 2, 3, 255, 254]), 'binary'],
    ['empty', '', 'empty'],
    ['empty bytes', new Uint8Array(), 'empty'],
    ['white space', ' \n\ufeff\n', 'empty'],
    ['empty quotes', '""', 'empty'],
  ]
  for (const [title, input, sort] of cases) {
    it(`knows: ${title}`, () => {
      expect(identifyKeyText(input).sort).toBe(sort)
    })
  }

  it('says which SSH keys are Ed25519', () => {
    expect(identifyKeyText(openssh('none', 'ssh-ed25519')).ed25519).toBe(true)
    expect(identifyKeyText(openssh('aes256-ctr', 'ssh-ed25519')).ed25519).toBe(true)
    expect(identifyKeyText(openssh('none')).ed25519).toBe(false)
    expect(identifyKeyText('PuTTY-User-Key-File-3: ssh-ed25519\n').ed25519).toBe(true)
  })

  const half = (pem: string): string => pem.slice(0, pem.length / 2)
  const broken: [string, string | Uint8Array, string, string, RegExp][] = [
    [
      'cut in the middle',
      half(pkcs8),
      'cut-off',
      'pkcs8',
      /END line is missing and the body is inc/,
    ],
    ['PKCS#1 cut', half(pkcs1), 'cut-off', 'pkcs1', /END line/],
    ['encrypted, cut', half(encrypted), 'cut-off', 'pkcs8-encrypted', /END line/],
    ['public, cut', half(spki), 'cut-off', 'spki', /END line/],
    ['only BEGIN', '-----BEGIN PRIVATE KEY-----', 'cut-off', 'pkcs8', /only the BEGIN line/],
    [
      'only BEGIN, quoted',
      '"-----BEGIN RSA PRIVATE KEY-----',
      'cut-off',
      'pkcs1',
      /only the BEGIN/,
    ],
    [
      'a line lost',
      pkcs8.replace(/(\n[^\n]{64})\n[^\n]{64}/, '$1'),
      'cut-off',
      'pkcs8',
      /^the body is incomplete/,
    ],
    [
      'nothing between',
      '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----',
      'cut-off',
      'pkcs8',
      /nothing/,
    ],
    ['DER cut', der(pkcs8).subarray(0, 600), 'cut-off', 'pkcs8', /has 600 of its \d+ bytes/],
    ['bare base64, cut', bodyOf(pkcs8).slice(0, 801), 'cut-off', 'pkcs8', /has 600 of its/],
    [
      'no base64',
      '-----BEGIN PRIVATE KEY-----\n<your key>\n-----END PRIVATE KEY-----',
      'damaged',
      'pkcs8',
      /more than base64/,
    ],
    [
      'no DER',
      '-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----',
      'damaged',
      'pkcs8',
      /not what its label/,
    ],
    ['the head lost', pkcs8.slice(200), 'damaged', 'pkcs8', /not what its label/],
  ]
  for (const [title, input, sort, was, flaw] of broken) {
    it(`knows what is broken: ${title}`, () => {
      const identity = identifyKeyText(input)
      expect(identity).toMatchObject({ sort, was })
      expect(identity.flaw).toMatch(flaw)
      expect(identity.pem).toBeUndefined()
    })
  }

  it('takes a whole key before a broken one', () => {
    expect(identifyKeyText(half(pkcs8) + sec1).sort).toBe('sec1')
    expect(identifyKeyText(CERTIFICATE + half(pkcs8))).toMatchObject({
      sort: 'cut-off',
      was: 'pkcs8',
    })
  })

  it('is quick with the largest and worst of texts', () => {
    const size = 256 * 1024
    const texts = [
      '-'.repeat(size),
      '-----BEGIN '.repeat(size / 11),
      '-----BEGIN A-----'.repeat(size / 17),
      `-----BEGIN PRIVATE KEY-----${' '.repeat(size)}`,
      '['.repeat(size),
      '{"a":'.repeat(size / 5),
      '"'.repeat(size),
      '\\'.repeat(size),
      'A'.repeat(size),
      `ey${'a'.repeat(size)}.`,
      `{"${'\\"'.repeat(size / 2)}`,
      `${'a'.repeat(size)}\n-----END PRIVATE KEY-----`,
      'Proc-Type:'.repeat(size / 10),
    ]
    for (const text of texts) {
      const start = performance.now()
      identifyKeyText(text)
      expect(performance.now() - start, text.slice(0, 20)).toBeLessThan(1000)
    }
  })
})

describe('listCertificates', () => {
  it('answers with none where there is none', () => {
    expect(listCertificates(pkcs8)).toEqual([])
    expect(listCertificates(CERTIFICATE)).toEqual([])
    expect(listCertificates('hello')).toEqual([])
  })
})
