// Where the keys to verify with come from. They come from where the user says, and never from the token
// itself unless that is what the user said.

import { TokenError } from '../../../core/error.ts'
import type { SignedToken } from '../../../core/jwt/token.ts'
import { identifyKeyText } from '../../../core/key/pem.ts'
import type { World } from '../../../core/world.ts'
import { readSecretText, readSource, type Source } from '../../source.ts'
import { adviseFlag, adviseKey } from './advice.ts'
import { type KeySet, nameKey } from './key-choice.ts'
import { type Fetching, fetchPublished, openPublished, type Published } from './published-keys.ts'
import type { Encoding } from './secret-reading.ts'
import { readSecret } from './secret-source.ts'
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
  /** for -v (1) and -vv (2) */
  trace(level: 1 | 2, text: string): Promise<void>
}

export async function gatherKeys(
  origin: Origin,
  token: SignedToken,
  asking: Asking,
): Promise<GivenKeys> {
  const given = await openOrigin(origin, token, asking)
  const { keys, refused, origin: from } = given.keys
  const lost = refused.length === 0 ? '' : `, ${refused.length} that cannot be opened`
  await asking.trace(1, `keys: ${keys.length} from ${from}${lost}`)
  for (const key of keys.slice(0, MOST_TRACED)) {
    await asking.trace(2, `key: kid ${key.id ?? '(none)'}: ${nameKey(key)}`)
  }
  return given
}

const MOST_TRACED = 50

async function openOrigin(origin: Origin, token: SignedToken, asking: Asking): Promise<GivenKeys> {
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
    if (error instanceof TokenError && !missing) throw adviseFlag(error, '--key')
    if (!missing || /^@?[\w~.-]*[/.][\w./~-]*$/.test(written)) throw error
    throw new TokenError('key_missing', '--key: there is no such file', {
      fix: '--key FILE, --key https://…, --key env:NAME, or --key - for standard input',
    })
  }
}
