// What the error codes of RFC 6749, 6750, 7521, 7523, 8707 and 9449 mean, for services that say no
// more than that; the last word of every provider that has no better one.

import type { ExplainRow } from '../../core/provider.ts'
import { CLIENT_ROWS } from './rfc-client-rows.ts'
import { GRANT_ROWS } from './rfc-grant-rows.ts'

/** Whose word the rows below are: nobody's in particular. */
export const ANY_SERVICE = 'HTTP, any service'
export const RFC_SERVICE = 'RFC 6749, any service'

/** No service at all: what stands in front of it spoke. */
export const GATEWAY_ROWS: readonly ExplainRow[] = [
  {
    service: ANY_SERVICE,
    status: [502, 503, 504],
    means: 'the service is down or out of reach; a gateway in front of it answered in its place',
    why: [
      'an outage or a deployment, which passes',
      'a firewall, VPN or proxy on the way to the service',
    ],
    fix: 'try again in a minute; nothing in the profile has to change',
    class: 'unavailable',
    sent: ['token_endpoint'],
  },
]

const REQUEST_ROWS: readonly ExplainRow[] = [
  {
    code: 'unsupported_grant_type',
    means: 'no grant_type that this endpoint knows arrived there',
    why: [
      'the body is not in the form the service reads (a form by the RFC, JSON at some)',
      'the service does not offer this grant',
      'this is the endpoint of something else',
    ],
    fix: [
      'tokentool get ${profile} --dry-run',
      '${at.call.in} call: in: form, json or query, as the service wants it',
      '${at.token_endpoint} token_endpoint: as the service documents it',
    ],
    sent: ['token_endpoint', 'grant'],
  },
  {
    code: 'invalid_scope',
    means: 'a scope is unknown to the service, not granted to this client, or none was sent',
    why: [
      'a mistyped scope',
      'the client was never granted it',
      'commas where spaces are wanted, or a scope of another environment',
    ],
    fix: '${at.scopes} scopes: a part of those granted, each letter by letter',
    suspects: ['scope'],
    sent: ['scopes', 'scope', 'client_id'],
  },
  {
    code: 'invalid_target',
    means: 'the service issues no token for that resource or audience (RFC 8707)',
    why: [
      'the URL differs from the registered one, if only by a slash',
      'it is not allowed to this client',
    ],
    fix: [
      '${at.resource} resource: as registered, letter by letter',
      '${at.audience} audience: as registered, letter by letter',
    ],
    sent: ['resource', 'audience', 'client_id'],
  },
  {
    code: 'invalid_request',
    text: 'missing|required|must (be present|contain|include)|not provided|\\bempty\\b|\\bblank\\b',
    means: 'something that the service needs did not arrive there',
    why: [
      'a parameter of its own that the profile does not give',
      'the body is not in the form the service reads (a form by the RFC, JSON at some)',
    ],
    fix: [
      'tokentool get ${profile} --dry-run',
      '${at.call.params} call: params: NAME: VALUE',
      '${at.call.in} call: in: form, json or query, as the service wants it',
    ],
    sent: ['token_endpoint', 'grant', 'client_auth'],
  },
  {
    code: 'invalid_request',
    text: 'duplicate|repeated|more than once|multiple',
    means: 'something was sent twice, such as the client both in a header and in the body',
    fix: [
      '${at.client_auth} client_auth: one way of authenticating',
      '${at.call.params} call: params: nothing that the provider sends already',
    ],
    sent: ['client_auth', 'grant'],
  },
  {
    code: 'invalid_request',
    means:
      'the service cannot make sense of the request: a parameter is missing, repeated or malformed',
    why: [
      'the body is not in the form the service reads (a form by the RFC, JSON at some)',
      'the service wants a parameter of its own',
      'a value that the service cannot decode',
    ],
    fix: ['tokentool get ${profile} --dry-run', '${at.call.params} call: params: NAME: VALUE'],
    sent: ['token_endpoint', 'grant', 'client_auth'],
  },
  {
    code: 'access_denied',
    means: 'the request is understood, and a policy or a person says no',
    why: [
      'the client has not been granted this audience or scope',
      'a policy forbids it: network, device, time of day',
      'wrong credentials: some services say it this way',
    ],
    fix: 'ask whoever administers the service what this client may do',
    sent: ['client_id', 'iss', 'sub', 'audience', 'scopes'],
  },
  {
    code: 'invalid_token',
    means: 'the token that came with this call is malformed, over, revoked, or of another issuer',
    fix: 'tokentool get ${profile}',
    sent: ['token_endpoint'],
  },
  {
    code: 'insufficient_scope',
    means: 'the token that came with this call lacks a scope for it',
    fix: 'name that scope in the profile the token comes from',
    sent: ['token_endpoint'],
  },
  {
    code: 'temporarily_unavailable',
    means: 'the service is overloaded or under maintenance and says so itself',
    fix: 'try again in a minute',
    class: 'unavailable',
    sent: ['token_endpoint'],
  },
  {
    code: 'server_error',
    means: 'the service ran into a fault of its own',
    why: ['an outage, which passes', 'a value it did not expect and did not check'],
    fix: 'try again in a minute; when it stays, hand the request id to the service',
    class: 'unavailable',
    sent: ['token_endpoint', 'iss', 'client_id'],
  },
  {
    code: 'use_dpop_nonce',
    means:
      'the service binds its tokens to a key (DPoP, RFC 9449), and tokentool makes no such proofs',
    fix: 'have the client registered for plain bearer tokens',
    sent: ['client_id'],
  },
  {
    code: 'invalid_dpop_proof',
    means: 'the DPoP proof is missing or does not hold (RFC 9449), and tokentool makes none',
    why: [
      'the client is registered for tokens bound to a key',
      'a DPoP header of the profile is not made anew for each request',
    ],
    fix: 'have the client registered for plain bearer tokens',
    sent: ['client_id'],
  },
]

const CODE_ROWS = [...GRANT_ROWS, ...CLIENT_ROWS, ...REQUEST_ROWS]

export const RFC_ROWS: readonly ExplainRow[] = [
  ...CODE_ROWS.map((row) => ({ service: RFC_SERVICE, ...row })),
  ...GATEWAY_ROWS,
]
