import { execFile, execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { TokenError } from '../../src/core/error.ts'
import { findProfileFiles, PROJECT_NAMES, readPackagedFile } from '../../src/io/profile/profiles.ts'

const NOBODY = 65534
const isRoot = process.getuid?.() === 0

let base = ''
let here = ''
let home = ''
let count = 0

beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'profiles-')))
  chmodSync(base, 0o755)
})

afterAll(() => rmSync(base, { recursive: true, force: true }))

beforeEach(() => {
  const room = join(base, `${count++}`)
  here = join(room, 'work', 'project')
  home = join(room, 'home')
  mkdirSync(here, { recursive: true })
  mkdirSync(home)
})

/** A file with its folders; the text says which it is. */
function put(path: string, text = `description: ${path}\n`): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

interface Options {
  readonly env?: Readonly<Record<string, string>>
  readonly config?: readonly string[]
  readonly cwd?: string
}

function find({ env = {}, config, cwd = here }: Options = {}) {
  return findProfileFiles({ world: { env, cwd, home }, config })
}

async function shownOf(options: Options = {}): Promise<string[]> {
  return (await find(options)).map(({ origin, shown }) => `${origin} ${shown}`)
}

async function refuse(options: Options = {}): Promise<TokenError> {
  const error = await find(options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(TokenError)
  return error as TokenError
}

describe('the project file', () => {
  test.each(PROJECT_NAMES)('%s', async (name) => {
    const json = name.endsWith('.json')
    const file = put(join(here, name), json ? '{\n\t"a": "b"\n}' : 'a: b\n')
    const [document, ...others] = await find()
    expect(others).toEqual([])
    expect(document).toMatchObject({ file, shown: name, folder: here, origin: 'project' })
    expect(document?.data).toEqual({ a: 'b' })
    expect(document?.place(['a'], 'value')).toEqual({
      file: name,
      line: json ? 2 : 1,
      column: json ? 7 : 4,
    })
  })

  test('none', async () => {
    put(join(here, 'tokentool.toml'))
    put(join(here, '.tokentoolrc.yml'))
    expect(await shownOf()).toEqual([])
  })

  test('the nearest, upwards; what lies above is not read', async () => {
    put(join(here, '..', 'tokentool.yaml'), 'a: [broken')
    put(join(here, '.tokentoolrc'))
    mkdirSync(join(here, 'a', 'b'), { recursive: true })
    const shown = `project ${join(here, '.tokentoolrc')}`
    expect(await shownOf({ cwd: join(here, 'a', 'b') })).toEqual([shown])
  })

  test('two in one folder are refused, both named', async () => {
    put(join(here, 'tokentool.yaml'))
    put(join(here, '.tokentoolrc.json'), '{}')
    const { code, message } = await refuse({ cwd: join(here) })
    expect(code).toBe('file_ambiguous')
    expect(message).toContain('tokentool.yaml and .tokentoolrc.json')
    put(join(here, 'tokentool.json'), '{}')
    expect((await refuse()).message).toContain(
      '3 profile files, tokentool.yaml, tokentool.json and .tokentoolrc.json',
    )
  })

  test('an empty one is a mistake; the one above does not stand in for it', async () => {
    put(join(here, '..', 'tokentool.yaml'))
    put(join(here, 'tokentool.yaml'), ' \n')
    const { code, message } = await refuse()
    expect([code, message]).toEqual(['file_invalid', 'tokentool.yaml is empty'])
  })

  test('a broken one is told by place', async () => {
    put(join(here, 'tokentool.yaml'), 'a:\n  b: @c\n')
    expect((await refuse()).message).toBe(
      'tokentool.yaml:2:6 a text that begins with @ needs quotes',
    )
  })

  test('a name in another folder: a link is followed, paths are relative to the real file', async () => {
    const real = put(join(home, 'dotfiles', 'team.yaml'))
    symlinkSync(real, join(here, 'tokentool.yaml'))
    const [document] = await find()
    expect(document).toMatchObject({ file: real, folder: dirname(real), shown: 'tokentool.yaml' })
  })

  test.each<[string, (path: string) => void, string]>([
    ['a folder', (path) => mkdirSync(path), 'is a folder, not a file'],
    ['a dangling link', (path) => symlinkSync('nowhere', path), 'is a link that leads nowhere'],
    ['a link to itself', (path) => symlinkSync(path, path), 'is a link that leads back to itself'],
    ['a pipe', (path) => execFileSync('mkfifo', [path]), 'is a pipe, not a file'],
    ['a device', (path) => symlinkSync('/dev/zero', path), 'is a device, not a file'],
  ])('%s of that name is an error, not passed over', async (_, make, message) => {
    put(join(here, '..', 'tokentool.yaml'))
    make(join(here, 'tokentool.yaml'))
    const error = await refuse()
    expect([error.code, error.message]).toEqual(['file_unreadable', `tokentool.yaml ${message}`])
  })

  test('one byte more than 256 KiB', async () => {
    put(join(here, 'tokentool.yaml'), `a: ${'x'.repeat(256 * 1024 - 2)}`)
    const { code, message } = await refuse()
    expect([code, message]).toEqual(['file_invalid', 'tokentool.yaml is larger than 256 KiB'])
  })

  test('a working folder that is not there any more', async () => {
    rmSync(here, { recursive: true })
    put(join(home, '.config/tokentool/tokentool.yaml'))
    expect(await shownOf()).toEqual(['user ~/.config/tokentool/tokentool.yaml'])
  })
})

describe("the user's own file", () => {
  test('stands behind the project file', async () => {
    put(join(here, 'tokentool.yaml'))
    put(join(home, '.config/tokentool/tokentool.yaml'))
    expect(await shownOf()).toEqual([
      'project tokentool.yaml',
      'user ~/.config/tokentool/tokentool.yaml',
    ])
  })

  test('lies where XDG_CONFIG_HOME says, if that is a whole path', async () => {
    put(join(home, '.config/tokentool/tokentool.yaml'))
    put(join(home, 'elsewhere/tokentool/tokentool.yaml'))
    const own = 'user ~/.config/tokentool/tokentool.yaml'
    expect(await shownOf({ env: { XDG_CONFIG_HOME: join(home, 'elsewhere') } })).toEqual([
      'user ~/elsewhere/tokentool/tokentool.yaml',
    ])
    expect(await shownOf({ env: { XDG_CONFIG_HOME: 'elsewhere' } })).toEqual([own])
    expect(await shownOf({ env: { XDG_CONFIG_HOME: '' } })).toEqual([own])
  })

  test('found from its own folder, it is read once, as the user’s', async () => {
    const file = put(join(home, '.config/tokentool/tokentool.yaml'))
    expect(await shownOf({ cwd: dirname(file) })).toEqual(['user tokentool.yaml'])
  })

  test('without a home there is none', async () => {
    const world = { env: {}, cwd: here, home: undefined }
    expect(await findProfileFiles({ world, config: undefined })).toEqual([])
  })

  test('a broken one is an error', async () => {
    put(join(home, '.config/tokentool/tokentool.yaml'), 'a: @')
    expect((await refuse()).message).toMatch(/^~\/\.config\/tokentool\/tokentool\.yaml:1:4 /)
    rmSync(join(home, '.config/tokentool/tokentool.yaml'))
    symlinkSync('nowhere', join(home, '.config/tokentool/tokentool.yaml'))
    expect((await refuse()).code).toBe('file_unreadable')
  })
})

describe('named files', () => {
  test('--config takes the place of all others, and may be given several times', async () => {
    put(join(here, 'tokentool.yaml'))
    put(join(home, '.config/tokentool/tokentool.yaml'))
    put(join(here, 'a.yaml'))
    const whole = put(join(here, '..', 'b.conf'))
    const env = { TOKENTOOL_CONFIG: 'tokentool.yaml' }
    expect(await shownOf({ config: ['a.yaml', whole], env })).toEqual([
      'named a.yaml',
      `named ${whole}`,
    ])
    expect(await shownOf({ config: ['./a.yaml', join(here, 'a.yaml')] })).toEqual(['named a.yaml'])
  })

  test('TOKENTOOL_CONFIG lists several', async () => {
    put(join(here, 'tokentool.yaml'))
    put(join(here, 'a.yaml'))
    put(join(home, 'b.yaml'))
    const TOKENTOOL_CONFIG = ['a.yaml', '', '~/b.yaml'].join(delimiter)
    expect(await shownOf({ env: { TOKENTOOL_CONFIG } })).toEqual(['named a.yaml', 'named ~/b.yaml'])
    expect(await shownOf({ env: { TOKENTOOL_CONFIG }, config: [] })).toHaveLength(2)
    expect(await shownOf({ env: { TOKENTOOL_CONFIG: '' } })).toEqual(['project tokentool.yaml'])
  })

  test('a missing one is an error, never a fallback', async () => {
    put(join(here, 'tokentool.yaml'))
    const flag = await refuse({ config: ['tokentol.yaml'] })
    expect([flag.code, flag.message]).toEqual(['file_missing', 'there is no file tokentol.yaml'])
    expect(flag.details.means).toBe('--config names it, so no other is looked for')
    const variable = await refuse({ env: { TOKENTOOL_CONFIG: 'tokentool.yaml/x' } })
    expect(variable.code).toBe('file_missing')
    expect(variable.details.means).toContain('TOKENTOOL_CONFIG')
    expect((await refuse({ config: [''] })).code).toBe('usage')
  })

  test.each(['a.js', 'a.cjs', 'a.mjs', 'a.ts'])('%s is never run', async (name) => {
    put(join(here, name), 'throw new Error()')
    const { code, message } = await refuse({ config: [name] })
    expect([code, message]).toEqual(['file_invalid', `${name} is code`])
  })

  test('a pipe does not hang', async () => {
    execFileSync('mkfifo', [join(here, 'pipe')])
    const { message, details } = await refuse({ config: ['pipe'] })
    expect(message).toBe('pipe is a pipe, not a file')
    // what to do for what is decrypted on the way
    expect(details.fix).toEqual([
      '… > FILE, then -c FILE',
      '${command:…} in the file, where only the secrets are',
    ])
  })

  test('~ without a home, a relative path without a working folder', async () => {
    for (const name of ['~/a.yaml', 'a.yaml']) {
      const world = { env: {}, cwd: undefined, home: undefined }
      await expect(findProfileFiles({ world, config: [name] })).rejects.toMatchObject({
        code: 'file_missing',
      })
    }
  })

  test('a name that would steer the terminal', async () => {
    expect((await refuse({ config: ['a\u001b[31m\nb'] })).message).toBe(
      'there is no file a\\u001b[31m\\nb',
    )
  })
})

test('the example of the package', async () => {
  const document = await readPackagedFile(put(join(here, 'profiles.example.yaml')))
  expect(document).toMatchObject({ origin: 'packaged', shown: 'profiles.example.yaml' })
})

// What a folder holds is tried where it counts: in a process of its own that was started in it.
describe('in a process of its own', () => {
  const run = promisify(execFile)
  let program = ''

  beforeAll(async () => {
    const folder = join(base, 'program')
    const bundle = await rolldown({
      input: join(import.meta.dirname, '../../src/io/profile/profiles.ts'),
      platform: 'node',
      external: ['cosmiconfig', 'yaml'],
    })
    await bundle.write({ dir: folder, format: 'esm', entryFileNames: '[name].mjs' })
    await bundle.close()
    symlinkSync(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'))
    program = put(
      join(folder, 'main.mjs'),
      `import { rmSync } from 'node:fs'
      import { findProfileFiles } from './profiles.mjs'
      if (process.argv[2] === 'gone') rmSync(process.cwd(), { recursive: true })
      const where = () => { try { return process.cwd() } catch { return undefined } }
      const cwd = where()
      const notes = []
      const world = { env: process.env, cwd, home: process.env.HOME }
      try {
        const found = await findProfileFiles({ world, config: undefined, note: (text) => notes.push(text) })
        console.log(JSON.stringify({
          files: found.map(({ file, origin, data }) => ({ file, origin, data })),
          notes, stayed: where() === cwd,
        }))
      } catch ({ code, message, details }) {
        console.log(JSON.stringify({ error: { code, message, details }, notes, stayed: where() === cwd }))
      }`,
    )
    put(
      join(folder, 'control.mjs'),
      `import { cosmiconfig } from 'cosmiconfig'
      await cosmiconfig('tokentool').search()`,
    )
  })

  interface Outcome {
    readonly files: { file: string; origin: string; data: unknown }[]
    readonly error?: { code: string; message: string; details: { fix?: string } }
    readonly notes: string[]
    readonly stayed: boolean
  }

  async function start(
    options: { script?: string; args?: string[]; uid?: number; env?: Record<string, string> } = {},
  ): Promise<Outcome> {
    const { script = program, args = [], uid, env = {} } = options
    const { stdout } = await run(process.execPath, [script, ...args], {
      cwd: here,
      env: { HOME: home, ...env },
      timeout: 10_000,
      ...(uid !== undefined && { uid, gid: uid }),
    })
    return stdout === '' ? { files: [], notes: [], stayed: true } : JSON.parse(stdout)
  }

  const marker = () => join(here, '..', 'it-ran')
  const commonjs = () =>
    `require('node:fs').writeFileSync(${JSON.stringify(marker())}, ''); module.exports = { tokentool: {}, cosmiconfig: {} }`
  const module = () =>
    `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(marker())}, ''); export default { tokentool: {}, cosmiconfig: {} }`
  const settings = () =>
    JSON.stringify({ cosmiconfig: { searchPlaces: ['evil.js'], mergeSearchPlaces: false } })

  const PLANTS: Readonly<Record<string, () => string>> = {
    '.config/config.js': commonjs,
    '.config/config.cjs': commonjs,
    '.config/config.mjs': module,
    '.config/config.ts': module,
    '.config/config.yaml': settings,
    '.config/config.json': settings,
    'package.json': settings,
    'package.yaml': settings,
  }

  const OTHERS: Readonly<Record<string, () => string>> = {
    'evil.js': commonjs,
    'tokentoolrc.js': commonjs,
    '.tokentoolrc.js': commonjs,
    '.tokentoolrc.cjs': commonjs,
    '.tokentoolrc.mjs': module,
    '.tokentoolrc.ts': module,
    'tokentool.config.js': commonjs,
    'tokentool.config.cjs': commonjs,
    'tokentool.config.mjs': module,
    'tokentool.config.ts': module,
    '.config/tokentoolrc': () => 'obeyed: true',
    '.config/tokentoolrc.js': commonjs,
    '.config/tokentoolrc.yaml': () => 'obeyed: true',
    '.config/tokentoolrc.mjs': module,
    'tokentool.js': commonjs,
    '.tokentoolrc.yml': () => 'obeyed: true',
  }

  test.each(Object.keys(PLANTS))('%s is neither run nor obeyed', async (name) => {
    put(join(here, name), PLANTS[name]?.())
    put(join(here, 'evil.js'), commonjs())
    expect((await start()).files).toEqual([])
    const file = put(join(here, 'tokentool.yaml'), 'a: b\n')
    expect(await start()).toEqual({
      files: [{ file, origin: 'project', data: { a: 'b' } }],
      notes: [],
      stayed: true,
    })
    expect(existsSync(marker())).toBe(false)
  })

  test('nor is anything else that cosmiconfig looks for, here, above, at home, or in XDG_CONFIG_HOME', async () => {
    const XDG_CONFIG_HOME = join(home, 'xdg')
    const all = { ...PLANTS, ...OTHERS }
    const package_ = () => JSON.stringify({ tokentool: { obeyed: true }, $import: './evil.js' })
    for (const [name, text] of Object.entries({ ...all, 'package.json': package_ })) {
      for (const folder of [here, dirname(here), home]) put(join(folder, name), text())
    }
    for (const folder of [XDG_CONFIG_HOME, join(home, '.config')]) {
      for (const name of ['config', 'config.json', 'config.yaml']) {
        put(join(folder, 'tokentool', name), 'obeyed: true')
      }
      for (const name of ['config.js', 'config.cjs'])
        put(join(folder, 'tokentool', name), commonjs())
      put(join(folder, 'tokentool', 'config.mjs'), module())
    }
    const env = { XDG_CONFIG_HOME }
    expect((await start({ env })).files).toEqual([])
    const own = put(join(XDG_CONFIG_HOME, 'tokentool', 'tokentool.yaml'), 'c: d\n')
    const project = put(join(here, 'tokentool.yaml'), 'a: b\n')
    const { files } = await start({ env })
    expect(files).toEqual([
      { file: project, origin: 'project', data: { a: 'b' } },
      { file: own, origin: 'user', data: { c: 'd' } },
    ])
    expect(existsSync(marker())).toBe(false)
  })

  test('$import is a name like any other', async () => {
    put(join(here, 'evil.js'), commonjs())
    put(join(here, 'other.yaml'), 'obeyed: true\n')
    put(join(here, 'tokentool.yaml'), '$import: [./evil.js, ./other.yaml]\na: b\n')
    const { files } = await start()
    expect(files[0]?.data).toEqual({ $import: ['./evil.js', './other.yaml'], a: 'b' })
    expect(existsSync(marker())).toBe(false)
  })

  test.each([
    '.config/config.js',
    '.config/config.cjs',
    '.config/config.mjs',
    '.config/config.yaml',
  ])('the bait is good: cosmiconfig by itself takes %s', async (name) => {
    put(join(here, name), PLANTS[name]?.())
    put(join(here, 'evil.js'), commonjs())
    // it runs what it should not, and may stumble over it afterwards
    await start({ script: join(dirname(program), 'control.mjs') }).catch(() => {})
    // Node 20 cannot require the module, later ones can
    if (!name.endsWith('.mjs')) expect(existsSync(marker())).toBe(true)
  })

  test('a working folder that is deleted under us', async () => {
    const file = put(join(home, '.config/tokentool/tokentool.yaml'), 'a: b\n')
    expect(await start({ args: ['gone'] })).toEqual({
      files: [{ file, origin: 'user', data: { a: 'b' } }],
      notes: [],
      stayed: true,
    })
  })

  test.skipIf(!isRoot)('a file that may not be read is not passed over', async () => {
    put(join(here, '..', 'tokentool.yaml'))
    const file = put(join(here, 'tokentool.yaml'))
    chmodSync(file, 0o000)
    const foreign = await start({ uid: NOBODY })
    expect(foreign.error).toMatchObject({
      code: 'file_unreadable',
      message: 'tokentool.yaml may not be read',
    })
    expect(foreign.error?.details.fix).toBe('ls -l tokentool.yaml')
    chownSync(file, NOBODY, NOBODY)
    const own = await start({ uid: NOBODY })
    expect(own.error?.details.fix).toBe('chmod u+r tokentool.yaml')
  })

  test.skipIf(!isRoot)('the walk stops at a folder of somebody else', async () => {
    put(join(here, '..', '..', 'tokentool.yaml'), 'above: true\n')
    put(join(here, '..', 'tokentool.yaml'), 'planted: true\n')
    expect((await start({ uid: NOBODY })).files[0]?.data).toEqual({ planted: true })
    chownSync(join(here, '..'), NOBODY - 1, NOBODY - 1)
    for (const uid of [NOBODY, undefined]) {
      const { files, notes } = await start(uid === undefined ? {} : { uid })
      expect(files).toEqual([])
      expect(notes).toEqual([expect.stringMatching(/work\/tokentool\.yaml is passed over/)])
    }
    // one's own is one's own, whatever lies above
    put(join(here, 'tokentool.yaml'), 'own: true\n')
    chownSync(here, NOBODY, NOBODY)
    expect((await start({ uid: NOBODY })).files[0]?.data).toEqual({ own: true })
  })

  test.skipIf(!isRoot)('a home that may not be looked into', async () => {
    put(join(here, 'tokentool.yaml'), 'a: b\n')
    put(join(home, '.config/tokentool/tokentool.yaml'))
    chmodSync(home, 0o700)
    const { files, notes } = await start({ uid: NOBODY })
    expect(files).toHaveLength(1)
    expect(notes).toHaveLength(1)
  })
})
