// The file that `init` writes: where it goes, and never over one that is there.

import { lstatSync, rmSync, writeFileSync } from 'node:fs'
import { basename, delimiter, dirname, extname, join } from 'node:path'
import { TokenError } from '../../core/error.ts'
import { quotePath } from '../../core/key/key-refusal.ts'
import { codeOf, resolveNamed, type Surroundings, showFile } from './profile-file.ts'
import { PROJECT_NAMES } from './profiles.ts'

export interface NewFile {
  readonly path: string
  readonly shown: string
  /** as a command of the user would name it: from the working folder, or whole */
  readonly name: string
}

const USUAL = 'tokentool.yaml'

/** What --config or TOKENTOOL_CONFIG names, else tokentool.yaml in the working folder. */
export function planNewFile(world: Surroundings, config: readonly string[] | undefined): NewFile {
  const named = config ?? (world.env.TOKENTOOL_CONFIG ?? '').split(delimiter).filter((name) => name)
  const [name = USUAL, ...more] = named
  if (more.length > 0 || name === '') {
    throw new TokenError('usage', `init writes one file, and ${named.length} are named`, {
      fix: `tokentool init -c ${USUAL}`,
    })
  }
  const path = resolveNamed(name, world)
  const shown = showFile(path, world)
  if (!['.yaml', '.yml', ''].includes(extname(path))) {
    throw new TokenError('usage', `init writes YAML, and ${shown} has the name of something else`, {
      fix: `tokentool init -c ${quotePath(join(dirname(name), USUAL))}`,
    })
  }
  const file = { path, shown, name: name.startsWith('~/') ? path : name }
  refuseExisting(file, named.length > 0 ? [basename(path)] : PROJECT_NAMES, world)
  return file
}

/** Two project files in one folder would be refused from then on. */
function refuseExisting({ path }: NewFile, names: readonly string[], world: Surroundings): void {
  for (const name of names) {
    const there = join(dirname(path), name)
    if (isThere(there)) throw alreadyThere(showFile(there, world))
  }
}

/** With the modes that the umask leaves: it holds no secret. */
export function writeNewFile({ path, shown }: NewFile, text: string): void {
  try {
    // wx: not through a link either, and not over what has come there since
    writeFileSync(path, text, { flag: 'wx' })
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST') throw alreadyThere(shown)
    if ((code === 'ENOENT' || code === 'ENOTDIR') && !isThere(dirname(path))) {
      const folder = dirname(shown)
      throw new TokenError('file_unwritable', `there is no folder ${folder}`, {
        fix: `mkdir -p ${quotePath(folder)}`,
      })
    }
    // a full disk leaves half of it
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EIO') rmSync(path, { force: true })
    throw new TokenError(
      'file_unwritable',
      `cannot write ${shown} (${code ?? 'no reason given'})`,
      {
        fix: `ls -ld ${quotePath(dirname(shown))}`,
      },
    )
  }
}

function alreadyThere(shown: string): TokenError {
  return new TokenError('file_exists', `${shown} is there already, and is left as it is`, {
    fix: ['tokentool profile list', 'tokentool init -c other.yaml'],
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
