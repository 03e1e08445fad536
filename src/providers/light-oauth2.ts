import type { Provider } from '../core/provider.ts'
import {
  LIGHT_OAUTH2_BOOTSTRAP_ROWS,
  LIGHT_OAUTH2_PASSWORD_ROWS,
  LIGHT_OAUTH2_ROWS,
} from './rows/light-oauth2-rows.ts'

const REFRESH = { extra: { refresh_token: 'refresh_token', remember: 'remember' } }

export const lightOauth2: Provider = {
  description: 'networknt light-oauth2',
  documentation: 'https://doc.networknt.com/service/oauth/',
  twin: 'light-oauth2',
  fields: {
    base_url: {
      type: 'url',
      default: 'https://localhost:6882',
      help: 'the token service',
    },
    token_endpoint: {
      type: 'url',
      default: '${base_url}/oauth2/token',
      help: 'where the call goes',
    },
    client_id: {
      type: 'text',
      required: true,
      help: 'the client',
      example: 'f7d42348-c647-4efb-a52d-4c5787421e72',
    },
    client_secret: {
      type: 'text',
      required: true,
      secret: true,
      help: 'its secret: every client has one, public ones too',
      example: '${env:CLIENT_SECRET}',
    },
    scopes: { type: 'list', help: 'a part of those registered; all of them when left out' },
    grant: { type: 'text', default: 'client_credentials', help: 'the grant' },
    client_auth: { type: 'text', default: 'basic', help: 'basic, basic_raw or post' },
  },
  call: {
    url: '${token_endpoint}',
    in: 'form',
    params: { grant_type: '${grant}', scope: '${scopes|space?}' },
    headers: { Accept: 'application/json' },
  },
  auths: {
    basic: {
      // no percent-encoding of the parts, whatever RFC 6749 says: the server never decodes it
      fields: {
        credentials: {
          type: 'text',
          secret: true,
          default: '${client_id}:${client_secret}',
          help: 'id and secret',
        },
      },
      call: { headers: { Authorization: 'Basic ${credentials|base64}' } },
    },
    basic_raw: {
      call: { headers: { Authorization: 'Basic ${client_id}:${client_secret}' } },
    },
    post: {
      call: { params: { client_id: '${client_id}', client_secret: '${client_secret}' } },
    },
  },
  grants: {
    client_credentials: {},
    authorization_code: {
      fields: {
        code: {
          type: 'text',
          required: true,
          secret: true,
          help: 'the code in hand; it is good for one try',
        },
        redirect_uri: {
          type: 'text',
          help: 'exactly as sent with the request for the code, if it was',
        },
        code_verifier: { type: 'text', secret: true, help: 'PKCE: 43 to 128 characters' },
      },
      call: {
        params: {
          code: '${code}',
          redirect_uri: '${redirect_uri?}',
          code_verifier: '${code_verifier?}',
          scope: null,
        },
      },
      answer: REFRESH,
      // the code is used up before anything else is checked
      retry: { safe: false },
    },
    password: {
      fields: {
        username: { type: 'text', required: true, help: 'the user' },
        password: { type: 'text', required: true, secret: true, help: 'the password' },
        user_type: { type: 'text', help: 'the type of the user, as registered' },
      },
      call: {
        params: { username: '${username}', password: '${password}', user_type: '${user_type?}' },
      },
      answer: REFRESH,
      explain: LIGHT_OAUTH2_PASSWORD_ROWS,
      retry: { safe: false },
    },
    refresh_token: {
      fields: {
        refresh_token: {
          type: 'text',
          required: true,
          secret: true,
          help: 'the newest refresh token',
        },
      },
      call: { params: { refresh_token: '${refresh_token}' } },
      answer: REFRESH,
      // the old token is removed before it is checked
      retry: { safe: false },
    },
    client_authenticated_user: {
      fields: {
        user_id: { type: 'text', required: true, help: 'the user that the client vouches for' },
        user_type: { type: 'text', required: true, help: 'the type of the user' },
        roles: { type: 'text', help: 'roles, with spaces between them' },
      },
      call: { params: { userId: '${user_id}', userType: '${user_type}', roles: '${roles?}' } },
      answer: REFRESH,
    },
    bootstrap_token: { explain: LIGHT_OAUTH2_BOOTSTRAP_ROWS },
  },
  answer: {
    error_code: 'code',
    error_text: ['description', 'message'],
    // errors raised inside a grant are glued together unescaped: a quote in an id breaks the JSON
    error_pattern: '"code":"(?<code>ERR\\d+)".*?"description":"(?<text>.*?)"(?:,"severity"|\\}|$)',
  },
  explain: LIGHT_OAUTH2_ROWS,
  retry: { safe: true },
}
