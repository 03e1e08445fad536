// The profiles of all files in a line each, as far as they can be made out.

import { TokenError } from '../error.ts'
import { type Catalog, defaultProfile, type Entry, listProfiles } from '../file/catalog.ts'
import { draftProfile } from './draft.ts'
import { listEnvironments } from './environment.ts'
import { isTree } from './layer.ts'

export interface Summary {
  readonly name: string
  readonly provider: string | null
  readonly environments: readonly string[]
  /** the absolute real path */
  readonly file: string
  readonly description: string | null
  readonly default: boolean
}

export interface Listing {
  readonly summary: Summary
  /** the file as people are told it */
  readonly shown: string
  /** why not everything is known */
  readonly problem: string | undefined
}

export function listListings(catalog: Catalog): Listing[] {
  const first = findDefault(catalog)
  return listProfiles(catalog).map((entry) => {
    const { name, document } = entry
    const { problem, ...known } = describe(catalog, entry)
    return {
      summary: { name, ...known, file: document.file, default: name === first },
      shown: document.shown,
      problem,
    }
  })
}

type Known = Pick<Summary, 'provider' | 'environments' | 'description'>

function describe(catalog: Catalog, entry: Entry): Known & { problem: string | undefined } {
  try {
    const draft = draftProfile(catalog, entry)
    return {
      provider: draft.providerName,
      environments: listEnvironments(draft),
      description: textOf(draft.layers.value.description),
      problem: undefined,
    }
  } catch (error) {
    if (!(error instanceof TokenError)) throw error
    const { provider, environments, description } = entry.raw
    return {
      provider: textOf(provider),
      environments: isTree(environments) ? Object.keys(environments) : [],
      description: textOf(description),
      problem: error.message,
    }
  }
}

function findDefault(catalog: Catalog): string | undefined {
  try {
    return defaultProfile(catalog)?.name
  } catch (error) {
    // default_profile names one that is not there: then there is none
    if (error instanceof TokenError) return undefined
    throw error
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
