// Who made this signature? Algorithms come from the key, never from the token, and what is checked is
// the text of the token as it was sent.

import type { SignatureVerdict } from '../../../core/jwt/claim/verdict.ts'
import type { Signature, SignedToken } from '../../../core/jwt/token.ts'
import { addArticle } from '../describe/loaded-key.ts'
import { assessKey, findWeakness } from './fitness.ts'
import {
  adviseKid,
  chooseKeys,
  findHurdle,
  type KeySet,
  nameKey,
  type WantedKid,
} from './key-choice.ts'
import { findConfusion, findReading } from './secret-reading.ts'
import { checkSignature, isDerSignature } from './signature.ts'
import { readSignatureHeader, refuseHeader } from './signature-header.ts'
import type { VerificationKey } from './verification-key.ts'

export interface Question {
  /** the algorithms that will do; undefined: any that fits the key */
  readonly algorithms: readonly string[] | undefined
  /** in the place of the kid of the token */
  readonly kid: string | undefined
  readonly allowPadding: boolean
  /** of a token that was sent without it */
  readonly payload: Uint8Array | undefined
}

/** What is to be checked, and by which algorithm. */
export interface Proof {
  readonly algorithm: string
  readonly input: Uint8Array
  readonly signature: Uint8Array
}

type Answer = (
  status: SignatureVerdict['status'],
  reason: string | undefined,
  more?: { readonly key?: VerificationKey | undefined; readonly notes?: readonly string[] },
) => SignatureVerdict

/** Each is tried with every key, and whoever made the token decides how many there are. */
const MOST_SIGNATURES = 100

const NOTHING = { alg: undefined, kid: undefined, key: undefined, notes: [] }

export function verifySignatures(
  token: SignedToken,
  keys: KeySet,
  question: Question,
): [SignatureVerdict, ...SignatureVerdict[]] {
  const [first, ...more] = token.signatures
  if (more.length >= MOST_SIGNATURES) {
    const reason = `it has ${token.signatures.length} signatures: more than anyone means`
    return [{ status: 'unchecked', reason, ...NOTHING }]
  }
  const verify = (one: Signature): SignatureVerdict => verifyOne(token, one, keys, question)
  return [verify(first), ...more.map(verify)]
}

function verifyOne(
  token: SignedToken,
  signature: Signature,
  keys: KeySet,
  question: Question,
): SignatureVerdict {
  const header = readSignatureHeader(signature)
  const { alg } = header
  const answer: Answer = (status, reason, more = {}) => ({
    status,
    reason,
    alg,
    kid: header.kid,
    key: more.key && nameKey(more.key),
    notes: more.notes ?? [],
  })
  const refusal = refuseHeader(token, signature, question)
  if (refusal !== undefined) {
    const { status, reason, note } = refusal
    return answer(status, reason, { notes: note === undefined ? [] : [note] })
  }
  const input = writeInput(token, signature, question.payload, header.plain)
  const bytes = signature.signature?.bytes
  if (bytes === undefined || alg === undefined) return answer('invalid', 'it is not signed')
  if (input === undefined) {
    return answer('unchecked', 'its payload was sent apart from it', {
      notes: ['--detached-payload FILE gives it'],
    })
  }
  const wanted = { kid: question.kid ?? header.kid, asked: question.kid !== undefined }
  return ask(keys, wanted, { algorithm: alg, input, signature: bytes }, answer)
}

/** RFC 7515 5.1: ASCII of both parts as they stand; RFC 7797: the payload itself, where b64 is false. */
function writeInput(
  { detached }: SignedToken,
  { header, input }: Signature,
  payload: Uint8Array | undefined,
  plain: boolean,
): Uint8Array | undefined {
  if (!detached) return Buffer.from(input)
  if (payload === undefined) return undefined
  const body = plain ? payload : Buffer.from(Buffer.from(payload).toString('base64url'))
  return Buffer.concat([Buffer.from(`${header?.text ?? ''}.`), body])
}

