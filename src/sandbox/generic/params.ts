// Parameters from wherever a profile may put them: query, form, JSON, multipart.

import type { TwinAnswer, TwinRequest } from '../twin.ts'
import { refuse } from './answer.ts'

export type Params = ReadonlyMap<string, string>

/** Names that RFC 8707 and RFC 8693 allow more than once. */
const REPEATABLE = ['resource', 'audience']

/** The body wins over the query; twice in one place is refused, as RFC 6749 3.2 has it. */
export async function readParams(request: TwinRequest): Promise<Params | TwinAnswer> {
  const body = await readBody(request)
  if ('status' in body) return body
  const query = [...request.query]
  for (const pairs of [query, body.pairs]) {
    const names = pairs.map(([name]) => name)
    const twice = names.some((name, at) => !REPEATABLE.includes(name) && names.indexOf(name) !== at)
    if (twice) return refuse('invalid_request', 'a parameter is there twice')
  }
  // A parameter without a value counts as left out.
  return new Map([...query, ...body.pairs].filter(([, value]) => value !== ''))
}

type Pairs = readonly (readonly [name: string, value: string])[]

async function readBody({ headers, body }: TwinRequest): Promise<{ pairs: Pairs } | TwinAnswer> {
  if (body.length === 0) return { pairs: [] }
  const header = headers['content-type'] ?? ''
  const type = header.split(';')[0]?.trim().toLowerCase()
  const text = body.toString()
  if (type === 'application/x-www-form-urlencoded') {
    return { pairs: [...new URLSearchParams(text)] }
  }
  if (type === 'application/json') return readJson(text)
  if (type !== 'multipart/form-data') {
    return refuse('invalid_request', 'the body must be a form or JSON, and say so')
  }
  try {
    const fields = await new Response(body, { headers: { 'content-type': header } }).formData()
    return { pairs: [...fields].map(([name, value]) => [name, String(value)]) }
  } catch {
    return refuse('invalid_request', 'the body is not the multipart form it says it is')
  }
}

function readJson(text: string): { pairs: Pairs } | TwinAnswer {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { pairs: Object.entries(value).map(([name, inner]) => [name, flatten(inner)]) }
    }
  } catch {
    // said below
  }
  return refuse('invalid_request', 'the body is not the JSON object it says it is')
}

function flatten(value: unknown): string {
  if (Array.isArray(value)) return value.map(flatten).join(' ')
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
