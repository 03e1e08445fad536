// The claims of a service account's assertion, one text of the sign-in service after the other.

import type { ExplainRow } from '../../core/provider.ts'

export const VA_TIME_ROWS: readonly ExplainRow[] = [
  {
    text: '^(service account )?assertion has expired',
    means: 'by the clock of the service exp has passed; it allows not a second',
    why: [
      'the clock of this machine is slow',
      'the assertion was made earlier and sent late',
      'exp is null or text that is no number',
    ],
    fix: '${at.lifetime} lifetime: 300s',
    suspects: ['clock'],
    sent: ['iat', 'exp'],
  },
  {
    text: '^invalid iat|^assertion issuance timestamp is not valid',
    means: 'iat lies ahead of the clock of the service, which allows not a second, or is no number',
    why: [
      'the clock of this machine is fast',
      'iat is milliseconds or text',
      'backdate is off in the profile',
    ],
    fix: '${at.backdate} backdate: 10s',
    suspects: ['clock'],
    sent: ['iat', 'exp'],
  },
  {
    text: '^(service account )?assertion is malformed',
    means:
      'the service cannot read the assertion as a JWT signed with RS256, or its nbf lies ahead',
    why: [
      'nbf is in the claims and the clock of this machine is fast',
      'alg is not RS256, the only one it takes',
      'it has no three parts: cut off, or something else was sent in its place',
    ],
    fix: [
      '${at.assertion.claims.nbf} assertion: claims: nbf: null',
      '${at.algorithm} algorithm: RS256',
      'tokentool get ${profile} --dry-run',
    ],
    suspects: ['clock'],
    sent: ['nbf', 'iat', 'algorithm'],
  },
]

export const VA_CLAIM_ROWS: readonly ExplainRow[] = [
  {
    text: '^missing required claim iat',
    means: 'the assertion has no iat',
    fix: '${at.assertion.claims.iat} assertion: claims: iat: "$${iat}"',
    sent: ['iss', 'sub', 'exp'],
  },
  {
    text: '^missing required claim exp|^assertion expiration timestamp is not valid',
    means: 'the assertion has no exp',
    fix: '${at.assertion.claims.exp} assertion: claims: exp: "$${exp}"',
    sent: ['iss', 'sub', 'iat'],
  },
  {
    text: '^missing required claim sub|^assertion subject is not valid',
    means: 'the assertion has no sub, or an empty one',
    why: ['a variable that is set but empty', 'the claims of the profile leave it out'],
    fix: '${at.subject} subject: an e-mail address, an ICN, or the name of the application',
    sent: ['sub', 'iss'],
  },
  {
    text: '^missing required claim iss',
    means: 'the assertion has no iss',
    fix: '${at.issuer} issuer: the access_token_audience registered for the account',
    sent: ['service_account_id', 'sub'],
  },
  {
    text: '^missing required claim',
    means: 'the assertion lacks a claim that the service wants',
    fix: '${at.assertion.claims} assertion: claims: the name in the answer above',
    sent: ['iss', 'sub', 'aud', 'iat', 'exp'],
  },
  {
    text: '^invalid audience',
    means: 'aud is not the token URL as this service knows itself',
    why: [
      'the URL of another environment',
      'a slash at the end, http for https, or a path without /v0',
      '127.0.0.1 where the service calls itself localhost',
      'a review instance: it goes by the URL of staging',
    ],
    fix: '${at.audience} audience: the URL behind Expected in the answer above, letter by letter',
    suspects: ['audience', 'environment'],
    sent: ['aud', 'token_endpoint'],
  },
  {
    text: '^(service account )?assertion audience is not valid',
    means: 'aud is not the token URL as this service knows itself',
    why: [
      'the URL of another environment',
      'a slash at the end, http for https, or a path without /v0',
      '127.0.0.1 where the service calls itself localhost',
    ],
    fix: '${at.audience} audience: ${base_url}/v0/sign_in/token',
    suspects: ['audience', 'environment'],
    sent: ['aud', 'token_endpoint'],
  },
  {
    text: '^invalid (issuer|subject)\\. expected',
    means: 'iss and sub of a client assertion must both be the id of the client',
    fix: '${at.assertion.claims} assertion: claims: iss and sub: the id of the client',
    sent: ['iss', 'sub', 'aud'],
  },
  {
    text: '^(invalid issuer|(service account )?assertion issuer is not valid)',
    means: 'iss is neither the access_token_audience registered for the account nor its id',
    why: [
      'the name or URL of the client stands there, or a slash too many',
      'the access_token_audience of another environment',
      'iss is the id, which servers before June 2025 refuse',
    ],
    fix: '${at.issuer} issuer: the access_token_audience registered for ${service_account_id}',
    suspects: ['account'],
    sent: ['iss', 'service_account_id'],
  },
  {
    text: '^(invalid scopes|(service account )?assertion scopes are not valid)',
    means: 'a scope is not registered for this account in ${environment}, or none was sent',
    why: [
      'scopes are URLs, and one differs from the registered: host, http for https, a slash',
      'a URL of another environment',
      'the claim is called scope, or holds one text with spaces, in place of a list',
      'the scope was never registered for the account',
    ],
    fix: '${at.scopes} scopes: the URLs registered for ${service_account_id}, letter by letter',
    suspects: ['scope', 'environment'],
    sent: ['scopes', 'scope', 'service_account_id'],
  },
  {
    text: '^(invalid user attributes|(service account )?assertion user attributes are not valid)',
    means: 'user_attributes has a name in it that this account may not send',
    why: [
      'names are in lower case: icn, type, credential_id, participant_id',
      'the attribute is not registered for the account',
    ],
    fix: [
      '${at.user_attributes} user_attributes: only the names registered for ${service_account_id}',
      'ask the Identity team to allow the name for the account',
    ],
    suspects: ['account'],
    sent: ['user_attributes', 'service_account_id'],
  },
]
