// `decode --json`: put together as text, so that numbers, escapes and doubled members stay as they
// stand in the token. Members are added, never renamed.

import { readHeader } from '../../core/jwt/finding/header-view.ts'
import { type ExactJson, findMember, writeExactJson } from '../../core/jwt/json/exact-json.ts'
import type { JsonPart, SignedToken } from '../../core/jwt/token.ts'
import { escapeJson } from '../../core/terminal.ts'
import type { Reading } from './decode.ts'

type Member = readonly [name: string, json: string]

export function formatJson(readings: readonly Reading[], all: boolean): string {
  if (all) return `${escapeJson(`[${readings.map((one) => writeReading(one)).join(',')}]`)}\n`
  const [first] = readings
  return `${escapeJson(first ? writeReading(first, readings.length - 1) : 'null')}\n`
}

/** `more`: tokens in the input that are not shown. */
function writeReading(reading: Reading, more = 0): string {
  const { found, header, payload, shape, findings, inner } = reading
  const { token } = found
  return writeObject([
    ['kind', JSON.stringify(token.kind)],
    ['from', JSON.stringify(found.from)],
    ...optional('field', found.field),
    ['header', writePart(header)],
    ['payload', writePart(payload)],
    ['signature', writeSignature(reading)],
    ['times', writeTimes(reading)],
    [
      'findings',
      JSON.stringify(
        findings.map(({ code, severity, message, why }) => ({ code, severity, message, why })),
      ),
    ],
    ['repairs', JSON.stringify(found.repairs)],
    ...optional('service', shape?.name),
    ...(token.kind === 'opaque' ? optional('name', token.name) : []),
    ...('signatures' in token ? writeFurther(token) : []),
    ...(inner ? [['inner', writeReading(inner)] as const] : []),
    ...(more > 0 ? [['more', `${more}`] as const] : []),
  ])
}

function writeObject(members: readonly Member[]): string {
  return `{${members.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`
}

function optional(name: string, value: string | undefined): Member[] {
  return value === undefined ? [] : [[name, JSON.stringify(value)]]
}

/** What is no JSON is a string: its text, or the part as it stands where it is no text either. */
function writePart(part: JsonPart | undefined): string {
  if (part === undefined) return 'null'
  return part.json ? writeExactJson(part.json) : JSON.stringify(part.plain ?? part.text)
}

function writeSignature({ found: { token }, view }: Reading): string {
  if (!('signatures' in token)) return '{"present":false,"alg":null,"bytes":0}'
  const { signature } = token.signatures[0]
  const present = signature !== undefined && signature.text !== ''
  return writeObject([
    ['present', `${present}`],
    ['alg', writeOr(readHeader(view, 'alg'))],
    ['bytes', JSON.stringify(present ? (signature.bytes?.length ?? null) : 0)],
  ])
}

function writeTimes({ payload, life }: Reading): string {
  return writeObject([
    ...['iat', 'nbf', 'exp'].map(
      (name) => [name, writeOr(findMember(payload?.json, name))] as const,
    ),
    // a time that nobody can read is no life without end
    ['status', JSON.stringify(life?.unreadable.length === 0 ? life.status : null)],
  ])
}

function writeOr(json: ExactJson | undefined): string {
  return json === undefined ? 'null' : writeExactJson(json)
}

/** Of the JSON serializations and SD-JWTs: what a compact token has not. */
function writeFurther(token: SignedToken): Member[] {
  const { signatures, disclosures, keyBinding } = token
  const several = signatures.length > 1 || signatures[0].unprotected !== undefined
  return [
    ...(several
      ? [
          [
            'signatures',
            `[${signatures
              .map(({ header, unprotected, signature }) =>
                writeObject([
                  ['protected', writePart(header)],
                  ['header', unprotected ? writeExactJson(unprotected) : 'null'],
                  ['bytes', JSON.stringify(signature?.bytes?.length ?? null)],
                ]),
              )
              .join(',')}]`,
          ] as const,
        ]
      : []),
    ...(token.kind === 'sd-jwt'
      ? [['disclosures', `[${disclosures.map(({ part }) => writePart(part)).join(',')}]`] as const]
      : []),
    ...(keyBinding
      ? [
          [
            'key_binding',
            writeObject([
              ['header', writePart(keyBinding.signatures[0].header)],
              ['payload', writePart(keyBinding.payload)],
            ]),
          ] as const,
        ]
      : []),
  ]
}
