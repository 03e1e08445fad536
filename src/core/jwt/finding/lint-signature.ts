// What a signature looks like, told from its bytes alone: the usual mistakes of home-made signers.

import type { Signature } from '../token.ts'
import { makeFinding, quote } from './codes.ts'
import type { Finding } from './finding.ts'

const SIZES: ReadonlyMap<string, readonly number[]> = new Map(
  Object.entries({
    HS256: [32],
    HS384: [48],
    HS512: [64],
    ES256: [64],
    ES384: [96],
    ES512: [132],
    ES256K: [64],
    ESP256: [64],
    ESP384: [96],
    ESP512: [132],
    Ed25519: [64],
    Ed448: [114],
    EdDSA: [64, 114],
    'ML-DSA-44': [2420],
    'ML-DSA-65': [3309],
    'ML-DSA-87': [4627],
  }),
)

/** The smallest and largest RSA key anyone has: 512 and 16384 bits. */
const RSA = { least: 64, most: 2048 }

export function lintSignature({ signature }: Signature, alg: string | undefined): Finding[] {
  if (alg === undefined || alg === '' || alg.toLowerCase() === 'none') return []
  if (signature === undefined) return []
  if (signature.text === '')
    return [makeFinding('signature-empty', `alg is ${quote(alg)}, and there is no signature`)]
  const { bytes } = signature
  if (bytes === undefined) return []
  const size = bytes.length
  if (/^[RP]S(256|384|512)$/.test(alg)) return lintRsa(alg, size)
  const sizes = SIZES.get(alg)
  if (sizes === undefined) return []
  const isEllipticCurve = alg.startsWith('ES')
  if (isEllipticCurve && !sizes.includes(size) && looksLikeDer(bytes)) {
    return [
      makeFinding('signature-der', `${size} bytes, DER-encoded, where ${alg} has ${sizes[0]}`),
    ]
  }
  if (!sizes.includes(size)) {
    return [
      makeFinding('signature-length', `${size} bytes, where ${alg} has ${sizes.join(' or ')}`),
    ]
  }
  const half = size / 2
  if (isEllipticCurve && (isZero(bytes.subarray(0, half)) || isZero(bytes.subarray(half)))) {
    return [makeFinding('signature-zero', 'a half of the signature is all zeros')]
  }
  return []
}

function lintRsa(alg: string, size: number): Finding[] {
  // 32, 48 and 64 bytes are what HS* makes
  if (size <= RSA.least || size > RSA.most) {
    return [makeFinding('signature-length', `${size} bytes, where ${alg} has 256, 384 or 512`)]
  }
  return size % 8 === 0
    ? []
    : [makeFinding('signature-cut', `${size} bytes, where ${alg} has 256, 384 or 512`)]
}

/** A sequence of two integers that ends where the bytes end. */
function looksLikeDer(bytes: Uint8Array): boolean {
  const long = bytes[1] === 0x81
  const length = long ? bytes[2] : bytes[1]
  const start = long ? 3 : 2
  return bytes[0] === 0x30 && length === bytes.length - start && bytes[start] === 0x02
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}
