// Which service speaks, and what it means: every text that a service is known to say, pasted in one
// form or another, without a word on where it came from.

import { describe, expect, test } from 'vitest'
import { gatherService, listCodes } from '../../src/core/explain/catalogue.ts'
import { diagnose } from '../../src/core/explain/diagnosis.ts'
import { readPasted } from '../../src/core/explain/pasted/reading.ts'
import { findMatches, nameSpeaker } from '../../src/core/explain/search.ts'
import { completeService, listServices } from '../../src/providers/catalogue.ts'
import { PROVIDERS } from '../../src/providers/table.ts'
import { VENDOR_ANSWERS } from '../support/vendor-answers.ts'

const SERVICES = listServices(PROVIDERS)
const CODES = listCodes(SERVICES)

interface Told {
  readonly service: string
  readonly means: string
  readonly fix: string
  readonly others: readonly string[]
}

function tell(text: string, provider?: string): Told | undefined {
  const reading = readPasted(text, CODES)
  const chosen = provider === undefined ? undefined : PROVIDERS[provider]
  const services = chosen ? [completeService(gatherService(provider ?? '', chosen))] : SERVICES
  const [first, ...others] = findMatches(services, reading, chosen !== undefined)
  if (first === undefined) return undefined
  const { means, why, fix } = diagnose(first.row, undefined)
  return {
    service: nameSpeaker(first),
    means: [means, ...why].join('\n'),
    fix: fix.join('\n'),
    others: others.map(nameSpeaker),
  }
}

/** [what is pasted, a phrase of what it means, a phrase of the fix] */
type Row = readonly [text: string, means: string, fix: string]

const va = (errors: string): string => `400 ${JSON.stringify({ errors })}`
const rails = (status: string): string =>
  JSON.stringify({
    errors: [{ title: 'Internal server error', detail: 'x', code: status, status }],
  })
const scim = (status: number, detail: string): string =>
  JSON.stringify({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    detail,
    status: `${status}`,
  })
const fiserv = (errorCode: string, ...reasons: string[]): string =>
  JSON.stringify([
    { errorCode, 'invalid-params': reasons, source: 'AGT', status: Number(errorCode.slice(1, 4)) },
  ])

