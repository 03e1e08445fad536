// Opens every key that node:crypto can open once its text is mended. What Node and OpenSSL say of
// a failure is the same few words for all of them, so nothing of it is passed on.

import { createPrivateKey, createSecretKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { TokenError } from '../../core/error.ts'
import { isJsonObject, type JsonObject } from '../../core/key/key-json.ts'
import { type KeyOrigin, quotePath, refuseKey, refuseLegacy } from '../../core/key/key-refusal.ts'
import { identifyKeyText, type KeyIdentity } from '../../core/key/pem.ts'
import { LARGEST_KEY, refuseLarge } from './key-file.ts'
import { describeKey, type KeyNotes, type LoadedKey } from './loaded-key.ts'

export { readKeyFile } from './key-file.ts'
export type { LoadedKey } from './loaded-key.ts'

export interface KeySource extends KeyOrigin {
  readonly text: string | Uint8Array
  readonly passphrase?: string
  /** kid, where there is a set to choose from */
  readonly keyId?: string
}

export function loadKey(source: KeySource): LoadedKey {
  if (source.text.length > LARGEST_KEY) throw refuseLarge(source.origin)
  const identity = identifyKeyText(source.text)
  const { json = {} } = identity
  switch (identity.sort) {
    case 'pkcs8':
    case 'pkcs8-encrypted':
    case 'pkcs1':
    case 'sec1':
    case 'dsa':
    case 'pem-encrypted':
      return describeKey(openPem(identity, source), source.origin)
    case 'jwk-private':
    case 'jwk-secret':
      return loadJwk(json, source)
    case 'jwks':
      return loadJwk(chooseJwk(json, source), source)
    case 'service-account':
      return loadInner(source, 'private_key', json.private_key, {
        id: readText(json.private_key_id),
        issuer: readText(json.client_email),
        token_uri: readText(json.token_uri),
      })
    case 'box-settings':
      return loadBox(json, identity, source)
    default:
      throw refuseKey(identity, source)
  }
}

/** An HMAC key: the bytes as they are, or the k of a JWK. */
export function loadSecret(source: KeySource): LoadedKey {
  if (source.text.length > LARGEST_KEY) throw refuseLarge(source.origin)
  const identity = identifyKeyText(source.text)
  if (identity.sort === 'jwk-secret') return loadJwk(identity.json ?? {}, source)
  if (identity.sort === 'jwks') return loadJwk(chooseJwk(identity.json ?? {}, source), source)
  if (identity.sort === 'empty') throw refuseEmpty(source)
  // a public key as the shared secret is the oldest forgery there is
  if (!['text', 'binary', 'path'].includes(identity.sort)) {
    throw new TokenError('key_unfit', `${source.origin} is ${identity.name}, not a shared secret`, {
      fix: 'the shared secret itself, or an algorithm that this key fits',
    })
  }
  const bytes = Buffer.from(source.text)
  // as ${file:} does: one final newline of a file of text is an editor's, not the secret's
  const newline = source.path !== undefined && identity.sort !== 'binary' ? countNewline(bytes) : 0
  return describeKey(createSecretKey(bytes.subarray(0, bytes.length - newline)), source.origin)
}

function countNewline(bytes: Uint8Array): number {
  if (bytes.at(-1) !== 0x0a) return 0
  return bytes.at(-2) === 0x0d ? 2 : 1
}

function refuseEmpty(source: KeyOrigin): TokenError {
  return new TokenError('key_missing', `${source.origin} is empty`, {
    fix: 'put the shared secret there',
  })
}

function openPem(identity: KeyIdentity, source: KeySource): KeyObject {
  const { pem = '', sort, name } = identity
  const { origin, passphrase } = source
  if (sort !== 'pkcs8-encrypted' && sort !== 'pem-encrypted') {
    try {
      return createPrivateKey(pem)
    } catch {
      const flaw = 'its parts do not fit together'
      throw refuseKey({ sort: 'damaged', was: sort, name, flaw }, source)
    }
  }
  if (passphrase === undefined) {
    throw new TokenError('key_encrypted', `${origin} is ${name}, and there is no passphrase`, {
      fix: 'passphrase: ${env:KEY_PASSPHRASE}',
    })
  }
  try {
    return createPrivateKey({ key: pem, passphrase })
  } catch {
    if (identity.legacy === true) throw refuseLegacy(identity, source)
    // a wrong passphrase decrypts to noise, which now and then looks like a damaged key
    throw new TokenError('key_passphrase', `the passphrase does not open ${origin}`, {
      means: `${passphrase === '' ? 'it is empty' : 'it is the wrong one'}, or the file is damaged`,
      fix: [
        ...(source.path === undefined ? [] : [`openssl pkey -noout -in ${quotePath(source.path)}`]),
        'passphrase: the one that openssl pkey accepts',
      ],
    })
  }
}

function loadJwk(jwk: JsonObject, source: KeySource): LoadedKey {
  const { origin } = source
  const identity = identifyKeyText(JSON.stringify(jwk))
  if (identity.sort !== 'jwk-private' && identity.sort !== 'jwk-secret') {
    throw refuseKey(identity, source)
  }
  const { use, key_ops: uses } = jwk
  if ((use !== undefined && use !== 'sig') || (Array.isArray(uses) && !uses.includes('sign'))) {
    throw new TokenError('key_unfit', `${origin} is a JWK whose use or key_ops rule out signing`, {
      fix: 'a JWK with "use": "sig"',
    })
  }
  if (jwk.kty === 'RSA' && !['p', 'q', 'dp', 'dq', 'qi'].every((name) => name in jwk)) {
    throw new TokenError('key_unusable', `${origin} is an RSA JWK without p, q, dp, dq and qi`, {
      means: 'the private exponent d alone is not enough here',
      fix: 'export the key again with all of its members, or as PEM',
    })
  }
  const notes = { id: readText(jwk.kid), algorithm: readText(jwk.alg) }
  return describeKey(openJwk(jwk, identity, source), origin, notes)
}

function openJwk(jwk: JsonObject, identity: KeyIdentity, source: KeyOrigin): KeyObject {
  const damaged = { ...identity, sort: 'damaged', flaw: 'its members do not make a key' } as const
  if (jwk.kty === 'oct') {
    if (jwk.k === '') throw refuseEmpty(source)
    if (typeof jwk.k !== 'string' || !/^[\w+/-]+=*$/.test(jwk.k)) throw refuseKey(damaged, source)
    return createSecretKey(Buffer.from(jwk.k, 'base64url'))
  }
  try {
    return createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' })
  } catch {
    if (jwk.kty === 'RSA' || jwk.kty === 'EC' || jwk.kty === 'OKP') {
      throw refuseKey(damaged, source)
    }
    throw new TokenError('key_unfit', `${source.origin} is a JWK of a kind that cannot sign here`, {
      fix: 'a JWK of kty RSA, EC, OKP or oct',
    })
  }
}

function chooseJwk(set: JsonObject, source: KeySource): JsonObject {
  const { origin, keyId } = source
  const keys = (Array.isArray(set.keys) ? set.keys : []).filter(isJsonObject)
  const able = keys.filter((jwk) => (jwk.kty === 'oct' ? jwk.k : (jwk.d ?? jwk.priv)) !== undefined)
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

function loadBox(json: JsonObject, identity: KeyIdentity, source: KeySource): LoadedKey {
  const settings = isJsonObject(json.boxAppSettings) ? json.boxAppSettings : {}
  const auth = isJsonObject(settings.appAuth) ? settings.appAuth : {}
  if (typeof auth.privateKey !== 'string' || auth.privateKey === '') {
    throw new TokenError('key_unusable', `${source.origin} is ${identity.name} without a key`, {
      fix: 'generate a key pair in the Box developer console and download the settings again',
    })
  }
  const passphrase = source.passphrase ?? auth.passphrase
  return loadInner(
    { ...source, ...(typeof passphrase === 'string' ? { passphrase } : {}) },
    'privateKey',
    auth.privateKey,
    { id: readText(auth.publicKeyID), issuer: readText(settings.clientID) },
  )
}

/** A key inside a JSON: commands for the file around it would not help. */
function loadInner(source: KeySource, member: string, text: unknown, notes: KeyNotes): LoadedKey {
  const { key } = loadKey({
    text: readText(text) ?? '',
    origin: `${member} in ${source.origin}`,
    ...(source.passphrase === undefined ? {} : { passphrase: source.passphrase }),
  })
  return describeKey(key, source.origin, notes)
}

function readText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
