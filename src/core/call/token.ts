// What the user wants: a token and all that is known of it.

import { readJson } from '../json.ts'
import type { Profile } from '../profile/profile.ts'
import type { Hidden } from '../secret/hidden.ts'
import type { Value } from '../template/value.ts'
import type { Tools } from './tools.ts'

/** All that is told of a token of the chain beside the token itself. */
export interface Hop {
  readonly profile: string
  readonly provider: string
  readonly environment: string | undefined
  /** "Bearer", however the service spells it */
  readonly type: string
  /** milliseconds; undefined where nobody says */
  readonly expiresAt: number | undefined
  readonly scopes: readonly string[] | undefined
  /** from an earlier run */
  readonly cached: boolean
}

export interface TokenSet extends Hop {
  readonly token: Hidden
  readonly extra: { readonly [name: string]: Value }
  /** the payload as it stands in the token; undefined for an opaque one */
  readonly claims: { readonly [name: string]: unknown } | undefined
  readonly claimsText: string | undefined
  /** the header that carries it */
  readonly use: {
    readonly header: string
    readonly value: Hidden
    /** further ones that go with it */
    readonly headers: { readonly [name: string]: Value } | undefined
  }
  /** where it is kept, and until when (milliseconds) it is good enough for this profile; undefined: it is not */
  readonly kept?: { readonly name: string; readonly until: number }
  /** the tokens before it, first hop first */
  readonly via: readonly Hop[]
}

/** In the place of a token that nobody has yet: «the token of va». */
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
    cached: false,
    via: [],
  }
}

/** Header and payload of a compact JWT, or undefined: nothing is judged here. */
export function readJwt(
  token: string,
):
  | { header: Record<string, unknown>; claims: Record<string, unknown>; payload: string }
  | undefined {
  const [head, body, signature, more] = token.split('.')
  if (head === undefined || body === undefined || signature === undefined || more !== undefined)
    return undefined
  const header = readObject(head)
  const claims = readObject(body)
  return header && claims
    ? { header: header.value, claims: claims.value, payload: claims.text }
    : undefined
}

function readObject(part: string): { value: Record<string, unknown>; text: string } | undefined {
  try {
    const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0))
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const value = readJson(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? { value: value as Record<string, unknown>, text } : undefined
  } catch {
    return undefined
  }
}
