// Fiserv FirstVision: one path with two contracts. An empty body is the contract of September 2022
// (Basic, everything in the query, expiry as a date); a JSON body is the one since November 2022;
// and /v2 is the latter with prefixed scopes.

import { refuse } from './firstvision/errors.ts'
import { signToken } from './signing.ts'
import type { Entry, Twin, TwinAnswer, TwinContext, TwinRequest } from './twin.ts'

export interface FirstvisionAccount {
  readonly client_id: string
  readonly client_secret: string
  readonly scopes: readonly string[]
  /** in the token; the service's own number for the client */
  readonly first_vision_id?: string | undefined
  /** refuse an empty body that comes without a content type */
  readonly require_content_type?: boolean | undefined
}

const V1_PATH = '/v1/api/oauth/token'
const V2_PATH = '/v2/api/oauth/token'
const LIFETIME = 7199
const V2_LIFETIME = 2999
const CONTEXTS = ['firstvision', 'aplus']
const ECHOED = [
  'correlationid',
  'x-correl-id',
  'x-client-correlation-id',
  'x-client-trace-id',
  'x-client-source-channel',
  'x-client-user-id',
]

export const firstvision: Twin<readonly FirstvisionAccount[]> = {
  tokenPath: V1_PATH,
  none: [],
  readAccounts: (entry) => entry.items().map(readAccount),
  start: (accounts, context) => async (request) => {
    const desk = { accounts, context, request }
    const answer = await answerRequest(desk)
    const echoed = ECHOED.flatMap((name) => {
      const value = request.headers[name]
      return value === undefined ? [] : [[name, value] as const]
    })
    return { ...answer, headers: { ...answer.headers, ...Object.fromEntries(echoed) } }
  },
}

interface Desk {
  readonly accounts: readonly FirstvisionAccount[]
  readonly context: TwinContext
  readonly request: TwinRequest
}

function readAccount(entry: Entry): FirstvisionAccount {
  const account = entry.members([
    'client_id',
    'client_secret',
    'scopes',
    'first_vision_id',
    'require_content_type',
  ])
  return {
    client_id: account.need('client_id').text(),
    client_secret: account.need('client_secret').text(),
    scopes: account.need('scopes').texts(),
    first_vision_id: account.get('first_vision_id')?.text(),
    require_content_type: account.get('require_content_type')?.flag(),
  }
}

function answerRequest(desk: Desk): TwinAnswer | Promise<TwinAnswer> {
  const { method, path, body } = desk.request
  if (path !== V1_PATH && path !== V2_PATH) return refuse(desk.request, '240401')
  if (method !== 'POST') return refuse(desk.request, '240501')
  if (path === V2_PATH) return answerV2(desk)
  return body.length === 0 ? answerQuery(desk) : answerJson(desk)
}

/** Basic, grant_type and scope in the query, nothing in the body. */
function answerQuery(desk: Desk): TwinAnswer | Promise<TwinAnswer> {
  const { headers, query } = desk.request
  const type = headers['content-type']
  const header = headers.authorization
  const fields = ['grant_type', 'scope'] as const
  if (!header) {
    // Whoever asks for JSON and puts nothing anywhere has lost a body, not a header.
    const lost = type !== undefined && !fields.some((name) => query.has(name))
    return refuse(desk.request, lost ? '240006' : '240002')
  }
  const [id, secret] = readBasic(header)
  const account = desk.accounts.find((one) => one.client_id === id)
  if (type === undefined && account?.require_content_type === true)
    return refuse(desk.request, '241502')
  const missing = fields.filter((name) => !query.get(name))
  if (missing.length > 0) return refuse(desk.request, '240009', missing)

  const scope = query.get('scope') ?? ''
  const granted =
    account?.client_secret === secret &&
    query.get('grant_type') === 'client_credentials' &&
    splitScope(scope).every((one) => account?.scopes.includes(one))
  if (!account || !granted)
    return refuse(desk.request, '240101', ['Invalid client credentials or scope'])
  return issue(desk, account, scope, LIFETIME, (token, exp) => ({
    access_token: token,
    expires_in: exp,
    token_type: 'Bearer',
  }))
}

