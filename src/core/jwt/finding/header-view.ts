// A header as its reader sees it: the protected part, and beside it, in the JSON serializations, what
// anyone may have changed.

import { type ExactJson, type ExactObject, findMember } from '../json/exact-json.ts'
import type { JsonPart } from '../token.ts'

export interface HeaderView {
  /** how it is told in a message: "the header", "the header of signature 2" */
  readonly name: string
  readonly protected: ExactJson | undefined
  readonly unprotected: readonly ExactObject[]
  /** all of it: what is protected comes first */
  readonly all: ExactObject
  /** of one that cannot be read it is not told what it lacks */
  readonly readable: boolean
}

export function viewHeader(
  name: string,
  part: JsonPart | undefined,
  others: readonly (ExactObject | undefined)[],
): HeaderView {
  const unprotected = others.filter((one) => one !== undefined)
  const guarded = part?.json?.type === 'object' ? part.json.members : []
  const members = [...guarded, ...unprotected.flatMap((one) => one.members)]
  return {
    name,
    protected: part?.json,
    unprotected,
    all: { type: 'object', members },
    readable: part === undefined || part.json?.type === 'object',
  }
}

/** What is protected counts, where both have it. */
export function readHeader({ protected: guarded, all }: HeaderView, name: string) {
  return findMember(guarded, name) ?? findMember(all, name)
}

/** undefined: absent, or no text */
export function readText(json: ExactJson | undefined): string | undefined {
  return json?.type === 'string' ? json.value : undefined
}

/** A media type, without the `application/` that may be left out (RFC 7515 4.1.9). */
export function readType(json: ExactJson | undefined): string | undefined {
  return readText(json)
    ?.toLowerCase()
    .replace(/^application\//, '')
}
