// Tokens made by node:crypto alone, good and bad: whatever is asked for is written and signed as it is.

import { constants, createHmac, type KeyObject, sign } from 'node:crypto'

export const encode = (value: unknown): string =>
  Buffer.from(
    typeof value === 'string' || value instanceof Uint8Array ? value : JSON.stringify(value),
  ).toString('base64url')

/** `key`: bytes or text for HS*. */
export function signInput(
  alg: string,
  input: string | Uint8Array,
  key: KeyObject | string | Uint8Array,
): Buffer {
  const bytes = Buffer.from(input)
  const hash = `sha${alg.slice(2)}`
  if (alg.startsWith('HS')) return createHmac(hash, key).update(bytes).digest()
  const own = key as KeyObject
  if (alg.startsWith('PS')) {
    const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants
    return sign(hash, bytes, { key: own, padding, saltLength })
  }
  if (alg.startsWith('Ed')) return sign(undefined, bytes, own)
  if (alg === 'ES256K') return sign('sha256', bytes, { key: own, dsaEncoding: 'ieee-p1363' })
  if (alg.startsWith('ES')) return sign(hash, bytes, { key: own, dsaEncoding: 'ieee-p1363' })
  return sign(hash, bytes, own)
}

/** header and payload: JSON, text or bytes; `alg` only where it is not the header's. */
export function signJws(
  header: unknown,
  payload: unknown,
  key: KeyObject | string | Uint8Array,
  alg: string = (header as { alg: string }).alg,
): string {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${signInput(alg, input, key).toString('base64url')}`
}
