// Disks, rights and names: what happens to a cache that cannot be had, what it looks like to others,
// and what a token that is kept costs.

import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { rolldown } from 'rolldown'
import { expect } from 'vitest'
import { count, type Place, run, startProgram } from '../support/crowd.ts'
import { lock, makeRsaKey } from '../support/keys.ts'
import { makeFolder, PROGRAM, plantCanary, plantKey, runProgram } from '../support/program.ts'
import { serve } from '../support/service.ts'
import { readSpelling, startTokenServer } from '../support/token-server.ts'
import { cacheOf, furnish, listFiles, listWide, tokensOf } from './place.ts'
import { pick, row } from './row.ts'

const server = await startTokenServer()
await server.become({ delay: 20 })

const NOBODY = 65_534
const isRoot = process.getuid?.() === 0
const works = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0
const canMount =
  isRoot && works('unshare', '-m', 'sh', '-c', 'mount -t tmpfs -o size=16k none /mnt')
const canInject = works('strace', '-f', '-o', '/dev/null', '-e', 'inject=link:error=EPERM', 'true')

const isEntry = (path: string): boolean => readFileSync(path, 'utf8').includes('"token"')

function findEntry(place: Place): string {
  const path = listFiles(tokensOf(place)).find(isEntry)
  if (path === undefined) throw new Error('nothing is kept')
  return path
}

function give(folder: string, user: number): void {
  chownSync(folder, user, user)
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (lstatSync(path).isDirectory()) give(path, user)
    else chownSync(path, user, user)
  }
}

/** Behind a mount that only this run sees. */
const mounted = (options: string, then = ':'): readonly string[] => [
  ...['unshare', '-m', 'sh', '-c'],
  `mount -t tmpfs -o ${options} none home/.cache/tokentool && { ${then}; exec "$@"; }`,
  'sh',
]
const injected = (calls: string, error: string): readonly string[] => [
  ...['strace', '-f', '-o', '/dev/null'],
  ...['-e', `trace=${calls}`, '-e', `inject=${calls}:error=${error}`],
]

interface Trouble {
  readonly name: string
  readonly needs?: boolean
  /** lines on stderr */
  readonly notes: number
  prepare?(place: Place): Place | undefined
}

const TROUBLES: readonly Trouble[] = [
  {
    name: 'ENOSPC',
    needs: canMount,
    notes: 1,
    prepare: (place) => ({
      ...place,
      before: mounted(
        'size=16k,mode=0700',
        'head -c 1000000 /dev/zero > home/.cache/tokentool/fill 2>/dev/null',
      ),
    }),
  },
  {
    name: 'EROFS',
    needs: canMount,
    notes: 1,
    prepare: (place) => ({ ...place, before: mounted('ro,mode=0700') }),
  },
  {
    name: 'EACCES',
    needs: isRoot,
    notes: 1,
    prepare(place) {
      give(place.folder, NOBODY)
      chmodSync(dirname(cacheOf(place)), 0o500)
      rmSync(cacheOf(place), { recursive: true })
      return {
        ...place,
        before: ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'],
      }
    },
  },
  {
    name: 'somebody else’s',
    needs: isRoot,
    notes: 1,
    prepare: (place) => void chownSync(cacheOf(place), NOBODY, NOBODY),
  },
  {
    name: 'in a folder of somebody else’s',
    needs: isRoot,
    notes: 1,
    prepare: (place) => void chownSync(dirname(cacheOf(place)), NOBODY, NOBODY),
  },
  {
    name: 'a file in its place',
    notes: 1,
    prepare(place) {
      rmSync(cacheOf(place), { recursive: true })
      writeFileSync(cacheOf(place), '')
    },
  },
  {
    name: 'a file in the place of its folder',
    notes: 1,
    prepare: (place) => void writeFileSync(tokensOf(place), ''),
  },
  {
    name: 'a link in its place',
    notes: 1,
    prepare(place) {
      rmSync(cacheOf(place), { recursive: true })
      mkdirSync(join(place.folder, 'elsewhere'))
      symlinkSync(join(place.folder, 'elsewhere'), cacheOf(place))
    },
  },
  {
    name: 'no links (NFS, FAT)',
    needs: canInject,
    notes: 0,
    prepare: (place) => ({ ...place, before: injected('link,linkat', 'EPERM') }),
  },
  {
    name: 'EIO on fsync',
    needs: canInject,
    notes: 1,
    prepare: (place) => ({ ...place, before: injected('fsync,fdatasync', 'EIO') }),
  },
  {
    name: 'EXDEV on rename',
    needs: canInject,
    notes: 1,
    prepare: (place) => ({ ...place, before: injected('rename,renameat,renameat2', 'EXDEV') }),
  },
  {
    name: 'a home that is not there',
    notes: 1,
    prepare: (place) => ({ ...place, env: { ...place.env, HOME: '/proc/nowhere' } }),
  },
  {
    name: 'no home',
    notes: 1,
    prepare: (place) => ({ ...place, env: { ...place.env, HOME: '' } }),
  },
]

