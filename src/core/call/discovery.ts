// RFC 8414 and OpenID discovery: the token endpoint from an authorization server's metadata, where
// a profile names the server and not the endpoint.

import { parseBody } from '../answer/answer.ts'
import { TokenError } from '../error.ts'
import { isTree } from '../profile/layer.ts'
import { findChooser, findIssuer, findWhere } from '../profile/whereabouts.ts'
import type { Values } from '../template/values.ts'
import { checkUrl } from '../url.ts'
import type { Purpose } from './call.ts'
import type { Tools } from './tools.ts'
import { readTransport } from './transport.ts'

export async function discoverEndpoint(
  values: Values,
  tools: Tools,
  purpose: Purpose,
): Promise<string | undefined> {
  const { profile } = values
  const issuer = findIssuer(values)
  if (issuer === undefined) return undefined
  const urls = listMetadataUrls(values, issuer)
  // one server has one token endpoint
  if (purpose === 'identify') return issuer
  if (purpose === 'show') {
    throw new TokenError(
      'field_missing',
      `${profile.name}: the token endpoint is found by asking ${issuer}`,
      {
        means: 'a dry run sends nothing, so it cannot ask',
        fix: '-s token_endpoint=https://…',
        profile: profile.name,
      },
    )
  }
  const transport = readTransport(values, tools)
  const tried: { url: string; status: number }[] = []
  for (const url of urls) {
    const headers = [['Accept', 'application/json']] as const
    const answer = await tools.send({ method: 'GET', url, headers, body: undefined }, transport)
    const data = answer.status === 200 ? parseBody(answer, 'json') : undefined
    if (isTree(data)) {
      const endpoint = checkMetadata(values, data, issuer, url)
      refuseStrayEndpoint(endpoint, url, values, tools)
      return endpoint
    }
    tried.push({ url, status: answer.status })
  }
  const down = tried.every(({ status }) => status === 429 || status >= 500)
  throw new TokenError(
    down ? 'service_unavailable' : 'discovery_invalid',
    `${profile.name}: ${issuer} publishes no metadata`,
    {
      means: tried.map(({ url, status }) => `${url} → ${status}`),
      fix: 'token_endpoint: https://… instead of authorization_server',
      profile: profile.name,
    },
  )
}

/** RFC 8414 3.3: metadata that names another issuer is not this issuer's. */
function checkMetadata(
  values: Values,
  data: Readonly<Record<string, unknown>>,
  issuer: string,
  url: string,
): string {
  const { profile } = values
  const { issuer: said, token_endpoint: endpoint } = data
  if (said !== issuer) {
    throw new TokenError(
      'discovery_invalid',
      `${profile.name}: the metadata at ${url} is another issuer's`,
      {
        said: typeof said === 'string' ? said.slice(0, 300) : 'no issuer',
        means: `it must say ${issuer}, to the letter`,
        profile: profile.name,
      },
    )
  }
  if (typeof endpoint === 'string' && URL.canParse(endpoint)) return endpoint
  throw new TokenError(
    'discovery_invalid',
    `${profile.name}: the metadata at ${url} names no token_endpoint`,
    { profile: profile.name },
  )
}

/** What a found file sends has been shown with the server's own origin, and goes nowhere else. */
function refuseStrayEndpoint(endpoint: string, url: string, values: Values, tools: Tools): void {
  const { profile } = values
  const chooser = findChooser(profile)
  const [to, from] = [new URL(endpoint).origin, new URL(url).origin]
  if (chooser === undefined || tools.standIn || to === from) return
  // you named the server yourself
  if (findWhere(profile, tools) === undefined) return
  throw new TokenError(
    'untrusted',
    `${profile.name}: the metadata of ${from} names a token endpoint at ${to}`,
    {
      means: `${chooser.shown} was found here, and what it uses was shown as going to ${from}`,
      fix: [
        `in ${chooser.shown}, name the token_endpoint itself, then: tokentool trust`,
        `or name it: -c ${chooser.shown}`,
      ],
      profile: profile.name,
    },
  )
}

function listMetadataUrls(values: Values, issuer: string): string[] {
  const what = `${values.profile.name}: authorization_server`
  const url = checkUrl(issuer, what, values.flag('allow_http'))
  const path = url.pathname.replace(/\/$/, '')
  return [
    `${url.origin}/.well-known/oauth-authorization-server${path}`,
    `${url.origin}${path}/.well-known/openid-configuration`,
  ]
}
