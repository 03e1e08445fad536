// The tokens in a JSON answer: under the names that tokens have, in JSON serializations, and in
// whatever text its members hold.

import { type ExactJson, findMember } from '../json/exact-json.ts'
import { readJsonToken } from '../reading/json-serialization.ts'
import { acceptOpaque } from '../reading/opaque.ts'
import type { Found } from '../token.ts'
import { isTokenName } from './names.ts'
import type { Room } from './room.ts'

/** `readText`: the tokens that stand in a text. */
export function readMembers(
  json: ExactJson,
  from: string,
  room: Room,
  readText: (text: string, from: string) => Found[],
): Found[] {
  const fields = new Set<string>()
  const visit = (node: ExactJson, path: readonly string[], called?: string): Found[] => {
    if (room.left <= 0) return []
    const [name = called] = path.slice(-1)
    const where = path.length === 0 ? from : `${joinPath(path)} of the JSON`
    if (node.type === 'object') {
      const token = readJsonToken(node)
      if (token) {
        room.left--
        return [{ token, from: where, field: nameField(name, path, fields), repairs: [] }]
      }
      // what archives of requests write: {"name": "Authorization", "value": "Bearer …"}
      const pair = findMember(node, 'name') ?? findMember(node, 'key')
      const other = pair?.type === 'string' ? pair.value : undefined
      return node.members.flatMap((member) =>
        member.name === 'value' && other !== undefined
          ? visit(member.value, [...path, other])
          : visit(member.value, [...path, member.name]),
      )
    }
    if (node.type === 'array') {
      return node.items.flatMap((item, index) => visit(item, [...path, `${index}`], name))
    }
    if (node.type !== 'string' || node.value.length < SHORTEST) return []
    const inside = readText(node.value, where)
    if (inside.length > 0) {
      return inside.map((found) =>
        found.from === where ? { ...found, field: nameField(name, path, fields) } : found,
      )
    }
    const token = name !== undefined && isTokenName(name) ? acceptOpaque(node.value) : undefined
    if (token === undefined) return []
    room.left--
    return [{ token, from: where, field: nameField(name, path, fields), repairs: [] }]
  }
  return visit(json, [])
}

const SHORTEST = 4

/** Its own name, or its path where something before it has that name. */
function nameField(
  name: string | undefined,
  path: readonly string[],
  fields: Set<string>,
): string | undefined {
  if (name === undefined) return undefined
  const field = fields.has(name) ? joinPath(path) : name
  fields.add(field)
  return field
}

/** Names may be as long as they like. */
function joinPath(path: readonly string[]): string {
  return path
    .map((name) => name.slice(0, 64))
    .join('.')
    .slice(-200)
}
