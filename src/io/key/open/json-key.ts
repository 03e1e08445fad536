// Keys that come as JSON: a JWK, a set of them, the key inside a Google or Box account.

import { createPrivateKey, createSecretKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { TokenError } from '../../../core/error.ts'
import { isJsonObject, type JsonObject } from '../../../core/json.ts'
import { type KeyOrigin, refuseKey } from '../../../core/key/key-refusal.ts'
import { identifyKeyText, type KeyIdentity } from '../../../core/key/pem.ts'
import { completeRsa } from '../../../core/key/rsa.ts'
import type { KeyNotes } from '../describe/loaded-key.ts'
import type { KeySource } from './key-text.ts'

/** The private or secret key in a JWK, whatever it is for. */
export function openJwk(jwk: JsonObject, source: KeyOrigin): KeyObject {
  const identity = identifyKeyText(JSON.stringify(jwk))
  if (identity.sort !== 'jwk-private' && identity.sort !== 'jwk-secret') {
    throw refuseKey(identity, source)
  }
  const damaged: KeyIdentity = {
    ...identity,
    sort: 'damaged',
    flaw: 'its members do not make a key',
  }
  if (jwk.kty === 'oct') {
    if (jwk.k === '') throw refuseEmpty(source)
    if (typeof jwk.k !== 'string' || !/^[\w+/-]+=*$/.test(jwk.k)) throw refuseKey(damaged, source)
    return createSecretKey(Buffer.from(jwk.k, 'base64url'))
  }
  const bare =
    jwk.kty === 'RSA' &&
    !['p', 'q', 'dp', 'dq', 'qi'].every((name) => typeof jwk[name] === 'string')
  const whole = bare ? completeRsa(jwk) : jwk
  if (whole === undefined) throw refuseKey(damaged, source)
  try {
    return createPrivateKey({ key: whole as JsonWebKey, format: 'jwk' })
  } catch {
    if (jwk.kty === 'RSA' || jwk.kty === 'EC' || jwk.kty === 'OKP') {
      throw refuseKey(damaged, source)
    }
    throw new TokenError('key_unfit', `${source.origin} is a JWK of a kind that cannot sign here`, {
      fix: 'a JWK of kty RSA, EC, OKP or oct',
    })
  }
}

export function refuseEmpty(source: KeyOrigin): TokenError {
  return new TokenError('key_missing', `${source.origin} is empty`, {
    fix: 'put the shared secret there',
  })
}

function listJwks(set: JsonObject): JsonObject[] {
  return (Array.isArray(set.keys) ? set.keys : []).filter(isJsonObject)
}

export function isPrivateJwk({ kty, k, d, priv }: JsonObject): boolean {
  return (kty === 'oct' ? k : (d ?? priv)) !== undefined
}

/** The only private one of a set, or that of `keyId`. */
export function chooseJwk(set: JsonObject, source: KeySource): JsonObject {
  const { origin, keyId } = source
  const keys = listJwks(set)
  const able = keys.filter(isPrivateJwk)
  if (able.length === 0) {
    throw new TokenError('key_unusable', `${origin} is a JWKS without a private key in it`, {
      fix: 'the set with the private halves; signing needs the member d',
    })
  }
  const found = keyId === undefined ? able : able.filter((jwk) => jwk.kid === keyId)
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  const kids = able.flatMap((jwk) => (typeof jwk.kid === 'string' ? [jwk.kid] : []))
  const listed = kids.length === 0 ? 'keys without a kid' : kids.join(', ')
  if (keyId === undefined) {
    const message = `${origin} holds ${able.length} private keys: ${listed}`
    throw new TokenError('key_unusable', message, { fix: `key_id: ${kids[0] ?? 'KID'}` })
  }
  if (found.length > 1) {
    const message = `${origin} holds ${found.length} private keys with the kid ${keyId}`
    throw new TokenError('key_unusable', message, { fix: 'remove all but one of them' })
  }
  const half = keys.some((jwk) => jwk.kid === keyId) ? 'only the public half of' : 'no key'
  throw new TokenError(
    'key_missing',
    `${origin} holds ${half} ${keyId}; it can sign as ${listed}`,
    {
      fix: `key_id: ${kids[0] ?? 'KID'}`,
    },
  )
}

export function notesOfJwk(jwk: JsonObject): KeyNotes {
  return { id: readText(jwk.kid), algorithm: readText(jwk.alg) }
}

/** A key inside a JSON, and what stands around it: commands for the whole file would not help. */
export interface InnerKey {
  readonly source: KeySource
  readonly notes: KeyNotes
}

export function findInnerKey(identity: KeyIdentity, source: KeySource): InnerKey {
  const { json = {} } = identity
  return identity.sort === 'box-settings'
    ? findBoxKey(json, identity, source)
    : {
        source: enclose(source, 'private_key', json.private_key, source.passphrase),
        notes: {
          id: readText(json.private_key_id),
          issuer: readText(json.client_email),
          token_uri: readText(json.token_uri),
        },
      }
}

function findBoxKey(json: JsonObject, identity: KeyIdentity, source: KeySource): InnerKey {
  const settings = isJsonObject(json.boxAppSettings) ? json.boxAppSettings : {}
  const auth = isJsonObject(settings.appAuth) ? settings.appAuth : {}
  if (typeof auth.privateKey !== 'string' || auth.privateKey === '') {
    throw new TokenError('key_unusable', `${source.origin} is ${identity.name} without a key`, {
      fix: 'generate a key pair in the Box developer console and download the settings again',
    })
  }
  const own = typeof auth.passphrase === 'string' ? auth.passphrase : undefined
  return {
    source: enclose(source, 'privateKey', auth.privateKey, source.passphrase ?? own),
    notes: { id: readText(auth.publicKeyID), issuer: readText(settings.clientID) },
  }
}

function enclose(
  source: KeySource,
  member: string,
  text: unknown,
  passphrase: string | undefined,
): KeySource {
  return {
    text: readText(text) ?? '',
    origin: `${member} in ${source.origin}`,
    ...(passphrase === undefined ? {} : { passphrase }),
  }
}

function readText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
