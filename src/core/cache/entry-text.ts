// What is written of a token. Reading is apart, because the direct path reads and never writes.

import type { TokenSet } from '../call/token.ts'
import { reveal } from '../template/value.ts'
import { type Entry, VERSION } from './entry.ts'

/** What outlives the token: whoever has it could go on asking. */
const NEVER_KEPT = /refresh|secret|password|assertion/i

/** All that is said of it but the token: milliseconds, and the file of its profile. */
export interface Label {
  readonly name: string
  readonly now: number
  readonly until: number
  readonly file: string | undefined
}

export function writeEntry(set: TokenSet, { name, now, until, file }: Label): string {
  const extra = Object.entries(set.extra).filter(([member]) => !NEVER_KEPT.test(member))
  const entry: Entry = {
    version: VERSION,
    name,
    profile: set.profile,
    file: file ?? null,
    provider: set.provider,
    environment: set.environment ?? null,
    token: set.token.reveal(),
    type: set.type,
    saved_at: now,
    expires_at: set.expiresAt ?? null,
    until,
    scopes: set.scopes ?? null,
    extra: reveal(Object.fromEntries(extra)) as Entry['extra'],
    via: set.via.map((hop) => ({
      profile: hop.profile,
      provider: hop.provider,
      environment: hop.environment ?? null,
      type: hop.type,
      expires_at: hop.expiresAt ?? null,
      scopes: hop.scopes ?? null,
    })),
  }
  return JSON.stringify(entry)
}
