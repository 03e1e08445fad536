import { describe, expect, test } from 'vitest'
import { fileInvalid, type Mistake, showPath } from '../../src/core/file/mistake.ts'
import { checkValue, type Finding, type JsonSchema } from '../../src/core/file/schema.ts'

function check(schema: JsonSchema, value: unknown): string[] {
  const found: Finding[] = []
  checkValue(schema, value, [], (finding) => found.push(finding))
  return found.map(({ path, of, message }) => `${showPath(path) || '.'} (${of}) ${message}`)
}

const text: JsonSchema = { type: 'string' }
const list: JsonSchema = { type: 'array', items: text }

describe('types', () => {
  test.each<[string, JsonSchema, unknown, string | undefined]>([
    ['text', text, 'x', undefined],
    ['a number for text', text, 12, 'wants text, but this is a number; put it in quotes'],
    ['a boolean for text', text, true, 'wants text, but this is true; put it in quotes'],
    ['nothing for text', text, null, 'wants text, but nothing stands here'],
    ['a list for text', text, ['hunter2'], 'wants text, but this is a list'],
    ['a map for text', text, {}, 'wants text, but this is a map of names'],
    ['text for a list', list, 'hunter2', 'wants a list, but this is text'],
    [
      'text for a number',
      { type: 'number' },
      '30',
      'wants a number, but this is text; leave out the quotes',
    ],
    ['a word for a number', { type: 'number' }, 'hunter2', 'wants a number, but this is text'],
    [
      'text for a boolean',
      { type: 'boolean' },
      'true',
      'wants true or false, but this is text; leave out the quotes',
    ],
    ['a fraction', { type: 'integer' }, 1.5, 'wants a whole number, but this is a number'],
    ['a whole number', { type: 'integer' }, 2, undefined],
    ['one of several types', { type: ['string', 'array'] }, ['x'], undefined],
    [
      'none of several',
      { type: ['string', 'array', 'null'] },
      1,
      'wants text or a list, but this is a number; put it in quotes',
    ],
    ['null where it may be', { type: ['string', 'null'] }, null, undefined],
    ['only null', { type: 'null' }, 1, 'wants nothing (null), but this is a number'],
    ['anything', {}, { a: [1] }, undefined],
  ])('%s', (_, schema, value, message) => {
    expect(check(schema, value)).toEqual(message === undefined ? [] : [`. (value) ${message}`])
  })
})

describe('placeholders', () => {
  test.each<[string, JsonSchema, unknown, boolean]>([
    ['stand for a number', { type: 'number' }, '${env:N}', true],
    ['stand for a list', list, '${file:a.json#b}', true],
    ['stand for a choice', { enum: ['a', 'b'] }, '${x}', true],
    ['stand for a form', { type: 'string', pattern: '^https:' }, '${base_url}/x', true],
    ['are none when escaped', { type: 'number' }, '$${x}', false],
    ['are found behind an escaped one', { type: 'number' }, '$${x}${y}', true],
  ])('%s', (_, schema, value, accepted) => {
    expect(check(schema, value).length === 0).toBe(accepted)
  })
})

describe('maps', () => {
  const schema: JsonSchema = {
    type: 'object',
    properties: { scopes: list, issuer: { type: 'string', description: 'iss of the assertion' } },
    additionalProperties: false,
    required: ['issuer'],
  }
  test('a name nobody knows, with the nearest that is not there yet', () => {
    expect(check(schema, { issuer: 'x', scopess: [] })).toEqual([
      'scopess (key) no such field; did you mean scopes?',
    ])
    expect(check(schema, { issuer: 'x', scopes: [], scopess: [] })).toEqual([
      'scopess (key) no such field',
    ])
    expect(check(schema, { issuer: 'x', constructor: 1 })).toEqual([
      'constructor (key) no such field',
    ])
  })
  test('a name that is missing is told with what it is', () => {
    expect(check(schema, { scopes: [] })).toEqual([
      '. (key) issuer is missing (iss of the assertion)',
    ])
  })
  test('every mistake, with its path', () => {
    expect(check(schema, { issuer: 1, scopes: ['a', 2, 3], foo: 1 })).toEqual([
      'issuer (value) wants text, but this is a number; put it in quotes',
      'scopes[1] (value) wants text, but this is a number; put it in quotes',
      'scopes[2] (value) wants text, but this is a number; put it in quotes',
      'foo (key) no such field',
    ])
  })
  test('a schema for all other names', () => {
    const names: JsonSchema = { type: 'object', additionalProperties: schema }
    expect(check(names, { a: { issuer: 'x' }, 'b.c': { issuer: 'x', isuer: 1 } })).toEqual([
      '["b.c"].isuer (key) no such field',
    ])
    expect(check({ type: 'object' }, { anything: 1 })).toEqual([])
  })
})

