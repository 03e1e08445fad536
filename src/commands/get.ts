// `tokentool get`: a token on stdout, and nothing else there.

import type { Context, Flags } from '../cli.ts'
import { prepareChain } from '../core/call/line.ts'
import type { TokenSet } from '../core/call/token.ts'
import type { Tools } from '../core/call/tools.ts'
import { formatDuration } from '../core/duration.ts'
import type { ExitCode } from '../core/error.ts'
import type { Profile } from '../core/profile/profile.ts'
import { followWorld } from '../io/cache/trail.ts'
import { readTtl, refuseLenientChain, requireTtl } from './condition.ts'
import { isLasting, planDelivery } from './delivery.ts'
import { openProfiles } from './opening.ts'

export async function get(
  names: readonly string[],
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const { printer } = context
  const trail = followWorld(context.world)
  const { world } = trail
  const deliver = await planDelivery(flags, { ...context, world })
  const opening = await openProfiles(names, flags, { ...context, world })
  const { profiles } = opening
  try {
    refuseLenientChain(profiles, flags)
    if (flags.dryRun === true || flags.curl === true)
      return await showRequests(profiles, flags, await opening.openTools(profiles), {
        ...context,
        world,
      })
    const token = await opening.fetchToken()
    requireTtl(token, readTtl(flags), world.now())
    await deliver(token, { now: world.now(), sandbox: opening.sandboxed })
    const { keeping } = opening
    if (keeping && isLasting(flags) && !printer.hasSpoken) trail.remember(token, keeping.store)
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

function describe(token: TokenSet, now: number): string {
  const { profile, environment, scopes, expiresAt, cached } = token
  const left =
    expiresAt === undefined
      ? 'no expiry known'
      : `good for ${formatDuration((expiresAt - now) / 1000)}`
  return [profile, environment, scopes?.join(' '), left, cached ? 'cached' : 'new']
    .filter((part) => part !== undefined && part !== '')
    .join(' · ')
}
