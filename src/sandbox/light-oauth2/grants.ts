// The grants, each with its checks in the service's order. The order is part of the service: a
// refresh token is gone before anything about it has been found right or wrong.

import type { TwinRequest } from '../twin.ts'
import { type Form, isAnswer, take, takeCredentials } from './client.ts'
import { grantByCode } from './code.ts'
import {
  authenticate,
  chooseScope,
  type Desk,
  type Grant,
  issueToUser,
  makeSession,
  makeUserClaims,
} from './desk.ts'
import { refuse } from './errors.ts'
import { coversScope, issue, readCustomClaims, type Session, splitScope } from './token.ts'

const TEN_YEARS = 315_360_000
const BOOTSTRAP_SCOPE = 'portal.w'

export const GRANTS: ReadonlyMap<string, Grant> = new Map([
  ['client_credentials', grantToClient],
  ['authorization_code', grantByCode],
  ['password', grantByPassword],
  ['refresh_token', grantByRefreshToken],
  ['client_authenticated_user', grantToAuthenticatedUser],
  ['bootstrap_token', grantBootstrap],
])

function grantToClient(desk: Desk, request: TwinRequest, form: Form) {
  const client = authenticate(desk, request, form)
  if (isAnswer(client)) return client
  const chosen = chooseScope(form, client)
  if (isAnswer(chosen)) return chosen
  const custom = readCustomClaims(client)
  if (isAnswer(custom)) return custom
  // Only this grant splits the scope without asking whether there is one.
  if (chosen.scope === undefined) return refuse('ERR10014', undefined)
  return issue(desk.context, desk, {
    client,
    claims: { client_id: client.client_id, scope: splitScope(chosen.scope) },
    extra: custom.claims,
  })
}

function grantByPassword(desk: Desk, request: TwinRequest, form: Form) {
  const client = authenticate(desk, request, form)
  if (isAnswer(client)) return client
  const name = form.get('username')
  const password = form.get('password')
  if (name === undefined) return refuse('ERR12022')
  if (password === undefined) return refuse('ERR12023')
  if (client.type !== 'trusted') return refuse('ERR12024')
  const chosen = chooseScope(form, client)
  if (isAnswer(chosen)) return chosen
  if (client.authenticate_class !== undefined) return refuse('ERR10043', client.authenticate_class)
  const user = desk.users.find((one) => one.username === name)
  if (!user) return refuse('ERR10010')
  if (user.password !== password) return refuse('ERR12016')
  const session = {
    ...makeSession(client, chosen.scope, user),
    // taken from the form, not from the user's record
    userType: form.get('user_type'),
    roles: form.get('roles'),
  }
  return issueToUser(desk, client, session)
}

function grantByRefreshToken(desk: Desk, request: TwinRequest, form: Form) {
  const client = authenticate(desk, request, form)
  if (isAnswer(client)) return client
  const name = form.get('refresh_token')
  if (name === undefined) return refuse('ERR10010')
  const session = desk.sessions.get(name)
  desk.sessions.delete(name)
  if (!session) return refuse('ERR12029', name)
  if (session.client !== client.client_id) {
    return refuse('ERR12028', client.client_id, session.client)
  }
  const scope = form.get('scope')
  if (scope !== undefined && !coversScope(session.scope, scope)) {
    return refuse('ERR12027', scope, session.scope)
  }
  const renewed = { ...session, scope: scope ?? session.scope }
  return issueToUser(desk, client, renewed, {
    csrf: form.get('csrf'),
    more: { remember: session.remember },
  })
}

function grantToAuthenticatedUser(desk: Desk, request: TwinRequest, form: Form) {
  const client = authenticate(desk, request, form)
  if (isAnswer(client)) return client
  if (client.type !== 'trusted') return refuse('ERR12024')
  const chosen = chooseScope(form, client)
  if (isAnswer(chosen)) return chosen
  form.delete('scope')
  const user = take(form, 'userId')
  if (user === undefined) return refuse('ERR12031')
  const userType = take(form, 'userType')
  if (userType === undefined) return refuse('ERR12032')
  const roles = take(form, 'roles')
  const session: Session = {
    client: client.client_id,
    scope: chosen.scope,
    user,
    userType,
    roles,
    remember: 'N',
  }
  return issue(desk.context, desk, {
    client,
    claims: makeUserClaims(session),
    // Whatever is left becomes a claim, and wins over the service's own of that name.
    extra: Object.fromEntries(form),
    session,
  })
}

function grantBootstrap(desk: Desk, request: TwinRequest, form: Form) {
  const credentials = takeCredentials(request, form)
  if (isAnswer(credentials)) return credentials
  const client = desk.clients.find(
    (one) =>
      one.type === 'bootstrap' &&
      one.client_id === credentials.id &&
      one.client_secret === credentials.secret,
  )
  // Whoever fails here is answered with success and an empty map.
  if (!client) return { status: 200, body: {}, why: 'bootstrap client refused' }
  const registered = client.scopes?.join(' ') ?? BOOTSTRAP_SCOPE
  const scope = take(form, 'scope') ?? registered
  if (!coversScope(registered, scope)) return refuse('ERR12027', scope, registered)
  return issue(desk.context, desk, {
    client,
    claims: { client_id: client.client_id, scope: splitScope(scope) },
    extra: Object.fromEntries(form),
    lifetime: TEN_YEARS,
  })
}
