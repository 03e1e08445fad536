// The whole chain, first hop first. What a later hop needs of an earlier one is asked for and
// checked before the first call goes out.

import { identifyTokens } from '../cache/identity.ts'
import { type Shelf, takeToken } from '../cache/shelf.ts'
import type { TokenStore } from '../cache/store.ts'
import { TokenError } from '../error.ts'
import { type Profile, writtenValue } from '../profile/profile.ts'
import { mintedOf } from '../provider.ts'
import { listPlaceholders } from '../template/template.ts'
import { toText } from '../template/value.ts'
import { Values } from '../template/values.ts'
import { buildClaims } from './assertion.ts'
import { tryCall } from './attempt.ts'
import { checkRequired, type PreparedCall, prepareCall } from './call.ts'
import { checkVia } from './limit.ts'
import { standInToken, type TokenSet } from './token.ts'
import type { Tools } from './tools.ts'
import { readTimeout, warnOfLeniency } from './transport.ts'

/** How tokens of earlier runs are made use of. */
export interface Keeping {
  readonly store: TokenStore
  /** milliseconds that must be left of the last token; the usual margin otherwise */
  readonly least: number | undefined
  readonly forceNew: boolean
}

/** `keeping`: undefined where nothing is kept. */
export async function runChain(
  profiles: readonly Profile[],
  tools: Tools,
  keeping?: Keeping,
): Promise<TokenSet> {
  for (const profile of profiles) checkRequired(profile)
  checkChain(profiles, tools)
  const all = profiles.map((profile) => new Values(profile, { now: 0, via: undefined }, tools))
  for (const values of all) warnOfLeniency(values, tools)
  // whoever waits for another run has used up that much of the time that its own calls may take
  const start = tools.now() - tools.waited
  const timeout = all.reduce((sum, values) => sum + readTimeout(values), 0)
  const deadline = start + timeout
  const names = keeping ? await identifyTokens(profiles, tools, keeping.store) : []
  const shelves = profiles.map((profile, index) => {
    const name = names[index]
    // an assertion that is the token itself is made anew: it costs nothing and is nobody's to find
    const keeps = profile.provider.call !== undefined && all[index]?.field('cache') !== false
    if (keeping === undefined || !keeps) return undefined
    if (name === undefined) {
      tools.watch.kept?.(profile, 'nameless')
      return undefined
    }
    const { store, forceNew } = keeping
    const least = index === profiles.length - 1 ? keeping.least : undefined
    return { store, profile, name, tools, least, forceNew, deadline, timeout }
  })
  return runHop({ profiles, tools, shelves, deadline }, profiles.length - 1, undefined)
}

interface Line {
  readonly profiles: readonly Profile[]
  readonly tools: Tools
  /** of each profile whose token may be kept */
  readonly shelves: readonly (Shelf | undefined)[]
  /** milliseconds: when all calls together have had their time */
  readonly deadline: number
}

/** `refused`: a token that the next service no longer takes. */
async function runHop(line: Line, index: number, refused: string | undefined): Promise<TokenSet> {
  const shelf = line.shelves[index]
  const fetch = (): Promise<TokenSet> => fetchHop(line, index)
  return shelf ? takeToken(shelf, refused, fetch) : fetch()
}

async function fetchHop(line: Line, index: number): Promise<TokenSet> {
  const { profiles, tools, deadline } = line
  const profile = requireHop(profiles, index)
  const via = index > 0 ? await runHop(line, index - 1, undefined) : undefined
  try {
    return await tryCall(profile, via, tools, deadline)
  } catch (error) {
    if (via === undefined || !wantsNewToken(profile, error))
      throw addHop(error, profile, index, profiles.length)
    tools.warn(
      `${profile.name}: the token of ${via.profile} was refused as expired; asking for a new one`,
    )
    try {
      return await tryCall(
        profile,
        await runHop(line, index - 1, via.token.reveal()),
        tools,
        // a call more than was reckoned with
        Number.POSITIVE_INFINITY,
      )
    } catch (again) {
      throw addHop(again, profile, index, profiles.length)
    }
  }
}

function wantsNewToken(profile: Profile, error: unknown): boolean {
  const renew = profile.provider.retry?.renew
  if (renew === undefined || !(error instanceof TokenError)) return false
  return (
    error.details.status === renew.status &&
    new RegExp(renew.text, 'i').test(error.details.said ?? '')
  )
}

/** Which call of the chain it was: a failure of the network does not know by itself. */
function addHop(error: unknown, profile: Profile, index: number, hops: number): unknown {
  if (!(error instanceof TokenError) || error.details.hop !== undefined) return error
  const { name, providerName } = profile
  return error.with({ profile: name, provider: providerName, ...(hops > 1 && { hop: index + 1 }) })
}

/** Every hop as far as it goes without sending: for a dry run a token stands in for the real one. */
export async function prepareChain(
  profiles: readonly Profile[],
  tools: Tools,
): Promise<PreparedCall[]> {
  for (const profile of profiles) checkRequired(profile)
  checkChain(profiles, tools)
  const prepared: PreparedCall[] = []
  for (const [index, profile] of profiles.entries()) {
    const before = profiles[index - 1]
    prepared.push(await prepareCall(profile, before && standInToken(before, tools), tools, 'show'))
  }
  return prepared
}

/** What each call needs of the token before it, before anything is sent. */
export function checkChain(profiles: readonly Profile[], tools: Tools): void {
  for (const [index, profile] of profiles.entries()) {
    const before = profiles[index - 1]
    if (before === undefined) {
      if (profile.provider.limits?.via?.required) throw needsVia(profile)
      continue
    }
    askForNeeds(profile, before, tools)
    checkBefore(profile, before, tools)
  }
}

export function askForNeeds(profile: Profile, before: Profile, tools: Tools): void {
  const needs = profile.provider.call?.needs
  if (needs === undefined || writtenValue(before, 'scopes') !== undefined) return
  const values = standInValues(profile, before, tools)
  const scopes = needs.map((need) => `${toText(values.fill(need) ?? '')}`)
  before.layers.set(['scopes'], scopes, { kind: 'handed on', profile: profile.name })
}

function checkBefore(profile: Profile, before: Profile, tools: Tools): void {
  const { call, limits } = profile.provider
  const assertion = mintedOf(before.provider.assertion)
  if (!limits?.via || !call || !assertion) return
  const usesVia = listPlaceholders(assertion.claims).some(({ placeholder }) =>
    placeholder.name.startsWith('via.'),
  )
  if (usesVia) return
  const claims = buildClaims(new Values(before, { now: 0, via: undefined }, tools), assertion)
  const url = toText(standInValues(profile, before, tools).fill(call.url) ?? '')
  checkVia(profile, before, claims, `${url}`)
}

function standInValues(profile: Profile, before: Profile, tools: Tools): Values {
  return new Values(profile, { now: 0, via: standInToken(before, tools) }, tools)
}

function needsVia(profile: Profile): TokenError {
  const place = profile.entry?.document.place(profile.entry.path, 'key')
  return new TokenError('field_missing', `${profile.name} has no via`, {
    means: `${profile.providerName} takes the token of another profile; via names that profile`,
    fix: place
      ? `${place.file}:${place.line}:${place.column} add: via: NAME`
      : `tokentool get NAME --then ${profile.providerName}`,
    profile: profile.name,
    provider: profile.providerName,
  })
}

function requireHop(profiles: readonly Profile[], index: number): Profile {
  const profile = profiles[index]
  if (profile === undefined) throw new TokenError('bug', 'a chain without profiles')
  return profile
}
