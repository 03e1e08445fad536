// What a key or certificate is not fit for, and what is odd about it.

import type { KeyObject } from 'node:crypto'
import { formatDuration } from '../../../core/duration.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { Severity } from '../../../core/jwt/finding/finding.ts'
import { hasRocaMark, readMember } from '../../../core/key/rsa.ts'
import type { CertificateFacts } from './certificate-facts.ts'
import { publicJwkOf } from './fingerprint.ts'
import type { KeyFacts } from './key-facts.ts'
import { addArticle } from './loaded-key.ts'

export interface Remark {
  /** kebab-case, stable */
  readonly code: string
  /** error: not to be used; warning: some refuse it */
  readonly severity: Severity
  readonly message: string
  /** a command */
  readonly fix?: string
}

type Add = (severity: Severity, code: string, message: string) => void

function collect(find: (add: Add) => void): Remark[] {
  const remarks: Remark[] = []
  find((severity, code, message) => remarks.push({ code, severity, message }))
  return remarks
}

/** Smaller ones can be broken: RFC 7518 3.3 and 3.2. */
const SMALLEST_RSA = 2048
const SMALLEST_SECRET = 256
const USUAL_EXPONENT = 65537n

export function judgeKey(key: KeyObject, facts: KeyFacts): Remark[] {
  const { kind, bits = 0, curve, description, algorithms } = facts
  return collect((add) => {
    if (kind === 'rsa' || kind === 'rsa-pss') judgeRsa(key, bits, add)
    if (kind === 'rsa-pss') {
      const list = algorithms.join(', ') || 'nothing'
      add('warning', 'rsa-pss', `an RSA-PSS key is for ${list} alone, and most libraries refuse it`)
    }
    if (kind === 'other') {
      const agrees = /^X/.test(curve ?? '') || /^DH/.test(description)
      add(
        'error',
        'no-algorithm',
        agrees
          ? `${addArticle(description)} agrees on keys (ECDH-ES); it cannot sign`
          : curve === 'secp256k1'
            ? 'a secp256k1 key is for ES256K, which few services know, and is not signed with here'
            : `no JWS algorithm is made for ${addArticle(description)}`,
      )
    } else if (!['rsa', 'rsa-pss', 'secret'].includes(kind)) {
      add('info', 'not-rs256', 'not for VA, which verifies RS256 only')
    }
    if (kind === 'ed448') add('warning', 'ed448', 'few services know Ed448')
    if (kind === 'secret' && bits < SMALLEST_SECRET) {
      const sizes = `${bits / 8} bytes: HS256 wants ${SMALLEST_SECRET / 8} at least`
      add('error', 'secret-short', `${sizes}, because whoever has a token can try out shorter ones`)
    }
  })
}

function judgeRsa(key: KeyObject, bits: number, add: Add): void {
  if (bits < SMALLEST_RSA) {
    const wanted = `RFC 7518 wants ${SMALLEST_RSA} at least, because fewer can be broken`
    add('error', 'rsa-small', `${bits} bits: ${wanted}`)
  }
  if (bits > 4096) add('info', 'rsa-large', `${bits} bits: slow to sign with, and some refuse it`)
  const exponent = key.asymmetricKeyDetails?.publicExponent ?? USUAL_EXPONENT
  if (exponent < 3n || exponent % 2n === 0n) {
    const why = 'anyone can make its signatures'
    add('error', 'rsa-exponent', `its public exponent is ${exponent}: ${why}`)
  } else if (exponent < USUAL_EXPONENT) {
    add('info', 'rsa-exponent', `its public exponent is ${exponent}; ${USUAL_EXPONENT} is usual`)
  }
  const modulus = readMember(publicJwkOf(key)?.n)
  if (modulus !== undefined && hasRocaMark(modulus)) {
    const what = 'its modulus has the mark of ROCA (CVE-2017-15361)'
    add('error', 'rsa-roca', `${what}: the chip that made it makes keys that can be broken`)
  }
}

/** What the JWK around it says. */
export function judgeJwk({ use, key_ops: uses, alg }: JsonObject, facts: KeyFacts): Remark[] {
  const signs = (name: unknown): boolean => name === 'sign' || name === 'verify'
  return collect((add) => {
    if (use !== undefined && use !== 'sig') {
      add('error', 'jwk-use', `its use is ${show(use)}: not for signatures`)
    }
    if (uses !== undefined && !(Array.isArray(uses) && uses.some(signs))) {
      add('error', 'jwk-key-ops', 'its key_ops hold neither sign nor verify')
    }
    if (alg === undefined || use === 'enc') return
    const known = typeof alg === 'string' && facts.algorithms.includes(alg)
    const fits = facts.algorithms.join(', ') || 'none'
    if (!known) add('error', 'jwk-alg', `its alg is ${show(alg)}; it fits ${fits}`)
  })
}

function show(value: unknown): string {
  return typeof value === 'string' && value.length <= 40 ? value : 'no name of one'
}

const DAY = 86_400_000
/** What it takes to have a new one registered. */
const SOON = 30 * DAY

export function judgeCertificate(facts: CertificateFacts, now: number): Remark[] {
  const { notBefore, notAfter, selfSigned, authority, oldHash } = facts
  const tell = (span: number): string => formatDuration(span / 1000)
  return collect((add) => {
    if (notAfter <= now) add('error', 'expired', `expired ${tell(now - notAfter)} ago`)
    else if (notBefore > now) {
      add('error', 'not-yet-valid', `not valid for another ${tell(notBefore - now)}`)
    } else if (notAfter - now < SOON) {
      add('warning', 'expires-soon', `expires in ${tell(notAfter - now)}`)
    }
    if (selfSigned) {
      const why = 'VA refuses to register it; for localhost and the sandbox only'
      add('warning', 'self-signed', `self-signed${authority ? '' : ', and no authority'}: ${why}`)
    }
    if (oldHash) add('error', 'old-hash', `signed with ${oldHash}, which can be forged`)
  })
}
