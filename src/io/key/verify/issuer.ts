// The keys of an issuer by discovery: OpenID Connect, then RFC 8414. The address of the keys comes from
// metadata that names this issuer to the letter, and never from a token.

import { TokenError } from '../../../core/error.ts'
import { isJsonObject, readJson } from '../../../core/json.ts'
import { checkAddress, type Fetching, fetchPublished, type Published } from './published-keys.ts'

/** `what` the reader knows the issuer by: "--issuer". */
export async function fetchIssuerKeys(
  issuer: string,
  what: string,
  fetching: Fetching,
): Promise<Published> {
  const urls = listMetadataUrls(issuer, what, fetching.transport.allowHttp)
  const tried: string[] = []
  for (const url of urls) {
    const found = await attempt(url, what, fetching)
    if (typeof found === 'string') tried.push(found)
    else {
      const address = readMetadata(found, issuer)
      return fetchPublished(address, `the jwks_uri of ${issuer}`, fetching)
    }
  }
  throw new TokenError('discovery_invalid', `${issuer} publishes no metadata`, {
    means: tried,
    fix: '--key https://… (the address of its JWKS)',
  })
}

/** Or what came instead; another address may do better. */
async function attempt(
  url: string,
  what: string,
  fetching: Fetching,
): Promise<Readonly<Record<string, unknown>> | string> {
  try {
    const { text } = await fetchPublished(url, what, fetching)
    const data = readJson(text)
    return isJsonObject(data) ? data : `${url} → 200, but no JSON object`
  } catch (error) {
    // what is down now may name other keys than what answers at the next address
    const status = error instanceof TokenError ? error.details.status : undefined
    if (status === undefined || (error as TokenError).class === 'unavailable') throw error
    return `${url} → ${status}`
  }
}

/** RFC 8414 3.3: metadata that names another issuer is not this issuer's. */
function readMetadata(data: Readonly<Record<string, unknown>>, issuer: string): string {
  const { issuer: said, jwks_uri: keys } = data
  if (said !== issuer) {
    const slash = typeof said === 'string' && dropSlash(said) === dropSlash(issuer)
    throw new TokenError('discovery_invalid', `the metadata of ${issuer} is another issuer's`, {
      said: typeof said === 'string' ? said.slice(0, 300) : 'no issuer',
      means: slash
        ? 'the two differ by the slash at the end, and it must be the same to the letter'
        : `it must say ${issuer}, to the letter`,
      ...(slash && { fix: '--issuer exactly as the issuer writes itself' }),
    })
  }
  if (typeof keys === 'string') return keys
  throw new TokenError('discovery_invalid', `the metadata of ${issuer} names no jwks_uri`, {
    fix: '--key FILE, or --key https://… (the address of its JWKS)',
  })
}

function listMetadataUrls(issuer: string, what: string, allowHttp: boolean): string[] {
  const url = checkAddress(issuer, what, allowHttp)
  if (url.search !== '') {
    throw new TokenError('url_invalid', `${what} has a query, which no issuer has`)
  }
  const path = dropSlash(url.pathname)
  return [
    `${url.origin}${path}/.well-known/openid-configuration`,
    `${url.origin}/.well-known/oauth-authorization-server${path}`,
  ]
}

function dropSlash(text: string): string {
  return text.replace(/\/$/, '')
}
