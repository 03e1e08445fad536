// Networks and services on a bad day, seen from outside: how long it takes, what it costs, how it ends.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { createGzip, gzipSync } from 'node:zlib'
import { afterAll, expect } from 'vitest'
import { run } from '../support/crowd.ts'
import { closeAll, listenDeaf, serveBytes } from '../support/network.ts'
import { furnish } from './place.ts'
import { isLong, row } from './row.ts'

afterAll(closeAll)

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'

/** A byte a second, for ever. */
const drip = (head: string) => (socket: Socket) => {
  socket.write(head)
  const timer = setInterval(() => socket.write('x'), 1000)
  socket.on('close', () => clearInterval(timer))
}

row(
  'R10',
  'a network that hangs, in 8 ways',
  'code 6, at most 0.5 s after the deadline',
  async ({ figure }) => {
    const open = (): Promise<number> => serveBytes('', true)
    const modes: readonly (readonly [name: string, scheme: string, port: number])[] = [
      ['connect', 'http', await listenDeaf()],
      ['TLS handshake', 'https', await open()],
      ['silence', 'http', await open()],
      ['headers', 'http', await serveBytes('HTTP/1.1 200 OK\r\nX: ', true)],
      ['body', 'http', await serveBytes(`${HEAD}Content-Length: 99\r\n\r\n{"acc`, true)],
      ['headers, a byte a second', 'http', await serveBytes(drip('HTTP/1.1 200 OK\r\nX: '))],
      [
        'body, a byte a second',
        'http',
        await serveBytes(drip(`${HEAD}Content-Length: 9999\r\n\r\n{`)),
      ],
      ['proxy', 'proxy', await open()],
    ]
    const late: [string, number][] = []
    const measure = async ([name, scheme, port]: (typeof modes)[number]): Promise<void> => {
      const place = furnish(`${scheme === 'proxy' ? 'https' : scheme}://127.0.0.1:${port}`)
      // loopback never goes through a proxy
      const proxied = [
        '--proxy',
        `http://127.0.0.1:${port}`,
        '-s',
        'token_endpoint=https://id.example/',
      ]
      const args = ['get', '--timeout', '2', ...(scheme === 'proxy' ? proxied : [])]
      const { code, took, stderr } = await run(args, place)
      expect(code, `${name}: ${stderr}`).toBe(6)
      late.push([name, took - 2000])
    }
    // a few at a time: eight that start at once would be late for that alone
    for (let at = 0; at < modes.length; at += 4)
      await Promise.all(modes.slice(at, at + 4).map(measure))
    const [name, most] = late.reduce((one, other) => (other[1] > one[1] ? other : one))
    figure(`${modes.length} modes, at most ${(most / 1000).toFixed(2)} s after (${name})`)
    for (const [mode, after] of late) {
      expect(after, mode).toBeLessThan(isLong ? 500 : 1500)
      expect(after, mode).toBeGreaterThan(-300)
    }
  },
)

row(
  'R20',
  'answers without end: 300 MB of gzip, an endless body, 10⁵ levels of JSON',
  'code 5, at most 32 MB more than a plain answer takes',
  async ({ figure }) => {
    const bomb = await pack(300)
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const close = 'Connection: close\r\n'
    const answers: Record<string, Parameters<typeof serveBytes>[0]> = {
      plain: `${HEAD}${close}\r\n{"access_token":"${'x'.repeat(40)}","expires_in":60}`,
      bomb: Buffer.concat([Buffer.from(`${HEAD}${close}Content-Encoding: gzip\r\n\r\n`), bomb]),
      'bomb in a bomb': Buffer.concat([
        Buffer.from(`${HEAD}${close}Content-Encoding: gzip, gzip\r\n\r\n`),
        gzipSync(bomb),
      ]),
      endless: (socket) => {
        const chunk = `8000\r\n${'x'.repeat(0x8000)}\r\n`
        const pour = (): void => {
          while (!socket.destroyed && socket.write(chunk));
        }
        socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`)
        socket.on('drain', pour)
        pour()
      },
      deep: `${HEAD}${close}\r\n${deep}`,
      'deep beside a token': `${HEAD}${close}\r\n{"access_token":${deep}}`,
    }
    const used: Record<string, number> = {}
    for (const [name, bytes] of Object.entries(answers)) {
      const place = furnish(`http://127.0.0.1:${await serveBytes(bytes)}`)
      const { code, stderr, memory } = await runWeighed(['get', '--timeout', '20'], place)
      expect(code, `${name}: ${stderr}`).toBe(name === 'plain' ? 0 : 5)
      used[name] = memory
    }
    const more = Object.entries(used).map(
      ([name, memory]) => [name, memory - (used.plain ?? 0)] as const,
    )
    const worst = more.reduce((one, other) => (other[1] > one[1] ? other : one))
    figure(`${worst[1].toFixed(1)} MB (${worst[0]})`)
    expect(worst[1]).toBeLessThanOrEqual(32)
  },
)

/** Its peak, in MB, told by a module that is loaded before it. */
async function runWeighed(args: readonly string[], place: ReturnType<typeof furnish>) {
  const scale = join(place.folder, 'scale')
  mkdirSync(scale)
  const [module, told] = [join(scale, 'scale.cjs'), join(scale, 'told')]
  writeFileSync(
    module,
    `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(told)}, String(process.resourceUsage().maxRSS)))`,
  )
  const ending = await run(args, {
    ...place,
    env: { ...place.env, NODE_OPTIONS: `--require=${module}` },
  })
  return { ...ending, memory: Number(readFileSync(told, 'utf8')) / 1024 }
}

async function pack(megabytes: number): Promise<Buffer> {
  const gzip = createGzip()
  const zeros = Buffer.alloc(1024 * 1024)
  const chunks: Buffer[] = []
  gzip.on('data', (chunk: Buffer) => chunks.push(chunk))
  for (let written = 0; written < megabytes; written++) {
    if (!gzip.write(zeros)) await new Promise((resolve) => gzip.once('drain', resolve))
  }
  gzip.end()
  await new Promise((resolve) => gzip.once('end', resolve))
  return Buffer.concat(chunks)
}
