// The request as a description first: what is sent, what a dry run shows and what --curl prints are
// three ways of writing down the same texts.

import { TokenError } from '../error.ts'
import { isSecretPart } from '../profile/fields.ts'
import { isTree } from '../profile/layer.ts'
import type { Call, Templates } from '../provider.ts'
import { Hidden } from '../secret/hidden.ts'
import { type Encoding, PERCENT, percentEncode } from '../template/encoding.ts'
import {
  hideAll,
  isList,
  revealText,
  separate,
  type Text,
  toJson,
  toText,
  type Value,
} from '../template/value.ts'
import type { Values } from '../template/values.ts'
import type { ShownRequest } from './tools.ts'
import type { Request } from './wire.ts'

/** Encoded to the last byte; whatever is secret in it is still hidden. */
export interface RequestPlan {
  readonly method: string
  readonly url: Text
  readonly headers: readonly (readonly [name: string, value: Text])[]
  readonly body: Text | undefined
}

type Parameter = readonly [name: string, value: Value]

export function planRequest(values: Values, call: Call): RequestPlan {
  const params = fillParts(values, 'params', call.params)
  const query = fillParts(values, 'query', call.query)
  const url = toText(values.fill(call.url, { at: ['call', 'url'] }) ?? '')
  const headers = fillParts(values, 'headers', call.headers).map(
    ([name, value]) => [name, checkHeader(name, toText(value))] as const,
  )
  const body = values.fill(call.body ?? '', { at: ['call', 'body'] }) ?? ''
  const { text, type } = writeBody(call, params, toText(body), values)
  const typed =
    type === undefined || headers.some(([name]) => name.toLowerCase() === 'content-type')
  return {
    method: call.method ?? 'POST',
    url: addQuery(url, call.in === 'query' ? [...params, ...query] : query),
    headers: typed ? headers : [['Content-Type', checkHeader('Content-Type', type)], ...headers],
    body: text,
  }
}

export function renderRequest({ method, url, headers, body }: RequestPlan): Request {
  return {
    method,
    url: revealText(url),
    headers: headers.map(([name, value]) => [name, revealText(value)] as const),
    body: body === undefined ? undefined : revealText(body),
  }
}

/** The same with marks in the place of secrets. */
export function showRequest({ method, url, headers, body }: RequestPlan): ShownRequest {
  return {
    method,
    url: `${url}`,
    headers: headers.map(([name, value]) => [name, `${value}`] as const),
    body: body === undefined ? undefined : `${body}`,
  }
}

function fillParts(
  values: Values,
  part: 'params' | 'query' | 'headers',
  templates: Templates | undefined,
): Parameter[] {
  if (templates === undefined) return []
  const filled = values.fill(templates, { at: ['call', part], hideSources: true })
  return Object.entries(filled as { readonly [name: string]: Value }).map(([name, value]) => [
    name,
    hideLiterals(value, name, values),
  ])
}

/** Literals under a secret's name are hidden as if they were one, however deep they stand. */
function hideLiterals(value: Value, name: string, values: Values): Value {
  if (isSecretPart(name)) return hideAll(value, name, 'secret', values.secrets)
  if (isList(value)) return value.map((item) => hideLiterals(item, name, values))
  if (!isTree(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, hideLiterals(item as Value, key, values)]),
  )
}

function checkHeader(name: string, value: Text): Text {
  if (
    /^[!#$%&'*+.^_`|~\w-]+$/.test(name) &&
    !/[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/.test(revealText(value))
  )
    return value
  throw new TokenError('field_invalid', `the header ${JSON.stringify(name)} cannot be sent`, {
    means:
      'a header is one line of Latin-1 text; a line break in a secret file is the usual reason',
  })
}

function addQuery(url: Text, pairs: readonly Parameter[]): Text {
  if (pairs.length === 0) return url
  return Hidden.join([url, `${url}`.includes('?') ? '&' : '?', writePairs(pairs)])
}

interface Body {
  readonly text: Text | undefined
  readonly type: string | undefined
}

function writeBody(call: Call, params: readonly Parameter[], raw: Text, values: Values): Body {
  const type = call.content_type
  if (call.in === 'raw') return { text: call.body === undefined ? undefined : raw, type }
  if (call.in === 'query' || params.length === 0) return { text: undefined, type }
  switch (call.in) {
    case 'json':
      return { text: toJson(Object.fromEntries(params)), type: type ?? 'application/json' }
    case 'multipart':
      return writeMultipart(params, `tokentool-${values.uuid()}`)
    default:
      return { text: writePairs(params), type: type ?? 'application/x-www-form-urlencoded' }
  }
}

/** A space is %20, in forms too: every server reads that, some misread +. */
function writePairs(pairs: readonly Parameter[]): Text {
  const written = flatten(pairs).map(([name, value]) =>
    Hidden.join([`${percentEncode(name)}=`, encode(value, PERCENT)]),
  )
  return Hidden.join(separate(written, '&'))
}

function writeMultipart(pairs: readonly Parameter[], boundary: string): Body {
  const parts = flatten(pairs).flatMap(([name, value]) => [
    `--${boundary}\r\nContent-Disposition: form-data; name="${name.replace(/["\r\n]/g, percentEncode)}"\r\n\r\n`,
    value,
    '\r\n',
  ])
  return {
    text: Hidden.join([...parts, `--${boundary}--\r\n`]),
    type: `multipart/form-data; boundary=${boundary}`,
  }
}

/** A list repeats the name. */
function flatten(pairs: readonly Parameter[]): (readonly [string, Text])[] {
  return pairs.flatMap(([name, value]) =>
    isList(value)
      ? value.map((item) => [name, toText(item)] as const)
      : [[name, toText(value)] as const],
  )
}

function encode(text: Text, encoding: Encoding): Text {
  return typeof text === 'string' ? encoding.apply(text) : text.encode(encoding)
}
