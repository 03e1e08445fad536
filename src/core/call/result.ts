// What the user wants, from what has been answered, or from the assertion where there is no call.

import {
  findAll,
  findFirst,
  isWord,
  normalizeType,
  readScopes,
  readSkew,
} from '../answer/answer.ts'
import { readExpiry } from '../answer/expiry.ts'
import { USUAL } from '../answer/usual.ts'
import { type Entry, readHops } from '../cache/entry.ts'
import { TokenError } from '../error.ts'
import { isSecretPart, SECRET_NAMES } from '../profile/fields.ts'
import { isTree } from '../profile/layer.ts'
import type { Profile } from '../profile/profile.ts'
import type { Answer as Columns } from '../provider.ts'
import { Hidden } from '../secret/hidden.ts'
import { toText, type Value } from '../template/value.ts'
import { Values } from '../template/values.ts'
import type { PreparedCall } from './call.ts'
import { type Hop, readJwt, type TokenSet } from './token.ts'
import type { Tools } from './tools.ts'
import type { Answer } from './wire.ts'

export function keepAssertion({ values, minted, via }: PreparedCall): TokenSet {
  const { profile } = values
  if (minted === undefined) {
    throw new TokenError(
      'field_invalid',
      `${profile.name}: ${profile.providerName} has neither a call nor an assertion`,
      {
        means: 'with no call the assertion is the token',
      },
    )
  }
  const exp = minted.claims.exp
  const jwt = readJwt(minted.jwt.reveal())
  const after = profile.provider.answer?.expires_after
  return {
    ...describeCall(values, via),
    token: minted.jwt,
    type: 'Bearer',
    expiresAt:
      after !== undefined
        ? (values.now + after) * 1000
        : typeof exp === 'number'
          ? exp > 1e11
            ? exp
            : exp * 1000
          : undefined,
    scopes: readScopes(undefined, USUAL, jwt?.claims),
    extra: {},
    claims: jwt?.claims,
    claimsText: jwt?.payload,
    use: readUse(values, minted.jwt),
  }
}

export interface Success {
  readonly token: string
  readonly data: unknown
  readonly answer: Answer
  readonly columns: Columns
}

export function keepToken(
  { values, via }: PreparedCall,
  { token: text, data, answer, columns }: Success,
  tools: Tools,
): TokenSet {
  const token = tools.secrets.hide(text, 'token', 'token')
  if (text === '' || text !== text.trim() || /[^\x20-\x7e]/.test(text)) {
    throw new TokenError(
      'answer_unusable',
      `${values.profile.providerName} answered with a token that no header can carry`,
      {
        means:
          'it is blank, has a space at an end, or holds a line break or a character beyond ASCII; the path in answer.token may be wrong',
        fix: '-vv shows the answer',
      },
    )
  }
  const jwt = readJwt(text)
  const clock = { sentAt: answer.sentAt, offset: learnOffset(values, answer) }
  const expiry = readExpiry(data, columns, clock, jwt?.claims.exp)
  if (expiry.warning) tools.warn(`${values.profile.name}: ${expiry.warning}`)
  else if (expiry.at !== undefined && expiry.at <= tools.now())
    tools.warn(`${values.profile.name}: the token that was answered is over already`)
  return {
    ...describeCall(values, via),
    token,
    type: normalizeType(findFirst(data, columns.type, isWord)),
    expiresAt: expiry.at,
    scopes: readScopes(data, columns, jwt?.claims),
    extra: readExtra(data, columns, tools),
    claims: jwt?.claims,
    claimsText: jwt?.payload,
    use: readUse(values, token),
  }
}

const DAY = 86_400_000

/** Milliseconds. Anyone may answer where TLS is not verified, and say any Date. */
function learnOffset(values: Values, answer: Answer): number {
  const tls = values.field('tls')
  const skew = isTree(tls) && tls.insecure === true ? 0 : (readSkew(answer) ?? 0)
  return Math.max(-DAY, Math.min(DAY, skew * 1000))
}

function describeCall(
  values: Values,
  via: TokenSet | undefined,
): Pick<TokenSet, 'profile' | 'provider' | 'environment' | 'cached' | 'via'> {
  const { profile } = values
  return {
    profile: profile.name,
    provider: profile.providerName,
    environment: profile.environment,
    cached: false,
    via: via ? [...via.via, describeHop(via)] : [],
  }
}

/** One that was kept, as if it had just been answered; how it is used is the profile's to say. */
export function restoreToken(profile: Profile, entry: Entry, tools: Tools): TokenSet {
  const now = Math.floor(tools.now() / 1000)
  const values = new Values(profile, { now, via: undefined }, tools)
  const token = tools.secrets.hide(entry.token, 'token', 'token')
  const jwt = readJwt(entry.token)
  return {
    profile: profile.name,
    provider: profile.providerName,
    environment: profile.environment,
    token,
    type: entry.type,
    expiresAt: entry.expires_at ?? undefined,
    scopes: entry.scopes ?? undefined,
    extra: hideExtra(entry.extra, tools),
    claims: jwt?.claims,
    claimsText: jwt?.payload,
    use: readUse(values, token),
    cached: true,
    via: readHops(entry),
  }
}

/** Without the token: an earlier one is nobody's to see. */
export function describeHop(set: Hop): Hop {
  const { profile, provider, environment, type, expiresAt, scopes, cached } = set
  return { profile, provider, environment, type, expiresAt, scopes, cached }
}

function readUse(values: Values, token: Hidden): TokenSet['use'] {
  const {
    header = 'Authorization',
    value = 'Bearer ${token}',
    headers,
  } = values.profile.provider.use ?? {}
  values.make('token', token)
  const filled = toText(values.fill(value, { at: ['use', 'value'] }) ?? '')
  return {
    header,
    value: filled instanceof Hidden ? filled : values.secrets.hide(filled, 'token', 'token'),
    headers:
      headers &&
      (values.fill(headers, { at: ['use', 'headers'] }) as { readonly [name: string]: Value }),
  }
}

function readExtra(data: unknown, columns: Columns, tools: Tools): TokenSet['extra'] {
  const members = Object.entries(columns.extra ?? {}).flatMap(([name, path]) => {
    const [value] = findAll(data, path)
    return value === undefined || value === null ? [] : [[name, value] as const]
  })
  return hideExtra(Object.fromEntries(members), tools)
}

function hideExtra(extra: Readonly<Record<string, unknown>>, tools: Tools): TokenSet['extra'] {
  return Object.fromEntries(
    Object.entries(extra).map(([name, value]) => {
      const secret = typeof value === 'string' && (SECRET_NAMES.test(name) || isSecretPart(name))
      return [name, secret ? tools.secrets.hide(value, name, 'token') : (value as Value)] as const
    }),
  )
}
