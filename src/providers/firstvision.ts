import type { Answer, Field, Provider } from '../core/provider.ts'
import { FIRSTVISION_JSON_ROWS, FIRSTVISION_QUERY_ROWS } from './rows/firstvision-rows.ts'

const SHARED_FIELDS: Readonly<Record<string, Field>> = {
  base_url: {
    type: 'url',
    required: true,
    help: 'the host of your region',
    example: 'https://stg34.visionplus.io/sandbox',
  },
  client_id: { type: 'text', required: true, help: 'the client', example: 'POC_CLIENT' },
  client_secret: {
    type: 'text',
    required: true,
    secret: true,
    help: "the client's secret",
    example: '${env:CLIENT_SECRET}',
  },
  scopes: {
    type: 'list',
    required: true,
    help: 'accounts auth bnpl cards customers loans loyalty misc products users all',
    example: ['cards'],
  },
}

const SHARED_ANSWER: Answer = {
  error_code: ['*.errorCode', 'errorCode'],
  error_text: ['*.title', '*.detail', 'errorMessage', 'title'],
  error_details: ['*.invalid-params.*', 'invalid-params.*'],
  request_id: ['header:x-client-correlation-id', 'header:x-request-id'],
}

/** The contract of September 2022: everything in the query, Basic, an expiry that is an instant. */
export const firstvisionQuery: Provider = {
  description: 'Fiserv FirstVision, the query contract (until November 2022)',
  documentation: 'https://github.com/Fiserv/firstvision-apac',
  twin: 'firstvision',
  fields: {
    ...SHARED_FIELDS,
    token_endpoint: {
      type: 'url',
      default: '${base_url}/v1/api/oauth/token',
      help: 'where the call goes',
    },
    credentials: {
      type: 'text',
      secret: true,
      default: '${client_id}:${client_secret}',
      help: 'id and secret',
    },
    correlation_id: { type: 'text', help: 'sent along and echoed by the service' },
    content_type: { type: 'text', help: 'for the empty body, where a gateway insists on one' },
  },
  call: {
    url: '${token_endpoint}',
    in: 'query',
    params: { grant_type: 'client_credentials', scope: '${scopes|space}' },
    headers: {
      Authorization: 'Basic ${credentials|base64}',
      Accept: 'application/json',
      'Content-Type': '${content_type?}',
      correlationId: '${correlation_id?}',
    },
  },
  answer: SHARED_ANSWER,
  explain: FIRSTVISION_QUERY_ROWS,
  retry: { safe: true },
}

/** The contract since November 2022: JSON, relative expiry; /v2 where an appContext is given. */
export const firstvisionJson: Provider = {
  description: 'Fiserv FirstVision, the JSON contract (since November 2022)',
  documentation: 'https://github.com/Fiserv/firstvision-apac',
  twin: 'firstvision',
  fields: {
    ...SHARED_FIELDS,
    version: {
      type: 'text',
      default: 'v1',
      choices: ['v1', 'v2'],
      help: 'v2 wants an app_context, and scopes such as firstvision.cards',
    },
    app_context: { type: 'text', choices: ['firstvision', 'aplus'], help: 'of v2' },
    token_endpoint: {
      type: 'url',
      default: '${base_url}/${version}/api/oauth/token',
      help: 'where the call goes',
    },
    correlation_id: { type: 'text', help: 'sent along and echoed by the service' },
  },
  call: {
    url: '${token_endpoint}',
    in: 'json',
    params: {
      grant_type: 'client_credentials',
      scope: '${scopes|space}',
      client_id: '${client_id}',
      client_secret: '${client_secret}',
    },
    query: { appContext: '${app_context?}' },
    headers: { Accept: 'application/json', 'x-client-correlation-id': '${correlation_id?}' },
  },
  answer: SHARED_ANSWER,
  explain: FIRSTVISION_JSON_ROWS,
  retry: { safe: true },
}
