// What answers where the calls would go: asked all at once, told one after the other.

import { readSkew } from '../answer/answer.ts'
import type { Answer, Request, Transport } from '../call/wire.ts'
import { TokenError } from '../error.ts'
import { examineSkew } from './clock.ts'
import type { Findings } from './finding.ts'

export interface Destination {
  /** who goes there */
  readonly profile: string
  readonly url: URL
  readonly transport: Transport
  /** Asks the authorization server, as a call would; undefined: the URL is the endpoint. */
  discover?(send: Send): Promise<URL>
}

export type Send = (request: Request) => Promise<Answer>

/** An answer, and what was passed on the way to it. */
export interface Sight {
  readonly answer: Answer
  /** whether a name had to be resolved here */
  readonly named: boolean
  /** as it may be shown */
  readonly proxy: string | undefined
  /** undefined: plain http, or nobody verified it */
  readonly certificate: { readonly issuer: string; readonly until: number } | undefined
}

export type Probe = (request: Request, transport: Transport) => Promise<Sight>

interface Visit {
  readonly destination: Destination
  /** by origin: the last answer of each */
  readonly seen: ReadonlyMap<string, Sight>
  readonly endpoint?: URL
  readonly failure?: unknown
}

export async function examineNetwork(
  destinations: readonly Destination[],
  probe: Probe,
  now: number,
  findings: Findings,
): Promise<void> {
  const distinct = new Map<string, Destination>()
  for (const destination of destinations) {
    const { url, transport, discover } = destination
    const { tls, proxy } = transport
    const name = JSON.stringify([url.origin, discover && url.href, tls, proxy])
    if (!distinct.has(name)) distinct.set(name, destination)
  }
  const visits = await Promise.all([...distinct.values()].map((one) => visit(one, probe)))
  const timed = new Set<string>()
  for (const one of visits) {
    findings.turnTo(one.destination.profile)
    tellVisit(one, now, findings)
    for (const [origin, { answer }] of one.seen) {
      const skew = isTimely(answer, one.destination) ? readSkew(answer) : undefined
      if (skew === undefined || timed.has(origin)) continue
      timed.add(origin)
      examineSkew(new URL(origin).host, skew, findings)
    }
  }
}

async function visit(destination: Destination, probe: Probe): Promise<Visit> {
  const { url, transport } = destination
  const seen = new Map<string, Sight>()
  const send: Send = async (request) => {
    const sight = await probe(request, transport)
    seen.set(new URL(request.url).origin, sight)
    return sight.answer
  }
  let endpoint: URL | undefined
  try {
    endpoint = await destination.discover?.(send)
    const { origin, pathname } = endpoint ?? url
    if (!seen.has(origin)) await send(makeKnock(`${origin}${pathname}`))
    return { destination, seen, ...(endpoint && { endpoint }) }
  } catch (failure) {
    return { destination, seen, failure, ...(endpoint && { endpoint }) }
  }
}

/**
 * HEAD: a token endpoint takes POST (RFC 6749 3.2), so this asks it for nothing, and no answer to it has
 * a body, so that not even a service which hands out tokens to anyone could hand us one.
 */
function makeKnock(url: string): Request {
  return { method: 'HEAD', url, headers: [], body: undefined }
}

/** Where TLS is not verified, anyone may say any Date; and a copy has that of its original. */
function isTimely({ headers }: Answer, { transport }: Destination): boolean {
  return transport.tls.insecure !== true && Number(headers.age ?? 0) === 0
}

function tellVisit(
  { destination, seen, endpoint, failure }: Visit,
  now: number,
  findings: Findings,
) {
  for (const [origin, sight] of seen) {
    const { host } = new URL(origin)
    findings.add('network', 'ok', `${host}: ${tellWay(origin, sight)}`)
    if (sight.certificate) tellCertificate(host, sight.certificate, now, findings)
  }
  if (endpoint) {
    const { origin, pathname } = endpoint
    findings.add(
      'endpoint',
      'ok',
      `${origin}${pathname}, by the metadata of ${destination.url.host}`,
    )
  }
  if (failure === undefined) return
  if (failure instanceof TokenError && failure.class === 'interrupted') throw failure
  findings.fail('network', failure)
}

function tellWay(origin: string, { answer, named, proxy, certificate }: Sight): string {
  const tls = certificate ? 'TLS verified' : origin.startsWith('https:') ? 'TLS not verified' : ''
  const { status } = answer
  const steps = [
    ...(named ? ['name resolved'] : []),
    proxy === undefined ? 'connected' : `connected through ${proxy}`,
    ...(tls === '' ? [] : [tls]),
    `answers (${status}${status >= 300 && status < 400 ? ', which is not followed' : ''})`,
  ]
  return steps.join(', ')
}

const DAY = 86_400_000
/** days: whoever renews by themselves has done so by then */
const SOON = 14

function tellCertificate(
  host: string,
  { issuer, until }: { readonly issuer: string; readonly until: number },
  now: number,
  findings: Findings,
): void {
  const days = Math.floor((until - now) / DAY)
  const left = `${new Date(until).toISOString().slice(0, 10)} (${days} ${days === 1 ? 'day' : 'days'})`
  const message = `the certificate of ${host}, by ${issuer}, is good until ${left}`
  if (days >= SOON) findings.add('tls', 'ok', message)
  else {
    findings.add('tls', 'warning', message, {
      means: ['from then on every call fails'],
      fix: ['its owner must renew it'],
    })
  }
}
