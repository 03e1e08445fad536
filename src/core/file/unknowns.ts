// Placeholders that nobody will be able to fill in, found before anything is filled in.

import { TokenError } from '../error.ts'
import { nearest } from '../nearest.ts'
import { BUILT_IN_NAMES, isSecretPart, SECRET_NAMES } from '../profile/fields.ts'
import { isTree, type Path } from '../profile/layer.ts'
import type { Provider } from '../provider.ts'
import { type Placeholder, parseTemplate } from '../template/template.ts'
import { isList } from '../template/value.ts'
import { allFields } from './profile-schema.ts'
import type { Finding } from './schema.ts'

export function listUnknowns(template: unknown, path: Path, names: readonly string[]): Finding[] {
  if (typeof template === 'string') {
    const secret = path.some((name, index) => isSecret(`${name}`, path[index - 1]))
    return report(checkText(template, names, secret), path, 'value')
  }
  if (isList(template)) {
    return template.flatMap((item, index) =>
      path.at(-1) === 'explain'
        ? lookAtRow(item, [...path, index], names)
        : listUnknowns(item, [...path, index], names),
    )
  }
  if (!isTree(template)) return []
  return Object.entries(template).flatMap(([key, item]) => [
    ...report(key.includes('${') ? checkText(key, names) : undefined, [...path, key], 'key'),
    ...listUnknowns(item, [...path, key], names),
  ])
}

/** A row may name more; what it matches is a pattern, and no template. */
function lookAtRow(row: unknown, path: Path, names: readonly string[]): Finding[] {
  const { means, why, fix } = isTree(row) ? row : {}
  return Object.entries({ means, why, fix }).flatMap(([part, template]) =>
    listUnknowns(template, [...path, part], [...names, 'at', 'profile']),
  )
}

function report(message: string | undefined, path: Path, of: Finding['of']): Finding[] {
  return message === undefined ? [] : [{ path, of, message }]
}

export function namesOf(provider: Provider): string[] {
  const variables = Object.values(provider.environments ?? {}).flatMap((values) =>
    Object.keys(values),
  )
  return [...Object.keys(allFields(provider)), ...variables, ...BUILT_IN_NAMES]
}

function isSecret(name: string, above: string | number | undefined): boolean {
  const part = ['params', 'query', 'headers'].includes(`${above}`)
  return part ? isSecretPart(name) : name !== 'assertion' && SECRET_NAMES.test(name)
}

/** What stands in a secret field may be a part of the secret: it is not repeated. */
function checkText(text: string, names: readonly string[], secret = false): string | undefined {
  try {
    const unknown = parseTemplate(text).find(
      (piece): piece is Placeholder =>
        typeof piece !== 'string' &&
        piece.kind === 'name' &&
        !names.includes(piece.name.split('.')[0] ?? ''),
    )
    if (unknown === undefined) return undefined
    const close = nearest(unknown.name, names)
    return `nobody knows ${secret ? 'the name in it' : unknown.text}${close === undefined ? '' : `; did you mean \${${close}}?`}`
  } catch (error) {
    if (!(error instanceof TokenError)) throw error
    return secret && error.code === 'placeholder_unknown'
      ? 'holds a ${ that begins no placeholder: ${env:NAME}, ${file:path}; write $${ for a literal ${'
      : `${error.message}: ${error.details.means}`
  }
}
