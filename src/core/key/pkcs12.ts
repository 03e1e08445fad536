// PKCS#12 (RFC 7292), as far as keys and certificates are in it: a box of safes, each of which may be
// locked, with bags in them, of which those with keys are locked once more.

import {
  CONTEXT_0,
  childrenOf,
  type DerNode,
  joinString,
  listNodes,
  readNode,
  readOid,
  SET,
} from './der-node.ts'

export interface Safe {
  /** AlgorithmIdentifier of what it is locked with; undefined: it is open */
  readonly algorithm: DerNode | undefined
  /** SafeContents, or what decrypts to them */
  readonly bytes: Uint8Array
}

export interface Bag {
  readonly kind: 'key' | 'locked-key' | 'certificate' | 'other'
  /** PKCS#8, EncryptedPrivateKeyInfo or X.509, in DER */
  readonly body: Uint8Array
  /** friendlyName; the alias of a Java key store */
  readonly alias: string | undefined
}

const DATA = '1.2.840.113549.1.7.1'
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6'

const BAGS: Readonly<Record<string, Bag['kind']>> = {
  '1.2.840.113549.1.12.10.1.1': 'key',
  '1.2.840.113549.1.12.10.1.2': 'locked-key',
  '1.2.840.113549.1.12.10.1.3': 'certificate',
}
const X509 = '1.2.840.113549.1.9.22.1'
const FRIENDLY_NAME = '1.2.840.113549.1.9.20'

/** undefined: its parts do not fit together. */
export function readSafes(bytes: Uint8Array): Safe[] | undefined {
  const [, content] = childrenOf(readNode(bytes))
  const inner = readData(content)
  const infos = inner && childrenOf(readNode(inner))
  if (infos === undefined || infos.length === 0) return undefined
  return infos.flatMap((info) => readSafe(info) ?? [])
}

function readSafe(info: DerNode): Safe | undefined {
  const [type, wrapped] = childrenOf(info)
  if (readOid(type) === DATA) {
    const bytes = readData(info)
    return bytes && { algorithm: undefined, bytes }
  }
  if (readOid(type) !== ENCRYPTED_DATA) return undefined
  const [, encrypted] = childrenOf(childrenOf(wrapped)[0])
  const [, algorithm, content] = childrenOf(encrypted)
  const bytes = joinString(content)
  return algorithm && bytes && { algorithm, bytes }
}

/** ContentInfo of type data: what its octet string holds. */
function readData(info: DerNode | undefined): Uint8Array | undefined {
  const [type, wrapped] = childrenOf(info)
  if (readOid(type) !== DATA || wrapped?.tag !== CONTEXT_0) return undefined
  return joinString(childrenOf(wrapped)[0])
}

/** undefined: these are no bags, as after decrypting with another passphrase. */
export function readBags(bytes: Uint8Array): Bag[] | undefined {
  const outer = readNode(bytes)
  const bags = outer?.tag === 0x30 ? listNodes(outer.content) : undefined
  return bags?.map(readBag)
}

function readBag(bag: DerNode): Bag {
  const [type, wrapped, attributes] = childrenOf(bag)
  const kind = BAGS[readOid(type) ?? ''] ?? 'other'
  const [value] = childrenOf(wrapped)
  const alias = readAlias(attributes)
  if (kind !== 'certificate') return { kind, body: value?.whole ?? new Uint8Array(), alias }
  const [sort, text] = childrenOf(value)
  const body = readOid(sort) === X509 ? joinString(childrenOf(text)[0]) : undefined
  return body === undefined
    ? { kind: 'other', body: new Uint8Array(), alias }
    : { kind, body, alias }
}

function readAlias(attributes: DerNode | undefined): string | undefined {
  if (attributes?.tag !== SET) return undefined
  for (const attribute of childrenOf(attributes)) {
    const [type, values] = childrenOf(attribute)
    const text = readOid(type) === FRIENDLY_NAME ? childrenOf(values)[0]?.content : undefined
    // BMPString: two bytes a character
    if (text !== undefined) return new TextDecoder('utf-16be').decode(text)
  }
  return undefined
}
