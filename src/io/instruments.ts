// What `doctor` looks at the world with. Where it must not look, the instruments are sealed: that
// nothing is asked of them is up to the examination, that nothing could be got is seen to here.

import type { Tools } from '../core/call/tools.ts'
import type { Instruments } from '../core/doctor/examination.ts'
import { NOT_RUN } from '../core/doctor/finding.ts'
import { TokenError } from '../core/error.ts'
import { checkUrl } from '../core/url.ts'
import type { World } from '../core/world.ts'
import { findCommand } from './command.ts'
import { chooseProxy } from './http/proxy.ts'
import { readTls } from './http/tls.ts'
import type { LoadedKey } from './key/open/key.ts'
import { createTools } from './tools.ts'

export function createInstruments(
  world: World,
  warn: (text: string) => void,
  blind: string | undefined,
  silent: string | undefined = undefined,
): Instruments {
  const tools = keepFromRunning(createTools(world, { watch: {}, warn }))
  return {
    tools: blind === undefined ? tools : seal(tools),
    blind,
    silent,
    checkUrl,
    findProxy(url, explicit) {
      const proxy = chooseProxy(url, explicit, world.env)
      const { url: address, source, authorization } = proxy ?? {}
      return (
        address && {
          shown: `${address.origin} (${source})`,
          password: authorization !== undefined,
        }
      )
    },
    findCommand: (command) => findCommand(command, world),
    checkTls(tls) {
      readTls(tls, world.env, warn)
    },
  }
}

/** Files and variables are read to be looked at, but whatever is run may do anything. */
function keepFromRunning(tools: Tools): Tools {
  const refuse = (name: string | undefined): never => {
    throw new TokenError('secret_unreadable', `the command ${name} is not run for this`, {
      cause: NOT_RUN,
    })
  }
  return {
    ...tools,
    runCommand: ([name]) => refuse(name),
    readAssertion: (source) =>
      'command' in source ? refuse(source.command.words[0]) : tools.readAssertion(source),
    async sign(header, claims, key, options) {
      const { signer } = key as LoadedKey
      return signer ? refuse(signer.words[0]) : tools.sign(header, claims, key, options)
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
    runCommand: refuse,
    readAssertion: refuse,
    loadKey: refuse,
    readCertificate: refuse,
    sign: async () => refuse(),
    send: async () => refuse(),
  }
}
