// `tokentool sandbox` as a child: its addresses, its log, what it is told to be, and how it ends; and
// the example that the package brings, every profile of it.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { makeFolder, PROGRAM, plantCanary, runProgram, writeFiles } from '../support/program.ts'

const SECRET = plantCanary()
const ACCOUNTS = `
va-sis:
  - service_account_id: acct
    access_token_audience: myapp
    scopes: [https://staging-api.va.gov/v0/map_services/chatbot/token]
    user_attributes: [icn]
    access_token_seconds: 300
    certificates: []
va-map-sts: { applications: [chatbot] }
firstvision: [{ client_id: me, client_secret: ${SECRET}, scopes: [cards, misc] }]
`

interface Running {
  readonly child: ChildProcessWithoutNullStreams
  readonly folder: string
  readonly printed: { out: string; err: string }
  /** the services of --json */
  services(): Record<string, Record<string, string>>
  /** resolves when it has ended */
  readonly ended: Promise<number | null>
}

const running: Running[] = []

afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGKILL')
    await ended
  }
})

/** Until it is ready, or has ended. */
async function start(
  args: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const folder = makeFolder()
  writeFiles(folder, files)
  const child = spawn(process.execPath, [PROGRAM, 'sandbox', ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: join(folder, 'home'), TMPDIR: folder },
  })
  const printed = { out: '', err: '' }
  const ended = new Promise<number | null>((done) => child.on('close', done))
  const ready = new Promise<void>((done) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed.out += text
      done()
    })
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed.err += text
  })
  child.stdin.on('error', () => {})
  const services = (): Record<string, Record<string, string>> => JSON.parse(printed.out).services
  const started = { child, folder, printed, services, ended }
  running.push(started)
  await Promise.race([ready, ended])
  return started
}

async function stop({ child, ended }: Running, signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal)
  return ended
}

const PROFILE = (base: string): string => `
profiles:
  cards:
    provider: firstvision-json
    base_url: ${base}
    client_id: me
    client_secret: \${env:SECRET}
    scopes:
      - cards
`

describe('the addresses', () => {
  it('are one line of JSON, and tokens come from there', async () => {
    const sandbox = await start(['--json', '--accounts', 'a.yaml'], { 'a.yaml': ACCOUNTS })
    expect(sandbox.printed.out).toMatch(/^\{"services":\{.*\}\}\n$/)
    const services = sandbox.services()
    expect(Object.keys(services)).toEqual(
      expect.arrayContaining(['va-sis', 'va-map-sts', 'federated-directory', 'light-oauth2']),
    )
    const base = services.firstvision?.base_url ?? ''
    expect(services.firstvision?.token_endpoint).toBe(`${base}/v1/api/oauth/token`)
    const got = await runProgram(['get', '-c', 'p.yaml'], {
      files: { 'p.yaml': PROFILE(base) },
      env: { SECRET },
    })
    expect(got).toMatchObject({ code: 0, stderr: '' })
    expect(got.stdout).toMatch(/^eyJ/)
    expect(await stop(sandbox, 'SIGTERM')).toBe(0)
    expect(sandbox.printed.err).toMatch(/^\S+Z firstvision POST \/v1\/api\/oauth\/token 200\n$/)
    expect(sandbox.printed.err + sandbox.printed.out).not.toContain(SECRET)
  })

  it('are a table for a person', async () => {
    const sandbox = await start([])
    const lines = sandbox.printed.out.trimEnd().split('\n')
    expect(lines[0]).toMatch(
      /^va-sis {2,}http:\/\/127\.0\.0\.1:\d+\/va-sis {2,}token \/v0\/sign_in\/token$/,
    )
    const columns = lines.map((line) => line.indexOf('http'))
    expect(new Set(columns).size).toBe(1)
  })

  it('have the name that a twin is told to believe', async () => {
    const names = ['https://staging-api.va.gov', 'https://dev-api.va.gov']
    const flags = names.flatMap((name) => ['--base-url', `va-sis=${name}`])
    const sandbox = await start(['--json', ...flags])
    expect(sandbox.services()['va-sis']?.known_as).toEqual(names)
    const table = await start(flags)
    expect(table.printed.out).toContain(`known as ${names.join(' and ')}`)
  })

  it('have TLS, with the certificate in the line', async () => {
    const sandbox = await start(['--json', '--tls', '--accounts', 'a.yaml'], { 'a.yaml': ACCOUNTS })
    const { ca, services } = JSON.parse(sandbox.printed.out)
    expect(services.firstvision.base_url).toMatch(/^https:/)
    const files = { 'p.yaml': PROFILE(services.firstvision.base_url), 'ca.pem': ca }
    const get = ['get', '-c', 'p.yaml']
    const trusting = await runProgram([...get, '--cacert', 'ca.pem'], { files, env: { SECRET } })
    expect(trusting.code).toBe(0)
    const other = await runProgram(get, { files, env: { SECRET } })
    expect(other.code).toBe(6)
  })

  it('have TLS, with the certificate in a file that goes with it', async () => {
    const sandbox = await start(['--tls'])
    const path = /^certificate +(\S+)/m.exec(sandbox.printed.out)?.[1] ?? ''
    expect(readFileSync(path, 'utf8')).toMatch(/^-----BEGIN CERTIFICATE-----/)
    expect(await stop(sandbox, 'SIGINT')).toBe(0)
    expect(existsSync(dirname(path))).toBe(false)
  })
})

