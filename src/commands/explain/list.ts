// The catalogue, as a person reads it and as a program does.

import type { Service } from '../../core/explain/catalogue.ts'
import { diagnose } from '../../core/explain/diagnosis.ts'
import type { ExplainRow } from '../../core/provider.ts'
import { escapeJson, escapeLine, wrap } from '../../core/terminal.ts'
import type { World } from '../../core/world.ts'
import type { Paint } from '../../io/paint.ts'

export function formatListJson(services: readonly Service[]): string {
  const shown = services.map(({ name, provider, rows }) => ({
    service: name,
    provider: provider ?? null,
    rows: rows.map((row) => {
      const { means, why, fix } = diagnose(row, undefined)
      const { service, status, code, text, url, class: kind } = row
      return {
        ...(service !== undefined && service !== name && { service }),
        status: status === undefined ? [] : [status].flat(),
        code: [code ?? row.code_pattern ?? []].flat(),
        text: text ?? null,
        url: url ?? null,
        class: kind ?? null,
        means,
        why,
        fix,
      }
    }),
  }))
  return `${escapeJson(JSON.stringify({ services: shown }))}\n`
}

export function formatList(services: readonly Service[], world: World, paint: Paint): string {
  const width = world.stdout.isTTY ? world.stdout.columns - 1 : Number.POSITIVE_INFINITY
  const fold = (text: string, indent: number): string =>
    ' '.repeat(indent) + wrap(escapeLine(text), width, indent)
  const blocks = services.map(({ name, provider, rows }) => {
    const title = provider === undefined ? name : `${name} (${provider})`
    const shown = rows.map(
      (row) =>
        `${paint('label', fold(describeRow(row), 2))}\n${fold(diagnose(row, undefined).means, 6)}`,
    )
    return [paint('strong', wrap(escapeLine(title), width, 0)), ...shown].join('\n')
  })
  return `${blocks.join('\n\n')}\n`
}

/** What it goes by: status · code · text. */
function describeRow({ status, code, code_pattern, text, url }: ExplainRow): string {
  const codes =
    code === undefined ? code_pattern && readPattern(code_pattern) : [code].flat().join(' ')
  const said = text === '\\S' ? 'any text' : text && `"${readPattern(text)}"`.replace('""', '')
  const parts = [
    status === undefined ? undefined : [status].flat().join(' '),
    codes,
    said === undefined ? undefined : said === '' ? 'no text' : said,
    url === undefined ? undefined : `at ${readPattern(url)}`,
  ]
  return parts.filter((part) => part !== undefined).join(' · ')
}

const MOST_WORDS = 4

/** A regular expression for people: its first alternatives, without the signs of the trade. */
function readPattern(pattern: string): string {
  const words = splitAlternatives(pattern).map((word) =>
    word
      .replace(/\\b|\\W(\{\d+(,\d+)?\})?|\(\?[=!<][^)]*\)|[\^$]/g, '')
      .replace(/\\d(\{\d+(,\d+)?\}|\+)?/g, '#')
      .replace(/\.\{\d+,\d+\}|\.\*/g, ' … ')
      .replace(/\\s[*+?]?|\[\^[^\]]*\]/g, ' ')
      // authori[sz]ation, HPE_[A-Z_]+
      .replace(/\[[a-z]*([a-z])\]/g, '$1')
      .replace(/\[[^\]]*\][+*]?/g, '…')
      .replace(/\.\?|-\?/g, ' ')
      .replace(/n\.t\b/g, "n't")
      .replace(/([A-Za-z])\.([A-Za-z])/g, '$1 $2')
      .replace(/([\w ])\?/g, '$1')
      .replace(/\\(.)/g, '$1')
      .replace(/\(\?:/g, '(')
      .replace(/\|/g, ' or ')
      .replace(/\)\?/g, ')')
      .replace(/ {2,}/g, ' ')
      .trim(),
  )
  const shown = [...new Set(words)].filter((word) => word !== '')
  return shown.length > MOST_WORDS
    ? `${shown.slice(0, MOST_WORDS).join(', ')}, …`
    : shown.join(', ')
}

function splitAlternatives(pattern: string): string[] {
  const parts: string[] = ['']
  let depth = 0
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? ''
    if (char === '\\') parts.push(`${parts.pop()}${char}${pattern[++at] ?? ''}`)
    else if (char === '|' && depth === 0) parts.push('')
    else {
      if (char === '(') depth++
      if (char === ')') depth--
      parts.push(`${parts.pop()}${char}`)
    }
  }
  return parts
}
