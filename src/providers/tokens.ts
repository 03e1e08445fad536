// The tokens and assertions of the services, told apart by what they say, and what they leave out.

import type { TokenShape } from '../core/jwt/shape.ts'
import { VA_ENVIRONMENTS } from './va-environments.ts'

const NAMED_ISSUER = 'its issuer is a name, not an address'

const VA_ACCESS: Pick<TokenShape, 'waives'> = {
  waives: {
    'iss-not-url': NAMED_ISSUER,
    'typ-missing': 'tokens from before June 2025 have none',
    'personal-data': 'user_attributes are what the token is for',
  },
}

const MAP_APPLICATIONS = ['chatbot', 'sign_up_service', 'check_in', 'appointments']

const LIGHT_OAUTH2: Pick<TokenShape, 'lacks' | 'waives'> = {
  lacks: { sub: 'the client is in client_id, a user in user_id' },
  waives: { 'iss-not-url': NAMED_ISSUER, 'typ-missing': 'the service sends kid and alg only' },
}

const LIGHT_OAUTH2_CLAIMS = {
  nbf: 'two minutes before iat, for clocks that differ',
  scope: 'what it allows; a list here, not a text',
  client_id: 'the client; it stands in for sub',
  user_id: 'the user, where there is one',
  user_type: 'type of the user, as registered',
  roles: 'roles of the user, with spaces between them',
  csrf: 'to be sent again with each request',
  version: 'of the token, as text',
}

export const TOKEN_SHAPES: readonly TokenShape[] = [
  {
    name: 'a VA sign-in service access token of a service account',
    signs: { iss: 'va.gov sign in', service_account_id: true },
    claims: {
      iss: 'the sign-in service; a name, not an address',
      aud: "the account's own audience, not the API the token is for",
      sub: 'as the assertion said: an e-mail address, an ICN, an application',
      scopes: 'addresses the token may be used at; the request must contain one',
      service_account_id: 'the service account, registered per environment',
      user_attributes: 'about the user, as the assertion said; an icn belongs to a patient',
      version: 'of the token',
    },
    ...VA_ACCESS,
  },
  {
    name: 'a VA sign-in service access token of a user',
    signs: { iss: 'va.gov sign in', session_handle: true },
    claims: {
      iss: 'the sign-in service; a name, not an address',
      client_id: 'the client the user signed in with',
      sub: 'the user',
      session_handle: "id of the user's session",
      refresh_token_hash: 'of the refresh token that belongs to it',
      parent_refresh_token_hash: 'of the refresh token before that',
      anti_csrf_token: 'to be sent along by clients that use cookies',
      last_regeneration_time: 'when the session was last renewed',
      user_attributes: 'first name, last name and e-mail address of the user',
      device_secret_hash: 'of the secret for signing in on other applications',
      version: 'of the token',
    },
    ...VA_ACCESS,
  },
  {
    name: 'an assertion for the VA sign-in service',
    signs: {
      aud: Object.values(VA_ENVIRONMENTS).map(({ base_url }) => `${base_url}/v0/sign_in/token`),
    },
    claims: {
      iss: "the account's access_token_audience, or its id",
      sub: 'who asks: goes into the token as it stands',
      aud: 'the token URL, which tells the environment',
      scopes: 'exactly as registered; a list',
      service_account_id: 'the service account, registered per environment',
      user_attributes: 'goes into the token as it stands; an icn belongs to a patient',
    },
    waives: {
      'typ-missing': 'the service does not look at it',
      'personal-data': 'user_attributes are what the token is for',
    },
  },
  {
    name: 'a VA MAP token',
    signs: { iss: 'gov.va.vamf.userservice.v2' },
    claims: {
      aud: 'the client that VA asked with',
      sub: 'the client that VA asked with',
      sst: 'when the session began',
      onBehalfOf: 'the patient it is for, by ICN',
      authenticationAuthority: 'who identified the client',
      idType: 'what sub is the id of',
      userType: 'on whose behalf it speaks',
      'vamf.auth.roles': 'roles it carries',
      'vamf.auth.resources': 'patterns of the addresses it may be used at',
      version: 'of the token',
    },
    waives: { 'iss-not-url': NAMED_ISSUER, 'typ-missing': 'the service sends alg only' },
  },
  {
    name: 'a VA MAP token',
    signs: { 'header.alg': 'RS512', aud: MAP_APPLICATIONS },
    claims: { aud: 'the application' },
    waives: { 'iss-not-url': 'its issuer is a twin on this machine' },
  },
  {
    name: 'an assertion for Federated Directory',
    signs: { aud: 'key', scope: ['directoryKey', 'admin'], iss: true },
    claims: {
      iss: 'the issuer that came with the key, ending in @fd',
      aud: 'always key',
      scope: 'the role of the key, a list of one',
    },
    lacks: {
      sub: 'the service asks for iss, scope and aud only',
      exp: 'the service takes 500 characters at most: it is good for ever, so keep it secret',
    },
    waives: { 'iss-not-url': NAMED_ISSUER },
  },
  {
    name: 'a Federated Directory access token',
    signs: { iss: 'https://www.federated.directory/', aud: 'key' },
    claims: { aud: 'always key', jti: 'a UUID that tells when it was issued' },
    lacks: {
      sub: 'the service does not say which key it was issued for',
      iat: 'the service leaves it out; its jti holds the time',
    },
  },
  {
    name: 'a light-oauth2 token for the portal',
    signs: { iss: 'urn:com:networknt:oauth2:v1', scope: 'portal.w' },
    claims: { ...LIGHT_OAUTH2_CLAIMS, exp: 'ten years after iat for the bootstrap client' },
    ...LIGHT_OAUTH2,
  },
  {
    name: 'a light-oauth2 access token',
    signs: { iss: 'urn:com:networknt:oauth2:v1' },
    claims: LIGHT_OAUTH2_CLAIMS,
    ...LIGHT_OAUTH2,
  },
  {
    name: 'a FirstVision access token',
    signs: { firstVisionId: true, client_id: true },
    claims: {
      firstVisionId: 'id of the institution',
      client_id: 'the client; it stands in for sub',
      scope: 'what it allows; a text with spaces',
      exp: 'the same instant as expires_in of the query contract',
    },
    lacks: {
      iat: 'the service says only when it ends',
      iss: 'the service does not name itself',
      aud: 'the service does not say who may take it',
      sub: 'the client is in client_id',
    },
    waives: { 'typ-missing': 'the service sends alg only' },
  },
]
