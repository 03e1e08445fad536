// Whether two pieces of JSON say the same. Numbers are compared by what is written, not by what a
// double makes of it: 9007199254740993 is not 9007199254740992, and 1.0 is 1.

import type { ExactJson, ExactMember } from '../json/exact-json.ts'

export function isSame(a: ExactJson, b: ExactJson): boolean {
  if (a.type === 'string' && b.type === 'string') return a.value === b.value
  if (a.type === 'literal' && b.type === 'literal') return a.value === b.value
  if (a.type === 'number' && b.type === 'number') return isSameNumber(a.raw, b.raw)
  if (a.type === 'array' && b.type === 'array') {
    const { items } = b
    return (
      a.items.length === items.length &&
      a.items.every((item, index) => {
        const other = items[index]
        return other !== undefined && isSame(item, other)
      })
    )
  }
  return a.type === 'object' && b.type === 'object' && haveSame(a.members, b.members)
}

/** In any order. A name that stands twice says nothing for certain, so it is like no other. */
function haveSame(a: readonly ExactMember[], b: readonly ExactMember[]): boolean {
  const others = new Map(b.map(({ name, value }) => [name, value]))
  const names = new Set(a.map(({ name }) => name))
  if (a.length !== b.length || others.size !== b.length || names.size !== a.length) return false
  return a.every(({ name, value }) => {
    const other = others.get(name)
    return other !== undefined && isSame(value, other)
  })
}

function isSameNumber(a: string, b: string): boolean {
  const [one, other] = [normalize(a), normalize(b)]
  return one.digits === other.digits && one.exponent === other.exponent && one.sign === other.sign
}

/** Digits without zeros at either end, and the power of ten they are to be multiplied with. */
function normalize(raw: string): { sign: string; digits: string; exponent: bigint } {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(raw) ?? []
  const all = `${whole}${fraction}`
  const end = lastIndexOfOther(all, '0') + 1
  let start = 0
  while (start < end && all[start] === '0') start++
  const digits = all.slice(start, end)
  if (digits === '') return { sign: '', digits: '', exponent: 0n }
  // an exponent of a million digits is no number that anyone means
  const written = power.length > 30 ? power.slice(0, 30) : power.replace('+', '')
  const exponent = BigInt(written) - BigInt(fraction.length) + BigInt(all.length - end)
  return { sign, digits, exponent }
}

function lastIndexOfOther(text: string, char: string): number {
  let at = text.length - 1
  while (at >= 0 && text[at] === char) at--
  return at
}
