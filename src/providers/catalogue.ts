// Every row there is, by who says it: what `explain` looks through when nobody says which service it
// was. The rows of the providers themselves come first, then what is nobody's in particular.

import { groupRows, type Service, type Traits } from '../core/explain/catalogue.ts'
import type { Provider } from '../core/provider.ts'
import { LIBRARY_ROWS, LIBRARY_SERVICE } from './rows/library-rows.ts'
import { NETWORK_ROWS } from './rows/network-rows.ts'
import { OWN_ROWS } from './rows/own-rows.ts'
import { ANY_SERVICE, RFC_ROWS, RFC_SERVICE } from './rows/rfc-rows.ts'
import { SIGN_IN_ROWS } from './rows/sign-in-rows.ts'
import { STATUS_ROWS } from './rows/status-rows.ts'

/** What gives a service away in a text of some length: an address, the shape of its errors. */
const MARKS: Readonly<Record<string, string>> = {
  'va-sis': 'va\\.gov|/v0/sign_in/|"errors":\\s?\\[\\s?\\{\\s?"title"',
  'va-map-sts': '/v0/map_services/',
  'federated-directory': 'urn:ietf:params:scim|federated\\.directory',
  'light-oauth2': '\\bERR1\\d{4}\\b',
  'firstvision-query': 'invalid-params|visionplus|\\bAGT|fiserv',
  'firstvision-json': 'invalid-params|visionplus|\\bAGT|fiserv',
  Google: 'googleapis\\.com|google\\.com',
  Salesforce: 'salesforce\\.com|force\\.com',
  DocuSign: 'docusign',
  Box: '\\bbox\\.com',
  Adobe: 'adobe',
  Zoom: 'zoom\\.us',
  GitHub: 'github\\.com',
  'Entra ID': 'microsoftonline|AADSTS',
  Okta: 'okta(preview|-emea)?\\.com|errorSummary',
  Auth0: 'auth0\\.com',
  Snowflake: 'snowflake',
  'App Store Connect': 'appstoreconnect|apple\\.com',
  NetSuite: 'netsuite\\.com',
  eBay: 'ebay\\.com',
  'SMART on FHIR': 'fhir|smart',
}

const NOBODYS: Provider = {
  description: ANY_SERVICE,
  fields: {},
  explain: [
    ...RFC_ROWS,
    ...SIGN_IN_ROWS,
    ...STATUS_ROWS,
    ...NETWORK_ROWS,
    ...LIBRARY_ROWS,
    ...OWN_ROWS,
  ],
}

const TRAITS: Traits = {
  marks: MARKS,
  generic: [RFC_SERVICE, ANY_SERVICE],
  silent: ['the network', 'TLS', 'OpenSSL', 'tokentool'],
  anywhere: ['the network', 'TLS', 'OpenSSL', 'tokentool', LIBRARY_SERVICE],
}

export function listServices(providers: Readonly<Record<string, Provider>>): Service[] {
  return groupRows({ ...providers, '': NOBODYS }, TRAITS)
}

/** One of them alone, with what any service may say behind its own rows. */
export function completeService(service: Service): Service {
  const behind = [...RFC_ROWS, ...SIGN_IN_ROWS, ...STATUS_ROWS]
  return { ...service, rows: [...new Set([...service.rows, ...behind])], behind }
}
