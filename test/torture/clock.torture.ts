// Clocks that disagree, and times that must be kept.

import { spawnSync } from 'node:child_process'
import { expect } from 'vitest'
import { type Place, run } from '../support/crowd.ts'
import { makeEcKey, readJwt } from '../support/keys.ts'
import { type Reply, serve } from '../support/service.ts'
import { startTokenServer } from '../support/token-server.ts'
import { createWorld, runMain } from '../support/world.ts'
import { furnish } from './place.ts'
import { pick, row } from './row.ts'

const server = await startTokenServer()
const hasFaketime = spawnSync('faketime', ['-f', '+1s', 'true']).status === 0

/** Timers go on as they are: only what is asked for the time of day is told another one. */
const at = (place: Place, seconds: number): Place => ({
  ...place,
  env: { ...place.env, FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1' },
  before: ['faketime', '-f', `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}s`],
})

const HOUR = 3600
const SKEWS = pick(
  [-24 * HOUR, -60, -5, 5, 60, 24 * HOUR],
  [-24 * HOUR, -HOUR, -600, -60, -31, -5, -1, 1, 5, 31, 60, 600, HOUR, 24 * HOUR],
)

row(
  'R9',
  'clocks that differ by up to 24 h, no leeway at the service',
  'success with ≤ 1 request more and a warning with the seconds; ±5 s: none',
  async ({ figure, skip }) => {
    if (!hasFaketime) skip('faketime is not installed')
    const place = furnish(server.origin)
    const most: Record<string, number> = {}
    const odd: string[] = []
    for (const skew of SKEWS) {
      for (const whose of ['ours', 'theirs']) {
        await server.become({ delay: 0, offset: whose === 'theirs' ? -skew * 1000 : 0 })
        await server.look()
        const there = whose === 'ours' ? at(place, skew) : place
        const { code, stderr } = await run(['get', '--force-new'], there)
        const { requests } = await server.look()
        const near = Math.abs(skew) <= 5
        const size = near ? '±5 s' : 'more'
        most[size] = Math.max(most[size] ?? 0, requests - 1)
        const told = [...stderr.matchAll(/(\d+) s\b/g)].map(([, digits]) => Number(digits))
        const names = told.some((seconds) => Math.abs(seconds - Math.abs(skew)) <= 2)
        const name = `${whose} by ${skew} s`
        if (code !== 0) odd.push(`${name}: ${code} ${stderr}`)
        if (requests > (near ? 1 : 2)) odd.push(`${name}: ${requests} requests`)
        if (requests === 2 && !names) odd.push(`${name}: no seconds in ${stderr}`)
      }
    }
    figure(
      `${SKEWS.length * 2} clocks: ${Object.entries(most)
        .map(([size, more]) => `${size}: ${more} more`)
        .join(', ')}`,
    )
    if (odd.length > 0) expect.fail(odd.join('\n'))
  },
)

row(
  'R14',
  'a token that is nearly over, --min-ttl, and a clock set back an hour',
  'never printed with less than min(60 s, 20 %) left; --min-ttl to the second; not served',
  async ({ figure, skip }) => {
    if (!hasFaketime) skip('faketime is not installed')
    // [lifetime, later, more arguments, requests]
    const cases: readonly (readonly [number, number, readonly string[], number])[] = [
      [300, 235, [], 0],
      [300, 243, [], 1],
      [3600, 3535, [], 0],
      [3600, 3543, [], 1],
      [100, 75, [], 0],
      [100, 83, [], 1],
      [300, 95, ['--min-ttl', '200'], 0],
      [300, 103, ['--min-ttl', '200'], 1],
      [300, 285, ['--min-ttl', '10'], 0],
      [300, 293, ['--min-ttl', '10'], 1],
      [300, -HOUR, [], 1],
      [86_400, -HOUR, [], 1],
    ]
    const odd: string[] = []
    for (const [lifetime, later, more, expected] of cases) {
      const place = furnish(server.origin)
      await server.become({ delay: 0, lifetime })
      await run(['get'], place)
      await server.look()
      await server.become({ delay: 0, lifetime, offset: later * 1000 })
      const { code, stderr } = await run(['get', ...more], at(place, later))
      const { requests } = await server.look()
      if (code !== 0 || requests !== expected)
        odd.push(
          `${lifetime} s, ${later} s later ${more.join(' ')}: ${requests} requests, code ${code} ${stderr}`,
        )
    }
    figure(`${cases.length} moments, ${odd.length} wrong`)
    if (odd.length > 0) expect.fail(odd.join('\n'))
  },
)

row(
  'R7',
  'Retry-After in seconds and as a date, by clocks that differ',
  'never earlier; longer than the deadline: at once, code 6, with the time',
  async ({ figure }) => {
    const moments = new Map<string, { not: number; came?: number }>()
    const service = await serve(({ path }): Reply => {
      const known = moments.get(path)
      if (known !== undefined) {
        known.came = Date.now()
        return [200, { access_token: 'opaque-token', expires_in: 300 }]
      }
      const [, how = ''] = path.split('/')
      if (how === 'long') return [429, {}, { 'retry-after': '120' }]
      const offset = how === 'behind' ? -HOUR * 1000 : 0
      const now = Date.now() + offset
      const date = new Date(now).toUTCString()
      const until = Math.floor(now / 1000) * 1000 + 2000
      moments.set(path, { not: how === 'seconds' ? now + 1000 : until - offset })
      return [
        503,
        {},
        { date, 'retry-after': how === 'seconds' ? '1' : new Date(until).toUTCString() },
      ]
    })
    const place = furnish(service.origin)
    const runs = pick(9, 102)
    const early: number[] = []
    let late = 0
    const ask = async (index: number): Promise<void> => {
      const path = `/${['seconds', 'date', 'behind'][index % 3]}/${index}`
      const to = ['-s', `token_endpoint=${service.origin}${path}`]
      const { code, stderr } = await run(['get', '--no-cache', ...to], place)
      const { not = 0, came = 0 } = moments.get(path) ?? {}
      expect(code, stderr).toBe(0)
      if (came < not) early.push(not - came)
      late = Math.max(late, came - not)
    }
    for (let index = 0; index < runs; index += 9)
      await Promise.all(
        Array.from({ length: 9 }, (_, lane) =>
          index + lane < runs ? ask(index + lane) : undefined,
        ),
      )
    const to = ['-s', `token_endpoint=${service.origin}/long/0`, '--timeout', '30']
    const long = await run(['get', '--no-cache', '--json', ...to], place)
    figure(
      `${runs} runs, ${early.length} early, at most ${(late / 1000).toFixed(2)} s late; 120 s are told after ${(long.took / 1000).toFixed(2)} s`,
    )
    expect(early).toEqual([])
    expect(long.code).toBe(6)
    expect(JSON.parse(long.stderr)).toMatchObject({ error: { retry_after: 120 } })
    expect(long.took).toBeLessThan(2000)
  },
)

row(
  'R8',
  'assertions of every attempt and every hop',
  '10,000 attempts, no jti and no signature twice, every iat of its own attempt',
  async ({ figure }) => {
    const key = makeEcKey()
    const used = new Set<string>()
    const found = { attempts: 0, repeats: 0, stale: 0 }
    const failing = new Set<string>()
    const service = await serve(({ form, path }): Reply => {
      const assertion = form.get('assertion') ?? ''
      const { claims, signature } = readJwt(assertion)
      found.attempts++
      for (const mark of [`${claims.jti}`, signature.toString('base64url')]) {
        if (used.has(mark)) found.repeats++
        used.add(mark)
      }
      // set back by ten seconds, and then by what this run of it took
      if (Math.abs(Date.now() / 1000 - 10 - Number(claims.iat)) > 3) found.stale++
      const name = `${path} ${claims.sub}`
      const fails = !failing.has(name)
      if (fails) failing.add(name)
      return fails
        ? [503, {}, { 'retry-after': '0' }]
        : [200, { access_token: `token-${found.attempts}`, expires_in: 300 }]
    })
    const yaml = `
profiles:
  first:
    provider: jwt-bearer
    token_endpoint: ${service.origin}/one
    issuer: me
    subject: \${env:SUBJECT}
    key_path: k.pem
  second:
    provider: signed
    via: first
    token_endpoint: ${service.origin}/two
    subject: \${env:SUBJECT}
    key_path: k.pem
providers:
  signed:
    fields: { token_endpoint: { type: url, help: where } }
    assertion:
      algorithms: [ES256]
      header: { alg: "\${algorithm}" }
      claims: { sub: "\${subject}", iat: "\${iat}", exp: "\${exp}", jti: "\${uuid}" }
      lifetime: 300
      backdate: 10
    call:
      url: \${token_endpoint}
      in: form
      params: { assertion: "\${assertion}" }
      headers: { Authorization: "Bearer \${via.access_token}" }
    retry: { safe: true }
`
    const files = { 'p.yaml': yaml, 'k.pem': key.pem }
    const runs = pick(50, 2500)
    const lanes = Array.from({ length: 10 }, (_, lane) => lane)
    await Promise.all(
      lanes.map(async (lane) => {
        const args = ['get', 'second', '-c', 'p.yaml', '--no-cache']
        for (let index = lane; index < runs; index += lanes.length) {
          const world = createWorld(args, { files, env: { SUBJECT: `s${index}` } })
          const { exit, stderr } = await runMain(args, { again: world })
          expect(exit, stderr).toBe(0)
        }
      }),
    )
    figure(
      `${found.attempts} attempts, ${found.repeats} repeats, ${found.stale} with the time of another`,
    )
    expect(found.attempts).toBe(runs * 4)
    expect([found.repeats, found.stale]).toEqual([0, 0])
  },
)
