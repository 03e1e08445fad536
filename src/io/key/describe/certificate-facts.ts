// What there is to say about a certificate.

import { createHash, X509Certificate } from 'node:crypto'
import { childrenOf, readNode, readOid } from '../../../core/key/der-node.ts'

export interface CertificateFacts {
  readonly subject: string
  readonly issuer: string
  readonly serial: string
  /** milliseconds */
  readonly notBefore: number
  readonly notAfter: number
  /** host names and addresses */
  readonly hosts: readonly string[]
  /** subject and issuer are the same, which is what VA looks at */
  readonly selfSigned: boolean
  /** it may issue others */
  readonly authority: boolean
  /** RFC 7515 4.1.7 and 4.1.8 */
  readonly x5t: string
  readonly x5tS256: string
  /** signed with MD5 or SHA-1, which no verifier accepts any more */
  readonly oldHash: string | undefined
}

const OLD_HASHES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.2': 'MD2',
  '1.2.840.113549.1.1.4': 'MD5',
  '1.2.840.113549.1.1.5': 'SHA-1',
  '1.2.840.10045.4.1': 'SHA-1',
  '1.2.840.10040.4.3': 'SHA-1',
}

export function readCertificateFacts(der: Uint8Array): CertificateFacts {
  const x509 = new X509Certificate(der)
  const [, algorithm] = childrenOf(readNode(der))
  const print = (hash: string): string => createHash(hash).update(der).digest('base64url')
  return {
    subject: joinName(x509.subject),
    issuer: joinName(x509.issuer),
    serial: x509.serialNumber.toLowerCase(),
    notBefore: Date.parse(x509.validFrom),
    notAfter: Date.parse(x509.validTo),
    hosts: (x509.subjectAltName ?? '')
      .split(', ')
      .flatMap((name) => /^(?:DNS|IP Address):(.+)$/.exec(name)?.[1] ?? []),
    selfSigned: x509.subject === x509.issuer,
    authority: x509.ca,
    x5t: print('sha1'),
    x5tS256: print('sha256'),
    oldHash: OLD_HASHES[readOid(childrenOf(algorithm)[0]) ?? ''],
  }
}

/** Whether the second issued the first. */
export function isIssuedBy(der: Uint8Array, issuer: Uint8Array): boolean {
  return new X509Certificate(der).checkIssued(new X509Certificate(issuer))
}

function joinName(name: string | undefined): string {
  return (name ?? '').split('\n').filter(Boolean).join(', ')
}
