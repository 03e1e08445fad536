// A private key under a passphrase (RFC 5958 3, RFC 8018): what Node writes is hashed 2048 times, which
// someone who has the file works through too fast.

import { createCipheriv, pbkdf2Sync, randomBytes } from 'node:crypto'
import { integer, octets, oid, sequence, tag } from './der-writer.ts'

/** OWASP's advice; a quarter of a second */
export const ROUNDS = 600_000

/** `key`: PKCS#8. */
export function encryptKey(key: Uint8Array, passphrase: string): Buffer {
  const [salt, iv] = [randomBytes(16), randomBytes(16)]
  const cipher = createCipheriv(
    'aes-256-cbc',
    pbkdf2Sync(passphrase, salt, ROUNDS, 32, 'sha256'),
    iv,
  )
  const rounds = Buffer.alloc(4)
  rounds.writeUInt32BE(ROUNDS)
  const hmacSha256 = sequence(oid('1.2.840.113549.2.9'), tag(0x05))
  const derivation = sequence(
    oid('1.2.840.113549.1.5.12'),
    sequence(octets(salt), integer(rounds), hmacSha256),
  )
  const encryption = sequence(oid('2.16.840.1.101.3.4.1.42'), octets(iv))
  return sequence(
    sequence(oid('1.2.840.113549.1.5.13'), sequence(derivation, encryption)),
    octets(Buffer.concat([cipher.update(key), cipher.final()])),
  )
}
