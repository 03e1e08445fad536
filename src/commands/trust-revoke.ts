// `tokentool trust revoke`: forgets what a project file was allowed. The file itself is not read: it may
// be broken, or gone.

import { lstatSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Context, Flags } from '../cli.ts'
import { type ExitCode, TokenError } from '../core/error.ts'
import { type Grant, showUse, sortUses } from '../core/profile/grant.ts'
import { escapeJson, escapeLine } from '../core/terminal.ts'
import type { World } from '../core/world.ts'
import { resolveNamed, showFile } from '../io/profile/profile-file.ts'
import { PROJECT_NAMES } from '../io/profile/profiles.ts'
import { changeTrust, readTrust, realPathOf, type TrustStore } from '../io/profile/trust-store.ts'
import { describeUse } from './trust.ts'

export async function revokeTrust(
  names: readonly string[],
  flags: Flags,
  { world, printer }: Context,
): Promise<ExitCode> {
  const store = readTrust(world)
  const files = chooseFiles(names[0], flags, store, world)
  if (files.length > 0) {
    changeTrust(world, (now) => {
      for (const file of files) now.delete(file)
    })
  }
  const forgotten = files.map((file) => ({ file, grants: sortUses(store.get(file) ?? []) }))
  if (flags.json === true) {
    const value = forgotten.map(({ file, grants }) => ({ file, uses: grants.map(describeUse) }))
    await world.stdout.write(`${escapeJson(JSON.stringify(value))}\n`)
    return 0
  }
  await world.stdout.write(forgotten.map((one) => formatOne(one, world)).join(''))
  if (files.length === 0) await printer.note('no project file had been trusted')
  return 0
}

function formatOne(
  { file, grants }: { file: string; grants: readonly Grant[] },
  world: World,
): string {
  const lines = [...grants.map((grant) => `- ${showUse(grant)}`), `forgot ${showFile(file, world)}`]
  return lines.map((line) => `${escapeLine(line)}\n`).join('')
}

function chooseFiles(
  named: string | undefined,
  flags: Flags,
  store: TrustStore,
  world: World,
): string[] {
  if (flags.all === true) {
    if (named === undefined) return [...store.keys()]
    throw new TokenError('usage', `--all and ${named} name two things to forget`)
  }
  const here =
    named === undefined ? findHere(store, world) : [realPathOf(resolveNamed(named, world))]
  const files = here.filter((file) => store.has(file))
  if (files.length > 0) return files
  const [first] = here
  throw new TokenError(
    'file_missing',
    first === undefined
      ? 'there is no project file here'
      : `${showFile(first, world)} has not been trusted`,
    { means: 'nothing was forgotten', fix: 'tokentool trust list' },
  )
}

/** The file that would be found, or the one that was remembered where it would be. */
function findHere(store: TrustStore, world: World): string[] {
  for (let folder = world.cwd; folder !== undefined; ) {
    const real = realPathOf(folder)
    const found = PROJECT_NAMES.flatMap((name) => {
      const path = join(real, name)
      return isThere(path) || store.has(path) ? realPathOf(path) : []
    })
    if (found.length > 0) return found
    const parent = dirname(folder)
    folder = parent === folder ? undefined : parent
  }
  return []
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}
