// Every answer of the services that is known, as it stands on the wire, against the row that has to
// explain it; and what has to hold for all rows whatever they say.

import { describe, expect, test } from 'vitest'
import { parseBody } from '../../src/core/answer/answer.ts'
import { readFailure } from '../../src/core/answer/failure.ts'
import { USUAL } from '../../src/core/answer/usual.ts'
import type { Answer } from '../../src/core/call/wire.ts'
import type { ErrorClass } from '../../src/core/error.ts'
import { findRow } from '../../src/core/explain/explain.ts'
import { COMMON_FIELDS, isSecretField, knownFields } from '../../src/core/profile/fields.ts'
import { applyPatch } from '../../src/core/profile/layer.ts'
import { COLUMN_NAMES } from '../../src/core/profile/profile.ts'
import { type ExplainRow, mintedOf, type Provider } from '../../src/core/provider.ts'
import { parseTemplate } from '../../src/core/template/template.ts'
import { RFC_ROWS } from '../../src/providers/rfc.ts'
import { PROVIDERS } from '../../src/providers/table.ts'
import { VENDOR_ANSWERS } from '../support/vendor-answers.ts'

/** [status, body, a phrase of `means` (undefined: no row), class, the grant] */
type Case = readonly [
  status: number,
  body: string,
  means: string | undefined,
  rest?: { class?: ErrorClass; grant?: string; headers?: Record<string, string>; url?: string },
]

const page = (title: string) => `<!doctype html><html><head><title>${title}</title></head></html>`
// as Rails writes it
const va = (errors: unknown) =>
  JSON.stringify({ errors }).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e')
const vaList = (code: string, title: string, detail = title) =>
  va([{ title, detail, code, status: code }])
const oauth = (error: string, error_description?: string) =>
  JSON.stringify({ error, error_description })
const scim = (status: number, detail: string, more: object = {}) =>
  JSON.stringify({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    detail,
    status: `${status}`,
    ...more,
  })
const light = (statusCode: number, code: string, description = 'said by the service') =>
  // glued together, as the service does it
  `{"statusCode":${statusCode},"code":"${code}","message":"A_MESSAGE","description":"${description}","severity":"ERROR"}`
const fiserv = (errorCode: string, title: string, ...reasons: string[]) =>
  JSON.stringify([
    {
      detail: 'Please refer to invalid-params for error details',
      errorCode,
      instance: '/v1/api/oauth/token',
      'invalid-params': reasons,
      source: 'AGT',
      status: Number(errorCode.slice(1, 4)),
      title,
    },
  ])

const OUTAGE = 'a gateway in front'
const gateway: Case[] = [502, 503, 504].map((status) => [
  status,
  page(`${status}: something in front`),
  OUTAGE,
  { class: 'unavailable' },
])

const said = (status: number, means: string, ...texts: string[]): Case[] =>
  texts.map((text) => [status, va(text), means])

