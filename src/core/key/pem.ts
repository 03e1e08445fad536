// What a text or a file that should be a key really is. It is mended first (armor.ts); then its
// body decides, not its label, for labels lie. Nothing here throws, and no name quotes the text.

import { type Block, decodeBase64, mendText, writePem } from './armor.ts'
import { type DerSort, identifyDer, usesLegacyScheme } from './der.ts'
import { identifyJson, type JsonSort } from './key-json.ts'
import { readMagic, unwrapMaterial } from './key-material.ts'

export type KeySort =
  | DerSort
  | JsonSort
  | 'pem-encrypted'
  | 'trusted-certificate'
  | 'openssh'
  | 'openssh-encrypted'
  | 'ssh-public'
  | 'putty'
  | 'jks'
  | 'pgp'
  | 'parameters'
  | 'pem-other'
  | 'cut-off'
  | 'damaged'
  | 'jwt'
  | 'jwe'
  | 'path'
  | 'html'
  | 'text'
  | 'binary'
  | 'empty'

export interface KeyIdentity {
  readonly sort: KeySort
  /** in words, with its article; of what is cut off or damaged, what it was to be */
  readonly name: string
  /** written out anew, where it is a thing that PEM holds whole */
  readonly pem?: string
  readonly json?: Readonly<Record<string, unknown>>
  /** of what is cut off or damaged: what it was to be, and what is wrong with it */
  readonly was?: KeySort
  readonly flaw?: string
  /** encrypted by a scheme that OpenSSL reads with its legacy provider only */
  readonly legacy?: boolean
  /** an SSH key of the one type that ssh-keygen does not convert */
  readonly ed25519?: boolean
}

const PEM_LABELS: Readonly<Partial<Record<DerSort, string>>> = {
  pkcs8: 'PRIVATE KEY',
  'pkcs8-encrypted': 'ENCRYPTED PRIVATE KEY',
  pkcs1: 'RSA PRIVATE KEY',
  sec1: 'EC PRIVATE KEY',
  dsa: 'DSA PRIVATE KEY',
  spki: 'PUBLIC KEY',
  'pkcs1-public': 'RSA PUBLIC KEY',
  certificate: 'CERTIFICATE',
  csr: 'CERTIFICATE REQUEST',
}

type WholeSort = Exclude<KeySort, JsonSort | 'cut-off' | 'damaged'>

const NAMES: Readonly<Record<WholeSort, string>> = {
  pkcs8: 'a PKCS#8 private key',
  'pkcs8-encrypted': 'an encrypted PKCS#8 private key',
  'pem-encrypted': 'an encrypted private key',
  pkcs1: 'a PKCS#1 RSA private key',
  sec1: 'a SEC1 EC private key',
  dsa: 'a DSA private key',
  spki: 'a public key',
  'pkcs1-public': 'a public key (PKCS#1)',
  certificate: 'a certificate',
  'trusted-certificate': 'a certificate (TRUSTED CERTIFICATE, a form of OpenSSL)',
  csr: 'a certificate signing request',
  pkcs12: 'a PKCS#12 file',
  pkcs7: 'a PKCS#7 bundle of certificates',
  openssh: 'an OpenSSH private key',
  'openssh-encrypted': 'an encrypted OpenSSH private key',
  'ssh-public': 'an SSH public key',
  putty: 'a PuTTY private key',
  jks: 'a Java key store (JKS)',
  pgp: 'an OpenPGP block',
  parameters: 'a set of parameters without a key',
  'pem-other': 'a PEM block that holds no key',
  jwt: 'a JWT, not a key',
  jwe: 'an encrypted JWT or key (JWE)',
  path: 'the path of a file, not a key',
  html: 'an HTML page',
  text: 'text that is no key in any known form',
  binary: 'binary data that is no key in any known form',
  empty: 'empty',
}

export function identifyKeyText(input: string | Uint8Array): KeyIdentity {
  const material = unwrapMaterial(input)
  if (material.json !== undefined) return identifyJson(material.json)
  if (material.blocks !== undefined) return chooseBlock(material.blocks)
  if (material.bytes !== undefined) return identifyBytes(material.bytes)
  return identifyWords(material.text)
}

/** Key text as every reader takes it; what cannot be mended is returned trimmed. */
export function normalizeKeyText(text: string): string {
  return identifyKeyText(text).pem ?? mendText(text)
}

/** The DER of every certificate in it, in the order they stand. */
export function listCertificates(input: string | Uint8Array): Uint8Array[] {
  const { blocks, bytes } = unwrapMaterial(input)
  const bodies = blocks?.map((block) => decodeBase64(block.body)) ?? [bytes]
  return bodies.flatMap((body) => {
    if (body === undefined) return []
    const der = identifyDer(body)
    // a TRUSTED CERTIFICATE has more behind the certificate proper
    return der?.sort === 'certificate' && der.complete ? [body.subarray(0, der.length)] : []
  })
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
])

/** Of a key with its certificates, or its parameters, the key; a whole one before a broken one. */
function chooseBlock(blocks: readonly Block[]): KeyIdentity {
  const found = blocks.map(identifyBlock)
  return (
    found.find((one) => PRIVATE.has(one.sort)) ??
    found.find((one) => one.was !== undefined && PRIVATE.has(one.was)) ??
    found.find((one) => one.sort !== 'parameters') ??
    named('parameters')
  )
}

