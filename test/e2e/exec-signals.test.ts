// Signals and terminals: what is sent to exec reaches its command, once and soon; what the terminal
// sends is left to it.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { makeFolder, PROGRAM } from '../support/program.ts'
import { runOnTerminal } from '../support/pty.ts'
import { type Reply, serve } from '../support/service.ts'

const SIGNALS = fileURLToPath(new URL('../support/pty-signals.py', import.meta.url))
const PASSED_ON = ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const

let delay = 0
const service = await serve(async (): Promise<Reply> => {
  await new Promise((done) => setTimeout(done, delay))
  return [200, { access_token: 'a-token-that-is-long-enough', expires_in: 300 }]
})

const PROFILES = `
profiles:
  plain:
    provider: client-credentials
    token_endpoint: ${service.origin}/token
    client_id: me
    client_secret: \${env:CLIENT_SECRET}
`

function prepare() {
  const cwd = makeFolder({ 'p.yaml': PROFILES })
  const env = {
    PATH: process.env.PATH,
    HOME: join(cwd, 'home'),
    TERM: 'xterm',
    LANG: 'C.UTF-8',
    TOKENTOOL_CONFIG: 'p.yaml',
    CLIENT_SECRET: 'a-secret-of-some-length',
  }
  return { cwd, env }
}

const line = (...words: string[]): string[] => [PROGRAM, 'exec', 'plain', '--', ...words]

interface Running {
  readonly child: ChildProcess
  /** Resolves to the match when it has been said on stdout. */
  said(pattern: RegExp): Promise<RegExpExecArray>
  readonly text: { out: string; err: string }
  readonly ended: Promise<{ code: number | null; signal: string | null }>
}

function start(...words: string[]): Running {
  const child = spawn(process.execPath, line(...words), prepare())
  const text = { out: '', err: '' }
  const listeners = new Set<() => void>()
  child.stdout.on('data', (chunk: Buffer) => {
    text.out += chunk.toString()
    for (const listener of listeners) listener()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    text.err += chunk.toString()
  })
  const ended = new Promise<{ code: number | null; signal: string | null }>((done) =>
    child.on('close', (code, signal) => done({ code, signal })),
  )
  const said = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((done, fail) => {
      const look = (): void => {
        const found = pattern.exec(text.out)
        if (!found) return
        listeners.delete(look)
        done(found)
      }
      listeners.add(look)
      look()
      void ended.then(() => fail(new Error(`never said ${pattern}: ${text.out}${text.err}`)))
    })
  return { child, said, text, ended }
}

describe('signals that are sent to exec', () => {
  it('are passed on once, within 50 ms', async () => {
    const rounds = 3
    const run = start('python3', SIGNALS, `${rounds * PASSED_ON.length}`)
    await run.said(/ready/)
    const delays: Record<string, number[]> = {}
    for (let round = 1; round <= rounds; round++) {
      for (const name of PASSED_ON) {
        const sentAt = performance.timeOrigin + performance.now()
        run.child.kill(name)
        const all = new RegExp(`(?:got ${name} from=parent at=([\\d.]+)[^]*?){${round}}`)
        const [, at] = await run.said(all)
        delays[name] = [...(delays[name] ?? []), Number(at) - sentAt]
      }
    }
    expect((await run.ended).code).toBe(7)
    expect(run.text.err).toBe('')
    // each of them, and none twice
    const got = [...run.text.out.matchAll(/got (\w+) from=(\w+)/g)].map(([, name]) => name)
    expect(got).toEqual(Array.from({ length: rounds }, () => PASSED_ON).flat())
    for (const name of PASSED_ON) {
      const [, middle = 1000] = (delays[name] ?? []).sort((one, other) => one - other)
      expect(middle, `${name} ${delays[name]}`).toBeLessThan(50)
    }
  })

  it('SIGINT is not, and does not end it', async () => {
    const run = start('python3', SIGNALS, '1')
    await run.said(/ready/)
    run.child.kill('SIGINT')
    run.child.kill('SIGINT')
    await new Promise((done) => setTimeout(done, 100))
    run.child.kill('SIGUSR2')
    expect((await run.ended).code).toBe(7)
    expect(run.text.out).toMatch(/got SIGUSR2 from=parent/)
    expect(run.text.out).not.toMatch(/SIGINT/)
  })

  it.each([
    ['SIGINT', { code: 130, signal: null }],
    ['SIGTERM', { code: 143, signal: null }],
    ['SIGHUP', { code: null, signal: 'SIGHUP' }],
    // and no debugger is opened
    ['SIGUSR1', { code: null, signal: 'SIGUSR1' }],
  ] as const)('%s before there is a command ends exec', async (name, ending) => {
    delay = 5000
    const before = service.requests.length
    const { cwd } = prepare()
    const marker = join(cwd, 'started')
    const run = start('touch', marker)
    while (service.requests.length === before) await new Promise((done) => setTimeout(done, 5))
    run.child.kill(name)
    expect(await run.ended).toEqual(ending)
    delay = 0
    expect(existsSync(marker)).toBe(false)
    expect(run.text.err).toBe(ending.code === null ? '' : 'tokentool: error: interrupted\n')
  })
})

describe('on a terminal', () => {
  it('the command has it, and Ctrl-C reaches it once, from the terminal', async () => {
    const session = await runOnTerminal(
      [process.execPath, ...line('python3', SIGNALS, '3')],
      prepare(),
      [
        ['wait', 'ready pid=(?P<child>\\d+) parent=(?P<exec>\\d+) tty=True foreground'],
        ['type', '\u0003'],
        ['wait', 'got SIGINT from=terminal'],
        ['pause', 0.15],
        ['kill', 'exec', 'SIGTERM'],
        ['wait', 'got SIGTERM from=parent'],
        ['kill', 'exec', 'SIGQUIT'],
        ['wait', 'got SIGQUIT from=parent'],
      ],
    )
    expect(session.code).toBe(7)
    expect(session.screen.match(/got SIGINT/g)).toHaveLength(1)
    // nothing of ours between
    expect(session.screen).not.toContain('plain')
    expect(session.screen).not.toContain('waiting')
  })

  it('Ctrl-Z stops the whole job, fg goes on with it, and its code comes out', async () => {
    const { cwd, env } = prepare()
    const typed = [process.execPath, ...line('python3', SIGNALS, '1')].join(' ')
    const session = await runOnTerminal(['bash', '--norc', '-i'], { cwd, env }, [
      ['type', `${typed}; echo "code=$?"\n`],
      ['wait', 'ready pid=(?P<child>\\d+) parent=(?P<exec>\\d+) tty=True foreground'],
      ['type', '\u001a'],
      ['wait', 'Stopped'],
      ['state', 'child', 'T'],
      ['state', 'exec', 'T'],
      ['type', 'fg\n'],
      ['pause', 0.2],
      ['state', 'child', 'SR'],
      ['state', 'exec', 'SR'],
      ['type', '\u0003'],
      ['wait', 'got SIGINT from=terminal'],
      ['pause', 0.2],
      ['type', 'echo "then=$?"; exit\n'],
      ['wait', 'then=(?P<then>\\d+)'],
    ])
    expect(session.groups).toMatchObject({ 'child T': 'T', 'exec T': 'T', 'exec SR': 'S' })
    expect(session.groups.then).toBe('7')
  })
})