const TEXTS: Readonly<Record<string, readonly Row[]>> = {
  'VA Sign-in Service, service accounts': [
    ['Grant type is not valid', 'percent-encoded twice', 'call: params: grant_type'],
    [va('Grant Type is not valid'), 'grant_type did not arrive', '--dry-run'],
    ["Assertion can't be blank", 'no assertion arrived', '--dry-run'],
    [va('Service account config not found'), 'registered per environment', 'service_account_id'],
    ['Invalid client identifier', 'arrived empty', 'service_account_id'],
    ['Assertion body does not match signature', 'another key file', 'openssl pkey'],
    ['Certificates are expired', 'no certificate in force', 'openssl x509'],
    ['Assertion has expired', 'clock of this machine is slow', 'lifetime'],
    ['2026-11-21T12:00:00Z ERROR [sts] call failed: Assertion has expired', 'slow', 'lifetime'],
    [va('Invalid iat'), 'lies ahead', 'backdate'],
    ['Invalid iat', 'lies ahead', 'backdate'],
    ['Assertion issuance timestamp is not valid', 'lies ahead', 'backdate'],
    ['Assertion is malformed', 'RS256', 'algorithm: RS256'],
    ['Missing required claim iat', 'no iat', 'iat'],
    ['Missing required claim sub', 'no sub', 'subject'],
    ['Missing required claim exp', 'no exp', 'exp'],
    ['Missing required claim iss', 'no iss', 'issuer'],
    ['Assertion subject is not valid', 'no sub', 'subject'],
    ['Assertion expiration timestamp is not valid', 'no exp', 'exp'],
    [
      'Invalid audience. Expected ["https://staging-api.va.gov/v0/sign_in/token"], received https://api.va.gov/v0/sign_in/token',
      'another environment',
      'letter by letter',
    ],
    [
      '{"errors":"Invalid audience. Expected [\\"https://staging-api.va.gov/v0/sign_in/token\\"], received \\u003cnone\\u003e"}',
      'another environment',
      'letter by letter',
    ],
    [
      'Assertion audience is not valid',
      'aud is not the token URL',
      'https://HOST/v0/sign_in/token',
    ],
    ['Invalid issuer', 'access_token_audience', 'issuer'],
    ['Invalid issuer. Expected ["web"], received x', 'the id of the client', 'iss and sub'],
    ['Invalid scopes', 'one differs from the registered', 'scopes'],
    ['Assertion scopes are not valid', 'not registered for this account', 'scopes'],
    ['Invalid user attributes', 'in lower case', 'user_attributes'],
    [rails('500'), 'a claim of the wrong type', 'claims'],
    ['Client assertion type is not valid', 'exact type', 'client_assertion_type'],
    ['Client assertion has expired', 'iss and sub must both', 'openssl pkey'],
    ['Code is not valid', 'a failed try uses it up', 'send the new code once'],
    ["Code can't be blank and Code verifier can't be blank", 'not all there', 'call: params'],
    ['Code Verifier is not valid', 'the challenge', 'S256'],
    ['Client secret is not valid', 'did not authenticate', 'Authorization: null'],
    ['Credential is locked', 'locked', 'opened again'],
    ['Terms of Use has not been accepted', 'terms of use', 'VA.gov'],
    ['subject token is invalid', 'handed in for exchange', 'subject_token'],
    ['tokens requested for client without shared sessions', 'share sessions', 'shared sessions'],
    ['401 {"errors":"Refresh token cannot be decrypted"}', 'refresh token', 'newest'],
    ['Token theft detected', 'refresh token', 'sign in again'],
    ['Anti CSRF token is not valid', 'refresh token', 'sign in again'],
  ],
  'VA MAP STS, behind the token of a VA service account': [
    [
      '403 {"errors":"Service Account access token has expired"}',
      'is over',
      'tokentool get PROFILE',
    ],
    ['403 Service Account access token JWT has expired', 'is over', 'tokentool get'],
    ['Required scope for requested resource not found', 'not asked for this URL', 'scopes: ['],
    ['Service Account access token JWT is malformed', 'bearer in lower case', 'via'],
    ['Service Account access token body does not match signature', 'another environment', 'host'],
    [
      '{"error":"invalid_request","error_description":"Service account access token does not contain an ICN in `user_attributes` claim."}',
      'says nothing of a veteran',
      'user_attributes: icn',
    ],
    [
      '400 {"error":"invalid_request","error_description":"Application mismatch detected."}',
      'no MAP client for the application',
      'chatbot, sign_up_service',
    ],
    [
      '502 {"error":"server_error","error_description":"STS failed to return a valid token."}',
      'the icn is unknown to MAP',
      'user_attributes.icn=ICN',
    ],
  ],
  'Federated Directory, with a directory key or an API key': [
    [
      scim(400, '"assertion" length must be at least 250 characters long'),
      '250 to 500',
      '2048 bits',
    ],
    [scim(400, '"grant_type" must be one of [x]'), 'the one grant', 'jwt-bearer'],
    [scim(401, 'unknown issuer'), 'knows no key', 'ending in @fd'],
    [scim(401, 'invalid signature'), 'not signed with RS256', 'openssl pkey'],
    [scim(403, 'invalid scope'), 'not the role of this key', 'directoryKey'],
    ['assertion length must be between 250 and 500 characters', '250 to 500', '2048 bits'],
    ['Payload: assertion is too short', '250 to 500', '2048 bits'],
    ['Unknown issuer x', 'knows no key', 'ending in @fd'],
    [scim(401, 'no'), 'does not accept this assertion', 'openssl pkey'],
    ['409 {"detail":"x","status":"409","scimType":"uniqueness"}', 'exists already', 'Oauth2/Token'],
  ],
  'networknt light-oauth2': [
    ['ERR12000', 'reads a form only', 'call: in: form'],
    ['ERR12001', 'the service has no such grant; it has six', 'client_credentials'],
    ['ERR12002', 'did not say who it is', 'client_auth=post'],
    ['ERR12003', 'is not Basic', 'Authorization'],
    ['ERR12004', 'no id:secret', 'credentials'],
    ['ERR12005', 'a fault of its own', 'administrator'],
    ['ERR12007', 'its secret is not the right one', 'client_secret'],
    ['ERR12014', 'no such client is registered there', 'client_id'],
    ['the call ended with ERR12014 (404)', 'no such client is registered', 'client_id'],
    ['ERR12008', 'no user stands behind it', 'sign in again'],
    ['ERR12052', 'no such authorization code', 'code=@-'],
    ['ERR12016', 'not that of the user', 'password'],
    ['ERR12022', 'username or password', '${env:PASSWORD}'],
    ['ERR12023', 'username or password', 'username'],
    ['ERR12024', 'trusted clients', 'clientType trusted'],
    ['ERR12025', 'redirect_uri', 'redirect_uri'],
    ['ERR12026', 'redirect_uri', 'redirect_uri'],
    ['ERR12027', 'a scope is not among', 'scopes'],
    ['ERR12028', 'belongs to another client', 'sign in again'],
    ['ERR12029', 'no such refresh token', 'refresh_token=@-'],
    ['ERR12031', 'userId or userType', 'user_id'],
    ['ERR12032', 'userId or userType', 'user_type'],
    ['ERR12033', 'challenge or method', 'S256'],
    ['ERR12034', 'challenge or method', 'S256'],
    ['ERR12035', 'challenge or method', 'S256'],
    ['ERR12036', 'challenge or method', 'S256'],
    ['ERR12037', '43 to 128', 'S256'],
    ['ERR12038', '43 to 128', 'S256'],
    ['ERR12039', '43 to 128', 'S256'],
    ['ERR12040', 'the challenge', 'S256'],
    ['ERR12041', 'the challenge', 'S256'],
    ['ERR12044', 'exchange this reference', 'deref client'],
    ['ERR12045', 'is gone', 'tokentool get PROFILE'],
    ['ERR12046', 'is gone', 'tokentool get PROFILE'],
    ['ERR12030', 'no key of that id', 'kid'],
    ['ERR12017', 'no key of that id', '/oauth2/keys'],
    ['ERR12055', 'token exchange', 'subject_token'],
    ['ERR12056', 'token exchange', 'subject_token'],
    ['ERR12057', 'token exchange', 'subject_token'],
    ['ERR10010', 'fell over the request', '--dry-run'],
    ['ERR10011', 'a fault of its own', 'log of the server'],
    ['ERR10014', 'could not make the token', 'administrator'],
    ['ERR10015', 'reads a form only', 'in: form'],
    ['ERR10042', 'a fault of its own', 'administrator'],
    ['ERR10043', 'authenticator', 'authenticateClass'],
    ['ERR10007', 'nothing takes a token request', 'https://HOST/oauth2/token'],
    ['ERR10008', 'nothing takes a token request', 'token_endpoint'],
    ['ERR10048', 'nothing takes a token request', 'token_endpoint'],
    ['ERR11000', 'validator', 'client_auth=basic'],
    ['ERR11001', 'validator', 'client_auth=basic'],
    ['ERR11004', 'reads a form only', 'in: form'],
    ['ERR11014', 'validator', '--dry-run'],
    ['ERR11017', 'validator', '--dry-run'],
    ['ERR10000', 'missing, garbled', '-o header'],
    ['ERR10001', 'Bearer token is over', '-o header'],
    ['ERR10002', 'missing, garbled', '-o header'],
    ['ERR10005', 'lacks a scope', 'scopes'],
    // glued together by the server, with a quote that breaks the JSON
    [
      '{"statusCode":404,"code":"ERR12014","message":"CLIENT_NOT_FOUND","description":"no client "x\\y" found","severity":"ERROR"}',
      'whatever a 404 says elsewhere',
      'client_id',
    ],
  ],
  'Fiserv FirstVision, the query contract (until November 2022)': [
    [
      fiserv('240101', 'Invalid client credentials or scope'),
      'one of them does not hold',
      '--scope ONE',
    ],
    ['240101', 'does not say why', 'client_secret'],
    ['140106', 'does not say why', 'client_secret'],
    [fiserv('240101', 'The token is expired'), 'is over', 'headers'],
    [fiserv('240101', 'Bearer token is invalid'), 'looked for a Bearer token', 'firstvision-json'],
    ['failed with code 240101', 'does not say why', 'client_secret'],
    ['240001', 'never set up', 'provision this client'],
    ['240002', 'no Authorization header', '--dry-run'],
    ['240003', 'looked for a Bearer token', 'firstvision-json'],
    ['240005', 'wants a body', 'firstvision-json'],
    ['240008', 'a field is missing', '--dry-run'],
    ['240009', 'a field is missing', '--dry-run'],
    ['240010', 'a field is missing', '--dry-run'],
    ['240011', 'a header is missing', 'headers'],
    ['240401', 'no such path', 'base_url'],
    ['240501', 'another method', 'POST'],
    ['241502', 'a content type', 'content_type'],
    ['250001', 'a fault of its own', 'correlation id'],
    ['250301', 'the service behind it is not', 'a minute'],
    ['340001', 'refused as malformed', '--dry-run'],
    ['AGT415UMT', 'a content type', 'content_type'],
    ['AGT400BR', 'refused as malformed', '--dry-run'],
    ['AGT401UA', 'does not say why', 'client_secret'],
    // codes that nobody has published
    ['240077', 'not as this contract wants it', '--dry-run'],
    ['340399', 'not let in', 'client_secret'],
    ['350099', 'ran into a fault', 'correlation id'],
  ],
  'RFC 6749, any service': [
    ['invalid_grant', 'refuses the grant itself', '--dry-run'],
    ['{"error":"invalid_grant","error_description":"Invalid issuer"}', 'knows nobody', 'issuer'],
    ['{"error":"invalid_client"}', 'does not know the client', 'client_auth'],
    ['invalid_client', 'does not know the client', 'client_id'],
    ['unauthorized_client', 'not opened to it', 'where the client is registered'],
    [
      'unauthorized_client: Invalid client or Invalid client credentials',
      'the client secret is wrong',
      'client_secret',
    ],
    ['slow_down', 'too often', '5 seconds'],
    ['authorization_pending', 'not finished', 'interval'],
    ['expired_token', 'device code', 'begin again'],
    ['login_required', 'has to sign in', 'sign-in page'],
    ['interaction_required', 'agree or choose', 'sign-in page'],
    ['redirect_uri_mismatch', 'letter by letter', 'register'],
    ['invalid_redirect_uri', 'letter by letter', 'register'],
    ['deleted_client', 'deleted', 'client_id'],
    [
      '{"error":"unauthorized_client","error_description":"Invalid client secret"}',
      'the client secret is wrong',
      'client_secret',
    ],
    ['unsupported_grant_type', 'no grant_type', 'call: in'],
    [
      'oauthlib.oauth2.rfc6749.errors.InvalidScopeError: (invalid_scope) x',
      'a scope is unknown',
      'scopes',
    ],
    ['https://a/cb?error=access_denied&error_description=no', 'says no', 'administers'],
    ['invalid_target', 'RFC 8707', 'resource'],
    ['use_dpop_nonce', 'DPoP', 'plain bearer'],
    ['WWW-Authenticate: Bearer error="invalid_token"', 'over, revoked', 'tokentool get PROFILE'],
    ['Bearer error="insufficient_scope", scope="a"', 'lacks a scope', 'name that scope'],
    ['503 {"error":"temporarily_unavailable"}', 'overloaded', 'a minute'],
  ],
  'HTTP, any service': [
    ['502', 'a gateway in front', 'a minute'],
    ['<html><head><title>504 Gateway Time-out</title></head></html>', 'a gateway', 'a minute'],
    ['401', 'does not accept this client', 'paste the body'],
    ['HTTP/1.1 404 Not Found\ncontent-length: 0\n\n', 'the path or the method', 'token_endpoint'],
    ['HTTP/2 429\nretry-after: 3\n\n', 'too many requests', 'Retry-After'],
    ['curl: (22) The requested URL returned error: 403', 'does not allow it', 'decode'],
    [
      'requests.exceptions.HTTPError: 403 Client Error: Forbidden for url: https://x/y',
      'does not allow it',
      'decode',
    ],
    [
      'org.springframework.web.client.HttpClientErrorException$Unauthorized: 401 Unauthorized: [no body]\n\tat org.x.Y(Z.java:1)',
      'does not accept this client',
      'paste',
    ],
    ['Error: Request failed with status code 401', 'does not accept this client', 'paste'],
    ['{"message":"Not Found","status":404}', 'the path or the method', 'token_endpoint'],
    ['307', 'has moved', 'Location'],
    ['407 Proxy Authentication Required', 'a proxy on the way', 'HTTPS_PROXY'],
    ['415', 'not of a type', 'in: form'],
    ['500 Internal Server Error', 'the service failed', 'request id'],
    ['400 Bad Request', 'does not take the request', 'paste the body'],
  ],
  'the network': [
    ['ECONNREFUSED', 'nothing listens', 'curl -v'],
    ['connect ECONNREFUSED 127.0.0.1:6882', 'nothing listens', 'port'],
    ['curl: (7) Failed to connect to x port 443: Connection refused', 'nothing listens', 'curl -v'],
    [
      'TypeError: fetch failed\n  cause: Error: getaddrinfo ENOTFOUND id.x',
      'leads nowhere',
      'getent',
    ],
    ['EAI_AGAIN', 'leads nowhere', 'getent'],
    ['java.net.UnknownHostException: id.example', 'leads nowhere', 'getent'],
    ['ETIMEDOUT', 'nothing came back', 'curl -v'],
    ['UND_ERR_CONNECT_TIMEOUT', 'nothing came back', 'HTTPS_PROXY'],
    ['Error: socket hang up', 'ended the connection', 'try again'],
    ['ECONNRESET', 'ended the connection', 'curl -v'],
    ['ENETUNREACH', 'no way from this machine', 'VPN'],
    ['TypeError: Invalid URL', 'no URL', 'https://'],
    ['curl: (5) Could not resolve proxy: p', 'the proxy', '_proxy'],
    ['HPE_INVALID_CONSTANT', 'does not speak HTTP', 'curl -v'],
    ['TypeError: fetch failed', 'was not pasted', 'error.cause'],
  ],
  'a library that checks JWTs': [
    ['TokenExpiredError: jwt expired', 'has passed', 'tokentool decode'],
    ['jwt expired', 'has passed', 'tokentool decode'],
    ['401 {"message":"jwt expired"}', 'has passed', 'tokentool decode'],
    ['io.jsonwebtoken.ExpiredJwtException: JWT expired at 2026', 'has passed', 'decode'],
    ['jwt.exceptions.ExpiredSignatureError: Signature has expired', 'has passed', 'decode'],
    ['JWTExpired: "exp" claim timestamp check failed', 'has passed', 'decode'],
    ['{"code":"ERR_JWT_EXPIRED"}', 'has passed', 'decode'],
    ['Jwt is expired', 'has passed', 'decode'],
    ['NotBeforeError: jwt not active', 'lies ahead', 'backdate'],
    ['JsonWebTokenError: invalid signature', 'does not fit the key', 'tokentool verify'],
    ['io.jsonwebtoken.security.SignatureException: x', 'does not fit', 'verify'],
    ['jwt.exceptions.InvalidSignatureError: Signature verification failed', 'not fit', 'verify'],
    ['Signature verification failed', 'does not fit', 'verify'],
    ['JWSSignatureVerificationFailed: x', 'does not fit', 'verify'],
    ['ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'does not fit', 'verify'],
    ['JsonWebTokenError: jwt malformed', 'no JWT', 'decode'],
    ['JsonWebTokenError: jwt audience invalid. expected: x', 'aud of the token', 'decode'],
    ["jwt.exceptions.InvalidAudienceError: Audience doesn't match", 'aud of the token', 'aud'],
    ['Audiences in Jwt are not allowed', 'aud of the token', 'decode'],
    ['JWTClaimValidationFailed: unexpected "aud" claim value', 'aud of the token', 'decode'],
    ['Jwt issuer is not configured', 'iss of the token', 'decode'],
    ['JWTClaimValidationFailed: missing required "sub" claim', 'a claim of the token', 'decode'],
    ["Jwks doesn't have key to match kid or alg from Jwt", 'none of the keys', '--key URL'],
    ['JsonWebTokenError: invalid algorithm', 'alg of the token', 'algorithm'],
    [
      'Error: secretOrPrivateKey must be an asymmetric key when using RS256',
      'the sort that the algorithm wants',
      'key inspect',
    ],
  ],
  TLS: [
    ['CERT_HAS_EXPIRED', 'has run out', 'openssl s_client'],
    [
      'curl: (60) SSL certificate problem: self-signed certificate',
      'the authority',
      'NODE_EXTRA_CA_CERTS',
    ],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'the authority', 'tls: { ca'],
    ['unable to verify the first certificate', 'in between', '-showcerts'],
    ['x509: certificate signed by unknown authority', 'the authority', 'authority.pem'],
    ['PKIX path building failed: unable to find valid certification path', 'the authority', 'ca'],
    ['[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed', 'the authority', 'ca'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'another name', 'subjectAltName'],
    ['CERT_NOT_YET_VALID', 'begins in the future', 'date -u'],
    ['error:0A00045C:SSL routines::tlsv13 alert certificate required', 'mutual TLS', 'pfx'],
    ['error:0A00010B:SSL routines::wrong version number', 'plain HTTP', 'port'],
    ['EPROTO', 'handshake failed', 'openssl s_client'],
  ],
  OpenSSL: [
    ['error:1E08010C:DECODER routines::unsupported', 'line breaks were lost', 'key inspect'],
    ['ERR_OSSL_UNSUPPORTED', 'cannot be read', 'key convert'],
    ['error:0909006C:PEM routines:get_name:no start line', 'cannot be read', 'key inspect'],
    ['error:1C800064:Provider routines::bad decrypt', 'does not open the key', '--passphrase'],
    ['error:0308010C:digital envelope routines::unsupported', 'too old for OpenSSL 3', '-legacy'],
    [
      'RS256 requires key modulusLength to be 2048 bits or larger',
      'shorter than is safe',
      'key generate',
    ],
    ['ERR_OSSL_CRYPTO_INTERRUPTED_OR_CANCELLED', 'no passphrase', 'passphrase: ${env:PASSPHRASE}'],
  ],
  tokentool: [
    ['key_encrypted', 'on this machine', 'tokentool doctor'],
    ['profile_unknown', 'the profile file', 'tokentool doctor'],
    [
      'tokentool: error: there is no profile file\n  fix:   tokentool init',
      'tokentool itself',
      'doctor',
    ],
    [
      '{"error":{"class":"untrusted","exit":2,"code":"untrusted","message":"m"}}',
      'a profile file',
      'trust',
    ],
  ],
}

