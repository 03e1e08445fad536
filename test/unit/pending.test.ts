// Who was started with the same words waits for the one that is on its way, and for nobody dead.

import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { markPending, waitForPending } from '../../src/io/cache/pending.ts'
import { makeFolder, runProgram } from '../support/program.ts'
import { serve } from '../support/service.ts'

const root = mkdtempSync(join(tmpdir(), 'tokentool-pending-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let count = 0
const makePath = (): string => join(root, `${++count}.pending`)
const never = (): boolean => false

describe('a run that is on its way', () => {
  test('is one at a time, and takes its mark away', () => {
    const path = makePath()
    const release = markPending(path)
    expect(release).toBeDefined()
    expect(markPending(path)).toBeUndefined()
    release?.()
    expect(existsSync(path)).toBe(false)
  })

  test('is waited for until it is done', async () => {
    const path = makePath()
    const release = markPending(path)
    setTimeout(() => release?.(), 200)
    const waited = await waitForPending(path, never)
    expect(waited).toBeGreaterThan(150)
    expect(waited).toBeLessThan(1500)
  })

  test('is not waited for when what it looks for is there', async () => {
    const path = makePath()
    const release = markPending(path)
    expect(await waitForPending(path, () => true)).toBeLessThan(50)
    release?.()
  })

  test.each([
    ['dead', async () => (await spawnDead()) ?? 0, undefined],
    ['another by now', async () => process.pid, '1'],
  ])('that is %s is not waited for, and its mark is taken over', async (_, pid, beginning) => {
    const path = makePath()
    const release = markPending(path)
    const [machine] = JSON.parse(readFileSync(path, 'utf8'))
    release?.()
    writeFileSync(path, JSON.stringify([machine, await pid(), beginning ?? '1']))
    expect(await waitForPending(path, never)).toBeLessThan(50)
    expect(markPending(path)).toBeDefined()
  })

  test.each(['', '{', '["elsewhere",1,"1"]', '[]'])('%j of long ago is nobody', async (text) => {
    const path = makePath()
    writeFileSync(path, text)
    expect(markPending(path)).toBeUndefined()
    const then = Date.now() / 1000 - 20
    utimesSync(path, then, then)
    expect(await waitForPending(path, never)).toBeLessThan(50)
    expect(markPending(path)).toBeDefined()
  })

  test('cannot be marked where nothing can be written: everyone goes the long way', () => {
    expect(markPending(join(root, 'nowhere', 'x'))).toBeUndefined()
  })
})

async function spawnDead(): Promise<number | undefined> {
  const child = spawn(process.execPath, ['-e', '0'])
  await new Promise((done) => child.on('exit', done))
  return child.pid
}

describe('eight at once', () => {
  const PROFILES = (origin: string): string => `
profiles:
  p:
    provider: client-credentials
    token_endpoint: ${origin}/token
    client_id: me
    client_secret: \${env:SECRET}
`
  const crowd = (folder: string): ReturnType<typeof runProgram>[] =>
    Array.from({ length: 8 }, () =>
      runProgram(['get', '-c', 'p.yaml'], { folder, env: { SECRET: 'not-a-real-one' } }),
    )

  test('ask once, and print the same', async () => {
    const service = await serve(async () => {
      await new Promise((done) => setTimeout(done, 300))
      return [200, { access_token: 'token-for-me', expires_in: 300 }]
    })
    const runs = await Promise.all(crowd(makeFolder({ 'p.yaml': PROFILES(service.origin) })))
    expect(runs.map(({ code, stdout, stderr }) => [code, stdout, stderr])).toEqual(
      Array(8).fill([0, 'token-for-me\n', '']),
    )
    expect(service.requests).toHaveLength(1)
  })

  test('are refused once', async () => {
    const service = await serve(async () => {
      await new Promise((done) => setTimeout(done, 300))
      return [401, { error: 'invalid_client' }]
    })
    const folder = makeFolder({ 'p.yaml': PROFILES(service.origin) })
    const runs = await Promise.all(crowd(folder))
    expect(new Set(runs.map(({ code }) => code))).toEqual(new Set([4]))
    const asked = service.requests.length
    expect(asked).toBeLessThan(8)
    // whoever mends it and tries again is not told of the past
    const again = await runProgram(['get', '-c', 'p.yaml'], { folder, env: { SECRET: 'mended' } })
    expect(again.code).toBe(4)
    expect(service.requests.length).toBe(asked + 1)
  })
})
