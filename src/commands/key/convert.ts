// `tokentool key convert`: the same key in another form, or its public half.

import type { Context, Flags } from '../../cli.ts'
import { type ExitCode, TokenError } from '../../core/error.ts'
import { quotePath } from '../../core/key/key-refusal.ts'
import { escapeLine } from '../../core/terminal.ts'
import { convertContents } from '../../io/key/write/conversion.ts'
import { planFile, writeFiles } from '../../io/key/write/new-file.ts'
import { textOf } from '../../io/profile/selection.ts'
import {
  adaptFix,
  type Given,
  openGiven,
  readKeyInput,
  readPassphrase,
  requireWord,
  warnOfShort,
} from './input.ts'

export async function convertKey(
  [word]: readonly string[],
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const { world, printer } = context
  const form = `${flags.to}`
  const secret = /^(pem|jwks?)$/.test(form)
  const out = textOf(flags.out)
  const file = out === undefined ? undefined : planFile(out, '--out', secret, world)
  requireWord('convert', word, world)
  const passphrase = await readNewPassphrase(form, flags, context)
  const given = await readKeyInput('convert', word, flags, context)
  if (file === undefined && secret && world.stdout.isTTY)
    throw refuseTerminal(nameInput(word, flags), form, given)
  const path = given.source.path === undefined ? undefined : given.source.shown
  const wish = { form, kid: textOf(flags.kid), passphrase, path }
  const { text, losses } = convert(openGiven(given), wish)
  if (file === undefined) await world.stdout.write(text)
  else {
    writeFiles([[file, text]])
    await world.stdout.write(`${escapeLine(file.shown)}\n`)
  }
  for (const loss of losses) await printer.note(loss)
  return 0
}

function convert(...given: Parameters<typeof convertContents>): ReturnType<typeof convertContents> {
  try {
    return convertContents(...given)
  } catch (error) {
    throw error instanceof TokenError ? adaptFix(error) : error
  }
}

/** As it was typed. */
function nameInput(word: string | undefined, { passphrase }: Flags): string {
  const quote = (text: string): string => (text === '-' ? text : quotePath(text))
  const opener = typeof passphrase === 'string' ? ` --passphrase ${quote(passphrase)}` : ''
  return (word === undefined ? '' : ` ${quote(word)}`) + opener
}

/** A key in the scrollback of a terminal is a key that was lost. */
function refuseTerminal(name: string, form: string, given: Given): TokenError {
  const { items } = openGiven(given)
  const hasHalf = items.some(({ role, key }) => role !== 'secret' && key !== undefined)
  const half = form === 'pem' ? 'public' : `public-${form}`
  const file = form === 'pem' ? 'key.pkcs8.pem' : 'key.jwk.json'
  return new TokenError('usage', `--to ${form} is a private key, not shown on a terminal`, {
    fix: [
      `tokentool key convert${name} --to ${form} --out ${file}`,
      ...(hasHalf ? [`tokentool key convert${name} --to ${half}`] : []),
    ],
  })
}

async function readNewPassphrase(
  form: string,
  flags: Flags,
  context: Context,
): Promise<string | undefined> {
  if (flags.newPassphrase === undefined) return undefined
  if (form !== 'pem') {
    throw new TokenError('usage', `--new-passphrase is for --to pem; ${form} is not encrypted`)
  }
  if (flags.newPassphrase === '-' && flags.passphrase === '-') {
    throw new TokenError('usage', 'both passphrases cannot be standard input', {
      fix: '--new-passphrase env:NAME, or --new-passphrase FILE',
    })
  }
  const text = (await readPassphrase(flags.newPassphrase, '--new-passphrase', context)) ?? ''
  if (text !== '') {
    await warnOfShort(text, '--new-passphrase', context.printer)
    return text
  }
  throw new TokenError('secret_missing', '--new-passphrase: it is empty, which protects nothing', {
    fix: '--new-passphrase env:NAME',
  })
}
