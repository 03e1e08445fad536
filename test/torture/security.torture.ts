// What may never be seen, and where somebody could look: argument lists, package manager, prompts.

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect } from 'vitest'
import { count, type Ending, startProgram } from '../support/crowd.ts'
import { lock, makeRsaKey } from '../support/keys.ts'
import { PROGRAM, plantCanary, plantKey } from '../support/program.ts'
import { startTokenServer } from '../support/token-server.ts'
import { furnish, SECRET } from './place.ts'
import { pick, row } from './row.ts'

const server = await startTokenServer()

/** Looks at the argument list of every process that begins while it looks, a thousand times a second. */
async function watchArguments(words: readonly string[]) {
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads')
     const { readdirSync, readFileSync } = require('node:fs')
     const old = new Set(readdirSync('/proc'))
     const seen = new Set()
     let rounds = 0
     let stopped = false
     parentPort.on('message', () => { stopped = true })
     const began = performance.now()
     const look = () => {
       rounds++
       for (const name of readdirSync('/proc')) {
         if (old.has(name) || !/^\\d+$/.test(name)) continue
         let line = ''
         try { line = readFileSync('/proc/' + name + '/cmdline', 'utf8') } catch {}
         // twice: a process begins as its parent and becomes what it runs
         for (const [at, word] of workerData.entries()) if (line.includes(word)) seen.add(at)
       }
       if (stopped) parentPort.postMessage({ seen: [...seen], rate: rounds / (performance.now() - began) * 1000 })
       else setImmediate(look)
     }
     parentPort.postMessage('ready')
     look()`,
    { eval: true, workerData: words },
  )
  await new Promise((done) => worker.once('message', done))
  return async (): Promise<{ seen: readonly string[]; rate: number }> => {
    const told = new Promise<{ seen: readonly number[]; rate: number }>((done) =>
      worker.once('message', done),
    )
    worker.postMessage('stop')
    const { seen, rate } = await told
    await worker.terminate()
    return { seen: seen.map((at) => words[at] ?? ''), rate }
  }
}

const SIGNER = `
set -e
input=$(sed 's/.*"signing_input":"\\([^"]*\\)".*/\\1/')
signature=$(printf %s "$input" | openssl dgst -sha256 -sign "$1" -binary | base64 -w0)
printf '{"signature":"%s"}' "$signature"
`
const SIGNED = `
profiles:
  signed:
    provider: jwt-bearer
    token_endpoint: ORIGIN/signed
    issuer: torture
    subject: signed
    public_key: key.pub
    key: { signer: [sh, sign.sh, rsa.pem] }
`

row(
  'S2',
  'argument lists of all processes during full runs',
  'no secret, key, assertion or token, looked for 1,000 times a second',
  async ({ figure }) => {
    await server.become({ delay: 100 })
    const place = furnish(server.origin)
    const passphrase = plantCanary()
    const rsa = makeRsaKey()
    const pem = lock(rsa, passphrase)
    const locked = furnish(server.origin, {
      'locked.pem': plantKey(pem),
      phrase: passphrase,
    })
    // what the signer prints is in the assertion, too: eyJhbGci
    const signed = furnish(server.origin, {
      'sign.sh': SIGNER,
      'key.pub': rsa.publicPem,
      'rsa.pem': rsa.pem,
      'tokentool.yaml': SIGNED.replace('ORIGIN', server.origin),
    })
    const control = plantCanary()
    const fragments = (text: string): string[] => text.match(/[\w+/=-]{24,40}/g) ?? []
    // every assertion begins so, and every token of this service ends in its filling
    const words = [SECRET, passphrase, control, 'eyJhbGci', '~0000', '~1111', '1111111111']
    const stop = await watchArguments([
      ...words,
      ...[pem, rsa.pem].flatMap((text) => fragments(text.replace(/-----[^-]+-----/g, ''))),
    ])
    await new Promise((done) => spawn('sh', ['-c', 'sleep 0.5', control]).on('close', done))
    const runs: Ending[] = []
    for (const args of [
      ['get', 'two', '--no-cache', '--json', '-vv'],
      ['get', 'secret', '--no-cache', '-o', 'header'],
      ['mint', 'one'],
      ['get', 'secret', '--curl'],
      ['get', 'commanded', '--no-cache'],
      ['exec', 'A=secret', 'B=commanded', '--no-cache', '--', 'sleep', '0.05'],
      [
        'exec',
        'secret',
        '--token-file',
        'FILE',
        '--',
        'sh',
        '-c',
        'sleep 0.05; cat "$FILE" >/dev/null',
      ],
    ])
      runs.push(await startProgram(args, place).done)
    const unlock = ['-s', 'key_path=locked.pem', '-s', 'passphrase=@phrase']
    runs.push(await startProgram(['get', '--no-cache', ...unlock], locked).done)
    for (const args of [
      ['get', 'signed', '--no-cache'],
      ['exec', 'signed', '--no-cache', '--token-file', 'FILE', '--', 'sh', '-c', 'sleep 0.05'],
    ])
      runs.push(await startProgram(args, signed).done)
    const { seen, rate } = await stop()
    figure(`0 of ${words.length} in ${runs.length} runs, ${Math.round(rate)} looks a second`)
    expect(count(runs.map(({ code }) => code))).toBe(`0×${runs.length}`)
    // it would have been seen
    expect(seen).toEqual([control])
    expect(rate).toBeGreaterThan(pick(20, 1000))
    // and a secret that stands there is refused
    const inline = await startProgram(['get', 'secret', '-s', 'client_secret=abcdefghijkl'], place)
      .done
    expect([inline.code, inline.stdout]).toEqual([2, ''])
    expect(inline.stderr).not.toContain('abcdefghijkl')
  },
)

row(
  'E5',
  '$(tokentool get) in scripts: no terminal, stdin closed, empty or never ending; CI=1, TERM=dumb',
  'never asks, never waits',
  async ({ figure }) => {
    await server.become({ delay: 0 })
    const place = furnish(server.origin, {
      'found/tokentool.yaml':
        'profiles:\n  p:\n    provider: jwt-bearer\n    token_endpoint: https://id.example/\n    key: ${env:KEY}\n',
      'several.yaml': 'profiles:\n  p: { provider: va-sis }\n  q: { provider: va-sis }\n',
      'locked.pem': lock(makeRsaKey(), 'not-a-secret'),
    })
    const situations: readonly (readonly [line: string, code: number])[] = [
      ['tokentool get --no-cache', 0],
      ['tokentool get -s key_path=locked.pem', 3],
      ['tokentool get -c several.yaml', 2],
      ['cd found && env -u TOKENTOOL_CONFIG tokentool get', 2],
      ['cd found && env -u TOKENTOOL_CONFIG tokentool trust', 0],
      ['cd home && env -u TOKENTOOL_CONFIG tokentool init', 2],
    ]
    const inputs = pick(['pipe'], ['pipe', 'closed', 'empty'])
    const settings: Readonly<Record<string, string>>[] = [{}, { CI: '1' }, { TERM: 'dumb' }]
    let slowest = 0
    let runs = 0
    const odd: string[] = []
    for (const [line, expected] of situations) {
      for (const input of inputs) {
        for (const env of settings) {
          const closing = input === 'closed' ? ' <&-' : input === 'empty' ? ' </dev/null' : ''
          const script = `token=$(${line}${closing}); code=$?; printf '%s' "$token" >&3; exit $code`
          const began = performance.now()
          const { code, stderr, token } = await runScript(script, place, env)
          slowest = Math.max(slowest, performance.now() - began)
          runs++
          const name = `${line} (${input}, ${JSON.stringify(env)})`
          if (code !== expected) odd.push(`${name}: ${code} ${stderr}`)
          if (line.endsWith(' get --no-cache') && token === '') odd.push(`${name}: no token`)
          if (/\u001b\[/.test(stderr)) odd.push(`${name}: colour`)
        }
      }
    }
    figure(`${runs} runs, slowest ${(slowest / 1000).toFixed(2)} s`)
    if (odd.length > 0) expect.fail(odd.join('\n'))
    expect(slowest).toBeLessThan(3000)
  },
)

/** In a session of its own, so that there is no terminal to find either; its stdin is never closed. */
function runScript(
  script: string,
  { folder, env = {} }: ReturnType<typeof furnish>,
  more: Readonly<Record<string, string>>,
): Promise<{ code: number | null; stderr: string; token: string }> {
  const program = `tokentool() { "${process.execPath}" "${PROGRAM}" "$@"; }\n`
  // env runs no functions
  const whole = `${program}${script.replaceAll('env -u TOKENTOOL_CONFIG tokentool', 'unset TOKENTOOL_CONFIG; tokentool')}`
  return new Promise((done, fail) => {
    const child = spawn('setsid', ['-w', 'dash', '-c', whole], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: `${folder}/home`, ...env, ...more },
      stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    })
    const said = { stderr: '', token: '' }
    for (const [at, name] of [
      [2, 'stderr'],
      [3, 'token'],
    ] as const)
      child.stdio[at]?.on('data', (chunk: Buffer) => {
        said[name] += chunk.toString()
      })
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
    child.on('error', fail)
    child.on('close', (code) => {
      clearTimeout(timer)
      child.stdin?.destroy()
      done({ code, ...said })
    })
  })
}

row(
  'S14',
  'dependencies: install scripts, lock file, npm audit',
  'none in the default install; all of it locked with a hash; no advisory',
  async ({ figure, skip }) => {
    const root = resolve(import.meta.dirname, '../..')
    const read = (name: string): never =>
      JSON.parse(readFileSync(resolve(root, name), 'utf8')) as never
    const { packages } = read('package-lock.json') as {
      packages: Record<
        string,
        {
          dev?: boolean
          optional?: boolean
          hasInstallScript?: boolean
          integrity?: string
          version?: string
        }
      >
    }
    const { dependencies, scripts } = read('package.json') as Record<string, Record<string, string>>
    const installed = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev)
    const scripted = installed.filter(([, one]) => one.hasInstallScript)
    const loose = installed.filter(([, one]) => !one.integrity?.startsWith('sha512-'))
    const ranges = Object.values(dependencies ?? {}).filter(
      (range) => !/^\d+\.\d+\.\d+$/.test(range),
    )
    const told = `${installed.length} packages, ${scripted.length} install scripts, ${loose.length} without a hash`
    figure(told)
    expect([scripted, loose, ranges]).toEqual([[], [], []])
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
      expect(scripts ?? {}, name).not.toHaveProperty(name)
    const { code, stdout } = await runNpm(['audit', '--omit=dev', '--json'], root)
    const audit = JSON.parse(stdout || '{}') as {
      metadata?: { vulnerabilities: { total: number } }
    }
    if (audit.metadata === undefined) {
      if (code === null) skip(`${told}; npm did not end`)
      skip(`${told}; the registry gives no audit`)
    }
    figure(`${told}, ${audit.metadata?.vulnerabilities.total} advisories`)
    expect(audit.metadata?.vulnerabilities.total).toBe(0)
  },
)

function runNpm(args: readonly string[], folder: string) {
  return new Promise<{ code: number | null; stdout: string }>((done) => {
    const child = spawn('npm', args, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 60_000,
    })
    let stdout = ''
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    child.on('close', (code) => done({ code, stdout }))
  })
}
