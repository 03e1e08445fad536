// What a file holds, as a name. As long as its stat stays the same it is not read again: a token that
// was kept is found without its key having been looked at.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject, readJson } from '../../core/json.ts'
import type { World } from '../../core/world.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'
import { isSettled, statFile } from './stat.ts'

export interface Place {
  readonly folder: string
  readonly hash: (text: string) => string
  readonly world: World
}

/** No key, certificate or box of secrets is larger. */
const LARGEST = 1024 * 1024

export function identifyFile(path: string, { folder, hash, world }: Place): string {
  world.saw?.(path)
  const memory = join(folder, `${hash(path)}.id`)
  const stat = statFile(path)
  if (stat === undefined) return 'absent'
  const known = readJson(readPrivateFile(memory, 1000) ?? '')
  if (isJsonObject(known) && known.stat === stat.text && typeof known.name === 'string')
    return known.name
  const content = readContent(path)
  if (content === undefined) return 'unreadable'
  // a key that others could have put there is no longer this one
  const name = hash(`${content}\n${stat.writable}`)
  if (isSettled(stat, world.now())) {
    try {
      writePrivateFile(memory, JSON.stringify({ stat: stat.text, name }), world, 'remembered')
    } catch {
      // it is read again the next time
    }
  }
  return name
}

function readContent(path: string): string | undefined {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      if (!fstatSync(file).isFile()) return undefined
      const buffer = Buffer.alloc(LARGEST)
      let filled = 0
      for (;;) {
        const count = readSync(file, buffer, filled, LARGEST - filled, null)
        filled += count
        if (count === 0 || filled === LARGEST) return buffer.toString('base64', 0, filled)
      }
    } finally {
      closeSync(file)
    }
  } catch {
    return undefined
  }
}
