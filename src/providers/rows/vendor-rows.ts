// What known services say in words of their own where they speak RFC 6749 otherwise. They stand in
// front of the RFC's rows, so each has something that nobody else says: a code, a text, an address.

import type { ExplainRow } from '../../core/provider.ts'
import { RFC_ROWS } from './rfc-rows.ts'
import { ADOBE_ROWS } from './vendors/adobe.ts'
import { APPLE_ROWS } from './vendors/apple.ts'
import { AUTH0_ROWS } from './vendors/auth0.ts'
import { BOX_ROWS } from './vendors/box.ts'
import { DOCUSIGN_ROWS } from './vendors/docusign.ts'
import { EBAY_ROWS } from './vendors/ebay.ts'
import { ENTRA_ROWS } from './vendors/entra.ts'
import { GITHUB_ROWS } from './vendors/github.ts'
import { GOOGLE_ROWS } from './vendors/google.ts'
import { NETSUITE_ROWS } from './vendors/netsuite.ts'
import { OKTA_ROWS } from './vendors/okta.ts'
import { SALESFORCE_ROWS } from './vendors/salesforce.ts'
import { SMART_ROWS } from './vendors/smart.ts'
import { SNOWFLAKE_ROWS } from './vendors/snowflake.ts'
import { ZOOM_ROWS } from './vendors/zoom.ts'

const VENDOR_ROWS: readonly ExplainRow[] = [
  ...GOOGLE_ROWS,
  ...SALESFORCE_ROWS,
  ...DOCUSIGN_ROWS,
  ...BOX_ROWS,
  ...ADOBE_ROWS,
  ...ZOOM_ROWS,
  ...GITHUB_ROWS,
  ...ENTRA_ROWS,
  ...OKTA_ROWS,
  ...AUTH0_ROWS,
  ...SNOWFLAKE_ROWS,
  ...APPLE_ROWS,
  ...NETSUITE_ROWS,
  ...EBAY_ROWS,
  ...SMART_ROWS,
]

/** Of a provider for any service. */
export const PLAIN_ROWS: readonly ExplainRow[] = [...VENDOR_ROWS, ...RFC_ROWS]
