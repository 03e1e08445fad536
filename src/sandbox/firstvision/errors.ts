// The gateway's errors. A code's first digit is the layer that speaks, the next three are the HTTP
// status, the last two a number within it.

import type { TwinAnswer, TwinRequest } from '../twin.ts'

const TITLES = {
  '240002': ['Bad Request', 'Authorization header is missing in request'],
  '240005': ['Bad Request', 'Payload is not valid'],
  '240006': ['Bad Request', 'Payload is empty'],
  '240007': ['Bad Request', 'Message not readable'],
  '240008': ['Bad Request', 'Method argument(s) not valid'],
  '240009': ['Bad Request', 'Required field(s) missing'],
  '240010': ['Bad Request', 'Constraint(s) violated'],
  '240101': ['Unauthorized', 'Unauthorized'],
  '240401': ['Not found', 'No API exist for this instance'],
  '240501': ['Method Not Allowed', 'Method Not Allowed'],
  '241501': ['Unsupported Media Type', 'Unsupported media type'],
  '241502': ['Unsupported Media Type', 'Content type is not provided'],
  '241503': ['Unsupported Media Type', 'Allowed content type for this client is application/json'],
} as const

/** A list of one. The reason stands in invalid-params, and detail only points there. */
export function refuse(
  { path }: TwinRequest,
  code: keyof typeof TITLES,
  reasons: readonly string[] = [],
): TwinAnswer {
  const status = Number(code.slice(1, 4))
  const [title, reason] = TITLES[code]
  const problem = {
    detail: 'Please refer to invalid-params for error details',
    errorCode: code,
    instance: path,
    'invalid-params': code === '240101' ? reasons : [reason, ...reasons],
    source: code === '240401' ? 'APT' : 'AGT',
    status,
    title,
  }
  return { status, body: [problem], why: `${code} ${reason.toLowerCase()}` }
}
