// The whole chain, first hop first. What a later hop needs of an earlier one is asked for and
// checked before the first call goes out.

import { TokenError } from '../error.ts'
import { type Profile, writtenValue } from '../profile/profile.ts'
import { listPlaceholders } from '../template/template.ts'
import { toText } from '../template/value.ts'
import { Values } from '../template/values.ts'
import { buildClaims } from './assertion.ts'
import { checkRequired, makeCall, type PreparedCall, prepareCall } from './call.ts'
import { checkVia } from './limit.ts'
import type { TokenSet } from './token.ts'
import type { Tools } from './tools.ts'

export async function runChain(profiles: readonly Profile[], tools: Tools): Promise<TokenSet> {
  for (const profile of profiles) checkRequired(profile)
  checkChain(profiles, tools)
  return runHop(profiles, profiles.length - 1, tools)
}

async function runHop(
  profiles: readonly Profile[],
  index: number,
  tools: Tools,
): Promise<TokenSet> {
  const profile = requireHop(profiles, index)
  const via = index > 0 ? await runHop(profiles, index - 1, tools) : undefined
  try {
    return await callOnce(profile, via, tools)
  } catch (error) {
    if (index === 0 || !wantsNewToken(profile, error))
      throw addHop(error, profile, index, profiles.length)
    tools.warn(
      `${profile.name}: the token of ${profiles[index - 1]?.name} was refused as expired; asking for a new one`,
    )
    try {
      return await callOnce(profile, await runHop(profiles, index - 1, tools), tools)
    } catch (again) {
      throw addHop(again, profile, index, profiles.length)
    }
  }
}

async function callOnce(
  profile: Profile,
  via: TokenSet | undefined,
  tools: Tools,
): Promise<TokenSet> {
  return makeCall(await prepareCall(profile, via, tools), tools)
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
    prepared.push(
      await prepareCall(profile, before && standInToken(before, tools), tools, { discover: false }),
    )
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
  const { assertion } = before.provider
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

export function standInToken(profile: Profile, tools: Tools): TokenSet {
  const { name } = profile
  const token = tools.secrets.standIn(`«the token of ${name}»`, `${name}_token`, 'token')
  return {
    profile: profile.name,
    provider: profile.providerName,
    environment: profile.environment,
    token,
    type: 'Bearer',
    expiresAt: undefined,
    scopes: undefined,
    extra: {},
    claims: undefined,
    claimsText: undefined,
    use: { header: 'Authorization', value: token, headers: undefined },
    via: [],
  }
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
