// One request for whoever asks at the same time, whatever died before, and whatever the disk is like.

import { readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { describe, expect } from 'vitest'
import {
  count,
  type Ending,
  type Place,
  run,
  runBare,
  runMany,
  slowest,
  spanOf,
  startProgram,
} from '../support/crowd.ts'
import { readSpelling, startTokenServer } from '../support/token-server.ts'
import { cacheOf, furnish, listFiles, listWide, tokensOf } from './place.ts'
import { isLong, pick, row } from './row.ts'

const server = await startTokenServer()

/** Entries, salt and marks; what is on its way to become one, and locks, are something else. */
const isKept = (path: string): boolean => !/\.(tmp|lock|own|break|pending)$/.test(path)
const listKept = (place: Place): string[] => listFiles(tokensOf(place)).filter(isKept)

/** As on the first day: nothing is kept. */
function forget(place: Place): void {
  for (const path of listFiles(cacheOf(place))) rmSync(path, { force: true })
}

function tokens(endings: readonly Ending[]): string[] {
  return endings.map(({ code, stdout, stderr }) => {
    expect(code, stderr).toBe(0)
    const token = stdout.trimEnd()
    expect(readSpelling(token), `torn: ${token.slice(0, 80)}`).toBeDefined()
    return token
  })
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

describe('R1', () => {
  const many = pick(32, 200)
  row(
    'R1',
    `${many} cold \`get\` at once`,
    '1 request (2 with a chain), 0 failures, all done in ≤ 1.5 × what as many `node -e 0` take',
    async ({ figure }) => {
      await server.become({})
      const place = furnish(server.origin)
      const before = spanOf(await runBare(many, place))
      await server.look()
      const single = await runMany(many, ['get', 'one'], place)
      const { requests } = await server.look()
      forget(place)
      const chained = await runMany(many, ['get', 'two'], place)
      const chain = await server.look()
      // the machine has other things to do as well
      const bare = (before + spanOf(await runBare(many, place))) / 2
      const ratio = spanOf(single) / bare
      figure(
        `${requests} and ${chain.requests} requests; codes ${count([...single, ...chained].map(({ code }) => code))}; ${seconds(spanOf(single))} against ${seconds(bare)}: ${ratio.toFixed(2)} ×`,
      )
      expect(new Set(tokens(single)).size).toBe(1)
      expect(new Set(tokens(chained)).size).toBe(1)
      expect([requests, chain.requests]).toEqual([1, 2])
      if (isLong) expect(ratio).toBeLessThanOrEqual(1.5)
    },
  )
})

/** A run that dies while it is asking, and leaves its lock behind. */
async function leaveLock(place: Place): Promise<string> {
  await server.become({ hangs: true })
  const { child, done } = startProgram(['get', 'one'], place)
  const find = (): string | undefined =>
    listFiles(tokensOf(place)).find((path) => path.endsWith('.lock'))
  const until = Date.now() + 10_000
  while (find() === undefined && Date.now() < until) await sleep(5)
  child.kill('SIGKILL')
  await done
  const lock = find()
  if (lock === undefined) throw new Error('nobody locked')
  // what it had sent by then is none of the next one's
  await sleep(50)
  await server.become({})
  await server.look()
  return lock
}

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((done) => setTimeout(done, milliseconds))

describe('R2', () => {
  const [many, trials] = pick([16, 2], [64, 50])
  row(
    'R2',
    `a dead lock, ${many} at once, ${trials} times`,
    '≤ 1 request, ≤ 1 s more than without it',
    async ({ figure }) => {
      const place = furnish(server.origin)
      await server.become({})
      await server.look()
      const usual: number[] = []
      for (let trial = 0; trial < 3; trial++) {
        forget(place)
        const endings = await runMany(many, ['get', 'one'], place)
        usual.push(slowest(endings))
      }
      const asked: number[] = []
      const took: number[] = []
      for (let trial = 0; trial < trials; trial++) {
        forget(place)
        await leaveLock(place)
        const endings = await runMany(many, ['get', 'one'], place)
        const { requests } = await server.look()
        asked.push(requests)
        took.push(slowest(endings))
        expect(new Set(tokens(endings)).size).toBe(1)
      }
      const more = median(took) - median(usual)
      figure(
        `requests ${count(asked)}; ${seconds(more)} more (median), at most ${seconds(Math.max(...took) - median(usual))}`,
      )
      expect(Math.max(...asked)).toBeLessThanOrEqual(1)
      if (isLong) expect(more).toBeLessThanOrEqual(1000)
    },
  )
})

describe('R3 and R4', () => {
  const trials = pick(25, 1000)
  const lanes = [furnish(server.origin), furnish(server.origin)]
  const DELAY = 40

  row(
    'R3',
    `\`kill -9\` at random moments, ${trials} times`,
    '0 torn, 0 failed follow-ups, recovery ≤ 1 s',
    async ({ figure }) => {
      await server.become({ delay: DELAY })
      const usual: number[] = []
      for (let at = 0; at < 6; at++)
        usual.push((await run(['get', 'two', '--force-new'], lanes[0] as Place)).took)
      const normal = median(usual)
      const found = { torn: 0, failed: 0, killed: 0, orphans: 0, recovery: 0 }
      const kill = async (place: Place, trial: number): Promise<void> => {
        // with something kept, and with nothing
        if (trial % 3 === 0) forget(place)
        const again = trial % 3 === 1 ? ['--force-new'] : []
        const { child, done } = startProgram(['get', 'two', ...again], place)
        await sleep(Math.random() * normal * 1.3)
        child.kill('SIGKILL')
        if ((await done).signal === 'SIGKILL') found.killed++
        found.torn += listKept(place).filter((path) => !isWhole(path)).length
        found.orphans += listFiles(tokensOf(place)).filter((path) => path.endsWith('.tmp')).length
        const after = await run(['get', 'two'], place)
        if (after.code !== 0) found.failed++
        else if (readSpelling(after.stdout.trimEnd()) === undefined) found.torn++
        let late = after.took - normal
        // the machine may have been busy: then an ordinary run would have been as late
        if (late > 300) late = after.took - (await run(['get', 'two', '--force-new'], place)).took
        found.recovery = Math.max(found.recovery, late)
      }
      await Promise.all(
        lanes.map(async (place, lane) => {
          for (let trial = lane; trial < trials; trial += lanes.length) await kill(place, trial)
        }),
      )
      figure(
        `${found.killed} killed in time, ${found.torn} torn, ${found.failed} failed, recovery at most ${seconds(found.recovery)}; ${found.orphans} orphans left by the way`,
      )
      expect([found.torn, found.failed]).toEqual([0, 0])
      expect(found.killed).toBeGreaterThan(trials / 4)
      if (isLong) expect(found.recovery).toBeLessThanOrEqual(1000)
    },
  )

  row(
    'R3',
    'the lock of a process whose number has been given to another one',
    'recovery ≤ 1 s',
    async ({ figure }) => {
      const place = furnish(server.origin)
      const lock = await leaveLock(place)
      const holder = JSON.parse(readFileSync(lock, 'utf8')) as { pid: number }
      writeFileSync(lock, JSON.stringify({ ...holder, pid: process.pid }))
      const { took, code } = await run(['get', 'one'], place)
      const { requests } = await server.look()
      figure(`${seconds(took)}, ${requests} request`)
      expect([code, requests]).toEqual([0, 1])
      expect(took).toBeLessThanOrEqual(isLong ? 1000 : 2000)
    },
  )

  row('R3', 'the lock of another machine that died', 'recovery ≤ 6 s', async ({ figure }) => {
    const place = furnish(server.origin)
    const lock = await leaveLock(place)
    const holder = JSON.parse(readFileSync(lock, 'utf8')) as { machine: string }
    writeFileSync(lock, JSON.stringify({ ...holder, machine: `elsewhere ${holder.machine}` }))
    const { took, code } = await run(['get', 'one'], place)
    const { requests } = await server.look()
    figure(`${seconds(took)}, ${requests} request`)
    expect([code, requests]).toEqual([0, 1])
    expect(took).toBeLessThanOrEqual(6000)
  })

  row(
    'R4',
    'what killed runs leave behind',
    '0 orphans after the next run that is ≥ 60 s later; no file wider than 0600, no folder than 0700',
    async ({ figure }) => {
      const place = lanes[0] as Place
      await server.become({ delay: DELAY })
      await run(['get', 'two'], place)
      const [kept = ''] = listKept(place).filter((path) => /[0-9a-f]{40}$/.test(path))
      const orphans = ['a', 'b', 'c'].map((name) => `${kept}.${name}.tmp`)
      for (const path of orphans) writeFileSync(path, readFileSync(kept), { mode: 0o600 })
      // a minute passes
      for (const path of listFiles(tokensOf(place)).filter((one) => !isKept(one))) {
        const then = Date.now() / 1000 - 61
        utimesSync(path, then, then)
      }
      const left = (): number =>
        listFiles(tokensOf(place)).filter((path) => path.endsWith('.tmp')).length
      const before = left()
      await run(['get', 'two'], place)
      const hit = left()
      await run(['get', 'two', '--force-new'], place)
      const wide = listWide(cacheOf(place))
      figure(
        `${before} orphans, ${hit} after a run from the cache, ${left()} after one that asks; ${wide.length} too wide`,
      )
      expect(wide).toEqual([])
      expect(left()).toBe(0)
      expect(hit).toBe(0)
    },
  )
})

/** Whatever it is: an entry is JSON and its token whole, all else is not empty. */
function isWhole(path: string): boolean {
  const text = readFileSync(path, 'utf8')
  if (!text.startsWith('{')) return /^[\w-]{20,}$/.test(text)
  try {
    const { token } = JSON.parse(text) as { token?: string }
    return token === undefined || readSpelling(token) !== undefined
  } catch {
    return false
  }
}

describe('R6', () => {
  const many = pick(12, 32)
  const DEADLINE = 8
  row(
    'R6',
    `a service that is down, ${many} at once`,
    '1 attempt-chain, all with code 6 within their deadline; asked again when the record is over',
    async ({ figure }) => {
      const place = furnish(server.origin)
      const bare = slowest(await runBare(many, place))
      await server.become({ status: 503 })
      await server.look()
      const args = ['get', 'one', '--timeout', `${DEADLINE}`]
      const down = await runMany(many, args, place)
      const { requests } = await server.look()
      const soon = await run(args, place)
      const spared = (await server.look()).requests
      await sleep(5100)
      await server.become({})
      const later = await run(args, place)
      const again = (await server.look()).requests
      const mostly = slowest(down)

      await server.become({ hangs: true })
      const other = furnish(server.origin)
      const silent = await runMany(many, ['get', 'one', '--timeout', '3'], other)
      const unanswered = (await server.look()).requests
      await server.become({})
      figure(
        `503: ${requests} requests, ${seconds(mostly)}, codes ${count(down.map(({ code }) => code))}; ${spared} while it is remembered, ${again} after; silence: ${unanswered} request, ${seconds(slowest(silent))}, codes ${count(silent.map(({ code }) => code))}`,
      )
      expect(down.every(({ code }) => code === 6)).toBe(true)
      expect(silent.every(({ code }) => code === 6)).toBe(true)
      // one, and two more
      expect(requests).toBe(3)
      expect([soon.code, spared]).toEqual([6, 0])
      expect([later.code, again]).toEqual([0, 1])
      expect(unanswered).toBe(1)
      expect(mostly).toBeLessThan(DEADLINE * 1000)
      // to start takes a while as well, with so many
      expect(slowest(silent)).toBeLessThan((isLong ? 3500 : 4500) + 3 * bare)
    },
  )
})
