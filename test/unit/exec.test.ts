// The parts of exec that run nothing: what is asked for, the line that was meant, when a token is renewed.

import { constants } from 'node:os'
import { describe, expect, it } from 'vitest'
import type { Flags } from '../../src/cli.ts'
import { missingCommand, SWITCHES } from '../../src/commands/exec/failure.ts'
import { choosePause, dueAt, leadOf } from '../../src/commands/exec/renewal.ts'
import { readWishes } from '../../src/commands/exec/wish.ts'
import type { TokenSet } from '../../src/core/call/token.ts'
import { TokenError } from '../../src/core/error.ts'
import { Secrets } from '../../src/core/secret/secrets.ts'
import { readExit } from '../../src/io/child/child.ts'
import { buildEnvironment } from '../../src/io/child/environment.ts'
import { isGone, nameOwner } from '../../src/io/child/owner.ts'
import { VERBS } from '../../src/verbs.ts'
import { runMain } from '../support/world.ts'

describe('the exit code of a command', () => {
  it('is its own', () => {
    for (let code = 0; code < 256; code++) expect(readExit(code, null)).toBe(code)
  })

  it('is 128 and the number of the signal that ended it', () => {
    const signals = Object.entries(constants.signals)
    expect(signals.length).toBeGreaterThan(25)
    for (const [name, number] of signals)
      expect(readExit(null, name as NodeJS.Signals)).toBe(128 + number)
  })
})

type Asked = readonly (string | undefined)[]

describe('profiles and variables', () => {
  it.each<readonly [readonly string[], Flags, readonly Asked[]]>([
    [[], {}, [[]]],
    [['va'], {}, [[undefined, 'va']]],
    [
      ['A=va', 'b'],
      {},
      [
        ['A', 'va'],
        [undefined, 'b'],
      ],
    ],
    [['A=x=y'], {}, [['A', 'x=y']]],
    [['va'], { tokenFile: 'TF' }, [[undefined, 'va', 'TF']]],
    [
      ['A=va', 'b'],
      { tokenFile: 'TF' },
      [
        ['A', 'va'],
        [undefined, 'b', 'TF'],
      ],
    ],
    [['A=va'], { set: ['x=y'], scope: ['z'] }, [['A', 'va']]],
  ])('%j %j', (names, flags, wishes) => {
    const expected = wishes.map(([variable, profile, file]) => ({
      variable,
      profile,
      ...(file !== undefined && { file }),
    }))
    expect(readWishes(names, flags)).toEqual(expected)
  })

  it.each<readonly [readonly string[], Flags, string, string]>([
    [['a', 'b'], {}, 'a and b would go into the same variables', 'A_TOKEN=a B_TOKEN=b'],
    [['1', 'b-c'], {}, '1 and b-c would', 'T_1_TOKEN=1 B_C_TOKEN=b-c'],
    [['X=a', 'X=b'], {}, 'two tokens would go into X', ''],
    [['ACCESS_TOKEN=a', 'b'], {}, 'two tokens would go into ACCESS_TOKEN', ''],
    [['X=a', 'b'], { tokenFile: 'X' }, 'two tokens would go into X', ''],
    [['X='], {}, 'X= names no profile', 'tokentool exec X=PROFILE -- …'],
    [['=a'], {}, '=a names no variable', 'API_TOKEN=a'],
    [['='], {}, '= names no variable', 'API_TOKEN=PROFILE'],
    [['1X=a'], {}, '1X=a: 1X cannot hold a token', 'API_TOKEN=a'],
    [['PATH=a'], {}, 'PATH=a: PATH cannot hold a token', 'API_TOKEN=a'],
    [['LD_PRELOAD=a'], {}, 'LD_PRELOAD cannot hold a token', 'API_TOKEN=a'],
    [['NODE_OPTIONS=a'], {}, 'NODE_OPTIONS cannot hold a token', 'API_TOKEN=a'],
    [['BASH_ENV=a'], {}, 'BASH_ENV cannot hold a token', 'API_TOKEN=a'],
    [['a'], { tokenFile: 'IFS' }, '--token-file IFS: programs obey', ''],
    [
      ['X=a'],
      { tokenFile: 'TF' },
      '--token-file is for the profile that has no',
      '--token-file TF a --',
    ],
    [['X=a', 'Y=b'], { profile: 'c' }, '-p is for a single profile', 'X=a Y=b'],
    [['X=a', 'Y=b'], { scope: ['s'] }, '--scope is for a single profile', 'X=a --scope … -- …'],
    [['X=a', 'b'], { set: ['x=y'] }, '-s is for a single profile', '-s … -- …'],
    [['X=a', 'b'], Object.fromEntries([['then', ['c']]]), '--then is for a single profile', ''],
    [['X=a', 'b'], { provider: 'c' }, '--provider is for a single profile', ''],
    [['X=a', 'b'], { insecure: true }, '--insecure is for a single profile', ''],
  ])('%j %j is refused', (names, flags, message, fix) => {
    const error = catchError(() => readWishes(names, flags))
    expect(error.code).toBe('usage')
    expect(error.message).toContain(message)
    expect(`${error.details.fix ?? ''}`).toContain(fix)
  })
})

