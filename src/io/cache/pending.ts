// Who goes the long way says so, and others that were started with the same words wait for what it
// finds, before they have loaded anything. It is thrift on top of thrift: two hundred at once would all
// read the same profile to learn that one of them is asking already. Nothing depends on it.

import { closeSync, existsSync, lstatSync, openSync, writeSync } from 'node:fs'
import { nameMachine, readBeginning } from '../self.ts'
import { readText, removeFile } from './loose-file.ts'

/** Milliseconds. */
const POLL = 60
const LOOKS = 8
/** After that it is a slow service, and there is time to read the profile. */
const LONGEST = 2000
/** One of another machine is believed this long. */
const BELIEVED = 10_000
/** Nobody takes longer to write a line. */
const WRITTEN = 100

/** undefined: somebody else is on it. */
export function markPending(path: string): (() => void) | undefined {
  const text = JSON.stringify([nameMachine(), process.pid, readBeginning(process.pid)])
  for (const _try of [1, 2]) {
    try {
      const file = openSync(path, 'wx', 0o600)
      writeSync(file, text)
      closeSync(file)
      return () => {
        if (readText(path) === text) removeFile(path)
      }
    } catch {
      if (isPending(path)) return undefined
      removeFile(path)
    }
  }
  return undefined
}

/** Resolves to how long it took, in milliseconds. */
export async function waitForPending(path: string, isThere: () => boolean): Promise<number> {
  const began = Date.now()
  for (let count = 0; Date.now() - began < LONGEST && !isThere(); count++) {
    // whether it still lives is looked up now and then: two hundred that do it all the time hold it up
    const isOn = count % LOOKS === 0 ? isPending(path) : existsSync(path)
    if (!isOn) break
    await new Promise((done) => setTimeout(done, POLL * (0.5 + Math.random())))
  }
  return Date.now() - began
}

function isPending(path: string): boolean {
  const text = readText(path)
  if (text === undefined) return false
  try {
    const [machine, pid, beginning] = JSON.parse(text) as [string, number, string | undefined]
    if (machine === nameMachine() && beginning) return readBeginning(pid, 'ZT') === beginning
    return isYoung(path, BELIEVED)
  } catch {
    // it is being written, or whoever began to is dead
    return isYoung(path, WRITTEN)
  }
}

function isYoung(path: string, most: number): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  return stat !== undefined && Date.now() - stat.mtimeMs < most
}
