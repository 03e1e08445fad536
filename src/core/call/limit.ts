// What a service is known to refuse, said before anything is sent: a refusal here costs nothing,
// one there may cost an hour.

import { TokenError } from '../error.ts'
import { readPath } from '../profile/layer.ts'
import { type Profile, tellPlace } from '../profile/profile.ts'
import type { ClaimRule } from '../provider.ts'
import { Hidden } from '../secret/hidden.ts'
import { isList, reveal, type Value } from '../template/value.ts'
import type { Claims } from './assertion.ts'
import type { SigningKey } from './tools.ts'

export function checkClaims(
  profile: Profile,
  claims: Claims,
  rules: Readonly<Record<string, ClaimRule>>,
): void {
  for (const [name, rule] of Object.entries(rules)) {
    const broken = judge(readPath(claims, name.split('.')) as Value | undefined, rule)
    if (broken !== undefined) throw refuse(profile, name, `${name} ${broken}`, rule)
  }
}

export function judge(value: Value | undefined, rule: ClaimRule): string | undefined {
  if (value === undefined) return rule.required ? 'is missing' : undefined
  const bare = value instanceof Hidden ? (reveal(value) as string | number) : value
  if (rule.type !== undefined && typeOf(bare) !== rule.type)
    return `is ${typeOf(bare)}, not ${rule.type}`
  if (rule.filled && isEmpty(bare)) return 'is empty'
  const choices = rule.one_of
  if (choices && !(isList(bare) ? bare : [bare]).every((item) => choices.includes(`${item}`))) {
    return `is none of ${choices.join(', ')}`
  }
  return undefined
}

function isEmpty(value: Value): boolean {
  if (value === null || typeof value !== 'object') return value === null || value === ''
  return Object.keys(value).length === 0
}

function typeOf(value: Value): string {
  if (isList(value)) return 'list'
  if (value === null) return 'null'
  return typeof value === 'string' ? 'text' : typeof value
}

/** The fields that the registered claims come from. */
const FIELD_OF_CLAIM: Readonly<Record<string, string>> = {
  iss: 'issuer',
  sub: 'subject',
  aud: 'audience',
  scope: 'scopes',
}

export function checkLifetime(profile: Profile, claims: Claims): void {
  const longest = profile.provider.limits?.lifetime
  const { iat, exp } = claims
  if (longest === undefined || typeof iat !== 'number' || typeof exp !== 'number') return
  if (exp - iat <= longest) return
  throw refuse(profile, 'lifetime', `the assertion would live ${exp - iat} s`, {
    why: `${profile.providerName} takes ${longest} s at most`,
    fix: `lifetime: ${longest}s`,
  })
}

export function checkLength(
  profile: Profile,
  made: { header?: Claims; claims: Claims; key?: SigningKey },
  jwt: string,
): void {
  // not the assertion itself, only what tells it from others
  if (made.key?.standsIn) return
  const [least, most] = profile.provider.limits?.assertion_length ?? [0, Number.POSITIVE_INFINITY]
  if (jwt.length >= least && jwt.length <= most) return
  const long = jwt.length > most
  const signature = jwt.length - jwt.lastIndexOf('.') - 1
  const parts = [
    {
      what: made.key ? `the signature of a ${made.key.description}` : 'the signature',
      size: signature,
    },
    ...sizesOf(made.claims, 'claim'),
    ...sizesOf(made.header ?? {}, 'header'),
  ].sort((a, b) => b.size - a.size)
  throw new TokenError(
    'limit',
    `${profile.name}: the assertion has ${jwt.length} characters; ${profile.providerName} takes ${least} to ${most}`,
    {
      means: [
        long ? 'what makes it long:' : 'what it is made of:',
        ...parts.slice(0, 6).map(({ what, size }) => `${size} ${what}`),
      ],
      fix: long
        ? [
            'leave out what the service does not ask for (kid, iat, exp, jti)',
            'a key of 2048 bits or less',
          ]
        : ['the issuer and scope of the key as the service gave them'],
      profile: profile.name,
      provider: profile.providerName,
    },
  )
}

function sizesOf(members: Claims, sort: string): { what: string; size: number }[] {
  return Object.entries(members).map(([name, value]) => ({
    what: `${sort} ${name}`,
    size: Math.ceil(
      ((JSON.stringify(name).length + JSON.stringify(reveal(value)).length + 2) * 4) / 3,
    ),
  }))
}

/** A rule that a hop sets for the assertion before it. */
export function checkVia(profile: Profile, before: Profile, claims: Claims, url: string): void {
  const via = profile.provider.limits?.via
  for (const [name, rule] of Object.entries(via?.claims ?? {})) {
    const broken = judge(readPath(claims, name.split('.')) as Value | undefined, rule)
    if (broken !== undefined)
      throw refuse(before, name, `${name} ${broken}, and ${profile.name} needs it`, rule)
  }
  if (via?.scopes === undefined) return
  const scopes = claims.scopes ?? claims.scope
  const texts = (isList(scopes) ? scopes : [scopes ?? '']).flatMap((scope) => `${scope}`.split(' '))
  const covers = (scope: string): boolean =>
    via.scopes === 'equal' ? scope === url : scope !== '' && url.includes(scope)
  if (texts.some(covers)) return
  throw refuse(before, 'scopes', `none of its scopes covers ${url}`, {
    why: `it asks for ${texts.join(' ')}; ${profile.providerName} accepts a token only for a URL that one of its scopes is part of`,
    fix: `scopes: - ${url}`,
  })
}

function refuse(profile: Profile, name: string, what: string, rule: ClaimRule): TokenError {
  const field = FIELD_OF_CLAIM[name] ?? name
  const place = tellPlace(profile, field.split('.'))
  return new TokenError('limit', `${profile.name}: ${what}`, {
    ...(rule.why !== undefined && { means: rule.why }),
    ...((place || rule.fix) && {
      fix: `${place ? `${place} ` : ''}${rule.fix ?? 'change it'}`,
    }),
    profile: profile.name,
    provider: profile.providerName,
  })
}
