// A folder to be in: profiles that ask a token server, a key, a secret and a home of their own.

import type { Place } from '../support/crowd.ts'
import { makeEcKey } from '../support/keys.ts'
import { makeFolder, plantCanary, plantKey } from '../support/program.ts'

const key = makeEcKey()
plantKey(key.pem)
export const SECRET = plantCanary()

export const PROFILES = `
default_profile: one
profiles:
  one:
    provider: jwt-bearer
    token_endpoint: ORIGIN/one
    issuer: torture
    subject: one
    key_path: key.pem
  two:
    provider: exchange
    via: one
    token_endpoint: ORIGIN/two
  secret:
    provider: client-credentials
    token_endpoint: ORIGIN/secret
    client_id: torture
    client_secret: \${file:secret}
    scopes:
      - secret
providers:
  exchange:
    fields:
      token_endpoint: { type: url, help: where }
    call:
      url: \${token_endpoint}
      headers: { Authorization: "Bearer \${via.access_token}" }
    retry: { safe: true }
`

/** `more` is laid over it: files by name. */
export function furnish(origin: string, more: Readonly<Record<string, string>> = {}): Place {
  const folder = makeFolder({
    'tokentool.yaml': PROFILES.replaceAll('ORIGIN', origin),
    'key.pem': key.pem,
    secret: SECRET,
    ...more,
  })
  // named, so that nobody has to trust it first
  return { folder, env: { TOKENTOOL_CONFIG: 'tokentool.yaml' } }
}
