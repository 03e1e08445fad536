// `exec --token-file`: the token of a long job in a file, always whole, always good, gone afterwards.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeFolder, PROGRAM, plantCanary, runProgram } from '../support/program.ts'
import { type Reply, serve } from '../support/service.ts'
import { profileOf, readTokenFile, serveTokens } from '../support/token-file.ts'

const CLIENT_SECRET = plantCanary()
const EXEC = ['exec', '--token-file', 'TF', 'short', '-c', 'p.yaml', '--']

const FLAGS =
  'import fcntl, os; print([fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_NONBLOCK for fd in (0, 1, 2)])'

interface Place {
  readonly cwd: string
  readonly runtime: string
  readonly env: Readonly<Record<string, string>>
}

function prepare(profiles: string): Place {
  const cwd = makeFolder({ 'p.yaml': profiles })
  const runtime = join(cwd, 'runtime')
  mkdirSync(runtime, { mode: 0o700 })
  const env = { CLIENT_SECRET, XDG_RUNTIME_DIR: runtime }
  return { cwd, runtime, env }
}

function start({ cwd, env }: Place, script: string): ChildProcess {
  return spawn(process.execPath, [PROGRAM, ...EXEC, 'sh', '-c', script], {
    cwd,
    env: { PATH: process.env.PATH, HOME: join(cwd, 'home'), ...env },
  })
}

const listFolders = ({ runtime }: Place): string[] => readdirSync(runtime)

async function until(isTrue: () => boolean): Promise<void> {
  const end = Date.now() + 10_000
  while (!isTrue()) {
    if (Date.now() > end) throw new Error('it never came')
    await new Promise((done) => setTimeout(done, 10))
  }
}

const endOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((done) => child.on('close', done))

describe('the file', () => {
  it('holds the token and nothing else, for this user alone, and is gone at the end', async () => {
    const service = await serveTokens(300, 0)
    const place = prepare(profileOf(service))
    const script =
      'printf "%s\\n" "$TF" "$(stat -c %a "$TF")" "$(stat -c %a "$(dirname "$TF")")" "${ACCESS_TOKEN-unset}" "${AUTHORIZATION-unset}"; cat "$TF"'
    const { code, stdout } = await runProgram([...EXEC, 'sh', '-c', script], {
      folder: place.cwd,
      env: place.env,
    })
    const [path = '', mode, folderMode, token, header, content = ''] = stdout.split('\n')
    expect([code, mode, folderMode, token, header]).toEqual([0, '600', '700', 'unset', 'unset'])
    expect(dirname(dirname(path))).toBe(place.runtime)
    expect(content).toMatch(/^1~\d+~1{1500}~[0-9a-f]{16}$/)
    expect(existsSync(path)).toBe(false)
    expect(listFolders(place)).toEqual([])
  })

  it('goes with variables for other profiles', async () => {
    const service = await serveTokens(300, 0)
    const { code, stdout } = await runProgram(
      [
        'exec',
        '--token-file',
        'TF',
        'V=other',
        'short',
        '-c',
        'p.yaml',
        '--',
        'sh',
        '-c',
        'printf "%s %s %s" "$V" "$(cat $TF)" "${ACCESS_TOKEN-unset}"',
      ],
      {
        files: { 'p.yaml': `${profileOf(service)}  other: { extends: short, client_id: you }\n` },
        env: { CLIENT_SECRET },
      },
    )
    expect(code).toBe(0)
    expect(stdout).toMatch(/^1~\S+ 2~\S+ unset$/)
  })

  it.each(['SIGTERM', 'SIGHUP'] as const)('is gone after %s', async (name) => {
    const place = prepare(profileOf(await serveTokens(300, 0)))
    const child = start(place, 'exec sleep 30')
    await until(() => listFolders(place).length === 1)
    const ended = endOf(child)
    await new Promise((done) => setTimeout(done, 50))
    child.kill(name)
    await ended
    expect(listFolders(place)).toEqual([])
  })

  it('of a run that was killed is swept by the next, and that of one that lives is not', async () => {
    const place = prepare(profileOf(await serveTokens(300, 0)))
    const killed = start(place, 'exec sleep 1')
    await until(() => listFolders(place).length === 1)
    const [leftover = ''] = listFolders(place)
    const alive = start(place, 'read line; cat "$TF"')
    await until(() => listFolders(place).length === 2)
    const ended = endOf(killed)
    killed.kill('SIGKILL')
    await ended
    const { code } = await runProgram([...EXEC, 'true'], { folder: place.cwd, env: place.env })
    expect(code).toBe(0)
    expect(listFolders(place)).toHaveLength(1)
    expect(listFolders(place)).not.toContain(leftover)
    let text = ''
    alive.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    const done = endOf(alive)
    alive.stdin?.end('\n')
    expect(await done).toBe(0)
    expect(text).toMatch(/^1~/)
  })
})

