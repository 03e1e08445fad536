// The tokens in a text that is no JSON, and what had to be undone for each.

import { decodeBase64Url, INVISIBLE } from '../reading/base64url.ts'
import { acceptOpaque, recognizeOpaque, writeMarkedPattern } from '../reading/opaque.ts'
import { readParts } from '../reading/reader.ts'
import type { Found, Token } from '../token.ts'
import { findCandidates } from './candidate.ts'
import { readMended } from './mended-text.ts'
import { NAMED } from './names.ts'
import { describeRepairs } from './repair.ts'
import type { Room } from './room.ts'

/** The tokens of a text that was encoded. */
export type ReadInner = (text: string) => readonly Found[]

export interface Piece {
  readonly start: number
  readonly end: number
  /** tokens inside, where it is an encoded text */
  readonly found: readonly Found[]
  readonly repairs: readonly string[]
  readonly shortened: boolean
}

const alone = (token: Token): Found => ({ token, from: '', field: undefined, repairs: [] })

/** In the order they stand. */
export function listPieces(raw: string, plain: string, readInner: ReadInner, room: Room): Piece[] {
  const pieces: Piece[] = []
  findCandidates(plain, room, ({ start, end, text, shortened }) => {
    const whole = readMended(text, INVISIBLE)
    const jwt = isCookie(plain, start) ? dropMark(whole) : whole
    const found = readCandidate(jwt, readInner)
    if (found === undefined) return false
    room.left--
    const cut = shortened || plain[end] === '…'
    const repairs = [
      ...describeRepairs(raw.slice(start, end)),
      ...(jwt === whole ? [] : ['removed the mark of a signed cookie: s: and what signs it']),
      ...(cut ? [describeCut(plain.slice(end, end + REACH))] : []),
    ]
    pieces.push({ start, end, found, repairs, shortened: cut })
    return true
  })
  return mergePieces(mergePieces(pieces, listBasic(plain, readInner)), listOpaque(plain, room))
}

const REACH = 40

function describeCut(behind: string): string {
  return /^(?:\.{3,}|…)[\w-]/.test(behind)
    ? 'removed the dots in it and what stands behind them: its middle is missing'
    : 'removed the dots behind it: it was cut off before it was copied'
}

/** `s:value.mac`, as Express signs cookies. */
function isCookie(plain: string, start: number): boolean {
  return /(?:^|[^\w-])s:$/.test(readMended(plain.slice(Math.max(0, start - 12), start)))
}

function dropMark(text: string): string {
  return text.replace(/^([^.]{1,8000}\.[^.]*\.[^.]*)\.[\w+/=-]{27,90}$/, '$1')
}

const BASIC = /(?<![\w-])basic[ \t]{1,9}([A-Za-z0-9+/_-]{40,}={0,2})/gi

/** A token in the place of a password. */
function listBasic(plain: string, readInner: ReadInner): Piece[] {
  return [...plain.matchAll(BASIC)].flatMap(({ index, 0: whole, 1: text = '' }) => {
    const { bytes } = decodeBase64Url(text)
    const [, password] = /^[^:]{0,1000}:(.*)$/s.exec(new TextDecoder().decode(bytes)) ?? []
    const inside = password === undefined ? [] : readInner(password)
    if (inside.length === 0) return []
    const start = index + whole.length - text.length
    const found = inside.map((one) => ({
      ...one,
      repairs: ['decoded it from base64: it is the password', ...one.repairs],
    }))
    return [{ start, end: index + whole.length, found, repairs: [], shortened: false }]
  })
}

/** Of two that overlap, one of the first. */
function mergePieces(first: readonly Piece[], second: readonly Piece[]): Piece[] {
  const merged: Piece[] = []
  let at = 0
  for (const piece of first) {
    for (let one = second[at]; one !== undefined && one.start < piece.end; one = second[++at]) {
      const end = merged.at(-1)?.end ?? 0
      if (one.start >= end && one.end <= piece.start) merged.push(one)
    }
    merged.push(piece)
  }
  const end = merged.at(-1)?.end ?? 0
  return [...merged, ...second.slice(at).filter(({ start }) => start >= end)]
}

function readCandidate(text: string, readInner: ReadInner): readonly Found[] | undefined {
  const token = readParts(text)
  if (token !== undefined) return [alone(token)]
  if (text.includes('.') || text.length < SHORTEST_ENCODED) return undefined
  const { bytes } = decodeBase64Url(text.replace(/\s+/g, ''))
  // {, e of eyJ, Z of base64 once more, B of Bearer
  if (bytes === undefined || !/^[{eZBb]/.test(String.fromCharCode(bytes[0] ?? 0))) return undefined
  const inside = readInner(new TextDecoder().decode(bytes))
  if (inside.length === 0) return undefined
  return inside.map((one) => ({
    ...one,
    repairs: ['decoded it from base64', ...one.repairs],
  }))
}

const SHORTEST_ENCODED = 32

/** By name, or by their prefix. */
function listOpaque(plain: string, room: Room): Piece[] {
  const named = takeFrom(plain.matchAll(NAMED), room, (match) => {
    const [whole, name = '', scheme, value = ''] = match
    const start = match.index + whole.length - value.length
    const text = readMended(value).replace(/[.+/|-]+$/, '')
    const header = /^authorization$/i.test(name)
    const token = header && scheme === undefined ? undefined : acceptNamed(text, scheme)
    return token && standAlone(token, start, start + value.length)
  })
  const marked = new RegExp(`(?<![\\w.-])${writeMarkedPattern()}(?![\\w-])`, 'g')
  const known = takeFrom(plain.matchAll(marked), room, ({ index, 0: text }) => {
    const token = recognizeOpaque(text)
    return token && standAlone(token, index, index + text.length)
  })
  return mergePieces(named, known)
}

function takeFrom(
  matches: Iterable<RegExpExecArray>,
  room: Room,
  read: (match: RegExpExecArray) => Piece | undefined,
): Piece[] {
  const pieces: Piece[] = []
  for (const match of matches) {
    if (room.left <= 0) break
    const piece = read(match)
    if (piece === undefined) continue
    room.left--
    pieces.push(piece)
  }
  return pieces
}

function standAlone(token: Token, start: number, end: number): Piece {
  return { start, end, found: [alone(token)], repairs: [], shortened: false }
}

/** `token: required` is prose. */
function acceptNamed(text: string, scheme: string | undefined): Token | undefined {
  return recognizeOpaque(text) ?? (scheme && /\d/.test(text) ? acceptOpaque(text) : undefined)
}
