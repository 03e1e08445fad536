// What a text or a file that should be a key really is. It is mended first (armor.ts); then its
// body decides, not its label, for labels lie. Nothing here throws, and no name quotes the text.

import { type Block, decodeBase64, mendText, writePem } from './armor.ts'
import { identifyDer } from './der.ts'
import { CONTEXT_0, childrenOf, readNode } from './der-node.ts'
import {
  flawed,
  type KeyIdentity,
  type KeySort,
  nameDer,
  named,
  readLabel,
} from './key-identity.ts'
import { identifyJson } from './key-json.ts'
import { readMagic, unwrapMaterial } from './key-material.ts'
import { readOpensshPublic, readSshBlob } from './openssh.ts'

export type { KeyIdentity, KeySort } from './key-identity.ts'

/** The one thing in it that matters most: the private key, where there is one. */
export function identifyKeyText(input: string | Uint8Array): KeyIdentity {
  return chooseIdentity(listIdentities(input))
}

/** Everything in it, in the order it stands; at least one. */
export function listIdentities(input: string | Uint8Array): [KeyIdentity, ...KeyIdentity[]] {
  const material = unwrapMaterial(input)
  if (material.json !== undefined) return [identifyJson(material.json)]
  const [first, ...more] = (material.blocks ?? []).map(identifyBlock)
  if (first !== undefined) return [first, ...more]
  if (material.bytes !== undefined) return [identifyBytes(material.bytes)]
  return [identifyWords(material.text)]
}

/** Key text as every reader takes it; what cannot be mended is returned trimmed. */
export function normalizeKeyText(text: string): string {
  return identifyKeyText(text).pem ?? mendText(text)
}

/** The DER of every certificate in it, in the order they stand. */
export function listCertificates(input: string | Uint8Array): Uint8Array[] {
  return listIdentities(input).flatMap(certificatesOf)
}

export function certificatesOf({ sort, bytes }: KeyIdentity): Uint8Array[] {
  if (bytes === undefined) return []
  if (sort === 'certificate' || sort === 'trusted-certificate') return [bytes]
  return sort === 'pkcs7' ? readBundle(bytes) : []
}

/** SignedData without anything signed (RFC 5652 5.1): the usual way to hand on certificates. */
function readBundle(bytes: Uint8Array): Uint8Array[] {
  const [, wrapped] = childrenOf(readNode(bytes))
  const signed = childrenOf(childrenOf(wrapped)[0])
  const certificates = signed.find(({ tag }) => tag === CONTEXT_0)
  return childrenOf(certificates).map(({ whole }) => whole)
}

const PRIVATE = new Set<KeySort>([
  'pkcs8',
  'pkcs8-encrypted',
  'pkcs1',
  'sec1',
  'dsa',
  'pem-encrypted',
  'openssh',
  'openssh-encrypted',
  'openssh-token',
])

export function isPrivate({ sort }: KeyIdentity): boolean {
  return PRIVATE.has(sort)
}

/** Of a key with its certificates, or its parameters, the key; a whole one before a broken one. */
function chooseIdentity(found: readonly [KeyIdentity, ...KeyIdentity[]]): KeyIdentity {
  return (
    found.find(isPrivate) ??
    found.find((one) => one.was !== undefined && PRIVATE.has(one.was)) ??
    found.find((one) => one.sort !== 'parameters') ??
    found[0]
  )
}

function identifyBlock(block: Block): KeyIdentity {
  const { label, body } = block
  if (label.startsWith('PGP ')) return named('pgp', 'PEM')
  if (label === 'SSH2 PUBLIC KEY') return nameBlob(named('ssh-public', 'PEM'), body)
  if (label.endsWith(' PARAMETERS')) return named('parameters', 'PEM')
  if (block.cipher !== undefined) return identifyEncrypted(block)
  const was = readLabel(label)
  const bytes = decodeBase64(body)
  if (bytes === undefined) {
    if (body !== '') return flawed('damaged', was, 'its body holds more than base64', 'PEM')
    return flawed(
      'cut-off',
      was,
      block.ended ? 'there is nothing between its lines' : 'only the BEGIN line is there',
      'PEM',
    )
  }
  if (label === 'OPENSSH PRIVATE KEY') return identifyOpenssh(bytes)
  const der = identifyDer(bytes)
  if (der === undefined) {
    const key = label.includes('KEY') || label.includes('CERTIFICATE')
    return key
      ? flawed('damaged', was, 'its body is not what its label says', 'PEM')
      : named('pem-other', 'PEM')
  }
  if (!der.complete) {
    const lost = block.begun ? (block.ended ? '' : 'the END line') : 'the BEGIN line'
    const body = `the body is incomplete (${bytes.length} of ${der.length} bytes)`
    const flaw = lost === '' ? body : `${lost} is missing and ${body}`
    return flawed('cut-off', der.sort, flaw, 'PEM')
  }
  const whole = bytes.subarray(0, der.length)
  // what OpenSSL adds behind the certificate proper is not part of it
  if (label === 'TRUSTED CERTIFICATE') {
    return { ...named('trusted-certificate', 'PEM'), bytes: whole }
  }
  return nameDer(der.sort, whole, 'PEM')
}

