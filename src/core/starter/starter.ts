// What a first profile of a provider says, from the provider's own columns: what is required or has
// an example is written and asked for, the rest stands there as a comment.

import type { Catalog } from '../file/catalog.ts'
import { decideProfile } from '../profile/decision.ts'
import { draftProvider } from '../profile/draft.ts'
import { COMMON_FIELDS, fieldOf, nameChoices } from '../profile/fields.ts'
import { type Columns, type Field, mintedOf, type Provider, type Template } from '../provider.ts'
import { parseTemplate } from '../template/template.ts'
import { isList } from '../template/value.ts'

export interface Wanted {
  /** `user_attributes`, `icn` */
  readonly path: readonly [name: string, ...deeper: string[]]
  readonly field: Field
  /** may be left out */
  readonly optional: boolean
  readonly value: Template
}

export interface StarterProfile {
  readonly name: string
  readonly provider: Provider
  readonly via: string | undefined
  /** undefined: it has none, has only one, or takes that of the profile before it */
  readonly environment: string | undefined
  readonly written: readonly Wanted[]
  readonly commented: readonly Wanted[]
}

/** Of one provider, or of two where the one is called with the token of the other: that comes first. */
export function planStarter(
  catalog: Catalog,
  name: string,
  environment: string | undefined,
): StarterProfile[] {
  const provider = decide(catalog, name, environment)
  const earlierName = findEarlier(catalog, provider)
  const last = planProfile(catalog, name, provider, undefined)
  const said = listEnvironmentNames(provider).length > 1 ? environment : undefined
  if (earlierName === undefined) return [{ ...last, via: undefined, environment: said }]
  const before = decide(catalog, earlierName, environment)
  const first = planProfile(catalog, earlierName, before, provider)
  return [
    { ...first, via: undefined, environment: said },
    { ...last, via: earlierName, environment: undefined },
  ]
}

export function listEnvironmentNames(provider: Provider): string[] {
  return Object.keys(provider.environments ?? {})
}

/** Where nobody says which: never production, unless there is nothing else. */
export function safestEnvironment(provider: Provider): string | undefined {
  const names = listEnvironmentNames(provider)
  return names.find((name) => !/^prod/i.test(name)) ?? names[0]
}

/** As its usual grant and client authentication make it. */
function decide(catalog: Catalog, name: string, environment: string | undefined): Provider {
  const draft = draftProvider(catalog, name)
  return decideProfile(draft, undefined, { environment, overrides: [] }).provider
}

/**
 * Whose token a provider is called with: one that needs no other before it, is on the same hosts,
 * and can say in its assertion what the provider wants to read there.
 */
function findEarlier(catalog: Catalog, provider: Provider): string | undefined {
  const via = provider.limits?.via
  if (!via?.required) return undefined
  const hosts = JSON.stringify(provider.environments ?? {})
  const claims = Object.keys(via.claims ?? {}).map((claim) => claim.split('.')[0] ?? '')
  const [found] = Object.entries(catalog.builtIns).find(
    ([, other]) =>
      other.limits?.via === undefined &&
      JSON.stringify(other.environments ?? {}) === hosts &&
      claims.every((claim) => mintedOf(other.assertion)?.claims[claim] !== undefined),
  ) ?? [undefined]
  return found
}

type Planned = Pick<StarterProfile, 'name' | 'provider' | 'written' | 'commented'>

