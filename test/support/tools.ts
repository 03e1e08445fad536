// What core asks of the world, as a plain value: a clock that stands still, uuids that count, files
// that are a map. Keys are loaded and assertions signed by the real thing.

import { createHash } from 'node:crypto'
import type { TokenSet } from '../../src/core/call/token.ts'
import type { Tools } from '../../src/core/call/tools.ts'
import type { Answer, Request } from '../../src/core/call/wire.ts'
import { TokenError } from '../../src/core/error.ts'
import type { Catalog } from '../../src/core/file/catalog.ts'
import type { ProfileDocument } from '../../src/core/file/document.ts'
import { planChain, type Selection } from '../../src/core/profile/chain.ts'
import { parseOverride } from '../../src/core/profile/override.ts'
import type { Profile } from '../../src/core/profile/profile.ts'
import { Secrets } from '../../src/core/secret/secrets.ts'
import { Values } from '../../src/core/template/values.ts'
import { readCertificate } from '../../src/io/key/certificate-file.ts'
import { type LoadedKey, loadKey, loadSecret } from '../../src/io/key/open/key.ts'
import { checkKeyFit, signJwt } from '../../src/io/key/sign.ts'
import { resolvePath } from '../../src/io/path.ts'
import { parseDocument } from '../../src/io/profile/document.ts'
import { PROVIDERS } from '../../src/providers/table.ts'

/** 2023-11-14T22:13:20Z */
export const NOW = 1_700_000_000

export const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

export interface ToolSetting {
  readonly env?: Readonly<Record<string, string>>
  /** by absolute path */
  readonly files?: Readonly<Record<string, string>>
  /** what a service answers; nothing may be sent without one */
  readonly service?: (request: Request) => Answer
  readonly standIn?: Tools['standIn']
}

export interface TestTools extends Tools {
  readonly warnings: string[]
  readonly sent: Request[]
  /** the least that each was to last, in milliseconds */
  readonly pauses: number[]
}

export function makeTools(setting: ToolSetting = {}): TestTools {
  const { env = {}, files = {}, service } = setting
  const warnings: string[] = []
  const sent: Request[] = []
  const pauses: number[] = []
  let count = 0
  const read = (path: string): string => {
    const text = files[path]
    if (text !== undefined) return text
    throw new TokenError('secret_unreadable', `there is no ${path}`)
  }
  return {
    secrets: new Secrets(hash),
    env,
    now: () => NOW * 1000,
    began: NOW * 1000,
    waited: 0,
    pause: async (least) => {
      pauses.push(least)
    },
    pauses,
    uuid: () => `00000000-0000-4000-8000-${`${++count}`.padStart(12, '0')}`,
    resolvePath: (path) => resolvePath(path, { cwd: '/cwd', home: '/home/me' }),
    readSecretFile: (path) =>
      read(resolvePath(path, { cwd: '/cwd', home: '/home/me' })).replace(/\n$/, ''),
    runCommand: () => {
      throw new Error('nothing was to be run')
    },
    readAssertion(source) {
      if ('command' in source) throw new Error('nothing was to be run')
      return 'env' in source
        ? (env[source.env] ?? '')
        : read(resolvePath(source.file, { cwd: '/cwd', home: '/home/me' }))
    },
    loadKey({ path, text, jwk, shared, passphrase, keyId, origin }) {
      const load = shared ? loadSecret : loadKey
      return load({
        text: path === undefined ? (text ?? JSON.stringify(jwk)) : read(path),
        origin,
        ...(passphrase !== undefined && { passphrase }),
        ...(keyId !== undefined && { keyId }),
      })
    },
    readCertificate: (path) => readCertificate({ text: read(path), origin: path }),
    async sign(header, claims, key, options) {
      const known = key as LoadedKey
      checkKeyFit((header as { alg?: unknown }).alg, known, options)
      return signJwt(header as Readonly<Record<string, unknown>>, claims, known, options)
    },
    async send(request) {
      sent.push(request)
      if (service === undefined) throw new Error('nothing was to be sent')
      return service(request)
    },
    warn: (text) => warnings.push(text),
    watch: {},
    warnings,
    sent,
    ...(setting.standIn && { standIn: setting.standIn }),
  }
}

export function answer(
  status: number,
  body: unknown = '',
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { status, headers, body: text, sentAt: NOW * 1000, answeredAt: NOW * 1000 }
}

type Origin = ProfileDocument['origin']

export function parse(text: string, file = '/p/tokentool.yaml', origin: Origin = 'named') {
  const shown = file.replace(/^\/p\//, '')
  return parseDocument(new TextEncoder().encode(text), { file, shown, origin })
}

export function catalogOf(...documents: readonly (ProfileDocument | string)[]): Catalog {
  return {
    documents: documents.map((one) => (typeof one === 'string' ? parse(one) : one)),
    builtIns: PROVIDERS,
  }
}

export interface Wish {
  readonly profile?: string
  readonly provider?: string
  readonly onward?: readonly string[]
  readonly environment?: string
  /** as -s takes them; `=@FILE` is the file's name as its contents */
  readonly set?: readonly string[]
  readonly scopes?: readonly string[]
  readonly transport?: Selection['transport']
}

export function select(wish: Wish = {}): Selection {
  return {
    profile: wish.profile,
    provider: wish.provider,
    onward: wish.onward ?? [],
    environment: wish.environment,
    overrides: (wish.set ?? []).map((text) => {
      const override = parseOverride(text)
      const { value } = override
      const content =
        value.from === 'text' ? value.text : value.from === 'json' ? value.json : value.file
      return { ...override, content }
    }),
    scopes: wish.scopes ?? [],
    transport: wish.transport ?? [],
  }
}

export function plan(files: Catalog | string, wish: Wish = {}): Profile[] {
  return planChain(typeof files === 'string' ? catalogOf(files) : files, select(wish))
}

/** The last profile of a chain. */
export function planOne(files: Catalog | string, wish: Wish = {}): Profile {
  const profile = plan(files, wish).at(-1)
  if (profile === undefined) throw new Error('a chain without profiles')
  return profile
}

export function valuesOf(profile: Profile, tools: Tools, via?: TokenSet): Values {
  return new Values(profile, { now: NOW, via }, tools)
}

export function refusal(work: () => unknown): TokenError {
  try {
    work()
  } catch (error) {
    if (error instanceof TokenError) return error
    throw error
  }
  throw new Error('this was accepted')
}

export async function refusalOf(work: Promise<unknown>): Promise<TokenError> {
  try {
    await work
  } catch (error) {
    if (error instanceof TokenError) return error
    throw error
  }
  throw new Error('this was accepted')
}

/** All that an error says, in one text. */
export function tell({ message, details }: TokenError): string {
  const { said, means = [], fix = [], sent = {} } = details
  return [message, said ?? '', ...[means].flat(), ...Object.values(sent), ...[fix].flat()].join(
    '\n',
  )
}
