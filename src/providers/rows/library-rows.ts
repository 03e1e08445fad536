// What the libraries say that check a JWT, wherever they do: in an API, a gateway, a job of one's own.

import type { ExplainRow } from '../../core/provider.ts'

export const LIBRARY_SERVICE = 'a library that checks JWTs'

const service = LIBRARY_SERVICE

/** By a code alone, or by words. */
function either(code: string, text: string, row: Omit<ExplainRow, 'text'>): ExplainRow[] {
  return [
    { service, code, ...row },
    { service, text: `${text}|\\b${code}\\b`, ...row },
  ]
}

export const LIBRARY_ROWS: readonly ExplainRow[] = [
  ...either(
    'ERR_JWT_EXPIRED',
    'ExpiredJwtException|ExpiredSignatureError|signature has expired|' +
      '(\\w{0,40}Error: )?\\bjwt (is |has )?expired|"exp" claim timestamp check failed|token is expired by|IDX10223|TokenExpiredError',
    {
      means: 'exp of the token has passed by the clock of whoever checked it',
      why: ['it was kept too long', 'one of the two clocks is off'],
      fix: [
        'tokentool decode -, for its exp and how long ago that was',
        'tokentool get ${profile}',
      ],
    },
  ),
  {
    service,
    text:
      'jwt not active|NotBeforeError|ImmatureSignatureError|PrematureJwtException|' +
      'jwt not yet valid|"nbf" claim timestamp check failed|token is not valid yet|IDX10222',
    means: 'nbf or iat of the token lies ahead of the clock of whoever checked it',
    why: ['one of the two clocks is off'],
    fix: ['tokentool decode -, for its nbf and iat', '${at.backdate} backdate: 10s'],
  },
  ...either(
    'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    'JsonWebTokenError: invalid signature|jsonwebtoken\\S{0,20}SignatureException|InvalidSignatureError|' +
      'JWSSignatureVerificationFailed|signature verification failed|jwt verification fails|' +
      'JWT signature does not match locally computed|token signature is invalid|IDX10503',
    {
      means: 'the signature does not fit the key it was checked with, or the token was altered',
      why: [
        'the key is that of another service or environment, or was rotated',
        'a secret that is base64 was taken as text, or the other way round',
      ],
      fix: ['tokentool decode -, for its alg, kid and iss', 'tokentool verify - --key FILE'],
    },
  ),
  {
    service,
    text:
      '(\\w{0,40}Error: )?\\bjwt malformed|MalformedJwtException|not enough segments|JWSInvalid|JWTInvalid|ERR_JW[ST]_INVALID|' +
      'jwt is not in the form|invalid compact jws|jwt must be provided|DecodeError: invalid',
    means: 'what arrived is no JWT',
    why: [
      'the word Bearer, quotes or a line break came along',
      'an opaque token, a cookie or nothing at all was handed over',
    ],
    fix: 'tokentool decode -',
  },
  {
    service,
    text:
      'jwt audience invalid|InvalidAudienceError|audience doesn.t match|unexpected "aud" claim value|' +
      'audiences in jwt are not allowed|IDX10214',
    means: 'aud of the token is not among those that whoever checked it takes',
    why: ['the token is for another service', 'a slash at the end, or http for https'],
    fix: ['tokentool decode -, for its aud', '${at.audience} audience: the one that is expected'],
  },
  {
    service,
    text:
      'jwt issuer invalid|InvalidIssuerError|jwt issuer is not configured|' +
      'unexpected "iss" claim value|IDX10205',
    means: 'iss of the token is not one that whoever checked it knows',
    why: [
      'the token is of another environment',
      'a slash at the end, or another version in the URL',
    ],
    fix: ['tokentool decode -, for its iss', 'compare it with the issuer that is configured there'],
  },
  ...either(
    'ERR_JWT_CLAIM_VALIDATION_FAILED',
    'JWTClaimValidationFailed|IncorrectClaimException|MissingClaimException|MissingRequiredClaimError|' +
      'unexpected "\\w{1,20}" claim value|missing required "\\w{1,20}" claim',
    {
      means: 'a claim of the token is missing, or is not the one that was expected',
      fix: 'tokentool decode -, and compare its claims with those that are expected there',
    },
  ),
  ...either(
    'ERR_JWKS_NO_MATCHING_KEY',
    'jwks doesn.t have key to match|unable to find a signing key that matches|no applicable key found|IDX1050[01]',
    {
      means: 'none of the keys that are published fits kid and alg of the token',
      why: [
        'the keys were rotated, and an old copy is still kept',
        'the token is of another issuer',
      ],
      fix: ['tokentool decode -, for its kid, alg and iss', 'tokentool verify - --key URL'],
    },
  ),
  ...either(
    'ERR_JOSE_ALG_NOT_ALLOWED',
    'JsonWebTokenError: invalid algorithm|InvalidAlgorithmError|specified alg value is not allowed|' +
      '"alg" \\(algorithm\\) header parameter value not allowed',
    {
      means: 'alg of the token is not among those that whoever checked it takes',
      fix: [
        'tokentool decode -, for its alg',
        '${at.algorithm} algorithm: one that is taken there',
      ],
    },
  ),
  {
    service,
    text: 'secretOrP(rivate|ublic)Key (must be|must have|is not valid)',
    means: 'the key is not of the sort that the algorithm wants: RS256 and ES256 want a PEM',
    why: [
      'a secret stands where a private key is wanted',
      'the line breaks of the PEM were lost in a variable',
      'the variable is empty',
    ],
    fix: 'tokentool key inspect FILE',
  },
]
