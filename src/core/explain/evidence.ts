// Facts of this machine that can prove a cause. A row of a provider's explain column names its
// suspects; what is proven is said before what is merely likely.

import type { Claims } from '../call/assertion.ts'
import { formatDuration } from '../duration.ts'
import { TokenError } from '../error.ts'
import { isTree, readPath } from '../profile/layer.ts'
import { type Profile, tellPlace } from '../profile/profile.ts'
import type { Suspect } from '../provider.ts'
import { quoteShell } from '../shell.ts'
import { isList } from '../template/value.ts'
import type { Values } from '../template/values.ts'

export interface Evidence {
  readonly proof: string
  readonly fix?: string
}

export interface Scene {
  readonly values: Values
  readonly claims: Claims | undefined
  /** seconds the service's clock is ahead of ours; undefined where it sent no Date */
  readonly skew: number | undefined
  /** the service's words */
  readonly said: string
}

/** A clock is off when it is off by more than a slow answer can explain. */
const SKEW_THAT_MATTERS = 5

const DETECTIVES: Readonly<Record<Suspect, (scene: Scene) => Evidence | undefined>> = {
  clock: ({ skew }) => {
    if (skew === undefined || Math.abs(skew) <= SKEW_THAT_MATTERS) return undefined
    return {
      proof: `the clock here is ${formatDuration(Math.abs(skew))} ${skew < 0 ? 'ahead of' : 'behind'} the service's`,
      fix: 'sudo timedatectl set-ntp true',
    }
  },
  environment: (scene) => otherEnvironment(scene) ?? accountOfOther(scene),
  account: accountOfOther,
  audience: ({ claims, said }) => {
    const expected = readExpected(said)
    const aud = claims?.aud
    if (expected === undefined || typeof aud !== 'string') return undefined
    return describeDifference(aud, expected)
  },
  scope: ({ values, claims }) => {
    const base = values.text('base_url')
    const scopes = claims?.scopes
    if (base === undefined || !isList(scopes)) return undefined
    const foreign = scopes
      .map(String)
      .find((scope) => /^https?:/.test(scope) && hostOf(scope) !== hostOf(base))
    if (foreign === undefined) return undefined
    return {
      proof: `the scope ${foreign} is of another host than ${base}`,
      ...fixAt(values.profile, ['scopes'], `${base}/…`),
    }
  },
  key: ({ values }) =>
    wrongCertificate(values) ?? keyOfOther(values.profile, values.path('key_path')?.path),
}

export function findEvidence(suspects: readonly Suspect[] | undefined, scene: Scene): Evidence[] {
  return (suspects ?? []).flatMap((suspect) => {
    try {
      return DETECTIVES[suspect](scene) ?? []
    } catch (error) {
      // what cannot be looked at proves nothing, and is not what went wrong
      if (error instanceof TokenError) return []
      throw error
    }
  })
}

/** What the service calls itself, where it says what it expected and what it got. */
function readExpected(said: string): string | undefined {
  return /expected \[?"?(https?:\/\/[^"\]\s,]+)/i.exec(said)?.[1]
}

/** The service names its own host: is it another environment's? */
function otherEnvironment({ values, said: whole }: Scene): Evidence | undefined {
  const { profile } = values
  const said = readExpected(whole) ?? whole
  const hosts = Object.entries(profile.provider.environments ?? {})
  // the longest first: https://api.va.gov is no part of https://staging-api.va.gov, but could be
  const named = hosts
    .filter(
      ([name, { base_url }]) =>
        name !== profile.environment && base_url !== undefined && said.includes(`${base_url}/`),
    )
    .sort(([, a], [, b]) => (b.base_url?.length ?? 0) - (a.base_url?.length ?? 0))[0]
  if (named === undefined) return undefined
  const [name] = named
  return {
    proof: `the service answers as ${name}; ${
      fixesHost(profile)
        ? `base_url is ${values.text('base_url') ?? 'another'}`
        : `this call was made for ${profile.environment ?? 'no environment'}`
    }`,
    ...fixEnvironment(profile, name),
  }
}

/** The value in force is the one the profile lists for another environment. */
function accountOfOther({ values }: Scene): Evidence | undefined {
  const { profile } = values
  const environments = profile.layers.value.environments
  if (!isTree(environments)) return undefined
  for (const [name, fields] of Object.entries(environments)) {
    if (name === profile.environment || !isTree(fields)) continue
    for (const [field, value] of Object.entries(fields)) {
      const isAccount = /(_id|issuer|client_id)$/.test(field)
      const same = typeof value === 'string' && values.text(field) === value
      const own = readPath(environments, [profile.environment ?? '', field])
      if (isAccount && same && own !== value) {
        return {
          proof: `this ${field} is the one the profile lists for ${name}`,
          ...fixEnvironment(profile, name),
        }
      }
    }
  }
  return undefined
}

function wrongCertificate(values: Values): Evidence | undefined {
  const registered = values.certificate()?.publicPem
  if (registered === undefined || registered === values.key().publicPem) return undefined
  return {
    proof: 'the private key does not belong to the certificate in certificate_path',
    ...fixAt(values.profile, ['key_path'], 'the key the certificate was made for'),
  }
}

/** keys/staging.pem, and the environment is production. */
function keyOfOther(profile: Profile, path: string | undefined): Evidence | undefined {
  const other = profile.environments.find(
    (name) =>
      name !== profile.environment && name.length > 2 && path?.split(/[\W_]+/).includes(name),
  )
  if (path === undefined || other === undefined || profile.environment === undefined)
    return undefined
  return {
    proof: `the key ${path} is named for ${other}, and this call was made for ${profile.environment}`,
    ...fixAt(profile, ['key_path'], `the key registered for ${profile.environment}`),
  }
}

function describeDifference(sent: string, expected: string): Evidence | undefined {
  if (sent === expected) return undefined
  if (sent.replace(/\/$/, '') === expected)
    return { proof: 'aud has a slash at the end that the service does not expect' }
  if (sent.replace('127.0.0.1', 'localhost') === expected)
    return { proof: 'aud says 127.0.0.1; the service calls itself localhost' }
  if (hostOf(sent) !== hostOf(expected))
    return { proof: `aud names ${hostOf(sent)}; the service is ${hostOf(expected)}` }
  return { proof: 'aud differs from the URL of the token endpoint as the service knows it' }
}

/** Only one that the profile lists: nobody is sent to production because a service has one. */
function fixEnvironment(profile: Profile, name: string): { fix?: string } {
  const { environments } = profile.layers.value
  const listed = isTree(environments) && Object.hasOwn(environments, name)
  return listed && !fixesHost(profile) && profile.entry
    ? { fix: `tokentool get ${quoteShell(profile.name)} -e ${quoteShell(name)}` }
    : {}
}

/** What the profile says itself, and not for an environment, none of them changes. */
function fixesHost(profile: Profile): boolean {
  const { value } = profile.layers
  const own = readPath(value, ['environments', profile.environment ?? '', 'base_url'])
  return typeof value.base_url === 'string' && own === undefined
}

function fixAt(profile: Profile, path: readonly string[], what: string): { fix?: string } {
  const place = tellPlace(profile, path)
  return place ? { fix: `${place} ${path.join('.')}: ${what}` } : {}
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}
