// Codes met when a token is used, exchanged or checked, not when it is asked for.

import type { ExplainRow } from '../../core/provider.ts'

export const LIGHT_OAUTH2_RESOURCE_ROWS: readonly ExplainRow[] = [
  {
    code: ['ERR10000', 'ERR10002'],
    means: 'the Bearer token is missing, garbled, or signed by another issuer',
    fix: 'tokentool get ${profile} -o header',
    sent: ['token_endpoint'],
  },
  {
    code: 'ERR10001',
    means: 'the Bearer token is over; they are good for ten minutes by default',
    fix: 'tokentool get ${profile} -o header',
    suspects: ['clock'],
    sent: ['token_endpoint'],
  },
  {
    code: 'ERR10005',
    means: 'the Bearer token lacks a scope that this resource wants',
    fix: '${at.scopes} scopes: that scope as well, where ${client_id} has it',
    sent: ['scopes', 'client_id'],
  },
  {
    code: 'ERR12044',
    means: '${client_id} is not the client that may exchange this reference',
    fix: '${at.client_id} client_id: the deref client registered for the reference',
    sent: ['client_id'],
  },
  {
    code: ['ERR12045', 'ERR12046'],
    means: 'the reference, or the token behind it, is gone',
    fix: 'tokentool get ${profile}',
    sent: ['client_id'],
  },
  {
    code: ['ERR12030', 'ERR12017'],
    means: 'the key service has no key of that id',
    fix: 'take the kid from the header of the token; GET /oauth2/keys lists them all',
  },
]
