// `tokentool init`: what it writes is a file that works, for every provider; on a terminal it asks.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PROVIDERS } from '../../src/providers/table.ts'
import { makeFolder, PROGRAM, plantCanary, runProgram } from '../support/program.ts'
import { runMain } from '../support/world.ts'

const NAMES = Object.keys(PROVIDERS)

describe('without questions', () => {
  it.concurrent.each(NAMES)('the file for %s works as it is', { timeout: 30_000 }, async (name) => {
    const first = await runProgram(['init', '--provider', name])
    expect(first).toMatchObject({ code: 0, stdout: 'tokentool.yaml\n', stderr: '' })
    const { folder } = first
    const env = { CLIENT_SECRET: plantCanary(), ICN: plantCanary() }
    const [list, sandbox, real] = await Promise.all([
      runProgram(['profile', 'list', '--json'], { folder }),
      runProgram(['get', name, '--sandbox'], { folder }),
      // no key is there, but nothing is asked about trust
      runProgram(['get', '--dry-run', '--json'], { folder, env }),
    ])
    expect(list.stdout).toContain(`"${name}"`)
    expect(sandbox.code).toBe(0)
    expect(sandbox.stdout).toMatch(/^\S{20,}\n$/)
    expect(real.code === 0 ? undefined : real.error().code).toBeOneOf([undefined, 'key_missing'])
  })

  it('takes the environment that is asked for', async () => {
    const { folder, code } = await runProgram(['init', '--provider', 'va-sis', '-e', 'production'])
    expect(code).toBe(0)
    const { stdout } = await runProgram(['get', '--sandbox', '--json'], { folder })
    expect(JSON.parse(stdout)).toMatchObject({ environment: 'production' })
  })

  it('trusts what it wrote, and nothing that is changed behind it', async () => {
    const { folder } = await runProgram(['init', '--provider', 'client-credentials'])
    const file = readFileSync(join(folder, 'tokentool.yaml'), 'utf8')
    const { code, error } = await runProgram(['get', '--dry-run', '--json'], {
      folder,
      env: { CLIENT_SECRET: plantCanary() },
      files: { 'tokentool.yaml': file.replace('id.example.com', 'elsewhere.example') },
    })
    expect(code).toBe(2)
    expect(error()).toMatchObject({ code: 'untrusted' })
  })

  it('writes the file that -c or TOKENTOOL_CONFIG names', async () => {
    const named = await runProgram(['init', '--provider', 'va-sis', '-c', './my profiles.yml'])
    expect(named).toMatchObject({ code: 0, stdout: './my profiles.yml\n' })
    expect(readdirSync(named.folder)).toContain('my profiles.yml')
    const env = { TOKENTOOL_CONFIG: 'other.yaml' }
    const byVariable = await runProgram(['init', '--provider', 'va-sis'], { env })
    expect(byVariable).toMatchObject({ code: 0, stdout: 'other.yaml\n' })
  })

  it('needs no home folder, but says what is lost without one', async () => {
    const env = { HOME: undefined }
    const { code, stdout, stderr } = await runProgram(['init', '--provider', 'va-sis'], { env })
    expect([code, stdout]).toEqual([0, 'tokentool.yaml\n'])
    expect(stderr).toMatch(/^tokentool: warning: .*name it with -c\n$/)
  })
})

describe('never over a file', () => {
  it.each(['tokentool.yaml', '.tokentoolrc', 'tokentool.json'])('%s stays', async (name) => {
    const files = { [name]: 'profiles: {}\n' }
    const { code, stderr, folder } = await runProgram(['init', '--provider', 'va-sis'], { files })
    expect(code).toBe(2)
    expect(stderr).toContain(`${name} is there already`)
    expect(readdirSync(folder).sort()).toEqual([name, 'home'].sort())
    expect(readFileSync(join(folder, name), 'utf8')).toBe('profiles: {}\n')
  })

  it('a named one stays', async () => {
    const files = { 'a.yaml': 'x' }
    const args = ['init', '--provider', 'va-sis', '-c', 'a.yaml']
    const { code, folder } = await runProgram(args, { files })
    expect(code).toBe(2)
    expect(readFileSync(join(folder, 'a.yaml'), 'utf8')).toBe('x')
  })
})

describe('mistakes', () => {
  it.concurrent.each([
    [['init'], 'which provider?', 'firstvision-json'],
    [['init', '--provider', 'va-siss'], 'there is no provider "va-siss"', 'did you mean va-sis?'],
    [['init', '--provider', 'va-sis', '-e', 'prod'], 'no environment "prod"', '-e production'],
    [['init', '--provider', 'light-oauth2', '-e', 'dev'], 'no environment "dev"', 'it has none'],
    [['init', '--provider', 'va-sis', '-c', 'a/b.yaml'], 'there is no folder a', 'mkdir -p a'],
    [['init', '--provider', 'va-sis', '-c', 'a.json'], 'init writes YAML', '-c tokentool.yaml'],
    [['init', '--provider', 'va-sis', '-c', 'a.js'], 'init writes YAML', '-c tokentool.yaml'],
    [['init', '--provider', 'va-sis', '-c', 'a', '-c', 'b'], 'init writes one file', 'fix'],
  ])('%j', async (args, message, fix) => {
    const { code, stderr, folder } = await runProgram(args)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain(fix)
    expect(readdirSync(folder)).toEqual(['home'])
  })
})

