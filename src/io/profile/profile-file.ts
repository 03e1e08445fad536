// Reads one profile file, by whatever name it was come to: a plain file of a sensible size, or an
// error that says what stands there instead. Nothing here waits (a pipe) or runs (code).

import { constants, lstatSync, statSync } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import { extname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { TokenError } from '../../core/error.ts'
import { LARGEST, tooLarge } from '../../core/file/size.ts'
import { quotePath } from '../../core/key/key-refusal.ts'
import { escapeLine } from '../../core/terminal.ts'
import type { World } from '../../core/world.ts'

export type Surroundings = Pick<World, 'env' | 'cwd' | 'home' | 'saw'>

export interface ProfileBytes {
  /** the path it was found or named by */
  readonly path: string
  /** the real path */
  readonly file: string
  readonly shown: string
  readonly bytes: Uint8Array
}

const CODE = /^\.[cm]?[jt]sx?$/

export async function readProfileBytes(path: string, world: Surroundings): Promise<ProfileBytes> {
  const shown = showFile(path, world)
  world.saw?.(path)
  if (CODE.test(extname(path))) {
    throw new TokenError('file_invalid', `${shown} is code`, {
      means: 'a profile file is YAML or JSON; it is never run',
    })
  }
  try {
    refuseOddities(statSync(path), shown)
    // what took the file's place since then may be a pipe: with O_NONBLOCK that does not wait
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      refuseOddities(await handle.stat(), shown)
      const buffer = new Uint8Array(LARGEST + 1)
      let length = 0
      for (;;) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length)
        length += bytesRead
        if (bytesRead === 0 || length > LARGEST) break
      }
      if (length > LARGEST) throw tooLarge(shown)
      return { path, file: await realpath(path), shown, bytes: buffer.slice(0, length) }
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw error instanceof TokenError ? error : describeFailure(error, path, shown)
  }
}

interface Status {
  readonly size: number
  isFile(): boolean
  isDirectory(): boolean
  isFIFO(): boolean
}

function refuseOddities(status: Status, shown: string): void {
  if (status.isFile()) {
    if (status.size > LARGEST) throw tooLarge(shown)
    return
  }
  const what = status.isDirectory() ? 'a folder' : status.isFIFO() ? 'a pipe' : 'a device'
  throw new TokenError('file_unreadable', `${shown} is ${what}, not a file`, {
    ...(status.isFIFO() && { means: 'paths in it, and trust in it, go by where it is' }),
    fix: status.isFIFO()
      ? ['… > FILE, then -c FILE', '${command:…} in the file, where only the secrets are']
      : '-c FILE',
  })
}

function describeFailure(error: unknown, path: string, shown: string): TokenError {
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    if (isThere(path)) {
      return new TokenError('file_unreadable', `${shown} is a link that leads nowhere`, {
        fix: `ls -l ${quotePath(shown)}`,
      })
    }
    return new TokenError('file_missing', `there is no file ${shown}`, { fix: '-c FILE' })
  }
  if (code === 'ELOOP') {
    return new TokenError('file_unreadable', `${shown} is a link that leads back to itself`, {
      fix: `ls -l ${quotePath(shown)}`,
    })
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new TokenError('file_unreadable', `${shown} may not be read`, {
      means: 'its mode, or that of a folder above it, keeps you out',
      fix: `${isOwn(path) ? 'chmod u+r' : 'ls -l'} ${quotePath(shown)}`,
    })
  }
  return new TokenError(
    'file_unreadable',
    `${shown} cannot be read (${code ?? 'no reason given'})`,
    {
      fix: `ls -l ${quotePath(shown)}`,
    },
  )
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

function isOwn(path: string): boolean {
  try {
    return statSync(path).uid === process.getuid?.()
  } catch {
    return false
  }
}

export function codeOf(error: unknown): string | undefined {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}

/** A path as the user wrote it, from the working folder; `~/` is home. */
export function resolveNamed(path: string, world: Surroundings): string {
  if (path === '~' || path.startsWith('~/')) {
    if (world.home === undefined) {
      throw new TokenError('file_missing', `${path}: HOME is not set, so ~ is nowhere`)
    }
    return join(world.home, path.slice(1))
  }
  if (isAbsolute(path)) return path
  if (world.cwd === undefined) {
    throw new TokenError('file_missing', `${escapeLine(path)}: the working folder is gone`, {
      fix: 'cd to a folder that exists, or give the whole path',
    })
  }
  return resolve(world.cwd, path)
}

// A folder's name is anyone's text: nothing in it may steer the terminal.
/** Relative when it is below the working folder, else absolute, `~` for home. */
export function showFile(path: string, world: Surroundings): string {
  return escapeLine(below(world.cwd, path) ?? prefixed(below(world.home, path)) ?? path)
}

function prefixed(path: string | undefined): string | undefined {
  return path === undefined ? undefined : `~${sep}${path}`
}

function below(folder: string | undefined, path: string): string | undefined {
  if (folder === undefined || !isAbsolute(folder)) return undefined
  const way = relative(folder, path)
  return way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)
    ? undefined
    : way
}
