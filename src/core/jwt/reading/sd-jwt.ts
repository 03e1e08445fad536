// SD-JWT (RFC 9901): a signed token, the claims that its holder chose to show, and perhaps a proof
// that it is the holder who shows them. `jwt~disclosure~disclosure~` and then the proof, or nothing.

import type { Disclosure, SignedToken } from '../token.ts'
import { readCompact } from './compact.ts'
import { readJsonPart } from './part.ts'

export function readSdJwt(text: string): SignedToken | undefined {
  const first = text.indexOf('~')
  if (first < 0) return undefined
  const token = readCompact(text.slice(0, first))
  if (token === undefined || token.kind === 'jwe') return undefined
  const final = text.lastIndexOf('~')
  const last = text.slice(final + 1)
  const proof = last === '' ? undefined : readCompact(last)
  const keyBinding = proof === undefined || proof.kind === 'jwe' ? undefined : proof
  // it stands in the place of the proof; it is shown all the same
  const stray = last !== '' && keyBinding === undefined
  const shown = first === final ? [] : text.slice(first + 1, final).split('~', MOST_DISCLOSURES)
  const rest = first === final ? '' : skipMarks(text.slice(first + 1, final), shown)
  const unread = rest === '' ? 0 : countMarks(rest)
  const disclosures = [...shown, ...(stray ? [last] : [])].map(readDisclosure)
  const parts = disclosures.map(({ part }) => part.text)
  const tail = stray ? (parts.pop() ?? '') : (keyBinding?.text ?? '')
  return {
    ...token,
    kind: 'sd-jwt',
    text: `${[token.text, ...parts].join('~')}${rest.replace(/[\s\u200b]+/g, '')}~${tail}`,
    disclosures,
    keyBinding,
    ...(unread > 0 && { unread }),
    ...(stray && { stray }),
  }
}

/** Each is decoded and looked at; nobody shows more of them than this. */
export const MOST_DISCLOSURES = 1000

/** What follows those that were read, from its first ~ on. */
function skipMarks(text: string, read: readonly string[]): string {
  return text.slice(read.reduce((size, one) => size + one.length + 1, -1))
}

function countMarks(text: string): number {
  let count = 0
  for (let at = text.indexOf('~'); at >= 0; at = text.indexOf('~', at + 1)) count++
  return count
}

/** [salt, name, value], or [salt, value] for an element of an array. */
export function readDisclosure(text: string): Disclosure {
  const part = readJsonPart(text)
  const items = part.json?.type === 'array' ? part.json.items : []
  const [salt, name] = items
  const named = items.length === 3 && name?.type === 'string'
  return {
    part,
    salt: salt?.type === 'string' ? salt.value : undefined,
    name: named ? name.value : undefined,
    value: named ? items[2] : items.length === 2 ? items[1] : undefined,
  }
}
