// The rules of the house, as tests: who may import whom, one door for each package, what is loaded for
// which command, and no service known by name outside of its own file.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
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
    chalk: ['src/io/printer.ts'],
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

describe('what is loaded', () => {
  /** The files of dist/ that come in with one of them, lazy ones left out. */
  function closure(file: string, seen = new Set<string>()): string {
    if (seen.has(file)) return ''
    seen.add(file)
    const text = readFileSync(join(root, 'dist', file), 'utf8')
    const targets = [...text.matchAll(/^(?:const|let) [^;]*?require\("\.\/([^"]+)"\)/gm)].map(
      ([, target = '']) => target,
    )
    return text + targets.map((target) => closure(target, seen)).join('')
  }
  const packagesIn = (text: string): Set<string> =>
    new Set(
      [...text.matchAll(/node_modules\/((?:@[\w.-]+\/)?[\w.-]+)/g)].map(([, name = '']) => name),
    )

  it('--version and --help load commander and nothing else', () => {
    expect(packagesIn(closure('main.cjs'))).toEqual(new Set(['commander']))
  })

  it('get loads no network, no signer and no colour before it needs them', () => {
    const packages = packagesIn(closure('get.cjs'))
    for (const name of ['undici', 'jose', 'chalk', 'cosmiconfig', 'yaml'])
      expect(packages).not.toContain(name)
  })

  it('decode loads no package, and no part of Node for a token in the arguments', () => {
    const text = closure('jwt.cjs', new Set(['base.cjs']))
    expect(text).toContain('commands/decode/decode.ts')
    expect(packagesIn(text)).toEqual(new Set())
    expect(text).not.toMatch(/require\("node:(?!url|path)/)
  })
})
