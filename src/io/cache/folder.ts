// Where things are kept between runs. A cache that cannot be had, or that someone else could write to,
// counts as absent: nothing that is kept is needed for the answer.

import { chmodSync, existsSync, lstatSync, mkdirSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import type { World } from '../../core/world.ts'
import { resolvePath } from '../path.ts'

/** undefined: nothing is kept. */
export function findCacheFolder(world: Pick<World, 'env' | 'cwd' | 'home'>): string | undefined {
  const { env, home } = world
  if (env.TOKENTOOL_NO_CACHE && env.TOKENTOOL_NO_CACHE !== '0') return undefined
  const said = env.TOKENTOOL_CACHE_DIR
  if (said) return resolvePath({ path: said, folder: undefined }, world)
  if (env.CI) {
    // the home of a build machine is shared between builds that should not see each other's tokens
    const own = env.RUNNER_TEMP
    return own && isAbsolute(own) ? join(own, 'tokentool') : undefined
  }
  const set = env.XDG_CACHE_HOME
  // the specification has relative paths ignored
  const cache = set && isAbsolute(set) ? set : home && join(home, '.cache')
  return cache && isAbsolute(cache) ? join(cache, 'tokentool') : undefined
}

/** A folder inside of it, made if need be, for the user alone. */
export function openCacheFolder(
  name: string,
  world: Pick<World, 'env' | 'cwd' | 'home'>,
): string | undefined {
  try {
    const root = findCacheFolder(world)
    if (root === undefined) return undefined
    const folder = join(root, name)
    makeFolder(folder)
    return [root, folder].every(isOwn) ? folder : undefined
  } catch {
    return undefined
  }
}

// One folder at a time: Node's own recursion never ends where a folder cannot be made, as in /proc.
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // another run was quicker
    if (!existsSync(path)) throw error
  }
}

/** What is wider than it should be is narrowed; what is someone else's, or leads elsewhere, is left alone. */
function isOwn(path: string): boolean {
  const stats = lstatSync(path)
  if (!stats.isDirectory()) return false
  // Windows has no such owner and makes the bits up
  const user = process.geteuid?.()
  if (user === undefined) return true
  if (stats.uid !== user) return false
  if ((stats.mode & 0o077) !== 0) chmodSync(path, 0o700)
  return true
}
