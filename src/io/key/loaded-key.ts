// What there is to say about a key once it is open: its kind in words, what it can sign, its names.

import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { TokenError } from '../../core/error.ts'
import { readChildren, readElement } from '../../core/key/der.ts'

export interface LoadedKey {
  /** private or secret */
  readonly key: KeyObject
  readonly kind: 'rsa' | 'rsa-pss' | 'ec' | 'ed25519' | 'ed448' | 'secret'
  /** where it came from, for messages */
  readonly origin: string
  /** in words, without an article: "2048-bit RSA key" */
  readonly description: string
  /** the JWS algorithms it fits, best first */
  readonly algorithms: readonly string[]
  /** of the modulus, the curve or the secret */
  readonly bits: number | undefined
  /** kid of the JWK, private_key_id of a service account */
  readonly id: string | undefined
  /** client_email of a service account */
  readonly issuer: string | undefined
  readonly token_uri: string | undefined
  readonly publicPem: string | undefined
  /** RFC 7638, SHA-256, base64url */
  thumbprint(): string
  /** SHA-256 of the public key's DER, in standard base64 */
  spkiSha256(): string
}

/** What a JSON around the key says of it. */
export interface KeyNotes {
  readonly id?: string | undefined
  readonly issuer?: string | undefined
  readonly token_uri?: string | undefined
  /** the only algorithm it may be used for */
  readonly algorithm?: string | undefined
}

interface Facts {
  readonly kind: LoadedKey['kind']
  readonly description: string
  readonly algorithms: readonly string[]
  readonly bits: number | undefined
}

const CURVES: Readonly<Record<string, readonly [name: string, bits: number, algorithm: string]>> = {
  prime256v1: ['P-256', 256, 'ES256'],
  secp384r1: ['P-384', 384, 'ES384'],
  secp521r1: ['P-521', 521, 'ES512'],
}

export function describeKey(key: KeyObject, origin: string, notes: KeyNotes = {}): LoadedKey {
  const facts = readFacts(key, origin)
  const { algorithm } = notes
  if (algorithm !== undefined && !facts.algorithms.includes(algorithm)) {
    const known = /^[\w+-]{1,24}$/.test(algorithm) ? ` ${algorithm}` : ' another algorithm'
    throw new TokenError(
      'key_unfit',
      `${origin} is ${addArticle(facts.description)}, but its own alg says${known}`,
      { fix: `of its algorithms: ${facts.algorithms.join(', ')}` },
    )
  }
  return {
    ...facts,
    algorithms: algorithm === undefined ? facts.algorithms : [algorithm],
    key,
    origin,
    id: notes.id,
    issuer: notes.issuer,
    token_uri: notes.token_uri,
    get publicPem() {
      if (key.type === 'secret') return undefined
      return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString()
    },
    thumbprint: () => hash(JSON.stringify(readMembers(key, origin))).toString('base64url'),
    spkiSha256: () => hash(exportSpki(key, origin)).toString('base64'),
  }
}

