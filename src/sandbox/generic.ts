// Any OAuth 2.0 server that keeps to RFC 6749 and RFC 7523: every path below its base is its token
// endpoint, but for its keys and its two discovery documents.

import { type GenericAccount, readAccount } from './generic/accounts.ts'
import { issue, refuse } from './generic/answer.ts'
import {
  ALGORITHMS,
  createReplayGuard,
  findFault,
  isSignedBy,
  readAssertion,
} from './generic/assertion.ts'
import { authenticateClient, type Caller, type Desk, listAudiences } from './generic/client.ts'
import { type Params, readParams } from './generic/params.ts'
import { computeKeyDigest, toJwk } from './signing.ts'
import type { Twin, TwinAnswer, TwinContext, TwinRequest } from './twin.ts'

export type { GenericAccount } from './generic/accounts.ts'

const JWKS_PATH = '/.well-known/jwks.json'
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

export const generic: Twin<readonly GenericAccount[]> = {
  tokenPath: '/token',
  jwksPath: JWKS_PATH,
  none: [],
  readAccounts: (entry) => entry.items().map(readAccount),
  start(accounts, context) {
    const isReplay = createReplayGuard()
    return async (request) => {
      const { method, path, baseUrl } = request
      if (method === 'GET' && path === JWKS_PATH) return answerKeys(context)
      const below = findDiscovery(path)
      if (method === 'GET' && below !== undefined)
        return describe(baseUrl, baseUrl + below, accounts)
      if (method !== 'GET' && method !== 'POST') return refuseMethod()
      const desk = { accounts, isReplay, now: context.now() }
      return answerTokenRequest(desk, request, context)
    }
  },
}

async function answerTokenRequest(
  desk: Desk,
  request: TwinRequest,
  context: TwinContext,
): Promise<TwinAnswer> {
  const params = await readParams(request)
  if ('status' in params) return params
  const grant = params.get('grant_type')
  if (grant === undefined) return refuse('invalid_request', 'grant_type is missing')
  if (grant !== 'client_credentials' && grant !== JWT_BEARER) {
    return refuse('unsupported_grant_type', 'only client_credentials and jwt-bearer are known here')
  }
  const caller = authenticateClient(desk, request, params)
  if ('status' in caller) return caller
  const granted =
    grant === JWT_BEARER
      ? grantByAssertion(desk, request, params, caller)
      : grantToClient(params, caller)
  return 'status' in granted ? granted : issue(context, request.baseUrl, granted)
}

function grantToClient(params: Params, { account, authenticated }: Caller) {
  if (!account || !authenticated) return refuse('invalid_client', 'the client must authenticate')
  const scope = chooseScope(account, params.get('scope'))
  if (typeof scope === 'object') return scope
  const client = account.client_id
  return { subject: client, client, scope, lifetime: account.lifetime }
}

function grantByAssertion(desk: Desk, request: TwinRequest, params: Params, caller: Caller) {
  const fail = (reason: string) => refuse('invalid_grant', `assertion: ${reason}`)
  const text = params.get('assertion')
  if (text === undefined) return refuse('invalid_request', 'assertion is missing')
  const assertion = readAssertion(text)
  if (!assertion) return fail('it is not a JWT signed with an algorithm known here')
  const { claims } = assertion
  const issued = desk.accounts.filter((account) => mayIssue(account, claims.iss))
  if (issued.length === 0) return fail('its issuer is not registered here')
  const signed = issued.filter((account) => isSignedBy(assertion, account))
  if (signed.length === 0) return fail('no registered key of its issuer made its signature')
  const account = signed.find(({ subject }) => subject === undefined || subject === claims.sub)
  if (!account) return fail('its subject is not registered here')

  const fault = findFault(claims, listAudiences(account, request), desk.now)
  if (fault !== undefined) return fail(fault)
  const stranger = findStranger(account, caller)
  if (stranger) return stranger
  if (desk.isReplay(claims, desk.now)) return fail('this jti was used before')
  const scope = chooseScope(account, params.get('scope') ?? readScopeClaim(claims))
  if (typeof scope === 'object') return scope
  const issuer = typeof claims.iss === 'string' ? claims.iss : undefined
  return {
    subject: typeof claims.sub === 'string' ? claims.sub : issuer,
    client: caller.account?.client_id ?? account.client_id ?? issuer,
    scope,
    lifetime: account.lifetime,
  }
}

