// How a Rails server reads parameters and words its answers: what both VA services share.

import { createHash, randomUUID } from 'node:crypto'
import type { TwinAnswer, TwinRequest } from '../twin.ts'

/** A name that came as a list or mapping is there without a value: permitted as scalar, it is dropped. */
export type Params = ReadonlyMap<string, string | undefined>

/** Query and body in one; the body wins. Undefined when they cannot be decoded. */
export function readParams(request: TwinRequest): Params | undefined {
  const query = parsePairs(request.url.search.slice(1))
  const body = parseBody(request)
  return query && body && new Map([...query, ...body])
}

function parseBody(request: TwinRequest): Params | undefined {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  const text = request.body.toString()
  if (type === 'application/json') return text.trim() === '' ? new Map() : parseJsonParams(text)
  // Rack takes a POST without a content type for a form
  return type === 'application/x-www-form-urlencoded' || type === '' ? parsePairs(text) : new Map()
}

function parsePairs(text: string): Params | undefined {
  if (/%(?![\da-f]{2})/i.test(text)) return undefined
  const params = new Map<string, string | undefined>()
  for (const [name, value] of new URLSearchParams(text)) {
    const bracket = name.indexOf('[')
    if (bracket > 0) params.set(name.slice(0, bracket), undefined)
    else params.set(name, value)
  }
  return params
}

function parseJsonParams(text: string): Params | undefined {
  const value = parseJson(text)
  if (value === undefined) return undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map()
  return new Map(
    Object.entries(value).map(([name, inner]) => [
      name,
      typeof inner === 'object' ? undefined : String(inner),
    ]),
  )
}

/** undefined when it is not JSON, which no JSON text can say */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What Rails calls blank: nothing, or white space only. */
export function isBlank(value: string | undefined): boolean {
  return value === undefined || value.trim() === ''
}

/** Rails writes these as escapes, so that JSON may stand inside HTML. */
function stringifyJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

export function answerJson(status: number, value: unknown, why?: string): TwinAnswer {
  const body = stringifyJson(value)
  const tag = createHash('sha256').update(body).digest('hex').slice(0, 32)
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': randomUUID(),
      ...(status === 200
        ? { 'cache-control': 'max-age=0, private, must-revalidate', etag: `W/"${tag}"` }
        : { 'cache-control': 'no-cache' }),
    },
    body,
    ...(why === undefined ? {} : { why }),
  }
}

/** The sign-in service's own errors: one text. */
export function answerText(status: number, text: string, why = text): TwinAnswer {
  return answerJson(status, { errors: text }, why)
}

/** What falls through to the framework: a list of objects, status and code as text. */
function answerList(status: number, code: string, title: string, detail: string): TwinAnswer {
  return answerJson(
    status,
    { errors: [{ title, detail, code, status: String(status) }] },
    title.toLowerCase(),
  )
}

export function answerUnrouted(request: TwinRequest): TwinAnswer {
  const path = request.path.slice(1)
  return answerList(404, '411', 'Not found', `There are no routes matching your request: ${path}`)
}

export function answerUndecodable(): TwinAnswer {
  return answerList(400, '400', 'Bad request', 'Bad request')
}

/** The service fell over what it was sent. */
export function answerCrash(): TwinAnswer {
  return answerList(500, '500', 'Internal server error', 'Internal server error')
}
