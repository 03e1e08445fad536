// How long a start takes, as a ratio to `node -e 0` taken pair by pair in the same run: machines
// differ and drift, the ratio stays. A benchmark, not a test: it fails nothing.

import { spawnSync } from 'node:child_process'
import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

const ROUNDS = Number(process.env.ROUNDS ?? 15)
const program = fileURLToPath(new URL('../../bin/tokentool.js', import.meta.url))
const isOld = Number(process.versions.node.split('.')[0]) < 22

const folder = mkdtempSync(join(tmpdir(), 'tokentool-bench-'))
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
writeFileSync(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), {
  mode: 0o600,
})

// A worker, because the runs are synchronous: this thread could not answer meanwhile.
const server = new Worker(
  `const { createServer } = require('node:http')
   const body = JSON.stringify({ access_token: 'opaque', token_type: 'Bearer', expires_in: 300 })
   const server = createServer((request, response) => {
     request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(body))
   })
   server.listen(0, '127.0.0.1', () => require('node:worker_threads').parentPort.postMessage(server.address().port))`,
  { eval: true },
)
const port = await new Promise((done) => server.once('message', done))
writeFileSync(
  join(folder, 'tokentool.yaml'),
  `profiles:
  bench:
    provider: jwt-bearer
    token_endpoint: http://127.0.0.1:${port}/token
    issuer: bench
    subject: bench
    key_path: key.pem
`,
)

const now = Math.floor(Date.now() / 1000)
const input = [
  { alg: 'RS256', kid: '42', typ: 'JWT' },
  {
    iss: 'https://issuer.example',
    sub: 'bench',
    aud: 'bench',
    iat: now,
    exp: now + 3600,
    jti: '1',
  },
]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.')
const token = `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`

const get = ['get', '-c', 'tokentool.yaml']
const cache = join(folder, '.cache')

const rows = [
  {
    name: 'get: from the cache',
    args: get,
    target: isOld ? 1.25 : 1.35,
    // what was written just now is looked at again
    once: async () => {
      await new Promise((done) => setTimeout(done, 2100))
      time([program, ...get])
    },
  },
  { name: '--version', args: ['--version'], target: 1.35 },
  { name: '--help', args: ['--help'], target: 1.35 },
  { name: 'decode', args: ['decode', token], target: 1.35 },
  {
    name: 'get: mints, asks over loopback, keeps',
    args: get,
    each: () => rmSync(cache, { recursive: true, force: true }),
    target: isOld ? 2.5 : 3.5,
  },
]

console.log(`Node ${process.versions.node}, ${ROUNDS} pairs each, medians\n`)
console.log('command                              ms    bare    ratio   target')
for (const { name, args, target, once, each } of rows) {
  const pairs = []
  await once?.()
  for (let round = -1; round < ROUNDS; round++) {
    each?.()
    const bare = time(['-e', '0'])
    const own = time([program, ...args])
    if (round >= 0) pairs.push({ bare, own, ratio: own / bare })
  }
  const figure = (pick, digits) => median(pairs.map(pick)).toFixed(digits).padStart(6)
  console.log(
    `${name.padEnd(34)} ${figure((pair) => pair.own, 0)}  ${figure((pair) => pair.bare, 0)}   ${figure((pair) => pair.ratio, 2)}   ≤ ${target}`,
  )
}
await server.terminate()
rmSync(folder, { recursive: true })

function time(args) {
  const start = process.hrtime.bigint()
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    // in CI nothing is kept, and it is the kept one that is timed
    env: { ...process.env, HOME: folder, CI: '', XDG_CACHE_HOME: '' },
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
  return Number(process.hrtime.bigint() - start) / 1e6
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
