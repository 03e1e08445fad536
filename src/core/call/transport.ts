// How a call is to be carried: the profile's own words on TLS, proxy and time.

import { isTree } from '../profile/layer.ts'
import { Hidden } from '../secret/hidden.ts'
import type { Values } from '../template/values.ts'
import { readPin } from './pin.ts'
import type { Tools } from './tools.ts'
import type { Tls, Transport } from './wire.ts'

/** seconds */
const TIMEOUT = 30

/** Milliseconds for a call with all its tries. */
export function readTimeout(values: Values): number {
  return (values.number('timeout') ?? TIMEOUT) * 1000
}

export function readTransport(values: Values, tools: Tools): Transport {
  const tls: Record<string, unknown> = {}
  const written = values.field('tls')
  for (const [name, value] of Object.entries(isTree(written) ? written : {})) {
    const path = ['ca', 'cert', 'key', 'pfx'].includes(name) ? values.path('tls', name) : undefined
    tls[name] = path ? tools.resolvePath(path) : value instanceof Hidden ? value.reveal() : value
  }
  if ('pin' in tls) tls.pin = readPin(tls.pin, values.profile)
  warnOfLeniency(values, tools)
  return {
    timeout: readTimeout(values),
    tls: tls as Tls,
    proxy: values.text('proxy'),
    allowHttp: values.flag('allow_http'),
  }
}

/** In every run, also in one that takes a token from an earlier one: that may be anyone's. */
export function warnOfLeniency(values: Values, tools: Tools): void {
  const tls = values.field('tls')
  if (!isTree(tls) || tls.insecure !== true) return
  const { name, providerName } = values.profile
  tools.warn(
    `${name}: TLS is NOT verified (tls.insecure): anyone may answer in place of ${providerName}`,
    'loud',
  )
}