const VA_SIS: Case[] = [
  ...said(400, 'grant_type did not arrive', 'Grant type is not valid', 'Grant Type is not valid'),
  ...said(400, 'no assertion arrived', "Assertion can't be blank"),
  ...said(
    400,
    'registered per environment',
    'Service account config not found',
    'service account config not found',
  ),
  ...said(400, 'arrived empty', 'Invalid client identifier'),
  ...said(
    400,
    'none of the certificates in force',
    'Assertion body does not match signature',
    'Service account assertion body does not match signature',
    'Service Account assertion body does not match signature',
  ),
  ...said(400, 'no certificate in force', 'Certificates are expired'),
  ...said(400, 'exp has passed', 'Assertion has expired', 'Service account assertion has expired'),
  ...said(400, 'iat lies ahead', 'Invalid iat', 'Assertion issuance timestamp is not valid'),
  ...said(
    400,
    'cannot read the assertion',
    'Assertion is malformed',
    'Service account assertion is malformed',
  ),
  ...said(400, 'has no iat', 'Missing required claim iat'),
  ...said(
    400,
    'has no exp',
    'Missing required claim exp',
    'Assertion expiration timestamp is not valid',
  ),
  ...said(400, 'has no sub', 'Missing required claim sub', 'Assertion subject is not valid'),
  ...said(400, 'has no iss', 'Missing required claim iss'),
  ...said(400, 'lacks a claim', 'Missing required claim nbf'),
  ...said(
    400,
    'aud is not the token URL',
    'Invalid audience. Expected ["https://staging-api.va.gov/v0/sign_in/token"], received https://api.va.gov/v0/sign_in/token',
    'Invalid audience. Expected ["https://staging-api.va.gov/v0/sign_in/token"], received <none>',
    'Invalid audience. Expected ["https://staging-api.va.gov/v0/sign_in/token"], received ["x", "y"]',
    'Assertion audience is not valid',
    'Service account assertion audience is not valid',
  ),
  ...said(
    400,
    'iss is neither',
    'Invalid issuer',
    'Assertion issuer is not valid',
    'Service account assertion issuer is not valid',
  ),
  ...said(
    400,
    'a scope is not registered',
    'Invalid scopes',
    'Assertion scopes are not valid',
    'Service account assertion scopes are not valid',
  ),
  ...said(
    400,
    'a name in it',
    'Invalid user attributes',
    'Assertion user attributes are not valid',
  ),
  ...said(
    400,
    'id of the client',
    'Invalid issuer. Expected ["web"], received x',
    'Invalid subject. Expected web, received x',
  ),
  ...said(
    400,
    'without its exact type',
    'Client assertion type is not valid',
    "Client assertion type is not valid, Code can't be blank, and Client assertion can't be blank",
  ),
  ...said(
    400,
    'no RS256 JWT, is over',
    'Client assertion is malformed',
    'Client assertion has expired',
    'Client assertion body does not match signature',
  ),
  ...said(400, 'authorization code is unknown', 'Code is not valid'),
  ...said(
    400,
    'not all there',
    "Code can't be blank and Code verifier can't be blank",
    "Code verifier can't be blank",
  ),
  ...said(400, 'does not belong to the challenge', 'Code Verifier is not valid'),
  ...said(400, 'does not belong to the challenge', 'Code Verifier is malformed'),
  ...said(
    400,
    'did not authenticate',
    'Client secret is not valid',
    'Authorization header is malformed',
    'Client id is not valid',
  ),
  ...said(400, 'locked', 'Credential is locked'),
  ...said(400, 'terms of use', 'Terms of Use has not been accepted'),
  ...said(
    400,
    'handed in for exchange',
    "Subject token can't be blank, Subject token type can't be blank, Actor token can't be blank, Actor token type can't be blank, and Client can't be blank",
    "Client can't be blank",
    'subject token is invalid',
    'actor token is invalid',
    'subject token type is invalid',
    'actor token type is invalid',
    'Access token JWT is malformed',
    'Access token has expired',
    'Access token body does not match signature',
  ),
  ...said(
    400,
    'may not share sessions',
    'client configuration not found',
    'tokens requested for client without shared sessions',
    'token exchange requested from invalid client',
  ),
  ...said(400, 'the refresh token is', 'Refresh token is not defined'),
  ...said(
    401,
    'the refresh token is',
    'Refresh token cannot be decrypted',
    'Refresh nonce is invalid',
    'Refresh token version is invalid',
    'No valid Session found',
    'Anti CSRF token is not valid',
    'Token theft detected',
  ),
  // what it answers an empty sub with; a page with the same status is somebody else's
  [500, vaList('500', 'Internal server error'), 'fell over', { class: 'refused' }],
  [500, page('500 Internal Server Error'), 'a page in place of an answer'],
  [
    404,
    vaList('411', 'Not found', 'There are no routes matching your request: v0/x'),
    'the path is wrong',
  ],
  [403, page('Request Rejected'), 'refuses with 400 only'],
  [401, 'throttled', 'refuses with 400 only'],
  [200, page('Sign in to the network'), 'something else answered'],
  ...gateway,
  [400, va('Something nobody has seen'), undefined],
  [400, va({ scopes: ['is too long'] }), undefined],
  // the start of a text decides: these mention what other rows are about
  [400, va('Your code says: Invalid scopes'), undefined],
  [200, '{"data":{}}', undefined],
]

