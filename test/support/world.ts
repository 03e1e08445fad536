// A World over a temp folder, with what is printed kept in memory: the whole program in this process.

import { createHash, randomUUID } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Secrets } from '../../src/core/secret/secrets.ts'
import type { Dialog, Output, World } from '../../src/core/world.ts'
import { main } from '../../src/main.ts'

export interface WorldOptions {
  /** by path from the working folder, or from home behind `~/` */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** nothing of the real environment gets in */
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** what the person at the terminal says, question by question; then they go away */
  readonly answers?: readonly string[]
  /** the width of the terminal that both streams are; they are pipes otherwise */
  readonly terminal?: number
  /** milliseconds; the real clock otherwise */
  readonly now?: number
}

export interface TestWorld extends World {
  readonly cwd: string
  readonly home: string
  readonly printed: { out: string; err: string }
}

/** To be called in a test, which removes the folders when it is over. */
export function createWorld(argv: readonly string[], options: WorldOptions = {}): TestWorld {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'tokentool-')))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const cwd = join(root, 'work')
  const home = join(root, 'home')
  mkdirSync(cwd)
  mkdirSync(home)
  for (const [name, content] of Object.entries(options.files ?? {})) {
    const path = name.startsWith('~/') ? join(home, name.slice(2)) : join(cwd, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    chmodSync(path, 0o600)
  }
  const printed = { out: '', err: '' }
  const stream = (name: 'out' | 'err'): Output => ({
    isTTY: options.terminal !== undefined,
    columns: options.terminal ?? 80,
    async write(text) {
      printed[name] += typeof text === 'string' ? text : Buffer.from(text).toString('latin1')
    },
  })
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
  return {
    argv,
    env: options.env ?? {},
    cwd,
    home,
    stdin: {
      isTTY: options.terminal !== undefined && options.stdin === undefined,
      readAll: async () => new TextEncoder().encode(options.stdin ?? ''),
      ended: async () => {},
      openDialog: async () => openDialog(options.answers ?? [], printed),
    },
    stdout: stream('out'),
    stderr: stream('err'),
    secrets: new Secrets(hash),
    now: () => options.now ?? Date.now(),
    began: options.now ?? Date.now(),
    waited: 0,
    commandOutputs: new Map(),
    holds: new Set(),
    uuid: randomUUID,
    hash,
    signal: new AbortController().signal,
    printed,
  }
}

function openDialog(answers: readonly string[], printed: TestWorld['printed']): Dialog {
  const left = [...answers]
  return {
    async ask(prompt) {
      const answer = left.shift()
      printed.err += `${prompt}${answer ?? ''}\n`
      return answer
    },
    close: () => {},
  }
}

export interface Run {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
  readonly world: TestWorld
}

/** `tokentool …` in a world of its own, or again in the one of an earlier run. */
export async function runMain(
  argv: readonly string[],
  options: WorldOptions | { readonly again: TestWorld } = {},
): Promise<Run> {
  const world =
    'again' in options
      ? { ...options.again, argv, commandOutputs: new Map<string, string>() }
      : createWorld(argv, options)
  const { out, err } = world.printed
  const exit = await main(world)
  return {
    exit,
    stdout: world.printed.out.slice(out.length),
    stderr: world.printed.err.slice(err.length),
    world,
  }
}
