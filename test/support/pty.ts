// A program on a terminal of its own, with what a person would type. Python's pty module is what every
// Debian has (python3); without it these tests fail and say so.

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export type Step =
  /** a regular expression on the screen, behind what was waited for before */
  | readonly ['wait', pattern: string]
  | readonly ['type', text: string]
  /** `group` of an earlier wait holds the process */
  | readonly ['kill', group: string, signal: string]
  | readonly ['pause', seconds: number]
  /** until the process is in one of these states, as /proc has them */
  | readonly ['state', group: string, states: string]

export interface Session {
  readonly code: number
  readonly screen: string
  readonly groups: Readonly<Record<string, string>>
}

export interface Terminal {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

const DRIVER = fileURLToPath(new URL('pty-driver.py', import.meta.url))

export async function runOnTerminal(
  argv: readonly string[],
  terminal: Terminal,
  steps: readonly Step[],
): Promise<Session> {
  const text = await new Promise<string>((done, fail) => {
    const spec = JSON.stringify({ argv, ...terminal, steps })
    const child = spawn('python3', [DRIVER, spec], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
    })
    child.on('error', () => fail(new Error('these tests need python3: apt-get install python3')))
    child.on('close', () => done(said))
  })
  const { failure, ...session } = JSON.parse(text) as Session & { failure: string | null }
  if (failure !== null) throw new Error(`${failure}\n${session.screen}`)
  return session
}
