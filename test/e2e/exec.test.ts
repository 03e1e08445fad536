// `exec`: what its command is given, what comes back, and what happens when nothing is run at all.

import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lock, makeEcKey } from '../support/keys.ts'
import { makeFolder, PROGRAM, plantCanary, runProgram } from '../support/program.ts'
import { type Received, type Reply, serve } from '../support/service.ts'

const secret = plantCanary()
const other = plantCanary()
const passphrase = plantCanary()

const answer = async (request: Received): Promise<Reply> => {
  const basic = Buffer.from(request.headers.authorization?.split(' ')[1] ?? '', 'base64')
  const [name] = basic.toString().split(':')
  if (request.path === '/refuses') return [401, { error: 'invalid_client' }]
  return [200, { access_token: `the-token-of-${name}`, expires_in: 300 }]
}
const service = await serve(answer)

const PROFILES = `
default_profile: staging
profiles:
  staging:
    provider: client-credentials
    token_endpoint: ${service.origin}/token
    client_id: \${env:CLIENT_ID}
    client_secret: \${env:CLIENT_SECRET}
    description: \${env:DESCRIPTION:-none}
  cards:
    extends: staging
    client_id: cards
    client_secret: \${vault}
    vault: \${env:OTHER_SECRET}
    fields: { vault: { type: text, help: where the secret is } }
  refused:
    extends: staging
    token_endpoint: ${service.origin}/refuses
`

const env = {
  TOKENTOOL_CONFIG: 'p.yaml',
  CLIENT_ID: 'staging',
  CLIENT_SECRET: secret,
  OTHER_SECRET: other,
}

const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  runProgram(args, { files: { 'p.yaml': PROFILES }, env: { ...env, ...more } })

const PRINT = [process.execPath, '-p', 'JSON.stringify(process.env)']

describe('the environment', () => {
  it('has the token and its header, and is as it was but for the secrets of the profile', async () => {
    const { code, stdout, stderr, folder } = await runProgram(['exec', 'staging', '--', ...PRINT], {
      files: { 'p.yaml': PROFILES },
      env: { ...env, ACCESS_TOKEN: 'of an earlier day', DESCRIPTION: 'mine' },
      prints: [other],
    })
    expect([code, stderr]).toEqual([0, ''])
    const { CLIENT_SECRET: _, ...ours } = env
    expect(JSON.parse(stdout)).toEqual({
      ...ours,
      PATH: process.env.PATH,
      HOME: join(folder, 'home'),
      LANG: 'C.UTF-8',
      DESCRIPTION: 'mine',
      // a variable that is not of this profile
      OTHER_SECRET: other,
      ACCESS_TOKEN: 'the-token-of-staging',
      AUTHORIZATION: 'Bearer the-token-of-staging',
    })
  })

  it('has one variable a profile where they are named', async () => {
    const { stdout } = await run(['exec', 'VA=staging', 'FV=cards', '--', ...PRINT])
    const there = JSON.parse(stdout) as Record<string, string>
    expect(there).toMatchObject({ VA: 'the-token-of-staging', FV: 'the-token-of-cards' })
    expect(there).not.toHaveProperty('ACCESS_TOKEN')
    expect(there).not.toHaveProperty('CLIENT_SECRET')
    expect(there).not.toHaveProperty('OTHER_SECRET')
    expect(there).toHaveProperty('CLIENT_ID')
  })

  it('may have both', async () => {
    const script = 'echo "$VA $ACCESS_TOKEN"'
    const { stdout } = await run(['exec', 'VA=staging', 'cards', '--', 'sh', '-c', script])
    expect(stdout).toBe('the-token-of-staging the-token-of-cards\n')
  })

  it.each<readonly [string, readonly string[], Readonly<Record<string, string>>, string]>([
    ['the default profile', [], {}, 'staging'],
    ['TOKENTOOL_PROFILE', [], { TOKENTOOL_PROFILE: 'cards' }, 'cards'],
    ['-p', ['-p', 'cards'], {}, 'cards'],
    ['an override', ['staging', '-s', 'client_id=me'], {}, 'me'],
  ])('knows %s', async (_name, words, more, profile) => {
    const { stdout } = await run(['exec', ...words, '--', 'sh', '-c', 'echo $ACCESS_TOKEN'], more)
    expect(stdout).toBe(`the-token-of-${profile}\n`)
  })

  it('is without keys and passphrases, wherever they stand in the chain', async () => {
    const key = lock(makeEcKey(), passphrase)
    const { code, stdout } = await runProgram(['exec', 'last', '--', ...PRINT], {
      files: {
        'p.yaml': `
profiles:
  first:
    provider: jwt-bearer
    token_endpoint: ${service.origin}/token
    key: \${env:SIGNING_KEY}
    passphrase: \${env:PASSPHRASE}
    issuer: \${env:ISSUER}
    subject: me
    audience: them
    algorithm: ES256
  last:
    provider: client-credentials
    via: first
    token_endpoint: ${service.origin}/token
    client_id: last
    client_secret: \${env:CLIENT_SECRET}
    proxy: http://me:\${env:PROXY_PASSWORD:-none}@127.0.0.1:1
    call:
      headers: { X-Api-Key: "\${env:API_KEY}", X-Trace: "\${env:TRACE}", Cookie: "sid=\${env:SID}" }
      params: { pin: "\${env:PIN}", nested: ["\${env:DEEP:-none}"], who: "\${subject}" }
      query: { from: "\${env:FROM}" }
    subject: \${env:SUBJECT}
    user_attributes: { icn: "\${env:ICN:-1}" }
`,
      },
      env: {
        TOKENTOOL_CONFIG: 'p.yaml',
        SIGNING_KEY: key,
        PASSPHRASE: passphrase,
        ISSUER: 'me',
        CLIENT_SECRET: secret,
        PROXY_PASSWORD: other,
        API_KEY: 'k'.repeat(20),
        TRACE: 'a trace',
        SID: 'a session',
        PIN: '1234',
        DEEP: 'deep',
        FROM: 'here',
        SUBJECT: 'me',
        ICN: '1012667122V019349',
      },
    })
    expect(code).toBe(0)
    const ours = ['PATH', 'HOME', 'LANG', 'TOKENTOOL_CONFIG', 'ISSUER', 'SUBJECT', 'ICN']
    const names = [...ours, 'ACCESS_TOKEN', 'AUTHORIZATION']
    expect(Object.keys(JSON.parse(stdout)).sort()).toEqual(names.sort())
  })
})

