// How long the last part of a token is, where its header says how it was made.

/** RFC 7518: characters of a tag; of a signature by algorithm, and of the usual RSA moduli. */
export const TAGS = [22, 32, 43]
const MODULI = [171, 342, 512, 683, 1366]
const SIGNATURES: Readonly<Record<string, readonly number[]>> = {
  HS256: [43],
  HS384: [64],
  HS512: [86],
  ES256: [86],
  ES256K: [86],
  ES384: [128],
  ES512: [176],
  EdDSA: [86, 152],
  Ed25519: [86],
  Ed448: [152],
  none: [0],
}
export const SIZES = [...Object.values(SIGNATURES).flat(), ...MODULI].filter((size) => size > 0)
export const LONGEST_SIGNATURE = 8000

export function listSizes(head: string): readonly number[] {
  const alg = /"alg"\s*:\s*"([^"]*)"/.exec(head)?.[1] ?? ''
  const known = Object.hasOwn(SIGNATURES, alg) ? SIGNATURES[alg] : undefined
  if (known !== undefined) return known
  return /^[RP]S/.test(alg) ? MODULI : SIZES
}
