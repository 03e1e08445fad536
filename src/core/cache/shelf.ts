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
import { readEntry } from './entry.ts'
import { writeEntry } from './entry-text.ts'
import { readFailure, writeFailure } from './failure.ts'
import { freshUntil, isAlive, isFresh, type Life } from './freshness.ts'
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
  /** milliseconds that the calls of this run may take */
  readonly timeout: number
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
    readFailure(store.read(nameFailure(name)), shelf, tools)
  const failed = findFailure()
  if (failed) throw failed
  let waited = false
  const claim = await store.claim(name, deadline, () => {
    if (!waited) tools.watch.kept?.(profile, 'waiting')
    waited = true
    return find() !== undefined || findFailure() !== undefined
  })
  if (claim === 'over') throw tellWaiting(shelf)
  if (claim === 'impossible') tools.watch.kept?.(profile, 'alone')
  try {
    const kept = find()
    if (kept) return kept
    const failure = findFailure()
    if (failure) throw failure
    return keep(shelf, await fetchOrRecord(shelf, fetch))
  } finally {
    if (typeof claim === 'object') claim.release()
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

async function fetchOrRecord(shelf: Shelf, fetch: () => Promise<TokenSet>): Promise<TokenSet> {
  const { store, name, tools } = shelf
  try {
    return await fetch()
  } catch (error) {
    const record = writeFailure(error, shelf, tools)
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
  isGood: (life: Life, now: number, least: number | undefined) => boolean,
): TokenSet | undefined {
  const entry = readEntry(store.read(name), name)
  if (entry === undefined || entry.token === refused) return undefined
  const life = {
    saved_at: entry.saved_at,
    until: endOf(entry.saved_at, entry.until, profile, tools),
  }
  if (!isGood(life, tools.now(), least)) return undefined
  try {
    const kept = { name, until: freshUntil(life, least) }
    return { ...restoreToken(profile, entry, tools), kept }
  } catch (error) {
    // what the profile says of its use is told when it is asked for
    if (error instanceof TokenError) return undefined
    throw error
  }
}

function keep({ store, profile, name, tools, least }: Shelf, token: TokenSet): TokenSet {
  const now = tools.now()
  const until = endOf(now, token.expiresAt, profile, tools)
  const file = profile.entry?.document.file
  if (until > now && store.write(name, writeEntry(token, { name, now, until, file }))) {
    tools.watch.kept?.(profile, 'stored')
    return { ...token, kept: { name, until: freshUntil({ saved_at: now, until }, least) } }
  }
  // nobody says how long it is good, or there is no room: the one before it is not to be had instead
  store.remove(name)
  return token
}

/** As the service says, or the profile, whichever is sooner; at once where neither does. */
function endOf(
  savedAt: number,
  expiresAt: number | undefined,
  profile: Profile,
  tools: Tools,
): number {
  const cache = new Values(profile, { now: 0, via: undefined }, tools).field('cache')
  const ttl =
    isTree(cache) && typeof cache.ttl === 'number' ? savedAt + cache.ttl * 1000 : undefined
  return Math.min(expiresAt ?? ttl ?? savedAt, ttl ?? Number.POSITIVE_INFINITY)
}

const isLeft = (life: Life, now: number, least: number | undefined): boolean =>
  isAlive(life, now, least ?? 0)

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
