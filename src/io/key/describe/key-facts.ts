// What a key is, in words, and the JWS algorithms that it fits.

import type { KeyObject } from 'node:crypto'

export interface KeyFacts {
  /** other: no JWS algorithm signs with it */
  readonly kind: 'rsa' | 'rsa-pss' | 'ec' | 'ed25519' | 'ed448' | 'secret' | 'other'
  /** in words, without an article: "2048-bit RSA key" */
  readonly description: string
  /** best first */
  readonly algorithms: readonly string[]
  /** of the modulus, the curve or the secret */
  readonly bits: number | undefined
  /** P-256, or as OpenSSL calls it */
  readonly curve: string | undefined
}

const CURVES: Readonly<Record<string, readonly [name: string, bits: number, algorithm: string]>> = {
  prime256v1: ['P-256', 256, 'ES256'],
  secp384r1: ['P-384', 384, 'ES384'],
  secp521r1: ['P-521', 521, 'ES512'],
}

/** Curves that JWS has no algorithm for, or none that is signed with here. */
const OTHER_CURVES: Readonly<Record<string, number>> = {
  secp256k1: 256,
  secp224r1: 224,
  prime192v1: 192,
  SM2: 256,
}

const SIZES = [256, 384, 512]

export function readFacts(key: KeyObject): KeyFacts {
  if (key.type === 'secret') {
    const bytes = key.symmetricKeySize ?? 0
    const description = `HMAC secret of ${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`
    const algorithms = SIZES.map((size) => `HS${size}`)
    return { kind: 'secret', description, algorithms, bits: bytes * 8, curve: undefined }
  }
  const details = key.asymmetricKeyDetails ?? {}
  const type = key.asymmetricKeyType ?? 'unknown'
  const bits = details.modulusLength
  switch (type) {
    case 'rsa': {
      const algorithms = SIZES.flatMap((size) => [
        ...(fitsPkcs1(bits ?? 0, size) ? [`RS${size}`] : []),
        ...(fitsPss(bits ?? 0, size) ? [`PS${size}`] : []),
      ])
      const description = `${bits}-bit RSA key`
      return { kind: 'rsa', description, algorithms, bits, curve: undefined }
    }
    case 'rsa-pss': {
      const { hashAlgorithm: hashes, mgf1HashAlgorithm: masks, saltLength = 0 } = details
      const sizes = SIZES.filter(
        (size) =>
          [hashes, masks].every((name) => name === undefined || name === `sha${size}`) &&
          saltLength <= size / 8 &&
          fitsPss(bits ?? 0, size),
      )
      const algorithms = sizes.map((size) => `PS${size}`)
      const description = `${bits}-bit RSA-PSS key`
      return { kind: 'rsa-pss', description, algorithms, bits, curve: undefined }
    }
    case 'ec':
      return readCurve(details.namedCurve)
    case 'ed25519':
    case 'ed448': {
      const curve = type === 'ed448' ? 'Ed448' : 'Ed25519'
      const algorithms = ['EdDSA', curve]
      return { kind: type, description: `${curve} key`, algorithms, bits: undefined, curve }
    }
    default: {
      const name = type.toUpperCase()
      const curve = /^X(25519|448)$/.test(name) ? name : undefined
      return { kind: 'other', description: `${name} key`, algorithms: [], bits, curve }
    }
  }
}

function readCurve(curve: string | undefined): KeyFacts {
  const [name, bits, algorithm] = CURVES[curve ?? ''] ?? []
  if (name !== undefined && algorithm !== undefined) {
    return { kind: 'ec', description: `${name} key`, algorithms: [algorithm], bits, curve: name }
  }
  return {
    kind: 'other',
    description: `${curve ?? 'EC'} key`,
    algorithms: [],
    bits: OTHER_CURVES[curve ?? ''] ?? (Number(/\d{3}/.exec(curve ?? '')?.[0]) || undefined),
    curve,
  }
}

/** RFC 8017 9.2: the hash with its name (19 bytes), and 11 of padding. */
function fitsPkcs1(bits: number, size: number): boolean {
  return Math.ceil(bits / 8) >= size / 8 + 30
}

/** RFC 8017 9.1.1, with a salt as long as the hash. */
function fitsPss(bits: number, size: number): boolean {
  return Math.ceil((bits - 1) / 8) >= (size / 8) * 2 + 2
}
