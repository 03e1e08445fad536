// From a refusal to its meaning: the provider's rows, the RFC's behind them, and local evidence.

import type { Claims } from '../call/assertion.ts'
import type { Answer } from '../call/wire.ts'
import { type ErrorCode, TokenError } from '../error.ts'
import { type Profile, tellPlace } from '../profile/profile.ts'
import type { ExplainRow } from '../provider.ts'
import { Hidden } from '../secret/hidden.ts'
import { quoteShell } from '../shell.ts'
import { type Piece, parseTemplate } from '../template/template.ts'
import { isList, toText, type Value } from '../template/value.ts'
import type { Values } from '../template/values.ts'
import { findEvidence } from './evidence.ts'
import type { Failure } from './failure.ts'

export interface Refusal {
  readonly values: Values
  readonly claims: Claims | undefined
  readonly answer: Answer
  readonly failure: Failure
  readonly requestId: string | undefined
  readonly code: ErrorCode
  readonly message: string
  readonly skew: number | undefined
}

/** A server's text is matched only so far: a pattern must not be fed a megabyte. */
const MATCHED = 4096

export function findRow(
  rows: readonly ExplainRow[] | undefined,
  refusal: { status: number; failure: Failure; body?: string },
): ExplainRow | undefined {
  const { status, failure } = refusal
  const text = [failure.text, ...failure.details, refusal.body]
    .filter((part) => part !== undefined)
    .join('\n')
    .slice(0, MATCHED)
  return rows?.find((row) => {
    const codes = typeof row.code === 'string' ? [row.code] : row.code
    const statuses = typeof row.status === 'number' ? [row.status] : row.status
    return (
      (statuses === undefined || statuses.includes(status)) &&
      (codes === undefined || (failure.code !== undefined && codes.includes(failure.code))) &&
      (row.text === undefined || new RegExp(row.text, 'im').test(text))
    )
  })
}

export function explainRefusal(refusal: Refusal): TokenError {
  const { values, answer, failure, requestId } = refusal
  const { profile } = values
  const row = findRow(profile.provider.explain, { status: answer.status, failure })
  const said = describeSaid(failure, answer.status)
  const evidence = findEvidence(row?.suspects, {
    values,
    claims: refusal.claims,
    skew: refusal.skew,
    said: said ?? '',
  })
  const proofs = evidence.map(({ proof }) => proof)
  const likely =
    row && proofs.length === 0 ? (row.why ?? []).map((why) => fillLine(why, values, false)) : []
  const fixes = row?.fix === undefined ? [] : typeof row.fix === 'string' ? [row.fix] : row.fix
  const wait = readRetryAfter(answer)
  const means = row
    ? [fillLine(row.means, values, false), ...proofs, ...likely.map((why) => `- ${why}`)]
    : guess(refusal)
  const fix = [
    ...evidence.flatMap((found) => found.fix ?? []),
    ...fixes.map((line) => fillLine(line, values, true)),
    ...(wait === undefined ? [] : [`wait ${wait} s, then ask again`]),
  ]
  return new TokenError(refusal.code, refusal.message, {
    ...(said !== undefined && { said }),
    ...(means.length > 0 && { means }),
    sent: { ...listSent(refusal, row), ...(requestId !== undefined && { request: requestId }) },
    ...(fix.length > 0 && { fix: [...new Set(fix)] }),
    ...(row?.class && { class: row.class }),
    status: answer.status,
    ...(requestId !== undefined && { requestId }),
    ...(wait !== undefined && { retryAfter: wait }),
    profile: profile.name,
    provider: profile.providerName,
  })
}

function describeSaid(failure: Failure, status: number): string | undefined {
  const { text, details } = failure
  // SCIM and others repeat the status as if it were a code
  const code = failure.code === `${status}` && text !== undefined ? undefined : failure.code
  const words = [code, text === code ? undefined : text].filter(
    (part) => part !== undefined && part !== '',
  )
  const said = [...new Set([words.join(': '), ...details])]
    .filter((part) => part !== '')
    .join(' · ')
  return said === '' ? undefined : said
}

/** Nothing known of this refusal: what its status alone tells. */
function guess({ answer, values }: Refusal): string[] {
  const { status } = answer
  if (status >= 300 && status < 400) {
    const { location = '' } = answer.headers
    const where = URL.canParse(location) ? ` to ${new URL(location).origin}` : ''
    return [`it points${where}; a request with a secret in it is not sent on to another address`]
  }
  if (status === 404 || status === 405)
    return [`nothing answers at ${pathOf(values)}: the URL or the method is wrong`]
  if (status === 401) return ['the service does not accept this client, key or token']
  if (status === 403) return ['the service knows who is asking and does not allow it']
  if (status === 429) return ['too many requests in a short time']
  if (status >= 500)
    return ['the service, or something before it, failed; the request itself may be fine']
  return []
}

function pathOf(values: Values): string {
  const url = values.text('token_endpoint')
  return url !== undefined && URL.canParse(url) ? new URL(url).pathname : 'this URL'
}

const USUALLY_SENT = ['iss', 'sub', 'aud', 'scope', 'scopes']

/** What we sent that matters, as it may be shown: claims first, then fields of the profile. */
function listSent(refusal: Refusal, row: ExplainRow | undefined): Record<string, string> {
  const { values, claims } = refusal
  const names = row?.sent ?? (claims ? USUALLY_SENT : ['client_id', 'scopes'])
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = claims?.[name] ?? tryField(values, name)
      return value === undefined || value === null ? [] : [[name, show(value)]]
    }),
  )
}

function show(value: Value): string {
  const text = isList(value) ? value.map((item) => `${toText(item)}`).join(' ') : `${toText(value)}`
  return text.length > 300 ? `${text.slice(0, 299)}…` : text
}

function tryField(values: Values, name: string): Value | undefined {
  try {
    return values.field(name)
  } catch {
    return undefined
  }
}

/**
 * The lines of a row may hold ${field}, ${profile}, ${environment}, and ${at.field} for the place
 * where a field stands. In a fix that is a command, what is filled in is quoted for a shell.
 */
function fillLine(line: string, values: Values, fix: boolean): string {
  const quote =
    fix && /^(tokentool|openssl|export|curl|chmod) /.test(line)
      ? quoteShell
      : (text: string) => text
  return readPieces(line)
    .map((piece) => {
      if (typeof piece === 'string') return piece
      const [first = '', ...rest] = piece.name.split('.')
      if (first === 'at') return placeText(values.profile, rest)
      if (first === 'profile') return quote(values.profile.name)
      if (first === 'provider') return quote(values.profile.providerName)
      if (first === 'environment') return quote(values.profile.environment ?? 'this environment')
      const value = tryField(values, first)
      if (value === undefined || value === null || toText(value) instanceof Hidden) return '…'
      return quote(show(value))
    })
    .join('')
}

// A row of a profile that cannot be read is no reason to lose what the service said.
function readPieces(line: string): Piece[] {
  try {
    return parseTemplate(line)
  } catch (error) {
    if (error instanceof TokenError) return [line]
    throw error
  }
}

function placeText(profile: Profile, path: readonly string[]): string {
  return tellPlace(profile, path) ?? 'in the profile'
}

/** Seconds; a date is reckoned from the answer's own clock. */
export function readRetryAfter(answer: Answer): number | undefined {
  const text = answer.headers['retry-after']?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text)
  // Date.parse finds a date in nearly anything
  const at = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN
  const now = Date.parse(answer.headers.date ?? '') || answer.answeredAt
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000))
}
