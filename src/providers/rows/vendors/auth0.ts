// Auth0, client credentials.

import type { ExplainRow } from '../../../core/provider.ts'

const service = 'Auth0'

export const AUTH0_ROWS: readonly ExplainRow[] = [
  {
    service,
    code: 'access_denied',
    text: 'client is not authorized to access',
    means: 'the application has no grant for this API',
    why: ['nobody has authorised it', 'it was authorised in another tenant'],
    fix: 'in the dashboard: APIs, the API, Machine to Machine Applications, authorise it',
    suspects: ['environment'],
    sent: ['client_id', 'audience', 'token_endpoint'],
  },
  {
    service,
    code: 'access_denied',
    text: '^service not found:',
    means: 'the tenant has no API by this audience',
    why: ['a slash too many or too few: it is compared letter by letter', 'another tenant'],
    fix: '${at.audience} audience: the identifier of the API, letter by letter',
    suspects: ['environment'],
    sent: ['audience', 'token_endpoint'],
  },
  {
    service,
    status: 401,
    code: 'access_denied',
    text: '^unauthorized$',
    means: 'the client id is unknown to the tenant of Auth0, or the secret is wrong',
    why: ['the secret was rotated', 'the application belongs to another tenant'],
    fix: [
      '${at.client_id} client_id: of an application of this tenant',
      '${at.client_secret} client_secret: the one in force',
    ],
    suspects: ['account', 'environment'],
    sent: ['client_id', 'token_endpoint'],
  },
  {
    service,
    code: 'invalid_client',
    text: '\\bexp\\b|expir|life.?time|\\bjti\\b',
    url: 'auth0\\.com',
    means: 'the client assertion lives longer than 5 minutes, is over, or its jti was seen before',
    why: ['exp lies more than 300 seconds behind iat', 'the clock of this machine is off'],
    fix: '${at.lifetime} lifetime: 60s',
    suspects: ['clock'],
    sent: ['iat', 'exp', 'jti'],
  },
]
