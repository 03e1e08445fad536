// Where the keys to verify with come from. They come from where the user says, and never from the token
// itself unless that is what the user said.

import { createSecretKey } from 'node:crypto'
import { TokenError } from '../../../core/error.ts'
import type { SignedToken } from '../../../core/jwt/token.ts'
import { quotePath } from '../../../core/key/key-refusal.ts'
import { identifyKeyText } from '../../../core/key/pem.ts'
import type { World } from '../../../core/world.ts'
import { readSecretText, readSource, type Source } from '../../source.ts'
import type { KeySet } from './key-choice.ts'
import { type Fetching, fetchPublished, openPublished, type Published } from './published-keys.ts'
import { decodeSecret, type Encoding } from './secret-reading.ts'
import { openVerificationKeys } from './verification-key.ts'

export type Origin =
  | { readonly kind: 'key'; readonly source: string; readonly passphrase: string | undefined }
  | { readonly kind: 'secret'; readonly source: string; readonly encoding: Encoding }
  | { readonly kind: 'issuer'; readonly issuer: string }
  | { readonly kind: 'profile' }
  | { readonly kind: 'embedded' }

export interface GivenKeys {
  readonly keys: KeySet
  /** whose keys they are, where discovery has said so */
  readonly issuer: string | undefined
  /** they were kept from an earlier run: the same, fetched anew */
  readonly renew: (() => Promise<KeySet>) | undefined
  /** what is to be said of them whatever the verdict */
  readonly notes: readonly string[]
}

export interface Asking {
  readonly world: World
  readonly fetching: Fetching
  readonly flags: Readonly<Record<string, unknown>>
  warn(text: string): void
}

export async function gatherKeys(
  origin: Origin,
  token: SignedToken,
  asking: Asking,
): Promise<GivenKeys> {
  switch (origin.kind) {
    case 'key':
      return readKeys(origin.source, origin.passphrase, asking)
    case 'secret':
      return give(await readSecret(origin.source, origin.encoding, asking))
    case 'issuer': {
      const { issuer } = origin
      const { fetchIssuerKeys } = await import('./issuer.ts')
      const given = await publish(
        (how) => fetchIssuerKeys(issuer, '--issuer', how),
        asking.fetching,
      )
      return { ...given, issuer }
    }
    case 'profile': {
      const { findProfileKeys } = await import('./profile-keys.ts')
      const { ask, fetching, issuer } = await findProfileKeys(asking)
      return { ...(await publish(ask, fetching)), issuer }
    }
    case 'embedded': {
      const { openEmbeddedKeys } = await import('./embedded-key.ts')
      return openEmbeddedKeys(token, asking)
    }
  }
}

export function give(keys: KeySet): GivenKeys {
  return { keys, issuer: undefined, renew: undefined, notes: [] }
}

/** Keys of the network: what is kept may be out of date, so it can be asked for anew. */
export async function publish(
  ask: (fetching: Fetching) => Promise<Published>,
  fetching: Fetching,
): Promise<GivenKeys> {
  const published = await ask(fetching)
  const open = (one: Published): KeySet => ({ ...openPublished(one), origin: one.url })
  const keys = open(published)
  const leaked = keys.keys.some(({ wasPrivate }) => wasPrivate)
  return {
    keys,
    issuer: undefined,
    renew: published.kept ? async () => open(await ask({ ...fetching, fresh: true })) : undefined,
    notes: leaked ? [`${published.url} publishes a PRIVATE key: anyone can sign with it`] : [],
  }
}

async function readKeys(
  written: string,
  passphrase: string | undefined,
  { world, fetching, warn }: Asking,
): Promise<GivenKeys> {
  if (/^https?:\/\//i.test(written)) {
    return publish((how) => fetchPublished(written, '--key', how), fetching)
  }
  const { bytes, shown, path } = await readKeySource(written, world, warn)
  const phrase =
    passphrase === undefined
      ? undefined
      : readSecretText(
          await readSource(passphrase, { flag: '--passphrase', secret: true }, world, warn),
        )
  const source = {
    text: bytes,
    origin: shown,
    ...(path !== undefined && { path }),
    ...(phrase !== undefined && { passphrase: phrase }),
  }
  try {
    return give({ ...openVerificationKeys(source), origin: shown, raw: bytes })
  } catch (error) {
    throw error instanceof TokenError ? adviseKey(error, identifyKeyText(bytes).sort) : error
  }
}

async function readKeySource(
  written: string,
  world: World,
  warn: (text: string) => void,
): Promise<Source> {
  try {
    return await readSource(written, { flag: '--key', secret: false }, world, warn)
  } catch (error) {
    const missing = error instanceof TokenError && error.code === 'key_missing'
    // it may be a secret that was meant for another flag, which nothing may repeat
    if (!missing || /^@?[\w~.-]*[/.][\w./~-]*$/.test(written)) throw error
    throw new TokenError('key_missing', '--key: there is no such file', {
      fix: '--key FILE, --key https://…, --key env:NAME, or --key - for standard input',
    })
  }
}

/** What is known of keys speaks of signing with them, in a profile. */
function adviseKey(error: TokenError, sort: string): TokenError {
  const { fix: _, ...details } = error.details
  const advise = (fix: string): TokenError =>
    new TokenError(error.code, error.message, { ...details, fix })
  if (sort === 'text' || sort === 'binary') {
    return advise('--secret SOURCE instead, if it is a shared secret')
  }
  if (error.code === 'key_encrypted' || error.code === 'key_passphrase') {
    return advise('--passphrase env:NAME, or the public key alone')
  }
  return error
}

async function readSecret(
  written: string,
  encoding: Encoding,
  { world, warn }: Asking,
): Promise<KeySet> {
  const kind = { flag: '--secret', secret: true }
  const { bytes, shown, path } = await readSource(written, kind, world, warn)
  if (bytes.length === 0) throw new TokenError('key_missing', `${shown} is empty`)
  const { sort, name } = identifyKeyText(bytes)
  if (sort === 'jwk-secret' || sort === 'jwks') {
    const ring = openVerificationKeys({ text: bytes, origin: shown })
    return { ...ring, keys: ring.keys.filter(({ key }) => key.type === 'secret'), origin: shown }
  }
  // what is written in another encoding may look like anything
  if (encoding === 'text' && KEYS.test(sort)) throw refuseAsSecret(shown, name, path)
  const secret = decodeSecret(bytes, encoding)
  if (secret === undefined || secret.length === 0) {
    throw new TokenError('key_unusable', `${shown} is not written in ${encoding}`, {
      fix: '--secret-encoding text, hex, base64 or base64url: as it is written',
    })
  }
  const key = createSecretKey(secret)
  const one = { key, id: undefined, origin: shown, jwk: undefined, wasPrivate: false }
  return { keys: [one], refused: [], origin: shown, raw: bytes }
}

const KEYS =
  /^(pkcs|sec1|dsa|spki|certificate|trusted|csr|pem|openssh|ssh|putty|jks|jwk|service|box|pgp)/

/** The oldest forgery there is: what everybody may know is taken for the secret. */
function refuseAsSecret(shown: string, name: string, path: string | undefined): TokenError {
  return new TokenError('key_unfit', `${shown} is ${name}, not a shared secret`, {
    means:
      'a token that was signed with a public key as the secret is the algorithm-confusion attack',
    fix: `--key ${path === undefined ? shown.replace(/^\$/, 'env:') : quotePath(shown)}`,
  })
}
