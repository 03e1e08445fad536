// `tokentool profile list|show|schema`: what the profiles say. No key, no secret, no network.

import type { Context, Flags } from '../cli.ts'
import { type ExitCode, TokenError } from '../core/error.ts'
import { checkDocument } from '../core/file/check.ts'
import { publishSchema } from '../core/file/published-schema.ts'
import { planChain } from '../core/profile/chain.ts'
import { type From, listInventory } from '../core/profile/inventory.ts'
import { listListings } from '../core/profile/listing.ts'
import { escapeJson } from '../core/terminal.ts'
import { readCatalog } from '../io/profile/catalog.ts'
import { readUnchecked } from '../io/profile/inspection.ts'
import { readSelection, textOf } from '../io/profile/selection.ts'
import { createTools } from '../io/tools.ts'
import { PROVIDERS } from '../providers/table.ts'
import { formatInventory, formatListings } from './profile-text.ts'

export async function listProfiles(
  _names: readonly string[],
  flags: Flags,
  { world, printer }: Context,
): Promise<ExitCode> {
  const catalog = await readUnchecked(world, flags.config as string[] | undefined)
  if (catalog.documents.length === 0) {
    throw new TokenError('file_missing', 'there is no profile file', { fix: 'tokentool init' })
  }
  const listings = listListings(catalog)
  if (flags.json === true) {
    const summaries = listings.map(({ summary }) => summary)
    await world.stdout.write(`${escapeJson(JSON.stringify(summaries))}\n`)
  } else {
    const width = world.stdout.isTTY ? world.stdout.columns : Number.POSITIVE_INFINITY
    const paint = await printer.paint('stdout')
    await world.stdout.write(formatListings(listings, width, paint))
  }
  // a file with mistakes is listed all the same: who looks for a name wants to see the names
  for (const document of catalog.documents) {
    const { length } = checkDocument(catalog, document)
    if (length === 0) continue
    const many = length === 1 ? 'a mistake' : `${length} mistakes`
    await printer.warn(`${document.shown} has ${many}; tokentool doctor says which`)
  }
  return 0
}

export async function showProfile(
  names: readonly string[],
  flags: Flags,
  { world, printer }: Context,
): Promise<ExitCode> {
  const warn = (text: string): void => void printer.warn(text)
  const selection = await readSelection(names, flags, world, warn)
  const catalog = await readCatalog(world, {
    config: flags.config as string[] | undefined,
    packaged: false,
    optional: selection.provider !== undefined,
  })
  const profiles = planChain(catalog, selection)
  const tools = createTools(world, { watch: {}, warn })
  const inventories = listInventory(profiles, nameChooser(flags, selection.environment), tools)
  if (flags.json === true) {
    const shown = inventories.map(({ profile: name, provider, environment, rows }) => ({
      name,
      provider,
      environment: environment ?? null,
      values: rows.map(({ path, written, value, from }) => {
        const { shown: _, ...plain } = { shown: undefined, ...from }
        return { path, value, written, from: plain }
      }),
    }))
    await world.stdout.write(`${escapeJson(JSON.stringify({ profiles: shown }))}\n`)
    return 0
  }
  const width = world.stdout.isTTY ? world.stdout.columns : Number.POSITIVE_INFINITY
  await world.stdout.write(formatInventory(inventories, width, await printer.paint('stdout')))
  return 0
}

function nameChooser(flags: Flags, environment: string | undefined): From | undefined {
  if (textOf(flags.environment) !== undefined) return { kind: 'flag', flag: '-e' }
  if (environment === undefined) return undefined
  return { kind: 'variable', variable: 'TOKENTOOL_ENVIRONMENT' }
}

export async function printSchema(
  _names: readonly string[],
  _flags: Flags,
  { world }: Context,
): Promise<ExitCode> {
  await world.stdout.write(`${JSON.stringify(publishSchema(PROVIDERS), undefined, 2)}\n`)
  return 0
}
