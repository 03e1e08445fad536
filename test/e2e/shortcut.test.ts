// The direct path prints what the long way would, and only where nothing has changed: each row changes
// one thing, and the long way is gone.

import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { takeShortcut } from '../../src/io/cache/shortcut.ts'
import { makeEcKey } from '../support/keys.ts'
import { makeFolder, runProgram } from '../support/program.ts'
import { serve } from '../support/service.ts'
import { createWorld, runMain, type TestWorld } from '../support/world.ts'

const key = makeEcKey()
const TOKEN = 'the-token-of-the-service'
const service = await serve(() => [200, { access_token: TOKEN, expires_in: 300 }])

const PROFILES = `
profiles:
  p:
    provider: jwt-bearer
    token_endpoint: ${service.origin}/token
    issuer: me
    subject: \${env:WHO}
    key_path: keys/k.pem
    call: { headers: { X-Api-Key: "\${file:api-key}" } }
`
const FILES = { '../tokentool.yaml': PROFILES, '../keys/k.pem': key.pem, '../api-key': 'abc\n' }
/** Files that were written just now may be written again without a trace. */
const LATER = 60_000

/** A trusted project, with the working folder below it, in which a token has been got twice. */
async function prepare(argv: readonly string[] = ['get']): Promise<TestWorld> {
  const now = Date.now() + LATER
  const world = createWorld(argv, { files: FILES, env: { WHO: 'me' }, now })
  expect((await runMain(['trust'], { again: world })).exit).toBe(0)
  for (const run of [1, 2]) {
    const { exit, stderr } = await runMain(argv, { again: world })
    expect(exit, `${run}: ${stderr}`).toBe(0)
  }
  return world
}

interface Change {
  readonly argv?: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  readonly home?: string
  readonly now?: number
}

/** What a run like the one before would print at once; undefined: it goes the long way. */
function take(world: TestWorld, change: Change = {}): string | undefined {
  const { argv, env, cwd, home, hash } = world
  try {
    const now = (): number => change.now ?? world.now()
    return takeShortcut({ argv, env, cwd, home, hash, ...change, now })
  } catch {
    // direct.ts does the same
    return undefined
  }
}

const pathOf = (world: TestWorld, name: string): string => join(world.cwd, name)
const folderOf = (world: TestWorld): string => join(world.home, '.cache/tokentool/tokens')
function findKept(world: TestWorld, pattern: RegExp): string {
  const name = readdirSync(folderOf(world)).find((one) => pattern.test(one))
  if (name === undefined) throw new Error(`nothing is kept like ${pattern}`)
  return join(folderOf(world), name)
}
const ENTRY = /^[0-9a-f]{64}$/
const SHORTCUT = /\.direct$/

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text, { mode: 0o600 })
}

describe('where nothing has changed', () => {
  test.each([
    ['get', [], `${TOKEN}\n`],
    ['a profile by name', ['p'], `${TOKEN}\n`],
    ['a header', ['-o', 'header'], `Authorization: Bearer ${TOKEN}\n`],
    [
      'words for a shell',
      ['-o', 'env', '--shell', 'fish'],
      `set -gx ACCESS_TOKEN '${TOKEN}'; set -gx AUTHORIZATION 'Bearer ${TOKEN}'\n`,
    ],
  ])('%s is answered at once', async (_, args, answer) => {
    const world = await prepare(['get', ...args])
    expect(take(world)).toBe(answer)
    expect((await runMain(world.argv, { again: world })).stdout).toBe(answer)
  })

  test('other files and variables do not matter', async () => {
    const world = await prepare()
    write(pathOf(world, 'Makefile'), 'all:')
    write(pathOf(world, '../keys/other.pem'), key.pem)
    expect(take(world, { env: { ...world.env, PATH: '/elsewhere', LANG: 'C' } })).toBe(`${TOKEN}\n`)
  })

  test('the real program takes it, without a look at the key or the profile', async () => {
    const folder = makeFolder({ 'p.yaml': PROFILES, 'keys/k.pem': key.pem, 'api-key': 'abc' })
    const run = (): ReturnType<typeof runProgram> =>
      runProgram(['get', '-c', 'p.yaml'], { folder, env: { WHO: 'me' } })
    await new Promise((done) => setTimeout(done, 2100))
    expect((await run()).stdout).toBe(`${TOKEN}\n`)
    const asked = service.requests.length
    const began = Date.now() / 1000
    for (const name of ['p.yaml', 'keys/k.pem', 'api-key'])
      utimesSync(join(folder, name), began - 100, began - 100)
    // a stat is not what it was: this one goes the long way, the next does not
    for (const _ of [1, 2]) expect((await run()).stdout).toBe(`${TOKEN}\n`)
    expect(service.requests.length).toBe(asked)
  })
})

