// From a refusal to its meaning: the provider's rows, the RFC's behind them, and local evidence.

import type { Failure } from '../answer/failure.ts'
import type { Claims } from '../call/assertion.ts'
import type { Answer } from '../call/wire.ts'
import { formatDuration } from '../duration.ts'
import { type ErrorClass, type ErrorCode, TokenError } from '../error.ts'
import type { ExplainRow } from '../provider.ts'
import type { Values } from '../template/values.ts'
import { diagnose, listSent, tryField } from './diagnosis.ts'
import { isFit, matchRow, type Symptom } from './match.ts'

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

export function findRow(
  rows: readonly ExplainRow[] | undefined,
  symptom: Symptom,
): ExplainRow | undefined {
  return rows?.find((row) => isFit(matchRow(row, symptom)))
}

export function explainRefusal(refusal: Refusal): TokenError {
  const { values, claims, answer, failure, requestId, skew } = refusal
  const { profile } = values
  const { status } = answer
  const endpoint = tryField(values, 'token_endpoint')
  const row = findRow(profile.provider.explain, {
    status,
    failure,
    urls: typeof endpoint === 'string' ? [endpoint] : [],
  })
  const said = describeSaid(failure, status)
  const found = row && diagnose(row, { values, claims, skew, said: said ?? '' })
  const wait = readRetryAfter(answer)
  const means = found
    ? [found.means, ...found.proofs, ...found.why.map((why) => `- ${why}`)]
    : guess(refusal)
  const fix =
    wait === undefined
      ? (found?.fix ?? [])
      : [
          // the service knows better when
          ...(found?.fix ?? []).filter((line) => !line.startsWith('try again in ')),
          ...(wait === 0 ? [] : [`wait ${formatDuration(wait)}, then ask again`]),
        ]
  return new TokenError(refusal.code, refusal.message, {
    ...(said !== undefined && { said }),
    ...(means.length > 0 && { means }),
    sent: {
      ...listSent(values, claims, row),
      ...(requestId !== undefined && { request: requestId }),
    },
    fix: fix.length > 0 ? fix : '-vv   (what was sent, and what came back)',
    ...(row?.class && { class: row.class }),
    status,
    ...(requestId !== undefined && { requestId }),
    ...(wait !== undefined && { retryAfter: wait }),
    profile: profile.name,
    provider: profile.providerName,
  })
}

/** What a live failure with that status would be called. */
export function guessClass(status: number | undefined): ErrorClass {
  if (status === undefined) return 'refused'
  if (status >= 300 && status < 400) return 'unusable'
  return [407, 408, 429].includes(status) || status >= 500 ? 'unavailable' : 'refused'
}

export function describeSaid(failure: Failure, status: number | undefined): string | undefined {
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

/** Seconds; a date is reckoned from the answer's own clock. */
export function readRetryAfter(answer: Answer): number | undefined {
  const text = answer.headers['retry-after']?.trim() ?? ''
  if (/^\d+$/.test(text)) return Math.min(Number(text), 1e9)
  // Date.parse finds a date in nearly anything
  const at = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN
  const now = Date.parse(answer.headers.date ?? '') || answer.answeredAt
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000))
}
