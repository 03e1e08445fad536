// Where things are kept between runs. A cache that cannot be had, or that someone else could write to,
// counts as absent: nothing that is kept is needed for the answer.

import { chmodSync, existsSync, lstatSync, mkdirSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join } from 'node:path'
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

/** Of a cache that is not there at all. */
export function tellWhyOff({ env }: Pick<World, 'env'>): string {
  if (env.TOKENTOOL_NO_CACHE && env.TOKENTOOL_NO_CACHE !== '0') return 'TOKENTOOL_NO_CACHE is set'
  if (env.CI) return 'CI is set, and RUNNER_TEMP names no folder of this build'
  return NO_HOME
}

const NO_HOME = 'there is no home folder'

/** It is off, and nobody said that it should be. */
function isWanted({ env }: Pick<World, 'env'>): boolean {
  return tellWhyOff({ env }) === NO_HOME
}

export type CacheFolder =
  | { readonly folder: string; readonly shown: string }
  /** no reason: nothing is to be kept */
  | { readonly folder: undefined; readonly reason: string | undefined }

/** A folder inside of it, made if need be, for the user alone. */
export function openCacheFolder(
  name: string,
  world: Pick<World, 'env' | 'cwd' | 'home'>,
): CacheFolder {
  const root = findCacheFolder(world)
  if (root === undefined)
    return { folder: undefined, reason: isWanted(world) ? NO_HOME : undefined }
  const shown = showHome(root, world)
  try {
    const folder = join(root, name)
    makeFolder(dirname(root))
    const wrong = judgeParent(dirname(root)) ?? makeOwn(root) ?? makeOwn(folder)
    if (wrong === undefined) return { folder, shown }
    return { folder: undefined, reason: `${shown} ${wrong}` }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    return { folder: undefined, reason: `${shown} cannot be made or looked into${code}` }
  }
}

export function showHome(path: string, { home }: Pick<World, 'home'>): string {
  return home !== undefined && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
}

// One folder at a time: Node's own recursion never ends where a folder cannot be made, as in /proc.
export function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // another run was quicker
    if (!existsSync(path)) throw error
  }
}

/** Why what is kept there is not to be trusted, or undefined. */
export function judgeFolder(root: string, folder: string): string | undefined {
  return judgeParent(dirname(root)) ?? judgeOwn(root) ?? judgeOwn(folder)
}

// Windows has no such owner and makes the bits up.
const user = (): number | undefined => process.geteuid?.()

/** Whoever owns the folder above could put another one in the place of ours. */
function judgeParent(path: string): string | undefined {
  const { uid, mode } = statSync(path)
  if (user() === undefined) return undefined
  if (uid !== user() && uid !== 0) return 'is in a folder that belongs to somebody else'
  // with the sticky bit, as /tmp has it, nobody can move what is not theirs
  const isOpen = (mode & 0o002) !== 0 && (mode & 0o1000) === 0
  return isOpen ? 'is in a folder that everyone can write to' : undefined
}

// What a link leads to is not ours to make anything in.
function makeOwn(path: string): string | undefined {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) makeFolder(path)
  return judgeOwn(path)
}

/** What is wider than it should be is narrowed; what is someone else's, or leads elsewhere, is left alone. */
function judgeOwn(path: string): string | undefined {
  const wrong = lookAtOwn(path)
  if (wrong === undefined && isWide(path)) chmodSync(path, 0o700)
  return wrong
}

/** Made by us, and for nothing else: TOKENTOOL_CACHE_DIR may name a folder that has other uses. */
function isOurs(path: string): boolean {
  return ['tokentool', 'tokens', 'jwks'].includes(basename(path))
}

function lookAtOwn(path: string): string | undefined {
  const stats = lstatSync(path)
  if (stats.isSymbolicLink()) return 'is a link to somewhere else'
  if (!stats.isDirectory()) return 'is no folder'
  return user() !== undefined && stats.uid !== user() ? 'belongs to somebody else' : undefined
}

/** Whether others may look into what is ours alone. */
export function isWide(path: string): boolean {
  return user() !== undefined && isOurs(path) && (lstatSync(path).mode & 0o077) !== 0
}

/** The same verdict by looking only; what is not there yet has no fault. */
export function findFault(root: string, folder: string): string | undefined {
  const isThere = (path: string): boolean =>
    lstatSync(path, { throwIfNoEntry: false }) !== undefined
  if (!isThere(dirname(root))) return undefined
  const above = judgeParent(dirname(root))
  if (above !== undefined || !isThere(root)) return above
  const wrong = lookAtOwn(root)
  return wrong !== undefined || !isThere(folder) ? wrong : lookAtOwn(folder)
}
