import {
  chmodSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Finding } from '../../src/core/doctor/finding.ts'
import { serve } from '../support/service.ts'
import { createWorld, runMain, type TestWorld } from '../support/world.ts'

const FILE = (origin: string, more = ''): string =>
  `profiles:\n  a:\n    provider: client-credentials\n    token_endpoint: ${origin}/t\n    client_id: me\n    client_secret: \${env:S}\n${more}`

const env = { S: 'canary-hunter2-hunter2' }

function open(more = '', variables: Readonly<Record<string, string>> = {}): TestWorld {
  const files = { 'p.yaml': FILE('http://127.0.0.1:9', more) }
  return createWorld([], { files, env: { ...env, ...variables } })
}

async function look(world: TestWorld): Promise<Pick<Finding, 'verdict' | 'message' | 'fix'>[]> {
  const argv = ['doctor', '--offline', '--json', '-c', 'p.yaml']
  const { stdout, exit } = await runMain(argv, { again: world })
  expect(exit).toBe(0)
  const { findings } = JSON.parse(stdout) as { findings: Finding[] }
  return findings
    .filter(({ check }) => check === 'cache')
    .map(({ verdict, message, fix }) => ({ verdict, message, fix }))
}

const root = ({ home }: TestWorld): string => join(home, '.cache', 'tokentool')

function makeCache(world: TestWorld): string {
  mkdirSync(join(root(world), 'tokens'), { recursive: true, mode: 0o700 })
  return root(world)
}

const isRoot = process.geteuid?.() === 0

describe('the cache', () => {
  it('is not made by looking', async () => {
    const world = open()
    expect(await look(world)).toEqual([
      {
        verdict: 'ok',
        message: '~/.cache/tokentool: will be made when a token is kept',
        fix: [],
      },
    ])
    expect(readdirSync(world.home)).toEqual([])
  })

  it('is counted, and nothing is left in it', async () => {
    const service = await serve(() => [200, { access_token: 'canary-token', expires_in: 600 }])
    const files = { 'p.yaml': FILE(service.origin) }
    const world = createWorld([], { files, env })
    expect((await runMain(['get', '-c', 'p.yaml'], { again: world })).exit).toBe(0)
    const before = readdirSync(root(world), { recursive: true })
    expect((await look(world))[0]?.message).toBe('~/.cache/tokentool: 1 token is kept')
    const later = { ...world, now: () => Date.now() + 3_600_000 }
    expect((await look(later))[0]?.message).toBe(
      '~/.cache/tokentool: 1 token is kept, of which 1 is over',
    )
    expect(readdirSync(root(world), { recursive: true })).toEqual(before)
    expect(service.requests).toHaveLength(1)
  })

  it.each([
    [{ TOKENTOOL_NO_CACHE: '1' }, 'TOKENTOOL_NO_CACHE is set'],
    [{ CI: 'true' }, 'CI is set, and RUNNER_TEMP names no folder of this build'],
  ])('is off (%j)', async (variables, reason) => {
    expect(await look(open('', variables))).toEqual([
      { verdict: 'skipped', message: `nothing is kept: ${reason}`, fix: [] },
    ])
  })

  it('is off where there is no home', async () => {
    const world = { ...open(), home: undefined } as unknown as TestWorld
    expect((await look(world))[0]?.message).toBe('nothing is kept: there is no home folder')
  })

  it('is off for a profile', async () => {
    expect((await look(open('    cache: false\n')))[1]).toEqual({
      verdict: 'ok',
      message: 'its token is not kept (cache: false)',
      fix: [],
    })
  })

  it.skipIf(process.platform === 'win32')('that others may look into is warned of', async () => {
    const world = open()
    const folder = makeCache(world)
    chmodSync(folder, 0o755)
    const [, found] = await look(world)
    expect(found).toEqual({
      verdict: 'warning',
      message: `${folder} can be looked into by other users`,
      fix: [`chmod 700 ${folder}`],
    })
    // told, not changed
    expect(statSync(folder).mode & 0o777).toBe(0o755)
  })

  it.skipIf(process.platform === 'win32').each<[string, (folder: string) => void, RegExp]>([
    [
      'is a link',
      (folder) => {
        rmSync(folder, { recursive: true })
        mkdirSync(`${folder}-other`)
        symlinkSync(`${folder}-other`, folder)
      },
      /tokentool is a link to somewhere else$/,
    ],
    [
      'is a file',
      (folder) => {
        rmSync(folder, { recursive: true })
        writeFileSync(folder, '')
      },
      /tokentool is no folder$/,
    ],
  ])('that %s is a warning', async (_name, spoil, said) => {
    const world = open()
    const folder = makeCache(world)
    spoil(folder)
    const [found] = await look(world)
    expect(found?.verdict).toBe('warning')
    expect(found?.message).toMatch(said)
    expect(found?.fix).toEqual([`ls -ld ${folder}`])
  })

  it('that cannot be made is a warning', async () => {
    const world = open('', { TOKENTOOL_CACHE_DIR: 'p.yaml/one/two' })
    const [found] = await look(world)
    expect(found?.verdict).toBe('warning')
    expect(found?.message).toMatch(/^nothing is kept: .*p\.yaml.* cannot be /)
    expect(readdirSync(world.cwd)).toEqual(['p.yaml'])
  })

  it.skipIf(isRoot || process.platform === 'win32')('that is read-only is a warning', async () => {
    const world = open()
    chmodSync(makeCache(world), 0o500)
    const [found] = await look(world)
    expect(found?.message).toMatch(/cannot be written to$/)
    chmodSync(root(world), 0o700)
  })

  it.skipIf(!isRoot)('that belongs to somebody else is a warning', async () => {
    const world = open()
    const { chownSync } = await import('node:fs')
    chownSync(makeCache(world), 12345, 12345)
    const [found] = await look(world)
    expect([found?.verdict, found?.message]).toEqual([
      'warning',
      'nothing is kept: ~/.cache/tokentool belongs to somebody else',
    ])
  })
})
