// What the service issues: its JWT, and for external clients a reference in its place.

import { randomBytes, randomUUID } from 'node:crypto'
import { signToken } from '../signing.ts'
import type { TwinAnswer, TwinContext } from '../twin.ts'
import type { Client } from './accounts.ts'
import { refuse } from './errors.ts'

const LIFETIME = 600

/** A refresh token and whom it stands for. */
export interface Session {
  readonly client: string
  readonly scope: string | undefined
  readonly user: string | undefined
  readonly userType: string | undefined
  readonly roles: string | undefined
  readonly remember: string | null
}

export interface Reference {
  readonly token: string
  readonly derefClient: string | undefined
}

/** What the twin remembers between requests, beside its codes. */
export interface Vault {
  readonly sessions: Map<string, Session>
  readonly references: Map<string, Reference>
}

interface Wanted {
  readonly client: Client
  /** the service's own claims, over the fixed ones */
  readonly claims: object
  /** laid over everything else, without a look at what they replace */
  readonly extra?: object
  readonly lifetime?: number
  /** for grants that come with a refresh token */
  readonly session?: Session
  /** further members of the answer */
  readonly more?: object
}

export async function issue(
  context: TwinContext,
  vault: Vault,
  { client, claims, extra, lifetime = LIFETIME, session, more }: Wanted,
): Promise<TwinAnswer> {
  const jwt = await signClaims(context, { ...makeClaims(context, lifetime), ...claims, ...extra })
  const refreshToken = randomUUID()
  if (session) vault.sessions.set(refreshToken, session)
  return {
    status: 200,
    body: {
      access_token: client.type === 'external' ? makeReference(vault, jwt, client) : jwt,
      token_type: 'bearer',
      expires_in: lifetime,
      ...(session ? { refresh_token: refreshToken } : {}),
      ...more,
    },
  }
}

function makeClaims(context: TwinContext, lifetime: number): object {
  const iat = Math.floor(context.now() / 1000)
  return {
    iss: 'urn:com:networknt:oauth2:v1',
    aud: 'urn:com.networknt',
    exp: iat + lifetime,
    jti: randomBytes(16).toString('base64url'),
    iat,
    nbf: iat - 120,
    version: '1.0',
  }
}

async function signClaims(context: TwinContext, claims: object): Promise<string> {
  const { privateKey } = await context.key('main')
  return signToken({ kid: '100', alg: 'RS256' }, claims, privateKey)
}

function makeReference(vault: Vault, token: string, client: Client): string {
  const reference = randomBytes(16).toString('base64url')
  vault.references.set(reference, { token, derefClient: client.deref_client_id })
  return reference
}

/** The client's own claims, or the refusal where they cannot be read. */
export function readCustomClaims(client: Client): { claims: object } | TwinAnswer {
  try {
    const claims: unknown = JSON.parse(client.custom_claims ?? '{}')
    if (typeof claims === 'object' && claims !== null && !Array.isArray(claims)) return { claims }
  } catch {
    // said below
  }
  return refuse('ERR10014', 'custom_claim is no JSON object')
}

/** Scopes go into the token as a list, split at any white space. */
export function splitScope(scope: string): string[] {
  return scope.split(/\s+/)
}

/** The service searches the text for each scope, so that a part of one is let through as well. */
export function coversScope(registered: string | undefined, wanted: string): boolean {
  return registered !== undefined && splitScope(wanted).every((one) => registered.includes(one))
}
