// The keys and certificates that a profile names, opened to be compared.

import { createPublicKey } from 'node:crypto'
import type { Context, Flags } from '../../cli.ts'
import { TokenError } from '../../core/error.ts'
import { planChain } from '../../core/profile/chain.ts'
import { type Profile, writtenValue } from '../../core/profile/profile.ts'
import { Values } from '../../core/template/values.ts'
import type { LoadedKey } from '../../io/key/open/key.ts'
import { isSound, refuseUnsound } from '../../io/key/open/soundness.ts'
import type { Opened } from '../../io/key/pairing.ts'
import { readCatalog } from '../../io/profile/catalog.ts'
import { readSelection } from '../../io/profile/selection.ts'
import { requireTrust } from '../../io/profile/trust.ts'
import { createTools } from '../../io/tools.ts'

export interface ProfileKeys {
  readonly name: string
  readonly keys: readonly Opened[]
  readonly certificates: readonly Opened[]
}

/** Of every profile of the chain. */
export async function openProfileKeys(flags: Flags, context: Context): Promise<ProfileKeys> {
  const { world, printer } = context
  const warn = (text: string): void => void printer.warn(text)
  const selection = await readSelection([], flags, world, warn)
  const config = flags.config as string[] | undefined
  const catalog = await readCatalog(world, { config, packaged: false, optional: false })
  const chain = planChain(catalog, selection)
  const tools = createTools(world, { watch: {}, warn })
  await requireTrust(chain, world, tools)
  const now = Math.floor(world.now() / 1000)
  const keys: Opened[] = []
  const certificates: Opened[] = []
  for (const profile of chain) {
    const values = new Values(profile, { now, via: undefined }, tools)
    if (isWritten(profile, 'key_path') || isWritten(profile, 'key')) {
      // only our own loadKey makes them, and core carries them without looking inside
      const { key, id, origin, signer } = values.key() as LoadedKey
      if (key.type === 'private' && !isSound(key)) throw refuseUnsound({ origin })
      const name = `${origin} of ${profile.name}`
      const role = signer === undefined ? 'private' : 'public'
      keys.push({ role, name, origin: name, key, ...(id !== undefined && { id }) })
    }
    const certificate = isWritten(profile, 'certificate_path') ? values.certificate() : undefined
    if (certificate) {
      const name = `certificate_path of ${profile.name}`
      const [leaf = ''] = certificate.chain
      certificates.push({
        role: 'certificate',
        name,
        origin: name,
        key: createPublicKey(certificate.publicPem),
        certificate: Buffer.from(leaf, 'base64'),
      })
    }
  }
  const name = chain.at(-1)?.name ?? ''
  if (keys.length + certificates.length > 0) return { name, keys, certificates }
  throw new TokenError('field_missing', `${name} names no key and no certificate`, {
    fix: 'key_path: ./key.pem in the profile',
  })
}

function isWritten(profile: Profile, field: string): boolean {
  return writtenValue(profile, field) !== undefined
}
