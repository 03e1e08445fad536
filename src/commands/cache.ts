// `tokentool cache list|clear`: what is kept for the next time, never the tokens themselves.

import type { Context, Flags } from '../cli.ts'
import { toIso } from '../core/answer/expiry.ts'
import { formatDuration } from '../core/duration.ts'
import { type ExitCode, TokenError } from '../core/error.ts'
import { type Column, fitColumns } from '../core/layout.ts'
import { quoteShell } from '../core/shell.ts'
import { escapeJson, escapeLine } from '../core/terminal.ts'
import type { World } from '../core/world.ts'
import { forget, forgetAll, type Kept, listKept } from '../io/cache/contents.ts'
import { showPath } from '../io/path.ts'
import { textOf } from '../io/profile/selection.ts'
import { openProfiles } from './opening.ts'

export async function listCache(
  _names: readonly string[],
  flags: Flags,
  { world, printer }: Context,
): Promise<ExitCode> {
  const kept = await listOrTell({ world, printer })
  const sorted = [...kept].sort((one, other) => compare(one, other))
  if (flags.json === true) {
    const rows = sorted.map((one) => describe(one, world.now()))
    await world.stdout.write(`${escapeJson(JSON.stringify(rows))}\n`)
  } else if (sorted.length > 0) {
    const width = world.stdout.isTTY ? world.stdout.columns : Number.POSITIVE_INFINITY
    const lines = fitColumns(layOut(sorted, world), width)
    await world.stdout.write(`${lines.map((cells) => cells.join('').trimEnd()).join('\n')}\n`)
  } else await printer.note('no token is kept')
  return 0
}

function compare(one: Kept, other: Kept): number {
  if (one.entry.profile !== other.entry.profile)
    return one.entry.profile < other.entry.profile ? -1 : 1
  return one.entry.until - other.entry.until
}

function describe({ entry, size }: Kept, now: number): object {
  const left = Math.floor((entry.until - now) / 1000)
  return {
    profile: entry.profile,
    file: entry.file,
    provider: entry.provider,
    environment: entry.environment,
    scopes: entry.scopes,
    expires_at: toIso(entry.until),
    expires_in: Math.max(0, left),
    age: Math.max(0, Math.floor((now - entry.saved_at) / 1000)),
    size,
  }
}

function layOut(kept: readonly Kept[], world: World): Column[] {
  const now = world.now()
  const column = (head: string, read: (one: Kept) => string, least?: number): Column => ({
    head,
    cells: kept.map((one) => escapeLine(read(one))),
    ...(least !== undefined && { least }),
  })
  const time = (milliseconds: number): string => formatDuration(milliseconds / 1000)
  return [
    column('profile', ({ entry }) => entry.profile, 8),
    column('expires', ({ entry }) =>
      entry.until <= now ? 'expired' : `in ${time(entry.until - now)}`,
    ),
    column('age', ({ entry }) => time(now - entry.saved_at)),
    column('provider', ({ entry }) => entry.provider, 8),
    column('environment', ({ entry }) => entry.environment ?? '', 7),
    column('size', ({ size }) => `${size} B`),
    column('scopes', ({ entry }) => entry.scopes?.join(' ') ?? '', 12),
    column('file', ({ entry }) => (entry.file === null ? '' : showPath(entry.file, world)), 12),
  ]
}

export async function clearCache(
  names: readonly string[],
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const { world, printer } = context
  const profile = names[0] ?? textOf(flags.profile)
  const asked = [profile !== undefined, flags.expired === true, flags.all === true]
  if (asked.filter(Boolean).length !== 1) {
    throw new TokenError('usage', 'what is to be cleared?', {
      means: 'a profile, what is over, or everything: one of them',
      fix: [
        'tokentool cache clear PROFILE',
        'tokentool cache clear --expired',
        'tokentool cache clear --all',
      ],
    })
  }
  const kept = await listOrTell(context)
  const chosen =
    profile !== undefined
      ? await chooseOf(profile, kept, flags, context)
      : kept.filter(({ entry }) => flags.all === true || entry.until <= world.now())
  if (profile !== undefined && chosen.length === 0) {
    await printer.note(`no token of ${profile} is kept`)
  }
  const count = forget(chosen)
  if (flags.all === true) forgetAll(world)
  if (count < chosen.length) {
    throw new TokenError('file_unwritable', `${chosen.length - count} could not be removed`, {
      fix: `ls -l ${quoteShell(chosen[0]?.path ?? '')}`,
    })
  }
  const text =
    flags.json === true
      ? escapeJson(JSON.stringify({ cleared: count }))
      : `cleared ${count === 1 ? '1 token' : `${count} tokens`}`
  await world.stdout.write(`${text}\n`)
  return 0
}

/** What the profile would print now, whoever asked for it, and what it has had before. */
async function chooseOf(
  name: string,
  kept: readonly Kept[],
  flags: Flags,
  context: Context,
): Promise<readonly Kept[]> {
  const { file, token } = await findOwn(name, flags, context)
  return kept.filter(({ entry }) => {
    const isSame = entry.profile === name && (file === undefined || entry.file === file)
    return entry.name === token || isSame
  })
}

async function findOwn(
  name: string,
  flags: Flags,
  context: Context,
): Promise<{ file?: string | undefined; token?: string | undefined }> {
  try {
    const opening = await openProfiles([name], { ...flags, input: false }, context)
    const file = opening.profiles.at(-1)?.entry?.document.file
    return { file, token: await opening.nameToken().catch(ignore) }
  } catch (error) {
    // one that is no longer in the file, or in another one, is forgotten by its name
    if (error instanceof TokenError) return {}
    throw error
  }
}

/** A file that is not trusted: nothing of it is looked at. */
function ignore(error: unknown): undefined {
  if (!(error instanceof TokenError)) throw error
}

async function listOrTell({ world, printer }: Context): Promise<readonly Kept[]> {
  const kept = listKept(world)
  if (Array.isArray(kept)) return kept
  await printer.note(`nothing is kept here: ${kept}`)
  return []
}
