// A key or a file of them, for a person and for a program.

import { formatDuration } from '../../core/duration.ts'
import { pad } from '../../core/layout.ts'
import { escapeLine, readsUtf8, wrap } from '../../core/terminal.ts'
import type { World } from '../../core/world.ts'
import type { CertificateFacts } from '../../io/key/describe/certificate-facts.ts'
import type { KeyReport } from '../../io/key/describe/key-report.ts'
import type { Remark } from '../../io/key/describe/remark.ts'
import type { Contents } from '../../io/key/open/contents.ts'
import type { Paint } from '../../io/paint.ts'

export interface Inspection {
  readonly contents: Contents
  readonly shown: string
  readonly reports: readonly KeyReport[]
  /** on the whole */
  readonly remarks: readonly Remark[]
}

type Row = readonly [label: string, value: string]

const LABELS = 14

export function formatInspection(
  { contents, shown, reports, remarks }: Inspection,
  world: World,
  paint: Paint,
): string {
  const width = world.stdout.isTTY ? world.stdout.columns - 1 : Number.POSITIVE_INFINITY
  const plain = !readsUtf8(world.env)
  const fold = (text: string, indent: number): string => wrap(escapeLine(text), width, indent)
  const mark = (remark: Remark): string => {
    const [sign, style] = MARKS[remark.severity]
    const indent = plain ? 5 : 4
    const head = `  ${paint(style, plain ? PLAIN[remark.severity] : sign)} `
    // a command must survive being copied: it is never broken
    const fix =
      remark.fix && `\n${' '.repeat(indent)}${paint('label', 'fix:')} ${escapeLine(remark.fix)}`
    return head + fold(remark.message, indent) + (fix ?? '')
  }
  const many = contents.isSet || reports.length > 1
  const count = contents.isSet ? `: ${reports.length} ${reports.length === 1 ? 'key' : 'keys'}` : ''
  const form = isToldByName(contents) ? '' : ` (${contents.form})`
  const lines = [paint('strong', fold(`${shown}: ${contents.name}${form}${count}`, 2))]
  for (const [index, report] of reports.entries()) {
    if (many)
      lines.push('', paint('strong', fold(`${placeOf(report, index)}. ${titleOf(report)}`, 2)))
    const twin = reports.findIndex((other) => isSameKey(report, other))
    const first = reports[twin]
    for (const [label, value] of listRows(
      report,
      world.now(),
      first !== undefined && twin < index ? placeOf(first, twin) : undefined,
    )) {
      lines.push(`  ${paint('label', pad(label, LABELS))}${fold(value, LABELS + 2)}`)
    }
    lines.push(...report.remarks.map(mark))
  }
  if (many && remarks.length > 0) lines.push('')
  lines.push(...remarks.map(mark))
  return `${lines.join('\n')}\n`
}

/** Of a set, the number that it has in it. */
function placeOf({ item }: KeyReport, index: number): number {
  return item.place ?? index + 1
}

function isToldByName({ form, name }: Contents): boolean {
  return form === 'text' || name.includes(form) || /JWK|PKCS#(12|7)|Box|JSON/.test(name)
}

function isSameKey({ prints }: KeyReport, other: KeyReport): boolean {
  return prints !== undefined && other.prints?.spki.equals(prints.spki) === true
}

const MARKS = {
  error: ['✗', 'bad'],
  warning: ['!', 'warning'],
  info: ['·', 'faint'],
} as const
const PLAIN = { error: 'XX', warning: '!!', info: '--' } as const

function titleOf({ item, certificate }: KeyReport): string {
  const { name, id, alias } = item
  const called = id ?? alias
  if (called !== undefined) return `${called}: ${name}`
  return item.role === 'certificate' && certificate ? `${name}: ${certificate.subject}` : name
}

/** `twin`: the number of an earlier one with the same key, whose names need not be said again. */
function listRows(
  { item, facts, prints, certificate }: KeyReport,
  now: number,
  twin: number | undefined,
): Row[] {
  const { id, alias, jwk, request } = item
  const same = twin === undefined ? '' : `; the key of ${twin}`
  const own = twin === undefined ? prints : undefined
  const rows: (Row | undefined)[] = [
    ['key', describe(item, facts?.description) + same],
    textOf('kid', id),
    textOf('alias', alias),
    twin === undefined ? textOf('fits', facts?.algorithms.join(' ')) : undefined,
    textOf('says', sayJwk(jwk)),
    textOf('thumbprint', own?.thumbprint),
    own && ['SPKI SHA-256', own.spki.toString('base64')],
    own && ['', own.spki.toString('hex')],
    textOf('OpenSSH', own?.ssh),
    textOf('kid at VA', own?.ruby),
    request && ['subject', request.subject || 'nobody'],
    textOf('hosts', request?.hosts.join(' ')),
    ...(certificate ? listCertificateRows(certificate, now) : []),
  ]
  return rows.filter((row) => row !== undefined)
}

function textOf(label: string, value: string | undefined): Row | undefined {
  return value === undefined || value === '' ? undefined : [label, value]
}

function describe({ role, lock, sealed, key }: KeyReport['item'], description = ''): string {
  if (role === 'secret') return `${description}, shared`
  if (role === 'unknown') return `locked as a whole (${lock}); ${MORE}`
  if (role !== 'private') return `${description}, public`
  const state = lock === undefined ? 'not encrypted' : `encrypted (${lock})`
  if (key === undefined) {
    const openable = sealed?.code === 'key_encrypted'
    return `private, ${state}; ${openable ? MORE : 'nothing else of it is read here'}`
  }
  const opened = lock === undefined ? '' : '; the passphrase opens it'
  return `${description}, private, ${state}${sealed ? '; only its public half is read' : opened}`
}

const MORE = 'with --passphrase there is more to say'

/** What a JWK says of its use, when it says anything. */
function sayJwk(jwk: KeyReport['item']['jwk']): string {
  const { alg, use, key_ops: uses } = jwk ?? {}
  return Object.entries({ alg, use, key_ops: Array.isArray(uses) ? uses.join(' ') : undefined })
    .flatMap(([name, value]) => (typeof value === 'string' ? [`${name} ${value}`] : []))
    .join(', ')
}

function listCertificateRows(certificate: CertificateFacts, now: number): Row[] {
  const { subject, issuer, serial, notBefore, notAfter, hosts, x5t, x5tS256 } = certificate
  const left = (notAfter - now) / 1000
  const relative = left > 0 ? `expires in ${formatDuration(left)}` : 'expired'
  return [
    ['subject', subject || 'nobody'],
    ['issuer', certificate.selfSigned ? 'itself' : issuer],
    ['serial', serial],
    ['valid', `${showTime(notBefore)} to ${showTime(notAfter)} (${relative})`],
    ...(hosts.length > 0 ? [['hosts', hosts.join(' ')] as Row] : []),
    ['x5t', x5t],
    ['x5t#S256', x5tS256],
  ]
}

export function showTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+/, '')
}
