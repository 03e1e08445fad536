// A command, run in our place: it has our terminal, our streams and our folder, and what it returns is
// what we return.

import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { CommandExit } from '../../core/error.ts'
import { describeStart } from './failure.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** `started`: called as soon as there is a process, in the same breath. */
export function runCommand(
  words: readonly string[],
  env: Variables,
  started: (child: ChildProcess) => void,
): Promise<CommandExit> {
  return new Promise((done, fail) => {
    const refuse = (error: unknown): void => fail(describeStart(words, env, error))
    try {
      const [name = '', ...args] = words
      const child = spawn(name, args, { env, stdio: 'inherit', windowsHide: false })
      if (child.pid !== undefined) started(child)
      child.once('exit', (code, signal) => done(readExit(code, signal)))
      child.on('error', (error) => {
        // a signal that could not be passed on, as to a command of root, is no reason to leave it alone
        if (child.pid === undefined) refuse(error)
      })
    } catch (error) {
      refuse(error)
    }
  })
}

/** As shells do: 128 and the number of the signal. */
export function readExit(code: number | null, signal: NodeJS.Signals | null): CommandExit {
  return (signal === null ? (code ?? 0) : 128 + constants.signals[signal]) as CommandExit
}
