// What is wrong in a file, each thing with its place. A file is told all its mistakes at once.

import { TokenError } from '../error.ts'
import { escapeJson } from '../terminal.ts'
import type { Place } from './document.ts'

export interface Mistake {
  readonly place: Place
  /** what it is about; empty where the file could not be read that far */
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly fix?: string
}

/** A file of the wrong sort has a mistake on every line: nobody reads more than these. */
const MOST = 20

export function fileInvalid(mistakes: readonly Mistake[]): TokenError {
  const sorted = [...mistakes].sort(compare)
  const lines = [...new Set(sorted.map(showMistake))]
  const fixes = [...new Set(sorted.flatMap(({ fix }) => fix ?? []))].slice(0, MOST)
  const fix = { fix: fixes.length === 0 ? [showWork(sorted)] : fixes }
  const [only, ...others] = lines
  if (only !== undefined && others.length === 0) return new TokenError('file_invalid', only, fix)
  const files = [...new Set(sorted.map(({ place }) => place.file))]
  const means =
    lines.length > MOST ? [...lines.slice(0, MOST), `and ${lines.length - MOST} more`] : lines
  return new TokenError(
    'file_invalid',
    `${files.join(' and ')} ${files.length === 1 ? 'has' : 'have'} ${lines.length} mistakes`,
    { means, ...fix },
  )
}

/** `tokentool.yaml:9:9 profiles.va.scopess: no such field; did you mean scopes?` */
export function showMistake(mistake: Mistake): string {
  const path = showPath(mistake.path)
  return `${showPlace(mistake.place)} ${path === '' ? '' : `${path}: `}${mistake.message}`
}

export function showPlace(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`
}

function showWork(mistakes: readonly Mistake[]): string {
  const [first, ...others] = [
    ...new Set(mistakes.map(({ place }) => `line ${place.line} of ${place.file}`)),
  ]
  return `mend ${others.length === 0 ? first : 'those lines'}`
}

/** As `-s` takes it: `profiles.va.claims["https://x.y/z"]`, `scopes[0]`. */
export function showPath(path: readonly (string | number)[]): string {
  let shown = ''
  for (const part of path) {
    if (typeof part === 'number') shown += `[${part}]`
    else if (/^[A-Za-z_][\w-]{0,63}$/.test(part)) shown += shown === '' ? part : `.${part}`
    else shown += `[${quoteName(part)}]`
  }
  return shown
}

// A name in a file is anyone's text: nothing in it may steer the terminal.
function quoteName(name: string): string {
  return escapeJson(JSON.stringify(name.length > 64 ? `${name.slice(0, 63)}…` : name))
}

function compare(one: Mistake, other: Mistake): number {
  const a = one.place
  const b = other.place
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.line - b.line || a.column - b.column
}
