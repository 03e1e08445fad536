// The token service of token-server.js as a value, and how its tokens are read.

import { type ChildProcess, fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

export interface Seen {
  readonly requests: number
  readonly connections: number
  readonly refused: number
  /** tokens that came back with a byte changed */
  readonly torn: number
  /** assertions that came twice */
  readonly repeats: number
  /** assertions that were signed long before they were sent */
  readonly stale: number
  /** when each request came */
  readonly times: readonly number[]
  readonly paths: Readonly<Record<string, number>>
}

export interface Mood {
  readonly delay?: number
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly times?: number
  readonly lifetime?: number
  readonly offset?: number
  readonly hangs?: boolean
}

export interface TokenServer {
  readonly origin: string
  /** What it does from now on; what is not said is as it was at first. */
  become(mood: Mood): Promise<void>
  /** What it saw since it was last asked. */
  look(): Promise<Seen>
}

export async function startTokenServer(): Promise<TokenServer> {
  const child = fork(fileURLToPath(new URL('token-server.js', import.meta.url)), {
    execArgv: [],
  })
  afterAll(() => child.disconnect())
  const { port } = await receive<{ port: number }>(child, (message) => 'port' in message)
  let count = 0
  const ask = async (message: object): Promise<Seen> => {
    const id = ++count
    child.send({ id, ...message })
    return (await receive<{ seen: Seen }>(child, (said) => 'id' in said && said.id === id)).seen
  }
  return {
    origin: `http://127.0.0.1:${port}`,
    async become(set) {
      await ask({ set })
    },
    look: () => ask({ clear: true }),
  }
}

function receive<T>(child: ChildProcess, isMeant: (message: object) => boolean): Promise<T> {
  return new Promise((done) => {
    const listen = (message: unknown): void => {
      if (typeof message !== 'object' || message === null || !isMeant(message)) return
      child.off('message', listen)
      done(message as T)
    }
    child.on('message', listen)
  })
}

export interface Spelled {
  readonly name: string
  readonly generation: number
  /** seconds since 1970 */
  readonly expiry: number
}

/** undefined: it is torn, or mixed of two. */
export function readSpelling(token: string): Spelled | undefined {
  const at = token.lastIndexOf('~')
  const text = token.slice(0, at)
  const sum = createHash('sha256').update(text).digest('hex').slice(0, 16)
  const [name = '', generation, expiry] = text.split('~')
  return at > 0 && sum === token.slice(at + 1)
    ? { name, generation: Number(generation), expiry: Number(expiry) }
    : undefined
}
