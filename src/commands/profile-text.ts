// `profile list` and `profile show` for a person: aligned columns, which a narrow terminal breaks.

import { fitColumns, pad } from '../core/layout.ts'
import type { From, Inventory, Row } from '../core/profile/inventory.ts'
import type { Listing } from '../core/profile/listing.ts'
import { escapeLine } from '../core/terminal.ts'
import type { Printer } from '../io/printer.ts'

type Paint = Awaited<ReturnType<Printer['paint']>>

/** The default profile has a star. */
export function formatListings(listings: readonly Listing[], width: number, paint: Paint): string {
  const column = (head: string, cell: (listing: Listing) => string, least?: number) => ({
    head,
    cells: listings.map((listing) => escapeLine(cell(listing))),
    ...(least !== undefined && { least }),
  })
  const [head = [], ...rows] = fitColumns(
    [
      column('  name', ({ summary }) => `${summary.default ? '*' : ' '} ${summary.name}`),
      column('provider', ({ summary }) => summary.provider ?? '?'),
      column('environments', ({ summary }) => summary.environments.join(', '), 16),
      column('file', ({ shown }) => shown),
      column('description', ({ summary, problem }) => problem ?? summary.description ?? '', 16),
    ],
    width,
  )
  const lines = rows.map(([name = '', ...cells]) => paint('strong', name) + cells.join(''))
  return `${[paint('faint', head.join('')), ...lines].map((line) => line.trimEnd()).join('\n')}\n`
}

/** Beyond this a value stands on its own, and what follows it is not aligned. */
const WIDEST_VALUE = 64
/** Narrower than this, values are not worth a column beside where they come from. */
const NARROWEST_VALUE = 24

export function formatInventory(
  inventories: readonly Inventory[],
  width: number,
  paint: Paint,
): string {
  return inventories
    .map((inventory, index) => {
      const { profile, provider, environment, rows } = inventory
      const title = [profile, provider, ...(environment === undefined ? [] : [environment])]
      const hop = inventories.length === 1 ? '' : `${index + 1}. `
      const later = inventories.slice(index + 1).map((other) => other.profile)
      const lines = formatRows(rows, later, width, paint)
      return `${hop}${paint('strong', escapeLine(title.join(' · ')))}\n${lines.join('\n')}\n`
    })
    .join('\n')
}

function formatRows(
  rows: readonly Row[],
  later: readonly string[],
  width: number,
  paint: Paint,
): string[] {
  const shown = rows.map(({ path, written, value, from }) => ({
    path: escapeLine(path),
    lines: [...showValue(written), ...showFilled(written, value)].map(escapeLine),
    from: escapeLine(showFrom(from, later)),
  }))
  const paths = Math.max(...shown.map(({ path }) => path.length))
  const froms = Math.max(...shown.map(({ from }) => from.length))
  const room = width - paths - froms - 6
  const widest = Math.max(...shown.map(({ lines }) => lines[0]?.length ?? 0))
  const values = Math.min(widest, room, WIDEST_VALUE)
  const indent = ' '.repeat(paths + 4)
  return shown.flatMap(({ path, lines, from }) => {
    const [first = '', ...more] = lines
    const head = `  ${paint('label', pad(path, paths))}  `
    const rest = more.map((line) => indent + line)
    if (room < NARROWEST_VALUE && room < widest) {
      return [head + first, ...rest, indent + paint('faint', from)]
    }
    const fits = first.length <= room
    return fits
      ? [`${head}${pad(first, values)}  ${paint('faint', from)}`, ...rest]
      : [head + first, ...rest, indent + paint('faint', from)]
  })
}

function showValue(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    return value.length === 0 ? ['[]'] : value
  }
  return [JSON.stringify(value)]
}

/** What a template comes to, where it can be told. */
function showFilled(written: unknown, value: unknown): string[] {
  if (value === null || !JSON.stringify(written).includes('${')) return []
  if (JSON.stringify(value) === JSON.stringify(written)) return []
  return showValue(value).map((line) => `→ ${line}`)
}

function showFrom(from: From, later: readonly string[]): string {
  switch (from.kind) {
    case 'file':
      return `${from.shown}:${from.line}:${from.column}`
    case 'flag':
      return from.flag
    case 'variable':
      return from.variable
    case 'handed on':
      return later.includes(from.profile) ? `${from.profile} needs it` : `from ${from.profile}`
    case 'provider':
      return [from.provider, ...(from.environment === undefined ? [] : [from.environment])].join(
        ' · ',
      )
  }
}
