// Reading a key file, as carefully as ssh does: who else could have written it, who can read it.

import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  type Stats,
} from 'node:fs'
import { type ErrorCode, TokenError } from '../../../core/error.ts'
import { quotePath } from '../../../core/key/key-refusal.ts'

/** The largest keys there are take some 13 KiB, sets of them a few times that. */
export const LARGEST_KEY = 256 * 1024

export interface KeyFile {
  readonly bytes: Uint8Array
  readonly warnings: readonly string[]
}

/**
 * Who else may write or read it is judged as ssh does; no group is so private that it may write.
 * `shown` is what the user calls it; `path` is where it is. Who else may read or write a public key
 * is not judged.
 */
export function readKeyFile(
  path: string,
  shown: string,
  kind: 'secret' | 'public' = 'secret',
): KeyFile {
  const file = openKeyFile(path, shown)
  try {
    // what was opened is what is judged, whatever has become of the path since
    const stats = fstatSync(file)
    if (!stats.isFile()) throw refuseNode(stats, shown)
    const warnings = kind === 'secret' ? judgeAccess(stats, path, shown) : []
    return { bytes: readWhole(file, shown), warnings }
  } finally {
    closeSync(file)
  }
}

export function refuseLarge(shown: string, wanted = 'key'): TokenError {
  return new TokenError('key_unusable', `${shown} is larger than ${LARGEST_KEY / 1024} KiB`, {
    means: `no ${wanted} is that large, so it is something else`,
    fix: `name the file of the ${wanted} itself`,
  })
}

function openKeyFile(path: string, shown: string): number {
  try {
    // a pipe nobody writes to would hold an ordinary open for ever
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    throw refuseOpen(error instanceof Error && 'code' in error ? error.code : undefined, shown)
  }
}

const MISSING: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'ERR_INVALID_ARG_VALUE', 'ENAMETOOLONG']

function refuseOpen(code: unknown, shown: string): TokenError {
  if (MISSING.includes(code)) {
    return new TokenError('key_missing', `${shown} does not exist`, {
      fix: 'key_path: where the private key is; in a profile, relative to the file it stands in',
    })
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new TokenError('key_unreadable', `${shown} may not be read by this user`, {
      fix: `ls -l ${quotePath(shown)}`,
    })
  }
  if (code === 'EISDIR') return refuseAs('a folder', shown)
  if (code === 'ENXIO') return refuseAs('a socket', shown)
  const reason = typeof code === 'string' ? ` (${code})` : ''
  return new TokenError('key_unreadable', `${shown} cannot be read${reason}`)
}

function refuseNode(stats: Stats, shown: string): TokenError {
  if (stats.isDirectory()) return refuseAs('a folder', shown)
  return refuseAs(stats.isFIFO() ? 'a pipe' : 'a device', shown)
}

function refuseAs(what: string, shown: string, code: ErrorCode = 'key_unreadable'): TokenError {
  return new TokenError(code, `${shown} is ${what}, not a file`, {
    fix: what === 'a pipe' ? '-s key=@- takes a key from standard input' : 'key_path: a file in it',
  })
}

/**
 * Of a file that is open: throws where others may change it, and warns where they may read it. `file`:
 * as commands should name it, where that is not what it is called.
 */
export function judgeAccess(stats: Stats, path: string, shown: string, file = shown): string[] {
  // Windows makes these bits up
  if (process.platform === 'win32') return []
  const command = `chmod 600 ${quotePath(file)}`
  if ((stats.mode & 0o022) !== 0) {
    throw new TokenError('key_unusable', `${shown} can be changed by other users`, {
      means: 'someone else could put a key of theirs in its place',
      fix: command,
    })
  }
  const { uid } = stats
  const user = process.geteuid?.()
  if (uid !== 0 && uid !== user) {
    // root works on files of all users, in containers and with sudo
    if (user === 0) return [`${shown} belongs to another user (uid ${uid}), who can change it`]
    throw new TokenError('key_unusable', `${shown} belongs to another user (uid ${uid})`, {
      means: 'who could put a key of theirs in its place',
      fix: `sudo chown "$(id -un)" ${quotePath(file)}`,
    })
  }
  if ((stats.mode & 0o044) === 0 || isProvided(stats, path)) return []
  return [`${shown} can be read by other users; ${command}`]
}

/** As Kubernetes hands secrets to a container: root's, and not to be written. */
function isProvided(stats: Stats, path: string): boolean {
  if (stats.uid !== 0) return false
  if ((stats.mode & 0o222) === 0 || process.geteuid?.() !== 0) return true
  // root may write wherever the file system itself does not forbid it
  try {
    accessSync(path, constants.W_OK)
    return false
  } catch {
    return true
  }
}

function readWhole(file: number, shown: string): Uint8Array {
  // one byte more than is allowed tells that there is more; sizes in /proc are all 0
  const buffer = Buffer.alloc(LARGEST_KEY + 1)
  let filled = 0
  for (;;) {
    let count: number
    try {
      count = readSync(file, buffer, filled, buffer.length - filled, null)
    } catch {
      throw new TokenError('key_unreadable', `${shown} cannot be read to its end`)
    }
    filled += count
    if (filled > LARGEST_KEY) throw refuseLarge(shown)
    if (count === 0) return buffer.subarray(0, filled)
  }
}
