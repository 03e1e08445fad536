// eBay, client credentials.

import type { ExplainRow } from '../../../core/provider.ts'

const service = 'eBay'
const url = 'ebay\\.com'

export const EBAY_ROWS: readonly ExplainRow[] = [
  {
    service,
    code: 'invalid_client',
    url,
    means: 'this host knows no app by this id and secret',
    why: [
      'keys of the sandbox (SBX) at api.ebay.com, or productive ones (PRD) at api.sandbox.ebay.com',
      'the secret (Cert ID) was rotated',
    ],
    fix: [
      '${at.client_id} client_id: the App ID of the keyset for ${token_endpoint}',
      '${at.client_secret} client_secret: the Cert ID of the same keyset',
    ],
    suspects: ['environment', 'account'],
    sent: ['client_id', 'token_endpoint'],
  },
  {
    service,
    code: 'invalid_scope',
    url,
    means: 'a scope is mistyped, or not granted to the app; eBay grants each one by hand',
    why: [
      'scopes are URLs: https://api.ebay.com/oauth/api_scope, for the sandbox as well',
      'a scope for users was asked for without a user',
    ],
    fix: '${at.scopes} scopes: those under OAuth Scopes of the keyset, letter by letter',
    sent: ['scopes', 'client_id', 'token_endpoint'],
  },
]
