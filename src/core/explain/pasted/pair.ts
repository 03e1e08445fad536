// Names and values as logs, headers, query strings and the printouts of other languages have them:
// error=invalid_grant, 'error': 'invalid_grant', "error"=>"invalid_grant".

export type Pairs = Readonly<Record<string, string>>

/** The members that errors have; anything else in a text is not ours to read. */
const NAMES = [
  'error_description',
  'error_uri',
  'errorSummary',
  'errorMessage',
  'errorCode',
  'errors',
  'error',
  'errcode',
  'errmsg',
  'statusCode',
  'description',
  'message',
  'detail',
  'reason',
  'title',
  'code',
  'trace_id',
  'correlation_id',
  'request_id',
  'requestId',
]

const PAIR = new RegExp(
  `(?<![?&\\w])(${NAMES.join('|')})\\\\{0,3}["']?\\s{0,3}(=>|[=:])\\s{0,3}\\[?\\s{0,3}` +
    `(?:\\\\{0,3}"([^"\\\\\\n]{1,1000})|'((?:[^'\\\\\\n]|\\\\.){1,1000})'|([^\\s"'\`,;&{}()[\\]<>]{1,200}))`,
  'g',
)

const CODE = /^(?:[a-z]+(?:_[a-z]+)+|[A-Z]{1,8}[\d_][A-Z\d_]*|\d{4,8})$/

/** Each name with the first value it has, and again with the last, where that differs. */
export function findPairs(text: string): Pairs[] {
  const first: Record<string, string> = {}
  const last: Record<string, string> = {}
  for (const [, name = '', sign, double, single, bare] of text.matchAll(PAIR)) {
    const value = double ?? single?.replace(/\\(.)/g, '$1') ?? bare ?? ''
    // of prose behind a colon, only what looks like a code; an authorization code is a secret
    if (bare !== undefined && (sign === ':' || name === 'code') && !CODE.test(bare)) continue
    if (/^[1-5]\d\d$/.test(value)) continue
    first[name] ??= value
    last[name] = value
  }
  const same = Object.entries(first).every(([name, value]) => last[name] === value)
  return Object.keys(first).length === 0 ? [] : same ? [first] : [first, last]
}

const LONGEST_QUERY = 8192

/** `https://…?error=…&error_description=…`, or the same as the body of a form. */
export function findQuery(text: string): Pairs | undefined {
  const at = text.search(/\berror=[^\s"'<>]/)
  if (at < 0) return undefined
  let from = at
  while (from > 0 && at - from < LONGEST_QUERY && !/[\s"'<>?#]/.test(text[from - 1] ?? ' ')) from--
  const [run = ''] = text.slice(from, at + LONGEST_QUERY).split(/[\s"'<>]/, 1)
  if (!/&|%[0-9A-Fa-f]{2}/.test(run) && !/[?#]/.test(text[from - 1] ?? '')) return undefined
  return Object.fromEntries(new URLSearchParams(run.replace('#', '&')))
}
