// Templates and values become what is sent. The values come from a Source, so that the same text
// serves a check, a dry run and a live call.

import { TokenError } from '../error.ts'
import type { Template } from '../provider.ts'
import { Hidden } from '../secret/hidden.ts'
import type { Secrets } from '../secret/secrets.ts'
import { BASE64, DASHES, type Encoding, PERCENT, UPPER } from './encoding.ts'
import { type Filter, type Piece, type Placeholder, parseTemplate } from './template.ts'
import { isList, revealText, separate, type Text, toText, type Value } from './value.ts'

export interface Source {
  /** To tell what the files say without asking anyone: what stands for a value that they do not say. */
  readonly unknown?: ((placeholder: Placeholder) => Hidden | undefined) | undefined
  /** A named value; undefined where there is none. Throws on a name nobody knows. */
  name(path: readonly string[], placeholder: Placeholder): Value | undefined
  env(name: string, placeholder: Placeholder): string | undefined
  file(path: string, placeholder: Placeholder): string
  command(line: string, placeholder: Placeholder): string
  /** seconds: one instant for every time in an attempt */
  readonly now: number
  uuid(): string
  /** Called for a placeholder without value that is not optional; throws. */
  missing(placeholder: Placeholder): never
  readonly secrets: Secrets
  /** what env, file and command give is secret here (params and headers of a profile) */
  readonly hideSources: boolean
}

const FILTERS: Readonly<Record<Filter, (value: Value) => Value>> = {
  space: (value) => joinList(value, ' '),
  comma: (value) => joinList(value, ','),
  list: (value) => (isList(value) ? value : [value]),
  text: (value) =>
    value instanceof Hidden || typeof value === 'number' || typeof value === 'boolean'
      ? Hidden.join(['', toText(value)])
      : value,
  ms: (value) => (typeof value === 'number' ? value * 1000 : value),
  upper: (value) => encode(value, UPPER),
  base64: (value) => encode(value, BASE64),
  urlencode: (value) => encode(value, PERCENT),
  dashes: (value) => encode(value, DASHES),
  // in a key: a member for each item; elsewhere the list itself
  each: (value) => value,
}

/** undefined: an optional placeholder had no value, so the member is left out. */
export function fill(template: Template, source: Source): Value | undefined {
  if (typeof template === 'string') return fillText(template, source)
  if (template === null || typeof template !== 'object') return template
  if (isList(template)) {
    return template.flatMap((item) => {
      const value = fill(item, source)
      return value === undefined ? [] : [value]
    })
  }
  const members: [string, Value][] = []
  for (const [key, item] of Object.entries(template)) {
    for (const name of fillKey(key, source)) {
      const value = fill(item, source)
      if (value !== undefined) members.push([name, value])
    }
  }
  return Object.fromEntries(members)
}

/** `${scopes|each}` in a key makes one member for each item. */
function fillKey(key: string, source: Source): string[] {
  const pieces = parseTemplate(key)
  const each = pieces.find((piece) => typeof piece !== 'string' && piece.filters.includes('each'))
  if (each === undefined || typeof each === 'string') return nameMember(pieces, source)
  const items = fillPlaceholder(each, source) ?? []
  return (isList(items) ? items : [items]).flatMap((item) =>
    nameMember(
      pieces.map((piece) => (piece === each ? toText(item) : piece)),
      source,
    ),
  )
}

function nameMember(pieces: readonly (Piece | Hidden)[], source: Source): string[] {
  const name = joinPieces(pieces, source)
  if (name === undefined) return []
  if (typeof name === 'string') return [name]
  throw new TokenError('field_invalid', `${name}: a secret cannot be the name of anything`, {
    means: 'names are shown wherever a request is shown',
  })
}

function fillText(text: string, source: Source): Value | undefined {
  const pieces = parseTemplate(text)
  const [only] = pieces
  if (pieces.length === 1 && only !== undefined && typeof only !== 'string') {
    return fillPlaceholder(only, source)
  }
  return joinPieces(pieces, source)
}

/**
 * A value inside a URL is percent-encoded, unless it is the base or part of the host: only what
 * stands behind the authority is a segment of the path or a value of the query.
 */
