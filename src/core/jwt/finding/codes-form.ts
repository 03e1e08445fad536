// The catalogue, first half: how a token is written, and what its header says.

import { error, info, warning } from './code.ts'

const BASE64URL = 'the parts of a token are base64url without padding (RFC 7515 section 2)'
const BOM = 'JSON begins with no byte order mark; some readers refuse it'
const NO_CLAIMS = 'a JWT holds a JSON object; with other contents it is a JWS and no JWT'

export const FORM_CODES = {
  // parts
  'part-count': error('form', 'a signed token has three parts, an encrypted one five'),
  'trailing-dot': error('form', 'a signed token ends with its signature, not with a dot'),
  alphabet: error('form', `${BASE64URL}; nothing can be read from this`),
  'part-length': error('form', 'no bytes are written with so many characters: one is lost'),
  padding: warning('form', `${BASE64URL}; strict readers refuse it`),
  'white-space': error('form', `${BASE64URL}; some readers skip the space, others refuse it`),
  'plain-base64': error('form', `${BASE64URL}: - and _ stand where plain base64 has + and /`),
  'loose-bits': warning(
    'form',
    'the last character says more than the bytes do: two texts pass for the same token',
  ),
  'header-not-utf8': error('form', 'a header is JSON in UTF-8 (RFC 7515 section 4)'),
  'payload-not-utf8': error('form', 'claims are JSON in UTF-8 (RFC 7519 section 3)'),
  'header-byte-order-mark': warning('form', BOM),
  'payload-byte-order-mark': warning('form', BOM),
  'header-not-json': error('form', 'nobody can tell how to check it'),
  'payload-not-json': error('form', NO_CLAIMS),
  'header-not-object': error('form', 'a header is a JSON object (RFC 7515 section 4)'),
  'payload-not-object': error('form', NO_CLAIMS),
  'token-size': warning('form', 'servers and proxies limit headers to 8 KB, browsers cookies to 4'),
  // JSON
  'duplicate-header': error('form', 'readers differ in which one counts (RFC 7515 section 4)'),
  'duplicate-claim': warning('claims', 'readers differ in which one counts'),
  'duplicate-member': error('form', 'readers differ in which one counts: one checks, one acts'),
  'header-overlap': error(
    'form',
    'what is protected and what is not must have no name in common (RFC 7515 section 7.2.1)',
  ),
  'unsafe-integer': warning('claims', 'JavaScript and others round it to another number: use text'),
  'proto-member': info('claims', 'a reader in JavaScript may take it for the prototype'),
  // algorithms
  'alg-missing': error('form', 'alg must say how it was signed or encrypted (RFC 7515 4.1.1)'),
  'alg-none': error('signature', 'it is not signed: anyone can have made or changed it'),
  'alg-unknown': info('signature', 'few libraries can check it'),
  'alg-deprecated': info('signature', 'libraries no longer support it'),
  'alg-polymorphic': info(
    'signature',
    'it leaves the curve open; RFC 9864 has Ed25519 and Ed448 instead',
  ),
  'hmac-with-public-key': warning(
    'signature',
    'HS* has one shared secret and no public key: the mark of a forgery (algorithm confusion)',
  ),
  // crit and b64
  'crit-invalid': error(
    'form',
    'crit is a list of names, in the protected header (RFC 7515 4.1.11)',
  ),
  'crit-registered': error('form', 'what every reader knows must not stand in crit'),
  'crit-absent': error('form', 'crit names only what is in the protected header'),
  'crit-unknown': error('form', 'who does not know what crit names must refuse the token'),
  'b64-invalid': error('form', 'b64 is true or false, and named in crit (RFC 7797)'),
  'b64-in-jwt': error('form', 'a JWT has an encoded payload (RFC 7797 section 7)'),
  // keys in the header
  'jwk-embedded': warning('signature', 'a forger brings a key along as well: never verify with it'),
  'jwk-private': error('form', 'it gives the private key to everyone who sees the token'),
  'key-url': warning(
    'signature',
    'a forger names an address as well: never fetch a key from there',
  ),
  'key-url-insecure': error('form', 'keys must come over TLS (RFC 7515 4.1.2, 4.1.5)'),
  'x5c-invalid': warning('signature', 'x5c is a list of certificates, DER in plain base64'),
  'x5c-expired': warning('signature', 'who checks the chain refuses it'),
  'x5t-mismatch': warning('signature', 'the thumbprint is of another certificate'),
  'kid-type': error('form', 'kid is a string (RFC 7515 4.1.4)'),
  'kid-suspicious': warning(
    'signature',
    'a kid that is used as a path, an address or in a query opens a door to attackers',
  ),
  'typ-missing': info(
    'form',
    'typ keeps one kind of token from being taken for another (RFC 8725)',
  ),
  'typ-type': warning('form', 'typ is a string (RFC 7515 4.1.9)'),
  'typ-mismatch': warning('form', 'who expects this type refuses it'),
  'zip-in-jws': warning('form', 'only encrypted tokens are compressed; readers ignore it'),
  'claims-in-header': info(
    'form',
    'claims belong to the payload: readers do not look for them here',
  ),
} as const
