// Our own error output, pasted back: what the service said stands in it, in a place that is known.

import type { Failure } from '../../answer/failure.ts'
import { isTree } from '../../profile/layer.ts'
import type { Fragment } from './fragment.ts'

const LONGEST = 3000

export interface OwnError {
  readonly provider: string | undefined
  readonly status: number | undefined
  readonly requestId: string | undefined
  readonly failure: Failure
}

export function readOwn(text: string, fragments: readonly Fragment[]): OwnError | undefined {
  for (const { data } of fragments) {
    const error = isTree(data) && isTree(data.error) ? data.error : {}
    if (typeof error.class === 'string' && typeof error.exit === 'number') return readJson(error)
  }
  return readText(text)
}

function readJson(error: { readonly [name: string]: unknown }): OwnError {
  const textOf = (name: string): string | undefined => {
    const value = error[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const said = textOf('said')
  return {
    provider: textOf('provider'),
    status: typeof error.status === 'number' ? error.status : undefined,
    requestId: textOf('request_id'),
    failure: said
      ? splitSaid(said)
      : { code: textOf('code'), text: textOf('message'), details: [] },
  }
}

/** The lines of the text form; a terminal has folded the long ones. */
function readText(text: string): OwnError | undefined {
  const [, message] = /^tokentool: error: (.{1,500})$/m.exec(text) ?? []
  if (message === undefined) return undefined
  const lines = text.split('\n').slice(0, 200)
  const at = lines.findIndex((line) => /^ {2}said: /.test(line))
  const end = lines.findIndex((line, index) => index > at && !/^ {9}\S/.test(line))
  const said = lines
    .slice(at, end < 0 ? undefined : end)
    .map((line) => line.replace(/^ {2}said: +/, '').trim())
    .join(' ')
  const [, provider] = /^(\S{1,60}) (?:refused|failed|asks|answered)\b/.exec(message) ?? []
  const [, status] = /\(([1-5]\d\d)\)$/.exec(message) ?? []
  const [, requestId] = /^ {2}sent: .{0,2000}\brequest (\S{1,100})/m.exec(text) ?? []
  return {
    provider,
    status: status === undefined ? undefined : Number(status),
    requestId,
    failure:
      at < 0 ? { code: undefined, text: text.slice(0, LONGEST), details: [] } : splitSaid(said),
  }
}

/** `code: text · detail · detail`, as describeSaid makes it. */
function splitSaid(said: string): Failure {
  const [head = '', ...details] = said.slice(0, LONGEST).split(' · ', 9)
  const [, code, text] = /^([A-Za-z\d]\w{2,80}): (.*)$/s.exec(head) ?? []
  const isCode = (word: string | undefined): boolean => /^\w*[_\d]\w*$/.test(word ?? '')
  if (code !== undefined && isCode(code)) return { code, text, details }
  return { code: isCode(head) ? head : undefined, text: head, details }
}
