// The service's own table of codes. Its statuses mislead (404 for an unknown client, 500 for an
// unknown user), so rows go by the code alone.

import type { ExplainRow } from '../../core/provider.ts'
import { LIGHT_OAUTH2_RESOURCE_ROWS } from './light-oauth2-resource-rows.ts'
import { LIGHT_OAUTH2_USER_ROWS } from './light-oauth2-user-rows.ts'
import { GATEWAY_ROWS } from './rfc-rows.ts'

const CLIENT_ROWS: readonly ExplainRow[] = [
  {
    code: 'ERR12014',
    means:
      'no client ${client_id} is registered there; the URL is right, whatever a 404 says elsewhere',
    why: ['client_id is mistyped', 'it is registered in another environment'],
    fix: '${at.client_id} client_id: as registered at ${token_endpoint}',
    suspects: ['environment'],
    class: 'refused',
    sent: ['client_id', 'token_endpoint'],
  },
  {
    code: 'ERR12007',
    means: 'the client is known and its secret is not the right one',
    why: [
      'a line break or quote came along when it was copied',
      'the secret of another client or environment',
      'it was percent-encoded before base64, which the service does not undo',
    ],
    fix: [
      '${at.client_secret} client_secret: the one that was shown when ${client_id} was registered',
      'a lost one cannot be read back: have the client registered anew',
    ],
    suspects: ['account'],
    sent: ['client_id', 'client_auth'],
  },
  {
    code: 'ERR12002',
    means: 'the client did not say who it is: no Authorization header, nor both fields in the form',
    why: ['client_id or client_secret is empty', 'a proxy on the way dropped the header'],
    fix: ['tokentool get ${profile} --dry-run', 'tokentool get ${profile} -s client_auth=post'],
    sent: ['client_id', 'client_auth'],
  },
  {
    code: 'ERR12003',
    means:
      'the Authorization header is not Basic, or its id or secret is blank; the form is not read then',
    why: ['the profile lays a Bearer header over the call', 'client_id or client_secret is empty'],
    fix: '${at.call.headers} call: headers: Authorization: as the provider sends it',
    sent: ['client_id', 'client_auth'],
  },
  {
    code: 'ERR12004',
    means: 'what stands behind Basic is no id:secret once it is decoded',
    fix: '${at.credentials} credentials: leave it out, client_id and client_secret make it up',
    sent: ['client_id', 'client_auth'],
  },
  {
    code: 'ERR12027',
    means: 'a scope is not among those of the client, or of the refresh token that is renewed',
    why: ['a mistyped scope', 'the client was never granted it'],
    fix: [
      '${at.scopes} scopes: a part of those registered for ${client_id}',
      'without scopes the service grants all that are registered',
    ],
    sent: ['scopes', 'client_id'],
  },
  {
    code: 'ERR10043',
    means: 'the registration of ${client_id} names an authenticator that the server does not have',
    fix: 'have the administrator mend authenticateClass of the client',
    sent: ['client_id'],
  },
]

