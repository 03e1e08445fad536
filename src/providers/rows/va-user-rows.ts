// The sign-in service speaks of users at the same address. A service account meets these texts only
// when a profile lays another grant over the call; they are told all the same.

import type { ExplainRow } from '../../core/provider.ts'

export const VA_USER_ROWS: readonly ExplainRow[] = [
  {
    text: '^client assertion (type is not valid|can.t be blank)',
    means: 'the client assertion did not arrive, or without its exact type',
    fix: '${at.call.params} call: params: client_assertion_type: urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  },
  {
    text: '^client assertion (is malformed|has expired|body does not match signature)',
    means: 'the client assertion is no RS256 JWT, is over, or was signed by another key',
    why: [
      'iss and sub must both be the id of the client, and iat and exp are wanted since August 2025',
      'the clock of this machine is off',
      'the key is not the one registered for the client',
    ],
    fix: 'openssl pkey -in ${key_path} -pubout',
    suspects: ['clock', 'key'],
    sent: ['iss', 'sub', 'aud', 'iat', 'exp'],
  },
  {
    text: '^code is not valid',
    means: 'the authorization code is unknown, over, or was used: a failed try uses it up as well',
    fix: 'start again at /v0/sign_in/authorize and send the new code once',
  },
  {
    text: '^code can.t be blank|^code verifier can.t be blank',
    means: 'the parameters of a sign-in by code are not all there',
    why: ['code or code_verifier is missing', 'client_assertion was sent without its type'],
    fix: '${at.call.params} call: params: nothing, so that a service account is asked for',
  },
  {
    text: '^code verifier is (not valid|malformed)',
    means: 'code_verifier does not belong to the challenge the code was asked for with',
    fix: 'start again at /v0/sign_in/authorize with a new pair, method S256',
  },
  {
    text: '^(client secret is not valid|authorization header is malformed|client id is not valid)',
    means: 'the client did not authenticate: unknown id, wrong secret, or a garbled Basic header',
    why: ['the id is not the one the code was issued to', 'a service account sends no such header'],
    fix: '${at.call.headers} call: headers: Authorization: null',
  },
  {
    text: '^credential is locked',
    means: 'the account of this user is locked',
    fix: 'the user has to have it opened again; no other request helps',
  },
  {
    text: '^terms of use has not been accepted',
    means: 'this user has not accepted the terms of use',
    fix: 'the user has to sign in on VA.gov and accept them',
  },
  {
    text: '^(subject|actor) token|^client can.t be blank|^access token (jwt is malformed|has expired|body does not match)',
    means: 'a token handed in for exchange is missing, over, foreign, or named by the wrong type',
    fix: '${at.call.params} call: params: subject_token and actor_token of the same session',
  },
  {
    text: '^client configuration not found|^tokens requested for client|^token exchange requested from',
    means: 'one of the two clients of the exchange is unknown or may not share sessions',
    fix: 'have shared sessions allowed for both clients',
  },
  {
    text: '^refresh (token|nonce)|^no valid session found|^anti csrf token|^token theft detected',
    means: 'the refresh token is garbled, old or of a session that has ended',
    why: [
      'it holds : and + and was put into a query as it is',
      'an older token than the newest was sent; each refresh brings a new one',
    ],
    fix: 'sign in again, and keep the newest refresh token only',
  },
]
