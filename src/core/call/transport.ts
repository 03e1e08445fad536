// How a call is to be carried: the profile's own words on TLS, proxy and time.

import { isTree } from '../profile/layer.ts'
import { Hidden } from '../secret/hidden.ts'
import type { Values } from '../template/values.ts'
import type { Tools } from './tools.ts'
import type { Tls, Transport } from './wire.ts'

const TIMEOUT = 30

export function readTransport(values: Values, tools: Tools): Transport {
  const tls: Record<string, unknown> = {}
  const written = values.field('tls')
  for (const [name, value] of Object.entries(isTree(written) ? written : {})) {
    const path = ['ca', 'cert', 'key', 'pfx'].includes(name) ? values.path('tls', name) : undefined
    tls[name] = path ? tools.resolvePath(path) : value instanceof Hidden ? value.reveal() : value
  }
  if (tls.insecure === true) {
    tools.warn(
      `${values.profile.name}: TLS is NOT verified (tls.insecure): anyone may answer in place of ${values.profile.providerName}`,
    )
  }
  return {
    timeout: (values.number('timeout') ?? TIMEOUT) * 1000,
    tls: tls as Tls,
    proxy: values.text('proxy'),
    allowHttp: values.flag('allow_http'),
  }
}
