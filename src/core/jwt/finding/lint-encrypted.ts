// A JWE from outside: whether it has what its algorithms need. What is in it is looked at once it is
// open.

import { findMember } from '../json/exact-json.ts'
import type { EncryptedToken, Recipient } from '../token.ts'
import { type FindingCode, makeFinding, quote } from './codes.ts'
import type { Finding } from './finding.ts'
import { type HeaderView, readHeader, readText, readType, viewHeader } from './header-view.ts'
import { lintDoubled, lintJson, lintMembers, lintParts, lintSize } from './lint-form.ts'
import { lintAlgorithm, lintCritical, lintOverlap } from './lint-header.ts'
import { type Hash, lintKeys } from './lint-key.ts'
import { lintAuth0 } from './lint-service.ts'

/** Nobody encrypts for more than this; each costs a look at the whole header. */
const MOST = 100

/** Bytes of the initialisation vector and of the tag. */
const ENCODINGS: ReadonlyMap<string, readonly [iv: number, tag: number]> = new Map([
  ['A128GCM', [12, 16]],
  ['A192GCM', [12, 16]],
  ['A256GCM', [12, 16]],
  ['A128CBC-HS256', [16, 16]],
  ['A192CBC-HS384', [16, 24]],
  ['A256CBC-HS512', [16, 32]],
])

export function lintEncrypted(
  token: EncryptedToken,
  now: number,
  hash: Hash | undefined,
): Finding[] {
  const { header, iv, ciphertext, tag } = token
  const recipients = token.recipients.slice(0, MOST)
  const several = recipients.length > 1
  const parts = recipients.map(
    ({ encryptedKey }, index) =>
      [several ? `encrypted key ${index + 1}` : 'the encrypted key', encryptedKey] as const,
  )
  return [
    ...lintCount(token),
    ...lintDoubled(token),
    ...lintParts([
      ...(header ? [['the header', header] as const] : []),
      ...parts,
      ['the iv', iv],
      ['the ciphertext', ciphertext],
      ['the tag', tag],
    ]),
    ...(header ? lintJson('the header', 'header', header) : []),
    ...(header ? lintMembers('the header', 'header', header) : []),
    ...lintSize(token.text),
    ...recipients.flatMap((recipient, index) => {
      const name = several ? `the header of recipient ${index + 1}` : 'the header'
      const view = viewHeader(name, header, [token.unprotected, recipient.unprotected])
      if (!view.readable) return []
      const findings = [
        ...lintAlgorithm(view, 'jwe'),
        ...lintCritical(view),
        ...lintOverlap(view),
        ...lintKeys(view, now, hash),
        ...lintWrapping(view, recipient),
        ...lintContent(view, token),
        ...lintAuth0(view, recipient.encryptedKey.text),
      ]
      return several ? findings.map((one) => nameRecipient(one, index)) : findings
    }),
  ]
}

function lintCount({ serialization, text }: EncryptedToken): Finding[] {
  const count = serialization === 'compact' ? text.split('.', 9).length : 5
  return count === 5 ? [] : [makeFinding('part-count', `it has ${count} parts`)]
}

function nameRecipient(finding: Finding, index: number): Finding {
  return { ...finding, message: `recipient ${index + 1}: ${finding.message}` }
}

/** Below this PBKDF2 is no hindrance; above the other, no service decrypts it. */
const ROUNDS = { least: 1000, most: 1_000_000 }

function lintWrapping(header: HeaderView, { encryptedKey }: Recipient): Finding[] {
  const alg = readText(readHeader(header, 'alg')) ?? ''
  const findings: Finding[] = []
  const add = (code: FindingCode, message: string) => findings.push(makeFinding(code, message))
  for (const name of listParameters(alg)) {
    if (readHeader(header, name) === undefined) {
      add('parameter-missing', `alg is ${quote(alg)}, and its header has no ${name}`)
    }
  }
  const epk = readHeader(header, 'epk')
  if (alg.startsWith('ECDH-ES') && epk !== undefined && findMember(epk, 'kty') === undefined) {
    add('parameter-missing', 'epk is no JWK')
  }
  const rounds = readHeader(header, 'p2c')
  if (rounds !== undefined && alg.startsWith('PBES2')) {
    const count = rounds.type === 'number' ? rounds.value : Number.NaN
    if (!Number.isInteger(count) || count < 1) add('parameter-missing', 'p2c is no count')
    else if (count > ROUNDS.most) add('p2c-huge', `p2c asks for ${count} rounds of hashing`)
    else if (count < ROUNDS.least) add('p2c-weak', `p2c asks for ${count} rounds of hashing`)
  }
  const isEmpty = encryptedKey.text === ''
  if (/^(dir|ECDH-ES)$/.test(alg)) {
    if (!isEmpty) add('encrypted-key-unexpected', `alg is ${quote(alg)}, and there is a key`)
  } else if (isEmpty && /^(RSA|A\d|ECDH-ES\+|PBES2)/.test(alg)) {
    add('encrypted-key-missing', `alg is ${quote(alg)}, and the encrypted key is empty`)
  }
  return findings
}

function listParameters(alg: string): string[] {
  if (alg.startsWith('ECDH-ES')) return ['epk']
  if (alg.startsWith('PBES2')) return ['p2s', 'p2c']
  return /^A\d+GCMKW$/.test(alg) ? ['iv', 'tag'] : []
}

function lintContent(header: HeaderView, { iv, tag }: EncryptedToken): Finding[] {
  const findings: Finding[] = []
  const add = (code: FindingCode, message: string) => findings.push(makeFinding(code, message))
  const enc = readText(readHeader(header, 'enc'))
  const sizes = enc === undefined ? undefined : ENCODINGS.get(enc)
  if (enc === undefined || enc === '') add('enc-missing', `${header.name} has no enc`)
  else if (sizes === undefined) add('enc-unknown', `enc is ${quote(enc)}: no registered name`)
  else {
    const [ivSize, tagSize] = sizes
    if (iv.bytes && iv.bytes.length !== ivSize) {
      add('iv-length', `the iv has ${iv.bytes.length} bytes, where ${enc} has ${ivSize}`)
    }
    if (tag.bytes && tag.bytes.length !== tagSize) {
      add('tag-length', `the tag has ${tag.bytes.length} bytes, where ${enc} has ${tagSize}`)
    }
  }
  const zip = readHeader(header, 'zip')
  if (zip !== undefined && readText(zip) !== 'DEF') {
    add('zip-unknown', `zip is ${quote(readText(zip) ?? zip.type)}`)
  }
  if (readType(readHeader(header, 'cty')) === 'jwt') {
    add('nested-token', 'there is another token inside (cty: JWT)')
  }
  return findings
}
