// What the key commands read: a file, a variable, standard input, and the passphrase that opens it.

import type { Context, Flags } from '../../cli.ts'
import { TokenError } from '../../core/error.ts'
import { quoteShell } from '../../core/shell.ts'
import type { World } from '../../core/world.ts'
import { type Contents, openContents } from '../../io/key/open/contents.ts'
import type { KeySource } from '../../io/key/open/key-text.ts'
import { isPipe, readPipe } from '../../io/key/open/pipe.ts'
import { leaveOutDamaged } from '../../io/key/open/soundness.ts'
import { resolvePath } from '../../io/path.ts'
import type { Printer } from '../../io/printer.ts'
import { readSecretText, readSource, type Source, type SourceKind } from '../../io/source.ts'

export interface Given {
  readonly source: Source
  readonly key: KeySource
}

/** `word`: what was named; without one, a pipe is read. `open`: the passphrase, where it is read once. */
export async function readKeyInput(
  command: string,
  word: string | undefined,
  flags: Flags,
  context: Context,
  open: () => Promise<string | undefined> = () =>
    readPassphrase(flags.passphrase, '--passphrase', context),
): Promise<Given> {
  const { world } = context
  requireWord(command, word, world)
  if ((word ?? '-') === '-' && flags.passphrase === '-') {
    throw new TokenError('usage', 'the key and its passphrase cannot both be standard input', {
      fix: '--passphrase env:NAME, or --passphrase FILE',
    })
  }
  // who else may read it is told, and no reason to refuse looking at it
  const kind = { flag: `key ${command}`, secret: false }
  const source = await readNamed(word ?? '-', kind, world, () => {}).catch((error: unknown) => {
    throw error instanceof TokenError
      ? adaptFlag(error, [`tokentool key ${command} FILE`, `tokentool key ${command} env:NAME`])
      : error
  })
  const passphrase = await open()
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

/** What a word names that is there to be read. */
export function requireWord(command: string, word: string | undefined, world: World): void {
  if (word === '' || (word === undefined && world.stdin.isTTY)) {
    throw new TokenError('usage', `key ${command}: which key?`, {
      fix: [`tokentool key ${command} key.pem`, `tokentool key ${command} env:NAME`],
    })
  }
  if (word === undefined || !/^https?:\/\//i.test(word)) return
  throw new TokenError('usage', `key ${command}: addresses are not read here`, {
    means: 'verify --key fetches the keys of an address',
    fix: `curl -sS ${quoteShell(word)} | tokentool key ${command} -`,
  })
}

/** As readSource; a pipe that a shell made of <(command) as well. */
async function readNamed(
  text: string,
  kind: SourceKind,
  world: World,
  warn: (text: string) => void,
): Promise<Source> {
  const written = text.startsWith('@') ? text.slice(1) : text
  if (text === '-' || text.startsWith('env:')) return readSource(text, kind, world, warn)
  const path = resolvePath({ path: written, folder: undefined }, world)
  if (!isPipe(path)) return readSource(text, kind, world, warn)
  return { bytes: await readPipe(path, written, world.signal), shown: written, path: undefined }
}

/** The field of a profile that a fix names is an argument or a flag here. */
function adaptFlag(error: TokenError, fix: readonly string[]): TokenError {
  const field = [error.details.fix ?? []].flat().some((line) => /^key_path:/.test(line))
  if (error.code !== 'key_missing' && error.code !== 'usage' && !field) return error
  return new TokenError(error.code, error.message, { ...error.details, fix: [...fix] })
}

export async function readPassphrase(
  named: unknown,
  flag: string,
  { world, printer }: Context,
): Promise<string | undefined> {
  if (typeof named !== 'string') return undefined
  const warn = (text: string): void => void printer.warn(text)
  const kind = { flag, secret: true }
  const source = await readNamed(named, kind, world, warn).catch((error: unknown) => {
    const misread = error instanceof TokenError && error.code === 'key_unreadable'
    throw misread ? adaptFlag(error, [`${flag} env:NAME`, `${flag} FILE`]) : error
  })
  const whole = readSecretText(source)
  world.secrets.remember(whole, 'secret')
  // of a file the first line counts, as it does for openssl
  const text = named.startsWith('env:') ? whole : (whole.split(/\r?\n/, 1)[0] ?? '')
  world.secrets.remember(text, 'secret')
  return text
}

const SHORT = 8

/** Of a passphrase that a key is being put under. */
export async function warnOfShort(text: string, flag: string, printer: Printer): Promise<void> {
  if ([...text].length >= SHORT) return
  await printer.warn(`${flag}: fewer than ${SHORT} characters, which can all be tried`)
}

export function openGiven({ key }: Given): Contents {
  try {
    return leaveOutDamaged(openContents(key))
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
    if (field === 'passphrase') return ['--passphrase env:KEY_PASSPHRASE']
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
