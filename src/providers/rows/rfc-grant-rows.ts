// invalid_grant says only that the grant was refused; what was wrong with it stands in the text,
// and every server words that in its own way. The order counts: what is specific comes first.

import type { ExplainRow } from '../../core/provider.ts'

const code = 'invalid_grant'

export const GRANT_ROWS: readonly ExplainRow[] = [
  {
    code,
    text: 'authori[sz]ation.code|auth.code|refresh.?token|device.?code',
    means: 'the authorization code or refresh token is spent, over, or was made for another client',
    why: [
      'it was used before: a failed try uses it up as well',
      'it waited too long',
      'redirect_uri or code_verifier is not the one it was asked for with',
    ],
    fix: 'sign in again for a new one, and send it once',
    sent: ['client_id'],
  },
  {
    code,
    text: '\\bjti\\b|replay|already.{0,20}(used|redeemed|seen|consumed)|been used|re-?use',
    means: 'the service has seen this assertion before: each one is good for a single try',
    why: [
      'jti is fixed in the profile, so that every assertion carries the same one',
      'a proxy on the way sent the request twice',
      'the profile takes jti out, and the service wants one',
    ],
    fix: '${at.assertion.claims.jti} assertion: claims: jti: "$${uuid}"',
    sent: ['iss', 'jti', 'iat'],
  },
  {
    code,
    text: 'short-lived|time.?frame|time range|not active|too (far|long|old)|life.?time|millisecond',
    means: 'the times of the assertion lie outside what the service allows by its own clock',
    why: [
      'it lives longer than the service takes',
      'the clock of this machine is off',
      'iat and exp are milliseconds or text where whole seconds are wanted',
    ],
    fix: '${at.lifetime} lifetime: 60s, or what the service allows at most',
    suspects: ['clock'],
    sent: ['iat', 'exp', 'nbf'],
  },
  {
    code,
    text: 'not yet|not before|\\bnbf\\b|in the future|\\biat\\b|issued.at|premature',
    means: 'by the clock of the service the assertion begins in the future',
    why: [
      'the clock of this machine is fast, be it by a second',
      'iat is not set back at all, and the service has no patience',
      'nbf stands later than iat',
    ],
    fix: '${at.backdate} backdate: 30s',
    suspects: ['clock'],
    sent: ['iat', 'nbf', 'exp'],
  },
  {
    code,
    text: 'expir|\\bexp\\b|no longer valid|has passed|stale',
    means:
      'by the clock of the service the exp of the assertion has passed, or is no time it takes',
    why: [
      'the clock of this machine is slow',
      'the assertion was made earlier and sent late',
      'it lives longer than the service takes',
    ],
    fix: '${at.lifetime} lifetime: 60s, or what the service allows at most',
    suspects: ['clock'],
    sent: ['iat', 'exp'],
  },
  {
    code,
    text: '\\baud\\b|audience|recipient',
    means: 'the assertion is addressed to somebody else: aud is not what the service calls itself',
    why: [
      'the service wants its issuer where the token endpoint stands, or the other way round',
      'a slash at the end, http for https, or another path',
      'the host of another environment',
    ],
    fix: '${at.audience} audience: what the documentation of the service says, letter by letter',
    suspects: ['audience', 'environment'],
    sent: ['aud', 'token_endpoint'],
  },
  {
    code,
    text:
      'signature|sign(ed|ing)\\b|\\bkid\\b|x5t|jwks|thumbprint|certificate|\\balg(orithm)?\\b|' +
      'no_valid_keys|keys? .{0,30}(found|match|registered|known)',
    means: 'the signature fits none of the keys that the service holds for this issuer',
    why: [
      'the public half of this key was never registered, or was replaced',
      'the key belongs to another issuer or environment',
      'kid names no registered key, or alg is not the registered one',
    ],
    fix: [
      'openssl pkey -in ${key_path} -pubout',
      'compare that with the public key registered for ${issuer}',
      '${at.key_id} key_id: the kid under which it is registered',
    ],
    suspects: ['key', 'environment'],
    sent: ['iss', 'key_path', 'key_id', 'algorithm'],
  },
  {
    code,
    text:
      '\\biss\\b|issuer|account .{0,20}not found|unknown (client|app)|' +
      '(client|app|application) .{0,30}(not found|unknown|not registered|does not exist)',
    means: 'the service knows nobody by the iss of the assertion',
    why: [
      'the issuer is mistyped, or is a name where an id is wanted',
      'it is registered in another environment',
      'its registration was removed',
    ],
    fix: '${at.issuer} issuer: the id that the service gave out with the key',
    suspects: ['environment'],
    sent: ['iss', 'token_endpoint'],
  },
  {
    code,
    text: '\\bsub\\b|subject|\\buser|principal|e-?mail|consent|approved',
    means: 'the service does not let this issuer speak for that sub',
    why: [
      'there is no such user, or an id is wanted where an e-mail address stands',
      'neither the user nor an administrator has approved the application',
      'the user is locked or gone',
    ],
    fix: '${at.subject} subject: the user as the service writes it',
    suspects: ['environment'],
    sent: ['iss', 'sub'],
  },
  {
    code,
    means: 'the service refuses the grant itself: assertion, code, refresh token or password',
    why: [
      'the clock of this machine is off',
      'aud, iss or sub is not what the service expects',
      'the signing key is not the registered one',
      'a code or refresh token was used before',
    ],
    fix: 'tokentool get ${profile} --dry-run',
    suspects: ['clock', 'key', 'environment'],
    sent: ['iss', 'sub', 'aud', 'iat', 'exp'],
  },
]