const REQUEST_ROWS: readonly ExplainRow[] = [
  {
    code: 'ERR12001',
    means: 'the service has no grant ${grant}; it has six, though its own text names two',
    fix: '${at.grant} grant: client_credentials, authorization_code, password, refresh_token, client_authenticated_user or bootstrap_token',
    sent: ['grant', 'client_id'],
  },
  {
    code: ['ERR12000', 'ERR10015', 'ERR11004'],
    means: 'the service reads a form only, and what arrived was none',
    why: [
      'the profile sends JSON or a query (the OpenAPI file of the service is wrong about this)',
      'a proxy on the way dropped the body or its content type',
    ],
    fix: '${at.call.in} call: in: form',
    sent: ['grant', 'token_endpoint'],
  },
  {
    code: ['ERR11000', 'ERR11001', 'ERR11014', 'ERR11017'],
    means: 'the validator in front of the service misses a parameter, a header or the body',
    why: ['older servers take the client from the Authorization header only'],
    fix: ['tokentool get ${profile} --dry-run', 'tokentool get ${profile} -s client_auth=basic'],
    sent: ['client_auth', 'token_endpoint'],
  },
  {
    code: ['ERR10007', 'ERR10008', 'ERR10048'],
    means: 'nothing takes a token request at this URL',
    why: [
      'the port is that of another service of the family: tokens are at 6882',
      'the path is wrong',
    ],
    fix: '${at.token_endpoint} token_endpoint: ${base_url}/oauth2/token',
    sent: ['token_endpoint'],
  },
  {
    code: ['ERR12055', 'ERR12056', 'ERR12057'],
    means: 'this is a token exchange, and subject_token or its type is missing or of another sort',
    fix: '${at.call.params} call: params: subject_token and subject_token_type',
    sent: ['grant', 'token_endpoint'],
  },
]

const SERVER_ROWS: readonly ExplainRow[] = [
  {
    code: 'ERR10010',
    means: 'the service fell over the request: that is how it refuses what it did not expect',
    why: [
      'the Authorization header is nothing but Basic, or even shorter',
      'a parameter of the grant is missing',
      'its cache or database was never started: then every call ends so',
    ],
    fix: 'tokentool get ${profile} --dry-run',
    class: 'refused',
    sent: ['grant', 'client_id', 'client_auth'],
  },
  {
    code: 'ERR10014',
    means: 'the service could not make the token',
    why: [
      'its keystore is missing or broken',
      'the custom claims registered for the client are no JSON',
      'the client has no scopes registered, and none was asked for',
    ],
    fix: 'have the administrator look at the client and at the log of the server',
    sent: ['client_id', 'scopes'],
  },
  {
    code: ['ERR12005', 'ERR10011', 'ERR10042'],
    means: 'the service ran into a fault of its own, though the status blames the request',
    fix: 'have the administrator look at the log of the server',
    sent: ['grant', 'client_id'],
  },
]

export const LIGHT_OAUTH2_ROWS: readonly ExplainRow[] = [
  ...CLIENT_ROWS,
  ...REQUEST_ROWS,
  ...LIGHT_OAUTH2_USER_ROWS,
  ...SERVER_ROWS,
  ...LIGHT_OAUTH2_RESOURCE_ROWS,
  ...GATEWAY_ROWS,
]

/** A wrong secret is answered with success and an empty object: no code, no text. */
export const LIGHT_OAUTH2_BOOTSTRAP_ROWS: readonly ExplainRow[] = [
  {
    status: 200,
    text: '^\\s*$',
    means: 'an empty object with 200 is how this service refuses the bootstrap client',
    why: [
      'client_secret is not the one in oauth-token.yml of the server',
      '${client_id} is not the one bootstrap client named there',
    ],
    fix: [
      '${at.client_secret} client_secret: the one in oauth-token.yml of the server',
      '${at.client_id} client_id: the one in oauth-token.yml of the server',
    ],
    suspects: ['account'],
    sent: ['client_id', 'client_auth', 'token_endpoint'],
  },
  ...LIGHT_OAUTH2_ROWS,
]

/** Nothing is said of an unknown user either: the service falls over it. */
export const LIGHT_OAUTH2_PASSWORD_ROWS: readonly ExplainRow[] = [
  {
    code: 'ERR10010',
    means: 'the service most likely has no user ${username}: it falls over an unknown one',
    why: [
      'the user is mistyped, or registered in another environment',
      'the Authorization header is nothing but Basic, or even shorter',
      'its cache or database was never started: then every call ends so',
    ],
    fix: '${at.username} username: a user that is registered',
    suspects: ['environment'],
    class: 'refused',
    sent: ['username', 'user_type', 'client_id', 'client_auth'],
  },
  ...LIGHT_OAUTH2_ROWS,
]
