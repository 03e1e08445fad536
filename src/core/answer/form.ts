// A token as what was asked for: itself, a header, JSON, its claims. The caller writes it to stdout.

import type { TokenSet } from '../call/token.ts'
import { TokenError } from '../error.ts'
import { reveal } from '../template/value.ts'
import { escapeJson } from '../terminal.ts'
import { toIso } from './expiry.ts'
import type { Form } from './form-names.ts'

export interface Occasion {
  /** milliseconds */
  readonly now: number
  readonly sandbox: boolean
}

const WRITERS: Readonly<Record<Form, (set: TokenSet, occasion: Occasion) => string>> = {
  token: (set) => set.token.reveal(),
  header: writeHeader,
  json: (set, occasion) => escapeJson(writeJson(set, occasion)),
  claims: (set) => {
    if (set.claimsText !== undefined) return escapeJson(onOneLine(set.claimsText))
    throw new TokenError('answer_unusable', `the token of ${set.profile} has no claims to read`, {
      means: 'it is opaque: only the service that issued it can tell what it means',
      profile: set.profile,
    })
  },
}

export function formatToken(set: TokenSet, form: Form, occasion: Occasion): string {
  return `${WRITERS[form](set, occasion)}\n`
}

function writeHeader({ use, profile }: TokenSet): string {
  const line = `${use.header}: ${use.value.reveal()}`
  if (!/[\r\n\0]/.test(line)) return line
  throw new TokenError('field_invalid', `${profile}: the header would have a line break in it`, {
    means: 'use.header and use.value say how the token is carried',
    profile,
  })
}

function writeJson(set: TokenSet, occasion: Occasion): string {
  const members = JSON.stringify({
    ...describeSet(set, occasion, true),
    via: set.via.map((via) => describeSet(via, occasion, false)),
    extra: reveal(set.extra),
    ...(set.use.headers && { headers: reveal(set.use.headers) }),
    ...(occasion.sandbox && { sandbox: true }),
  })
  // the claims as they stand in the token: JSON.parse would lose digits and the order of names
  const claims = set.claimsText === undefined ? 'null' : onOneLine(set.claimsText)
  return `${members.slice(0, -1)},"claims":${claims}}`
}

function describeSet(set: TokenSet, { now }: Occasion, whole: boolean): object {
  return {
    profile: set.profile,
    provider: set.provider,
    environment: set.environment ?? null,
    ...(whole && { access_token: set.token.reveal() }),
    token_type: set.type,
    expires_at: set.expiresAt === undefined ? null : toIso(set.expiresAt),
    expires_in:
      set.expiresAt === undefined ? null : Math.max(0, Math.floor((set.expiresAt - now) / 1000)),
    scopes: set.scopes ?? null,
    cached: false,
  }
}

// A line break that is not escaped stands outside of the strings, where it means nothing.
function onOneLine(json: string): string {
  return json.replace(/[\r\n\t]+/g, ' ').trim()
}
