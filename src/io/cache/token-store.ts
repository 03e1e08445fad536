// Tokens as files of this user's: one file each, in a folder that nobody else can look into. Nothing of
// it is needed for the answer, so what goes wrong here costs a request and no more.

import { randomBytes } from 'node:crypto'
import { linkSync } from 'node:fs'
import { join } from 'node:path'
import { LARGEST_ENTRY } from '../../core/cache/entry.ts'
import type { TokenStore } from '../../core/cache/store.ts'
import type { World } from '../../core/world.ts'
import { identifyFile } from './file-identity.ts'
import { openCacheFolder } from './folder.ts'
import { claimLock } from './lock.ts'
import { removeFile } from './loose-file.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'
import { sweepOrphans, sweepOver } from './sweep.ts'

export interface FileStore extends TokenStore {
  readonly folder: string
  readonly salt: string
}

/** `note`: told once of what makes a store useless. undefined: nothing is kept, and that is as wanted. */
export function openTokenStore(world: World, note: (text: string) => void): FileStore | undefined {
  const opened = openCacheFolder('tokens', world)
  if (opened.folder === undefined) {
    if (opened.reason !== undefined) note(`the token is not kept: ${opened.reason}`)
    return undefined
  }
  const { folder } = opened
  const salt = readSalt(folder, world)
  if (salt === undefined) {
    note(`the token is not kept: ${opened.shown}/tokens/salt cannot be read, or replaced`)
    return undefined
  }
  sweepOrphans(folder, world.now())
  const hash = (text: string): string => world.hash(`${salt}\n${text}`)
  let noted = false
  return {
    folder,
    salt,
    hash,
    identifyFile: (path) => identifyFile(path, { folder, hash, world }),
    read: (name) => readPrivateFile(join(folder, name), LARGEST_ENTRY),
    write(name, text) {
      try {
        writePrivateFile(join(folder, name), text, world)
        sweepOver(folder, world.now())
        return true
      } catch (error) {
        if (!noted) note(`the token is not kept: ${describe(error, opened)}`)
        noted = true
        return false
      }
    },
    remove(name) {
      removeFile(join(folder, name))
    },
    claim: (name, until, isSettled) =>
      claimLock(join(folder, `${name}.lock`), {
        until,
        now: world.now,
        isSettled,
        signal: world.signal,
        holds: world.holds,
      }),
  }
}

function describe(error: unknown, { shown }: { shown: string }): string {
  const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
  return `${shown} cannot be written to${code}`
}

/** Makes the names unguessable. Of two runs that find none, one writes it and both read that one. */
function readSalt(folder: string, world: World): string | undefined {
  const path = join(folder, 'salt')
  const read = (): string | undefined => {
    const text = readPrivateFile(path, 100)
    return text !== undefined && /^[\w-]{43}$/.test(text) ? text : undefined
  }
  const known = read()
  if (known !== undefined) return known
  const temporary = join(folder, `salt.${world.uuid()}.tmp`)
  try {
    writePrivateFile(temporary, randomBytes(32).toString('base64url'), world)
    try {
      linkSync(temporary, path)
    } catch {
      // another run was quicker; or what is there is no salt, and nothing kept with it can be found
      if (read() === undefined) writePrivateFile(path, readPrivateFile(temporary, 100) ?? '', world)
    }
    return read()
  } catch {
    return undefined
  } finally {
    removeFile(temporary)
  }
}
