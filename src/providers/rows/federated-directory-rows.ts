// The directory documents no error of its token endpoint, only their shape (SCIM, RFC 7644 3.12);
// its validator is known, so rows look for the names that it must mention.

import type { ExplainRow } from '../../core/provider.ts'
import { RFC_ROWS } from './rfc-rows.ts'

export const FEDERATED_DIRECTORY_ROWS: readonly ExplainRow[] = [
  {
    status: [400, 422],
    text: 'assertion.{0,15}(length must|too (long|short)).{0,60}|\\blength\\b|characters|too (long|short)',
    means: 'the assertion does not have 250 to 500 characters',
    why: [
      'something stands in it beside iss, scope and aud: kid, iat, exp and jti are each too much',
      'the key has more than 2048 bits: its signature alone fills the limit',
      'issuer is not the whole text that came with the key',
    ],
    fix: [
      '${at.assertion} assertion: nothing but what the provider sends',
      '${at.key_path} key_path: a key of 2048 bits or less, registered with the directory',
    ],
    sent: ['iss', 'scope', 'aud', 'key_path'],
  },
  {
    status: [400, 422],
    text: 'grant_?type',
    means: 'grant_type is not the one grant the directory has',
    why: ['the profile lays another grant_type over the call', 'it was percent-encoded before'],
    fix: '${at.call.params.grant_type} call: params: grant_type: urn:ietf:params:oauth:grant-type:jwt-bearer',
    sent: ['token_endpoint'],
  },
  {
    status: [400, 415, 422],
    text: 'payload|json|content.?type|media|assertion.{0,20}(required|missing|empty|must be)',
    means: 'the directory found no assertion in the body',
    why: ['the body is not what its content type says', 'a proxy on the way changed it'],
    fix: ['tokentool get ${profile} --dry-run', '${at.call.in} call: in: json'],
    sent: ['token_endpoint'],
  },
  {
    status: [400, 401, 403],
    text: 'unknown issuer|issuer|\\biss\\b|key.{0,20}(not found|unknown|deleted|revoked|does not exist)',
    means: 'the directory knows no key by this issuer',
    why: ['the key was deleted', 'issuer was cut short: it ends in @fd'],
    fix: '${at.issuer} issuer: the text that came with the key, ending in @fd',
    suspects: ['account'],
    sent: ['iss', 'scope'],
  },
  {
    status: [400, 401, 403],
    text: 'signature|\\bsigned\\b|verif|\\balg(orithm)?\\b|rs256',
    means: 'the assertion was not signed with RS256 by the key that belongs to this issuer',
    why: [
      'key_path is another key than the one registered under ${issuer}',
      'the key was made anew, and the directory still holds the former',
    ],
    fix: [
      'openssl pkey -in ${key_path} -pubout',
      'compare that with the public key the directory shows for ${issuer}',
    ],
    suspects: ['key'],
    sent: ['iss', 'key_path', 'algorithm'],
  },
  {
    status: [400, 401, 403],
    text: 'scope|role|permission|privilege',
    means: 'the role asked for is not the role of this key',
    why: [
      'directoryKey is for the key of a directory, admin for an API key',
      'scope is text where a list of one is wanted',
    ],
    fix: '${at.scopes} scopes: [directoryKey], or [admin] for an API key',
    sent: ['scope', 'iss'],
  },
  {
    status: [400, 401, 403],
    text: 'audience|\\baud\\b',
    means: 'aud is not the word key, the only audience the directory takes',
    fix: '${at.audience} audience: key',
    sent: ['aud'],
  },
  {
    code: 'uniqueness',
    means: 'something of that name exists already; this concerns its entries, not a token',
    fix: '${at.token_endpoint} token_endpoint: ${base_url}/v2/Login/Oauth2/Token',
    sent: ['token_endpoint'],
  },
  ...RFC_ROWS,
  {
    status: [401, 403],
    means: 'the directory does not accept this assertion',
    why: [
      'the issuer is unknown, or its key was deleted',
      'it was signed by another key',
      'the scope is not the role of the key: directoryKey or admin, as a list of one',
    ],
    fix: [
      '${at.issuer} issuer: the text that came with the key, ending in @fd',
      'openssl pkey -in ${key_path} -pubout',
    ],
    suspects: ['key', 'account'],
    sent: ['iss', 'scope', 'aud', 'key_path'],
  },
  {
    status: [404, 405],
    means: 'nothing takes a token request at this URL: the host answers, the path is wrong',
    fix: '${at.token_endpoint} token_endpoint: ${base_url}/v2/Login/Oauth2/Token',
    sent: ['token_endpoint'],
  },
]
