// However a call fails, there is a line that says what to do.

import { describe, expect, test } from 'vitest'
import { explainFailure } from '../../src/io/http/network-error.ts'
import type { ProxyServer } from '../../src/io/http/proxy.ts'
import type { Call } from '../../src/io/http/route.ts'

const PROXY: ProxyServer = {
  url: new URL('http://proxy.example:3128'),
  source: 'HTTPS_PROXY',
  authorization: undefined,
}

function makeCall(step: Call['step'], side: Call['side'], proxy?: ProxyServer): Call {
  return {
    target: new URL('https://id.example/token'),
    proxy,
    tls: {},
    warn: () => {},
    step,
    side,
    certificate: undefined,
    socketError: undefined,
  }
}

const CODES = [
  ...['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ECONNREFUSED', 'ETIMEDOUT', 'ENETUNREACH'],
  ...['EHOSTUNREACH', 'EADDRNOTAVAIL', 'HPE_INVALID', 'EACCES', 'EPERM', 'ECONNRESET', 'EPIPE'],
  ...['UND_ERR_SOCKET', 'UND_ERR_INVALID_ARG', 'UND_ERR_HEADERS_OVERFLOW', 'EWHAT'],
]
const STEPS: readonly Call['step'][] = ['lookup', 'connect', 'tunnel', 'handshake', 'wait', 'head']

describe.each(CODES)('%s', (code) => {
  test.each([...STEPS, 'body'] as const)('while it is at: %s', (step) => {
    for (const call of [
      makeCall(step, 'service'),
      makeCall(step, 'service', PROXY),
      makeCall(step, 'proxy', PROXY),
    ]) {
      const { message, details } = explainFailure({ code }, call, 0)
      expect([details.fix].flat().filter(Boolean), message).not.toEqual([])
      expect(`${details.fix}`).not.toContain('undefined')
    }
  })
})

test.each([
  ['ECONNREFUSED', 'check the port and the environment (-e), or start the service'],
  ['EAI_AGAIN', 'getent hosts id.example'],
  ['ENETUNREACH', 'ping id.example'],
])('%s: %s', (code, fix) => {
  const { details } = explainFailure({ code }, makeCall('connect', 'service'), 0)
  expect([details.fix].flat()[0]).toBe(fix)
})
