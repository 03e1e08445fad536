// SMART Backend Services: the token endpoint of a FHIR server, which says the codes of the RFC.

import type { ExplainRow } from '../../../core/provider.ts'

const service = 'SMART on FHIR'
const url = 'fhir|smart|/interconnect-|\\.cerner\\.com|\\.epic\\.com'

export const SMART_ROWS: readonly ExplainRow[] = [
  {
    service,
    code: 'invalid_client',
    url,
    means: 'the server does not accept the client assertion',
    why: [
      'the JWKS of the client is not registered, cannot be fetched, or lacks the kid of the header',
      'alg is neither RS384 nor ES384',
      'exp lies more than 5 minutes ahead, or jti was seen before',
      'iss and sub must both be the client id, and aud the token endpoint',
    ],
    fix: [
      '${at.algorithm} algorithm: RS384',
      '${at.key_id} key_id: the kid of the key in the registered JWKS',
      '${at.lifetime} lifetime: 4m',
    ],
    suspects: ['clock', 'key'],
    sent: ['client_id', 'aud', 'key_id', 'algorithm', 'iat', 'exp'],
  },
  {
    service,
    code: 'invalid_scope',
    url,
    means: 'a scope is unknown to the server, or not registered for this client',
    why: [
      'system/Patient.read is the first version, system/Patient.rs the second: servers know one',
      'a scope of patient/ or user/ was asked for, which wants a person',
    ],
    fix: '${at.scopes} scopes: those registered for the client: system/…',
    sent: ['scopes', 'scope', 'client_id'],
  },
]
