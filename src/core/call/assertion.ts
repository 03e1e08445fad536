// The assertion: claims filled in, checked against what the service is known to refuse, signed.

import type { Profile } from '../profile/profile.ts'
import { type Assertion, isOutside, type MintedAssertion } from '../provider.ts'
import type { Hidden } from '../secret/hidden.ts'
import { chooseAlgorithm } from '../template/keyring.ts'
import { reveal, type Value } from '../template/value.ts'
import type { Values } from '../template/values.ts'
import { checkClaims, checkLength, checkLifetime } from './limit.ts'
import { type Taken, takeAssertion } from './outside.ts'
import type { SigningKey, Tools } from './tools.ts'

const LIFETIME = 300

export type Claims = { readonly [name: string]: Value }

export interface Minted {
  readonly header: Claims
  readonly claims: Claims
  readonly key: SigningKey
  readonly jwt: Hidden
}

/** What proves who is asking, made here or taken from elsewhere. */
export type Evidence = Minted | Taken

export function isTaken(evidence: Evidence): evidence is Taken {
  return 'source' in evidence
}

export async function obtainAssertion(
  values: Values,
  assertion: Assertion,
  name: 'assertion' | 'client_assertion',
  tools: Tools,
): Promise<Evidence> {
  return isOutside(assertion)
    ? takeAssertion(values, assertion, name, tools)
    : mintAssertion(values, assertion, name, tools)
}

/** Filled in and within the limits; nothing has been signed, no key read (unless a claim asks). */
export function buildClaims(values: Values, assertion: MintedAssertion): Claims {
  const lifetime = values.number('lifetime') ?? assertion.lifetime ?? LIFETIME
  const iat = values.now - (values.number('backdate') ?? assertion.backdate ?? 0)
  values.make('iat', iat)
  values.make('exp', iat + lifetime)
  const { client_assertion } = values.profile.provider
  const column = assertion === client_assertion ? 'client_assertion' : 'assertion'
  return values.fill(assertion.claims, { at: [column, 'claims'] }) as Claims
}

export async function mintAssertion(
  values: Values,
  assertion: MintedAssertion,
  name: 'assertion' | 'client_assertion',
  tools: Tools,
): Promise<Minted> {
  const { profile } = values
  const claims = buildClaims(values, assertion)
  if (name === 'assertion') {
    checkClaims(profile, claims, profile.provider.limits?.claims ?? {})
    checkLifetime(profile, claims)
  }
  let loaded: SigningKey | undefined
  const loadKey = (): SigningKey => {
    loaded ??= assertion.key === undefined ? values.key() : values.secretKey(assertion.key)
    return loaded
  }
  values.make('algorithm', chooseAlgorithm(values, assertion, loadKey))
  const header = values.fill(assertion.header, { at: [name, 'header'] }) as Claims
  const key = loadKey()
  const jwt = await tools.sign(reveal(header) as object, reveal(claims) as object, key, {
    allowWeakKey: values.flag('allow_weak_key'),
  })
  const hidden = tools.secrets.hide(jwt, name, 'assertion')
  if (name === 'assertion') checkLength(profile, { header, claims, key }, jwt)
  values.make(name, hidden)
  tools.watch.signed?.(profile, header, claims, key)
  return { header, claims, key, jwt: hidden }
}

/** The profile of a chain whose assertion `mint` prints: the last that has one. */
export function findMinting(profiles: readonly Profile[]): Profile | undefined {
  return profiles.findLast(({ provider }) => provider.assertion ?? provider.client_assertion)
}
