// Tokens that were damaged on purpose, ten thousand of them: whatever is read of them is what an
// independent reading of the same bytes says, and nothing throws.

import { describe, expect, it } from 'vitest'
import { readTokens } from '../../src/core/jwt/intake/intake.ts'
import { type ExactJson, toPlain, writeExactJson } from '../../src/core/jwt/json/exact-json.ts'
import { readToken } from '../../src/core/jwt/reading/reader.ts'
import { describeNoToken } from '../../src/core/jwt/reading/stranger.ts'
import type { JsonPart, Token } from '../../src/core/jwt/token.ts'
import { encode, TOKENS } from '../support/tokens.ts'

/** Its JSON as another reader sees it, piece by piece: names, numbers and escapes as they stand. */
function listPieces(text: string): string[] {
  return (
    text.match(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/g) ??
    []
  )
}

interface Seen {
  readonly part: JsonPart
  readonly name: string
}

function listParts(token: Token): Seen[] {
  if (token.kind === 'opaque') return []
  if (token.kind === 'jwe') return token.header ? [{ part: token.header, name: 'header' }] : []
  return [
    ...token.signatures.flatMap(({ header }) => (header ? [{ part: header, name: 'header' }] : [])),
    { part: token.payload, name: 'payload' },
    ...token.disclosures.map(({ part }) => ({ part, name: 'disclosure' })),
    ...(token.keyBinding ? listParts(token.keyBinding) : []),
  ]
}

