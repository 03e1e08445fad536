// Keys for one test file, made once, and what reads a token back without the program's own code.

import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'

export interface Pair {
  /** PKCS#8 */
  readonly pem: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly publicPem: string
}

export function makeRsaKey(bits = 2048): Pair {
  return describe(generateKeyPairSync('rsa', { modulusLength: bits }))
}

export function makeEcKey(namedCurve = 'P-256'): Pair {
  return describe(generateKeyPairSync('ec', { namedCurve }))
}

export function makeEd25519Key(): Pair {
  return describe(generateKeyPairSync('ed25519'))
}

function describe(pair: { privateKey: KeyObject; publicKey: KeyObject }): Pair {
  return {
    ...pair,
    pem: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicPem: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

export const toPkcs1 = ({ privateKey }: Pair): string =>
  privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()

/** Encrypted PKCS#8. */
export const lock = ({ privateKey }: Pair, passphrase: string): string =>
  privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString()

/** A certificate for the key, self-signed, by openssl. */
export function certify(keyFile: string, subject = '/CN=test'): string {
  return execFileSync(
    'openssl',
    ['req', '-x509', '-new', '-key', keyFile, '-subj', subject, '-days', '30'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  ).toString()
}

export interface Jwt {
  readonly header: Record<string, unknown>
  readonly claims: Record<string, unknown>
  /** as they stand in the token */
  readonly headerText: string
  readonly claimsText: string
  readonly input: string
  readonly signature: Buffer
}

export function readJwt(token: string): Jwt {
  const [head = '', body = '', signature = ''] = token.split('.')
  const headerText = Buffer.from(head, 'base64url').toString()
  const claimsText = Buffer.from(body, 'base64url').toString()
  return {
    header: JSON.parse(headerText),
    claims: JSON.parse(claimsText),
    headerText,
    claimsText,
    input: `${head}.${body}`,
    signature: Buffer.from(signature, 'base64url'),
  }
}
