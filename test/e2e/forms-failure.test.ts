// eval "$(tokentool get -o env)" where there is no token: whatever went wrong, the script must stop, and
// the variables of an earlier token must be gone. With every other form stdout stays empty.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeFolder, PROGRAM, runProgram } from '../support/program.ts'
import { serve } from '../support/service.ts'
import { runShell } from '../support/shells.ts'
import { runMain } from '../support/world.ts'

const refusing = await serve(() => [400, { error: 'invalid_client' }])
const hanging = await serve(() => new Promise<never>(() => {}))

const profile = (origin: string): string => `
profiles:
  p:
    provider: client-credentials
    token_endpoint: ${origin}/token
    client_id: x
    client_secret: \${env:CLIENT_SECRET}
`

interface Failure {
  readonly name: string
  readonly args?: string
  readonly env?: Readonly<Record<string, string>>
  readonly exit: number
}

const FAILURES: readonly Failure[] = [
  { name: 'an unknown flag', args: '--nonsense', exit: 2 },
  { name: 'a form that is misspelt', args: '-o envv', exit: 2 },
  { name: 'a flag without its value', args: '--min-ttl', exit: 2 },
  { name: 'no such profile', args: 'nope', exit: 2 },
  { name: 'no such file', args: '-c nope.yaml', exit: 2 },
  { name: 'a file that is not trusted', exit: 2 },
  { name: 'no secret', args: '-c tokentool.yaml', exit: 3 },
  { name: 'a refusal', args: '-c tokentool.yaml', env: { CLIENT_SECRET: 'wrong secret' }, exit: 4 },
  { name: 'NODE_DEBUG', env: { NODE_DEBUG: 'http' }, exit: 2 },
  { name: 'a dry run, which must not be evaluated', args: '-c tokentool.yaml -n', exit: 2 },
  { name: 'a curl line, which must not be either', args: '-c tokentool.yaml --curl', exit: 2 },
]

const SCRIPTS: Readonly<Record<string, (line: string) => string>> = {
  sh: (line) =>
    `set -e; export ACCESS_TOKEN=old AUTHORIZATION=old
    trap 'echo "status $? \${ACCESS_TOKEN-gone} \${AUTHORIZATION-gone}"' EXIT
    eval "$(${line} || echo "exit $?" >&2)"
    echo survived`,
  fish: (line) =>
    `set -gx ACCESS_TOKEN old; set -gx AUTHORIZATION old
    eval "$(${line}; or echo "exit $status" >&2)"
    set result $status
    set -q ACCESS_TOKEN; or set ACCESS_TOKEN gone
    set -q AUTHORIZATION; or set AUTHORIZATION gone
    echo "status $result $ACCESS_TOKEN $AUTHORIZATION"; exit $result`,
}

describe.each(['dash', 'bash', 'zsh', 'fish'])('in %s', (shell) => {
  test.each(FAILURES)('$name', async ({ args = '', env, exit }) => {
    const folder = makeFolder({ 'tokentool.yaml': profile(refusing.origin) })
    const line = `${process.execPath} ${PROGRAM} get -o env ${args}`
    const script = (SCRIPTS[shell] ?? SCRIPTS.sh)?.(line) ?? ''
    const home = { HOME: join(folder, 'home'), SHELL: `/bin/${shell}` }
    const run = await runShell(shell, script, folder, { ...home, ...env })
    expect(run.stdout).toBe('status 1 gone gone\n')
    expect(run.status).toBe(1)
    expect(run.stderr).toMatch(/^tokentool: error: /m)
    // the command itself says what kind of failure it was
    expect(run.stderr).toMatch(new RegExp(`^exit ${exit}$`, 'm'))
  })
})

test('an interrupted one as well', async () => {
  const folder = makeFolder({ 'tokentool.yaml': profile(hanging.origin) })
  const child = spawn(process.execPath, [PROGRAM, 'get', '-c', 'tokentool.yaml', '-o', 'env'], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: join(folder, 'home'), CLIENT_SECRET: 'some secret' },
  })
  let stdout = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  while (hanging.requests.length === 0) await new Promise((done) => setTimeout(done, 20))
  child.kill('SIGINT')
  expect(await once(child, 'close')).toEqual([130, null])
  expect(stdout).toBe('unset ACCESS_TOKEN AUTHORIZATION; false\n')
})

describe('on stdout', () => {
  const run = (args: string, env: Readonly<Record<string, string>> = {}) =>
    runProgram(args.split(' '), {
      files: { 'tokentool.yaml': profile(refusing.origin) },
      env: { CLIENT_SECRET: 'wrong secret', ...env },
      answersFailure: args.includes('env'),
    })

  test.each([
    ['-o env --name API_TOKEN --shell fish', 'set -e API_TOKEN; false\n'],
    ['-o env --name x;id', 'unset ACCESS_TOKEN AUTHORIZATION; false\n'],
    ['--output=env --name=PATH', 'unset ACCESS_TOKEN AUTHORIZATION; false\n'],
    ['-o env --shell tcsh', 'unset ACCESS_TOKEN AUTHORIZATION; false\n'],
    ['-o envv', 'unset ACCESS_TOKEN AUTHORIZATION; false\n'],
    ['-o environ --name A', 'unset A; false\n'],
    ['-o tokenn', ''],
    // what is read is the file, and it is as it was
    ['-o env --out f', ''],
  ])('%s', async (args, words) => {
    const { code, stdout } = await run(`get -c tokentool.yaml ${args}`)
    expect(code).not.toBe(0)
    expect(stdout).toBe(words)
  })

  test.each(['exec p -o env -- true', '-o env exec p -- true', 'exec p -o envv -- echo'])(
    '%s: nothing, for it is the command that has it',
    async (line) => {
      const files = { 'tokentool.yaml': profile(refusing.origin) }
      const { exit, stdout } = await runMain(line.split(' '), { files })
      expect([exit, stdout]).toEqual([125, ''])
    },
  )

  test.each(['token', 'header', 'json', 'dotenv', 'gitlab', 'exec-credential', 'claims', 'github'])(
    '-o %s: nothing',
    async (form) => {
      const { code, stdout } = await run(`get -c tokentool.yaml -o ${form}`, {
        GITHUB_OUTPUT: '/nowhere',
      })
      expect(code).toBe(form === 'github' ? 2 : 4)
      expect(stdout).toBe('')
    },
  )
})
