// Where a text has something in common with a secret, in any of the forms it may have taken: twelve
// characters in a row and more.

/** Servers echo parts of what they were sent: so many characters in a row are a part. */
export const FRAGMENT = 12

export function hideFragments(text: string, forms: Iterable<string>, mark: string): string {
  const covered = findFragments(text, forms)
  return covered === undefined ? text : replaceCovered(text, covered, mark)
}

/** `covered`: 1 for each character that is. */
export function replaceCovered(text: string, covered: Uint8Array, mark: string): string {
  let cleaned = ''
  let kept = 0
  for (let at = covered.indexOf(1); at >= 0; at = covered.indexOf(1, kept)) {
    cleaned += text.slice(kept, at) + mark
    const end = covered.indexOf(0, at)
    kept = end < 0 ? text.length : end
  }
  return cleaned + text.slice(kept)
}

/** 1 for each character that is covered; undefined: none is. */
export function findFragments(text: string, forms: Iterable<string>): Uint8Array | undefined {
  const grams = indexGrams(text)
  if (grams === undefined) return undefined
  let found = false
  for (const form of forms) {
    eachGram(form, (hash, at) => {
      const place = grams.find(hash, form, at)
      if (place === undefined) return
      grams.hit[place] = 1
      found = true
    })
  }
  return found ? coverHits(text, grams) : undefined
}

interface Grams {
  /** of every place in the text: the first place that says the same */
  readonly first: Int32Array
  /** by first places */
  readonly hit: Uint8Array
  find(hash: number, other: string, at: number): number | undefined
}

// A rolling hash over character codes: a token of a megabyte has a dozen forms to go through.
const BASE = 0x01000193
/** the weight of the character that leaves */
const LEAVING = Array.from({ length: FRAGMENT - 1 }).reduce<number>(
  (all) => Math.imul(all, BASE),
  1,
)

function eachGram(text: string, see: (hash: number, at: number) => void): void {
  let hash = 0
  for (let at = 0; at < text.length; at++) {
    if (at >= FRAGMENT) hash = (hash - Math.imul(text.charCodeAt(at - FRAGMENT), LEAVING)) | 0
    hash = (Math.imul(hash, BASE) + text.charCodeAt(at)) | 0
    if (at + 1 >= FRAGMENT) see(hash, at + 1 - FRAGMENT)
  }
}

function indexGrams(text: string): Grams | undefined {
  const count = text.length - FRAGMENT + 1
  if (count <= 0) return undefined
  const buckets = new Int32Array(2 ** Math.ceil(Math.log2(count * 2))).fill(-1)
  const next = new Int32Array(count).fill(-1)
  const hashes = new Int32Array(count)
  const first = new Int32Array(count)
  const bucketOf = (hash: number): number => (hash ^ (hash >>> 15)) & (buckets.length - 1)
  const find = (hash: number, other: string, at: number): number | undefined => {
    let place = buckets[bucketOf(hash)] ?? -1
    while (place >= 0) {
      if (hashes[place] === hash && agree(text, place, other, at)) return place
      place = next[place] ?? -1
    }
    return undefined
  }
  eachGram(text, (hash, at) => {
    const same = find(hash, text, at)
    first[at] = same ?? at
    if (same !== undefined) return
    const bucket = bucketOf(hash)
    hashes[at] = hash
    next[at] = buckets[bucket] ?? -1
    buckets[bucket] = at
  })
  return { first, hit: new Uint8Array(count), find }
}

function agree(one: string, from: number, other: string, at: number): boolean {
  for (let step = 0; step < FRAGMENT; step++) {
    if (one.charCodeAt(from + step) !== other.charCodeAt(at + step)) return false
  }
  return true
}

function coverHits(text: string, { first, hit }: Grams): Uint8Array {
  const covered = new Uint8Array(text.length)
  let end = 0
  for (let at = 0; at < text.length; at++) {
    if (hit[first[at] ?? -1] === 1) end = at + FRAGMENT
    if (at < end) covered[at] = 1
  }
  return covered
}
