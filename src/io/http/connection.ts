// Sockets, one step each, so that a call knows which step it is in when its time is up.

import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { isLocalName } from '../../core/url.ts'
import type { TlsOptions } from './tls.ts'

/** What a step needs: where to leave a socket so that it is closed whatever happens. */
export type Keep = (socket: Duplex) => void

// Node gives an address 250 ms before it tries the next and forgets this one: too little for a
// link by satellite or a busy VPN (https://github.com/nodejs/node/issues/54359).
const NEXT_ADDRESS_AFTER = 1000

export function openSocket(url: URL, keep: Keep, resolved: () => void): Promise<Socket> {
  const local = isLocalName(url.hostname)
  if (isIP(bareHost(url)) !== 0) resolved()
  const socket = connect({
    host: bareHost(url),
    port: portOf(url),
    noDelay: true,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER,
    ...(local ? { lookup: lookUpLocal } : {}),
  })
  keep(socket)
  socket.once('lookup', (error: Error | null) => {
    if (error === null) resolved()
  })
  return settle(socket, 'connect')
}

/** Plain http is allowed to localhost, so localhost must not be what a resolver makes of it. */
const lookUpLocal: LookupFunction = (_name, options, answer) => {
  const addresses = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]
  if (options.all) answer(null, addresses)
  else answer(null, '127.0.0.1', 4)
}

export async function secureSocket(
  socket: Duplex,
  url: URL,
  options: TlsOptions,
  keep: Keep,
  seen: (certificate: Uint8Array | undefined) => void,
): Promise<Duplex> {
  const { connect: connectTls } = await import('node:tls')
  const name = (options.serverName ?? bareHost(url)).replace(/\.$/, '')
  const secured = connectTls({
    socket,
    host: name,
    servername: isIP(name) === 0 ? name : '',
    secureContext: options.secureContext,
    rejectUnauthorized: options.rejectUnauthorized,
    ALPNProtocols: ['http/1.1'],
  })
  keep(secured)
  // Once the verdict is out the socket is gone, and the certificate with it. This event is Node's
  // own, before the verdict; without it an explanation is poorer, and no pin fits. (Asked for as an
  // X509Certificate here, it would be missing when Node checks the name.)
  let certificate: Uint8Array | undefined
  secured.prependOnceListener('secure', () => {
    certificate = secured.getPeerCertificate().raw
    seen(certificate)
  })
  await settle(secured, 'secureConnect')
  if (options.pins !== undefined) {
    const { requirePin } = await import('./pin.ts')
    requirePin(options.pins, certificate)
  }
  return secured
}

function settle<T extends Duplex>(socket: T, event: string): Promise<T> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve(socket))
    // stays: a socket that is closed under a late packet must not end the program
    socket.on('error', reject)
    socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })))
  })
}

export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

export function portOf(url: URL): number {
  return Number(url.port || (url.protocol === 'https:' ? 443 : 80))
}
