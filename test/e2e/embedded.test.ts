// `--sandbox`: the same profiles, their real names, and twins inside the program. Keys and secrets that
// are not there are made up; what the command line changes is refused as the service would.

import { describe, expect, test } from 'vitest'
import { makeRsaKey, readJwt } from '../support/keys.ts'
import { type Outcome, plantKey, runProgram, type Setting } from '../support/program.ts'

const key = makeRsaKey()
plantKey(key.pem)

const PROFILES = `
default_profile: va
profiles:
  va:
    provider: va-sis
    environment: staging
    issuer: https://chat.example
    subject: chatbot@example.gov
    service_account_id: 88a6d94a3182fd63279ea5565f26bcb4
    key_path: none.pem
    user_attributes:
      icn: \${env:ICN}
  chatbot:
    provider: va-map-sts
    via: va
    application: chatbot
  directory:
    provider: federated-directory
    issuer: 51f1e656elkv31ypuyf1eeziawusl39k@fd
    scopes: directoryKey
    key_path: none.pem
  light:
    provider: light-oauth2
    client_id: x
    client_secret: \${env:SECRET}
  query:
    provider: firstvision-query
    base_url: https://stg34.visionplus.io/sandbox
    client_id: x
    client_secret: \${file:no.txt}
    scopes: cards
  json:
    extends: query
    provider: firstvision-json
  bearer:
    provider: jwt-bearer
    authorization_server: https://id.example.com/
    issuer: me
    key_path: none.pem
  client:
    provider: client-credentials
    token_endpoint: https://id.example.com/token
    client_auth: private_key_jwt
    client_id: me
    algorithm: ES256
    key_path: none.pem
  odd:
    provider: odd
    key_path: none.pem
providers:
  odd:
    description: nothing like OAuth
    assertion:
      algorithms:
        - RS256
      header:
        alg: \${algorithm}
      claims:
        iss: me
        exp: \${exp}
    call:
      url: https://odd.example.com/x
      headers:
        Authorization: Bearer \${assertion}
`

function run(args: readonly string[], setting: Setting = {}): Promise<Outcome> {
  return runProgram([...args, '--sandbox', '-c', 'tokentool.yaml'], {
    ...setting,
    // a proxy would be asked for any other host: nothing may leave the sandbox
    env: { HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9', ...setting.env },
    files: { 'tokentool.yaml': PROFILES, 'k.pem': key.pem, ...setting.files },
  })
}

describe('every provider', () => {
  test.concurrent.each([
    ['va', {}],
    ['va -e production', { claims: { service_account_id: '88a6d94a3182fd63279ea5565f26bcb4' } }],
    ['chatbot', { via: [{ profile: 'va' }] }],
    ['va --then va-map-sts -s application=chatbot', { via: [{ profile: 'va' }] }],
    ['directory', {}],
    ['light', { scopes: ['petstore.r', 'petstore.w'] }],
    ['light -s client_auth=post', {}],
    ['light -s client_auth=basic_raw', {}],
    ['light -s grant=password -s username=u -s password=${env:PASSWORD}', {}],
    ['light -s grant=authorization_code -s code=abc', {}],
    ['light -s grant=refresh_token -s refresh_token=${env:REFRESH}', {}],
    ['light -s grant=client_authenticated_user -s user_id=a -s user_type=b', {}],
    ['light -s grant=bootstrap_token', {}],
    ['query', { scopes: ['cards'] }],
    ['json', { scopes: ['cards'] }],
    ['bearer', {}],
    ['client', {}],
  ])('%s', async (line, expected) => {
    const { code, stderr, json } = await run(['get', ...line.split(' '), '--json'])
    expect(code, stderr).toBe(0)
    expect(json()).toMatchObject({ sandbox: true, ...expected })
    expect(stderr).toMatch(/made up/)
  })

  test('without a file, a provider and what it asks for are enough', async () => {
    const { code, stderr } = await runProgram([
      ...['get', '--sandbox', '--provider', 'client-credentials', '-s', 'client_id=x'],
      ...['-s', 'token_endpoint=https://id.example.com/token', '-s', 'client_secret=${env:S}'],
    ])
    expect(code, stderr).toBe(0)
    expect(stderr).toBe('tokentool: sandbox: S is not set; a value was made up\n')
  })
})

describe('in the service’s own words', () => {
  test.concurrent.each([
    [
      '-s audience=wrong',
      'Invalid audience. Expected ["https://staging-api.va.gov/v0/sign_in/token"], received wrong',
    ],
    ['-s key_path=k.pem', 'Assertion body does not match signature'],
    ['-s service_account_id=other', 'Service account config not found'],
    ['-s issuer=other', 'Invalid issuer'],
    ['-s token_endpoint=https://staging-api.va.gov/v0/sign_in', 'There are no routes matching'],
  ])('%s', async (line, said) => {
    const { code, stderr, error } = await run(['get', ...line.split(' '), '--json'])
    expect(code, stderr).toBe(4)
    expect(`${error().said}`).toContain(said)
  })

  test('no request leaves it', async () => {
    const { code, stderr } = await run(['get', '-s', 'token_endpoint=https://else.example.com/x'])
    // the name that the profile goes by is the only one there is
    expect(code, stderr).toBeGreaterThan(1)
    expect(stderr).not.toContain('127.0.0.1:9')
  })

  test('a provider without a twin is told so', async () => {
    const { code, stderr } = await run(['get', 'odd'])
    expect(code).toBe(4)
    expect(stderr).toContain('odd has no twin of its own; one that keeps to RFC 6749 answers')
  })
})

test('mint and a dry run show the real names', async () => {
  const mint = await run(['mint'])
  expect(readJwt(mint.stdout.trim()).claims).toMatchObject({
    aud: 'https://staging-api.va.gov/v0/sign_in/token',
  })
  const dry = await run(['get', 'chatbot', '-n', '--json'])
  expect(dry.json()).toMatchObject({
    url: 'https://staging-api.va.gov/v0/map_services/chatbot/token',
  })
})
