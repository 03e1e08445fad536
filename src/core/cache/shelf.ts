// The place of one token between runs. One run asks, the others wait and take what it got, be that a
// token or a failure; and a token that is nearly over is better than none.

import { restoreToken } from '../call/result.ts'
import type { TokenSet } from '../call/token.ts'
import type { Tools } from '../call/tools.ts'
import { formatDuration } from '../duration.ts'
import { TokenError } from '../error.ts'
import { isTree } from '../profile/layer.ts'
import type { Profile } from '../profile/profile.ts'
import { quoteShell } from '../shell.ts'
import { Values } from '../template/values.ts'
import { type Entry, readEntry } from './entry.ts'
import { writeEntry } from './entry-text.ts'
import { readFailure, writeFailure } from './failure.ts'
import { isAlive, isFresh } from './freshness.ts'
import type { TokenStore } from './store.ts'

export interface Shelf {
  readonly store: TokenStore
  readonly profile: Profile
  readonly name: string
  readonly tools: Tools
  /** milliseconds that must be left of it; the usual margin otherwise */
  readonly least: number | undefined
  /** nothing that was kept is good enough */
  readonly forceNew: boolean
  /** milliseconds: until then another run is waited for */
  readonly deadline: number
}

/** `refused`: a token that the service no longer takes, so that nothing but another one will do. */
export async function takeToken(
  shelf: Shelf,
  refused: string | undefined,
  fetch: () => Promise<TokenSet>,
): Promise<TokenSet> {
  if (shelf.forceNew) return keep(shelf, await fetch())
  const find = (): TokenSet | undefined => findToken(shelf, refused, isFresh)
  const kept = find()
  if (kept) {
    shelf.tools.watch.kept?.(shelf.profile, 'found')
    return kept
  }
  try {
    return await takeTurn(shelf, find, fetch)
  } catch (error) {
    const old = isFailure(error) ? findToken(shelf, refused, isLeft) : undefined
    if (old === undefined) throw error
    warnOfOld(shelf, old, error)
    return old
  }
}

async function takeTurn(
  shelf: Shelf,
  find: () => TokenSet | undefined,
  fetch: () => Promise<TokenSet>,
): Promise<TokenSet> {
  const { store, name, tools, deadline, profile } = shelf
  const findFailure = (): TokenError | undefined =>
    readFailure(store.read(nameFailure(name)), name, tools.now(), tools.began)
  const failed = findFailure()
  if (failed) throw failed
  let waited = false
  const claim = await store.claim(name, deadline, () => {
    if (!waited) tools.watch.kept?.(profile, 'waiting')
    waited = true
    return find() !== undefined || findFailure() !== undefined
  })
  if (claim === 'over') throw tellWaiting(shelf)
  try {
    const kept = find()
    if (kept) return kept
    const failure = findFailure()
    if (failure) throw failure
    return keep(shelf, await fetchOrRecord(shelf, fetch))
  } finally {
    claim?.release()
  }
}

function tellWaiting({ profile, tools }: Shelf): TokenError {
  const waited = formatDuration((tools.now() - tools.began) / 1000)
  return new TokenError(
    'network_timeout',
    `${profile.name}: another run has been asking for this token for ${waited}`,
    {
      means: 'it has had no answer yet, and this one has waited for it as long as it may take',
      fix: [`tokentool get ${quoteShell(profile.name)} --force-new`, 'or a longer --timeout'],
      profile: profile.name,
      provider: profile.providerName,
    },
  )
}

async function fetchOrRecord(
  { store, name, tools }: Shelf,
  fetch: () => Promise<TokenSet>,
): Promise<TokenSet> {
  try {
    return await fetch()
  } catch (error) {
    const record = writeFailure(name, error, tools.now(), (text) => tools.secrets.clean(text))
    if (record !== undefined) store.write(nameFailure(name), record)
    throw error
  }
}

function nameFailure(name: string): string {
  return `${name}.failed`
}

function findToken(
  { store, profile, name, tools, least }: Shelf,
  refused: string | undefined,
  isGood: (entry: Entry, now: number, least: number | undefined) => boolean,
): TokenSet | undefined {
  const entry = readEntry(store.read(name), name)
  if (entry === undefined || entry.token === refused) return undefined
  if (!isGood(entry, tools.now(), least)) return undefined
  try {
    return { ...restoreToken(profile, entry, tools), keptAs: name }
  } catch (error) {
    // what the profile says of its use is told when it is asked for
    if (error instanceof TokenError) return undefined
    throw error
  }
}

function keep({ store, profile, name, tools }: Shelf, token: TokenSet): TokenSet {
  const now = tools.now()
  const ttl = readTtl(profile, tools)
  const ends = [token.expiresAt, ttl === undefined ? undefined : now + ttl * 1000]
  const known = ends.filter((end) => end !== undefined)
  const until = known.length === 0 ? now : Math.min(...known)
  if (until > now && store.write(name, writeEntry(name, token, now, until))) {
    tools.watch.kept?.(profile, 'stored')
    return { ...token, keptAs: name }
  }
  // nobody says how long it is good, or there is no room: the one before it is not to be had instead
  store.remove(name)
  return token
}

function readTtl(profile: Profile, tools: Tools): number | undefined {
  const cache = new Values(profile, { now: 0, via: undefined }, tools).field('cache')
  const ttl = isTree(cache) ? cache.ttl : undefined
  return typeof ttl === 'number' ? ttl : undefined
}

const isLeft = (entry: Entry, now: number, least: number | undefined): boolean =>
  isAlive(entry, now, least ?? 0)

/** The service's, not the user's. */
function isFailure(error: unknown): error is TokenError {
  return error instanceof TokenError && ['unavailable', 'refused', 'unusable'].includes(error.class)
}

function warnOfOld({ profile, tools }: Shelf, old: TokenSet, error: unknown): void {
  const { expiresAt } = old
  const left =
    expiresAt === undefined
      ? ''
      : ` and is good for ${formatDuration((expiresAt - tools.now()) / 1000)}`
  tools.warn(
    `${profile.name}: no new token (${error instanceof TokenError ? error.message : 'a failure'}); the old one is used${left}`,
  )
}
