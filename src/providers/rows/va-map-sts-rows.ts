// MAP STS judges the token before it first, and with the statuses the wrong way round: 401 is a
// scope that was not asked for, 403 a token that is over. The profile before this one is the one to
// mend in most rows, and where that stands is not known here.

import type { ExplainRow } from '../../core/provider.ts'
import { GATEWAY_ROWS } from './rfc-rows.ts'

const BEARER_ROWS: readonly ExplainRow[] = [
  {
    text: '^service account access token (jwt )?has expired',
    means: 'the token of the profile before this one is over; a 403 says no more than that here',
    why: ['it was kept longer than its 5 or 30 minutes', 'the chain took very long'],
    fix: 'tokentool get ${profile}',
    suspects: ['clock'],
    sent: ['token_endpoint'],
  },
  {
    text: '^required scope for requested resource not found',
    means: 'the token before this call was not asked for this URL; the token is good otherwise',
    why: [
      'the profile before this one names scopes, and ${token_endpoint} is not among them',
      'its scope is for another application or host',
      'application is mistyped, so that the URL is one nobody registered',
    ],
    fix: [
      'in the profile before this one, scopes: [${token_endpoint}]',
      '${at.application} application: chatbot, sign_up_service, check_in or appointments',
    ],
    sent: ['application', 'token_endpoint'],
  },
  {
    text: '^service account access token jwt is malformed',
    means: 'the service cannot read what came behind Bearer as a token of a service account',
    why: [
      'the profile before this one yields a token of another sort, such as that of a user',
      'the header was altered: bearer in lower case, quotes, a line break',
      'a proxy on the way dropped the Authorization header',
    ],
    fix: [
      '${at.via} via: a profile of the provider va-sis',
      '${at.call.headers} call: headers: Authorization: "Bearer $${via.access_token}"',
    ],
    sent: ['token_endpoint'],
  },
  {
    text: '^service account access token body does not match signature',
    means: 'the token was signed by another environment than the one that got it',
    why: [
      'base_url or token_endpoint of one of the two profiles leads elsewhere',
      'the sign-in service has changed its key since',
    ],
    fix: '${at.token_endpoint} token_endpoint: on the host of the profile before this one',
    suspects: ['environment'],
    sent: ['token_endpoint'],
  },
]

const EXCHANGE_ROWS: readonly ExplainRow[] = [
  {
    text: 'does not contain an icn',
    means:
      'the token before this call says nothing of a veteran, and MAP issues one token for each',
    why: [
      'the profile before this one has no user_attributes, or no icn in them',
      'its icn is null or comes from an empty variable',
      'the attribute is written ICN, and names are in lower case',
    ],
    fix: 'in the profile before this one, user_attributes: icn: "$${env:ICN}"',
    sent: ['application', 'token_endpoint'],
  },
  {
    text: '^application mismatch',
    means: 'the VA has no MAP client for the application ${application}',
    why: ['it is mistyped', 'it has not been set up for MAP yet'],
    fix: '${at.application} application: chatbot, sign_up_service, check_in or appointments',
    sent: ['application', 'token_endpoint'],
  },
  {
    text: '^sts failed to return',
    means:
      'behind the VA, MAP gave no usable token; whatever the reason, this one text is all that is said',
    why: [
      'the icn is unknown to MAP in ${environment}; each environment has test patients of its own',
      'an outage of MAP, or it is slow',
      'the MAP client of ${application} is not in order',
    ],
    fix: [
      'tokentool get ${profile} -s user_attributes.icn=ICN',
      'with an ICN that is known to exist in ${environment}: that tells whether the icn is the cause',
      'when a known one fails for minutes, give the request id to the MAP team',
    ],
    sent: ['application', 'token_endpoint'],
  },
  {
    status: [404, 405],
    means: 'nothing takes a token request at this URL: the host answers, the path is wrong',
    why: ['/v0 is missing or doubled', 'base_url is another service'],
    fix: '${at.token_endpoint} token_endpoint: ${base_url}/v0/map_services/${application}/token',
    sent: ['token_endpoint', 'application'],
  },
  {
    // with a code it is the service's own shape, without one a page of what stands in front
    status: [500, 503],
    code: ['500', '503'],
    means: 'the VA got something from MAP that it did not expect, or has stopped asking for now',
    why: ['an outage of MAP: the VA lets it rest for a while', 'a fault of the service'],
    fix: 'try again in a few minutes; when it stays, give the request id to the MAP team',
    sent: ['application', 'token_endpoint'],
  },
  {
    status: 200,
    text: '\\S',
    means: 'something else answered in the place of the service, with a page of its own',
    why: ['the sign-in page of a network or VPN', 'token_endpoint is a web site'],
    fix: '${at.token_endpoint} token_endpoint: ${base_url}/v0/map_services/${application}/token',
    sent: ['token_endpoint'],
  },
]

export const VA_MAP_STS_ROWS: readonly ExplainRow[] = [
  ...BEARER_ROWS,
  ...EXCHANGE_ROWS,
  ...GATEWAY_ROWS,
]
