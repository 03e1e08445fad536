// Where a written path leads, and how a path is told to a person here.

import { relative, resolve } from 'node:path'
import type { WrittenPath } from '../core/call/tools.ts'
import { TokenError } from '../core/error.ts'
import type { World } from '../core/world.ts'

/** Relative to the file it is written in, on the command line to the working folder; ~/ is home. */
export function resolvePath(
  { path, folder }: WrittenPath,
  world: Pick<World, 'cwd' | 'home'>,
): string {
  if (path === '~' || path.startsWith('~/')) {
    if (world.home === undefined) {
      throw new TokenError('field_invalid', `${path}: there is no home folder`, {
        fix: 'export HOME=…, or write the whole path',
      })
    }
    return resolve(world.home, path.slice(2))
  }
  return resolve(folder ?? world.cwd ?? '/', path)
}

/** As a person would type it here. */
export function showPath(path: string, { cwd }: Pick<World, 'cwd'>): string {
  const near = cwd === undefined ? path : relative(cwd, path)
  return near.startsWith('..') || near === '' ? path : near
}
