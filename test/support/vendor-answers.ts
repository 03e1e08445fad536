// What known services answer, as it stands on the wire: [service, status, body, a phrase of what it
// means, a phrase of the fix, the address where that is what tells who speaks].

export interface VendorAnswer {
  readonly service: string
  readonly status: number
  readonly body: string
  readonly means: string
  readonly fix: string
  readonly url: string | undefined
  /** where the status misleads */
  readonly class?: 'unavailable'
}

const oauth = (error: string, error_description?: string): object => ({ error, error_description })
const entra = (code: number, error: string, text: string): object => ({
  error,
  error_description: `AADSTS${code}: ${text} Trace ID: 1f2e3d4c-0000-0000-0000-a1b2c3d4e500 Correlation ID: 0a0b0c0d-0000-0000-0000-000000000001 Timestamp: 2026-11-21 12:00:00Z`,
  error_codes: [code],
  timestamp: '2026-11-21 12:00:00Z',
  trace_id: '1f2e3d4c-0000-0000-0000-a1b2c3d4e500',
  correlation_id: '0a0b0c0d-0000-0000-0000-000000000001',
})
const github = (status: number, message: string): object => ({
  message,
  documentation_url: 'https://docs.github.com/rest',
  status: `${status}`,
})
const zoom = (error: string, reason: string): object => ({ reason, error })
const okta = (errorCode: string, errorSummary: string): object => ({
  errorCode,
  errorSummary,
  errorLink: errorCode,
  errorId: 'oaeHfmOAx1iRLa0H10DeMz5fQ',
  errorCauses: [],
})
const snowflake = (code: string, message: string): object => ({
  data: null,
  code,
  message,
  success: false,
})

type Row = readonly [
  status: number,
  body: object,
  means: string,
  fix: string,
  rest?: { url?: string; class?: 'unavailable' },
]

