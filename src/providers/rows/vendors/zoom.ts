// Zoom, server-to-server OAuth. Its words stand in reason.

import type { ExplainRow } from '../../../core/provider.ts'

const service = 'Zoom'

export const ZOOM_ROWS: readonly ExplainRow[] = [
  {
    service,
    code: 'invalid_client',
    text: '^invalid client_id or client_secret',
    means: 'no app of Zoom has this id and secret; a 400 is said for it as well as a 401',
    why: ['the secret was regenerated', 'id and secret of two apps are mixed up'],
    fix: [
      '${at.client_id} client_id: of the app, under App Credentials in the Marketplace',
      '${at.client_secret} client_secret: the one that stands beside it',
    ],
    suspects: ['account'],
    sent: ['client_id', 'client_auth'],
  },
  {
    service,
    code: 'invalid_request',
    text: '^account does not exist',
    means: 'account_id is none of Zoom',
    why: [
      'it did not arrive',
      'the account number stands there: the account ID of the app is wanted',
    ],
    fix: '${at.call.params} call: params: account_id: the account ID under App Credentials',
    sent: ['client_id', 'token_endpoint'],
  },
  {
    service,
    code: 'invalid_request',
    text: '^account does not enabled? the oauth app type',
    means: 'the account, or the app in it, is not set up for server-to-server OAuth',
    why: ['the app is of another type', 'the app has been deactivated'],
    fix: 'in the Marketplace: an app of the type Server-to-Server OAuth, and activate it',
    sent: ['client_id', 'token_endpoint'],
  },
  {
    service,
    code: 'unsupported_grant_type',
    url: 'zoom\\.us',
    means: 'grant_type is account_credentials here, for an app without users',
    why: ['client_credentials is for chatbots only', 'the app is not of the server-to-server type'],
    fix: '${at.call.params} call: params: grant_type: account_credentials, and account_id',
    sent: ['client_id', 'token_endpoint'],
  },
]