const VA_MAP_STS: Case[] = [
  ...said(403, 'is over', 'Service Account access token has expired'),
  ...said(401, 'not asked for this URL', 'Required scope for requested resource not found'),
  ...said(401, 'cannot read', 'Service Account access token JWT is malformed'),
  ...said(401, 'another environment', 'Service Account access token body does not match signature'),
  [
    400,
    oauth(
      'invalid_request',
      'Service account access token does not contain an ICN in `user_attributes` claim.',
    ),
    'says nothing of a veteran',
  ],
  [400, oauth('invalid_request', 'Application mismatch detected.'), 'no MAP client'],
  [502, oauth('server_error', 'STS failed to return a valid token.'), 'no usable token'],
  [500, vaList('500', 'Internal server error'), 'got something from MAP'],
  [503, vaList('503', 'Service unavailable'), 'got something from MAP'],
  [404, vaList('411', 'Not found'), 'the path is wrong'],
  [200, page('Sign in to the network'), 'something else answered'],
  ...gateway,
  [401, va('Something nobody has seen'), undefined],
  [400, oauth('invalid_request', 'Something nobody has seen'), undefined],
]

const FEDERATED_DIRECTORY: Case[] = [
  [400, scim(400, '"assertion" length must be at least 250 characters long'), '250 to 500'],
  [
    400,
    scim(400, '"assertion" length must be less than or equal to 500 characters long'),
    '250 to 500',
  ],
  [
    400,
    scim(400, '"grant_type" must be one of [urn:ietf:params:oauth:grant-type:jwt-bearer]'),
    'the one grant',
  ],
  [400, scim(400, '"assertion" is required'), 'no assertion in the body'],
  [400, scim(400, 'Invalid request payload JSON format'), 'no assertion in the body'],
  [415, scim(415, 'Unsupported Media Type'), 'no assertion in the body'],
  [401, scim(401, 'unknown issuer'), 'knows no key by this issuer'],
  [401, scim(401, 'directory key not found'), 'knows no key by this issuer'],
  [401, scim(401, 'invalid signature'), 'not signed with RS256'],
  [403, scim(403, 'invalid scope'), 'not the role of this key'],
  [403, scim(403, 'this role is not allowed'), 'not the role of this key'],
  [401, scim(401, 'jwt audience invalid. expected: key'), 'aud is not the word key'],
  [
    409,
    scim(409, 'Username already exists within this directory', { scimType: 'uniqueness' }),
    'exists already',
  ],
  [401, oauth('unauthorized'), 'does not accept this assertion'],
  [401, scim(401, 'no'), 'does not accept this assertion'],
  [404, scim(404, 'not found'), 'the path is wrong'],
  [400, oauth('invalid_grant', 'The assertion has expired'), 'exp of the assertion has passed'],
  ...gateway,
  [400, scim(400, 'Something nobody has seen'), undefined],
]

const lights = (status: number, means: string, ...codes: string[]): Case[] =>
  codes.map((code) => [status, light(status, code), means])