row(
  'R12',
  'caches that cannot be used',
  'the token all the same, exit 0, one note on stderr',
  async ({ figure }) => {
    const odd: string[] = []
    const left: string[] = []
    let tried = 0
    for (const { name, needs = true, notes, prepare } of TROUBLES) {
      if (!needs) {
        left.push(name)
        continue
      }
      const place = furnish(server.origin)
      mkdirSync(cacheOf(place), { recursive: true, mode: 0o700 })
      const there = prepare?.(place) ?? place
      // twice: what the first one makes of it is no better
      for (const time of pick([1], [1, 2])) {
        const { code, stdout, stderr } = await run(['get', 'two'], there)
        const lines = stderr.split('\n').filter((line) => line !== '').length
        const good = code === 0 && readSpelling(stdout.trimEnd()) !== undefined
        if (!good || lines !== notes)
          odd.push(`${name} (${time}): code ${code}, ${lines} lines\n${stderr}`)
        tried++
      }
      if (name.startsWith('a link')) {
        const through = readdirSync(join(place.folder, 'elsewhere'))
        if (through.length > 0) odd.push(`${name}: ${through.join(' ')} behind it`)
      }
    }
    // one entry, one mark, one lock that is something else
    for (const what of ['folder', 'link']) {
      for (const which of ['entry', 'lock', 'salt']) {
        const place = furnish(server.origin)
        await run(['get', 'one'], place)
        const entry = findEntry(place)
        const path =
          { entry, lock: `${entry}.lock`, salt: join(tokensOf(place), 'salt') }[which] ?? ''
        rmSync(path, { force: true })
        if (which === 'lock') rmSync(entry)
        const victim = join(place.folder, 'victim')
        writeFileSync(victim, 'untouched')
        if (what === 'folder') mkdirSync(path)
        else symlinkSync(victim, path)
        const { code, stdout, stderr, took } = await startProgram(
          ['get', 'one', '--timeout', '9'],
          place,
        ).done
        const good = code === 0 && readSpelling(stdout.trimEnd()) !== undefined
        const lines = stderr.split('\n').filter((line) => line !== '').length
        if (!good || lines > 1 || took > 7000)
          odd.push(`${which} is a ${what}: code ${code}, ${Math.round(took)} ms\n${stderr}`)
        if (readFileSync(victim, 'utf8') !== 'untouched')
          odd.push(`${which}: written through a link`)
        tried++
      }
    }
    const missing = left.length > 0 ? `; not possible here: ${left.join(', ')}` : ''
    figure(`${tried} runs, ${odd.length} odd${missing}`)
    if (odd.length > 0) expect.fail(odd.join('\n'))
  },
)

row(
  'S4',
  'modes under umask 000, 022 and 077, and of what was there before',
  'folders 0700, files 0600; wider ones mended or refused',
  async ({ figure }) => {
    const odd: string[] = []
    let tried = 0
    const check = (place: Place, name: string): void => {
      tried++
      odd.push(...listWide(cacheOf(place)).map((wide) => `${name}: ${wide}`))
    }
    for (const mask of ['000', '022', '077']) {
      const masked = (place: Place): Place => ({
        ...place,
        before: ['sh', '-c', `umask ${mask}; exec "$@"`, 'sh'],
      })
      const fresh = masked(furnish(server.origin))
      await run(['get', 'two'], fresh)
      check(fresh, `umask ${mask}`)
      for (const [which, mode] of [
        ['cache', 0o755],
        ['cache', 0o777],
        ['tokens', 0o777],
        ['entry', 0o644],
        ['entry', 0o666],
        ['salt', 0o644],
        ['salt', 0o666],
      ] as const) {
        const place = masked(furnish(server.origin))
        await run(['get', 'one'], place)
        const path = {
          cache: cacheOf(place),
          tokens: tokensOf(place),
          entry: findEntry(place),
          salt: join(tokensOf(place), 'salt'),
        }[which]
        chmodSync(path, mode)
        const { code, stderr } = await run(['get', 'one'], place)
        if (code !== 0) odd.push(`${which} ${mode.toString(8)}: ${stderr}`)
        check(place, `umask ${mask}, ${which} was ${mode.toString(8)}`)
      }
    }
    figure(`${tried} caches, ${odd.length} too wide`)
    if (odd.length > 0) expect.fail(odd.join('\n'))
  },
)

