// The names that a public key has: each a hash of it in one written form or another.

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto'
import type { JsonObject } from '../../../core/json.ts'
import { childrenOf, readNode } from '../../../core/key/der-node.ts'
import { writeSshBlob } from '../../../core/key/openssh.ts'

/** Node derives a public key from a private one, and refuses to derive it from itself. */
export function publicHalf(key: KeyObject): KeyObject {
  return key.type === 'private' ? createPublicKey(key) : key
}

/** undefined: JWK has no form for such keys. */
export function publicJwkOf(key: KeyObject): JsonObject | undefined {
  // Node exports no JWK of an RSA-PSS key; its numbers are those of any RSA key
  if (key.asymmetricKeyType === 'rsa-pss') return readRsaNumbers(key)
  try {
    return publicHalf(key).export({ format: 'jwk' }) as JsonObject
  } catch {
    return undefined
  }
}

function readRsaNumbers(key: KeyObject): JsonObject {
  const [n, e] = childrenOf(readNode(rsaNumbersOf(key)))
  const write = (number: typeof n): string => {
    const digits = Buffer.from(number?.content ?? [])
    return digits.subarray(digits[0] === 0 ? 1 : 0).toString('base64url')
  }
  return { kty: 'RSA', n: write(n), e: write(e) }
}

/** RSAPublicKey of PKCS#1, SEQUENCE(n, e), in DER. */
function rsaNumbersOf(key: KeyObject): Uint8Array {
  const bits = childrenOf(readNode(spkiOf(key)))[1]?.content
  // a bit string says first how many bits of its last byte are unused
  return bits?.subarray(1) ?? new Uint8Array()
}

export function spkiOf(key: KeyObject): Buffer {
  return nameCurve(publicHalf(key)).export({ type: 'spki', format: 'der' })
}

/** of P-521, with its name in the place of its numbers */
const LARGEST_NAMED = 160

export function spellsCurve(key: KeyObject): boolean {
  if (key.asymmetricKeyType !== 'ec') return false
  return publicHalf(key).export({ type: 'spki', format: 'der' }).length > LARGEST_NAMED
}

/** A curve that is spelled out in numbers is the same curve, and the key the same key. */
export function nameCurve(key: KeyObject): KeyObject {
  if (!spellsCurve(key)) return key
  try {
    const source = { key: key.export({ format: 'jwk' }) as JsonWebKey, format: 'jwk' } as const
    return key.type === 'private' ? createPrivateKey(source) : createPublicKey(source)
  } catch {
    return key
  }
}

/** undefined: JWK has no form for such keys. */
export function exportPrivate(key: KeyObject): JsonObject | undefined {
  try {
    return plainRsa(key).export({ format: 'jwk' }) as JsonObject
  } catch {
    return undefined
  }
}

/** The numbers of an RSA-PSS key are those of any RSA key; only its label Node does not export. */
function plainRsa(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'rsa-pss' || key.type !== 'private') return key
  const der = key.export({ type: 'pkcs8', format: 'der' })
  const numbers = childrenOf(readNode(der))[2]?.content ?? new Uint8Array()
  return createPrivateKey({ key: Buffer.from(numbers), format: 'der', type: 'pkcs1' })
}

/** RFC 7638: the required members alone, by name. */
export function thumbprintOf(key: KeyObject): string | undefined {
  const { alg, crv, e, kty, n, pub, x, y } = publicJwkOf(key) ?? {}
  if (kty === undefined) return undefined
  const members = kty === 'AKP' ? { alg, kty, pub } : { crv, e, kty, n, x, y }
  return hash(JSON.stringify(members)).toString('base64url')
}

export function hashSpki(key: KeyObject): Buffer {
  return hash(spkiOf(key))
}

/** As ssh-keygen -l says it; undefined: OpenSSH has no such keys. */
export function sshFingerprintOf(key: KeyObject): string | undefined {
  const jwk = publicJwkOf(key)
  const blob = jwk && writeSshBlob(jwk)
  return blob && `SHA256:${hash(blob).toString('base64').replace(/=+$/, '')}`
}

/** What ruby-jwt calls the kid of an RSA key, and so does VA: hex SHA-256 of SEQUENCE(n, e). */
export function rubyKidOf(key: KeyObject): string | undefined {
  const isRsa = key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'rsa-pss'
  return isRsa ? hash(rsaNumbersOf(key)).toString('hex') : undefined
}

function hash(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(data).digest()
}
