// Signals while a command runs. What is sent to us is sent on; Ctrl-C is the terminal's to send, and
// the command has it already.

import type { ChildProcess } from 'node:child_process'

const PASSED_ON = ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const

export interface Signals {
  /** From now on they are the command's. */
  passTo(child: ChildProcess): void
  release(): void
}

/** Stopping and going on (Ctrl-Z, fg) are left to the system: it does that to all of a job at once. */
export function takeSignals(): Signals {
  const listeners: [NodeJS.Signals, () => void][] = []
  const listen = (name: NodeJS.Signals, listener: () => void): void => {
    listeners.push([name, listener])
    process.on(name, listener)
  }
  const release = (): void => {
    for (const [name, listener] of listeners.splice(0)) process.off(name, listener)
  }
  // Node would open its debugger: before there is a command it ends us, as it ends any other program
  listen('SIGUSR1', () => {
    release()
    process.kill(process.pid, 'SIGUSR1')
  })
  return {
    passTo(child) {
      release()
      for (const name of PASSED_ON) listen(name, () => void child.kill(name))
      listen('SIGINT', () => {})
    },
    release,
  }
}
