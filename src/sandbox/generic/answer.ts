// RFC 6749 section 5: what a token endpoint answers, and what it says when it refuses.

import { randomUUID } from 'node:crypto'
import { computeKeyDigest, signToken } from '../signing.ts'
import type { TwinAnswer, TwinContext } from '../twin.ts'

const LIFETIME = 3600
const HEADERS = { 'cache-control': 'no-store', pragma: 'no-cache' }

type OAuthError =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'

export function refuse(error: OAuthError, description: string): TwinAnswer {
  return {
    status: error === 'invalid_client' ? 401 : 400,
    headers: HEADERS,
    body: { error, error_description: description },
    why: error,
  }
}

/** A client that came by the Authorization header is told how to come by it. */
export function refuseHeader(description: string): TwinAnswer {
  const answer = refuse('invalid_client', description)
  return { ...answer, headers: { ...HEADERS, 'www-authenticate': 'Basic realm="sandbox"' } }
}

export interface Granted {
  readonly subject: string | undefined
  readonly client: string | undefined
  readonly scope: string | undefined
  readonly lifetime: number | undefined
}

export async function issue(
  context: TwinContext,
  issuer: string,
  { subject, client, scope, lifetime = LIFETIME }: Granted,
): Promise<TwinAnswer> {
  const { privateKey, publicKey } = await context.key('main')
  const iat = Math.floor(context.now() / 1000)
  const token = signToken(
    { alg: 'RS256', typ: 'JWT', kid: computeKeyDigest(publicKey) },
    {
      iss: issuer,
      sub: subject,
      client_id: client,
      scope,
      iat,
      exp: iat + lifetime,
      jti: randomUUID(),
    },
    privateKey,
  )
  return {
    status: 200,
    headers: HEADERS,
    body: { access_token: token, token_type: 'Bearer', expires_in: lifetime, scope },
  }
}
