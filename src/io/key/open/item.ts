// One thing of those that a file may hold, opened as far as it can be.

import type { KeyObject } from 'node:crypto'
import { TokenError } from '../../../core/error.ts'
import type { JsonObject } from '../../../core/json.ts'
import { writePem } from '../../../core/key/armor.ts'
import { identifyJson } from '../../../core/key/key-json.ts'
import { refuseKey } from '../../../core/key/key-refusal.ts'
import { readOpensshPublic } from '../../../core/key/openssh.ts'
import { certificatesOf, type KeyIdentity } from '../../../core/key/pem.ts'
import type { SigningRequest } from '../../../core/key/signing-request.ts'
import { isPrivateJwk, openJwk } from './json-key.ts'
import { openKey } from './key.ts'
import type { KeySource } from './key-text.ts'
import { readKeyScheme } from './passphrase.ts'
import {
  leafOf,
  openCertificate,
  openPublicJwk,
  openPublicPem,
  openRequest,
  openSshBlob,
  refuseSshBlob,
} from './public-key.ts'

/** unknown: it is locked, and may be anything */
export type Role = 'private' | 'public' | 'secret' | 'certificate' | 'request' | 'unknown'

export interface Item {
  readonly role: Role
  /** in words, with its article: "a PKCS#8 private key" */
  readonly name: string
  /** where it came from, for messages: "keys.json, kid 42" */
  readonly origin: string
  /** private, public or secret; of what is locked the public half, where it can be seen */
  readonly key: KeyObject | undefined
  /** why its private half cannot be had */
  readonly sealed?: TokenError
  /** what it is or was locked with; undefined: with nothing */
  readonly lock?: string
  /** in a set, from 1 */
  readonly place?: number
  /** kid */
  readonly id?: string
  /** in a PKCS#12 */
  readonly alias?: string
  readonly jwk?: JsonObject
  /** in DER: the thing itself, or the certificate that a JWK brings along */
  readonly certificate?: Uint8Array
  readonly request?: SigningRequest
  /** of a request: whether it is signed with its own key */
  readonly sound?: boolean | undefined
}

export function openItems(identity: KeyIdentity, source: KeySource): Item[] {
  const { sort, name, json = {}, bytes } = identity
  const common = { name, origin: source.origin }
  switch (sort) {
    case 'pkcs8':
    case 'pkcs1':
    case 'sec1':
    case 'dsa':
    case 'openssh':
      return [{ ...common, role: 'private', key: openText(identity, source) }]
    case 'pkcs8-encrypted':
    case 'pem-encrypted':
      return [openLocked(identity, source)]
    case 'openssh-encrypted':
    case 'openssh-token':
    case 'putty': {
      const key = openSshBlob(sort === 'putty' ? bytes : readOpensshPublic(bytes ?? NONE))
      const locked = sort === 'openssh-encrypted' || identity.locked === true
      const lock = locked && { lock: sort === 'putty' ? 'by PuTTY' : 'bcrypt' }
      return [{ ...common, role: 'private', key, sealed: refuseKey(identity, source), ...lock }]
    }
    case 'spki':
    case 'pkcs1-public':
      return [{ ...common, role: 'public', key: openPublicPem(identity, source) }]
    case 'ssh-public': {
      const key = openSshBlob(bytes)
      if (key === undefined) throw refuseSshBlob(bytes, identity, source)
      return [{ ...common, role: 'public', key }]
    }
    case 'certificate':
    case 'trusted-certificate':
    case 'pkcs7':
      return certificatesOf(identity).map((der) => certificateItem(der, name, source))
    case 'csr': {
      const { request, key, sound } = openRequest(identity, source)
      return [{ ...common, role: 'request', key, request, sound }]
    }
    case 'jwk-private':
    case 'jwk-public':
    case 'jwk-secret':
      return [openJwkItem(json, source)]
    default:
      throw refuseKey(identity, source)
  }
}

const NONE = new Uint8Array()

/** The one block, whatever stands around it. */
function openText(identity: KeyIdentity, source: KeySource): KeyObject {
  return openKey({ ...source, text: textOf(identity, source) }).key
}

function textOf({ pem, bytes }: KeyIdentity, source: KeySource): string | Uint8Array {
  return pem ?? (bytes === undefined ? source.text : writePem('OPENSSH PRIVATE KEY', bytes))
}

function openLocked(identity: KeyIdentity, source: KeySource): Item {
  const { name, bytes, cipher } = identity
  const lock = cipher ?? (bytes ? readKeyScheme(bytes).name : 'a passphrase')
  const common = { role: 'private', name, origin: source.origin, lock } as const
  try {
    return { ...common, key: openText(identity, source) }
  } catch (error) {
    const none = error instanceof TokenError && error.code === 'key_encrypted'
    if (!none) throw error
    return { ...common, key: undefined, sealed: error }
  }
}

export function certificateItem(der: Uint8Array, name: string, source: KeySource): Item {
  const { publicKey } = openCertificate(der, source)
  return { role: 'certificate', name, origin: source.origin, key: publicKey, certificate: der }
}

/** `place`: what to call it where it has no kid. */
export function openJwkItem(jwk: JsonObject, source: KeySource, place = source.origin): Item {
  const { name } = identifyJson(jwk)
  const id = typeof jwk.kid === 'string' ? jwk.kid : undefined
  const origin = id === undefined ? place : `${source.origin}, kid ${id}`
  const leaf = leafOf(jwk)
  const common = {
    name,
    origin,
    jwk,
    ...(id !== undefined && { id }),
    ...(leaf && { certificate: leaf }),
  }
  if (jwk.kty === 'oct') return { ...common, role: 'secret', key: openJwk(jwk, { origin }) }
  return isPrivateJwk(jwk)
    ? { ...common, role: 'private', key: openJwk(jwk, { origin }) }
    : { ...common, role: 'public', key: openPublicJwk(jwk, { origin }) }
}
