// What may stand in a place. Names are read from the profile files as they are: nothing in them is
// evaluated, so nothing in them needs trust.

import type { Catalog } from '../../core/file/catalog.ts'
import type { World } from '../../core/world.ts'
import type { Commands, Place } from './line.ts'

export interface Candidate {
  readonly text: string
  readonly help: string
}

export type Offer = 'command' | 'files' | readonly Candidate[]

export async function listCandidates(
  place: Place,
  commands: Commands,
  world: World,
): Promise<Offer> {
  const { want } = place
  switch (want.kind) {
    case 'command':
    case 'files':
      return want.kind
    case 'verbs':
      return listVerbs(commands)
    case 'subverbs':
      return listSubverbs(want.group, commands)
    case 'flags':
      return listFlags(place)
    case 'choices':
      return want.choices.map((text) => ({ text, help: '' }))
    case 'unknown':
      return []
    default:
      return listNames(want.kind, place, world)
  }
}

function listVerbs({ verbs, groups }: Commands): Candidate[] {
  const names = new Map<string, string>()
  for (const { name, summary } of verbs) {
    const [first = ''] = name.split(' ')
    if (!names.has(first)) names.set(first, groups[first] ?? summary)
  }
  return [...names].map(([text, help]) => ({ text, help }))
}

function listSubverbs(group: string, { verbs }: Commands): Candidate[] {
  return verbs.flatMap(({ name, summary }) => {
    const [first, second] = name.split(' ')
    if (first !== group || second === undefined || second.startsWith('[')) return []
    return { text: second, help: summary }
  })
}

/** Short ones only where nothing but a `-` has been typed. */
function listFlags({ flags, typed }: Place): Candidate[] {
  const shown = flags.filter(({ flag }) => flag.hidden !== true)
  const names = shown.flatMap(({ long, short, flag }) => [
    { text: long, help: flag.help },
    ...(short !== undefined && typed === '-' ? [{ text: short, help: flag.help }] : []),
  ])
  const help = { text: '--help', help: 'print help' }
  return [...new Map([...names, help].map((one) => [one.text, one])).values()]
}

type Kind = 'profiles' | 'providers' | 'onward' | 'environments'

async function listNames(kind: Kind, place: Place, world: World): Promise<Candidate[]> {
  const catalog = await readNames(place, world)
  if (kind === 'environments') return listEnvironments(catalog, place)
  const { listProviders, findProvider } = await import('../../core/file/catalog.ts')
  const profiles = kind === 'providers' ? [] : await listProfiles(catalog)
  if (kind === 'profiles') return profiles
  const providers = listProviders(catalog).map((text) => ({
    text,
    help: `${findProvider(catalog, text)?.description ?? ''}`,
  }))
  const known = new Set(profiles.map(({ text }) => text))
  return [...profiles, ...providers.filter(({ text }) => !known.has(text))]
}

/** Without a file, or with a broken one, there are the built-in providers. */
async function readNames({ values }: Place, world: World): Promise<Catalog> {
  const { readUnchecked } = await import('../../io/profile/inspection.ts')
  const config = values.get('--config')
  try {
    return await readUnchecked(world, config)
  } catch {
    const { PROVIDERS } = await import('../../providers/table.ts')
    return { documents: [], builtIns: PROVIDERS }
  }
}

async function listProfiles(catalog: Catalog): Promise<Candidate[]> {
  const { listListings } = await import('../../core/profile/listing.ts')
  return listListings(catalog).map(({ summary }) => ({
    text: summary.name,
    help: summary.description ?? summary.provider ?? '',
  }))
}

/** Of the profiles on the line, or the provider; of all profiles where none is named. */
async function listEnvironments(catalog: Catalog, { values, names }: Place): Promise<Candidate[]> {
  const { listListings } = await import('../../core/profile/listing.ts')
  const { findProvider } = await import('../../core/file/catalog.ts')
  const named = [
    ...names.map((name) => name.replace(/^\w+=/, '')),
    ...(values.get('--profile') ?? []),
  ]
  const all = listListings(catalog).map(({ summary }) => summary)
  const meant = all.filter(({ name }) => named.includes(name))
  const providers = (values.get('--provider') ?? []).flatMap((name) =>
    Object.keys(findProvider(catalog, name)?.environments ?? {}),
  )
  const own = meant.length > 0 || providers.length > 0 ? meant : all
  const found = new Set([...providers, ...own.flatMap(({ environments }) => environments)])
  return [...found].map((text) => ({ text, help: '' }))
}
