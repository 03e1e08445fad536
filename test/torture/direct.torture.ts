// The short way to a token that was kept must never lead elsewhere than the long one: whatever decides
// is changed, one at a time, and what comes then is what comes with nothing remembered.

import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Place, run, startProgram } from '../support/crowd.ts'
import { makeEcKey } from '../support/keys.ts'
import { readSpelling, startTokenServer } from '../support/token-server.ts'
import { cacheOf, furnish } from './place.ts'
import { pick, row } from './row.ts'

const server = await startTokenServer()
await server.become({ delay: 0 })
const other = makeEcKey()

interface Change {
  readonly name: string
  /** of the run after it: `asks`, `refuses` (before anything is asked), or `same` */
  readonly outcome: 'asks' | 'refuses' | 'same'
  readonly args?: readonly string[]
  /** how the run begins whose token is remembered */
  readonly first?: Partial<Place>
  readonly needsRoot?: boolean
  make(place: Place): Partial<Place> | undefined
}

const edit = (place: Place, name: string, from: string, to: string): void => {
  const path = join(place.folder, name)
  const text = readFileSync(path, 'utf8')
  if (!text.includes(from)) throw new Error(`${name} has no ${from}`)
  writeFileSync(path, text.replace(from, to))
}
const PROFILE = 'tokentool.yaml'
const write = (place: Place, name: string, text: string): void =>
  writeFileSync(join(place.folder, name), text, { mode: 0o600 })

/** Found, not named: then the folders above count as well, and what was trusted. */
const FOUND: Partial<Place> = { env: {} }

