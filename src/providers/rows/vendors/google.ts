// Google's token endpoint, for service accounts. It says most things as invalid_grant, with a text.

import type { ExplainRow } from '../../../core/provider.ts'

const service = 'Google'
const code = 'invalid_grant'

export const GOOGLE_ROWS: readonly ExplainRow[] = [
  {
    service,
    code,
    text: 'must be a short-lived token|in a reasonable timeframe',
    means: 'iat and exp are not what Google takes: around now, and at most 60 minutes apart',
    why: [
      'the clock of this machine is off',
      'exp lies more than an hour behind iat',
      'iat and exp are milliseconds where whole seconds are wanted',
    ],
    fix: '${at.lifetime} lifetime: 1h at most',
    suspects: ['clock'],
    sent: ['iat', 'exp'],
  },
  {
    service,
    code,
    text: '^invalid jwt signature',
    means: 'none of the keys in force of this service account fits the signature',
    why: [
      'the key was deleted or disabled, or has run out',
      'the key file is that of another service account than iss',
    ],
    fix: [
      'gcloud iam service-accounts keys list --iam-account EMAIL',
      '${at.key_path} key_path: a key file whose private_key_id is in that list',
    ],
    suspects: ['key'],
    sent: ['iss', 'key_path', 'key_id'],
  },
  {
    service,
    code,
    text: '^invalid grant: account not found',
    means: 'there is no service account, or no user, of the name in iss or sub',
    why: ['the service account was deleted', 'sub is no user of the domain', 'a mistyped name'],
    fix: '${at.issuer} issuer: the client_email of the key file',
    sent: ['iss', 'sub'],
  },
  {
    service,
    code,
    text: '^invalid email or user id',
    means: 'sub is no user for whom this service account may speak',
    why: ['an alias or a numeric id stands there', 'the user is of another domain, or gone'],
    fix: '${at.subject} subject: the primary e-mail address of a user of the domain',
    sent: ['iss', 'sub'],
  },
  {
    service,
    code: ['unauthorized_client', 'access_denied'],
    text: 'unauthorized to retrieve access tokens using this method|requested client not authorized',
    means:
      'the domain has not delegated these scopes to the service account (domain-wide delegation)',
    why: [
      'nobody has entered it in the admin console, or a few minutes ago only',
      'it was entered by its e-mail address: the numeric client id is wanted',
      'one of the scopes is not in the entry, letter by letter',
    ],
    fix: [
      'in admin.google.com: Security, API controls, Domain-wide delegation, Add new',
      'there the numeric client_id of the key file, and every scope that is asked for',
    ],
    sent: ['iss', 'sub', 'scope', 'scopes'],
  },
  {
    service,
    code: 'invalid_scope',
    text: 'invalid oauth scope or id token audience|empty or missing scope not allowed',
    means: 'the assertion asks for no scope that Google knows: it wants them in a claim, scope',
    why: ['a mistyped scope', 'the scopes were sent as a parameter, which is not read here'],
    fix: '${at.assertion.claims.scope} assertion: claims: scope: "$${scopes|space}"',
    sent: ['scope', 'scopes'],
  },
  {
    service,
    code,
    text: '^token has been expired or revoked',
    means: 'the refresh token is dead: it was revoked, ran out, or its user changed the password',
    why: [
      'an application in testing has refresh tokens that live for 7 days',
      'it was not used for 6 months, or too many were made for this client',
    ],
    fix: 'have the user sign in again, for a new refresh token',
    sent: ['client_id', 'token_endpoint'],
  },
  {
    service,
    code: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
    means: 'the token lacks a scope that this method of the API wants',
    fix: [
      'tokentool decode -, or oauth2.googleapis.com/tokeninfo, for the scopes it has',
      '${at.scopes} scopes: one that the documentation of the method lists',
    ],
    sent: ['scope', 'scopes', 'iss'],
  },
  {
    service,
    code: ['admin_policy_enforced', 'org_internal'],
    means: 'a policy of the organisation keeps this application, or this user, out',
    fix: 'ask the administrator of the Google Workspace to allow the client and its scopes',
    sent: ['client_id', 'iss', 'sub'],
  },
  {
    service,
    code: 'disabled_client',
    means: 'the client has been disabled, by its owner or by Google',
    fix: 'in the Google Cloud console: APIs and services, Credentials',
    sent: ['client_id', 'iss'],
  },
]
