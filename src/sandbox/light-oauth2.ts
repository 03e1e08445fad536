// networknt light-oauth2: the token service with its six grants, the exchange of references, and
// the key service's JWKS, all below one base.

import { type LightOauth2Account, readAccount } from './light-oauth2/accounts.ts'
import { type Form, findClient, isAnswer } from './light-oauth2/client.ts'
import type { Desk } from './light-oauth2/desk.ts'
import { refuse } from './light-oauth2/errors.ts'
import { GRANTS } from './light-oauth2/grants.ts'
import { toJwk } from './signing.ts'
import type { Twin, TwinAnswer, TwinContext, TwinRequest } from './twin.ts'

export type { LightOauth2Account } from './light-oauth2/accounts.ts'

const TOKEN_PATH = '/oauth2/token'
const JWKS_PATH = '/oauth2/keys'
const DEREF_PATH = '/oauth2/deref/'

/** What a JSON body may say before the form parser finds out that it is no form. */
const LISTED_GRANTS = [
  'authorization_code',
  'client_credentials',
  'password',
  'refresh_token',
  'client_authenticated_user',
]

export const lightOauth2: Twin<readonly LightOauth2Account[]> = {
  tokenPath: TOKEN_PATH,
  jwksPath: JWKS_PATH,
  none: [],
  readAccounts: (entry) => entry.items().map(readAccount),
  start(accounts, context) {
    const desk = openDesk(accounts, context)
    return (request) => {
      const [method, handle] = findRoute(request.path)
      if (!handle) return refuse('ERR10007', request.path)
      if (request.method !== method) return refuse('ERR10008', request.method, request.path)
      return handle(desk, request)
    }
  },
}

type Handler = (desk: Desk, request: TwinRequest) => TwinAnswer | Promise<TwinAnswer>

function findRoute(path: string): [method?: string, handle?: Handler] {
  if (path === TOKEN_PATH) return ['POST', answerTokenRequest]
  if (path === JWKS_PATH) return ['GET', answerKeys]
  if (path.startsWith(DEREF_PATH)) return ['GET', answerReference]
  return []
}

function openDesk(accounts: readonly LightOauth2Account[], context: TwinContext): Desk {
  const desk = {
    context,
    clients: accounts.filter((one) => 'client_secret' in one),
    users: accounts.filter((one) => 'password' in one),
    codes: new Map(accounts.flatMap((one) => ('code' in one ? [[one.code, one]] : []))),
    sessions: new Map(),
    references: new Map(),
  }
  for (const one of accounts) {
    if (!('refresh_token' in one)) continue
    const owner = desk.clients.find((client) => client.client_id === one.client_id)
    const user = desk.users.find((known) => known.username === one.username)
    desk.sessions.set(one.refresh_token, {
      client: one.client_id,
      scope: one.scope ?? owner?.scopes?.join(' '),
      user: one.username,
      userType: user?.user_type,
      roles: undefined,
      remember: null,
    })
  }
  return desk
}

async function answerTokenRequest(desk: Desk, request: TwinRequest): Promise<TwinAnswer> {
  const form = await readForm(request)
  if (isAnswer(form)) return form
  const grant = form.get('grant_type')
  form.delete('grant_type')
  const handle = GRANTS.get(grant ?? '')
  return handle ? handle(desk, request, form) : refuse('ERR12001', grant)
}

/** Only the body counts, and of a name that comes twice the last. */
async function readForm(request: TwinRequest): Promise<Form | TwinAnswer> {
  const header = request.headers['content-type'] ?? ''
  const type = header.split(';')[0]?.trim().toLowerCase()
  const text = request.body.toString()
  if (type === 'application/json') return refuseJson(text, header)
  if (type === 'application/x-www-form-urlencoded') {
    return /%(?![\da-f]{2})/i.test(text) ? refuse('ERR12000') : new Map(new URLSearchParams(text))
  }
  if (type !== 'multipart/form-data') return refuse('ERR12000')
  try {
    const answer = new Response(request.body, { headers: { 'content-type': header } })
    const fields = [...(await answer.formData())]
    return new Map(fields.map(([name, value]) => [name, String(value)]))
  } catch {
    return refuse('ERR12000')
  }
}

/** Two other parts of the service look at JSON before the form parser refuses it. */
function refuseJson(text: string, type: string): TwinAnswer {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return refuse('ERR10015', type)
  }
  if (typeof value !== 'object' || value === null) return refuse('ERR10015', type)
  return 'grant_type' in value && LISTED_GRANTS.some((listed) => listed === value.grant_type)
    ? refuse('ERR12000')
    : refuse('ERR11004')
}

async function answerKeys({ context }: Desk): Promise<TwinAnswer> {
  const { publicKey } = await context.key('main')
  return {
    status: 200,
    body: { keys: [toJwk(publicKey, { kid: '100', use: 'sig', alg: 'RS256' })] },
  }
}

/** Real base64 only; and whoever is not Basic at all gets a success with nothing in it. */
function answerReference(desk: Desk, request: TwinRequest): TwinAnswer {
  const name = request.path.slice(DEREF_PATH.length)
  const answer = exchangeReference(desk, request.headers.authorization, name)
  return { ...answer, path: `${DEREF_PATH}…` }
}

function exchangeReference(desk: Desk, header: string | undefined, name: string): TwinAnswer {
  if (header === undefined) return refuse('ERR12002')
  const nothing = { status: 200, body: undefined, why: 'no Basic credentials' }
  if (!/^basic /i.test(header)) return nothing
  const text = Buffer.from(header.slice(6), 'base64').toString()
  const colon = text.indexOf(':')
  if (colon === -1) return nothing
  const client = findClient(desk.clients, {
    id: text.slice(0, colon),
    secret: text.slice(colon + 1),
  })
  if (isAnswer(client)) return client
  const reference = desk.references.get(name)
  if (!reference) return refuse('ERR12045', name)
  if (reference.derefClient !== undefined && reference.derefClient !== client.client_id) {
    return refuse('ERR12044', client.client_id)
  }
  return { status: 200, headers: { 'content-type': 'application/text' }, body: reference.token }
}
