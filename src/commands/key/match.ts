// `tokentool key match`: does this key belong to that certificate, set, key, token or profile?

import type { Context, Flags } from '../../cli.ts'
import { type ExitCode, TokenError } from '../../core/error.ts'
import { identifyKeyText } from '../../core/key/pem.ts'
import { escapeJson, escapeLine, wrap } from '../../core/terminal.ts'
import {
  type Opened,
  type Pairing,
  pairKeys,
  pairToken,
  readTokenParts,
  type Side,
} from '../../io/key/pairing.ts'
import { adaptFix, type Given, openGiven, readKeyInput, readPassphrase } from './input.ts'

export async function matchKey(
  words: readonly string[],
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const { world, printer } = context
  const pairings =
    flags.profile === undefined && words.length === 2
      ? [await matchTwo(words[0] ?? '', words[1] ?? '', flags, context)]
      : await matchProfile(words, flags, context)
  const match = pairings.every((pairing) => pairing.match)
  if (flags.json === true) {
    const [first] = pairings
    await world.stdout.write(`${escapeJson(JSON.stringify(first && describe(first)))}\n`)
    return match ? 0 : 7
  }
  const paint = await printer.paint('stdout')
  const width = world.stdout.isTTY ? world.stdout.columns - 1 : Number.POSITIVE_INFINITY
  for (const { match: fits, reason } of pairings) {
    const answer = fits ? paint('good', 'yes') : paint('bad', 'no')
    const text = wrap(escapeLine(reason), width, 5)
    await world.stdout.write(`${answer}${fits ? '' : ' '}  ${text}\n`)
  }
  return match ? 0 : 7
}

function describe({ match, key, other, reason }: Pairing): object {
  const party = ({ name, kid, thumbprint }: Pairing['key']): object => ({
    name,
    kid: kid ?? null,
    thumbprint: thumbprint ?? null,
  })
  return { match, key: party(key), other: party(other), reason }
}

async function matchTwo(
  word: string,
  otherWord: string,
  flags: Flags,
  context: Context,
): Promise<Pairing> {
  if (word === '-' && otherWord === '-') {
    throw new TokenError('usage', 'key match: both cannot be standard input', {
      fix: 'tokentool key match key.pem -',
    })
  }
  // a pipe gives it once
  let read: Promise<string | undefined> | undefined
  const open = (): Promise<string | undefined> => {
    read ??= readPassphrase(flags.passphrase, '--passphrase', context)
    return read
  }
  const keys = openSide(await readKeyInput('match', word, flags, context, open), true)
  const literal = /(?:^|\s)ey[\w-]+\./.test(otherWord) ? readTokenParts(otherWord) : undefined
  if (literal) return pairToken(keys, literal, 'the token')
  const given = await readKeyInput('match', otherWord, flags, context, open)
  const token = readToken(given)
  if (token) return pairToken(keys, token, `the token in ${given.source.shown}`)
  return pairKeys(keys, openSide(given, false))
}

function readToken({ source }: Given): ReturnType<typeof readTokenParts> {
  const { sort } = identifyKeyText(source.bytes)
  if (!['jwt', 'text', 'json'].includes(sort)) return undefined
  return readTokenParts(new TextDecoder().decode(source.bytes))
}

/** Of a key with its certificates, the key alone: that they belong to it is what may be asked. */
function openSide(given: Given, alone: boolean): Side {
  const { items } = openGiven(given)
  const opened = items.filter((item): item is Opened => item.key !== undefined)
  const own = opened.filter(({ role }) => role === 'private' || role === 'secret')
  const sealed = items.find((item) => item.key === undefined)?.sealed
  const [first, ...more] = alone && (own.length > 0 || sealed) ? own : opened
  const { shown: name } = given.source
  if (first !== undefined) return { name, keys: [first, ...more] }
  throw sealed ? adaptFix(sealed) : new TokenError('key_unusable', `${name} holds no key`)
}

/** The key that is given with what the profile uses; without one, what it uses with each other. */
async function matchProfile(
  [word, ...more]: readonly string[],
  flags: Flags,
  context: Context,
): Promise<Pairing[]> {
  if (flags.profile === undefined || more.length > 0) throw refuseUsage(flags)
  const { openProfileKeys } = await import('./match-profile.ts')
  const { name, keys, certificates } = await openProfileKeys(flags, context)
  if (word !== undefined) {
    const own = openSide(await readKeyInput('match', word, flags, context), true)
    return [keys, certificates].flatMap(([first, ...rest]) =>
      first === undefined ? [] : [pairKeys(own, { name, keys: [first, ...rest] })],
    )
  }
  const [key] = keys
  const [certificate] = certificates
  if (key && certificate) {
    const own: Side = { name, keys: [key, ...keys.slice(1)] }
    return certificates.map((one) => pairKeys(own, { name, keys: [one] }))
  }
  const lack = key ? 'certificate_path' : 'key_path'
  throw new TokenError('usage', `${name} has no ${lack}: there is nothing to compare`, {
    fix: `tokentool key match key.pem -p ${name}`,
  })
}

function refuseUsage(flags: Flags): TokenError {
  return new TokenError(
    'usage',
    flags.profile === undefined
      ? 'key match: a key, and what to compare it with'
      : 'key match: two keys and a profile are too many',
    {
      fix: [
        'tokentool key match key.pem certificate.pem',
        'tokentool key match key.pem token.txt',
        'tokentool key match key.pem -p staging',
      ],
    },
  )
}
