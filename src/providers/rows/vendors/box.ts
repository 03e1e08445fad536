// Box, JWT of a server application.

import type { ExplainRow } from '../../../core/provider.ts'

const service = 'Box'
const code = 'invalid_grant'

export const BOX_ROWS: readonly ExplainRow[] = [
  {
    service,
    code,
    text: "please check the 'exp' claim|current date.time must be before the expiration",
    means: 'exp has passed, or lies more than 60 seconds ahead, by the clock of Box',
    why: ['the clock of this machine is off', 'the assertion lives longer than 60 seconds'],
    fix: '${at.lifetime} lifetime: 45s',
    suspects: ['clock'],
    sent: ['iat', 'exp'],
  },
  {
    service,
    code,
    text: "please check the 'jti' claim",
    means: 'jti was seen before, or does not have 16 to 128 characters',
    fix: '${at.assertion.claims.jti} assertion: claims: jti: "$${uuid}"',
    sent: ['jti', 'iat'],
  },
  {
    service,
    code,
    text: "please check the 'sub' claim",
    means: 'sub is no id that this application may speak for, or box_sub_type is another sort',
    why: [
      'the id of the enterprise goes with box_sub_type enterprise, that of a user with user',
      'the application may not speak for users: App Access Level',
    ],
    fix: [
      '${at.subject} subject: the id of the enterprise, or of a user',
      '${at.assertion.claims.box_sub_type} assertion: claims: box_sub_type: enterprise, or user',
    ],
    sent: ['iss', 'sub'],
  },
  {
    service,
    code,
    text: "please check the 'aud' claim",
    means: 'aud is not the one URL that Box wants there',
    fix: '${at.audience} audience: https://api.box.com/oauth2/token',
    sent: ['aud', 'token_endpoint'],
  },
  {
    service,
    code: 'unauthorized_client',
    text: 'app is not authorized by the enterprise|app is not authorized',
    means: 'no administrator of the enterprise has authorised the application, or since its change',
    fix: 'in the Admin Console: Integrations, Platform Apps Manager, authorise (or reauthorise) it',
    sent: ['iss', 'sub', 'client_id'],
  },
]