describe.each(Object.entries(TEXTS))('%s says', (service, rows) => {
  test.each(rows)('%s', (text, means, fix) => {
    const told = tell(text)
    expect(told?.service).toBe(service)
    expect(told?.means).toContain(means)
    expect(told?.fix).toContain(fix)
  })
})

describe('a service in words of its own', () => {
  test.each(VENDOR_ANSWERS)(
    '$service: $status $body',
    ({ service, status, body, means, fix, url }) => {
      const told = tell(`POST ${url ?? ''} → ${status} ${body}`)
      expect(told?.service).toBe(service)
      expect(told?.means).toContain(means)
      expect(told?.fix).toContain(fix)
    },
  )

  test.each([
    ['AADSTS7000215', 'Entra ID'],
    ['AADSTS7000215: Invalid client secret provided.', 'Entra ID'],
    ['390144', 'Snowflake'],
    ['E0000011', 'Okta'],
    ['NOT_AUTHORIZED', 'App Store Connect'],
    ['consent_required', 'DocuSign'],
    ['bad_verification_code', 'GitHub'],
    ['INVALID_SESSION_ID', 'Salesforce'],
    ['ACCESS_TOKEN_SCOPE_INSUFFICIENT', 'Google'],
    ['Token has been expired or revoked.', 'Google'],
    [
      '250001 (08001): Failed to connect to DB: xy12345.snowflakecomputing.com:443. JWT token is invalid. [0ce9eb56-821d-4ca9-a774-04ae89a0cf5a]',
      'Snowflake',
    ],
    ['issuer_not_found', 'DocuSign'],
    ['Invalid JWT Signature.', 'Google'],
    ["user hasn't approved this consumer", 'Salesforce'],
    ["'Issued at' claim ('iat') must be an Integer", 'GitHub'],
    ["Please check the 'exp' claim.", 'Box'],
  ])('%s, alone', (text, service) => {
    expect(tell(text)?.service).toBe(service)
  })
})

