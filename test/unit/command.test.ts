// Commands for real: what they may do wrong, and what of it is told.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findCommand, runCommand } from '../../src/io/command.ts'
import { createTools } from '../../src/io/tools.ts'
import { refusal, tell } from '../support/tools.ts'
import { createWorld, type TestWorld } from '../support/world.ts'

const PATH = process.env.PATH ?? '/usr/bin:/bin'
const QUICK = { time: 400, output: 1024 }

function setUp(files: Readonly<Record<string, string>> = {}): TestWorld {
  const world = createWorld([], { files, env: { PATH, MARK: 'from the environment' } })
  for (const name of Object.keys(files)) chmodSync(join(world.cwd, name), 0o700)
  return world
}

function run(line: readonly string[], world: TestWorld, input?: string): string {
  return runCommand({ words: line, folder: undefined }, world, input, QUICK)
}

const sh = (script: string): string[] => ['sh', '-c', script]

describe('what a command gets', () => {
  test('our environment, no input, no shell', () => {
    const world = setUp()
    expect(run(['printf', '%s|', '$MARK', '*', '; x'], world)).toBe('$MARK|*|; x|')
    expect(run(sh('printf %s "$MARK"'), world)).toBe('from the environment')
    expect(run(['wc', '-c'], world).trim()).toBe('0')
    expect(run(['cat'], world, 'given')).toBe('given')
  })

  test('the folder of the file it is named in', () => {
    const world = setUp({ 'bin/secret': '#!/bin/sh\nprintf "%s " "$0"\npwd\n' })
    const folder = join(world.cwd, 'bin')
    expect(runCommand({ words: ['./secret'], folder }, world)).toBe(`${folder}/secret ${folder}\n`)
    expect(runCommand({ words: ['bin/secret'], folder: undefined }, world)).toContain(world.cwd)
  })

  test('a path from home', () => {
    const world = createWorld([], { files: { '~/s': '#!/bin/sh\necho home\n' }, env: { PATH } })
    chmodSync(join(world.home, 's'), 0o700)
    expect(run(['~/s'], world)).toBe('home\n')
  })

  test('PATH is looked through, but not what is relative in it', () => {
    const world = setUp({
      'a/tool': '#!/bin/sh\necho a\n',
      'b/tool': 'no',
      tool: '#!/bin/sh\necho .',
    })
    chmodSync(join(world.cwd, 'b/tool'), 0o600)
    const [a, b] = [join(world.cwd, 'a'), join(world.cwd, 'b')]
    const find = (path: string): string =>
      findCommand({ words: ['tool'], folder: world.cwd }, { ...world, env: { PATH: path } })
    expect(find(`:.:${b}:${a}`)).toBe(join(a, 'tool'))
    expect(refusal(() => find(`${b}:.:`)).message).toBe('the command tool is not executable')
    for (const path of ['.::', relative(process.cwd(), a)]) {
      expect(refusal(() => find(path)).message).toBe('the command tool was not found')
    }
  })

  test('one that does not read its input is no failure', () => {
    expect(run(['true'], setUp(), 'x'.repeat(500_000))).toBe('')
  })
})

