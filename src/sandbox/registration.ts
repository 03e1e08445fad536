// How a profile becomes an account of a twin: what its service would have on file about it.

import type { LightOauth2Account } from './light-oauth2.ts'
import type { Accounts, ServiceName } from './twins.ts'

/** What the twin may know of a profile: values in the clear, the public half of its key. */
export interface Applicant {
  text(name: string): string | undefined
  list(name: string): string[]
  /** as it is this time, whatever the profile says: a choice between ways that are all open */
  asked(name: string): string | undefined
  /** of the assertion as it would be signed now */
  claim(name: string): unknown
  publicKey(): string
  /** where the call goes */
  readonly url: string
}

type Registrar = (applicant: Applicant) => Accounts

const HOUR = 3600
/** VA's list: a new account may be allowed these, whatever it sends today. */
const USER_ATTRIBUTES = ['icn', 'type', 'credential_id', 'participant_id']

export const REGISTRARS: Readonly<Record<ServiceName, Registrar>> = {
  'va-sis': (applicant) => ({
    'va-sis': [
      {
        service_account_id: applicant.text('service_account_id') ?? '',
        access_token_audience: applicant.text('issuer') ?? '',
        scopes: applicant.list('scopes'),
        user_attributes: USER_ATTRIBUTES,
        access_token_seconds: 300,
        certificates: [applicant.publicKey()],
      },
    ],
  }),
  'va-map-sts': (applicant) => ({
    'va-map-sts': { applications: [applicant.text('application') ?? ''], unknown_icns: [] },
  }),
  'federated-directory': (applicant) => ({
    'federated-directory': [
      {
        issuer: applicant.text('issuer') ?? '',
        role: applicant.list('scopes')[0] === 'admin' ? 'admin' : 'directoryKey',
        public_key: applicant.publicKey(),
      },
    ],
  }),
  'light-oauth2': (applicant) => ({ 'light-oauth2': registerLightOauth2(applicant) }),
  firstvision: (applicant) => ({
    firstvision: [
      {
        client_id: applicant.text('client_id') ?? '',
        client_secret: applicant.text('client_secret') ?? '',
        scopes: applicant.list('scopes'),
      },
    ],
  }),
  generic: (applicant) => {
    const issuer = applicant.claim('iss')
    const audience = applicant.claim('aud')
    return {
      generic: [
        {
          issuer: typeof issuer === 'string' ? issuer : undefined,
          audience: typeof audience === 'string' ? audience : undefined,
          client_id: applicant.text('client_id'),
          client_secret: applicant.text('client_secret'),
          scopes: applicant.list('scopes'),
          public_key: issuer === undefined ? undefined : applicant.publicKey(),
          token_endpoint: applicant.url,
          authorization_server: applicant.text('authorization_server'),
          lifetime: HOUR,
        },
      ],
    }
  },
}

/** The client, and whatever its grant presents as if the service had issued it. */
function registerLightOauth2(applicant: Applicant): LightOauth2Account[] {
  const client_id = applicant.text('client_id') ?? ''
  const grant = applicant.asked('grant')
  const scopes = applicant.list('scopes')
  const username = applicant.text('username') ?? applicant.text('user_id')
  const code = applicant.text('code')
  const refresh_token = applicant.text('refresh_token')
  const verifier = applicant.text('code_verifier')
  return [
    {
      client_id,
      client_secret: applicant.text('client_secret') ?? '',
      type: grant === 'bootstrap_token' ? 'bootstrap' : 'trusted',
      scopes: scopes.length > 0 ? scopes : ['petstore.r', 'petstore.w'],
    },
    ...(username === undefined
      ? []
      : [
          {
            username,
            password: applicant.text('password') ?? '',
            user_type: applicant.text('user_type') ?? 'employee',
          },
        ]),
    ...(code === undefined
      ? []
      : [
          {
            code,
            client_id,
            redirect_uri: applicant.text('redirect_uri'),
            ...(verifier !== undefined && { challenge: verifier, method: 'plain' }),
          },
        ]),
    ...(refresh_token === undefined ? [] : [{ refresh_token, client_id }]),
  ]
}
