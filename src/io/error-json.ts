// An error as one line of JSON. Its members are promised: they are added to, never renamed.

import type { TokenError } from '../core/error.ts'

export function describeError(error: TokenError, warnings: readonly string[]): object {
  const { details } = error
  return {
    error: {
      class: error.class,
      exit: error.exit,
      code: error.code,
      message: error.message,
      status: details.status ?? null,
      said: details.said ?? null,
      means: listLines(details.means).join('\n') || null,
      sent: details.sent ?? {},
      fix: listLines(details.fix),
      profile: details.profile ?? null,
      provider: details.provider ?? null,
      hop: details.hop ?? null,
      request_id: details.requestId ?? null,
      retry_after: details.retryAfter ?? null,
      warnings,
    },
  }
}

export function listLines(texts: string | readonly string[] | undefined): readonly string[] {
  return texts === undefined ? [] : typeof texts === 'string' ? [texts] : texts
}
