// `decode` for a person: what it is and whether it is good now, its life, its parts with the times
// told beside the numbers, and what is to be said against it.

import { describeClaim } from '../../core/jwt/claim/claim-names.ts'
import { type ExactJson, writeExactJson } from '../../core/jwt/json/exact-json.ts'
import { drawLife, PLAIN_SIGNS, SIGNS } from '../../core/jwt/time/timeline.ts'
import type { EncryptedToken, JsonPart, SignedToken } from '../../core/jwt/token.ts'
import { pad } from '../../core/layout.ts'
import { escapeJson, escapeLine, readsUtf8 } from '../../core/terminal.ts'
import type { Reading } from './decode.ts'
import { formatFindings } from './finding-text.ts'
import { describeValue, formatJson, formatPart } from './part-text.ts'
import { describeVerdict } from './verdict.ts'
import { fold, type View } from './view.ts'

/** Nobody reads on: the rest is counted. */
const MOST = 20

export function formatReadings(readings: readonly Reading[], view: View): string {
  const texts = readings.slice(0, MOST).map((reading) => formatReading(reading, view))
  const more = readings.length - MOST
  if (more > 0) texts.push(`and ${more} more; --json --all prints them all\n`)
  return texts.join('\n')
}

function formatReading(reading: Reading, view: View): string {
  const { found, inner } = reading
  const { token } = found
  const { paint } = view
  const lines = [
    describeVerdict(reading, view),
    ...[...(found.field === undefined ? [] : [found.from]), ...found.repairs].map(
      (line) => `  ${paint('faint', fold(line, view, 2))}`,
    ),
    ...formatLife(reading, view),
  ]
  if (token.kind === 'opaque') {
    return `${[...lines, `  ${fold(token.advice, view, 2)}`].join('\n')}\n`
  }
  lines.push(
    ...(token.kind === 'jwe'
      ? formatEncrypted(reading, token, view)
      : formatSigned(token, reading, view)),
  )
  lines.push(...formatFindings(reading.findings, view))
  return `${lines.join('\n')}\n${inner ? `\n${formatReading(inner, view)}` : ''}`
}

function formatLife({ life }: Reading, { now, world }: View): string[] {
  if (life === undefined) return []
  const width = Math.min(world.stdout.isTTY ? world.stdout.columns - 1 : 80, 80) - 2
  const line = drawLife(life, now, width, readsUtf8(world.env) ? SIGNS : PLAIN_SIGNS)
  return line === undefined ? [] : [`  ${line}`]
}

function formatSigned(token: SignedToken, { payload, shape }: Reading, view: View): string[] {
  const { paint } = view
  const several = token.signatures.length > 1
  const comment = (name: string, value: ExactJson): string | undefined =>
    describeValue(name, value, view) ?? shape?.claims?.[name] ?? describeClaim(name)
  return [
    ...token.signatures.flatMap(({ header, unprotected }, index) => [
      '',
      paint('header', several ? `header of signature ${index + 1}` : 'header'),
      ...(header
        ? formatPart(header, 'header', view, (name, value) => describeValue(name, value, view))
        : ['  there is none']),
      ...(unprotected
        ? [
            paint('header', 'unprotected header'),
            ...formatJson(unprotected, 'header', view, () => undefined),
          ]
        : []),
    ]),
    '',
    paint('payload', 'payload'),
    ...(token.detached
      ? ['  it travels elsewhere (detached)']
      : payload
        ? formatPart(payload, 'payload', view, comment)
        : []),
    ...formatDisclosures(token, view),
    ...formatLacks(shape?.lacks, payload, view),
    '',
    ...token.signatures.map(({ signature }) => {
      const size = signature?.bytes?.length
      const what =
        signature === undefined || signature.text === ''
          ? 'none'
          : size === undefined
            ? 'not base64url'
            : `${size} bytes, not checked here: tokentool verify`
      return `${paint('signature', 'signature')}  ${what}`
    }),
  ]
}

function formatEncrypted(
  { header, payload, inner }: Reading,
  token: EncryptedToken,
  view: View,
): string[] {
  const { paint } = view
  const size = (bytes: Uint8Array | undefined): string => `${bytes?.length ?? '?'} bytes`
  const [{ encryptedKey }] = token.recipients
  const open = payload !== undefined || inner !== undefined
  return [
    '',
    paint('header', 'header'),
    ...(header ? formatPart(header, 'header', view, () => undefined) : ['  there is none']),
    '',
    ...[
      ['encrypted key', encryptedKey.bytes],
      ['iv', token.iv.bytes],
      ['ciphertext', token.ciphertext.bytes],
      ['tag', token.tag.bytes],
    ].map(
      ([name, bytes]) =>
        `${paint('signature', pad(`${name}`, 15))}${size(bytes as Uint8Array | undefined)}`,
    ),
    ...(token.recipients.length > 1 ? [`for ${token.recipients.length} recipients`] : []),
    ...(open
      ? []
      : ['', 'what it says is encrypted: --key FILE, the key it was made for, opens it']),
    ...(payload
      ? [
          '',
          paint('payload', 'decrypted payload'),
          ...formatPart(
            payload,
            'payload',
            view,
            (name, value) => describeValue(name, value, view) ?? describeClaim(name),
          ),
        ]
      : []),
  ]
}

function formatDisclosures({ disclosures, keyBinding, kind }: SignedToken, view: View): string[] {
  if (kind !== 'sd-jwt') return []
  const { paint } = view
  const rows = disclosures.map(({ name, value, part }) => {
    if (value === undefined) return `  ${escapeLine(part.text.slice(0, 40))} cannot be read`
    const text = escapeJson(writeExactJson(value))
    return paint(
      'payload',
      name === undefined ? `  (an element) ${text}` : `  ${JSON.stringify(name)}: ${text}`,
    )
  })
  return [
    '',
    paint('payload', rows.length === 0 ? 'disclosures: none' : 'disclosures'),
    ...rows,
    ...(keyBinding
      ? [
          '',
          paint('payload', 'key binding'),
          ...formatPart(keyBinding.payload, 'payload', view, (name, value) =>
            describeValue(name, value, view),
          ),
        ]
      : []),
  ]
}

/** What its service leaves out on purpose, so that nobody looks for it. */
function formatLacks(
  lacks: Readonly<Record<string, string>> | undefined,
  payload: JsonPart | undefined,
  view: View,
): string[] {
  const { json } = payload ?? {}
  const names = json?.type === 'object' ? json.members.map(({ name }) => name) : []
  return Object.entries(lacks ?? {})
    .filter(([name]) => !names.includes(name))
    .map(([name, why]) => `  ${view.paint('faint', fold(`no ${name}: ${why}`, view, 2))}`)
}
