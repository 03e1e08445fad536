// What was pasted: from the arguments, a file, a variable, or all of standard input, and the tokens
// that are in it.

import { TokenError } from '../core/error.ts'
import { readCompact } from '../core/jwt/reading/compact.ts'
import type { Found } from '../core/jwt/token.ts'
import { nearest } from '../core/nearest.ts'
import { quoteShell } from '../core/shell.ts'
import { escapeLine } from '../core/terminal.ts'
import { decodeText } from '../core/text.ts'
import type { World } from '../core/world.ts'

const LARGEST_INPUT = 10 * 1024 * 1024

/** `verb`: for messages. At least one token, the best first; or an error that says what it is instead. */
export async function readTokenInput(
  verb: string,
  words: readonly string[],
  field: unknown,
  world: World,
): Promise<readonly [Found, ...Found[]]> {
  const { text, from } = await readText(verb, words, world)
  const [first, ...more] = await findTokens(text, from)
  if (first === undefined) throw await refuseInput(verb, words, text, from)
  return typeof field === 'string' ? [chooseField([first, ...more], field)] : [first, ...more]
}

/** Nearly always it is one bare token; to search a text for more takes 3 ms longer to load. */
async function findTokens(text: string, from: string): Promise<readonly Found[]> {
  if (/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n?$/.test(text)) {
    const token = readCompact(text.trimEnd())
    if (token?.kind === 'jws') return [{ token, from, field: undefined, repairs: [] }]
  }
  const { readTokens } = await import('../core/jwt/intake/intake.ts')
  return readTokens(text, from)
}

async function readText(
  verb: string,
  words: readonly string[],
  world: World,
): Promise<{ text: string; from: string }> {
  const [word] = words
  if (word === undefined || (words.length === 1 && (word === '-' || word === '@-'))) {
    if (world.stdin.isTTY) throw missingInput(verb)
    return { text: decodeText(await world.stdin.readAll(LARGEST_INPUT)), from: 'standard input' }
  }
  if (words.length === 1 && word.startsWith('@')) {
    const { readWholeFile } = await import('../io/text-file.ts')
    return {
      text: decodeText(readWholeFile(word.slice(1), LARGEST_INPUT, world)),
      from: word.slice(1),
    }
  }
  if (words.length === 1 && word.startsWith('env:')) {
    const name = word.slice('env:'.length)
    const text = world.env[name]
    if (text) return { text, from: `$${name}` }
    throw new TokenError('secret_missing', `the variable ${name} is not set, or empty`, {
      fix: `export ${/^\w+$/.test(name) ? name : 'NAME'}=…`,
    })
  }
  return { text: words.join(' '), from: 'the argument' }
}

function missingInput(verb: string): TokenError {
  return new TokenError('usage', `${verb}: which token?`, {
    means:
      'an argument can be seen by everyone on this machine; a pipe, a file or a variable cannot',
    fix: [
      `tokentool get staging | tokentool ${verb}`,
      `tokentool ${verb} @token.txt`,
      `tokentool ${verb} env:ACCESS_TOKEN`,
    ],
  })
}

async function refuseInput(
  verb: string,
  words: readonly string[],
  text: string,
  from: string,
): Promise<TokenError> {
  const { describeNoToken } = await import('../core/jwt/reading/stranger.ts')
  const { what, fix } = describeNoToken(text)
  const [word = ''] = words
  // the name of a file where its contents were meant
  const isPath = words.length === 1 && /^[\w./~-]{1,255}$/.test(word) && /[./]/.test(word)
  const advice = isPath ? `tokentool ${verb} @${quoteShell(word)}` : fix
  return new TokenError('input_invalid', `${from} is no token: it is ${what}`, {
    fix: advice ?? [`tokentool get | tokentool ${verb}`, `tokentool ${verb} @FILE`],
  })
}

function chooseField(found: readonly Found[], name: string): Found {
  const chosen = found.find(({ field }) => field === name)
  if (chosen) return chosen
  const names = found.flatMap(({ field }) => (field === undefined ? [] : [escapeLine(field)]))
  const close = nearest(name, names)
  throw new TokenError('usage', `--field ${name}: there is no such token in the input`, {
    means:
      names.length === 0
        ? 'the token in it has no name'
        : close === undefined
          ? `there are ${names.join(', ')}`
          : `did you mean ${close}?`,
  })
}
