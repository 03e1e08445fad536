// `tokentool get`: a token on stdout, and nothing else there.

import type { Context, Flags } from '../cli.ts'
import { formatToken } from '../core/answer/form.ts'
import type { Form } from '../core/answer/form-names.ts'
import { prepareChain, runChain } from '../core/call/line.ts'
import type { TokenSet } from '../core/call/token.ts'
import type { Tools } from '../core/call/tools.ts'
import { formatDuration } from '../core/duration.ts'
import { type ExitCode, TokenError } from '../core/error.ts'
import type { Profile } from '../core/profile/profile.ts'
import { readTime, textOf } from '../io/profile/selection.ts'
import { openProfiles } from './opening.ts'

export async function get(
  names: readonly string[],
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const { world, printer } = context
  const opening = await openProfiles(names, flags, context)
  const { profiles } = opening
  try {
    const ttl = typeof flags.minTtl === 'string' ? readTime(flags.minTtl, '--min-ttl') : undefined
    refuseLenientChain(profiles, flags)
    const tools = await opening.openTools(profiles)
    if (flags.dryRun === true || flags.curl === true)
      return await showRequests(profiles, flags, tools, context)
    const token = await runChain(profiles, tools)
    requireTtl(token, ttl, world.now())
    const form = flags.json === true ? 'json' : ((textOf(flags.output) ?? 'token') as Form)
    await world.stdout.write(
      formatToken(token, form, { now: world.now(), sandbox: opening.sandboxed }),
    )
    await printer.summarize(describe(token, world.now()))
    return 0
  } finally {
    await opening.close()
  }
}

async function showRequests(
  profiles: readonly Profile[],
  flags: Flags,
  tools: Tools,
  { world }: Context,
): Promise<ExitCode> {
  const { formatRequests } = await import('./dry-run.ts')
  const prepared = await prepareChain(profiles, tools)
  await world.stdout.write(formatRequests(prepared, flags, tools))
  return 0
}

/** Leniency is a matter between one profile and one service: it is never spread over a chain. */
function refuseLenientChain(profiles: readonly Profile[], flags: Flags): void {
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

function requireTtl(token: TokenSet, seconds: number | undefined, now: number): void {
  if (seconds === undefined) return
  const left = token.expiresAt === undefined ? undefined : (token.expiresAt - now) / 1000
  if (left !== undefined && left >= seconds) return
  throw new TokenError(
    'check_failed',
    `the token of ${token.profile} is not good for ${formatDuration(seconds)}`,
    {
      means:
        left === undefined
          ? 'the service does not say how long it lives'
          : `the service gives it ${formatDuration(left)}`,
      profile: token.profile,
      provider: token.provider,
    },
  )
}

function describe(token: TokenSet, now: number): string {
  const { profile, environment, scopes, expiresAt } = token
  const left =
    expiresAt === undefined
      ? 'no expiry known'
      : `good for ${formatDuration((expiresAt - now) / 1000)}`
  return [profile, environment, scopes?.join(' '), left, 'new']
    .filter((part) => part !== undefined && part !== '')
    .join(' · ')
}
