// The keys of OpenSSH: its own format for private ones (openssh-key-v1), and the blob of public ones
// (RFC 4253 6.6, RFC 5656, RFC 8709). Read into the members of a JWK, and the public ones written.

import type { JsonObject } from '../json.ts'
import { encodeBase64Url } from './armor.ts'

export interface SshKey {
  /** ssh-rsa, ecdsa-sha2-nistp256, ssh-ed25519, … */
  readonly type: string
  readonly comment: string
  /** undefined: of a type that has no JWK, or its numbers are not where they belong */
  readonly jwk: JsonObject | undefined
}

const MAGIC = 'openssh-key-v1\0'
/** bytes of a number; ssh-keygen makes RSA keys of 16384 bits at most */
const LARGEST = 2049

const CURVES: Readonly<Record<string, readonly [crv: string, bytes: number]>> = {
  nistp256: ['P-256', 32],
  nistp384: ['P-384', 48],
  nistp521: ['P-521', 66],
}

/** The private key where nothing locks it; undefined: it is locked, or damaged. */
export function readOpensshKey(bytes: Uint8Array): SshKey | undefined {
  const reader = openFile(bytes)
  if (reader === undefined || reader.cipher !== 'none') return undefined
  const inside = new Reader(reader.rest.bytes() ?? new Uint8Array())
  const [one, other] = [inside.number(), inside.number()]
  const type = inside.text()
  if (one === undefined || one !== other || type === undefined) return undefined
  const jwk = readPrivate(type, inside)
  return { type, comment: jwk === undefined ? '' : (inside.text() ?? ''), jwk }
}

/** The blob of the public half, which stands in the clear whatever locks the rest. */
export function readOpensshPublic(bytes: Uint8Array): Uint8Array | undefined {
  return openFile(bytes)?.blob
}

function openFile(
  bytes: Uint8Array,
): { cipher: string; blob: Uint8Array; rest: Reader } | undefined {
  const magic = new TextDecoder('latin1').decode(bytes.subarray(0, MAGIC.length))
  if (magic !== MAGIC) return undefined
  const reader = new Reader(bytes.subarray(MAGIC.length))
  const cipher = reader.text()
  // the derivation of the key, and its options
  reader.bytes()
  reader.bytes()
  const count = reader.number()
  const blob = reader.bytes()
  return cipher === undefined || blob === undefined || count !== 1
    ? undefined
    : { cipher, blob, rest: reader }
}

export function readSshBlob(blob: Uint8Array): SshKey {
  const reader = new Reader(blob)
  const type = reader.text() ?? ''
  return { type, comment: '', jwk: readPublic(type, reader) }
}

function readPublic(type: string, reader: Reader): JsonObject | undefined {
  if (type === 'ssh-rsa') {
    const [e, n] = [reader.integer(), reader.integer()]
    return n && e ? { kty: 'RSA', n: encodeBase64Url(n), e: encodeBase64Url(e) } : undefined
  }
  if (type === 'ssh-ed25519') {
    const x = reader.bytes()
    return x?.length === 32 ? { kty: 'OKP', crv: 'Ed25519', x: encodeBase64Url(x) } : undefined
  }
  return type.startsWith('ecdsa-sha2-') ? readPoint(reader) : undefined
}

function readPoint(reader: Reader): JsonObject | undefined {
  const [crv, size] = CURVES[reader.text() ?? ''] ?? []
  const point = reader.bytes()
  // 4: not compressed
  if (crv === undefined || point?.length !== 2 * (size ?? 0) + 1 || point[0] !== 4) return undefined
  const half = (point.length - 1) / 2
  return {
    kty: 'EC',
    crv,
    x: encodeBase64Url(point.subarray(1, 1 + half)),
    y: encodeBase64Url(point.subarray(1 + half)),
  }
}

