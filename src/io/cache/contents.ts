// What is kept, for the one who wants to look at it or be rid of it. Nothing is made by looking.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type Entry, LARGEST_ENTRY, readEntry } from '../../core/cache/entry.ts'
import type { World } from '../../core/world.ts'
import { findCacheFolder } from './folder.ts'
import { readPrivateFile } from './private-file.ts'
import { listFiles, removeFile } from './sweep.ts'

export interface Kept {
  readonly path: string
  readonly entry: Entry
  /** bytes */
  readonly size: number
}

/** undefined: nothing is kept here. */
export function listKept(world: World): Kept[] | undefined {
  const root = findCacheFolder(world)
  if (root === undefined) return undefined
  const folder = join(root, 'tokens')
  return listFiles(folder).flatMap((name) => {
    const path = join(folder, name)
    const entry = readEntry(readPrivateFile(path, LARGEST_ENTRY), name)
    return entry === undefined ? [] : [{ path, entry, size: statSync(path).size }]
  })
}

/** How many of them were there. */
export function forget(kept: readonly Kept[]): number {
  return kept.filter(({ path }) => removeFile(path)).length
}

/** Everything, and what it was called by: names that are made after this are new ones. */
export function forgetAll(world: World): void {
  const root = findCacheFolder(world)
  if (root === undefined) return
  for (const folder of ['tokens', 'jwks'].map((name) => join(root, name))) {
    for (const name of listFiles(folder)) removeFile(join(folder, name))
  }
}
