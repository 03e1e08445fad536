// The way to a service: a socket, the proxy's tunnel where there is one, and TLS on top.

import type { Duplex } from 'node:stream'
import type { Tls } from '../../core/call/wire.ts'
import type { World } from '../../core/world.ts'
import { type Keep, openSocket, secureSocket } from './connection.ts'
import type { ProxyServer } from './proxy.ts'
import type { TlsOptions } from './tls.ts'

/** How far a call has come: what a failure is explained by. */
export interface Call {
  readonly target: URL
  readonly proxy: ProxyServer | undefined
  readonly tls: Tls
  readonly warn: (text: string) => void
  step: 'lookup' | 'connect' | 'tunnel' | 'handshake' | 'wait' | 'head' | 'body'
  /** whose address, certificate or silence it is */
  side: 'proxy' | 'service'
  /** in DER */
  certificate: Uint8Array | undefined
  /** the first one; undici speaks of what came after it */
  socketError: unknown
}

/** Asks a proxy, over a socket to it, for a socket to the target. */
export type OpenTunnel = (socket: Duplex, target: URL, proxy: ProxyServer) => Promise<Duplex>

export async function openRoute(
  call: Call,
  env: World['env'],
  keep: Keep,
  openTunnel: OpenTunnel,
): Promise<Duplex> {
  const { target, proxy } = call
  const secure = target.protocol === 'https:'
  // Files first: a wrong one is found before anything is sent.
  const needsTls = secure || proxy?.url.protocol === 'https:'
  const tls = needsTls ? await import('./tls.ts') : undefined
  const serviceTls = secure ? tls?.readTls(call.tls, env, call.warn) : undefined
  const proxyTls = proxy?.url.protocol === 'https:' ? tls?.readProxyTls(call.tls, env) : undefined

  let socket: Duplex
  if (proxy === undefined) {
    socket = await connectStep(target, call, keep)
  } else {
    call.side = 'proxy'
    socket = await connectStep(proxy.url, call, keep)
    if (proxyTls !== undefined) socket = await secureStep(socket, proxy.url, proxyTls, call, keep)
    if (secure) {
      call.step = 'tunnel'
      socket = await openTunnel(socket, target, proxy)
      keep(socket)
    }
    call.side = 'service'
  }
  return serviceTls === undefined ? socket : secureStep(socket, target, serviceTls, call, keep)
}

function connectStep(url: URL, call: Call, keep: Keep): Promise<Duplex> {
  return openSocket(url, keep, () => {
    call.step = 'connect'
  })
}

function secureStep(
  socket: Duplex,
  url: URL,
  options: TlsOptions,
  call: Call,
  keep: Keep,
): Promise<Duplex> {
  call.step = 'handshake'
  call.certificate = undefined
  return secureSocket(socket, url, options, keep, (certificate) => {
    call.certificate = certificate
  })
}
