// A fix is a command to type in the place of the one that failed: what that one said about where
// profiles are, and that it was only tried, holds for it as well.

import { quoteShell } from './shell.ts'

const REPEATS = /^tokentool (get|mint|doctor|profile list|profile show)(?= |$)/
const TRIES = /^tokentool (get|mint|exec)(?= |$)/

/** `fix` as it is typed after `argv`; anything but one of our own commands stays as it is. */
export function repeatCommand(fix: string, argv: readonly string[]): string {
  if (!REPEATS.test(fix) || / {3}\(/.test(fix)) return fix
  const end = argv.indexOf('--')
  const own = end < 0 ? argv : argv.slice(0, end)
  const files = /(^| )(-c|--config)( |=|$)/.test(fix) ? [] : listFiles(own)
  const runs = end >= 0 && own[0] === 'exec' && !own.some(isPair)
  const line = runs ? fix.replace(/^tokentool get(?= |$)/, 'tokentool exec') : fix
  const tried = TRIES.test(line) && own.includes('--sandbox') && !fix.includes('--sandbox')
  return [
    line,
    ...files.map((file) => `-c ${quoteShell(file)}`),
    ...(tried ? ['--sandbox'] : []),
    // the command may hold anything: it is not repeated
    ...(line === fix ? [] : ['-- …']),
  ].join(' ')
}

/** `VAR=profile`: which of several the fix is for, it does not say. */
function isPair(word: string, index: number, argv: readonly string[]): boolean {
  return /^[A-Za-z_]\w*=/.test(word) && !['-s', '--set'].includes(argv[index - 1] ?? '')
}

function listFiles(argv: readonly string[]): string[] {
  return argv.flatMap((word, index) => {
    if (word === '-c' || word === '--config') return argv[index + 1] ?? []
    return word.startsWith('--config=') ? word.slice('--config='.length) : []
  })
}
