// How large a profile file may be: the YAML parser takes seconds for what is ten times as large.

import { TokenError } from '../error.ts'

export const LARGEST = 256 * 1024

export function tooLarge(shown: string): TokenError {
  return new TokenError('file_invalid', `${shown} is larger than ${LARGEST / 1024} KiB`, {
    means: 'a profile file is a few pages at most; is it the right one?',
  })
}
