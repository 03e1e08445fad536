// Microsoft Entra ID. Its codes stand in front of the text, in whatever member that is.

import type { ExplainRow } from '../../../core/provider.ts'

const service = 'Entra ID'

export const ENTRA_ROWS: readonly ExplainRow[] = [
  {
    service,
    text: 'AADSTS700016\\b',
    means: 'this tenant has no such application',
    why: [
      'the client id is mistyped, or the object id stands in its place',
      'the application lives in another tenant, and nobody has consented to it here',
    ],
    fix: '${at.client_id} client_id: the application (client) id, in the tenant of the URL',
    suspects: ['environment'],
    sent: ['client_id', 'token_endpoint'],
  },
  {
    service,
    text: 'AADSTS90002\\b',
    means: 'there is no such tenant',
    why: ['a mistyped id in the URL', 'the tenant of another cloud (China, US Government)'],
    fix: '${at.token_endpoint} token_endpoint: https://login.microsoftonline.com/TENANT/oauth2/v2.0/token',
    sent: ['token_endpoint'],
  },
  {
    service,
    text: 'AADSTS7000215\\b',
    means: 'the client secret is wrong; most often the id of the secret was copied, not its value',
    why: [
      'the portal shows the value once, right after it was made',
      'the secret of another application',
    ],
    fix: '${at.client_secret} client_secret: the value of a secret; make a new one if it is lost',
    suspects: ['account'],
    sent: ['client_id', 'token_endpoint'],
  },
  {
    service,
    text: 'AADSTS7000222\\b',
    means: 'the client secret has run out',
    fix: [
      'make a new one: Certificates and secrets of the application',
      '${at.client_secret} client_secret: the value of the new one',
    ],
    sent: ['client_id'],
  },
  {
    service,
    text: 'AADSTS700027\\b',
    means: 'the client assertion fits none of the certificates of the application',
    why: [
      'the certificate of this key was not uploaded, or was replaced',
      'x5t in the header is not the thumbprint of that certificate',
      'the certificate has run out',
    ],
    fix: [
      'openssl x509 -in CERT -noout -fingerprint -sha1',
      'that must be a thumbprint under Certificates and secrets of the application',
      '${at.certificate_path} certificate_path: that certificate, so that x5t names it',
    ],
    suspects: ['key'],
    sent: ['client_id', 'key_path', 'key_id'],
  },
  {
    service,
    text: 'AADSTS700024\\b',
    means: 'the client assertion is not within its times, by the clock of Entra',
    why: [
      'the clock of this machine is off',
      'a token from outside (a pipeline, a cluster) was kept too long',
    ],
    fix: '${at.lifetime} lifetime: 5m',
    suspects: ['clock'],
    sent: ['iat', 'nbf', 'exp'],
  },
  {
    service,
    text: 'AADSTS(70021|700211|700212|700213)\\b',
    means: 'no federated credential of the application has this issuer, subject and audience',
    why: [
      'the subject differs by a branch, an environment, or a letter',
      'the audience is not api://AzureADTokenExchange',
      'the credential was made a moment ago',
    ],
    fix: [
      'tokentool decode TOKEN, to see iss, sub and aud of the token from outside',
      'the same three, letter by letter: Certificates and secrets, Federated credentials',
    ],
    sent: ['client_id', 'iss', 'sub', 'aud'],
  },
  {
    service,
    text: 'AADSTS(70011|1002012)\\b',
    means: 'without a user, the scope must be one resource and /.default',
    why: ['a single permission was named', 'two resources at once', 'the resource is mistyped'],
    fix: '${at.scopes} scopes: [https://graph.microsoft.com/.default]',
    suspects: ['scope'],
    sent: ['scopes', 'scope', 'client_id'],
  },
  {
    service,
    text: 'AADSTS500011\\b',
    means: 'the resource in the scope does not exist in this tenant',
    why: ['its App ID URI is mistyped', 'nobody has consented to that API in this tenant yet'],
    fix: '${at.scopes} scopes: the App ID URI of the API with /.default behind it',
    suspects: ['environment'],
    sent: ['scopes', 'scope', 'token_endpoint'],
  },
  {
    service,
    text: 'AADSTS(50013|500131)\\b',
    means: 'the token handed in on behalf of a user is not one for this application',
    why: [
      'its aud is another API: the user must have got it for this client',
      'it is over, or of another tenant',
    ],
    fix: 'tokentool decode TOKEN, whose aud must be the client id (or api://…) of this application',
    sent: ['client_id', 'token_endpoint'],
  },
  {
    service,
    text: 'AADSTS65001\\b',
    means: 'nobody has consented to these permissions for the application',
    fix: 'an administrator grants them: API permissions of the application, Grant admin consent',
    sent: ['client_id', 'scopes', 'scope'],
  },
  {
    service,
    text: 'AADSTS(50034|50126)\\b',
    means: 'the user is unknown in this tenant, or the password is wrong',
    fix: 'check the name of the user (user@tenant), and sign in by hand once',
    sent: ['client_id', 'token_endpoint'],
  },
  {
    service,
    text: 'AADSTS53003\\b',
    means: 'a conditional access policy blocks the token',
    why: ['this network or country is not allowed', 'the application is not'],
    fix: 'the sign-in log of the tenant names the policy, by the correlation id',
    sent: ['client_id', 'token_endpoint'],
  },
  {
    service,
    text: 'AADSTS\\d{4,8}\\b',
    means: 'the tenant refuses it; a page of Microsoft tells what the code stands for',
    fix: 'open https://login.microsoftonline.com/error and enter the code',
    sent: ['client_id', 'scopes', 'token_endpoint'],
  },
]
