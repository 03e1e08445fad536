// What makes two tokens the same: the whole request that each would be asked for with, made as it is
// made to be sent, but with things in it that tell one from another in the place of those that change
// every time or that cost something. No list of what matters can be forgotten something of.

import type { Claims } from '../call/assertion.ts'
import { type PreparedCall, prepareCall } from '../call/call.ts'
import { readJwt, standInToken, type TokenSet } from '../call/token.ts'
import type { AssertionSource, Command, KeySpec, SigningKey, Tools } from '../call/tools.ts'
import { readTransport } from '../call/transport.ts'
import { TokenError } from '../error.ts'
import type { Profile } from '../profile/profile.ts'
import { Secrets } from '../secret/secrets.ts'
import { revealText } from '../template/value.ts'
import type { TokenStore } from './store.ts'

/**
 * The name of each profile's token, first hop first. undefined: the request cannot be made up without
 * being made, so whatever it comes to is not kept.
 */
export async function identifyTokens(
  profiles: readonly Profile[],
  tools: Tools,
  store: TokenStore,
): Promise<(string | undefined)[]> {
  const pretending = pretend(tools, store)
  const names: (string | undefined)[] = []
  for (const [index, profile] of profiles.entries()) {
    const before = profiles[index - 1]
    const known = names[index - 1]
    const via = before && known !== undefined ? nameToken(before, known, pretending) : undefined
    names.push(
      before !== undefined && via === undefined
        ? undefined
        : await identify(profile, via, pretending, store, known),
    )
  }
  return names
}

async function identify(
  profile: Profile,
  via: TokenSet | undefined,
  tools: Tools,
  store: TokenStore,
  /** the name of the token before: another one there is another one here, whether it is sent or not */
  before: string | undefined,
): Promise<string | undefined> {
  try {
    const prepared = await prepareCall(profile, via, tools, 'identify')
    return store.hash(JSON.stringify([before ?? null, describe(prepared, tools, store)]))
  } catch (error) {
    // whatever is wrong with it is told when it is made to be sent
    if (error instanceof TokenError) return undefined
    throw error
  }
}

function describe(
  { values, minting, plan }: PreparedCall,
  tools: Tools,
  store: TokenStore,
): unknown {
  const { tls } = readTransport(values, tools)
  const files = Object.entries(tls).map(([name, value]) => [
    name,
    ['ca', 'cert', 'key', 'pfx'].includes(name) ? store.identifyFile(`${value}`) : value,
  ])
  return {
    request: plan && [
      plan.method,
      revealText(plan.url),
      plan.headers.map(([name, value]) => [name, revealText(value)]),
      plan.body === undefined ? null : revealText(plan.body),
    ],
    assertions: minting.map(({ jwt }) => jwt.reveal()),
    tls: files,
    // which member of the answer is the token
    answer: values.profile.provider.answer ?? null,
  }
}

/** The token of the hop before, as its name: another one there is another one here. */
function nameToken(profile: Profile, name: string, tools: Tools): TokenSet {
  const token = tools.secrets.standIn(`«${name}»`, 'token', 'token')
  return { ...standInToken(profile, tools), profile: name, token }
}

const ALGORITHMS = ['RS', 'PS', 'ES', 'HS'].flatMap((family) =>
  [256, 384, 512].map((size) => `${family}${size}`),
)

function pretend(tools: Tools, store: TokenStore): Tools {
  return {
    ...tools,
    // its own: the words of a command are no secret, and nothing of this is to be shown
    secrets: new Secrets(store.hash),
    watch: {},
    warn: () => {},
    now: () => 0,
    uuid: () => 'uuid',
    runCommand: (words, folder) => JSON.stringify(nameCommand({ words, folder }, tools, store)),
    readAssertion: (source) => store.hash(JSON.stringify(describeSource(source, tools, store))),
    loadKey: (spec) => nameKey(spec, tools, store),
    readCertificate(path) {
      const name = store.identifyFile(path)
      return { x5t: name, x5tS256: name, chain: [name], publicPem: name, notAfter: 0 }
    },
    async sign(header, claims, key) {
      return store.hash(JSON.stringify([header, claims as Claims, key.thumbprint()]))
    },
    async send() {
      throw new TokenError('bug', 'something was about to be sent for a name')
    },
  }
}

/** Its words, and what the files hold that they name: a script that was edited is another command. */
function nameCommand({ words, folder }: Command, tools: Tools, store: TokenStore): unknown {
  const files = words
    .filter((word) => word.includes('/'))
    .map((word) => store.identifyFile(tools.resolvePath({ path: word, folder })))
  return [folder, words, files]
}

const EVERY_TIME = ['iat', 'exp', 'nbf', 'jti', 'nonce', 'auth_time']

/** Of an assertion that is renewed all the time: who it speaks of, or how it is come by. */
function describeSource(source: AssertionSource, tools: Tools, store: TokenStore): unknown {
  if ('command' in source) return nameCommand(source.command, tools, store)
  const text = tools.readAssertion(source).trim()
  const { claims } = readJwt(text) ?? {}
  if (claims === undefined) return text
  return Object.entries(claims).filter(([name]) => !EVERY_TIME.includes(name))
}

/** Every fact of it is its file, or what it was made of. */
function nameKey(spec: KeySpec, tools: Tools, store: TokenStore): SigningKey {
  const { path, signer, passphrase: _, origin: __, ...rest } = spec
  const files = [path, signer?.publicKey].map((file) => file && store.identifyFile(file))
  const command = signer && nameCommand(signer, tools, store)
  const name = store.hash(JSON.stringify([files, command, rest]))
  return {
    description: 'a key',
    algorithms: [...ALGORITHMS, 'EdDSA', 'Ed25519'],
    id: name,
    issuer: name,
    token_uri: `https://${name}.invalid`,
    publicPem: undefined,
    standsIn: true,
    thumbprint: () => name,
    spkiSha256: () => name,
  }
}
