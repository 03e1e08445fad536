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

/** commander's own words, without what may be a secret: a value behind an unknown flag, or a whole key. */
export function describeUsage(error: CommanderError, command: string | undefined): TokenError {
  const help = command === undefined ? 'tokentool --help' : `tokentool ${command} --help`
  if (error.code === 'commander.unknownOption') {
    const [, flag = '', rest = ''] =
      /^error: unknown option '(-{0,2}[\w-]{0,40})(.?)/s.exec(error.message) ?? []
    const [, hint = ''] = /\n\((Did you mean [\w-]+\?)\)$/.exec(error.message) ?? []
    return new TokenError('usage', `unknown option '${flag}${rest === "'" ? '' : '…'}'`, {
      ...(hint !== '' && { means: hint.charAt(0).toLowerCase() + hint.slice(1) }),
      fix: help,
    })
  }
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n')
  const hint = rest
    .join(' ')
    .trim()
    .replace(/^\(|\)$/g, '')
  return new TokenError('usage', first.replace(/\.$/, ''), {
    ...(hint !== '' && { means: hint.charAt(0).toLowerCase() + hint.slice(1) }),
    fix: help,
  })
}

/** PEM; the same in base64 (PRIVATE, RSA, EC, ENCRYPTED, OPENSSH); a JWK with its private half. */
const KEYS = [
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/,
  /LS0tLS1CRUdJTi(?:BQUklWQVRF|BSU0Eg|BFQyBQ|BFTkNS|BPUEVOU)/,
  /"kty"[\s\S]*"(?:d|k)"\s*:\s*"[\w-]{16,}|"(?:d|k)"\s*:\s*"[\w-]{16,}[\s\S]*"kty"/,
]

/** Everyone on the machine can read it by then, and nothing may repeat it. */
export function refuseKeys(argv: readonly string[]): void {
  if (!argv.some((word) => KEYS.some((key) => key.test(word)))) return
  throw new TokenError('usage', 'an argument holds a private key or a secret', {
    means:
      'arguments can be seen by everyone on this machine, and stay in the history of the shell',
    fix: 'put it into a file, and name the file; or: … < FILE',
  })
}
