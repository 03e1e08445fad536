// Adobe IMS: the old exchange of a JWT.

import type { ExplainRow } from '../../../core/provider.ts'

const service = 'Adobe'

export const ADOBE_ROWS: readonly ExplainRow[] = [
  {
    service,
    code: 'invalid_token',
    text: 'could not match jwt signature to any of the bindings',
    means: 'none of the certificates in force of the integration fits the signature',
    why: [
      'the certificate ran out, or was removed from the integration',
      'the key belongs to another integration',
    ],
    fix: [
      'openssl pkey -in ${key_path} -pubout',
      'add a certificate of that key in the Developer Console',
      'or move to OAuth server-to-server: client_id and client_secret, no key (client-credentials)',
    ],
    suspects: ['key'],
    sent: ['iss', 'sub', 'key_path'],
  },
  {
    service,
    code: ['invalid_scope', 'invalid_token', 'bad_request'],
    text: 'meta-?scope',
    means: 'a metascope is not one of those that the integration has',
    why: [
      'the claim that names it (https://ims…/s/NAME: true) is mistyped',
      'the product was not added to the integration',
    ],
    fix: '${at.assertion.claims} assertion: claims: the metascopes listed in the Developer Console',
    sent: ['iss', 'sub', 'aud'],
  },
  {
    service,
    code: ['bad_request', 'invalid_scope'],
    url: 'adobelogin\\.com|\\.adobe\\.(com|io)',
    means: 'a part of the request is missing or wrong; Adobe does not say which',
    why: [
      'jwt_token, client_id or client_secret did not arrive',
      'aud is not https://ims-na1.adobelogin.com/c/ and the client id',
      'the product or scope was not added to the integration',
    ],
    fix: 'tokentool get ${profile} --dry-run',
    sent: ['iss', 'sub', 'aud', 'client_id'],
  },
]
