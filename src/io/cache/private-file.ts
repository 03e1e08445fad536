// Files that only the user may read, written whole or not at all: a reader sees the old one or the new
// one, never half of either.

import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import type { World } from '../../core/world.ts'

/**
 * Throws what Node throws: whether it matters is the caller's to say. What is only remembered, and found
 * out again when it is lost with the power, need not reach the disk: that is half of what writing takes.
 */
export function writePrivateFile(
  path: string,
  text: string,
  world: Pick<World, 'uuid'>,
  worth: 'kept' | 'remembered' = 'kept',
): void {
  // a random name: counters and process ids repeat in containers that share a volume
  const temporary = `${path}.${world.uuid()}.tmp`
  try {
    const file = openSync(temporary, 'wx', 0o600)
    try {
      writeFileSync(file, text)
      if (worth === 'kept') fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** undefined: it is not there, or not to be trusted. */
export function readPrivateFile(path: string, limit: number): string | undefined {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const stats = fstatSync(file)
      const user = process.geteuid?.()
      const foreign = user !== undefined && (stats.uid !== user || (stats.mode & 0o022) !== 0)
      if (!stats.isFile() || stats.size > limit || foreign) return undefined
      // one that others may only read is ours, and no longer theirs to read
      if (user !== undefined && (stats.mode & 0o044) !== 0) fchmodSync(file, 0o600)
      return readFileSync(file, 'utf8')
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
}
