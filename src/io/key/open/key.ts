// Opens every key that node:crypto can open once its text is mended. What Node and OpenSSL say of
// a failure is the same few words for all of them, so nothing of it is passed on.

import { createPrivateKey, createSecretKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { TokenError } from '../../../core/error.ts'
import type { JsonObject } from '../../../core/json.ts'
import { quotePath, refuseKey, refuseLegacy } from '../../../core/key/key-refusal.ts'
import { readOpensshKey } from '../../../core/key/openssh.ts'
import { identifyKeyText, type KeyIdentity } from '../../../core/key/pem.ts'
import { publicJwkOf } from '../describe/fingerprint.ts'
import { describeKey, type KeyNotes, type LoadedKey, refuseKind } from '../describe/loaded-key.ts'
import { chooseJwk, findInnerKey, notesOfJwk, openJwk, refuseEmpty } from './json-key.ts'
import { LARGEST_KEY, refuseLarge } from './key-file.ts'
import type { KeySource } from './key-text.ts'
import { readKeyScheme, refuseCostly } from './passphrase.ts'
import { type NamedKey, openPkcs12 } from './pkcs12.ts'

export type { LoadedKey } from '../describe/loaded-key.ts'
export { readKeyFile } from './key-file.ts'
export type { KeySource } from './key-text.ts'

/** A key that signs, or the reason why it cannot and what to do. */
export function loadKey(source: KeySource): LoadedKey {
  const { key, notes, jwk } = openKey(source)
  if (jwk) refuseUse(jwk, source)
  return describeKey(key, source.origin, notes)
}

export interface OpenedKey {
  readonly key: KeyObject
  readonly notes: KeyNotes
  readonly jwk: JsonObject | undefined
}

function refuseUse({ use, key_ops: uses }: JsonObject, { origin }: KeySource): void {
  const apart =
    (use !== undefined && use !== 'sig') || (Array.isArray(uses) && !uses.includes('sign'))
  if (!apart) return
  throw new TokenError('key_unfit', `${origin} is a JWK whose use or key_ops rule out signing`, {
    fix: 'a JWK with "use": "sig"',
  })
}

/** A private key or a secret, whatever it is good for. */
export function openKey(source: KeySource): OpenedKey {
  if (source.text.length > LARGEST_KEY) throw refuseLarge(source.origin)
  const identity = identifyKeyText(source.text)
  const { json = {} } = identity
  const plain = (key: KeyObject): OpenedKey => ({ key, notes: {}, jwk: undefined })
  switch (identity.sort) {
    case 'pkcs8':
    case 'pkcs8-encrypted':
    case 'pkcs1':
    case 'sec1':
    case 'dsa':
    case 'pem-encrypted':
      return plain(openPem(identity, source))
    case 'openssh':
      return plain(openOpenssh(identity, source))
    case 'pkcs12':
      return plain(choosePkcs12(identity, source).key)
    case 'jwk-private':
    case 'jwk-secret':
      return { key: openJwk(json, source), notes: notesOfJwk(json), jwk: json }
    case 'jwks': {
      const jwk = chooseJwk(json, source)
      return { key: openJwk(jwk, source), notes: notesOfJwk(jwk), jwk }
    }
    case 'service-account':
    case 'box-settings': {
      const inner = findInnerKey(identity, source)
      return { ...openKey(inner.source), notes: inner.notes }
    }
    default:
      throw refuseKey(identity, source)
  }
}

/** An HMAC key: the bytes as they are, or the k of a JWK. */
export function loadSecret(source: KeySource): LoadedKey {
  if (source.text.length > LARGEST_KEY) throw refuseLarge(source.origin)
  const identity = identifyKeyText(source.text)
  if (identity.sort === 'jwk-secret' || identity.sort === 'jwks') return loadKey(source)
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

function openPem(identity: KeyIdentity, source: KeySource): KeyObject {
  const { pem = '', sort, name, bytes } = identity
  const { origin, passphrase } = source
  if (sort !== 'pkcs8-encrypted' && sort !== 'pem-encrypted') {
    try {
      return createPrivateKey(pem)
    } catch {
      throw refuseDamaged(identity, source)
    }
  }
  if (passphrase === undefined) {
    throw new TokenError('key_encrypted', `${origin} is ${name}, and there is no passphrase`, {
      fix: NEEDS_PASSPHRASE,
    })
  }
  if (sort === 'pkcs8-encrypted' && bytes) refuseCostly(readKeyScheme(bytes), origin)
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

const NEEDS_PASSPHRASE = 'passphrase: ${env:KEY_PASSPHRASE}'

function refuseDamaged(identity: KeyIdentity, source: KeySource): TokenError {
  const flaw = 'its parts do not fit together'
  return refuseKey({ ...identity, sort: 'damaged', was: identity.sort, flaw }, source)
}

function openOpenssh(identity: KeyIdentity, source: KeySource): KeyObject {
  const read = readOpensshKey(identity.bytes ?? new Uint8Array())
  if (read?.type === 'ssh-dss') throw refuseKind('DSA key', source.origin)
  try {
    if (read?.jwk) {
      const key = createPrivateKey({ key: read.jwk as JsonWebKey, format: 'jwk' })
      // Node makes x of d, whatever x was
      if (read.jwk.kty !== 'OKP' || publicJwkOf(key)?.x === read.jwk.x) return key
    }
  } catch {
    // numbers that make no key
  }
  throw refuseDamaged(identity, source)
}

/** The only key in it, or that of the alias `keyId`. */
function choosePkcs12(identity: KeyIdentity, source: KeySource): NamedKey {
  const { origin, keyId } = source
  const { keys, unread } = openPkcs12(identity, source)
  const named = keys.filter(({ alias }) => alias?.toLowerCase() === keyId?.toLowerCase())
  const [only] = keys.length > 1 && keyId !== undefined ? named : keys
  if (only !== undefined && (keys.length === 1 || named.length === 1)) return only
  if (keys.length === 0 && unread.keys.length > 0) {
    const message = `${origin} is ${identity.name} with a locked key, and there is no passphrase`
    throw new TokenError('key_encrypted', message, { fix: NEEDS_PASSPHRASE })
  }
  if (keys.length === 0) {
    throw new TokenError('key_unusable', `${origin} is ${identity.name} without a private key`, {
      means: 'it holds certificates only',
      fix: 'export it again with its private key, or key_path: the file of the key',
    })
  }
  const aliases = keys.map(({ alias }) => alias ?? 'one without a name')
  const message = `${origin} holds ${keys.length} private keys: ${aliases.join(', ')}`
  throw new TokenError('key_unusable', message, { fix: `key_id: ${aliases[0]}` })
}
