// The VA sign-in service: POST /v0/sign_in/token for service accounts, and the keys of its tokens.

import { randomUUID } from 'node:crypto'
import { computeKeyDigest, signToken, toJwk } from '../signing.ts'
import type { Entry, SigningKey, Twin, TwinAnswer, TwinContext, TwinRequest } from '../twin.ts'
import {
  answerJson,
  answerText,
  answerUndecodable,
  answerUnrouted,
  isBlank,
  type Params,
  readParams,
} from './rails.ts'
import { checkAssertion, type Granted } from './va-assertion.ts'
import { readCertificates } from './va-certificate.ts'

export interface VaSisAccount {
  readonly service_account_id: string
  readonly access_token_audience: string
  readonly scopes: readonly string[]
  /** names that an assertion may carry */
  readonly user_attributes: readonly string[]
  readonly access_token_seconds: number
  /** PEM text: certificates, or public keys, which never expire */
  readonly certificates: readonly string[]
}

const TOKEN_PATH = '/v0/sign_in/token'
const JWKS_PATH = '/sign_in/openid_connect/certs'
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const CLIENT_ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export const vaSis: Twin<readonly VaSisAccount[]> = {
  tokenPath: TOKEN_PATH,
  jwksPath: JWKS_PATH,
  none: [],
  readAccounts: (entry) => entry.items().map(readAccount),
  start: (accounts, context) => async (request) => {
    if (request.method === 'POST' && request.path === TOKEN_PATH) {
      return answerTokenRequest(request, accounts, context)
    }
    if (request.method === 'GET' && request.path === JWKS_PATH) {
      const { publicKey } = await context.key('main')
      const jwk = toJwk(publicKey, { alg: 'RS256', use: 'sig', kid: computeKeyDigest(publicKey) })
      return answerJson(200, { keys: [jwk] })
    }
    return answerUnrouted(request)
  },
}

function readAccount(entry: Entry): VaSisAccount {
  const account = entry.members([
    'service_account_id',
    'access_token_audience',
    'scopes',
    'user_attributes',
    'access_token_seconds',
    'certificates',
  ])
  return {
    service_account_id: account.need('service_account_id').text(),
    access_token_audience: account.need('access_token_audience').text(),
    scopes: account.get('scopes')?.texts() ?? [],
    user_attributes: account.get('user_attributes')?.texts() ?? [],
    access_token_seconds: account.get('access_token_seconds')?.count() ?? 300,
    certificates: account.get('certificates')?.items().flatMap(readCertificates) ?? [],
  }
}

async function answerTokenRequest(
  request: TwinRequest,
  accounts: readonly VaSisAccount[],
  context: TwinContext,
): Promise<TwinAnswer> {
  const params = readParams(request)
  if (params === undefined) return answerUndecodable()
  const faults = listParamFaults(params, request)
  if (faults.length > 0) return answerText(400, joinSentence(faults))
  const grant = params.get('grant_type')
  // The sandbox keeps no users: whatever belongs to one is unknown to it.
  if (grant === TOKEN_EXCHANGE) return answerText(400, 'Access token JWT is malformed')
  if (grant !== JWT_BEARER) return answerText(400, 'Code is not valid')

  const now = context.now()
  const audience = `${request.baseUrl}${TOKEN_PATH}`
  const verdict = checkAssertion(params.get('assertion') ?? '', { accounts, audience, now })
  if (!verdict.ok) return verdict.answer
  const token = issueToken(verdict.granted, now, await context.key('main'))
  return answerJson(200, { data: { access_token: token } })
}

/** The checks of the parameters alone, all of a grant's at once. */
function listParamFaults(params: Params, request: TwinRequest): string[] {
  const blank = (...names: [name: string, label: string][]) =>
    names
      .filter(([name]) => isBlank(params.get(name)))
      .map(([, label]) => `${label} can't be blank`)
  switch (params.get('grant_type')) {
    case JWT_BEARER:
      return blank(['assertion', 'Assertion'])
    case TOKEN_EXCHANGE:
      return blank(
        ['subject_token', 'Subject token'],
        ['subject_token_type', 'Subject token type'],
        ['actor_token', 'Actor token'],
        ['actor_token_type', 'Actor token type'],
        // Rails drops the _id of a name when it speaks of it
        ['client_id', 'Client'],
      )
    case 'authorization_code': {
      if (request.headers.authorization?.startsWith('Basic ')) return blank(['code', 'Code'])
      const type = params.get('client_assertion_type')
      if (isBlank(type)) return blank(['code', 'Code'], ['code_verifier', 'Code verifier'])
      return [
        ...(type === CLIENT_ASSERTION ? [] : ['Client assertion type is not valid']),
        ...blank(['code', 'Code'], ['client_assertion', 'Client assertion']),
      ]
    }
    default:
      return ['Grant type is not valid']
  }
}

function joinSentence(parts: readonly string[]): string {
  if (parts.length < 3) return parts.join(' and ')
  return `${parts.slice(0, -1).join(', ')}, and ${parts.at(-1)}`
}

function issueToken({ account, claims }: Granted, now: number, key: SigningKey): string {
  const iat = Math.floor(now / 1000)
  return signToken(
    { typ: 'JWT', kid: computeKeyDigest(key.publicKey), alg: 'RS256' },
    {
      // a name, not a URL; and the audience is the client's own, whatever the scopes are
      iss: 'va.gov sign in',
      aud: account.access_token_audience,
      jti: randomUUID(),
      sub: claims.sub,
      exp: iat + account.access_token_seconds,
      iat,
      nbf: iat,
      version: 'V0',
      scopes: claims.scopes,
      service_account_id: account.service_account_id,
      user_attributes: claims.user_attributes,
    },
    key.privateKey,
  )
}
