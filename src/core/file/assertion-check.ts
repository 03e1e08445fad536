// Where an assertion comes from, as a file says it. What stands in one place is judged here; what is put
// together from several is judged when it is.

import { TokenError } from '../error.ts'
import { findConflict } from '../profile/assertion-source.ts'
import { isTree, type Path } from '../profile/layer.ts'
import { splitTemplate } from '../template/template.ts'
import type { Finding } from './schema.ts'

export function listSourceMistakes(raw: Readonly<Record<string, unknown>>, path: Path): Finding[] {
  return ['assertion', 'client_assertion'].flatMap((column) => {
    const assertion = raw[column]
    if (!isTree(assertion)) return []
    const at = [...path, column]
    const conflict = findConflict(assertion)
    return [
      ...(conflict
        ? [{ path: [...at, conflict.member], of: 'key' as const, message: conflict.message }]
        : []),
      ...(typeof assertion.command === 'string' ? listWordMistakes(assertion.command, at) : []),
    ]
  })
}

function listWordMistakes(line: string, path: Path): Finding[] {
  try {
    splitTemplate(line)
    return []
  } catch (error) {
    if (!(error instanceof TokenError)) throw error
    // a placeholder that is none is told with all the others
    if (error.code === 'placeholder_unknown') return []
    const message = `${error.message}: ${error.details.means}`
    return [{ path: [...path, 'command'], of: 'value', message }]
  }
}
