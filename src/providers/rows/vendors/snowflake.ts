// Snowflake, key pairs: the JWT itself is the token. Callers get 390144; the real code is only in
// the log of the login, for an administrator.

import type { ExplainRow } from '../../../core/provider.ts'

const service = 'Snowflake'

const INVALID = {
  means: 'the JWT is not accepted, and the reason is told to administrators only',
  why: [
    'the public key set on the user is another, or none',
    'iss is not ACCOUNT.USER.SHA256:FINGERPRINT, in upper case',
    'the clock of this machine is off: it must arrive within 60 seconds of iat',
  ],
  fix: [
    "as an administrator: SELECT SYSTEM$GET_LOGIN_FAILURE_DETAILS('UUID'), with the UUID of the message",
    'tokentool explain CODE, with the code that it returns',
    'in DESC USER NAME, RSA_PUBLIC_KEY_FP must be the fingerprint in iss',
  ],
  suspects: ['clock', 'key'],
  sent: ['iss', 'sub', 'iat', 'exp'],
} satisfies Partial<ExplainRow>

export const SNOWFLAKE_ROWS: readonly ExplainRow[] = [
  { service, code: '390144', ...INVALID },
  // as the drivers say it
  { service, code: '250001', text: 'jwt token is invalid', ...INVALID },
  {
    service,
    code: '394300',
    means: 'the user of the JWT does not exist, is disabled, or has no public key',
    fix: 'as an administrator: ALTER USER NAME SET RSA_PUBLIC_KEY=…, the public key without its markers',
    sent: ['iss', 'sub'],
  },
  {
    service,
    code: '394301',
    means: 'the JWT has no iat, or no exp',
    fix: '${at.assertion.claims} assertion: claims: iat: "$${iat}", exp: "$${exp}"',
    sent: ['iat', 'exp'],
  },
  {
    service,
    code: '394302',
    means: 'the JWT arrived more than 60 seconds after its iat',
    why: ['the clock of this machine is slow', 'it was kept: each one is good for a minute'],
    fix: '${at.backdate} backdate: 0s, and a new JWT for every login',
    suspects: ['clock'],
    sent: ['iat', 'exp'],
  },
  {
    service,
    code: '394303',
    means: 'exp of the JWT has passed by the clock of Snowflake',
    why: ['the clock of this machine is slow', 'it was kept'],
    fix: '${at.lifetime} lifetime: 5m',
    suspects: ['clock'],
    sent: ['iat', 'exp'],
  },
  {
    service,
    code: '394304',
    means: 'the fingerprint in iss is not that of the public key set on the user',
    why: ['another key pair', 'the key was rotated, and stands in RSA_PUBLIC_KEY_2'],
    fix: [
      'openssl pkey -in ${key_path} -pubout -outform DER | openssl sha256 -binary | openssl base64',
      'in DESC USER NAME, RSA_PUBLIC_KEY_FP must be SHA256: and that',
    ],
    suspects: ['key'],
    sent: ['iss', 'key_path'],
  },
  {
    service,
    code: '394305',
    means: 'alg is not RS256, the only one Snowflake takes',
    fix: '${at.algorithm} algorithm: RS256',
    sent: ['algorithm', 'key_path'],
  },
  {
    service,
    code: '394306',
    means: 'the signature does not fit the public key that the fingerprint in iss names',
    why: ['iss was written by hand, for another key than the one that signs'],
    fix: '${at.assertion.claims.iss} assertion: claims: iss: ACCOUNT.USER.SHA256:$${key.spki_sha256}',
    suspects: ['key'],
    sent: ['iss', 'key_path'],
  },
  {
    service,
    code: '394307',
    means: 'the account in iss is not the one that was called',
    why: ['lower case, or a dot where a hyphen is wanted', 'the region stands behind the account'],
    fix: '${at.issuer} issuer: the account identifier in upper case, dots as hyphens, no region',
    suspects: ['environment'],
    sent: ['iss', 'sub', 'token_endpoint'],
  },
  {
    service,
    code: '250001',
    text: 'failed to connect to db',
    means: 'the driver could not log in to Snowflake; the reason stands behind the host',
    why: ['the account in the host is mistyped', 'the user, its key or its password do not hold'],
    fix: 'paste the whole message, with the code in its brackets',
    sent: ['iss', 'sub', 'token_endpoint'],
  },
]
