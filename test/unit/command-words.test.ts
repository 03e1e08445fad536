// How a command is taken apart, beside what a real shell makes of it.

import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { splitWords } from '../../src/core/template/command-words.ts'
import { parseTemplate, splitTemplate } from '../../src/core/template/template.ts'
import { refusal, tell } from '../support/tools.ts'

const LINES: readonly string[] = [
  'op read op://vault/item/field',
  '  pass   show\ta/b  ',
  `a 'b c' "d e" f\\ g`,
  `a '' "" ''b`,
  `a 'it'\\''s' "it's" 'say "x"'`,
  `a "\\$HOME \\\`x\\\` \\" \\\\ \\n" '\\n' \\n`,
  `a b\\\nc "d\\\ne"`,
  `awk '{print $1; x|y & z > $(w) \`v\`}' file`,
  `a x=1 --y='1 2' z\\|z \\$5 "\\$5"`,
  'a ü 日本 "é"',
  'a [b] {c} ^d !e %f g#@h a~b ./c?d=1',
  'a $ "b$" $. c',
]

describe('a shell and this splitting come to the same', () => {
  test.each(LINES)('%s', (line) => {
    const shown = execFileSync('sh', ['-fc', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
    expect(splitWords(line)).toEqual(shown.split('\0').slice(0, -1))
  })
})

describe('what only a shell would do is refused, and how to have one is said', () => {
  const signs: readonly [line: string, sign: string][] = [
    ['pass show a | head -1', '|'],
    ['a; b', ';'],
    ['a && b', '&'],
    ['curl https://x/?a=1&b=2', '&'],
    ['a < b', '<'],
    ['a >b', '>'],
    ['a (b)', '('],
    ['a $(b)', '$('],
    ['a "x $(b)"', '$('],
    ['a `b`', '`'],
    ['a "`b`"', '`'],
    ['cat $HOME/x', '$H'],
    ['cat "$HOME/x"', '$H'],
    ['cat ${HOME}/x', '${'],
    ['cat ~/x', '~'],
    ['a #b', '#'],
  ]
  test.each(signs)('%s', (line, sign) => {
    const error = refusal(() => splitWords(line))
    expect([error.code, error.exit]).toEqual(['field_invalid', 2])
    expect(error.message).toBe(
      `the command cannot be run: ${sign} stands in it, and no shell is involved`,
    )
    expect(tell(error)).toContain("sh -c '…'")
  })

  test.each([
    ["a 'b", "a ' has no second one"],
    ['a "b', 'a " has no second one'],
    ['a b\\', 'a \\ stands at the end'],
    ['', 'it has no words'],
    [' \n ', 'it has no words'],
    ["'' a", 'it has no words'],
    ['TOKEN=hunter2hunter2 op read', 'NAME=value in front of it'],
    ['a b\0c', 'it has a NUL in it'],
  ])('%j', (line, why) => {
    const error = refusal(() => splitWords(line))
    expect(error.message).toContain(why)
    expect(tell(error)).not.toContain('hunter2')
  })

  test('lines are broken where there is room for it', () => {
    expect(splitWords('vault\nkv\n  get')).toEqual(['vault', 'kv', 'get'])
  })

  test('a home folder in front is the path of the command, found as all paths are', () => {
    expect(splitWords('~/bin/secret a~')).toEqual(['~/bin/secret', 'a~'])
  })
})

describe('in a placeholder', () => {
  test('it takes all up to the closing brace, filters and questions included', () => {
    const text = "a${command:jq -r '.a|upper' {x}?}b"
    expect(parseTemplate(text)).toEqual([
      'a',
      expect.objectContaining({ kind: 'command', name: "jq -r '.a|upper' {x}?", filters: [] }),
      'b',
    ])
  })

  test('one that cannot be run is told as soon as the file is read', () => {
    expect(refusal(() => parseTemplate('${command:a | b}')).message).toContain('| stands in it')
  })
})

describe('words with placeholders in them', () => {
  test.each([
    ['a ${env:X} b', ['a', '${env:X}', 'b']],
    ['a "x ${env:X:-1 2}y" ${environment}', ['a', 'x ${env:X:-1 2}y', '${environment}']],
    ["a '$${b}'", ['a', '$${b}']],
  ])('%s', (line, words) => {
    expect(splitTemplate(line)).toEqual(words)
  })
})

test('a megabyte is split, or refused, at once', () => {
  expect(splitWords('a '.repeat(500_000)).length).toBe(500_000)
  expect(refusal(() => splitWords(`a ${"'".repeat(999_999)}`)).code).toBe('field_invalid')
})
