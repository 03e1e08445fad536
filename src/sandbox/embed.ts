// `--sandbox`: the twins inside this process, with the profile itself registered. Names stay real and
// only the dialled address changes, so that aud, scopes and claims are those of the real service.

import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { buildClaims } from '../core/call/assertion.ts'
import { askForNeeds } from '../core/call/line.ts'
import { standInToken } from '../core/call/token.ts'
import type { KeySpec, SigningKey, Tools, Watch } from '../core/call/tools.ts'
import { attempt, TokenError } from '../core/error.ts'
import type { Catalog } from '../core/file/catalog.ts'
import { planChain, type Selection } from '../core/profile/chain.ts'
import type { Profile } from '../core/profile/profile.ts'
import { isOutside, mintedOf } from '../core/provider.ts'
import { quoteShell } from '../core/shell.ts'
import { isList, reveal, toText } from '../core/template/value.ts'
import { Values } from '../core/template/values.ts'
import type { World } from '../core/world.ts'
import type { Printer } from '../io/printer.ts'
import { createTools } from '../io/tools.ts'
import { type Applicant, REGISTRARS } from './registration.ts'
import { startSandbox } from './server.ts'
import { type Accounts, SERVICES, type ServiceName } from './twins.ts'

export interface EmbeddedSandbox {
  tools(watch: Watch, warn: (text: string) => void): Tools
  close(): Promise<void>
}

export async function openSandbox(
  catalog: Catalog,
  selection: Selection,
  world: World,
  printer: Printer,
): Promise<EmbeddedSandbox> {
  const packaged = catalog.documents.find(({ origin }) => origin === 'packaged')
  if (packaged && selection.provider === undefined) {
    await printer.mention(
      `sandbox: no profile file here, so this is the example that tokentool brings (${packaged.shown})`,
    )
  }
  const madeUp = createStandIns((text) => void printer.mention(`sandbox: ${text}`))
  const quiet = madeUp.wrap(createTools(world, { watch: {}, warn: () => {} }))
  const actual = planChain(catalog, selection)
  // The service has on file what the profile says, not what this command line changes about it.
  const registered =
    selection.provider === undefined
      ? planChain(catalog, { ...selection, overrides: [], scopes: [] })
      : actual
  const accounts: Record<string, unknown> = {}
  const bases = new Map<ServiceName, Set<string>>()
  const rebase = new Map<string, string>()
  for (const [index, profile] of registered.entries()) {
    const before = registered[index - 1]
    if (before === undefined) continue
    attempt(() => askForNeeds(profile, before, quiet))
    // what it needs may hang on the command line alone: --then va-map-sts -s application=chatbot
    attempt(() => askForNeeds(actual[index] ?? profile, before, quiet))
  }
  for (const [index, profile] of registered.entries()) {
    const run = actual[index] ?? profile
    refuseOutside(run)
    if (profile.provider.call === undefined) continue
    const service = serviceOf(profile)
    if (service === 'generic' && !Object.hasOwn(catalog.builtIns, profile.providerName)) {
      await printer.mention(
        `sandbox: ${profile.providerName} has no twin of its own; one that keeps to RFC 6749 answers`,
      )
    }
    const applicant = describeApplicant(profile, run, registered[index - 1], quiet)
    merge(accounts, REGISTRARS[service](applicant))
    for (const values of [
      valuesOf(profile, registered[index - 1], quiet),
      valuesOf(run, registered[index - 1], quiet),
    ]) {
      const { base, origin } = addressOf(values)
      if (base === undefined) continue
      bases.set(service, (bases.get(service) ?? new Set()).add(base))
      if (origin !== undefined && !base.startsWith(origin)) rebase.set(origin, base)
    }
  }
  const sandbox = await startSandbox({
    accounts: accounts as Accounts,
    port: 0,
    host: '127.0.0.1',
    tls: false,
    baseUrls: Object.fromEntries([...bases].map(([name, urls]) => [name, [...urls]])),
    clockOffset: 0,
    faults: {},
    now: world.now,
  })
  const dial = (url: URL): URL => {
    const base = rebase.get(url.origin)
    const target =
      sandbox.dial(url) ??
      (base === undefined ? undefined : sandbox.dial(new URL(url.pathname + url.search, base)))
    // never out of the sandbox: what is meant to be tried must not reach the real service
    if (target === undefined)
      throw new TokenError('url_invalid', `the sandbox has no twin for ${url.origin}`)
    return target
  }
  return {
    tools: (watch, warn) => madeUp.wrap(createTools(world, { watch, warn, dial })),
    close: sandbox.close,
  }
}

/** Its twin would have to know who signs it, and nobody here does. */
function refuseOutside({ name, provider }: Profile): void {
  for (const column of ['assertion', 'client_assertion'] as const) {
    const assertion = provider[column]
    if (assertion === undefined || !isOutside(assertion)) continue
    throw new TokenError('usage', `${name}: its ${column} comes from outside of the sandbox`, {
      means: 'the twin checks a signature, and knows no key for this one',
      fix: `tokentool get ${quoteShell(name)} -n   (shows the request, and sends nothing)`,
    })
  }
}

