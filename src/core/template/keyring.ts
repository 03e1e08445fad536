// The key and the certificate of a profile, and what templates may ask of them.

import type { Certificate, SigningKey, Tools } from '../call/tools.ts'
import { TokenError } from '../error.ts'
import { missingField, unknownPlaceholder } from '../profile/lack.ts'
import { isTree } from '../profile/layer.ts'
import { tellPlace, writtenValue } from '../profile/profile.ts'
import type { Assertion } from '../provider.ts'
import { Hidden } from '../secret/hidden.ts'
import type { Placeholder } from './template.ts'
import { reveal, type Value } from './value.ts'
import type { Values } from './values.ts'

export function loadKey(values: Values, tools: Tools): SigningKey {
  const path = values.path('key_path')
  const key = values.field('key')
  const passphrase = values.text('passphrase')
  const keyId = values.text('key_id')
  const algorithm = values.text('algorithm') ?? firstAlgorithm(values)
  const rest = {
    algorithm,
    shared: algorithm.startsWith('HS'),
    ...(passphrase !== undefined && { passphrase }),
    ...(keyId !== undefined && { keyId }),
  }
  if (key instanceof Hidden) return tools.loadKey({ text: key.reveal(), origin: 'key', ...rest })
  if (isTree(key)) return tools.loadKey({ jwk: reveal(key as Value), origin: 'key', ...rest })
  if (path) {
    const origin = `key_path ${path.path}`
    return tools.loadKey({ path: tools.resolvePath(path), origin, ...rest })
  }
  if (tools.standIn) return tools.standIn.key(algorithm)
  throw missingField(values.profile, ['key_path'])
}

/** An HMAC key, as a template (`${client_secret}`) gives it. */
export function loadShared(values: Values, template: string, tools: Tools): SigningKey {
  const value = values.fill(template)
  const text = value instanceof Hidden ? value.reveal() : value
  return tools.loadKey({
    text: typeof text === 'string' ? text : '',
    shared: true,
    origin: template.replace(/^\$\{|\}$/g, ''),
  })
}

export function loadCertificate(values: Values, tools: Tools): Certificate | undefined {
  const path = values.path('certificate_path')
  return path && tools.readCertificate(tools.resolvePath(path))
}

function firstAlgorithm({ profile: { provider } }: Values): string {
  return (provider.assertion ?? provider.client_assertion)?.algorithms[0] ?? 'RS256'
}

/** alg: the profile's word, else the best of the provider's that fits the key. */
export function chooseAlgorithm(
  values: Values,
  assertion: Assertion,
  key: () => SigningKey,
): string {
  const { profile } = values
  const { provider, providerName } = profile
  const allowed = assertion.algorithms
  const said = values.text('algorithm')
  if (said !== undefined && allowed.includes(said)) return said
  // beside an assertion, that of the client is signed in its own way
  if (said !== undefined && (assertion === provider.assertion || !provider.assertion)) {
    const place = tellPlace(profile, ['algorithm'])
    throw new TokenError(
      'field_invalid',
      `${profile.name}: ${providerName} takes ${allowed.join(', ')}, not ${said}`,
      { ...(place && { fix: `${place} algorithm: ${allowed[0]}` }), profile: profile.name },
    )
  }
  const only = allowed.length === 1 ? allowed[0] : undefined
  return only ?? allowed.find((name) => key().algorithms.includes(name)) ?? allowed[0] ?? 'RS256'
}

/** `${key.id}` and the like; a key that is not there has no facts where they are optional. */
export function readKeyFact(
  values: Values,
  name: string,
  placeholder: Placeholder,
): Value | undefined {
  const { profile } = values
  const facts: Readonly<Record<string, () => string | undefined>> = {
    id: () => values.text('key_id') ?? values.key().id,
    thumbprint: () => values.key().thumbprint(),
    spki_sha256: () => values.key().spkiSha256(),
    issuer: () => values.key().issuer,
    token_uri: () => values.key().token_uri,
  }
  const fact = Object.hasOwn(facts, name) ? facts[name] : undefined
  if (!fact) throw unknownFact(values, placeholder, 'key', facts)
  const written = writtenValue(profile, 'key_path') ?? writtenValue(profile, 'key')
  return written === undefined && placeholder.optional ? undefined : fact()
}

export function readCertificateFact(
  values: Values,
  name: string,
  placeholder: Placeholder,
): Value | undefined {
  const certificate = values.certificate()
  if (certificate === undefined) {
    if (placeholder.optional) return undefined
    throw missingField(values.profile, ['certificate_path'])
  }
  const { x5t, x5tS256, chain } = certificate
  const facts: Readonly<Record<string, Value>> = { x5t, x5t_s256: x5tS256, chain }
  if (Object.hasOwn(facts, name)) return facts[name]
  throw unknownFact(values, placeholder, 'certificate', facts)
}

function unknownFact(
  { profile }: Values,
  placeholder: Placeholder,
  of: string,
  facts: object,
): TokenError {
  return unknownPlaceholder(
    profile,
    placeholder,
    Object.keys(facts).map((known) => `${of}.${known}`),
  )
}
