// Everything that a text or a file holds of keys and certificates, opened as far as it can be, to be
// looked at, converted or compared. For signing, key.ts opens the one that is meant.

import { TokenError } from '../../../core/error.ts'
import { isJsonObject, type JsonObject } from '../../../core/json.ts'
import { isPem } from '../../../core/key/key-json.ts'
import { refuseKey } from '../../../core/key/key-refusal.ts'
import { type KeyIdentity, listIdentities } from '../../../core/key/pem.ts'
import { certificateItem, type Item, openItems, openJwkItem } from './item.ts'
import { findInnerKey } from './json-key.ts'
import { LARGEST_KEY, refuseLarge } from './key-file.ts'
import type { KeySource } from './key-text.ts'
import { openPkcs12 } from './pkcs12.ts'

export interface Contents {
  /** of the whole, in words */
  readonly name: string
  readonly form: KeyIdentity['form']
  readonly items: readonly Item[]
  /** what stood beside them and could not be opened */
  readonly refused: readonly TokenError[]
  /** a set of keys, however few are in it */
  readonly isSet: boolean
  /** text that was repaired before it could be read: other tools may not read it */
  readonly mended: boolean
  /** of a PKCS#12: what its certificates are locked with, where that was not opened */
  readonly unread: readonly string[]
}

/** Throws where there is no key in it at all, or the only one cannot be opened. */
export function openContents(source: KeySource): Contents {
  const { text, origin } = source
  if (text.length > LARGEST_KEY) throw refuseLarge(origin)
  const identities = listIdentities(text)
  const [first] = identities
  const { json = {}, sort, name, form } = first
  const whole = { name, form, isSet: false, mended: isMended(identities, text), unread: [] }
  if (sort === 'jwks') {
    const entries: unknown[] = Array.isArray(json.keys) ? json.keys : []
    const attempts = entries.map((entry, index) => () => [openEntry(entry, index, source)])
    return { ...whole, ...gather(attempts), isSet: true }
  }
  if (sort === 'pem-map') return { ...whole, ...openMap(json, source), isSet: true }
  if (sort === 'pkcs12') return { ...whole, ...openBox(first, source) }
  // parameters in front of a key are part of it
  const counted = identities.filter((one) => one.sort !== 'parameters')
  const [only = first] = counted
  if (counted.length <= 1)
    return { ...whole, name: only.name, items: openOne(only, source), refused: [] }
  const { items, refused } = gather(counted.map((one) => () => openOne(one, source)))
  if (items.length === 0) throw refused[0] ?? refuseKey(first, source)
  return { ...whole, name: `${counted.length} PEM blocks`, items, refused }
}

function openOne(identity: KeyIdentity, source: KeySource): Item[] {
  return identity.sort === 'service-account' || identity.sort === 'box-settings'
    ? openInner(identity, source)
    : openItems(identity, source)
}

function openEntry(entry: unknown, index: number, source: KeySource): Item {
  const origin = `${source.origin}, key ${index + 1}`
  if (!isJsonObject(entry)) {
    throw new TokenError('key_unusable', `${origin} is no key: a key is a JSON object`)
  }
  return { ...openJwkItem(entry, source, origin), place: index + 1 }
}

function openInner(identity: KeyIdentity, source: KeySource): Item[] {
  const { source: inner, notes } = findInnerKey(identity, source)
  return openContents(inner).items.map((item) => ({
    ...item,
    name: `${item.name} in ${identity.name}`,
    origin: source.origin,
    ...(notes.id !== undefined && { id: notes.id }),
  }))
}

function openMap(json: JsonObject, source: KeySource): Pick<Contents, 'items' | 'refused'> {
  const pems = Object.entries(json).filter((entry): entry is [string, string] => isPem(entry[1]))
  return gather(
    pems.map(([id, text]) => () => {
      const inner = { ...source, text, origin: `${id} of ${source.origin}` }
      return openContents(inner).items.map((item) => ({ ...item, id }))
    }),
  )
}

function gather(attempts: readonly (() => readonly Item[])[]): Pick<Contents, 'items' | 'refused'> {
  const items: Item[] = []
  const refused: TokenError[] = []
  for (const attempt of attempts) {
    try {
      items.push(...attempt())
    } catch (error) {
      if (!(error instanceof TokenError)) throw error
      refused.push(error)
    }
  }
  return { items, refused }
}

function openBox(
  identity: KeyIdentity,
  source: KeySource,
): Pick<Contents, 'items' | 'refused' | 'unread'> {
  const { keys, unread, certificates, isOpaque } = openPkcs12(identity, source)
  const { name } = identity
  const { origin } = source
  const opened = keys.map(
    ({ key, alias, lock }): Item => ({
      role: 'private',
      name: `a private key in ${name}`,
      origin,
      key,
      ...(alias !== undefined && { alias }),
      ...(lock !== undefined && { lock }),
    }),
  )
  const locked = unread.keys.map((lock): Item => {
    const what = isOpaque ? 'that is locked as a whole' : 'with a locked key'
    const message = `${origin} is ${name} ${what}, and there is no passphrase`
    const sealed = new TokenError('key_encrypted', message, {
      fix: 'passphrase: ${env:KEY_PASSPHRASE}',
    })
    return {
      role: isOpaque ? 'unknown' : 'private',
      name: isOpaque ? `a locked part of ${name}` : `a private key in ${name}`,
      origin,
      key: undefined,
      sealed,
      lock,
    }
  })
  const shown = gather(
    certificates.map((der) => () => [certificateItem(der, `a certificate in ${name}`, source)]),
  )
  return {
    items: [...opened, ...locked, ...shown.items],
    refused: shown.refused,
    unread: unread.certificates,
  }
}

/** Whether what stands there is not what any other tool would read. */
function isMended(identities: readonly KeyIdentity[], text: string | Uint8Array): boolean {
  const written = typeof text === 'string' ? text : new TextDecoder('latin1').decode(text)
  const squeeze = (pem: string): string =>
    pem
      .replace(/\r\n/g, '\n')
      .replace(/[ \t]+$/gm, '')
      .replace(/([\w+/=])\n(?=[\w+/=])/g, '$1')
  const plain = squeeze(written)
  return identities.some(({ form, pem, bytes }) => {
    if (form === 'PEM') return pem !== undefined && !plain.includes(squeeze(pem).trimEnd())
    // DER that stands there as text
    return form === 'DER' && bytes !== undefined && written.charCodeAt(0) !== 0x30
  })
}
