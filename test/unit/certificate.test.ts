import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { createServer, get } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createCertificate } from '../../src/io/key/write/certificate.ts'

const period = { notBefore: new Date('2026-01-01'), notAfter: new Date('2027-01-01') }
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' })

const open = (changes: Partial<Parameters<typeof createCertificate>[0]> = {}) =>
  new X509Certificate(createCertificate({ ...curve, commonName: 'test', ...period, ...changes }))

test.each([
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ['P-256', curve],
  ['P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' })],
  ['Ed25519', generateKeyPairSync('ed25519')],
])('%s: signed by itself, for its own key', (_, pair) => {
  const certificate = open(pair)
  expect(certificate.verify(pair.publicKey)).toBe(true)
  expect(certificate.checkPrivateKey(pair.privateKey)).toBe(true)
  expect(certificate.checkIssued(certificate)).toBe(true)
  expect(certificate.subject).toBe('CN=test')
  expect(certificate.ca).toBe(true)
})

test('is good for the names and addresses it was made for, and no others', () => {
  const certificate = open({
    dnsNames: ['localhost', 'a.example'],
    ipAddresses: ['127.0.0.1', '::1', '2001:db8::1:0', '1:2:3:4:5:6:7:8'],
  })
  const hosts = ['localhost', 'a.example', 'b.example'].map((host) => certificate.checkHost(host))
  expect(hosts).toEqual(['localhost', 'a.example', undefined])
  for (const address of ['127.0.0.1', '::1', '2001:db8::1:0', '1:2:3:4:5:6:7:8']) {
    expect(certificate.checkIP(address)).toBe(address)
  }
  expect(certificate.checkIP('127.0.0.2')).toBeUndefined()
})

test.each([
  ['2026-11-02T12:00:00Z', '2049-12-31T23:59:59Z'],
  ['1999-01-01T00:00:00Z', '2050-01-01T00:00:00Z'],
])('holds from %s to %s', (from, to) => {
  const certificate = open({ notBefore: new Date(from), notAfter: new Date(to) })
  expect(Date.parse(certificate.validFrom)).toBe(Date.parse(from))
  expect(Date.parse(certificate.validTo)).toBe(Date.parse(to))
})

test('numbers are positive and as short as DER wants them, whatever the dice say', () => {
  for (let round = 0; round < 200; round++) {
    const serial = open().serialNumber
    expect(BigInt(`0x${serial}`) > 0n && serial.length <= 32).toBe(true)
  }
})

test('refuses a key whose signatures it cannot name', () => {
  const pair = generateKeyPairSync('rsa-pss', { modulusLength: 2048 })
  expect(() => open(pair)).toThrow(expect.objectContaining({ code: 'key_unfit' }))
})

test('openssl takes it for its own authority', () => {
  const pem = createCertificate({
    ...curve,
    commonName: 'test',
    dnsNames: ['localhost'],
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 60_000),
  })
  const text = execFileSync('openssl', ['x509', '-noout', '-text'], { input: pem }).toString()
  expect(text).toContain('DNS:localhost')
  expect(text).toContain('Digital Signature, Certificate Sign')
  expect(text).toMatch(/X509v3 Basic Constraints: critical\s+CA:TRUE/)
})

test.each([
  [
    'RSA',
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    'Digital Signature, Key Encipherment',
  ],
  ['P-256', curve, 'Digital Signature'],
] as const)(
  '%s, for a server: it issues nothing, and is trusted as it is',
  async (_, pair, uses) => {
    const cert = createCertificate({
      ...{ ...pair, commonName: 'test', dnsNames: ['localhost'], purpose: 'server' },
      ...{ notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 60_000) },
    })
    const text = execFileSync('openssl', ['x509', '-noout', '-text'], { input: cert }).toString()
    expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/)
    expect(text).toMatch(new RegExp(`Key Usage: critical\\s+${uses}\n`))
    expect(text).toContain('TLS Web Server Authentication')
    const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' })
    const server = createServer({ key, cert }, (_request, response) => response.end())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as AddressInfo
      const status = await new Promise((resolve, reject) => {
        const to = { host: '127.0.0.1', servername: 'localhost', port, ca: cert }
        get(to, (response) => resolve(response.resume().statusCode)).on('error', reject)
      })
      expect(status).toBe(200)
    } finally {
      server.close()
    }
  },
)
