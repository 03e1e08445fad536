// Every token in whatever was pasted. A bare token is taken as it stands; of anything else the tokens
// are taken out, and it is said where they stood and what had to be undone.

import { acceptOpaque, recognizeOpaque } from '../reading/opaque.ts'
import { readParts } from '../reading/reader.ts'
import type { Found, Token } from '../token.ts'
import { stripColours, UNCOLOURED } from './colour.ts'
import { joinCookies } from './cookie.ts'
import { findIslands, joinStrings } from './islands.ts'
import { readMembers } from './members.ts'
import { mendText, readMended } from './mended-text.ts'
import { rankName } from './names.ts'
import { readProse } from './prose.ts'
import { describeMarks } from './repair.ts'
import { MOST_TOKENS, type Room } from './room.ts'

/** Base64 of JSON in a parameter of a URL in JSON: nobody goes further. */
const DEEPEST = 4

/** The best first: an access token, an ID token, others; otherwise in the order they stand. */
export function readTokens(input: string, from: string): Found[] {
  const text = input.replace(/^\ufeff+/, '')
  const mark = text === input ? [] : ['removed the byte order mark']
  const plain = stripColours(text)
  if (plain.length < text.length) mark.push(UNCOLOURED)
  const found = listTokens(plain, from)
  if (mark.length === 0) return found
  return found.map((one) => ({ ...one, repairs: [...mark, ...one.repairs] }))
}

function listTokens(input: string, from: string): Found[] {
  const bare = readBare(input)
  if (bare) return [{ token: bare, from, field: undefined, repairs: [] }]
  const room = { left: MOST_TOKENS }
  const found = readText(input, from, 0, room)
  if (found.length === 0) return readWord(input, from)
  const best = new Map<string, Found>()
  for (const one of found) {
    const known = best.get(one.token.text)
    if (known === undefined || rankName(one.field) < rankName(known.field)) {
      best.set(one.token.text, one)
    }
  }
  const sorted = [...best.values()].sort(
    (one, other) => rankName(one.field) - rankName(other.field),
  )
  return room.left > 0 ? sorted : sorted.map(tellStop)
}

/** Of the last one: what it is about is the rest of the input. */
function tellStop(found: Found, index: number, { length }: readonly Found[]): Found {
  if (index < length - 1) return found
  const stop = `stopped here: behind ${MOST_TOKENS} tokens the rest of the input was not read`
  return { ...found, repairs: [...found.repairs, stop] }
}

/** Nothing but a token, however broken it is; what delimits tokens elsewhere is not in it. */
function readBare(input: string): Token | undefined {
  const text = input.trim()
  if (
    /[\s"'`<>&;,{}()[\]|\\?#…\u00a0\u00ad\u200b-\u200f\u2060\ufeff]|%[0-9a-f]{2}|\.{3}$/i.test(text)
  )
    return undefined
  // the sign of a diff, a word without its space, dots that stand for what was left out
  if (/^(?:[+-]|bearer)ey|\.{3,}\w/i.test(text)) return undefined
  return readParts(text)
}

function readText(input: string, from: string, depth: number, room: Room): Found[] {
  if (depth > DEEPEST) return []
  const plain = depth === 0 ? input : stripColours(input)
  const cookies = joinCookies(plain)
  const found = readPlain(cookies?.text ?? plain, from, depth, room)
  const colours = plain.length < input.length ? [UNCOLOURED] : []
  if (cookies === undefined && colours.length === 0) return found
  return found.map((one) => {
    const pieces = cookies?.values.get(one.token.text)
    const joined = pieces === undefined ? [] : [`joined the ${pieces} cookies it was cut into`]
    return { ...one, repairs: [...colours, ...joined, ...one.repairs] }
  })
}

function readPlain(text: string, from: string, depth: number, room: Room): Found[] {
  const readInner = (inner: string): Found[] => readText(inner, from, depth + 1, room)
  const found: Found[][] = []
  let at = 0
  for (const island of findIslands(text)) {
    if (room.left <= 0) break
    const inside = readMembers(island.json, from, room, (value, where) =>
      readText(value, where, depth + 1, room),
    )
    if (inside.length === 0) continue
    found.push(readProse(text.slice(at, island.start), from, true, readInner, room), inside)
    at = island.end
  }
  const broken = at === 0 ? readBrokenJson(text, from, room) : undefined
  found.push(broken ?? readProse(text.slice(at), from, at > 0, readInner, room))
  return found.flat()
}

/** JSON with line breaks in its strings, as documents print it. */
function readBrokenJson(text: string, from: string, room: Room): Found[] | undefined {
  if (!/^\s*\{/.test(text) || !/"(?:signatures?|ciphertext)"/.test(text)) return undefined
  const [island] = findIslands(joinStrings(text))
  const found = island && readMembers(island.json, from, room, () => [])
  if (found === undefined || found.length === 0) return undefined
  return found.map((one) => ({ ...one, repairs: ['removed the line breaks in its strings'] }))
}

const LONGEST_WORD = 20_000
/** Of letters alone, behind Bearer: shorter ones are words. */
const SHORTEST_RANDOM = 20
const MARKS = '"\'`<>()[],;. \t\r\n'

/** One word that is no JWT. */
function readWord(input: string, from: string): Found[] {
  if (input.length > LONGEST_WORD) return []
  const plain = readMended(mendText(input))
  const scheme = /^[\s"'`<(]{0,9}(bearer|dpop|token)\s/i.exec(plain)?.[1]
  let start = scheme === undefined ? 0 : plain.indexOf(scheme) + scheme.length
  let end = plain.length
  while (start < end && MARKS.includes(plain[start] ?? '')) start++
  while (start < end && MARKS.includes(plain[end - 1] ?? '')) end--
  const word = plain.slice(start, end)
  const random = /\d/.test(word) || word.length >= SHORTEST_RANDOM
  const token = scheme !== undefined && random ? acceptOpaque(word) : recognizeOpaque(word)
  if (token === undefined) return []
  const repairs =
    scheme === undefined
      ? describeMarks(plain.slice(0, start), plain.slice(end))
      : [`removed the word ${scheme} in front of it`]
  return [{ token, from, field: undefined, repairs }]
}
