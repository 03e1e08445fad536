// What `get` and `exec` refuse: a leniency that is spread too far, a token that will not last.

import type { Flags } from '../cli.ts'
import type { TokenSet } from '../core/call/token.ts'
import { formatDuration } from '../core/duration.ts'
import { TokenError } from '../core/error.ts'
import type { Profile } from '../core/profile/profile.ts'
import { quoteShell } from '../core/shell.ts'
import { readTime } from '../io/profile/selection.ts'

/** Leniency is a matter between one profile and one service: it is never spread over a chain. */
export function refuseLenientChain(profiles: readonly Profile[], flags: Flags): void {
  if (profiles.length < 2) return
  const flag =
    flags.insecure === true ? '--insecure' : flags.cacert === undefined ? undefined : '--cacert'
  if (flag === undefined) return
  throw new TokenError(
    'usage',
    `${flag} is for a single call; this chain makes ${profiles.length}`,
    {
      means: `${profiles.map((profile) => profile.name).join(' → ')}: which of them is meant?`,
      fix: `${flag === '--insecure' ? 'tls: { insecure: true }' : 'tls: { ca: FILE }'} in the profile that needs it`,
    },
  )
}

/** --min-ttl, in seconds */
export function readTtl(flags: Flags): number | undefined {
  return typeof flags.minTtl === 'string' ? readTime(flags.minTtl, '--min-ttl') : undefined
}

export function requireTtl(token: TokenSet, seconds: number | undefined, now: number): void {
  if (seconds === undefined) return
  const left = token.expiresAt === undefined ? undefined : (token.expiresAt - now) / 1000
  if (left !== undefined && left >= seconds) return
  const short = left === undefined ? undefined : Math.floor(left)
  throw new TokenError(
    'check_failed',
    `the token of ${token.profile} is not good for ${formatDuration(seconds)}`,
    {
      means:
        short === undefined
          ? 'the service does not say how long it lives'
          : `a new one is good for ${formatDuration(short)}, so every call would ask anew`,
      fix:
        short === undefined || short < 5
          ? `tokentool get ${quoteShell(token.profile)} --json`
          : `tokentool get ${quoteShell(token.profile)} --min-ttl ${Math.floor(short * 0.8)}s`,
      profile: token.profile,
      provider: token.provider,
    },
  )
}
