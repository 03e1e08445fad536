// Why no answer came, told by the error's code and by how far the call had come. Node's own
// messages are not passed on: they name addresses and paths, and change with every version.

import { formatDuration } from '../../core/duration.ts'
import { TokenError } from '../../core/error.ts'
import type { TimeUp } from './limits.ts'
import type { Call } from './route.ts'
import { explainSocket, nameProxySetting, nameSide, RESETS } from './socket-error.ts'
import { explainTls, isTlsFailure } from './tls-error.ts'

export function explainFailure(failure: unknown, call: Call, now: number): TokenError {
  if (isTimeUp(failure)) return explainTimeUp(failure, call)
  const status = (failure as { proxyStatus?: number }).proxyStatus
  if (status !== undefined) return explainRefusingProxy(status, call)

  const seen = findCode(failure)
  // A server's alert (a certificate wanted, say) comes as an error that does not end the socket.
  const code = RESETS.includes(seen ?? '') ? (findCode(call.socketError) ?? seen) : seen
  if (code === undefined) {
    return new TokenError('bug', `the call to ${call.target.host} failed for no reason it gave`)
  }
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') {
    return new TokenError('field_invalid', 'the request cannot be sent as the profile writes it', {
      means: 'its method, its path or the name of a header is not what HTTP allows',
      fix: '-n shows it',
    })
  }
  if (call.step === 'body') return cutOff(call)
  if (isTlsFailure(code, call)) return explainTls(code, call, now)
  // undici asserts what a server is expected to do
  if (call.step === 'head' || code === 'ERR_ASSERTION')
    return explainBrokenHead(failure, code, call)
  return explainSocket(code, call)
}

/** Of the several attempts at a name with several addresses, the one that says most. */
function findCode(failure: unknown): string | undefined {
  const { name, code, errors } = (failure ?? {}) as {
    name?: unknown
    code?: unknown
    errors?: readonly unknown[]
  }
  // its codes are undefined: undici 7 looks them up in a table that has them the other way round
  if (name === 'HTTPParserError') return 'HPE_INVALID'
  const codes = (errors ?? []).map(findCode)
  for (const telling of ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT']) {
    if (codes.includes(telling)) return telling
  }
  return (
    codes[0] ?? (typeof code === 'string' && /^[A-Z][A-Z0-9_/]*$/.test(code) ? code : undefined)
  )
}

function isTimeUp(failure: unknown): failure is TimeUp {
  return (failure as Partial<TimeUp>).timeUpAfter !== undefined
}

function explainTimeUp({ timeUpAfter, connecting }: TimeUp, call: Call): TokenError {
  const host = call.target.host
  const time = timeUpAfter < 1000 ? `${timeUpAfter} ms` : formatDuration(timeUpAfter / 1000)
  const other = nameSide(call)
  const silence = 'a firewall that drops packets, or a VPN or proxy that this needs'
  const words: Readonly<Record<Call['step'], readonly [message: string, means: string]>> = {
    lookup: [
      `cannot reach ${other}: its name did not resolve within ${time}`,
      'the name server does not answer: no network, or a VPN that is down',
    ],
    connect: [`cannot reach ${other}: no connection within ${time}`, silence],
    tunnel: [`${other} opened no way to ${host} within ${time}`, silence],
    handshake: [`${other} did not finish the TLS handshake within ${time}`, silence],
    wait: [`${host} did not answer within ${time}`, 'it was sent the request, and said nothing'],
    head: [`${host} did not finish its answer within ${time}`, 'it stopped in the headers'],
    body: [`${host} did not finish its answer within ${time}`, 'it stopped in the body'],
  }
  const [message, means] = words[call.step]
  const fix = connecting
    ? nameProxySetting(call)
    : `--timeout ${Math.ceil((timeUpAfter * 3) / 1000)}s`
  return new TokenError('network_timeout', message, { means, fix })
}

function explainRefusingProxy(status: number, call: Call): TokenError {
  const proxy = call.proxy?.url.host ?? ''
  const source = call.proxy?.source ?? 'proxy'
  if (status === 407) {
    const sent = call.proxy?.authorization !== undefined
    return new TokenError(
      'network_proxy',
      `the proxy ${proxy} ${sent ? 'does not accept the password' : 'wants a password'} (407)`,
      {
        means: `${source} names this proxy${sent ? '' : ', without a user and password'}`,
        fix:
          source === 'proxy'
            ? 'proxy: http://${env:PROXY_USER}:${env:PROXY_PASSWORD}@…'
            : `${source}=http://USER:PASSWORD@… (special characters as %40 and the like)`,
      },
    )
  }
  return new TokenError(
    'network_proxy',
    `the proxy ${proxy} opens no way to ${call.target.host} (${status})`,
    {
      means: status >= 500 ? 'it cannot reach the host itself' : 'it does not allow this host',
      fix: nameProxySetting(call),
    },
  )
}

function explainBrokenHead(failure: unknown, code: string, call: Call): TokenError {
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new TokenError(
      'answer_too_large',
      `${call.target.host} answered with more than 16 KiB of headers`,
      { means: 'no token endpoint says that much', fix: CHECK },
    )
  }
  return RESETS.includes(code) ? cutOff(call) : explainGarbage(failure, call)
}

function explainGarbage(failure: unknown, call: Call): TokenError {
  const { host } = call.target
  const { data } = failure as { data?: unknown }
  // A TLS alert record: what a TLS server says to plain text.
  if (typeof data === 'string' && data.startsWith('\x15\x03')) {
    return new TokenError('answer_unusable', `${host} wants https, and was asked by http`, {
      fix: `https://${host}${call.target.pathname}`,
    })
  }
  return new TokenError('answer_unusable', `${host} answered with something that is not HTTP`, {
    means: 'another kind of service listens on that port, or something in between is broken',
    fix: CHECK,
  })
}

const CHECK = 'check the address and the environment (-e)'

function cutOff(call: Call): TokenError {
  return new TokenError('answer_cut_off', `the answer of ${call.target.host} broke off`, {
    means: 'the connection ended, or was garbled, in the middle of it',
    fix: 'ask again in a minute',
  })
}
