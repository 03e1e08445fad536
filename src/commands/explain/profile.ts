// What a profile would send, for the comparison with what a service said. As much of it as can be
// looked at: a key that is missing, or a variable, is told and does not stand in the way.

import type { Context, Flags } from '../../cli.ts'
import { buildClaims, type Claims } from '../../core/call/assertion.ts'
import { prepareCall } from '../../core/call/call.ts'
import { checkChain } from '../../core/call/line.ts'
import { standInToken } from '../../core/call/token.ts'
import type { Tools } from '../../core/call/tools.ts'
import { TokenError } from '../../core/error.ts'
import { gatherService, type Service } from '../../core/explain/catalogue.ts'
import type { Scene } from '../../core/explain/evidence.ts'
import { type Catalog, findProfile, requireProfile } from '../../core/file/catalog.ts'
import { planChain, type Selection } from '../../core/profile/chain.ts'
import { draftProfile } from '../../core/profile/draft.ts'
import { listEnvironments } from '../../core/profile/environment.ts'
import type { Profile } from '../../core/profile/profile.ts'
import { mintedOf } from '../../core/provider.ts'
import { quoteShell } from '../../core/shell.ts'
import { Values } from '../../core/template/values.ts'
import { createInstruments } from '../../io/instruments.ts'
import { readSelection } from '../../io/profile/selection.ts'
import { requireTrust } from '../../io/profile/trust.ts'
import { createTools } from '../../io/tools.ts'

export interface Comparison {
  readonly name: string
  readonly environment: string | undefined
  readonly service: Service
  /** undefined: nothing that would be sent is known */
  readonly scene: Pick<Scene, 'values' | 'claims'> | undefined
  /** what could not be looked at, a line each */
  readonly unseen: readonly string[]
  /** what would let more be looked at */
  readonly fix: readonly string[]
  /** by -p; a variable that is set for other commands only suggests it */
  readonly asked: boolean
}

export async function compareProfile(
  catalog: Catalog,
  flags: Flags,
  { world, printer }: Context,
): Promise<Comparison | undefined> {
  const asked = flags.profile !== undefined || flags.environment !== undefined
  const warn = (text: string): void => void printer.warn(text)
  const selection = await readSelection([], flags, world, warn)
  if (selection.provider !== undefined) return undefined
  if (selection.profile === undefined && !asked) return undefined
  let chain: Profile[]
  try {
    chain = planChain(catalog, selection)
  } catch (error) {
    if (!(error instanceof TokenError)) throw error
    if (!asked) return undefined
    return withoutEnvironment(catalog, selection, flags, error)
  }
  const profile = chain.at(-1)
  if (profile === undefined) return undefined
  const tools = createTools(world, { watch: {}, warn })
  const unseen: string[] = []
  const trusted = await attempt(unseen, () => requireTrust(chain, world, tools).then(() => true))
  // nothing is run for it: an error is explained, not a token asked for
  const able = createInstruments(world, warn, trusted ? undefined : 'the file is not trusted').tools
  const scene = await prepare(chain, profile, able, trusted === true, unseen)
  const service = gatherService(profile.providerName, profile.provider)
  const { name, environment } = profile
  return { name, environment, service, scene, unseen, fix: [], asked }
}

/** The service of a profile, whatever else is wrong with it. */
export function serviceOf(catalog: Catalog, name: string): Service {
  const { providerName, provider } = draftProfile(catalog, requireProfile(catalog, name))
  return gatherService(providerName, provider)
}

/** Whose words they are is known all the same: which environment matters to the comparison only. */
function withoutEnvironment(
  catalog: Catalog,
  selection: Selection,
  flags: Flags,
  error: TokenError,
): Comparison {
  const entry =
    selection.profile === undefined ? undefined : findProfile(catalog, selection.profile)
  if (entry === undefined || !/^environment_/.test(error.code)) throw error
  const draft = draftProfile(catalog, entry)
  const names = listEnvironments(draft)
  const files = (flags.config as string[] | undefined) ?? []
  const name = names.find((one) => !/^prod/i.test(one)) ?? names[0]
  const fix = [
    `tokentool explain ${flags.profile === undefined ? '' : `-p ${quoteShell(draft.name)} `}-e ${quoteShell(name ?? 'NAME')}`,
    ...files.map((file) => `-c ${quoteShell(file)}`),
    'TEXT',
  ].join(' ')
  if (error.code !== 'environment_missing') {
    throw new TokenError(error.code, error.message, { ...error.details, ...(name && { fix }) })
  }
  return {
    name: draft.name,
    environment: undefined,
    service: gatherService(draft.providerName, draft.provider),
    scene: undefined,
    unseen: [`which environment? there are ${names.join(', ')}; nothing was compared`],
    fix: [fix],
    asked: true,
  }
}

async function prepare(
  chain: readonly Profile[],
  profile: Profile,
  tools: Tools,
  trusted: boolean,
  unseen: string[],
): Promise<NonNullable<Comparison['scene']>> {
  const before = chain.at(-2)
  const via = before && standInToken(before, tools)
  if (trusted) {
    const work = async () => {
      checkChain(chain, tools)
      return prepareCall(profile, via, tools, 'show')
    }
    const prepared = await attempt(unseen, work)
    if (prepared) return { values: prepared.values, claims: prepared.minted?.claims }
  }
  const now = Math.floor(tools.now() / 1000)
  const values = new Values(profile, { now, via }, tools)
  return { values, claims: buildWhatCan(values) }
}

/** Claim by claim: one that cannot be had does not take the others with it. */
function buildWhatCan(values: Values): Claims | undefined {
  const { provider } = values.profile
  const assertion = mintedOf(provider.assertion) ?? mintedOf(provider.client_assertion)
  if (assertion === undefined) return undefined
  const one = (name: string): Claims => {
    try {
      const claims = Object.entries(assertion.claims).filter(([claim]) => claim === name)
      return buildClaims(values, { ...assertion, claims: Object.fromEntries(claims) })
    } catch (error) {
      if (error instanceof TokenError) return {}
      throw error
    }
  }
  return Object.assign({}, ...Object.keys(assertion.claims).map(one)) as Claims
}

async function attempt<Result>(
  unseen: string[],
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof TokenError) || error.code === 'bug') throw error
    unseen.push(error.message)
    return undefined
  }
}
