// A signature and a key: does this key say so? Nothing is decided here about whether it should be asked.

import { constants, createHmac, type KeyObject, timingSafeEqual, verify } from 'node:crypto'

const SIZES_OF_ES: Readonly<Record<string, readonly [hash: string, bytes: number]>> = {
  ES256: ['sha256', 64],
  ES256K: ['sha256', 64],
  ES384: ['sha384', 96],
  ES512: ['sha512', 132],
}

const SIZES_OF_ED: Readonly<Record<string, number>> = { ed25519: 64, ed448: 114 }

export const KNOWN_ALGORITHMS: readonly string[] = [
  ...['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...[...Object.keys(SIZES_OF_ES), 'EdDSA', 'Ed25519', 'Ed448'],
]

/** undefined: this key cannot be asked in this way. */
export function checkSignature(
  algorithm: string,
  key: KeyObject,
  input: Uint8Array,
  signature: Uint8Array,
): boolean | undefined {
  const hash = `sha${algorithm.slice(2)}`
  try {
    switch (algorithm.slice(0, 2)) {
      case 'HS': {
        const expected = createHmac(hash, key).update(input).digest()
        return expected.length === signature.length && timingSafeEqual(expected, signature)
      }
      case 'RS':
        return verify(hash, input, key, signature)
      case 'PS': {
        const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants
        return verify(hash, input, { key, padding, saltLength }, signature)
      }
      case 'ES': {
        const [name, bytes] = SIZES_OF_ES[algorithm] ?? []
        if (name === undefined) return undefined
        if (signature.length !== bytes) return false
        return verify(name, input, { key, dsaEncoding: 'ieee-p1363' }, signature)
      }
      case 'Ed': {
        if (signature.length !== SIZES_OF_ED[key.asymmetricKeyType ?? '']) return false
        return verify(undefined, input, key, signature)
      }
    }
  } catch {
    // OpenSSL's words for what it will not do with this key
  }
  return undefined
}

/** Home-made signers leave the DER form that openssl and node:crypto make unless told. */
export function isDerSignature(
  algorithm: string,
  key: KeyObject,
  input: Uint8Array,
  signature: Uint8Array,
): boolean {
  const [hash] = SIZES_OF_ES[algorithm] ?? []
  if (hash === undefined || signature[0] !== 0x30) return false
  try {
    return verify(hash, input, { key, dsaEncoding: 'der' }, signature)
  } catch {
    return false
  }
}
