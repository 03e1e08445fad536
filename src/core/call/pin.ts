// The key that a server must have, as curl's --pinnedpubkey writes it: sha256// and the SHA-256 of
// its SubjectPublicKeyInfo in base64 (RFC 7469 2.4); several with ; between them.

import { TokenError } from '../error.ts'
import { type Profile, tellPlace } from '../profile/profile.ts'

/** 32 bytes in base64, with no bit left over */
const DIGEST = '([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)'
/** with one / where that cannot be a digest cut short: it may begin with / itself */
const PREFIXED = new RegExp(`^sha256/(?:/|(?!/))${DIGEST}$`)
const BARE = new RegExp(`^(?!sha256/)${DIGEST}$`)
const HEX = /^[^=:]*[=:]?\s*[\da-f]{2}(:?[\da-f]{2}){19,31}$/i
const LONGEST = 4096

/** The same in one spelling. */
export function readPin(text: unknown, profile: Profile): string {
  if (typeof text !== 'string' || text.length > LONGEST) throw refuse(profile, WANTED)
  const parts = text.split(';').map((part) => part.trim())
  const pins = parts.filter((part) => part !== '')
  const digests = pins.flatMap((pin) => (PREFIXED.exec(pin) ?? BARE.exec(pin))?.[1] ?? [])
  if (digests.length === 0 || digests.length < pins.length) {
    throw refuse(profile, pins.some((pin) => HEX.test(pin)) ? FINGERPRINT : WANTED)
  }
  return digests.map((digest) => `sha256//${digest}`).join(';')
}

const WANTED =
  'sha256// and 44 characters of base64 are wanted: the SHA-256 of the server’s public key (SPKI)'
const FINGERPRINT =
  'hex is how the fingerprint of a certificate is written; a pin is of the key in it, in base64'

function refuse(profile: Profile, means: string): TokenError {
  const place = tellPlace(profile, ['tls', 'pin'])
  return new TokenError('tls_invalid', `${profile.name}: tls.pin is not a pin`, {
    means,
    fix: [
      `${place === undefined ? '' : `${place} `}pin: sha256//BASE64, several with ; between them`,
      'openssl x509 -in server.pem -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64',
    ],
    profile: profile.name,
  })
}
