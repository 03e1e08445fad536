// What a row comes to: its sentences filled in, what this machine can prove, what to do. With the
// values of a profile it speaks of those; without, in words.

import type { Claims } from '../call/assertion.ts'
import { TokenError } from '../error.ts'
import { COMMON_FIELDS, knownFields } from '../profile/fields.ts'
import { type Profile, tellPlace } from '../profile/profile.ts'
import type { ExplainRow } from '../provider.ts'
import { Hidden } from '../secret/hidden.ts'
import { quoteShell } from '../shell.ts'
import { type Piece, parseTemplate } from '../template/template.ts'
import { isList, toText, type Value } from '../template/value.ts'
import type { Values } from '../template/values.ts'
import { findEvidence, type Scene } from './evidence.ts'

export interface Diagnosis {
  readonly means: string
  /** what is proven; `why` is only likely, and left out then */
  readonly proofs: readonly string[]
  readonly why: readonly string[]
  readonly fix: readonly string[]
}

/** `scene`: undefined where nothing is known but what the service said. */
export function diagnose(row: ExplainRow, scene: Scene | undefined): Diagnosis {
  const values = scene?.values
  const evidence = scene ? findEvidence(row.suspects, scene) : []
  const fixes = row.fix === undefined ? [] : typeof row.fix === 'string' ? [row.fix] : row.fix
  const fix = [
    ...evidence.flatMap((found) => found.fix ?? []),
    ...fixes.filter((line) => isAbleTo(line, values)).map((line) => fillLine(line, values, true)),
  ]
  if (fix.length === 0 && fixes.length > 0) {
    fix.push(fillLine('tokentool doctor ${profile}', values, true))
  }
  return {
    means: fillLine(row.means, values, false),
    proofs: evidence.map(({ proof }) => proof),
    why: evidence.length > 0 ? [] : (row.why ?? []).map((why) => fillLine(why, values, false)),
    fix: [...new Set(fix)],
  }
}

/** A line for a field that means nothing to the provider of the profile would mend nothing. */
function isAbleTo(line: string, values: Values | undefined): boolean {
  const [, field] = /^\$\{at\.(\w+)/.exec(line) ?? []
  if (values === undefined || field === undefined || !Object.hasOwn(COMMON_FIELDS, field))
    return true
  const { provider, layers } = values.profile
  // without an overlay that is chosen, any of them may want it
  const open = provider.auths !== undefined || provider.grants !== undefined
  return open || layers.value[field] !== undefined || knownFields(provider).has(field)
}

const USUALLY_SENT = ['iss', 'sub', 'aud', 'scope', 'scopes']

/** What we send that matters, as it may be shown: claims first, then fields of the profile. */
export function listSent(
  values: Values,
  claims: Claims | undefined,
  row: ExplainRow | undefined,
): Record<string, string> {
  const names = row?.sent ?? (claims ? USUALLY_SENT : ['client_id', 'scopes'])
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = claims?.[name] ?? tryField(values, name)
      return value === undefined || value === null ? [] : [[name, show(value)]]
    }),
  )
}

function show(value: Value): string {
  const text = isList(value) ? value.map((item) => `${toText(item)}`).join(' ') : `${toText(value)}`
  return text.length > 300 ? `${text.slice(0, 299)}…` : text
}

export function tryField(values: Values, name: string): Value | undefined {
  try {
    return values.field(name)
  } catch {
    return undefined
  }
}

const COMMAND = /^(tokentool|openssl|export|curl|chmod) /

/** To be typed as it stands, and not to be folded. */
export function isCommand(line: string): boolean {
  return COMMAND.test(line) || /^(sudo|gcloud|getent|date|ssh-keygen|echo|printf) /.test(line)
}

/**
 * The lines of a row may hold ${field}, ${profile}, ${environment}, and ${at.field} for the place
 * where a field stands. In a fix that is a command, what is filled in is quoted for a shell.
 */
function fillLine(line: string, values: Values | undefined, fix: boolean): string {
  const pieces = readPieces(line)
  const command = fix && COMMAND.test(line)
  if (values === undefined) return fillWords(pieces, command)
  const quote = command ? quoteShell : (text: string) => text
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece
      const [first = '', ...rest] = piece.name.split('.')
      if (first === 'at') return placeText(values.profile, rest)
      if (first === 'profile') return quote(values.profile.name)
      if (first === 'provider') return quote(values.profile.providerName)
      if (first === 'environment') return quote(values.profile.environment ?? 'this environment')
      const value = tryField(values, first)
      if (value === undefined || value === null || toText(value) instanceof Hidden) return '…'
      return quote(show(value))
    })
    .join('')
}

/** Where "the" and the name would not do. */
const WORDS: Readonly<Record<string, string>> = {
  environment: 'this environment',
  client_id: 'this client',
  service_account_id: 'this account',
  username: 'the user',
  client_auth: 'the one in use',
  base_url: 'that host',
}

/** Of no profile in particular: "the client" for its id, and nothing for a place. */
function fillWords(pieces: readonly Piece[], command: boolean): string {
  let text = ''
  for (const [index, piece] of pieces.entries()) {
    if (typeof piece === 'string') {
      text += text === '' ? piece.trimStart() : piece
      continue
    }
    const [first = '', ...rest] = piece.name.split('.')
    if (first === 'at' && rest.length > 0) continue
    const next = pieces[index + 1]
    const inUrl = text.endsWith('/') || (typeof next === 'string' && next.startsWith('/'))
    const word = wordFor(first)
    if (command) text += first.toUpperCase()
    else if (inUrl) text += first === 'base_url' ? 'https://HOST' : first.toUpperCase()
    else text = addWord(text, word)
  }
  return text
}

/** "the application ${application}" has it already; "no client ${client_id}" is no such client. */
function addWord(text: string, word: string): string {
  const noun = word.split(' ').slice(1).join(' ')
  if (text.endsWith(`${word} `)) return text.trimEnd()
  return text.endsWith(` no ${noun} `) || text === `no ${noun} `
    ? `${text.slice(0, -`no ${noun} `.length)}no such ${noun}`
    : text + word
}

function wordFor(name: string): string {
  return WORDS[name] ?? `the ${name.replace(/_id$/, '').replaceAll('_', ' ')}`
}

// A row of a profile that cannot be read is no reason to lose what the service said.
function readPieces(line: string): Piece[] {
  try {
    return parseTemplate(line)
  } catch (error) {
    if (error instanceof TokenError) return [line]
    throw error
  }
}

function placeText(profile: Profile, path: readonly string[]): string {
  return tellPlace(profile, path) ?? 'in the profile'
}
