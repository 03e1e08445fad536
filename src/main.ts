// The process becomes a World; one catch; the exit code. Everything that is thrown ends here.

import { run, splitCommand } from './cli.ts'
import { type Asked, readAsked } from './core/answer/asked.ts'
import { HELPER_FORMS } from './core/answer/form-names.ts'
import { type ExitCode, TokenError } from './core/error.ts'
import type { World } from './core/world.ts'
import { Printer } from './io/printer.ts'
import { readWorld } from './io/process.ts'

/** `waited`: milliseconds, for another run like this one. */
export async function start(waited = 0): Promise<void> {
  process.exitCode = await main(readWorld(waited))
}

export async function main(world: World): Promise<ExitCode> {
  const printer = new Printer(world)
  // before any option is read: a mistake in the options is an error like any other
  const asked = readAsked(splitCommand(world.argv).argv)
  printer.view.json = asked.form === 'json'
  printer.view.helper = HELPER_FORMS.some((form) => form === asked.form)
  try {
    refuseNodeDebug(world)
    const exit = await run(world, printer)
    await printer.flushWarnings()
    return exit
  } catch (thrown) {
    const error = await describeThrown(thrown, world)
    await printer.error(error)
    if (asked.form !== undefined && !asked.elsewhere) await writeFailure(asked, world)
    return error.exit
  }
}

async function describeThrown(thrown: unknown, world: World): Promise<TokenError> {
  // a signal that came while a command was waited for is told of in the next turn
  await new Promise((done) => setImmediate(done))
  const known = thrown instanceof TokenError ? thrown : describeBug(thrown)
  const error = world.signal.aborted ? new TokenError('interrupted', 'interrupted') : known
  const typed = splitCommand(world.argv)
  if (!isExec(typed.argv)) return error
  const { describeFailure } = await import('./commands/exec/failure.ts')
  return describeFailure(error, typed, world.signal.reason)
}

function isExec(argv: readonly string[]): boolean {
  const [first = ''] = argv
  return first === 'exec' || (first.startsWith('-') && argv.includes('exec'))
}

/** eval would carry on with the variables of an earlier token: the one thing on stdout after a failure. */
async function writeFailure(asked: Asked, world: World): Promise<void> {
  // what is on stdout of that is its command's
  if (isExec(splitCommand(world.argv).argv)) return
  const { describeFailure, isEvaluated } = await import('./core/answer/shell-words.ts')
  if (!isEvaluated(asked)) return
  // where stdout itself is what failed, nothing more can be said on it
  await world.stdout.write(`${describeFailure(asked, world.env)}\n`).catch(() => {})
}

// Node prints every header by it, tokens included, and it cannot be undone once Node has started.
function refuseNodeDebug(world: World): void {
  if (!world.env.NODE_DEBUG) return
  throw new TokenError('usage', 'NODE_DEBUG is set', {
    means: 'with it Node prints headers and secrets to the terminal',
    fix: 'unset NODE_DEBUG',
  })
}

/** Never dressed up as something known. Its own message may quote a secret, so only its kind is told. */
function describeBug(thrown: unknown): TokenError {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : ''
  const frames = stack
    .split('\n')
    .flatMap((line) => /^\s+at (?:.*\()?.*?([\w.-]+:\d+:\d+)\)?$/.exec(line)?.[1] ?? [])
  const kind = thrown instanceof Error ? thrown.name : typeof thrown
  return new TokenError(
    'bug',
    `a bug in tokentool: ${kind} at ${frames.slice(0, 3).join(' < ') || 'an unknown place'}`,
    {
      fix: 'please report it, with the command you typed and this line',
    },
  )
}
