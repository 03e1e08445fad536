// NetSuite, machine to machine. It says the codes of the RFC and nothing else.

import type { ExplainRow } from '../../../core/provider.ts'

const service = 'NetSuite'
const url = 'netsuite\\.com'

export const NETSUITE_ROWS: readonly ExplainRow[] = [
  {
    service,
    code: 'invalid_grant',
    url,
    means: 'the client assertion is not accepted, and nothing says why',
    why: [
      'alg is RS256: PS256 or ES256 is wanted',
      'kid is not the certificate id of the mapping, or the certificate has run out',
      'the user or role of the mapping lost its permission to log in with OAuth 2.0',
      'the clock of this machine is off',
    ],
    fix: [
      '${at.algorithm} algorithm: PS256',
      '${at.key_id} key_id: the certificate id under Setup, OAuth 2.0 Client Credentials (M2M) Setup',
    ],
    suspects: ['clock', 'key'],
    sent: ['client_id', 'key_id', 'algorithm', 'iat', 'exp'],
  },
  {
    service,
    code: ['invalid_client', 'unauthorized_client'],
    url,
    means: 'the account has no integration of this client id that may use client credentials',
    why: [
      'the integration is disabled, or Client Credentials is not ticked there',
      'it belongs to another account, or to a sandbox of it',
    ],
    fix: '${at.client_id} client_id: the one shown when the integration record was made',
    suspects: ['environment'],
    sent: ['client_id', 'token_endpoint'],
  },
  {
    service,
    code: ['invalid_request', 'invalid_scope'],
    url,
    means: 'a part of the request or of the assertion is not as NetSuite wants it',
    why: [
      'aud names another account: its id is in lower case there, with - for _ (123456-sb1)',
      'scope in the assertion is none of restlets, rest_webservices, suite_analytics',
      'exp lies more than an hour behind iat',
    ],
    fix: [
      '${at.token_endpoint} token_endpoint: https://ACCOUNT.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token',
      '${at.client_audience} client_audience: the same URL',
    ],
    suspects: ['environment'],
    sent: ['aud', 'scope', 'token_endpoint'],
  },
]