row(
  'S1',
  'secrets in what is kept, and in what killed runs leave behind',
  'no secret, key, passphrase or assertion in any name or file',
  async ({ figure }) => {
    const passphrase = plantCanary()
    const pem = lock(makeRsaKey(), passphrase)
    const place = furnish(server.origin, { 'locked.pem': plantKey(pem), phrase: passphrase })
    const commands: readonly (readonly string[])[] = [
      ['get', 'two'],
      ['get', 'secret'],
      ['get', '-s', 'key_path=locked.pem', '-s', 'passphrase=@phrase'],
      ['get', 'secret', '-s', 'token_endpoint=http://127.0.0.1:9/'],
    ]
    const found = new Set<string>()
    const look = (): void => {
      for (const path of listFiles(join(place.folder, 'home'))) {
        found.add(path)
        // the tokens of this service are no JWTs, so that one would be an assertion
        expect(path + readMaybe(path)).not.toMatch(/eyJ[\w-]{10}/)
      }
    }
    for (let trial = 0; trial < pick(12, 120); trial++) {
      const { child, done } = startProgram(
        [...(commands[trial % commands.length] ?? []), '--force-new'],
        place,
      )
      await new Promise((wait) => setTimeout(wait, 40 + Math.random() * 200))
      child.kill('SIGKILL')
      await done
      look()
    }
    for (const args of commands) {
      // looks for every canary there is, in all encodings, whole and in part
      await runProgram([...args, '-vv'], {
        folder: place.folder,
        ...(place.env && { env: place.env }),
      })
      look()
    }
    const kinds = [...found].map((path) => /\.\w+$/.exec(path)?.[0] ?? 'entries')
    figure(`0 in ${found.size} files (${count(kinds)})`)
    expect(found.size).toBeGreaterThan(4)
  },
)

