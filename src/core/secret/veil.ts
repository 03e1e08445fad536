// What of a profile's own words may be shown. A placeholder is no secret, whatever it will hold; a
// literal in a secret's place is one, and so is the default behind a variable.

import { isSecretField, SECRET_NAMES, SECRET_PARTS } from '../profile/fields.ts'
import { isTree, type Path, readPath } from '../profile/layer.ts'
import { COLUMN_NAMES, type Profile } from '../profile/profile.ts'
import type { Template } from '../provider.ts'
import { type Placeholder, parseTemplate } from '../template/template.ts'
import { isList } from '../template/value.ts'

export const MARK = '«hidden»'

/** As it is written, with a mark for each literal secret. */
export function veilTemplate(profile: Profile, path: Path, template: Template): Template {
  if (isList(template)) return template.map((item) => veilTemplate(profile, path, item as Template))
  if (isTree(template)) {
    return Object.fromEntries(
      Object.entries(template).map(([name, item]) => [
        name,
        veilTemplate(profile, [...path, name], item as Template),
      ]),
    )
  }
  const secret = isSecretPlace(profile, path)
  if (typeof template === 'string') {
    return hideUserinfo(
      veilText(template, { literal: secret, fallback: secret || isPart(path) }),
      path,
    )
  }
  return secret && typeof template === 'number' ? MARK : template
}

/** Of a JWK: what makes it a private key. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'priv']

/** Where the file holds a secret that belongs into a variable; what is about a user is data. */
export function listLiterals(profile: Profile): Path[] {
  const { layers } = profile
  const found: Path[] = []
  const visit = (path: Path, template: Template): void => {
    const rest = path[0] === 'environments' ? path.slice(2) : path
    const [name, member] = rest
    if (name === 'user_attributes') return
    if (name === 'key' && member !== undefined && !PRIVATE_MEMBERS.includes(`${member}`)) return
    if (isTree(template)) {
      for (const [key, item] of Object.entries(template)) visit([...path, key], item as Template)
    } else if (name !== undefined && layers.originOf(path)?.kind === 'file') {
      // a password in any other address is a mistake of its own, which no variable mends
      const own = name === 'proxy' || isPart(rest) || isSecretPlace(profile, rest)
      const shown = veilTemplate(profile, rest, template)
      if (own && JSON.stringify(shown) !== JSON.stringify(template)) found.push(path)
    }
  }
  for (const [name, value] of Object.entries(layers.value)) visit([name], value as Template)
  return found
}

export function isSecretPlace(profile: Profile, path: Path): boolean {
  const { provider } = profile
  const [column = '', ...rest] = path.map(String)
  // who signs is no secret, with what it signs is not in the file
  if (column === 'key' && rest[0] === 'signer') return false
  if (!COLUMN_NAMES.some((name) => name === column)) {
    return isSecretField(provider, column) || (column === 'tls' && rest[0] === 'passphrase')
  }
  const part = partOf(path)
  if (part !== undefined) return SECRET_PARTS.test(part) && !/[_-](type|id|url|uri)$/i.test(part)
  const [last = ''] = rest.slice(-1)
  const at = path.lastIndexOf('fields')
  // a field that the profile declares itself
  if (at >= 0 && (last === 'default' || last === 'example')) {
    const declared = readPath(profile.layers.value, path.slice(0, at + 2))
    const name = `${path[at + 1]}`
    return (isTree(declared) && declared.secret === true) || isSecretField(provider, name)
  }
  if (last === 'key' && /assertion$/.test(`${path.at(-2)}`)) return true
  return (path.includes('claims') || path.includes('header')) && SECRET_NAMES.test(last)
}

/** The name of the parameter or header that a path in a column belongs to. */
function partOf(path: Path): string | undefined {
  const at = path.findIndex((name) => name === 'params' || name === 'headers' || name === 'query')
  const part = at < 1 ? undefined : path[at + 1]
  return part === undefined ? undefined : `${part}`
}

function isPart(path: Path): boolean {
  return partOf(path) !== undefined
}

function veilText(text: string, secret: { literal: boolean; fallback: boolean }): string {
  if (!secret.literal && !secret.fallback) return text
  const pieces = parseTemplate(text)
  const alone = pieces.length === 1
  return pieces
    .map((piece, index) => {
      if (typeof piece !== 'string') return secret.fallback ? veilFallback(piece) : piece.text
      const plain = piece.replaceAll('${', () => '$${')
      if (!secret.literal || !/[\p{L}\p{N}]/u.test(piece)) return plain
      // `Bearer ${…}`: the name of a scheme
      return index === 0 && !alone && /^[A-Za-z]{1,16} $/.test(piece) ? plain : MARK
    })
    .join('')
}

function veilFallback({ text, kind, fallback }: Placeholder): string {
  if (kind !== 'env' || fallback === undefined || fallback === '') return text
  const at = text.indexOf(':-') + 2
  return `${text.slice(0, at)}${MARK}${text.slice(at + fallback.length)}`
}

/** `http://user:password@host`; in a proxy's address a slash may have been left unescaped. */
function hideUserinfo(text: string, path: Path): string {
  const pattern = path[0] === 'proxy' ? /(\/\/)(.*)@/g : /(\/\/)([^\s/?#]*)@/g
  return text.replace(pattern, (whole, slashes: string, info: string) =>
    /[\p{L}\p{N}]/u.test(info.replace(/\$\{[^}]*\}/g, '')) ? `${slashes}${MARK}@` : whole,
  )
}
