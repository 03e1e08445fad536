// Where the pasted text comes from: arguments, a file, a pipe, or the terminal itself.

import type { Context } from '../../cli.ts'
import { TokenError } from '../../core/error.ts'
import { decodeText } from '../../core/text.ts'

const LARGEST_INPUT = 10 * 1024 * 1024
/** Of a log, the beginning: what went wrong does not stand behind a megabyte. */
const LOOKED_AT = 1024 * 1024

export async function readText(
  words: readonly string[],
  { world, printer }: Pick<Context, 'world' | 'printer'>,
): Promise<string> {
  const [word] = words
  if (word?.startsWith('@') && words.length === 1) {
    const { readWholeFile } = await import('../../io/text-file.ts')
    return decodeText(readWholeFile(word.slice(1), LARGEST_INPUT, world)).slice(0, LOOKED_AT)
  }
  if (word !== undefined && (word !== '-' || words.length > 1)) {
    const text = words.join(' ')
    if (text.trim() === '') throw nothingGiven('the text is empty')
    return text
  }
  if (world.stdin.isTTY && word === undefined) throw nothingGiven('which error?')
  if (world.stdin.isTTY)
    await printer.note('paste the error, then press Ctrl-D on a line of its own')
  const text = decodeText(await world.stdin.readAll(LARGEST_INPUT)).slice(0, LOOKED_AT)
  if (text.trim() === '') throw nothingGiven('standard input is empty')
  return text
}

function nothingGiven(what: string): TokenError {
  return new TokenError('usage', `explain: ${what}`, {
    means: 'an error body, a log line, a status or a code, as arguments or from a pipe',
    fix: [
      'tokentool explain invalid_grant',
      'curl -s -i … | tokentool explain',
      'tokentool explain --list',
    ],
  })
}