/** `next` is called with the token of this one. */
function planProfile(
  catalog: Catalog,
  name: string,
  provider: Provider,
  next: Provider | undefined,
): Planned {
  const needed = next === undefined ? [] : listNeeded(provider, next)
  // what the next call needs is asked for by itself
  const asked = next?.call?.needs === undefined ? [] : ['scopes']
  const taken = [...needed.map(({ path }) => path[0]), ...asked]
  const own = Object.entries(provider.fields)
    // made of other fields
    .filter(([, field]) => !(field.secret && field.default !== undefined))
    .map(([field]) => want(provider, field))
  const isWritten = ({ path, field }: Wanted): boolean =>
    !taken.includes(path[0]) && (field.required === true || field.example !== undefined)
  const signing = signsWithKey(provider) && provider.fields.key_path === undefined
  return {
    name,
    provider,
    written: [
      ...own.filter((wanted) => isWritten(wanted) && !wanted.optional),
      ...own.filter((wanted) => isWritten(wanted) && wanted.optional),
      ...needed,
      ...(signing ? [{ ...want(provider, 'key_path'), optional: false }] : []),
    ],
    commented: [
      ...own
        .filter((wanted) => !isWritten(wanted) && !needed.some(isSameField(wanted)))
        .map((wanted) => hintAt(catalog, name, provider, wanted)),
      ...(signing ? [want(provider, 'passphrase')] : []),
    ],
  }
}

function isSameField({ path: [name] }: Wanted): (other: Wanted) => boolean {
  return ({ path }) => path[0] === name
}

/** An object is shown with what another provider would want to read in it. */
function hintAt(catalog: Catalog, name: string, provider: Provider, wanted: Wanted): Wanted {
  if (wanted.field.type !== 'object') return wanted
  const hint = Object.values(catalog.builtIns)
    .filter((other) => findEarlier(catalog, other) === name)
    .flatMap((other) => listNeeded(provider, other))
    .find(isSameField(wanted))
  return hint ? { ...hint, field: { ...hint.field, help: wanted.field.help } } : wanted
}

function signsWithKey({ assertion, client_assertion }: Columns): boolean {
  const signed = mintedOf(assertion ?? client_assertion)
  return signed !== undefined && signed.key === undefined
}

/** What the next provider wants to read in this one's assertion: the fields those claims come from. */
function listNeeded(provider: Provider, next: Provider): Wanted[] {
  return Object.entries(next.limits?.via?.claims ?? {}).flatMap(([claim, rule]) => {
    const [head = '', ...deeper] = claim.split('.')
    const name = lonePlaceholder(mintedOf(provider.assertion)?.claims[head])
    const field = name === undefined ? undefined : fieldOf(provider, name)
    if (name === undefined || field === undefined) return []
    const help = rule.why ?? field.help
    const whole = { ...field, type: 'text', help } as const
    return [
      {
        path: [name, ...deeper] as const,
        field: whole,
        optional: false,
        value: exampleOf(deeper.at(-1) ?? name, whole, provider),
      },
    ]
  })
}

function lonePlaceholder(template: Template | undefined): string | undefined {
  if (typeof template !== 'string') return undefined
  const [piece, ...more] = parseTemplate(template)
  return more.length === 0 && typeof piece === 'object' && piece.kind === 'name'
    ? piece.name
    : undefined
}

function want(provider: Provider, name: string): Wanted {
  const own = fieldOf(provider, name) ?? COMMON_FIELDS[name] ?? { type: 'text', help: name }
  const choices =
    name === 'grant' || name === 'client_auth' ? nameChoices(provider, name) : own.choices
  const field = choices === undefined || choices.length === 0 ? own : { ...own, choices }
  return {
    path: [name],
    field,
    optional: field.required !== true,
    value: exampleOf(name, field, provider),
  }
}

const SAMPLES: Readonly<Partial<Record<Field['type'], Template>>> = {
  url: 'https://id.example.com',
  duration: '5m',
  number: 1,
  boolean: true,
  object: { name: 'value' },
}

/** What stands in the file when nobody answers: it has to be of the right shape. */
function exampleOf(name: string, field: Field, provider: Provider): Template {
  const { type, secret, example, choices } = field
  const text = secret ? `\${env:${name.toUpperCase()}}` : (choices?.[0] ?? 'change-me')
  const preset = example ?? field.default
  const value =
    preset ??
    (secret ? undefined : SAMPLES[type]) ??
    (type === 'path' ? examplePath(provider) : text)
  return type === 'list' && !isList(value) ? [value] : value
}

function examplePath(provider: Provider): string {
  return listEnvironmentNames(provider).length > 1 ? './keys/${environment}.pem' : './key.pem'
}