describe('values', () => {
  test.each<[string, JsonSchema, unknown, string]>([
    [
      'a choice',
      { enum: ['form', 'json', null] },
      'jsn',
      'is not one of form, json; did you mean json?',
    ],
    ['a choice of another type', { enum: ['form', 'json'] }, 3, 'is not one of form, json'],
    ['a constant', { const: 'x' }, 'hunter2', 'must be x'],
    ['a form', { type: 'string', pattern: '^a+$' }, 'hunter2', 'does not have the form ^a+$'],
    [
      'a form in words',
      { type: 'string', pattern: '^a+$', errorHint: 'wants a word of a' },
      'b',
      'wants a word of a',
    ],
    [
      'words for a wrong type',
      { type: 'string', errorHint: 'wants a time like 5m' },
      [],
      'wants a time like 5m',
    ],
    ['a minimum', { type: 'number', minimum: 1 }, 0, 'wants 1 or more'],
    ['an empty text', { type: 'string', minLength: 1 }, '', 'is empty'],
    ['a short text', { type: 'string', minLength: 3 }, 'ab', 'wants 3 characters or more'],
    ['an empty list', { type: 'array', minItems: 1 }, [], 'is an empty list'],
    ['a short list', { type: 'array', minItems: 2 }, [1], 'wants 2 entries or more'],
  ])('%s', (_, schema, value, message) => {
    expect(check(schema, value)).toEqual([`. (value) ${message}`])
  })

  test('no message repeats the value', () => {
    for (const schema of [
      list,
      { const: 'x' },
      { enum: ['x'] },
      { pattern: '^x$' },
      { type: 'object' as const },
    ]) {
      expect(check(schema, 'hunter2').join()).not.toContain('hunter2')
    }
  })
})

describe('anyOf and $ref', () => {
  const schema: JsonSchema = {
    $defs: {
      profile: {
        type: 'object',
        properties: { provider: text, via: { $ref: '#/$defs/via' } },
        additionalProperties: false,
      },
      via: { anyOf: [text, { $ref: '#/$defs/profile' }] },
    },
    $ref: '#/$defs/profile',
  }
  test('a branch that fits', () => {
    expect(check(schema, { via: 'x' })).toEqual([])
    expect(check(schema, { via: { via: { via: 'x' } } })).toEqual([])
  })
  test('the branch of the right type speaks', () => {
    expect(check(schema, { via: { via: { provder: 'x' } } })).toEqual([
      'via.via.provder (key) no such field; did you mean provider?',
    ])
  })
  test('no branch of the right type', () => {
    expect(check(schema, { via: 3 })).toEqual([
      'via (value) wants text or a map of names, but this is a number; put it in quotes',
    ])
  })
  test('of two maps the one with fewer mistakes speaks', () => {
    const closed = (...names: string[]): JsonSchema => ({
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, text])),
      additionalProperties: false,
    })
    expect(
      check({ anyOf: [closed('x', 'y'), closed('url', 'method')] }, { url: 'a', metod: 'b' }),
    ).toEqual(['metod (key) no such field; did you mean method?'])
  })
  test('a reference to nothing is our own mistake', () => {
    expect(() => check({ $ref: '#/$defs/x' }, 1)).toThrow()
  })
})

describe('mistakes', () => {
  const at = (
    line: number,
    column: number,
    path: Mistake['path'],
    message: string,
    file = 'a.yaml',
  ) => ({
    place: { file, line, column },
    path,
    message,
  })
  test('one is the message itself', () => {
    const error = fileInvalid([
      at(9, 9, ['profiles', 'va', 'scopess'], 'no such field; did you mean scopes?'),
    ])
    expect(error.code).toBe('file_invalid')
    expect(error.message).toBe(
      'a.yaml:9:9 profiles.va.scopess: no such field; did you mean scopes?',
    )
    // the place is where to go
    expect(error.details).toEqual({ fix: ['mend line 9 of a.yaml'] })
  })
  test('several are counted, sorted, and told once', () => {
    const error = fileInvalid([
      at(10, 1, [], 'b'),
      { ...at(9, 20, ['x'], 'c'), fix: 'do this' },
      at(9, 3, ['x'], 'd'),
      { ...at(9, 3, ['x'], 'd'), fix: 'do this' },
    ])
    expect(error.message).toBe('a.yaml has 3 mistakes')
    expect(error.details).toEqual({
      means: ['a.yaml:9:3 x: d', 'a.yaml:9:20 x: c', 'a.yaml:10:1 b'],
      fix: ['do this'],
    })
  })
  test('of two files both are named; of very many the first are shown', () => {
    expect(fileInvalid([at(1, 1, [], 'x'), at(1, 1, [], 'x', 'b.yaml')]).message).toBe(
      'a.yaml and b.yaml have 2 mistakes',
    )
    const many = Array.from({ length: 500 }, (_, index) => at(index + 1, 1, [], 'x'))
    const { message, details } = fileInvalid(many)
    expect(message).toBe('a.yaml has 500 mistakes')
    expect(details.means).toHaveLength(21)
    expect(details.means?.at(-1)).toBe('and 480 more')
  })
  test.each<[Mistake['path'], string]>([
    [['profiles', 'a-b', 'scopes', 0], 'profiles.a-b.scopes[0]'],
    [['claims', 'https://x.y/z'], 'claims["https://x.y/z"]'],
    [['1a', 'b'], '["1a"].b'],
    [['a\u001b[31m\u202e"'], '["a\\u001b[31m\\u202e\\""]'],
    [['x'.repeat(1000)], `["${'x'.repeat(63)}…"]`],
    [[], ''],
  ])('a path: %j', (path, shown) => {
    expect(showPath(path)).toBe(shown)
  })
})
