// The built-in providers by name. Nothing but this table and the files it imports knows a service.

import type { Provider } from '../core/provider.ts'
import { clientCredentials } from './client-credentials.ts'
import { federatedDirectory } from './federated-directory.ts'
import { firstvisionJson, firstvisionQuery } from './firstvision.ts'
import { jwtBearer } from './jwt-bearer.ts'
import { lightOauth2 } from './light-oauth2.ts'
import { vaMapSts } from './va-map-sts.ts'
import { vaSis } from './va-sis.ts'

export const PROVIDERS: Readonly<Record<string, Provider>> = {
  'va-sis': vaSis,
  'va-map-sts': vaMapSts,
  'federated-directory': federatedDirectory,
  'light-oauth2': lightOauth2,
  'firstvision-query': firstvisionQuery,
  'firstvision-json': firstvisionJson,
  'jwt-bearer': jwtBearer,
  'client-credentials': clientCredentials,
}
