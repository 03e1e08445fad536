// An assertion that someone else keeps fresh: SPIRE, GitHub, Kubernetes. It is read anew for every
// attempt, and what can be known of it before it is sent is looked at.

import { formatDuration } from '../duration.ts'
import { TokenError } from '../error.ts'
import { isSecretField } from '../profile/fields.ts'
import { folderOf, type Profile } from '../profile/profile.ts'
import type { OutsideAssertion } from '../provider.ts'
import type { Hidden } from '../secret/hidden.ts'
import { quoteShell } from '../shell.ts'
import { splitTemplate } from '../template/template.ts'
import { hideAll, revealText, toText, type Value } from '../template/value.ts'
import type { Values } from '../template/values.ts'
import type { Claims } from './assertion.ts'
import { checkClaims, checkLength } from './limit.ts'
import { readJwt } from './token.ts'
import type { AssertionSource, Tools } from './tools.ts'

export interface Taken {
  /** none where it is no JWT */
  readonly claims: Claims
  readonly jwt: Hidden
  readonly source: AssertionSource
}

type Column = 'assertion' | 'client_assertion'

export function takeAssertion(
  values: Values,
  assertion: OutsideAssertion,
  name: Column,
  tools: Tools,
): Taken {
  const { profile } = values
  const source = readSource(values, assertion, name)
  const from = tellSource(source)
  const text = tools.readAssertion(source).trim()
  const jwt = tools.secrets.hide(text, name, 'assertion')
  if (!/^[\x20-\x7e]+$/.test(text)) {
    const problem = text === '' ? 'is empty' : 'is not one line of ASCII'
    throw new TokenError('assertion_unusable', `the ${name} from ${from} ${problem}`, {
      means: 'it is sent as it stands there, so it is the token alone',
      fix: `look at what puts it there: ${from}`,
      profile: profile.name,
    })
  }
  const read = readJwt(text)
  const claims = hideClaims(read?.claims ?? {}, values)
  // what only tells this request from others is not judged
  if (values.facts.identifies !== true) {
    if (read !== undefined) checkTimes(values, claims, name, source)
    if (name === 'assertion') checkLimits(profile, { claims, jwt: text, source, known: !!read })
  }
  values.make(name, jwt)
  tools.watch.taken?.(profile, from, claims)
  return { claims, jwt, source }
}

export function readSource(
  values: Values,
  assertion: OutsideAssertion,
  name: Column,
): AssertionSource {
  const at = (kind: string): { at: readonly string[] } => ({ at: [name, kind] })
  const folder = (kind: string): string | undefined => folderOf(values.profile, [name, kind])
  const fill = (template: string, kind: string): string =>
    revealText(toText(values.fill(template, at(kind)) ?? ''))
  if ('file' in assertion) {
    return { file: { path: fill(assertion.file, 'file'), folder: folder('file') } }
  }
  if ('env' in assertion) return { env: fill(assertion.env, 'env') }
  const words = splitTemplate(assertion.command).map((word) => fill(word, 'command'))
  return { command: { words, folder: folder('command') } }
}

/** As it is told to a person. */
export function tellSource(source: AssertionSource): string {
  if ('file' in source) return source.file.path
  return 'env' in source ? `the variable ${source.env}` : `the command ${source.command.words[0]}`
}

/** The words that print it in a shell. */
export function printSource(source: AssertionSource, tools: Tools): string {
  if ('file' in source) return `cat ${quoteShell(tools.resolvePath(source.file))}`
  if ('env' in source) return `printenv ${quoteShell(source.env)}`
  return source.command.words.map(quoteShell).join(' ')
}

/** About a user, whoever says it: as secret as where the profile says it. */
function hideClaims(claims: Readonly<Record<string, unknown>>, values: Values): Claims {
  const { profile, secrets } = values
  return Object.fromEntries(
    Object.entries(claims as Readonly<Record<string, Value>>).map(([name, value]) => [
      name,
      isSecretField(profile.provider, name) ? hideAll(value, name, 'secret', secrets) : value,
    ]),
  )
}

const MILLISECONDS = 1e11

function checkTimes(values: Values, claims: Claims, name: Column, source: AssertionSource): void {
  const { exp } = claims
  const end = typeof exp === 'number' ? (exp > MILLISECONDS ? exp / 1000 : exp) : undefined
  if (end === undefined || end > values.now) return
  const ago = formatDuration(Math.round(values.now - end))
  throw new TokenError(
    'assertion_unusable',
    `the ${name} from ${tellSource(source)} expired ${ago} ago`,
    {
      means: 'it is taken as it is found, and is somebody else’s to renew',
      fix: adviseRenewal(source),
      profile: values.profile.name,
    },
  )
}

function adviseRenewal(source: AssertionSource): string[] {
  if ('file' in source)
    return [`look at what writes ${source.file.path}: it should have written another by now`]
  if ('env' in source) return [`export ${source.env}=… with a new one`]
  return [`look at what ${source.command.words[0]} answers with, and at the clock here: date -u`]
}

function checkLimits(
  profile: Profile,
  taken: { claims: Claims; jwt: string; source: AssertionSource; known: boolean },
): void {
  try {
    if (taken.known) checkClaims(profile, taken.claims, profile.provider.limits?.claims ?? {})
    checkLength(profile, { claims: taken.claims }, taken.jwt)
  } catch (error) {
    if (!(error instanceof TokenError)) throw error
    const { fix: _, ...details } = error.details
    throw new TokenError(error.code, `${error.message} (from ${tellSource(taken.source)})`, {
      ...details,
      fix: `have ${tellSource(taken.source)} say so: nothing in the profile changes it`,
    })
  }
}
