// The only door to the network. One request, one connection, one answer: nothing is followed,
// repeated or kept open, and every failure comes out as a TokenError in our own words.

import type { Duplex } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import type Client from 'undici/lib/dispatcher/client.js'
import manifest from '../../../package.json' with { type: 'json' }
import type { Answer, Request, Transport } from '../../core/call/wire.ts'
import { TokenError } from '../../core/error.ts'
import { checkUrl } from '../../core/url.ts'
import type { World } from '../../core/world.ts'
import { decodeBody, LARGEST_BODY, tooLarge } from './body.ts'
import { type Keep, portOf } from './connection.ts'
import { type Limits, startLimits } from './limits.ts'
import { chooseProxy, type ProxyServer } from './proxy.ts'
import { type Call, openRoute } from './route.ts'

type Outside = Pick<World, 'env' | 'now' | 'signal'>

export async function sendRequest(
  request: Request,
  transport: Transport,
  world: Outside,
  warn: (text: string) => void = () => {},
  follow: (call: Readonly<Call>) => void = () => {},
): Promise<Answer> {
  if (world.signal.aborted) throw new TokenError('interrupted', 'interrupted')
  const address = checkUrl(request.url, 'the address of the request', transport.allowHttp)
  const dialled = transport.dial?.(address)
  const call: Call = {
    target: dialled ?? address,
    proxy: dialled === undefined ? chooseProxy(address, transport.proxy, world.env) : undefined,
    tls: transport.tls,
    warn,
    step: 'lookup',
    side: 'service',
    certificate: undefined,
    socketError: undefined,
  }
  follow(call)
  const limits = startLimits(transport.timeout, world.signal)
  const open: Duplex[] = []
  try {
    const carried = carry(request, call, world, limits, (socket) => {
      open.push(socket)
      socket.on('error', (error) => {
        call.socketError ??= error
      })
    })
    return await Promise.race([limits.reached, carried])
  } catch (error) {
    if (error instanceof TokenError) throw error
    const { explainFailure } = await import('./network-error.ts')
    throw explainFailure(error, call, world.now())
  } finally {
    limits.stop()
    // An open socket would keep the program from ending. TLS before what it runs on: Node 20 dies
    // of the other order, where the handshake has only just ended.
    for (const socket of open.toReversed()) socket.destroy()
  }
}

async function carry(
  request: Request,
  call: Call,
  world: Outside,
  limits: Limits,
  keep: Keep,
): Promise<Answer> {
  // the client is loaded while the connection is on its way
  const [socket, HttpClient] = await Promise.all([
    openRoute(call, world.env, keep, openTunnel),
    loadClient(),
  ])
  limits.connected()
  const { target, proxy } = call
  const direct = proxy === undefined || target.protocol === 'https:'
  const client = makeClient(HttpClient, direct ? target.origin : proxy.url.origin, socket)
  call.step = 'wait'
  return exchange(client, writeOptions(request, target, direct ? undefined : proxy), call, world)
}

async function loadClient(): Promise<typeof Client> {
  // V8 would compile undici's WebAssembly parser a second time, optimised, and wait for that at
  // exit: 60 ms for one short answer. It must be said before the parser is loaded.
  setFlagsFromString('--liftoff-only')
  const { default: client } = await import('undici/lib/dispatcher/client.js')
  return client
}

async function openTunnel(socket: Duplex, target: URL, proxy: ProxyServer): Promise<Duplex> {
  const client = makeClient(await loadClient(), proxy.url.origin, socket)
  const path = `${target.hostname}:${portOf(target)}`
  const headers = ['Host', path, 'User-Agent', userAgent(), ...proxyHeaders(proxy)]
  return new Promise((resolve, reject) => {
    client.dispatch(
      { method: 'CONNECT', path, headers },
      {
        onRequestStart() {},
        onRequestUpgrade(_controller, status, _headers, tunnel) {
          if (status >= 200 && status < 300) resolve(tunnel)
          else reject({ proxyStatus: status })
        },
        onResponseError: (_controller, error) => reject(error),
      },
    )
  })
}

/** A client for one request over a socket that is open already. */
function makeClient(HttpClient: typeof Client, origin: string, socket: Duplex): Client {
  let handedOver = false
  return new HttpClient(origin, {
    // undici looks for work only after this has returned, and asks again when the socket has died.
    connect(_options, connected) {
      if (handedOver) setImmediate(connected, Object.assign(new Error(), { code: 'ECONNRESET' }))
      else setImmediate(connected, null, socket)
      handedOver = true
    },
    // ours runs over the whole call
    headersTimeout: 0,
    bodyTimeout: 0,
  })
}

function writeOptions(
  request: Request,
  target: URL,
  proxy: ProxyServer | undefined,
): Client.Options {
  const path = target.pathname + target.search
  const given = new Set(request.headers.map(([name]) => name.toLowerCase()))
  const headers = request.headers.filter(([name]) => name.toLowerCase() !== 'content-length').flat()
  // GitHub and others refuse a request that does not say who asks.
  if (!given.has('user-agent')) headers.push('User-Agent', userAgent())
  if (!given.has('accept-encoding')) headers.push('Accept-Encoding', 'identity')
  if (proxy !== undefined) {
    if (!given.has('host')) headers.push('Host', target.host)
    headers.push(...proxyHeaders(proxy))
  }
  return {
    method: request.method,
    path: proxy === undefined ? path : target.origin + path,
    headers,
    reset: true,
    ...(request.body === undefined ? {} : { body: request.body }),
  }
}

function userAgent(): string {
  return `tokentool/${manifest.version}`
}

function proxyHeaders({ authorization }: ProxyServer): string[] {
  return authorization === undefined ? [] : ['Proxy-Authorization', authorization]
}

function exchange(
  client: Client,
  options: Client.Options,
  call: Call,
  world: Outside,
): Promise<Answer> {
  const chunks: Uint8Array[] = []
  let size = 0
  let head: Omit<Answer, 'body'> | undefined
  const sentAt = world.now()
  return new Promise((resolve, reject) => {
    client.dispatch(options, {
      onRequestStart() {},
      onResponseStarted() {
        call.step = 'head'
      },
      onResponseStart(_controller, status, headers) {
        // 1xx only announce an answer
        if (status < 200) {
          call.step = 'wait'
          return
        }
        call.step = 'body'
        head = { status, headers: joinHeaders(headers), sentAt, answeredAt: world.now() }
        if (status === 407 && call.proxy !== undefined) reject({ proxyStatus: status })
        else if (Number(head.headers['content-length']) > LARGEST_BODY) {
          reject(tooLarge(call.target.host))
        }
      },
      onResponseData(controller, chunk) {
        size += chunk.length
        if (size <= LARGEST_BODY) chunks.push(chunk)
        else {
          reject(tooLarge(call.target.host))
          controller.abort(new Error('enough'))
        }
      },
      onResponseEnd() {
        if (head === undefined) return
        const answer = head
        decodeBody(chunks, answer.headers, call.target.host).then(
          (body) => resolve({ ...answer, body }),
          reject,
        )
      },
      onResponseError: (_controller, error) => reject(error),
    })
  })
}

function joinHeaders(headers: Client.Headers): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : (value ?? []).join(', '),
    ]),
  )
}