const LIGHT_OAUTH2: Case[] = [
  ...lights(400, 'reads a form only', 'ERR12000', 'ERR10015', 'ERR11004'),
  ...lights(400, 'has no grant', 'ERR12001'),
  ...lights(401, 'did not say who it is', 'ERR12002'),
  ...lights(401, 'is not Basic', 'ERR12003'),
  ...lights(401, 'no id:secret', 'ERR12004'),
  ...lights(400, 'a fault of its own', 'ERR12005', 'ERR10011', 'ERR10042'),
  ...lights(401, 'its secret is not the right one', 'ERR12007'),
  [404, light(404, 'ERR12014'), 'the URL is right', { class: 'refused' }],
  ...lights(401, 'no user stands behind', 'ERR12008'),
  ...lights(400, 'no such authorization code', 'ERR12052'),
  ...lights(401, 'the password is not', 'ERR12016'),
  ...lights(400, 'username or password did not arrive', 'ERR12022', 'ERR12023'),
  ...lights(400, 'trusted clients', 'ERR12024'),
  ...lights(400, 'redirect_uri is missing', 'ERR12025', 'ERR12026'),
  ...lights(400, 'a scope is not among', 'ERR12027'),
  ...lights(400, 'belongs to another client', 'ERR12028'),
  [404, light(404, 'ERR12029'), 'no such refresh token', { class: 'refused' }],
  ...lights(400, 'userId or userType', 'ERR12031', 'ERR12032'),
  ...lights(400, 'challenge or method', 'ERR12033', 'ERR12034', 'ERR12035', 'ERR12036'),
  ...lights(400, '43 to 128', 'ERR12037', 'ERR12038', 'ERR12039'),
  ...lights(400, 'does not belong to the challenge', 'ERR12040', 'ERR12041'),
  ...lights(400, 'may exchange this reference', 'ERR12044'),
  ...lights(400, 'is gone', 'ERR12045', 'ERR12046'),
  ...lights(400, 'no key of that id', 'ERR12030'),
  ...lights(404, 'no key of that id', 'ERR12017'),
  ...lights(400, 'token exchange', 'ERR12055', 'ERR12056', 'ERR12057'),
  [500, light(500, 'ERR10010'), 'fell over the request', { class: 'refused' }],
  [500, light(500, 'ERR10010'), 'has no user', { grant: 'password', class: 'refused' }],
  ...lights(400, 'could not make the token', 'ERR10014'),
  ...lights(400, 'authenticator', 'ERR10043'),
  ...lights(404, 'nothing takes a token request', 'ERR10007', 'ERR10048'),
  ...lights(405, 'nothing takes a token request', 'ERR10008'),
  ...lights(400, 'validator', 'ERR11000', 'ERR11001', 'ERR11014', 'ERR11017'),
  ...lights(401, 'missing, garbled', 'ERR10000', 'ERR10002'),
  ...lights(401, 'Bearer token is over', 'ERR10001'),
  ...lights(403, 'lacks a scope', 'ERR10005'),
  // JSON broken by what it echoes
  [401, light(401, 'ERR12003', 'Invalid header Bearer "a\\b"'), 'is not Basic'],
  [404, light(404, 'ERR12014', 'client "x" not found'), 'the URL is right', { class: 'refused' }],
  // messages switched off; a server before 1.5.20
  [401, '{"statusCode":401,"code":"ERR12007","severity":"ERROR"}', 'its secret is not'],
  [
    401,
    '{"statusCode":401,"code":"ERR12007","message":"UNAUTHORIZED_CLIENT","description":"wrong"}',
    'its secret is not',
  ],
  [200, '{}', 'refuses the bootstrap client', { grant: 'bootstrap_token' }],
  [404, light(404, 'ERR12014'), 'the URL is right', { grant: 'bootstrap_token', class: 'refused' }],
  ...gateway,
  // of the other grants nothing is known that would end so
  [200, '{}', undefined],
  [200, page('Sign in to the network'), undefined, { grant: 'bootstrap_token' }],
  [400, light(400, 'ERR99999'), undefined],
  [404, page('404 Not Found'), undefined],
]

