// What project files have been allowed, by their real paths, in a file that only the user can read.

import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import type { Tools } from '../../core/call/tools.ts'
import { TokenError } from '../../core/error.ts'
import { type Catalog, listProfiles } from '../../core/file/catalog.ts'
import type { ProfileDocument } from '../../core/file/document.ts'
import { planChain } from '../../core/profile/chain.ts'
import { draftProfile } from '../../core/profile/draft.ts'
import { listEnvironments } from '../../core/profile/environment.ts'
import { isTree } from '../../core/profile/layer.ts'
import type { Profile } from '../../core/profile/profile.ts'
import { isAllowed, listUses, showUse, type Use } from '../../core/profile/trust.ts'
import { isList } from '../../core/template/value.ts'
import type { World } from '../../core/world.ts'
import { createTools } from '../tools.ts'

type Store = Readonly<Record<string, readonly string[]>>

export async function requireTrust(
  profiles: readonly Profile[],
  world: World,
  tools: Tools,
): Promise<void> {
  const documents = profiles.flatMap(({ entry, home }) =>
    [entry?.document ?? [], home ?? []].flat(),
  )
  if (!documents.some(({ origin }) => origin === 'project')) return
  const store = readStore(world)
  const missing = listUses(profiles, tools).filter((use) => !isAllowed(use, store[use.file] ?? []))
  if (missing.length === 0) return
  const [first] = missing
  const shown = documents.find(({ file }) => file === first?.file)?.shown ?? first?.file
  throw new TokenError(
    'untrusted',
    `${shown} was found here and is not trusted with what it wants to use`,
    {
      means: [...new Set(missing.map(showUse))],
      fix: ['look at the file, then: tokentool trust', `or name it: -c ${shown}`],
    },
  )
}

/** Remembers all that the file may use, of every profile in every environment. */
export function trustDocument(catalog: Catalog, document: ProfileDocument, world: World): Use[] {
  // a file that is trusted is judged as it will be when it is found
  const documents = catalog.documents.map((other) =>
    other === document ? { ...other, origin: 'project' as const } : other,
  )
  const tools = createTools(world, { watch: {}, warn: () => {} })
  const uses = listAllUses({ ...catalog, documents }, tools).filter(
    ({ file }) => file === document.file,
  )
  rememberTrust(document.file, uses, world)
  return uses
}

function listAllUses(catalog: Catalog, tools: Tools): Use[] {
  const entries = listProfiles(catalog)
  // -e picks for a whole chain, so a name that one profile knows may be another's as well
  const names = entries.flatMap(
    (entry) => attempt(() => listEnvironments(draftProfile(catalog, entry))) ?? [],
  )
  return entries.flatMap(({ name }) =>
    [undefined, ...new Set(names)].flatMap((environment) => {
      const selection = {
        profile: name,
        provider: undefined,
        onward: [],
        environment,
        overrides: [],
        scopes: [],
        transport: [],
      }
      return attempt(() => listUses(planChain(catalog, selection), tools)) ?? []
    }),
  )
}

/** An environment that a chain does not know: it cannot run there, so it uses nothing there. */
function attempt<Result>(read: () => Result): Result | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof TokenError) return undefined
    throw error
  }
}

/** Replaces what was remembered of the file: what it no longer uses is no longer allowed. */
function rememberTrust(file: string, uses: readonly Use[], world: World): void {
  const store = readStore(world)
  const own = [...new Set(uses.filter((use) => use.file === file).map(showUse))].sort()
  writeStore({ ...store, [file]: own }, world)
}

function storePath(world: World): string {
  const set = world.env.XDG_STATE_HOME
  // the specification has relative paths ignored
  const state = set && isAbsolute(set) ? set : world.home && join(world.home, '.local/state')
  if (!state || !isAbsolute(state)) {
    throw new TokenError('file_unwritable', 'there is no home folder to remember trust in', {
      fix: 'export HOME=…, or name the profile file: -c FILE',
    })
  }
  return join(state, 'tokentool', 'trusted.json')
}

// A store that cannot be read allows nothing.
function readStore(world: World): Store {
  try {
    const data: unknown = JSON.parse(readFileSync(storePath(world), 'utf8'))
    const files = isTree(data) && data.version === 1 && isTree(data.files) ? data.files : {}
    return Object.fromEntries(
      Object.entries(files).map(([file, uses]) => [file, isList(uses) ? uses.map(String) : []]),
    )
  } catch {
    return {}
  }
}

// One folder at a time: Node's own recursion never ends where a folder cannot be made, as in /proc.
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

function writeStore(files: Store, world: World): void {
  const path = storePath(world)
  const temporary = `${path}.${world.uuid()}`
  try {
    makeFolder(dirname(path))
    chmodSync(dirname(path), 0o700)
    writeFileSync(temporary, `${JSON.stringify({ version: 1, files }, undefined, 2)}\n`, {
      mode: 0o600,
      flag: 'wx',
    })
    renameSync(temporary, path)
  } catch {
    throw new TokenError('file_unwritable', `cannot write ${path}`, {
      means: 'what a project file may use is remembered there',
      fix: `ls -ld ${dirname(path)}`,
    })
  }
}