describe('the line that was meant', () => {
  it.each<readonly [string, string]>([
    ['exec staging ./deploy.sh', 'exec staging -- ./deploy.sh'],
    ['exec staging ls', 'exec staging -- ls'],
    ['exec staging ls -l /tmp', 'exec staging -- ls -l /tmp'],
    ['exec staging', 'exec staging -- COMMAND'],
    ['exec', 'exec PROFILE -- COMMAND'],
    ['exec -p staging', 'exec -p staging -- COMMAND'],
    ['exec ./deploy.sh', 'exec PROFILE -- ./deploy.sh'],
    ['exec VA=staging FV=cards make e2e', 'exec VA=staging FV=cards -- make e2e'],
    ['exec -e dev staging make', 'exec -e dev staging -- make'],
    ['exec -v --sandbox staging make', 'exec -v --sandbox staging -- make'],
    ['exec --timeout=3s staging make', 'exec --timeout=3s staging -- make'],
    ['exec -s a=b staging make', 'exec -s a=b staging -- make'],
    ['-e dev exec staging make', '-e dev exec staging -- make'],
    ['exec staging curl -u me:a$b', 'exec staging -- curl -u …'],
  ])('%s', (typed, meant) => {
    const error = missingCommand({ argv: typed.split(' '), command: undefined })
    expect(error.details.fix).toBe(`tokentool ${meant}`)
  })

  it('knows which options take no value', () => {
    const verb = VERBS.find(({ name }) => name.startsWith('exec'))
    const flags = [...(verb?.flags.flat() ?? [])].map(({ flags }) => flags)
    const switches = flags.filter((text) => !text.includes('<')).map(longOf)
    expect(SWITCHES).toEqual(expect.arrayContaining(switches))
    for (const text of flags.filter((text) => text.includes('<')))
      expect(SWITCHES).not.toContain(longOf(text))
  })

  it.each<readonly [readonly string[], string]>([
    [['exec', 'staging', 'ls', '-l'], 'tokentool exec staging -- ls -l'],
    [['exec', 'staging', '--frob'], 'tokentool exec staging --frob -- COMMAND'],
    [['exec', 'staging', '--'], 'tokentool exec staging -- COMMAND'],
  ])('is told by the program: %j', async (argv, meant) => {
    const { exit, stdout, stderr } = await runMain(argv)
    expect([exit, stdout]).toEqual([125, ''])
    expect(stderr).toContain(`  fix:   ${meant}\n`)
  })

  it('is not told where it would repeat a key', async () => {
    const key = '-----BEGIN PRIVATE KEY-----'
    const { exit, stderr } = await runMain(['exec', 'staging', 'echo', key])
    expect(exit).toBe(125)
    expect(stderr).toContain('an argument holds a private key')
    expect(stderr).not.toContain('BEGIN')
  })
})

