import { describe, expect, test } from 'vitest'
import { TokenError } from '../../src/core/error.ts'
import type { ProfileDocument } from '../../src/core/file/document.ts'
import { parseDocument } from '../../src/io/profile/document.ts'

function parse(source: string | Uint8Array): ProfileDocument {
  const bytes = typeof source === 'string' ? new TextEncoder().encode(source) : source
  return parseDocument(bytes, {
    file: '/w/tokentool.yaml',
    shown: 'tokentool.yaml',
    origin: 'named',
  })
}

function refuse(source: string | Uint8Array): TokenError {
  try {
    parse(source)
  } catch (error) {
    expect(error).toBeInstanceOf(TokenError)
    if (error instanceof TokenError) {
      expect(error.code).toBe('file_invalid')
      return error
    }
  }
  throw new Error('this was accepted')
}

/** Every mistake, a line each, without the file's name. */
function mistakesOf(source: string | Uint8Array): string[] {
  const { message, details } = refuse(source)
  const means = [details.means ?? []].flat()
  const lines = means.length === 0 ? [message] : means
  return lines.map((line) => line.replace(/^tokentool\.yaml[: ]/, ''))
}

describe('what is read', () => {
  test.each<[string, string, unknown]>([
    ['YAML', 'a: 1\nb: [x, null, true]\n', { a: 1, b: ['x', null, true] }],
    ['JSON', '{"a": {"b": [1, "\\u00e9\\/\\ud83d\\ude00"]}}', { a: { b: [1, 'é/😀'] } }],
    ['JSON with tabs', '{\n\t"a": {\n\t\t"b": [\n\t\t\t1\n\t\t]\n\t}\n}\n', { a: { b: [1] } }],
    [
      'a byte order mark and CRLF',
      '\ufeffa: 1\r\nb:\r\n  c: |\r\n    x\r\n',
      { a: 1, b: { c: 'x\n' } },
    ],
    ['no newline at the end', 'a: b', { a: 'b' }],
    ['one document with its marks', '---\na: 1\n...\n', { a: 1 }],
    ['words that YAML 1.1 took for booleans', 'a: yes\nb: on\n', { a: 'yes', b: 'on' }],
    ['the same under its directive', '%YAML 1.1\n---\na: yes\n', { a: 'yes' }],
    [
      'names of any sort',
      '1: a\ntrue: b\nnull: c\n1.10: d\n',
      { 1: 'a', true: 'b', null: 'c', '1.10': 'd' },
    ],
    [
      'placeholders in block style',
      'a: ${env:A:-x}\nb:\n  - ${b}/c\n',
      { a: '${env:A:-x}', b: ['${b}/c'] },
    ],
    ['quoted placeholders', 'a: { b: "${c}", d: ["${e}"] }\n', { a: { b: '${c}', d: ['${e}'] } }],
    ['a tag for text', 'a: !!str 010\n', { a: '010' }],
    ['aliases', 'a: &x {b: 1}\nc: *x\nd: [*x]\n', { a: { b: 1 }, c: { b: 1 }, d: [{ b: 1 }] }],
    ['an alias as a name', 'a: &x b\n*x : c\n', { a: 'b', b: 'c' }],
  ])('%s', (_, source, data) => {
    expect(parse(source).data).toEqual(data)
  })

  test('<< merges: own names win, then the earlier map; in quotes it is a name', () => {
    const source = `
a: &a { x: 1, y: 1 }
b: &b { y: 2, z: 2 }
c: { <<: [*a, *b], x: 3 }
d: { "<<": 4 }
`
    expect(parse(source).data).toMatchObject({ c: { x: 3, y: 1, z: 2 }, d: { '<<': 4 } })
  })

  test('a name like constructor is a name, and reaches no prototype', () => {
    const { data } = parse('constructor: 1\ntoString: 2\nprototype: {polluted: 3}\n')
    expect(Object.getPrototypeOf(data)).toBeNull()
    expect(data).toEqual({ constructor: 1, toString: 2, prototype: { polluted: 3 } })
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  test('the folder is that of the file', () => {
    expect(parse('a: 1')).toMatchObject({
      folder: '/w',
      file: '/w/tokentool.yaml',
      origin: 'named',
    })
  })
})

describe('places', () => {
  const document = parse(
    `# a comment
profiles:
  va:
    scopes:
      - one
      - "two"
    icn: 12
  copy: { <<: &base { a: 1 }, b: 2 }
other: *base
`,
  )
  test.each<[readonly (string | number)[], 'key' | 'value', string]>([
    [[], 'value', '2:1'],
    [['profiles'], 'key', '2:1'],
    [['profiles', 'va'], 'key', '3:3'],
    [['profiles', 'va'], 'value', '4:5'],
    [['profiles', 'va', 'scopes', 1], 'value', '6:9'],
    [['profiles', 'va', 'scopes', 1], 'key', '6:9'],
    [['profiles', 'va', 'icn'], 'value', '7:10'],
    // merged in: where it was written
    [['profiles', 'copy', 'a'], 'key', '8:23'],
    [['other'], 'value', '9:8'],
    [['other', 'a'], 'value', '8:26'],
    // what is not there: the name of what is around it
    [['profiles', 'va', 'issuer'], 'value', '3:3'],
    [['profiles', 'va', 'scopes', 7, 'x'], 'value', '4:5'],
    [['nowhere'], 'key', '2:1'],
  ])('%j %s', (path, of, place) => {
    const { file, line, column } = document.place(path, of)
    expect(`${line}:${column}`).toBe(place)
    expect(file).toBe('tokentool.yaml')
  })

  test('the source of a single value, as it is written', () => {
    expect(document.source(['profiles', 'va', 'scopes', 1])).toBe('"two"')
    expect(document.source(['profiles', 'va', 'icn'])).toBe('12')
    expect(document.source(['other', 'a'])).toBe('1')
    expect(document.source(['profiles', 'va'])).toBeUndefined()
    expect(document.source(['nowhere'])).toBeUndefined()
  })
})

describe('mistakes', () => {
  const NUMBER = 'YAML would change this number; put it in quotes'
  const SECOND = 'a second "name: value" in one line; a text with ": " in it needs quotes'
  const TAB = 'a tab stands in the indentation; use spaces'
  const COMMA = 'a comma or a ":" is missing here; a text with ": " in it needs quotes'
  const WRONG = 'this does not belong here; a text with special characters needs quotes'
  const INDENT = 'this line is not indented like its neighbours'
  const open = (sign: string) => `the ${sign} that is opened here is not closed`

  test.each<[string, string, string[]]>([
    ['tab', 'a:\n\tb: c\n', [`2:1 ${TAB}`]],
    ['tabs', 'a:\n\tb: c\n\td: e\n', [`2:1 ${TAB}`, `3:1 ${TAB}`]],
    ['a tab after spaces', 'a:\n  - x\n \t- y\n', [`3:2 ${TAB}`]],
    [
      'a name twice',
      'a: 1\nb: {c: 1, c: 2}\na: 3\n',
      ['2:11 b.c: stands here for the second time', '3:1 a: stands here for the second time'],
    ],
    ['a name twice in JSON', '{"a": 1,\n "a": 2}', ['2:2 a: stands here for the second time']],
    [
      'two documents',
      'a: 1\n---\nb: 2\n',
      ['2:1 a second document begins here; a profile file is one document'],
    ],
    ['a list of maps', '- a: b\n', ['1:1 a profile file is a map of names, but this is a list']],
    ['a list', '- a\n', ['1:1 a profile file is a map of names, but this is a list']],
    ['a word', 'hello', ['1:1 a profile file is a map of names, but this is a single value']],
    [
      'no space',
      'a:b',
      [
        '1:1 a profile file is a map of names, but this is a single value; a space is missing after the ":"',
      ],
    ],
    ['no space further down', 'a: b\nc:d\n', ['2:1 a space is missing after the ":"']],
    [
      'a tag',
      'a: !secret x\n',
      ['1:4 a tag has no meaning here; a text that begins with ! needs quotes'],
    ],
    [
      'a tag that YAML knows',
      'a: !!binary aGk=\n',
      ['1:4 a tag has no meaning here; a text that begins with ! needs quotes'],
    ],
    [
      'an unknown alias',
      'a:\n  - *b\n',
      [
        '2:5 a[0]: no anchor (&name) of this name stands before this alias; a text that begins with * needs quotes',
      ],
    ],
    ['an alias of itself', 'a: &a [*a]\n', ['1:8 a[0]: this alias stands inside of what it names']],
    ['a merge of no map', 'a: {<<: 3}\n', ['1:9 a["<<"]: only a map of names can be merged']],
    ['__proto__', 'a:\n  __proto__: {b: 1}\n', ['2:3 a.__proto__: no value can have this name']],
    ['__proto__ in JSON', '{"__proto__": 1}', ['1:2 __proto__: no value can have this name']],
    [
      'a list as a name',
      '? [a]\n: b\n',
      ['1:3 a name is text, not a list, a map or an alias; put it in quotes'],
    ],
    ['no name', ': b\n', ['1:1 a name is missing before this ":"']],
    ['a quote that stays open', 'a: "b\nc: d\n', [`1:4 ${open('"')}`]],
    ['an apostrophe that stays open', "a: 'it''s\nb: c\n", [`1:4 ${open("'")}`]],
    ['an escaped quote at the end', 'a: "b\\"\nc: d\n', [`1:4 ${open('"')}`]],
    ['a brace that stays open', 'a: { b: 1\nc: 2\n', [`1:4 ${open('{')}`]],
    ['a bracket that stays open', 'a: { b: [1, 2 }\nc: 2\n', [`1:9 ${open('[')}`]],
    ['JSON cut off', '{"a": [1', [`1:7 ${open('[')}`]],
    ['JSON cut off in a text', '{"a": "x}', [`1:7 ${open('"')}`]],
    ['no comma', '{"a": 1 "b": 2}', [`1:7 ${COMMA}`]],
    ['no colon', '{"a" 1}', [`1:6 ${COMMA}`]],
    ['too many braces', '{"a": 1}}', [`1:9 ${WRONG}`]],
    ['what follows a quote', 'a: "b" c\n', [`1:8 ${WRONG}`]],
    ['a colon in a text', 'a: b: c\n', [`1:4 ${SECOND}`]],
    ['no colon after a name', 'a: 1\nb\nc: 2\n', ['2:1 a ":" is missing after the name']],
    [
      'a name alone at the top',
      'b\na: 1\n',
      ['1:1 a name stands in one line with its ":"; is one missing here, or a quote?'],
    ],
    ['no space after -', 'a:\n- b\n-c\n', ['3:1 a space is missing after the -']],
    ['a list behind a name', 'a: - b\n', ['1:4 a list begins on a line of its own']],
    ['indentation', 'a:\n    b: c\n   d: e\n', [`3:1 ${INDENT}`]],
    ['names below a list', 'a:\n  - b\n  c: d\n', [`3:1 ${INDENT}`]],
    [
      'names below a value',
      'a: b\n  c: d\n',
      ['1:4 the next line is indented as if it went on with this value'],
    ],
    [
      'a path of Windows',
      'a: "C:\\Users"\n',
      ['1:7 a \\ in double quotes begins an escape: write \\\\, or use single quotes'],
    ],
    ['@', 'a: @b\n', ['1:4 a text that begins with @ needs quotes']],
    ['a backtick', 'a: `b`\n', ['1:4 a text that begins with ` needs quotes']],
    ['%', '%b\na: 1\n', ['1:1 a line that begins with % is not for a profile file']],
    ['#', 'a: "b"#c\n', ['1:7 a space is missing before the #; a text with # in it needs quotes']],
    [
      '**',
      'a: **\n',
      [
        '1:4 a: no anchor (&name) of this name stands before this alias; a text that begins with * needs quotes',
      ],
    ],
    [
      'a control character',
      'a: b\nc: \u001b[31m\n',
      ['2:4 a control character stands here (U+001B)'],
    ],
    ['carriage returns alone', 'a: b\rc: d\r', ['1:5 a control character stands here (U+000D)']],
    [
      'ids that YAML takes for numbers',
      'a: 010\nb: 12345678901234567890\nc: [88e6]\nd: .inf\ne: 0x1f\nf: 1.10\nok: [1.5, -3, +3, 0]\n',
      [
        `1:4 a: ${NUMBER}`,
        `2:4 b: ${NUMBER}`,
        `3:5 c[0]: ${NUMBER}`,
        `4:4 d: ${NUMBER}`,
        `5:4 e: ${NUMBER}`,
        `6:4 f: ${NUMBER}`,
      ],
    ],
  ])('%s', (_, source, expected) => expect(mistakesOf(source)).toEqual(expected))

  test('all of a file at once, in order, counted', () => {
    const { message, details } = refuse('a: @b\nb:\n  - x\n  c: d\ne: `f\n')
    expect(message).toBe('tokentool.yaml has 3 mistakes')
    expect(details.means).toEqual([
      'tokentool.yaml:1:4 a text that begins with @ needs quotes',
      `tokentool.yaml:4:1 ${INDENT}`,
      'tokentool.yaml:5:4 a text that begins with ` needs quotes',
    ])
  })
})

describe('placeholders inside { } and [ ]', () => {
  const first = (mended: string) => `\${…} inside { } or [ ] needs quotes: ${mended}`
  test.each<[string, string, string[]]>([
    [
      'the first mistake everyone makes',
      'a:\n  b: { icn: ${env:ICN}, c: d }\n',
      [`2:13 ${first('icn: "${env:ICN}"')}`],
    ],
    [
      'its default is not repeated',
      'b: { icn: ${env:ICN:-1012667122V019349} }\n',
      [`1:11 ${first('icn: "${env:ICN:-…}"')}`],
    ],
    [
      'nor a command',
      'b: { key: ${command:op read x --pw hunter2} }',
      [`1:11 ${first('key: "${command:…}"')}`],
    ],
    [
      'nor the text around it',
      'b: { u: https://h/${a}/hunter2 }\n',
      [`1:9 ${first('u: "…${a}…"')}`],
    ],
    [
      'in a list',
      'b: [${a}, "x", ${scopes|space?}]\n',
      [`1:5 ${first('"${a}"')}`, `1:16 ${first('"${scopes|space?}"')}`],
    ],
    ['several in one value', 'b: [${a}-${b} ${c}]\n', [`1:5 ${first('"${a}…${b} ${c}"')}`]],
    [
      'on several lines',
      'b: {\n  x: ${a},\n  y: ${b}\n}\nc: { z: ${d} }\n',
      [`2:6 ${first('x: "${a}"')}`, `3:6 ${first('y: "${b}"')}`, `5:9 ${first('z: "${d}"')}`],
    ],
    [
      'with the brace not closed',
      'a: {b: ${c}\nd: e\n',
      ['1:4 the { that is opened here is not closed', `1:8 ${first('b: "${c}"')}`],
    ],
  ])('%s', (_, source, expected) => {
    expect(mistakesOf(source)).toEqual(expected)
  })
})

describe('files of another sort', () => {
  test.each<[string, Uint8Array | string, string]>([
    ['nothing', '', 'is empty'],
    ['a comment', '# hello\n\n', 'is empty'],
    ['a mark', '---\n', 'is empty'],
    ['null', 'null', 'is empty'],
    ['UTF-16', Uint8Array.from([0xff, 0xfe, 0x61, 0, 0x3a, 0]), 'is UTF-16'],
    ['UTF-16, the other way', Uint8Array.from([0xfe, 0xff, 0, 0x61]), 'is UTF-16'],
    ['binary', Uint8Array.from([0x61, 0, 0x62]), 'is binary, not YAML or JSON'],
    [
      'Latin-1',
      Uint8Array.from([0x61, 0x0a, 0x62, 0x3a, 0x20, 0xe9, 0x0a]),
      '2:4 this is not UTF-8',
    ],
    ['one byte too many', `a: ${'x'.repeat(256 * 1024 - 2)}`, 'is larger than 256 KiB'],
  ])('%s', (_, source, message) => {
    const [mistake, ...others] = mistakesOf(source).slice(0, 1)
    expect(others).toEqual([])
    expect(refuse(source).message.replace(/^tokentool\.yaml[: ]/, '')).toBe(message)
    expect(mistake).toBeDefined()
  })

  test('256 KiB are read', () => {
    expect(parse(`a: ${'x'.repeat(256 * 1024 - 3)}`).data).toHaveProperty('a')
  })

  test('an empty file is told how to begin', () => {
    expect(refuse('').details.fix).toBe('tokentool init')
  })
})

describe('what would bring the parser down', () => {
  const nested = (depth: number) => `a: ${'['.repeat(depth)}${']'.repeat(depth)}`
  const stairs = (depth: number) =>
    Array.from({ length: depth }, (_, level) => `${' '.repeat(level)}a:`).join('\n')

  test('64 levels are read, 65 are not', () => {
    expect(parse(nested(63)).data).toHaveProperty('a')
    expect(parse(stairs(64)).data).toHaveProperty('a')
    expect(mistakesOf(nested(64))).toEqual(['1:67 is nested more than 64 levels deep'])
    expect(mistakesOf(`${stairs(65)} 1`)).toEqual(['65:66 is nested more than 64 levels deep'])
  })

  // two of them in one process used to end it, past any catch
  test.each([1, 2])('a hundred thousand brackets, round %i', () => {
    for (const unit of ['[', '{', '{a: ', '[{a: ', '- ', '? ', '- ? ', '{"a":[']) {
      const source = unit.repeat(Math.min(100_000, Math.floor((256 * 1024) / unit.length)))
      expect(mistakesOf(source)).toEqual([expect.stringMatching(/levels deep$/)])
    }
    const deep = stairs(10_000).slice(0, 256 * 1024)
    expect(mistakesOf(deep)).toEqual(['65:66 is nested more than 64 levels deep'])
  })

  test('brackets in comments and quotes are no nesting, and close nothing', () => {
    const row = '['.repeat(100)
    expect(parse(`# ${row}\na: "${row}"\nb: it's ${row}\nc: |\n  ${row}\n`).data).toHaveProperty(
      'c',
    )
    const hidden = '[ #]\n'.repeat(100)
    expect(mistakesOf(`a:\n ${hidden.replaceAll('\n', '\n ')}`)).toEqual([
      expect.stringMatching(/levels deep$/),
    ])
  })

  test('a billion laughs', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let level = 1; level < 10; level++) {
      const aliases = Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')
      lines.push(`a${level}: &a${level} [${aliases}]`)
    }
    expect(mistakesOf(lines.join('\n'))).toEqual([
      '5:10 a4[0]: aliases here stand for more than 20000 values in all',
    ])
  })

  test('a billion laughs by <<', () => {
    const lines = ['a0: &a0 {x: 1}']
    for (let level = 1; level < 40; level++) {
      lines.push(`a${level}: &a${level} {<<: [*a${level - 1}, *a${level - 1}], k${level}: 1}`)
    }
    expect(mistakesOf(lines.join('\n'))).toEqual([
      expect.stringMatching(/aliases here stand for more than 20000 values/),
    ])
  })

  test('many names take no time that grows with the square', () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `n${index}: 1`).join('\n')
    expect(Object.keys(Object(parse(names).data))).toHaveLength(20_000)
    // the library compares each with each, which takes minutes here
  })

  test('variables that make the parser log what it reads make it log nothing', () => {
    const written: unknown[] = []
    const { log, dir } = console
    console.log = console.dir = (...words: unknown[]) => written.push(words)
    process.env.LOG_TOKENS = process.env.LOG_STREAM = '1'
    try {
      parse('a: b')
      expect(process.env.LOG_TOKENS).toBe('1')
    } finally {
      console.log = log
      console.dir = dir
      delete process.env.LOG_TOKENS
      delete process.env.LOG_STREAM
    }
    expect(written).toEqual([])
  })
})