function serviceOf({ provider }: Profile): ServiceName {
  return SERVICES.find((name) => name === provider.twin) ?? 'generic'
}

function valuesOf(profile: Profile, before: Profile | undefined, tools: Tools): Values {
  const now = Math.floor(tools.now() / 1000)
  const facts = { now, via: before && standInToken(before, tools) }
  const values = new Values(profile, facts, tools)
  const server = attempt(() => values.text('authorization_server'))
  if (server === undefined || attempt(() => values.text('token_endpoint')) !== undefined)
    return values
  // what the metadata of the generic twin will say
  return new Values(
    profile,
    { ...facts, tokenEndpoint: `${server.replace(/\/+$/, '')}/token` },
    tools,
  )
}

/** The base URL that the service goes by, and where the call would go instead of there. */
function addressOf(values: Values): { base: string | undefined; origin: string | undefined } {
  const base =
    attempt(() => values.text('authorization_server')) ?? attempt(() => values.text('base_url'))
  const url = attempt(() => urlOf(values))
  const origin = url !== undefined && URL.canParse(url) ? new URL(url).origin : undefined
  return { base: base ?? origin, origin }
}

function urlOf(values: Values): string | undefined {
  const url = values.fill(values.profile.provider.call?.url ?? '')
  return url === undefined ? undefined : (reveal(toText(url)) as string)
}

function describeApplicant(
  profile: Profile,
  run: Profile,
  before: Profile | undefined,
  tools: Tools,
): Applicant {
  const values = valuesOf(profile, before, tools)
  const actual = valuesOf(run, before, tools)
  const read = (name: string): unknown => {
    const value = attempt(() => values.field(name)) ?? attempt(() => actual.field(name))
    return value === undefined ? undefined : reveal(value)
  }
  const claims = (): Readonly<Record<string, unknown>> => {
    const { provider } = profile
    const assertion = mintedOf(provider.assertion) ?? mintedOf(provider.client_assertion)
    return assertion
      ? (reveal(buildClaims(values, assertion)) as Readonly<Record<string, unknown>>)
      : {}
  }
  return {
    text: (name) => {
      const value = read(name)
      return typeof value === 'string' ? value : undefined
    },
    list: (name) => {
      const value = read(name)
      return isList(value) ? value.map(String) : []
    },
    asked: (name) => attempt(() => actual.text(name)),
    claim: (name) => attempt(claims)?.[name],
    publicKey: () => values.key().publicPem ?? '',
    url: attempt(() => urlOf(values)) ?? '',
  }
}

/** Several profiles of a chain may be accounts of the same twin. */
function merge(accounts: Record<string, unknown>, more: Accounts): void {
  for (const [name, value] of Object.entries(more)) {
    const known = accounts[name]
    accounts[name] = Array.isArray(known) && Array.isArray(value) ? [...known, ...value] : value
  }
}

interface StandIns {
  wrap(tools: Tools): Tools
}

/** Keys and secrets that are not on this machine, made up once and the same for twin and caller. */
function createStandIns(say: (text: string) => void): StandIns {
  const texts = new Map<string, string>()
  const keys = new Map<string, SigningKey>()
  const text = (name: string, why = 'is not set'): string => {
    const known = texts.get(name)
    if (known !== undefined) return known
    const made = randomBytes(18).toString('base64url')
    texts.set(name, made)
    say(`${name} ${why}; a value was made up`)
    return made
  }
  const wrap = (tools: Tools): Tools => {
    const key = (origin: string, algorithm: string): SigningKey => {
      const known = keys.get(`${origin} ${algorithm}`)
      if (known !== undefined) return known
      const made = tools.loadKey({ text: generateKey(algorithm), origin })
      keys.set(`${origin} ${algorithm}`, made)
      say(`${origin}: there is no key; one was made up`)
      return made
    }
    return {
      ...tools,
      standIn: { text, key: (algorithm) => key('key_path', algorithm) },
      readSecretFile(path) {
        try {
          return tools.readSecretFile(path)
        } catch {
          return text(path.path)
        }
      },
      // no trust is asked for here, so nothing is run
      runCommand: ([name = 'a command']) => text(`the command ${name}`, 'is not run'),
      loadKey(spec: KeySpec) {
        if (spec.signer !== undefined) return key('key.signer', spec.algorithm ?? 'RS256')
        try {
          return tools.loadKey(spec)
        } catch (error) {
          if (!isMissing(error) || spec.path === undefined) throw error
          return key(spec.origin, spec.algorithm ?? 'RS256')
        }
      },
    }
  }
  return { wrap }
}

function isMissing(error: unknown): boolean {
  return error instanceof TokenError && ['key_missing', 'key_unreadable'].includes(error.code)
}

const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

function generateKey(algorithm: string): string {
  const curve = CURVES[algorithm]
  const pair = curve
    ? generateKeyPairSync('ec', { namedCurve: curve })
    : algorithm === 'EdDSA'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
  return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}
