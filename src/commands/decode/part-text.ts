// A header or a payload, one member a line, with what is known of it behind it.

import { isTimeClaim } from '../../core/jwt/claim/claim-names.ts'
import { type ExactJson, writeExactJson } from '../../core/jwt/json/exact-json.ts'
import { formatInstant, formatRelative } from '../../core/jwt/time/instant.ts'
import type { JsonPart } from '../../core/jwt/token.ts'
import { escapeControls, escapeJson, escapeLine, wrap } from '../../core/terminal.ts'
import type { View } from './view.ts'

type Comment = (name: string, value: ExactJson) => string | undefined
type PartName = 'header' | 'payload'

export function formatPart(part: JsonPart, name: PartName, view: View, comment: Comment): string[] {
  if (part.json !== undefined) return formatJson(part.json, name, view, comment)
  if (part.plain === undefined) {
    const { bytes } = part
    return [`  ${bytes === undefined ? 'not base64url' : `${bytes.length} bytes that are no text`}`]
  }
  return escapeControls(part.plain.slice(0, LONGEST_TEXT))
    .split('\n')
    .map((line) => `  ${view.paint(name, line)}`)
}

const LONGEST_TEXT = 4000
/** Comments stand in one column, as far as the lines are not too long for that. */
const COMMENT_COLUMN = 44

/** One member a line, and what is known of it behind it. */
export function formatJson(
  json: ExactJson,
  name: PartName,
  { world, paint }: View,
  comment: Comment,
): string[] {
  const safe = (text: string): string => escapeJson(text)
  if (json.type !== 'object' || json.members.length === 0) {
    return safe(writeExactJson(json, 2))
      .split('\n')
      .map((line) => `  ${paint(name, line)}`)
  }
  const rows = json.members.map((member, index) => {
    const comma = index < json.members.length - 1 ? ',' : ''
    const [first = '', ...more] = safe(
      `${member.raw}: ${writeExactJson(member.value, 2)}${comma}`,
    ).split('\n')
    return {
      first: `    ${first}`,
      more: more.map((line) => `    ${line}`),
      said: comment(member.name, member.value),
    }
  })
  const widths = rows.filter(({ said }) => said !== undefined).map(({ first }) => [...first].length)
  const column = Math.max(0, ...widths.filter((width) => width <= COMMENT_COLUMN))
  const width = world.stdout.isTTY ? world.stdout.columns - 1 : Number.POSITIVE_INFINITY
  const noteOf = (said: string | undefined): string =>
    said === undefined ? '' : `// ${escapeLine(said)}`
  const startOf = (first: string): number => Math.max(column, [...first].length) + 2
  // all behind their members, or all above them
  const fits = rows.every(
    ({ first, said }) => said === undefined || startOf(first) + [...noteOf(said)].length <= width,
  )
  return [
    `  ${paint(name, '{')}`,
    ...rows.flatMap(({ first, more, said }) => {
      const note = noteOf(said)
      const start = startOf(first)
      const gap = ' '.repeat(start - [...first].length)
      const head =
        note === ''
          ? [paint(name, first)]
          : fits
            ? [`${paint(name, first)}${gap}${paint('faint', note)}`]
            : // above the member, where there is no room behind it
              [`    ${paint('faint', wrap(note, width, 7))}`, paint(name, first)]
      return [...head, ...more.map((line) => paint(name, line))]
    }),
    `  ${paint(name, '}')}`,
  ]
}

/** An instant, for a number that is one. */
export function describeValue(
  name: string,
  value: ExactJson,
  { now, zone }: View,
): string | undefined {
  if (value.type !== 'number' || !isTimeClaim(name) || !Number.isFinite(value.value))
    return undefined
  const instant = formatInstant(value.value, zone)
  const relative = formatRelative(value.value, now)
  if (name !== 'exp') return `${instant}, ${relative}`
  return `${instant}, ${value.value <= now ? 'expired' : 'expires'} ${relative}`
}
