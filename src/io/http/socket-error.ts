// Why a connection was not made, or ended without an answer: the system's error codes.

import { type ErrorCode, type ErrorDetails, TokenError } from '../../core/error.ts'
import { quoteShell } from '../../core/shell.ts'
import type { Call } from './route.ts'

export const RESETS = ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'UND_ERR_SOCKET']
const NO_ROUTE = ['ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN', 'EHOSTDOWN', 'EADDRNOTAVAIL']

const CHECK = 'check the port and the environment (-e), or ask again in a minute'

type Report = (code: ErrorCode, message: string, details?: ErrorDetails) => TokenError

export function explainSocket(code: string, call: Call): TokenError {
  const host = nameSide(call)
  const reach = `cannot reach ${host}`
  const name = (call.side === 'proxy' && call.proxy ? call.proxy.url : call.target).hostname
  const proxyFix = [nameProxySetting(call)].flat()
  const report: Report = (own, message, details = {}) =>
    call.side === 'proxy' && own !== 'network_timeout'
      ? new TokenError('network_proxy', message, { ...details, fix: nameProxySetting(call) })
      : new TokenError(own, message, details)

  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) {
    return code === 'EAI_AGAIN'
      ? report('network_dns', `${reach}: the name server does not answer`, {
          means: 'no network, or no DNS; inside a company the name may need a VPN or a proxy',
          fix: [`getent hosts ${quoteShell(name)}`, ...proxyFix],
        })
      : report('network_dns', `${reach}: the name does not resolve`, {
          means: `no name server that this machine asks knows ${name}`,
          fix: `check the spelling, the environment (-e), and: getent hosts ${quoteShell(name)}`,
        })
  }
  if (code === 'ECONNREFUSED') {
    return report('network_refused', `${reach}: connection refused`, {
      means: 'the machine is there, but nothing listens on that port',
      fix: 'check the port and the environment (-e), or start the service',
    })
  }
  if (code === 'ETIMEDOUT') {
    return report('network_timeout', `${reach}: no answer from its address`, {
      means: 'a firewall that drops packets, or a VPN or proxy that this needs',
      fix: nameProxySetting(call),
    })
  }
  if (NO_ROUTE.includes(code)) {
    return report('network_failed', `${reach}: there is no way to its address`, {
      means: 'no network, or a VPN that is down',
      fix: [`ping ${quoteShell(name.replace(/^\[|\]$/g, ''))}`, ...proxyFix],
    })
  }
  if (code === 'HPE_INVALID') {
    return report('answer_unusable', `${host} answered with something that is not HTTP`, {
      means: 'another kind of service listens on that port, or something in between is broken',
      fix: CHECK,
    })
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return report('network_failed', `${reach}: this machine does not allow the connection`, {
      means: 'a firewall or a sandbox on this machine',
      fix: `allow ${name} there`,
    })
  }
  if (RESETS.includes(code)) return explainReset(call, report)
  const what =
    call.step === 'connect' || call.step === 'lookup' ? reach : `the call to ${host} failed`
  return report('network_failed', `${what} (${code})`, { fix: proxyFix })
}

function explainReset(call: Call, report: Report): TokenError {
  const host = nameSide(call)
  if (call.step === 'handshake') {
    return report('network_reset', `${host} closed the connection during the TLS handshake`, {
      means: 'a firewall does this to hosts it does not allow, and a port that does not speak TLS',
      fix: CHECK,
    })
  }
  const means = ['a restart, an overload, a firewall, or a port that does not speak HTTP']
  if (call.target.protocol !== 'https:') {
    return report('network_reset', `${host} closed the connection without an answer`, {
      means,
      fix: CHECK,
    })
  }
  const given = call.tls.cert !== undefined || call.tls.pfx !== undefined
  means.push(
    given
      ? 'also a server that does not accept our certificate (mutual TLS)'
      : 'also a server that wants a certificate from us (mutual TLS)',
  )
  return report('network_reset', `${host} closed the connection without an answer`, {
    means,
    fix: given
      ? 'check tls.cert, or tls.pfx, and the environment (-e)'
      : [CHECK, 'tls: { cert: FILE, key: FILE }, where it wants a certificate'],
  })
}

export function nameSide(call: Call): string {
  return call.side === 'proxy' && call.proxy !== undefined
    ? `the proxy ${call.proxy.url.host}`
    : call.target.host
}

export function nameProxySetting(call: Call): string | string[] {
  if (call.proxy === undefined) return 'HTTPS_PROXY=http://proxy.example:3128, if one is needed'
  return call.proxy.source === 'proxy'
    ? 'check proxy in the profile, or --proxy'
    : [
        `check ${call.proxy.source}`,
        `NO_PROXY=${quoteShell(call.target.hostname)} to call it directly`,
      ]
}
