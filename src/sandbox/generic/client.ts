// Who calls: RFC 6749 section 2.3 and RFC 7523 section 2.2, one way at a time.

import type { TwinAnswer, TwinRequest } from '../twin.ts'
import type { ClientAuth, GenericAccount } from './accounts.ts'
import { refuse, refuseHeader } from './answer.ts'
import { findFault, isSignedBy, readAssertion } from './assertion.ts'
import type { Params } from './params.ts'

const CLIENT_ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export interface Desk {
  readonly accounts: readonly GenericAccount[]
  readonly now: number
  isReplay(claims: Readonly<Record<string, unknown>>, now: number): boolean
}

/** Who it is, as far as it was said; without an account nothing was said at all. */
export interface Caller {
  readonly account?: GenericAccount
  readonly authenticated: boolean
}

export function authenticateClient(
  desk: Desk,
  request: TwinRequest,
  params: Params,
): Caller | TwinAnswer {
  const header = request.headers.authorization
  const ways = [header, params.get('client_secret'), params.get('client_assertion')]
  if (ways.filter((way) => way !== undefined).length > 1) {
    return refuse('invalid_request', 'the client authenticates in more than one way')
  }
  if (header !== undefined) return authenticateByHeader(desk, header, params)
  if (params.has('client_secret')) return authenticateByPost(desk, params)
  if (params.has('client_assertion')) return authenticateByAssertion(desk, request, params)
  return acceptPublic(desk, params)
}

function authenticateByHeader(desk: Desk, header: string, params: Params): Caller | TwinAnswer {
  const encoded = /^basic +(\S+)$/i.exec(header)?.[1]
  const text = Buffer.from(encoded ?? '', 'base64').toString()
  const colon = text.indexOf(':')
  if (colon === -1) return refuseHeader('the Authorization header holds no Basic credentials')
  // RFC 6749 has both parts form-encoded first. Half the world does not do that: both are taken.
  const raw = [text.slice(0, colon), text.slice(colon + 1)] as const
  const decoded = raw.map(decodeForm)
  const account = desk.accounts.find(
    ({ client_id, client_secret }) =>
      client_secret !== undefined &&
      ((client_id === raw[0] && client_secret === raw[1]) ||
        (client_id === decoded[0] && client_secret === decoded[1])),
  )
  if (!account) return refuseHeader('client_id or client_secret is wrong')
  const named = params.get('client_id')
  if (named !== undefined && named !== account.client_id) {
    return refuseHeader('client_id is not that of the Authorization header')
  }
  const other = findOtherAuth(account, 'client_secret_basic')
  return other === undefined ? { account, authenticated: true } : refuseHeader(other)
}

function authenticateByPost(desk: Desk, params: Params): Caller | TwinAnswer {
  const account = desk.accounts.find(
    ({ client_id, client_secret }) =>
      client_id !== undefined &&
      client_id === params.get('client_id') &&
      client_secret === params.get('client_secret'),
  )
  if (!account) return refuse('invalid_client', 'client_id or client_secret is wrong')
  return accept(account, 'client_secret_post')
}

function authenticateByAssertion(
  desk: Desk,
  request: TwinRequest,
  params: Params,
): Caller | TwinAnswer {
  const fail = (reason: string) => refuse('invalid_client', `client_assertion: ${reason}`)
  if (params.get('client_assertion_type') !== CLIENT_ASSERTION) {
    return refuse('invalid_request', 'client_assertion_type must be the jwt-bearer URN')
  }
  const assertion = readAssertion(params.get('client_assertion') ?? '')
  if (!assertion) return fail('it is not a JWT signed with an algorithm known here')
  const { iss, sub } = assertion.claims
  if (iss !== sub) return fail('iss and sub must both be the client_id')
  const named = params.get('client_id')
  if (named !== undefined && named !== sub) return fail('sub is not the client_id')
  const known = desk.accounts.filter(
    ({ client_id }) => client_id !== undefined && client_id === sub,
  )
  if (known.length === 0) return fail('there is no such client')
  const account = known.find((one) => isSignedBy(assertion, one))
  if (!account) return fail('the signature does not hold')
  const audiences = [...listAudiences(account, request), ...listEndpoints(account, request)]
  const fault = findFault(assertion.claims, [...new Set(audiences)], desk.now)
  if (fault !== undefined) return fail(fault)
  if (desk.isReplay(assertion.claims, desk.now)) return fail('this jti was used before')
  const way = assertion.algorithm.startsWith('HS') ? 'client_secret_jwt' : 'private_key_jwt'
  return accept(account, way)
}

/** Over plain HTTP no certificate can be seen, so `tls_client_auth` is taken at its word. */
function acceptPublic(desk: Desk, params: Params): Caller | TwinAnswer {
  const id = params.get('client_id')
  if (id === undefined) return { authenticated: false }
  const known = desk.accounts.filter(({ client_id }) => client_id === id)
  const [first] = known
  if (!first) return refuse('invalid_client', 'there is no such client')
  const open = known.find(
    ({ client_auth, client_secret, public_key }) =>
      client_auth === 'none' ||
      client_auth === 'tls_client_auth' ||
      (client_auth === undefined && client_secret === undefined && public_key === undefined),
  )
  return open ? { account: open, authenticated: true } : { account: first, authenticated: false }
}

function accept(account: GenericAccount, way: ClientAuth): Caller | TwinAnswer {
  const other = findOtherAuth(account, way)
  return other === undefined ? { account, authenticated: true } : refuse('invalid_client', other)
}

function findOtherAuth({ client_auth }: GenericAccount, way: ClientAuth): string | undefined {
  return client_auth === undefined || client_auth === way
    ? undefined
    : `this client is registered for ${client_auth}, not ${way}`
}

/** What `aud` of a grant's assertion may be. */
export function listAudiences(account: GenericAccount, request: TwinRequest): string[] {
  const registered = [account.audience ?? []].flat()
  return registered.length > 0 ? registered : listEndpoints(account, request)
}

function listEndpoints({ token_endpoint }: GenericAccount, request: TwinRequest): string[] {
  const own = [request.url.origin + request.url.pathname, request.baseUrl]
  return token_endpoint === undefined ? own : [token_endpoint, ...own]
}

function decodeForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
