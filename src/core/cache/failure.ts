// A failure that others are spared: whoever waits for a service that is down would only find out the
// same, one after another. What only the profile's owner can mend is not remembered beyond those who
// were already waiting for it.

import type { Tools } from '../call/tools.ts'
import { formatDuration } from '../duration.ts'
import { type ErrorCode, type ErrorDetails, EXITS, isErrorCode, TokenError } from '../error.ts'
import { isJsonObject, readJson } from '../json.ts'
import { quoteShell } from '../shell.ts'

const VERSION = 1
const SHARED_FOR = 5000
/** A service may ask for any time; an hour from now somebody will want to see for himself. */
const LONGEST = 3_600_000

interface Record {
  readonly version: number
  readonly name: string
  /** milliseconds */
  readonly failed_at: number
  readonly until: number
  /** how long the run had that it failed in */
  readonly timeout: number
  readonly code: ErrorCode
  readonly message: string
  readonly details: ErrorDetails
}

/** Whose failure it is, and how long its calls may take (milliseconds). */
interface Asked {
  readonly name: string
  readonly profile: { readonly name: string }
  readonly timeout: number
}

/** undefined: it is no failure of the service's. */
export function writeFailure(
  error: unknown,
  { name, timeout }: Asked,
  tools: Pick<Tools, 'now' | 'secrets'>,
): string | undefined {
  if (!(error instanceof TokenError)) return undefined
  if (!['unavailable', 'refused', 'unusable'].includes(error.class)) return undefined
  const now = tools.now()
  const { cause: _, ...details } = error.details
  const record: Record = {
    version: VERSION,
    name,
    failed_at: now,
    until: now + lengthOf(error),
    timeout,
    code: error.code,
    message: error.message,
    details,
  }
  return JSON.stringify(record, (_name, value) =>
    typeof value === 'string' && value !== name ? tools.secrets.clean(value) : value,
  )
}

/** Mended by hand, and then nobody wants to wait. */
const OWN: readonly ErrorCode[] = ['network_tls', 'network_proxy', 'network_dns']

function lengthOf(error: TokenError): number {
  const { retryAfter } = error.details
  if (error.class !== 'unavailable' || OWN.includes(error.code)) return 0
  return Math.min(LONGEST, Math.max(SHARED_FOR, (retryAfter ?? 0) * 1000))
}

export function readFailure(
  text: string | undefined,
  { name, profile, timeout }: Asked,
  tools: Pick<Tools, 'now' | 'began'>,
): TokenError | undefined {
  const record = text === undefined ? undefined : readJson(text)
  const now = tools.now()
  if (!isRecord(record) || record.name !== name || record.failed_at > now) return undefined
  // who has waited since before that would only have found out the same
  if (record.failed_at < tools.began && now >= record.until) return undefined
  // and who has more time may find out something else
  if (record.code === 'network_timeout' && timeout > record.timeout) return undefined
  const ago = Math.max(1, Math.round((now - record.failed_at) / 1000))
  const left = Math.ceil((record.until - now) / 1000)
  const { means, fix, retryAfter, ...details } = record.details
  return new TokenError(record.code, record.message, {
    ...details,
    means: [
      ...listOf(means),
      `that was ${formatDuration(ago)} ago, in another run; it has not been asked again`,
    ],
    fix: [
      ...listOf(fix).filter((line) => !line.startsWith('wait ')),
      ...(left > 0 ? [`wait ${formatDuration(left)}, then ask again`] : []),
      `tokentool get ${quoteShell(profile.name)} --force-new   (asks all the same)`,
    ],
    ...(retryAfter !== undefined && { retryAfter: Math.max(0, left) }),
  })
}

function listOf(lines: string | readonly string[] | undefined): readonly string[] {
  return lines === undefined ? [] : typeof lines === 'string' ? [lines] : lines
}

function isRecord(data: unknown): data is Record {
  return (
    isJsonObject(data) &&
    data.version === VERSION &&
    typeof data.failed_at === 'number' &&
    typeof data.until === 'number' &&
    typeof data.timeout === 'number' &&
    typeof data.message === 'string' &&
    isErrorCode(data.code) &&
    isDetails(data.details)
  )
}

/** Only what is printed is looked at: a file that somebody changed must not make us fall over. */
function isDetails(data: unknown): data is ErrorDetails {
  if (!isJsonObject(data)) return false
  const { said, means, sent, fix, status, requestId, retryAfter } = data
  if (data.class !== undefined && !Object.hasOwn(EXITS, `${data.class}`)) return false
  const isLines = (value: unknown): boolean =>
    value === undefined ||
    typeof value === 'string' ||
    (Array.isArray(value) && value.every((line) => typeof line === 'string'))
  return (
    [said, requestId, data.profile, data.provider].every(
      (value) => value === undefined || typeof value === 'string',
    ) &&
    [status, retryAfter, data.hop].every(
      (value) => value === undefined || typeof value === 'number',
    ) &&
    isLines(means) &&
    isLines(fix) &&
    (sent === undefined ||
      (isJsonObject(sent) && Object.values(sent).every((value) => typeof value === 'string')))
  )
}
