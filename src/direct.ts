// The first thing that is loaded: where a run like this one has got its token before and nothing has
// changed, that token is printed and nothing else is loaded. Otherwise main.ts begins at the beginning.

import { existsSync, fstatSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { openCacheFolder } from './io/cache/folder.ts'
import { markPending, waitForPending } from './io/cache/pending.ts'
import { nameShortcut, type Occasion, takeShortcut } from './io/cache/shortcut.ts'

/** Whether that was all; if not, for how long another run was waited for, in milliseconds. */
export async function serveDirectly(): Promise<{ done: boolean; waited: number }> {
  const { argv, env } = process
  const long = { done: false, waited: 0 }
  if (argv[2] !== 'get' || env.NODE_DEBUG) return long
  try {
    // a person is told more than the token
    if (isTerminal(2)) return long
    const occasion: Occasion = {
      argv: argv.slice(2),
      env,
      cwd: process.cwd(),
      home: env.HOME || env.USERPROFILE || undefined,
      now: Date.now,
      hash: (text) =>
        process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex'),
    }
    const answer = takeShortcut(occasion)
    if (answer !== undefined) return { done: print(answer), waited: 0 }
    return await takeTurn(occasion)
  } catch {
    // whatever it is, it is told on the long way
    return long
  }
}

/** Runs that leave no shortcut behind: nobody waits for them. */
const ALONE =
  /^(--(force-new|no-cache|dry-run|curl|json|out|field|sandbox|verbose|help)\b|-[nvh]|.*=@-$)/

async function takeTurn(occasion: Occasion): Promise<{ done: boolean; waited: number }> {
  const alone = occasion.argv.some((word) => ALONE.test(word))
  const { folder } = alone ? {} : openCacheFolder('tokens', occasion)
  if (folder === undefined) return { done: false, waited: 0 }
  const shortcut = join(folder, nameShortcut(occasion))
  const release = markPending(`${shortcut}.pending`)
  if (release) {
    process.once('exit', release)
    return { done: false, waited: 0 }
  }
  const waited = await waitForPending(`${shortcut}.pending`, () => existsSync(shortcut))
  const answer = takeShortcut(occasion)
  return { done: answer !== undefined && print(answer), waited }
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
