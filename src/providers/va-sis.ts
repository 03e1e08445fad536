import type { Provider } from '../core/provider.ts'
import { JWT_BEARER } from './rfc.ts'
import { VA_SIS_ROWS } from './rows/va-sis-rows.ts'
import { VA_ENVIRONMENTS } from './va-environments.ts'

export const vaSis: Provider = {
  description: 'VA Sign-in Service, service accounts',
  documentation:
    'https://github.com/department-of-veterans-affairs/va.gov-team/tree/master/products/identity',
  twin: 'va-sis',
  environments: VA_ENVIRONMENTS,
  fields: {
    service_account_id: {
      type: 'text',
      required: true,
      help: 'the id of the service account, registered per environment',
      example: '88a6d94a3182fd63279ea5565f26bcb4',
    },
    issuer: {
      type: 'text',
      required: true,
      help: "the account's access_token_audience (its id is taken too)",
      example: 'https://chat.example',
    },
    subject: {
      type: 'text',
      required: true,
      help: 'who asks: an e-mail address, an ICN, the name of the application',
      example: 'chatbot@example.gov',
    },
    audience: {
      type: 'text or list',
      // of the environment, whatever address the call is sent to: the service compares it literally
      default: '${base_url}/v0/sign_in/token',
      help: 'the token URL as the service knows it',
    },
    token_endpoint: {
      type: 'url',
      default: '${base_url}/v0/sign_in/token',
      help: 'where the assertion goes',
    },
    scopes: {
      type: 'list',
      help: 'URLs exactly as registered for the account',
      example: ['${base_url}/v0/map_services/chatbot/token'],
    },
    user_attributes: {
      type: 'object',
      help: 'about the user; icn where a MAP token is to follow',
      secret: true,
    },
  },
  assertion: {
    algorithms: ['RS256'],
    header: { typ: 'JWT', alg: '${algorithm}', kid: '${key_id?}' },
    claims: {
      iss: '${issuer}',
      sub: '${subject}',
      aud: '${audience}',
      // the service allows its own clock no leeway: one second ahead is refused
      iat: '${iat}',
      exp: '${exp}',
      jti: '${uuid}',
      service_account_id: '${service_account_id}',
      scopes: '${scopes|list?}',
      user_attributes: '${user_attributes?}',
    },
    lifetime: 300,
    backdate: 10,
  },
  limits: {
    lifetime: 300,
    claims: {
      iss: { required: true, type: 'text', filled: true },
      sub: {
        required: true,
        type: 'text',
        filled: true,
        why: 'the service answers an empty sub with a 500, which looks like an outage',
        fix: 'subject: an e-mail address or the name of the application',
      },
      service_account_id: {
        required: true,
        type: 'text',
        filled: true,
        why: 'an unset variable is the usual reason for an empty id',
        fix: 'service_account_id: the id registered for this environment',
      },
      user_attributes: {
        type: 'object',
        why: 'the service answers anything but an object with a 500, which looks like an outage',
        fix: 'user_attributes: a mapping, such as icn: ${env:ICN}',
      },
    },
  },
  call: {
    url: '${token_endpoint}',
    in: 'form',
    params: { grant_type: JWT_BEARER, assertion: '${assertion}' },
    headers: { Accept: 'application/json' },
  },
  answer: {
    token: ['data.access_token', 'access_token'],
    error_text: ['errors', 'errors.0.detail', 'errors.0.title', 'error_description', 'error'],
    error_code: ['errors.0.code', 'error'],
    request_id: 'header:x-request-id',
  },
  explain: VA_SIS_ROWS,
  retry: { safe: true, never: [500] },
  jwks: '${base_url}/sign_in/openid_connect/certs',
}
