// Which addresses may be called at all. Decided on the text and on what the URL parser makes of
// it, before any name is looked up.

import { TokenError } from './error.ts'

/**
 * `what` is what the reader knows it by: a field, an endpoint. A URL that cannot be used is shown
 * without its query, and not at all where a user name or password may be in it.
 */
export function checkUrl(url: string, what: string, allowHttp: boolean): URL {
  const refuse = (problem: string, fix?: string): TokenError =>
    new TokenError('url_invalid', `${what} ${problem}${showUrl(url)}`, fix ? { fix } : {})

  if (url.trim() === '') throw new TokenError('url_invalid', `${what} is empty`)
  // The parser drops tabs and line breaks and takes a backslash for a slash: what is read by a
  // person would not be what is called.
  if (/[\s\\\0-\x20\x7f]/.test(url)) {
    throw refuse('has white space, a control character or a backslash in it')
  }
  const [, scheme, authority = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(url) ?? []
  if (scheme === undefined) {
    throw refuse('has no https:// in front', url.includes('@') ? undefined : addScheme(url))
  }
  if (!/^https?$/i.test(scheme)) throw refuse('is neither https nor http')
  if (authority === '') throw refuse('has no host')
  if (authority.includes('@')) {
    throw refuse(
      'has a user name or password in it',
      'take them out: credentials belong into client_id and client_secret, or a header',
    )
  }
  if (url.includes('#')) throw refuse('has a fragment, which is never sent', 'take it out')
  if (!URL.canParse(url)) throw refuse('is not a valid URL')

  const parsed = new URL(url)
  if (parsed.protocol === 'http:' && !allowHttp && !isLoopback(parsed.hostname)) {
    throw new TokenError('url_invalid', `${what} is plain http${showUrl(url)}`, {
      means: 'assertion and token would cross the network for anyone on it to read',
      fix: [
        `https://${parsed.host}${parsed.pathname}`,
        'or allow_http: true in the profile, where you trust the network in between',
      ],
    })
  }
  return parsed
}

/** Of a name or address as the URL parser leaves it: lower case, numbers in dotted form. */
export function isLoopback(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '')
  return (
    isLocalName(hostname) ||
    /^127\.\d+\.\d+\.\d+$/.test(name) ||
    /^\[(::1|::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4})\]$/.test(name)
  )
}

/** RFC 6761 section 6.3: these mean this machine, and no resolver is asked. */
export function isLocalName(hostname: string): boolean {
  return /^(?:.+\.)?localhost\.?$/.test(hostname) && !hostname.includes('..')
}

function showUrl(url: string): string {
  if (url.includes('@')) return ''
  const [plain = ''] = url.split(/[?#]/)
  return `: ${plain.replace(/[^\x21-\x7e]+/g, '\u{fffd}').slice(0, 100)}`
}

function addScheme(url: string): string | undefined {
  const rest = url.replace(/^(?:https?:)?\/*/i, '')
  const guess = `https://${rest}`
  if (!/^[\w.[:\]-]+(?:\/[\w./~%-]*)?$/.test(rest) || !URL.canParse(guess)) return undefined
  return isLoopback(new URL(guess).hostname) ? `http://${rest}` : guess
}
