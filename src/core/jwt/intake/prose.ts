// Text with tokens in it: each is taken out, and it is said where it stood.

import type { Found } from '../token.ts'
import { mendText } from './mended-text.ts'
import { listPieces, type ReadInner } from './piece.ts'
import { NO_LINE, NOWHERE, type Place, readPlace } from './place.ts'
import { describeMarks } from './repair.ts'
import type { Room } from './room.ts'

/** `cut`: more stood around it, which has been read already. */
export function readProse(
  raw: string,
  from: string,
  cut: boolean,
  readInner: ReadInner,
  room: Room,
): Found[] {
  if (raw.trim() === '') return []
  const plain = mendText(raw)
  const pieces = listPieces(raw, plain, readInner, room)
  const gaps = [...pieces, undefined].map((piece, index) =>
    plain.slice(pieces[index - 1]?.end ?? 0, piece?.start),
  )
  const places = listPlaces(gaps)
  const words = gaps.map((gap, index) => dropScheme(gap, places[index]?.scheme))
  const inText = cut || words.some((word) => /[\p{L}\p{N}]/u.test(word))
  return pieces.flatMap((piece, index) => {
    const place = places[index] ?? NOWHERE
    const bare = place.from === undefined
    const repairs = [
      ...(place.repair === undefined ? [] : [place.repair]),
      ...(bare && inText && place.scheme === undefined
        ? ['took it out of the text around it']
        : []),
      ...(bare && place.scheme !== undefined
        ? [`removed the word ${place.scheme} in front of it`]
        : []),
      ...(bare && !inText && !piece.shortened
        ? describeMarks(
            (words[index] ?? '').slice(-REACH),
            (words[index + 1] ?? '').slice(0, REACH),
          )
        : []),
      ...piece.repairs,
    ]
    return piece.found.map((one) => ({
      token: one.token,
      from: one.field === undefined ? (place.from ?? from) : one.from,
      field: one.field ?? place.field,
      repairs: [...repairs, ...one.repairs],
    }))
  })
}

const REACH = 20

/** Of each piece; `gaps` has one more, behind the last. */
function listPlaces(gaps: readonly string[]): Place[] {
  let line = NO_LINE
  return gaps.slice(0, -1).map((gap, index) => {
    const read = readPlace(gap, gaps[index + 1]?.charAt(0) ?? '', line)
    line = read.line
    return read.place
  })
}

function dropScheme(gap: string, scheme: string | undefined): string {
  return scheme === undefined ? gap : gap.slice(0, gap.lastIndexOf(scheme))
}
