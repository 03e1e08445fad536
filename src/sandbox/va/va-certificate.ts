// What is registered for a service account: X.509 certificates, or bare public keys, which the
// sandbox takes besides so that nobody needs a certificate to try things.

import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { Entry } from '../twin.ts'

/**
 * The keys that count now; undefined when one of them cannot be read. Only the end of a certificate
 * is looked at: not its beginning, not its issuer.
 */
export function listActiveKeys(
  certificates: readonly string[],
  now: number,
): KeyObject[] | undefined {
  try {
    return certificates
      .map(openCertificate)
      .filter(({ expires }) => expires > now)
      .map(({ key }) => key)
  } catch {
    return undefined
  }
}

function openCertificate(pem: string): { key: KeyObject; expires: number } {
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    return { key: createPublicKey(pem), expires: Number.POSITIVE_INFINITY }
  }
  const certificate = new X509Certificate(pem)
  return { key: certificate.publicKey, expires: Date.parse(certificate.validTo) }
}

/** Each entry may hold several PEM blocks; what the service could not use is refused here. */
export function readCertificates(entry: Entry): string[] {
  const text = entry.pem()
  if (text.includes('PRIVATE KEY-----')) {
    return entry.fail('this is a private key; register its certificate or public key')
  }
  const blocks = text.match(/-----BEGIN ([A-Z ]+)-----[\s\S]*?-----END \1-----/g) ?? []
  if (blocks.length === 0) return entry.fail('a PEM certificate or public key belongs here')
  for (const block of blocks) {
    if (detectKeyType(block) !== 'rsa') {
      entry.fail('this holds no RSA key, and the service knows only RS256')
    }
  }
  return blocks
}

function detectKeyType(pem: string): string | undefined {
  try {
    return openCertificate(pem).key.asymmetricKeyType
  } catch {
    return undefined
  }
}
