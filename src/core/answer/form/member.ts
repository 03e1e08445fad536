// `--field`: one member of what --json would print.

import { TokenError } from '../../error.ts'
import {
  type ExactJson,
  findMember,
  parseExactJson,
  writeExactJson,
} from '../../jwt/json/exact-json.ts'
import { readMemberPath } from '../../member-path.ts'
import { nearest } from '../../nearest.ts'
import { escapeJson } from '../../terminal.ts'

const MEMBERS = [
  'profile',
  'provider',
  'environment',
  'access_token',
  'token_type',
  'expires_at',
  'expires_in',
  'scopes',
  'cached',
  'via',
  'extra',
  'headers',
  'sandbox',
  'claims',
]

/** What there never is, is refused before anything is sent. */
export function readField(text: string): readonly string[] {
  const { path, rest } = readMemberPath(text)
  const [first] = path
  if (first === undefined || rest !== '') {
    const where = rest === text ? '' : ` at ${JSON.stringify(rest.slice(0, 24))}`
    throw new TokenError('usage', `--field: cannot read the path${where}`, {
      means: 'a path is names and numbers with dots between them; a name with dots stands in ["…"]',
      fix: [`--field extra.id_token`, `--field 'claims["https://example.com/role"]'`],
    })
  }
  if (MEMBERS.includes(first)) return path
  const close = nearest(first, MEMBERS)
  throw new TokenError('usage', `--field: the JSON has no ${JSON.stringify(first.slice(0, 40))}`, {
    means: `it has ${MEMBERS.join(', ')}`,
    fix: `--field ${close ?? 'access_token'}`,
  })
}

/** Text without its quotes, everything else as JSON. `paint`: makes text fit for a terminal. */
export function pickMember(
  json: string,
  path: readonly string[],
  paint: (text: string) => string,
): string {
  let node = parseExactJson(json)
  for (const [depth, name] of path.entries()) {
    const next: ExactJson | undefined =
      node?.type === 'array' && /^\d+$/.test(name)
        ? node.items[Number(name)]
        : findMember(node, name)
    // a script would take the word for a value
    const last = depth === path.length - 1
    if (next === undefined || (last && isNull(next)))
      throw refuseMember(next ?? node, path.slice(0, depth), name)
    node = next
  }
  if (node?.type === 'string' && node.value.isWellFormed()) return paint(node.value)
  return node === undefined ? '' : escapeJson(writeExactJson(node))
}

/** Enough to see what was meant. */
const MOST = 30

function refuseMember(
  node: ExactJson | undefined,
  path: readonly string[],
  name: string,
): TokenError {
  const where = path.length === 0 ? 'the answer' : path.join('.')
  return new TokenError('answer_unusable', `${where} has no ${name}`, {
    means: describe(node),
    fix: '--json   (all that there is)',
  })
}

function isNull(node: ExactJson): boolean {
  return node.type !== 'array' && node.type !== 'object' && writeExactJson(node) === 'null'
}

function describe(node: ExactJson | undefined): string {
  if (node === undefined) return 'the claims of this token are nested too deep to look into'
  if (node.type === 'array') {
    return node.items.length === 0
      ? 'it is an empty list'
      : `it is a list: 0 to ${node.items.length - 1}`
  }
  if (node.type !== 'object') return `it is ${node.raw === 'null' ? 'null' : `a ${node.type}`}`
  const names = node.members.map((member) => member.name)
  if (names.length === 0) return 'it is empty'
  const more = names.length > MOST ? ` and ${names.length - MOST} more` : ''
  return `it has ${names.slice(0, MOST).join(', ')}${more}`
}