function identifyEncrypted({ label, cipher = '', iv = '', body, ended }: Block): KeyIdentity {
  const bytes = decodeBase64(body)
  // nothing inside can be read yet, but a cipher in blocks leaves no half of one
  if (bytes === undefined || bytes.length % 8 !== 0) {
    const part = 'the body is incomplete'
    const flaw = ended ? part : `the END line is missing and ${part}`
    return flawed('cut-off', 'pem-encrypted', flaw, 'PEM')
  }
  const headers = `Proc-Type: 4,ENCRYPTED\nDEK-Info: ${cipher},${iv}\n\n`
  return {
    ...named('pem-encrypted', 'PEM'),
    pem: writePem(label, bytes, headers),
    legacy: !/^(AES|CAMELLIA|ARIA|DES-EDE3)/.test(cipher),
    cipher,
  }
}

function identifyOpenssh(bytes: Uint8Array): KeyIdentity {
  // magic, NUL, then the cipher's name; the public half stands in the clear
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 200))
  const plain = head.startsWith('none', 'openssh-key-v1\0'.length + 4)
  const sort = plain ? 'openssh' : 'openssh-encrypted'
  const blob = readOpensshPublic(bytes)
  const type = blob === undefined ? '' : readSshBlob(blob).type
  return {
    ...named(type.startsWith('sk-') ? 'openssh-token' : sort, 'PEM'),
    bytes,
    ed25519: head.includes('ssh-ed25519'),
  }
}

function identifyBytes(bytes: Uint8Array): KeyIdentity {
  const sort = readMagic(bytes)
  if (sort === undefined) return named(bytes.length === 0 ? 'empty' : 'binary', 'DER')
  if (sort === 'jks') return named(sort, 'DER')
  const length = identifyDer(bytes)?.length ?? 0
  if (length > bytes.length) {
    return flawed('cut-off', sort, `it has ${bytes.length} of its ${length} bytes`, 'DER')
  }
  return nameDer(sort, bytes.subarray(0, length), 'DER')
}

const SSH_PUBLIC = /^(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\S{1,40}|sk-\S{1,60})\s+(AAAA[\w+/]*=*)/

function identifyWords(text: string): KeyIdentity {
  if (text === '') return named('empty', 'text')
  const blob = SSH_PUBLIC.exec(text)?.[1]
  if (blob !== undefined) return nameBlob(named('ssh-public', 'text'), blob)
  if (text.startsWith('PuTTY-User-Key-File-')) return identifyPutty(text)
  if (/^(?:Bearer\s+)?ey[\w-]+\.[\w-]+\.[\w-]*$/.test(text)) return named('jwt', 'text')
  if (/^ey[\w-]+(\.[\w-]*){4}$/.test(text)) return named('jwe', 'text')
  if (/^<(!doctype\s+html|html|head|body)\b/i.test(text)) return named('html', 'text')
  if (/^[^\n]{1,500}\.(pem|key|p8|der|json|jwks?|p12|pfx|ppk|jks|crt|cer|pub)$/i.test(text)) {
    return named('path', 'text')
  }
  return named('text', 'text')
}

function identifyPutty(text: string): KeyIdentity {
  const type = /^PuTTY-User-Key-File-\d+:\s*(\S+)/.exec(text)?.[1]
  const locked = !/^Encryption:\s*none\s*$/m.test(text)
  const [, count = '0', rest = ''] = /^Public-Lines:\s*(\d{1,4})\s*\n(.*)$/ms.exec(text) ?? []
  const lines = rest.split('\n', Number(count)).join('')
  const putty = { ...named('putty', 'text'), ed25519: type === 'ssh-ed25519', locked }
  return nameBlob(putty, lines.replace(/\s/g, ''))
}

function nameBlob(identity: KeyIdentity, blob: string): KeyIdentity {
  const bytes = decodeBase64(blob)
  return bytes === undefined ? identity : { ...identity, bytes }
}
