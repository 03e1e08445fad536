// The process becomes a World; one catch; the exit code. Everything that is thrown ends here.

import { run } from './cli.ts'
import { type ExitCode, TokenError } from './core/error.ts'
import type { World } from './core/world.ts'
import { Printer } from './io/printer.ts'
import { readWorld } from './io/process.ts'

export async function start(): Promise<void> {
  process.exitCode = await main(readWorld())
}

export async function main(world: World): Promise<ExitCode> {
  const printer = new Printer(world)
  // before any option is read: a mistake in the options is an error like any other
  printer.view.json = wantsJson(world.argv)
  try {
    refuseNodeDebug(world)
    const exit = await run(world, printer)
    await printer.flushWarnings()
    return exit
  } catch (thrown) {
    const error = thrown instanceof TokenError ? thrown : describeBug(thrown)
    await printer.error(world.signal.aborted ? new TokenError('interrupted', 'interrupted') : error)
    return world.signal.aborted ? 130 : error.exit
  }
}

function wantsJson(argv: readonly string[]): boolean {
  return argv.some(
    (word, index) =>
      word === '--json' ||
      word === '--output=json' ||
      word === '-ojson' ||
      (word === 'json' && ['-o', '--output'].includes(argv[index - 1] ?? '')),
  )
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
