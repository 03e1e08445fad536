import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escapeControls, escapeJson, escapeLine, wrap } from '../../src/core/terminal.ts'

/** Moves the cursor, changes colours, or turns the writing around. */
const OBEYED =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/

describe('a terminal obeys nothing in a text from elsewhere', () => {
  test.each([
    ['\u001b[31mred\u001b[0m', '\\u001b[31mred\\u001b[0m'],
    ['\u001b]0;title\u0007', '\\u001b]0;title\\u0007'],
    ['over\rwritten', 'over\\u000dwritten'],
    ['\u009b31m', '\\u009b31m'],
    ['\u202eesrever', '\\u202eesrever'],
    ['\u2066a\u2069', '\\u2066a\\u2069'],
    ['zero\u200bwidth', 'zero\\u200bwidth'],
    ['\ufeffmark', '\\ufeffmark'],
    ['nul\u0000', 'nul\\u0000'],
    ['line\nand\ttab', 'line\nand\ttab'],
    ['ü 日本 🔑', 'ü 日本 🔑'],
  ])('%j', (text, expected) => {
    expect(escapeControls(text)).toBe(expected)
    expect(escapeLine(text)).toBe(expected.replace('\n', '\\n').replace('\t', '\\t'))
  })

  test('whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeControls(text)).not.toMatch(OBEYED)
        expect(escapeLine(text)).not.toMatch(/[\n\t]/)
        const json = escapeJson(JSON.stringify({ [text]: text }))
        expect(json).not.toMatch(OBEYED)
        expect(JSON.parse(json)).toEqual({ [text]: text })
      }),
    )
  })
})

describe('a long text', () => {
  test.each<[string, number, number, string]>([
    ['one two three four five', 20, 0, 'one two three four\nfive'],
    ['one two three four five six seven', 24, 4, 'one two three four\n    five six seven'],
    ['', 20, 2, ''],
    ['short', 20, 2, 'short'],
    ['a'.repeat(50), 20, 2, 'a'.repeat(50)],
    [`x ${'a'.repeat(30)} y`, 20, 2, `x\n  ${'a'.repeat(30)}\n  y`],
    ['one two three four five', 0, 0, 'one two three four\nfive'],
  ])('%j in %i columns, %i in', (text, width, indent, expected) => {
    expect(wrap(text, width, indent)).toBe(expected)
  })

  test('keeps its words', () => {
    fc.assert(
      fc.property(
        fc.lorem({ maxCount: 40 }),
        fc.integer({ min: 1, max: 120 }),
        fc.nat(12),
        (text, width, indent) => {
          const wrapped = wrap(text, width, indent)
          expect(wrapped.split(/\s+/)).toEqual(text.split(' '))
          const longest = Math.max(...text.split(' ').map((word) => word.length))
          for (const line of wrapped.split('\n')) {
            expect(line.trimStart().length).toBeLessThanOrEqual(
              Math.max(20, width - indent, longest),
            )
          }
        },
      ),
    )
  })
})
