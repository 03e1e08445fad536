// The token file of exec under a reader that never stops: reliability.md E3, for as long as one likes.

import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { plantCanary, runProgram } from './program.ts'
import { type Reply, type Service, serve } from './service.ts'

const READER = fileURLToPath(new URL('token-file-reader.js', import.meta.url))

export interface Reads {
  readonly reads: number
  readonly torn: number
  readonly expired: number
  /** tokens that were seen */
  readonly generations: number
  readonly requests: number
}

/** `generation~expiry in ms~filler~sum` */
export function spellToken(generation: number, expiry: number): string {
  const text = `${generation}~${expiry}~${String(generation % 10).repeat(1500)}`
  return `${text}~${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
}

/** Tokens that live for so many seconds, each after the given delay. */
export function serveTokens(lifetime: number, delay: number): Promise<Service> {
  let generation = 0
  return serve(async (): Promise<Reply> => {
    const token = spellToken(++generation, Date.now() + lifetime * 1000)
    await new Promise((done) => setTimeout(done, delay))
    return [200, { access_token: token, expires_in: lifetime }]
  })
}

export function profileOf(service: Service): string {
  return `
profiles:
  short:
    provider: client-credentials
    token_endpoint: ${service.origin}/token
    client_id: me
    client_secret: \${env:CLIENT_SECRET}
`
}

export async function readTokenFile(seconds: number): Promise<Reads> {
  const service = await serveTokens(2, 300)
  const { code, stdout, stderr } = await runProgram(
    [
      'exec',
      '--token-file',
      'TF',
      'short',
      '-c',
      'p.yaml',
      '--',
      process.execPath,
      READER,
      'TF',
      `${seconds}`,
    ],
    { files: { 'p.yaml': profileOf(service) }, env: { CLIENT_SECRET: plantCanary() } },
  )
  if (code !== 0 || stderr !== '') throw new Error(`exec ended with ${code}\n${stderr}`)
  return { ...(JSON.parse(stdout) as Omit<Reads, 'requests'>), requests: service.requests.length }
}
