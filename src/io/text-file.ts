// A file that somebody named on the command line, read whole, up to a limit.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { TokenError } from '../core/error.ts'
import { quotePath } from '../core/key/key-refusal.ts'
import type { World } from '../core/world.ts'
import { resolvePath } from './path.ts'

export function readWholeFile(written: string, limit: number, world: World): Uint8Array {
  const path = resolvePath({ path: written, folder: undefined }, world)
  const file = open(path, written)
  try {
    if (fstatSync(file).isDirectory()) throw refuse(`${written} is a folder`, written)
    const chunks: Buffer[] = []
    let size = 0
    for (;;) {
      const chunk = Buffer.alloc(64 * 1024)
      const count = readSync(file, chunk, 0, chunk.length, null)
      if (count === 0) return Buffer.concat(chunks)
      size += count
      if (size > limit) throw refuse(`${written} has more than ${limit} bytes`, written)
      chunks.push(chunk.subarray(0, count))
    }
  } catch (error) {
    throw error instanceof TokenError ? error : refuse(`${written} cannot be read`, written)
  } finally {
    closeSync(file)
  }
}

function open(path: string, written: string): number {
  try {
    // a pipe nobody writes to would hold an ordinary open for ever
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw refuse(`${written} ${missing ? 'does not exist' : 'cannot be opened'}`, written)
  }
}

function refuse(message: string, written: string): TokenError {
  return new TokenError('file_unreadable', message, { fix: `ls -l ${quotePath(written)}` })
}
