// The calls of a chain, looked at as far as they go without sending anything.

import { checkChain } from '../call/line.ts'
import { standInToken } from '../call/token.ts'
import type { Command, Tools } from '../call/tools.ts'
import type { Tls } from '../call/wire.ts'
import { TokenError } from '../error.ts'
import type { Profile } from '../profile/profile.ts'
import { type Leaf, listRoots, type Root, traceSources } from '../profile/sources.ts'
import { mintedOf } from '../provider.ts'
import { Values } from '../template/values.ts'
import { examineContents } from './contents.ts'
import { examineCredentials } from './credentials.ts'
import { examineDestination } from './destination.ts'
import type { Findings } from './finding.ts'
import type { Destination } from './network.ts'

export interface FoundProxy {
  /** as it may be shown */
  readonly shown: string
  /** whether it would be sent a password */
  readonly password: boolean
}

export interface Instruments {
  readonly tools: Tools
  /** why variables, secrets and keys are not looked at; undefined: they are */
  readonly blind: string | undefined
  /** why nobody is asked anything; undefined: they are */
  readonly silent: string | undefined
  checkUrl(url: string, what: string, allowHttp: boolean): URL
  findProxy(url: URL, explicit: string | undefined): FoundProxy | undefined
  checkTls(tls: Tls): void
  /** the file that would be run; throws where there is none */
  findCommand(command: Command): string
}

/** One call under examination. */
export interface Case {
  readonly profile: Profile
  readonly before: Profile | undefined
  readonly values: Values
  /** what the call is made of: leaves that somebody must supply, and fields on the way */
  readonly leaves: readonly Leaf[]
  readonly fields: ReadonlySet<string>
  /** the token endpoint is found by asking the authorization server */
  readonly discovers: boolean
  readonly instruments: Instruments
  readonly findings: Findings
  readonly destinations: Destination[]
}

/** Returns who is still to be asked over the network. */
export async function examineChain(
  chain: readonly Profile[],
  instruments: Instruments,
  findings: Findings,
): Promise<Destination[]> {
  const destinations: Destination[] = []
  // first of all: what a later call needs decides what an earlier one asks for
  for (const index of chain.keys())
    await examineVia(chain.slice(0, index + 1), instruments, findings)
  for (const [index, profile] of chain.entries()) {
    findings.turnTo(profile.name)
    const { environment } = profile
    if (environment !== undefined) findings.add('environment', 'ok', environment)
    const one = { ...openCase(profile, chain[index - 1], instruments, findings), destinations }
    await examineContents(one)
    const signed = await examineCredentials(one)
    await examineDestination(one, signed)
    await examineKeeping(one)
  }
  return destinations
}

async function examineKeeping({ profile, values, instruments, findings }: Case): Promise<void> {
  const blind = instruments.blind !== undefined
  if (blind && isBlindTo(profile, [{ path: ['cache'], template: null }])) return
  const kept = await findings.attempt('cache', () => values.field('cache'))
  if (kept === false) findings.add('cache', 'ok', 'its token is not kept (cache: false)')
}

async function examineVia(
  chain: readonly Profile[],
  instruments: Instruments,
  findings: Findings,
): Promise<void> {
  const [before, profile] = chain.length > 1 ? chain.slice(-2) : [undefined, chain[0]]
  if (profile === undefined) return
  const { call, limits } = profile.provider
  findings.turnTo(profile.name)
  const claims = mintedOf(before?.provider.assertion)?.claims
  const needed =
    (before &&
      claims &&
      isBlindTo(before, [{ path: ['assertion', 'claims'], template: claims }])) ||
    (call && isBlindTo(profile, [{ path: ['call', 'url'], template: call.url }]))
  if (before && instruments.blind !== undefined && needed) {
    findings.add(
      'via',
      'skipped',
      `what it needs of ${before.name}: not looked at (${instruments.blind})`,
    )
    return
  }
  await findings.attempt(
    'via',
    () => checkChain(chain, instruments.tools),
    () => before && `after ${before.name}${limits?.via ? ', whose token will do' : ''}`,
  )
}

/** Whether something secret, or a file, must be read to know. */
export function isBlindTo(profile: Profile, roots: readonly Root[]): boolean {
  return traceSources(profile, roots).leaves.some(
    ({ placeholder: { kind, name } }) =>
      ['env', 'file', 'command'].includes(kind) ||
      (kind === 'name' && /^(key|certificate)\./.test(name)),
  )
}

/** Whether only the answer to the call before will tell. */
export function isLater(profile: Profile, roots: readonly Root[]): boolean {
  return traceSources(profile, roots).leaves.some(
    ({ placeholder: { name } }) => name.startsWith('via.') && name !== 'via.access_token',
  )
}

function openCase(
  profile: Profile,
  before: Profile | undefined,
  instruments: Instruments,
  findings: Findings,
): Omit<Case, 'destinations'> {
  const { tools, blind } = instruments
  const facts = {
    now: Math.floor(tools.now() / 1000),
    via: before && standInToken(before, tools),
  }
  const values = new Values(profile, facts, tools)
  const { leaves, fields } = traceSources(profile, listRoots(profile))
  const ends = ['token_endpoint', 'authorization_server'].map((name) => ({
    path: [name],
    template: null,
  }))
  const readable = blind === undefined || !isBlindTo(profile, ends)
  const discovers = readable && !isLater(profile, ends) && isDiscovered(values)
  const tokenEndpoint = discovers ? values.text('authorization_server') : undefined
  return {
    profile,
    before,
    values:
      tokenEndpoint === undefined
        ? values
        : new Values(profile, { ...facts, tokenEndpoint }, tools),
    leaves,
    fields,
    discovers,
    instruments,
    findings,
  }
}

function isDiscovered(values: Values): boolean {
  const { call, fields } = values.profile.provider
  try {
    return (
      call !== undefined &&
      'token_endpoint' in fields &&
      values.text('authorization_server') !== undefined &&
      values.text('token_endpoint') === undefined
    )
  } catch (error) {
    // told where the fields are looked at
    if (error instanceof TokenError) return false
    throw error
  }
}
