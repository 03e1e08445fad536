// Keys and certificates out of a PKCS#12 file (.p12, .pfx).

import { createPrivateKey, type KeyObject } from 'node:crypto'
import { TokenError } from '../../../core/error.ts'
import { readScheme, type Scheme } from '../../../core/key/encryption-scheme.ts'
import { quotePath, refuseKey, refuseLegacyBag } from '../../../core/key/key-refusal.ts'
import type { KeyIdentity } from '../../../core/key/pem.ts'
import { type Bag, readBags, readSafes, type Safe } from '../../../core/key/pkcs12.ts'
import type { KeySource } from './key-text.ts'
import { decryptSafe, openEncryptedKey, readKeyScheme, refuseCostly } from './passphrase.ts'

export interface Pkcs12 {
  readonly keys: readonly NamedKey[]
  /** what is locked still, by its scheme: there is no passphrase, or nothing here opens it */
  readonly unread: { readonly keys: readonly string[]; readonly certificates: readonly string[] }
  /** all of it is locked, so that these may be certificates as well */
  readonly isOpaque: boolean
  /** in DER */
  readonly certificates: readonly Uint8Array[]
}

export interface NamedKey {
  readonly key: KeyObject
  readonly alias: string | undefined
  /** what it was locked with; undefined: with nothing */
  readonly lock: string | undefined
}

/** Without a passphrase, what needs none; with one that is wrong, an error. */
export function openPkcs12(identity: KeyIdentity, source: KeySource): Pkcs12 {
  const safes = readSafes(identity.bytes ?? new Uint8Array())
  if (safes === undefined) throw refuseDamaged(identity, source)
  const spend = limitWork(source)
  // keys stand in a safe that is open, as a rule, since each is locked by itself
  const hasOpen = safes.some(({ algorithm }) => algorithm === undefined)
  const unread = { keys: [] as string[], certificates: [] as string[] }
  const bags = safes.flatMap((safe) => {
    const scheme = safe.algorithm && spend(readScheme(safe.algorithm))
    const opened = openSafe(safe, scheme, source)
    if (opened === undefined && scheme === undefined) throw refuseDamaged(identity, source)
    if (opened === undefined && scheme) unread[hasOpen ? 'certificates' : 'keys'].push(scheme.name)
    return opened ?? []
  })
  const keys: NamedKey[] = []
  for (const bag of bags) {
    if (bag.kind !== 'key' && bag.kind !== 'locked-key') continue
    const scheme = bag.kind === 'key' ? undefined : spend(readKeyScheme(bag.body))
    const key = scheme ? openLocked(bag, scheme, source) : openPlain(bag, identity, source)
    if (key === undefined) unread.keys.push(scheme?.name ?? '')
    else keys.push({ key, alias: bag.alias, lock: scheme?.name })
  }
  const certificates = bags.filter(({ kind }) => kind === 'certificate').map(({ body }) => body)
  return { keys, unread, isOpaque: !hasOpen && bags.length === 0, certificates }
}

/** Each lock may be cheap, and there may be a thousand. */
function limitWork({ origin }: KeySource): (scheme: Scheme) => Scheme {
  let work = 0
  return (scheme) => {
    work += scheme.work
    refuseCostly({ ...scheme, work }, origin)
    return scheme
  }
}

/** Many are written without a passphrase, which is to say with an empty one. */
const EMPTY = ''

/** undefined: there is no passphrase, or nothing here opens such a lock. */
function openSafe(
  { bytes }: Safe,
  scheme: Scheme | undefined,
  source: KeySource,
): Bag[] | undefined {
  if (scheme === undefined) return readBags(bytes)
  const opened = decryptSafe(scheme, bytes, source.passphrase ?? EMPTY)
  const bags = opened && readBags(opened)
  const able = scheme.derivation !== undefined && scheme.cipher !== undefined
  if (bags === undefined && able && source.passphrase !== undefined) throw refusePassphrase(source)
  return bags
}

function openPlain(bag: Bag, identity: KeyIdentity, source: KeySource): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(bag.body), format: 'der', type: 'pkcs8' })
  } catch {
    throw refuseDamaged(identity, source)
  }
}

/** undefined: there is no passphrase. */
function openLocked({ body }: Bag, scheme: Scheme, source: KeySource): KeyObject | undefined {
  const key = openEncryptedKey(body, source.passphrase ?? EMPTY)
  if (key !== undefined) return key
  if (source.passphrase === undefined) return undefined
  throw scheme.legacy ? refuseLegacyBag(source, scheme.name) : refusePassphrase(source)
}

function refusePassphrase({ origin, passphrase, path }: KeySource): TokenError {
  return new TokenError('key_passphrase', `the passphrase does not open ${origin}`, {
    means: `${passphrase === '' ? 'it is empty' : 'it is the wrong one'}, or the file is damaged`,
    fix: [
      ...(path === undefined ? [] : [`openssl pkcs12 -noout -in ${quotePath(path)}`]),
      'passphrase: the one it was exported with',
    ],
  })
}

function refuseDamaged(identity: KeyIdentity, source: KeySource): TokenError {
  const flaw = 'its parts do not fit together'
  return refuseKey({ ...identity, sort: 'damaged', was: identity.sort, flaw }, source)
}
