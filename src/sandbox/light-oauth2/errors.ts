// The service's error table. Statuses, codes and short messages are the service's; a description
// is ours except where callers read what it echoes.

import type { TwinAnswer } from '../twin.ts'

interface Row {
  readonly status: number
  readonly message: string
  readonly describe: (...echoed: string[]) => string
}

// Raised before and around the grants: proper JSON.
const AROUND = {
  ERR10007: row(404, 'INVALID_REQUEST_PATH', (path) => `nothing is served at ${path}`),
  ERR10008: row(
    405,
    'METHOD_NOT_ALLOWED',
    (method, path) => `${path} does not take the method ${method}`,
  ),
  ERR10010: row(500, 'RUNTIME_EXCEPTION', () => 'the request ran into an unexpected exception'),
  ERR10015: row(
    400,
    'CONTENT_TYPE_MISMATCH',
    (type) => `the body is not what its content type ${type} promises`,
  ),
  ERR11004: row(
    400,
    'VALIDATOR_SCHEMA',
    () => 'the body breaks the schema: grant_type is none of those it lists',
  ),
  ERR12000: row(
    400,
    'UNABLE_TO_PARSE_FORM_DATA',
    () => 'no form data could be read; send application/x-www-form-urlencoded',
  ),
  // The real text lists two grants of the six: it was never brought up to date.
  ERR12001: row(
    400,
    'UNSUPPORTED_GRANT_TYPE',
    (grant) =>
      `grant type ${grant} is not supported; only authorization_code and client_credentials are`,
  ),
}

// Raised inside the grants: JSON glued from pieces, so an echoed quote or backslash breaks it.
const INSIDE = {
  ERR10014: row(400, 'GENERIC_EXCEPTION', (reason) => `an exception was caught: ${reason}`),
  ERR10043: row(
    400,
    'CLIENT_AUTHENTICATE_CLASS_NOT_FOUND',
    (name) => `the client's authenticator class ${name} does not exist`,
  ),
  ERR12002: row(
    401,
    'MISSING_AUTHORIZATION_HEADER',
    () => 'there is no Authorization header, and no client_id with client_secret in the form',
  ),
  ERR12003: row(
    401,
    'INVALID_AUTHORIZATION_HEADER',
    (header) => `this Authorization header cannot be used: ${header}`,
  ),
  ERR12004: row(
    401,
    'INVALID_BASIC_CREDENTIALS',
    (credentials) => `these Basic credentials hold no colon: ${credentials}`,
  ),
  ERR12007: row(401, 'UNAUTHORIZED_CLIENT', () => 'Unauthorized client with wrong client secret.'),
  ERR12008: row(
    401,
    'INVALID_AUTHORIZATION_CODE',
    (code) => `no user stands behind the authorization code ${code}`,
  ),
  ERR12014: row(404, 'CLIENT_NOT_FOUND', (client) => `no client is registered as ${client}`),
  ERR12016: row(401, 'INCORRECT_PASSWORD', () => 'the password is not the right one'),
  ERR12022: row(400, 'USERNAME_REQUIRED', () => 'the password grant needs a username'),
  ERR12023: row(400, 'PASSWORD_REQUIRED', () => 'the password grant needs a password'),
  ERR12024: row(400, 'NOT_TRUSTED_CLIENT', () => 'this grant is open to trusted clients only'),
  ERR12025: row(
    400,
    'MISSING_REDIRECT_URI',
    (known) => `the code was asked for with redirect_uri ${known}; it must be sent again`,
  ),
  ERR12026: row(
    400,
    'MISMATCH_REDIRECT_URI',
    (given, known) => `redirect_uri ${given} is not ${known}, which the code was asked for with`,
  ),
  ERR12027: row(400, 'MISMATCH_SCOPE', (given, known) => `scope ${given} is not within ${known}`),
  ERR12028: row(
    400,
    'MISMATCH_CLIENT_ID',
    (given, known) => `client ${given} sent a refresh token that belongs to ${known}`,
  ),
  ERR12029: row(404, 'REFRESH_TOKEN_NOT_FOUND', (token) => `there is no refresh token ${token}`),
  ERR12031: row(
    400,
    'USER_ID_REQUIRED_FOR_CLIENT_AUTHENTICATED_USER_GRANT_TYPE',
    () => 'this grant needs userId',
  ),
  ERR12032: row(
    400,
    'USER_TYPE_REQUIRED_FOR_CLIENT_AUTHENTICATED_USER_GRANT_TYPE',
    () => 'this grant needs userType',
  ),
  ERR12033: row(
    400,
    'INVALID_CODE_CHALLENGE_METHOD',
    (method) => `${method} is no code challenge method`,
  ),
  ERR12037: row(
    400,
    'INVALID_CODE_VERIFIER_FORMAT',
    (verifier) => `the code verifier ${verifier} holds a character it must not`,
  ),
  ERR12038: row(
    400,
    'CODE_VERIFIER_TOO_SHORT',
    (verifier) => `the code verifier ${verifier} is shorter than 43 characters`,
  ),
  ERR12039: row(
    400,
    'CODE_VERIFIER_TOO_LONG',
    (verifier) => `the code verifier ${verifier} is longer than 128 characters`,
  ),
  ERR12040: row(
    400,
    'CODE_VERIFIER_MISSING',
    () => 'the code was asked for with a challenge, and no verifier came with it',
  ),
  ERR12041: row(
    400,
    'CODE_VERIFIER_FAILED',
    () => 'the code verifier does not belong to the challenge',
  ),
  ERR12044: row(
    400,
    'DEREF_CLIENT_NOT_MATCH',
    (client) => `client ${client} may not exchange this reference`,
  ),
  ERR12045: row(400, 'DEREF_TOKEN_NOT_FOUND', (token) => `there is no reference ${token}`),
  ERR12052: row(
    400,
    'AUTHORIZATION_CODE_NOT_FOUND',
    (code) => `there is no authorization code ${code}, or it was used before`,
  ),
}

export function refuse(
  code: keyof typeof AROUND | keyof typeof INSIDE,
  ...echoed: (string | undefined)[]
): TwinAnswer {
  const { status, message, describe } = { ...AROUND, ...INSIDE }[code]
  const description = describe(...echoed.map((one) => one ?? 'null'))
  const quoted = code in AROUND ? JSON.stringify(description) : `"${description}"`
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body:
      `{"statusCode":${status},"code":"${code}","message":"${message}",` +
      `"description":${quoted},"severity":"ERROR"}`,
    why: `${code} ${message}`,
  }
}

function row(status: number, message: string, describe: (...echoed: string[]) => string): Row {
  return { status, message, describe }
}
