// A fix is a command to type in the place of the one that failed: what that one said about where
// profiles are, and that it was only tried, holds for it as well.

import { quoteShell } from './shell.ts'

const REPEATS = /^tokentool (get|mint|doctor|profile list|profile show)(?= |$)/
const TRIES = /^tokentool (get|mint)(?= |$)/

/** `fix` as it is typed after `argv`; anything but one of our own commands stays as it is. */
export function repeatCommand(fix: string, argv: readonly string[]): string {
  if (!REPEATS.test(fix) || / {3}\(/.test(fix)) return fix
  const files = /(^| )(-c|--config)( |=|$)/.test(fix) ? [] : listFiles(argv)
  const tried = TRIES.test(fix) && argv.includes('--sandbox') && !fix.includes('--sandbox')
  return [
    fix,
    ...files.map((file) => `-c ${quoteShell(file)}`),
    ...(tried ? ['--sandbox'] : []),
  ].join(' ')
}

function listFiles(argv: readonly string[]): string[] {
  return argv.flatMap((word, index) => {
    if (word === '-c' || word === '--config') return argv[index + 1] ?? []
    return word.startsWith('--config=') ? word.slice('--config='.length) : []
  })
}
