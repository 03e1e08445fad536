// One thing with all that is to be said of it, and what is to be said of a file as a whole.

import { type KeyObject, X509Certificate } from 'node:crypto'
import { statSync } from 'node:fs'
import { SEVERITIES } from '../../../core/jwt/finding/finding.ts'
import { quotePath } from '../../../core/key/key-refusal.ts'
import type { Contents } from '../open/contents.ts'
import type { Item } from '../open/item.ts'
import { type CertificateFacts, isIssuedBy, readCertificateFacts } from './certificate-facts.ts'
import { hashSpki, rubyKidOf, spkiOf, sshFingerprintOf, thumbprintOf } from './fingerprint.ts'
import { type KeyFacts, readFacts } from './key-facts.ts'
import { judgeCertificate, judgeJwk, judgeKey, type Remark } from './remark.ts'

export interface KeyReport {
  readonly item: Item
  /** undefined: it is locked, and nothing public can be seen */
  readonly facts: KeyFacts | undefined
  readonly prints: Prints | undefined
  readonly certificate: CertificateFacts | undefined
  /** worst first */
  readonly remarks: readonly Remark[]
}

export interface Prints {
  readonly thumbprint: string | undefined
  /** SHA-256 of the SPKI */
  readonly spki: Buffer
  readonly ssh: string | undefined
  readonly ruby: string | undefined
}

export function reportItem(item: Item, now: number): KeyReport {
  const { key, jwk, certificate: der } = item
  const facts = key && readFacts(key)
  const certificate = der && readLeaf(der)
  return {
    item,
    facts,
    prints:
      key && key.type !== 'secret'
        ? {
            thumbprint: thumbprintOf(key),
            spki: hashSpki(key),
            ssh: sshFingerprintOf(key),
            ruby: rubyKidOf(key),
          }
        : undefined,
    certificate,
    remarks: sortBySeverity([
      ...(key && facts ? judgeKey(key, facts) : []),
      ...(jwk && facts ? judgeJwk(jwk, facts) : []),
      ...(certificate ? judgeCertificate(certificate, now) : []),
      ...judgeItem(item, certificate),
    ]),
  }
}

function sortBySeverity(remarks: readonly Remark[]): Remark[] {
  const rank = ({ severity }: Remark): number => SEVERITIES.indexOf(severity)
  return [...remarks].sort((one, other) => rank(one) - rank(other))
}

/** A certificate that a JWK brings along may be anything. */
function readLeaf(der: Uint8Array): CertificateFacts | undefined {
  try {
    return readCertificateFacts(der)
  } catch {
    return undefined
  }
}

function judgeItem(item: Item, certificate: CertificateFacts | undefined): Remark[] {
  const { role, jwk, certificate: der, key, sound } = item
  const remarks: Remark[] = []
  if (role === 'request' && sound === false) {
    const message = 'it is not signed with its own key; an authority will refuse it'
    remarks.push({ code: 'request-signature', severity: 'error', message })
  }
  if (jwk && der && key && (certificate === undefined || !belongsTo(der, key))) {
    const message = 'the certificate in its x5c belongs to another key'
    remarks.push({ code: 'x5c-mismatch', severity: 'error', message })
  }
  return remarks
}

export function belongsTo(certificate: Uint8Array, key: KeyObject): boolean {
  try {
    return spkiOf(new X509Certificate(certificate).publicKey).equals(spkiOf(key))
  } catch {
    return false
  }
}

/** What concerns more than one of them, or the file they are in. */
export function judgeContents(
  { items, refused, unread, isSet, mended }: Contents,
  file: { readonly path: string | undefined; readonly shown: string },
): Remark[] {
  const remarks: Remark[] = []
  const add: Add = (severity, code, message, fix) =>
    void remarks.push({ severity, code, message, ...(fix !== undefined && { fix }) })
  const secret = items.some(({ role }) => role === 'private' || role === 'secret')
  if (secret && file.path !== undefined) judgeMode(file.path, file.shown, add)
  for (const { message } of refused) add('error', 'unopened', message)
  for (const kid of findTwice(items.flatMap(({ id }) => id ?? []))) {
    add('error', 'kid-twice', `${kid} is the kid of more than one key; verifiers take any of them`)
  }
  if (isSet && secret) {
    const fix = `tokentool key convert ${quotePath(file.shown)} --to public-jwks`
    add('warning', 'set-private', 'it holds private keys, which nobody may publish', fix)
  }
  judgeChain(items, add)
  for (const lock of unread) {
    const command = `openssl pkcs12 -legacy -nokeys -in ${quotePath(file.shown)}`
    const old = /RC2|RC4|DES$/.test(lock)
    const what = `its certificates are ${old ? 'not read here' : 'encrypted as well'} (${lock})`
    add('info', 'certificates-unread', what, old ? command : undefined)
  }
  if (mended) {
    add('info', 'mended', 'its text was repaired to read it; most other tools will not read it')
  }
  return sortBySeverity(remarks)
}

type Add = (severity: Remark['severity'], code: string, message: string, fix?: string) => void

function judgeMode(path: string, shown: string, add: Add): void {
  const { mode, uid } = statSync(path, { throwIfNoEntry: false }) ?? { mode: 0, uid: 0 }
  // Windows makes these bits up
  if (process.platform === 'win32') return
  const fix = `chmod 600 ${quotePath(shown)}`
  if ((mode & 0o022) !== 0) {
    add('error', 'mode', 'other users can change it, so it is not signed with', fix)
  } else if ((mode & 0o044) !== 0 && !(uid === 0 && (mode & 0o222) === 0)) {
    add('warning', 'mode', 'other users can read it', fix)
  }
}

function findTwice(names: readonly string[]): Set<string> {
  return new Set(names.filter((name, index) => names.indexOf(name) !== index))
}

function judgeChain(items: readonly Item[], add: Add): void {
  const chain = items.flatMap(({ role, certificate }) =>
    role === 'certificate' && certificate ? [certificate] : [],
  )
  const [leaf] = chain
  const key = items.find(({ role }) => role === 'private')?.key
  if (leaf && key && !chain.some((der) => belongsTo(der, key))) {
    add('error', 'key-mismatch', 'no certificate in it belongs to its private key')
  }
  const broken = chain.findIndex((der, index) => {
    const issuer = chain[index + 1]
    return issuer !== undefined && !isIssuedBy(der, issuer)
  })
  if (broken >= 0) {
    const [one, next] = [broken + 1, broken + 2]
    add('info', 'no-chain', `certificate ${next} did not issue certificate ${one}: no chain`)
  }
}
