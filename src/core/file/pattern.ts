// The columns that hold regular expressions: a broken one is a mistake of the profile, found before
// the answer that it was to read.

import { type Path, readPath } from '../profile/layer.ts'
import { isList } from '../template/value.ts'

export function listBrokenPatterns(columns: Readonly<Record<string, unknown>>): Path[] {
  const rows = isList(columns.explain) ? columns.explain : []
  const paths: Path[] = [
    ['answer', 'error_pattern'],
    ['retry', 'renew', 'text'],
    ...rows.flatMap((_, index) =>
      ['text', 'code_pattern', 'url'].map((name) => ['explain', index, name]),
    ),
  ]
  return paths.filter((path) => isBroken(readPath(columns, path)))
}

function isBroken(pattern: unknown): boolean {
  if (typeof pattern !== 'string') return false
  try {
    new RegExp(pattern, 'is')
    return false
  } catch {
    return true
  }
}
