// Files that a key command writes: all of them or none, and never over one that is there.

import { lstatSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { TokenError } from '../../../core/error.ts'
import { quotePath } from '../../../core/key/key-refusal.ts'
import type { World } from '../../../core/world.ts'
import { resolvePath } from '../../path.ts'

export interface NewFile {
  readonly path: string
  /** as it was named */
  readonly shown: string
  /** for its owner alone */
  readonly secret: boolean
}

/** Before anything is made: a key of 4096 bits takes a second. */
export function planFile(shown: string, flag: string, secret: boolean, world: World): NewFile {
  if (shown === '' || shown === '-' || /^(@|env:)/.test(shown)) throw refuseName(shown, flag)
  const path = resolvePath({ path: shown, folder: undefined }, world)
  const file = { path, shown, secret }
  if (isThere(path)) throw refuseExisting(file)
  if (!isThere(dirname(path))) throw refuseFolder(file)
  return file
}

export function writeFiles(files: readonly (readonly [file: NewFile, text: string])[]): void {
  const made: string[] = []
  try {
    for (const [file, text] of files) {
      writeFile(file, text)
      made.push(file.path)
    }
  } catch (error) {
    for (const path of made) rmSync(path, { force: true })
    throw error
  }
}

function writeFile(file: NewFile, text: string): void {
  try {
    // wx: not through a link either, and not over what has come there since
    writeFileSync(file.path, text, { flag: 'wx', mode: file.secret ? 0o600 : 0o644 })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? `${error.code}` : 'no reason given'
    if (code === 'EEXIST') throw refuseExisting(file)
    const missing = code === 'ENOENT' || code === 'ENOTDIR'
    if (missing && !isThere(dirname(file.path))) throw refuseFolder(file)
    // a full disk leaves half of it
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EIO') {
      rmSync(file.path, { force: true })
    }
    throw new TokenError('file_unwritable', `cannot write ${file.shown} (${code})`, {
      fix: `ls -ld ${quotePath(dirname(file.shown))}`,
    })
  }
}

function refuseName(shown: string, flag: string): TokenError {
  const isArgument = flag === 'key generate'
  if (shown === '-') {
    return new TokenError('usage', `${flag}: a file is written, and - is none`, {
      fix: isArgument ? 'tokentool key generate key.pem' : `${flag} ./-`,
    })
  }
  const message = shown === '' ? 'it names no file' : `${shown} is a place to read from`
  return new TokenError('usage', `${flag}: ${message}; a new file is written`, {
    fix: isArgument ? 'tokentool key generate key.pem' : `${flag} FILE`,
  })
}

function refuseExisting({ shown }: NewFile): TokenError {
  return new TokenError('file_exists', `${shown} is there already, and is left as it is`, {
    fix: ['name another file', `tokentool key inspect ${quotePath(shown)}`],
  })
}

function refuseFolder({ shown }: NewFile): TokenError {
  const folder = dirname(shown)
  return new TokenError('file_unwritable', `there is no folder ${folder}`, {
    fix: `mkdir -p ${quotePath(folder)}`,
  })
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    // what cannot be looked at cannot be written either, and writing says why
    return false
  }
}
