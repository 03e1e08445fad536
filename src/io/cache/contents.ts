// What is kept, for the one who wants to look at it or be rid of it. Nothing is made by looking.

import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Entry, LARGEST_ENTRY, readEntry } from '../../core/cache/entry.ts'
import type { World } from '../../core/world.ts'
import { findCacheFolder, findFault, showHome, tellWhyOff } from './folder.ts'
import { removeFile } from './loose-file.ts'
import { readPrivateFile } from './private-file.ts'
import { listFiles } from './sweep.ts'

export interface Kept {
  readonly path: string
  readonly entry: Entry
  /** bytes */
  readonly size: number
}

/** A text: why nothing is kept here. */
export function listKept(world: World): Kept[] | string {
  const root = findCacheFolder(world)
  if (root === undefined) return tellWhyOff(world)
  const folder = join(root, 'tokens')
  const fault = findFault(root, folder)
  if (fault !== undefined) return `${showHome(root, world)} ${fault}`
  return listFiles(folder).flatMap((name) => {
    const path = join(folder, name)
    const entry = readEntry(readPrivateFile(path, LARGEST_ENTRY), name)
    const size = statSync(path, { throwIfNoEntry: false })?.size
    return entry === undefined || size === undefined ? [] : [{ path, entry, size }]
  })
}

/** How many of them were there. */
export function forget(kept: readonly Kept[]): number {
  return kept.filter(({ path }) => removeFile(path)).length
}

/** Everything, and what it was called by: names that are made after this are new ones. */
export function forgetAll(world: World): void {
  const root = findCacheFolder(world)
  if (root === undefined || findFault(root, join(root, 'tokens')) !== undefined) return
  for (const folder of ['tokens', 'jwks'].map((name) => join(root, name))) {
    for (const name of listFiles(folder))
      rmSync(join(folder, name), { recursive: true, force: true })
  }
}
