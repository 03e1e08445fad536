// Who may come in, as any OAuth server registers it: a client, an issuer of assertions, or both.

import { createPublicKey } from 'node:crypto'
import type { Entry } from '../twin.ts'
import { ALGORITHMS, type Algorithm } from './assertion.ts'

const AUTHS = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'tls_client_auth',
  'none',
] as const

/** RFC 7591's names */
export type ClientAuth = (typeof AUTHS)[number]

/** What is left out is not checked. */
export interface GenericAccount {
  /** `iss` of its assertions; unless said otherwise its client_id */
  readonly issuer?: string | undefined
  readonly subject?: string | undefined
  /** `aud` of its assertions; unless said otherwise the token endpoint's URL */
  readonly audience?: string | readonly string[] | undefined
  readonly client_id?: string | undefined
  readonly client_secret?: string | undefined
  /** the only way it may authenticate; unless said otherwise any that it has the means for */
  readonly client_auth?: ClientAuth | undefined
  readonly scopes?: readonly string[] | undefined
  /** PEM text: a public key or a certificate */
  readonly public_key?: string | undefined
  readonly algorithms?: readonly Algorithm[] | undefined
  /** a further name of the token endpoint, for `aud` */
  readonly token_endpoint?: string | undefined
  /** how this server is called in its metadata: with a slash at its end, where that counts */
  readonly authorization_server?: string | undefined
  /** seconds, of the tokens it is given */
  readonly lifetime?: number | undefined
}

export function readAccount(entry: Entry): GenericAccount {
  const account = entry.members([
    'issuer',
    'subject',
    'audience',
    'client_id',
    'client_secret',
    'client_auth',
    'scopes',
    'public_key',
    'algorithms',
    'token_endpoint',
    'authorization_server',
    'lifetime',
  ])
  const algorithms = account.get('algorithms')
  const key = account.get('public_key')
  return {
    issuer: account.get('issuer')?.text(),
    subject: account.get('subject')?.text(),
    audience: account.get('audience')?.texts(),
    client_id: account.get('client_id')?.text(),
    client_secret: account.get('client_secret')?.text(),
    client_auth: account.get('client_auth')?.choice(AUTHS),
    scopes: account.get('scopes')?.texts(),
    public_key: key && readPublicKey(key),
    algorithms: algorithms?.items().map((item) => item.choice(ALGORITHMS)),
    token_endpoint: account.get('token_endpoint')?.text(),
    authorization_server: account.get('authorization_server')?.text(),
    lifetime: account.get('lifetime')?.count(),
  }
}

function readPublicKey(entry: Entry): string {
  const pem = entry.pem()
  try {
    createPublicKey(pem)
  } catch {
    entry.fail('a PEM public key or certificate belongs here')
  }
  return pem
}