function readFacts(key: KeyObject, origin: string): Facts {
  if (key.type === 'secret') {
    const bytes = key.symmetricKeySize ?? 0
    const description = `HMAC secret of ${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`
    return {
      kind: 'secret',
      description,
      algorithms: ['HS256', 'HS384', 'HS512'],
      bits: bytes * 8,
    }
  }
  const details = key.asymmetricKeyDetails ?? {}
  const bits = details.modulusLength ?? 0
  switch (key.asymmetricKeyType) {
    case 'rsa': {
      const algorithms = [256, 384, 512].flatMap((size) => [
        ...(fitsPkcs1(bits, size) ? [`RS${size}`] : []),
        ...(fitsPss(bits, size) ? [`PS${size}`] : []),
      ])
      return { kind: 'rsa', description: `${bits}-bit RSA key`, algorithms, bits }
    }
    case 'rsa-pss': {
      const { hashAlgorithm: hashes, mgf1HashAlgorithm: masks, saltLength = 0 } = details
      const algorithms = [256, 384, 512].filter(
        (size) =>
          [hashes, masks].every((name) => name === undefined || name === `sha${size}`) &&
          saltLength <= size / 8 &&
          fitsPss(bits, size),
      )
      return {
        kind: 'rsa-pss',
        description: `${bits}-bit RSA-PSS key`,
        algorithms: algorithms.map((size) => `PS${size}`),
        bits,
      }
    }
    case 'ec': {
      const [name, size, algorithm] = CURVES[details.namedCurve ?? ''] ?? []
      if (name === undefined || algorithm === undefined) {
        throw refuseKind(`${details.namedCurve ?? 'EC'} key`, origin)
      }
      return { kind: 'ec', description: `${name} key`, algorithms: [algorithm], bits: size }
    }
    case 'ed25519':
    case 'ed448': {
      const name = key.asymmetricKeyType === 'ed448' ? 'Ed448' : 'Ed25519'
      const algorithms = ['EdDSA', name]
      return {
        kind: key.asymmetricKeyType,
        description: `${name} key`,
        algorithms,
        bits: undefined,
      }
    }
    default:
      throw refuseKind(`${(key.asymmetricKeyType ?? 'unknown').toUpperCase()} key`, origin)
  }
}

function refuseKind(description: string, origin: string): TokenError {
  return new TokenError(
    'key_unfit',
    `${origin} is ${addArticle(description)}, which no algorithm here signs with`,
    {
      means: 'signing takes RSA, P-256, P-384, P-521, Ed25519 and Ed448 keys, and shared secrets',
      fix: 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem',
    },
  )
}

/** RFC 8017 9.2: the hash with its name (19 bytes), and 11 of padding. */
function fitsPkcs1(bits: number, size: number): boolean {
  return Math.ceil(bits / 8) >= size / 8 + 30
}

/** RFC 8017 9.1.1, with a salt as long as the hash. */
function fitsPss(bits: number, size: number): boolean {
  return Math.ceil((bits - 1) / 8) >= (size / 8) * 2 + 2
}

export function addArticle(description: string): string {
  return `${/^(E|HMAC|X|8|1[18]-)/.test(description) ? 'an' : 'a'} ${description}`
}

function hash(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(data).digest()
}

function exportSpki(key: KeyObject, origin: string): Buffer {
  if (key.type === 'secret') throw refuseFingerprint(origin)
  return createPublicKey(key).export({ type: 'spki', format: 'der' })
}

/** The required members alone, in the order RFC 7638 wants: by name. */
function readMembers(key: KeyObject, origin: string): Record<string, unknown> {
  const spki = exportSpki(key, origin)
  // Node exports no JWK of an RSA-PSS key; its numbers are those of any RSA key
  if (key.asymmetricKeyType === 'rsa-pss') return { ...readRsaNumbers(spki) }
  const { crv, e, kty, n, x, y } = createPublicKey(key).export({ format: 'jwk' })
  return { crv, e, kty, n, x, y }
}

function readRsaNumbers(spki: Uint8Array): { e: string; kty: string; n: string } {
  const outer = readElement(spki, 0)
  const bits = outer && readChildren(spki, outer)[1]
  // a bit string says first how many bits of its last byte are unused
  const sequence = bits && readElement(spki, bits.start + 1)
  const [n, e] = sequence ? readChildren(spki, sequence) : []
  const write = (number: typeof n): string => {
    const digits = Buffer.from(spki.subarray(number?.start, number?.end))
    return digits.subarray(digits[0] === 0 ? 1 : 0).toString('base64url')
  }
  return { e: write(e), kty: 'RSA', n: write(n) }
}

/** The hash of a password could be guessed offline, so a shared secret has no fingerprint. */
function refuseFingerprint(origin: string): TokenError {
  return new TokenError('key_unfit', `${origin} is a shared secret, which has no fingerprint`, {
    means: 'the secret could be found from its hash',
    fix: 'a private key in its place, or a name of your own for key_id',
  })
}
