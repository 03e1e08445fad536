import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  findMember,
  listDuplicates,
  parseExactJson,
  toPlain,
  writeExactJson,
} from '../../src/core/jwt/json/exact-json.ts'

const parse = (text: string) => {
  const json = parseExactJson(text)
  if (json === undefined) throw new Error(`no JSON: ${text.slice(0, 100)}`)
  return json
}

describe('what JSON.parse would lose', () => {
  it.each([
    '{"n":9007199254740993}',
    '[1.0,1E3,1e400,-0,0.10,-1.5e-7]',
    '{"b":1,"2":"x","1":"y"}',
    '{"sub":"a","sub":"b"}',
    '{"\\u0061":"\\/\\u00e9\\ud800\\n"}',
    '{"__proto__":{"a":1},"constructor":2}',
    '{"":{"":[]},"x":{}}',
    '"a\u2028b\u007f"',
    'true',
    'null',
    '-12.50',
  ])('%s stays as it is', (text) => {
    expect(writeExactJson(parse(text))).toBe(text)
  })

  it('white space between goes, and comes back as indentation', () => {
    const text = ' {\r\n "a" : [ 1.0 ,\t{ } ] , "a":[ ],"b":{"c": "d"}}\n'
    expect(writeExactJson(parse(text))).toBe('{"a":[1.0,{}],"a":[],"b":{"c":"d"}}')
    expect(writeExactJson(parse(text), 2)).toBe(
      '{\n  "a": [\n    1.0,\n    {}\n  ],\n  "a": [],\n  "b": {\n    "c": "d"\n  }\n}',
    )
  })

  it('indents as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(4), (text, indent) => {
        const value = JSON.parse(text)
        const normal = JSON.stringify(value)
        expect(writeExactJson(parse(normal), indent)).toBe(JSON.stringify(value, null, indent))
      }),
    )
  })
})

describe('what is JSON', () => {
  it.each([
    '',
    ' ',
    '{',
    '[',
    '"',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,}',
    '[1,]',
    '[,1]',
    '[1 2]',
    "{'a':1}",
    '{a:1}',
    '01',
    '1.',
    '.5',
    '+1',
    '1e',
    '-',
    '0x10',
    'NaN',
    'Infinity',
    'nul',
    'True',
    'undefined',
    '"\n"',
    '"\t"',
    '"\\x41"',
    '"\\u12"',
    '"\\',
    '"a\\"',
    '{}{}',
    '1 1',
    '{} x',
    '\ufeff{}',
    '\u00a0{}',
    '// a\n{}',
    '[1]]',
  ])('%j is none', (text) => {
    expect(parseExactJson(text)).toBeUndefined()
    expect(() => JSON.parse(text)).toThrow()
  })

  it('is what JSON.parse takes, and says the same', () => {
    const piece = fc.constantFrom(
      ...['{', '}', '[', ']', ':', ',', '"', '\\', '"a"', '1', '-', '.', 'e', '0', 'true', 'null'],
      ...[' ', '\n', '\\u00', '"__proto__"', '""', '1.50', 'x', '\u0001'],
    )
    const texts = fc.oneof(
      fc.json(),
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      fc
        .tuple(fc.json(), fc.nat(), piece)
        .map(
          ([text, at, other]) =>
            text.slice(0, at % text.length) + other + text.slice((at % text.length) + 1),
        ),
    )
    let valid = 0
    fc.assert(
      fc.property(texts, (text) => {
        let expected: unknown
        try {
          expected = JSON.parse(text)
        } catch {
          expect(parseExactJson(text)).toBeUndefined()
          return
        }
        valid++
        const json = parse(text)
        const plain = toPlain(json)
        expect(plain).toEqual(expected)
        expect(JSON.stringify(plain)).toBe(JSON.stringify(expected))
        expect(JSON.parse(writeExactJson(json))).toEqual(expected)
      }),
      { numRuns: 3000 },
    )
    expect(valid).toBeGreaterThan(500)
  })
})

describe('without end', () => {
  const nest = (depth: number, open: string, close: string): string =>
    open.repeat(depth) + 1 + close.repeat(depth)

  it.each([
    ['[', ']'],
    ['{"a":', '}'],
  ])('%s is read to a limit', (open, close) => {
    expect(writeExactJson(parse(nest(200, open, close)))).toBe(nest(200, open, close))
    expect(parseExactJson(nest(201, open, close))).toBeUndefined()
  })

  it.each(['[', '{', '{"a":', '"', '"\\', '-', '1', '[[],', '{"a":1,', ' ', '\\'])(
    'two megabytes of %s',
    (unit) => {
      const text = unit.repeat(Math.ceil(2_000_000 / unit.length))
      // a number of any length is one
      expect(parseExactJson(text)?.type).toBe(unit === '1' ? 'number' : undefined)
    },
  )

  it('a long list is as good as a short one', () => {
    const text = `[${'{"a":[1.0,"\\u0041"]},'.repeat(50_000)}0]`
    expect(writeExactJson(parse(text))).toBe(text)
  })
})

describe('members', () => {
  const json = parse('{"a":1,"b":{"c":2,"c":{"d":1,"d":2}},"a":3,"l":[{"x":1,"x":2},0],"n":null}')

  it('the last of a name counts', () => {
    expect(findMember(json, 'a')).toEqual({ type: 'number', raw: '3', value: 3 })
    expect(findMember(json, 'n')).toEqual({ type: 'literal', raw: 'null', value: null })
    expect(findMember(json, 'toString')).toBeUndefined()
    expect(findMember(parse('[1]'), '0')).toBeUndefined()
    expect(findMember(undefined, 'a')).toBeUndefined()
  })

  it('the doubled ones, by their path, once each', () => {
    expect(listDuplicates(json)).toEqual(['b.c', 'b.c.d', 'a', 'l.0.x'])
    expect(listDuplicates(parse('{"a":{"b":1},"c":{"b":1}}'))).toEqual([])
    expect(listDuplicates(parse('{"a":1,"\\u0061":2,"a":3}'))).toEqual(['a'])
  })

  it('__proto__ is one like any other', () => {
    const plain = toPlain(parse('{"__proto__":{"admin":true},"a":1}')) as Record<string, unknown>
    expect(Object.keys(plain)).toEqual(['__proto__', 'a'])
    expect(plain.admin).toBeUndefined()
    expect(Object.getPrototypeOf(plain)).toBe(Object.prototype)
  })
})
