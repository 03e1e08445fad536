// Text in columns, for a terminal of some width or for none.

/** A column that may be narrower than its widest cell, or may be left out. */
export interface Column {
  readonly head: string
  readonly cells: readonly string[]
  /** how narrow it may become; as wide as it wants otherwise */
  readonly least?: number
}

/**
 * The columns, each cell padded, the last one not. Where `width` is too little, columns that may be
 * narrower become so, and then the last are left out, down to the first.
 */
export function fitColumns(columns: readonly Column[], width: number): string[][] {
  for (let count = columns.length; count > 1; count--) {
    const widths = shareWidth(columns.slice(0, count), width)
    if (widths) return layRows(columns.slice(0, count), widths)
  }
  const [first] = columns
  return first ? layRows([first], [widest(first)]) : []
}

const GAP = 2

function shareWidth(columns: readonly Column[], width: number): number[] | undefined {
  const wanted = columns.map(widest)
  const widths = columns.map(({ least }, index) => Math.min(least ?? Infinity, wanted[index] ?? 0))
  let left = width - widths.reduce((sum, one) => sum + one, 0) - GAP * (columns.length - 1)
  if (left < 0) return undefined
  return widths.map((one, index) => {
    const more = Math.min(left, (wanted[index] ?? 0) - one)
    left -= more
    return one + more
  })
}

function layRows(columns: readonly Column[], widths: readonly number[]): string[][] {
  const [first] = columns
  return [-1, ...(first?.cells.keys() ?? [])].map((row) =>
    columns.map(({ head, cells }, index) => {
      const text = cut(row < 0 ? head : (cells[row] ?? ''), widths[index] ?? 0)
      return index === columns.length - 1 ? text : pad(text, (widths[index] ?? 0) + GAP)
    }),
  )
}

function widest({ head, cells }: Column): number {
  return Math.max(head.length, ...cells.map((cell) => [...cell].length))
}

function cut(text: string, width: number): string {
  const letters = [...text]
  if (letters.length <= width) return text
  return `${letters
    .slice(0, width - 1)
    .join('')
    .trimEnd()}…`
}

export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - [...text].length))
}
