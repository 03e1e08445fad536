// How every command begins that signs or asks: from the command line to the chain of profiles and
// the tools that are to work on it.

import type { Context, Flags } from '../cli.ts'
import { identifyTokens } from '../core/cache/identity.ts'
import { type Keeping, runChain } from '../core/call/line.ts'
import type { TokenSet } from '../core/call/token.ts'
import type { Tools } from '../core/call/tools.ts'
import { TokenError } from '../core/error.ts'
import { planChain } from '../core/profile/chain.ts'
import type { Profile } from '../core/profile/profile.ts'
import type { FileStore } from '../io/cache/token-store.ts'
import { readCatalog } from '../io/profile/catalog.ts'
import { readSelection } from '../io/profile/selection.ts'
import { requestTrust, requireTrust } from '../io/profile/trust.ts'
import { createTools } from '../io/tools.ts'
import { createWatch } from '../io/watch.ts'
import { readTtl } from './condition.ts'

export type FileKeeping = Keeping & { readonly store: FileStore }

export interface Opening {
  readonly profiles: readonly Profile[]
  readonly sandboxed: boolean
  /** Only what has been shown to the user is handed out. */
  openTools(used: readonly Profile[]): Promise<Tools>
  /** The last token of the chain; `least`: milliseconds that must be left of one that was kept. */
  fetchToken(least?: number): Promise<TokenSet>
  /** undefined: nothing is kept */
  readonly keeping: FileKeeping | undefined
  /** The name that the last token is kept under; undefined: it is not kept. */
  nameToken(): Promise<string | undefined>
  close(): Promise<void>
}

export async function openProfiles(
  names: readonly string[],
  flags: Flags,
  { world, printer }: Context,
): Promise<Opening> {
  const warn = (text: string, weight?: 'loud'): void => void printer.warn(text, weight)
  const selection = await readSelection(names, flags, world, warn)
  const catalog = await readCatalog(world, {
    config: flags.config as string[] | undefined,
    packaged: flags.sandbox === true,
    optional: selection.provider !== undefined,
  })
  const profiles = planChain(catalog, selection)
  const watch = createWatch(printer)
  const sandbox =
    flags.sandbox === true
      ? await (await import('../sandbox/embed.ts')).openSandbox(catalog, selection, world, printer)
      : undefined
  const openTools = async (used: readonly Profile[]): Promise<Tools> => {
    const tools = sandbox?.tools(watch, warn) ?? createTools(world, { watch, warn })
    if (!sandbox) await requestTrust(used, tools, { world, printer, flags })
    return tools
  }
  // what a twin answers is good for nothing else
  const keeping = sandbox ? undefined : await openKeeping(flags, world, printer)
  let tools: Tools | undefined
  return {
    profiles,
    sandboxed: sandbox !== undefined,
    openTools,
    keeping,
    async fetchToken(least) {
      // what may be used is asked once; what failed before another asking is no failure of that one, and
      // what a command said hours ago is asked again
      if (tools) world.commandOutputs.clear()
      if (tools === undefined) tools = await openTools(profiles)
      else {
        // a program may have changed since then, or what was trusted
        if (!sandbox) await requireTrust(profiles, world, tools)
        tools = { ...tools, began: world.now(), waited: 0 }
      }
      const most = Math.max(least ?? 0, keeping?.least ?? 0)
      const wanted = keeping && (most > 0 ? { ...keeping, least: most } : keeping)
      // what was waited for is there
      return runChain(profiles, tools, wanted).finally(() => watch.stop())
    },
    async nameToken() {
      if (keeping === undefined) return undefined
      return (await identifyTokens(profiles, await openTools(profiles), keeping.store)).at(-1)
    },
    async close() {
      watch.stop()
      await sandbox?.close()
    },
  }
}

async function openKeeping(
  flags: Flags,
  world: Context['world'],
  printer: Context['printer'],
): Promise<FileKeeping | undefined> {
  if (flags.forceNew === true && flags.cache === false) {
    throw new TokenError('usage', '--force-new keeps what it gets, --no-cache does not', {
      fix: 'one of them',
    })
  }
  const least = readTtl(flags)
  if (flags.cache === false || flags.dryRun === true || flags.curl === true) return undefined
  const { openTokenStore } = await import('../io/cache/token-store.ts')
  const store = openTokenStore(world, (text) => void printer.mention(text))
  const forceNew = flags.forceNew === true
  return store && { store, least: least === undefined ? undefined : least * 1000, forceNew }
}
