// From the YAML tree to plain values and where each of them stands: aliases followed, `<<` merged.

import { isAlias, isMap, isScalar, isSeq, type Pair, type Scalar, type YAMLMap } from 'yaml'
import type { Plain } from '../../core/file/document.ts'

export interface Spot {
  /** where the value begins, and its name; the same where it has none */
  readonly from: number
  readonly key: number
  /** of a scalar: where it is written, which for an alias is elsewhere */
  readonly written?: readonly [number, number]
  readonly below: ReadonlyMap<string, Spot>
}

type Path = readonly (string | number)[]
type Report = (offset: number, path: Path, message: string) => void

interface Read {
  readonly data: Plain
  readonly spot: Spot
  /** values in it, those of aliases counted each time */
  readonly size: number
}

/** A billion laughs are 300 characters: the values that aliases stand for, all in all. */
const MOST_ALIASED = 20_000
const NOWHERE: ReadonlyMap<string, Spot> = new Map()

export function readNodes(root: unknown, report: Report): Pick<Read, 'data' | 'spot'> {
  const anchors = new Map<string, Read | 'open'>()
  let aliased = 0

  function read(node: unknown, path: Path, key: number): Read {
    if (isAlias(node)) return readAlias(node.source, node.range?.[0] ?? key, path, key)
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined
    if (anchor !== undefined) anchors.set(anchor, 'open')
    const result = isMap(node)
      ? readMap(node, path, key)
      : isSeq(node)
        ? readList(node.items, node.range?.[0] ?? key, path, key)
        : readScalar(node, path, key)
    if (anchor !== undefined) anchors.set(anchor, result)
    return result
  }

  function readAlias(name: string, from: number, path: Path, key: number): Read {
    const target = anchors.get(name)
    if (target === undefined || target === 'open') {
      report(
        from,
        path,
        target === 'open'
          ? 'this alias stands inside of what it names'
          : 'no anchor (&name) of this name stands before this alias; a text that begins with * needs quotes',
      )
      return { data: null, spot: { from, key, below: NOWHERE }, size: 1 }
    }
    const fits = countAliased(target.size, from, path)
    if (!fits) return { data: null, spot: { from, key, below: NOWHERE }, size: 1 }
    return { ...target, spot: { ...target.spot, from, key } }
  }

  function countAliased(size: number, from: number, path: Path): boolean {
    const before = aliased
    aliased += size
    if (aliased <= MOST_ALIASED) return true
    if (before <= MOST_ALIASED) {
      report(from, path, `aliases here stand for more than ${MOST_ALIASED} values in all`)
    }
    return false
  }

  function readScalar(node: unknown, path: Path, key: number): Read {
    if (!isScalar(node)) return { data: null, spot: { from: key, key, below: NOWHERE }, size: 1 }
    const [from, to] = node.range ?? [key, key]
    const { value } = node
    const spot: Spot = { from, key, written: [from, to], below: NOWHERE }
    if (typeof value === 'number' && `${value}` !== node.source?.replace(/^\+/, '')) {
      // an id with a leading zero or twenty digits, 1e5, 0x1f, 1.10
      report(from, path, 'YAML would change this number; put it in quotes')
    }
    const plain = value === null || /^(string|number|boolean)$/.test(typeof value)
    return { data: plain ? (value as Plain) : null, spot, size: 1 }
  }

  function readList(items: readonly unknown[], from: number, path: Path, key: number): Read {
    const data: Plain[] = []
    const below = new Map<string, Spot>()
    let size = 1
    for (const [index, item] of items.entries()) {
      const start = isRanged(item) ? item.range[0] : from
      const one = read(item, [...path, index], start)
      data.push(one.data)
      below.set(`${index}`, one.spot)
      size += one.size
    }
    return { data, spot: { from, key, below }, size }
  }

  function readMap(map: YAMLMap<unknown, unknown>, path: Path, key: number): Read {
    const from = map.range?.[0] ?? key
    const data: { [name: string]: Plain } = Object.create(null)
    const below = new Map<string, Spot>()
    const merges: Read[] = []
    let size = 1
    for (const pair of map.items) {
      const at = isRanged(pair.key) ? pair.key.range[0] : from
      if (isMergeKey(pair)) {
        merges.push(...readMerge(pair.value, path, at))
        continue
      }
      const name = nameOf(pair.key, at, path)
      if (name === undefined) continue
      const inner = [...path, name]
      const first = below.get(name)
      const one = read(pair.value, inner, at)
      if (first) report(at, inner, `stands here for the second time`)
      else if (name === '__proto__') report(at, inner, 'no value can have this name')
      else {
        data[name] = one.data
        below.set(name, one.spot)
        size += one.size
      }
    }
    for (const merged of merges) {
      size += merged.size
      for (const [name, spot] of merged.spot.below) {
        if (below.has(name)) continue
        below.set(name, spot)
        data[name] = (merged.data as { readonly [name: string]: Plain })[name] ?? null
      }
    }
    return { data, spot: { from, key, below }, size }
  }

  function readMerge(value: unknown, path: Path, at: number): Read[] {
    const from = isRanged(value) ? value.range[0] : at
    const merged = read(value, [...path, '<<'], at)
    if (merged.data === null) return []
    const list = Array.isArray(merged.data)
      ? merged.data.map((data: Plain, index) => {
          const spot = merged.spot.below.get(`${index}`) ?? merged.spot
          return { data, spot, size: merged.size }
        })
      : [merged]
    const maps = list.filter(({ data }) => data !== null)
    if (maps.some(({ data }) => typeof data !== 'object' || Array.isArray(data))) {
      report(from, [...path, '<<'], 'only a map of names can be merged')
      return []
    }
    return maps
  }

  function nameOf(key: unknown, at: number, path: Path): string | undefined {
    const named = isAlias(key) ? anchors.get(key.source) : undefined
    if (named && named !== 'open' && typeof named.data !== 'object') return `${named.data}`
    if (!isScalar(key)) {
      report(at, path, 'a name is text, not a list, a map or an alias; put it in quotes')
      return undefined
    }
    if (key.anchor !== undefined) anchors.set(key.anchor, readScalar(key, path, at))
    if (typeof key.value === 'string') return key.value
    if (key.source) return key.source
    report(at, path, 'a name is missing before this ":"')
    return undefined
  }

  return read(root, [], isRanged(root) ? root.range[0] : 0)
}

function isMergeKey(pair: Pair<unknown, unknown>): boolean {
  return isScalar(pair.key) && pair.key.type === 'PLAIN' && (pair.key as Scalar).value === '<<'
}

function isRanged(node: unknown): node is { readonly range: readonly [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
}