function identifyBlock(block: Block): KeyIdentity {
  const { label, body } = block
  if (label.startsWith('PGP ')) return named('pgp')
  if (label === 'SSH2 PUBLIC KEY') return named('ssh-public')
  if (label.endsWith(' PARAMETERS')) return named('parameters')
  if (block.cipher !== undefined) return identifyEncrypted(block)
  const was = readLabel(label)
  const bytes = decodeBase64(body)
  if (bytes === undefined) {
    if (body !== '') return flawed('damaged', was, 'its body holds more than base64')
    return flawed(
      'cut-off',
      was,
      block.ended ? 'there is nothing between its lines' : 'only the BEGIN line is there',
    )
  }
  if (label === 'OPENSSH PRIVATE KEY') return identifyOpenssh(bytes)
  const der = identifyDer(bytes)
  if (der === undefined) {
    const key = label.includes('KEY') || label.includes('CERTIFICATE')
    return key ? flawed('damaged', was, 'its body is not what its label says') : named('pem-other')
  }
  if (!der.complete) {
    const lost = block.begun ? (block.ended ? '' : 'the END line') : 'the BEGIN line'
    const body = `the body is incomplete (${bytes.length} of ${der.length} bytes)`
    return flawed('cut-off', der.sort, lost === '' ? body : `${lost} is missing and ${body}`)
  }
  if (label === 'TRUSTED CERTIFICATE') return named('trusted-certificate')
  return nameDer(der.sort, bytes.subarray(0, der.length))
}

function identifyEncrypted({ label, cipher = '', iv = '', body, ended }: Block): KeyIdentity {
  const bytes = decodeBase64(body)
  // nothing inside can be read yet, but a cipher in blocks leaves no half of one
  if (bytes === undefined || bytes.length % 8 !== 0) {
    const part = 'the body is incomplete'
    const flaw = ended ? part : `the END line is missing and ${part}`
    return flawed('cut-off', 'pem-encrypted', flaw)
  }
  const headers = `Proc-Type: 4,ENCRYPTED\nDEK-Info: ${cipher},${iv}\n\n`
  return {
    ...named('pem-encrypted'),
    pem: writePem(label, bytes, headers),
    legacy: !/^(AES|CAMELLIA|ARIA|DES-EDE3)/.test(cipher),
  }
}

function identifyOpenssh(bytes: Uint8Array): KeyIdentity {
  // magic, NUL, then the cipher's name; the public half stands in the clear
  const head = String.fromCharCode(...bytes.subarray(0, 200))
  const plain = head.startsWith('none', 'openssh-key-v1\0'.length + 4)
  const sort = plain ? 'openssh' : 'openssh-encrypted'
  return { ...named(sort), ed25519: head.includes('ssh-ed25519') }
}

function identifyBytes(bytes: Uint8Array): KeyIdentity {
  const sort = readMagic(bytes)
  if (sort === undefined) return named(bytes.length === 0 ? 'empty' : 'binary')
  if (sort === 'jks') return named(sort)
  const length = identifyDer(bytes)?.length ?? 0
  if (length > bytes.length) {
    return flawed('cut-off', sort, `it has ${bytes.length} of its ${length} bytes`)
  }
  return nameDer(sort, bytes.subarray(0, length))
}

function identifyWords(text: string): KeyIdentity {
  if (text === '') return named('empty')
  if (/^(ssh-(rsa|dss|ed25519)|ecdsa-sha2-\S+|sk-\S+)\s+AAAA/.test(text)) return named('ssh-public')
  const putty = /^PuTTY-User-Key-File-\d+:\s*(\S+)/.exec(text)
  if (putty) return { ...named('putty'), ed25519: putty[1] === 'ssh-ed25519' }
  if (/^(?:Bearer\s+)?ey[\w-]+\.[\w-]+\.[\w-]*$/.test(text)) return named('jwt')
  if (/^ey[\w-]+(\.[\w-]*){4}$/.test(text)) return named('jwe')
  if (/^<(!doctype\s+html|html|head|body)\b/i.test(text)) return named('html')
  if (/^[^\n]{1,500}\.(pem|key|p8|der|json|jwks?|p12|pfx|ppk|jks|crt|cer|pub)$/i.test(text)) {
    return named('path')
  }
  return named('text')
}

function named(sort: WholeSort): KeyIdentity {
  return { sort, name: NAMES[sort] }
}

function nameDer(sort: DerSort, bytes: Uint8Array): KeyIdentity {
  const label = PEM_LABELS[sort]
  return {
    ...named(sort),
    ...(label === undefined ? {} : { pem: writePem(label, bytes) }),
    // a whole PKCS#12 is searched: the scheme of its certificates stands deep inside
    ...(sort === 'pkcs8-encrypted' || sort === 'pkcs12' ? { legacy: usesLegacyScheme(bytes) } : {}),
  }
}

function readLabel(label: string): WholeSort {
  const sorts = Object.keys(PEM_LABELS) as (DerSort & keyof typeof PEM_LABELS)[]
  const sort = sorts.find((one) => PEM_LABELS[one] === label)
  return sort ?? (label.includes('PRIVATE KEY') ? 'pkcs8' : 'pem-other')
}

function flawed(sort: 'cut-off' | 'damaged', was: WholeSort, flaw: string): KeyIdentity {
  return { sort, was, name: NAMES[was], flaw }
}
