// A token as a file, for as long as a command runs: in a folder of its own that only this user can
// look into, always whole, and gone afterwards.

import { lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { TokenError } from '../../core/error.ts'
import type { World } from '../../core/world.ts'
import { writePrivateFile } from '../cache/private-file.ts'
import { isGone, nameOwner } from './owner.ts'

export interface TokenFile {
  readonly path: string
  /** Throws what Node throws. A reader sees the old token or this one, never half of either. */
  write(token: string): void
  remove(): void
}

const PREFIX = 'tokentool-exec-'

export function makeTokenFile(token: string, world: World): TokenFile {
  const base = findBase(world)
  sweepLeftovers(base)
  const folder = join(base, `${PREFIX}${nameOwner()}-${world.uuid().replaceAll('-', '')}`)
  const path = join(folder, 'token')
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  // whatever happens to us, short of SIGKILL
  process.once('exit', remove)
  const file: TokenFile = {
    path,
    // without a line break: some programs take the file as it stands
    write: (text) => writePrivateFile(path, text, world),
    remove() {
      process.off('exit', remove)
      remove()
    },
  }
  try {
    mkdirSync(folder, { mode: 0o700 })
    file.write(token)
    return file
  } catch (error) {
    file.remove()
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : ''
    throw new TokenError('file_unwritable', `--token-file: cannot write below ${base}${code}`, {
      means: 'the token is put into $XDG_RUNTIME_DIR, or else where temporary files are ($TMPDIR)',
      fix: `df -h ${base}`,
    })
  }
}

function findBase({ env }: World): string {
  const runtime = env.XDG_RUNTIME_DIR
  // in memory, and this user's alone
  if (runtime && isAbsolute(runtime) && isOwnFolder(runtime)) return runtime
  return env.TMPDIR && isAbsolute(env.TMPDIR) ? env.TMPDIR : tmpdir()
}

/** Of runs that were killed. */
function sweepLeftovers(base: string): void {
  try {
    for (const name of readdirSync(base)) {
      const [, owner] = NAME.exec(name) ?? []
      if (owner === undefined || !isGone(owner) || !isOwnFolder(join(base, name))) continue
      rmSync(join(base, name), { recursive: true, force: true })
    }
  } catch {
    // what cannot be swept now is swept by the next run
  }
}

const NAME = new RegExp(`^${PREFIX}(\\w+-\\d+-\\d+)-[0-9a-f]{32}$`)

function isOwnFolder(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  const user = process.geteuid?.()
  return stats?.isDirectory() === true && (user === undefined || stats.uid === user)
}
