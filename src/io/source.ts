// What a flag names in the place of a value, so that no secret stands on the command line: a
// variable, a file, standard input.

import { TokenError } from '../core/error.ts'
import type { World } from '../core/world.ts'
import { LARGEST_KEY, readKeyFile } from './key/open/key-file.ts'
import { resolvePath } from './path.ts'

export interface Source {
  readonly bytes: Uint8Array
  /** for messages: "$KEY", "keys/staging.pem", "standard input" */
  readonly shown: string
  /** absolute; undefined: it came from elsewhere */
  readonly path: string | undefined
}

export interface SourceKind {
  /** "--key", for messages */
  readonly flag: string
  /** who else may read or write the file matters, and what stands on the command line is not repeated */
  readonly secret: boolean
}

/** `env:NAME`, `-`, or a file (`@file` as well). */
export async function readSource(
  text: string,
  kind: SourceKind,
  world: World,
  warn: (text: string) => void,
): Promise<Source> {
  const { flag, secret } = kind
  if (text === '-' || text === '@-') {
    if (world.stdin.isTTY) {
      throw new TokenError('usage', `${flag} - reads standard input, which is this terminal`, {
        fix: `${flag} FILE, or ${flag} env:NAME`,
      })
    }
    return {
      bytes: await world.stdin.readAll(LARGEST_KEY),
      shown: 'standard input',
      path: undefined,
    }
  }
  if (text.startsWith('env:')) return readVariable(text.slice('env:'.length), flag, world)
  const written = text.startsWith('@') ? text.slice(1) : text
  const path = resolvePath({ path: written, folder: undefined }, world)
  try {
    const { bytes, warnings } = readKeyFile(path, written, secret ? 'secret' : 'public')
    for (const warning of warnings) warn(warning)
    return { bytes, shown: written, path }
  } catch (error) {
    const missing = error instanceof TokenError && error.code === 'key_missing'
    if (!missing) throw error
    // it may be the secret itself, which nothing may repeat
    const named = !secret && /^[\w ./~@:+-]{1,120}$/.test(written)
    throw new TokenError(
      'key_missing',
      `${flag}: ${named ? `${written} does not exist` : 'there is no such file'}`,
      {
        ...(!named && { means: 'arguments are public, so the value itself is never given there' }),
        fix: `${flag} env:NAME, ${flag} FILE, or ${flag} - for standard input`,
      },
    )
  }
}

function readVariable(name: string, flag: string, world: World): Source {
  const value = world.env[name]
  if (value === undefined || value === '') {
    throw new TokenError(
      'secret_missing',
      `${flag}: the variable ${name} is ${value === '' ? 'empty' : 'not set'}`,
      {
        fix: `export ${/^\w+$/.test(name) ? name : 'NAME'}=…`,
      },
    )
  }
  return { bytes: new TextEncoder().encode(value), shown: `$${name}`, path: undefined }
}

/** A passphrase or secret as text: one final newline of a file is an editor's. */
export function readSecretText({ bytes }: Source): string {
  return new TextDecoder().decode(bytes).replace(/\r?\n$/, '')
}
