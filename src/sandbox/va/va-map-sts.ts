// MAP STS behind the VA: POST /v0/map_services/:application/token, with a token of the sign-in
// service as its bearer. The upstream that really makes the token is played here as well.

import { randomUUID } from 'node:crypto'
import { computeKeyDigest, signToken, toJwk } from '../signing.ts'
import type { SigningKey, Twin, TwinAnswer, TwinContext, TwinRequest } from '../twin.ts'
import { answerJson, answerText, answerUnrouted } from './rails.ts'
import { decodeJwt, findClaimFault, isObject, isSignedBy } from './ruby-jwt.ts'

export interface VaMapStsAccounts {
  readonly applications: readonly string[]
  /** patients that the upstream does not know: the service says no more than 502 */
  readonly unknown_icns: readonly string[]
}

const JWKS_PATH = '/sts/oauth/v1/jwks'
const ENDPOINT = /^\/v0\/map_services\/([^/]+)\/token$/
const LIFETIME = 899

export const vaMapSts: Twin<VaMapStsAccounts> = {
  tokenPath: '/v0/map_services/{application}/token',
  jwksPath: JWKS_PATH,
  beside: {
    service: 'va-sis',
    serves: (path) => path.startsWith('/v0/map_services/') || path === JWKS_PATH,
  },
  none: {
    applications: ['chatbot', 'sign_up_service', 'check_in', 'appointments'],
    unknown_icns: [],
  },
  readAccounts(entry) {
    const members = entry.members(['applications', 'unknown_icns'])
    return {
      applications: members.get('applications')?.texts() ?? vaMapSts.none.applications,
      unknown_icns: members.get('unknown_icns')?.texts() ?? [],
    }
  },
  start: (accounts, context) => async (request) => {
    if (request.method === 'GET' && request.path === JWKS_PATH) {
      const { publicKey } = await context.key('map')
      const kid = computeKeyDigest(publicKey)
      return answerJson(200, { keys: [toJwk(publicKey, { alg: 'RS512', use: 'sig', kid })] })
    }
    const application = ENDPOINT.exec(request.path)?.[1]
    if (request.method !== 'POST' || application === undefined) return answerUnrouted(request)
    return answerTokenRequest(request, application, accounts, context)
  },
}

async function answerTokenRequest(
  request: TwinRequest,
  application: string,
  accounts: VaMapStsAccounts,
  context: TwinContext,
): Promise<TwinAnswer> {
  const bearer = checkBearer(request, await context.key('main'), context.now())
  if (!bearer.ok) return bearer.answer
  const { user_attributes: attributes } = bearer.claims
  const icn = isObject(attributes) ? attributes.icn : undefined
  if (icn === undefined || icn === null) {
    return answerJson(
      400,
      {
        error: 'invalid_request',
        error_description:
          'Service account access token does not contain an ICN in `user_attributes` claim.',
      },
      'no icn',
    )
  }
  if (!accounts.applications.includes(application)) {
    return answerJson(
      400,
      { error: 'invalid_request', error_description: 'Application mismatch detected.' },
      'unknown application',
    )
  }
  if (icn === '' || accounts.unknown_icns.includes(String(icn))) {
    return answerJson(
      502,
      { error: 'server_error', error_description: 'STS failed to return a valid token.' },
      'unknown icn',
    )
  }
  const now = context.now()
  const issuer = `${request.baseUrl}/sts/oauth/v1`
  return answerJson(200, {
    access_token: issueToken(application, issuer, now, await context.key('map')),
    expiration: new Date(now + LIFETIME * 1000).toISOString(),
  })
}

type Bearer =
  | { readonly ok: true; readonly claims: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly answer: TwinAnswer }

/** How the VA's resources judge a service-account token. 401 and 403 are the wrong way round there. */
function checkBearer(request: TwinRequest, key: SigningKey, now: number): Bearer {
  const refuse = (status: number, text: string): Bearer => ({
    ok: false,
    answer: answerText(status, text),
  })
  const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
  const jwt = decodeJwt(token, 'RS256')
  if (jwt === undefined || !isObject(jwt.payload)) {
    return refuse(401, 'Service Account access token JWT is malformed')
  }
  if (!isSignedBy(jwt, 'RS256', [key.publicKey])) {
    return refuse(401, 'Service Account access token body does not match signature')
  }
  const fault = findClaimFault(jwt.payload, { now })
  if (fault?.kind === 'expired') return refuse(403, 'Service Account access token has expired')
  if (fault) return refuse(401, 'Service Account access token JWT is malformed')

  // The query cannot supply a scope; anything before it can, wherever in the URL it stands.
  const url = `${request.baseUrl}${request.path}`
  const { scopes } = jwt.payload
  const covered = Array.isArray(scopes) && scopes.some((scope) => url.includes(String(scope)))
  return covered
    ? { ok: true, claims: jwt.payload }
    : refuse(401, 'Required scope for requested resource not found')
}

/** Without the patient's number: tokens get pasted into tickets. */
function issueToken(application: string, issuer: string, now: number, key: SigningKey): string {
  const iat = Math.floor(now / 1000)
  return signToken(
    { typ: 'JWT', kid: computeKeyDigest(key.publicKey), alg: 'RS512' },
    {
      iss: issuer,
      aud: application,
      sub: randomUUID(),
      jti: randomUUID(),
      iat,
      exp: iat + LIFETIME,
    },
    key.privateKey,
  )
}
