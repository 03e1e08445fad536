// What a run looks at on its way to a token, noted as it looks: a list of what matters, kept by hand,
// would one day lack something.

import { join } from 'node:path'
import { readEntry } from '../../core/cache/entry.ts'
import type { TokenSet } from '../../core/call/token.ts'
import type { World } from '../../core/world.ts'
import { writePrivateFile } from './private-file.ts'
import { describeShortcut, type Look, lookAt, nameShortcut, type Part } from './shortcut.ts'
import type { FileStore } from './token-store.ts'

export interface Trail {
  /** the world to look at, so that it is noted */
  readonly world: World
  /** What has been printed so far came of this token. */
  remember(token: TokenSet, store: FileStore): void
}

export function followWorld(world: World): Trail {
  const files = new Map<string, Look>()
  const variables = new Set<string>(['NODE_DEBUG'])
  let printed = ''
  let spoiled = false
  const spoil = (): void => {
    spoiled = true
  }
  // as it is before it is read: what changes while a service is waited for must show
  const saw = (path: string, part: Part = 'all'): void => {
    const known = files.get(path)
    const isLess = known?.part === 'owner' && part === 'all'
    if (known === undefined || isLess) files.set(path, lookAt(path, part, world.now()))
  }
  saw(import.meta.filename)
  const env = new Proxy(world.env, {
    get(target, name) {
      if (typeof name === 'string') variables.add(name)
      return Reflect.get(target, name)
    },
    has(target, name) {
      if (typeof name === 'string') variables.add(name)
      return Reflect.has(target, name)
    },
    // all of them at once: for a command that is run
    ownKeys(target) {
      spoil()
      return Reflect.ownKeys(target)
    },
  })
  return {
    world: {
      ...world,
      env,
      // member by member: a copy would ask each stream what it is, and so open it
      stdin: {
        ended: () => world.stdin.ended(),
        openDialog: () => world.stdin.openDialog(),
        get isTTY() {
          return world.stdin.isTTY
        },
        readAll(limit) {
          spoil()
          return world.stdin.readAll(limit)
        },
      },
      stdout: {
        get isTTY() {
          return world.stdout.isTTY
        },
        get columns() {
          return world.stdout.columns
        },
        write(text) {
          if (typeof text === 'string') printed += text
          else spoil()
          return world.stdout.write(text)
        },
      },
      saw,
    },
    remember({ token, kept }, store) {
      if (spoiled || world.cwd === undefined || kept === undefined) return
      const { name, until } = kept
      const entry = readEntry(store.read(name), name)
      if (entry === undefined || entry.token !== token.reveal()) return
      const occasion = { ...world, cwd: world.cwd }
      const pieces = printed.split(entry.token)
      const found = { name, saved_at: entry.saved_at, until, pieces }
      const shortcut = describeShortcut(occasion, { files, variables }, store.salt, found)
      if (shortcut === undefined) return
      try {
        const path = join(store.folder, nameShortcut(occasion))
        writePrivateFile(path, JSON.stringify(shortcut), world, 'remembered')
      } catch {
        // the next run goes the long way as well
      }
    },
  }
}
