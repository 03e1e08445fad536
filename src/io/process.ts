// The process as a World. Nothing else reads the environment, the clock or the streams.

import { TokenError } from '../core/error.ts'
import { Secrets } from '../core/secret/secrets.ts'
import type { Input, Output, World } from '../core/world.ts'

export function readWorld(waited: number): World {
  // loaded when it is first needed: --version and --help do without
  const crypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto')
  const hash = (text: string): string => crypto().createHash('sha256').update(text).digest('hex')
  const signal = watchSignals()
  return {
    argv: process.argv.slice(2),
    env: { ...process.env },
    cwd: readFolder(),
    home: process.env.HOME || process.env.USERPROFILE || undefined,
    // Node opens a stream when it is first asked for, 2 ms each; most runs do without one or two
    stdin: openInput(() => process.stdin, signal),
    stdout: openOutput(() => process.stdout),
    stderr: openOutput(() => process.stderr),
    secrets: new Secrets(hash),
    now: () => Date.now(),
    began: Date.now() - process.uptime() * 1000,
    waited,
    commandOutputs: new Map(),
    holds: new Set(),
    // without a supply of random bytes for the next hundred, which takes 4 ms
    uuid: () => crypto().randomUUID({ disableEntropyCache: true }),
    hash,
    signal,
  }
}

// A shell can stand in a folder that has been deleted.
function readFolder(): string | undefined {
  try {
    return process.cwd()
  } catch {
    return undefined
  }
}

function watchSignals(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    // once: a second Ctrl-C ends the program the hard way
    process.once(name, () => {
      // whoever else listens by now deals with it: exec, while its command runs
      if (process.listenerCount(name) === 0) controller.abort(name)
    })
  }
  return controller.signal
}

function openInput(open: () => NodeJS.ReadStream, signal: AbortSignal): Input {
  return {
    get isTTY() {
      return open().isTTY === true
    },
    async readAll(limit) {
      const chunks: Buffer[] = []
      let size = 0
      const stream = open()
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        size += chunk.length
        if (size > limit) {
          stream.destroy()
          throw new TokenError('input_invalid', `standard input has more than ${limit} bytes`, {
            means: 'no more than that is read of it',
            fix: 'name the file, or send the part that is meant',
          })
        }
        chunks.push(chunk)
      }
      return Buffer.concat(chunks)
    },
    ended: () =>
      new Promise((done) => {
        const stream = open()
        // a stream that is still being read would keep the process alive
        const stop = (): void => {
          stream.destroy()
          done()
        }
        if (signal.aborted) return stop()
        signal.addEventListener('abort', stop, { once: true })
        stream.once('close', done).once('error', stop).once('end', stop).resume()
      }),
    async openDialog() {
      const { openDialog } = await import('./dialog.ts')
      // questions appear on stderr: never on stdout
      return openDialog(open(), process.stderr, signal)
    },
  }
}

function openOutput(open: () => NodeJS.WriteStream): Output {
  let opened: NodeJS.WriteStream | undefined
  const stream = (): NodeJS.WriteStream => {
    // a reader that went away (head, grep -q) is not our failure; any other is told where it is written
    opened ??= open().on('error', () => {})
    return opened
  }
  return {
    get isTTY() {
      return stream().isTTY === true
    },
    get columns() {
      // 0 where the terminal does not know its size
      return stream().columns || 80
    },
    write: (text) =>
      new Promise((done, fail) => {
        if (stream().destroyed) return done()
        stream().write(text, (error: NodeJS.ErrnoException | null | undefined) => {
          if (!error || error.code === 'EPIPE' || opened === process.stderr) return done()
          fail(
            new TokenError('file_unwritable', `cannot write the answer: ${error.code}`, {
              means: 'what standard output leads to does not take it; some of it may be there',
              fix: error.code === 'ENOSPC' ? 'df -h, then again' : '--out FILE',
            }),
          )
        })
      }),
  }
}
