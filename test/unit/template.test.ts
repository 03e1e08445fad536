import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TokenError } from '../../src/core/error.ts'
import type { Template } from '../../src/core/provider.ts'
import { Hidden } from '../../src/core/secret/hidden.ts'
import { Secrets } from '../../src/core/secret/secrets.ts'
import { fill, type Source } from '../../src/core/template/filling.ts'
import {
  listPlaceholders,
  type Placeholder,
  parseTemplate,
} from '../../src/core/template/template.ts'
import { reveal, type Value } from '../../src/core/template/value.ts'
import { hash, NOW, refusal } from '../support/tools.ts'

const secrets = new Secrets(hash)

const NAMES: Readonly<Record<string, Value>> = {
  base_url: 'https://api.example/base',
  host: 'https://h.example:8443',
  name: 'a b/c',
  umlaut: 'ü%&+',
  count: 5,
  yes: true,
  list: ['a', 'b c'],
  none: [],
  object: { a: [1, { b: 'x"y' }] },
  dotted: 'a.b.c',
  secret: secrets.hide('p@ss w"rd', 'secret', 'secret'),
  secrets: [secrets.hide('first secret', 'one', 'secret'), 'second'],
}

const ENV: Readonly<Record<string, string>> = { SET: 'value', EMPTY: '', LIST: 'a|b' }

function makeSource(more: Partial<Source> = {}): Source {
  let count = 0
  return {
    name(path) {
      const [first = '', ...rest] = path
      if (first === 'absent') return undefined
      let value: Value | undefined = NAMES[first]
      if (value === undefined) throw new TokenError('placeholder_unknown', `nobody knows ${first}`)
      for (const part of rest) value = (value as Record<string, Value> | undefined)?.[part]
      return value
    },
    env: (name) => ENV[name],
    file: (path) => `contents of ${path}`,
    command: (line) => `output of ${line}`,
    now: NOW,
    uuid: () => `uuid-${++count}`,
    missing({ text }: Placeholder): never {
      throw new TokenError('field_missing', text)
    },
    secrets,
    hideSources: false,
    ...more,
  }
}

const run = (template: Template): unknown => {
  const value = fill(template, makeSource())
  return value === undefined ? undefined : reveal(value)
}

