// What an SD-JWT (RFC 9901) discloses: each disclosure must belong to a digest that was signed.

import { createHash } from 'node:crypto'
import { TokenError } from '../../../core/error.ts'
import {
  type ExactJson,
  type ExactMember,
  type ExactObject,
  findMember,
} from '../../../core/jwt/json/exact-json.ts'
import type { Disclosure, SignedToken } from '../../../core/jwt/token.ts'

const HASHES: Readonly<Record<string, string>> = {
  'sha-256': 'sha256',
  'sha-384': 'sha384',
  'sha-512': 'sha512',
}

/** Disclosures in disclosures: nobody means more than this, and each is a call on the stack. */
const DEEPEST = 100

export interface Disclosed {
  /** the payload with everything in its place */
  readonly claims: ExactJson | undefined
  /** what rules the token out; undefined: nothing */
  readonly objection: string | undefined
  /** it says only that nothing can be told */
  readonly undecided?: boolean
}

export function applyDisclosures(token: SignedToken): Disclosed {
  const { json } = token.payload
  const hash = readHash(json)
  if (json?.type !== 'object') return { claims: json, objection: undefined }
  if (hash === undefined) {
    return { claims: json, objection: 'its _sd_alg is not known here', undecided: true }
  }
  const left = new Map(token.disclosures.map((one) => [digest(hash, one.part.text), one]))
  const seen = new Set<string>()
  if (left.size < token.disclosures.length) {
    return { claims: json, objection: 'it discloses the same thing more than once' }
  }
  try {
    const take = (value: string): Disclosure | undefined => {
      if (seen.has(value)) throw refuse('a digest stands in it more than once')
      seen.add(value)
      const found = left.get(value)
      left.delete(value)
      return found
    }
    const claims = unfold(json, take, 0)
    const objection = left.size > 0 ? 'it discloses what its issuer did not sign' : undefined
    return { claims, objection }
  } catch (error) {
    if (!(error instanceof TokenError)) throw error
    return { claims: json, objection: error.message }
  }
}

function refuse(problem: string): TokenError {
  return new TokenError('input_invalid', problem)
}

type Take = (digest: string) => Disclosure | undefined

function unfold(json: ExactJson, take: Take, depth: number): ExactJson {
  if (depth > DEEPEST) throw refuse('its disclosures are nested without end')
  if (json.type === 'array') {
    const items = json.items.flatMap((item) => {
      const hidden = item.type === 'object' && item.members.length === 1 ? item : undefined
      const value = findMember(hidden, '...')
      if (value?.type !== 'string') return [unfold(item, take, depth + 1)]
      const found = take(value.value)
      if (found === undefined) return []
      if (found.name !== undefined || found.value === undefined) throw misplaced()
      return [unfold(found.value, take, depth + 1)]
    })
    return { type: 'array', items }
  }
  return json.type === 'object' ? unfoldObject(json, take, depth) : json
}

function unfoldObject(json: ExactObject, take: Take, depth: number): ExactObject {
  const kept = json.members.filter(
    ({ name }) => name !== '_sd' && !(depth === 0 && name === '_sd_alg'),
  )
  const list = findMember(json, '_sd')
  const members: ExactMember[] = kept.map((member) => ({
    ...member,
    value: unfold(member.value, take, depth + 1),
  }))
  const names = new Set(members.map(({ name }) => name))
  for (const item of list?.type === 'array' ? list.items : []) {
    const found = item.type === 'string' ? take(item.value) : undefined
    if (found === undefined) continue
    const { name, value } = found
    if (name === undefined || value === undefined || name === '_sd' || name === '...') {
      throw misplaced()
    }
    if (names.has(name)) throw refuse('it discloses a claim that is there already')
    names.add(name)
    members.push({ raw: JSON.stringify(name), name, value: unfold(value, take, depth + 1) })
  }
  return { type: 'object', members }
}

function misplaced(): TokenError {
  return refuse('a disclosure of it stands where it cannot belong')
}

export function readHash(payload: ExactJson | undefined): string | undefined {
  const name = findMember(payload, '_sd_alg')
  if (name === undefined) return 'sha256'
  return name.type === 'string' ? HASHES[name.value] : undefined
}

export function digest(hash: string, text: string): string {
  return createHash(hash).update(text).digest('base64url')
}
