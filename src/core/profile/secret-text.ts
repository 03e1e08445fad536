// What the secrets of a profile are made of: every literal and placeholder in a secret place, and in
// the fields that such a place names.

import { isSecretPlace } from '../secret/veil.ts'
import { type Piece, type Placeholder, parseTemplate } from '../template/template.ts'
import { isList } from '../template/value.ts'
import { COMMON_FIELDS, fieldOf, isSecretField } from './fields.ts'
import { isTree, type Path } from './layer.ts'
import { type Profile, writtenValue } from './profile.ts'
import { isField, listAllRoots } from './sources.ts'

export interface SecretPiece {
  readonly piece: Piece
  readonly path: Path
}

export interface Scope {
  isSecret(path: Path): boolean
  /** in a text of several pieces: the field that is named here is no secret */
  isPlain(placeholder: Placeholder): boolean
}

export function listSecretPieces(profile: Profile, scope: Scope): SecretPiece[] {
  const found: SecretPiece[] = []
  const followed = new Set<string>()
  const visit = (path: Path, template: unknown, isSecret: (path: Path) => boolean): void => {
    if (isList(template)) {
      for (const [index, item] of template.entries()) visit([...path, index], item, isSecret)
    } else if (isTree(template)) {
      for (const [name, item] of Object.entries(template)) {
        // a name may be made of something as well
        visitText([...path, name], name, isSecret, true)
        visit([...path, name], item, isSecret)
      }
    } else if (typeof template === 'string') visitText(path, template, isSecret)
    else if (typeof template === 'number' && isSecret(path))
      found.push({ piece: `${template}`, path })
  }
  const visitText = (
    path: Path,
    text: string,
    isSecret: (path: Path) => boolean,
    isName = false,
  ): void => {
    if (!isSecret(path)) return
    const pieces = parseTemplate(text)
    for (const [index, piece] of pieces.entries()) {
      if (typeof piece === 'string') {
        // `Bearer ${…}`: the name of a scheme
        const scheme = index === 0 && pieces.length > 1 && /^[A-Za-z]{1,16} $/.test(piece)
        if (!isName && !scheme && /[\p{L}\p{N}]/u.test(piece)) found.push({ piece, path })
      } else if (pieces.length === 1 || !scope.isPlain(piece)) follow(piece, path)
    }
  }
  const follow = (placeholder: Placeholder, path: Path): void => {
    const [first = ''] = placeholder.name.split('.')
    if (!isField(placeholder)) found.push({ piece: placeholder, path })
    else if (first !== 'environment' && !followed.has(first)) {
      followed.add(first)
      visit([first], writtenValue(profile, first), () => true)
    }
  }
  for (const { path, template, column } of listAllRoots(profile)) {
    const [name = ''] = path
    visit(path, column ? template : writtenValue(profile, `${name}`), scope.isSecret)
  }
  return found
}

/** Literals that are sent as secrets, or that sign: whoever is sent them can use them. */
export function listLiteralSecrets(profile: Profile): Path[] {
  const { provider } = profile
  const pieces = listSecretPieces(profile, {
    isSecret: (path) => isSecretPlace(profile, path),
    isPlain: ({ name }) => {
      const [first = ''] = name.split('.')
      return Object.hasOwn(COMMON_FIELDS, first) && !isSecretField(provider, first)
    },
  })
  return pieces.filter(({ piece }) => typeof piece === 'string').map(({ path }) => path)
}

export function isNoSecret({ provider }: Profile, { kind, name }: Placeholder): boolean {
  const [first = ''] = name.split('.')
  return (
    kind === 'name' && fieldOf(provider, first) !== undefined && !isSecretField(provider, first)
  )
}
