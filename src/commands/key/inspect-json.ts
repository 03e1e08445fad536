// A key or a file of them, for a program.

import { escapeJson } from '../../core/terminal.ts'
import type { KeyReport } from '../../io/key/describe/key-report.ts'
import { type Inspection, showTime } from './inspect-text.ts'

export function formatInspectionJson({ contents, shown, reports, remarks }: Inspection): string {
  const { name, form, isSet } = contents
  const things = reports.map(describeJson)
  const head = { source: shown, name, form }
  const [only] = things
  const value =
    isSet || only === undefined || things.length > 1
      ? { ...head, keys: things, findings: remarks }
      : { ...head, ...only, findings: [...only.findings, ...remarks] }
  return `${escapeJson(JSON.stringify(value))}\n`
}

function describeJson({ item, facts, prints, certificate, remarks }: KeyReport) {
  const { role, name, id, alias, lock, sealed, jwk, request, sound } = item
  return {
    name,
    role,
    description: facts?.description ?? null,
    type: facts
      ? facts.kind === 'other'
        ? (item.key?.asymmetricKeyType ?? null)
        : facts.kind
      : null,
    bits: facts?.bits ?? null,
    curve: facts?.curve ?? null,
    encrypted: role === 'private' || role === 'unknown' ? lock !== undefined : null,
    encryption: lock ?? null,
    readable: sealed === undefined,
    kid: id ?? null,
    alias: alias ?? null,
    alg: jwk?.alg ?? null,
    use: jwk?.use ?? null,
    algorithms: facts?.algorithms ?? [],
    thumbprint: prints?.thumbprint ?? null,
    spki_sha256: prints?.spki.toString('base64') ?? null,
    spki_sha256_hex: prints?.spki.toString('hex') ?? null,
    ssh_sha256: prints?.ssh ?? null,
    va_kid: prints?.ruby ?? null,
    certificate: certificate
      ? {
          subject: certificate.subject,
          issuer: certificate.issuer,
          serial: certificate.serial,
          not_before: showTime(certificate.notBefore),
          not_after: showTime(certificate.notAfter),
          hosts: certificate.hosts,
          self_signed: certificate.selfSigned,
          authority: certificate.authority,
          x5t: certificate.x5t,
          'x5t#S256': certificate.x5tS256,
        }
      : null,
    request: request
      ? { subject: request.subject, hosts: request.hosts, sound: sound ?? null }
      : null,
    findings: remarks,
  }
}
