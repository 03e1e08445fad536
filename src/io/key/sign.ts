// Signs what core has built, byte for byte: header and claims are written in the order they are
// given, and nothing is added. jose signs; node:crypto does what jose refuses (RSA below 2048 bits,
// RSA-PSS keys, Ed448). Whether key and algorithm go together is decided here before either is
// asked, because their own words for it are the same for every cause.

import { constants, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { TokenError } from '../../core/error.ts'
import { addArticle, type LoadedKey } from './describe/loaded-key.ts'

export interface SignOptions {
  readonly allowWeakKey: boolean
}

type Header = Readonly<Record<string, unknown>>

interface Algorithm {
  readonly kinds: readonly LoadedKey['kind'][]
  readonly needs: string
  /** undefined where the key brings its own */
  readonly hash: 256 | 384 | 512 | undefined
  readonly pss?: boolean
}

const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  RS256: { kinds: ['rsa'], needs: 'an RSA key', hash: 256 },
  RS384: { kinds: ['rsa'], needs: 'an RSA key', hash: 384 },
  RS512: { kinds: ['rsa'], needs: 'an RSA key', hash: 512 },
  PS256: { kinds: ['rsa', 'rsa-pss'], needs: 'an RSA key', hash: 256, pss: true },
  PS384: { kinds: ['rsa', 'rsa-pss'], needs: 'an RSA key', hash: 384, pss: true },
  PS512: { kinds: ['rsa', 'rsa-pss'], needs: 'an RSA key', hash: 512, pss: true },
  ES256: { kinds: ['ec'], needs: 'a P-256 key', hash: 256 },
  ES384: { kinds: ['ec'], needs: 'a P-384 key', hash: 384 },
  ES512: { kinds: ['ec'], needs: 'a P-521 key', hash: 512 },
  EdDSA: { kinds: ['ed25519', 'ed448'], needs: 'an Ed25519 key', hash: undefined },
  Ed25519: { kinds: ['ed25519'], needs: 'an Ed25519 key', hash: undefined },
  Ed448: { kinds: ['ed448'], needs: 'an Ed448 key', hash: undefined },
  HS256: { kinds: ['secret'], needs: 'a shared secret', hash: 256 },
  HS384: { kinds: ['secret'], needs: 'a shared secret', hash: 384 },
  HS512: { kinds: ['secret'], needs: 'a shared secret', hash: 512 },
}

const SMALLEST_RSA = 2048

/** Throws when the key cannot or should not sign so; what is merely unwise is returned. */
export function checkKeyFit(alg: unknown, key: LoadedKey, options: SignOptions): string[] {
  const algorithm = requireAlgorithm(alg, key)
  const { kind, origin, description, bits = 0 } = key
  if (!key.algorithms.includes(`${alg}`)) throw refuseFit(`${alg}`, algorithm, key)
  if (algorithm.kinds[0] === 'rsa' && bits < SMALLEST_RSA) {
    if (options.allowWeakKey) {
      return [`${origin} is a ${description}; RSA below ${SMALLEST_RSA} bits can be broken`]
    }
    throw new TokenError('key_weak', `${origin} is a ${description}; ${SMALLEST_RSA} are needed`, {
      means: 'RFC 7518 forbids smaller RSA keys, because they can be broken',
      fix: [
        `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:${SMALLEST_RSA} -out key.pem`,
        'allow_weak_key: true, where the service gave you this key',
      ],
    })
  }
  if (kind === 'secret' && bits < (algorithm.hash ?? 0)) {
    return [
      `${origin} is an ${description}, shorter than the ${(algorithm.hash ?? 0) / 8} that ${alg} wants`,
    ]
  }
  return []
}

/** `header` says its alg. Warnings are checkKeyFit's to give. */
export async function signJwt(
  header: Header,
  claims: object,
  key: LoadedKey,
  options: SignOptions,
): Promise<string> {
  checkKeyFit(header.alg, key, options)
  const critical = readCritical(header)
  const algorithm = requireAlgorithm(header.alg, key)
  const refused =
    key.kind === 'rsa-pss' ||
    key.kind === 'ed448' ||
    (key.kind === 'rsa' && (key.bits ?? 0) < SMALLEST_RSA)
  // outside of the try: what cannot be written as JSON is not the key's fault
  const parts = [header, claims].map((part) => Buffer.from(JSON.stringify(part)))
  const jose = refused ? undefined : await import('jose/jws/compact/sign')
  let jwt: string
  try {
    jwt =
      jose === undefined
        ? signByNode(parts, key.key, algorithm)
        : await new jose.CompactSign(parts[1] ?? Buffer.alloc(0))
            .setProtectedHeader(header as Header & { alg: string })
            .sign(key.key, { crit: Object.fromEntries(critical.map((name) => [name, true])) })
  } catch {
    throw refuseDamaged(key)
  }
  if (!isSound(jwt, key.key, algorithm)) throw refuseDamaged(key)
  return jwt
}

