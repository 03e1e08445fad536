// The keys of a profile's service: where its provider says they are, else where its authorization
// server does. Whatever holds for a call of the profile, TLS, proxy, trust, holds for this one.

import { readTransport } from '../../../core/call/transport.ts'
import { TokenError } from '../../../core/error.ts'
import { planChain } from '../../../core/profile/chain.ts'
import { type Profile, placeOf } from '../../../core/profile/profile.ts'
import { listUses } from '../../../core/profile/trust.ts'
import { listPlaceholders } from '../../../core/template/template.ts'
import { toText } from '../../../core/template/value.ts'
import { Values } from '../../../core/template/values.ts'
import { readCatalog } from '../../profile/catalog.ts'
import { readSelection } from '../../profile/selection.ts'
import { requireTrust } from '../../profile/trust.ts'
import { createTools } from '../../tools.ts'
import { fetchIssuerKeys } from './issuer.ts'
import type { Asking } from './key-source.ts'
import { checkAddress, type Fetching, fetchPublished, type Published } from './published-keys.ts'

export interface ProfileKeys {
  readonly fetching: Fetching
  /** where the authorization server has said who it is */
  readonly issuer: string | undefined
  ask(fetching: Fetching): Promise<Published>
}

export async function findProfileKeys(asking: Asking): Promise<ProfileKeys> {
  const { world, flags, warn } = asking
  const selection = await readSelection([], flags, world, warn)
  const catalog = await readCatalog(world, {
    config: flags.config as string[] | undefined,
    packaged: false,
    optional: false,
  })
  const profile = planChain(catalog, selection).at(-1)
  if (profile === undefined) throw new TokenError('bug', 'a chain without profiles')
  const tools = createTools(world, { watch: {}, warn })
  await requireTrust([profile], world, tools)
  const values = new Values(profile, { now: Math.floor(world.now() / 1000), via: undefined }, tools)
  const fetching = { ...asking.fetching, transport: readTransport(values, tools) }
  const { jwks } = profile.provider
  const server = jwks === undefined ? values.text('authorization_server') : undefined
  const address = jwks === undefined ? server : readAddress(profile, jwks, values)
  if (address === undefined) throw lackOfKeys(profile)
  const what = `${profile.name}: ${jwks === undefined ? 'authorization_server' : 'jwks'}`
  const { origin } = checkAddress(address, what, fetching.transport.allowHttp)
  refuseStrayHost(profile, origin, tools)
  return {
    fetching,
    issuer: server,
    ask: (how) =>
      server === undefined
        ? fetchPublished(address, what, how)
        : fetchIssuerKeys(server, what, how),
  }
}

function readAddress(profile: Profile, jwks: string, values: Values): string {
  const sources = listPlaceholders(jwks).filter(({ placeholder }) =>
    ['env', 'file', 'command'].includes(placeholder.kind),
  )
  const address = values.fill(jwks)
  const text = address === undefined ? undefined : toText(address)
  if (sources.length === 0 && typeof text === 'string') return text
  throw new TokenError('field_invalid', `${profile.name}: its jwks has a secret in it`, {
    means: 'the address of published keys is told to everyone on the way',
    profile: profile.name,
    provider: profile.providerName,
  })
}

/** Trust is in a secret together with its host; an address may be made of secrets, too. */
function refuseStrayHost(
  profile: Profile,
  origin: string,
  tools: Parameters<typeof listUses>[1],
): void {
  const stray = listUses([profile], tools).find(
    ({ what, where }) =>
      /^(variable|file|command) /.test(what) && where !== undefined && where !== origin,
  )
  if (stray === undefined) return
  throw new TokenError('untrusted', `${profile.name} has its keys at ${origin}`, {
    means: `it is trusted to use ${stray.what} for ${stray.where}, and nowhere else`,
    fix: 'look at the file, then name it: -c FILE',
    profile: profile.name,
  })
}

function lackOfKeys(profile: Profile): TokenError {
  const place = placeOf(profile, [])
  const where = place === undefined ? '' : `${place.file}:${place.line}: `
  return new TokenError(
    'field_missing',
    `${profile.name} does not say where the keys of its tokens are`,
    {
      means: `${profile.providerName} has no published keys, and no authorization_server to ask`,
      fix: [
        `${where}jwks: https://… (the address of its JWKS)`,
        'or --key FILE, --key https://…, --issuer https://…, --secret env:NAME',
      ],
      profile: profile.name,
      provider: profile.providerName,
    },
  )
}
