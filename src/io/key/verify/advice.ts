// What is known of keys speaks of signing with them, in a profile. Here they verify, and flags name them.

import { TokenError } from '../../../core/error.ts'
import type { KeySort } from '../../../core/key/pem.ts'

export function adviseKey(error: TokenError, sort: KeySort): TokenError {
  if (sort === 'text' || sort === 'binary') {
    return advise(error, ['--secret SOURCE instead, if it is a shared secret'])
  }
  if (sort === 'jwt' || sort === 'jwe') {
    return advise(error, ['--key FILE: the key that verifies it, not another token'])
  }
  if (error.code === 'key_encrypted' || error.code === 'key_passphrase') {
    return advise(error, ['--passphrase env:NAME, or the public key alone'])
  }
  return adviseFlag(error, '--key')
}

/** The fields of a profile as what the command line has in their place. */
export function adviseFlag(error: TokenError, flag: '--key' | '--secret'): TokenError {
  const fixes = [error.details.fix ?? []].flat().flatMap((line) => {
    const made = /^key_path: (\S+\.(?:pem|p12))$/.exec(line)?.[1]
    if (made !== undefined) return [`${flag} ${made}`]
    if (line.startsWith('passphrase: ')) return ['--passphrase env:KEY_PASSPHRASE']
    return /^key(_path)?: /.test(line) ? [] : [line]
  })
  return advise(error, fixes.length > 0 ? fixes : [`${flag} FILE`])
}

function advise({ code, message, details }: TokenError, fix: readonly string[]): TokenError {
  // "; signing needs the private one"
  return new TokenError(code, message.replace(/; signing needs .*$/s, ''), { ...details, fix })
}
