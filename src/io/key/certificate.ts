// X.509 certificates without a library: just enough DER (ITU-T X.690) for a self-signed one
// (RFC 5280), with any key that node:crypto can sign with.

import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'
import { TokenError } from '../../core/error.ts'

export interface CertificateOptions {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly commonName: string
  readonly dnsNames?: readonly string[]
  readonly ipAddresses?: readonly string[]
  readonly notBefore: Date
  readonly notAfter: Date
}

/** A self-signed certificate, as PEM. */
export function createCertificate(options: CertificateOptions): string {
  const algorithm = chooseSignature(options.privateKey)
  const name = sequence(set(sequence(oid('2.5.4.3'), tag(0x0c, Buffer.from(options.commonName)))))
  const body = sequence(
    tag(0xa0, integer(Buffer.from([2]))),
    integer(randomBytes(16)),
    algorithm.identifier,
    name,
    sequence(time(options.notBefore), time(options.notAfter)),
    name,
    options.publicKey.export({ format: 'der', type: 'spki' }),
    tag(0xa3, sequence(...listExtensions(options))),
  )
  const signature = sign(algorithm.hash, body, options.privateKey)
  return toPem('CERTIFICATE', sequence(body, algorithm.identifier, bits(signature)))
}

function listExtensions(options: CertificateOptions): Buffer[] {
  const names = [
    ...(options.dnsNames ?? []).map((name) => tag(0x82, Buffer.from(name))),
    ...(options.ipAddresses ?? []).map((address) => tag(0x87, packAddress(address))),
  ]
  const spki = options.publicKey.export({ format: 'der', type: 'spki' })
  // Strict readers (Python 3.13) want all of these in a certificate that is its own authority.
  return [
    extension('2.5.29.19', sequence(tag(0x01, Buffer.from([0xff]))), true),
    // digitalSignature and keyCertSign
    extension('2.5.29.15', tag(0x03, Buffer.from([2, 0x84])), true),
    extension('2.5.29.14', tag(0x04, createHash('sha1').update(spki).digest()), false),
    ...(names.length === 0 ? [] : [extension('2.5.29.17', sequence(...names), false)]),
  ]
}

function extension(id: string, value: Buffer, critical: boolean): Buffer {
  const flag = critical ? [tag(0x01, Buffer.from([0xff]))] : []
  return sequence(oid(id), ...flag, tag(0x04, value))
}

interface Signature {
  readonly identifier: Buffer
  /** undefined for keys that bring their own hash */
  readonly hash: string | undefined
}

function chooseSignature(key: KeyObject): Signature {
  // Ed25519 and Ed448: RFC 8410
  if (key.asymmetricKeyType === 'ed25519')
    return { identifier: sequence(oid('1.3.101.112')), hash: undefined }
  if (key.asymmetricKeyType === 'ed448')
    return { identifier: sequence(oid('1.3.101.113')), hash: undefined }
  if (key.asymmetricKeyType === 'ec') {
    return { identifier: sequence(oid('1.2.840.10045.4.3.2')), hash: 'sha256' }
  }
  if (key.asymmetricKeyType !== 'rsa') {
    throw new TokenError(
      'key_unfit',
      `no certificate can be made for a ${key.asymmetricKeyType} key`,
    )
  }
  return { identifier: sequence(oid('1.2.840.113549.1.1.11'), tag(0x05)), hash: 'sha256' }
}

function tag(id: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const size = content.length
  const bytes = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([id, ...bytes]), content])
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tag(0x30, ...parts)
}

function set(...parts: readonly Buffer[]): Buffer {
  return tag(0x31, ...parts)
}

function bits(content: Buffer): Buffer {
  return tag(0x03, Buffer.from([0]), content)
}

/** Positive, and as short as it can be: DER allows nothing else. */
function integer(bytes: Buffer): Buffer {
  let start = 0
  while (start < bytes.length - 1 && bytes[start] === 0) start++
  const short = bytes.subarray(start)
  return tag(0x02, (short[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), short]) : short)
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const part of rest) {
    const groups = [part & 0x7f]
    for (let left = part >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return tag(0x06, Buffer.from(bytes))
}

/** Two-digit years up to 2049, four digits from then on: RFC 5280 section 4.1.2.5. */
function time(date: Date): Buffer {
  const digits = `${date.toISOString().replace(/[-:T]|\..*/g, '')}Z`
  return date.getUTCFullYear() < 2050
    ? tag(0x17, Buffer.from(digits.slice(2)))
    : tag(0x18, Buffer.from(digits))
}

function packAddress(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail] = address.split('::')
  const left = head.split(':').filter(Boolean)
  const right = (tail ?? '').split(':').filter(Boolean)
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
  const groups = [...left, ...(tail === undefined ? [] : zeros), ...right]
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex')
}

function toPem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
