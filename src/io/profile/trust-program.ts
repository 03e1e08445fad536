// The files that a command of a project file is made of, where the project brings them along: whoever
// can edit the profile can edit them, so they are trusted with their contents. What a program reads
// by itself (an import, a Makefile) is not seen.

import { closeSync, constants, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, relative, sep } from 'node:path'
import type { Command } from '../../core/call/tools.ts'
import { attempt } from '../../core/error.ts'
import type { Programs, Use } from '../../core/profile/grant.ts'
import type { World } from '../../core/world.ts'
import { findCommand } from '../command.ts'
import { resolvePath } from '../path.ts'

export function addPrograms(uses: readonly Use[], world: World): Use[] {
  return uses.map((use) =>
    use.command === undefined
      ? use
      : { ...use, programs: findPrograms(use.file, use.command, world) },
  )
}

function findPrograms(file: string, command: Command, world: World): Programs {
  const project = dirname(file)
  const { folder } = command
  const [first = '', ...others] = command.words
  const found = new Map<string, string>()
  const add = (path: string | undefined, named: boolean): void => {
    if (path !== undefined) world.saw?.(path)
    const real = path === undefined ? undefined : findFile(path)
    if (path === undefined || real === undefined) return
    if (named || isIn(project, path) || isIn(project, real))
      found.set(showBelow(project, path), hashFile(real))
  }
  // one above the folder belongs to the project as well, where it is named from there
  const isNamed = (path: string): boolean =>
    path.includes('/') && !isAbsolute(path) && !path.startsWith('~')
  add(
    attempt(() => findCommand(command, world)),
    isNamed(first),
  )
  for (const piece of new Set(others.flatMap(listPieces)))
    add(
      attempt(() => resolvePath({ path: piece, folder }, world)),
      isNamed(piece),
    )
  return Object.fromEntries([...found].sort())
}

/** The word itself, and what may be a path in it: `--file=./x`, `sh -c './x | y'`. */
function listPieces(word: string): string[] {
  return [word, ...word.split(/[\s;|&()<>=,:`"'$]+/)].filter((piece) => piece !== '')
}

/** The real path; undefined: it is no file, or not there. */
function findFile(path: string): string | undefined {
  try {
    return statSync(path).isFile() ? realpathSync(path) : undefined
  } catch {
    return undefined
  }
}

function isIn(folder: string, path: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`)
}

function showBelow(folder: string, path: string): string {
  const way = relative(folder, path)
  return way.startsWith('..') || isAbsolute(way) ? way : `.${sep}${way}`
}

/** As sha256sum shows it. */
function hashFile(path: string): string {
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256')
  const buffer = new Uint8Array(64 * 1024)
  try {
    // what took its place since then may be a pipe
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      for (let size = 1; size > 0; ) {
        size = readSync(file, buffer)
        hash.update(buffer.subarray(0, size))
      }
    } finally {
      closeSync(file)
    }
    return hash.digest('hex')
  } catch {
    return 'unreadable'
  }
}
