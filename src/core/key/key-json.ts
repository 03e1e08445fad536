// Keys that come as JSON: JWK and JWKS (RFC 7517), Google's service accounts, Box's settings.

import { isJsonObject, type JsonObject } from '../json.ts'
import type { KeyIdentity } from './key-identity.ts'

export type JsonSort =
  | 'jwk-private'
  | 'jwk-public'
  | 'jwk-secret'
  | 'jwks'
  | 'service-account'
  | 'box-settings'
  | 'pem-map'
  | 'json'

export function identifyJson(value: object): KeyIdentity {
  return { ...nameJson(value), form: 'JSON' }
}

type Named = Omit<KeyIdentity, 'form'>

function nameJson(value: object): Named {
  if (Array.isArray(value)) return nameSet({ keys: value })
  const json = value as JsonObject
  if (typeof json.kty === 'string') return nameJwk(json)
  if (Array.isArray(json.keys)) return nameSet(json)
  if (typeof json.private_key === 'string') {
    return { sort: 'service-account', name: 'a service-account JSON', json }
  }
  if (isJsonObject(json.boxAppSettings)) {
    return { sort: 'box-settings', name: 'the settings of a Box app', json }
  }
  if (Object.values(json).some(isPem)) {
    return { sort: 'pem-map', name: 'a map of kid to certificate or public key', json }
  }
  if (typeof json.ciphertext === 'string') {
    return { sort: 'json', name: 'an encrypted key or token (JWE)', json }
  }
  const google = GOOGLE_TYPES.find((type) => type === json.type)
  const name = google ? `Google credentials of type ${google}, without a private key` : NO_KEY
  return { sort: 'json', name, json }
}

/** As Google publishes its keys for older clients. */
export function isPem(value: unknown): value is string {
  return typeof value === 'string' && /^\s{0,9}-----BEGIN (CERTIFICATE|PUBLIC KEY)/.test(value)
}

const NO_KEY = 'JSON without a key in it'

const GOOGLE_TYPES = [
  'service_account',
  'authorized_user',
  'external_account',
  'external_account_authorized_user',
  'impersonated_service_account',
]

function nameJwk(json: JsonObject): Named {
  if (json.kty === 'oct') return { sort: 'jwk-secret', name: 'a shared secret (JWK)', json }
  const secret = json.d ?? json.priv
  return secret === undefined
    ? { sort: 'jwk-public', name: 'a public key (JWK)', json }
    : { sort: 'jwk-private', name: 'a private key (JWK)', json }
}

function nameSet(json: JsonObject): Named {
  return { sort: 'jwks', name: 'a set of keys (JWKS)', json }
}