function ask(keys: KeySet, wanted: WantedKid, proof: Proof, answer: Answer): SignatureVerdict {
  const { algorithm } = proof
  const chosen = chooseKeys(keys, wanted)
  const lost = keys.refused.slice(0, 3).map(({ message }) => message)
  if (typeof chosen === 'string') {
    const notes = [...lost, ...adviseKid(keys)]
    return answer('unchecked', chosen, { notes })
  }
  const hurdles = chosen.map((key) => [key, findHurdle(key, algorithm)] as const)
  const able = hurdles.flatMap(([key, hurdle]) => (hurdle === undefined ? [key] : []))
  if (able.length === 0) {
    if (algorithm.startsWith('HS') && chosen.some(({ key }) => key.type !== 'secret')) {
      return answer('invalid', nameConfusion(chosen, algorithm), {
        notes: findConfusion(chosen, keys.raw, proof),
      })
    }
    const [first = '', ...more] = hurdles.map(([key, hurdle]) => `${key.origin}: ${hurdle}`)
    const others = more.length === 0 ? '' : ` (and ${more.length} more that do not fit)`
    return answer('unchecked', `no key fits: ${first}${others}`, {
      notes: [...more.slice(0, 3), ...lost],
    })
  }
  return compare(able, proof, keys, answer)
}

/** A key that is too weak is asked last: what it says proves nothing. */
function compare(
  able: readonly VerificationKey[],
  proof: Proof,
  keys: KeySet,
  answer: Answer,
): SignatureVerdict {
  const { algorithm, input, signature } = proof
  const judged = able.map((key) => ({
    key,
    weakness: findWeakness(key.key, algorithm),
    holds: checkSignature(algorithm, key.key, input, signature),
  }))
  const maker = judged.find(({ weakness, holds }) => holds === true && weakness === undefined)
  if (maker) return accept(maker.key, answer)
  const weak =
    judged.find(({ weakness, holds }) => holds === true && weakness !== undefined) ??
    judged.find(({ weakness }) => weakness !== undefined)
  const [first] = able
  const hints = explainMismatch(able, proof, keys)
  if (weak?.weakness !== undefined && (weak.holds === true || judged.length === 1)) {
    return answer('unchecked', `this key is not to be used: ${weak.weakness}`, {
      key: weak.key,
      notes: weak.holds === true ? ['it matches, which proves nothing'] : hints,
    })
  }
  if (judged.every(({ holds }) => holds === undefined)) {
    return answer('unchecked', `this key cannot be used with ${algorithm} here`, { key: first })
  }
  const reason =
    able.length === 1
      ? 'another key made it, or something in it was changed'
      : `none of the ${able.length} keys that fit made it, or something in it was changed`
  return answer('invalid', reason, { key: able.length === 1 ? first : undefined, notes: hints })
}

function accept(key: VerificationKey, answer: Answer): SignatureVerdict {
  const notes = key.wasPrivate
    ? ['the key was given with its private half; to verify, the public one is enough']
    : []
  return answer('valid', undefined, { key, notes })
}

function explainMismatch(
  able: readonly VerificationKey[],
  proof: Proof,
  keys: KeySet,
): readonly string[] {
  const { algorithm, input, signature } = proof
  if (algorithm.startsWith('HS')) return findReading(able, keys.raw, proof)
  return able.some(({ key }) => isDerSignature(algorithm, key, input, signature))
    ? [
        'it would be valid if DER were the form of it: its maker must write r and s alone, as IEEE P1363 does',
      ]
    : []
}

/** The oldest forgery there is: what everybody knows is taken for the secret. */
function nameConfusion(chosen: readonly VerificationKey[], algorithm: string): string {
  const [first] = chosen
  const what =
    first === undefined
      ? 'a key'
      : `${first.origin}, ${addArticle(assessKey(first.key).description)}`
  return `${algorithm} takes a shared secret, and ${what}, is public: taking it for the secret is the algorithm-confusion attack`
}