const ANSWERS: Readonly<Record<string, readonly Row[]>> = {
  Google: [
    [
      400,
      oauth(
        'invalid_grant',
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
      ),
      'at most 60 minutes apart',
      'lifetime: 1h',
    ],
    [
      400,
      oauth('invalid_grant', 'Invalid JWT Signature.'),
      'none of the keys in force',
      'gcloud iam',
    ],
    [
      400,
      oauth('invalid_grant', 'Invalid grant: account not found'),
      'no service account',
      'client_email',
    ],
    [
      400,
      oauth('invalid_grant', 'Token has been expired or revoked.'),
      'the refresh token is dead',
      'sign in again',
    ],
    [403, { error: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }, 'lacks a scope', 'scopes'],
    [400, oauth('invalid_grant', 'Invalid email or User ID'), 'sub is no user', 'primary e-mail'],
    [
      401,
      oauth(
        'unauthorized_client',
        'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.',
      ),
      'has not delegated these scopes',
      'Domain-wide delegation',
    ],
    [
      403,
      oauth('access_denied', 'Requested client not authorized.'),
      'has not delegated',
      'client_id',
    ],
    [
      400,
      oauth('invalid_scope', 'Invalid OAuth scope or ID token audience provided.'),
      'no scope that Google knows',
      'claims: scope',
    ],
    [
      400,
      oauth('invalid_scope', 'Empty or missing scope not allowed.'),
      'no scope',
      'claims: scope',
    ],
    [400, oauth('admin_policy_enforced'), 'a policy of the organisation', 'administrator'],
    [403, oauth('org_internal'), 'a policy of the organisation', 'administrator'],
    [401, oauth('disabled_client'), 'has been disabled', 'Google Cloud console'],
  ],
  Salesforce: [
    [
      401,
      [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }],
      'over or revoked',
      'instance_url',
    ],
    [
      400,
      oauth('invalid_grant', "user hasn't approved this consumer"),
      'nobody has approved',
      'Permitted Users',
    ],
    [
      400,
      oauth('invalid_grant', 'audience is invalid'),
      'not the login host',
      'https://login.salesforce.com',
    ],
    [400, oauth('invalid_grant', 'invalid assertion'), 'not signed by the key', 'openssl x509'],
    [
      400,
      oauth('invalid_grant', 'user is not admin approved to access this app'),
      'admits users only whom an administrator',
      'permission set',
    ],
    [400, oauth('invalid_app_access'), 'admits users only', 'permission set'],
    [
      400,
      oauth('invalid_client_id', 'client identifier invalid'),
      'no app by this consumer key',
      'consumer key',
    ],
    [
      400,
      oauth('app_not_found', 'External client app is not installed in this org'),
      'not installed',
      'installed',
    ],
    [400, oauth('inactive_user', 'user is inactive'), 'deactivated or frozen', 'active user'],
    [
      400,
      oauth('unknown_error', 'retry your request'),
      'could not be told',
      'https://test.salesforce.com',
    ],
  ],
  DocuSign: [
    [400, oauth('consent_required'), 'never consented', 'oauth/auth?response_type=code'],
    [
      400,
      oauth('invalid_grant', 'no_valid_keys_or_signatures'),
      'none of those stored',
      'openssl pkey',
    ],
    [400, oauth('invalid_grant', 'issuer_not_found'), 'no such integration key', 'integration key'],
    [400, oauth('invalid_grant', 'user_not_found'), 'no user of this environment', 'a GUID'],
  ],
  Box: [
    [
      400,
      oauth('invalid_grant', "Please check the 'exp' claim."),
      'more than 60 seconds',
      'lifetime: 45s',
    ],
    [
      400,
      oauth(
        'invalid_grant',
        "Current date/time must be before the expiration date/time listed in the 'exp' claim.",
      ),
      'more than 60 seconds',
      'lifetime: 45s',
    ],
    [400, oauth('invalid_grant', "Please check the 'jti' claim."), '16 to 128 characters', 'jti'],
    [400, oauth('invalid_grant', "Please check the 'sub' claim."), 'may speak for', 'box_sub_type'],
    [
      400,
      oauth('invalid_grant', "Please check the 'aud' claim."),
      'the one URL',
      'https://api.box.com/oauth2/token',
    ],
    [
      400,
      oauth('unauthorized_client', 'This app is not authorized by the enterprise'),
      'no administrator of the enterprise',
      'Admin Console',
    ],
  ],
  Adobe: [
    [
      400,
      oauth('invalid_token', 'Could not match JWT signature to any of the bindings'),
      'none of the certificates in force',
      'Developer Console',
    ],
    [
      400,
      oauth('invalid_scope', 'Invalid metascope in the claims'),
      'metascope',
      'Developer Console',
    ],
    [
      400,
      oauth('bad_request', 'Missing a parameter'),
      'does not say which',
      '--dry-run',
      { url: 'https://ims-na1.adobelogin.com/ims/exchange/jwt' },
    ],
  ],
  Zoom: [
    [
      400,
      zoom('invalid_client', 'Invalid client_id or client_secret'),
      'no app of Zoom',
      'App Credentials',
    ],
    [400, zoom('invalid_request', 'Account does not exist'), 'account_id is none', 'account_id'],
    [
      400,
      zoom('invalid_request', 'Account does not enabled the OAuth app type'),
      'not set up for server-to-server',
      'activate it',
    ],
    [
      400,
      zoom('unsupported_grant_type', 'unsupported grant type'),
      'account_credentials',
      'account_credentials',
      { url: 'https://zoom.us/oauth/token' },
    ],
  ],
  GitHub: [
    [
      400,
      oauth('bad_verification_code', 'The code passed is incorrect or expired.'),
      'the code of the sign-in',
      'sign in again',
    ],
    [401, github(401, 'A JSON web token could not be decoded'), 'cannot be read', 'openssl sha256'],
    [
      401,
      github(401, "'Expiration time' claim ('exp') is too far in the future"),
      'more than ten minutes',
      'lifetime: 9m',
    ],
    [
      401,
      github(
        401,
        "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
      ),
      'more than ten minutes',
      'lifetime: 9m',
    ],
    [
      401,
      github(
        401,
        "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
      ),
      'no whole number',
      'backdate: 60s',
    ],
    [404, github(404, 'Integration not found'), 'names no GitHub app', 'app id'],
    [
      401,
      github(401, 'Bad credentials'),
      'wrong, over or revoked',
      'tokentool get',
      { url: 'https://api.github.com/app/installations/1/access_tokens' },
    ],
    [
      404,
      github(404, 'Not Found'),
      'no such installation',
      'GET /app/installations',
      { url: 'https://api.github.com/app/installations/1/access_tokens' },
    ],
    [
      403,
      github(403, 'Request forbidden by administrative rules.'),
      'a User-Agent is wanted',
      'User-Agent',
    ],
    [
      403,
      github(403, 'This installation has been suspended'),
      'has suspended it',
      'Installed GitHub Apps',
    ],
    [
      403,
      github(403, 'API rate limit exceeded for installation ID 1.'),
      'too many requests',
      'x-ratelimit-reset',
      { class: 'unavailable' },
    ],
    [
      422,
      github(422, 'The permissions requested are not granted to this installation.'),
      'more permissions',
      'permissions',
    ],
  ],
  'Entra ID': [
    [
      400,
      entra(
        700016,
        'unauthorized_client',
        "Application with identifier 'x' was not found in the directory 'y'.",
      ),
      'no such application',
      'client_id',
    ],
    [
      400,
      entra(90002, 'invalid_request', "Tenant 'x' not found."),
      'no such tenant',
      'login.microsoftonline.com',
    ],
    [
      401,
      entra(
        7000215,
        'invalid_client',
        'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value.',
      ),
      'the id of the secret was copied',
      'client_secret: the value',
    ],
    [
      401,
      entra(7000222, 'invalid_client', 'The provided client secret keys are expired.'),
      'has run out',
      'new one',
    ],
    [
      401,
      entra(
        700027,
        'invalid_client',
        'The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: AB12CD34]',
      ),
      'none of the certificates',
      'openssl x509',
    ],
    [
      401,
      entra(700024, 'invalid_client', 'Client assertion is not within its valid time range.'),
      'not within its times',
      'lifetime: 5m',
    ],
    [
      401,
      entra(
        700213,
        'invalid_request',
        'No matching federated identity record found for presented assertion subject.',
      ),
      'no federated credential',
      'Federated credentials',
    ],
    [
      400,
      entra(70021, 'invalid_request', 'No matching federated identity record found.'),
      'no federated',
      'decode',
    ],
    [
      400,
      entra(
        70011,
        'invalid_scope',
        "The provided value for the input parameter 'scope' is not valid.",
      ),
      '/.default',
      '/.default',
    ],
    [
      400,
      entra(1002012, 'invalid_scope', 'The provided value for scope x is not valid.'),
      '/.default',
      '/.default',
    ],
    [
      400,
      entra(
        500011,
        'invalid_resource',
        'The resource principal named x was not found in the tenant named y.',
      ),
      'does not exist in this tenant',
      'App ID URI',
    ],
    [
      400,
      entra(50013, 'invalid_grant', 'Assertion failed signature validation.'),
      'on behalf of a user',
      'decode',
    ],
    [
      400,
      entra(
        500131,
        'invalid_grant',
        'Assertion audience does not match the Client app presenting the assertion.',
      ),
      'on behalf of a user',
      'decode',
    ],
    [
      400,
      entra(
        65001,
        'invalid_grant',
        'The user or administrator has not consented to use the application.',
      ),
      'nobody has consented',
      'Grant admin consent',
    ],
    [
      400,
      entra(
        50126,
        'invalid_grant',
        'Error validating credentials due to invalid username or password.',
      ),
      'the password is wrong',
      'user@tenant',
    ],
    [
      400,
      entra(
        53003,
        'interaction_required',
        'Access has been blocked by Conditional Access policies.',
      ),
      'conditional access',
      'sign-in log',
    ],
    [
      400,
      entra(50076, 'interaction_required', 'You must use multi-factor authentication.'),
      'a page of Microsoft',
      'login.microsoftonline.com/error',
    ],
  ],
  Okta: [
    [
      401,
      oauth(
        'invalid_client',
        'Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.',
      ),
      'a key only',
      'private_key_jwt',
    ],
    [
      401,
      oauth(
        'invalid_client',
        'The audience claim for client_assertion must be the endpoint invoked for the request.',
      ),
      'the very URL',
      'client_audience',
    ],
    [
      401,
      oauth(
        'invalid_client',
        'The client_assertion token has an expiration too far into the future.',
      ),
      'more than an hour ahead',
      'lifetime: 5m',
    ],
    [
      401,
      oauth('invalid_client', 'The parsing of the client_assertion failed.'),
      'cannot be read',
      'key_id',
    ],
    [
      400,
      oauth(
        'invalid_scope',
        'One or more scopes are not configured for the authorization server resource.',
      ),
      'no such scope',
      'scopes',
    ],
    [401, okta('E0000011', 'Invalid token provided'), 'not valid: over, revoked', '-o header'],
    [403, okta('E0000005', 'Invalid session'), 'not valid: over, revoked', '-o header'],
    [
      403,
      okta('E0000006', 'You do not have permission to perform the requested action'),
      'may not do this',
      'okta.',
    ],
  ],
  Auth0: [
    [
      403,
      oauth('access_denied', 'Client is not authorized to access "https://api.example/".'),
      'no grant for this API',
      'Machine to Machine',
    ],
    [
      403,
      oauth('access_denied', 'Service not found: https://api.example'),
      'no API by this audience',
      'identifier',
    ],
    [401, oauth('access_denied', 'Unauthorized'), 'unknown to the tenant', 'client_secret'],
    [
      401,
      oauth('invalid_client', 'exp must not be later than 5 minutes after iat'),
      'longer than 5 minutes',
      'lifetime: 60s',
      { url: 'https://tenant.eu.auth0.com/oauth/token' },
    ],
  ],
  Snowflake: [
    [
      401,
      snowflake(
        '250001',
        'Failed to connect to DB: x.snowflakecomputing.com. JWT token is invalid.',
      ),
      'told to administrators only',
      'RSA_PUBLIC_KEY_FP',
    ],
    [
      401,
      snowflake('250001', 'Failed to connect to DB: x.snowflakecomputing.com.'),
      'could not log in to Snowflake',
      'the whole message',
    ],
    [
      401,
      snowflake('390144', 'JWT token is invalid. [0ce9eb56-821d-4ca9-a774-04ae89a0cf5a]'),
      'administrators only',
      'GET_LOGIN_FAILURE_DETAILS',
    ],
    [401, snowflake('394300', 'x'), 'has no public key', 'RSA_PUBLIC_KEY'],
    [401, snowflake('394301', 'x'), 'no iat, or no exp', 'iat'],
    [401, snowflake('394302', 'x'), 'more than 60 seconds after', 'backdate: 0s'],
    [401, snowflake('394303', 'x'), 'exp of the JWT has passed', 'lifetime'],
    [401, snowflake('394304', 'x'), 'the fingerprint in iss', 'openssl sha256'],
    [401, snowflake('394305', 'x'), 'alg is not RS256', 'RS256'],
    [401, snowflake('394306', 'x'), 'signature does not fit', 'SHA256:'],
    [401, snowflake('394307', 'x'), 'the account in iss', 'upper case'],
  ],
  'App Store Connect': [
    [
      401,
      {
        errors: [
          {
            status: '401',
            code: 'NOT_AUTHORIZED',
            title: 'Authentication credentials are missing or invalid.',
            detail: 'Provide a properly configured and signed bearer token.',
          },
        ],
      },
      'nothing says what is wrong',
      'appstoreconnect-v1',
    ],
  ],
  NetSuite: [
    [
      400,
      oauth('invalid_grant'),
      'nothing says why',
      'PS256',
      { url: 'https://1.suitetalk.api.netsuite.com/x' },
    ],
    [
      401,
      oauth('invalid_client'),
      'no integration',
      'integration record',
      { url: 'https://1.suitetalk.api.netsuite.com/x' },
    ],
    [
      400,
      oauth('invalid_request'),
      'as NetSuite wants',
      'ACCOUNT.suitetalk',
      { url: 'https://1.suitetalk.api.netsuite.com/x' },
    ],
  ],
  eBay: [
    [
      401,
      oauth('invalid_client', 'client authentication failed'),
      'no app by this id',
      'App ID',
      { url: 'https://api.ebay.com/identity/v1/oauth2/token' },
    ],
    [
      400,
      oauth(
        'invalid_scope',
        'The requested scope is invalid, unknown, malformed, or exceeds the scope granted to the client',
      ),
      'eBay grants each one',
      'OAuth Scopes',
      { url: 'https://api.sandbox.ebay.com/identity/v1/oauth2/token' },
    ],
  ],
  'SMART on FHIR': [
    [
      400,
      oauth('invalid_client'),
      'does not accept the client assertion',
      'RS384',
      { url: 'https://fhir.example.org/auth/token' },
    ],
    [
      400,
      oauth('invalid_scope'),
      'unknown to the server',
      'system/',
      { url: 'https://ehr.example.org/smart/token' },
    ],
  ],
}

export const VENDOR_ANSWERS: readonly VendorAnswer[] = Object.entries(ANSWERS).flatMap(
  ([service, rows]) =>
    rows.map(([status, body, means, fix, rest]) => ({
      service,
      status,
      body: JSON.stringify(body),
      means,
      fix,
      url: rest?.url,
      ...(rest?.class && { class: rest.class }),
    })),
)
