// What project files have been allowed, by their real paths, in one file that only the user can read.
// Two runs that write at the same moment can lose the entry of one: its file is asked about again.

import { chmodSync, realpathSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { TokenError } from '../../core/error.ts'
import type { Grant, Programs } from '../../core/profile/grant.ts'
import { isTree } from '../../core/profile/layer.ts'
import { isList } from '../../core/template/value.ts'
import type { World } from '../../core/world.ts'
import { makeFolder } from '../cache/folder.ts'
import { readPrivateFile, writePrivateFile } from '../cache/private-file.ts'

export type TrustStore = ReadonlyMap<string, readonly Grant[]>

const VERSION = 2
const LARGEST = 16 * 1024 * 1024

/** A store that cannot be read, or that someone else could write to, allows nothing. */
export function readTrust(world: World): TrustStore {
  const path = findStore(world)
  if (path !== undefined) world.saw?.(path)
  const text = path === undefined ? undefined : readPrivateFile(path, LARGEST)
  const data = text === undefined ? undefined : parse(text)
  const files = isTree(data) && data.version === VERSION && isTree(data.files) ? data.files : {}
  return new Map(
    Object.entries(files).map(([file, grants]) => [
      file,
      isList(grants) ? grants.flatMap(readGrant) : [],
    ]),
  )
}

/** Read again just before it is written: a question may have stood open for an hour. */
export function changeTrust(
  world: World,
  change: (store: Map<string, readonly Grant[]>) => void,
): void {
  const store = new Map(readTrust(world))
  change(store)
  const path = findStore(world)
  if (path === undefined) {
    throw new TokenError('file_unwritable', 'there is no home folder to remember trust in', {
      fix: 'export HOME=…, or name the profile file: -c FILE',
    })
  }
  const folder = dirname(path)
  const text = JSON.stringify({ version: VERSION, files: describe(store) }, undefined, 2)
  try {
    makeFolder(folder)
    chmodSync(folder, 0o700)
    writePrivateFile(path, `${text}\n`, world)
  } catch {
    throw new TokenError('file_unwritable', `cannot write ${path}`, {
      means: 'what a project file may use is remembered there',
      fix: `ls -ld ${folder}`,
    })
  }
}

function describe(store: TrustStore): object {
  return Object.fromEntries(
    [...store].sort().map(([file, grants]) => [
      file,
      grants.map(({ what, where, programs }) => ({
        what,
        where: where ?? null,
        ...(Object.keys(programs).length > 0 && { programs }),
      })),
    ]),
  )
}

function readGrant(data: unknown): Grant[] {
  if (!isTree(data) || typeof data.what !== 'string') return []
  const { what, where, programs } = data
  if (where !== null && typeof where !== 'string') return []
  return [{ what, where: where ?? undefined, programs: readPrograms(programs) }]
}

function readPrograms(data: unknown): Programs {
  return isTree(data)
    ? Object.fromEntries(Object.entries(data).map(([name, hash]) => [name, `${hash}`]))
    : {}
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function findStore(world: World): string | undefined {
  const set = world.env.XDG_STATE_HOME
  // the specification has relative paths ignored
  const state = set && isAbsolute(set) ? set : world.home && join(world.home, '.local/state')
  return state && isAbsolute(state) ? join(state, 'tokentool', 'trusted.json') : undefined
}

/** As files are remembered; one that is gone by the path it would have. */
export function realPathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const folder = dirname(path)
    return folder === path
      ? path
      : join(realPathOf(folder), path.slice(folder.length).replace(/^\//, ''))
  }
}