const CHANGES: readonly (readonly [string, (world: TestWorld) => Change | undefined])[] = [
  ['the profile is edited', (w) => edit(w, '../tokentool.yaml', `${PROFILES}\n`)],
  ['the profile is touched', (w) => touch(w, '../tokentool.yaml')],
  ['the profile is replaced by one just like it', (w) => replace(w, '../tokentool.yaml')],
  ['the rights of the profile change', (w) => allow(w, '../tokentool.yaml', 0o644)],
  ['the profile is gone', (w) => drop(w, '../tokentool.yaml')],
  ['another project file appears beside it', (w) => edit(w, '../.tokentoolrc', PROFILES)],
  ['a nearer project file appears', (w) => edit(w, 'tokentool.yml', PROFILES)],
  [
    'a user file appears',
    (w) => edit(w, '../home/.config/tokentool/tokentool.yaml', 'profiles: {}'),
  ],
  ['the key is edited', (w) => edit(w, '../keys/k.pem', `${key.pem}\n`)],
  ['others may write the key', (w) => allow(w, '../keys/k.pem', 0o622)],
  ['the key is gone', (w) => drop(w, '../keys/k.pem')],
  ['a secret file is edited', (w) => edit(w, '../api-key', 'abd\n')],
  ['trust is taken back', (w) => drop(w, '../home/.local/state/tokentool/trusted.json')],
  ['trust is edited', (w) => touch(w, '../home/.local/state/tokentool/trusted.json')],
  ['a variable of the profile changes', ({ env }) => ({ env: { ...env, WHO: 'you' } })],
  ['a variable of the profile is unset', ({ env }) => ({ env: { ...env, WHO: undefined } })],
  ...['TOKENTOOL_PROFILE', 'TOKENTOOL_ENVIRONMENT', 'TOKENTOOL_CONFIG', 'TOKENTOOL_NO_CACHE'].map(
    (name) =>
      [`${name} is set`, ({ env }: TestWorld) => ({ env: { ...env, [name]: 'p' } })] as const,
  ),
  ...['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'TOKENTOOL_CACHE_DIR', 'CI'].map(
    (name) =>
      [
        `${name} is set`,
        ({ env, home }: TestWorld) => ({ env: { ...env, [name]: home } }),
      ] as const,
  ),
  ['NODE_DEBUG is set', ({ env }) => ({ env: { ...env, NODE_DEBUG: 'http' } })],
  ['an argument more', ({ argv }) => ({ argv: [...argv, '-q'] })],
  ['an argument less', () => ({ argv: [] })],
  ['another folder', ({ home }) => ({ cwd: home })],
  ['another home', ({ cwd }) => ({ home: cwd })],
  ['the clock goes back', (w) => ({ now: w.now() - 3_600_000 })],
  ['the token is nearly over', (w) => ({ now: w.now() + 241_000 })],
  ['the cache is cleared', (w) => gone(findKept(w, ENTRY))],
  ['the token is another one', (w) => alter(findKept(w, ENTRY), /"saved_at":\d/, '"saved_at":2')],
  ['the entry is damaged', (w) => alter(findKept(w, ENTRY), /"token"/, '"taken"')],
  ['others may write the entry', (w) => widen(findKept(w, ENTRY))],
  ['others may write the shortcut', (w) => widen(findKept(w, SHORTCUT))],
  ['the shortcut is a link', (w) => relink(findKept(w, SHORTCUT))],
  ['the shortcut is of another version', (w) => alter(findKept(w, SHORTCUT), /1/, '9')],
  ['the shortcut is damaged', (w) => alter(findKept(w, SHORTCUT), /"files":\[/, '"files":[1,')],
  ['the shortcut is empty', (w) => gone(findKept(w, SHORTCUT))],
  ['a killed run left a file', (w) => edit(w, '../home/.cache/tokentool/tokens/salt.x.tmp', 'x')],
]

const done = undefined
function edit(world: TestWorld, name: string, text: string): undefined {
  write(pathOf(world, name), text)
}
function touch(world: TestWorld, name: string): undefined {
  utimesSync(pathOf(world, name), 1, 1)
}
function replace(world: TestWorld, name: string): undefined {
  const path = pathOf(world, name)
  write(`${path}.new`, readFileSync(path, 'utf8'))
  renameSync(`${path}.new`, path)
}
function allow(world: TestWorld, name: string, mode: number): undefined {
  chmodSync(pathOf(world, name), mode)
}
function drop(world: TestWorld, name: string): undefined {
  return gone(pathOf(world, name))
}
function gone(path: string): undefined {
  rmSync(path)
}
function alter(path: string, from: RegExp, to: string): undefined {
  write(path, readFileSync(path, 'utf8').replace(from, to))
}
function widen(path: string): undefined {
  chmodSync(path, 0o666)
}
function relink(path: string): undefined {
  renameSync(path, `${path}.real`)
  symlinkSync(`${path}.real`, path)
}

describe('the long way is gone when', () => {
  test.each(CHANGES)('%s', async (_, change) => {
    const world = await prepare()
    expect(take(world)).toBe(`${TOKEN}\n`)
    expect(take(world, change(world) ?? done)).toBeUndefined()
  })
})

describe('nothing is remembered of a run', () => {
  test.each([
    ['that says more', ['-v']],
    ['that prints what changes', ['--json']],
    ['that prints a part of what changes', ['--field', 'expires_in']],
    ['that asks anew', ['--force-new']],
    ['that keeps nothing', ['--no-cache']],
    ['that writes a file', ['--out', 'token']],
    ['that reads standard input', ['-s', 'audience=@-']],
    ['that warns', ['--insecure']],
    ['that sends nothing', ['-n']],
  ])('%s', async (_, args) => {
    const world = createWorld(['get', 'p', ...args], {
      files: { 'p.yaml': PROFILES.replaceAll('keys/', ''), 'k.pem': key.pem, 'api-key': 'abc' },
      env: { WHO: 'me', TOKENTOOL_CONFIG: 'p.yaml' },
      stdin: 'somebody',
      now: Date.now() + LATER,
    })
    for (const _run of [1, 2]) {
      const { exit, stderr } = await runMain(world.argv, { again: world })
      expect(exit, stderr).toBe(0)
    }
    expect(take(world)).toBeUndefined()
  })

  test('whose files were written just now', async () => {
    const world = createWorld(['get', '-c', 'p.yaml'], {
      files: { 'p.yaml': PROFILES.replaceAll('keys/', ''), 'k.pem': key.pem, 'api-key': 'abc' },
      env: { WHO: 'me' },
    })
    await runMain(world.argv, { again: world })
    expect(take(world)).toBeUndefined()
  })
})
