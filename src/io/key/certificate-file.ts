// The certificate that goes with a key: its thumbprints and chain, for x5t, x5t#S256 and x5c.

import { createHash, type KeyObject, X509Certificate } from 'node:crypto'
import { TokenError } from '../../core/error.ts'
import { quotePath } from '../../core/key/key-refusal.ts'
import { identifyKeyText, type KeySort, listCertificates } from '../../core/key/pem.ts'
import { LARGEST_KEY, refuseLarge } from './open/key-file.ts'

export interface Certificate {
  /** RFC 7515 4.1.7 and 4.1.8: base64url of the DER's SHA-1 and SHA-256 */
  readonly x5t: string
  readonly x5tS256: string
  /** the certificate and those that issued it, in the order of the file: base64 of the DER */
  readonly chain: readonly string[]
  readonly publicPem: string
  /** milliseconds */
  readonly notBefore: number
  readonly notAfter: number
  readonly subject: string
}

export interface CertificateSource {
  readonly text: string | Uint8Array
  /** for messages: "certificate_path ./staging.crt" */
  readonly origin: string
  readonly path?: string
}

export function readCertificate(source: CertificateSource): Certificate {
  const { text, origin } = source
  if (text.length > LARGEST_KEY) throw refuseLarge(origin, 'certificate')
  const chain = listCertificates(text)
  const [leaf] = chain
  if (leaf === undefined) throw refuseOther(source)
  const { x509, publicKey } = parse(leaf, origin)
  return {
    x5t: createHash('sha1').update(leaf).digest('base64url'),
    x5tS256: createHash('sha256').update(leaf).digest('base64url'),
    chain: chain.map((der) => Buffer.from(der).toString('base64')),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    notBefore: Date.parse(x509.validFrom),
    notAfter: Date.parse(x509.validTo),
    subject: x509.subject.split('\n').join(', '),
  }
}

function parse(der: Uint8Array, origin: string): { x509: X509Certificate; publicKey: KeyObject } {
  try {
    const x509 = new X509Certificate(der)
    return { x509, publicKey: x509.publicKey }
  } catch {
    throw new TokenError('key_unusable', `${origin} is a certificate that is damaged`, {
      means: 'its parts do not fit together, or its public key is of a kind unknown here',
      fix: 'copy it again from where it came from, unedited',
    })
  }
}

const COMMANDS: Readonly<Partial<Record<KeySort, (path: string) => string>>> = {
  pkcs12: (path) =>
    `tokentool key convert ${path} --passphrase env:KEY_PASSPHRASE --to certificate --out certificate.pem`,
}

function refuseOther({ text, origin, path }: CertificateSource): TokenError {
  const { sort, name, flaw } = identifyKeyText(text)
  if (sort === 'empty') {
    return new TokenError('key_missing', `${origin} is empty`, { fix: FIX })
  }
  const what = flaw === undefined ? name : `${name}, and ${flaw}`
  const command = COMMANDS[sort]?.(quotePath(path ?? 'FILE'))
  return new TokenError('key_unusable', `${origin} is ${what}; a certificate is needed`, {
    fix: command === undefined ? FIX : [command, 'certificate_path: certificate.pem'],
  })
}

const FIX = 'certificate_path: the file that begins with -----BEGIN CERTIFICATE-----'
