// Each form as its reader gets it, from the real program.

import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeRsaKey } from '../support/keys.ts'
import { makeFolder, type Outcome, PROGRAM, runProgram, type Setting } from '../support/program.ts'
import { serve } from '../support/service.ts'
import { requireProgram, runShell } from '../support/shells.ts'
import { runMain } from '../support/world.ts'

const TOKEN = 'to.ken-1234567890'
const service = await serve(() => [
  200,
  { access_token: TOKEN, token_type: 'bearer', expires_in: 300, scope: 'a b' },
])

const PROFILES = `
default_profile: p
profiles:
  p:
    provider: client-credentials
    token_endpoint: ${service.origin}/token
    client_id: x
    client_secret: plain-secret-of-a-test
  other:
    extends: p
    use: { header: X-Token, value: "Token \${token}" }
  basic:
    extends: p
    use: { value: "Basic \${token|base64}" }
  lenient:
    extends: p
    tls: { insecure: true }
`
const files = { 'tokentool.yaml': PROFILES }
const run = (args: string, setting: Setting = {}): Promise<Outcome> =>
  runProgram(['get', '-c', 'tokentool.yaml', '--no-cache', ...args.split(' ').filter(Boolean)], {
    files,
    ...setting,
  })

const EXPIRY = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`

describe('every form, and nothing on stderr', () => {
  test.each([
    ['-o header', `Authorization: Bearer ${TOKEN}`],
    ['-o header other', `X-Token: Token ${TOKEN}`],
    ['-o env', `export ACCESS_TOKEN='${TOKEN}' AUTHORIZATION='Bearer ${TOKEN}'`],
    ['-o env other', `export ACCESS_TOKEN='${TOKEN}' AUTHORIZATION='Bearer ${TOKEN}'`],
    ['-o env basic', `export ACCESS_TOKEN='${TOKEN}' AUTHORIZATION='Basic ${btoa(TOKEN)}'`],
    ['-o env --name API_TOKEN', `export API_TOKEN='${TOKEN}'`],
    [
      '-o env --shell fish',
      `set -gx ACCESS_TOKEN '${TOKEN}'; set -gx AUTHORIZATION 'Bearer ${TOKEN}'`,
    ],
    [
      '-o env --shell powershell',
      `$env:ACCESS_TOKEN = '${TOKEN}'; $env:AUTHORIZATION = 'Bearer ${TOKEN}'`,
    ],
    ['-o env --shell cmd --name A', `set "A=${TOKEN}"`],
    ['-o dotenv', `ACCESS_TOKEN=${TOKEN}\nAUTHORIZATION='Bearer ${TOKEN}'`],
    ['-o dotenv --name API_TOKEN', `API_TOKEN=${TOKEN}`],
    ['-o gitlab', `ACCESS_TOKEN=${TOKEN}`],
    ['-o gitlab --name API_TOKEN', `API_TOKEN=${TOKEN}`],
    ['--field access_token', TOKEN],
    ['--field scopes.1', 'b'],
    ['--json --field via', '[]'],
    ['-o json --field cached', 'false'],
    ['-o env --shell bash --name A', `export A='${TOKEN}'`],
    ['-o env --shell zsh --name A', `export A='${TOKEN}'`],
  ])('%s', async (args, text) => {
    const { code, stdout, stderr } = await run(args)
    expect([code, stdout, stderr]).toEqual([0, `${text}\n`, ''])
  })

  test.each(['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'])(
    '-o exec-credential: %s',
    async (apiVersion) => {
      const info = JSON.stringify({
        apiVersion,
        kind: 'ExecCredential',
        spec: { interactive: false },
      })
      const { code, stdout, stderr } = await run('-o exec-credential', {
        env: { KUBERNETES_EXEC_INFO: info },
      })
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toMatch(
        new RegExp(
          `^\\{"kind":"ExecCredential","apiVersion":"${apiVersion}","status":\\{"expirationTimestamp":"${EXPIRY}","token":"${TOKEN}"\\}\\}\\n$`,
        ),
      )
    },
  )
})

describe('what helpers say beside it', () => {
  const key = makeRsaKey()
  const SIGNED = `
profiles:
  s:
    provider: jwt-bearer
    token_endpoint: ${service.origin}/token
    issuer: me
    subject: you
    key_path: k.pem
    tls: { insecure: true }
