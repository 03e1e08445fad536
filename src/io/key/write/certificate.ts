// X.509 certificates and the requests for them without a library (RFC 5280, RFC 2986), with any key
// that node:crypto can sign with.

import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'
import { TokenError } from '../../../core/error.ts'
import { writePem } from '../../../core/key/armor.ts'
import { bits, integer, octets, oid, sequence, set, tag, time } from './der-writer.ts'
import { type Attribute, writeName } from './distinguished-name.ts'

interface Holder {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly dnsNames?: readonly string[]
  readonly ipAddresses?: readonly string[]
}

type Named = { readonly commonName: string } | { readonly subject: readonly Attribute[] }

export type RequestOptions = Holder & Named

export type CertificateOptions = RequestOptions & {
  readonly notBefore: Date
  readonly notAfter: Date
  /** authority, where nothing is said: strict readers trust no other that signs itself */
  readonly purpose?: 'authority' | 'server'
}

/** A self-signed certificate, as PEM. */
export function createCertificate(options: CertificateOptions): string {
  const algorithm = chooseSignature(options.privateKey)
  const name = nameOf(options)
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
  return seal('CERTIFICATE', body, algorithm, options.privateKey)
}

/** A request that an authority makes a certificate of (PKCS#10), as PEM. */
export function createSigningRequest(options: RequestOptions): string {
  const algorithm = chooseSignature(options.privateKey)
  const names = nameHosts(options)
  const extensions = sequence(
    // digitalSignature
    extension('2.5.29.15', bits(Buffer.from([0x80]), 7), true),
    ...names,
  )
  const body = sequence(
    integer(Buffer.from([0])),
    nameOf(options),
    options.publicKey.export({ format: 'der', type: 'spki' }),
    // extensionRequest (RFC 2985 5.4.2)
    tag(0xa0, sequence(oid('1.2.840.113549.1.9.14'), set(extensions))),
  )
  return seal('CERTIFICATE REQUEST', body, algorithm, options.privateKey)
}

function seal(label: string, body: Buffer, algorithm: Signature, privateKey: KeyObject): string {
  const signature = sign(algorithm.hash, body, privateKey)
  return writePem(label, sequence(body, algorithm.identifier, bits(signature)))
}

function nameOf(options: Named): Buffer {
  return writeName(
    'subject' in options ? options.subject : [{ name: 'CN', value: options.commonName }],
  )
}

function listExtensions(options: CertificateOptions): Buffer[] {
  const spki = options.publicKey.export({ format: 'der', type: 'spki' })
  if (options.purpose === 'server') {
    // digitalSignature, and keyEncipherment where a key can do that
    const isRsa = options.publicKey.asymmetricKeyType === 'rsa'
    const uses = isRsa ? bits(Buffer.from([0xa0]), 5) : bits(Buffer.from([0x80]), 7)
    return [
      extension('2.5.29.19', sequence(), true),
      extension('2.5.29.15', uses, true),
      // serverAuth
      extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1')), false),
      extension('2.5.29.14', octets(createHash('sha1').update(spki).digest()), false),
      ...nameHosts(options),
    ]
  }
  // Strict readers (Python 3.13) want all of these in a certificate that is its own authority.
  return [
    extension('2.5.29.19', sequence(tag(0x01, Buffer.from([0xff]))), true),
    // digitalSignature and keyCertSign
    extension('2.5.29.15', bits(Buffer.from([0x84]), 2), true),
    extension('2.5.29.14', octets(createHash('sha1').update(spki).digest()), false),
    ...nameHosts(options),
  ]
}

function nameHosts({ dnsNames = [], ipAddresses = [] }: Holder): Buffer[] {
  const names = [
    ...dnsNames.map((name) => tag(0x82, Buffer.from(name))),
    ...ipAddresses.map((address) => tag(0x87, packAddress(address))),
  ]
  return names.length === 0 ? [] : [extension('2.5.29.17', sequence(...names), false)]
}

function extension(id: string, value: Buffer, critical: boolean): Buffer {
  const flag = critical ? [tag(0x01, Buffer.from([0xff]))] : []
  return sequence(oid(id), ...flag, octets(value))
}

interface Signature {
  readonly identifier: Buffer
  /** undefined for keys that bring their own hash */
  readonly hash: string | undefined
}

const HASHES_OF_CURVES: Readonly<Record<string, readonly [hash: string, id: string]>> = {
  secp384r1: ['sha384', '1.2.840.10045.4.3.3'],
  secp521r1: ['sha512', '1.2.840.10045.4.3.4'],
}

function chooseSignature(key: KeyObject): Signature {
  // Ed25519 and Ed448: RFC 8410
  if (key.asymmetricKeyType === 'ed25519')
    return { identifier: sequence(oid('1.3.101.112')), hash: undefined }
  if (key.asymmetricKeyType === 'ed448')
    return { identifier: sequence(oid('1.3.101.113')), hash: undefined }
  if (key.asymmetricKeyType === 'ec') {
    const [hash, id] = HASHES_OF_CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? [
      'sha256',
      '1.2.840.10045.4.3.2',
    ]
    return { identifier: sequence(oid(id)), hash }
  }
  if (key.asymmetricKeyType !== 'rsa') {
    throw new TokenError(
      'key_unfit',
      `no certificate can be made for a ${key.asymmetricKeyType} key`,
    )
  }
  return { identifier: sequence(oid('1.2.840.113549.1.1.11'), tag(0x05)), hash: 'sha256' }
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
