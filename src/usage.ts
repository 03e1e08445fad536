// What was wrong with the command line, in our own words: commander's say too little, or a secret.

import type { Command, CommanderError } from 'commander'
import { TokenError } from './core/error.ts'
import { nearest } from './core/nearest.ts'

export function unknownCommand(parent: Command, name: string | undefined): TokenError {
  const prefix = parent.parent ? `tokentool ${parent.name()}` : 'tokentool'
  const names = parent.commands.map((command) => command.name())
  const close = name === undefined ? undefined : nearest(name, names)
  return new TokenError(
    'usage',
    name === undefined
      ? `${prefix}: which command?`
      : `there is no command ${JSON.stringify(name.slice(0, 40))}`,
    {
      means: close === undefined ? `there are ${names.join(', ')}` : `did you mean ${close}?`,
      fix: close === undefined ? `${prefix} --help` : `${prefix} ${close}`,
    },
  )
}

/** commander's own words, without the value that may have stood behind an unknown flag's =. */
export function describeUsage(error: CommanderError, command: string | undefined): TokenError {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n')
  const message = first.replace(/^(unknown option '[^=']*)=.*$/, "$1=…'").replace(/\.$/, '')
  const hint = rest
    .join(' ')
    .trim()
    .replace(/^\(|\)$/g, '')
  return new TokenError('usage', message, {
    ...(hint !== '' && { means: hint.charAt(0).toLowerCase() + hint.slice(1) }),
    fix: command === undefined ? 'tokentool --help' : `tokentool ${command} --help`,
  })
}
