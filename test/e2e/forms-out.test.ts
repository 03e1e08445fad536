// `--out FILE`: for the user alone, whole or not at all, and nothing on stdout.

import { spawn } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeFolder, type Outcome, PROGRAM, runProgram } from '../support/program.ts'
import { serve } from '../support/service.ts'
import { runShell } from '../support/shells.ts'

const TOKEN = 'to.ken-1234567890'
const LONG = 'x'.repeat(200_000)
const service = await serve(({ form }) => {
  if (form.get('client_id') === 'nobody') return [400, { error: 'invalid_client' }]
  return [200, { access_token: form.get('client_id') === 'long' ? LONG : TOKEN }]
})

const PROFILES = `
default_profile: p
profiles:
  p:
    provider: client-credentials
    token_endpoint: ${service.origin}/token
    client_id: x
    client_secret: plain-secret-of-a-test
    client_auth: post
`
const START = ['get', '-c', 'tokentool.yaml', '--no-cache']
const prepare = (): string => {
  const folder = makeFolder({
    'tokentool.yaml': PROFILES.replace('client_auth: post', 'client_auth: client_secret_post'),
  })
  mkdirSync(join(folder, 'out'))
  return folder
}
const run = (folder: string, args: string): Promise<Outcome> =>
  runProgram([...START, ...args.split(' ')], { folder })
const shell = (folder: string, script: string): ReturnType<typeof runShell> =>
  runShell(
    'bash',
    script.replaceAll('TOKENTOOL', `${process.execPath} ${PROGRAM} ${START.join(' ')}`),
    folder,
    {
      HOME: join(folder, 'home'),
    },
  )

describe('a file', () => {
  test.each([
    ['', `${TOKEN}\n`],
    ['-o header', `Authorization: Bearer ${TOKEN}\n`],
    ['-o env --shell fish --name A', `set -gx A '${TOKEN}'\n`],
    ['--field access_token', `${TOKEN}\n`],
  ])('of its own: %j', async (args, text) => {
    const folder = prepare()
    const { code, stdout, stderr } = await run(folder, `--out out/f ${args}`.trim())
    expect([code, stdout, stderr]).toEqual([0, '', ''])
    expect(readFileSync(join(folder, 'out/f'), 'utf8')).toBe(text)
    expect(statSync(join(folder, 'out/f')).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(folder, 'out'))).toEqual(['f'])
  })

  test('that is there already: replaced, and narrowed', async () => {
    const folder = prepare()
    const path = join(folder, 'out/f')
    writeFileSync(path, 'an earlier, longer token than the new one is', { mode: 0o644 })
    const before = statSync(path).ino
    const held = readFileSync(path, 'utf8')
    expect((await run(folder, '--out out/f')).code).toBe(0)
    expect(readFileSync(path, 'utf8')).toBe(`${TOKEN}\n`)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    // another file under the same name: who reads the old one reads it whole
    expect([statSync(path).ino === before, held.length]).toEqual([false, 44])
  })

  test.each([0o000, 0o077])('whatever the umask is: %o', async (mask) => {
    const folder = prepare()
    const said = await shell(folder, `umask ${mask.toString(8)}; TOKENTOOL --out out/f`)
    expect(said).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(statSync(join(folder, 'out/f')).mode & 0o777).toBe(0o600)
  })

  test('is left as it was when there is no token', async () => {
    const folder = prepare()
    writeFileSync(join(folder, 'out/f'), 'earlier', { mode: 0o600 })
    for (const args of [
      '-s client_id=nobody',
      '--min-ttl 1h',
      '--nonsense',
      '-o env --min-ttl 1h',
    ]) {
      const { code, stdout } = await run(folder, `--out out/f ${args}`)
      expect([code === 0, stdout]).toEqual([false, ''])
    }
    expect(readFileSync(join(folder, 'out/f'), 'utf8')).toBe('earlier')
    expect(readdirSync(join(folder, 'out'))).toEqual(['f'])
  })

  test('that can only be written in part is not written', async () => {
    const folder = prepare()
    writeFileSync(join(folder, 'out/f'), 'earlier', { mode: 0o600 })
    // a limit on the size of files fails as a full disk does, in the midst of it
    const said = await shell(
      folder,
      `trap '' XFSZ; ulimit -f 50; TOKENTOOL -s client_id=long --out out/f 2>&1 | cat; exit \${PIPESTATUS[0]}`,
    )
    expect(said.status).toBe(2)
    expect(said.stdout).toContain('--out: cannot write out/f (EFBIG)')
    expect(readFileSync(join(folder, 'out/f'), 'utf8')).toBe('earlier')
    expect(readdirSync(join(folder, 'out'))).toEqual(['f'])
  })

  test('is never seen half written', async () => {
    const folder = prepare()
    const path = join(folder, 'out/f')
    const sizes = new Set<number>()
    const args = [...START, '-s', 'client_id=long', '--out', 'out/f']
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd: folder,
      env: { HOME: join(folder, 'home') },
    })
    let running = true
    child.on('close', () => {
      running = false
    })
    while (running) {
      if (existsSync(path)) sizes.add(statSync(path).size)
      await new Promise((done) => setImmediate(done))
    }
    sizes.add(statSync(path).size)
    expect([...sizes]).toEqual([LONG.length + 1])
  })
})