/** Who is registered without an issuer issues under its client_id; without either, under any name. */
function mayIssue({ issuer, client_id, public_key, client_secret }: GenericAccount, iss: unknown) {
  const name = issuer ?? client_id
  return (public_key ?? client_secret) !== undefined && (name === undefined || name === iss)
}

/** With this grant a client need not authenticate, unless it is registered for a way to do it. */
function findStranger(account: GenericAccount, caller: Caller): TwinAnswer | undefined {
  const { client_auth = 'none', client_id } = account
  if (!caller.authenticated && client_auth !== 'none' && client_auth !== 'tls_client_auth') {
    return refuse('invalid_client', `this client must authenticate by ${client_auth}`)
  }
  const id = caller.account?.client_id
  return id !== undefined && client_id !== undefined && id !== client_id
    ? refuse('invalid_grant', 'the assertion is that of another client')
    : undefined
}

/** What is asked for must be registered; who asks for nothing gets all of it. */
function chooseScope(
  { scopes }: GenericAccount,
  wanted: string | undefined,
): string | undefined | TwinAnswer {
  if (wanted === undefined) return scopes?.join(' ')
  // Some providers write lists with commas.
  const missing = wanted
    .split(/[\s,]+/)
    .filter((one) => one !== '' && scopes?.includes(one) === false)
  return missing.length === 0
    ? wanted
    : refuse('invalid_scope', `${missing.length} of the scopes asked for are not registered`)
}

function readScopeClaim({ scope, scopes }: Readonly<Record<string, unknown>>): string | undefined {
  const named = scope ?? scopes
  return Array.isArray(named) ? named.join(' ') : typeof named === 'string' ? named : undefined
}

/** The issuer's path below the base: RFC 8414 puts it behind the well-known part, OpenID before. */
function findDiscovery(path: string): string | undefined {
  const match =
    /^\/\.well-known\/(?:oauth-authorization-server|openid-configuration)(\/.*)?$/.exec(path) ??
    /^(\/.*)\/\.well-known\/openid-configuration$/.exec(path)
  return match ? (match[1] ?? '').replace(/\/$/, '') : undefined
}

function describe(
  baseUrl: string,
  issuer: string,
  accounts: readonly GenericAccount[],
): TwinAnswer {
  const names = accounts.flatMap(({ authorization_server }) => authorization_server ?? [])
  return {
    status: 200,
    body: {
      issuer: names.find((name) => name.replace(/\/+$/, '') === issuer) ?? issuer,
      token_endpoint: `${issuer}/token`,
      jwks_uri: baseUrl + JWKS_PATH,
      grant_types_supported: ['client_credentials', JWT_BEARER],
      response_types_supported: [],
      token_endpoint_auth_methods_supported: [
        'client_secret_basic',
        'client_secret_post',
        'client_secret_jwt',
        'private_key_jwt',
        'none',
      ],
      token_endpoint_auth_signing_alg_values_supported: ALGORITHMS,
    },
  }
}

async function answerKeys(context: TwinContext): Promise<TwinAnswer> {
  const { publicKey } = await context.key('main')
  const jwk = toJwk(publicKey, { kid: computeKeyDigest(publicKey), use: 'sig', alg: 'RS256' })
  return { status: 200, body: { keys: [jwk] } }
}

function refuseMethod(): TwinAnswer {
  return {
    ...refuse('invalid_request', 'a token endpoint takes POST'),
    status: 405,
    headers: { allow: 'GET, POST' },
  }
}
