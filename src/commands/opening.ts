// How every command begins that signs or asks: from the command line to the chain of profiles and
// the tools that are to work on it.

import type { Context, Flags } from '../cli.ts'
import type { Tools } from '../core/call/tools.ts'
import { planChain } from '../core/profile/chain.ts'
import type { Profile } from '../core/profile/profile.ts'
import { readCatalog } from '../io/profile/catalog.ts'
import { readSelection } from '../io/profile/selection.ts'
import { requireTrust } from '../io/profile/trust.ts'
import { createTools } from '../io/tools.ts'
import { createWatch } from '../io/watch.ts'

export interface Opening {
  readonly profiles: readonly Profile[]
  readonly sandboxed: boolean
  /** Only what has been shown to the user is handed out. */
  openTools(used: readonly Profile[]): Promise<Tools>
  close(): Promise<void>
}

export async function openProfiles(
  names: readonly string[],
  flags: Flags,
  { world, printer }: Context,
): Promise<Opening> {
  const warn = (text: string): void => void printer.warn(text)
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
  return {
    profiles,
    sandboxed: sandbox !== undefined,
    async openTools(used) {
      const tools = sandbox?.tools(watch, warn) ?? createTools(world, { watch, warn })
      if (!sandbox) await requireTrust(used, world, tools)
      return tools
    },
    async close() {
      watch.stop()
      await sandbox?.close()
    },
  }
}
