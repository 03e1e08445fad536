// What should not stand in claims, since they are signed and not encrypted: secrets, and what is
// personal. Values are never repeated in a message, only where they stand.

import { type ExactJson, findMember } from '../json/exact-json.ts'
import { namePlace, outermost, type Place, walkJson } from '../json/json-walk.ts'
import { makeFinding, quote } from './codes.ts'
import type { Finding } from './finding.ts'
import { listNames } from './lint-form.ts'

const SECRET_NAME =
  /(^|[_.:/-])(passwords?|passwd|pwd|passphrase|secret|client_?secret|private_?key|api_?key|refresh_?token)$/i

export function lintContents(payload: ExactJson): Finding[] {
  const secrets: Place[] = []
  const persons: Place[] = []
  const isProfile = PROFILE_MARKS.some((name) => findMember(payload, name) !== undefined)
  for (const place of walkJson(payload)) {
    if (isSecret(place)) secrets.push(place)
    else if (isPersonal(place, isProfile)) persons.push(place)
  }
  return [
    ...(secrets.length === 0
      ? []
      : [makeFinding('secret-in-claims', `what looks like a secret in ${tell(secrets)}`)]),
    ...(persons.length === 0
      ? []
      : [makeFinding('personal-data', `what looks personal in ${tell(persons)}`)]),
  ]
}

function tell(places: readonly Place[]): string {
  return listNames(places.slice(0, 6).map((place) => quote(namePlace(place))))
}

function isSecret({ name, value }: Place): boolean {
  if (value.type === 'object') {
    return (
      findMember(value, 'kty') !== undefined && ['d', 'k'].some((one) => findMember(value, one))
    )
  }
  if (value.type !== 'string' || value.value === '') return false
  const { value: text } = value
  return SECRET_NAME.test(name) || /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----/.test(text)
}

/** An ID token is made to carry the user's profile to the client. */
const PROFILE_MARKS = ['nonce', 'at_hash', 'c_hash', 'email_verified']

/** Whom a token is about, from and for may be told by an address. */
const NAMES = /^(iss|sub|aud|azp|client_id|cid|appid|act|may_act|scopes?|scp)$/

function isPersonal(place: Place, isProfile: boolean): boolean {
  const { value } = place
  if (value.type === 'number') return isCard(value.raw)
  if (value.type !== 'string' || value.value.length > LONGEST) return false
  const { value: text } = value
  if (isCard(text) || /^\d{3}-\d{2}-\d{4}$/.test(text)) return true
  return !isProfile && isMail(text) && !NAMES.test(outermost(place).name)
}

/** Of an e-mail address, RFC 5321 4.5.3.1. */
const LONGEST = 254

function isMail(text: string): boolean {
  return /^[^\s@:/]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(text)
}

/** The number of a payment card: its last digit is a checksum (Luhn). */
function isCard(text: string): boolean {
  if (!/^[3-6]\d{3}([ -]?\d{4}){2}[ -]?\d{1,7}$/.test(text)) return false
  const digits = text.replace(/\D/g, '')
  if (digits.length < 13 || digits.length > 19) return false
  let sum = 0
  for (const [at, digit] of [...digits].reverse().entries()) {
    const doubled = Number(digit) * (at % 2 === 1 ? 2 : 1)
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
