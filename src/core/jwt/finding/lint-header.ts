// What a header says of the algorithm, of what is critical, and of its own type.

import { findMember } from '../json/exact-json.ts'
import { type FindingCode, makeFinding, quote } from './codes.ts'
import type { Finding } from './finding.ts'
import { type HeaderView, readHeader, readText } from './header-view.ts'
import { listNames, nameType } from './lint-form.ts'

const SIGNING =
  /^((HS|RS|PS|ES)(256|384|512)|ES256K|EdDSA|Ed25519|Ed448|ML-DSA-(44|65|87)|ESP(256|384|512))$/
const WRAPPING =
  /^(RSA1_5|RSA-OAEP(-256|-384|-512)?|dir|(ECDH-ES\+)?A(128|192|256)KW|A(128|192|256)GCMKW|ECDH-ES|PBES2-HS(256\+A128|384\+A192|512\+A256)KW)$/

export function lintAlgorithm(header: HeaderView, kind: 'jws' | 'jwe'): Finding[] {
  const value = readHeader(header, 'alg')
  const alg = readText(value)
  if (alg === undefined || alg === '') {
    const what =
      value === undefined ? 'has no alg' : `has ${alg === '' ? 'an empty' : 'no text for'} alg`
    return [makeFinding('alg-missing', `${header.name} ${what}`)]
  }
  const shown = `alg is ${quote(alg)}`
  if (alg.toLowerCase() === 'none') return [makeFinding('alg-none', shown)]
  const findings: Finding[] = []
  if (alg === 'RSA1_5') {
    const why = 'an attacker can use who decrypts it as an oracle'
    findings.push(makeFinding('alg-deprecated', `${shown}: ${why} (RFC 8725 section 3.2)`))
  } else if (alg === 'EdDSA') findings.push(makeFinding('alg-polymorphic', shown))
  else if (!(kind === 'jws' ? SIGNING : WRAPPING).test(alg)) {
    const folded = alg.toUpperCase()
    const near = SIGNING.test(folded) && kind === 'jws' ? `, and ${folded} is another name` : ''
    findings.push(makeFinding('alg-unknown', `${shown}: no registered name${near}`))
  }
  const asymmetric = ['x5c', 'x5u', 'x5t', 'x5t#S256', 'jku'].find(
    (name) => readHeader(header, name) !== undefined,
  )
  if (kind === 'jws' && alg.startsWith('HS') && asymmetric !== undefined) {
    findings.push(
      makeFinding('hmac-with-public-key', `${shown}, and ${asymmetric} names a public key`),
    )
  }
  return findings
}

/** RFC 7515, 7516, 7518: what stands in these RFCs is no extension. */
const REGISTERED =
  /^(alg|jku|jwk|kid|x5u|x5c|x5t|x5t#S256|typ|cty|crit|enc|zip|epk|apu|apv|iv|tag|p2s|p2c)$/

export function lintCritical(header: HeaderView): Finding[] {
  const findings: Finding[] = []
  const add = (code: FindingCode, message: string) => findings.push(makeFinding(code, message))
  const loose = header.unprotected.flatMap(({ members }) => members.map(({ name }) => name))
  if (loose.includes('crit')) add('crit-invalid', 'crit stands in the unprotected header')
  const crit = findMember(header.protected, 'crit')
  if (crit === undefined) return findings
  const names = crit.type === 'array' ? crit.items.map(readText) : []
  const texts = names.filter((name) => name !== undefined)
  if (crit.type !== 'array') add('crit-invalid', `crit is ${nameType(crit)}, not a list`)
  else if (names.length === 0) add('crit-invalid', 'crit is an empty list')
  else if (texts.length < names.length) add('crit-invalid', 'crit has items that are no names')
  else if (new Set(texts).size < texts.length) add('crit-invalid', 'crit names something twice')
  const present = new Set(
    header.protected?.type === 'object' ? header.protected.members.map(({ name }) => name) : [],
  )
  const say = (code: FindingCode, said: string, listed: readonly string[]) =>
    listed.length > 0 && add(code, `crit names ${listNames(listed.slice(0, 6).map(quote))}${said}`)
  const registered = texts.filter((name) => REGISTERED.test(name))
  const extensions = texts.filter((name) => !REGISTERED.test(name))
  say('crit-registered', ', which is no extension', registered)
  say(
    'crit-absent',
    ', which is not there',
    extensions.filter((name) => !present.has(name)),
  )
  say(
    'crit-unknown',
    ', which is not known here',
    extensions.filter((name) => name !== 'b64' && present.has(name)),
  )
  return findings
}

/** RFC 7797. */
export function lintEncoding(header: HeaderView, isJwt: boolean): Finding[] {
  const b64 = readHeader(header, 'b64')
  if (b64 === undefined) return []
  if (findMember(header.protected, 'b64') === undefined) {
    return [makeFinding('b64-invalid', 'b64 stands in the unprotected header')]
  }
  if (b64.type !== 'literal' || b64.value === null) {
    return [makeFinding('b64-invalid', `b64 is ${nameType(b64)}`)]
  }
  if (b64.value) return []
  const crit = findMember(header.protected, 'crit')
  const named = crit?.type === 'array' && crit.items.some((item) => readText(item) === 'b64')
  const findings = named
    ? []
    : [makeFinding('b64-invalid', 'b64 is false, and crit does not say so')]
  if (isJwt) findings.push(makeFinding('b64-in-jwt', 'b64 is false: the payload is not encoded'))
  return findings
}

export function lintOverlap(header: HeaderView): Finding[] {
  const seen = new Set<string>()
  const twice = new Set<string>()
  const groups = [header.protected, ...header.unprotected]
  for (const group of groups) {
    const names = group?.type === 'object' ? group.members.map(({ name }) => name) : []
    for (const name of new Set(names)) (seen.has(name) ? twice : seen).add(name)
  }
  if (twice.size === 0) return []
  const names = listNames([...twice].slice(0, 6).map(quote))
  return [makeFinding('header-overlap', `${names} in more than one header`)]
}

export function lintZip(header: HeaderView): Finding[] {
  if (readHeader(header, 'zip') === undefined) return []
  return [makeFinding('zip-in-jws', 'its header has zip')]
}
