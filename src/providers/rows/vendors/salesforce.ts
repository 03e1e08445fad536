// Salesforce, JWT bearer flow.

import type { ExplainRow } from '../../../core/provider.ts'

const service = 'Salesforce'
const code = 'invalid_grant'

const NOT_APPROVED = {
  service,
  means: 'the app admits users only whom an administrator has approved, and sub is none of them',
  fix: 'in Setup: the app, Manage, then give the user a profile or permission set of the app',
  sent: ['iss', 'sub'],
} as const

export const SALESFORCE_ROWS: readonly ExplainRow[] = [
  {
    service,
    code,
    text: 'user hasn.t approved this consumer',
    means: 'nobody has approved that this app speaks for the user in sub',
    why: [
      'under Permitted Users the app does not have "Admin approved users are pre-authorized"',
      'the user has no profile or permission set of the app',
      'the app has no scope refresh_token (offline_access)',
    ],
    fix: 'in Setup: the app, Manage, Permitted Users, then give the user a permission set of the app',
    suspects: ['environment'],
    sent: ['iss', 'sub', 'aud'],
  },
  {
    service,
    code,
    text: '^audience is invalid',
    means: 'aud is not the login host: Salesforce never takes the token URL of your own domain',
    why: ['the My Domain URL stands there', 'login and test (sandboxes) are mixed up'],
    fix: '${at.audience} audience: https://login.salesforce.com, or https://test.salesforce.com',
    sent: ['aud', 'token_endpoint'],
  },
  {
    service,
    code,
    text: '^invalid assertion',
    means:
      'the assertion is not signed by the key of the certificate in the app of Salesforce, or is over',
    why: [
      'another certificate was uploaded to the app',
      'exp lies more than a few minutes ahead, or has passed',
    ],
    fix: [
      'openssl pkey -in ${key_path} -pubout',
      'openssl x509 -in CERT -noout -pubkey',
      'both public keys must be the same, where CERT is the one uploaded to the app',
      '${at.lifetime} lifetime: 3m',
    ],
    suspects: ['key', 'clock'],
    sent: ['iss', 'key_path', 'iat', 'exp'],
  },
  { ...NOT_APPROVED, text: 'user is not admin approved to access this app' },
  { ...NOT_APPROVED, code: 'invalid_app_access' },
  {
    service,
    code: 'invalid_client_id',
    means: 'there is no app by this consumer key here',
    why: [
      'a new app takes up to ten minutes to be known',
      'it belongs to another org, or to a sandbox',
      'the consumer key was cut short',
    ],
    fix: '${at.issuer} issuer: the consumer key of the app, and aud the host of its org',
    suspects: ['environment'],
    sent: ['iss', 'client_id', 'aud'],
  },
  {
    service,
    code: 'app_not_found',
    means: 'the app is not installed in the org of this user',
    fix: 'have the app installed in the org, or created there',
    sent: ['iss', 'sub', 'aud'],
  },
  {
    service,
    code: 'inactive_user',
    means: 'the user in sub is deactivated or frozen',
    fix: '${at.subject} subject: the name of an active user',
    sent: ['sub', 'aud'],
  },
  {
    service,
    code: 'unknown_error',
    text: 'retry your request',
    means: 'which org is meant could not be told, or Salesforce failed for a moment',
    why: ['a user of a sandbox at login, or the other way round'],
    fix: '${at.audience} audience: https://login.salesforce.com, or https://test.salesforce.com',
    sent: ['aud', 'sub', 'token_endpoint'],
  },
  {
    service,
    code: 'INVALID_SESSION_ID',
    means: 'the access token is over or revoked, or is of another org than the one called',
    why: ['the session of the org has timed out', 'the host is not the instance_url of the answer'],
    fix: ['tokentool get ${profile}', 'call the host that stands in instance_url beside the token'],
    sent: ['aud', 'sub', 'token_endpoint'],
  },
]
