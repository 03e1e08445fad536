// The gateway's codes are LSSSNN: the layer that speaks (2 the gateway, 1 and 3 what is behind it),
// the HTTP status, a number. Codes nobody has published are told by their status.

import type { ExplainRow } from '../../core/provider.ts'
import { JSON_ROWS, QUERY_ROWS } from './firstvision-contract-rows.ts'
import { GATEWAY_ROWS } from './rfc-rows.ts'

/** 240101 says everything from a wrong secret to an old token: what it means stands in the details. */
const UNAUTHORIZED_ROWS: readonly ExplainRow[] = [
  {
    status: 401,
    text: 'token is expired',
    means: 'a Bearer token that came with the call is over; a token call should carry none',
    fix: '${at.call.headers} call: headers: nothing that the provider sends itself',
    sent: ['token_endpoint', 'client_id'],
  },
  {
    status: 401,
    text: 'client credentials',
    means:
      'id, secret, scope or grant: one of them does not hold, and the service does not say which',
    why: [
      'a scope is not assigned to this client',
      'the secret is wrong, or was changed',
      'the client belongs to another region or stage than ${base_url}',
      'this server speaks the other contract (firstvision-query, firstvision-json)',
    ],
    fix: [
      'tokentool get ${profile} --scope ONE',
      'one scope at a time tells a wrong scope from a wrong secret',
      '${at.client_secret} client_secret: the one in force for ${client_id}',
      '${at.scopes} scopes: those assigned to ${client_id}',
    ],
    suspects: ['account'],
    sent: ['client_id', 'scopes', 'token_endpoint'],
  },
  {
    code: ['240101', '140106', 'AGT401UA'],
    means: 'the service does not accept this client, and does not say why',
    why: [
      'the secret is wrong, or was changed',
      'the client belongs to another region or stage than ${base_url}',
      'a scope is not assigned to this client',
    ],
    fix: '${at.client_secret} client_secret: the one in force for ${client_id}',
    suspects: ['account'],
    sent: ['client_id', 'scopes', 'token_endpoint'],
  },
]

const FIELD_ROWS: readonly ExplainRow[] = [
  {
    code: ['240008', '240009', '240010'],
    means: 'a field is missing, of the wrong type, or too long; the details name it',
    why: [
      'a scope that /v1 does not know (cards), or /v2 wants with its product (firstvision.cards)',
      'all scopes together are longer than the 50 or 100 characters it takes',
      'this server speaks the other contract (firstvision-query, firstvision-json)',
    ],
    fix: 'tokentool get ${profile} --dry-run',
    sent: ['client_id', 'scopes', 'token_endpoint'],
  },
  {
    code: '240001',
    means: 'the client exists, but was never set up for tokens',
    fix: 'ask Fiserv to provision ${client_id}',
    suspects: ['account'],
    sent: ['client_id', 'token_endpoint'],
  },
  {
    code: '240011',
    means: 'a header is missing that this service wants; the details name it',
    fix: '${at.call.headers} call: headers: NAME: VALUE',
    sent: ['token_endpoint'],
  },
]

const PLACE_ROWS: readonly ExplainRow[] = [
  {
    code: '240401',
    means: 'the host answers, but has no such path or version',
    why: ['base_url lacks a part, such as /sandbox', 'this instance has only the other version'],
    fix: '${at.base_url} base_url: as in the documentation of your region, without /v1',
    sent: ['token_endpoint'],
  },
  {
    code: '240501',
    means: 'the service takes another method here',
    why: ['the recipes of mid-2022 say GET; it has been POST since'],
    fix: '${at.call.method} call: method: POST',
    sent: ['token_endpoint'],
  },
]

const STATUS_ROWS: readonly ExplainRow[] = [
  {
    code: '250001',
    means: 'the gateway ran into a fault of its own',
    fix: 'try again later; when it stays, tell Fiserv the correlation id',
    sent: ['correlation_id', 'token_endpoint'],
  },
  {
    code: '250301',
    means: 'the gateway is up, the service behind it is not',
    fix: 'try again in a minute',
    sent: ['token_endpoint'],
  },
  {
    code: ['340001', 'AGT400BR'],
    means: 'the request was refused as malformed, without a word on what is wrong with it',
    fix: 'tokentool get ${profile} --dry-run',
    sent: ['client_id', 'scopes', 'token_endpoint'],
  },
]

/** By their status, which the codes hold as well: an unpublished one is told by it. */
const FAMILIES: readonly (readonly [code: string, status: readonly number[], row: ExplainRow])[] = [
  [
    '^[123]4(00|15|22)\\d\\d$',
    [400, 415, 422],
    {
      means:
        'the request is not as this contract wants it; a code with 2 in front comes from the gateway',
      why: [
        'the details name a field or header',
        'this server speaks the other contract (firstvision-query, firstvision-json)',
      ],
      fix: 'tokentool get ${profile} --dry-run',
      sent: ['client_id', 'scopes', 'token_endpoint'],
    },
  ],
  [
    '^[123]40[13]\\d\\d$',
    [401, 403],
    {
      means:
        'the client is not let in; a code with 2 in front comes from the gateway, 1 and 3 from behind it',
      fix: '${at.client_secret} client_secret: the one in force for ${client_id}',
      suspects: ['account'],
      sent: ['client_id', 'scopes', 'token_endpoint'],
    },
  ],
  [
    '^[123]40[45]\\d\\d$',
    [404, 405],
    {
      means: 'nothing takes a token request at this URL',
      fix: '${at.base_url} base_url: as in the documentation of your region, without /v1',
      sent: ['token_endpoint'],
    },
  ],
  [
    '^[123]500\\d\\d$',
    [500],
    {
      means:
        'the service ran into a fault; a code with 2 in front is the gateway, 1 and 3 what is behind',
      fix: 'try again later; when it stays, tell Fiserv the correlation id',
      sent: ['correlation_id', 'token_endpoint'],
    },
  ],
]

const FAMILY_ROWS: readonly ExplainRow[] = [
  ...FAMILIES.map(([code_pattern, , row]) => ({ code_pattern, ...row })),
  ...FAMILIES.map(([, status, row]) => ({ status, ...row })),
]

const SHARED_ROWS = [
  ...UNAUTHORIZED_ROWS,
  ...FIELD_ROWS,
  ...PLACE_ROWS,
  ...STATUS_ROWS,
  ...FAMILY_ROWS,
  ...GATEWAY_ROWS,
]

export const FIRSTVISION_QUERY_ROWS: readonly ExplainRow[] = [...QUERY_ROWS, ...SHARED_ROWS]
export const FIRSTVISION_JSON_ROWS: readonly ExplainRow[] = [...JSON_ROWS, ...SHARED_ROWS]