function readMaybe(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

row(
  'R19',
  '`get` from the cache, as the kernel sees it',
  '0 connections, 0 reads of keys and secrets, 0 processes',
  async ({ figure, skip }) => {
    if (!works('strace', '-V')) skip('strace is not installed')
    const place = furnish(server.origin)
    const trace = join(place.folder, 'trace')
    const calls = 'socket,connect,execve,execveat,fork,vfork,openat,open'
    const watched: Place = {
      ...place,
      before: ['strace', '-f', '-o', trace, '-e', `trace=${calls}`],
    }
    const seen: Record<string, number> = { sockets: 0, keys: 0, secrets: 0, programs: 0 }
    // what a stat says is believed once the file has been left alone for a moment
    await new Promise((done) => setTimeout(done, 2100))
    for (const args of [
      ['get', 'two'],
      ['get', 'secret'],
      ['get', 'commanded'],
    ]) {
      await run(args, place)
      await run(args, place)
      await server.look()
      const { code } = await run(args, watched)
      expect(code).toBe(0)
      expect((await server.look()).requests).toBe(0)
      const lines = readFileSync(trace, 'utf8').split('\n')
      const times = (pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length
      seen.sockets = (seen.sockets ?? 0) + times(/socket\(AF_INET|connect\(/)
      seen.keys = (seen.keys ?? 0) + times(/open.*key\.pem/)
      seen.secrets = (seen.secrets ?? 0) + times(/open.*\/secret"/)
      // strace's own
      seen.programs = (seen.programs ?? 0) + times(/execve/) - 1
      expect(times(/open.*tokens/), 'it would be seen').toBeGreaterThan(0)
    }
    figure(
      Object.entries(seen)
        .map(([name, number]) => `${number} ${name}`)
        .join(', '),
    )
    expect(seen).toEqual({ sockets: 0, keys: 0, secrets: 0, programs: 0 })
  },
)

row(
  'R5',
  'containers on one cache, each with its own process numbers',
  '10,000 writes: 0 torn, 0 errors',
  async ({ figure, skip }) => {
    if (!works('unshare', '-p', '-f', '--mount-proc', 'true')) skip('no new process numbers here')
    const folder = makeFolder()
    const program = await bundleWriter(folder)
    const cache = join(folder, 'cache')
    const [containers, writes] = pick([3, 200], [4, 2500])
    const told = await Promise.all(
      Array.from({ length: containers }, (_, index) =>
        write(program, cache, writes, index % 2 > 0),
      ),
    )
    const sum = (name: keyof Told): number => told.reduce((all, one) => all + one[name], 0)
    figure(
      `${containers} containers (pids ${count(told.map(({ pid }) => pid))}), ${sum('writes')} writes, ${sum('reads')} reads, ${sum('torn')} torn, ${sum('errors')} errors; ${sum('claims')} claims, ${sum('together')} not alone`,
    )
    const left = listFiles(cache).filter((path) => /\.(tmp|own|break|lock)$/.test(path))
    expect([sum('torn'), sum('errors'), sum('together')]).toEqual([0, 0, 0])
    expect(left).toEqual([])
    expect(sum('writes')).toBe(containers * writes)
    // the same number in some of them, and in others one that the first do not know
    expect(new Set(told.map(({ pid }) => pid)).size).toBe(2)
  },
)

interface Told {
  readonly pid: number
  readonly writes: number
  readonly reads: number
  readonly torn: number
  readonly errors: number
  readonly claims: number
  readonly together: number
}

async function bundleWriter(folder: string): Promise<string> {
  const bundle = await rolldown({ input: join(import.meta.dirname, 'writer.ts'), platform: 'node' })
  const file = join(folder, 'writer.mjs')
  await bundle.write({ file, format: 'esm' })
  await bundle.close()
  return file
}

function write(program: string, cache: string, writes: number, isSecond: boolean): Promise<Told> {
  // a number that the others' processes and threads do not have
  const count = 'for one in $(seq 40); do true & done; wait; "$@"; exit'
  const behind = isSecond ? ['sh', '-c', count, 'sh'] : []
  const command = [process.execPath, program, cache, `${writes}`]
  const args = ['-p', '-f', '--mount-proc', ...behind, ...command]
  return new Promise((done, fail) => {
    const child = spawn('unshare', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let stdout = ''
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    child.on('error', fail)
    child.on('close', () => {
      if (stdout === '') fail(new Error('a writer died'))
      else done(JSON.parse(stdout) as Told)
    })
  })
}

row(
  'R18',
  '1 MB through a slow pipe; a reader that has gone',
  'whole; silent, exit 0',
  async ({ figure }) => {
    const token = 'x'.repeat(1_000_000)
    const service = await serve(() => [200, { access_token: token, expires_in: 300 }])
    const place = furnish(service.origin)
    const { child, done } = startProgram(['get', '-o', 'header'], place)
    // a pipe holds 64 KB; whoever reads it takes his time
    child.stdout?.pause()
    const timer = setInterval(() => {
      child.stdout?.resume()
      setTimeout(() => child.stdout?.pause(), 1)
    }, 30)
    const slow = await done
    clearInterval(timer)
    const gone: string[] = []
    for (const reader of ['head -c 1', 'true', 'exec <&-']) {
      const line = `{ "$@"; echo $? >&3; } 3>code | { ${reader}; } >/dev/null`
      const words = ['-c', line, 'sh', process.execPath, PROGRAM, 'get']
      const said = execFileSync('sh', words, {
        cwd: place.folder,
        env: { PATH: process.env.PATH, HOME: join(place.folder, 'home'), ...place.env },
        stdio: ['ignore', 'pipe', 'pipe'],
      }).toString()
      const code = readFileSync(join(place.folder, 'code'), 'utf8').trim()
      if (code !== '0' || said !== '') gone.push(`${reader}: ${code} ${said}`)
    }
    figure(
      `${slow.stdout.length} bytes, code ${slow.code}; ${3 - gone.length} of 3 readers gone in silence`,
    )
    expect(slow.code).toBe(0)
    expect(slow.stdout).toBe(`Authorization: Bearer ${token}\n`)
    expect(gone).toEqual([])
  },
)
