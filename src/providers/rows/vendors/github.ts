// GitHub, apps: a JWT as Bearer buys the token of an installation.

import type { ExplainRow } from '../../../core/provider.ts'

const service = 'GitHub'
const url = 'github\\.com|/api/v3/app/'

export const GITHUB_ROWS: readonly ExplainRow[] = [
  {
    service,
    code: 'bad_verification_code',
    means: 'the code of the sign-in is wrong, used already, or older than ten minutes',
    fix: 'have the user sign in again, and send the new code once',
    sent: ['client_id', 'token_endpoint'],
  },
  {
    service,
    text: '^a json web token could not be decoded',
    means: 'the JWT cannot be read, or is not signed by a key of this app',
    why: [
      'the key is that of another app, or was deleted',
      'alg is not RS256',
      'the key was mangled in a variable: its line breaks are gone',
    ],
    fix: [
      'openssl pkey -in ${key_path} -pubout -outform DER | openssl sha256 -binary | openssl base64',
      'that must be the fingerprint of one of the private keys on the page of the app',
    ],
    suspects: ['key'],
    sent: ['iss', 'key_path', 'algorithm'],
  },
  {
    service,
    text: "'expiration time' claim \\('exp'\\)",
    means: 'exp lies more than ten minutes ahead by the clock of GitHub, or is no whole number',
    why: ['the clock of this machine is fast', 'the JWT lives for ten minutes and more'],
    fix: '${at.lifetime} lifetime: 9m',
    suspects: ['clock'],
    sent: ['iat', 'exp'],
  },
  {
    service,
    text: "'issued at' claim \\('iat'\\)",
    means: 'iat lies ahead of the clock of GitHub, or is no whole number',
    why: ['the clock of this machine is fast', 'iat has a fraction'],
    fix: '${at.backdate} backdate: 60s',
    suspects: ['clock'],
    sent: ['iat', 'exp'],
  },
  {
    service,
    text: '^integration (not found|must generate a public key)',
    means: 'iss names no GitHub app, or one without a key',
    fix: '${at.issuer} issuer: the app id, or the client id of the app',
    sent: ['iss'],
  },
  {
    service,
    status: 401,
    text: '^bad credentials',
    url,
    means: 'the token is wrong, over or revoked; a new one takes a few seconds to be known',
    why: ['a token of an installation is good for an hour', 'a personal token was revoked'],
    fix: 'tokentool get ${profile}',
    sent: ['iss', 'token_endpoint'],
  },
  {
    service,
    status: 404,
    text: '^not found',
    url,
    means: 'there is no such installation of this app; GitHub says 404 for what is not yours too',
    why: ['the id of another installation, or of the app', 'the app was uninstalled there'],
    fix: '${at.token_endpoint} token_endpoint: with an id out of GET /app/installations',
    sent: ['iss', 'token_endpoint'],
  },
  {
    service,
    text: 'request forbidden by administrative rules',
    means: 'a User-Agent is wanted in every request, and none arrived',
    fix: '${at.call.headers} call: headers: User-Agent: NAME',
    sent: ['token_endpoint'],
  },
  {
    service,
    text: 'installation has been suspended|account was suspended',
    means: 'the owner of the installation, or GitHub, has suspended it',
    fix: 'the owner has to lift it: Settings, Applications, Installed GitHub Apps',
    sent: ['iss', 'token_endpoint'],
  },
  {
    service,
    status: [403, 429],
    text: 'api rate limit exceeded|secondary rate limit',
    means: 'too many requests in the last hour, or too many at once',
    fix: 'wait until the time in x-ratelimit-reset, or as long as retry-after says',
    class: 'unavailable',
    sent: ['token_endpoint'],
  },
  {
    service,
    status: 422,
    text: 'permissions requested are not granted to this installation|repositor(y|ies) .{0,60}not accessible',
    means: 'more permissions or repositories were asked for than the installation has',
    fix: '${at.call.params} call: params: permissions and repositories that it was granted',
    sent: ['iss', 'token_endpoint'],
  },
]
