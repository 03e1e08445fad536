// A request for a certificate (PKCS#10, RFC 2986), taken apart.

import {
  CONTEXT_0,
  childrenOf,
  type DerNode,
  joinString,
  OCTET_STRING,
  readNode,
  readOid,
} from './der-node.ts'

export interface SigningRequest {
  /** as openssl writes it: CN=chatbot, O=Example */
  readonly subject: string
  /** host names and addresses */
  readonly hosts: readonly string[]
  /** SubjectPublicKeyInfo */
  readonly spki: Uint8Array
  /** what was signed, with what, and the signature */
  readonly signed: Uint8Array
  readonly algorithm: string
  readonly signature: Uint8Array
}

const EXTENSION_REQUEST = '1.2.840.113549.1.9.14'
const SUBJECT_ALT_NAME = '2.5.29.17'

/** undefined: its parts do not fit together. */
export function readSigningRequest(bytes: Uint8Array): SigningRequest | undefined {
  const [info, algorithm, signature] = childrenOf(readNode(bytes))
  const [, subject, spki, attributes] = childrenOf(info)
  if (!info || !subject || !spki || !signature) return undefined
  return {
    subject: writeSubject(subject),
    hosts: attributes?.tag === CONTEXT_0 ? listHosts(attributes) : [],
    spki: spki.whole,
    signed: info.whole,
    algorithm: readOid(childrenOf(algorithm)[0]) ?? '',
    // a bit string says first how many bits of its last byte are unused
    signature: signature.content.subarray(1),
  }
}

const NAMES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'street',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.17': 'postalCode',
  '2.5.4.42': 'GN',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
}

const BMP_STRING = 0x1e

function writeSubject(subject: DerNode): string {
  return childrenOf(subject)
    .flatMap((relative) => childrenOf(relative))
    .map((attribute) => {
      const [type, value] = childrenOf(attribute)
      const id = readOid(type) ?? '?'
      const encoding = value?.tag === BMP_STRING ? 'utf-16be' : 'utf-8'
      return `${NAMES[id] ?? id}=${new TextDecoder(encoding).decode(value?.content)}`
    })
    .join(', ')
}

function listHosts(attributes: DerNode): string[] {
  for (const attribute of childrenOf(attributes)) {
    const [type, values] = childrenOf(attribute)
    if (readOid(type) !== EXTENSION_REQUEST) continue
    const extensions = childrenOf(childrenOf(values)[0]).map(childrenOf)
    const names = extensions.find(([id]) => readOid(id) === SUBJECT_ALT_NAME)
    const inner = joinString(names?.find(({ tag }) => tag === OCTET_STRING))
    return childrenOf(inner && readNode(inner)).flatMap(writeHost)
  }
  return []
}

/** dNSName and iPAddress of a GeneralName. */
function writeHost({ tag, content }: DerNode): string[] {
  if (tag === 0x82) return [new TextDecoder().decode(content)]
  if (tag !== 0x87) return []
  if (content.length === 4) return [content.join('.')]
  const groups = Array.from({ length: content.length / 2 }, (_, index) => {
    const [high = 0, low = 0] = content.subarray(2 * index, 2 * index + 2)
    return (high * 256 + low).toString(16)
  })
  return [groups.join(':')]
}
