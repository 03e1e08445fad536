// What the certificate of the other side says of itself, for an explanation.

import type { X509Certificate } from 'node:crypto'

export function describeCertificate(
  certificate: X509Certificate,
  code: string,
  wanted: string,
  now: number,
): string[] {
  const subject = commonName(certificate.subject)
  const issuer = commonName(certificate.issuer)
  const from = Date.parse(certificate.validFrom)
  const until = Date.parse(certificate.validTo)
  const by = subject === issuer ? '' : `, by ${issuer}`
  const lines = [`it is for ${subject}${by}, valid ${day(from)} to ${day(until)}`]
  if (/ALTNAME|MISMATCH/.test(code)) {
    const names = namesOf(certificate)
    const some = names.slice(0, 5).join(', ') + (names.length > 5 ? ', …' : '')
    lines.push(`${wanted} was wanted; ${some === '' ? 'it names no host' : `it names ${some}`}`)
  }
  if (/WEAK|SMALL|UNSPECIFIED/.test(code)) lines.push(...describeWeakness(certificate))
  if (/EXPIRED|NOT_YET/.test(code)) {
    lines.push(
      from <= now && now <= until
        ? 'that is in order: it is one between it and the authority'
        : `the clock of this machine says ${day(now)}`,
    )
  } else if (now > until) {
    lines.push('it has expired as well: naming it in tls.ca would not help')
  }
  return lines
}

// the object identifiers of signatures, as they stand in the DER
const FORGEABLE: readonly (readonly [name: string, oid: string])[] = [
  ['MD5', '2a864886f70d010104'],
  ['SHA-1', '2a864886f70d010105'],
  ['SHA-1', '2a8648ce3d0401'],
]

function describeWeakness({ raw, publicKey }: X509Certificate): string[] {
  const signature = FORGEABLE.find(([, oid]) => raw.includes(Buffer.from(oid, 'hex')))
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 2048
  return [
    ...(signature === undefined ? [] : [`it is signed with ${signature[0]}, which can be forged`]),
    ...(bits < 2048 ? [`its key has ${bits} bits`] : []),
  ]
}

export function commonName(names: string): string {
  const lines = names.split('\n')
  const line = lines.find((each) => each.startsWith('CN=')) ?? lines[0] ?? ''
  return clean(line.replace(/^CN=/, '')) || 'nobody'
}

export function namesOf(certificate: X509Certificate | undefined): string[] {
  return (certificate?.subjectAltName ?? '')
    .split(', ')
    .map((entry) => clean(entry.replace(/^(DNS|IP Address):/, '')))
    .filter((name) => name !== '')
}

/** A certificate is a stranger's text. */
function clean(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, '?').slice(0, 80)
}

function day(time: number): string {
  return Number.isNaN(time) ? 'an unreadable date' : new Date(time).toISOString().slice(0, 10)
}