function answerJson(desk: Desk): TwinAnswer | Promise<TwinAnswer> {
  const checked = checkBody(desk, (account, scope) => account.scopes.includes(scope))
  if ('status' in checked) return checked
  return issue(desk, checked.account, checked.scope, LIFETIME, (token) => ({
    access_token: token,
    expires_in: LIFETIME,
    token_type: 'Bearer',
  }))
}

function answerV2(desk: Desk): TwinAnswer | Promise<TwinAnswer> {
  const product = desk.request.query.get('appContext')
  if (!product) return refuse(desk.request, '240009', ['appContext'])
  if (!CONTEXTS.includes(product)) return refuse(desk.request, '240010', ['appContext'])
  // An account may name its scopes as v1 does; a request may not.
  const prefix = `${product}.`
  const checked = checkBody(
    desk,
    (account, scope) =>
      scope.startsWith(prefix) &&
      (account.scopes.includes(scope) || account.scopes.includes(scope.slice(prefix.length))),
  )
  if ('status' in checked) return checked
  return issue(desk, checked.account, checked.scope, V2_LIFETIME, (token) => ({
    access_token: token,
    expires_in: V2_LIFETIME,
    token_type: 'Bearer',
    scope: checked.scope,
  }))
}

/** The JSON contract up to the point where a token may be issued. */
function checkBody(
  desk: Desk,
  allows: (account: FirstvisionAccount, scope: string) => boolean,
): { account: FirstvisionAccount; scope: string } | TwinAnswer {
  const { headers, body } = desk.request
  if (body.length === 0) return refuse(desk.request, '240006')
  const type = headers['content-type']
  if (type === undefined) return refuse(desk.request, '241502')
  if (type.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    return refuse(desk.request, /^[\w.+-]+\/[\w.+-]+/.test(type) ? '241503' : '241501')
  }
  const value = parseJson(body.toString())
  if (value === undefined) return refuse(desk.request, '240007')
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(desk.request, '240005')
  }
  const fields = new Map(Object.entries(value))
  const names = ['grant_type', 'scope', 'client_id', 'client_secret']
  const missing = names.filter((name) => [undefined, null, ''].includes(fields.get(name)))
  if (missing.length > 0) return refuse(desk.request, '240009', missing)
  const wrong = names.filter((name) => typeof fields.get(name) !== 'string')
  if (wrong.length > 0) return refuse(desk.request, '240008', wrong)

  const scope = String(fields.get('scope'))
  const account = desk.accounts.find((one) => one.client_id === fields.get('client_id'))
  const granted =
    account?.client_secret === fields.get('client_secret') &&
    fields.get('grant_type') === 'client_credentials' &&
    splitScope(scope).every((one) => account !== undefined && allows(account, one))
  return account && granted
    ? { account, scope }
    : refuse(desk.request, '240101', ['Invalid client credentials, scope or grant_type'])
}

async function issue(
  { context }: Desk,
  account: FirstvisionAccount,
  scope: string,
  lifetime: number,
  shape: (token: string, exp: number) => object,
): Promise<TwinAnswer> {
  const exp = Math.floor(context.now() / 1000) + lifetime
  const claims = {
    scope,
    client_id: account.client_id,
    firstVisionId: account.first_vision_id ?? '00000SANDBOX',
    exp,
  }
  const { privateKey } = await context.key('main')
  return { status: 200, body: shape(signToken({ alg: 'RS256' }, claims, privateKey), exp) }
}

function readBasic(header: string): [id?: string, secret?: string] {
  const encoded = /^basic +(\S+)$/i.exec(header)?.[1]
  if (encoded === undefined) return []
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  return colon === -1 ? [] : [text.slice(0, colon), text.slice(colon + 1)]
}

function splitScope(scope: string): string[] {
  return scope.split(/\s+/)
}

/** undefined when it is not JSON, which no JSON text can say */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
