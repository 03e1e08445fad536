// Which proxy, if any, a call goes through: the profile's, or what the variables say, as curl
// reads them. Loopback never does.

import { BlockList, isIP } from 'node:net'
import { TokenError } from '../../core/error.ts'
import { isLoopback } from '../../core/url.ts'

export interface ProxyServer {
  /** without user, password or path */
  readonly url: URL
  readonly authorization: string | undefined
  /** the variable, or `proxy` for the profile's own */
  readonly source: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** An explicit proxy holds whatever NO_PROXY says; an empty one means none. */
export function chooseProxy(
  url: URL,
  explicit: string | undefined,
  env: Environment,
): ProxyServer | undefined {
  if (isLoopback(url.hostname)) return undefined
  if (explicit !== undefined) return explicit === '' ? undefined : readProxy(explicit, 'proxy')
  const [source, value] = findVariable(url.protocol, env)
  if (source === undefined || value === undefined || value === '') return undefined
  if (skipsProxy(url, env.no_proxy ?? env.NO_PROXY ?? '')) return undefined
  return readProxy(value, source)
}

function findVariable(protocol: string, env: Environment): [string?, string?] {
  const names =
    protocol === 'https:'
      ? ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY']
      : ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY']
  for (const name of names) {
    // Under CGI the variable HTTP_PROXY is a request header "Proxy": https://httpoxy.org
    if (name === 'HTTP_PROXY' && env.REQUEST_METHOD !== undefined) continue
    if (env[name] !== undefined) return [name, env[name]]
  }
  return []
}

function readProxy(text: string, source: string): ProxyServer {
  // The value may hold a password: it is never shown.
  const refuse = (problem: string): TokenError =>
    new TokenError('proxy_invalid', `${source} ${problem}`, {
      fix: `${source}${source === 'proxy' ? ': ' : '='}http://proxy.example:3128`,
    })
  const trimmed = text.trim()
  const full = trimmed.includes('://') ? trimmed : `http://${trimmed}`
  const scheme = full.slice(0, full.indexOf('://')).toLowerCase()
  if (/^socks/.test(scheme)) throw refuse('names a SOCKS proxy; only http and https proxies work')
  if (!/^https?$/.test(scheme)) throw refuse('is neither an http:// nor an https:// address')
  if (!URL.canParse(full)) throw refuse('is not a valid URL')
  const { username, password, origin } = new URL(full)
  if (username === '' && password === '') {
    return { url: new URL(origin), authorization: undefined, source }
  }
  try {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    const authorization = `Basic ${Buffer.from(pair).toString('base64')}`
    return { url: new URL(origin), authorization, source }
  } catch {
    throw refuse('has a % in its user name or password that must be written %25')
  }
}

/** NO_PROXY: names with all below them, addresses, networks, each with a port or without; `*`. */
export function skipsProxy(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && (entry === '*' || matchesEntry(host, port, entry)))
}

function matchesEntry(host: string, port: string, entry: string): boolean {
  const [, bracketed, plain, onlyPort] =
    /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? ([entry, undefined, entry] as const)
  if (onlyPort !== undefined && Number(onlyPort) !== Number(port)) return false
  const name = bracketed ?? plain ?? ''
  if (isIP(host) !== 0) return matchesAddress(host, name)
  const suffix = name.replace(/^\*?\./, '').replace(/\.$/, '')
  return suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`))
}

function matchesAddress(host: string, entry: string): boolean {
  const [network = '', bits, ...more] = entry.split('/')
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4'
  const width = family === 'ipv6' ? 128 : 32
  if (isIP(network) === 0 || more.length > 0) return false
  if (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= width)) return false
  const block = new BlockList()
  block.addSubnet(network, bits === undefined ? width : Number(bits), family)
  return block.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')
}
