// SD-JWT (RFC 9901): what its holder shows of it, and whether he proves that he is the holder.

import { type ExactJson, findMember } from '../json/exact-json.ts'
import { walkJson } from '../json/json-walk.ts'
import type { Disclosure, SignedToken } from '../token.ts'
import { makeFinding, quote } from './codes.ts'
import type { Finding } from './finding.ts'
import { readText, readType } from './header-view.ts'
import { listNames } from './lint-form.ts'
import type { Hash } from './lint-key.ts'

export function lintDisclosures(token: SignedToken, hash: Hash | undefined): Finding[] {
  const { disclosures, payload } = token
  const faults = disclosures.flatMap((one, index) => {
    const fault = describeFault(one)
    return fault === undefined ? [] : [`disclosure ${index + 1} ${fault}`]
  })
  const findings: Finding[] = []
  if (token.unread !== undefined) {
    const count = disclosures.length + token.unread
    findings.push(makeFinding('disclosures-many', `it has ${count} disclosures`))
  }
  for (const fault of faults.slice(0, MOST_TOLD)) {
    findings.push(makeFinding('disclosure-invalid', fault))
  }
  if (faults.length > MOST_TOLD) {
    const more = `${faults.length - MOST_TOLD} more disclosures are none either`
    findings.push(makeFinding('disclosure-invalid', more))
  }
  if (token.stray === true) {
    const what = 'what stands behind the last ~ is no JWT'
    findings.push(makeFinding('key-binding-malformed', what))
  }
  const texts = new Set(disclosures.map(({ part }) => part.text))
  const doubled = disclosures.length - texts.size
  if (doubled > 0) {
    findings.push(
      makeFinding('disclosure-duplicate', `${doubled} of its disclosures more than once`),
    )
  }
  return [...findings, ...lintDigests(payload.json, disclosures, hash), ...lintBinding(token, hash)]
}

const MOST_TOLD = 5

function describeFault({ part, salt, name, value }: Disclosure): string | undefined {
  const size = part.json?.type === 'array' ? part.json.items.length : 0
  if (part.bytes === undefined) return 'is no base64url'
  if (part.json === undefined) return 'is no JSON'
  if (size !== 2 && size !== 3) return 'is no list of two or three'
  if (salt === undefined) return 'has no salt'
  if (size === 3 && name === undefined) return 'has no name'
  if (value === undefined) return 'has no value'
  return name === '_sd' || name === '...' ? `is named ${quote(name)}` : undefined
}

/** IANA, Named Information Hash Algorithms. */
const HASHES = /^(sha-256|sha-384|sha-512|sha3-(224|256|384|512)|blake2[bs]-\d{3})$/
const USUAL = 'sha-256'

function lintDigests(
  payload: ExactJson | undefined,
  disclosures: readonly Disclosure[],
  hash: Hash | undefined,
): Finding[] {
  const named = findMember(payload, '_sd_alg')
  const alg = named === undefined ? USUAL : readText(named)
  const findings: Finding[] = []
  if (alg === undefined || !HASHES.test(alg)) {
    findings.push(makeFinding('sd-alg-unknown', `_sd_alg is ${quote(alg ?? 'no text')}`))
  }
  const sources = [payload, ...disclosures.map(({ value }) => value)]
  const digests = sources.flatMap((json) => (json === undefined ? [] : listDigests(json)))
  const seen = new Set(digests)
  if (seen.size < digests.length) {
    const twice = digests.length - seen.size
    findings.push(makeFinding('digest-duplicate', `${twice} of its digests more than once`))
  }
  if (hash === undefined || alg !== USUAL) return findings
  const lost = disclosures.flatMap(({ part, salt }, index) =>
    salt !== undefined && !seen.has(digestOf(part.text, hash)) ? [`${index + 1}`] : [],
  )
  if (lost.length > 0) {
    const which = `disclosure${lost.length === 1 ? '' : 's'} ${listNames(lost)}`
    findings.push(makeFinding('disclosure-unmatched', `${which} without a digest in the token`))
  }
  return findings
}

function listDigests(json: ExactJson): string[] {
  return [...walkJson(json)].flatMap(({ name, value }) => {
    if (name === '...' && value.type === 'string') return [value.value]
    if (name !== '_sd' || value.type !== 'array') return []
    return value.items.map(readText).filter((one) => one !== undefined)
  })
}

function digestOf(text: string, hash: Hash): string {
  return hash(new TextEncoder().encode(text))
}

function lintBinding(token: SignedToken, hash: Hash | undefined): Finding[] {
  const { keyBinding, payload, text } = token
  if (keyBinding === undefined) {
    if (findMember(payload.json, 'cnf') === undefined) return []
    return [makeFinding('key-binding-missing', 'it has cnf, and no key binding at its end')]
  }
  const { payload: claims, signatures } = keyBinding
  const missing = ['iat', 'aud', 'nonce', 'sd_hash'].filter(
    (name) => findMember(claims.json, name) === undefined,
  )
  const said = readText(findMember(claims.json, 'sd_hash'))
  const bound = text.slice(0, text.lastIndexOf('~') + 1)
  const usual = (readText(findMember(payload.json, '_sd_alg')) ?? USUAL) === USUAL
  const typ = readType(findMember(signatures[0].header?.json, 'typ'))
  const faults = [
    ...(typ === 'kb+jwt' ? [] : ['its typ is not kb+jwt']),
    ...(missing.length > 0 ? [`it has no ${listNames(missing)}`] : []),
    ...(hash && usual && said !== undefined && digestOf(bound, hash) !== said
      ? ['its sd_hash is of another SD-JWT, or of other disclosures']
      : []),
  ]
  return faults.map((fault) => makeFinding('key-binding-invalid', `the key binding: ${fault}`))
}
