// How a key is locked (RFC 8018, RFC 7292): read, to say it, and to see what opening it would cost.

import { childrenOf, type DerNode, joinString, readNumber, readOid } from './der-node.ts'

export interface Scheme {
  /** in words: "AES-256-CBC, PBKDF2 with 2048 rounds" */
  readonly name: string
  /** OpenSSL opens it with its legacy provider only */
  readonly legacy: boolean
  /** how much hashing it asks for, in rounds of PBKDF2 or the like */
  readonly work: number
  readonly derivation: Derivation | undefined
  readonly cipher: Cipher | undefined
}

export interface Derivation {
  readonly kind: 'pbkdf2' | 'pkcs12'
  readonly salt: Uint8Array
  readonly rounds: number
  /** as node:crypto calls it */
  readonly hash: string
}

export interface Cipher {
  /** as node:crypto calls it */
  readonly name: string
  readonly keyLength: number
  /** undefined: it is derived from the passphrase as well */
  readonly iv: Uint8Array | undefined
}

const PBES2 = '1.2.840.113549.1.5.13'
const PBKDF2 = '1.2.840.113549.1.5.12'
const SCRYPT = '1.3.6.1.4.1.11591.4.11'

const HASHES: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
}

const CIPHERS: Readonly<Record<string, readonly [name: string, keyLength: number]>> = {
  '2.16.840.1.101.3.4.1.2': ['aes-128-cbc', 16],
  '2.16.840.1.101.3.4.1.22': ['aes-192-cbc', 24],
  '2.16.840.1.101.3.4.1.42': ['aes-256-cbc', 32],
  '1.2.840.113549.3.7': ['des-ede3-cbc', 24],
}

/** Schemes of one name, older than PBES2. */
const OLD: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.5.1': 'MD2 and DES',
  '1.2.840.113549.1.5.3': 'MD5 and DES',
  '1.2.840.113549.1.5.4': 'MD2 and RC2',
  '1.2.840.113549.1.5.6': 'MD5 and RC2',
  '1.2.840.113549.1.5.10': 'SHA-1 and DES',
  '1.2.840.113549.1.5.11': 'SHA-1 and RC2',
  '1.2.840.113549.1.12.1.1': 'SHA-1 and RC4',
  '1.2.840.113549.1.12.1.2': 'SHA-1 and 40-bit RC4',
  '1.2.840.113549.1.12.1.5': 'SHA-1 and RC2',
  '1.2.840.113549.1.12.1.6': 'SHA-1 and 40-bit RC2',
}
const TRIPLE_DES = '1.2.840.113549.1.12.1.3'

/** `algorithm`: the AlgorithmIdentifier. */
export function readScheme(algorithm: DerNode | undefined): Scheme {
  const [id, parameters] = childrenOf(algorithm)
  const oid = readOid(id) ?? ''
  if (oid === PBES2) return readPbes2(childrenOf(parameters))
  const [salt, count] = childrenOf(parameters)
  const rounds = readNumber(count) ?? Number.POSITIVE_INFINITY
  const old = Object.hasOwn(OLD, oid) ? OLD[oid] : undefined
  if (oid === TRIPLE_DES) {
    return {
      name: `3DES, SHA-1 with ${rounds} rounds`,
      legacy: false,
      work: rounds,
      derivation: { kind: 'pkcs12', salt: joinString(salt) ?? NONE, rounds, hash: 'sha1' },
      cipher: { name: 'des-ede3-cbc', keyLength: 24, iv: undefined },
    }
  }
  return {
    name: old ?? 'a scheme unknown here',
    legacy: old !== undefined,
    work: old === undefined ? 0 : rounds,
    derivation: undefined,
    cipher: undefined,
  }
}

const NONE = new Uint8Array()

function readPbes2([derivation, encryption]: readonly DerNode[]): Scheme {
  const [cipherId, iv] = childrenOf(encryption)
  const known = CIPHERS[readOid(cipherId) ?? '']
  const cipher = known && {
    name: known[0],
    keyLength: known[1],
    iv: joinString(iv) ?? NONE,
  }
  const cipherName = known?.[0].toUpperCase() ?? 'a cipher unknown here'
  const [id, parameters] = childrenOf(derivation)
  const [salt, ...rest] = childrenOf(parameters)
  if (readOid(id) === SCRYPT) {
    const [cost = 0, size = 0, lanes = 0] = rest.map(
      (node) => readNumber(node) ?? Number.POSITIVE_INFINITY,
    )
    const name = `${cipherName}, scrypt`
    // a round of PBKDF2 and four blocks of scrypt take about as long
    const work = (cost * size * lanes) / 4
    return { name, legacy: false, work, derivation: undefined, cipher }
  }
  if (readOid(id) !== PBKDF2) {
    return { name: cipherName, legacy: false, work: 0, derivation: undefined, cipher }
  }
  const rounds = readNumber(rest[0]) ?? Number.POSITIVE_INFINITY
  const [hashId] = childrenOf(rest.find(({ tag }) => tag === 0x30))
  const hash = hashId === undefined ? 'sha1' : HASHES[readOid(hashId) ?? '']
  return {
    name: `${cipherName}, PBKDF2 with ${rounds} rounds`,
    legacy: false,
    work: rounds,
    derivation:
      hash === undefined
        ? undefined
        : { kind: 'pbkdf2', salt: joinString(salt) ?? NONE, rounds, hash },
    cipher,
  }
}

/** As much as takes a few seconds; OpenSSL's own default is 2048, OWASP's advice 600,000. */
const MOST_WORK = 5_000_000

export function isTooCostly({ work }: Scheme): boolean {
  return !(work <= MOST_WORK)
}