describe('a template is filled in', () => {
  test.each<[Template, unknown]>([
    // without a placeholder
    ['', ''],
    ['plain', 'plain'],
    ['$', '$'],
    ['a $ b $$ c', 'a $ b $$ c'],
    ['{x}', '{x}'],
    [7, 7],
    [null, null],
    [true, true],
    // the literal
    ['$${name}', '${name}'],
    ['a $${ b', 'a ${ b'],
    ['$${name} and ${count}', '${name} and 5'],
    // a lone placeholder keeps its type
    ['${count}', 5],
    ['${yes}', true],
    ['${list}', ['a', 'b c']],
    ['${object}', { a: [1, { b: 'x"y' }] }],
    ['${object.a}', [1, { b: 'x"y' }]],
    // in other text it is text; lists and objects as JSON
    ['x ${count}', 'x 5'],
    ['${yes}!', 'true!'],
    ['${list}.', '["a","b c"].'],
    ['${object}.', '{"a":[1,{"b":"x\\"y"}]}.'],
    ['${secrets}.', '["first secret","second"].'],
    ['${name}${count}', 'a b/c5'],
    // the environment, as in a shell
    ['${env:SET}', 'value'],
    ['${env:EMPTY}', ''],
    ['${env:EMPTY:-default}', 'default'],
    ['${env:EMPTY?}', ''],
    ['${env:SET:-default}', 'value'],
    ['${env:NONE:-default}', 'default'],
    ['${env:NONE:-}', ''],
    ['${env:NONE:-a|b}', 'a|b'],
    ['${env:NONE:-a|upper}', 'A'],
    ['${env:NONE:-a:-b}', 'a:-b'],
    ['${env:NONE:-a b/c?}', 'a b/c?'],
    ['${env:NONE:-{"a":{"b":1}}}', '{"a":{"b":1}}'],
    ['${env:SET:-{"a":1}}', 'value'],
    ['${env:NONE:-a}b}', 'ab}'],
    ['${env:SET:?ask ops}', 'value'],
    ['${env:LIST}', 'a|b'],
    ['${env:NONE?}', undefined],
    ['x${env:NONE?}', undefined],
    ['${env:NONE|text?}', undefined],
    ['${env:NONE?|text}', undefined],
    // files and commands
    ['${file:./a b.txt}', 'contents of ./a b.txt'],
    ['${file:box.json#a.b}', 'contents of box.json#a.b'],
    ['${file:x|upper}', 'CONTENTS OF X'],
    ["${command:op read 'op://v/i|upper'}", "output of op read 'op://v/i|upper'"],
    ["${command:awk '{print $1}' f}", "output of awk '{print $1}' f"],
    // time
    ['${now}', NOW],
    ['${now+300}', NOW + 300],
    ['${now-10}', NOW - 10],
    ['${now|ms}', NOW * 1000],
    ['${now+1|ms|text}', `${NOW + 1}000`],
    ['${now|text}', `${NOW}`],
    ['at ${now}', `at ${NOW}`],
    ['${uuid}', 'uuid-1'],
    ['${uuid} ${uuid}', 'uuid-1 uuid-2'],
    ['${uuid|upper}', 'UUID-1'],
    // filters
    ['${list|space}', 'a b c'],
    ['${list|comma}', 'a,b c'],
    ['${name|list}', ['a b/c']],
    ['${list|list}', ['a', 'b c']],
    ['${none|space}', ''],
    ['${none|space?}', undefined],
    ['${none|list?}', []],
    ['${count|text}', '5'],
    ['${yes|text}', 'true'],
    ['${list|text}', ['a', 'b c']],
    ['${count|ms}', 5000],
    ['${umlaut|upper}', 'Ü%&+'],
    ['${list|upper}', ['A', 'B C']],
    ['${umlaut|base64}', Buffer.from('ü%&+').toString('base64')],
    ['${umlaut|urlencode}', '%C3%BC%25%26%2B'],
    ['${dotted|dashes}', 'a-b-c'],
    ['${dotted|dashes|upper}', 'A-B-C'],
    ['${secret|base64}', Buffer.from('p@ss w"rd').toString('base64')],
    ['${secrets|space}', 'first secret second'],
    ['${absent|space?}', undefined],
    ['${absent?}', undefined],
    // members and items of what has no value are left out, what is around them stays
    [{ a: '${absent?}', b: '${count}' }, { b: 5 }],
    [{ a: { b: { c: '${absent?}' } } }, { a: { b: {} } }],
    [['${absent?}', '${count}'], [5]],
    [[['${absent?}']], [[]]],
    // keys
    [{ '${dotted}-x': 1 }, { 'a.b.c-x': 1 }],
    [{ '${absent?}': 1, b: 2 }, { b: 2 }],
    [{ 'x-${absent?}': 1, b: 2 }, { b: 2 }],
    [{ '${list|each}': true }, { a: true, 'b c': true }],
    [
      { 'https://x.example/${list|each}': '${count}' },
      { 'https://x.example/a': 5, 'https://x.example/b c': 5 },
    ],
    [{ '${list|each}-${count}': 1 }, { 'a-5': 1, 'b c-5': 1 }],
    [{ '${list|each}-${absent?}': 1 }, {}],
    [{ '${name|each}': 1 }, { 'a b/c': 1 }],
    [{ '${none|each}': 1 }, {}],
    [{ '${absent|each?}': 1 }, {}],
    [
      { $$: 1, '$${x}': 2 },
      { $$: 1, '${x}': 2 },
    ],
  ])('%j → %j', (template, expected) => {
    expect(run(template)).toEqual(expected)
  })

  test('__proto__ is a member like any other', () => {
    const template = JSON.parse('{"__proto__":{"polluted":"${count}"}}') as Template
    const filled = run(template) as object
    expect(Object.keys(filled)).toEqual(['__proto__'])
    expect(JSON.stringify(filled)).toBe('{"__proto__":{"polluted":5}}')
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})

describe('a value inside a URL', () => {
  test.each([
    ['${base_url}/v0/${name}/token', 'https://api.example/base/v0/a%20b%2Fc/token'],
    ['${base_url}', 'https://api.example/base'],
    ['${base_url}${name}', 'https://api.example/basea b/c'],
    ['${host}/x?scope=${list|space}&n=${count}', 'https://h.example:8443/x?scope=a%20b%20c&n=5'],
    ['https://x.example/${umlaut}', 'https://x.example/%C3%BC%25%26%2B'],
    ['https://x.example?q=${name}', 'https://x.example?q=a%20b%2Fc'],
    ['https://x.example#${name}', 'https://x.example#a%20b%2Fc'],
    ['HTTPS://x.example/${name}', 'HTTPS://x.example/a%20b%2Fc'],
    // the host is no segment of a path
    ['https://${env:NONE:-t1}.example:${count}/a', 'https://t1.example:5/a'],
    ['https://${dotted}/a/${name}', 'https://a.b.c/a/a%20b%2Fc'],
    // and this is no URL
    ['see /${name}', 'see /a b/c'],
    ['${name}/${name}', 'a b/c/a b/c'],
    ['urn:x:${name}', 'urn:x:a b/c'],
  ])('%s → %s', (template, expected) => {
    expect(run(template)).toBe(expected)
  })

  test('stays hidden when it is secret', () => {
    const url = fill('${base_url}/t/${secret}', makeSource())
    expect(url).toBeInstanceOf(Hidden)
    expect(`${url}`).toBe('https://api.example/base/t/«hidden»')
    expect((url as Hidden).reveal()).toBe('https://api.example/base/t/p%40ss%20w%22rd')
  })
})

describe('what cannot be filled in', () => {
  test.each([
    ['${absent}', 'field_missing'],
    ['x${absent}', 'field_missing'],
    ['${env:NONE}', 'field_missing'],
    ['${env:EMPTY:?ask ops}', 'field_missing'],
    ['${nobody}', 'placeholder_unknown'],
    ['${', 'placeholder_unknown'],
    ['${x', 'placeholder_unknown'],
    ['${env:A:-{}', 'placeholder_unknown'],
    ['${}', 'placeholder_unknown'],
    ['${ name }', 'placeholder_unknown'],
    ['${a b}', 'placeholder_unknown'],
    ['${1a}', 'placeholder_unknown'],
    ['${a..b}', 'placeholder_unknown'],
    ['${now+}', 'placeholder_unknown'],
    ['${now + 5}', 'placeholder_unknown'],
    ['${env:}', 'placeholder_unknown'],
    ['${env:a-b}', 'placeholder_unknown'],
    ['${env:A-b}', 'placeholder_unknown'],
    ['${env:A:-${name}}', 'placeholder_unknown'],
    ['${env:A:?${name}}', 'placeholder_unknown'],
    ['${name|uper}', 'placeholder_unknown'],
    ['${name|upper|}', 'placeholder_unknown'],
    ['${env:SET|uper}', 'placeholder_unknown'],
  ])('%s', (template, code) => {
    expect(refusal(() => run(template)).code).toBe(code)
    expect(refusal(() => run({ a: [template] })).code).toBe(code)
  })

  test.each([
    ['${name|uper}', 'there is no filter |uper; there are space comma list'],
    ['${env:SET|uper}', 'there is no filter |uper; there are space comma list'],
    ['${env:A-b}', 'a variable is written ${env:NAME} or ${env:NAME:-default}'],
    ['${env:A:-${b}}', 'a default is plain text: there is no placeholder inside a placeholder'],
    ['${x', 'the closing } is missing'],
    ['${a b}', 'a placeholder is ${name}, ${env:NAME}'],
  ])('%s is explained', (template, means) => {
    expect(refusal(() => run(template)).details.means).toContain(means)
  })

  test('a secret is no name', () => {
    const error = refusal(() => run({ '${secret}': 1 }))
    expect(error.code).toBe('field_invalid')
    expect(error.message).not.toContain('p@ss')
    expect(refusal(() => run({ 'x-${secrets|each}': 1 })).code).toBe('field_invalid')
  })
})

describe('what env, file and command give', () => {
  const hidden = (template: Template): Value | undefined =>
    fill(template, makeSource({ hideSources: true }))

  test.each([
    ['${env:SET}', 'value'],
    ['${env:NONE:-literal default}', 'literal default'],
    ['${file:./pin}', 'contents of ./pin'],
    ['${command:pass x}', 'output of pass x'],
  ])('%s is hidden where that is asked for', (template, value) => {
    expect(hidden(template)).toBeInstanceOf(Hidden)
    expect(`${hidden(template)}`).toBe('«hidden»')
    expect((hidden(template) as Hidden).reveal()).toBe(value)
    expect(fill(template, makeSource())).toBe(value)
  })

  test.each(['${count}', '${name}', '${now}', '${uuid}', 'plain'])('%s is not', (template) => {
    expect(hidden(template)).not.toBeInstanceOf(Hidden)
  })
})

describe('parts', () => {
  test('of a text', () => {
    expect(parseTemplate('a${b.c|upper?}d')).toEqual([
      'a',
      {
        text: '${b.c|upper?}',
        kind: 'name',
        name: 'b.c',
        plus: 0,
        fallback: undefined,
        advice: undefined,
        optional: true,
        filters: ['upper'],
      },
      'd',
    ])
    expect(parseTemplate('$${x}')).toEqual(['${x}'])
  })

  test('of a whole value, each with its path', () => {
    const found = listPlaceholders({ a: ['${b}', { 'x-${c}': 'y${d}' }], e: 5, f: null })
    expect(found.map(({ placeholder, path }) => [placeholder.name, path])).toEqual([
      ['b', ['a', 0]],
      ['c', ['a', 1, 'x-${c}']],
      ['d', ['a', 1, 'x-${c}']],
    ])
  })
})

describe('whatever is written', () => {
  const token = fc.constantFrom(
    ...['${', '$${', '}', '{', '$', 'env:', 'file:', 'command:', 'SET', 'NONE', ':-', ':?', '?'],
    ...['|', 'upper', 'base64', 'each', 'list', 'now', '+5', 'uuid', 'name', 'absent', 'secret'],
    ...['.', '/', 'https://', ' ', '\n', 'ü', '😀', '\ud800'],
  )
  const text = fc.array(token, { maxLength: 12 }).map((parts) => parts.join(''))
  const template = fc.letrec<{ template: Template }>((tie) => ({
    template: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      text,
      fc.integer(),
      fc.constant(null),
      fc.array(tie('template'), { maxLength: 3 }),
      fc.dictionary(text, tie('template'), { maxKeys: 3 }),
    ),
  })).template

  test('ends in a value or in an error of ours', () => {
    fc.assert(
      fc.property(template, fc.boolean(), (written, hideSources) => {
        try {
          const value = fill(written, makeSource({ hideSources }))
          if (value !== undefined) JSON.stringify(reveal(value))
        } catch (error) {
          if (!(error instanceof TokenError)) throw error
        }
      }),
      { numRuns: 3000 },
    )
  })

  test('text without a placeholder is itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (written) => {
        fc.pre(!written.includes('${'))
        expect(run(written)).toBe(written)
        expect(run(written.replaceAll('${', '$${'))).toBe(written)
      }),
    )
  })
})
