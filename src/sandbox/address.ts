// Where the twins are, and where they believe they are. Each has a path prefix on the one port, and
// one for every further name it goes by (`/va-sis~2`): so the address alone says which name was meant.

import { TokenError } from '../core/error.ts'
import { nearest } from '../core/nearest.ts'
import { findTwin, SERVICES, type ServiceName } from './twins.ts'

/** The base URLs that services go by, in place of the sandbox's own address; as someone typed them. */
export type BaseUrls = Readonly<Record<string, string | readonly string[]>>

type KnownBases = ReadonlyMap<string, readonly string[]>

export interface Place {
  readonly service: ServiceName
  readonly baseUrl: string
  /** below the base */
  readonly path: string
}

/** What can be reached; `known_as` is what it believes instead, as in `aud` and scopes. */
export interface ServiceAddress {
  readonly base_url: string
  readonly token_endpoint: string
  readonly jwks_uri?: string
  readonly known_as?: readonly string[]
}

export interface AddressBook {
  readonly services: Readonly<Record<ServiceName, ServiceAddress>>
  find(path: string): Place | undefined
  /** Where a request to a real URL goes here; undefined when no twin goes by that name. */
  dial(url: URL): URL | undefined
}

interface Name {
  readonly service: ServiceName
  readonly prefix: string
  readonly baseUrl: string
}

export function readBaseUrls(baseUrls: BaseUrls): KnownBases {
  return new Map(
    Object.entries(baseUrls).map(([name, given]) => [
      requireService(name, '--base-url'),
      [given].flat().map(normaliseBase),
    ]),
  )
}

export function createAddressBook(origin: string, baseUrls: KnownBases): AddressBook {
  const names = SERVICES.flatMap((service) => listNames(service, origin, baseUrls))
  // The longest base is the closest; among equals the host's owner answers for its lodgers.
  const byLength = [...names].sort((one, other) => other.baseUrl.length - one.baseUrl.length)
  return {
    services: describeServices(origin, names),
    find(path) {
      const [, prefix = '', rest = '/'] = /^(\/[^/]+)(\/.*)?$/.exec(path) ?? []
      const name = names.find((known) => known.prefix === prefix)
      return name && { service: findLodger(name.service, rest), baseUrl: name.baseUrl, path: rest }
    },
    dial(url) {
      if (url.origin === origin) return url
      const full = url.origin + url.pathname
      const name = byLength.find(({ baseUrl }) => `${full}/`.startsWith(`${baseUrl}/`))
      return name && new URL(origin + name.prefix + full.slice(name.baseUrl.length) + url.search)
    },
  }
}

export function requireService(name: string, flag: string): ServiceName {
  const service = SERVICES.find((known) => known === name)
  if (service) return service
  const close = nearest(name, SERVICES)
  throw new TokenError('usage', `${flag}: the sandbox has no service ${JSON.stringify(name)}`, {
    means: `there are ${SERVICES.join(', ')}`,
    ...(close === undefined ? {} : { fix: `${flag} ${close}=…` }),
  })
}

function listNames(service: ServiceName, origin: string, baseUrls: KnownBases): Name[] {
  const host = findTwin(service).beside?.service ?? service
  const given = baseUrls.get(service) ?? baseUrls.get(host) ?? []
  const believed = given.length === 0 ? [`${origin}/${service}`] : given
  return believed.map((baseUrl, index) => ({
    service,
    baseUrl,
    prefix: index === 0 ? `/${service}` : `/${service}~${index + 1}`,
  }))
}

/** A path on a host may belong to another service that lives there. */
function findLodger(host: ServiceName, path: string): ServiceName {
  const lodger = SERVICES.find((service) => {
    const { beside } = findTwin(service)
    return beside?.service === host && beside.serves(path)
  })
  return lodger ?? host
}

function normaliseBase(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const plain = url && `${url.origin}${url.pathname}`
  if (!plain || !/^https?:$/.test(url.protocol) || url.href !== plain) {
    throw new TokenError('usage', '--base-url: a plain http or https URL belongs behind the =', {
      fix: '--base-url va-sis=https://staging-api.va.gov',
    })
  }
  return plain.replace(/\/+$/, '')
}

function describeServices(
  origin: string,
  names: readonly Name[],
): Record<ServiceName, ServiceAddress> {
  const services = SERVICES.map((service): [ServiceName, ServiceAddress] => {
    const { tokenPath, jwksPath } = findTwin(service)
    const base = `${origin}/${service}`
    const known = names.filter((name) => name.service === service).map(({ baseUrl }) => baseUrl)
    const address = {
      base_url: base,
      token_endpoint: base + tokenPath,
      ...(jwksPath === undefined ? {} : { jwks_uri: base + jwksPath }),
      ...(known[0] === base ? {} : { known_as: known }),
    }
    return [service, address]
  })
  return Object.fromEntries(services) as Record<ServiceName, ServiceAddress>
}
