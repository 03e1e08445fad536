// How the sign-in service judges an assertion: one check after the other, in the order of the
// service, because the first that fails is the only one its caller hears of.

import type { TwinAnswer } from '../twin.ts'
import { answerCrash, answerText } from './rails.ts'
import {
  type ClaimFault,
  decodeJwt,
  findClaimFault,
  inspect,
  isObject,
  isSignedBy,
} from './ruby-jwt.ts'
import { listActiveKeys } from './va-certificate.ts'
import type { VaSisAccount } from './va-sis.ts'

/** What an assertion has earned: the account, and what goes from it into the token. */
export interface Granted {
  readonly account: VaSisAccount
  readonly claims: {
    readonly sub: unknown
    readonly scopes: readonly unknown[]
    readonly user_attributes: Readonly<Record<string, unknown>>
  }
}

export type Verdict =
  | { readonly ok: true; readonly granted: Granted }
  | { readonly ok: false; readonly answer: TwinAnswer }

export interface AssertionRules {
  readonly accounts: readonly VaSisAccount[]
  /** the one audience that is accepted */
  readonly audience: string
  /** milliseconds */
  readonly now: number
}

export function checkAssertion(assertion: string, rules: AssertionRules): Verdict {
  const jwt = decodeJwt(assertion, 'RS256')
  if (jwt === undefined) return refuse('Assertion is malformed')

  // A JSON string answers every question for a claim with nothing; any other non-object, not even that.
  const claims = typeof jwt.payload === 'string' ? {} : jwt.payload
  if (!isObject(claims)) return crash('the payload is no object')
  const id = claims.service_account_id ?? claims.iss
  if (isMissing(id)) return refuse('Invalid client identifier')
  const account = rules.accounts.find((known) => known.service_account_id === String(id))
  if (account === undefined) return refuse('Service account config not found')

  const keys = listActiveKeys(account.certificates, rules.now)
  if (keys === undefined) return crash('a registered certificate is broken')
  if (keys.length === 0) return refuse('Certificates are expired')
  if (!isSignedBy(jwt, 'RS256', keys)) return refuse('Assertion body does not match signature')

  const fault = findClaimFault(claims, {
    now: rules.now,
    audience: rules.audience,
    required: ['iat', 'sub', 'exp', 'iss'],
  })
  if (fault !== undefined) return refuseClaim(fault, rules.audience)
  return checkGrant(claims, account)
}

function refuseClaim(fault: ClaimFault, audience: string): Verdict {
  switch (fault.kind) {
    case 'crash':
      return crash('a time is neither number nor text')
    case 'expired':
      return refuse('Assertion has expired')
    case 'immature':
      return refuse('Assertion is malformed', 'nbf is in the future')
    case 'iat':
      return refuse('Invalid iat')
    case 'audience': {
      const { received } = fault
      const text = `Invalid audience. Expected ${inspect([audience])}, received ${received}`
      return refuse(text, 'Invalid audience')
    }
    case 'missing':
      return refuse(`Missing required claim ${fault.claim}`)
  }
}

/** What is asked for, against what the account may have. */
function checkGrant(claims: Readonly<Record<string, unknown>>, account: VaSisAccount): Verdict {
  const { iss, sub } = claims
  if (iss !== account.access_token_audience && iss !== account.service_account_id) {
    return refuse('Invalid issuer')
  }

  const scopes = isMissing(claims.scopes) ? [] : [claims.scopes].flat()
  const registered: readonly unknown[] = account.scopes
  const bare = scopes.length === 0 && registered.length > 0
  if (bare || !scopes.every((scope) => registered.includes(scope))) return refuse('Invalid scopes')

  const attributes = claims.user_attributes ?? {}
  if (!isObject(attributes)) return crash('user_attributes is no object')
  if (!Object.keys(attributes).every((name) => account.user_attributes.includes(name))) {
    return refuse('Invalid user attributes')
  }

  if (isMissing(sub)) return crash('sub is blank')
  return {
    ok: true,
    granted: { account, claims: { sub, scopes, user_attributes: attributes } },
  }
}

/** What Rails calls blank, for any JSON value. */
function isMissing(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === ''
  if (Array.isArray(value)) return value.length === 0
  return value === undefined || value === null || value === false
}

/** `why` is for the log, which must not repeat what the caller sent. */
function refuse(text: string, why = text): Verdict {
  return { ok: false, answer: answerText(400, text, why) }
}

function crash(why: string): Verdict {
  return { ok: false, answer: { ...answerCrash(), why } }
}
