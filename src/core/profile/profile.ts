// One profile of a chain with everything decided, and where each of its values comes from.

import type { Entry } from '../file/catalog.ts'
import type { Place, ProfileDocument } from '../file/document.ts'
import { showPlace } from '../file/mistake.ts'
import type { Provider, Template } from '../provider.ts'
import { fieldOf } from './fields.ts'
import type { Layers, Origin, Path } from './layer.ts'

/** Columns of a provider that a profile may hold under their own name, to lay over it. */
export const COLUMN_NAMES = [
  'fields',
  'assertion',
  'client_assertion',
  'limits',
  'call',
  'auths',
  'grants',
  'answer',
  'use',
  'explain',
  'retry',
  'jwks',
] as const

export interface Profile {
  readonly name: string
  /** undefined for a provider that stands in for a profile */
  readonly entry: Entry | undefined
  readonly providerName: string
  readonly provider: Provider
  /** the file that defines the provider; undefined for a built-in one */
  readonly home: ProfileDocument | undefined
  readonly environment: string | undefined
  /** the names it may have */
  readonly environments: readonly string[]
  /** the earlier profile whose environment it takes over, where nothing else says one */
  readonly environmentOf?: Profile
  readonly layers: Layers
}

/** The profile's own word for a field, before anything is filled in; null removes a default. */
export function writtenValue(profile: Profile, name: string): Template | undefined {
  const value = profile.layers.value[name]
  if (value !== undefined) return value === null ? undefined : (value as Template)
  const variable =
    profile.environment === undefined
      ? undefined
      : profile.provider.environments?.[profile.environment]?.[name]
  if (variable !== undefined) return variable
  return fieldOf(profile.provider, name)?.default
}

export function originOf(profile: Profile, path: Path): Origin {
  const [name = ''] = path
  const origin = profile.layers.originOf(path)
  if (origin && profile.layers.value[name] !== undefined) return origin
  const known =
    profile.environment !== undefined &&
    profile.provider.environments?.[profile.environment]?.[name] !== undefined
  return {
    kind: 'provider',
    provider: profile.providerName,
    ...(known && profile.environment !== undefined && { environment: profile.environment }),
  }
}

/** Where a field stands, or where it would be added; undefined for a profile that is in no file. */
export function placeOf(profile: Pick<Profile, 'layers' | 'entry'>, path: Path): Place | undefined {
  const origin = profile.layers.originOf(path)
  if (origin?.kind === 'file') return origin.document.place(origin.path)
  return profile.entry?.document.place(profile.entry.path, 'key')
}

/** The same as it begins a fix: what a flag says is not mended in the file. */
export function tellPlace(
  profile: Pick<Profile, 'layers' | 'entry'>,
  path: Path,
): string | undefined {
  if (profile.layers.originOf(path)?.kind === 'flag') return 'on the command line,'
  const place = placeOf(profile, path)
  return place && showPlace(place)
}

export function documentOf(profile: Profile, path: Path): ProfileDocument | undefined {
  const origin = profile.layers.originOf(path)
  return origin?.kind === 'file' ? origin.document : undefined
}

/** What a path in a value is relative to; undefined: the working folder. */
export function folderOf(profile: Profile, path: Path): string | undefined {
  const origin = originOf(profile, path)
  if (origin.kind === 'file') return origin.document.folder
  return origin.kind === 'provider' ? profile.home?.folder : undefined
}