describe('what comes back', () => {
  it.each([0, 1, 2, 6, 42, 124, 125, 126, 127, 128, 130, 255])('the code %i', async (code) => {
    const { code: came, stderr } = await run(['exec', 'staging', '--', 'sh', '-c', `exit ${code}`])
    expect([came, stderr]).toEqual([code, ''])
  })

  it.each([
    ['HUP', 1],
    ['INT', 2],
    ['QUIT', 3],
    ['ABRT', 6],
    ['KILL', 9],
    ['USR1', 10],
    ['SEGV', 11],
    ['PIPE', 13],
    ['ALRM', 14],
    ['TERM', 15],
  ])('128 + SIG%s', async (name, number) => {
    const { code } = await run(['exec', 'staging', '--', 'sh', '-c', `kill -${name} $$`])
    expect(code).toBe(128 + number)
  })

  it('its output, untouched, and its input', async () => {
    const { stdout, stderr, code } = await runProgram(
      ['exec', 'staging', '--', 'sh', '-c', 'cat; echo problem >&2; exit 3'],
      { files: { 'p.yaml': PROFILES }, env, stdin: 'line\n\u0000\u001b[31m' },
    )
    expect([code, stdout, stderr]).toEqual([3, 'line\n\u0000\u001b[31m', 'problem\n'])
  })

  it('everything behind the first -- as it stands', async () => {
    const words = [
      '-p',
      '8080',
      '-v',
      '--json',
      '-o',
      'json',
      '--',
      '-----BEGIN PRIVATE KEY',
      'get',
    ]
    const { code, stdout } = await run(['exec', 'staging', '--', 'printf', '%s\\n', ...words])
    expect([code, stdout]).toEqual([0, words.map((word) => `${word}\n`).join('')])
  })
})

describe('what cannot be run', () => {
  it.each<readonly [string, number, RegExp]>([
    ['no-such-command', 127, /there is no command no-such-command\n {2}means: no folder of PATH/],
    [
      './no-such-file',
      127,
      /there is no command \.\/no-such-file\n {2}means: there is no such file/,
    ],
    ['', 127, /there is no command ""/],
    ['./folder', 126, /it is a folder/],
    ['./plain.txt', 126, /it is not executable\n {2}fix: {3}chmod \+x \.\/plain\.txt/],
    ['./interpreter', 126, /its first line names \/no\/such, which is not there/],
    ['./windows', 126, /its first line ends as Windows ends lines/],
    ['./plain.txt/more', 127, /there is no command/],
  ])('%s: %i', async (command, exit, said) => {
    const folder = makeFolder({
      'p.yaml': PROFILES,
      'plain.txt': 'echo',
      interpreter: '#!/no/such -x\n',
      windows: '#!/bin/sh\r\necho\r\n',
    })
    mkdirSync(join(folder, 'folder'))
    for (const name of ['interpreter', 'windows']) chmodSync(join(folder, name), 0o700)
    const { code, stderr, stdout } = await runProgram(['exec', 'staging', '--', command, 'x'], {
      folder,
      env,
    })
    expect([code, stdout]).toEqual([exit, ''])
    expect(stderr).toMatch(/^tokentool: error: /)
    expect(stderr).toMatch(said)
  })

  it('a script without a first line is run by sh, as from a shell', async () => {
    const folder = makeFolder({ 'p.yaml': PROFILES })
    writeFileSync(join(folder, 'bare'), 'echo "$ACCESS_TOKEN"\n', { mode: 0o700 })
    const { stdout } = await runProgram(['exec', 'staging', '--', './bare'], { folder, env })
    expect(stdout).toBe('the-token-of-staging\n')
  })
})

