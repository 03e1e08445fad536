// JSON in the midst of other text: the body of an HTTP answer, the data of a command, a line of a log.

import type { ExactJson } from '../json/exact-json.ts'
import { readExactJson } from '../json/exact-parser.ts'

export interface Island {
  readonly start: number
  readonly end: number
  readonly json: ExactJson
}

/** What turns out to be no JSON was read in vain: so many times the text, and no more. */
const PATIENCE = 2

export function findIslands(text: string): Island[] {
  const islands: Island[] = []
  const begin = /\{\s*"|\[\s*[{"]/g
  let wasted = 0
  for (let match = begin.exec(text); match !== null; match = begin.exec(text)) {
    const { json, end } = readExactJson(text, match.index)
    if (json) {
      islands.push({ start: match.index, end, json })
      begin.lastIndex = end
      continue
    }
    wasted += end - match.index
    if (wasted > PATIENCE * text.length) break
    begin.lastIndex = match.index + 1
  }
  return islands
}

/** A string of a printed example may run over several lines, which JSON does not allow. */
export function joinStrings(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.){0,20000}"/gs, (string) =>
    string.includes('\n') ? string.replace(/\s*\n\s*/g, '') : string,
  )
}