const CHANGES: readonly Change[] = [
  { name: 'nothing', outcome: 'same', make: () => undefined },
  {
    name: 'an endpoint',
    outcome: 'asks',
    make: (place) => void edit(place, PROFILE, '/two', '/due'),
  },
  {
    name: 'a subject of the hop before',
    outcome: 'asks',
    make: (place) => void edit(place, PROFILE, 'subject: one', 'subject: uno'),
  },
  {
    name: 'one letter, as many bytes, the old time',
    outcome: 'asks',
    make(place) {
      const path = join(place.folder, PROFILE)
      edit(place, PROFILE, 'issuer: torture', 'issuer: torturf')
      utimesSync(path, new Date(0), new Date(0))
      return undefined
    },
  },
  {
    name: 'a comment',
    outcome: 'same',
    make: (place) => void edit(place, PROFILE, '\nprofiles:', '\n# x\nprofiles:'),
  },
  {
    name: 'another key in the same file',
    outcome: 'asks',
    make: (place) => void write(place, 'key.pem', other.pem),
  },
  {
    name: 'another key moved there',
    outcome: 'asks',
    make(place) {
      write(place, 'new.pem', other.pem)
      renameSync(join(place.folder, 'new.pem'), join(place.folder, 'key.pem'))
      return undefined
    },
  },
  {
    name: 'no key any more',
    outcome: 'refuses',
    make: (place) => void rmSync(join(place.folder, 'key.pem')),
  },
  {
    name: 'a key that others can write',
    outcome: 'refuses',
    make: (place) => void chmodSync(join(place.folder, 'key.pem'), 0o666),
  },
  {
    name: 'another secret',
    outcome: 'asks',
    args: ['get', 'secret'],
    make: (place) => void write(place, 'secret', 'another-secret'),
  },
  {
    name: 'no secret any more',
    outcome: 'refuses',
    args: ['get', 'secret'],
    make: (place) => void rmSync(join(place.folder, 'secret')),
  },
  {
    name: 'no profile file any more',
    outcome: 'refuses',
    make: (place) => void rmSync(join(place.folder, PROFILE)),
  },
  {
    name: 'a profile file that is none',
    outcome: 'refuses',
    make: (place) => void write(place, PROFILE, 'profiles: ['),
  },
  {
    name: 'a variable for the profile',
    outcome: 'asks',
    args: ['get'],
    make: (place) => ({ env: { ...place.env, TOKENTOOL_PROFILE: 'secret' } }),
  },
  {
    name: 'a variable for the environment',
    outcome: 'refuses',
    make: (place) => ({ env: { ...place.env, TOKENTOOL_ENVIRONMENT: 'live' } }),
  },
  {
    name: 'another profile file by its variable',
    outcome: 'refuses',
    make: () => ({ env: { TOKENTOOL_CONFIG: 'none.yaml' } }),
  },
  {
    name: 'TOKENTOOL_NO_CACHE',
    outcome: 'asks',
    make: (place) => ({ env: { ...place.env, TOKENTOOL_NO_CACHE: '1' } }),
  },
  {
    name: 'TOKENTOOL_CACHE_DIR',
    outcome: 'asks',
    make: (place) => ({ env: { ...place.env, TOKENTOOL_CACHE_DIR: 'elsewhere' } }),
  },
  { name: 'CI', outcome: 'asks', make: (place) => ({ env: { ...place.env, CI: '1' } }) },
  {
    name: 'NODE_DEBUG',
    outcome: 'refuses',
    make: (place) => ({ env: { ...place.env, NODE_DEBUG: 'http' } }),
  },
  {
    name: 'another home',
    outcome: 'asks',
    make(place) {
      mkdirSync(join(place.folder, 'second'))
      return { env: { ...place.env, HOME: join(place.folder, 'second') } }
    },
  },
  {
    name: 'a file of the user’s own that names its profiles as well',
    outcome: 'same',
    make(place) {
      mkdirSync(join(place.folder, 'home/.config/tokentool'), { recursive: true })
      write(place, 'home/.config/tokentool/tokentool.yaml', 'profiles: { x: { provider: va-sis } }')
      return undefined
    },
  },
  {
    name: 'an argument more',
    outcome: 'refuses',
    args: ['get', 'two'],
    make: () => ({ before: ['sh', '-c', 'exec "$@" --nope', 'sh'] }),
  },
  {
    name: '--force-new',
    outcome: 'asks',
    make: () => ({ before: ['sh', '-c', 'exec "$@" --force-new', 'sh'] }),
  },
  {
    name: '--no-cache',
    outcome: 'asks',
    make: () => ({ before: ['sh', '-c', 'exec "$@" --no-cache', 'sh'] }),
  },
  {
    name: '--min-ttl that it has not',
    outcome: 'refuses',
    make: () => ({ before: ['sh', '-c', 'exec "$@" --min-ttl 1h', 'sh'] }),
  },
  {
    name: 'cache clear --all',
    outcome: 'asks',
    make(place) {
      return {
        before: ['sh', '-c', '"$1" "$2" cache clear --all >/dev/null 2>&1; exec "$@"', 'sh'],
        env: place.env ?? {},
      }
    },
  },
  {
    name: 'the entry gone',
    outcome: 'asks',
    make(place) {
      for (const name of readdirSync(join(cacheOf(place), 'tokens')))
        if (/^[0-9a-f]{64}$/.test(name)) rmSync(join(cacheOf(place), 'tokens', name))
      return undefined
    },
  },
  {
    name: 'the entry damaged',
    outcome: 'asks',
    make(place) {
      for (const name of readdirSync(join(cacheOf(place), 'tokens')))
        if (/^[0-9a-f]{64}$/.test(name)) writeFileSync(join(cacheOf(place), 'tokens', name), '{}')
      return undefined
    },
  },
  {
    name: 'what is remembered damaged',
    outcome: 'same',
    make(place) {
      for (const name of readdirSync(join(cacheOf(place), 'tokens')))
        if (name.endsWith('.direct'))
          writeFileSync(join(cacheOf(place), 'tokens', name), '{"version":1,"argv":[')
      return undefined
    },
  },
  {
    name: 'what is remembered of another shape',
    outcome: 'same',
    make(place) {
      for (const name of readdirSync(join(cacheOf(place), 'tokens')))
        if (name.endsWith('.direct'))
          writeFileSync(join(cacheOf(place), 'tokens', name), '{"version":1,"argv":7}')
      return undefined
    },
  },
  {
    name: 'a cache that others could write',
    outcome: 'same',
    make: (place) => void chmodSync(join(cacheOf(place), 'tokens'), 0o777),
  },
  {
    name: 'a cache in a folder of somebody else’s',
    outcome: 'asks',
    needsRoot: true,
    make: (place) => void chownSync(join(place.folder, 'home/.cache'), 65_534, 65_534),
  },
  {
    name: 'a cache that is somebody else’s',
    outcome: 'asks',
    needsRoot: true,
    make: (place) => void chownSync(cacheOf(place), 65_534, 65_534),
  },
  {
    name: 'a cache that is a link',
    outcome: 'asks',
    make(place) {
      renameSync(cacheOf(place), join(place.folder, 'moved'))
      symlinkSync(join(place.folder, 'moved'), cacheOf(place))
      return undefined
    },
  },
  // found files
  {
    name: 'found: trust revoked',
    outcome: 'refuses',
    first: FOUND,
    make: () => ({
      before: ['sh', '-c', '"$1" "$2" trust revoke >/dev/null 2>&1; exec "$@"', 'sh'],
    }),
  },
  {
    name: 'found: what was trusted gone',
    outcome: 'refuses',
    first: FOUND,
    make: (place) => void rmSync(join(place.folder, 'home/.local'), { recursive: true }),
  },
  {
    name: 'found: a second file beside it',
    outcome: 'refuses',
    first: FOUND,
    make: (place) => void write(place, '.tokentoolrc', 'profiles: {}'),
  },
  {
    name: 'found: a second file beside it that leads nowhere',
    outcome: 'refuses',
    first: FOUND,
    make: (place) => void symlinkSync('/nowhere', join(place.folder, 'tokentool.json')),
  },
  {
    name: 'found: a folder of somebody else’s',
    outcome: 'refuses',
    needsRoot: true,
    first: FOUND,
    make: (place) => void chownSync(place.folder, 65_534, 65_534),
  },
  {
    name: 'found: another host',
    outcome: 'refuses',
    first: FOUND,
    make: (place) => void edit(place, PROFILE, 'http://127.0.0.1', 'http://localhost'),
  },
]

