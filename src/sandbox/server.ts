// The sandbox: one port, a path prefix for each service, over real HTTP or TLS.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { isIPv6, type Server } from 'node:net'
import { TokenError } from '../core/error.ts'
import {
  type AddressBook,
  type BaseUrls,
  createAddressBook,
  readBaseUrls,
  requireService,
  type ServiceAddress,
} from './address.ts'
import { formatProtocolError, joinHeaders, readBody, sendAnswer } from './exchange.ts'
import { createFault, type Fault } from './fault.ts'
import { createIdentity } from './identity.ts'
import { createKeys } from './signing.ts'
import type { TwinAnswer, TwinService } from './twin.ts'
import { type Accounts, findTwin, SERVICES, type ServiceName } from './twins.ts'

export interface SandboxOptions {
  readonly accounts: Accounts
  /** 0: any that is free */
  readonly port: number
  readonly host: string
  readonly tls: boolean
  readonly baseUrls: BaseUrls
  /** seconds by which the services' clock is ahead */
  readonly clockOffset: number
  readonly faults: Readonly<Record<string, Fault>>
  now(): number
  /** one line for each request: no query, body or header is ever in it */
  readonly log?: (line: string) => void
}

export interface Sandbox {
  readonly origin: string
  readonly services: Readonly<Record<ServiceName, ServiceAddress>>
  /** with TLS: the certificate to trust, as PEM */
  readonly ca: string | undefined
  /** Where a real URL leads to here; undefined when no service goes by that name. */
  dial(url: URL): URL | undefined
  close(): Promise<void>
}

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const baseUrls = readBaseUrls(options.baseUrls)
  for (const name of Object.keys(options.faults)) requireService(name, '--fault')

  const identity = options.tls ? await createIdentity(options.host, options.now()) : undefined
  const server = identity
    ? createTlsServer({ key: identity.key, cert: identity.certificate })
    : createServer()
  const origin = await listen(server, options)
  const book = createAddressBook(origin, baseUrls)
  const answer = createAnswerer(options, book)

  server.on('request', (incoming, outgoing) => {
    serve(incoming, outgoing, answer, options).catch(() => outgoing.destroy())
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (socket.writable) socket.end(formatProtocolError(error.code))
    else socket.destroy()
  })
  return {
    origin,
    services: book.services,
    ca: identity?.certificate,
    dial: book.dial,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

/** Who was asked, and what the answer is. */
interface Outcome {
  readonly service: ServiceName | '-'
  readonly path: string
  readonly answer: TwinAnswer
}

type Answerer = (incoming: IncomingMessage, body: Buffer | undefined) => Promise<Outcome>

function createAnswerer(options: SandboxOptions, book: AddressBook): Answerer {
  const key = createKeys()
  const context = { key, now: () => readClock(options) }
  const services = new Map<ServiceName, TwinService>()
  const faults = new Map<ServiceName, () => TwinAnswer | undefined>()
  for (const name of SERVICES) {
    const twin = findTwin(name)
    const fault = options.faults[name]
    services.set(name, twin.start(options.accounts[name] ?? twin.none, context))
    if (fault) faults.set(name, createFault(fault))
  }

  return async (incoming, body) => {
    // A target may be a whole URL; only its path and query matter here.
    const target = (incoming.url ?? '/').replace(/^https?:\/\/[^/?#]*/i, '')
    const local = new URL(`http://sandbox${target.startsWith('/') ? target : '/'}`)
    const place = book.find(local.pathname)
    const service = place && services.get(place.service)
    if (place === undefined || service === undefined) {
      return { service: '-', path: local.pathname, answer: answerStranger(book) }
    }
    const url = new URL(place.baseUrl + place.path + local.search)
    const answer =
      faults.get(place.service)?.() ??
      (body === undefined
        ? { status: 413, body: 'request entity too large', why: 'over 1 MiB' }
        : await service({
            method: incoming.method ?? '',
            url,
            baseUrl: place.baseUrl,
            path: place.path,
            query: url.searchParams,
            headers: joinHeaders(incoming),
            body,
          }))
    return { service: place.service, path: answer.path ?? place.path, answer }
  }
}

function answerStranger(book: AddressBook): TwinAnswer {
  return {
    status: 404,
    body: { error: 'no service of the sandbox has this path', services: book.services },
    why: 'no such service',
  }
}

/** Whatever comes in, an answer or a closed connection goes out, and the sandbox stays up. */
async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answerer: Answerer,
  options: SandboxOptions,
): Promise<void> {
  let outcome: Outcome
  try {
    outcome = await answerer(incoming, await readBody(incoming))
  } catch (error) {
    // the caller hung up in the middle of its request
    if (!incoming.complete) return
    const why = `sandbox failure (${error instanceof Error ? error.name : typeof error})`
    const answer = { status: 500, body: { error: 'the sandbox failed' }, why }
    outcome = { service: '-', path: '-', answer }
  }
  const { service, path, answer } = outcome
  sendAnswer(outgoing, answer, readClock(options))
  const time = new Date(options.now()).toISOString()
  const line = `${time} ${service} ${incoming.method} ${path.slice(0, 200)} ${answer.status}`
  options.log?.(answer.why === undefined ? line : `${line} ${answer.why}`)
}

function readClock(options: SandboxOptions): number {
  return options.now() + options.clockOffset * 1000
}

async function listen(server: Server, options: SandboxOptions): Promise<string> {
  await new Promise<void>((done, fail) => {
    server.on('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE'
      const reason = taken ? 'the port is taken' : (cause.code ?? 'unknown')
      fail(
        new TokenError(
          'usage',
          `cannot listen on ${options.host} port ${options.port}: ${reason}`,
          {
            cause,
            fix: taken ? '--port 0 takes any that is free' : '--host 127.0.0.1',
          },
        ),
      )
    })
    server.listen(options.port, options.host, done)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.port
  // Nobody can call 0.0.0.0 or ::
  const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[options.host] ?? options.host
  return `${options.tls ? 'https' : 'http'}://${isIPv6(host) ? `[${host}]` : host}:${port}`
}
