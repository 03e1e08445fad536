// Why a command could not be started. The system's code says little, and means several things at once
// (ENOENT is the command's or its interpreter's), so the file is looked at.

import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type ErrorDetails, EXEC_EXITS, TokenError } from '../../core/error.ts'
import { quoteShell } from '../../core/shell.ts'

type Variables = Readonly<Record<string, string | undefined>>

export function describeStart(
  words: readonly string[],
  env: Variables,
  error: unknown,
): TokenError {
  const [name = ''] = words
  const code = codeOf(error)
  if (code === 'EAGAIN' || code === 'ENOMEM' || code === 'EMFILE' || code === 'ENFILE') {
    return new TokenError('command_unusable', `${show(name)} could not be started (${code})`, {
      means: 'this machine, or this user, has no room for another process',
      fix: 'ulimit -a, and: ps -u "$(id -u)" | wc -l',
    })
  }
  if (code === 'E2BIG') {
    return unusable(name, 'its arguments and variables are too long', {
      means: 'the system takes some 2 MiB of them, and 128 KiB for one: a token may be longer',
      fix: '--token-file TOKEN_FILE   (a file in the place of the variables)',
    })
  }
  const file = findFile(name, env)
  if (file === undefined) return missing(name)
  const stats = statSync(file)
  if (stats.isDirectory())
    return unusable(name, 'it is a folder', { fix: `ls ${quoteShell(file)}` })
  if (code === 'ENOENT') return describeInterpreter(name, file)
  if (!isExecutable(file)) {
    return unusable(name, 'it is not executable', { fix: `chmod +x ${quoteShell(file)}` })
  }
  return unusable(name, `the system refuses (${code})`, { fix: `ls -l ${quoteShell(file)}` })
}

function missing(name: string): TokenError {
  return new TokenError('command_missing', `there is no command ${show(name)}`, {
    ...(name !== '' && {
      means: isPath(name) ? 'there is no such file' : 'no folder of PATH has it',
    }),
    fix: name === '' ? 'tokentool exec PROFILE -- COMMAND' : `command -v ${quoteShell(show(name))}`,
    exit: EXEC_EXITS.missing,
  })
}

function unusable(name: string, why: string, details: ErrorDetails = {}): TokenError {
  const exit = EXEC_EXITS.unusable
  return new TokenError('command_unusable', `${show(name)} cannot be run: ${why}`, {
    ...details,
    exit,
  })
}

/** The file is there: what its first line names to run it is not. */
function describeInterpreter(name: string, file: string): TokenError {
  const [, interpreter = ''] = /^#![ \t]*(\S+)/.exec(readStart(file)) ?? []
  if (/\r/.test(readStart(file).split('\n')[0] ?? '')) {
    return unusable(name, 'its first line ends as Windows ends lines', {
      means: 'the carriage return is taken for a part of the name of its interpreter',
      fix: `sed -i 's/\\r$//' ${quoteShell(file)}`,
    })
  }
  return interpreter === ''
    ? unusable(name, 'what it needs to run is not there', {
        means: 'a loader or library for another system',
        fix: `file ${quoteShell(file)}`,
      })
    : unusable(name, `its first line names ${show(interpreter)}, which is not there`, {
        fix: `head -n 1 ${quoteShell(file)}`,
      })
}

function readStart(path: string): string {
  try {
    const file = openSync(path, 'r')
    try {
      const bytes = Buffer.alloc(256)
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0)).toString('latin1')
    } finally {
      closeSync(file)
    }
  } catch {
    return ''
  }
}

/** As the system looks for it: a name with a slash is a path, any other is searched in PATH. */
function findFile(name: string, env: Variables): string | undefined {
  if (name === '') return undefined
  if (isPath(name)) return isThere(name) ? name : undefined
  const folders = (env.PATH ?? '/bin:/usr/bin').split(delimiter)
  const paths = folders.map((folder) => join(folder === '' ? '.' : folder, name))
  const files = paths.filter((path) => isThere(path) && !statSync(path).isDirectory())
  return files.find(isExecutable) ?? files[0]
}

function isPath(name: string): boolean {
  return /[/\\]/.test(process.platform === 'win32' ? name : name.replaceAll('\\', ''))
}

function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function show(name: string): string {
  return name === '' ? '""' : name.slice(0, 200)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? `${error.code}` : 'unknown'
}