describe('what is refused before anything is asked for', () => {
  test.each([
    ['out', 'out is a folder', '--out out/token'],
    ['out/none/f', 'there is no folder out/none', 'mkdir -p out/none'],
    ['out/file/f', 'cannot write out/file/f (ENOTDIR)', 'ls -ld'],
    ['out/link', 'out/link is a link', '--out '],
    ['out/dangling', 'out/dangling is a link', '--out FILE'],
    ['out/loop', '(ELOOP)', 'ls -ld'],
    [`out/${'x'.repeat(300)}`, '(ENAMETOOLONG)', 'ls -ld'],
  ])('%s', async (out, message, fix) => {
    const folder = prepare()
    writeFileSync(join(folder, 'out/file'), 'kept')
    symlinkSync(join(folder, 'out/file'), join(folder, 'out/link'))
    symlinkSync('nowhere', join(folder, 'out/dangling'))
    symlinkSync('loop', join(folder, 'out/loop'))
    const before = service.requests.length
    const { code, stdout, stderr } = await run(folder, `--out ${out}`)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(stderr).toContain(fix)
    expect(service.requests.length).toBe(before)
    expect(readFileSync(join(folder, 'out/file'), 'utf8')).toBe('kept')
    expect(existsSync(join(folder, 'out/nowhere'))).toBe(false)
  })
})

describe('what is no file', () => {
  test.each([
    ['/dev/stdout', 'TOKENTOOL --out /dev/stdout', `${TOKEN}\n`],
    [
      '/dev/stdout into a file',
      'echo a >f; TOKENTOOL --out /dev/stdout >>f; cat f',
      `a\n${TOKEN}\n`,
    ],
    ['/dev/fd/3', 'TOKENTOOL --out /dev/fd/3 3>f; cat f', `${TOKEN}\n`],
    [
      'a substituted process',
      'TOKENTOOL --out >(cat >f); for i in 1 2 3 4 5 6 7 8 9; do [ -s f ] || sleep 0.1; done; cat f',
      `${TOKEN}\n`,
    ],
    ['a named pipe', 'mkfifo p; cat p & sleep 0.1; TOKENTOOL --out p; wait', `${TOKEN}\n`],
    [
      'a slow reader',
      `mkfifo p; { sleep 0.3; wc -c; } <p & sleep 0.1; TOKENTOOL -s client_id=long --out p; wait`,
      '200001\n',
    ],
    ['/dev/null', 'TOKENTOOL --out /dev/null; ls -l /dev/null | cut -c1', 'c\n'],
  ])('%s is written to as it stands', async (_name, script, text) => {
    const said = await shell(prepare(), script)
    expect(said).toEqual({ status: 0, stdout: text, stderr: '' })
  })

  test.each([
    ['/dev/full', '--out: cannot write /dev/full (ENOSPC)', 'the disk is full'],
    ['p', '--out: cannot write p (ENXIO)', 'nobody reads from it'],
  ])('%s: said, and not waited for', async (out, message, means) => {
    const folder = prepare()
    const said = await shell(folder, `mkfifo p; TOKENTOOL --out ${out}`)
    expect([said.status, said.stdout]).toEqual([2, ''])
    expect(said.stderr).toContain(message)
    expect(said.stderr).toContain(means)
    expect(lstatSync(join(folder, 'p')).isFIFO()).toBe(true)
  })
})
