// Every value of a profile with where it came from, for `profile show`. Nothing is read and nothing
// is sent: what a variable or a file would give stays what it is, a placeholder.

import { askForNeeds } from '../call/line.ts'
import type { Tools } from '../call/tools.ts'
import { TokenError } from '../error.ts'
import { showPath } from '../file/mistake.ts'
import type { Template } from '../provider.ts'
import { isSecretPlace, veilTemplate } from '../secret/veil.ts'
import { listPlaceholders } from '../template/template.ts'
import { reveal } from '../template/value.ts'
import { Values } from '../template/values.ts'
import { isTree, type Origin, type Path } from './layer.ts'
import { COLUMN_NAMES, originOf, type Profile, writtenValue } from './profile.ts'
import { isOpen } from './sources.ts'

export type From =
  | {
      readonly kind: 'file'
      /** the absolute real path */
      readonly file: string
      /** as people are told it */
      readonly shown: string
      readonly line: number
      readonly column: number
    }
  | { readonly kind: 'flag'; readonly flag: string }
  | { readonly kind: 'variable'; readonly variable: string }
  | { readonly kind: 'handed on'; readonly profile: string }
  | { readonly kind: 'provider'; readonly provider: string; readonly environment?: string }

export interface Row {
  readonly path: string
  /** as it is written, literal secrets hidden */
  readonly written: Template
  /** what that comes to; null where only a variable, a file, the key or a call would tell */
  readonly value: unknown
  readonly from: From
}

export interface Inventory {
  readonly profile: string
  readonly provider: string
  readonly environment: string | undefined
  readonly rows: readonly Row[]
}

/** `chosen`: what named the environment for the whole chain, if anything did. */
export function listInventory(
  profiles: readonly Profile[],
  chosen: From | undefined,
  tools: Tools,
): Inventory[] {
  for (const [index, profile] of profiles.entries()) {
    const before = profiles[index - 1]
    if (before) passOnNeeds(profile, before, tools)
  }
  return profiles.map((profile, index) => ({
    profile: profile.name,
    provider: profile.providerName,
    environment: profile.environment,
    rows: [
      ...listDecisions(profile, profiles[index - 1], chosen),
      ...listValues(profile, new Values(profile, { now: 0, via: undefined }, tools)),
    ],
  }))
}

/** As before a call; but an address that only a variable tells stays a template. */
function passOnNeeds(profile: Profile, before: Profile, tools: Tools): void {
  const needs = profile.provider.call?.needs
  if (needs === undefined || writtenValue(before, 'scopes') !== undefined) return
  if (isOpen(profile, { path: ['call', 'needs'], template: needs })) {
    askForNeeds(profile, before, tools)
  } else before.layers.set(['scopes'], needs, { kind: 'handed on', profile: profile.name })
}

/** Provider, environment and via: what the flags and the chain decide. */
function listDecisions(
  profile: Profile,
  before: Profile | undefined,
  chosen: From | undefined,
): Row[] {
  const { layers, providerName, environment, entry } = profile
  const plain = (path: string, value: string, from: From): Row => ({
    path,
    written: value,
    value,
    from,
  })
  const rows = [
    plain(
      'provider',
      providerName,
      entry === undefined
        ? { kind: 'flag', flag: before ? '--then' : '--provider' }
        : describeOrigin(originOf(profile, ['provider'])),
    ),
  ]
  if (environment !== undefined) {
    rows.push(
      plain('environment', environment, chosen ?? findEnvironment(profile, before, environment)),
    )
  }
  if (before) {
    const { via } = layers.value
    const own = via === before.name || isTree(via)
    rows.push(
      plain(
        'via',
        before.name,
        own ? describeOrigin(originOf(profile, ['via'])) : { kind: 'flag', flag: '--then' },
      ),
    )
  }
  return rows
}

function findEnvironment(profile: Profile, before: Profile | undefined, name: string): From {
  if (typeof profile.layers.value.environment === 'string') {
    return describeOrigin(originOf(profile, ['environment']))
  }
  if (before?.environment === name) return { kind: 'handed on', profile: before.name }
  const own = profile.layers.originOf(['environments', name])
  if (own && isTree(profile.layers.value.environments)) return describeOrigin(own)
  return { kind: 'provider', provider: profile.providerName }
}

const DECIDED = ['provider', 'environment', 'environments', 'via']

function listValues(profile: Profile, values: Values): Row[] {
  const { layers, provider, environment } = profile
  const said = Object.keys(layers.value).filter(
    (name) => !DECIDED.includes(name) && !(name === 'description' && layers.value[name] === null),
  )
  const known = environment === undefined ? {} : (provider.environments?.[environment] ?? {})
  const given = [...new Set([...Object.keys(known), ...Object.keys(provider.fields)])].filter(
    (name) => layers.value[name] === undefined && writtenValue(profile, name) !== undefined,
  )
  const names = [
    ...said.filter((name) => !isColumn(name)),
    ...given,
    // what is laid over the provider, after what is said to it
    ...said.filter(isColumn),
  ]
  return names.flatMap((name) =>
    flatten([name], (layers.value[name] ?? writtenValue(profile, name) ?? null) as Template).map(
      ({ path, template }) => ({
        path: showPath(path),
        written: veilTemplate(profile, path, template),
        value: findValue(profile, path, template, values),
        from: describeOrigin(originOf(profile, path)),
      }),
    ),
  )
}

function isColumn(name: string): boolean {
  return COLUMN_NAMES.some((column) => column === name)
}

/** Members of objects one by one; a list is one value. */
function flatten(path: Path, template: Template): { path: Path; template: Template }[] {
  if (!isTree(template) || Object.keys(template).length === 0) return [{ path, template }]
  return Object.entries(template).flatMap(([name, item]) =>
    flatten([...path, name], item as Template),
  )
}

function findValue(profile: Profile, path: Path, template: Template, values: Values): unknown {
  const veiled = veilTemplate(profile, path, template)
  const bare = listPlaceholders(template).length === 0
  if (JSON.stringify(veiled) !== JSON.stringify(template)) return bare ? veiled : null
  if (bare && isSecretPlace(profile, path)) return template
  if (!isOpen(profile, { path, template }) || isSecretPlace(profile, path)) return null
  const [name] = path
  const whole = path.length === 1 && typeof name === 'string'
  try {
    const value = whole ? values.field(name) : values.fill(template)
    return value === undefined ? null : reveal(value)
  } catch (error) {
    // a value that does not fit is shown as it is written; `doctor` and `get` say what is wrong
    if (error instanceof TokenError && error.class === 'config') return null
    throw error
  }
}

function describeOrigin(origin: Origin): From {
  if (origin.kind === 'handed on') return { kind: 'handed on', profile: origin.profile }
  if (origin.kind !== 'file') return origin
  const { file: shown, line, column } = origin.document.place(origin.path)
  return { kind: 'file', file: origin.document.file, shown, line, column }
}
