// Public keys, out of whatever holds one.

import {
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  verify,
  X509Certificate,
} from 'node:crypto'
import { TokenError } from '../../../core/error.ts'
import type { JsonObject } from '../../../core/json.ts'
import { type KeyOrigin, refuseKey } from '../../../core/key/key-refusal.ts'
import { readSshBlob } from '../../../core/key/openssh.ts'
import type { KeyIdentity } from '../../../core/key/pem.ts'
import { readSigningRequest, type SigningRequest } from '../../../core/key/signing-request.ts'
import { refuseKind } from '../describe/loaded-key.ts'

export function openPublicPem(identity: KeyIdentity, source: KeyOrigin): KeyObject {
  try {
    return createPublicKey(identity.pem ?? '')
  } catch {
    throw refuseDamaged(identity, source)
  }
}

/** Of an SSH key, its own format or PuTTY's; undefined: none of a kind that JWS knows. */
export function openSshBlob(blob: Uint8Array | undefined): KeyObject | undefined {
  const { jwk } = readSshBlob(blob ?? new Uint8Array())
  return jwk && tryPublic(jwk)
}

/** What ssh-keygen makes and nothing here reads is told from what is damaged. */
export function refuseSshBlob(
  blob: Uint8Array | undefined,
  identity: KeyIdentity,
  source: KeyOrigin,
): TokenError {
  const { type } = readSshBlob(blob ?? new Uint8Array())
  if (type === 'ssh-dss') return refuseKind('DSA key', source.origin)
  if (!/^(sk-|webauthn-)|-cert-v\d\d@/.test(type)) return refuseDamaged(identity, source)
  const message = `${source.origin} is ${identity.name} of a kind that is not read here`
  return new TokenError('key_unfit', message, {
    means: type.startsWith('sk-')
      ? 'its private half stays in a security key, which signs for ssh only'
      : 'it is an SSH certificate, which ssh alone reads',
    fix: 'tokentool key generate key.pem',
  })
}

/** Its public members make the public key, however incomplete the private ones are. */
export function openPublicJwk(jwk: JsonObject, source: KeyOrigin): KeyObject {
  const { kty, crv, n, e, x, y, alg, pub } = jwk
  const members = kty === 'AKP' ? { kty, alg, pub } : { kty, crv, n, e, x, y }
  const given = Object.entries(members).filter(([, value]) => value !== undefined)
  const key = tryPublic(Object.fromEntries(given)) ?? openChain(jwk)
  if (key !== undefined) return key
  const name = [kty === 'AKP' ? alg : undefined, kty].find(
    (word): word is string => typeof word === 'string' && /^[\w-]{1,16}$/.test(word),
  )
  const kind = name === undefined ? '' : ` of kty ${kty === 'AKP' ? `AKP (${name})` : name}`
  throw new TokenError('key_unusable', `${source.origin} is a JWK${kind} that cannot be opened`, {
    means:
      kty === 'AKP'
        ? 'ML-DSA keys need a newer Node than this one'
        : 'its members do not make a public key',
  })
}

function tryPublic(jwk: JsonObject): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
  } catch {
    return undefined
  }
}

/** Some sets hold certificates alone. */
function openChain(jwk: JsonObject): KeyObject | undefined {
  const der = leafOf(jwk)
  try {
    return der && new X509Certificate(der).publicKey
  } catch {
    return undefined
  }
}

/** The certificate that a JWK brings along, in DER. */
export function leafOf({ x5c }: JsonObject): Uint8Array | undefined {
  const leaf: unknown = Array.isArray(x5c) ? x5c[0] : undefined
  return typeof leaf === 'string' ? Buffer.from(leaf, 'base64') : undefined
}

export function openCertificate(der: Uint8Array, source: KeyOrigin): X509Certificate {
  try {
    const certificate = new X509Certificate(der)
    // its key may be of a kind that OpenSSL does not know
    void certificate.publicKey
    return certificate
  } catch {
    throw new TokenError('key_unusable', `${source.origin} is a certificate that is damaged`, {
      means: 'its parts do not fit together, or its public key is of a kind unknown here',
      fix: 'copy it again from where it came from, unedited',
    })
  }
}

export interface OpenedRequest {
  readonly request: SigningRequest
  readonly key: KeyObject
  /** undefined: signed in a way that is not known here */
  readonly sound: boolean | undefined
}

export function openRequest(identity: KeyIdentity, source: KeyOrigin): OpenedRequest {
  const request = readSigningRequest(identity.bytes ?? new Uint8Array())
  if (request === undefined) throw refuseDamaged(identity, source)
  try {
    const { spki } = request
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
    return { request, key, sound: checkRequest(request, key) }
  } catch {
    throw refuseDamaged(identity, source)
  }
}

const HASHES: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.1': 'sha1',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null,
  '1.3.101.113': null,
}

function checkRequest(request: SigningRequest, key: KeyObject): boolean | undefined {
  const hash = HASHES[request.algorithm]
  if (hash === undefined) return undefined
  try {
    return verify(hash, request.signed, key, request.signature)
  } catch {
    return undefined
  }
}

export function refuseDamaged(identity: KeyIdentity, source: KeyOrigin): TokenError {
  const flaw = 'its parts do not fit together'
  return refuseKey({ ...identity, sort: 'damaged', was: identity.sort, flaw }, source)
}
