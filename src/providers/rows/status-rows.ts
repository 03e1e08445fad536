// What a status alone tells, whoever said it. Only of a text that was pasted: a live failure knows
// the address and says as much by itself.

import type { ExplainRow } from '../../core/provider.ts'
import { ANY_SERVICE } from './rfc-rows.ts'

const service = ANY_SERVICE
/** Nothing else was said: what says more is not explained by its status. */
const text = '^\\s*$'

export const STATUS_ROWS: readonly ExplainRow[] = [
  {
    service,
    text,
    status: [301, 302, 303, 307, 308],
    means: 'the address has moved; a request with a secret in it is not sent on to another one',
    why: ['http for https', 'a slash at the end of the path', 'a sign-in page in front'],
    fix: '${at.token_endpoint} token_endpoint: the address in the Location header, if you know it',
  },
  {
    service,
    text,
    status: 400,
    means: 'the service does not take the request as it stands, and says no more than that',
    why: ['a parameter is missing, repeated or malformed', 'the body is not what its type says'],
    fix: 'paste the body of the answer as well: that is where the reason stands',
    class: 'refused',
  },
  {
    service,
    text,
    status: 401,
    means: 'the service does not accept this client, key or token',
    why: [
      'no Authorization header arrived, or in another form than Bearer TOKEN or Basic',
      'the token is over, or of another environment',
      'the secret or key is not the one in force',
    ],
    fix: [
      'paste the body of the answer, and its WWW-Authenticate header, as well',
      'tokentool decode TOKEN',
    ],
  },
  {
    service,
    text,
    status: 403,
    means: 'the service knows who is asking and does not allow it',
    why: ['the token lacks a scope or role', 'a firewall in front of the service stopped the call'],
    fix: ['tokentool decode TOKEN', 'compare its scopes with those that the call wants'],
  },
  {
    service,
    text,
    status: [404, 405],
    means: 'nothing answers at this URL: the path or the method is wrong',
    why: ['a part of the path is missing or doubled', 'the method is GET where POST is wanted'],
    fix: '${at.token_endpoint} token_endpoint: as the service documents it',
  },
  {
    service,
    text,
    status: 407,
    means: 'a proxy on the way wants a user name and password',
    fix: 'export HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT',
    class: 'unavailable',
  },
  {
    service,
    text,
    status: [408, 429],
    means: 'too many requests in a short time, or one that came too slowly',
    fix: 'wait as long as the Retry-After header says, then ask again',
    class: 'unavailable',
  },
  {
    service,
    text,
    status: 415,
    means: 'the body is not of a type that the service reads',
    why: ['a form is wanted (RFC 6749) where JSON was sent, or the other way round'],
    fix: '${at.call.in} call: in: form, or json',
  },
  {
    service,
    text,
    status: 500,
    means: 'the service failed; the request may be fine, or have a value it did not expect',
    fix: 'try again in a minute; when it stays, give the service the request id',
    class: 'unavailable',
  },
]
