// Commands that yield a secret, an assertion or a signature. No shell stands between, nothing is read
// from the terminal through us, and what a command says on stderr is told only when it fails.

import { accessSync, constants, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import type { Command } from '../core/call/tools.ts'
import { TokenError } from '../core/error.ts'
import { quoteShell } from '../core/shell.ts'
import { escapeLine } from '../core/terminal.ts'
import type { World } from '../core/world.ts'
import { resolvePath } from './path.ts'

export const LIMITS = { time: 30_000, output: 1024 * 1024 }

/** What it prints, as it stands. */
export function runCommand(command: Command, world: World, input = '', limits = LIMITS): string {
  const [name = ''] = command.words
  const file = findCommand(command, world)
  // loaded when it is first needed: most runs do without
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  // nothing of ours runs meanwhile, and others must not think us dead
  for (const tell of world.holds) tell(limits.time)
  const { error, status, signal, stdout, stderr } = spawnSync(file, command.words.slice(1), {
    argv0: name,
    cwd: folderOf(command, world),
    env: world.env,
    input,
    timeout: limits.time,
    maxBuffer: limits.output,
    // one that does not end when it is told to would hold us for ever
    killSignal: 'SIGKILL',
  })
  const refuse = (problem: string, means?: string): TokenError => {
    const said = describeOutput(stderr, stdout, world)
    return new TokenError('secret_unreadable', `the command ${name} ${problem}`, {
      ...(said !== '' && { said }),
      ...(means !== undefined && { means }),
      fix: 'run it by hand, in the folder of the file that names it',
    })
  }
  // Ctrl-C goes to the command as well, and is not its failure
  if (signal === 'SIGINT' || status === 130) throw new TokenError('interrupted', 'interrupted')
  switch (codeOf(error)) {
    case undefined:
    // one that needs no input may end before it has all of it
    case 'EPIPE':
      break
    case 'ETIMEDOUT':
      throw refuse(
        `did not end within ${limits.time / 1000} s`,
        'it may wait for an answer, or something it started still holds its output',
      )
    case 'ENOBUFS':
      throw refuse(`printed more than ${limits.output / 1024} KiB`)
    case 'ENOENT':
      throw refuse('cannot be run', `${file} is there: what its first line names to run it is not`)
    default:
      throw refuse(`cannot be run (${codeOf(error)})`)
  }
  if (status !== 0) throw refuse(signal ? `was ended by ${signal}` : `failed with ${status}`)
  return decode(stdout, refuse)
}

/** A secret: without one final newline, and not empty. */
export function readSecret(command: Command, world: World): string {
  const text = runCommand(command, world).replace(/\r?\n$/, '')
  if (text !== '') return text
  throw new TokenError('secret_unreadable', `the command ${command.words[0]} printed nothing`, {
    means: 'its standard output is taken, and its exit code was 0',
    fix: 'run it by hand: is the secret on its standard error?',
  })
}

type Surroundings = Pick<World, 'cwd' | 'home' | 'env' | 'saw'>

/** The file that would be run: by its path where it has one, else the first of that name in PATH. */
export function findCommand(command: Command, world: Surroundings): string {
  const [name = ''] = command.words
  if (name.includes('/')) {
    const path = resolvePath({ path: name, folder: command.folder }, world)
    world.saw?.(path)
    const state = judgeFile(path)
    if (state === 'fine') return path
    const why = state === 'missing' ? 'does not exist' : 'is not executable'
    throw new TokenError('secret_unreadable', `the command ${name} ${why}`, {
      means: `it was looked for as ${path}`,
      fix: `${state === 'missing' ? 'ls -l' : 'chmod +x'} ${quoteShell(path)}`,
    })
  }
  // what is relative there would be another program in another folder
  const folders = (world.env.PATH ?? '/usr/bin:/bin').split(':').filter(isAbsolute)
  const paths = name === '' ? [] : folders.map((folder) => join(folder, name))
  const found = paths.find((path) => {
    world.saw?.(path)
    return judgeFile(path) === 'fine'
  })
  if (found !== undefined) return found
  const blocked = paths.find((path) => judgeFile(path) === 'blocked')
  throw new TokenError(
    'secret_unreadable',
    `the command ${name} ${blocked === undefined ? 'was not found' : 'is not executable'}`,
    blocked === undefined
      ? { means: 'no folder of PATH has it', fix: `command -v ${quoteShell(name)}` }
      : { fix: `ls -l ${quoteShell(blocked)}` },
  )
}

function folderOf({ folder }: Command, world: World): string {
  const path = folder ?? world.cwd ?? '/'
  if (judgeFile(path) !== 'missing') return path
  throw new TokenError('secret_unreadable', `the folder ${path} is gone`, {
    means: 'commands run in the folder of the file that names them',
    fix: `ls -ld ${quoteShell(path)}`,
  })
}

function judgeFile(path: string): 'fine' | 'blocked' | 'missing' {
  try {
    if (!statSync(path).isFile()) return 'blocked'
    accessSync(path, constants.X_OK)
    return 'fine'
  } catch (error) {
    return codeOf(error) === 'EACCES' ? 'blocked' : 'missing'
  }
}

const LINES = 5
const WIDEST = 300
const LARGEST_SECRET = 64 * 1024

/** The end of what it said, where the reason stands. */
function describeOutput(
  stderr: Uint8Array | null,
  stdout: Uint8Array | null,
  world: World,
): string {
  const printed = new TextDecoder().decode(stdout ?? NOTHING)
  // it may repeat what it printed, which may be the secret all the same
  if (printed.length > LARGEST_SECRET) return ''
  world.secrets.remember(printed, 'secret')
  return new TextDecoder()
    .decode(stderr ?? NOTHING)
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-LINES)
    .map((line) => escapeLine(world.secrets.clean(line.slice(0, 8 * WIDEST)).slice(0, WIDEST)))
    .join(' · ')
}

const NOTHING = new Uint8Array()

function decode(bytes: Uint8Array, refuse: (problem: string) => TokenError): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw refuse('printed what is not text in UTF-8')
  }
}

function codeOf(error: unknown): string | undefined {
  if (error === undefined) return undefined
  return error instanceof Error && 'code' in error ? `${error.code}` : 'unknown'
}
