// All of it, in one line of JSON.

import type { Hop, TokenSet } from '../../call/token.ts'
import { reveal } from '../../template/value.ts'
import { toIso } from '../expiry.ts'
import type { Occasion } from '../form.ts'

export function writeJson(set: TokenSet, occasion: Occasion): string {
  const members = JSON.stringify({
    ...describeHop(set, occasion, set.token.reveal()),
    via: set.via.map((hop) => describeHop(hop, occasion)),
    extra: reveal(set.extra),
    ...(set.use.headers && { headers: reveal(set.use.headers) }),
    ...(occasion.sandbox && { sandbox: true }),
  })
  // the claims as they stand in the token: JSON.parse would lose digits and the order of names
  const claims = set.claimsText === undefined ? 'null' : onOneLine(set.claimsText)
  return `${members.slice(0, -1)},"claims":${claims}}`
}

function describeHop(hop: Hop, { now }: Occasion, token?: string): object {
  const { expiresAt } = hop
  return {
    profile: hop.profile,
    provider: hop.provider,
    environment: hop.environment ?? null,
    ...(token !== undefined && { access_token: token }),
    token_type: hop.type,
    expires_at: expiresAt === undefined ? null : toIso(expiresAt),
    expires_in: expiresAt === undefined ? null : Math.max(0, Math.floor((expiresAt - now) / 1000)),
    scopes: hop.scopes ?? null,
    cached: hop.cached,
  }
}

// A line break that is not escaped stands outside of the strings, where it means nothing.
export function onOneLine(json: string): string {
  return json.replace(/[\r\n\t]+/g, ' ').trim()
}
