// Codes that mean one thing to the contract of September 2022 and another to its successor: most
// of them say that the server speaks the other one.

import type { ExplainRow } from '../../core/provider.ts'

const BEARER = 'bearer token is (missing|invalid)'

const OTHER_CONTRACT = {
  means:
    'the gateway looked for a Bearer token, so it speaks the JSON contract or is no token call',
  why: [
    'since November 2022 id and secret stand in a JSON body, and Basic is not read any more',
    'the path is that of another call of the API',
  ],
  fix: [
    '${at.provider} provider: firstvision-json',
    '${at.token_endpoint} token_endpoint: ${base_url}/v1/api/oauth/token',
  ],
  sent: ['token_endpoint', 'client_id'],
}

export const QUERY_ROWS: readonly ExplainRow[] = [
  { ...OTHER_CONTRACT, code: ['240003', '240004'] },
  { ...OTHER_CONTRACT, code: '240101', text: BEARER },
  {
    code: '240002',
    means: 'no Authorization header arrived',
    why: ['a proxy on the way dropped it', 'the profile takes it out'],
    fix: 'tokentool get ${profile} --dry-run',
    sent: ['client_id', 'token_endpoint'],
  },
  {
    code: ['240005', '240006', '240007'],
    means: 'this server wants a body, so it speaks the JSON contract of November 2022',
    fix: '${at.provider} provider: firstvision-json',
    sent: ['token_endpoint'],
  },
  {
    code: ['241501', '241502', '241503', '241504', 'AGT415UMT'],
    means: 'the gateway insists on a content type, even where the body is empty',
    why: [
      'the body is empty, as this contract has it, and nothing says its type',
      'this server speaks the JSON contract of November 2022',
    ],
    fix: [
      '${at.content_type} content_type: application/json',
      '${at.provider} provider: firstvision-json',
    ],
    sent: ['content_type', 'token_endpoint'],
  },
]

const OTHER_CALL = {
  means: 'the gateway looked for a Bearer token: what answers at this URL does not issue any',
  fix: '${at.token_endpoint} token_endpoint: ${base_url}/${version}/api/oauth/token',
  sent: ['token_endpoint', 'version'],
}

export const JSON_ROWS: readonly ExplainRow[] = [
  { ...OTHER_CALL, code: ['240003', '240004'] },
  { ...OTHER_CALL, code: '240101', text: BEARER },
  {
    code: ['240009', '240010', '240008'],
    text: 'appcontext',
    means: 'the /v2 of this service wants to know the product: appContext',
    fix: '${at.app_context} app_context: firstvision, or aplus',
    sent: ['version', 'app_context', 'scopes'],
  },
  {
    code: '240002',
    means:
      'this server wants id and secret in a header, so it speaks the contract from before November 2022',
    fix: '${at.provider} provider: firstvision-query',
    sent: ['client_id', 'token_endpoint'],
  },
  {
    code: ['240005', '240006', '240007'],
    means: 'the JSON body did not arrive as it was sent',
    why: [
      'a proxy on the way dropped or changed it',
      'the profile lays another form over the call',
    ],
    fix: ['tokentool get ${profile} --dry-run', '${at.call.in} call: in: json'],
    sent: ['token_endpoint'],
  },
  {
    code: ['241501', '241502', '241503', '241504', 'AGT415UMT'],
    means: 'the content type is not the one this client may send',
    why: [
      'the profile lays another form over the call',
      'the client is set up for application/octet-stream',
    ],
    fix: '${at.call.in} call: in: json',
    sent: ['token_endpoint'],
  },
]
