// What every profile may say, whatever its provider. A provider redeclares a field to make it
// required, to give it a default, or to say in its own words what the service wants there.

import {
  type Assertion,
  type Columns,
  type Field,
  isOutside,
  mintedOf,
  type Provider,
  type Template,
} from '../provider.ts'
import { listPlaceholders } from '../template/template.ts'

export const COMMON_FIELDS: Readonly<Record<string, Field>> = {
  description: { type: 'text', help: 'one line for `profile list`' },
  provider: { type: 'text', help: 'the service: a built-in provider, or one under providers:' },
  environment: { type: 'text', help: 'the environment, unless -e says otherwise' },
  extends: { type: 'text', help: 'a profile whose fields this one starts from' },
  grant: { type: 'text', help: 'which of the grants of the provider' },
  issuer: { type: 'text', help: 'iss of the assertion' },
  subject: { type: 'text', help: 'sub of the assertion' },
  audience: { type: 'text or list', help: 'aud of the assertion' },
  scopes: { type: 'list', help: 'the scopes to ask for' },
  resource: { type: 'text or list', help: 'RFC 8707: what the token is for' },
  user_attributes: {
    type: 'object',
    help: 'about the user: claims of the assertion, always hidden',
    secret: true,
  },
  client_id: { type: 'text', help: 'the client' },
  client_secret: { type: 'text', help: 'its secret', secret: true },
  client_auth: { type: 'text', help: 'how the client authenticates' },
  key_path: { type: 'path', help: 'the private key: PEM, JWK, JWKS or a service-account JSON' },
  key: {
    type: 'text or object',
    help: 'the private key itself, from a variable or file; or signer: [command, …] that has it',
    secret: true,
  },
  public_key: { type: 'path', help: 'the public key of a signer: PEM, JWK or a certificate' },
  passphrase: { type: 'text', help: 'that decrypts the private key', secret: true },
  key_id: { type: 'text', help: 'kid of the assertion; picks a key of a JWKS' },
  certificate_path: { type: 'path', help: 'the certificate of the key, for x5t and x5c' },
  algorithm: { type: 'text', help: 'alg of the assertion; the best that fits the key otherwise' },
  allow_weak_key: { type: 'boolean', help: 'sign with an RSA key below 2048 bits' },
  lifetime: { type: 'duration', help: 'how long the assertion is good: 5m, 300' },
  backdate: { type: 'duration', help: 'how far iat is set back, for clocks that disagree' },
  authorization_server: {
    type: 'url',
    help: 'issuer whose metadata names the token endpoint (RFC 8414)',
  },
  token_endpoint: { type: 'url', help: 'where the call goes' },
  base_url: { type: 'url', help: 'the service, scheme and host' },
  allow_http: { type: 'boolean', help: 'plain http to a host that is not this machine' },
  tls: { type: 'object', help: 'ca, cert, key, pfx, passphrase, pin, insecure, server_name' },
  proxy: { type: 'url', help: 'the proxy for this call, instead of the variables' },
  timeout: { type: 'duration', help: 'limit for the whole call, with all its tries: 30s' },
  retries: { type: 'number', help: 'how often a call that is safe to repeat is tried again: 2' },
  cache: {
    type: 'boolean or object',
    help: 'false: the token is never kept; ttl: 10m keeps it no longer than that',
  },
}

export const TLS_FIELDS: Readonly<Record<string, Field>> = {
  ca: { type: 'path', help: 'certificates to trust as well (PEM)' },
  cert: { type: 'path', help: 'client certificate (PEM)' },
  key: { type: 'path', help: 'its private key (PEM)' },
  pfx: { type: 'path', help: 'both of them (PKCS#12)' },
  passphrase: { type: 'text', help: 'of the key or the PFX', secret: true },
  pin: {
    type: 'text',
    help: 'the key that the server must have as well: sha256//BASE64; several with ;',
  },
  insecure: { type: 'boolean', help: 'do not verify the server: anyone may answer in its place' },
  server_name: { type: 'text', help: 'the name to expect in the certificate' },
}

