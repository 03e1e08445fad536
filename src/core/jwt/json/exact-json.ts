// JSON as it stands: numbers, escapes, the order of members and doubled members survive. JSON.parse
// loses all of these, and a person who looks at a token wants to see what is in it.

export { parseExactJson } from './exact-parser.ts'

export interface ExactMember {
  /** with its quotes and escapes, as it stands */
  readonly raw: string
  readonly name: string
  readonly value: ExactJson
}

export type ExactJson =
  | { readonly type: 'object'; readonly members: readonly ExactMember[] }
  | { readonly type: 'array'; readonly items: readonly ExactJson[] }
  /** `raw` is the text as it stands, `value` what it says */
  | { readonly type: 'string'; readonly raw: string; readonly value: string }
  | { readonly type: 'number'; readonly raw: string; readonly value: number }
  | { readonly type: 'literal'; readonly raw: string; readonly value: boolean | null }

export type ExactObject = Extract<ExactJson, { type: 'object' }>

/** Laid out as JSON.stringify does it; what stands in it is not touched. */
export function writeExactJson(node: ExactJson, indent = 0): string {
  return writeNode(node, indent, indent === 0 ? '' : '\n')
}

/** `line`: the break and the indentation that the node itself stands at. */
function writeNode(node: ExactJson, indent: number, line: string): string {
  if (node.type !== 'object' && node.type !== 'array') return node.raw
  const inner = indent === 0 ? '' : line + ' '.repeat(indent)
  const colon = indent === 0 ? ':' : ': '
  let text = ''
  if (node.type === 'object') {
    for (const { raw, value } of node.members) {
      text += `${text === '' ? '' : ','}${inner}${raw}${colon}${writeNode(value, indent, inner)}`
    }
    return text === '' ? '{}' : `{${text}${line}}`
  }
  for (const item of node.items) {
    text += `${text === '' ? '' : ','}${inner}${writeNode(item, indent, inner)}`
  }
  return text === '' ? '[]' : `[${text}${line}]`
}

/** The last one of that name, as JSON.parse takes it. */
export function findMember(node: ExactJson | undefined, name: string): ExactJson | undefined {
  if (node?.type !== 'object') return undefined
  return node.members.findLast((member) => member.name === name)?.value
}

/** As JSON.parse gives it; a member __proto__ stays a member. */
export function toPlain(node: ExactJson): unknown {
  if (node.type === 'array') return node.items.map(toPlain)
  if (node.type !== 'object') return node.value
  return Object.fromEntries(node.members.map(({ name, value }) => [name, toPlain(value)]))
}

/** The paths of members that stand there more than once: `user.name`, `keys.0.kid`. */
export function listDuplicates(node: ExactJson): string[] {
  const found = new Set<string>()
  collectDuplicates(node, '', found)
  return [...found]
}

function collectDuplicates(node: ExactJson, prefix: string, found: Set<string>): void {
  if (node.type === 'array') {
    for (const [index, item] of node.items.entries()) {
      collectDuplicates(item, `${prefix}${index}.`, found)
    }
  }
  if (node.type !== 'object') return
  const seen = new Set<string>()
  for (const { name, value } of node.members) {
    if (seen.has(name)) found.add(prefix + name)
    seen.add(name)
    collectDuplicates(value, `${prefix}${name}.`, found)
  }
}
