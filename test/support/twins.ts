// The sandbox in the test's own process, for the program to call as a child: accounts with the test's
// own keys, the real time, and a count of what was asked.

import { afterAll } from 'vitest'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts'
import type { Accounts } from '../../src/sandbox/twins.ts'

export interface Twins extends Sandbox {
  /** the request log: one line each, `<time> <service> <method> <path> <status> …` */
  readonly log: string[]
}

const open: Sandbox[] = []

afterAll(async () => {
  for (const sandbox of open.splice(0)) await sandbox.close()
})

export async function startTwins(
  accounts: Accounts,
  options: Partial<SandboxOptions> = {},
): Promise<Twins> {
  const log: string[] = []
  const sandbox = await startSandbox({
    accounts,
    port: 0,
    host: '127.0.0.1',
    tls: false,
    baseUrls: {},
    clockOffset: 0,
    faults: {},
    now: Date.now,
    log: (line) => log.push(line),
    ...options,
  })
  open.push(sandbox)
  return { ...sandbox, log }
}
