// invalid_client: why the service does not believe the client, as far as its text tells. Behind it,
// the client that is believed and still not allowed.

import type { ExplainRow } from '../../core/provider.ts'

export const CLIENT_ROWS: readonly ExplainRow[] = [
  {
    code: 'invalid_client',
    text:
      'auth(entication)?.?method|client_secret_(basic|post|jwt)|private_key_jwt|tls_client_auth|' +
      'must use|not allowed to use',
    means: 'the client is registered for another way of authenticating than ${client_auth}',
    fix: '${at.client_auth} client_auth: the token_endpoint_auth_method the client is registered with',
    sent: ['client_id', 'client_auth'],
  },
  {
    code: 'invalid_client',
    text: 'secret',
    means: 'the client secret is wrong or has run out',
    why: [
      'the id of the secret was copied in place of its value',
      'a line break or quote came along when it was copied',
      'the secret is that of another environment, or was rotated',
    ],
    fix: '${at.client_secret} client_secret: the one in force for ${client_id}',
    suspects: ['account'],
    sent: ['client_id', 'client_auth', 'token_endpoint'],
  },
  {
    code: 'invalid_client',
    text:
      'expir|\\bexp\\b|\\biat\\b|\\bnbf\\b|\\bjti\\b|not yet|in the future|time.?frame|time range|' +
      'too far|life.?time|replay|already.{0,20}used',
    means: 'the times or the jti of the client assertion do not hold by the clock of the service',
    why: [
      'the clock of this machine is off',
      'it lives longer than the service takes',
      'jti is fixed in the profile, and was seen before',
    ],
    fix: '${at.lifetime} lifetime: 60s, or what the service allows at most',
    suspects: ['clock'],
    sent: ['client_id', 'iat', 'exp', 'jti'],
  },
  {
    code: 'invalid_client',
    text: '\\baud\\b|audience',
    means: 'aud of the client assertion is not what the service calls itself',
    why: [
      'it wants its issuer where the token endpoint stands, or the other way round',
      'a slash at the end, or the host of another environment',
    ],
    fix: '${at.client_audience} client_audience: the issuer or the token endpoint, as the service documents it',
    suspects: ['audience'],
    sent: ['client_id', 'aud', 'token_endpoint'],
  },
  {
    code: 'invalid_client',
    text: 'signature|sign(ed|ing)\\b|\\bkid\\b|x5t|jwks|thumbprint|certificate|\\balg(orithm)?\\b|\\bkeys?\\b',
    means: 'the client assertion fits none of the keys registered for ${client_id}',
    why: [
      'the public half of this key is not registered, or was replaced',
      'kid names no registered key',
      'alg is not the one registered for the client',
    ],
    fix: [
      'openssl pkey -in ${key_path} -pubout',
      '${at.key_id} key_id: the kid under which that public key is registered',
      '${at.algorithm} algorithm: the token_endpoint_auth_signing_alg of the client',
    ],
    suspects: ['key', 'account'],
    sent: ['client_id', 'key_path', 'key_id', 'algorithm'],
  },
  {
    code: 'invalid_client',
    means: 'the service does not know the client, or the client did not prove who it is',
    why: [
      'the secret or key is not the one in force',
      'client_id is mistyped, or registered in another environment',
      'the client is registered for another way of authenticating',
    ],
    fix: [
      '${at.client_id} client_id: as registered at ${token_endpoint}',
      '${at.client_auth} client_auth: the token_endpoint_auth_method the client is registered with',
    ],
    suspects: ['account', 'key'],
    sent: ['client_id', 'client_auth', 'token_endpoint'],
  },
  {
    // Keycloak
    code: 'unauthorized_client',
    text: 'client.?secret|invalid client or invalid client credentials',
    means: 'the client secret is wrong or has run out, or the client is not known',
    why: [
      'a line break or quote came along when it was copied',
      'the secret is that of another realm or environment, or was rotated',
    ],
    fix: '${at.client_secret} client_secret: the one in force for ${client_id}',
    suspects: ['account'],
    sent: ['client_id', 'client_auth', 'token_endpoint'],
  },
  {
    code: 'unauthorized_client',
    means: 'the client is known, but this grant or these scopes are not opened to it',
    why: [
      'the grant is not switched on in the registration of the client',
      'an administrator has yet to allow the client these scopes',
    ],
    fix: 'have the grant and the scopes allowed where the client is registered',
    sent: ['client_id', 'iss', 'sub', 'scopes'],
  },
]
