// What was asked of `verify`, and whether it was enough: a key from somewhere, and whose token it must
// be. Nothing of this is filled in from the token, which says whatever its maker wants.

import type { Flags } from '../../cli.ts'
import { parseDuration } from '../../core/duration.ts'
import { TokenError } from '../../core/error.ts'
import { show } from '../../core/jwt/claim/claim-failure.ts'
import { type Expectations, parseExpectation } from '../../core/jwt/claim/expectation.ts'
import { type ExactJson, findMember } from '../../core/jwt/json/exact-json.ts'
import type { World } from '../../core/world.ts'
import type { Origin } from '../../io/key/verify/key-source.ts'
import type { Encoding } from '../../io/key/verify/secret-reading.ts'
import { listOf, textOf } from '../../io/profile/selection.ts'

const PROFILE_FLAGS = ['profile', 'environment']

/** undefined: no key was named. */
export function readOrigin(flags: Flags, world: World): Origin | undefined {
  const { key, secret, issuer } = flags
  const origins: readonly (readonly [flag: string, origin: Origin])[] = [
    ...(typeof key === 'string'
      ? [['--key', { kind: 'key', source: key, passphrase: textOf(flags.passphrase) }] as const]
      : []),
    ...(typeof secret === 'string'
      ? [
          [
            '--secret',
            { kind: 'secret', source: secret, encoding: flags.secretEncoding as Encoding },
          ] as const,
        ]
      : []),
    ...(typeof issuer === 'string' ? [['--issuer', { kind: 'issuer', issuer }] as const] : []),
    ...(flags.embeddedKey === true ? [['--embedded-key', { kind: 'embedded' }] as const] : []),
    ...(PROFILE_FLAGS.some((name) => flags[name] !== undefined)
      ? [['-p', { kind: 'profile' }] as const]
      : []),
  ]
  const [first, second] = origins
  if (first !== undefined && second !== undefined) {
    throw new TokenError('usage', `${first[0]} and ${second[0]} both say where the key is`, {
      means: 'a signature is checked with the keys of one source',
      ...(second[0] === '-p' &&
        first[0] === '--issuer' && {
          fix: '--iss ISSUER says what the token must name',
        }),
    })
  }
  if (first !== undefined) return first[1]
  // a file that is named has a default profile
  const meant = flags.config !== undefined || world.env.TOKENTOOL_PROFILE
  return meant ? { kind: 'profile' } : undefined
}

/** Standard input can be one thing only. */
export function refuseCrowd(words: readonly string[], flags: Flags): void {
  const token = words.length === 0 || (words.length === 1 && words[0] === '-')
  const readers = [
    ...(token ? ['the token'] : []),
    ...['key', 'secret', 'passphrase'].flatMap((name) =>
      flags[name] === '-' ? [`--${name} -`] : [],
    ),
  ]
  if (readers.length < 2) return
  throw new TokenError('usage', `${readers.join(' and ')} cannot both come from standard input`, {
    fix: `tokentool verify @token.txt ${readers[1]}`,
  })
}

/** What is still to be said, all of it at once. */
export function refuseSilence(
  flags: Flags,
  origin: Origin | undefined,
  issuer: string | undefined,
  payload: ExactJson | undefined,
): void {
  const only = flags.signatureOnly === true
  const lacks = [
    ...(origin === undefined ? [{ what: 'the key', flag: '--key FILE', claim: undefined }] : []),
    ...(only || flags.iss !== undefined || flags.anyIssuer === true || issuer !== undefined
      ? []
      : [{ what: 'the issuer', flag: '--iss ISSUER', claim: 'iss' }]),
    ...(only || flags.aud !== undefined || flags.anyAudience === true
      ? []
      : [{ what: 'the audience', flag: '--aud AUDIENCE', claim: 'aud' }]),
  ]
  if (lacks.length === 0) return
  const claims = lacks.flatMap(({ claim }) => {
    const value = claim === undefined ? undefined : findMember(payload, claim)
    return value === undefined ? [] : [`${claim} ${show(value)}`]
  })
  const named =
    claims.length === 0
      ? []
      : [`the token says ${claims.join(' and ')}; whether you trust that is for you to say`]
  const asked = lacks.map(({ flag }) => flag).join(' ')
  const waive = [
    ...(lacks.some(({ claim }) => claim === 'iss') ? ['--any-issuer'] : []),
    ...(lacks.some(({ claim }) => claim === 'aud') ? ['--any-audience'] : []),
  ]
  throw new TokenError('usage', `verify: say ${listWords(lacks.map(({ what }) => what))}`, {
    means: [
      origin === undefined
        ? 'without a key, nothing tells a token from a forged one'
        : 'a token that is genuine may still be for someone else',
      ...named,
    ],
    fix: [
      `tokentool verify … ${asked}`,
      ...(origin === undefined
        ? [
            '  the key: --key FILE|https://…, --issuer https://…, -p PROFILE, --secret env:NAME',
            'tokentool decode … --check-exp   (the times alone; it proves nothing)',
          ]
        : []),
      ...(waive.length > 0
        ? [`tokentool verify … ${waive.join(' ')}   (where it does not matter)`]
        : []),
    ],
  })
}

function listWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

export function readExpectations(
  flags: Flags,
  issuer: string | undefined,
  now: number,
): Expectations {
  return {
    issuer: flags.anyIssuer === true ? undefined : (textOf(flags.iss) ?? issuer),
    audiences: flags.aud === undefined ? undefined : listOf(flags.aud),
    subject: textOf(flags.sub),
    type: textOf(flags.typ),
    required: listOf(flags.require)
      .flatMap((text) => text.split(','))
      .map((name) => name.trim())
      .filter((name) => name !== ''),
    values: listOf(flags.expect).map(parseExpectation),
    leeway: readSpan(flags.leeway, '--leeway') ?? 0,
    maxAge: readSpan(flags.maxAge, '--max-age'),
    now,
    asOf: flags.at !== undefined,
  }
}

function readSpan(value: unknown, flag: string): number | undefined {
  if (value === undefined) return undefined
  const seconds = parseDuration(value)
  if (seconds !== undefined) return seconds
  throw new TokenError('usage', `${flag} wants a time like 30s, 5m, 2h, or seconds`, {
    fix: `${flag} 30s`,
  })
}
