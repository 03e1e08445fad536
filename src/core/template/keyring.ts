// The key and the certificate of a profile, and what templates may ask of them.

import type { Certificate, Command, SigningKey, Tools } from '../call/tools.ts'
import { TokenError } from '../error.ts'
import { missingField, unknownPlaceholder } from '../profile/lack.ts'
import { isTree } from '../profile/layer.ts'
import { folderOf, type Profile, tellPlace, writtenValue } from '../profile/profile.ts'
import { type MintedAssertion, mintedOf, type Template } from '../provider.ts'
import { Hidden } from '../secret/hidden.ts'
import type { Placeholder } from './template.ts'
import { isList, reveal, revealText, toText, type Value } from './value.ts'
import type { Values } from './values.ts'

export function loadKey(values: Values, tools: Tools): SigningKey {
  const path = values.path('key_path')
  const signer = readSigner(values)
  const key = signer === undefined ? values.field('key') : undefined
  const passphrase = values.text('passphrase')
  const keyId = values.text('key_id')
  const algorithm = values.text('algorithm') ?? firstAlgorithm(values)
  const rest = {
    algorithm,
    shared: algorithm.startsWith('HS'),
    ...(passphrase !== undefined && { passphrase }),
    ...(keyId !== undefined && { keyId }),
  }
  if (signer !== undefined) {
    const publicKey = values.path('public_key')
    if (publicKey === undefined) throw missingField(values.profile, ['public_key'])
    const { path: shown } = publicKey
    const spec = { ...signer, publicKey: tools.resolvePath(publicKey) }
    return tools.loadKey({ signer: spec, origin: `public_key ${shown}`, ...rest })
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

const SIGNER = ['key', 'signer'] as const

/** The command that signs in the place of a key. */
export function readSigner(values: Values): Command | undefined {
  const { profile } = values
  const written = findSigner(profile)
  if (written === undefined) return undefined
  return { words: readWords(values, written), folder: folderOf(profile, SIGNER) }
}

function findSigner(profile: Profile): Template | undefined {
  const { signer, ...more } = readMembers(writtenValue(profile, 'key'))
  if (signer === undefined || signer === null) return undefined
  const [other] = Object.keys(more).filter((name) => more[name] !== null)
  if (other === undefined) return signer as Template
  const place = tellPlace(profile, ['key', other])
  throw new TokenError('field_invalid', `${profile.name}: key.signer stands beside key.${other}`, {
    means: 'a signer has the key, so nothing of the key stands in the profile',
    ...(place && { fix: `${place} take out one of the two` }),
    profile: profile.name,
  })
}

function readMembers(key: Template | undefined): Readonly<Record<string, unknown>> {
  return isTree(key) ? key : {}
}

/** Each item is one word, whatever stands in it. What a variable or a file gives is hidden. */
function readWords(values: Values, signer: Template): string[] {
  const filled = values.fill(signer, { at: SIGNER, hideSources: true }) ?? []
  const words = isList(filled) ? filled.map((word) => revealText(toText(word))) : []
  if (words.length > 0 && words[0] !== '') return words
  const { profile } = values
  const place = tellPlace(profile, SIGNER)
  throw new TokenError('field_invalid', `${profile.name}: key.signer wants a list of words`, {
    means: 'the command and its arguments, each an item',
    fix: `${place ? `${place} ` : ''}signer: [./sign.sh, "--key=1"]`,
    profile: profile.name,
  })
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
  const { assertion, client_assertion } = provider
  return (mintedOf(assertion) ?? mintedOf(client_assertion))?.algorithms[0] ?? 'RS256'
}

/** alg: the profile's word, else the best of the provider's that fits the key. */
export function chooseAlgorithm(
  values: Values,
  assertion: MintedAssertion,
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
