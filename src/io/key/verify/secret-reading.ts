// A shared secret is bytes, and people have it as text. When it does not match, the usual reason is
// that its maker read that text in another way.

import { createSecretKey } from 'node:crypto'
import { checkSignature } from './signature.ts'
import type { VerificationKey } from './verification-key.ts'
import type { Proof } from './verifier.ts'

export const ENCODINGS = ['text', 'hex', 'base64', 'base64url'] as const
export type Encoding = (typeof ENCODINGS)[number]

const FORMS: Readonly<Record<Exclude<Encoding, 'text'>, RegExp>> = {
  hex: /^(?:[0-9a-f]{2})+$/i,
  base64: /^[A-Za-z0-9+/]+={0,2}$/,
  base64url: /^[\w-]+={0,2}$/,
}

/** undefined: it is not written so. */
export function decodeSecret(raw: Uint8Array, encoding: Encoding): Uint8Array | undefined {
  const bytes = Buffer.from(raw)
  if (encoding === 'text') return bytes.subarray(0, bytes.length - countNewline(bytes))
  const text = bytes.toString('latin1').trim()
  return FORMS[encoding].test(text) ? Buffer.from(text, encoding) : undefined
}

/** One final newline of a file is an editor's, not the secret's. */
function countNewline(bytes: Uint8Array): number {
  if (bytes.at(-1) !== 0x0a) return 0
  return bytes.at(-2) === 0x0d ? 2 : 1
}

/** The ways of reading it that would match, in words. */
export function findReading(
  asked: readonly VerificationKey[],
  raw: Uint8Array | undefined,
  proof: Proof,
): string[] {
  const texts = asked.flatMap(({ jwk }) => (typeof jwk?.k === 'string' ? [jwk.k] : []))
  const sources = raw === undefined || texts.length > 0 ? texts.map((k) => Buffer.from(k)) : [raw]
  return sources.flatMap((source) => {
    const trimmed = Buffer.from(source)
    const text = trimmed.subarray(0, trimmed.length - countNewline(trimmed))
    const readings: readonly (readonly [Uint8Array | undefined, string])[] = [
      [text, 'read as text it would match: --secret-encoding text'],
      ...(['hex', 'base64', 'base64url'] as const).map(
        (name) =>
          [
            decodeSecret(source, name),
            `read as ${name} it would match: --secret-encoding ${name}`,
          ] as const,
      ),
      [Buffer.concat([text, Buffer.from('\n')]), 'with a newline at its end it would match'],
      [
        Buffer.concat([text, Buffer.from('\r\n')]),
        'with a Windows newline at its end it would match',
      ],
      [
        Buffer.from(text.toString('latin1').trim(), 'latin1'),
        'without the white space around it it would match',
      ],
    ]
    const found = readings.find(([bytes]) => bytes !== undefined && matches(bytes, proof))
    return found === undefined ? [] : [found[1]]
  })
}

/** Whether it was indeed made with a public key as the secret. */
export function findConfusion(
  keys: readonly VerificationKey[],
  raw: Uint8Array | undefined,
  proof: Proof,
): string[] {
  const texts = keys.flatMap(({ key }) => {
    if (key.type !== 'public') return []
    const pem = key.export({ type: 'spki', format: 'pem' }).toString()
    return [
      Buffer.from(pem),
      Buffer.from(pem.trimEnd()),
      key.export({ type: 'spki', format: 'der' }),
    ]
  })
  const made = [...(raw === undefined ? [] : [raw]), ...texts].some((text) => matches(text, proof))
  return made ? ['it was made so: whoever made it had nothing but the public key'] : []
}

function matches(secret: Uint8Array, { algorithm, input, signature }: Proof): boolean {
  if (secret.length === 0) return false
  return checkSignature(algorithm, createSecretKey(secret), input, signature) === true
}
