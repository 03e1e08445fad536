import type { Provider } from '../core/provider.ts'
import { CLIENT_AUTHS } from './rfc.ts'
import { PLAIN_ROWS } from './rows/vendor-rows.ts'

/** Any service with the client credentials grant (RFC 6749 4.4). */
export const clientCredentials: Provider = {
  description: 'any token endpoint with a client id and secret, or a client key (RFC 6749)',
  documentation: 'https://www.rfc-editor.org/rfc/rfc6749#section-4.4',
  fields: {
    token_endpoint: {
      type: 'url',
      help: 'where the call goes; or authorization_server',
      example: 'https://id.example.com/token',
    },
    client_id: { type: 'text', help: 'the client', example: 'my-client' },
    client_secret: {
      type: 'text',
      secret: true,
      help: "the client's secret",
      example: '${env:CLIENT_SECRET}',
    },
    audience: { type: 'text or list', help: 'sent as the parameter audience' },
    scopes: { type: 'list', help: 'sent as the parameter scope' },
    client_auth: {
      type: 'text',
      default: 'client_secret_basic',
      help: 'how the client authenticates',
    },
  },
  call: {
    url: '${token_endpoint}',
    in: 'form',
    params: {
      grant_type: 'client_credentials',
      scope: '${scopes|space?}',
      audience: '${audience?}',
      resource: '${resource?}',
    },
    headers: { Accept: 'application/json' },
  },
  auths: CLIENT_AUTHS,
  answer: {
    extra: { refresh_token: 'refresh_token', id_token: 'id_token', instance_url: 'instance_url' },
  },
  explain: PLAIN_ROWS,
  retry: { safe: true },
}
