// A token service of one line: a function from a request to [status, body, headers], on 127.0.0.1.
// Whatever was asked of it can be looked at afterwards.

import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterAll } from 'vitest'

export interface Received {
  readonly method: string
  /** path and query, as they came */
  readonly target: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** of the body, decoded */
  readonly form: URLSearchParams
  /** the subject of the client's certificate, with mutual TLS */
  readonly client: string | undefined
  json(): Record<string, unknown>
}

/** An object is sent as JSON, a text as it is. */
export type Reply = readonly [
  status: number,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
]

export interface Service {
  readonly origin: string
  readonly requests: Received[]
  /** the only request, or the latest */
  last(): Received
}

type Answer = (request: Received) => Reply | Promise<Reply>

const closers: (() => void)[] = []

afterAll(() => {
  for (const close of closers.splice(0)) close()
})

export async function serve(answer: Answer, tls?: ServerOptions): Promise<Service> {
  const requests: Received[] = []
  const listener: RequestListener = (incoming, outgoing) => {
    readRequest(incoming)
      .then(async (request) => {
        requests.push(request)
        const [status, body, headers = {}] = await answer(request)
        const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
        const type = typeof body === 'string' ? 'text/plain' : 'application/json'
        outgoing.writeHead(status, { 'content-type': type, ...headers }).end(text)
      })
      // a test whose answer throws fails by what the program then says
      .catch(() => outgoing.destroy())
  }
  const server = tls ? createTlsServer(tls, listener) : createServer(listener)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closers.push(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return {
    origin: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests,
    last() {
      const request = requests.at(-1)
      if (request === undefined) throw new Error('nothing was asked of the service')
      return request
    },
  }
}

async function readRequest(incoming: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
  const body = Buffer.concat(chunks).toString()
  const target = incoming.url ?? '/'
  const url = new URL(target, 'http://service')
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, `${value}`])
  return {
    method: incoming.method ?? '',
    target,
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(headers),
    body,
    form: new URLSearchParams(body),
    client: readClient(incoming),
    json: () => JSON.parse(body) as Record<string, unknown>,
  }
}

function readClient({ socket }: IncomingMessage): string | undefined {
  const tls = 'getPeerCertificate' in socket ? (socket as TLSSocket) : undefined
  const name = tls?.authorized === true ? tls.getPeerCertificate().subject.CN : undefined
  return typeof name === 'string' ? name : undefined
}
