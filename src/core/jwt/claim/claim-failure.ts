// A claim as it is looked up, and what is said when it is not what it must be.

import { type ExactJson, writeExactJson } from '../json/exact-json.ts'
import type { Failure } from './verdict.ts'

export interface ClaimFound {
  readonly value: ExactJson | undefined
  readonly twice: boolean
}

export function findClaim(object: ExactJson | undefined, name: string): ClaimFound {
  const members = object?.type === 'object' ? object.members : []
  const named = members.filter((member) => member.name === name)
  return { value: named[0]?.value, twice: named.length > 1 }
}

type Expected = Failure['expected']

export function fail(
  claim: string,
  expected: Expected,
  { value, twice }: ClaimFound,
  message: string,
): Failure {
  const said = twice ? 'it stands there twice, and readers differ on which one counts' : message
  return { claim, expected, actual: value, message: said }
}

const LONGEST = 160

/** As it stands in the token, and not longer than a person reads. */
export function show(value: ExactJson): string {
  const text = writeExactJson(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
