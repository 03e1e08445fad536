// The ${…} language, whole: names, env, file, command, now, uuid, defaults and filters. No
// conditions, no loops, no scripts. Here it is taken apart; filling.ts puts values in.

import { TokenError } from '../error.ts'
import type { Template } from '../provider.ts'
import { splitWords } from './command-words.ts'
import { isList } from './value.ts'

export const FILTER_NAMES = [
  'space',
  'comma',
  'list',
  'text',
  'ms',
  'upper',
  'base64',
  'urlencode',
  'dashes',
  'each',
] as const

export type Filter = (typeof FILTER_NAMES)[number]

export interface Placeholder {
  /** as written, for messages */
  readonly text: string
  readonly kind: 'name' | 'env' | 'file' | 'command' | 'now' | 'uuid'
  /** a dotted name; a variable; a path; a command line */
  readonly name: string
  /** ${now+300} */
  readonly plus: number
  readonly fallback: string | undefined
  /** ${env:NAME:?what to do} */
  readonly advice: string | undefined
  readonly optional: boolean
  readonly filters: readonly Filter[]
}

export type Piece = string | Placeholder

export function isFilter(name: string): name is Filter {
  return FILTER_NAMES.some((known) => known === name)
}

/** Throws placeholder_unknown for what is no placeholder at all: `${}`, `${a b}`, no `}`. */
export function parseTemplate(text: string): Piece[] {
  const pieces: Piece[] = []
  let literal = ''
  let at = 0
  while (at < text.length) {
    const next = text.indexOf('$', at)
    if (next < 0) break
    literal += text.slice(at, next)
    at = next
    if (text.startsWith('$${', at)) {
      literal += '${'
      at += 3
    } else if (text.startsWith('${', at)) {
      const end = findEnd(text, at + 2)
      if (end === undefined) throw malformed(text.slice(at, at + 40), 'the closing } is missing')
      if (literal !== '') pieces.push(literal)
      literal = ''
      pieces.push(parsePlaceholder(text.slice(at, end + 1)))
      at = end + 1
    } else {
      literal += '$'
      at++
    }
  }
  literal += text.slice(at)
  if (literal !== '') pieces.push(literal)
  return pieces
}

/** Braces inside are counted, so a default may be JSON; a lone } in it cannot be written. */
function findEnd(text: string, from: number): number | undefined {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    if (text[at] === '{') depth++
    else if (text[at] === '}' && depth-- === 0) return at
  }
  return undefined
}

const NAME = /^[A-Za-z_][\w-]*(\.[\w-]+)*$/

function parsePlaceholder(text: string): Placeholder {
  let inner = text.slice(2, -1)
  const filters: Filter[] = []
  let optional = false
  const isCommand = inner.startsWith('command:')
  for (;;) {
    const match = isCommand ? null : /^(.*)\|(\w+)(\??)$/s.exec(inner)
    const [, rest, filter, mark] = match ?? []
    if (rest === undefined || filter === undefined || !isFilter(filter)) break
    filters.unshift(filter)
    if (mark === '?') optional = true
    inner = rest
  }
  const base = { text, plus: 0, fallback: undefined, advice: undefined, filters }
  if (inner.startsWith('env:')) return { ...base, ...parseVariable(text, inner, optional) }
  if (inner.startsWith('file:')) return { ...base, kind: 'file', name: inner.slice(5), optional }
  if (isCommand) {
    const name = inner.slice(8).trim()
    splitWords(name)
    return { ...base, kind: 'command', name, optional }
  }
  if (inner.endsWith('?')) {
    optional = true
    inner = inner.slice(0, -1)
  }
  const time = /^now(?:([+-])(\d{1,12}))?$/.exec(inner)
  if (time) {
    const plus = Number(time[2] ?? 0) * (time[1] === '-' ? -1 : 1)
    return { ...base, kind: 'now', name: 'now', plus, optional }
  }
  if (inner === 'uuid') return { ...base, kind: 'uuid', name: 'uuid', optional }
  if (!NAME.test(inner)) throw malformed(text, describeMalformed(inner))
  return { ...base, kind: 'name', name: inner, optional }
}

function parseVariable(
  text: string,
  inner: string,
  optional: boolean,
): Pick<Placeholder, 'kind' | 'name' | 'fallback' | 'advice' | 'optional'> {
  const match = /^env:([A-Za-z_]\w*)(?::-(.*)|:\?(.*)|(\?))?$/s.exec(inner)
  if (!match) {
    const filter = /^env:\w+\|/.test(inner)
    throw malformed(
      text,
      filter
        ? describeMalformed(inner)
        : 'a variable is written ${env:NAME} or ${env:NAME:-default}',
    )
  }
  const [, name = '', fallback, advice, mark] = match
  if (`${fallback}${advice}`.includes('${')) {
    throw malformed(text, 'a default is plain text: there is no placeholder inside a placeholder')
  }
  return { kind: 'env', name, fallback, advice, optional: optional || mark === '?' }
}

function describeMalformed(inner: string): string {
  const filter = /\|([^|]*)$/.exec(inner)
  if (filter) return `there is no filter |${filter[1]}; there are ${FILTER_NAMES.join(' ')}`
  return 'a placeholder is ${name}, ${env:NAME}, ${file:path}, ${now}, ${uuid}; write $${ for a literal ${'
}

function malformed(text: string, means: string): TokenError {
  return new TokenError('placeholder_unknown', `${text} is no placeholder`, { means })
}

/** Every placeholder in a template, with the path of the text it stands in. */
export function listPlaceholders(
  template: Template,
  path: readonly (string | number)[] = [],
): { placeholder: Placeholder; path: readonly (string | number)[] }[] {
  if (typeof template === 'string') {
    return parseTemplate(template).flatMap((placeholder) =>
      typeof placeholder === 'string' ? [] : [{ placeholder, path }],
    )
  }
  if (template === null || typeof template !== 'object') return []
  if (isList(template)) {
    return template.flatMap((item, index) => listPlaceholders(item, [...path, index]))
  }
  return Object.entries(template).flatMap(([key, item]) => [
    ...listPlaceholders(key, [...path, key]),
    ...listPlaceholders(item, [...path, key]),
  ])
}

/** For private use, so in no command. */
const MARK = '\ue000'

/**
 * The words of a command with placeholders in it, each word a template. What a placeholder gives belongs
 * to the word it stands in, whatever it holds.
 */
export function splitTemplate(line: string): string[] {
  const texts: string[] = []
  const marked = parseTemplate(line).map((piece) => {
    if (typeof piece === 'string') return piece
    texts.push(piece.text)
    return MARK
  })
  return splitWords(marked.join('')).map((word) =>
    word.replaceAll('${', () => '$${').replaceAll(MARK, () => texts.shift() ?? ''),
  )
}
