// What several services share because an RFC says so: names, ways of authenticating, error rows.

import type { Assertion, Overlay } from '../core/provider.ts'

export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const CLIENT_ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

const ASYMMETRIC = [
  'RS256',
  'ES256',
  'PS256',
  'EdDSA',
  'RS384',
  'RS512',
  'PS384',
  'PS512',
  'ES384',
  'ES512',
]
const SYMMETRIC = ['HS256', 'HS384', 'HS512']
export const ALGORITHMS = [...ASYMMETRIC, ...SYMMETRIC]

/** RFC 7523 section 3, as RFC 7591 clients send it. */
const CLIENT_ASSERTION: Assertion = {
  algorithms: ASYMMETRIC,
  header: { alg: '${algorithm}', typ: 'JWT', kid: '${key.id?}', x5t: '${certificate.x5t?}' },
  claims: {
    iss: '${client_id}',
    sub: '${client_id}',
    aud: '${client_audience}',
    iat: '${iat}',
    exp: '${exp}',
    jti: '${uuid}',
  },
  lifetime: 300,
  backdate: 10,
}

const CLIENT_AUDIENCE = {
  type: 'text or list',
  default: '${token_endpoint}',
  help: 'aud of the client assertion',
} as const

const ASSERTED = {
  client_assertion_type: CLIENT_ASSERTION_TYPE,
  client_assertion: '${client_assertion}',
}

const ID_REQUIRED = { type: 'text', required: true, help: 'the client' } as const
const SECRET_REQUIRED = {
  type: 'text',
  required: true,
  secret: true,
  help: "the client's secret",
  example: '${env:CLIENT_SECRET}',
} as const

/** The names are those of RFC 7591, token_endpoint_auth_method. */
export const CLIENT_AUTHS: Readonly<Record<string, Overlay>> = {
  client_secret_basic: {
    fields: {
      client_id: ID_REQUIRED,
      client_secret: SECRET_REQUIRED,
      // RFC 6749 2.3.1: both parts are form-encoded before base64
      credentials: {
        type: 'text',
        secret: true,
        default: '${client_id|urlencode}:${client_secret|urlencode}',
        help: 'id and secret',
      },
    },
    call: { headers: { Authorization: 'Basic ${credentials|base64}' } },
  },
  client_secret_post: {
    fields: { client_id: ID_REQUIRED, client_secret: SECRET_REQUIRED },
    call: { params: { client_id: '${client_id}', client_secret: '${client_secret}' } },
  },
  client_secret_jwt: {
    fields: {
      client_id: ID_REQUIRED,
      client_secret: SECRET_REQUIRED,
      client_audience: CLIENT_AUDIENCE,
    },
    client_assertion: {
      ...CLIENT_ASSERTION,
      algorithms: SYMMETRIC,
      key: '${client_secret}',
      header: { alg: '${algorithm}', typ: 'JWT' },
    },
    call: { params: ASSERTED },
  },
  private_key_jwt: {
    fields: { client_id: ID_REQUIRED, client_audience: CLIENT_AUDIENCE },
    client_assertion: CLIENT_ASSERTION,
    call: { params: ASSERTED },
  },
  tls_client_auth: {
    fields: {
      client_id: ID_REQUIRED,
      tls: {
        type: 'object',
        required: true,
        help: 'cert and key, or pfx: the certificate is the client',
      },
    },
    call: { params: { client_id: '${client_id}' } },
  },
  none: { call: { params: { client_id: '${client_id?}' } } },
}

export { RFC_ROWS } from './rows/rfc-rows.ts'
