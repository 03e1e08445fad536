// One thing with all that is to be said of it.

import { type KeyObject, X509Certificate } from 'node:crypto'
import type { TokenError } from '../../../core/error.ts'
import { SEVERITIES } from '../../../core/jwt/finding/finding.ts'
import type { Item } from '../open/item.ts'
import { type CertificateFacts, readCertificateFacts } from './certificate-facts.ts'
import {
  hashSpki,
  rubyKidOf,
  spellsCurve,
  spkiOf,
  sshFingerprintOf,
  thumbprintOf,
} from './fingerprint.ts'
import { type KeyFacts, readFacts } from './key-facts.ts'
import { judgeCertificate, judgeJwk, judgeKey, type Remark } from './remark.ts'

export interface KeyReport {
  readonly item: Item
  /** undefined: it is locked, and nothing public can be seen */
  readonly facts: KeyFacts | undefined
  readonly prints: Prints | undefined
  readonly certificate: CertificateFacts | undefined
  /** worst first */
  readonly remarks: readonly Remark[]
}

export interface Prints {
  readonly thumbprint: string | undefined
  /** SHA-256 of the SPKI */
  readonly spki: Buffer
  readonly ssh: string | undefined
  readonly ruby: string | undefined
}

export function reportItem(item: Item, now: number): KeyReport {
  const { key, jwk, certificate: der } = item
  const facts = key && readFacts(key)
  const certificate = der && readLeaf(der)
  return {
    item,
    facts,
    prints:
      key && key.type !== 'secret'
        ? {
            thumbprint: thumbprintOf(key),
            spki: hashSpki(key),
            ssh: sshFingerprintOf(key),
            ruby: rubyKidOf(key),
          }
        : undefined,
    certificate,
    remarks: sortBySeverity([
      ...(key && facts ? judgeKey(key, facts) : []),
      ...(jwk && facts ? judgeJwk(jwk, facts) : []),
      ...(certificate ? judgeCertificate(certificate, now) : []),
      ...judgeItem(item, certificate),
    ]),
  }
}

export function sortBySeverity(remarks: readonly Remark[]): Remark[] {
  const rank = ({ severity }: Remark): number => SEVERITIES.indexOf(severity)
  return [...remarks].sort((one, other) => rank(one) - rank(other))
}

/** A certificate that a JWK brings along may be anything. */
function readLeaf(der: Uint8Array): CertificateFacts | undefined {
  try {
    return readCertificateFacts(der)
  } catch {
    return undefined
  }
}

function judgeItem(item: Item, certificate: CertificateFacts | undefined): Remark[] {
  const { role, jwk, certificate: der, key, sound, sealed } = item
  const remarks: Remark[] = []
  if (role === 'request' && sound === false) {
    const message = 'it is not signed with its own key; an authority will refuse it'
    remarks.push({ code: 'request-signature', severity: 'error', message })
  }
  if (jwk && der && key && (certificate === undefined || !belongsTo(der, key))) {
    const message = 'the certificate in its x5c belongs to another key'
    remarks.push({ code: 'x5c-mismatch', severity: 'error', message })
  }
  if (key && spellsCurve(key)) {
    const message = 'its curve is spelled out in numbers, not named: many libraries refuse it'
    remarks.push({ code: 'curve-spelled', severity: 'warning', message })
  }
  const way = sealed?.code === 'key_encrypted' ? undefined : wayOut(sealed)
  if (way !== undefined) {
    const message = 'signing needs a key in another form'
    remarks.push({ code: 'sealed', severity: 'info', message, fix: way })
  }
  return remarks
}

/** The command of those lines; the others say what to do before and after. */
function wayOut(sealed: TokenError | undefined): string | undefined {
  return [sealed?.details.fix ?? []].flat().find((line) => !/^(key_path:|save it )/.test(line))
}

export function belongsTo(certificate: Uint8Array, key: KeyObject): boolean {
  try {
    return spkiOf(new X509Certificate(certificate).publicKey).equals(spkiOf(key))
  } catch {
    return false
  }
}
