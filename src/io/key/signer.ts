// A key that stays where it is, in a KMS, a token or an agent: a command signs, and every signature is
// checked against the public half before anything of it is sent.

import { TokenError } from '../../core/error.ts'
import { childrenOf, readNode } from '../../core/key/der-node.ts'
import type { World } from '../../core/world.ts'
import { runCommand } from '../command.ts'
import type { LoadedKey } from './describe/loaded-key.ts'
import { readCritical } from './sign.ts'
import { explainWrong } from './signer-mistake.ts'
import { checkSignature, isDerSignature } from './verify/signature.ts'

type Header = Readonly<Record<string, unknown>>

/** `header` says its alg, which the key has been found to fit. */
export function signOutside(header: Header, claims: object, key: LoadedKey, world: World): string {
  readCritical(header)
  const alg = `${header.alg}`
  const parts = [header, claims].map((part) => Buffer.from(JSON.stringify(part)))
  const input = parts.map((part) => part.toString('base64url')).join('.')
  // a signer may repeat on stderr what it was given
  world.secrets.remember(input, 'assertion')
  const kid = typeof header.kid === 'string' ? header.kid : null
  const asked = `${JSON.stringify({ alg, kid, signing_input: input })}\n`
  const command = key.signer ?? { words: [], folder: undefined }
  const name = `the signer ${command.words[0]}`
  const signature = readSignature(runCommand(command, world, asked), name)
  const sound = (one: Uint8Array): boolean =>
    checkSignature(alg, key.key, Buffer.from(input), one) === true
  if (sound(signature)) return `${input}.${Buffer.from(signature).toString('base64url')}`
  // a KMS, and openssl, answer for ECDSA in DER
  if (isDerSignature(alg, key.key, Buffer.from(input), signature)) {
    const joined = joinNumbers(signature, alg)
    if (sound(joined)) return `${input}.${Buffer.from(joined).toString('base64url')}`
  }
  throw new TokenError('key_unusable', `${name} signed, but ${key.origin} does not verify it`, {
    ...explainWrong({ alg, key, input, asked, signature }),
  })
}

const ANSWER = '{"signature":"…"}, with the signature in base64url, without line breaks'

// JSON.parse quotes its input in what it throws.
function readSignature(text: string, name: string): Uint8Array {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    throw refuseAnswer(`${name} answered with ${text.trim() === '' ? 'nothing' : 'no JSON'}`)
  }
  const signature =
    typeof answer === 'object' && answer !== null && 'signature' in answer
      ? answer.signature
      : undefined
  if (signature === undefined) throw refuseAnswer(`${name} answered without a signature`)
  const written = typeof signature === 'string' ? signature.trim() : ''
  if (!/^[\w+/-]+={0,2}$/.test(written)) {
    throw refuseAnswer(`${name} answered with a signature that is not base64url`)
  }
  return Buffer.from(written, 'base64')
}

function refuseAnswer(message: string): TokenError {
  return new TokenError('key_unusable', message, { means: `its standard output is ${ANSWER}` })
}

const SIZES: Readonly<Record<string, number>> = { ES256: 32, ES384: 48, ES512: 66 }

/** SEQUENCE(r, s) as JOSE has it: the two numbers in a row, each as long as the curve is wide. */
function joinNumbers(der: Uint8Array, alg: string): Uint8Array {
  const size = SIZES[alg] ?? 0
  const joined = new Uint8Array(2 * size)
  for (const [index, { content }] of childrenOf(readNode(der)).slice(0, 2).entries()) {
    const number = content[0] === 0 ? content.subarray(1) : content
    if (number.length <= size) joined.set(number, (index + 1) * size - number.length)
  }
  return joined
}
