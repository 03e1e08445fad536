// The JSON in a text: a body with words around it, a log line, a log line with a body quoted in it.

import { readJson } from '../../json.ts'
import { isTree } from '../../profile/layer.ts'
import { isList } from '../../template/value.ts'

export interface Fragment {
  readonly text: string
  readonly data: unknown
}

/** Parsing the same text from many braces would never end. */
const MOST_TRIES = 200
const MOST_TREES = 300
const DEEPEST = 4

/** Outermost first, in the order they stand; what is in their strings and members behind them. */
export function findFragments(text: string): Fragment[] {
  const found: Fragment[] = []
  collect(text, found, { tries: MOST_TRIES, depth: 0 })
  return found
}

interface Limit {
  tries: number
  readonly depth: number
}

function collect(text: string, found: Fragment[], limit: Limit): void {
  if (limit.depth > DEEPEST) return
  let end = 0
  // a fragment inside of one that was read is looked at as a part of that
  for (const [from, to] of listSpans(text)) {
    if (from < end || limit.tries-- <= 0) continue
    const part = text.slice(from, to)
    const data = parse(part)
    if (data === undefined) continue
    end = to
    walk({ text: part, data }, found, limit)
  }
}

function walk(fragment: Fragment, found: Fragment[], limit: Limit): void {
  if (found.length >= MOST_TREES) return
  const { data } = fragment
  found.push(fragment)
  const items = isList(data) ? [...data] : isTree(data) ? Object.values(data) : []
  for (const item of items) {
    if (typeof item === 'string') {
      const inner = { tries: limit.tries, depth: limit.depth + 1 }
      if (/[{[]/.test(item)) collect(item, found, inner)
      limit.tries = inner.tries
    } else if (isTree(item) || isList(item)) {
      walk({ text: fragment.text, data: item }, found, limit)
    }
  }
}

/** What was quoted once more than it should be: {\"error\":…}. */
function parse(text: string): unknown {
  const data = readJson(text)
  if (data !== undefined || !text.includes('\\"')) return data
  const plain = readJson(`"${text}"`)
  return typeof plain === 'string' ? readJson(plain) : undefined
}

/** Every pair of brackets, by where it begins; each character is looked at once. */
function listSpans(text: string): [from: number, to: number][] {
  const spans: [from: number, to: number][] = []
  const open: number[] = []
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '\\') at++
    // no string of JSON goes beyond its line
    else if (char === '\n') quoted = false
    else if (char === '"') quoted = !quoted && open.length > 0
    else if (quoted) continue
    else if (char === '{' || char === '[') open.push(at)
    else if (char === '}' || char === ']') {
      const from = open.pop()
      if (from !== undefined) spans.push([from, at + 1])
    }
  }
  return spans.sort(([one], [other]) => one - other)
}