`

  test('on a terminal no summary, no warning but that TLS is not verified; with -v all', async () => {
    const options = {
      files: { 'tokentool.yaml': SIGNED, 'k.pem': key.pem },
      terminal: 200,
      env: { NO_COLOR: '1' },
    }
    const loud = 'tokentool: warning: s: TLS is NOT verified'
    const args = ['get', '-c', 'tokentool.yaml', '--no-cache']
    const quiet = await runMain([...args, '-o', 'header'], options)
    expect(quiet.stderr).toMatch(new RegExp(`^${loud}.*\n$`))
    const plain = await runMain(args, options)
    expect(plain.stderr).toContain('good for')
    const verbose = await runMain([...args, '-o', 'header', '-v'], options)
    expect(verbose.stderr).toContain('200 in')
    expect(verbose.stderr).toContain(loud)
  })

  test('what was not said is said when it fails', async () => {
    const odd = await serve(() => [200, { access_token: 'opaque-token', expires_in: 99_999_999 }])
    const text = PROFILES.replaceAll(service.origin, odd.origin)
    const options = { files: { 'tokentool.yaml': text } }
    const args = ['get', '-c', 'tokentool.yaml', '--no-cache', '-o', 'header']
    const good = await runMain(args, options)
    const bad = await runMain([...args, '--min-ttl', '100000d'], options)
    expect([good.exit, good.stderr]).toEqual([0, ''])
    expect(bad.exit).toBe(7)
    expect(bad.stdout).toBe('')
    const plain = await runMain(args.slice(0, -2), options)
    expect(plain.stderr).not.toBe('')
    expect(bad.stderr).toContain(plain.stderr.trim())
  })
})

describe('in a shell', () => {
  const line = `${process.execPath} ${PROGRAM} get -c tokentool.yaml --no-cache -o`
  const start = (shell: string, script: string) => {
    const folder = makeFolder(files)
    const env = { HOME: join(folder, 'home'), SHELL: `/usr/bin/${shell}` }
    return runShell(shell, script, folder, env)
  }

  test.each(['dash', 'bash', 'zsh', 'fish'])('%s has the variables, by $SHELL', async (shell) => {
    const [before, after] = shell === 'fish' ? ['', '; or exit 1'] : ['set -e; ', '']
    const look = `env | grep -E '^(ACCESS_TOKEN|AUTHORIZATION)=' | sort`
    expect(await start(shell, `${before}eval "$(${line} env)"${after}; ${look}`)).toEqual({
      status: 0,
      stdout: `ACCESS_TOKEN=${TOKEN}\nAUTHORIZATION=Bearer ${TOKEN}\n`,
      stderr: '',
    })
  })

  test('curl takes the header from a pipe', async () => {
    requireProgram('curl')
    const api = await serve(({ headers }) => [200, headers.authorization ?? 'none'])
    const { stdout } = await start('dash', `${line} header | curl -sS -H @- ${api.origin}`)
    expect(stdout).toBe(`Bearer ${TOKEN}`)
  })
})

describe('-o github', () => {
  const prepare = (before = ''): { folder: string; env: Record<string, string> } => {
    const folder = makeFolder({ ...files, output: before, environment: '' })
    return {
      folder,
      env: { GITHUB_OUTPUT: join(folder, 'output'), GITHUB_ENV: join(folder, 'environment') },
    }
  }
  const read = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8')

  test('hides first, then adds to the files', async () => {
    const { folder, env } = prepare('a=1\n')
    const { code, stdout, stderr } = await run('-o github', { folder, env })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.split('\n')).toContain(`::add-mask::${TOKEN}`)
    expect(stdout).toMatch(/^(::add-mask::.+\n)+$/)
    expect(read(folder, 'output')).toMatch(
      new RegExp(`^a=1\ntoken=${TOKEN}\nexpires_at=${EXPIRY}\n$`),
    )
    expect(read(folder, 'environment')).toBe('')
  })

  test('with --name into the environment of later steps as well', async () => {
    const { folder, env } = prepare('left without its end')
    const { code } = await run('-o github --name API_TOKEN', { folder, env })
    expect(code).toBe(0)
    expect(read(folder, 'environment')).toBe(`API_TOKEN=${TOKEN}\n`)
    expect(read(folder, 'output')).toMatch(/^left without its end\ntoken=/)
  })

  test('the tokens and assertions of every hop are hidden', async () => {
    const key = makeRsaKey()
    const first = `first.${'x'.repeat(20)}`
    const assertions: string[] = []
    const hops = await serve(({ path, form, headers }) => {
      const assertion = form.get('assertion')
      if (assertion !== null) assertions.push(assertion)
      if (path === '/first')
        return [200, { access_token: first, refresh_token: 'refresh-me-later' }]
      expect(headers.authorization).toBe(`Bearer ${first}`)
      return [200, { access_token: TOKEN }]
    })
    const text = `
profiles:
  one:
    provider: jwt-bearer
    token_endpoint: ${hops.origin}/first
    issuer: me
    subject: you
    key_path: k.pem
    answer: { extra: { refresh_token: refresh_token } }
  two:
    provider: exchange
    via: one
    token_endpoint: ${hops.origin}/second
providers:
  exchange:
    description: a call with the token before it
    fields:
      token_endpoint: { type: url, help: where }
    call:
      url: \${token_endpoint}
      headers: { Authorization: "Bearer \${via.access_token}" }
