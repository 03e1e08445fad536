// A pipe that was named where a file may be, as a shell does for <(command): read to its end, and
// never for ever.

import { closeSync, constants, openSync, readSync, statSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { TokenError } from '../../../core/error.ts'
import { LARGEST_KEY, refuseLarge } from './key-file.ts'

export interface Patience {
  /** milliseconds: nobody has it open to write */
  readonly alone: number
  /** someone has, who may be asking a person for a passphrase */
  readonly silent: number
}

const PATIENCE: Patience = { alone: 3_000, silent: 60_000 }
const PAUSE = 20

export function isPipe(path: string): boolean {
  try {
    return statSync(path).isFIFO()
  } catch {
    return false
  }
}

export async function readPipe(
  path: string,
  shown: string,
  signal: AbortSignal,
  patience = PATIENCE,
): Promise<Uint8Array> {
  const file = openPipe(path, shown)
  try {
    const buffer = Buffer.alloc(LARGEST_KEY + 1)
    let filled = 0
    let waited = 0
    for (;;) {
      const count = readSome(file, buffer, filled, shown)
      if (count === 0 && filled > 0) return buffer.subarray(0, filled)
      filled += count ?? 0
      if (filled > LARGEST_KEY) throw refuseLarge(shown)
      if (count !== undefined && count > 0) {
        waited = 0
        continue
      }
      if (waited >= (count === 0 ? patience.alone : patience.silent)) throw refuseSilence(shown)
      await wait(PAUSE, undefined, { signal })
      waited += PAUSE
    }
  } finally {
    closeSync(file)
  }
}

function openPipe(path: string, shown: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch {
    throw new TokenError('key_unreadable', `${shown} is a pipe that cannot be read`)
  }
}

/** undefined: nothing yet. */
function readSome(file: number, buffer: Buffer, filled: number, shown: string): number | undefined {
  try {
    return readSync(file, buffer, filled, buffer.length - filled, null)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return undefined
    throw new TokenError('key_unreadable', `${shown} cannot be read to its end`)
  }
}

function refuseSilence(shown: string): TokenError {
  return new TokenError('key_unreadable', `${shown} is a pipe that nothing came out of`, {
    means: 'the command that should write to it failed, or is waiting itself',
    fix: 'save what it writes as a file, and name that',
  })
}