describe.concurrent('a token that ends before the command does', () => {
  it('is replaced in time: no read is torn, none is over', async () => {
    const seen = await readTokenFile(8)
    expect(seen).toMatchObject({ torn: 0, expired: 0 })
    expect(seen.generations).toBeGreaterThanOrEqual(4)
    expect(seen.reads).toBeGreaterThan(5000)
    // thrifty all the same: about one a second for a life of two
    expect(seen.requests).toBeLessThanOrEqual(12)
  })

  it('stays where no new one is to be had, which is said once, and tried again', async () => {
    let count = 0
    const service = await serve((): Reply => {
      count++
      return count === 2 || count === 3
        ? [401, { error: 'invalid_client' }]
        : [200, { access_token: `token-number-${count}-of-this-service`, expires_in: 2 }]
    })
    const place = prepare(profileOf(service))
    const script = `sleep 1.2; cat "$TF"; echo; python3 -c '${FLAGS}'; sleep 1.3; cat "$TF"`
    const { code, stdout, stderr } = await runProgram([...EXEC, 'sh', '-c', script], {
      folder: place.cwd,
      env: place.env,
    })
    expect(code).toBe(0)
    const [first, flags, second] = stdout.split('\n')
    expect(first).toBe('token-number-1-of-this-service')
    // nothing that was said meanwhile changed the streams under the command
    expect(flags).toBe('[0, 0, 0]')
    expect(second).toMatch(/^token-number-[45]-of-this-service$/)
    const warnings = stderr.split('\n').filter((line) => line.includes('warning'))
    expect(warnings, stderr).toHaveLength(1)
    expect(warnings[0]).toMatch(/no new token for the file .*the old one stays, good for/)
  })

  it('is not renewed where nobody says how long its token is good, which is said once', async () => {
    const service = await serve(() => [200, { access_token: 'a-token-of-this-service' }])
    const place = prepare(profileOf(service))
    const { code, stderr } = await runProgram([...EXEC, 'true'], {
      folder: place.cwd,
      env: place.env,
    })
    expect(code).toBe(0)
    expect(stderr.match(/is not renewed/g)).toHaveLength(1)
  })

  it('does not keep exec waiting: a request that is under way ends with the command', async () => {
    let count = 0
    const service = await serve(async (): Promise<Reply> => {
      if (++count > 1) await new Promise((done) => setTimeout(done, 8000))
      return [200, { access_token: 'a-token-of-this-service', expires_in: 2 }]
    })
    const place = prepare(profileOf(service))
    const began = Date.now()
    const { code, stderr } = await runProgram([...EXEC, 'sleep', '1.5'], {
      folder: place.cwd,
      env: place.env,
    })
    expect([code, stderr]).toEqual([0, ''])
    expect(count).toBe(2)
    expect(Date.now() - began).toBeLessThan(5000)
  })
})

describe('where there is no room for it', () => {
  it('a folder that is not ours to use is passed over', async () => {
    const service = await serveTokens(300, 0)
    const place = prepare(profileOf(service))
    const { stdout } = await runProgram([...EXEC, 'sh', '-c', 'echo "$TF"'], {
      folder: place.cwd,
      env: { ...place.env, XDG_RUNTIME_DIR: join(place.cwd, 'nowhere'), TMPDIR: place.runtime },
    })
    expect(dirname(dirname(stdout))).toBe(place.runtime)
  })

  it('exec fails with 125 before the command runs', async () => {
    const service = await serveTokens(300, 0)
    const place = prepare(profileOf(service))
    const { code, stderr } = await runProgram([...EXEC, 'touch', 'started'], {
      folder: place.cwd,
      env: { CLIENT_SECRET, TMPDIR: join(place.cwd, 'nowhere') },
    })
    expect(code).toBe(125)
    expect(stderr).toMatch(/^tokentool: error: --token-file: cannot write below/)
    expect(existsSync(join(place.cwd, 'started'))).toBe(false)
  })
})

it('the modes hold whatever the umask is', async () => {
  const service = await serveTokens(300, 0)
  const place = prepare(profileOf(service))
  const child = spawn(
    'sh',
    ['-c', `umask 000; exec "$0" "$@"`, process.execPath, PROGRAM, ...EXEC, 'sleep', '0.3'],
    {
      cwd: place.cwd,
      env: { PATH: process.env.PATH, HOME: join(place.cwd, 'home'), ...place.env },
    },
  )
  const ended = endOf(child)
  const find = (): string => listFolders(place)[0] ?? ''
  await until(() => find() !== '' && existsSync(join(place.runtime, find(), 'token')))
  const folder = join(place.runtime, find())
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, 'token')).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(folder, 'token'), 'utf8')).toMatch(/^1~/)
  expect(await ended).toBe(0)
})
