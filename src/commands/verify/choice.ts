// Which token of the input is judged. One verdict is for one token: of several, whoever reads it would
// take the others for verified as well.

import { TokenError } from '../../core/error.ts'
import type { Found } from '../../core/jwt/token.ts'
import { nearest } from '../../core/nearest.ts'
import { escapeLine } from '../../core/terminal.ts'

export interface Choice {
  readonly found: Found
  /** what stood beside it and is not judged, a line each */
  readonly ignored: readonly string[]
}

export function chooseToken(all: readonly [Found, ...Found[]], field: string | undefined): Choice {
  const named = field === undefined ? all : all.filter((one) => one.field === field)
  const readable = named.filter(({ token }) => token.kind !== 'opaque')
  const [first = named[0], ...more] = readable
  if (first === undefined) throw refuseField(all, `${field}`)
  if (more.length > 0) throw refuseSeveral(readable, field)
  const others = field === undefined ? all.filter((one) => one !== first) : []
  return { found: first, ignored: others.slice(0, MOST).map(describeIgnored) }
}

const MOST = 8

function describeIgnored({ from, token }: Found): string {
  const name = token.kind === 'opaque' ? token.name : 'another token'
  return `not judged: ${escapeLine(from)}, ${name}`
}

function refuseSeveral(found: readonly Found[], field: string | undefined): TokenError {
  const names = listNames(found)
  const distinct = new Set(names).size === found.length
  const shown = names.slice(0, MOST)
  const message =
    field === undefined
      ? `there are ${found.length} tokens in the input, and a verdict is for one`
      : `--field ${escapeLine(field)}: ${found.length} tokens in the input are called so`
  return new TokenError('usage', message, {
    means: distinct
      ? `they are ${names.slice(0, MOST).join(', ')}${names.length > MOST ? ' and more' : ''}`
      : 'not all of them have a name of their own to choose them by: give the one that is meant',
    fix: distinct
      ? shown.map((name) => `tokentool verify … --field ${name}`)
      : ['tokentool decode --all …   (shows them)', 'tokentool verify … @token.txt'],
  })
}

function refuseField(all: readonly Found[], field: string): TokenError {
  const names = listNames(all)
  const close = nearest(field, names)
  return new TokenError('usage', `--field ${escapeLine(field)}: there is no such token`, {
    means:
      names.length === 0
        ? 'what is in the input has no name'
        : close === undefined
          ? `there are ${names.slice(0, MOST).join(', ')}`
          : `did you mean ${close}?`,
  })
}

function listNames(found: readonly Found[]): string[] {
  return found.flatMap(({ field }) => (field === undefined ? [] : [escapeLine(field)]))
}
