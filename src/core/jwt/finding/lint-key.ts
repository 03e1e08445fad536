// What a header says of the key: names of it, places to fetch it from, the key itself.

import { identifyDer } from '../../key/der.ts'
import { type ExactJson, findMember } from '../json/exact-json.ts'
import { readExpiry, readThumbprint } from './chain.ts'
import { makeFinding, quote } from './codes.ts'
import type { Finding } from './finding.ts'
import { type HeaderView, readHeader, readText, readType } from './header-view.ts'
import { nameType } from './lint-form.ts'

export type Hash = (bytes: Uint8Array) => string

/** Their header brings a key along on purpose: the point is to prove that one has it. */
const PROOFS = /^(dpop\+jwt|openid4vci-proof\+jwt|keyattest-jwt|ckey\+jwt)$/

const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

export function lintKeys(header: HeaderView, now: number, hash: Hash | undefined): Finding[] {
  return [
    ...lintEmbedded(header),
    ...['jku', 'x5u'].flatMap((name) => lintAddress(name, readHeader(header, name))),
    ...lintChain(header, now, hash),
    ...lintKeyId(readHeader(header, 'kid')),
  ]
}

function lintEmbedded(header: HeaderView): Finding[] {
  const findings: Finding[] = []
  const jwk = readHeader(header, 'jwk')
  if (jwk !== undefined && !PROOFS.test(readType(readHeader(header, 'typ')) ?? '')) {
    findings.push(makeFinding('jwk-embedded', 'its header brings a key along (jwk)'))
  }
  for (const name of ['jwk', 'epk']) {
    const key = readHeader(header, name)
    const secret = PRIVATE.find((member) => findMember(key, member) !== undefined)
    if (secret === undefined) continue
    findings.push(
      makeFinding('jwk-private', `the ${name} in its header has the private "${secret}"`),
    )
  }
  return findings
}

function lintAddress(name: string, value: ExactJson | undefined): Finding[] {
  if (value === undefined) return []
  const address = readText(value)
  const findings = [makeFinding('key-url', `its header says where to fetch the key (${name})`)]
  if (address === undefined || !/^https:\/\//i.test(address)) {
    const what = address === undefined ? nameType(value) : quote(address)
    findings.push(makeFinding('key-url-insecure', `${name} is ${what}, not an https address`))
  }
  return findings
}

function lintChain(header: HeaderView, now: number, hash: Hash | undefined): Finding[] {
  const x5c = readHeader(header, 'x5c')
  if (x5c === undefined) return []
  if (x5c.type !== 'array' || x5c.items.length === 0) {
    const what = x5c.type === 'array' ? 'empty' : `${nameType(x5c)}, not a list`
    return [makeFinding('x5c-invalid', `x5c is ${what}`)]
  }
  const chain = x5c.items.map(readCertificate)
  const bad = chain.indexOf(undefined)
  if (bad >= 0) return [makeFinding('x5c-invalid', `item ${bad + 1} of x5c is no certificate`)]
  const findings: Finding[] = []
  for (const [index, certificate] of chain.entries()) {
    const end = certificate && readExpiry(certificate)
    if (end === undefined || end > now) continue
    const day = new Date(end * 1000).toISOString().slice(0, 10)
    findings.push(makeFinding('x5c-expired', `certificate ${index + 1} of x5c ran out on ${day}`))
  }
  const said = readThumbprint(readText(readHeader(header, 'x5t#S256')))
  const [leaf] = chain
  if (hash && leaf && said !== undefined && hash(leaf) !== said) {
    findings.push(makeFinding('x5t-mismatch', 'x5t#S256 is not of the first certificate of x5c'))
  }
  return findings
}

function readCertificate(item: ExactJson): Uint8Array | undefined {
  const text = readText(item)
  if (text === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined
  try {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
    const body = identifyDer(bytes)
    return body?.sort === 'certificate' && body.length === bytes.length ? bytes : undefined
  } catch {
    return undefined
  }
}

function lintKeyId(kid: ExactJson | undefined): Finding[] {
  if (kid === undefined) return []
  const text = readText(kid)
  if (text === undefined) return [makeFinding('kid-type', `kid is ${nameType(kid)}`)]
  const looks = describeSuspicion(text)
  return looks === undefined ? [] : [makeFinding('kid-suspicious', `kid ${looks}: ${quote(text)}`)]
}

function describeSuspicion(kid: string): string | undefined {
  if (/['"`;|<>\u0000-\u001f]|\$\(/.test(kid)) return 'has quotes or other signs of a command'
  if (/^(https?|file|ftp|ldaps?|jdbc|data):/i.test(kid)) return 'looks like an address'
  // plain base64 has slashes too, and is often an id
  if (/^[A-Za-z0-9+/]{20,}={0,2}$/.test(kid) && kid.length % 4 === 0) return undefined
  return /\.\.|\\|^\/|^\.\/|^~\/|^[a-z]:/i.test(kid) && !/^[a-z]+:[a-z]/i.test(kid)
    ? 'looks like a path'
    : undefined
}
