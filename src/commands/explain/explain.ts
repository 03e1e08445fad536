// `tokentool explain`: what an error answer means, why, and the fix. Nothing is sent. That nobody
// knows it is an answer all the same: how it was read stands on stdout, and the exit code is 7.

import type { Context, Flags } from '../../cli.ts'
import { type ExitCode, TokenError } from '../../core/error.ts'
import { gatherService, listCodes, type Service } from '../../core/explain/catalogue.ts'
import { type Reading, readPasted, silence } from '../../core/explain/pasted/reading.ts'
import { type Found, findMatches, findSeconds } from '../../core/explain/search.ts'
import {
  type Catalog,
  findProvider,
  listProviders,
  requireProvider,
} from '../../core/file/catalog.ts'
import { nearest } from '../../core/nearest.ts'
import type { World } from '../../core/world.ts'
import { readCatalog } from '../../io/profile/catalog.ts'
import { textOf } from '../../io/profile/selection.ts'
import { completeService, listServices } from '../../providers/catalogue.ts'
import { PROVIDERS } from '../../providers/table.ts'
import { readText } from './input.ts'
import { type Comparison, compareProfile, serviceOf } from './profile.ts'
import { formatExplanation, formatExplanationJson } from './text.ts'

export async function explain(
  words: readonly string[],
  flags: Flags,
  { world, printer }: Context,
): Promise<ExitCode> {
  const provider = textOf(flags.provider)
  if (provider !== undefined && flags.profile !== undefined) {
    throw new TokenError('usage', '-p and --provider each say which service it was', {
      means: 'a profile has its provider',
    })
  }
  const catalog = await readProviders(flags, world)
  const services = listServices(readTable(catalog))
  const chosen = provider === undefined ? undefined : chooseService(catalog, services, provider)
  if (flags.list === true) {
    if (words.length > 0) throw new TokenError('usage', '--list takes no text')
    const { formatList, formatListJson } = await import('./list.ts')
    const profile = textOf(flags.profile)
    const own = profile === undefined ? chosen : serviceOf(catalog, profile)
    const shown = own ? [own] : services
    const paint = await printer.paint('stdout')
    await world.stdout.write(
      flags.json === true ? formatListJson(shown) : formatList(shown, world, paint),
    )
    return 0
  }
  const text = await readText(words, { world, printer })
  const reading = readPasted(text, listCodes(services))
  const comparison = await compareProfile(catalog, flags, { world, printer })
  const answer = search(services, reading, chosen, comparison)
  await world.stdout.write(
    flags.json === true
      ? formatExplanationJson(answer, world)
      : formatExplanation(answer, world, printer.view, await printer.paint('stdout')),
  )
  return answer.matches.length > 0 ? 0 : 7
}

export interface Explanation {
  readonly reading: Reading
  /** who was said to speak: a provider, a service, the provider of a profile */
  readonly asked: string | undefined
  readonly matches: readonly Found[]
  /** what others would mean by it, where the service that was named knows nothing of it */
  readonly others: readonly Found[]
  /** what the status alone would mean, where nobody knows the rest */
  readonly alone: Found | undefined
  /** a profile whose provider it was */
  readonly comparison: Comparison | undefined
}

function search(
  services: readonly Service[],
  reading: Reading,
  chosen: Service | undefined,
  comparison: Comparison | undefined,
): Explanation {
  const [alone] = findMatches(
    services.filter(({ generic }) => generic),
    silence(reading),
    false,
  )
  const anywhere = services.filter((service) => service.anywhere)
  // the way to a service fails for all of them alike
  const find = (service: Service): Found[] =>
    service.anywhere
      ? findMatches([service], reading, false)
      : findMatches([completeService(service), ...anywhere], reading, true)
  const own = comparison?.service ?? chosen
  if (own !== undefined) {
    const matches = find(own)
    const strict = chosen !== undefined || comparison?.asked === true
    const asked = nameOf(own)
    // a profile that is only suggested is not compared with what is met anywhere
    if (matches.length > 0 && (strict || matches[0]?.service.anywhere === false)) {
      const more = findSeconds(services, reading, matches)
      return { reading, asked, matches: [...matches, ...more], others: [], alone, comparison }
    }
    if (strict) {
      const others = findMatches(services, reading, false)
      return { reading, asked, matches, others, alone, comparison }
    }
  }
  const known = services
    .filter(({ provider }) => provider !== undefined && provider === reading.provider)
    .flatMap(find)
  const matches = known.length > 0 ? known : findMatches(services, reading, false)
  const more = findSeconds(services, reading, matches)
  return {
    reading,
    asked: undefined,
    matches: [...matches, ...more],
    others: [],
    alone,
    comparison: undefined,
  }
}

const BARE: Catalog = { documents: [], builtIns: PROVIDERS }

/** Nobody has to mend a profile file to have an error explained; unless the file was asked for. */
async function readProviders(flags: Flags, world: World): Promise<Catalog> {
  const config = flags.config as string[] | undefined
  try {
    return await readCatalog(world, { config, packaged: false, optional: true })
  } catch (error) {
    if (config !== undefined || flags.profile !== undefined || !(error instanceof TokenError))
      throw error
    return BARE
  }
}

function readTable(catalog: Catalog): typeof PROVIDERS {
  const names = listProviders(catalog)
  return Object.fromEntries(names.map((name) => [name, requireProvider(catalog, name)]))
}

/** By the name of its provider, or by its own: `--provider okta`. */
function chooseService(catalog: Catalog, services: readonly Service[], name: string): Service {
  const provider = findProvider(catalog, name)
  if (provider) return gatherService(name, provider)
  const found = services.find((service) => nameOf(service) === name.toLowerCase())
  if (found) return found
  const named = services.filter(({ provider: own, generic }) => own === undefined && !generic)
  const names = [...listProviders(catalog), ...named.map(nameOf)]
  const close = nearest(name, names)
  throw new TokenError(
    'profile_unknown',
    `there is no provider or service ${JSON.stringify(name)}`,
    {
      means: `${close === undefined ? '' : `did you mean ${close}? `}there are ${names.join(', ')}`,
      fix: 'tokentool explain --list',
    },
  )
}

function nameOf({ provider, name }: Service): string {
  return provider ?? name.toLowerCase().replace(/\W+/g, '-')
}
