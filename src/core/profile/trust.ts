// What a project file would use of this machine, and where it would send it. A file that was found,
// not named, may use only what `tokentool trust` has shown.

import { standInToken } from '../call/line.ts'
import type { Tools } from '../call/tools.ts'
import { TokenError } from '../error.ts'
import { type Assertion, isOutside, type Template } from '../provider.ts'
import { quoteShell } from '../shell.ts'
import { splitWords } from '../template/command-words.ts'
import { listPlaceholders } from '../template/template.ts'
import { isList, toText } from '../template/value.ts'
import { Values } from '../template/values.ts'
import type { Use } from './grant.ts'
import { isTree, type Path, readPath } from './layer.ts'
import { documentOf, folderOf, type Profile, writtenValue } from './profile.ts'
import { type Root, traceSources } from './sources.ts'
import { spell } from './spelling.ts'

const KEYS = [['key_path'], ['certificate_path'], ['public_key'], ['key', 'public_key']]
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
    const add = (path: Path, what: string, words?: readonly string[]): void => {
      const origin = profile.layers.originOf(path)
      if (origin?.kind === 'flag') return
      const own = origin === undefined ? profile.home : documentOf(profile, path)
      const document = own?.origin === 'project' ? own : chooser
      if (document === undefined) return
      const command = words && { words, folder: folderOf(profile, path) }
      uses.push({ file: document.file, what, where, ...(command && { command }) })
    }
    const addCommand = (path: Path, line: string): void =>
      add(path, `command ${line}`, attempt(() => splitWords(line)) ?? [line])
    const own = { ...profile.layers.value, environments: null, description: null }
    for (const template of [own, listFilled(profile)]) {
      for (const { placeholder, path } of listPlaceholders(template as Template)) {
        const reader = READERS[placeholder.kind]
        if (placeholder.kind === 'command') addCommand(path, placeholder.name)
        else if (reader !== undefined) add(path, `${reader} ${placeholder.name}`)
      }
    }
    for (const path of KEYS) {
      const written = readWritten(profile, path)
      // a public key may stand there itself
      if (typeof written === 'string' && !written.includes('-----BEGIN'))
        add(path, `key ${spell(written, profile)}`)
    }
    const signer = readWritten(profile, ['key', 'signer'])
    if (isList(signer)) {
      const words = signer.map((word) => spell(`${word}`, profile))
      add(['key', 'signer'], `command ${words.map(quoteShell).join(' ')}`, words)
    }
    for (const column of ['assertion', 'client_assertion'] as const) {
      for (const [name, template] of listOutside(profile.provider[column])) {
        const text = spell(template, profile)
        if (name === 'command') addCommand([column, name], text)
        else add([column, name], `${READERS[name]} ${text}`)
      }
    }
    const proxy = writtenValue(profile, 'proxy')
    if (typeof proxy === 'string')
      add(['proxy'], `proxy ${spell(proxy, profile).replace(/\/\/[^@/]*@/, '//')}`)
    const tls = writtenValue(profile, 'tls')
    for (const [part, item] of Object.entries(isTree(tls) ? tls : {})) {
      const path = PATHS_IN_TLS.includes(part) ? ` ${spell(`${item}`, profile)}` : ''
      add(['tls', part], `tls.${part}${path}`)
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

function readWritten(profile: Profile, [name = '', ...deeper]: readonly string[]): unknown {
  return readPath(writtenValue(profile, name), deeper)
}

/** An assertion that is not signed here comes from somewhere. */
function listOutside(assertion: Assertion | undefined): [string, string][] {
  return assertion && isOutside(assertion) ? Object.entries(assertion) : []
}

/** What of a provider is filled in for a call; the examples of its fields are for the wizard only. */
function listFilled({ provider }: Profile): unknown {
  const { fields, assertion, client_assertion, call, use, jwks } = provider
  const defaults = Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) =>
      field.default === undefined ? [] : [[name, field.default]],
    ),
  )
  const columns = Object.entries({ assertion, client_assertion, call, use, jwks })
  return {
    ...defaults,
    ...Object.fromEntries(columns.filter(([, column]) => column !== undefined)),
  }
}

const ADDRESSES = ['base_url', 'token_endpoint', 'authorization_server']

function whereTo(profile: Profile, before: Profile | undefined, tools: Tools): string | undefined {
  const { call } = profile.provider
  if (!call) return 'standard output'
  const isTyped = (path: Path): boolean => profile.layers.originOf(path)?.kind === 'flag'
  if (ADDRESSES.some((name) => isTyped([name])) || isTyped(['call', 'url'])) return undefined
  // nothing is run to learn where it goes
  if (!asksCommand(profile, { path: ['call', 'url'], template: call.url })) {
    const values = new Values(
      profile,
      { now: 0, via: before && standInToken(before, tools) },
      tools,
    )
    const url = attempt(() => `${toText(values.fill(call.url) ?? '')}`)
    // an endpoint that is still to be discovered is the authorization server's to name
    const address = url ?? attempt(() => findServer(profile, values))
    if (address !== undefined && URL.canParse(address)) return new URL(address).origin
  }
  const written = attempt(() => spell(call.url, profile)) ?? call.url
  return `an address that is not known yet, ${written}`
}

function findServer(profile: Profile, values: Values): string | undefined {
  const name = 'authorization_server'
  return asksCommand(profile, { path: [name], template: null }) ? undefined : values.text(name)
}

const KEY_FIELDS = ['key', 'key_path', 'passphrase', 'key_id', 'certificate_path', 'algorithm']

function asksCommand(profile: Profile, root: Root): boolean {
  const { leaves } = traceSources(profile, [root])
  const loads = leaves.some(({ placeholder: { kind, name } }) =>
    kind === 'name' ? /^(key|certificate)\b/.test(name) : false,
  )
  const fields = KEY_FIELDS.map((name) => ({ path: [name], template: null }))
  const all = loads ? [...leaves, ...traceSources(profile, fields).leaves] : leaves
  return all.some(({ placeholder }) => placeholder.kind === 'command')
}

function attempt<Result>(read: () => Result): Result | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof TokenError) return undefined
    throw error
  }
}
