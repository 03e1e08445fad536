// Every service that the sandbox can play. A service that lives on another's host comes after it.

import { federatedDirectory } from './federated-directory.ts'
import { firstvision } from './firstvision.ts'
import { generic } from './generic.ts'
import { lightOauth2 } from './light-oauth2.ts'
import type { Twin } from './twin.ts'
import { vaMapSts } from './va/va-map-sts.ts'
import { vaSis } from './va/va-sis.ts'

const TWINS = {
  'va-sis': vaSis,
  'va-map-sts': vaMapSts,
  'federated-directory': federatedDirectory,
  'light-oauth2': lightOauth2,
  firstvision,
  generic,
} as const

export type ServiceName = keyof typeof TWINS

type AccountsOf<Kind> = Kind extends Twin<infer Own> ? Own : never

/** Who may come in, by service; texts of keys and certificates, never their paths. */
export type Accounts = { readonly [Name in ServiceName]?: AccountsOf<(typeof TWINS)[Name]> }

export const SERVICES = Object.keys(TWINS) as ServiceName[]

/** The same twin, for who carries accounts without knowing them. */
export function findTwin(name: ServiceName): Twin<unknown> {
  return TWINS[name]
}