describe('nobody is known to say', () => {
  test.each([
    "I'm a teapot",
    '418 {"error":"teapot"}',
    '403 permission denied for bucket',
    '400 {"errors":"Something nobody has seen"}',
    'the scope of this role is a signature',
    'Unauthorized access to the vault',
    'ERR99999',
    // a number in prose may count anything
    'request took 240101 ms',
    'order 240101 shipped',
    'please sign here',
    '123456789',
    '{}',
    'it works',
  ])('%s', (text) => {
    expect(tell(text)).toBeUndefined()
  })
})

describe('who else could have said it', () => {
  test.each<[string, readonly string[]]>([
    [
      '{"error":"invalid_grant","error_description":"Invalid JWT Signature."}',
      ['RFC 6749, any service'],
    ],
    ['ERR12014', []],
    ['240101', []],
    ['{"error":"unauthorized_client","error_description":"Invalid client credentials"}', []],
    // what a status alone would mean is not said beside what the text means
    ['400 {"errors":"Invalid scopes"}', []],
  ])('%s', (text, others) => {
    expect(tell(text)?.others).toEqual(others)
  })
})

describe('of a service that is named', () => {
  test.each<[string, string, string | undefined]>([
    ['light-oauth2', '200 {}', 'networknt light-oauth2'],
    [
      'federated-directory',
      '400 "assertion" length',
      'Federated Directory, with a directory key or an API key',
    ],
    ['va-sis', '403', 'VA Sign-in Service, service accounts'],
    ['va-sis', 'invalid_grant', 'RFC 6749, any service'],
    ['firstvision-json', '240003', 'Fiserv FirstVision, the JSON contract (since November 2022)'],
    ['jwt-bearer', 'E0000006', 'Okta'],
    ['va-sis', 'E0000006', undefined],
    ['va-sis', 'Invalid JWT Signature.', undefined],
    ['va-sis', 'a word', undefined],
  ])('%s: %s', (provider, text, service) => {
    expect(tell(text, provider)?.service).toBe(service)
  })
})

