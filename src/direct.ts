// The first thing that is loaded: where a run like this one has got its token before and nothing has
// changed, that token is printed and nothing else is loaded. Otherwise main.ts begins at the beginning.

import { fstatSync, statSync, writeSync } from 'node:fs'
import { takeShortcut } from './io/cache/shortcut.ts'

/** Whether that was all. */
export function serveDirectly(): boolean {
  const { argv, env } = process
  if (argv[2] !== 'get' || env.NODE_DEBUG) return false
  try {
    // a person is told more than the token
    if (isTerminal(2)) return false
    const answer = takeShortcut({
      argv: argv.slice(2),
      env,
      cwd: process.cwd(),
      home: env.HOME || env.USERPROFILE || undefined,
      now: Date.now(),
      hash: (text) =>
        process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex'),
    })
    return answer !== undefined && print(answer)
  } catch {
    // whatever it is, it is told on the long way
    return false
  }
}

// node:tty would know, and takes longer to load than all of this
function isTerminal(file: number): boolean {
  const stat = fstatSync(file)
  return stat.isCharacterDevice() && stat.rdev !== statSync('/dev/null').rdev
}

function print(text: string): boolean {
  let rest: Uint8Array = Buffer.from(text)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest))
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      // a reader that went away is no failure
      if (code === 'EPIPE') return true
      if (code !== 'EAGAIN') throw error
      // a pipe that is full, and does not wait
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
  return true
}
