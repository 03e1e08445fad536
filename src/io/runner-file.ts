// The files a CI runner reads when a step is over, named by variables such as $GITHUB_OUTPUT. They are
// the runner's: added to, never made, and never through a link that a step could have laid.

import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import { TokenError } from '../core/error.ts'
import type { World } from '../core/world.ts'
import { codeOf } from './profile/profile-file.ts'

/** Called with nothing to add: whether it can be added to. */
export function appendRunnerFile(variable: string, text: string, world: World): void {
  const path = world.env[variable]
  if (!path) {
    throw new TokenError('usage', `-o github: ${variable} is not set`, {
      means: 'a GitHub runner names a file by it in every step; elsewhere there is none',
      fix: '-o dotenv --out token.env',
    })
  }
  const file = open(path, variable)
  try {
    const { size } = fstatSync(file)
    if (text === '') return
    try {
      writeWhole(file, endsLine(file, size) ? text : `\n${text}`)
    } catch (error) {
      // half a line would be taken for a value
      ftruncateSync(file, size)
      throw refuse(variable, codeOf(error))
    }
  } finally {
    closeSync(file)
  }
}

function open(path: string, variable: string): number {
  const { O_RDWR, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants
  let file: number
  try {
    // Windows has no NOFOLLOW
    file = openSync(path, O_RDWR | O_APPEND | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0))
  } catch (error) {
    throw refuse(variable, codeOf(error))
  }
  if (fstatSync(file).isFile()) return file
  closeSync(file)
  throw refuse(variable, undefined)
}

/** What an earlier command left without its line break would become a part of our name. */
function endsLine(file: number, size: number): boolean {
  const last = Buffer.alloc(1)
  return size === 0 || readSync(file, last, 0, 1, size - 1) === 0 || last[0] === 0x0a
}

function writeWhole(file: number, text: string): void {
  let rest = Buffer.from(text)
  while (rest.length > 0) rest = rest.subarray(writeSync(file, rest))
}

function refuse(variable: string, code: string | undefined): TokenError {
  const missing = code === 'ENOENT' || code === 'ENOTDIR'
  const link = code === 'ELOOP' || code === 'EMLINK'
  return new TokenError(
    'file_unwritable',
    `-o github: cannot add to the file of ${variable}${code === undefined ? '' : ` (${code})`}`,
    {
      means: missing
        ? 'the runner makes it before the step begins, and it is not there'
        : link
          ? 'it is a link, and the runner makes none'
          : code === undefined
            ? 'it is not a plain file'
            : 'the runner makes it for the user who runs the step',
      fix: `ls -l "$${variable}"`,
    },
  )
}
