// DocuSign, JWT grant. Its reasons stand in error_description, as words for machines.

import type { ExplainRow } from '../../../core/provider.ts'

const service = 'DocuSign'
const code = 'invalid_grant'

export const DOCUSIGN_ROWS: readonly ExplainRow[] = [
  {
    service,
    code: 'consent_required',
    means: 'the user in sub has never consented to the application speaking for them',
    why: [
      'nobody has opened the consent page as this user, in this environment',
      'consent was given, but not to the scope impersonation',
    ],
    fix: [
      'open as that user, once: https://account-d.docusign.com/oauth/auth?response_type=code&scope=signature%20impersonation&client_id=CLIENT&redirect_uri=URL',
      'account-d is the demo environment, account the productive one; an administrator may consent for all',
    ],
    suspects: ['environment'],
    sent: ['iss', 'sub', 'aud'],
  },
  {
    service,
    code,
    text: '^no_valid_keys_or_signatures',
    means: 'the key that signed is none of those stored with the integration key',
    why: ['the public half was never uploaded, or cut short', 'the key of another application'],
    fix: [
      'openssl pkey -in ${key_path} -pubout',
      'that must stand among the RSA key pairs of the integration key, in Apps and Keys',
    ],
    suspects: ['key', 'environment'],
    sent: ['iss', 'key_path', 'aud'],
  },
  {
    service,
    code,
    text: '^issuer_not_found',
    means: 'this environment of DocuSign has no such integration key',
    why: [
      'it is a demo key and has not been promoted, or the host is the other environment',
      'aud names another host than the one that was called',
    ],
    fix: [
      '${at.issuer} issuer: the integration key',
      '${at.audience} audience: account-d.docusign.com or account.docusign.com, without https',
    ],
    suspects: ['environment'],
    sent: ['iss', 'aud', 'token_endpoint'],
  },
  {
    service,
    code,
    text: '^user_not_found',
    means: 'sub is no user of this environment of DocuSign',
    why: ['an e-mail address stands there: the user id, a GUID, is wanted', 'another environment'],
    fix: '${at.subject} subject: the API user id (a GUID) from Apps and Keys',
    suspects: ['environment'],
    sent: ['sub', 'aud'],
  },
]