`
    const folder = makeFolder({ 'tokentool.yaml': text, 'k.pem': key.pem, output: '' })
    const env = { GITHUB_OUTPUT: join(folder, 'output') }
    const args = ['get', 'two', '-c', 'tokentool.yaml', '--no-cache', '-o', 'github']
    const { code, stdout } = await runProgram(args, { folder, env })
    expect(code).toBe(0)
    expect(assertions).toHaveLength(1)
    const masks = stdout.split('\n')
    for (const value of [TOKEN, first, 'refresh-me-later', ...assertions])
      expect(masks).toContain(`::add-mask::${value}`)
    expect(read(folder, 'output')).toBe(`token=${TOKEN}\nexpires_at=\n`)
  })

  test.each<[name: string, env: Record<string, string>, args: string, means: string]>([
    ['outside of a runner', {}, '', 'is not set'],
    ['no file', { GITHUB_OUTPUT: 'nowhere' }, '', 'ENOENT'],
    ['a folder', { GITHUB_OUTPUT: '.' }, '', 'GITHUB_OUTPUT'],
    ['a link', { GITHUB_OUTPUT: 'link' }, '', 'it is a link'],
    ['a device', { GITHUB_OUTPUT: '/dev/null' }, '', 'it is not a plain file'],
    ['no $GITHUB_ENV', { GITHUB_OUTPUT: 'output' }, '--name A', 'GITHUB_ENV is not set'],
  ])('%s: nothing is asked for, nothing printed', async (_name, env, args, means) => {
    const { folder } = prepare()
    symlinkSync(join(folder, 'output'), join(folder, 'link'))
    const before = service.requests.length
    const { code, stderr, stdout } = await run(`-o github ${args}`, { folder, env })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(means)
    expect(stderr).toContain('fix:')
    expect(service.requests.length).toBe(before)
    expect(read(folder, 'output')).toBe('')
  })
})

describe('flags that do not go together', () => {
  test.each([
    ['--name A', 'is not for -o token', '-o env --name A'],
    ['-o header --name A', 'it is for -o env, -o dotenv, -o github, -o gitlab', '-o env'],
    ['-o dotenv --shell fish', 'it is for -o env', '-o env --shell fish'],
    ['-o token --field scopes', 'it is for -o json', '-o json --field scopes'],
    ['-o env --field scopes', 'it is for -o json', '-o json --field scopes'],
    ['-o dotenv --name PATH', 'programs obey', '--name API_TOKEN'],
    ['-o dotenv --name 1', 'is no name', '--name API_TOKEN'],
    ['--field nonsense', 'the JSON has no', 'it has profile'],
    ['-o github --out f', '--out is not for -o github', '-o github'],
    ['-n --out f', 'there is no token for --out', 'leave out -n'],
    ['-n -o header', 'there is no token for -o header', 'leave out -n'],
    ['--curl --field scopes', 'there is no token for --field', 'leave out --curl'],
    ['-o github', 'GITHUB_OUTPUT is not set', 'fix:   -o dotenv --out token.env\n'],
    ['--out -', '--out names a file', '--out token.txt'],
  ])('%s', async (args, ...parts) => {
    const before = service.requests.length
    const { exit, stdout, stderr } = await runMain(
      ['get', '-c', 'tokentool.yaml', ...args.split(' ')],
      { files },
    )
    expect(exit).toBe(2)
    expect(stdout).toBe(args.includes('-o env') ? 'unset ACCESS_TOKEN AUTHORIZATION; false\n' : '')
    for (const part of parts) expect(stderr).toContain(part)
    expect(service.requests.length).toBe(before)
  })

  test('a claim that is not there: 5, with those that are', async () => {
    const { exit, stderr, stdout } = await runMain(
      ['get', '-c', 'tokentool.yaml', '--no-cache', '--field', 'extra.id_token'],
      { files },
    )
    expect([exit, stdout]).toEqual([5, ''])
    expect(stderr).toContain('extra has no id_token')
  })

  test('nor is null an answer', async () => {
    const { exit, stderr, stdout } = await runMain(
      ['get', '-c', 'tokentool.yaml', '--no-cache', '--field', 'environment'],
      { files },
    )
    expect([exit, stdout]).toEqual([5, ''])
    expect(stderr).toContain('the answer has no environment\n  means: it is null\n')
  })

  test.each(['env', 'dotenv', 'github', 'gitlab', 'exec-credential'])(
    'mint -o %s',
    async (form) => {
      const verb = ['mint', '-c', 'tokentool.yaml']
      for (const argv of [
        [...verb, '-o', form],
        ['-o', form, ...verb],
      ]) {
        const { exit, stderr } = await runMain(argv, { files })
        expect(exit).toBe(2)
        expect(stderr).toContain(' token, header, json, claims')
      }
    },
  )
})