function joinPieces(
  pieces: readonly (Piece | Hidden)[],
  source: Source,
): string | Hidden | undefined {
  const filled: Text[] = []
  let behindHost = false
  for (const [index, piece] of pieces.entries()) {
    if (typeof piece === 'string' || piece instanceof Hidden) {
      filled.push(piece)
      behindHost ||= /[/?#]/.test(index === 0 ? `${piece}`.replace(SCHEME, '') : `${piece}`)
      continue
    }
    const value = fillPlaceholder(piece, source)
    if (value === undefined) return undefined
    const text = toText(value)
    filled.push(behindHost && isUrl(filled[0]) ? encodeText(text, PERCENT) : text)
  }
  // names that hold names can double at every step
  const size = filled.reduce((sum, text) => sum + revealText(text).length, 0)
  if (size <= LARGEST) return Hidden.join(filled)
  throw new TokenError('limit', `a text of more than ${LARGEST} letters`, {
    means: 'values that are made of values have grown beyond what anyone sends',
  })
}

const LARGEST = 32 * 1024 * 1024

const SCHEME = /^https?:\/\//i

function isUrl(start: Text | undefined): boolean {
  return typeof start === 'string' && SCHEME.test(start)
}

function fillPlaceholder(placeholder: Placeholder, source: Source): Value | undefined {
  const value = findValue(placeholder, source)
  if (value === undefined || value === null) {
    return placeholder.optional ? undefined : source.missing(placeholder)
  }
  let filtered: Value = value
  for (const filter of placeholder.filters) filtered = FILTERS[filter](filtered)
  if (source.unknown && placeholder.filters.length > 0 && hasStandIn(filtered)) {
    filtered = source.secrets.standIn(placeholder.text, 'unknown', 'secret')
  }
  // an empty list in a row is no text at all: `scope=` would ask for a scope without a name
  return placeholder.optional && filtered === '' && isList(value) ? undefined : filtered
}

function hasStandIn(value: Value): boolean {
  if (value instanceof Hidden) return value.standsIn
  if (isList(value)) return value.some(hasStandIn)
  return value !== null && typeof value === 'object' && Object.values(value).some(hasStandIn)
}

function findValue(placeholder: Placeholder, source: Source): Value | undefined {
  const { kind, name } = placeholder
  const unknown = source.unknown?.(placeholder)
  if (unknown !== undefined) return unknown
  if (kind === 'now') return source.now + placeholder.plus
  if (kind === 'uuid') return source.uuid()
  if (kind === 'name') return source.name(name.split('.'), placeholder)
  const text = readSource(placeholder, source)
  if (text === undefined || !source.hideSources) return text
  return source.secrets.hide(text, nameOf(placeholder), 'secret')
}

function readSource(placeholder: Placeholder, source: Source): string | undefined {
  const { kind, name, fallback, advice } = placeholder
  if (kind === 'file') return source.file(name, placeholder)
  if (kind === 'command') return source.command(name, placeholder)
  const value = source.env(name, placeholder)
  // as in a shell: the :- and :? forms treat an empty variable as an unset one
  const empty = value === '' && (fallback !== undefined || advice !== undefined)
  return value === undefined || empty ? fallback : value
}

/** What a person would call the secret: the variable, the file's name. */
function nameOf({ kind, name }: Placeholder): string {
  return kind === 'env' ? name : (name.split(/[/\s]/).pop() ?? 'secret')
}

function joinList(value: Value, separator: string): Value {
  return isList(value) ? Hidden.join(separate(value.map(toText), separator)) : value
}

function encode(value: Value, encoding: Encoding): Value {
  if (isList(value)) return value.map((item) => encode(item, encoding))
  return value !== null && typeof value === 'object' && !(value instanceof Hidden)
    ? value
    : encodeText(toText(value), encoding)
}

function encodeText(text: Text, encoding: Encoding): Text {
  if (typeof text === 'string') return encoding.apply(text)
  return encoding === BASE64 ? text.seal(encoding) : text.encode(encoding)
}
