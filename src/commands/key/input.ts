// What the key commands read: a file, a variable, standard input, and the passphrase that opens it.

import type { Context, Flags } from '../../cli.ts'
import { TokenError } from '../../core/error.ts'
import { type Contents, openContents } from '../../io/key/open/contents.ts'
import type { KeySource } from '../../io/key/open/key-text.ts'
import { readSecretText, readSource, type Source } from '../../io/source.ts'

export interface Given {
  readonly source: Source
  readonly key: KeySource
}

/** `word`: what was named; without one, a pipe is read. */
export async function readKeyInput(
  command: string,
  word: string | undefined,
  flags: Flags,
  context: Context,
): Promise<Given> {
  const { world } = context
  if (word === undefined && world.stdin.isTTY) {
    throw new TokenError('usage', `key ${command}: which key?`, {
      fix: [`tokentool key ${command} key.pem`, `tokentool key ${command} env:NAME`],
    })
  }
  if ((word ?? '-') === '-' && flags.passphrase === '-') {
    throw new TokenError('usage', 'the key and its passphrase cannot both be standard input', {
      fix: '--passphrase env:NAME, or --passphrase FILE',
    })
  }
  // who else may read it is told, and no reason to refuse looking at it
  const kind = { flag: `key ${command}`, secret: false }
  const source = await readSource(word ?? '-', kind, world, () => {}).catch((error: unknown) => {
    throw error instanceof TokenError ? adaptFlag(error, command) : error
  })
  const passphrase = await readPassphrase(flags.passphrase, '--passphrase', context)
  if (typeof source.path !== 'string') world.secrets.remember(readSecretText(source), 'key')
  return {
    source,
    key: {
      text: source.bytes,
      origin: source.shown,
      ...(source.path !== undefined && { path: source.shown }),
      ...(passphrase !== undefined && { passphrase }),
    },
  }
}

/** What is named is an argument, not the value of a flag. */
function adaptFlag(error: TokenError, command: string): TokenError {
  if (error.code !== 'key_missing' && error.code !== 'usage') return error
  const fix = [`tokentool key ${command} FILE`, `tokentool key ${command} env:NAME`]
  return new TokenError(error.code, error.message, { ...error.details, fix })
}

export async function readPassphrase(
  named: unknown,
  flag: string,
  { world, printer }: Context,
): Promise<string | undefined> {
  if (typeof named !== 'string') return undefined
  const warn = (text: string): void => void printer.warn(text)
  const text = readSecretText(await readSource(named, { flag, secret: true }, world, warn))
  world.secrets.remember(text, 'secret')
  return text
}

export function openGiven({ key }: Given): Contents {
  try {
    return openContents(key)
  } catch (error) {
    throw error instanceof TokenError ? adaptFix(error) : error
  }
}

/** Advice for a profile, said for a command line. */
export function adaptFix(error: TokenError): TokenError {
  const lines = [error.details.fix ?? []].flat()
  const [first = ''] = lines
  const fitting = lines.flatMap((line) => {
    const [, field = '', value = ''] = /^(\w+): (.*)$/.exec(line) ?? []
    if (field === 'passphrase') {
      return [`--passphrase ${value.startsWith('${') ? 'env:KEY_PASSPHRASE' : value}`]
    }
    if (!['key_path', 'key_id', 'certificate_path'].includes(field)) return [line]
    // behind a command it is the file that the command makes
    return field === 'key_path' && line !== first ? [`then name ${value} in its place`] : []
  })
  const { fix: _, ...rest } = error.details
  return new TokenError(error.code, error.message, {
    ...rest,
    ...(fitting.length > 0 && { fix: fitting }),
  })
}
