// Okta, its token endpoint and its management API (E…).

import type { ExplainRow } from '../../../core/provider.ts'

const service = 'Okta'

export const OKTA_ROWS: readonly ExplainRow[] = [
  {
    service,
    code: 'invalid_client',
    text: 'client credentials requests to the org authorization server must use',
    means: 'for its own API Okta takes a key only, and no client secret',
    why: ['the client authenticates with a secret', 'a custom authorization server was meant'],
    fix: [
      '${at.client_auth} client_auth: private_key_jwt',
      '${at.token_endpoint} token_endpoint: https://ORG.okta.com/oauth2/default/v1/token, if that was meant',
    ],
    sent: ['client_id', 'client_auth', 'token_endpoint'],
  },
  {
    service,
    code: 'invalid_client',
    text: 'must be the endpoint invoked',
    means: 'aud of the client assertion is not the very URL that was called',
    why: ['the issuer stands there', 'the org URL for a custom authorization server'],
    fix: '${at.client_audience} client_audience: the token endpoint, letter by letter',
    suspects: ['audience'],
    sent: ['aud', 'token_endpoint'],
  },
  {
    service,
    code: 'invalid_client',
    text: 'expiration too far into the future',
    means: 'exp of the client assertion lies more than an hour ahead by the clock of Okta',
    why: ['the clock of this machine is fast', 'milliseconds where seconds are wanted'],
    fix: '${at.lifetime} lifetime: 5m',
    suspects: ['clock'],
    sent: ['iat', 'exp'],
  },
  {
    service,
    code: 'invalid_client',
    text: 'parsing of the client_assertion failed|client_assertion .{0,40}(signature|is not valid)',
    means: 'the client assertion cannot be read, or no key of the app fits its signature',
    why: [
      'the public half of the key is not stored with the app, or is inactive',
      'kid names none of its keys',
      'something else than a JWT was sent',
    ],
    fix: [
      'openssl pkey -in ${key_path} -pubout',
      '${at.key_id} key_id: the kid of that key among the Public Keys of the app',
    ],
    suspects: ['key'],
    sent: ['client_id', 'key_path', 'key_id'],
  },
  {
    service,
    code: 'invalid_scope',
    text: 'scopes are not configured for the authorization server',
    means: 'the authorization server has no such scope, or it is not granted to the app',
    why: [
      'okta.… scopes exist at the org server only',
      'the scope was not granted: Okta API Scopes',
    ],
    fix: '${at.scopes} scopes: those granted to the app, at the server that was called',
    suspects: ['scope'],
    sent: ['scopes', 'scope', 'token_endpoint'],
  },
  {
    service,
    code: ['E0000005', 'E0000011'],
    means: 'the token that came with the call is not valid: over, revoked, or of another org',
    why: ['an SSWS token unused for 30 days', 'a Bearer token where SSWS is wanted'],
    fix: 'tokentool get ${profile} -o header',
    sent: ['token_endpoint'],
  },
  {
    service,
    code: 'E0000006',
    means: 'the token is good, and whom it speaks for may not do this',
    why: ['an administrator role is missing on the app', 'a scope is missing in the token'],
    fix: '${at.scopes} scopes: the okta.… scope of the call, granted to the app',
    sent: ['client_id', 'scopes'],
  },
]
