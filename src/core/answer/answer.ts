// Reading an answer: whether it is a success, where the token is and what comes with it. The paths
// come from the provider; failure.ts reads what is no success.

import type { Answer } from '../call/wire.ts'
import { readJson } from '../json.ts'
import { isTree, readPath } from '../profile/layer.ts'
import type { Answer as Columns, Paths } from '../provider.ts'
import { isList } from '../template/value.ts'

export function parseBody(answer: Answer, format: Columns['format']): unknown {
  const text = answer.body.trim()
  // the sign-in page of a network is no token
  if (format === 'text') return isPage(text) ? undefined : text
  // what answers in a form may yet say its errors in JSON
  if (format === 'form' && !/^[[{]/.test(text)) return Object.fromEntries(new URLSearchParams(text))
  return readJson(text)
}

export function isPage(text: string): boolean {
  return /^\s*<(!doctype|html)/i.test(text)
}

/** The first of the paths that leads to something. `*` stands for every member of a list. */
export function findFirst(
  data: unknown,
  paths: Paths | undefined,
  fits: (value: unknown) => boolean,
): unknown {
  for (const path of typeof paths === 'string' ? [paths] : (paths ?? [])) {
    const found = findAll(data, path).find(fits)
    if (found !== undefined) return found
  }
  return undefined
}

export function findAll(data: unknown, path: string): unknown[] {
  if (path === '') return [data]
  let level: unknown[] = [data]
  for (const name of path.split('.')) {
    level = level.flatMap((item) => {
      if (name === '*') return isList(item) ? [...item] : []
      const value = readPath(item, [name])
      return value === undefined ? [] : [value]
    })
  }
  return level
}

export function isWord(value: unknown): value is string | number {
  return (typeof value === 'string' && value !== '') || typeof value === 'number'
}

export function readRequestId(answer: Answer, data: unknown, columns: Columns): string | undefined {
  for (const path of typeof columns.request_id === 'string'
    ? [columns.request_id]
    : (columns.request_id ?? [])) {
    const value = path.startsWith('header:')
      ? answer.headers[path.slice('header:'.length)]
      : findAll(data, path).find(isWord)
    if (isWord(value)) return `${value}`.slice(0, 100)
  }
  return undefined
}

export function readToken(data: unknown, columns: Columns): string | undefined {
  const token = findFirst(data, columns.token, (value) => typeof value === 'string' && value !== '')
  return typeof token === 'string' ? token : undefined
}

/** Whether status and body say so; that a token is there as well is looked at afterwards. */
export function isSuccess(answer: Answer, data: unknown, columns: Columns): boolean {
  const right = columns.ok_status
    ? columns.ok_status.includes(answer.status)
    : answer.status >= 200 && answer.status < 300
  if (!right) return false
  if (columns.ok_path === undefined) return true
  const value = findAll(data, columns.ok_path)[0] ?? null
  return (columns.ok_values ?? [true]).some((wanted) => wanted === value)
}

/** `{"error":…}` with 200 is a failure all the same. */
export function isErrorBody(data: unknown, columns: Columns): boolean {
  const error = isTree(data) && columns.ok_path === undefined ? data.error : undefined
  return error !== null && typeof error === 'object'
    ? Object.keys(error).length > 0
    : error === true || isWord(error)
}

/** `Bearer` in every spelling is Bearer; vendor words for it (BearerToken, …) as well. */
export function normalizeType(type: unknown): string {
  return typeof type !== 'string' || /^(bearer|bearertoken|application access token)$/i.test(type)
    ? 'Bearer'
    : type
}

export function readScopes(data: unknown, columns: Columns, claims: unknown): string[] | undefined {
  for (const source of [
    isTree(data) ? findFirst(data, columns.scopes, isScope) : undefined,
    readClaim(claims),
  ]) {
    if (typeof source === 'string') return source.split(/[\s,]+/).filter((scope) => scope !== '')
    if (isList(source)) return source.map(String)
  }
  return undefined
}

const isScope = (value: unknown): boolean =>
  typeof value === 'string' || (isList(value) && value.every((item) => typeof item === 'string'))

function readClaim(claims: unknown): unknown {
  return [
    readPath(claims, ['scopes']),
    readPath(claims, ['scope']),
    readPath(claims, ['scp']),
  ].find(isScope)
}

/** Seconds the service's clock is ahead of ours; Date has whole seconds, the way takes its time. */
export function readSkew(answer: Answer): number | undefined {
  const at = Date.parse(answer.headers.date ?? '')
  if (Number.isNaN(at)) return undefined
  const middle = (answer.sentAt + answer.answeredAt) / 2
  const skew = Math.round((at + 500 - middle) / 1000)
  return Math.abs(skew) <= 1 ? 0 : skew
}