describe('exec itself fails', () => {
  it.each<readonly [string, readonly string[], string]>([
    ['a refusal', ['refused'], 'service_refused'],
    ['one of several', ['A=staging', 'B=refused'], 'service_refused'],
    ['no such profile', ['stagin'], 'profile_unknown'],
    ['an option nobody knows', ['staging', '--no-such'], 'usage'],
    ['a variable that programs obey', ['LD_PRELOAD=staging'], 'usage'],
  ])('%s: 125, and nothing is run', async (_name, words, known) => {
    const { code, stdout, error, folder } = await run([
      'exec',
      '--json',
      ...words,
      '--',
      'touch',
      'started',
    ])
    expect([code, stdout]).toEqual([125, ''])
    expect(error()).toMatchObject({ exit: 125, code: known })
    expect(existsSync(join(folder, 'started'))).toBe(false)
  })

  it('a fix is told for exec, without what is behind the --', async () => {
    const { stderr } = await run(['exec', 'staging', '-p', 'cards', '--', 'sh', '-c', 'cookies'])
    expect(stderr).toContain('fix:   leave out staging, or -p cards\n')
  })
})

describe('where no profile is named, and none is the default', () => {
  const several = PROFILES.replace('default_profile: staging', '')

  it.each<readonly [string, string, string]>([
    ['exec', 'there is no -- before the command', 'tokentool exec PROFILE -- COMMAND'],
    ['exec -- true', 'which profile?', 'tokentool exec '],
    // the profile stands where the variable should
    [
      'exec --token-file staging -- true',
      '--token-file took staging for the name of its variable',
      'tokentool exec --token-file TOKEN_FILE staging -- …',
    ],
  ])('%s', async (line, said, fix) => {
    const { code, stderr } = await runProgram(line.split(' '), {
      files: { 'p.yaml': several },
      env,
    })
    expect(code).toBe(125)
    expect(stderr).toContain(said)
    expect(stderr).toContain(`fix:   ${fix}`)
  })
})

it('a token too long for a variable: the flag that helps, for whichever profile it was', async () => {
  const long = await serve(() => [200, { access_token: 'x'.repeat(300_000), expires_in: 300 }])
  const { code, stderr } = await run([
    ...['exec', 'staging', '--no-cache', '-s', `token_endpoint=${long.origin}/`],
    ...['--', 'true'],
  ])
  expect(code).toBe(126)
  expect(stderr).toContain('too long')
  expect(stderr).toContain('fix:   --token-file TOKEN_FILE ')
})

describe('what is seen of it', () => {
  it('no secret and no token in the arguments of any process', async () => {
    const folder = makeFolder({ 'p.yaml': PROFILES })
    const child = spawn(process.execPath, [PROGRAM, 'exec', 'staging', '--', 'sleep', '0.5'], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: join(folder, 'home'), ...env },
    })
    let going = true
    const ended = new Promise<number | null>((done) =>
      child.on('close', (code) => {
        going = false
        done(code)
      }),
    )
    const own = new Set<string>()
    while (going) {
      for (const line of readArguments()) own.add(line)
      await new Promise((done) => setTimeout(done, 1))
    }
    expect(await ended).toBe(0)
    // it was looked at while it ran
    expect([...own].filter((line) => line.startsWith('sleep\u00000.5'))).toHaveLength(1)
    for (const line of own) {
      expect(line).not.toContain(secret)
      expect(line).not.toContain('the-token-of')
    }
  })

  it('a GitHub runner is told what to hide, before anything else', async () => {
    const { stdout } = await run(['exec', 'staging', '--', 'echo', 'hello'], {
      GITHUB_ACTIONS: 'true',
    })
    const lines = stdout.split('\n')
    expect(lines.at(-2)).toBe('hello')
    expect(lines.slice(0, -2)).toContain('::add-mask::the-token-of-staging')
    expect(lines.slice(0, -2).every((line) => line.startsWith('::add-mask::'))).toBe(true)
  })

  it('-v says what the command has, and what it has not', async () => {
    const { stderr } = await run(['exec', '-v', 'VA=staging', '--', 'true'])
    expect(stderr).toContain('staging · good for 5 m · new\n')
    expect(stderr).toContain('true runs with VA, without CLIENT_SECRET\n')
  })

  it('pipes are left as they were: a command that writes much is not told to come back later', async () => {
    const script = `
import fcntl, os
print([fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_NONBLOCK for fd in (0, 1, 2)])`
    const { stdout } = await run(['exec', '-v', 'staging', '--', 'python3', '-c', script])
    expect(stdout).toBe('[0, 0, 0]\n')
  })
})

describe('--sandbox', () => {
  it.each([[[]], [['--token-file', 'TF']]])(
    'runs the command with a token of a twin %j',
    async (words) => {
      const { code, stdout, stderr } = await run([
        'exec',
        '--sandbox',
        ...words,
        'staging',
        '--',
        'sh',
        '-c',
        'test -n "$ACCESS_TOKEN" || test -s "$TF"; echo $?',
      ])
      expect([code, stdout]).toEqual([0, '0\n'])
      expect(stderr).toContain('sandbox: no real service takes the token of staging')
    },
  )
})

function readArguments(): string[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8')
    } catch {
      return []
    }
  })
}
