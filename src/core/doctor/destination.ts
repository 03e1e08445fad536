// Where the call would go, and how: the address, the proxy, what TLS is to trust and to show.

import { discoverEndpoint } from '../call/discovery.ts'
import { planRequest } from '../call/request.ts'
import { readTransport } from '../call/transport.ts'
import type { Transport } from '../call/wire.ts'
import { listRoots } from '../profile/sources.ts'
import { Hidden } from '../secret/hidden.ts'
import { toText } from '../template/value.ts'
import { checkUrl } from '../url.ts'
import { type Case, type FoundProxy, isBlindTo, isLater } from './examination.ts'
import type { Destination } from './network.ts'

export async function examineDestination(one: Case, signed: boolean): Promise<void> {
  const { profile, values, instruments, findings, before } = one
  const { call } = profile.provider
  if (call === undefined) return
  const roots = [{ path: ['call', 'url'], template: call.url }]
  const transport = await examineTransport(one)
  if (instruments.blind !== undefined && isBlindTo(profile, roots)) {
    findings.add('endpoint', 'skipped', `not looked at (${instruments.blind})`)
    return
  }
  if (isLater(profile, roots)) {
    findings.add('endpoint', 'skipped', `only the answer of ${before?.name} tells where it is`)
    return
  }
  const url = await examineAddress(one)
  if (url && transport) {
    const proxy = await findings.attempt(
      'proxy',
      () => instruments.findProxy(url, transport.proxy) ?? 'none',
      (found) => (found === 'none' ? undefined : `through ${found.shown}`),
    )
    // a path that comes from elsewhere may be a secret as a whole
    const open = one.discovers || !isBlindTo(profile, roots)
    const asked = open ? url : new URL(url.origin)
    if (proxy !== undefined) planVisit(one, asked, transport, proxy === 'none' ? undefined : proxy)
  }
  // parameters and headers, which a header that cannot be sent would stop
  const parts = listRoots(profile).filter(({ path }) => path[0] === 'call')
  const alone = before === undefined && profile.provider.limits?.via?.required
  if (signed && !alone && instruments.blind === undefined && !isLater(profile, parts)) {
    await findings.attempt('fields', () => planRequest(values, call))
  }
}

/** Nothing is sent before trust, nor what must not be read. */
function planVisit(one: Case, url: URL, transport: Transport, proxy: FoundProxy | undefined): void {
  const { profile, values, instruments, findings, destinations } = one
  const { silent, blind, tools } = instruments
  if (silent !== undefined) {
    // what holds for all is said once
    if (silent !== '--offline') {
      findings.add('network', 'skipped', `${url.host}: not asked (${silent})`)
    }
    return
  }
  if (blind !== undefined && (proxy?.password || listFiles(transport).length > 0)) {
    const what = proxy?.password ? `the password of the proxy ${proxy.shown}` : 'what tls names'
    findings.add('network', 'skipped', `${url.host}: not asked without ${what} (${blind})`)
    return
  }
  const discover: Destination['discover'] = async (send) => {
    const quiet = { ...tools, warn() {}, send }
    const endpoint = await discoverEndpoint(values, quiet, 'send')
    return checkUrl(endpoint ?? '', 'token_endpoint', transport.allowHttp)
  }
  const found = { profile: profile.name, url, transport }
  destinations.push(one.discovers ? { ...found, discover } : found)
}

async function examineAddress(one: Case): Promise<URL | undefined> {
  const { profile, values, discovers, instruments, findings } = one
  const { call } = profile.provider
  const name = discovers ? 'authorization_server' : 'token_endpoint'
  const filled = await findings.attempt('endpoint', () =>
    discovers ? values.text(name) : toText(values.fill(call?.url ?? '') ?? ''),
  )
  if (filled === undefined) return undefined
  const allowHttp = (await findings.attempt('fields', () => values.flag('allow_http'))) ?? false
  const text = filled instanceof Hidden ? filled.reveal() : filled
  const url = await findings.attempt(
    'endpoint',
    () => instruments.checkUrl(text, name, allowHttp),
    ({ origin, pathname }) => {
      const path = pathname === '/' ? '' : pathname
      if (discovers) {
        const done = instruments.silent === undefined ? '' : ', which was not done'
        return `found by asking ${origin}${path}${done}`
      }
      return filled instanceof Hidden ? `${origin}/«hidden»` : `${origin}${pathname}`
    },
  )
  return url && filled instanceof Hidden ? new URL(url.origin) : url
}

async function examineTransport(one: Case): Promise<Transport | undefined> {
  const { profile, values, instruments, findings } = one
  const roots = ['tls', 'proxy', 'timeout', 'allow_http'].map((name) => ({
    path: [name],
    template: null,
  }))
  if (instruments.blind !== undefined && isBlindTo(profile, roots)) {
    findings.add('tls', 'skipped', `tls and proxy: not looked at (${instruments.blind})`)
    return undefined
  }
  const transport = await findings.attempt(
    'tls',
    () => readTransport(values, instruments.tools),
    () => undefined,
    ['tls: ca: FILE, which trusts the certificate of this one server'],
  )
  const names = transport === undefined ? [] : listFiles(transport)
  if (transport === undefined || names.length === 0) return transport
  if (instruments.blind !== undefined) {
    findings.add('tls', 'skipped', `${names.join(', ')}: not looked at (${instruments.blind})`)
    return transport
  }
  await findings.attempt(
    'tls',
    () => instruments.checkTls(transport.tls),
    () => `${names.join(', ')} can be used`,
  )
  return transport
}

function listFiles({ tls }: Transport): string[] {
  return (['ca', 'cert', 'key', 'pfx'] as const).flatMap((name) =>
    tls[name] === undefined ? [] : [`tls.${name}`],
  )
}