describe('what it is told to be', () => {
  it('refuses everybody without accounts, and says so at the start', async () => {
    const sandbox = await start(['--json'])
    const base = sandbox.services().firstvision?.base_url ?? ''
    const got = await runProgram(['get', '-c', 'p.yaml'], {
      files: { 'p.yaml': PROFILE(base) },
      env: { SECRET },
    })
    expect(got.code).toBe(4)
    expect(sandbox.printed.err).toMatch(/^tokentool: nobody is registered, .* --accounts FILE/)
    // the line that it gives as an example is one
    const [, line = ''] = /with (.*)$/m.exec(sandbox.printed.err) ?? []
    const mended = await start(['--json', '--accounts', 'a.yaml'], { 'a.yaml': `${line}\n` })
    const now = mended.services().firstvision?.base_url ?? ''
    const again = await runProgram(['get', '-c', 'p.yaml'], {
      files: { 'p.yaml': PROFILE(now) },
      env: { SECRET: 'pw' },
    })
    expect(again.code).toBe(0)
  })

  it.each([
    ['60s', 60],
    ['-2m', -120],
  ])('has a clock that is off by %s', async (offset, seconds) => {
    const sandbox = await start(['--json', '--clock-offset', offset])
    const answer = await fetch(sandbox.services().generic?.token_endpoint ?? '', { method: 'POST' })
    const off = (Date.parse(answer.headers.get('date') ?? '') - Date.now()) / 1000
    expect(Math.abs(off - seconds)).toBeLessThan(10)
  })

  it('fails as often as it is told to', async () => {
    const sandbox = await start(['--json', '--fault', 'generic=502:0.5'])
    const url = sandbox.services().generic?.token_endpoint ?? ''
    const statuses: number[] = []
    for (let at = 0; at < 4; at++) statuses.push((await fetch(url, { method: 'POST' })).status)
    expect(statuses.filter((status) => status === 502)).toHaveLength(2)
  })

  it('is quiet with -q', async () => {
    const sandbox = await start(['--json', '-q'])
    await fetch(sandbox.services().generic?.token_endpoint ?? '', { method: 'POST' })
    expect(await stop(sandbox, 'SIGTERM')).toBe(0)
    expect(sandbox.printed.err).toBe('')
  })
})

describe('it ends well', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('on %s, whoever is still connected', async (signal) => {
    const sandbox = await start(['--json', '--until-eof'])
    await fetch(sandbox.services().generic?.token_endpoint ?? '', { method: 'POST' })
    expect(await stop(sandbox, signal)).toBe(0)
  })

  it('when its input closes, with --until-eof', async () => {
    const sandbox = await start(['--until-eof'])
    sandbox.child.stdin.end('dropped\n')
    expect(await sandbox.ended).toBe(0)
  })

  it('and not before without it', async () => {
    const sandbox = await start(['--json'])
    sandbox.child.stdin.end()
    const url = sandbox.services().generic?.token_endpoint ?? ''
    await new Promise((done) => setTimeout(done, 200))
    expect((await fetch(url, { method: 'POST' })).status).toBeGreaterThan(0)
  })
})

describe('mistakes', () => {
  it.concurrent.each([
    [['--port', '65536'], '--port wants a number'],
    [['--port', '-1'], '--port wants a number'],
    [['--clock-offset', 'soon'], '--clock-offset wants a time'],
    [['--base-url', 'va-sis'], '--base-url wants SERVICE=VALUE'],
    [['--base-url', 'va-siss=https://x.example'], 'no service "va-siss"'],
    [['--base-url', '__proto__=https://x.example'], 'no service "__proto__"'],
    [['--base-url', 'va-sis=ftp://x.example'], '--base-url: a plain http or https URL'],
    [['--fault', 'va-sis=abc'], '--fault wants a status'],
    [['--fault', 'va-sis=502:0'], '--fault wants a status'],
    [['--fault', 'va-sis=502:1.5'], '--fault wants a status'],
    [['--fault', 'constructor=502'], 'no service "constructor"'],
    [['--accounts', 'none.yaml'], 'there is no file none.yaml'],
    [['--accounts', 'a.yaml'], 'a.yaml'],
  ])('%j', async (args, message) => {
    const files = { 'a.yaml': 'firstvision: [{ client: me }]\n' }
    const { code, stderr } = await runProgram(['sandbox', '--until-eof', ...args], { files })
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })

  it('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((done) => other.once('listening', done))
    const address = other.address()
    const port = typeof address === 'object' ? `${address?.port}` : ''
    const { code, stderr } = await runProgram(['sandbox', '--port', port])
    other.close()
    expect(code).toBe(2)
    expect(stderr).toContain('the port is taken')
  })
})

describe('the example that the package brings', () => {
  const text = readFileSync(
    fileURLToPath(new URL('../../profiles.example.yaml', import.meta.url)),
    'utf8',
  )
  const names = [...text.matchAll(/^ {2}([\w-]+):$/gm)].map(([, name = '']) => name)

  it('has a profile for every provider', () => {
    for (const provider of [
      'va-sis',
      'va-map-sts',
      'federated-directory',
      'light-oauth2',
      'firstvision-query',
      'firstvision-json',
      'jwt-bearer',
      'client-credentials',
    ]) {
      expect(text).toContain(`provider: ${provider}\n`)
    }
    expect(names.length).toBeGreaterThanOrEqual(9)
  })

  it.concurrent.each(names)('%s runs in the sandbox with nothing set up', async (name) => {
    const { code, stdout, stderr } = await runProgram(['get', name, '--sandbox'])
    expect([code, stderr]).toEqual([0, expect.stringContaining('the example')])
    expect(stdout).toMatch(/^\S{20,}\n$/)
  })

  it.concurrent.each(['staging', 'production'])('the chain runs in %s', async (environment) => {
    const args = ['get', 'chatbot', '-e', environment, '--sandbox', '--json']
    const { code, stdout } = await runProgram(args)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ environment, via: [{ profile: 'va', environment }] })
  })
})
