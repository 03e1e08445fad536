// What exec returns when it fails itself, and the line that was probably meant where there is no `--`.

import { type CommandExit, EXEC_EXITS, TokenError } from '../../core/error.ts'
import { quoteShell } from '../../core/shell.ts'

export interface Typed {
  /** before the first `--` */
  readonly argv: readonly string[]
  /** behind it; undefined: there is none */
  readonly command: readonly string[] | undefined
}

/** `signal`: the name of the one that ended us. */
export function describeFailure(error: TokenError, typed: Typed, signal: unknown): TokenError {
  if (error.code === 'interrupted') {
    const exit = (signal === 'SIGTERM' ? 128 + 15 : 128 + 2) as CommandExit
    return new TokenError('interrupted', 'interrupted', { exit })
  }
  // `exec staging ls -l`: what was wrong with -l is that it was read at all
  const unread = typed.command === undefined && error.class === 'usage' && !holdsKey(typed.argv)
  return (unread ? missingCommand(typed) : error).with({ exit: EXEC_EXITS.failed })
}

export function missingCommand({ argv, command }: Typed): TokenError {
  const { own, rest, named } = splitTyped(argv)
  const profile = named ? [] : ['PROFILE']
  const words = rest.length === 0 ? ['COMMAND'] : rest.map(showWord)
  return new TokenError(
    'usage',
    command === undefined ? 'there is no -- before the command' : 'there is no command behind --',
    {
      means: 'what follows the first -- is run as it stands, and never read by tokentool',
      fix: ['tokentool', ...own.map(quoteShell), ...profile, '--', ...words].join(' '),
    },
  )
}

/** The options of exec that take no value. */
export const SWITCHES = [
  '--json',
  '--force-new',
  '--no-cache',
  '--sandbox',
  '--insecure',
  '--verbose',
  '--quiet',
  '--show-secrets',
  '--no-color',
  '--no-input',
  '--help',
]

interface Split {
  readonly own: readonly string[]
  readonly rest: readonly string[]
  /** a profile is, or what stands in its place */
  readonly named: boolean
}

/** Where the command probably begins: at the first word that can be neither an option nor a profile. */
function splitTyped(argv: readonly string[]): Split {
  let bare = false
  let pairs = false
  let verb = false
  let at = 0
  for (; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (word.startsWith('-')) {
      if (!/^-[vqh]+$|=/.test(word) && !SWITCHES.includes(word)) at++
    } else if (!verb) verb = word === 'exec'
    else if (/^[A-Za-z_]\w*=/.test(word)) pairs = true
    else if (bare || pairs || /[/\s]/.test(word)) break
    else bare = true
  }
  const own = argv.slice(0, at)
  const flagged = own.some((word) => /^(?:-p|--profile|--provider)(?:=|$)/.test(word))
  return { own, rest: argv.slice(at), named: bare || pairs || flagged }
}

/** The words of a command may be anyone's business but ours. */
function showWord(word: string): string {
  return /^[\w@%+=:,./-]{1,40}$/.test(word) ? word : '…'
}

function holdsKey(argv: readonly string[]): boolean {
  return argv.some((word) => /PRIVATE KEY|LS0tLS1CRUdJT|"kty"/.test(word))
}
