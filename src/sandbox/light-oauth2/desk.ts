// What the grants share: who calls, which scope, and a token for a user.

import type { TwinAnswer, TwinContext, TwinRequest } from '../twin.ts'
import type { Client, Code, User } from './accounts.ts'
import { type Form, findClient, isAnswer, takeCredentials } from './client.ts'
import { refuse } from './errors.ts'
import {
  coversScope,
  issue,
  readCustomClaims,
  type Session,
  splitScope,
  type Vault,
} from './token.ts'

export interface Desk extends Vault {
  readonly context: TwinContext
  readonly clients: readonly Client[]
  readonly users: readonly User[]
  readonly codes: Map<string, Code>
}

export type Grant = (
  desk: Desk,
  request: TwinRequest,
  form: Form,
) => TwinAnswer | Promise<TwinAnswer>

export function authenticate(desk: Desk, request: TwinRequest, form: Form): Client | TwinAnswer {
  const credentials = takeCredentials(request, form)
  return isAnswer(credentials) ? credentials : findClient(desk.clients, credentials)
}

export function chooseScope(
  form: Form,
  client: Client,
): { scope: string | undefined } | TwinAnswer {
  const registered = client.scopes?.join(' ')
  const wanted = form.get('scope')
  if (wanted === undefined) return { scope: registered }
  return coversScope(registered, wanted)
    ? { scope: wanted }
    : refuse('ERR12027', wanted, registered)
}

export function makeSession(client: Client, scope: string | undefined, user: User): Session {
  return {
    client: client.client_id,
    scope,
    user: user.username,
    userType: user.user_type,
    roles: undefined,
    remember: 'N',
  }
}

export function issueToUser(
  desk: Desk,
  client: Client,
  session: Session,
  { csrf, more }: { csrf?: string | undefined; more?: object } = {},
) {
  const custom = readCustomClaims(client)
  if (isAnswer(custom)) return custom
  const claims = makeUserClaims(session, csrf)
  const wanted = { client, claims, extra: custom.claims, session }
  return issue(desk.context, desk, more ? { ...wanted, more } : wanted)
}

export function makeUserClaims(
  { client, scope, user, userType, roles }: Session,
  csrf?: string,
): object {
  return {
    user_id: user,
    user_type: userType,
    client_id: client,
    csrf,
    scope: scope === undefined || scope.trim() === '' ? undefined : splitScope(scope),
    roles: roles?.trim() === '' ? undefined : roles,
  }
}