const WRONG_CREDENTIALS = 'one of them does not hold'
const shared: Case[] = [
  [401, fiserv('240101', 'Unauthorized', 'Invalid client credentials or scope'), WRONG_CREDENTIALS],
  [
    401,
    fiserv('240101', 'Unauthorized', 'Invalid client credentials, scope or grant_type'),
    WRONG_CREDENTIALS,
  ],
  [401, fiserv('140106', 'Unauthorized', 'Invalid client credentials'), WRONG_CREDENTIALS],
  [401, fiserv('240101', 'Unauthorized', 'The token is expired'), 'is over'],
  [401, fiserv('240101', 'Unauthorized', 'Unauthorized'), 'does not say why'],
  [401, fiserv('240101', 'Unauthorized', 'Bearer token is invalid'), 'looked for a Bearer token'],
  [400, fiserv('240003', 'Bad Request', 'Bearer token is missing'), 'looked for a Bearer token'],
  [400, fiserv('240004', 'Bad Request', 'Bearer token is invalid'), 'looked for a Bearer token'],
  [400, fiserv('240001', 'Bad Request', 'Auth system record not initialized'), 'never set up'],
  [400, fiserv('240008', 'Bad Request', 'Method argument(s) not valid'), 'a field is missing'],
  [
    400,
    fiserv('240009', 'Bad Request', 'Required field(s) missing', 'scope'),
    'a field is missing',
  ],
  [400, fiserv('240010', 'Bad Request', 'Constraint(s) violated', 'scope'), 'a field is missing'],
  [400, fiserv('240011', 'Bad Request', 'Required header(s) missing'), 'a header is missing'],
  [404, fiserv('240401', 'Not found', 'No API exist for this instance'), 'no such path'],
  [405, fiserv('240501', 'Method Not Allowed', 'Method Not Allowed'), 'another method'],
  [500, fiserv('250001', 'Internal Server Error'), 'a fault of its own'],
  [503, fiserv('250301', 'Service Unavailable'), 'the service behind it is not'],
  [400, fiserv('340001', 'Bad Request'), 'refused as malformed'],
  [400, '{"errorCode":"AGT400BR","errorMessage":"Bad Request"}', 'refused as malformed'],
  [401, '{"errorCode":"AGT401UA","errorMessage":"Unauthorized"}', 'does not say why'],
  // codes nobody has published: the status in them tells
  [400, fiserv('240077', 'Bad Request'), 'not as this contract wants it'],
  [422, fiserv('142201', 'Unprocessable'), 'not as this contract wants it'],
  [403, fiserv('340301', 'Forbidden'), 'not let in'],
  [422, '{"title":"Unprocessable"}', 'not as this contract wants it'],
  [403, page('Request Rejected'), 'not let in'],
  [405, page('405'), 'nothing takes a token request'],
  [500, page('Server Error'), 'ran into a fault;'],
  [404, fiserv('140401', 'Not found'), 'nothing takes a token request'],
  [500, fiserv('350009', 'Internal Server Error'), 'ran into a fault;'],
  [504, fiserv('250401', 'Gateway Timeout'), OUTAGE, { class: 'unavailable' }],
  ...gateway,
  [409, fiserv('240901', 'Conflict'), undefined],
  [200, '{}', undefined],
]
const mediaTypes = (means: string): Case[] => [
  [415, fiserv('241501', 'Unsupported Media Type', 'Unsupported media type'), means],
  [415, fiserv('241502', 'Unsupported Media Type', 'Content type is not provided'), means],
  [415, fiserv('241503', 'Unsupported Media Type', 'only application/json'), means],
  [415, fiserv('241504', 'Unsupported Media Type', 'only octet-stream'), means],
  [415, '{"errorCode":"AGT415UMT","errorMessage":"Unsupported Media Type"}', means],
]
const bodies = (means: string): Case[] => [
  [400, fiserv('240005', 'Bad Request', 'Payload is not valid'), means],
  [400, fiserv('240006', 'Bad Request', 'Payload is empty'), means],
  [400, fiserv('240007', 'Bad Request', 'Message not readable'), means],
]
const noHeader = fiserv('240002', 'Bad Request', 'Authorization header is missing in request')

