// What may stand in one line: nothing that ends it, and nothing that a terminal obeys or an eye misses.

import type { TokenSet } from '../../call/token.ts'
import { TokenError } from '../../error.ts'
import { escapeLine } from '../../terminal.ts'
import type { Pair } from '../variable.ts'

export function isPlain(text: string): boolean {
  return escapeLine(text) === text && text.isWellFormed()
}

export function requirePlainToken({ token, profile }: TokenSet): string {
  const text = token.reveal()
  if (isPlain(text)) return text
  throw new TokenError('answer_unusable', `the token of ${profile} does not fit on a line`, {
    means: 'it holds a line break or another character that is not seen',
    fix: '--json   (where it is escaped)',
    profile,
  })
}

export function requirePlainUse({ use, profile }: TokenSet): string {
  const text = use.value.reveal()
  if (isPlain(text)) return text
  throw new TokenError('field_invalid', `${profile}: the header would have a line break in it`, {
    means:
      'or another character that is not seen; use.header and use.value say how the token is carried',
    fix: '--json   (where it is escaped)',
    profile,
  })
}

/** A value that a form has no way to write is refused: a changed one would be found out much later. */
export function refuseValue(
  { profile }: TokenSet,
  [name]: Pair,
  reader: string,
  means: string,
): TokenError {
  return new TokenError('answer_unusable', `${name}: ${reader} would not read it as it is`, {
    means,
    fix: '-o token --out FILE   (the token alone)',
    profile,
  })
}
