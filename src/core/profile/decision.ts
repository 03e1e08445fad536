// From a draft to a profile: its environment, the overrides, grant and client authentication, and the
// provider with all of that laid over it.

import { TokenError } from '../error.ts'
import { type Assertion, isOutside, type Provider } from '../provider.ts'
import { layColumns, readOwnAssertion } from './assertion-source.ts'
import type { Draft } from './draft.ts'
import { chooseEnvironment, listEnvironments } from './environment.ts'
import { fieldOf, nameChoices, releaseFields } from './fields.ts'
import { applyPatch, isTree, type Path, readPath } from './layer.ts'
import { COLUMN_NAMES, type Profile } from './profile.ts'

export interface Decisions {
  /** -e, for the whole chain */
  readonly environment: string | undefined
  readonly overrides: readonly { path: Path; value: unknown; flag: string }[]
}

export function decideProfile(
  draft: Draft,
  before: Profile | undefined,
  decisions: Decisions,
): Profile {
  const { layers } = draft
  for (const { path, value, flag } of decisions.overrides) {
    if (path[0] === 'environment') layers.set(path, value, { kind: 'flag', flag })
  }
  const environments = listEnvironments(draft)
  const environment = chooseEnvironment(draft, environments, before, decisions.environment)
  const own =
    environment === undefined ? undefined : readPath(layers.value, ['environments', environment])
  if (environment !== undefined && isTree(own)) {
    layers.lay(own, (path) => {
      const origin = layers.originOf(['environments', environment, ...path])
      return origin ?? { kind: 'provider', provider: draft.providerName }
    })
  }
  for (const { path, value, flag } of decisions.overrides)
    layers.set(path, value, { kind: 'flag', flag })
  if (before) handOnBase(draft, before, environment)
  const said = decisions.environment ?? layers.value.environment
  const takesOver = environment !== undefined && said === undefined && environments.length !== 1
  return {
    name: draft.name,
    entry: draft.entry,
    providerName: draft.providerName,
    provider: decideProvider(draft),
    home: draft.home,
    environment,
    environments,
    layers,
    ...(takesOver && before && { environmentOf: before }),
  }
}

/**
 * A hop hands on its base_url, so that a whole chain can be turned to another host by one profile.
 * Where the next provider has a host of its own that the earlier one does not share, it keeps it.
 */
function handOnBase(draft: Draft, before: Profile, environment: string | undefined): void {
  if (draft.layers.value.base_url !== undefined) return
  const hostOf = (provider: Provider): unknown =>
    (environment === undefined ? undefined : provider.environments?.[environment]?.base_url) ??
    fieldOf(provider, 'base_url')?.default
  const theirs = before.layers.value.base_url ?? hostOf(before.provider)
  const ours = hostOf(draft.provider)
  const shared = ours === undefined || ours === hostOf(before.provider)
  if (theirs === undefined || !shared || theirs === ours) return
  draft.layers.set(['base_url'], theirs, { kind: 'handed on', profile: before.name, from: before })
}

function decideProvider(draft: Draft): Provider {
  const own: Readonly<Record<string, unknown>> = {
    ...draft.layers.value,
    assertion: readOwnAssertion(draft, 'assertion'),
    client_assertion: readOwnAssertion(draft, 'client_assertion'),
  }
  const columns = Object.fromEntries(
    COLUMN_NAMES.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])),
  )
  const { auths, grants } = columns
  let provider = layColumns(draft.provider, {
    ...(auths !== undefined && { auths }),
    ...(grants !== undefined && { grants }),
  }) as Provider
  for (const choice of ['grant', 'client_auth'] as const) {
    const names = nameChoices(provider, choice)
    const wanted = own[choice] ?? fieldOf(provider, choice)?.default
    if (wanted === undefined || wanted === null) continue
    if (typeof wanted !== 'string' || !names.includes(wanted)) {
      throw new TokenError(
        'field_invalid',
        `${draft.name}: ${draft.providerName} knows no ${choice} ${JSON.stringify(wanted)}`,
        {
          means:
            names.length === 0 ? `it has no choice of ${choice}` : `it knows ${names.join(', ')}`,
        },
      )
    }
    const overlays = choice === 'grant' ? provider.grants : provider.auths
    provider = layColumns(provider, overlays?.[wanted]) as Provider
  }
  for (const path of draft.layers.cuts) provider = applyPatch(provider, cut(path)) as Provider
  return completeColumns(layColumns(provider, columns) as Partial<Provider>)
}

/** null may remove what a column cannot be without: then there is nothing in it. */
function completeColumns(provider: Partial<Provider>): Provider {
  const { assertion, client_assertion } = provider
  const bare = { algorithms: [], header: {}, claims: {} }
  const complete = (one: Assertion): Assertion => (isOutside(one) ? one : { ...bare, ...one })
  const whole = {
    description: '',
    fields: {},
    ...provider,
    ...(assertion && { assertion: complete(assertion) }),
    ...(client_assertion && { client_assertion: complete(client_assertion) }),
  }
  const outside = [assertion, client_assertion].some((one) => one && isOutside(one))
  return outside ? { ...whole, fields: releaseFields(whole) } : whole
}

/** The patch that removes what stands at a path. */
function cut(path: Path): unknown {
  return path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), null)
}