const FIRSTVISION_QUERY: Case[] = [
  ...shared,
  ...mediaTypes('insists on a content type'),
  ...bodies('speaks the JSON contract'),
  [400, noHeader, 'no Authorization header arrived'],
]
const FIRSTVISION_JSON: Case[] = [
  ...shared,
  ...mediaTypes('may send'),
  ...bodies('did not arrive as it was sent'),
  [400, noHeader, 'from before November 2022'],
  [
    400,
    fiserv('240009', 'Bad Request', 'Required field(s) missing', 'appContext'),
    'the product: appContext',
  ],
]

const grant = (means: string, ...texts: string[]): Case[] =>
  texts.map((text) => [400, oauth('invalid_grant', text), means])
const client = (means: string, ...texts: string[]): Case[] =>
  texts.map((text) => [401, oauth('invalid_client', text), means])

const VENDORS: Case[] = VENDOR_ANSWERS.map(({ status, body, means, url, class: kind }) => [
  status,
  body,
  means,
  { ...(url !== undefined && { url }), ...(kind && { class: kind }) },
])

const RFC: Case[] = [
  ...VENDORS,
  ...grant(
    'code or refresh token is spent',
    'Authorization code has expired',
    'The refresh token was already used',
    'refresh_token is invalid',
  ),
  ...grant(
    'seen this assertion before',
    "The 'jti' claim is not unique",
    'Token reuse detected',
    'JWT has already been used',
    'replayed assertion',
  ),
  ...grant(
    'outside what the service allows',
    'The assertion must be short-lived',
    'exp is too far in the future',
    'Assertion is not within its valid time range',
    'Token is not active',
  ),
  ...grant(
    'begins in the future',
    'The JWT is not yet valid',
    'Token used before nbf',
    'JWT was issued in the future',
    "Please check the 'iat' claim",
  ),
  ...grant(
    'exp of the assertion has passed',
    'assertion expired',
    "The 'exp' claim lies before the current time",
    'JWT has expired',
  ),
  ...grant('addressed to somebody else', 'the audience is wrong', "unexpected 'aud' claim"),
  ...grant(
    'fits none of the keys',
    'The signature is not valid',
    'unknown kid',
    'No public key found for this JWT',
    'Algorithm RS512 is not allowed',
  ),
  ...grant(
    'knows nobody by the iss',
    'unknown issuer',
    'service account not found',
    'Client not found',
    'unknown iss',
  ),
  ...grant(
    'for that sub',
    'no such user',
    'the consumer is not approved',
    "unexpected 'sub' claim",
    'Invalid e-mail',
  ),
  ...grant('refuses the grant itself', 'Something nobody has seen'),
  [400, oauth('invalid_grant'), 'refuses the grant itself'],
  ...client(
    'another way of authenticating',
    'Client Credentials requests must use the private_key_jwt token_endpoint_auth_method',
    'Unsupported authentication method',
  ),
  ...client(
    'secret is wrong',
    'Invalid client_id or client secret',
    'The provided client secret keys are expired',
  ),
  ...client(
    'times or the jti',
    'The client assertion has expired',
    'iat is in the future',
    'jti was already used',
  ),
  ...client('aud of the client assertion', 'aud must be the endpoint invoked', 'wrong audience'),
  ...client(
    'fits none of the keys registered',
    'signature verification failed',
    'no key for kid abc',
    'alg not allowed',
  ),
  ...client('does not know the client', 'Something nobody has seen'),
  [401, oauth('invalid_client'), 'does not know the client'],
  [
    401,
    '',
    'does not know the client',
    { headers: { 'www-authenticate': 'Basic realm="x", error="invalid_client"' } },
  ],
  [400, oauth('unauthorized_client', 'not authorized for the scopes'), 'not opened to it'],
  [401, oauth('unauthorized_client', 'Invalid client secret'), 'the client secret is wrong'],
  [400, oauth('unsupported_grant_type'), 'no grant_type that this endpoint knows'],
  [400, oauth('invalid_scope', 'unknown scope'), 'a scope is unknown'],
  [400, oauth('invalid_target'), 'RFC 8707'],
  [400, oauth('invalid_request', 'Missing required parameter: audience'), 'did not arrive'],
  [400, oauth('invalid_request', 'duplicate parameter client_id'), 'sent twice'],
  [400, oauth('invalid_request'), 'make sense of the request'],
  [403, oauth('access_denied', 'Service not found'), 'says no'],
  [401, oauth('invalid_token'), 'malformed, over, revoked'],
  [403, oauth('insufficient_scope'), 'lacks a scope'],
  [400, oauth('temporarily_unavailable'), 'overloaded', { class: 'unavailable' }],
  [503, oauth('temporarily_unavailable'), 'overloaded', { class: 'unavailable' }],
  [400, oauth('server_error'), 'a fault of its own', { class: 'unavailable' }],
  [400, oauth('use_dpop_nonce', 'Authorization server requires nonce'), 'DPoP'],
  [400, oauth('invalid_dpop_proof'), 'DPoP proof'],
  ...gateway,
  // a code that only looks like one, and a service that speaks of nothing known
  [400, oauth('invalid_grants'), undefined],
  [400, oauth('login_required'), undefined],
  [404, page('404 Not Found'), undefined],
]