const ARGS = ['get', 'two']

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((done) => setTimeout(done, milliseconds))

async function settle(place: Place, args: readonly string[], hasTrust: boolean): Promise<string> {
  if (hasTrust) await run(['trust'], place)
  // what was written a moment ago could be written again without a trace
  await sleep(2200)
  let printed = ''
  for (let time = 0; time < 3; time++) {
    const { code, stdout, stderr } = await run(args, place)
    expect(code, stderr).toBe(0)
    printed = stdout
  }
  return printed
}

row(
  'direct',
  'the short way, after a change of whatever decides',
  'never another token than by the long way',
  async ({ figure }) => {
    const isRoot = process.getuid?.() === 0
    const every = pick(4, 1)
    const changes = CHANGES.filter(
      ({ needsRoot }, index) => index % every === 0 && (!needsRoot || isRoot),
    )
    const odd: string[] = []
    let remembered = 0
    const prepared = []
    for (let at = 0; at < changes.length; at += 12) {
      const group = changes.slice(at, at + 12).map(async (change) => {
        const place: Place = { ...furnish(server.origin), ...change.first }
        const args = change.args ?? ARGS
        const printed = await settle(place, args, change.first === FOUND)
        const tokens = readdirSync(join(cacheOf(place), 'tokens'))
        if (tokens.some((name) => name.endsWith('.direct'))) remembered++
        return { change, place, args, printed }
      })
      prepared.push(...(await Promise.all(group)))
    }
    for (const { change, place, args, printed } of prepared) {
      const there = { ...place, ...change.make(place) }
      await server.look()
      const { code, stdout, stderr } = await startProgram(args, there).done
      const { requests } = await server.look()
      const came =
        code !== 0
          ? requests === 0 && stdout === ''
            ? 'refuses'
            : `${requests} requests and code ${code}`
          : requests > 0 && stdout !== printed
            ? 'asks'
            : stdout === printed && requests === 0
              ? 'same'
              : 'something else'
      // a token that is not good enough is asked for before it is refused
      const isShort = change.name.startsWith('--min-ttl') && code === 7
      if (came !== change.outcome && !isShort)
        odd.push(`${change.name}: ${came}, not ${change.outcome} ${stderr}`)
    }
    figure(`${changes.length} changes after ${remembered} short ways, ${odd.length} wrong`)
    expect(remembered).toBe(changes.length)
    if (odd.length > 0) expect.fail(odd.join('\n'))
  },
)

