// Codes of OAuth and OpenID Connect that belong to signing in, which tokentool does not do: they are
// met in the logs of other programs (RFC 6749, 8628, OpenID Connect Core 3.1.2.6, RFC 7591).

import type { ExplainRow } from '../../core/provider.ts'
import { RFC_SERVICE } from './rfc-rows.ts'

const service = RFC_SERVICE

export const SIGN_IN_ROWS: readonly ExplainRow[] = [
  {
    service,
    code: 'authorization_pending',
    means: 'the user has not finished signing in on the other device; this is no failure yet',
    fix: 'ask again after the interval of the device answer, 5 seconds where it names none',
  },
  {
    service,
    code: 'slow_down',
    means: 'the program asks too often whether the user has signed in',
    fix: 'ask 5 seconds later each time from now on (RFC 8628)',
  },
  {
    service,
    code: 'expired_token',
    means: 'the device code has run out before the user signed in',
    fix: 'begin again with a new device code',
  },
  {
    service,
    code: 'login_required',
    means: 'a user has to sign in, and the request forbids to show a page (prompt=none)',
    fix: 'send the user to the sign-in page, without prompt=none',
  },
  {
    service,
    code: ['consent_required', 'interaction_required', 'account_selection_required'],
    means: 'a user has to agree or choose something, and no page could be shown for that',
    why: ['prompt=none stands in the request', 'new scopes that nobody has agreed to yet'],
    fix: 'send the user to the sign-in page once, or have an administrator consent for all',
  },
  {
    service,
    code: ['redirect_uri_mismatch', 'invalid_redirect_uri'],
    means: 'redirect_uri is not one that is registered for the client, letter by letter',
    why: ['a slash at the end, http for https, another port', 'the client of another environment'],
    fix: 'register that redirect_uri, or send the registered one',
  },
  {
    service,
    code: 'deleted_client',
    means: 'the client was deleted where it was registered',
    fix: '${at.client_id} client_id: of a client that exists',
  },
]