describe('when a token is asked for anew', () => {
  const secrets = new Secrets((text) => text)
  const token = (life: number | undefined, more: Partial<TokenSet> = {}): TokenSet => ({
    profile: 'a',
    provider: 'b',
    environment: undefined,
    token: secrets.hide('a token of some length', 'token', 'token'),
    type: 'Bearer',
    expiresAt: life === undefined ? undefined : life * 1000,
    scopes: undefined,
    cached: false,
    extra: {},
    claims: undefined,
    claimsText: undefined,
    use: {
      header: 'Authorization',
      value: secrets.hide('a token of some length', 'token', 'token'),
      headers: undefined,
    },
    via: [],
    ...more,
  })

  it.each([
    [2, 1],
    [10, 5],
    [30, 10],
    [60, 12],
    [300, 60],
    [3600, 60],
  ])('one that lives %i s is asked for %i s before its end', (life, lead) => {
    expect(leadOf(life * 1000)).toBe(lead * 1000)
    expect(dueAt(token(life), 0)).toBe((life - lead) * 1000)
    // never with less than the margin of the cache left
    expect(lead).toBeGreaterThanOrEqual(Math.min(60, life / 5))
  })

  it.each<readonly [string, TokenSet, number, number | undefined]>([
    ['nobody says how long it lives', token(undefined), 0, undefined],
    ['it is from the cache, and may be old', token(200, { cached: true }), 0, 140_000],
    ['it is from the cache, and nearly over', token(30, { cached: true }), 0, 100],
    ['the user wants more of it', token(3600), 600_000, 3_000_000],
    ['the user wants more than there is', token(300), 600_000, 60_000],
    ['it is over already', token(-5), 0, 1000],
    ['its own word is earlier by a second', token(4, { claims: { exp: 3 } }), 0, 1500],
    ['its own word is of another clock', token(4, { claims: { exp: -3600 } }), 0, 2000],
  ])('%s', (_name, set, least, due) => {
    expect(dueAt(set, 0, least)).toBe(due)
  })

  it('after a failure with growing pauses', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 20].map((failures) => choosePause(failures, 60_000))
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
    // a short life does not end in the first of them
    expect(choosePause(1, 800)).toBe(100)
    expect(choosePause(1, -10)).toBe(100)
  })
})

describe('the environment of a command', () => {
  it.each<readonly [boolean, Readonly<Record<string, string>>]>([
    [false, { Path: '/bin', secret: 's', token: 'old', TOKEN: 'new' }],
    [true, { Path: '/bin', TOKEN: 'new' }],
  ])('folds names as Windows does: %s', (folds, expected) => {
    const ours = { Path: '/bin', secret: 's', SECRET: 't', token: 'old', gone: undefined }
    expect(buildEnvironment(ours, [['TOKEN', 'new']], ['SECRET'], folds)).toEqual(expected)
  })
})

describe('whose a folder is', () => {
  it('lives as long as its process', () => {
    const [machine, pid, beginning] = nameOwner().split('-')
    expect(nameOwner()).toMatch(/^\w+-\d+-\d+$/)
    expect(isGone(nameOwner())).toBe(false)
    // a pid is given out again
    expect(isGone([machine, pid, Number(beginning) - 1].join('-'))).toBe(true)
    expect(isGone([machine, 4_194_304, beginning].join('-'))).toBe(true)
    // of another machine nobody can tell
    expect(isGone(['elsewhere', 4_194_304, beginning].join('-'))).toBe(false)
  })
})

function catchError(act: () => unknown): TokenError {
  try {
    act()
  } catch (error) {
    if (error instanceof TokenError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

function longOf(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags
}
