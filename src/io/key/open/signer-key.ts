// The public half of a key that a signer has.

import type { Signer } from '../../../core/call/tools.ts'
import { TokenError } from '../../../core/error.ts'
import { quotePath } from '../../../core/key/key-refusal.ts'
import { describeKey, type LoadedKey, publicHalf } from '../describe/loaded-key.ts'
import { openContents } from './contents.ts'
import type { Item } from './item.ts'
import { readKeyFile } from './key-file.ts'

export function loadSignerKey(
  signer: Signer,
  origin: string,
  keyId: string | undefined,
): LoadedKey {
  const path = signer.publicKey
  const { items } = openContents({
    text: readKeyFile(path, origin, 'public').bytes,
    origin,
    path,
  })
  const item = choose(items, origin, keyId)
  if (item.role !== 'public' && item.role !== 'certificate') {
    throw new TokenError('key_unfit', `${origin} is ${item.name}, and a public key is needed`, {
      means: 'the private half is the signer’s to keep',
      fix: [
        `tokentool key convert ${quotePath(path)} --to public --out public.pem`,
        'public_key: public.pem',
      ],
    })
  }
  const { key } = item
  if (key === undefined) throw new TokenError('key_unusable', `${origin} cannot be opened`)
  const alg = item.jwk?.alg
  const notes = { id: item.id, algorithm: typeof alg === 'string' ? alg : undefined }
  const { words, folder } = signer
  const loaded = describeKey(publicHalf(key), origin, notes)
  // not a copy by spreading: that would read its facts, which are made when they are asked for
  return Object.assign(loaded, { signer: { words, folder } })
}

/** In a chain of certificates the first is that of the key. */
function choose(items: readonly Item[], origin: string, keyId: string | undefined): Item {
  const [first] = items
  if (first === undefined) throw new TokenError('key_unusable', `${origin} holds no key`)
  const named = items.find(({ id }) => id !== undefined && id === keyId)
  if (named !== undefined) return named
  if (items.length === 1 || items.every(({ role }) => role === 'certificate')) return first
  const ids = items.map(({ id }) => id ?? 'one without a kid')
  throw new TokenError('key_unusable', `${origin} holds ${items.length} keys: ${ids.join(', ')}`, {
    fix: `key_id: ${ids[0]}`,
  })
}
