// `verify --json`: members are added, never renamed.

import { show } from '../../core/jwt/claim/claim-failure.ts'
import type { Failure, SignatureVerdict, Verdict } from '../../core/jwt/claim/verdict.ts'
import type { Finding } from '../../core/jwt/finding/finding.ts'
import { type ExactJson, writeExactJson } from '../../core/jwt/json/exact-json.ts'
import { escapeJson } from '../../core/terminal.ts'
import type { Choice } from './choice.ts'

/** Put together as text, so that what stands in the token is not rounded. */
export function formatVerdictJson(
  { form, signature, signatures, claims }: Verdict,
  ok: boolean,
  { found: { from, repairs }, ignored }: Choice,
): string {
  const text = writeObject([
    ['ok', `${ok}`],
    [
      'form',
      writeObject([
        ['status', JSON.stringify(form.status)],
        ['findings', JSON.stringify(form.findings.map(pickFinding))],
      ]),
    ],
    ['signature', writeSignature(signature)],
    ...(signatures.length > 0
      ? [['signatures', `[${signatures.map(writeSignature).join(',')}]`] as const]
      : []),
    [
      'claims',
      writeObject([
        ['status', JSON.stringify(claims.status)],
        ['failures', `[${claims.failures.map(writeFailure).join(',')}]`],
        ['notes', JSON.stringify(claims.doubts ?? [])],
      ]),
    ],
    // which token it was, and what of it is not as it was given
    ['from', JSON.stringify(from)],
    ['repairs', JSON.stringify([...repairs, ...ignored])],
  ])
  return `${escapeJson(text)}\n`
}

function pickFinding({ code, severity, area, message, why }: Finding): object {
  return { code, severity, area, message, why }
}

type Member = readonly [name: string, json: string]

function writeObject(members: readonly Member[]): string {
  return `{${members.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`
}

function writeSignature({ status, reason, alg, kid, key, notes }: SignatureVerdict): string {
  return JSON.stringify({
    status,
    reason: reason ?? null,
    alg: alg ?? null,
    kid: kid ?? null,
    key: key ?? null,
    notes,
  })
}

function writeFailure({ claim, expected, actual, message }: Failure): string {
  return writeObject([
    ['claim', JSON.stringify(claim)],
    ['expected', isExact(expected) ? writeValue(expected) : JSON.stringify(expected ?? null)],
    ['actual', actual === undefined ? 'null' : writeValue(actual)],
    ['message', JSON.stringify(message)],
  ])
}

function isExact(value: Failure['expected']): value is ExactJson {
  return typeof value === 'object' && 'type' in value
}

const LONGEST = 1000

function writeValue(value: ExactJson): string {
  const text = writeExactJson(value)
  return text.length > LONGEST ? JSON.stringify(show(value)) : text
}
