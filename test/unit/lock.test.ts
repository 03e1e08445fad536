// One at a time, and nobody waits for the dead.

import { spawn } from 'node:child_process'
import {
  existsSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { claimLock, type Lock } from '../../src/io/cache/lock.ts'

const root = mkdtempSync(join(tmpdir(), 'tokentool-lock-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const holds = new Set<(time: number) => void>()
let count = 0
const makePath = (): string => join(root, `${++count}.lock`)
const patiently = (path: string, patience = 3000, isSettled = () => false) =>
  claimLock(path, {
    until: Date.now() + patience,
    now: Date.now,
    isSettled,
    signal: new AbortController().signal,
    holds,
  })

async function take(path: string, patience?: number): Promise<Lock> {
  const lock = await patiently(path, patience)
  if (typeof lock === 'string') throw new Error(`there was no lock: ${lock}`)
  return lock
}

/** What a holder says of itself, with something in it that is no longer so. */
async function describeHolder(change: object): Promise<string> {
  const path = makePath()
  const lock = await take(path)
  const text = JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change })
  lock.release()
  return text
}

async function timeClaim(path: string): Promise<number> {
  const began = Date.now()
  const lock = await take(path, 9000)
  lock.release()
  return Date.now() - began
}

describe('a lock', () => {
  test('is had by one of many, and leaves nothing behind', async () => {
    const path = makePath()
    let inside = 0
    let most = 0
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        const lock = await take(path, 8000)
        most = Math.max(most, ++inside)
        await new Promise((done) => setTimeout(done, 5))
        inside--
        lock.release()
      }),
    )
    expect(most).toBe(1)
    expect(readdirSync(root)).toEqual([])
  })

  test('is not waited for when what was waited for is there', async () => {
    const path = makePath()
    const lock = await take(path)
    let asked = 0
    expect(await patiently(path, 3000, () => ++asked > 2)).toBe('settled')
    expect(asked).toBe(3)
    lock.release()
  })

  test('is not waited for longer than there is time', async () => {
    const path = makePath()
    const lock = await take(path)
    const began = Date.now()
    expect(await patiently(path, 200)).toBe('over')
    expect(Date.now() - began).toBeLessThan(1000)
    expect(existsSync(path)).toBe(true)
    lock.release()
    expect(existsSync(path)).toBe(false)
  })

  test('is not taken from whoever has it by then', async () => {
    const path = makePath()
    const lock = await take(path)
    writeFileSync(`${path}.other`, 'another holder')
    rmSync(path)
    linkSync(`${path}.other`, path)
    lock.release()
    expect(readFileSync(path, 'utf8')).toBe('another holder')
    rmSync(path)
    rmSync(`${path}.other`)
  })

  test('that cannot be had is done without', async () => {
    expect(await patiently(join(root, 'nowhere', 'x.lock'))).toBe('impossible')
    // a folder of that name, and a link that leads nowhere, of six seconds ago
    const then = Date.now() / 1000 - 6
    const path = makePath()
    mkdirSync(path)
    utimesSync(path, then, then)
    expect(await patiently(path)).toBe('impossible')
    rmdirSync(path)
    symlinkSync('/nowhere', path)
    lutimesSync(path, then, then)
    expect(await timeClaim(path)).toBeLessThan(500)
  })
})

describe('a dead holder', () => {
  test('of this machine is found out at once', async () => {
    const child = spawn(process.execPath, ['-e', '0'])
    await new Promise((done) => child.on('exit', done))
    const path = makePath()
    writeFileSync(path, await describeHolder({ pid: child.pid }))
    expect(await timeClaim(path)).toBeLessThan(500)
  })

  test('whose number another process has by now is found out at once', async () => {
    const path = makePath()
    writeFileSync(path, await describeHolder({ began: '1' }))
    expect(await timeClaim(path)).toBeLessThan(500)
  })

  test('that nobody has buried yet is dead all the same', async () => {
    // a parent that never waits for its child
    const script =
      'import os,time\npid=os.fork()\nif pid==0: os._exit(0)\ntime.sleep(0.2)\nprint(pid,flush=True)\ntime.sleep(20)'
    const parent = spawn('python3', ['-c', script])
    const pid = await new Promise<number>((done, fail) => {
      parent.stdout.once('data', (text) => done(Number(text)))
      parent.on('error', fail)
    })
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')
    expect(stat?.[0]).toBe('Z')
    const path = makePath()
    writeFileSync(path, await describeHolder({ pid, began: stat?.[19] }))
    expect(await timeClaim(path)).toBeLessThan(500)
    parent.kill('SIGKILL')
  })

  test.each([
    ['of another machine', async () => describeHolder({ machine: 'elsewhere', pid: process.pid })],
    ['whose file says nothing', async () => ''],
    ['whose file is no JSON', async () => '{"machine'],
  ])('%s is believed to live while it is heard of', async (_, describeIt) => {
    const path = makePath()
    const text = await describeIt()
    writeFileSync(path, text)
    expect(await patiently(path, 300)).toBe('over')
    expect(readFileSync(path, 'utf8')).toBe(text)
    // it has said nothing for six seconds
    const then = Date.now() / 1000 - 6
    utimesSync(path, then, then)
    expect(await timeClaim(path)).toBeLessThan(500)
  })

  test('in the middle of breaking a lock holds nobody up', async () => {
    const child = spawn(process.execPath, ['-e', '0'])
    await new Promise((done) => child.on('exit', done))
    const dead = await describeHolder({ pid: child.pid })
    const path = makePath()
    writeFileSync(path, dead)
    writeFileSync(`${path}.break`, dead)
    expect(await timeClaim(path)).toBeLessThan(1000)
    expect(readdirSync(root)).toEqual([])
  })
})

test('a holder is heard of every second, by the clock of its file system', async () => {
  const path = makePath()
  const lock = await take(path)
  const then = Date.now() / 1000 - 100
  utimesSync(path, then, then)
  await new Promise((done) => setTimeout(done, 1300))
  expect(statSync(path).mtimeMs).toBeGreaterThan(Date.now() - 1500)
  lock.release()
})

test('a holder that will do nothing else for a while says so beforehand', async () => {
  const path = makePath()
  const lock = await take(path)
  for (const tell of holds) tell(30_000)
  const ahead = statSync(path).mtimeMs - Date.now()
  expect(ahead).toBeGreaterThan(28_000)
  expect(ahead).toBeLessThan(31_000)
  lock.release()
  expect(holds.size).toBe(0)
})

test('a holder that was stopped holds nobody up', async () => {
  const child = spawn('sleep', ['20'])
  child.kill('SIGSTOP')
  await new Promise((done) => setTimeout(done, 50))
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')
  expect(stat?.[0]).toBe('T')
  const path = makePath()
  writeFileSync(path, await describeHolder({ pid: child.pid, began: stat?.[19] }))
  expect(await timeClaim(path)).toBeLessThan(500)
  child.kill('SIGKILL')
})
