// What can be worked out from the numbers of an RSA key: the primes from d, and a bad generator's mark.

import type { JsonObject } from '../json.ts'
import { decodeBase64, encodeBase64Url } from './armor.ts'

/** Larger ones would take too long, and nobody has them. */
const LARGEST = 4096

/** A JWK with n, e and d alone, with p, q, dp, dq and qi as well; undefined: they do not fit. */
export function completeRsa(jwk: JsonObject): JsonObject | undefined {
  const [n, e, d] = ['n', 'e', 'd'].map((name) => readMember(jwk[name]))
  if (!n || !e || !d || n.toString(2).length > LARGEST || d >= n || e >= n) return undefined
  const p = findPrime(n, e * d - 1n)
  if (p === undefined) return undefined
  const q = n / p
  const members = { p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: power(q, p - 2n, p) }
  const written = Object.entries(members).map(([name, value]) => [name, writeMember(value)])
  return { ...jwk, ...Object.fromEntries(written) }
}

/** NIST SP 800-56B appendix C: a root of 1 that is neither 1 nor -1 splits n. */
function findPrime(n: bigint, product: bigint): bigint | undefined {
  if (product <= 0n || product % 2n !== 0n || n % 2n === 0n) return undefined
  let odd = product
  while (odd % 2n === 0n) odd /= 2n
  for (let base = 2n; base < 40n; base++) {
    let root = power(base, odd, n)
    let exponent = odd
    while (root !== 1n && root !== n - 1n && exponent < product) {
      const square = (root * root) % n
      if (square === 1n) return divide(n, root - 1n)
      root = square
      exponent *= 2n
    }
    // d is not the exponent of this n at all
    if (root !== 1n && root !== n - 1n) return undefined
  }
  return undefined
}

function divide(n: bigint, other: bigint): bigint | undefined {
  let [a, b] = [n, other]
  while (b > 0n) [a, b] = [b, a % b]
  return a > 1n && a < n ? a : undefined
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  let square = base % modulus
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

export function readMember(value: unknown): bigint | undefined {
  const bytes = typeof value === 'string' ? decodeBase64(value) : undefined
  if (bytes === undefined || bytes.length > 4096) return undefined
  return BigInt(`0x${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`)
}

/** Of the members of a private JWK; a third prime is not among them. */
export function belongTogether(jwk: JsonObject): boolean {
  const members = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'].map((name) => readMember(jwk[name]))
  const [n, e, d, p, q, dp, dq, qi] = members
  // a key that cannot be written as a JWK
  if (!n || !e || !d || !p || !q) return Object.keys(jwk).length === 0
  if (p < 2n || q < 2n || n % (p * q) !== 0n) return false
  const inverts = (prime: bigint): boolean => (e * d) % (prime - 1n) === 1n
  return (
    inverts(p) &&
    inverts(q) &&
    dp === d % (p - 1n) &&
    dq === d % (q - 1n) &&
    ((qi ?? 0n) * q) % p === 1n
  )
}

function writeMember(value: bigint): string {
  const digits = value.toString(16)
  const pairs = digits.padStart(digits.length + (digits.length % 2), '0').match(/../g) ?? []
  return encodeBase64Url(Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)))
}

/**
 * ROCA, CVE-2017-15361: modulus of a smart card or TPM whose primes can be found. Modulo each small
 * prime it is a power of 65537, which of other moduli happens once in a hundred million.
 */
export function hasRocaMark(n: bigint): boolean {
  return SMALL_PRIMES.every((prime) => {
    const rest = Number(n % BigInt(prime))
    for (let value = 65537 % prime, count = 0; count < prime; count++) {
      if (value === rest) return true
      value = (value * 65537) % prime
    }
    return false
  })
}

const SMALL_PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101,
  103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
]
