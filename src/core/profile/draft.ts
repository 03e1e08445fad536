// A profile as its file and those it extends have it, before anything is decided.

import { TokenError } from '../error.ts'
import {
  type Catalog,
  type Entry,
  findHome,
  requireProfile,
  requireProvider,
} from '../file/catalog.ts'
import type { Plain, ProfileDocument } from '../file/document.ts'
import { showPlace } from '../file/mistake.ts'
import type { Provider } from '../provider.ts'
import { isTree, Layers, type Origin, type Path } from './layer.ts'

/** A profile before its environment is known: its own file's words and what it extends. */
export interface Draft {
  readonly name: string
  readonly entry: Entry | undefined
  readonly providerName: string
  readonly provider: Provider
  /** the file that defines the provider; undefined for a built-in one */
  readonly home: ProfileDocument | undefined
  readonly layers: Layers
}

export function draftProfile(catalog: Catalog, entry: Entry): Draft {
  const layers = new Layers()
  layExtended(catalog, entry, layers, [])
  const providerName = layers.value.provider
  if (typeof providerName !== 'string') {
    throw new TokenError('field_missing', `profile ${entry.name} names no provider`, {
      fix: `${showPlace(entry.document.place(entry.path, 'key'))} add: provider: va-sis`,
    })
  }
  // a provider is looked up from where the name stands: an extended profile may be another file's
  const origin = layers.originOf(['provider'])
  const from = origin?.kind === 'file' ? origin.document : entry.document
  return {
    name: entry.name,
    entry,
    providerName,
    provider: requireProvider(catalog, providerName, from),
    home: findHome(catalog, providerName, from),
    layers,
  }
}

/** A provider in a profile's place: everything else comes from the command line. */
export function draftProvider(catalog: Catalog, name: string): Draft {
  return {
    name,
    entry: undefined,
    providerName: name,
    provider: requireProvider(catalog, name),
    home: findHome(catalog, name),
    layers: new Layers(),
  }
}

function layExtended(
  catalog: Catalog,
  entry: Entry,
  layers: Layers,
  below: readonly Entry[],
): void {
  const chain = [...below, entry]
  if (below.some((other) => other.name === entry.name && other.document === entry.document)) {
    throw cycleError('extends', chain)
  }
  const base = entry.raw.extends
  if (typeof base === 'string') {
    const baseEntry = requireProfile(catalog, base, entry.document)
    layExtended(catalog, baseEntry, layers, chain)
  }
  const { extends: _, ...raw } = entry.raw
  layers.lay({ description: null, ...raw }, (path) => fromFile(entry, path))
}

export function cycleError(field: string, entries: readonly Entry[]): TokenError {
  const [last] = entries.slice(-1)
  return new TokenError(
    'profile_cycle',
    `${field} leads back to itself: ${entries.map((entry) => entry.name).join(' → ')}`,
    {
      ...(last && {
        fix: `${showPlace(last.document.place([...last.path, field]))} name another profile`,
      }),
    },
  )
}

function fromFile(entry: Entry, path: Path): Origin {
  const own: Origin = { kind: 'file', document: entry.document, path: [...entry.path, ...path] }
  return entry.originOf?.(path) ?? own
}

/** The profile that `via` names or holds. */
export function viaEntry(catalog: Catalog, draft: Draft): Entry | undefined {
  const via = draft.layers.value.via
  const origin = draft.layers.originOf(['via'])
  const document = origin?.kind === 'file' ? origin.document : draft.entry?.document
  if (typeof via === 'string') return requireProfile(catalog, via, document)
  if (!isTree(via) || origin?.kind !== 'file') return undefined
  return {
    name: `${draft.name}.via`,
    document: origin.document,
    path: origin.path,
    raw: via as { readonly [name: string]: Plain },
    // parts of it may stand in a profile that this one extends
    originOf: (path) => draft.layers.originOf(['via', ...path]),
  }
}
