// Opens a JWE (RFC 7516) with a key of the user's. jose decrypts; what it is given and what may come
// out of it is limited here: a header can ask for hours of hashing, or unpack to gigabytes.

import { createPrivateKey, createSecretKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import type { FlattenedJWE, GeneralJWE } from 'jose'
import { TokenError } from '../../core/error.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import {
  type HeaderView,
  readHeader,
  readText,
  viewHeader,
} from '../../core/jwt/finding/header-view.ts'
import type { EncryptedToken } from '../../core/jwt/token.ts'
import { identifyKeyText } from '../../core/key/pem.ts'
import { type KeySource, loadKey } from './open/key.ts'

/** RFC 7518 4.8.1.2 wants 1,000 at least, OWASP 600,000; this many take a second. */
const MOST_ROUNDS = 1_000_000
/** of what is compressed: draft-ietf-oauth-rfc8725bis */
const LARGEST_CONTENT = 250_000

/** Named one by one, because jose takes those with a password only where they are named. */
const ALGORITHMS = [
  ...['RSA-OAEP', 'RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512', 'dir'],
  ...['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW'],
  ...['A128KW', 'A192KW', 'A256KW', 'A128GCMKW', 'A192GCMKW', 'A256GCMKW'],
  ...['PBES2-HS256+A128KW', 'PBES2-HS384+A192KW', 'PBES2-HS512+A256KW'],
]

export async function decryptToken(token: EncryptedToken, source: KeySource): Promise<Uint8Array> {
  const header = viewHeader('the header', token.header, [
    token.unprotected,
    token.recipients[0].unprotected,
  ])
  const alg = readText(readHeader(header, 'alg'))
  refuseAlgorithm(alg, header)
  const options = {
    keyManagementAlgorithms: ALGORITHMS,
    maxPBES2Count: MOST_ROUNDS,
    maxDecompressedLength: LARGEST_CONTENT,
  }
  const keys = listKeys(source, readText(readHeader(header, 'kid')))
  const failures: unknown[] = []
  for (const key of keys) {
    try {
      if (token.serialization === 'compact') {
        const { compactDecrypt } = await import('jose/jwe/compact/decrypt')
        return (await compactDecrypt(token.text, key, options)).plaintext
      }
      const { recipients, ...rest } = readGeneral(token.text)
      const [only, ...others] = recipients
      // with several, jose does not tell why none of them came to anything
      if (only !== undefined && others.length === 0) {
        const { flattenedDecrypt } = await import('jose/jwe/flattened/decrypt')
        return (await flattenedDecrypt({ ...rest, ...only }, key, options)).plaintext
      }
      const { generalDecrypt } = await import('jose/jwe/general/decrypt')
      return (await generalDecrypt({ ...rest, recipients }, key, options)).plaintext
    } catch (error) {
      failures.push(error)
    }
  }
  throw explainFailure(failures, alg, source, readHeader(header, 'zip') !== undefined)
}

/** A flattened one is a general one with its only recipient written out. */
function readGeneral(text: string): GeneralJWE {
  const json = JSON.parse(text) as GeneralJWE & FlattenedJWE
  if (Array.isArray(json.recipients)) return json
  const { encrypted_key, header, ...rest } = json
  const recipient = { ...(encrypted_key && { encrypted_key }), ...(header && { header }) }
  return { ...rest, recipients: [recipient] }
}

function refuseAlgorithm(alg: string | undefined, header: HeaderView): void {
  const refuse = (message: string, means: string): TokenError =>
    new TokenError('input_invalid', message, { means })
  if (alg === undefined) throw refuse('it names no alg', 'nobody can tell how its key is wrapped')
  if (alg === 'RSA1_5') {
    throw refuse(
      'it is encrypted with RSA1_5, which is not decrypted here',
      'PKCS#1 v1.5 encryption gives an attacker an oracle (RFC 8725 3.2); its issuer can use RSA-OAEP-256',
    )
  }
  if (!ALGORITHMS.includes(alg)) {
    throw refuse('its alg is none that is decrypted here', `known: ${ALGORITHMS.join(', ')}`)
  }
  const zip = readHeader(header, 'zip')
  if (zip !== undefined && readText(zip) !== 'DEF') {
    throw refuse('its zip is none that is unpacked here', 'DEF is the only one (RFC 7516 4.1.3)')
  }
  const rounds = readHeader(header, 'p2c')
  if (rounds !== undefined && !(rounds.type === 'number' && rounds.value <= MOST_ROUNDS)) {
    throw refuse(
      `its p2c asks for more than ${MOST_ROUNDS} rounds of hashing`,
      'whoever decrypts it would be kept busy; that is an attack, or a mistake',
    )
  }
}

/** Those of a set that may be meant: by kid, where there is one that fits. */
function listKeys(source: KeySource, kid: string | undefined): KeyObject[] {
  const identity = identifyKeyText(source.text)
  const { json = {}, sort } = identity
  if (sort === 'jwks') {
    const jwks = (Array.isArray(json.keys) ? json.keys : []).filter(isJsonObject)
    const named = jwks.filter((jwk) => kid !== undefined && jwk.kid === kid)
    return (named.length > 0 ? named : jwks).flatMap((jwk) => openJwk(jwk) ?? [])
  }
  if (typeof json.kty === 'string') {
    const key = openJwk(json)
    if (key) return [key]
  }
  if (sort === 'text' || sort === 'binary') {
    const bytes = Buffer.from(source.text)
    // one final newline of a file is an editor's
    const end = bytes.at(-1) === 0x0a ? (bytes.at(-2) === 0x0d ? 2 : 1) : 0
    return [createSecretKey(bytes.subarray(0, bytes.length - end))]
  }
  return [loadKey(source).key]
}

function openJwk(jwk: JsonObject): KeyObject | undefined {
  try {
    return jwk.kty === 'oct'
      ? createSecretKey(Buffer.from(String(jwk.k), 'base64url'))
      : createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' })
  } catch {
    return undefined
  }
}

function explainFailure(
  failures: readonly unknown[],
  alg: string | undefined,
  { origin }: KeySource,
  zipped: boolean,
): TokenError {
  const codes = failures.map((error) => (error as { code?: unknown })?.code)
  if (failures.length === 0) {
    return new TokenError('key_unusable', `${origin} holds no private key or secret that decrypts`)
  }
  if (codes.includes('ERR_JWE_INVALID')) {
    return new TokenError('input_invalid', 'it cannot be decrypted as it stands', {
      means: zipped
        ? `its content is damaged, or unpacks to more than ${LARGEST_CONTENT / 1000} KB`
        : 'a part of it is missing or is not what its header says',
    })
  }
  if (codes.includes('ERR_JWE_DECRYPTION_FAILED')) {
    return new TokenError('key_unfit', `${origin} does not open it`, {
      means: 'it was encrypted for another key, or something in it was changed',
    })
  }
  return new TokenError(
    'key_unfit',
    `${origin} does not go with ${alg}, by which it is encrypted`,
    {
      fix: NEEDS[KINDS.findIndex((kind) => kind.test(alg ?? ''))] ?? '--key FILE',
    },
  )
}

const KINDS = [/^RSA/, /^ECDH/, /^PBES2/, /./]
const NEEDS = [
  '--key the RSA private key whose public half its issuer has',
  '--key the EC or X25519 private key whose public half its issuer has',
  '--key env:PASSWORD, the password itself',
  '--key a secret of exactly the right size, as a JWK (kty oct) or as bytes in a file',
]
