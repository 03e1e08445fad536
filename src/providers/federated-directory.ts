import type { Provider } from '../core/provider.ts'
import { JWT_BEARER } from './rfc.ts'
import { FEDERATED_DIRECTORY_ROWS } from './rows/federated-directory-rows.ts'

export const federatedDirectory: Provider = {
  description: 'Federated Directory, with a directory key or an API key',
  documentation: 'https://docs.federated.directory',
  twin: 'federated-directory',
  environments: { production: { base_url: 'https://api.federated.directory' } },
  fields: {
    issuer: {
      type: 'text',
      required: true,
      help: 'the issuer that came with the key, ending in @fd',
      example: '51f1e656elkv31ypuyf1eeziawusl39k@fd',
    },
    scopes: {
      type: 'list',
      required: true,
      choices: ['directoryKey', 'admin'],
      help: 'directoryKey for a directory key, admin for an API key',
      example: ['directoryKey'],
    },
    audience: { type: 'text', default: 'key', help: 'always key' },
    token_endpoint: {
      type: 'url',
      default: '${base_url}/v2/Login/Oauth2/Token',
      help: 'where the assertion goes',
    },
  },
  assertion: {
    algorithms: ['RS256'],
    // no kid, iat, exp or jti: any of them makes the assertion of a 2048-bit key too long
    header: { alg: '${algorithm}', typ: 'JWT' },
    claims: { iss: '${issuer}', scope: '${scopes|list}', aud: '${audience}' },
  },
  limits: {
    assertion_length: [250, 500],
    claims: {
      scope: {
        type: 'list',
        filled: true,
        one_of: ['directoryKey', 'admin'],
        why: 'a key has one role: directoryKey for the key of a directory, admin for an API key',
        fix: 'scopes: - directoryKey',
      },
    },
  },
  call: {
    url: '${token_endpoint}',
    in: 'json',
    params: { grant_type: JWT_BEARER, assertion: '${assertion}' },
    headers: { Accept: 'application/json' },
  },
  answer: {
    error_text: ['detail', 'error_description', 'message', 'error'],
    error_code: ['scimType', 'error'],
  },
  explain: FEDERATED_DIRECTORY_ROWS,
  retry: { safe: true },
}
