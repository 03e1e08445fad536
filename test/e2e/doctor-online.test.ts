// The real program, and how long it takes from its start to its end.

import { createServer } from 'node:http'
import { type AddressInfo, createServer as createPlainServer, type Socket } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { makeRsaKey } from '../support/keys.ts'
import { makeFolder, plantCanary, plantKey, runProgram } from '../support/program.ts'
import { serve } from '../support/service.ts'

const MOST = 3000
const closers: (() => void)[] = []
afterAll(() => {
  for (const close of closers) close()
})

/** `connected` is given every connection. */
async function listen(connected: (socket: Socket) => void): Promise<number> {
  const server = createPlainServer((socket) => {
    socket.on('error', () => {})
    closers.unshift(() => socket.destroy())
    connected(socket)
  })
  closers.push(() => server.close())
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return (server.address() as AddressInfo).port
}

const write = (endpoint: string): string => `
profiles:
  shop:
    provider: jwt-bearer
    token_endpoint: ${endpoint}
    key_path: ./k.pem
    issuer: me
    subject: me
    audience: \${env:AUD}
    call: { headers: { X-Api-Key: "\${env:API_KEY}" } }
`

const pem = makeRsaKey().pem

async function doctor(endpoint: string, ...more: string[]) {
  const folder = makeFolder()
  const env = { API_KEY: plantCanary(), AUD: 'https://id.example' }
  const files = { 'p.yaml': write(endpoint), 'k.pem': plantKey(pem) }
  const began = performance.now()
  const outcome = await runProgram(['doctor', '-c', 'p.yaml', ...more], {
    folder,
    files,
    env,
    answersFailure: true,
  })
  return { ...outcome, took: performance.now() - began }
}

describe('tokentool doctor over the network', () => {
  it('sends nothing of the profile', async () => {
    const service = await serve(() => [405, { error: 'method' }])
    const { code, stdout, stderr, took } = await doctor(`${service.origin}/token?tenant=me`)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/✓ network +127\.0\.0\.1:\d+: connected, answers \(405\)\n/)
    expect(stdout).toMatch(/✓ clock +the clock here agrees with that of 127\.0\.0\.1:\d+\n/)
    expect(stdout.endsWith('nothing is wrong\n')).toBe(true)
    expect(code).toBe(0)
    expect(service.requests).toHaveLength(1)
    const { method, target, body, headers } = service.last()
    expect([method, target, body]).toEqual(['HEAD', '/token', ''])
    expect(Object.keys(headers).sort()).toEqual([
      ...['accept-encoding', 'connection', 'host', 'user-agent'],
    ])
    expect(took).toBeLessThan(MOST)
  })

  it.each([
    ['says nothing', '', /did not answer within 2 s/],
    ['stops in its head', 'HTTP/1.1 200 OK\r\nX: y\r\n', /did not finish its answer within 2 s/],
  ])('is over in time where the service %s', async (_name, bytes, said) => {
    let connections = 0
    const port = await listen((socket) => {
      connections += 1
      socket.once('data', () => bytes !== '' && socket.write(bytes))
    })
    const { code, stdout, took } = await doctor(`http://127.0.0.1:${port}/token`)
    expect([code, stdout]).toEqual([7, expect.stringMatching(said)])
    expect(took).toBeLessThan(MOST)
    expect(connections).toBe(1)
  })

  it('is over in time where TLS is never answered', async () => {
    const port = await listen(() => {})
    const { code, stdout, took } = await doctor(`https://127.0.0.1:${port}/token`)
    expect([code, stdout]).toEqual([
      7,
      expect.stringContaining('did not finish the TLS handshake within 2 s'),
    ])
    expect(took).toBeLessThan(MOST)
  })

  it('is over in time where no name resolves', async () => {
    const { code, stdout, took } = await doctor('https://nothing.invalid/token')
    expect([code, stdout]).toEqual([7, expect.stringContaining('cannot reach nothing.invalid: ')])
    expect(took).toBeLessThan(MOST)
  })

  it('asks nobody with --offline, nor for a file without trust', async () => {
    let connections = 0
    const server = createServer((_request, response) => response.end())
    server.on('connection', () => {
      connections += 1
    })
    closers.push(() => server.close())
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`
    const offline = await doctor(endpoint, '--offline')
    expect(offline.stdout).toMatch(/- network +nobody was asked, .*\(--offline\)\n/)
    const found = await runProgram(['doctor'], {
      files: { 'tokentool.yaml': write(endpoint) },
      answersFailure: true,
    })
    expect([found.code, found.stdout]).toEqual([7, expect.stringContaining('not trusted')])
    expect(connections).toBe(0)
    await doctor(endpoint)
    expect(connections).toBe(1)
  })
})
