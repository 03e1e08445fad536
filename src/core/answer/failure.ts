// What an answer says that is no success: its code, its words, and what that is called.

import type { Answer } from '../call/wire.ts'
import type { ErrorCode } from '../error.ts'
import { readJson } from '../json.ts'
import { isTree } from '../profile/layer.ts'
import type { Answer as Columns } from '../provider.ts'
import { isList } from '../template/value.ts'
import { findAll, findFirst, isErrorBody, isPage, isSuccess, isWord } from './answer.ts'

export interface Failure {
  readonly code: string | undefined
  readonly text: string | undefined
  readonly details: readonly string[]
}

/** Of a hostile or huge answer, this much is looked at for a message. */
const READ_FOR_ERRORS = 4096

export function readFailure(answer: Answer, data: unknown, columns: Columns): Failure {
  // a service whose tokens are no JSON may well say its errors in JSON
  const told = isTree(data) || isList(data) ? data : readJson(answer.body)
  const code = findFirst(told, columns.error_code, isWord)
  const text = findFirst(told, columns.error_text, isWord)
  const raw = code === undefined && text === undefined ? matchRaw(answer, told, columns) : {}
  const failure = {
    code: code === undefined ? raw.code : `${code}`.slice(0, 200),
    text: (text === undefined ? raw.text : `${text}`)?.slice(0, 1000),
  }
  return { ...failure, details: listDetails(told, columns, Object.values(failure)) }
}

function listDetails(
  data: unknown,
  { error_details = [] }: Columns,
  said: readonly (string | undefined)[],
): string[] {
  const paths = typeof error_details === 'string' ? [error_details] : error_details
  const words = paths
    .flatMap((path) => findAll(data, path))
    .filter(isWord)
    .map((word) => `${word}`.slice(0, 500))
  return [...new Set(words)].filter((word) => !said.includes(word)).slice(0, 8)
}

type Raw = { code?: string; text?: string }

/** A server whose JSON is broken still says something; so does a page of HTML, or a header. */
function matchRaw(answer: Answer, data: unknown, columns: Columns): Raw {
  const body = answer.body.slice(0, READ_FOR_ERRORS)
  const groups = columns.error_pattern
    ? new RegExp(columns.error_pattern, 'is').exec(body)?.groups
    : undefined
  if (groups) return pick(groups.code, groups.text)
  const title = /<title[^>]*>([^<]{1,200})/i.exec(body)?.[1]?.trim()
  if (title) return { text: title }
  const challenge = readChallenge(answer)
  if (challenge.code || challenge.text) return challenge
  if (/^\s*[[{]/.test(body)) return data === undefined ? readBroken(body) : {}
  // what came with a success may be the token itself, where we did not look for it
  if (answer.status < 300) return {}
  const text = body.replace(/\s+/g, ' ').trim().slice(0, 200)
  return isPage(text) || text === '' ? {} : { text }
}

/** RFC 6750 section 3. */
function readChallenge({ headers }: Answer): Raw {
  const challenge = headers['www-authenticate']?.slice(0, READ_FOR_ERRORS) ?? ''
  const [, code] = /\berror="?([^",\s]+)/.exec(challenge) ?? []
  const [, text] = /\berror_description="([^"]*)"/.exec(challenge) ?? []
  return pick(code, text)
}

/** JSON glued together by hand: the usual members, as far as they can be made out. */
function readBroken(body: string): Raw {
  const [, code] = /"(?:error|errorCode|code)"\s*:\s*"([^"\\]{1,200})"/.exec(body) ?? []
  const [, text] =
    /"(?:error_description|description|message|detail)"\s*:\s*"((?:[^"\\]|\\.)+)/.exec(body) ?? []
  return pick(code, text)
}

function pick(code: string | undefined, text: string | undefined): Raw {
  return { ...(code && { code }), ...(text && { text }) }
}

/** `name`: the provider; `sent`: what it may have refused. */
export function describeFailure(
  answer: Answer,
  data: unknown,
  columns: Columns,
  { name, sent }: { name: string; sent: string },
): { code: ErrorCode; message: string } {
  const { status } = answer
  if (status >= 300 && status < 400) {
    return {
      code: 'answer_redirect',
      message: `${name} answered with a redirect (${status}), which is not followed`,
    }
  }
  if (status === 407) {
    return { code: 'network_proxy', message: 'the proxy wants a user name and password (407)' }
  }
  if (status === 408 || status === 429 || status >= 500) {
    return {
      code: 'service_unavailable',
      message: `${name} ${status === 429 ? 'asks for patience' : 'failed'} (${status})`,
    }
  }
  if (status >= 400 || isRefusal(answer, data, columns)) {
    return { code: 'service_refused', message: `${name} refused ${sent} (${status})` }
  }
  return {
    code: 'answer_unusable',
    message: `${name} answered ${describeBody(answer, data)} (${status})`,
  }
}

/** Said with a status that means success. */
function isRefusal(answer: Answer, data: unknown, columns: Columns): boolean {
  if (isErrorBody(data, columns)) return true
  return (
    columns.ok_path !== undefined &&
    !isSuccess(answer, data, columns) &&
    readFailure(answer, data, columns).code !== undefined
  )
}

function describeBody({ body }: Answer, data: unknown): string {
  if (isPage(body)) return 'with a web page'
  if (body.trim() === '') return 'with nothing'
  return data === undefined ? 'with something that is no JSON' : 'without a token'
}
