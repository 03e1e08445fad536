// What there is to say of the cache, by looking only: no folder is made, no rights are changed.

import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { CacheState } from '../../core/doctor/cache.ts'
import { quoteShell } from '../../core/shell.ts'
import type { World } from '../../core/world.ts'
import { listKept } from '../cache/contents.ts'
import { findCacheFolder, findFault, isWide, showHome, tellWhyOff } from '../cache/folder.ts'

export function inspectCache(world: World): CacheState {
  const root = findCacheFolder(world)
  if (root === undefined) return { off: tellWhyOff(world) }
  const shown = showHome(root, world)
  try {
    const folder = join(root, 'tokens')
    const fault = findFault(root, folder)
    if (fault !== undefined) return { fault: `${shown} ${fault}`, fix: look(root) }
    for (const path of [root, folder].map(findExisting)) {
      if (!isWritable(path)) {
        return { fault: `${showHome(path, world)} cannot be written to`, fix: look(path) }
      }
    }
    const made = existsSync(folder)
    const listed = made ? listKept(world) : undefined
    const kept = typeof listed === 'string' ? [] : listed
    const over = (kept ?? []).filter(({ entry }) => entry.until <= world.now()).length
    const wide = [root, folder].find((path) => existsSync(path) && isWide(path))
    return { shown, kept: kept?.length, over, wide: wide && quoteShell(wide) }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    return { fault: `${shown} cannot be looked into${code}`, fix: look(root) }
  }
}

function look(path: string): string {
  return `ls -ld ${quoteShell(path)}`
}

/** It, or what it would be made in. */
function findExisting(path: string): string {
  const above = dirname(path)
  return existsSync(path) || above === path ? path : findExisting(above)
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK)
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
