// What `doctor` looks at the world with. Where it must not look, the instruments are sealed: that
// nothing is asked of them is up to the examination, that nothing could be got is seen to here.

import type { Tools } from '../core/call/tools.ts'
import type { Instruments } from '../core/doctor/examination.ts'
import { TokenError } from '../core/error.ts'
import { checkUrl } from '../core/url.ts'
import type { World } from '../core/world.ts'
import { chooseProxy } from './http/proxy.ts'
import { readTls } from './http/tls.ts'
import { createTools } from './tools.ts'

export function createInstruments(
  world: World,
  warn: (text: string) => void,
  blind: string | undefined,
): Instruments {
  const tools = createTools(world, { watch: {}, warn })
  return {
    tools: blind === undefined ? tools : seal(tools),
    blind,
    checkUrl,
    findProxy(url, explicit) {
      const proxy = chooseProxy(url, explicit, world.env)
      return proxy && `${proxy.url.origin} (${proxy.source})`
    },
    checkTls(tls) {
      readTls(tls, world.env)
    },
  }
}

function seal(tools: Tools): Tools {
  const refuse = (): never => {
    throw new TokenError('bug', 'a secret was about to be read that must not be')
  }
  return {
    ...tools,
    env: {},
    readSecretFile: refuse,
    loadKey: refuse,
    readCertificate: refuse,
    sign: async () => refuse(),
    send: async () => refuse(),
  }
}
