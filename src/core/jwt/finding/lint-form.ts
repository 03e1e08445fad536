// How a token is written: the alphabet of its parts, the JSON in them, its size.

import { listDuplicates } from '../json/exact-json.ts'
import { namePlace, type Place, walkJson } from '../json/json-walk.ts'
import type { Flaw, JsonPart, Part, SignedToken } from '../token.ts'
import { type FindingCode, makeFinding, quote } from './codes.ts'
import type { Finding } from './finding.ts'

const FLAWS: Readonly<Record<Flaw, readonly [code: FindingCode, one: string, many: string]>> = {
  alphabet: [
    'alphabet',
    'has characters of no such alphabet',
    'have characters of no such alphabet',
  ],
  length: ['part-length', 'has a length that no bytes have', 'have a length that no bytes have'],
  space: ['white-space', 'has white space inside', 'have white space inside'],
  base64: ['plain-base64', 'has + or / in it', 'have + or / in them'],
  padding: ['padding', 'ends with =', 'end with ='],
  'loose-bits': ['loose-bits', 'has stray bits at its end', 'have stray bits at their end'],
}

/** By flaw, since what spoils one part has mostly spoilt them all. */
export function lintParts(parts: readonly (readonly [name: string, part: Part])[]): Finding[] {
  return Object.entries(FLAWS).flatMap(([flaw, [code, one, many]]) => {
    const spoilt = parts.filter(([, { flaws }]) => listFlaws(flaws).includes(flaw as Flaw))
    return [true, false].flatMap((seen) => {
      const names = spoilt.filter(([, part]) => (part.invisible !== true) === seen)
      if (names.length === 0) return []
      const what = names.length === 1 ? one : many
      const told = seen ? what : what.replace('white space', 'something invisible')
      return [makeFinding(code, `${listNames(names.map(([name]) => name))} ${told}`)]
    })
  })
}

/** How long a part is, and how it ends, says nothing when characters in it are none of its own. */
function listFlaws(flaws: readonly Flaw[]): readonly Flaw[] {
  if (!flaws.includes('alphabet')) return flaws
  return flaws.filter((flaw) => flaw !== 'length' && flaw !== 'loose-bits')
}

export function listNames(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most)
  if (names.length > most) return `${shown.join(', ')} and ${names.length - most} more`
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

export function lintCount({ serialization, signatures, surplus }: SignedToken): Finding[] {
  if (serialization !== 'compact') return []
  const count = (signatures[0].signature === undefined ? 2 : 3) + surplus.length
  if (count === 3) return []
  if (count === 4 && surplus[0] === '') {
    return [makeFinding('trailing-dot', 'a dot stands behind the signature')]
  }
  // the reader takes it for a JWE by its enc
  const but = count === 5 ? ', and its header has no enc' : ''
  return [makeFinding('part-count', `it has ${count} parts${but}`)]
}

/** Bytes that a cookie, and a header, may have. */
const COOKIE = 4096
const HEADER = 8192

export function lintSize(text: string): Finding[] {
  if (text.length <= COOKIE) return []
  const limit = text.length > HEADER ? '8 KB' : '4 KB'
  return [makeFinding('token-size', `it has ${text.length} characters: more than ${limit}`)]
}

/** What is no base64url has been told, and holds nothing to look at. */
export function lintJson(name: string, what: 'header' | 'payload', part: JsonPart): Finding[] {
  const { bytes, plain, bom, json } = part
  if (bytes === undefined) return []
  if (plain === undefined) return [makeFinding(`${what}-not-utf8`, `${name} is not UTF-8`)]
  const findings: Finding[] = []
  if (bom) {
    findings.push(makeFinding(`${what}-byte-order-mark`, `${name} begins with a byte order mark`))
  }
  if (json === undefined) {
    const how = plain.trim() === '' ? 'is empty' : 'is no JSON, or nested too deep'
    findings.push(makeFinding(`${what}-not-json`, `${name} ${how}`))
  } else if (json.type !== 'object') {
    findings.push(makeFinding(`${what}-not-object`, `${name} is ${nameType(json)}`))
  }
  return findings
}

export function nameType({ type }: { type: string }): string {
  if (type === 'literal') return 'true, false or null'
  return type === 'array' ? 'a list' : type === 'object' ? 'an object' : `a ${type}`
}

/** Of the JSON around the parts. */
export function lintDoubled({ doubled = [] }: Pick<SignedToken, 'doubled'>): Finding[] {
  if (doubled.length === 0) return []
  const names = listNames(doubled.map(quote))
  return [makeFinding('duplicate-member', `its JSON has more than one ${names}`)]
}

export function lintMembers(name: string, what: 'header' | 'claim', part: JsonPart): Finding[] {
  if (part.json?.type !== 'object') return []
  const findings: Finding[] = []
  const doubled = listDuplicates(part.json)
  if (doubled.length > 0) {
    findings.push(
      makeFinding(
        `duplicate-${what}`,
        `${name} has more than one ${listNames(doubled.map(quote))}`,
      ),
    )
  }
  const unsafe: Place[] = []
  const proto: Place[] = []
  for (const place of walkJson(part.json)) {
    if (isUnsafe(place)) unsafe.push(place)
    if (place.name === '__proto__') proto.push(place)
  }
  if (unsafe.length > 0) {
    const names = listNames(unsafe.slice(0, 6).map((place) => quote(namePlace(place))))
    findings.push(makeFinding('unsafe-integer', `a number beyond 2^53 in ${name}: ${names}`))
  }
  if (proto.length > 0) findings.push(makeFinding('proto-member', `${name} has a "__proto__"`))
  return findings
}

function isUnsafe({ value }: Place): boolean {
  return value.type === 'number' && /^-?\d+$/.test(value.raw) && !Number.isSafeInteger(value.value)
}
