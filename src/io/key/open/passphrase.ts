// What a passphrase opens: encrypted keys, which node:crypto does once it is known to end in time, and
// the safes of a PKCS#12, which it does not do.

import {
  createDecipheriv,
  createHash,
  createPrivateKey,
  type KeyObject,
  pbkdf2Sync,
} from 'node:crypto'
import { TokenError } from '../../../core/error.ts'
import { childrenOf, readNode } from '../../../core/key/der-node.ts'
import {
  type Derivation,
  isTooCostly,
  readScheme,
  type Scheme,
} from '../../../core/key/encryption-scheme.ts'

/** Of an EncryptedPrivateKeyInfo. */
export function readKeyScheme(der: Uint8Array): Scheme {
  return readScheme(childrenOf(readNode(der))[0])
}

/** undefined: this passphrase does not open it, or nothing here can. */
export function openEncryptedKey(der: Uint8Array, passphrase: string): KeyObject | undefined {
  try {
    const key = Buffer.from(der)
    return createPrivateKey({ key, format: 'der', type: 'pkcs8', passphrase })
  } catch {
    return undefined
  }
}

export function refuseCostly(scheme: Scheme, origin: string): void {
  if (!isTooCostly(scheme)) return
  throw new TokenError('key_unusable', `${origin} asks for too much hashing to be opened`, {
    means: `${scheme.name} would keep this machine busy; that is an attack, or a mistake`,
    fix: 'openssl pkcs8 -topk8 -iter 600000, where it can be trusted',
  })
}

/** undefined: another passphrase, or a scheme that is not known here. */
export function decryptSafe(
  { derivation, cipher }: Scheme,
  bytes: Uint8Array,
  passphrase: string,
): Uint8Array | undefined {
  if (derivation === undefined || cipher === undefined) return undefined
  try {
    const key = derive(derivation, passphrase, cipher.keyLength, 1)
    const iv = cipher.iv ?? derive(derivation, passphrase, 8, 2)
    const opened = createDecipheriv(cipher.name, key, iv)
    return Buffer.concat([opened.update(bytes), opened.final()])
  } catch {
    return undefined
  }
}

function derive(derivation: Derivation, passphrase: string, length: number, id: number): Buffer {
  const { kind, salt, rounds, hash } = derivation
  if (kind === 'pbkdf2') return pbkdf2Sync(passphrase, salt, rounds, length, hash)
  return derivePkcs12(derivation, passphrase, length, id)
}

const BLOCK = 64

/** RFC 7292 appendix B.2. */
function derivePkcs12(
  { salt, rounds, hash }: Derivation,
  passphrase: string,
  length: number,
  id: number,
): Buffer {
  // two bytes a character, big end first, and a zero behind them
  const password = Buffer.from(`${passphrase}\0`, 'utf16le').swap16()
  const input = Buffer.concat([fillBlocks(salt), fillBlocks(password)])
  const parts: Buffer[] = []
  for (let made = 0; made < length; ) {
    let digest = createHash(hash).update(Buffer.alloc(BLOCK, id)).update(input).digest()
    for (let round = 1; round < rounds; round++) digest = createHash(hash).update(digest).digest()
    parts.push(digest)
    made += digest.length
    addToBlocks(input, fillBlocks(digest))
  }
  return Buffer.concat(parts).subarray(0, length)
}

function fillBlocks(bytes: Uint8Array): Buffer {
  const length = Math.ceil(bytes.length / BLOCK) * BLOCK
  return length === 0 ? Buffer.alloc(0) : Buffer.alloc(length, bytes)
}

/** Each block of the input plus this one plus 1. */
function addToBlocks(input: Buffer, block: Buffer): void {
  for (let start = 0; start < input.length; start += BLOCK) {
    let carry = 1
    for (let at = BLOCK - 1; at >= 0; at--) {
      const sum = (input[start + at] ?? 0) + (block[at] ?? 0) + carry
      input[start + at] = sum & 0xff
      carry = sum >> 8
    }
  }
}
