// Clients, users, codes and refresh tokens stand in one list; what an entry holds says what it is.

import type { Entry } from '../twin.ts'

const CLIENT_TYPES = ['confidential', 'public', 'trusted', 'external', 'bootstrap'] as const

export interface Client {
  readonly client_id: string
  readonly client_secret: string
  readonly type: (typeof CLIENT_TYPES)[number]
  readonly scopes?: readonly string[] | undefined
  /** JSON text, merged into the token; parsed only when it is needed, as the service does */
  readonly custom_claims?: string | undefined
  /** the only client that may exchange this one's references */
  readonly deref_client_id?: string | undefined
  /** a Java class; none can be loaded here */
  readonly authenticate_class?: string | undefined
}

export interface User {
  readonly username: string
  readonly password: string
  readonly user_type: string
}

export interface Code {
  readonly code: string
  /** for the reader only: the service does not look whose code it is, either */
  readonly client_id?: string | undefined
  readonly redirect_uri?: string | undefined
  readonly scope?: string | undefined
  readonly challenge?: string | undefined
  /** `plain` unless said otherwise, as at /oauth2/code */
  readonly method?: string | undefined
  /** the first user of the list unless said otherwise */
  readonly username?: string | undefined
}

export interface RefreshToken {
  readonly refresh_token: string
  readonly client_id: string
  readonly scope?: string | undefined
  readonly username?: string | undefined
}

export type LightOauth2Account = Client | User | Code | RefreshToken

export function readAccount(entry: Entry): LightOauth2Account {
  if (holds(entry, 'code')) return readCode(entry)
  if (holds(entry, 'refresh_token')) return readRefreshToken(entry)
  if (holds(entry, 'username')) return readUser(entry)
  return readClient(entry)
}

function holds(entry: Entry, name: string): boolean {
  return typeof entry.value === 'object' && entry.value !== null && Object.hasOwn(entry.value, name)
}

function readClient(entry: Entry): Client {
  const members = entry.members([
    'client_id',
    'client_secret',
    'type',
    'scopes',
    'custom_claims',
    'deref_client_id',
    'authenticate_class',
  ])
  const custom = members.get('custom_claims')
  return {
    client_id: members.need('client_id').text(),
    client_secret: members.need('client_secret').text(),
    type: members.get('type')?.choice(CLIENT_TYPES) ?? 'confidential',
    scopes: members.get('scopes')?.texts(),
    custom_claims:
      typeof custom?.value === 'object' ? JSON.stringify(custom.value) : custom?.text(),
    deref_client_id: members.get('deref_client_id')?.text(),
    authenticate_class: members.get('authenticate_class')?.text(),
  }
}

function readUser(entry: Entry): User {
  const members = entry.members(['username', 'password', 'user_type'])
  return {
    username: members.need('username').text(),
    password: members.need('password').text(),
    user_type: members.need('user_type').text(),
  }
}

function readCode(entry: Entry): Code {
  const members = entry.members([
    'code',
    'client_id',
    'redirect_uri',
    'scope',
    'challenge',
    'method',
    'username',
  ])
  return {
    code: members.need('code').text(),
    client_id: members.get('client_id')?.text(),
    redirect_uri: members.get('redirect_uri')?.text(),
    scope: members.get('scope')?.text(),
    challenge: members.get('challenge')?.text(),
    method: members.get('method')?.text(),
    username: members.get('username')?.text(),
  }
}

function readRefreshToken(entry: Entry): RefreshToken {
  const members = entry.members(['refresh_token', 'client_id', 'scope', 'username'])
  return {
    refresh_token: members.need('refresh_token').text(),
    client_id: members.need('client_id').text(),
    scope: members.get('scope')?.text(),
    username: members.get('username')?.text(),
  }
}