describe('what a command may do wrong', () => {
  const cases: readonly [name: string, words: readonly string[], message: string, rest: string][] =
    [
      ['fails', sh('exit 3'), 'the command sh failed with 3', ''],
      ['says why', sh('echo why >&2; exit 1'), 'the command sh failed with 1', 'why'],
      ['is killed', sh('kill -9 $$'), 'the command sh was ended by SIGKILL', ''],
      [
        'hangs',
        ['sleep', '30'],
        'the command sleep did not end within 0.4 s',
        'wait for an answer',
      ],
      ['will not end', sh('trap "" TERM; sleep 30'), 'the command sh did not end within 0.4 s', ''],
      ['leaves a child', sh('sleep 30 & exit 0'), 'the command sh did not end within 0.4 s', ''],
      ['floods', ['yes'], 'the command yes printed more than 1 KiB', ''],
      ['floods stderr', sh('yes >&2'), 'the command sh printed more than 1 KiB', ''],
      ['prints bytes', ['printf', '\\377'], 'the command printf printed what is not text', ''],
      ['is not there', ['no-such-tool', 'x'], 'the command no-such-tool was not found', 'PATH'],
      ['is not at its path', ['./nope'], 'the command ./nope does not exist', '/nope'],
      ['is not executable', ['./plain'], 'the command ./plain is not executable', 'chmod +x'],
      ['is a folder', ['./folder'], 'the command ./folder is not executable', ''],
      ['has no interpreter', ['./broken'], 'the command ./broken cannot be run', 'first line'],
    ]
  test.each(cases)('%s', (_name, words, message, rest) => {
    const world = setUp({ broken: '#!/no/such/shell\n' })
    writeFileSync(join(world.cwd, 'plain'), 'x')
    mkdirSync(join(world.cwd, 'folder'))
    const error = refusal(() => run(words, world))
    expect([error.code, error.exit]).toEqual(['secret_unreadable', 3])
    expect(error.message).toContain(message)
    expect(tell(error)).toContain(rest)
  })

  test('its folder is gone', () => {
    const error = refusal(() => runCommand({ words: ['true'], folder: '/no/such' }, setUp()))
    expect(error.message).toBe('the folder /no/such is gone')
  })

  test.each([[sh('kill -INT $$')], [sh('exit 130')]])('Ctrl-C is no failure: %j', (words) => {
    const error = refusal(() => run(words, setUp()))
    expect([error.code, error.exit]).toEqual(['interrupted', 130])
  })

  test('an exit code of 0 and nothing printed', () => {
    const tools = createTools(setUp(), { watch: {}, warn: () => {} })
    expect(refusal(() => tools.runCommand(['true'], undefined)).message).toBe(
      'the command true printed nothing',
    )
  })
})

describe('what is told of stderr', () => {
  const said = (script: string, world = setUp()): string =>
    refusal(() => run(sh(script), world)).details.said ?? ''

  test('nothing where it went well', () => {
    const world = setUp()
    expect(run(sh('echo noise >&2; echo fine'), world)).toBe('fine\n')
    expect(world.printed.err).toBe('')
  })

  test('its last lines, clean and short', () => {
    expect(said('for i in 1 2 3 4 5 6 7; do echo "line $i" >&2; done; exit 1')).toBe(
      'line 3 · line 4 · line 5 · line 6 · line 7',
    )
    expect(said('printf "\\033[31mred\\007\\r\\n\\n  x\\t\\342\\200\\256y" >&2; exit 1')).toBe(
      '\\u001b[31mred\\u0007 · x\\ty\\u202e'.replace('y\\u202e', '\\u202ey'),
    )
    expect(said('head -c 900 /dev/zero | tr "\\0" x >&2; exit 1').length).toBe(300)
  })

  test('no secret that is known, and none that the command itself printed', () => {
    const world = setUp()
    world.secrets.remember('correct-horse-battery', 'secret')
    expect(said('echo "bad: correct-horse-battery" >&2; exit 1', world)).toBe('bad: «hidden»')
    const own = said('echo tr0ub4dor-and-3; echo "after tr0ub4dor-and-3" >&2; exit 1')
    expect(own).toBe('after «hidden»')
  })
})

describe('a secret', () => {
  test('loses one final newline, and is asked for once in a run', () => {
    const world = setUp({ ask: '#!/bin/sh\necho x >> asked\nprintf "a\\nb\\n\\n"\n' })
    const first = createTools(world, { watch: {}, warn: () => {} })
    const second = createTools(world, { watch: {}, warn: () => {} })
    expect(first.runCommand(['./ask'], world.cwd)).toBe('a\nb\n')
    expect(second.runCommand(['./ask'], world.cwd)).toBe('a\nb\n')
    const count = (): string => run(['cat', 'asked'], world)
    expect(count()).toBe('x\n')
    second.runCommand(['./ask', 'other'], world.cwd)
    expect(count()).toBe('x\nx\n')
  })

  test('an assertion is asked for every time', () => {
    const world = setUp({ ask: '#!/bin/sh\necho x >> asked\ncat asked | wc -l\n' })
    const tools = createTools(world, { watch: {}, warn: () => {} })
    const source = { command: { words: ['./ask'], folder: world.cwd } }
    expect([tools.readAssertion(source), tools.readAssertion(source)]).toEqual(['1', '2'])
  })
})
