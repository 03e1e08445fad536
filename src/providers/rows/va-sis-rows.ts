// What the sign-in service's texts mean. It has worded them in three ways over the years (mid-2023,
// until August 2025, since then), and servers of each are about, so a row matches all of them.

import type { ExplainRow } from '../../core/provider.ts'
import { GATEWAY_ROWS } from './rfc-rows.ts'
import { VA_CLAIM_ROWS, VA_TIME_ROWS } from './va-claim-rows.ts'
import { VA_USER_ROWS } from './va-user-rows.ts'

const PARAMETER_ROWS: readonly ExplainRow[] = [
  {
    text: '^grant type is not valid',
    means: 'grant_type did not arrive as one of the three grants the service has',
    why: [
      'it was percent-encoded twice: the %3A form of the documentation is for the query only',
      'the body is not what its content type says',
      'the profile lays another grant_type over the call',
    ],
    fix: [
      '${at.call.params.grant_type} call: params: grant_type: urn:ietf:params:oauth:grant-type:jwt-bearer',
      'tokentool get ${profile} --dry-run',
    ],
    sent: ['token_endpoint'],
  },
  {
    text: '^assertion can.t be blank',
    means: 'no assertion arrived, or not as one plain value',
    why: [
      'the profile lays something over the call: a header, assertion[], an empty variable',
      'the body is not what its content type says',
      'a proxy on the way dropped the body',
    ],
    fix: [
      'tokentool get ${profile} --dry-run',
      '${at.call.params.assertion} call: params: assertion: "$${assertion}"',
    ],
    sent: ['token_endpoint'],
  },
]

const ACCOUNT_ROWS: readonly ExplainRow[] = [
  {
    text: '^service account config not found',
    means: '${environment} has no such account; accounts are registered per environment',
    why: [
      'the id belongs to another environment',
      'the id is mistyped',
      'no service_account_id was sent and iss is not the id',
      'the account was removed',
    ],
    fix: '${at.service_account_id} service_account_id: the id registered for ${environment}',
    suspects: ['environment'],
    sent: ['service_account_id', 'iss', 'aud'],
  },
  {
    text: '^invalid client identifier',
    means: 'service_account_id arrived empty, or neither it nor iss arrived at all',
    why: ['a variable that is set but empty', 'the claims of the profile leave it out'],
    fix: '${at.service_account_id} service_account_id: the id registered for ${environment}',
    sent: ['service_account_id', 'iss'],
  },
  {
    text: '^(service account )?assertion body does not match signature',
    means: 'none of the certificates in force for this account belongs to the key that signed',
    why: [
      'another key file than the registered one',
      'the certificate of this key ran out or was replaced, and a newer one is in force',
      'the key of another environment',
      'something changed the assertion after it was signed',
    ],
    fix: [
      'openssl pkey -in ${key_path} -pubout',
      'openssl x509 -in CERT -noout -pubkey -enddate',
      'both public keys must be the same, where CERT is registered for ${service_account_id}',
    ],
    suspects: ['key', 'environment'],
    sent: ['service_account_id', 'key_path', 'aud'],
  },
  {
    text: '^certificates are expired',
    means: 'the account has no certificate in force: all have run out, or none is registered',
    why: ['the last one ran out', 'the account was set up without one'],
    fix: [
      'openssl x509 -in CERT -noout -enddate -issuer -subject',
      'have a new one registered for ${service_account_id}: from a CA, a self-signed one is refused',
    ],
    sent: ['service_account_id', 'aud'],
  },
]

const ELSEWHERE_ROWS: readonly ExplainRow[] = [
  {
    // its own error shape has a code; a gateway's page has none
    status: 500,
    code: '500',
    means:
      'the service fell over what the assertion says: a claim of the wrong type, not an outage',
    why: [
      'sub is empty or null',
      'user_attributes is text or a list where an object is wanted',
      'the payload is a list',
      'a certificate stored for the account is broken',
    ],
    fix: [
      '${at.assertion.claims} assertion: claims: nothing but what the provider sends',
      'when that is so already, give the request id to the Identity team',
    ],
    class: 'refused',
    sent: ['sub', 'user_attributes', 'service_account_id'],
  },
  {
    status: [404, 405],
    means: 'nothing takes a token request at this URL: the host answers, the path is wrong',
    why: ['/v0 is missing or doubled', 'base_url is another service'],
    fix: '${at.token_endpoint} token_endpoint: ${base_url}/v0/sign_in/token',
    sent: ['token_endpoint'],
  },
  {
    status: [401, 403],
    means: 'the sign-in service refuses with 400 only; something in front of it stopped the call',
    why: ['a firewall that lets in known networks only', 'a proxy that wants a sign-in of its own'],
    fix: 'try from inside the VPN or the network that is allowed',
    sent: ['token_endpoint'],
  },
  {
    status: 200,
    text: '\\S',
    means: 'something else answered in the place of the sign-in service, with a page of its own',
    why: ['the sign-in page of a network or VPN', 'token_endpoint is a web site'],
    fix: '${at.token_endpoint} token_endpoint: ${base_url}/v0/sign_in/token',
    sent: ['token_endpoint'],
  },
  {
    status: 500,
    means: 'a page in place of an answer: something in front of the sign-in service failed',
    fix: 'try again in a minute; nothing in the profile has to change',
    sent: ['token_endpoint'],
  },
]

export const VA_SIS_ROWS: readonly ExplainRow[] = [
  ...PARAMETER_ROWS,
  ...ACCOUNT_ROWS,
  ...VA_TIME_ROWS,
  ...VA_CLAIM_ROWS,
  ...VA_USER_ROWS,
  ...ELSEWHERE_ROWS,
  ...GATEWAY_ROWS,
]