describe('on a terminal', () => {
  const terminal = 72
  const env = { NO_COLOR: '1' }

  it('asks, with the examples as presets, and ends with what to type', async () => {
    const answers = ['1', '', 'my-account', '', 'me@example.gov', '-', './k y.pem']
    const { exit, stdout, stderr, world } = await runMain(['init'], { terminal, env, answers })
    expect([exit, stdout]).toEqual([0, 'tokentool.yaml\n'])
    const text = readFileSync(join(world.cwd, 'tokentool.yaml'), 'utf8')
    expect(text).toMatch(/^ {4}environment: staging$/m)
    expect(text).toMatch(/^ {4}service_account_id: my-account$/m)
    expect(text).toMatch(/^ {4}issuer: https:\/\/chat.example$/m)
    expect(text).toMatch(/^ {4}#scopes:$/m)
    expect(text).toMatch(/^ {4}key_path: \.\/k y\.pem$/m)
    expect(stderr).toMatch(/^next: {2}tokentool doctor va-sis --offline/m)
    expect(stderr).toMatch(/^ +tokentool get va-sis --sandbox/m)
  })

  it('asks again where an answer is none', async () => {
    const answers = ['9', 'jwt-bearr', 'jwt-bearer', 'id.example', '${nobody}', '', '', '', '']
    const { exit, stderr } = await runMain(['init'], { terminal, env, answers })
    expect(exit).toBe(0)
    expect(stderr).toContain('a number from 1 to 8, or a name')
    expect(stderr).toContain('did you mean jwt-bearer?')
    expect(stderr).toContain('an address begins with https://')
    expect(stderr).toContain('nobody knows ${nobody}')
  })

  it('asks for the variable of a secret, and takes nothing that may be the secret itself', async () => {
    const answers = ['light-oauth2', '', 'hunter2', 'Hunter-2', '$MY_SECRET']
    const { exit, stderr, world } = await runMain(['init'], { terminal, env, answers })
    expect(exit).toBe(0)
    expect(stderr).toContain('never the secret itself')
    const text = readFileSync(join(world.cwd, 'tokentool.yaml'), 'utf8')
    expect(text).toMatch(/^ {4}client_secret: \$\{env:MY_SECRET\}$/m)
    expect(text).not.toMatch(/hunter/i)
  })

  it('asks only for what the flags leave open', async () => {
    const args = ['init', '--provider', 'va-sis', '-e', 'dev']
    const answers = ['', '', '', '', '']
    const { exit, stderr } = await runMain(args, { terminal, env, answers })
    expect(exit).toBe(0)
    expect(stderr).not.toContain('Which')
  })

  it.each([
    ['--no-input', ['--no-input'], {}],
    ['CI', [], { CI: 'true' }],
  ])('does not ask with %s', async (_, more, env) => {
    const named = await runMain(['init', '--provider', 'va-sis', ...more], { terminal, env })
    expect([named.exit, named.stdout]).toEqual([0, 'tokentool.yaml\n'])
    const { exit, stdout } = await runMain(['init', ...more], { terminal, env })
    expect([exit, stdout]).toEqual([2, ''])
  })

  it('writes nothing when the person goes away', async () => {
    const answers = ['1', '', 'my-account']
    const { exit, stdout, stderr, world } = await runMain(['init'], { terminal, env, answers })
    expect([exit, stdout]).toEqual([130, ''])
    expect(stderr).toContain('nothing was written')
    expect(readdirSync(world.cwd)).toEqual([])
  })
})

// util-linux; other systems have a script that takes other options
const hasScript = /util-linux/.test(
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '',
)

describe.skipIf(!hasScript)('on a real terminal', () => {
  function runThere(
    folder: string,
    replies: readonly (readonly [prompt: string, keys: string])[],
  ): Promise<{ code: number | null; screen: string }> {
    return new Promise((done, fail) => {
      const command = `'${process.execPath}' '${PROGRAM}' init`
      const child = spawn('script', ['-qefc', command, '/dev/null'], {
        cwd: folder,
        env: { PATH: process.env.PATH, HOME: join(folder, 'home'), NO_COLOR: '1' },
      })
      const left = [...replies]
      let screen = ''
      let seen = 0
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        screen += text
        const [next] = left
        const at = next === undefined ? -1 : screen.indexOf(next[0], seen)
        if (next === undefined || at < 0) return
        seen = at + next[0].length
        left.shift()
        child.stdin.write(next[1])
      })
      child.on('error', fail)
      child.on('close', (code) => done({ code, screen }))
    })
  }

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('%s ends it, with nothing written', async (_, key) => {
    const folder = makeFolder()
    const { code, screen } = await runThere(folder, [['a number or a name:', key]])
    expect(code).toBe(130)
    expect(screen).toContain('interrupted; nothing was written')
    expect(existsSync(join(folder, 'tokentool.yaml'))).toBe(false)
  })

  it('lines are answers', async () => {
    const folder = makeFolder()
    const { code } = await runThere(folder, [
      ['a number or a name:', '4\r'],
      ['] ', 'my-client\r'],
      ['[CLIENT_SECRET] ', '\r'],
    ])
    expect(code).toBe(0)
    expect(readFileSync(join(folder, 'tokentool.yaml'), 'utf8')).toContain('client_id: my-client\n')
  })
})
