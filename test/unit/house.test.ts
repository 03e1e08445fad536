// The rules of the house, as tests: who may import whom, one door for each package, what is loaded for
// which command, and no service known by name outside of its own file.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { loadConfig } from 'rolldown/config'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const files = listFiles(join(root, 'src')).map((path) => relative(root, path))

function listFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? listFiles(path) : path.endsWith('.ts') ? [path] : []
  })
}

interface Import {
  readonly from: string
  /** a path below the project, or the name of a package */
  readonly to: string
  readonly kind: 'static' | 'lazy' | 'type'
}

const imports: Import[] = files.flatMap((from) => {
  const text = readFileSync(join(root, from), 'utf8')
  const statics = [
    ...text.matchAll(/^(?:import|export)\s+(type\s+)?[^'"]*?from\s+'([^']+)'/gms),
  ].map(([, type, target = '']) => ({
    target,
    kind: type ? ('type' as const) : ('static' as const),
  }))
  const lazies = [...text.matchAll(/(typeof )?\bimport\('([^']+)'\)/g)].map(
    ([, type, target = '']) => ({
      target,
      kind: type ? ('type' as const) : ('lazy' as const),
    }),
  )
  return [...statics, ...lazies].map(({ target, kind }) => ({
    from,
    to: target.startsWith('.') ? relative(root, resolve(root, dirname(from), target)) : target,
    kind,
  }))
})

const inside =
  (...folders: string[]) =>
  (path: string): boolean =>
    folders.some((folder) => path === folder || path.startsWith(`${folder}/`))

/** Where the files of a room may reach; types may be looked at from anywhere below. */
const ROOMS: readonly (readonly [room: string, may: readonly string[]])[] = [
  ['src/core', ['src/core']],
  ['src/providers', ['src/core', 'src/providers']],
  ['src/io', ['src/core', 'src/providers', 'src/io', 'package.json']],
  ['src/sandbox', ['src/core', 'src/io', 'src/sandbox']],
  ['src/commands', ['src/core', 'src/io', 'src/providers', 'src/commands', 'src/sandbox']],
]

describe('who may import whom', () => {
  it.each(ROOMS)('%s reaches only where the arrows point', (room, may) => {
    const strays = imports.filter(
      ({ from, to, kind }) =>
        inside(room)(from) &&
        to.includes('/') &&
        /^(src|package)/.test(to) &&
        kind !== 'type' &&
        !inside(...may)(to),
    )
    expect(strays).toEqual([])
  })

  it('core and providers touch no part of Node and no package', () => {
    const strays = imports.filter(
      ({ from, to }) => inside('src/core', 'src/providers')(from) && !to.startsWith('src/'),
    )
    expect(strays).toEqual([])
  })

  it('core and providers have no clock, process or console of their own', () => {
    const strays = files
      .filter(inside('src/core', 'src/providers'))
      .filter((path) =>
        /\b(process\.|console\.|Date\.now\(|Math\.random\(|new Date\(\))/.test(
          readFileSync(join(root, path), 'utf8').replace(/^\s*(\/\/|\*).*$/gm, ''),
        ),
      )
    expect(strays).toEqual([])
  })

  it('commands and the sandbox are reached by import() only', () => {
    const strays = imports.filter(
      ({ from, to, kind }) =>
        kind === 'static' &&
        ((inside('src/sandbox')(to) && !inside('src/sandbox', 'src/commands/sandbox.ts')(from)) ||
          (inside('src/commands')(to) && !inside('src/commands')(from))),
    )
    expect(strays).toEqual([])
  })
})

describe('one door for each package', () => {
  const DOORS: Readonly<Record<string, readonly string[]>> = {
    commander: ['src/cli.ts'],
    cosmiconfig: ['src/io/profile/profiles.ts'],
    undici: ['src/io/http/http.ts'],
    jose: ['src/io/key/sign.ts', 'src/io/key/decryption.ts'],
    chalk: ['src/io/paint.ts'],
    yaml: ['src/io/profile/syntax.ts', 'src/io/profile/nodes.ts', 'src/sandbox/accounts.ts'],
  }

  it('every package comes in where it belongs', () => {
    const packages = imports.filter(
      ({ to, kind }) => kind !== 'type' && !/^(node:|src\/|package\.json)/.test(to),
    )
    for (const { from, to } of packages) {
      const [name = ''] = to.split('/')
      expect(DOORS[name], `${from} imports ${to}`).toContain(from)
    }
    expect(new Set(packages.map(({ to }) => to.split('/')[0]))).toEqual(new Set(Object.keys(DOORS)))
  })
})

describe('a service is data', () => {
  it('no file but its own, its neighbours and its twin knows a service by name', () => {
    const names =
      /['"`](va-sis|va-map-sts|federated-directory|light-oauth2|firstvision[\w-]*|jwt-bearer|client-credentials)['"`]/
    const strays = files
      .filter((path) => !inside('src/providers', 'src/sandbox')(path))
      .filter((path) => names.test(readFileSync(join(root, path), 'utf8')))
    expect(strays).toEqual([])
  })
})

describe('what is loaded', async () => {
  const config = await loadConfig(join(root, '.rolldown.config.js'))
  const [options] = [config].flat()
  if (options === undefined || typeof options === 'function') throw new Error('no configuration')
  const bundle = await rolldown({ ...options, cwd: root })
  const { output } = await bundle.generate([options.output].flat()[0])
  const chunks = output.filter((file) => file.type === 'chunk')

  /** What comes in with a file: modules of ours and of packages, parts of Node; lazy ones left out. */
  function listLoaded(file: string): string[] {
    const first = chunks.find(({ moduleIds }) => moduleIds.includes(join(root, file)))
    const seen = new Set([first])
    const outside: string[] = []
    for (const chunk of seen) {
      for (const name of chunk?.imports ?? []) {
        const next = chunks.find(({ fileName }) => fileName === name)
        if (next) seen.add(next)
        else outside.push(name)
      }
    }
    const modules = [...seen].flatMap((chunk) => chunk?.moduleIds ?? [])
    return [...modules.map((id) => relative(root, id)), ...outside]
  }
  const packagesIn = (loaded: readonly string[]): Set<string> =>
    new Set(
      loaded.flatMap((path) => /node_modules\/((?:@[\w.-]+\/)?[\w.-]+)/.exec(path)?.[1] ?? []),
    )

  it('--version and --help load commander and nothing else', () => {
    const loaded = listLoaded('src/main.ts')
    expect(loaded).toContain('src/cli.ts')
    expect(packagesIn(loaded)).toEqual(new Set(['commander']))
  })

  it('a get from the cache loads no package, no parser and nothing of the rest', () => {
    const loaded = listLoaded('src/direct.ts')
    expect(loaded).toContain('src/io/cache/shortcut.ts')
    expect(packagesIn(loaded)).toEqual(new Set())
    const foreign = loaded.filter((path) => !path.startsWith('src/'))
    expect(new Set(foreign)).toEqual(new Set(['node:fs', 'node:os', 'node:path']))
    const rooms = ['src/io/cache', 'src/core/cache', 'src/io/path.ts', 'src/io/self.ts']
    const others = loaded.filter((path) => path.startsWith('src/') && !inside(...rooms)(path))
    expect(others.sort()).toEqual(['src/core/error.ts', 'src/core/json.ts', 'src/direct.ts'])
  })

  it('get loads no network, no signer and no colour before it needs them', () => {
    const loaded = listLoaded('src/commands/get.ts')
    expect(loaded).toContain('src/core/call/line.ts')
    for (const name of ['undici', 'jose', 'chalk', 'cosmiconfig', 'yaml'])
      expect(packagesIn(loaded)).not.toContain(name)
  })

  it('decode loads no package, and no part of Node for a token in the arguments', () => {
    const before = listLoaded('src/main.ts')
    const loaded = listLoaded('src/commands/decode/decode.ts').filter(
      (path) => !before.includes(path),
    )
    expect(loaded).toContain('src/core/jwt/finding/lint.ts')
    expect(loaded.filter((path) => !path.startsWith('src/'))).toEqual([])
  })
})
