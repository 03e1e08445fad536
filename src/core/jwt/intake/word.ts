// Words that a token may be made of, and what may stand between two of them when it was broken.

import { FILLER, GAP } from './mended-text.ts'

export interface Word {
  readonly text: string
  readonly end: number
  /** nothing is glued to its end: a colon, a bracket that opens */
  readonly free: boolean
  /** how many line breaks before it */
  readonly breaks: number
}

const WORD = new RegExp(`[\\w+/=.~!$*@^%${FILLER}${GAP}-]+`, 'y')

/** Where the word ends that begins there. */
export function findEnd(plain: string, start: number): number {
  WORD.lastIndex = start
  return WORD.test(plain) ? WORD.lastIndex : start
}

/** Up to where it can be a token: dots are for what was left out, = ends a part or a name, / a step of a path. */
export function cutWord(text: string, inPath: boolean): string {
  const dots = /\.{3,}/g
  const whole = dots.test(text) ? text.slice(0, dots.lastIndex) : text
  const at = whole.search(inPath ? /[=](?![=.~]|$)|[/@%]/ : /[=](?![=.~]|$)|[@%]/)
  return at < 0 ? whole : whole.slice(0, at)
}

/** The next word behind white space, a quoted piece's end and beginning, a prefix of the line. */
export function readNext(plain: string, from: number): Word | undefined {
  let { at, breaks } = skipSpace(plain, from)
  const quote = plain[at]
  if (quote === '"' || quote === "'") {
    // "eyJ…" + "…", "eyJ…" "…"
    const glue = skipSpace(plain, at + 1)
    const plus = '+.&'.includes(plain[glue.at] ?? 'x') ? glue.at + 1 : glue.at
    const open = skipSpace(plain, plus)
    if (plain[open.at] !== quote || open.at === at + 1) return undefined
    at = open.at + 1
    breaks += glue.breaks + open.breaks
  } else if (breaks > 0 && (quote === '>' || quote === '|' || quote === '#')) {
    at = skipSpace(plain, at + 1).at
  }
  if (at === from) return undefined
  const end = findEnd(plain, at)
  if (end === at) return undefined
  const text = plain.slice(at, end)
  if (/[!$*@^%]/.test(text)) return undefined
  return { text, end, breaks, free: FREE.test(plain[end] ?? ' ') }
}

const FREE = /[\s"'`,;<>)\]}&|]/

function skipSpace(plain: string, from: number): { at: number; breaks: number } {
  let at = from
  let breaks = 0
  for (; ; at++) {
    const char = plain[at]
    if (char === '\n') breaks++
    else if (char !== ' ' && char !== '\t' && char !== '\r') return { at, breaks }
  }
}
