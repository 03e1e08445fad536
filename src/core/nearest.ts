// "did you mean": the name someone most likely wanted to type.

/** Beyond this nobody means a name of ours, and the table would grow with the square. */
const LONGEST = 64

export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name === '' || name.length > LONGEST) return undefined
  const wanted = fold(name)
  let best: { name: string; distance: number } | undefined
  for (const candidate of candidates) {
    if (candidate.length > LONGEST) continue
    const distance = rate(wanted, fold(candidate))
    if (distance !== undefined && (best === undefined || distance < best.distance)) {
      best = { name: candidate, distance }
    }
  }
  return best?.name
}

/** Case, `-`, `_`, dots and spaces are spelling, not another name. */
function fold(name: string): string {
  return name.toLowerCase().replace(/[-_.\s]+/g, '')
}

function rate(wanted: string, known: string): number | undefined {
  if (wanted === known) return 0
  if (singular(wanted) === singular(known)) return 0.5
  const distance = countEdits(wanted, known)
  // one letter in three may be wrong: more than that, and everything is near everything
  const allowed = Math.max(1, Math.floor(Math.max(wanted.length, known.length) / 3))
  if (distance <= Math.min(allowed, 3) && distance < Math.min(wanted.length, known.length)) {
    return distance
  }
  // `prod` for production: cut off, but after every name that is merely mistyped
  return wanted.length >= 3 && known.startsWith(wanted)
    ? 4 + known.length - wanted.length
    : undefined
}

function singular(name: string): string {
  if (name.endsWith('ies')) return `${name.slice(0, -3)}y`
  if (/(s|x|ch|sh)es$/.test(name)) return name.slice(0, -2)
  return name.endsWith('s') && !name.endsWith('ss') ? name.slice(0, -1) : name
}

/** Letters added, left out, changed, or two neighbours swapped (optimal string alignment). */
function countEdits(one: string, other: string): number {
  let before: number[] = []
  let last: number[] = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let row = 1; row <= one.length; row++) {
    const current = [row]
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1]
      let cost = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      )
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      if (row > 1 && column > 1 && swapped) cost = Math.min(cost, at(before, column - 2) + 1)
      current.push(cost)
    }
    before = last
    last = current
  }
  return at(last, other.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
