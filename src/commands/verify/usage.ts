// What of the command line is refused before anything is read: what says nothing, what says two things,
// and what contradicts itself. Whoever leaves a variable empty means a check, and would have none.

import type { Flags } from '../../cli.ts'
import { TokenError } from '../../core/error.ts'
import { KNOWN_ALGORITHMS } from '../../io/key/verify/signature.ts'
import { listOf } from '../../io/profile/selection.ts'

const SINGLE = [
  ...['key', 'passphrase', 'issuer', 'secret', 'secretEncoding', 'kid', 'iss', 'sub', 'typ'],
  ...['leeway', 'maxAge', 'at', 'detachedPayload', 'field', 'profile', 'environment'],
]
const SEVERAL = ['aud', 'alg', 'require', 'expect']
const SHORT: Readonly<Record<string, string>> = { '-p': '--profile', '-e': '--environment' }

/** All that takes a value, so that a value is not taken for a flag. */
const VALUED = new Set([
  ...[...SINGLE, ...SEVERAL, 'config', 'timeout', 'proxy', 'cacert'].map(writeFlag),
  ...['-p', '-e', '-c'],
])

export function refuseMisuse(flags: Flags, argv: readonly string[]): void {
  refuseBlank(flags)
  refuseRepeated(argv)
  refuseContradiction(flags)
  refuseAlgorithms(listOf(flags.alg))
}

function refuseBlank(flags: Flags): void {
  const blank = [...SINGLE, ...SEVERAL].find((name) => {
    const value = flags[name]
    const values = typeof value === 'string' ? [value] : listOf(value)
    const texts = name === 'require' ? values.flatMap((text) => text.split(',')) : values
    return texts.some((text) => text.trim() === '')
  })
  if (blank === undefined) return
  throw new TokenError('usage', `${writeFlag(blank)} is empty`, {
    means: 'a variable that is not set leaves nothing behind, and nothing would be checked',
    ...(blank === 'sub' && { fix: '--expect sub=   (if it must be empty)' }),
  })
}

function refuseRepeated(argv: readonly string[]): void {
  const seen = new Set<string>()
  for (let at = 0; at < argv.length && argv[at] !== '--'; at++) {
    const word = argv[at] ?? ''
    const split = word.startsWith('--') ? word.indexOf('=') : -1
    const glued = /^-[pe]./.test(word)
    const name = glued ? word.slice(0, 2) : split < 0 ? word : word.slice(0, split)
    if (!VALUED.has(name)) continue
    if (split < 0 && !glued) at++
    const long = SHORT[name] ?? name
    if (!SINGLES.has(long)) continue
    if (seen.has(long)) {
      throw new TokenError('usage', `${long} is given more than once`, {
        means: 'one of them would be left out without a word',
      })
    }
    seen.add(long)
  }
}

const SINGLES = new Set(SINGLE.map(writeFlag))

const CLAIM_FLAGS = [
  ...['iss', 'anyIssuer', 'aud', 'anyAudience', 'sub', 'typ', 'require', 'expect', 'maxAge'],
]

function refuseContradiction(flags: Flags): void {
  const said = CLAIM_FLAGS.find((name) => flags[name] !== undefined && flags[name] !== false)
  const contradictions: readonly (readonly [boolean, string, string])[] = [
    [flags.signatureOnly === true && said !== undefined, '--signature-only', writeFlag(`${said}`)],
    [flags.anyIssuer === true && flags.iss !== undefined, '--any-issuer', '--iss'],
    [flags.anyAudience === true && flags.aud !== undefined, '--any-audience', '--aud'],
  ]
  for (const [holds, one, other] of contradictions) {
    if (holds) throw new TokenError('usage', `${one} and ${other} contradict each other`)
  }
}

function refuseAlgorithms(names: readonly string[]): void {
  const unknown = names.find((name) => !KNOWN_ALGORITHMS.includes(name))
  if (unknown === undefined) return
  const meant = KNOWN_ALGORITHMS.find((name) => name.toLowerCase() === unknown.toLowerCase())
  throw new TokenError('usage', `--alg ${unknown.slice(0, 60)}: no such algorithm is known here`, {
    means:
      meant === undefined
        ? `there are ${KNOWN_ALGORITHMS.join(', ')}`
        : `did you mean ${meant}? capitals matter`,
    ...(meant !== undefined && { fix: `--alg ${meant}` }),
  })
}

function writeFlag(name: string): string {
  return `--${name.replace(/[A-Z]/g, (char) => `-${char.toLowerCase()}`)}`
}
