// What the command line asks stdout to be, as far as a glance tells: it must be known before any
// option is read, because a mistake in the options has to be answered in that form as well.

export interface Asked {
  readonly form: string | undefined
  readonly name: string | undefined
  readonly shell: string | undefined
  /** stdout gets nothing of it */
  readonly elsewhere: boolean
}

export function readAsked(argv: readonly string[]): Asked {
  const end = argv.indexOf('--')
  const own = end < 0 ? argv : argv.slice(0, end)
  const json = own.includes('--json')
  return {
    form: json ? 'json' : findValue(own, /^(?:--output|-[vqn]*o)(?:=|$)/, /^-[vqn]*o=?(.+)$/s),
    name: findValue(own, /^--name(?:=|$)/),
    shell: findValue(own, /^--shell(?:=|$)/),
    elsewhere: findValue(own, /^--out(?:=|$)/) !== undefined,
  }
}

/** The last one counts, as for the parser. `joined`: a letter with its value behind it. */
function findValue(argv: readonly string[], flag: RegExp, joined?: RegExp): string | undefined {
  const at = argv.findLastIndex((word) => flag.test(word) || joined?.test(word))
  const word = argv[at]
  if (word === undefined) return undefined
  if (word.startsWith('--') && word.includes('=')) return word.slice(word.indexOf('=') + 1)
  return joined?.exec(word)?.[1] ?? argv[at + 1]
}
