// `--out FILE`: for the user alone, whole or not at all. What is no file but leads somewhere, as
// /dev/fd/3 or a named pipe, is written to as it stands.

import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  realpathSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { TokenError } from '../core/error.ts'
import { quotePath } from '../core/key/key-refusal.ts'
import type { World } from '../core/world.ts'
import { writePrivateFile } from './cache/private-file.ts'
import { resolvePath } from './path.ts'
import { codeOf } from './profile/profile-file.ts'

export interface OutFile {
  write(text: string): Promise<void>
}

/** What can be known to fail fails here, before a token is asked for. */
export function openOutFile(written: string, world: World): OutFile {
  if (written === '' || written === '-') {
    throw new TokenError('usage', '--out names a file', {
      means: 'without --out the answer goes to standard output',
      fix: '--out token.txt',
    })
  }
  const path = resolvePath({ path: written, folder: undefined }, world)
  if (/^\/(?:dev\/(?:stdout|fd\/1)|proc\/self\/fd\/1)$/.test(path))
    return { write: (text) => world.stdout.write(text) }
  const stats = attempt(written, path, () => lstatSync(path, { throwIfNoEntry: false }))
  if (attempt(written, path, () => isStream(path, stats))) {
    return { write: (text) => writeStream(path, written, text, world) }
  }
  checkPlace(path, written, stats)
  return {
    async write(text) {
      attempt(written, path, () => writePrivateFile(path, text, world))
    },
  }
}

/** Links too: /dev/fd is nothing else. */
function isStream(path: string, stats: Stats | undefined): boolean {
  if (/^\/(?:dev|proc\/[^/]+)\/fd\/\d+$|^\/dev\/stderr$/.test(path)) return true
  if (stats?.isSymbolicLink()) {
    const target = statSync(path, { throwIfNoEntry: false })
    return target !== undefined && !target.isFile() && !target.isDirectory()
  }
  return stats !== undefined && !stats.isFile() && !stats.isDirectory()
}

function checkPlace(path: string, written: string, stats: Stats | undefined): void {
  if (stats?.isDirectory()) {
    throw new TokenError('file_unwritable', `--out: ${written} is a folder`, {
      fix: `--out ${quotePath(join(written, 'token'))}`,
    })
  }
  if (stats?.isSymbolicLink()) {
    throw new TokenError('file_unwritable', `--out: ${written} is a link`, {
      means: 'a link can be laid by others, and would take the token elsewhere',
      fix: `--out ${quotePath(findTarget(path) ?? 'FILE')}`,
    })
  }
  const folder = attempt(written, path, () => statSync(dirname(path), { throwIfNoEntry: false }))
  if (folder?.isDirectory()) return
  throw new TokenError('file_unwritable', `--out: there is no folder ${dirname(written)}`, {
    fix: `mkdir -p ${quotePath(dirname(written))}`,
  })
}

function findTarget(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

/** A pipe takes what it has room for: the rest waits for its reader. */
async function writeStream(
  path: string,
  written: string,
  text: string,
  world: World,
): Promise<void> {
  // without NONBLOCK a pipe that nobody reads would hold the program for ever
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK
  const file = attempt(written, path, () => openSync(path, flags))
  try {
    let rest = Buffer.from(text)
    while (rest.length > 0) {
      world.signal.throwIfAborted()
      const count = attempt(written, path, () => writeSome(file, rest))
      rest = rest.subarray(count)
      if (count === 0) await pause(10)
    }
  } finally {
    closeSync(file)
  }
}

function writeSome(file: number, bytes: Uint8Array): number {
  try {
    return writeSync(file, bytes)
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return 0
    throw error
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full, as far as you may fill it',
  EFBIG: 'no file may be so long here',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'nothing can be written there',
  ENXIO: 'nobody reads from it',
  EPIPE: 'nobody reads from it any more',
  ENOTDIR: 'a part of the path is no folder',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links lead in a circle',
  EIO: 'the disk failed',
}

function attempt<T>(written: string, path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    const code = codeOf(error)
    if (code === undefined) throw error
    const full = code === 'ENOSPC' || code === 'EDQUOT'
    throw new TokenError('file_unwritable', `--out: cannot write ${written} (${code})`, {
      ...(REASONS[code] !== undefined && { means: REASONS[code] }),
      fix: `${full ? 'df -h' : 'ls -ld'} ${quotePath(dirname(path))}`,
    })
  }
}
