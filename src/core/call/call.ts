// One call, from a profile to its token: values → claims → limits → key → assertion → request →
// answer → token set. A dry run stops in the middle.

import {
  isErrorBody,
  isSuccess,
  parseBody,
  readRequestId,
  readSkew,
  readToken,
} from '../answer/answer.ts'
import { describeFailure, readFailure } from '../answer/failure.ts'
import { USUAL } from '../answer/usual.ts'
import { TokenError } from '../error.ts'
import { explainRefusal } from '../explain/explain.ts'
import { isSecretPart, SECRET_NAMES } from '../profile/fields.ts'
import { missingField } from '../profile/lack.ts'
import { isTree } from '../profile/layer.ts'
import { type Profile, writtenValue } from '../profile/profile.ts'
import type { Answer as Columns } from '../provider.ts'
import { isList, revealText, type Text } from '../template/value.ts'
import { type Facts, Values } from '../template/values.ts'
import { checkUrl } from '../url.ts'
import { type Evidence, obtainAssertion } from './assertion.ts'
import { discoverEndpoint } from './discovery.ts'
import { planRequest, type RequestPlan, renderRequest, showRequest } from './request.ts'
import { keepAssertion, keepToken } from './result.ts'
import type { TokenSet } from './token.ts'
import type { Tools } from './tools.ts'
import { readTransport } from './transport.ts'
import type { Answer } from './wire.ts'

export interface PreparedCall {
  readonly values: Values
  readonly via: TokenSet | undefined
  readonly minted: Evidence | undefined
  readonly minting: readonly Evidence[]
  /** undefined: there is no call, the assertion is the token */
  readonly plan: RequestPlan | undefined
}

/** What a call is prepared for: to be sent, to be shown, or to tell its request from others. */
export type Purpose = 'send' | 'show' | 'identify'

/** Everything up to the point where something would be sent. */
export async function prepareCall(
  profile: Profile,
  via: TokenSet | undefined,
  tools: Tools,
  purpose: Purpose = 'send',
): Promise<PreparedCall> {
  const { provider } = profile
  checkRequired(profile)
  const now = Math.floor(tools.now() / 1000)
  const facts: Facts = { now, via, identifies: purpose === 'identify' }
  let values = new Values(profile, facts, tools)
  const endpoint = await discoverEndpoint(values, tools, purpose)
  if (endpoint !== undefined)
    values = new Values(profile, { ...facts, tokenEndpoint: endpoint }, tools)
  const minted =
    provider.assertion && (await obtainAssertion(values, provider.assertion, 'assertion', tools))
  const client =
    provider.client_assertion &&
    (await obtainAssertion(values, provider.client_assertion, 'client_assertion', tools))
  const plan = provider.call && planRequest(values, provider.call)
  if (plan) checkAddress(plan.url, values)
  return {
    values,
    via,
    minted: minted ?? client,
    minting: [minted, client].filter((one) => one !== undefined),
    plan,
  }
}

/** Before it is shown anywhere: a URL may have a password in it. */
function checkAddress(url: Text, values: Values): void {
  // the host that only the token before it will tell
  if (typeof url !== 'string' && url.standsIn) return
  checkUrl(revealText(url), `${values.profile.name}: its URL`, values.flag('allow_http'))
}

/** All that is missing at once: a profile is not mended one run at a time. */
export function checkRequired(profile: Profile): void {
  const missing = Object.entries(profile.provider.fields).filter(
    ([name, field]) => field.required && writtenValue(profile, name) === undefined,
  )
  const [first, ...more] = missing
  if (first === undefined) return
  const errors = [first, ...more].map(([name]) => missingField(profile, [name]))
  const [error] = errors
  if (error === undefined || more.length === 0) throw error ?? missingField(profile, [first[0]])
  throw new TokenError(
    error.code,
    `${profile.name} has no ${missing.map(([name]) => name).join(', no ')}`,
    {
      means: missing.map(([name, field]) => `${name}: ${field.help}`),
      fix: errors.map(({ details }) => `${details.fix}`),
      profile: profile.name,
      provider: profile.providerName,
    },
  )
}

/** `left`: milliseconds, of the time that all tries have together. */
export async function makeCall(
  prepared: PreparedCall,
  tools: Tools,
  left = Number.POSITIVE_INFINITY,
): Promise<TokenSet> {
  const { values, plan } = prepared
  const { profile } = values
  if (plan === undefined) return keepAssertion(prepared)
  tools.watch.sending?.(profile, showRequest(plan))
  const transport = readTransport(values, tools)
  const timeout = Math.max(1, Math.min(transport.timeout, left))
  const answer = await tools.send(renderRequest(plan), { ...transport, timeout })
  const columns: Columns = { ...USUAL, ...profile.provider.answer }
  const data = parseBody(answer, columns.format)
  rememberSecrets(data, tools)
  const found = readToken(data, columns)
  // even that of an answer which is no success
  if (found !== undefined && answer.status < 300) tools.secrets.remember(found, 'token')
  const requestId = readRequestId(answer, data, columns)
  tools.watch.answered?.(profile, answer, requestId)
  const token = isSuccess(answer, data, columns) && !isErrorBody(data, columns) ? found : undefined
  if (token === undefined) {
    const skew = readSkew(answer)
    throw explainRefusal({
      values,
      claims: prepared.minted?.claims,
      answer,
      failure: readFailure(answer, data, columns),
      requestId,
      ...describeFailure(answer, data, columns, {
        name: profile.providerName,
        sent: prepared.minted ? 'the assertion' : prepared.via ? 'the token' : 'the request',
      }),
      skew,
    }).with(isAboutTime(prepared, answer) && skew !== undefined ? { skew } : {})
  }
  return keepToken(prepared, { token, data, answer, columns }, tools)
}

const TIMES = ['iat', 'exp', 'nbf']

/** Whether a wrong clock may be what was refused. Where TLS is not verified, anyone may say any Date. */
function isAboutTime({ values, minting }: PreparedCall, { status }: Answer): boolean {
  const tls = values.field('tls')
  const verified = !(isTree(tls) && tls.insecure === true)
  const timed = minting.some(({ claims }) => TIMES.some((name) => name in claims))
  return verified && timed && status < 500
}

/** An answer may hold other tokens than the one we print; none may reach a trace. */
function rememberSecrets(data: unknown, tools: Tools): void {
  if (!isTree(data) && !isList(data)) return
  for (const [name, value] of Object.entries(data)) {
    const secret = (SECRET_NAMES.test(name) && name !== 'code') || isSecretPart(name)
    if (typeof value !== 'string') rememberSecrets(value, tools)
    else if (secret) tools.secrets.remember(value, /token$/i.test(name) ? 'token' : 'secret')
  }
}
