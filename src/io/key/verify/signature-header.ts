// What the header of a signature says about how it was made, where it says it once and for all; and
// what of it settles the matter before any key is looked at.

import { type ExactJson, findMember } from '../../../core/jwt/json/exact-json.ts'
import type { Part, Signature, SignedToken } from '../../../core/jwt/token.ts'
import { KNOWN_ALGORITHMS } from './signature.ts'

export interface SignatureHeader {
  readonly alg: string | undefined
  readonly kid: string | undefined
  /** RFC 7797: the payload was signed as it is, not as base64url */
  readonly plain: boolean
}

export function readSignatureHeader(signature: Signature): SignatureHeader {
  return {
    alg: readText(signature, 'alg'),
    kid: readText(signature, 'kid'),
    plain: isFalse(findMember(signature.header?.json, 'b64')),
  }
}

/** RFC 7515 4: what stands beside the protected header counts as well, only never twice. */
function readText({ header, unprotected }: Signature, name: string): string | undefined {
  const value = findMember(header?.json, name) ?? findMember(unprotected, name)
  return value?.type === 'string' ? value.value : undefined
}

function isFalse(value: ExactJson | undefined): boolean {
  return value?.type === 'literal' && value.value === false
}

export interface Refusal {
  readonly status: 'invalid' | 'unchecked'
  readonly reason: string
  readonly note?: string
}

const DECISIVE = ['alg', 'kid', 'crit', 'b64']

/** Why no key needs to be asked; undefined: one does. */
export function refuseHeader(
  token: SignedToken,
  signature: Signature,
  options: { algorithms: readonly string[] | undefined; allowPadding: boolean },
): Refusal | undefined {
  const { header, unprotected, signature: part } = signature
  if (header !== undefined && header.json?.type !== 'object') {
    return { status: 'unchecked', reason: 'its header cannot be read' }
  }
  const twice = DECISIVE.find((name) => countMembers(signature, name) > 1)
  if (twice !== undefined) {
    return { status: 'unchecked', reason: `its header says ${twice} more than once` }
  }
  const { alg } = readSignatureHeader(signature)
  if (token.kind === 'unsecured' || alg?.toLowerCase() === 'none') {
    return { status: 'invalid', reason: 'it is not signed: anyone can write such a token' }
  }
  if (part === undefined || part.text === '') {
    return { status: 'invalid', reason: 'it is not signed: its signature is empty' }
  }
  if (alg === undefined) {
    return { status: 'unchecked', reason: 'its header names no algorithm' }
  }
  return (
    refuseAlgorithm(alg, options.algorithms) ??
    refuseCritical(
      findMember(header?.json, 'crit'),
      findMember(header?.json, 'b64'),
      unprotected,
    ) ??
    refuseParts(token, signature, part, options.allowPadding)
  )
}

function countMembers({ header, unprotected }: Signature, name: string): number {
  const members = [header?.json, unprotected].flatMap((json) =>
    json?.type === 'object' ? json.members : [],
  )
  return members.filter((member) => member.name === name).length
}

function refuseAlgorithm(alg: string, wanted: readonly string[] | undefined): Refusal | undefined {
  if (wanted !== undefined && !wanted.includes(alg)) {
    const reason = `its algorithm is ${cut(alg)}, not ${wanted.join(' or ')}`
    return { status: 'unchecked', reason }
  }
  if (KNOWN_ALGORITHMS.includes(alg)) return undefined
  const meant = KNOWN_ALGORITHMS.find((name) => name.toLowerCase() === alg.toLowerCase())
  const reason =
    meant === undefined
      ? `${cut(alg)} cannot be checked here`
      : `there is no algorithm ${cut(alg)}; ${meant} is written so`
  return { status: 'unchecked', reason }
}

/** RFC 7515 4.1.11: what the header calls critical must be understood, or all of it is refused. */
function refuseCritical(
  critical: ExactJson | undefined,
  b64: ExactJson | undefined,
  unprotected: ExactJson | undefined,
): Refusal | undefined {
  const refuse = (reason: string): Refusal => ({ status: 'unchecked', reason })
  if (findMember(unprotected, 'crit') !== undefined) {
    return refuse('its crit stands where anyone can change it')
  }
  const names =
    critical?.type === 'array'
      ? critical.items.map((item) => (item.type === 'string' ? item.value : undefined))
      : undefined
  if (critical !== undefined && (names === undefined || names.length === 0)) {
    return refuse('its crit is no list of names')
  }
  const unknown = names?.find((name) => name !== 'b64')
  if (names?.some((name) => name !== 'b64')) {
    return refuse(`its crit asks for ${cut(unknown ?? 'something')}, which is not understood here`)
  }
  if (names !== undefined && b64 === undefined)
    return refuse('its crit names b64, which is not there')
  return isFalse(b64) && names === undefined
    ? refuse('its b64 is false, and its crit does not say so (RFC 7797 6)')
    : undefined
}

const WORDS = {
  base64: '+ or /, which base64url does not have',
  'loose-bits': 'bits at its end that belong to no byte',
  alphabet: 'characters that base64url does not have',
  length: 'a length that nothing has in base64url',
} as const

function refuseParts(
  { payload }: SignedToken,
  { header }: Signature,
  part: Part,
  allowPadding: boolean,
): Refusal | undefined {
  const parts = [header, payload, part]
  if (!allowPadding && parts.some((one) => one?.flaws.includes('padding'))) {
    return {
      status: 'unchecked',
      reason: 'its parts end in =, which RFC 7515 does not allow',
      note: '--allow-padding checks it as it was sent (AWS load balancers write such tokens)',
    }
  }
  if (!parts.every(isPaddedWell)) {
    return { status: 'unchecked', reason: 'its parts have more = at their end, or fewer, than fit' }
  }
  // white space is left out, and told as a fault of the form
  const flaw = part.flaws.find((one) => one !== 'padding' && one !== 'space')
  if (flaw === undefined) return undefined
  // or a second token, of another text, would be as good as the first
  const status = part.bytes === undefined ? 'invalid' : 'unchecked'
  return { status, reason: `its signature part has ${WORDS[flaw]}` }
}

/** With no = at its end, or as many as base64 has. */
export function isPaddedWell(part: Part | undefined): boolean {
  if (!part?.flaws.includes('padding')) return true
  return part.text.length % 4 === 0 && /[^=]={1,2}$/.test(part.text.slice(-3))
}

/** What a token says may be as long as it likes. */
export function cut(text: string, size = 60): string {
  return text.length > size ? `${text.slice(0, size)}…` : text
}