function readPrivate(type: string, reader: Reader): JsonObject | undefined {
  if (type === 'ssh-rsa') {
    const numbers = [1, 2, 3, 4, 5, 6].map(() => reader.integer())
    const [n, e, d, qi, p, q] = numbers
    if (!n || !e || !d || !qi || !p || !q) return undefined
    return {
      ...{ kty: 'RSA', n: encodeBase64Url(n), e: encodeBase64Url(e), d: encodeBase64Url(d) },
      ...{ p: encodeBase64Url(p), q: encodeBase64Url(q), qi: encodeBase64Url(qi) },
      dp: encodeBase64Url(reduce(d, p)),
      dq: encodeBase64Url(reduce(d, q)),
    }
  }
  if (type === 'ssh-ed25519') {
    const [x, both] = [reader.bytes(), reader.bytes()]
    if (x?.length !== 32 || both?.length !== 64) return undefined
    const d = encodeBase64Url(both.subarray(0, 32))
    return { kty: 'OKP', crv: 'Ed25519', x: encodeBase64Url(x), d }
  }
  if (!type.startsWith('ecdsa-sha2-')) return undefined
  const point = readPoint(reader)
  const d = reader.integer()
  const size = Object.values(CURVES).find(([crv]) => crv === point?.crv)?.[1] ?? 0
  if (point === undefined || d === undefined || d.length > size) return undefined
  const padded = new Uint8Array(size)
  padded.set(d, size - d.length)
  return { ...point, d: encodeBase64Url(padded) }
}

/** d mod (prime - 1), the exponents that OpenSSH leaves out. */
function reduce(d: Uint8Array, prime: Uint8Array): Uint8Array {
  const number = (bytes: Uint8Array): bigint =>
    BigInt(`0x${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`)
  const divisor = number(prime) - 1n
  // a prime of 1, or none, is damage, which whoever opens the key will find
  const digits = (divisor > 0n ? number(d) % divisor : 0n).toString(16)
  const pairs = digits.padStart(digits.length + (digits.length % 2), '0').match(/../g) ?? []
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16))
}

/** undefined: a key of a kind that OpenSSH has no name for. */
export function writeSshBlob(jwk: JsonObject): Uint8Array | undefined {
  const member = (name: string): Uint8Array | undefined => {
    const text = jwk[name]
    return typeof text === 'string' ? decodeUrl(text) : undefined
  }
  const [n, e, x, y] = ['n', 'e', 'x', 'y'].map(member)
  if (jwk.kty === 'RSA' && n && e) return join(words('ssh-rsa'), toInteger(e), toInteger(n))
  if (jwk.crv === 'Ed25519' && x) return join(words('ssh-ed25519'), x)
  const name = Object.keys(CURVES).find((curve) => CURVES[curve]?.[0] === jwk.crv)
  if (name === undefined || !x || !y) return undefined
  return join(words(`ecdsa-sha2-${name}`), words(name), Uint8Array.from([4, ...x, ...y]))
}

function words(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function decodeUrl(text: string): Uint8Array {
  const plain = text.replaceAll('-', '+').replaceAll('_', '/')
  return Uint8Array.from(atob(plain), (char) => char.charCodeAt(0))
}

/** As short as it can be, and positive. */
function toInteger(bytes: Uint8Array): Uint8Array {
  let start = 0
  while (start < bytes.length - 1 && bytes[start] === 0) start++
  const short = bytes.subarray(start)
  return (short[0] ?? 0) >= 0x80 ? Uint8Array.from([0, ...short]) : short
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => {
      const { length } = part
      return [length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255, ...part]
    }),
  )
}

class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  number(): number | undefined {
    const four = this.#bytes.subarray(this.#at, this.#at + 4)
    if (four.length < 4) return undefined
    this.#at += 4
    return four.reduce((sum, byte) => sum * 256 + byte, 0)
  }

  bytes(): Uint8Array | undefined {
    const length = this.number()
    if (length === undefined || this.#at + length > this.#bytes.length) return undefined
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  text(): string | undefined {
    const bytes = this.bytes()
    return bytes && new TextDecoder().decode(bytes)
  }

  /** Without the zero that says it is positive. */
  integer(): Uint8Array | undefined {
    const bytes = this.bytes()
    if (bytes === undefined || bytes.length === 0 || bytes.length > LARGEST) return undefined
    let start = 0
    while (start < bytes.length - 1 && bytes[start] === 0) start++
    return bytes.subarray(start)
  }
}
