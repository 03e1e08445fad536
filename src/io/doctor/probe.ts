// Sends what `doctor` asks with, by the way of every call, and sees to it that it soon has an end.

import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { Transport } from '../../core/call/wire.ts'
import type { Probe, Sight } from '../../core/doctor/network.ts'
import { formatDuration } from '../../core/duration.ts'
import { TokenError } from '../../core/error.ts'
import { isLocalName } from '../../core/url.ts'
import type { World } from '../../core/world.ts'
import { bareHost } from '../http/connection.ts'
import { commonName } from '../http/peer-certificate.ts'
import type { Call } from '../http/route.ts'

/** Milliseconds for all of doctor, of the three seconds that it may take. */
const PATIENCE = 2000
/** however long was spent on keys before */
const LEAST = 1000

export function createProbe(world: World): Probe {
  hurryResolver()
  const began = performance.now()
  let until: number | undefined
  return async (request, transport) => {
    const { sendRequest } = await import('../http/http.ts')
    const now = performance.now()
    until ??= Math.max(began + PATIENCE, now + LEAST)
    const timeout = Math.max(1, Math.min(transport.timeout, until - now))
    const hurried = { ...transport, timeout: Math.round(timeout) }
    let passed: Readonly<Call> | undefined
    try {
      const answer = await sendRequest(request, hurried, world, undefined, (call) => {
        passed = call
      })
      return { answer, ...describeWay(passed) }
    } catch (error) {
      throw timeout < transport.timeout ? excuseHurry(error, transport) : error
    }
  }
}

/** A lookup cannot be broken off: while the system waits for a dead name server, so does Node's exit. */
function hurryResolver(): void {
  process.env.RES_OPTIONS = `${process.env.RES_OPTIONS ?? ''} timeout:1 attempts:1`.trim()
}

function describeWay(call: Readonly<Call> | undefined): Omit<Sight, 'answer'> {
  if (call === undefined) throw new TokenError('bug', 'an answer that came no way')
  const { target, proxy, tls, certificate } = call
  const host = bareHost(target)
  const verified = target.protocol === 'https:' && tls.insecure !== true
  return {
    named: proxy === undefined && isIP(host) === 0 && !isLocalName(host),
    proxy: proxy && `${proxy.url.origin} (${proxy.source})`,
    certificate: verified && certificate ? describeCertificate(certificate) : undefined,
  }
}

function describeCertificate(der: Uint8Array): Sight['certificate'] {
  const { issuer, validTo } = new X509Certificate(der)
  return { issuer: commonName(issuer), until: Date.parse(validTo) }
}

/** The fix of the transport is a longer timeout, which would not make doctor wait longer. */
function excuseHurry(error: unknown, { timeout }: Transport): unknown {
  if (!(error instanceof TokenError) || error.code !== 'network_timeout') return error
  const { means = [] } = error.details
  const wait = formatDuration(timeout / 1000)
  return new TokenError(error.code, error.message, {
    means: [...[means].flat(), `doctor waits no longer than that; get waits ${wait}`],
  })
}
