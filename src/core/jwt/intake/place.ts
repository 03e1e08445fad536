// Where a token stands in a text, told from what stands before it: a header, a cookie, a parameter, a
// variable, a member of JSON.

import { readMended } from './mended-text.ts'

export interface Place {
  /** in words; undefined: nowhere in particular */
  readonly from: string | undefined
  /** the name it has there */
  readonly field: string | undefined
  /** what stood in front of it, as it was written: Bearer */
  readonly scheme: string | undefined
  /** what was taken away, where `from` does not say it */
  readonly repair: string | undefined
}

/** What of the line before is still of use for the next token on it. */
export interface Line {
  readonly cookie: boolean
  readonly url: boolean
}

export const NO_LINE: Line = { cookie: false, url: false }

/** So much of the text before says where it stands. */
const REACH = 200

const SCHEME =
  /(?<![\w-])(bearer(?=["'<]?$)|(?:bearer|dpop|jwt|token|basic)(?=[\s+]))[\s+]*["'<]?$/i
/** of a signed cookie */
const SIGNED = /(?<![\w-])s:$/
const AUTHORIZATION = /(?:^|[^\w-])(?:proxy-)?authorization["']?\s*(?::|=>|,)\s*["'<]?$/i
const COOKIE = /(?:^|[\s;"':,])([^\s;=,"':]{1,64})=["']?$/
const MEMBER = /(["'])([^"'\s]{1,64})\1\s*(?::|=>?)\s*["'`]?$/
const PROPERTY = /[{,]\s*([A-Za-z_]\w{0,63})\s*:\s*["'`]?$/
const ATTRIBUTE = /\bname=["']([\w.-]{1,64})["'][^<>]{0,60}\bvalue=["']?$/i
const PARAMETER = /(?:[?&#]|^|[\s"'|;])([\w.-]{1,64})(?:\[\])?=["']?$/
const VARIABLE =
  /(?:^|[\s;])(?:(?:export|set|setx|declare -x|ENV)\s+|\$env:|\$)?([A-Z_][A-Z0-9_]{1,63})\s*=\s*["'`]?$/
const LINE = /(?:^|\n)[\s>*<-]*["']?([A-Za-z][\w.-]{0,63})["']?\s*[:=]\s*["'`|>]?\s*$/

/** `gap`: the text since the token before; `after`: what follows this one. */
export function readPlace(
  gap: string,
  after: string,
  line: Line,
): { readonly place: Place; readonly line: Line } {
  const next = readLine(gap, line)
  const near = readMended(gap.slice(-REACH)).replace(SIGNED, '')
  const scheme = SCHEME.exec(near)?.[1]
  const before = scheme === undefined ? near : near.replace(SCHEME, '')
  return { place: { ...findPlace(before, after, next), scheme }, line: next }
}

function readLine(gap: string, line: Line): Line {
  const last = gap.slice(gap.lastIndexOf('\n') + 1)
  const same = last.length === gap.length
  const word = /[^\s"'<>]*$/.exec(last.slice(-2048))?.[0] ?? ''
  return {
    cookie: /cookie["']?\s*[:=]|(?:^|\s)-b\s/i.test(last) || (same && line.cookie),
    url: /:\/\/|^[\w.-]+\/\S*[?#]|^\//.test(word) || (same && word === last && line.url),
  }
}

type Spot = Omit<Place, 'scheme'>

const HEADER: Spot = {
  from: 'the Authorization header',
  field: undefined,
  repair: 'took it out of the Authorization header',
}
export const NOWHERE: Place = {
  from: undefined,
  field: undefined,
  scheme: undefined,
  repair: undefined,
}

function findPlace(before: string, after: string, { cookie, url }: Line): Spot {
  if (AUTHORIZATION.test(before)) return HEADER
  const name = (pattern: RegExp, where: (field: string) => string): Spot | undefined => {
    const field = pattern.exec(before)?.at(-1)
    return field === undefined ? undefined : { from: where(field), field, repair: undefined }
  }
  const joined =
    url ||
    /["'][\w.-]{1,64}=$/.test(before) ||
    after.startsWith('&') ||
    /[?&#][\w.-]{1,64}=$/.test(before)
  return (
    (cookie ? name(COOKIE, (field) => `the cookie ${field}`) : undefined) ??
    name(MEMBER, (field) => `${field} of the JSON`) ??
    name(PROPERTY, (field) => `${field} of the JSON`) ??
    name(ATTRIBUTE, (field) => `${field} of the form`) ??
    (joined ? name(PARAMETER, (field) => `${field} of the ${url ? 'URL' : 'form'}`) : undefined) ??
    name(VARIABLE, (field) => `the variable ${field}`) ??
    name(LINE, nameLine) ??
    name(PARAMETER, (field) => `${field} of the text`) ??
    NOWHERE
  )
}

/** `X-Amzn-Oidc-Data:` is a header, `token:` is YAML. */
function nameLine(name: string): string {
  return /^[A-Z].*-|^x-/.test(name) ? `the header ${name}` : `the line ${name}`
}
