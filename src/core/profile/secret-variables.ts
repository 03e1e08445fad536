// The variables that a profile's keys and secrets come from. Whoever is handed the token has no need of
// them, so `exec` leaves them out of its command's environment.

import { isOutside, type Template } from '../provider.ts'
import { isSecretPlace } from '../secret/veil.ts'
import { listPlaceholders, type Placeholder } from '../template/template.ts'
import type { Path } from './layer.ts'
import { type Profile, writtenValue } from './profile.ts'
import { isNoSecret, listSecretPieces } from './secret-text.ts'
import { traceSources } from './sources.ts'

export function listSecretVariables(profiles: readonly Profile[]): string[] {
  return [...new Set(profiles.flatMap(listOwn))]
}

function listOwn(profile: Profile): string[] {
  const { assertion, client_assertion, call } = profile.provider
  const pieces = listSecretPieces(profile, {
    isSecret: (path) => isSecretPlace(profile, path) && !isPlain(path),
    isPlain: (placeholder) => isNoSecret(profile, placeholder),
  }).map(({ piece }) => piece)
  const outside = [assertion, client_assertion].flatMap((column) =>
    column && isOutside(column) && 'env' in column ? [column.env] : [],
  )
  return [
    ...pieces.flatMap((piece) => (typeof piece === 'string' ? [] : listVariables(piece))),
    ...SENT.flatMap((part) => listSent(part, call?.[part])),
    ...outside,
    ...listUserinfo(profile),
  ]
}

/** What a request takes from the environment is hidden in it, whatever it is called there. */
const SENT = ['params', 'query', 'headers'] as const

function listSent(part: string, template: unknown): string[] {
  return listPlaceholders((template ?? null) as Template, ['call', part]).flatMap(
    ({ placeholder }) => listVariables(placeholder),
  )
}

function listVariables({ kind, name }: Placeholder): string[] {
  return kind === 'env' ? [name] : []
}

/** Hidden, but no secret of the profile: whom the token is about, and what signs in its place. */
function isPlain([name, member]: Path): boolean {
  return name === 'user_attributes' || (name === 'key' && member !== undefined && member !== 'k')
}

/** Of a proxy's address: user and password, and what they are made of. */
function listUserinfo(profile: Profile): string[] {
  const proxy = writtenValue(profile, 'proxy')
  if (typeof proxy !== 'string') return []
  const template = proxy.slice(0, Math.max(0, proxy.lastIndexOf('@')))
  const { leaves } = traceSources(profile, [{ path: ['proxy'], template, column: true }])
  return leaves.flatMap(({ placeholder }) => listVariables(placeholder))
}
