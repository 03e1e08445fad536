// The transport alone in a process of its own, bundled as it is shipped: for what only a fresh
// process shows, as variables that Node reads at its start and whether it ends by itself.

import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { rolldown } from 'rolldown'
import type { Transport } from '../../src/core/call/wire.ts'

const SOURCE = resolve(import.meta.dirname, '../../src/io/http/http.ts')

const PROGRAM = `
import { sendRequest } from ${JSON.stringify(SOURCE)}
const [url, transport] = process.argv.slice(2)
const signal = new AbortController().signal
const say = (value) => process.stdout.write(JSON.stringify({ at: Date.now(), ...value }))
try {
  const request = { method: 'POST', url, headers: [], body: 'a=b' }
  const answer = await sendRequest(request, JSON.parse(transport), { env: process.env, now: Date.now, signal })
  say({ status: answer.status, body: answer.body })
} catch (error) {
  say({ code: error.code ?? 'none', message: error.message })
}
`

export interface Run {
  /** of the answer, or of the failure */
  readonly said: Readonly<Record<string, unknown>>
  /** from the last word to the end of the process, in milliseconds */
  readonly lingered: number
  readonly exit: number | null
}

export type RunAlone = (
  url: string,
  transport: Partial<Transport>,
  env?: Readonly<Record<string, string>>,
) => Promise<Run>

/** `folder` is where the bundle may be put. */
export async function bundleAlone(folder: string): Promise<RunAlone> {
  const entry = join(folder, 'entry.mjs')
  writeFileSync(entry, PROGRAM)
  const bundle = await rolldown({ input: entry, platform: 'node' })
  await bundle.write({ dir: join(folder, 'dist'), format: 'esm' })
  await bundle.close()
  const program = join(folder, 'dist', 'entry.js')
  writeFileSync(join(folder, 'dist', 'package.json'), '{"type":"module"}')
  return (url, transport, env = {}) =>
    new Promise((done) => {
      const whole = { timeout: 5000, tls: {}, allowHttp: false, ...transport }
      const child = spawn(process.execPath, [program, url, JSON.stringify(whole)], {
        env: { PATH: process.env.PATH ?? '', ...env },
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      let output = ''
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString()
      })
      child.on('close', (exit) => {
        const said = JSON.parse(output) as Record<string, unknown>
        done({ said, exit, lingered: Date.now() - Number(said.at) })
      })
    })
}