export const CACHE_FIELDS: Readonly<Record<string, Field>> = {
  ttl: {
    type: 'duration',
    help: 'good for this long, where the service does not say, or says more',
  },
}

/** Values that are not fields: made for each attempt, or known from elsewhere. */
export const BUILT_IN_NAMES = [
  'environment',
  'assertion',
  'client_assertion',
  'iat',
  'exp',
  'now',
  'uuid',
  'token',
  'key',
  'certificate',
  'via',
  'algorithm',
]

/** Secret by name, wherever they stand: the fields of other providers, and of answers. */
export const SECRET_NAMES =
  /^(client_secret|key|passphrase|password|code|code_verifier|refresh_token|access_token|id_token|api_?key|secret|device_secret|assertion|csrf)$/i

/** Names of params and headers whose literal values are hidden. */
export const SECRET_PARTS = /secret|password|token|key|assertion|authorization/i

/** `client_secret` and `X-Api-Key`, but not `token_type` and `key_id`. */
export function isSecretPart(name: string): boolean {
  return SECRET_PARTS.test(name) && !/[_-](type|id|url|uri)$/i.test(name)
}

export function fieldOf(provider: Columns, name: string): Field | undefined {
  const own = Object.hasOwn(provider.fields, name) ? provider.fields[name] : undefined
  const common = Object.hasOwn(COMMON_FIELDS, name) ? COMMON_FIELDS[name] : undefined
  if (own === undefined) return common
  // once secret, always secret: a provider's own words do not make client_secret readable
  return common?.secret ? { ...own, secret: true } : own
}

export function isSecretField(provider: Columns, name: string): boolean {
  return fieldOf(provider, name)?.secret === true || SECRET_NAMES.test(name)
}

const SIGNING = [
  'key_path',
  'key',
  'public_key',
  'passphrase',
  'key_id',
  'certificate_path',
  'algorithm',
  'allow_weak_key',
  'lifetime',
  'backdate',
]
const CALLING = ['tls', 'proxy', 'timeout', 'retries', 'cache', 'allow_http', 'base_url']

/**
 * The fields that mean something to a provider: its own, those its templates ask for, and what
 * signing or calling takes. An override on the command line goes to the last profile that knows it.
 */
export function knownFields(provider: Columns): Set<string> {
  const known = new Set(Object.keys(provider.fields))
  const { assertion, client_assertion, call } = provider
  const columns: (Template | undefined)[] = [
    ...listTemplates(assertion),
    ...listTemplates(client_assertion),
    call as Template | undefined,
    ...Object.values(provider.fields).map((field) => field.default),
  ]
  for (const column of columns) {
    if (column === undefined) continue
    for (const { placeholder } of listPlaceholders(column)) {
      if (placeholder.kind === 'name') known.add(placeholder.name.split('.')[0] ?? '')
    }
  }
  if (isSigned(provider)) for (const name of SIGNING) known.add(name)
  if (call) for (const name of CALLING) known.add(name)
  // its metadata names the token endpoint
  if (call && known.has('token_endpoint')) known.add('authorization_server')
  known.add('environment')
  return known
}

function listTemplates(assertion: Assertion | undefined): Template[] {
  if (assertion === undefined) return []
  if (isOutside(assertion)) return Object.values(assertion)
  const { header, claims, key } = assertion
  return key === undefined ? [header, claims] : [header, claims, key]
}

/** What only a signature of ours would hold is not missed where the assertion comes from outside. */
export function releaseFields(provider: Columns): Columns['fields'] {
  const asked = knownFields({ ...provider, fields: {} })
  return Object.fromEntries(
    Object.entries(provider.fields).map(([name, { required, ...field }]) => [
      name,
      required && asked.has(name) ? { ...field, required } : field,
    ]),
  )
}

/** Something is signed here, so that a key is needed. */
export function isSigned({ assertion, client_assertion }: Columns): boolean {
  return (mintedOf(assertion) ?? mintedOf(client_assertion)) !== undefined
}

export function nameChoices(provider: Provider, name: 'grant' | 'client_auth'): string[] {
  return Object.keys((name === 'grant' ? provider.grants : provider.auths) ?? {})
}
