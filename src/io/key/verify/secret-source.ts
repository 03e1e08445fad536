// The shared secret that `--secret` names: text or an encoding of it, a JWK, a set.

import { createSecretKey } from 'node:crypto'
import { TokenError } from '../../../core/error.ts'
import { identifyKeyText } from '../../../core/key/pem.ts'
import type { World } from '../../../core/world.ts'
import { readSource, type Source } from '../../source.ts'
import { adviseFlag } from './advice.ts'
import { adviseKeyFlag, findDisguise, refuseAsSecret } from './disguise.ts'
import type { KeySet } from './key-choice.ts'
import { decodeSecret, type Encoding } from './secret-reading.ts'
import { openVerificationKeys } from './verification-key.ts'

export async function readSecret(
  written: string,
  encoding: Encoding,
  { world, warn }: { readonly world: World; warn(text: string): void },
): Promise<KeySet> {
  const { bytes, shown, path } = await readSecretSource(written, world, warn)
  if (bytes.length === 0) throw new TokenError('key_missing', `${shown} is empty`)
  const { sort } = identifyKeyText(bytes)
  if (sort === 'jwk-secret' || sort === 'jwks') return openSecrets(bytes, shown, path)
  const secret = decodeSecret(bytes, encoding)
  // as it stands, what is written in another encoding may look like anything
  const disguise = findDisguise(encoding === 'text' ? bytes : (secret ?? bytes))
  if (disguise !== undefined) throw refuseAsSecret(shown, disguise, path)
  if (secret === undefined || secret.length === 0) {
    throw new TokenError('key_unusable', `${shown} is not written in ${encoding}`, {
      fix: '--secret-encoding text, hex, base64 or base64url: as it is written',
    })
  }
  const key = createSecretKey(secret)
  const one = { key, id: undefined, origin: shown, jwk: undefined, wasPrivate: false }
  return { keys: [one], refused: [], origin: shown, raw: bytes }
}

async function readSecretSource(
  written: string,
  world: World,
  warn: (text: string) => void,
): Promise<Source> {
  try {
    return await readSource(written, { flag: '--secret', secret: true }, world, warn)
  } catch (error) {
    const missing = error instanceof TokenError && /_missing$/.test(error.code)
    throw error instanceof TokenError && !missing ? adviseFlag(error, '--secret') : error
  }
}

function openSecrets(bytes: Uint8Array, shown: string, path: string | undefined): KeySet {
  const ring = openVerificationKeys({ text: bytes, origin: shown })
  const keys = ring.keys.filter(({ key }) => key.type === 'secret')
  if (keys.length === 0 && ring.keys.length > 0) {
    throw new TokenError('key_unfit', `${shown} holds public keys, and no shared secret`, {
      fix: adviseKeyFlag(shown, path),
    })
  }
  return { ...ring, keys, origin: shown }
}
