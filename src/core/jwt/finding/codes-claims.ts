// The catalogue, second half: signatures, claims, encryption, SD-JWT, and what services do in their
// own way.

import { error, info, warning } from './code.ts'

export const SIGNATURE_CODES = {
  'signature-empty': error('signature', 'its alg promises a signature, and there is none'),
  'signature-length': error('signature', 'no key makes a signature of this length for this alg'),
  'signature-cut': warning('signature', 'RSA signatures are as long as the key: it looks cut off'),
  'signature-der': error(
    'signature',
    'JOSE wants R and S one after the other; Node: dsaEncoding ieee-p1363, Java: inP1363Format',
  ),
  'signature-zero': error('signature', 'broken verifiers took it for valid (CVE-2022-21449)'),
} as const

export const CLAIM_CODES = {
  // times
  'exp-missing': warning('claims', 'whoever finds it can use it for ever'),
  'time-type': error('claims', 'times are numbers: seconds since 1970 (RFC 7519 section 2)'),
  'time-milliseconds': error(
    'claims',
    'times are seconds; read so it lies thousands of years ahead',
  ),
  'exp-before-iat': error('claims', 'it was over when it was issued'),
  'nbf-after-exp': error('claims', 'there is no moment at which it is good'),
  'iat-future': warning('claims', 'strict services refuse it: is a clock wrong?'),
  'lifetime-long': warning('claims', 'it cannot be taken back until then; a thief has as long'),
  // who and for whom
  'iss-missing': info('claims', 'nobody can tell whose key should have signed it'),
  'iss-type': error('claims', 'iss is a string (RFC 7519 4.1.1)'),
  'iss-not-url': info('claims', 'its keys cannot be found by discovery'),
  'sub-missing': info('claims', 'it does not say whom it is about'),
  'sub-type': error('claims', 'sub is a string (RFC 7519 4.1.2)'),
  'aud-missing': warning('claims', 'every service that trusts the issuer takes it'),
  'aud-type': error('claims', 'aud is a string or a list of strings (RFC 7519 4.1.3)'),
  'aud-array-of-one': info('claims', 'some readers expect a string where there is one audience'),
  // assertions
  'jti-missing': info('claims', 'a service cannot tell whether it has seen this assertion before'),
  'assertion-subject': warning(
    'claims',
    'a client that proves who it is is both issuer and subject (RFC 7523 section 3)',
  ),
  'assertion-audience': info(
    'claims',
    'it should be the one server it goes to: its issuer or its token endpoint',
  ),
  // contents
  'secret-in-claims': warning(
    'claims',
    'claims are not encrypted: everyone who sees it can read it',
  ),
  'personal-data': warning('claims', 'claims are not encrypted, and tokens end up in logs'),
} as const

export const ENCRYPTION_CODES = {
  'enc-missing': error('form', 'enc must say how the contents are encrypted (RFC 7516 4.1.2)'),
  'enc-unknown': info('form', 'few libraries can decrypt it'),
  'zip-unknown': info('form', 'DEF is the only compression there is a name for'),
  'p2c-huge': error('form', 'whoever tries to decrypt it is kept busy: a denial of service'),
  'p2c-weak': warning('form', 'the password behind it can be guessed (RFC 7518 4.8.1.2)'),
  'parameter-missing': error('form', 'without it the key cannot be unwrapped'),
  'encrypted-key-missing': error('form', 'its alg sends an encrypted key along'),
  'encrypted-key-unexpected': error('form', 'its alg sends no encrypted key along'),
  'iv-length': error('form', 'its enc has another size'),
  'tag-length': error('form', 'its enc has another size; a short tag can be forged'),
  'nested-token': info('form', 'what is inside has a signature and claims of its own'),
} as const

export const DISCLOSURE_CODES = {
  'disclosure-invalid': error('form', 'a disclosure is a list of salt, name and value (RFC 9901)'),
  'disclosures-many': error('form', 'so many are a way to keep a reader busy: they are not read'),
  'disclosure-duplicate': error('form', 'the same disclosure stands there twice (RFC 9901 7.1)'),
  'digest-duplicate': error('form', 'a digest may stand there only once (RFC 9901 7.1)'),
  'disclosure-unmatched': error('form', 'the issuer did not sign it: it may have been added'),
  'sd-alg-unknown': warning('form', 'who does not know the hash must refuse the token'),
  'key-binding-missing': info(
    'claims',
    'it is bound to a key, and the holder has not proved to have it',
  ),
  'key-binding-malformed': error(
    'form',
    'each disclosure ends with ~; behind the last stands a JWT or nothing (RFC 9901 section 4)',
  ),
  'key-binding-invalid': error('form', 'typ kb+jwt, iat, aud, nonce and sd_hash make the proof'),
} as const

export const SERVICE_CODES = {
  'entra-graph-token': info(
    'signature',
    'Microsoft signs the SHA-256 of this nonce: only Graph can check it, and only Graph should',
  ),
  'auth0-no-audience': info(
    'form',
    'Auth0 issues this where no audience was asked for: only its /userinfo takes it',
  ),
  'aws-alb-token': info(
    'form',
    'an AWS load balancer made it: padded, and signed as it stands; verify --allow-padding',
  ),
  'kubernetes-legacy': info(
    'claims',
    'a service account token of the old kind: it ends when its secret is deleted',
  ),
} as const
