// A file that `tls` names, read as carefully as what is in it deserves.

import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { TokenError } from '../../core/error.ts'
import { judgeAccess } from '../key/open/key-file.ts'

export type Warn = (text: string) => void

const LARGEST_FILE = 1024 * 1024

/** `warn`: it is a secret, so who else may read or write it matters. */
export function readTlsFile(field: string, path: string, warn?: Warn): Buffer {
  const code = warn ? 'key_unreadable' : 'tls_invalid'
  const refuse = (problem: string): TokenError =>
    new TokenError(code, `tls.${field} ${problem}: ${path}`)
  let file: number | undefined
  try {
    // a pipe nobody writes to would hold an ordinary open for ever
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    // what was opened is what is judged, whatever has become of the path since
    const found = fstatSync(file)
    if (!found.isFile()) throw refuse('is not a file')
    if (found.size > LARGEST_FILE) throw refuse('is larger than 1 MiB')
    const warnings = warn ? judgeAccess(found, path, `tls.${field}`, path) : []
    for (const text of warnings) warn?.(text)
    return readFileSync(file)
  } catch (error) {
    if (error instanceof TokenError) throw error
    const reason = (error as NodeJS.ErrnoException).code
    if (reason === 'ENOENT' || reason === 'ENOTDIR') throw refuse('names a file that is not there')
    throw refuse('names a file that cannot be read')
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
