// The codes about users: sign-in by code, by password and by refresh token. What is used up here is
// used up before it is checked, so that another try with the same never helps.

import type { ExplainRow } from '../../core/provider.ts'

const CODE_ROWS: readonly ExplainRow[] = [
  {
    code: 'ERR12052',
    means: 'the service has no such authorization code: it is used, over or mistyped',
    why: ['it was sent before: a failed try uses it up as well', 'it is older than ten minutes'],
    fix: ['sign in again for a new code', 'tokentool get ${profile} -s code=@-'],
    sent: ['client_id', 'redirect_uri'],
  },
  {
    code: 'ERR12008',
    means: 'the code is known, but no user stands behind it any more',
    fix: ['sign in again for a new code', 'tokentool get ${profile} -s code=@-'],
    sent: ['client_id'],
  },
  {
    code: ['ERR12025', 'ERR12026'],
    means:
      'redirect_uri is missing, or not the one the code was asked for with; the code is gone now',
    fix: [
      '${at.redirect_uri} redirect_uri: the one of the request for the code, letter by letter',
      'sign in again for a new code',
      'tokentool get ${profile} -s code=@-',
    ],
    sent: ['redirect_uri', 'client_id'],
  },
  {
    code: ['ERR12040', 'ERR12041'],
    means: 'code_verifier is missing, or does not belong to the challenge; the code is gone now',
    why: [
      'the verifier of another sign-in',
      'the challenge was sent without a method, so that it counts as plain',
    ],
    fix: ['sign in again with a new pair, method S256', 'tokentool get ${profile} -s code=@-'],
    sent: ['client_id'],
  },
  {
    code: ['ERR12037', 'ERR12038', 'ERR12039'],
    means: 'code_verifier does not have 43 to 128 characters out of A-Z a-z 0-9 - . _ ~',
    why: [
      'a line break or quote came along when it was copied',
      'the challenge was sent in its place',
    ],
    fix: ['sign in again with a new pair, method S256', 'tokentool get ${profile} -s code=@-'],
    sent: ['client_id'],
  },
  {
    code: ['ERR12033', 'ERR12034', 'ERR12035', 'ERR12036'],
    means: 'the code was asked for with a challenge or method that the service does not take',
    fix: 'sign in again: method S256, and a challenge of 43 to 128 characters out of A-Z a-z 0-9 - . _ ~',
    sent: ['client_id'],
  },
]

const PASSWORD_ROWS: readonly ExplainRow[] = [
  {
    code: 'ERR12016',
    means: 'the password is not that of ${username}',
    fix: '${at.password} password: the one in force',
    sent: ['username', 'user_type', 'client_id'],
  },
  {
    code: ['ERR12022', 'ERR12023'],
    means: 'username or password did not arrive',
    why: ['a variable that is set but empty', 'the profile takes the parameter out'],
    fix: ['${at.username} username: the user', '${at.password} password: "$${env:PASSWORD}"'],
    sent: ['username', 'client_id'],
  },
  {
    code: 'ERR12024',
    means: 'the grant ${grant} is for trusted clients, and ${client_id} is not registered as one',
    fix: [
      'have the client registered with clientType trusted',
      '${at.grant} grant: client_credentials',
    ],
    sent: ['client_id', 'grant'],
  },
  {
    code: ['ERR12031', 'ERR12032'],
    means: 'userId or userType did not arrive; the service spells them so, without an underscore',
    fix: [
      '${at.user_id} user_id: the user the client vouches for',
      '${at.user_type} user_type: employee, customer, … as registered',
    ],
    sent: ['user_id', 'user_type', 'client_id'],
  },
]

const REFRESH_ROWS: readonly ExplainRow[] = [
  {
    code: 'ERR12029',
    means: 'the service has no such refresh token; the URL is right, whatever a 404 says elsewhere',
    why: [
      'it was used: each use brings a new one, and a failed try uses it up as well',
      'it was issued by another environment',
    ],
    fix: ['sign in again', 'tokentool get ${profile} -s refresh_token=@-'],
    class: 'refused',
    sent: ['client_id', 'token_endpoint'],
  },
  {
    code: 'ERR12028',
    means: 'the refresh token belongs to another client than ${client_id}; it is gone now',
    fix: [
      '${at.client_id} client_id: the client that the user signed in to',
      'sign in again',
      'tokentool get ${profile} -s refresh_token=@-',
    ],
    suspects: ['account'],
    sent: ['client_id'],
  },
]

export const LIGHT_OAUTH2_USER_ROWS: readonly ExplainRow[] = [
  ...CODE_ROWS,
  ...PASSWORD_ROWS,
  ...REFRESH_ROWS,
]
