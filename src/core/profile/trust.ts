// What a project file would use of this machine, and where it would send it. A file that was found,
// not named, may use only what `tokentool trust` has shown.

import { standInToken } from '../call/line.ts'
import type { Tools } from '../call/tools.ts'
import { TokenError } from '../error.ts'
import type { Template } from '../provider.ts'
import { listPlaceholders } from '../template/template.ts'
import { toText } from '../template/value.ts'
import { Values } from '../template/values.ts'
import { isTree, type Path } from './layer.ts'
import { documentOf, type Profile, writtenValue } from './profile.ts'

export interface Use {
  /** the project file that wants it */
  readonly file: string
  /** "variable CLIENT_SECRET", "key ./staging.pem", "tls.insecure", "the token of va" */
  readonly what: string
  /** the origin it goes to; undefined: to where this command line says */
  readonly where: string | undefined
}

const KEYS = ['key_path', 'certificate_path']
const PATHS_IN_TLS = ['ca', 'cert', 'key', 'pfx']
const READERS: Readonly<Record<string, string>> = {
  env: 'variable',
  file: 'file',
  command: 'command',
}

export function listUses(profiles: readonly Profile[], tools: Tools): Use[] {
  return profiles.flatMap((profile, index) => {
    const before = profiles[index - 1]
    const where = whereTo(profile, before, tools)
    const uses: Use[] = []
    // what a provider of the file says by itself is the file's wish as much as a profile's own words
    // whoever says where a call goes says where every secret in it goes, its own and those it extends
    const chooser = [profile.entry?.document, profile.home].find(
      (file) => file?.origin === 'project',
    )
    const add = (path: Path, what: string): void => {
      const origin = profile.layers.originOf(path)
      if (origin?.kind === 'flag') return
      const own = origin === undefined ? profile.home : documentOf(profile, path)
      const document = own?.origin === 'project' ? own : chooser
      if (document) uses.push({ file: document.file, what, where })
    }
    const own = { ...profile.layers.value, environments: null, description: null }
    for (const template of [own, listFilled(profile)]) {
      for (const { placeholder, path } of listPlaceholders(template as Template)) {
        const reader = READERS[placeholder.kind]
        if (reader !== undefined) add(path, `${reader} ${placeholder.name}`)
      }
    }
    for (const name of KEYS) {
      const path = writtenValue(profile, name)
      if (typeof path === 'string') add([name], `key ${fillPlain(path, profile)}`)
    }
    const proxy = writtenValue(profile, 'proxy')
    if (typeof proxy === 'string') add(['proxy'], `proxy ${proxy.replace(/\/\/[^@/]*@/, '//')}`)
    const tls = writtenValue(profile, 'tls')
    for (const [part, item] of Object.entries(isTree(tls) ? tls : {})) {
      add(['tls', part], PATHS_IN_TLS.includes(part) ? `tls.${part} ${item}` : `tls.${part}`)
    }
    if (before) {
      const document = profile.entry?.document ?? profile.home
      if (document?.origin === 'project') {
        uses.push({ file: document.file, what: `the token of ${before.name}`, where })
      }
    }
    return uses
  })
}

/** What of a provider is filled in for a call; the examples of its fields are for the wizard only. */
function listFilled({ provider }: Profile): unknown {
  const { fields, assertion, client_assertion, call, use } = provider
  const defaults = Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) =>
      field.default === undefined ? [] : [[name, field.default]],
    ),
  )
  const columns = Object.entries({ assertion, client_assertion, call, use })
  return {
    ...defaults,
    ...Object.fromEntries(columns.filter(([, column]) => column !== undefined)),
  }
}

function fillPlain(text: string, profile: Profile): string {
  return text.replaceAll('${environment}', () => profile.environment ?? '')
}

const ADDRESSES = ['base_url', 'token_endpoint', 'authorization_server']

function whereTo(profile: Profile, before: Profile | undefined, tools: Tools): string | undefined {
  const { call } = profile.provider
  if (!call) return 'standard output'
  const isTyped = (path: Path): boolean => profile.layers.originOf(path)?.kind === 'flag'
  if (ADDRESSES.some((name) => isTyped([name])) || isTyped(['call', 'url'])) return undefined
  const values = new Values(profile, { now: 0, via: before && standInToken(before, tools) }, tools)
  const url = attempt(() => `${toText(values.fill(call.url) ?? '')}`)
  // an endpoint that is still to be discovered is the authorization server's to name
  const address = url ?? attempt(() => values.text('authorization_server'))
  return address !== undefined && URL.canParse(address)
    ? new URL(address).origin
    : 'an address that is not known yet'
}

function attempt<Result>(read: () => Result): Result | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof TokenError) return undefined
    throw error
  }
}

export function showUse({ what, where }: Use): string {
  return `${what} → ${where ?? 'the address you typed'}`
}

/** `allowed` are uses as showUse shows them. Where you typed the address, any that was shown will do. */
export function isAllowed(use: Use, allowed: readonly string[]): boolean {
  if (use.where !== undefined) return allowed.includes(showUse(use))
  return allowed.some((shown) => shown.startsWith(`${use.what} → `))
}
