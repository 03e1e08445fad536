// All profiles and providers in reach, and who may name whom: a project file's name wins, but what
// the user's own file names is looked up in the user's own file and the built-ins only.

import { TokenError } from '../error.ts'
import { nearest } from '../nearest.ts'
import { isTree, type Origin, type Path } from '../profile/layer.ts'
import type { Provider } from '../provider.ts'
import type { Plain, ProfileDocument } from './document.ts'

export interface Entry {
  readonly name: string
  readonly document: ProfileDocument
  readonly path: Path
  readonly raw: { readonly [name: string]: Plain }
  /** of what is put together from several places */
  readonly originOf?: (path: Path) => Origin | undefined
}

export interface Catalog {
  /** project before user */
  readonly documents: readonly ProfileDocument[]
  readonly builtIns: Readonly<Record<string, Provider>>
}

function inReach(catalog: Catalog, from: ProfileDocument | undefined): readonly ProfileDocument[] {
  return from?.origin === 'user'
    ? catalog.documents.filter((document) => document.origin === 'user')
    : catalog.documents
}

export function listProfiles(catalog: Catalog, from?: ProfileDocument): Entry[] {
  const found = new Map<string, Entry>()
  for (const document of inReach(catalog, from)) {
    for (const [name, raw] of membersOf(document, 'profiles')) {
      if (!found.has(name)) found.set(name, { name, document, path: ['profiles', name], raw })
    }
  }
  return [...found.values()]
}

export function findProfile(
  catalog: Catalog,
  name: string,
  from?: ProfileDocument,
): Entry | undefined {
  return listProfiles(catalog, from).find((entry) => entry.name === name)
}

export function requireProfile(catalog: Catalog, name: string, from?: ProfileDocument): Entry {
  const entry = findProfile(catalog, name, from)
  if (entry) return entry
  const names = listProfiles(catalog, from).map((known) => known.name)
  const close = nearest(name, names)
  const files = catalog.documents.map((document) => document.shown).join(' and ')
  throw new TokenError('profile_unknown', `there is no profile ${JSON.stringify(name)}`, {
    means:
      names.length === 0
        ? `${files || 'no profile file'} holds no profile`
        : `${files} ${catalog.documents.length > 1 ? 'have' : 'has'} ${names.join(', ')}`,
    fix: close === undefined ? 'tokentool profile list' : `tokentool get ${close}`,
  })
}

export function listProviders(catalog: Catalog, from?: ProfileDocument): string[] {
  const own = inReach(catalog, from).flatMap((document) =>
    membersOf(document, 'providers').map(([name]) => name),
  )
  return [...new Set([...Object.keys(catalog.builtIns), ...own])]
}

export function findProvider(
  catalog: Catalog,
  name: string,
  from?: ProfileDocument,
): Provider | undefined {
  if (Object.hasOwn(catalog.builtIns, name)) return catalog.builtIns[name]
  const home = findHome(catalog, name, from)
  const raw = home && readProvider(home, name)
  // the file has been checked against the schema that mirrors Provider
  return raw && ({ fields: {}, description: name, ...(raw as object) } as Provider)
}

/** The file that defines a provider. */
export function findHome(
  catalog: Catalog,
  name: string,
  from?: ProfileDocument,
): ProfileDocument | undefined {
  if (Object.hasOwn(catalog.builtIns, name)) return undefined
  return inReach(catalog, from).find((document) => readProvider(document, name) !== undefined)
}

function readProvider(
  document: ProfileDocument,
  name: string,
): { readonly [name: string]: Plain } | undefined {
  return membersOf(document, 'providers').find(([known]) => known === name)?.[1]
}

export function requireProvider(catalog: Catalog, name: string, from?: ProfileDocument): Provider {
  const provider = findProvider(catalog, name, from)
  if (provider) return provider
  const names = listProviders(catalog, from)
  const close = nearest(name, names)
  throw new TokenError('profile_unknown', `there is no provider ${JSON.stringify(name)}`, {
    means: `${close === undefined ? '' : `did you mean ${close}? `}there are ${names.join(', ')}`,
    fix: `--provider ${close ?? 'NAME'}, or provider: ${close ?? 'NAME'}`,
  })
}

/** The profile nobody named: the file's default, else the only one there is. */
export function defaultProfile(catalog: Catalog): Entry | undefined {
  for (const document of catalog.documents) {
    const name = isTree(document.data) ? document.data.default_profile : undefined
    if (typeof name === 'string') return requireProfile(catalog, name, document)
  }
  const all = listProfiles(catalog)
  return all.length === 1 ? all[0] : undefined
}

function membersOf(
  document: ProfileDocument,
  section: 'profiles' | 'providers',
): [string, { readonly [name: string]: Plain }][] {
  const data = document.data
  const members = isTree(data) ? data[section] : undefined
  if (!isTree(members)) return []
  return Object.entries(members).map(([name, raw]) => [
    name,
    isTree(raw) ? (raw as { readonly [name: string]: Plain }) : {},
  ])
}
