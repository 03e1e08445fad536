import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { identifyKeyText } from '../../src/core/key/pem.ts'
import { readSigningRequest } from '../../src/core/key/signing-request.ts'
import { openRequest } from '../../src/io/key/open/public-key.ts'
import { createCertificate, createSigningRequest } from '../../src/io/key/write/certificate.ts'
import { readName, showName } from '../../src/io/key/write/distinguished-name.ts'
import { readHosts } from '../../src/io/key/write/new-key.ts'
import { refusal } from '../support/tools.ts'

const openssl = (args: readonly string[], input: string): string =>
  execFileSync('openssl', args, { input, encoding: 'utf8', stdio: 'pipe' })

const SUBJECT = '/CN=chatbot/O=Grün \\/ Söhne, Inc./C=US/emailAddress=a@b.example'
const HOSTS = [
  'chat.example',
  '*.chat.example',
  '127.0.0.1',
  '[::1]',
  '2001:DB8:0::7',
  '::ffff:1.2.3.4',
]

describe.each([
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }), 'sha256WithRSAEncryption'],
  ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'ecdsa-with-SHA256'],
  ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }), 'ecdsa-with-SHA384'],
  ['P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' }), 'ecdsa-with-SHA512'],
  ['Ed25519', generateKeyPairSync('ed25519'), 'ED25519'],
] as const)('%s', (_, pair, algorithm) => {
  const holder = { ...pair, subject: readName(SUBJECT), ...readHosts(HOSTS) }

  it('makes a request that openssl verifies, and reads it again', () => {
    const pem = createSigningRequest(holder)
    const text = openssl(
      ['req', '-verify', '-noout', '-text', '-nameopt', 'utf8,sep_comma_plus'],
      pem,
    )
    expect(text).toContain(algorithm)
    expect(text).toContain('Subject: CN=chatbot,O=Grün / Söhne, Inc.,C=US,emailAddress=a@b.example')
    expect(text).toContain('DNS:chat.example, DNS:*.chat.example, IP Address:127.0.0.1')
    expect(text).toContain('IP Address:2001:DB8:0:0:0:0:0:7, IP Address:0:0:0:0:0:FFFF:102:304')
    expect(text).toMatch(/X509v3 Key Usage: critical\s+Digital Signature\n/)
    const { request, key, sound } = openRequest(identifyKeyText(pem), { origin: 'csr' })
    expect(request.subject).toBe('CN=chatbot, O=Grün / Söhne, Inc., C=US, emailAddress=a@b.example')
    expect(request.hosts.slice(0, 3)).toEqual(['chat.example', '*.chat.example', '127.0.0.1'])
    expect(key.equals(pair.publicKey)).toBe(true)
    expect(sound).toBe(true)
  })

  it('makes a certificate of the same', () => {
    const notBefore = new Date('2026-01-01')
    const pem = createCertificate({ ...holder, notBefore, notAfter: new Date('2027-01-01') })
    expect(openssl(['x509', '-noout', '-text'], pem)).toContain(algorithm)
    const certificate = new X509Certificate(pem)
    expect(certificate.verify(pair.publicKey)).toBe(true)
    expect(certificate.checkIP('2001:db8::7')).toBe('2001:db8::7')
    expect(certificate.checkHost('x.chat.example')).toBe('*.chat.example')
  })
})

it('reads what openssl asks for, and tells a request that was changed', () => {
  const script =
    'openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null ' +
    "-subj '/CN=x y/DC=example' -addext 'subjectAltName=DNS:a.b,IP:1.2.3.4,IP:::1,email:x@y'"
  const pem = execFileSync('sh', ['-c', script], { encoding: 'utf8', stdio: 'pipe' })
  const identity = identifyKeyText(pem)
  const request = readSigningRequest(identity.bytes ?? new Uint8Array())
  expect(request?.subject).toBe('CN=x y, DC=example')
  expect(request?.hosts).toEqual(['a.b', '1.2.3.4', '0:0:0:0:0:0:0:1'])
  const bytes = Buffer.from(identity.bytes ?? [])
  bytes.set(Buffer.from('z y'), bytes.indexOf('x y'))
  expect(openRequest({ ...identity, bytes }, { origin: 'csr' }).sound).toBe(false)
})

describe('subjects', () => {
  it.each([
    ['/CN=a', '/CN=a'],
    ['/cn=a/o=b', '/CN=a/O=b'],
    ['/CN=a\\/b=c', '/CN=a\\/b=c'],
    ['//CN=a/', '/CN=a'],
  ])('%s', (given, shown) => expect(showName(readName(given))).toBe(shown))

  it.each([
    ['chatbot', /--subject \/CN=chatbot$/],
    ['CN=a,O=b', /--subject \/CN=a\/O=b$/],
    ['CN=a b, O=c', /--subject '\/CN=a b\/O=c'$/],
    ['', /--subject '\/CN=chatbot'$/],
    ['/CN=a\nb', /CN=chatbot/],
    ['/CN=a\u202eb', /CN=chatbot/],
    ['/', /CN=chatbot/],
    ['/CN', /CN/],
    ['/CM=a', /did you mean CN\?/],
    ['/CN=', /CN=chatbot/],
    ['/C=USA', /CN=chatbot/],
    ['/C=us', /CN=chatbot/],
    ['/serialNumber=a_b', /CN=chatbot/],
    ['/emailAddress=ü@x', /CN=chatbot/],
    [`/CN=${'x'.repeat(65)}`, /CN=chatbot/],
  ])('%s is refused', (given, fix) => {
    const error = refusal(() => readName(given))
    expect(error.code).toBe('usage')
    expect(`${error.details.fix}`).toMatch(fix)
  })
})

describe('hosts', () => {
  it('are written in ASCII, once each', () => {
    expect(readHosts(['Bücher.example', 'a.b', 'A.B', '::0001'])).toEqual({
      dnsNames: ['xn--bcher-kva.example', 'a.b', 'a.b'].slice(0, 2),
      ipAddresses: ['::1'],
    })
  })
  it.each([
    'a\nb',
    '1.2.3',
    '2130706433',
    '0x7f.1',
    '1.2.3.4.5',
    '１.2.3.4',
    '',
    'a b',
    'a..b',
    'https://a.b',
    '-',
    'a/b',
    'fe80::1%eth0',
    `${'a'.repeat(64)}.b`,
  ])('%s is none', (host) => expect(refusal(() => readHosts([host])).code).toBe('usage'))
})
