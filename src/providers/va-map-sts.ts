import type { Provider } from '../core/provider.ts'
import { VA_MAP_STS_ROWS } from './rows/va-map-sts-rows.ts'
import { VA_ENVIRONMENTS } from './va-environments.ts'

export const vaMapSts: Provider = {
  description: 'VA MAP STS, behind the token of a VA service account',
  documentation:
    'https://github.com/department-of-veterans-affairs/va.gov-team/tree/master/products/identity',
  twin: 'va-map-sts',
  environments: VA_ENVIRONMENTS,
  fields: {
    application: {
      type: 'text',
      required: true,
      help: 'the application as configured for MAP: chatbot, sign_up_service, check_in, appointments',
      example: 'chatbot',
    },
    token_endpoint: {
      type: 'url',
      default: '${base_url}/v0/map_services/${application}/token',
      help: 'where the token is exchanged',
    },
  },
  limits: {
    via: {
      required: true,
      claims: {
        'user_attributes.icn': {
          required: true,
          filled: true,
          why: 'MAP issues a token for one veteran, and reads whose from the token before it',
          fix: 'user_attributes: icn: ${env:ICN}',
        },
      },
      scopes: 'contained',
    },
  },
  call: {
    url: '${token_endpoint}',
    headers: { Authorization: 'Bearer ${via.access_token}', Accept: 'application/json' },
    needs: ['${token_endpoint}'],
  },
  answer: {
    expires_at: 'expiration',
    error_text: ['error_description', 'errors', 'errors.0.detail', 'errors.0.title', 'error'],
    error_code: ['error', 'errors.0.code'],
    request_id: 'header:x-request-id',
  },
  explain: VA_MAP_STS_ROWS,
  retry: {
    safe: true,
    never: [500],
    // 401 is a missing scope here; only this text means that a new token helps
    renew: { status: 403, text: 'access token has expired' },
  },
}
