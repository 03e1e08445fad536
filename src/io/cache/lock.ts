// One asks, the others wait. A lock file is a hard link to a file that says who holds it: linking is
// exclusive on every file system that has links at all. The lock is only thrift: whoever cannot have
// it goes ahead, and the worst case is one request more. That nothing is torn is the rename's doing.

import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fstatSync,
  futimesSync,
  linkSync,
  lstatSync,
  openSync,
  writeSync,
} from 'node:fs'
import { isJsonObject, readJson } from '../../core/json.ts'
import { nameMachine, readBeginning } from '../self.ts'
import { readText, removeFile } from './loose-file.ts'

/** A holder shows every second that it lives; after this long without, nobody believes it. */
const SILENCE = 5000
const HEARTBEAT = 1000
const POLL = 40

export interface Lock {
  release(): void
}

export interface Waiting {
  /** milliseconds by `now` */
  readonly until: number
  now(): number
  /** what was waited for is there */
  isSettled(): boolean
  readonly signal: AbortSignal
  /** told before something that lets nothing else happen for so many milliseconds */
  readonly holds: Set<(time: number) => void>
}

interface Holder {
  /** the machine since it was started, and the namespace that pid is of */
  readonly machine: string
  readonly pid: number
  /** when the process began: a pid is given out again; null where that cannot be known */
  readonly began: string | null
  readonly nonce: string
}

/** The lock, or why not: it is settled, the time is over, or locks cannot be had here. */
export async function claimLock(
  path: string,
  waiting: Waiting,
): Promise<Lock | 'settled' | 'over' | 'impossible'> {
  const own = openOwn(path)
  if (own === undefined) return 'impossible'
  let held = false
  try {
    for (;;) {
      const outcome = isDead(path, own) ? breakLock(path, own) : tryLink(own.path, path)
      held = outcome === 'ours'
      if (held) return hold(path, own, waiting.holds)
      if (outcome === 'impossible') return outcome
      if (waiting.isSettled() || waiting.signal.aborted) return 'settled'
      if (waiting.now() >= waiting.until) return 'over'
      // what is not heard of for a minute is swept
      touch(own)
      await new Promise((done) => setTimeout(done, POLL * (1 + Math.random())))
    }
  } finally {
    removeFile(own.path)
    if (!held) closeSync(own.file)
  }
}

/** The file a lock is a link to. Through its descriptor nobody else's is ever written to. */
interface Own {
  readonly path: string
  readonly file: number
  readonly text: string
}

function openOwn(lock: string): Own | undefined {
  const path = `${lock}.${randomBytes(9).toString('base64url')}.own`
  const text = JSON.stringify(describeSelf())
  try {
    const file = openSync(path, 'wx', 0o600)
    writeSync(file, text)
    return { path, file, text }
  } catch {
    return undefined
  }
}

/**
 * Written again, it bears the time of the file system, whose clock may differ from any of ours; or one
 * that is `ahead` of it by so many milliseconds.
 */
function touch({ file, text }: Own, ahead = 0): void {
  try {
    writeSync(file, text, 0)
    if (ahead > 0) {
      const until = (fstatSync(file).mtimeMs + ahead) / 1000
      futimesSync(file, until, until)
    }
  } catch {
    // a full disk; then it may be thought dead, and that is one request more
  }
}

type Linked = 'ours' | 'taken' | 'impossible'

function tryLink(own: string, path: string): Linked {
  try {
    linkSync(own, path)
    return 'ours'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EEXIST' ? 'taken' : 'impossible'
  }
}

function hold(path: string, own: Own, holds: Waiting['holds']): Lock {
  const timer = setInterval(() => touch(own), HEARTBEAT)
  // a command that is done does not wait for it
  timer.unref()
  const ahead = (time: number): void => touch(own, time)
  holds.add(ahead)
  return {
    release() {
      clearInterval(timer)
      holds.delete(ahead)
      closeSync(own.file)
      // not the lock of whoever thought us dead
      if (readText(path) === own.text) removeFile(path)
    },
  }
}

/** Somebody holds it, and will not give it back. */
function isDead(path: string, own: Own): boolean {
  const holder = parseHolder(readText(path))
  if (holder?.machine === nameMachine() && holder.began !== null) {
    // nobody has buried it yet, or it was stopped with Ctrl-Z
    return readBeginning(holder.pid, 'ZT') !== holder.began
  }
  const stat = statLock(path)
  if (stat === undefined) return false
  touch(own)
  return (statLock(own.path)?.mtimeMs ?? 0) - stat.mtimeMs > SILENCE
}

// A link that leads nowhere is no holder either.
function statLock(path: string): { mtimeMs: number } | undefined {
  return lstatSync(path, { throwIfNoEntry: false })
}

/**
 * One at a time, and with a second look: else the next holder's lock would soon be broken in the place of
 * a dead one's. (Where somebody died while breaking one, two can still meet here: one request more.) What
 * cannot be broken, a folder of that name, is no lock.
 */
function breakLock(path: string, own: Own): Linked {
  const breaking = `${path}.break`
  if (tryLink(own.path, breaking) !== 'ours') {
    if (isDead(breaking, own)) removeFile(breaking)
    return 'taken'
  }
  try {
    if (isDead(path, own)) removeFile(path)
    const outcome = tryLink(own.path, path)
    return outcome === 'taken' && isDead(path, own) ? 'impossible' : outcome
  } finally {
    removeFile(breaking)
  }
}

function describeSelf(): Holder {
  return {
    machine: nameMachine(),
    pid: process.pid,
    began: readBeginning(process.pid) ?? null,
    nonce: randomBytes(6).toString('base64url'),
  }
}

function parseHolder(text: string | undefined): Holder | undefined {
  const data = text === undefined ? undefined : readJson(text)
  return isHolder(data) ? data : undefined
}

function isHolder(data: unknown): data is Holder {
  return (
    isJsonObject(data) &&
    typeof data.machine === 'string' &&
    typeof data.pid === 'number' &&
    (data.began === null || typeof data.began === 'string')
  )
}
