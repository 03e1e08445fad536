// Servers on this machine, for what the network does on a bad day.

import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import { expect } from 'vitest'
import type { Request, Transport } from '../../src/core/call/wire.ts'
import { TokenError } from '../../src/core/error.ts'
import type { World } from '../../src/core/world.ts'
import { sendRequest } from '../../src/io/http/http.ts'

/** In the query, the body and a header of every request: no failure may say it. */
export const CANARY = 'canary-5c1e0d9b7f'

const open = new Set<{ destroy(): void }>()
const closers: (() => unknown)[] = []

export function keep(server: Server): void {
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => open.delete(socket))
  })
  closers.push(() => server.close())
}

export async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  keep(server)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return (server.address() as AddressInfo).port
}

export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0)) await close()
  for (const socket of open) socket.destroy()
  open.clear()
}

/** Answers with these bytes, exactly; ends the connection unless told to stay. */
export function serveBytes(
  answer: string | Uint8Array | ((socket: Socket, request: string) => void),
  stay = false,
): Promise<number> {
  return listen(
    createServer((socket) => {
      socket.once('data', (request) => {
        if (typeof answer === 'function') answer(socket, request.toString('latin1'))
        else if (stay) socket.write(answer)
        else socket.end(answer)
      })
    }),
  )
}

/** A port whose queue is full: connections are neither accepted nor refused. */
export async function listenDeaf(): Promise<number> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads')
     const server = require('node:net').createServer()
     server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port)
       setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30000))
     })`,
    { eval: true },
  )
  closers.push(() => worker.terminate())
  const port = await new Promise<number>((resolve) => worker.once('message', resolve))
  await new Promise((resolve) => setTimeout(resolve, 50))
  for (let count = 0; count < 4; count++) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined)
    open.add(socket)
  }
  await new Promise((resolve) => setTimeout(resolve, 50))
  return port
}

export function makeRequest(url: string, more: Partial<Request> = {}): Request {
  return {
    method: 'POST',
    url: `${url}${url.includes('?') ? '&' : '?'}assertion=${CANARY}`,
    headers: [
      ['Content-Type', 'application/x-www-form-urlencoded'],
      ['Authorization', `Basic ${CANARY}`],
    ],
    body: `grant_type=x&assertion=${CANARY}`,
    ...more,
  }
}

export function makeTransport(more: Partial<Transport> = {}): Transport {
  return { timeout: 2000, tls: {}, proxy: undefined, allowHttp: false, ...more }
}

export type Outside = Pick<World, 'env' | 'now' | 'signal'>

export function makeOutside(
  env: World['env'] = {},
  signal = new AbortController().signal,
): Outside {
  return { env, now: Date.now, signal }
}

export async function failWith(
  url: string,
  transport: Partial<Transport> = {},
  outside: Outside = makeOutside(),
): Promise<TokenError> {
  return catchFailure(sendRequest(makeRequest(url), makeTransport(transport), outside))
}

export async function catchFailure(call: Promise<unknown>): Promise<TokenError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(TokenError)
  if (!(error instanceof TokenError)) throw new Error('unreachable')
  const said = JSON.stringify([error.message, error.details])
  expect(said).not.toContain(CANARY)
  expect(said).not.toMatch(/node:|\.js|\bat \w/)
  expect(error.message).not.toMatch(/^[A-Z][a-z]|\.$/)
  expect(error.details.cause).toBeUndefined()
  return error
}
