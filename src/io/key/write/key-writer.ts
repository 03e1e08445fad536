// A key written out: as PEM, or as the members of a JWK.

import { createPrivateKey, type KeyObject } from 'node:crypto'
import { TokenError } from '../../../core/error.ts'
import { writePem } from '../../../core/key/armor.ts'
import { childrenOf, readNode } from '../../../core/key/der-node.ts'
import type { JsonObject } from '../../../core/key/key-json.ts'
import { publicHalf, publicJwkOf, thumbprintOf } from '../describe/fingerprint.ts'
import { readFacts } from '../describe/key-facts.ts'
import { addArticle } from '../describe/loaded-key.ts'

/** PKCS#8, encrypted where there is a passphrase. */
export function writePrivatePem(key: KeyObject, passphrase?: string): string {
  const form = { type: 'pkcs8', format: 'pem' } as const
  const text =
    passphrase === undefined
      ? key.export(form)
      : key.export({ ...form, cipher: 'aes-256-cbc', passphrase })
  return text.toString()
}

/** SPKI. */
export function writePublicPem(key: KeyObject): string {
  return publicHalf(key).export({ type: 'spki', format: 'pem' }).toString()
}

export function writeCertificates(chain: readonly Uint8Array[]): string {
  return chain.map((der) => writePem('CERTIFICATE', der)).join('')
}

/** What a JWK says besides its numbers. */
export interface JwkNotes {
  readonly kid: string | undefined
  readonly alg: string | undefined
  readonly use: string | undefined
}

/** kid, use and alg first, where a person looks; the thumbprint is the kid where there is none. */
export function writeJwk(key: KeyObject, half: 'private' | 'public', notes: JwkNotes): JsonObject {
  const members = half === 'private' ? exportPrivate(key) : publicJwkOf(key)
  const { kty, ...rest } = members ?? {}
  if (kty === undefined) {
    const what = addArticle(readFacts(key).description)
    throw new TokenError('key_unfit', `there is no JWK of ${what}`, {
      means: 'neither RFC 7518 nor those after it have such keys',
      fix: '--to pem',
    })
  }
  const { kind, algorithms, curve } = readFacts(key)
  const agrees = kind === 'other' && /^X/.test(curve ?? '')
  const { use = agrees ? 'enc' : 'sig' } = notes
  const usual = agrees ? 'ECDH-ES' : curve === 'secp256k1' ? 'ES256K' : algorithms[0]
  const alg = notes.alg ?? (use === 'sig' || agrees ? usual : undefined)
  const kid = notes.kid ?? (key.type === 'secret' ? undefined : thumbprintOf(key))
  return { kty, ...(kid && { kid }), use, ...(alg && { alg }), ...rest }
}

function exportPrivate(key: KeyObject): JsonObject | undefined {
  try {
    return plainRsa(key).export({ format: 'jwk' }) as JsonObject
  } catch {
    return undefined
  }
}

/** The numbers of an RSA-PSS key are those of any RSA key; only its label Node does not export. */
function plainRsa(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'rsa-pss' || key.type !== 'private') return key
  const der = key.export({ type: 'pkcs8', format: 'der' })
  const numbers = childrenOf(readNode(der))[2]?.content ?? new Uint8Array()
  return createPrivateKey({ key: Buffer.from(numbers), format: 'der', type: 'pkcs1' })
}

export function writeJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