function signByNode(parts: readonly Buffer[], key: KeyObject, algorithm: Algorithm): string {
  const input = parts.map((part) => part.toString('base64url')).join('.')
  const signature = sign(nameHash(algorithm), Buffer.from(input), { key, ...padding(algorithm) })
  return `${input}.${signature.toString('base64url')}`
}

/**
 * A key whose numbers were damaged opens and signs like any other, and the service then says that
 * the signature is wrong. Checking costs a twentieth of a millisecond.
 */
function isSound(jwt: string, key: KeyObject, algorithm: Algorithm): boolean {
  if (key.type === 'secret') return true
  const end = jwt.lastIndexOf('.')
  const publicKey = createPublicKey(key)
  return verify(
    nameHash(algorithm),
    Buffer.from(jwt.slice(0, end)),
    { key: publicKey, dsaEncoding: 'ieee-p1363', ...padding(algorithm) },
    Buffer.from(jwt.slice(end + 1), 'base64url'),
  )
}

function nameHash({ hash }: Algorithm): string | undefined {
  return hash === undefined ? undefined : `sha${hash}`
}

function padding({ pss }: Algorithm): { padding?: number; saltLength?: number } {
  if (pss !== true) return {}
  return {
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  }
}

function requireAlgorithm(alg: unknown, key: LoadedKey): Algorithm {
  const found =
    typeof alg === 'string' && Object.hasOwn(ALGORITHMS, alg) ? ALGORITHMS[alg] : undefined
  if (found !== undefined) return found
  const known = Object.keys(ALGORITHMS)
  const meant = known.find((name) => name.toLowerCase() === String(alg).toLowerCase())
  throw new TokenError('field_invalid', `alg ${JSON.stringify(alg)} is none that is signed with`, {
    means: `known: ${known.join(', ')}`,
    fix: `algorithm: ${meant ?? key.algorithms[0] ?? 'RS256'}`,
  })
}

function refuseFit(alg: string, algorithm: Algorithm, key: LoadedKey): TokenError {
  const { origin, description, algorithms } = key
  const what = `${origin} is ${addArticle(description)}`
  const [best] = algorithms
  const related = algorithm.kinds.includes(key.kind) && key.kind !== 'ec'
  return new TokenError(
    'key_unfit',
    related
      ? `${alg} does not go with ${origin}, ${addArticle(description)}`
      : `${alg} needs ${algorithm.needs}; ${what}`,
    {
      ...(related && { means: limitOf(key) }),
      ...(best !== undefined && {
        fix: `algorithm: ${best}${algorithms.length > 1 ? ` (or ${algorithms.slice(1).join(', ')})` : ''}`,
      }),
    },
  )
}

function limitOf({ kind, algorithms }: LoadedKey): string {
  if (algorithms.length === 0) return 'it is too small for any algorithm'
  const list = algorithms.join(', ')
  return kind === 'rsa' && algorithms.length > 1
    ? `it is too small; it fits ${list}`
    : `the key itself says that it is for ${list}`
}

export function readCritical(header: Header): string[] {
  const { crit } = header
  if (crit === undefined) return []
  const names = Array.isArray(crit) ? crit.filter((name) => typeof name === 'string') : []
  const sound =
    Array.isArray(crit) &&
    names.length > 0 &&
    names.length === crit.length &&
    new Set(names).size === names.length &&
    // an unencoded payload (RFC 7797) is no JWT
    names.every((name) => name !== 'b64' && Object.hasOwn(header, name))
  if (sound) return names
  throw new TokenError('field_invalid', 'crit of the header names no members of the header', {
    means: 'it lists, once each, the members that a reader must understand',
    fix: 'assertion.header.crit: null, or the names of members that are there',
  })
}

function refuseDamaged(key: LoadedKey): TokenError {
  return new TokenError('key_unusable', `${key.origin} is damaged: it signs, but wrongly`, {
    means: 'its numbers do not belong together, so nobody could verify what it signs',
    fix: 'copy it again from where it came from, unedited',
  })
}
