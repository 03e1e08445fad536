// `-s PATH=VALUE`, `PATH:=JSON`, `PATH=@FILE`, `NAME:PATH=VALUE`: what stands on the command line,
// taken apart. Where it goes is decided when the chain is known.

import { TokenError } from '../error.ts'
import { readMemberPath } from '../member-path.ts'

export interface Override {
  /** as written up to the value, for messages and `profile show` */
  readonly flag: string
  readonly profile: string | undefined
  readonly path: readonly string[]
  readonly value:
    | { readonly from: 'text'; readonly text: string }
    | { readonly from: 'json'; readonly json: unknown }
    | { readonly from: 'file'; readonly file: string }
}

const FORM = 'an override is PATH=VALUE, PATH:=JSON or PATH=@FILE'

export function parseOverride(text: string): Override {
  const split = findSplit(text)
  if (split === undefined) {
    // whatever was meant as the value is no longer told from the path
    const [path = ''] = /^[\w.-]{0,40}/.exec(text) ?? []
    throw new TokenError('usage', `-s ${path}: the = is missing`, { means: FORM })
  }
  const left = text.slice(0, split.at)
  const right = text.slice(split.at + split.sign.length)
  const flag = `-s ${left}${split.sign}…`
  const { profile, path } = parseTarget(left, flag)
  if (split.sign === ':=')
    return { flag, profile, path, value: { from: 'json', json: parseJson(right, flag) } }
  if (right.startsWith('@') && right.length > 1) {
    return { flag, profile, path, value: { from: 'file', file: right.slice(1) } }
  }
  return { flag, profile, path, value: { from: 'text', text: right } }
}

/** The first `=` or `:=` outside of brackets and quotes. */
function findSplit(text: string): { at: number; sign: '=' | ':=' } | undefined {
  let quoted = false
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '\\' && quoted) at++
    else if (char === '"' && depth > 0) quoted = !quoted
    else if (quoted) continue
    else if (char === '[') depth++
    else if (char === ']') depth--
    else if (char === '=' && depth === 0) {
      return text[at - 1] === ':' ? { at: at - 1, sign: ':=' } : { at, sign: '=' }
    }
  }
  return undefined
}

function parseTarget(left: string, flag: string): { profile: string | undefined; path: string[] } {
  const named = /^([\w.-]+):(?!=)(.*)$/s.exec(left)
  const { path, rest } = readMemberPath(named?.[2] ?? left)
  if (rest !== '') {
    throw new TokenError(
      'usage',
      `${flag}: cannot read the path at ${JSON.stringify(firstWord(rest))}`,
      {
        means: 'a path is names with dots between them; a name with dots stands in ["…"]',
        fix: `-s 'assertion.claims["https://example.com/role"]=admin'`,
      },
    )
  }
  if (path.length === 0)
    throw new TokenError('usage', `${flag}: no path before the =`, { means: FORM })
  return { profile: named?.[1], path }
}

// JSON.parse quotes its input in what it throws, and that may be a secret.
function parseJson(text: string, flag: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new TokenError('usage', `${flag}: what follows := is not JSON`, {
      means: 'after := stands a number, true, false, null, "text", [ ] or { }; after = stands text',
    })
  }
}

function firstWord(text: string): string {
  return text.slice(0, 24)
}
