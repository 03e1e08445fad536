// From what was asked for to the profiles that will run, first call first.

import { TokenError } from '../error.ts'
import {
  type Catalog,
  defaultProfile,
  type Entry,
  findProfile,
  listProfiles,
  requireProfile,
} from '../file/catalog.ts'
import { nearest } from '../nearest.ts'
import { decideProfile } from './decision.ts'
import { cycleError, type Draft, draftProfile, draftProvider, viaEntry } from './draft.ts'
import type { Path } from './layer.ts'
import type { Profile } from './profile.ts'
import { assignOverrides, type Overrides } from './target.ts'

export interface Selection extends Overrides {
  readonly profile: string | undefined
  readonly provider: string | undefined
  /** --then */
  readonly onward: readonly string[]
  readonly environment: string | undefined
  /** --timeout and the like: laid over every call */
  readonly transport: readonly {
    readonly path: Path
    readonly value: unknown
    readonly flag: string
  }[]
}

export function planChain(catalog: Catalog, selection: Selection): Profile[] {
  const drafts = draftChain(catalog, selection)
  const overrides = assignOverrides(drafts, selection)
  const known = drafts.some(
    (draft) => draft.provider.environments || draft.layers.value.environments,
  )
  if (selection.environment !== undefined && !known && !drafts.some(usesEnvironment)) {
    throw new TokenError(
      'environment_unknown',
      `-e ${selection.environment}: ${drafts.at(-1)?.name} has no environments`,
      {
        means: 'neither the profile nor its provider lists any, so -e would change nothing',
      },
    )
  }
  const profiles: Profile[] = []
  for (const [index, draft] of drafts.entries()) {
    profiles.push(
      decideProfile(draft, profiles.at(-1), {
        environment: selection.environment,
        overrides: [...selection.transport, ...(overrides[index] ?? [])],
      }),
    )
  }
  return profiles
}

function draftChain(catalog: Catalog, selection: Selection): Draft[] {
  if (selection.profile !== undefined && selection.provider !== undefined) {
    throw new TokenError('usage', `--provider ${selection.provider} takes the place of a profile`, {
      means: `${selection.profile} names a profile as well`,
      fix: `tokentool get ${selection.profile} --then ${selection.provider}`,
    })
  }
  const drafts =
    selection.provider === undefined
      ? followVia(catalog, chooseEntry(catalog, selection.profile), [])
      : [draftProvider(catalog, selection.provider)]
  for (const name of selection.onward) {
    const entry = findProfile(catalog, name)
    // a profile wins over a provider of that name; requireProvider names the nearest of the rest
    drafts.push(entry ? draftProfile(catalog, entry) : draftThen(catalog, name))
  }
  return drafts
}

function draftThen(catalog: Catalog, name: string): Draft {
  try {
    return draftProvider(catalog, name)
  } catch (error) {
    const close = nearest(
      name,
      listProfiles(catalog).map((entry) => entry.name),
    )
    throw close === undefined
      ? error
      : new TokenError('profile_unknown', `--then ${name}: there is no such profile or provider`, {
          means: `did you mean ${close}?`,
        })
  }
}

function followVia(catalog: Catalog, entry: Entry, above: readonly Entry[]): Draft[] {
  const chain = [...above, entry]
  if (
    above.some(
      (other) =>
        other.document === entry.document && other.path.join('\0') === entry.path.join('\0'),
    )
  ) {
    throw cycleError('via', chain)
  }
  const draft = draftProfile(catalog, entry)
  const via = viaEntry(catalog, draft)
  return via ? [...followVia(catalog, via, chain), draft] : [draft]
}

function chooseEntry(catalog: Catalog, name: string | undefined): Entry {
  if (name !== undefined) return requireProfile(catalog, name)
  const entry = defaultProfile(catalog)
  if (entry) return entry
  const names = listProfiles(catalog).map((known) => known.name)
  const files = catalog.documents.map((document) => document.shown).join(' and ')
  throw new TokenError('profile_missing', 'which profile?', {
    means:
      names.length === 0
        ? `${files || 'no profile file'} holds no profile`
        : `there are ${names.join(', ')}; none is the default_profile`,
    fix: names.length === 0 ? 'tokentool init' : `tokentool get ${names[0]}`,
  })
}

/** In a profile, or in the columns of its provider: there -e changes something. */
function usesEnvironment(draft: Draft): boolean {
  const { explain: _, ...columns } = draft.provider
  return /\$\{environment[|?}]/.test(JSON.stringify([draft.layers.value, columns]))
}