const TABLE: Readonly<Record<string, readonly Case[]>> = {
  'va-sis': VA_SIS,
  'va-map-sts': VA_MAP_STS,
  'federated-directory': FEDERATED_DIRECTORY,
  'light-oauth2': LIGHT_OAUTH2,
  'firstvision-query': FIRSTVISION_QUERY,
  'firstvision-json': FIRSTVISION_JSON,
  'jwt-bearer': RFC,
  'client-credentials': RFC,
}

function providerOf(name: string): Provider {
  const provider = PROVIDERS[name]
  if (provider === undefined) throw new Error(`no provider ${name}`)
  return provider
}

function match(provider: Provider, [status, body, , rest]: Case): ExplainRow | undefined {
  const overlay = rest?.grant === undefined ? {} : provider.grants?.[rest.grant]
  const chosen = applyPatch(provider, overlay) as Provider
  const answer: Answer = {
    status,
    headers: { ...rest?.headers },
    body,
    sentAt: 0,
    answeredAt: 0,
  }
  const columns = { ...USUAL, ...chosen.answer }
  const failure = readFailure(answer, parseBody(answer, columns.format), columns)
  return findRow(chosen.explain, { status, failure, urls: [rest?.url ?? ''].filter(Boolean) })
}

describe.each(Object.entries(TABLE))('%s', (name, cases) => {
  const provider = providerOf(name)

  for (const one of cases) {
    const [status, body, means, { class: named } = {}] = one
    test(`${status} ${body}`, () => {
      const found = match(provider, one)
      if (means === undefined) expect(found?.means).toBeUndefined()
      else expect(found?.means).toContain(means)
      // a row that overrides the class of a status has to be named here as doing so
      expect(found?.class).toBe(named)
    })
  }
})

test('every provider is in the table', () => {
  expect(Object.keys(TABLE)).toEqual(Object.keys(PROVIDERS))
})

/** The rows a provider has by itself or with one of its grants. */
function rowsOf(provider: Provider): ExplainRow[] {
  const overlays = Object.values(provider.grants ?? {})
  const lists = [provider.explain, ...overlays.map(({ explain }) => explain)]
  return [...new Set(lists.flatMap((list) => (list as readonly ExplainRow[] | undefined) ?? []))]
}