describe('every row', () => {
  const rows = SERVICES.flatMap(({ rows: own }) => own)

  test('reads well without a profile', () => {
    const lines = rows.flatMap((row) => {
      const { means, why, fix } = diagnose(row, undefined)
      return [means, ...why, ...fix]
    })
    const odd = lines.filter((line) =>
      /(?<!\$)\$\{(?!env:|via\.|uuid|iat|exp|scopes|assertion|key\.)| {2}|^\s|\s$|undefined|\b(\w+) \1\b/.test(
        line,
      ),
    )
    expect(odd).toEqual([])
  })

  test('has a fix, and begins small', () => {
    expect(rows.filter(({ fix }) => fix === undefined)).toEqual([])
    const lines = rows.flatMap(({ means, why = [], fix = [] }) => [means, ...why, ...[fix].flat()])
    expect(lines.filter((line) => /^[A-Z]|[.\n]$|\n| {2}|\s$/.test(line))).toEqual([])
  })

  test('that a plain provider has of a service says who it is', () => {
    const plain = [...(PROVIDERS['jwt-bearer']?.explain ?? [])]
    expect(plain.filter(({ service }) => service === undefined)).toEqual([])
  })

  test('is found in time, whatever is pasted', () => {
    const hostile = ['{', 'a=', '"', 'error ', 'code: x ', '[{"error":', 'HTTP/1.1 4', 'x '].map(
      (unit) => unit.repeat(200_000),
    )
    const start = performance.now()
    for (const text of hostile) tell(text)
    expect(performance.now() - start).toBeLessThan(8000)
  })
})
