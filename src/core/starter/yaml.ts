// Values as YAML in block style: there a ${…} needs no quotes. Nobody else's file is written so.

import { isTree } from '../profile/layer.ts'
import type { Template } from '../provider.ts'
import { isList } from '../template/value.ts'
import { escapeJson } from '../terminal.ts'

/** The lines of `name: value`. */
export function writeMember(name: string, value: Template): string[] {
  const inner = writeBlock(value)
  if (inner === undefined) return [`${writeScalar(name)}: ${writeScalar(value)}`]
  return [`${writeScalar(name)}:`, ...inner.map((line) => `  ${line}`)]
}

/** undefined for what stands on the line of its name. */
function writeBlock(value: Template): string[] | undefined {
  if (isList(value) && value.length > 0) {
    return value.map((item) => `- ${writeScalar(item as Template)}`)
  }
  if (!isTree(value)) return undefined
  const members = Object.entries(value)
  return members.length === 0
    ? undefined
    : members.flatMap(([name, item]) => writeMember(name, item as Template))
}

/** Begins like a word or a path, and has nothing in it that YAML reads as something else. */
const PLAIN = /^[\w./$~](?:[\w./@+$%=~{}()?|,-]|[: ](?=\S))*$/
/** What YAML 1.1 or 1.2 takes for no text: words, numbers, times, dates. */
const SPECIAL = /^(?:true|false|null|yes|no|on|off|[yn~]|[-+.]*(?:inf|nan)|[\d:._+-]*)$/i

function writeScalar(value: Template): string {
  if (typeof value !== 'string') return escapeJson(JSON.stringify(value))
  const plain = PLAIN.test(value) && !SPECIAL.test(value) && Number.isNaN(Number(value))
  // a JSON text is a YAML text in double quotes
  return plain ? value : escapeJson(JSON.stringify(value))
}
