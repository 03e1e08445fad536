// What a token must say, as it was asked for.

import { TokenError } from '../../error.ts'
import { type ExactJson, parseExactJson } from '../json/exact-json.ts'

export interface Expectations {
  /** undefined: any will do */
  readonly issuer: string | undefined
  readonly audiences: readonly string[] | undefined
  readonly subject: string | undefined
  readonly type: string | undefined
  /** names of claims that must be there */
  readonly required: readonly string[]
  readonly values: readonly Expectation[]
  /** seconds */
  readonly leeway: number
  readonly maxAge: number | undefined
  readonly now: number
  /** `now` is a time that was asked for, not the clock's */
  readonly asOf?: boolean
}

export interface Expectation {
  /** as it was written, up to the value */
  readonly name: string
  readonly path: readonly (string | number)[]
  readonly value: ExactJson
}

const FORM = 'an expectation is CLAIM=TEXT or CLAIM:=JSON'

/** `scope=read`, `admin:=true`, `realm.roles[0]=user`, `["a.b"]=x`, `https://x.y/role=admin`. */
export function parseExpectation(text: string): Expectation {
  const at = findSplit(text)
  const isJson = text[at - 1] === ':'
  const name = text.slice(0, Math.max(0, isJson ? at - 1 : at))
  if (name === '') {
    throw new TokenError('usage', `--expect ${text.slice(0, 60)}: the claim or the = is missing`, {
      means: FORM,
    })
  }
  const right = text.slice(at + 1)
  return { name, path: parsePath(name), value: isJson ? parseValue(right, name) : toExact(right) }
}

/** The first = outside of brackets. */
function findSplit(text: string): number {
  let quoted = false
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (quoted && char === '\\') at++
    else if (char === '"' && depth > 0) quoted = !quoted
    else if (quoted) continue
    else if (char === '[') depth++
    else if (char === ']') depth--
    else if (char === '=' && depth === 0) return at
  }
  return -1
}

const STEP = /(?:^|(?!^)\.)([^.[\]"=]+)|\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\]/y

function parsePath(name: string): (string | number)[] {
  // a claim in a namespace of its own: its dots are no steps
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(name) || name.startsWith('urn:')) return [name]
  const path: (string | number)[] = []
  STEP.lastIndex = 0
  while (STEP.lastIndex < name.length) {
    const [whole, plain, index, quoted] = STEP.exec(name) ?? []
    if (whole === undefined) {
      throw new TokenError('usage', `--expect ${name.slice(0, 60)}: this is no path to a claim`, {
        means: 'a path is names with dots between them; a name with dots stands in ["…"]',
        fix: `--expect '["example.com/role"]=admin'`,
      })
    }
    path.push(plain ?? (index === undefined ? unquote(quoted ?? '""') : Number(index)))
  }
  return path
}

function unquote(text: string): string {
  const json = parseExactJson(text)
  return json?.type === 'string' ? json.value : text.slice(1, -1)
}

function parseValue(text: string, name: string): ExactJson {
  const json = parseExactJson(text)
  if (json !== undefined) return json
  throw new TokenError('usage', `--expect ${name.slice(0, 60)}:=…: what follows := is not JSON`, {
    means: 'after := stands a number, true, false, null, "text", [ ] or { }; after = stands text',
  })
}

function toExact(value: string): ExactJson {
  return { type: 'string', raw: JSON.stringify(value), value }
}