/** undefined: Node says that it is no JSON, or no text. */
function readIndependently(bytes: Uint8Array): { text: string; value: unknown } | undefined {
  const text = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\ufeff/, '')
  if (
    !Buffer.from(text).equals(Buffer.from(bytes).subarray(bytes.length - Buffer.byteLength(text)))
  ) {
    return undefined
  }
  try {
    return { text, value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

function checkPart({ text, bytes, json }: JsonPart): boolean {
  if (bytes === undefined) {
    expect(json).toBeUndefined()
    return false
  }
  const expected = readIndependently(bytes)
  expect(json === undefined, text).toBe(expected === undefined)
  if (json === undefined || expected === undefined) return false
  const written = writeExactJson(json)
  expect(listPieces(written)).toEqual(listPieces(expected.text))
  expect(listPieces(writeExactJson(json, 2))).toEqual(listPieces(expected.text))
  expect(JSON.parse(written)).toEqual(expected.value)
  expect(JSON.stringify(toPlain(json))).toBe(JSON.stringify(expected.value))
  return true
}

const isCompact = ({ text }: { text: string }): boolean => !text.startsWith('{')

describe('every fixture', () => {
  it.each(TOKENS)('$name: member for member, number for number', ({ text }) => {
    const token = readToken(text)
    if (token === undefined) throw new Error('it was not read')
    for (const { part, name } of listParts(token)) {
      expect(checkPart(part) || name !== 'header').toBe(true)
    }
  })

  it.each(TOKENS.filter(isCompact))('$name: the bytes of its parts', ({ text }) => {
    const token = readToken(text)
    if (token === undefined || token.kind === 'opaque') throw new Error('it was not read')
    const [compact = ''] = text.split('~')
    const parts = compact.split('.').map((part) => Buffer.from(part, 'base64url'))
    const read =
      token.kind === 'jwe'
        ? [token.header, token.recipients[0].encryptedKey, token.iv, token.ciphertext, token.tag]
        : [token.signatures[0].header, token.payload, token.signatures[0].signature]
    expect(read.map((part) => part?.bytes && Buffer.from(part.bytes))).toEqual(parts)
  })
})

/** mulberry32: the same numbers in every run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

type Random = ReturnType<typeof createRandom>

const PIECES = [
  ...[
    '.',
    '..',
    '~',
    '=',
    '==',
    ' ',
    '\n',
    '\r\n',
    '\\n',
    '"',
    "'",
    '\\',
    '%2E',
    '%',
    '+',
    '/',
    '-',
    '_',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '{}',
    '[]',
    'null',
    '1e400',
    '1.0',
    '9007199254740993',
    '\u0000',
  ],
  ...[
    '\u200b',
    '\ufeff',
    '\u202e',
    '\ud800',
    '\udfff',
    'é',
    '日',
    '😀',
    'Bearer ',
    'eyJ',
    'e30',
    'ey',
  ],
  ...[
    '"a":1,',
    '"alg":"none",',
    '"__proto__":{},',
    '"b64":false,',
    '"enc":"A128GCM",',
    '"crit":[],',
  ],
  ...['access_token=', '&', '#', '?', 'Cookie: ', '<', '>', 'e30.e30.', encode('{"a":1}')],
]

const pick = <T>(list: readonly T[], random: Random): T => list[random(list.length)] as T

/** Decodes a part, changes what is in it, and encodes it again. */
function spliceJson(text: string, random: Random): string {
  const parts = text.split('.')
  const at = random(parts.length)
  const inside = Buffer.from(parts[at] ?? '', 'base64url').toString('latin1')
  const cut = random(inside.length + 1)
  const changed = inside.slice(0, cut) + pick(PIECES, random) + inside.slice(cut + random(3))
  parts[at] = Buffer.from(changed, random(2) === 0 ? 'latin1' : 'utf8').toString('base64url')
  return parts.join('.')
}

const MUTATIONS: readonly ((text: string, random: Random) => string)[] = [
  function flip(text, random) {
    const at = random(text.length + 1)
    const code = text.charCodeAt(at) || 0x41
    return text.slice(0, at) + String.fromCharCode(code ^ (1 << random(8))) + text.slice(at + 1)
  },
  function remove(text, random) {
    const at = random(text.length + 1)
    return text.slice(0, at) + text.slice(at + 1 + random(5))
  },
  function insert(text, random) {
    const at = random(text.length + 1)
    return text.slice(0, at) + pick(PIECES, random) + text.slice(at)
  },
  function duplicate(text, random) {
    const at = random(text.length + 1)
    const size = random(80)
    return text.slice(0, at + size) + text.slice(at)
  },
  function swap(text, random) {
    const parts = text.split('.')
    const [one, other] = [random(parts.length), random(parts.length)]
    return parts
      .with(one, parts[other] ?? '')
      .with(other, parts[one] ?? '')
      .join('.')
  },
  function truncate(text, random) {
    return random(2) === 0
      ? text.slice(random(text.length + 1))
      : text.slice(0, random(text.length + 1))
  },
  spliceJson,
  spliceJson,
]

describe('ten thousand mutants', () => {
  const random = createRandom(0x70c3)
  const mutants = Array.from({ length: 10_000 }, () => {
    let { text } = pick(TOKENS, random)
    for (let count = random(4); count >= 0; count--) text = pick(MUTATIONS, random)(text, random)
    return text
  })

  it('are read, or named, and what is read is right', () => {
    let read = 0
    let changed = 0
    for (const mutant of mutants) {
      const direct = readToken(mutant)
      const found = readTokens(mutant, 'the input')
      for (const token of [direct, ...found.map((one) => one.token)]) {
        if (token === undefined) continue
        expect(token.text).not.toBe('')
        for (const { part } of listParts(token)) if (checkPart(part)) read++
      }
      if (found.length === 0) {
        expect(describeNoToken(mutant).what).not.toBe('')
        changed++
      }
    }
    // or they were spoilt so much that nothing is tried
    expect(read).toBeGreaterThan(8000)
    expect(changed).toBeGreaterThan(100)
  })

  it('read as often as they are read, say the same', () => {
    for (const mutant of mutants.slice(0, 500)) {
      const [first] = readTokens(mutant, 'the input')
      if (first === undefined || first.token.kind === 'opaque') continue
      const again = readToken(first.token.text)
      expect(again && withoutSpace(again)).toEqual(withoutSpace(first.token))
    }
  })
})

/** What was repaired is not there the next time. */
function withoutSpace(token: Token): Token {
  const strip = (value: unknown): unknown => {
    if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(strip)
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        name === 'flaws' ? (inner as string[]).filter((flaw) => flaw !== 'space') : strip(inner),
      ]),
    )
  }
  return strip(token) as Token
}

it('the tokenizer of this test tells numbers apart', () => {
  const json: ExactJson = { type: 'number', raw: '1.0', value: 1 }
  expect(listPieces(writeExactJson(json))).not.toEqual(listPieces('1'))
})
