// The real program, many times at once, or with something in front of it: another clock, another user,
// another space of processes. Of each run: how it ended, what it said, how long it took.

import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect } from 'vitest'
import { PROGRAM } from './program.ts'

export interface Place {
  readonly folder: string
  readonly env?: Readonly<Record<string, string>>
  /** the words before `node`, as `faketime -f +1h` */
  readonly before?: readonly string[]
}

export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** milliseconds */
  readonly took: number
  /** by the clock of this process */
  readonly begun: number
}

export interface Running {
  readonly child: ChildProcess
  readonly done: Promise<Ending>
}

/** Milliseconds: whoever has not ended by then never will. */
const PATIENCE = 60_000

export function startNode(args: readonly string[], { folder, env, before = [] }: Place): Running {
  const [command = '', ...words] = [...before, process.execPath, ...args]
  const begun = performance.now()
  const child = spawn(command, words, {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: join(folder, 'home'), LANG: 'C.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // what stands before it does not always take it along when it goes
    detached: before.length > 0,
  })
  const end = (): void => {
    if (before.length === 0) child.kill('SIGKILL')
    else if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  }
  const done = new Promise<Ending>((resolve, fail) => {
    child.on('error', fail)
    const timer = setTimeout(end, PATIENCE)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal, ...said, took: performance.now() - begun, begun })
    })
  })
  return { child, done }
}

export function startProgram(args: readonly string[], place: Place): Running {
  return startNode([PROGRAM, ...args], place)
}

export async function run(args: readonly string[], place: Place): Promise<Ending> {
  return checkEnding(await startProgram(args, place).done)
}

export async function runMany(
  count: number,
  args: readonly string[],
  place: Place,
): Promise<Ending[]> {
  const endings = await Promise.all(
    Array.from({ length: count }, () => startProgram(args, place).done),
  )
  return endings.map(checkEnding)
}

/** `node -e 0`, as many at once: what the machine needs for that alone. */
export async function runBare(count: number, place: Place): Promise<Ending[]> {
  return Promise.all(Array.from({ length: count }, () => startNode(['-e', '0'], place).done))
}

/** What holds for whatever it was asked. */
function checkEnding(ending: Ending): Ending {
  const { code, stdout, stderr } = ending
  expect(stderr, 'a stack on stderr').not.toMatch(/\n\s+at .+:\d+/)
  expect(stderr, 'a signed token on stderr').not.toMatch(/eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/)
  expect([0, 2, 3, 4, 5, 6, 7, 130], stderr).toContain(code)
  if (code !== 0) expect(stdout, 'stdout after a failure').toBe('')
  return ending
}

export const slowest = (endings: readonly Ending[]): number =>
  Math.max(...endings.map(({ took }) => took))

/** From the start of the first to the end of the last. */
export const spanOf = (endings: readonly Ending[]): number =>
  Math.max(...endings.map(({ begun, took }) => begun + took)) -
  Math.min(...endings.map(({ begun }) => begun))

/** How often each: `0×31, 6×1`. */
export function count(values: readonly unknown[]): string {
  const found = new Map<unknown, number>()
  for (const value of values) found.set(value, (found.get(value) ?? 0) + 1)
  return [...found].map(([value, times]) => `${value}×${times}`).join(', ')
}
