// The variables that a profile's keys and secrets come from. Whoever is handed the token has no need of
// them, so `exec` leaves them out of its command's environment.

import { isOutside, type Template } from '../provider.ts'
import { isSecretPlace } from '../secret/veil.ts'
import { listPlaceholders, type Placeholder, parseTemplate } from '../template/template.ts'
import { BUILT_IN_NAMES, fieldOf, isSecretField } from './fields.ts'
import { type Path, readPath } from './layer.ts'
import { type Profile, writtenValue } from './profile.ts'

export function listSecretVariables(profiles: readonly Profile[]): string[] {
  return [...new Set(profiles.flatMap(listOwn))]
}

function listOwn(profile: Profile): string[] {
  const { assertion, client_assertion, call, use } = profile.provider
  const found: string[] = []
  const seen = new Set<string>()
  const follow = ({ kind, name }: Placeholder): void => {
    if (kind === 'env') found.push(name)
    const [first = ''] = name.split('.')
    if (kind !== 'name' || seen.has(first) || isMade(first)) return
    seen.add(first)
    visit(first, writtenValue(profile, first), () => true)
  }
  const visit = (
    name: string,
    template: unknown,
    isSecret: (path: Path) => boolean = (path) => isSecretPlace(profile, path) && !isPlain(path),
  ): void => {
    for (const { placeholder, path } of listPlaceholders((template ?? null) as Template, [name])) {
      if (!isSecret(path)) continue
      // `${client_id}:${client_secret}`: one of the two is no secret
      const alone = readPath({ [name]: template }, path) === placeholder.text
      if (alone || !isNoSecret(profile, placeholder)) follow(placeholder)
    }
  }
  for (const name of listFields(profile)) visit(name, writtenValue(profile, name))
  for (const [name, column] of Object.entries({ assertion, client_assertion, call, use })) {
    visit(name, column)
  }
  for (const column of [assertion, client_assertion]) {
    if (column && isOutside(column) && 'env' in column) found.push(column.env)
  }
  const proxy = writtenValue(profile, 'proxy')
  if (typeof proxy === 'string') for (const one of listUserinfo(proxy)) follow(one)
  return found
}

function listFields({ provider, layers, environment }: Profile): string[] {
  const variables = environment === undefined ? undefined : provider.environments?.[environment]
  const sources = [layers.value, provider.fields, variables ?? {}]
  // what is said of other environments is not used
  return [...new Set(sources.flatMap(Object.keys))].filter((name) => name !== 'environments')
}

/** Asked of the key, the token before, the clock: no field stands for it. */
function isMade(name: string): boolean {
  return name !== 'key' && BUILT_IN_NAMES.includes(name)
}

function isNoSecret({ provider }: Profile, { kind, name }: Placeholder): boolean {
  const [first = ''] = name.split('.')
  return (
    kind === 'name' && fieldOf(provider, first) !== undefined && !isSecretField(provider, first)
  )
}

/** Hidden, but no secret of the profile: whom the token is about, and what signs in its place. */
function isPlain([name, member]: Path): boolean {
  return name === 'user_attributes' || (name === 'key' && member !== undefined && member !== 'k')
}

function listUserinfo(url: string): Placeholder[] {
  const end = url.lastIndexOf('@')
  return parseTemplate(url.slice(0, Math.max(0, end))).filter((piece) => typeof piece !== 'string')
}
