// What a thing may be that stands where a key should, with its name in words.

import { writePem } from './armor.ts'
import { type DerSort, usesLegacyScheme } from './der.ts'
import type { JsonSort } from './key-json.ts'

export type KeySort =
  | DerSort
  | JsonSort
  | 'pem-encrypted'
  | 'trusted-certificate'
  | 'openssh'
  | 'openssh-encrypted'
  | 'openssh-token'
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
  readonly form: 'PEM' | 'DER' | 'JSON' | 'text'
  /** written out anew, where it is a thing that PEM holds whole */
  readonly pem?: string
  /** DER, or the blob of an SSH key */
  readonly bytes?: Uint8Array
  readonly json?: Readonly<Record<string, unknown>>
  /** of what is cut off or damaged: what it was to be, and what is wrong with it */
  readonly was?: KeySort
  readonly flaw?: string
  /** encrypted by a scheme that OpenSSL reads with its legacy provider only */
  readonly legacy?: boolean
  /** DEK-Info of a traditional encrypted key */
  readonly cipher?: string
  /** an SSH key of the one type that ssh-keygen does not convert */
  readonly ed25519?: boolean
  /** of a PuTTY key: there is a passphrase */
  readonly locked?: boolean
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

export type WholeSort = Exclude<KeySort, JsonSort | 'cut-off' | 'damaged'>

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
  'openssh-token': 'an OpenSSH key that stays in a security key (FIDO)',
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

export function named(sort: WholeSort, form: KeyIdentity['form']): KeyIdentity {
  return { sort, name: NAMES[sort], form }
}

export function nameDer(sort: DerSort, bytes: Uint8Array, form: 'PEM' | 'DER'): KeyIdentity {
  const label = PEM_LABELS[sort]
  return {
    ...named(sort, form),
    bytes,
    ...(label === undefined ? {} : { pem: writePem(label, bytes) }),
    ...(sort === 'pkcs8-encrypted' ? { legacy: usesLegacyScheme(bytes) } : {}),
  }
}

export function readLabel(label: string): WholeSort {
  const sorts = Object.keys(PEM_LABELS) as (DerSort & keyof typeof PEM_LABELS)[]
  const sort = sorts.find((one) => PEM_LABELS[one] === label)
  return sort ?? (label.includes('PRIVATE KEY') ? 'pkcs8' : 'pem-other')
}

export function flawed(
  sort: 'cut-off' | 'damaged',
  was: WholeSort,
  flaw: string,
  form: KeyIdentity['form'],
): KeyIdentity {
  return { sort, was, name: NAMES[was], flaw, form }
}
