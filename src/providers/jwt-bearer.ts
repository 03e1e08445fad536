import type { Provider } from '../core/provider.ts'
import { ALGORITHMS, CLIENT_AUTHS, JWT_BEARER } from './rfc.ts'
import { PLAIN_ROWS } from './rows/vendor-rows.ts'

/** Any service that takes RFC 7523 assertions: everything else is said by the profile. */
export const jwtBearer: Provider = {
  description: 'any token endpoint that takes a signed assertion (RFC 7523)',
  documentation: 'https://www.rfc-editor.org/rfc/rfc7523',
  fields: {
    token_endpoint: {
      type: 'url',
      default: '${key.token_uri?}',
      help: 'where the assertion goes; or authorization_server',
      example: 'https://id.example.com/token',
    },
    issuer: { type: 'text', default: '${key.issuer?}', help: 'iss', example: 'my-client' },
    subject: { type: 'text', help: 'sub', example: 'my-client' },
    audience: {
      type: 'text or list',
      default: '${token_endpoint}',
      help: 'aud; the token endpoint unless said',
    },
    scopes: { type: 'list', help: 'sent as the parameter scope' },
    client_auth: {
      type: 'text',
      default: 'none',
      help: 'how the client authenticates beside the assertion',
    },
  },
  assertion: {
    algorithms: ALGORITHMS,
    header: { alg: '${algorithm}', typ: 'JWT', kid: '${key.id?}', x5t: '${certificate.x5t?}' },
    claims: {
      iss: '${issuer?}',
      sub: '${subject?}',
      aud: '${audience}',
      iat: '${iat}',
      exp: '${exp}',
      jti: '${uuid}',
    },
    lifetime: 300,
    backdate: 10,
  },
  call: {
    url: '${token_endpoint}',
    in: 'form',
    params: {
      grant_type: JWT_BEARER,
      assertion: '${assertion}',
      scope: '${scopes|space?}',
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
