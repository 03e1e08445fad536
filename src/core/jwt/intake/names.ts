// The names that tokens go by, in answers, requests and settings.

/** So called whatever they look like: what stands there is a token, though nobody can read it. */
const TOKENS = new Set([
  'access_token',
  'id_token',
  'refresh_token',
  'client_assertion',
  'assertion',
  'logout_token',
  'token',
  'subject_token',
  'actor_token',
  'bearer_token',
  'auth_token',
  'api_token',
  'session_token',
  'security_token',
  'issued_token',
  'oauth_token',
  'id_token_hint',
  'jwt',
])

/** access-token, accessToken, ACCESS_TOKEN */
export function isTokenName(name: string): boolean {
  return TOKENS.has(level(name))
}

/** Best first: what is mostly meant when an answer holds several. */
export function rankName(name: string | undefined): number {
  const leveled = name === undefined ? '' : level(name)
  return leveled === 'access_token' ? 0 : leveled === 'id_token' ? 1 : 2
}

function level(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/[-.]/g, '_')
    .toLowerCase()
}

/** `name: value` and `name=value`, where nobody can read the value. */
export const NAMED =
  /(?<![A-Za-z0-9])((?:access|id|refresh|auth|api|bearer|session|security|oauth|subject|actor|logout)?[_-]?token|(?:client[_-]?)?assertion|authorization)["']?[ \t]{0,9}[:=][ \t]{0,9}["']?(?:(bearer|dpop|token)(?:[ \t]{1,9}|\+))?([A-Za-z0-9_][\w.~+/|\u0001-]{7,4096}={0,2})/gi