describe.each(Object.entries(PROVIDERS))('the rows of %s', (name, provider) => {
  const rows = rowsOf(provider)
  const lines = rows.flatMap((row) => [row.means, ...(row.why ?? []), ...[row.fix ?? []].flat()])

  test('each is reached by some answer, none hides behind another', () => {
    const reached = new Set((TABLE[name] ?? []).map((one) => match(provider, one)))
    const own = rows.filter((row) => name === 'jwt-bearer' || !RFC_ROWS.includes(row))
    expect(own.filter((row) => !reached.has(row)).map((row) => row.means)).toEqual([])
  })

  test('each line begins small, ends without a full stop and is one line', () => {
    expect(lines.filter((line) => /^[A-Z]|[.\n]$|\n| {2}|\s$/.test(line))).toEqual([])
  })

  test('each has something to do', () => {
    expect(rows.filter((row) => row.fix === undefined).map((row) => row.means)).toEqual([])
  })

  test('no pattern is slow on a hostile text', () => {
    const slow = rows.filter(({ text }) => text !== undefined && isSlow(text))
    expect(slow.map(({ text }) => text)).toEqual([])
  })

  const variants = [provider, ...variantsOf(provider)]
  const fields = new Set([...Object.keys(COMMON_FIELDS), ...variants.flatMap(listFields)])

  test('each placeholder can be filled, and with what may be read', () => {
    const broken = lines.flatMap((line) =>
      parseTemplate(line).flatMap((piece) => {
        if (typeof piece === 'string') return []
        const [first = '', second = ''] = piece.name.split('.')
        const plain = piece.kind === 'name' && piece.filters.length === 0 && !piece.optional
        if (!plain) return [`${line}: ${piece.text} is no name`]
        if (first === 'at') return canStand(second) ? [] : [`${line}: no place for ${second}`]
        if (['profile', 'provider', 'environment'].includes(piece.name)) return []
        if (piece.name !== first || !fields.has(first)) return [`${line}: no field ${piece.name}`]
        const secret = variants.some((variant) => isSecretField(variant, first))
        return secret ? [`${line}: ${first} is secret`] : []
      }),
    )
    expect(broken).toEqual([])
  })

  // the RFC's rows are shared: what they point at is known to the providers they were written for
  const places = new Set<string>([
    ...fields,
    ...COLUMN_NAMES,
    'via',
    ...['jwt-bearer', 'client-credentials'].flatMap((plain) =>
      variantsOf(providerOf(plain)).flatMap(listFields),
    ),
  ])
  const canStand = (field: string) => places.has(field)

  test('what is shown of the request is a field or a claim', () => {
    const claims = [
      ...['iss', 'sub', 'aud', 'iat', 'exp', 'nbf', 'jti', 'scope'],
      ...variants.flatMap(({ assertion }) => Object.keys(mintedOf(assertion)?.claims ?? {})),
    ]
    const unknown = rows
      .flatMap(({ sent }) => sent ?? [])
      .filter((shown) => !fields.has(shown) && !claims.includes(shown))
    expect(unknown).toEqual([])
  })
})

/** Short texts first: what backtracks without end is caught before it takes for ever. */
function isSlow(text: string): boolean {
  const pattern = new RegExp(text, 'i')
  const units = ['a', '(', ' ', '\n', '.', 'key ', 'client ', 'account ', 'already ', 'token ']
  return [20, 24, 28, 256, 4096].some((length) =>
    units.some((unit) => {
      const hostile = `${unit.repeat(length)}`.slice(0, length)
      const start = performance.now()
      pattern.test(hostile)
      pattern.test(`${hostile.slice(1)}!`)
      return performance.now() - start > 50
    }),
  )
}

test('the watch over patterns sees a bad one', () => {
  expect(isSlow('^(a+)+$')).toBe(true)
  expect(isSlow('^service account')).toBe(false)
})

function variantsOf(provider: Provider): Provider[] {
  return [...Object.values(provider.grants ?? {}), ...Object.values(provider.auths ?? {})].map(
    (overlay) => applyPatch(provider, overlay) as Provider,
  )
}

function listFields(provider: Provider): string[] {
  return [...knownFields(provider)]
}
