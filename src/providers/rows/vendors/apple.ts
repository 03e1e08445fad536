// App Store Connect: the JWT itself is the token, and every fault of it is one code.

import type { ExplainRow } from '../../../core/provider.ts'

export const APPLE_ROWS: readonly ExplainRow[] = [
  {
    service: 'App Store Connect',
    code: 'NOT_AUTHORIZED',
    means: 'the JWT is not accepted, and nothing says what is wrong with it',
    why: [
      'exp lies more than 20 minutes behind iat',
      'kid is not the id of the key, or iss not the issuer id of the team',
      'aud is not appstoreconnect-v1',
      'alg is not ES256',
      'the key was revoked',
    ],
    fix: [
      '${at.lifetime} lifetime: 15m',
      '${at.key_id} key_id: the key id, out of the name of the file AuthKey_ID.p8',
      '${at.issuer} issuer: the issuer id on the page Users and Access, Integrations',
      '${at.audience} audience: appstoreconnect-v1',
    ],
    suspects: ['clock', 'key'],
    sent: ['iss', 'aud', 'iat', 'exp', 'key_id', 'algorithm'],
  },
]