row(
  'direct',
  'an edit while the service is being waited for',
  'the next run sees it',
  async ({ figure }) => {
    const odd: string[] = []
    const edits: readonly (readonly [name: string, make: (place: Place) => void])[] = [
      ['edited', (place) => edit(place, PROFILE, 'subject: one', 'subject: uno')],
      ['deleted', (place) => rmSync(join(place.folder, PROFILE))],
      ['another key', (place) => write(place, 'key.pem', other.pem)],
    ]
    const places = edits.map(() => furnish(server.origin))
    await sleep(2200)
    await server.become({ delay: 3500 })
    await server.look()
    const running = places.map((place) => startProgram(['get', 'one'], place))
    // all of them have read what there was
    for (let asked = 0; asked < edits.length; await sleep(20))
      asked += (await server.look()).requests
    for (const [index, [, make]] of edits.entries()) make(places[index] as Place)
    const first = await Promise.all(running.map(({ done }) => done))
    await sleep(2500)
    await server.become({ delay: 0 })
    for (const [index, [name]] of edits.entries()) {
      const before = first[index]
      expect(before?.code, before?.stderr).toBe(0)
      for (const time of [1, 2]) {
        const { code, stdout } = await run(['get', 'one'], places[index] as Place)
        if (code === 0 && stdout === before?.stdout) odd.push(`${name}: the old token (${time})`)
      }
    }
    figure(`${edits.length} edits, ${odd.length} not seen`)
    if (odd.length > 0) expect.fail(odd.join('\n'))
  },
)

row(
  'direct',
  'what is printed, in every form, the first, second, third and fourth time',
  'the same, but for the seconds that are left',
  async ({ figure }) => {
    const forms = pick(
      [['--json'], ['-v']],
      [
        ['-o', 'token'],
        ['--json'],
        ['-v'],
        ['-o', 'env', '--shell', 'sh'],
        ['-o', 'header'],
        ['-o', 'dotenv'],
        ['-o', 'exec-credential'],
        ['-o', 'env', '--shell', 'fish', '--name', 'API'],
        ['--field', 'access_token'],
        ['--field', 'expires_in'],
        ['--out', 'token.txt'],
        ['--min-ttl', '30s'],
        ['-q'],
      ],
    )
    const odd: string[] = []
    await Promise.all(
      forms.map(async (form) => {
        const place = furnish(server.origin)
        await sleep(2200)
        const printed: string[] = []
        for (let time = 0; time < 4; time++) {
          const { code, stdout, stderr } = await run(['get', 'two', ...form], place)
          const out = join(place.folder, 'token.txt')
          const file = existsSync(out) ? readFileSync(out, 'utf8') : ''
          rmSync(out, { force: true })
          expect(code, `${form.join(' ')}: ${stderr}`).toBe(0)
          printed.push(`${stdout}|${stderr}|${file}`)
          await sleep(1100)
        }
        const [, second = '', third = '', fourth = ''] = printed
        const left = (text: string): number =>
          Number(
            /"expires_in":(\d+)/.exec(text)?.[1] ??
              (form[1] === 'expires_in' ? /^\d+/.exec(text)?.[0] : Number.NaN),
          )
        const level = (text: string): string =>
          text
            .replace(/("expires_in":)\d+/g, '$1')
            .replace(form[1] === 'expires_in' ? /^\d+/ : /^$/, '')
        if (level(second) !== level(third) || level(third) !== level(fourth))
          odd.push(`${form.join(' ')}:\n${second}\n${third}\n${fourth}`)
        if (!Number.isNaN(left(second)) && left(fourth) >= left(second))
          odd.push(`${form.join(' ')}: ${left(second)} s left, and later ${left(fourth)}`)
        const token = /[a-z]+~\d+~\d+~\d+~[0-9a-f]{16}/.exec(fourth)?.[0]
        if (token !== undefined && readSpelling(token) === undefined)
          odd.push(`${form.join(' ')}: torn`)
      }),
    )
    figure(`${forms.length} forms, ${odd.length} different`)
    if (odd.length > 0) expect.fail(odd.join('\n'))
  },
)
