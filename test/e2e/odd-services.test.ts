// Services as unlike each other as the world has them, written as providers in a profile file and
// nowhere else. When one of them needs a line of src, the provider type lacks a column.

import { afterAll, describe, expect, test } from 'vitest'
import { makeCertificates } from '../support/certificates.ts'
import { makeRsaKey, readJwt, toPkcs1 } from '../support/keys.ts'
import {
  type Outcome,
  plantCanary,
  plantKey,
  runProgram,
  type Setting,
} from '../support/program.ts'
import { serve } from '../support/service.ts'
import { startTwins } from '../support/twins.ts'

const key = makeRsaKey()
plantKey(key.pem)
const pkcs1 = plantKey(toPkcs1(key))
const certificates = makeCertificates()
afterAll(certificates.remove)

function run(args: readonly string[], profiles: string, setting: Setting = {}): Promise<Outcome> {
  return runProgram([...args, '-c', 'tokentool.yaml'], {
    ...setting,
    files: { 'tokentool.yaml': profiles, 'key.pem': pkcs1, ...setting.files },
  })
}

describe('card developer: scope in the query, grant in the form, Basic, a header, a PFX', () => {
  const secret = plantCanary()
  const profiles = (origin: string): string => `
profiles:
  cards:
    provider: card-developer
    base_url: ${origin}
    client_id: cards
    client_secret: \${env:CARD_SECRET}
    institution: "12345678"
    scopes: /cs/api
    tls:
      ca: ${certificates.path('root.crt')}
      pfx: ${certificates.path('client.p12')}
      passphrase: \${env:PFX_PASS}
providers:
  card-developer:
    description: Fiserv Card Developer
    fields:
      base_url: { type: url, required: true, help: the host }
      client_id: { type: text, required: true, help: the client }
      client_secret: { type: text, required: true, help: its secret }
      institution: { type: text, required: true, help: eight digits }
      scopes: { type: list, required: true, help: the path of the API }
      credentials: { type: text, secret: true, default: "\${client_id}:\${client_secret}", help: both }
    call:
      url: \${base_url}/cs/oauth2/v1/token
      query: { scope: "\${scopes|space}" }
      params: { grant_type: client_credentials }
      headers:
        Authorization: Basic \${credentials|base64}
        x-fapi-financial-id: \${institution}
        x-fapi-interaction-id: \${uuid}
    answer:
      expires_from: issued_at
      error_code: errors.0.code
      error_text: errors.0.description
      request_id: header:x-fapi-interaction-id
`
  const tls = {
    key: certificates.read('good.key'),
    cert: certificates.read('good.crt'),
    ca: certificates.read('root.crt'),
    requestCert: true,
    rejectUnauthorized: false,
  }
  const env = { CARD_SECRET: secret, PFX_PASS: 'opened' }

  test('text for numbers, BearerToken for Bearer, issued_at in milliseconds', async () => {
    const token = plantCanary()
    const service = await serve(
      () => [
        200,
        {
          access_token: token,
          token_type: 'BearerToken',
          expires_in: '899',
          issued_at: `${Date.now() - 100_000}`,
        },
      ],
      tls,
    )
    const { code, stderr, json } = await run(['get', '--json'], profiles(service.origin), {
      env,
      prints: [token],
    })
    expect(code, stderr).toBe(0)
    expect(json()).toMatchObject({ access_token: token, token_type: 'Bearer' })
    expect(Math.abs(Number(json().expires_in) - 799)).toBeLessThan(5)
    const request = service.last()
    expect(request.target).toBe('/cs/oauth2/v1/token?scope=%2Fcs%2Fapi')
    expect(request.body).toBe('grant_type=client_credentials')
    expect(request.headers).toMatchObject({
      authorization: `Basic ${Buffer.from(`cards:${secret}`).toString('base64')}`,
      'x-fapi-financial-id': '12345678',
      'x-fapi-interaction-id': expect.stringMatching(/^[\da-f-]{36}$/),
    })
    expect(request.client).toBe('client')
  })

  test('a refusal in a list, with the id of the request', async () => {
    const service = await serve(
      (request) => [
        429,
        { errors: [{ code: 'RATE', description: 'slow down' }] },
        {
          'x-fapi-interaction-id': `${request.headers['x-fapi-interaction-id']}`,
          'retry-after': '7',
        },
      ],
      tls,
    )
    const { code, error } = await run(['get', '--json'], profiles(service.origin), { env })
    expect(code).toBe(6)
    expect(error()).toMatchObject({
      class: 'unavailable',
      said: 'RATE: slow down',
      retry_after: 7,
      request_id: service.last().headers['x-fapi-interaction-id'],
    })
  })
})

describe('wechat: GET with the secret in the query, refusals with 200', () => {
  const secret = plantCanary()
  const profiles = (origin: string): string => `
profiles:
  wechat:
    provider: wechat
    base_url: ${origin}
    client_id: wx0123
    client_secret: \${env:WECHAT_SECRET}
providers:
  wechat:
    description: WeChat
    fields:
      base_url: { type: url, default: "https://api.weixin.qq.com", help: the API }
      client_id: { type: text, required: true, help: appid }
      client_secret: { type: text, required: true, help: secret }
    call:
      method: GET
      url: \${base_url}/cgi-bin/token
      in: query
      params:
        grant_type: client_credential
        appid: \${client_id}
        secret: \${client_secret}
    answer:
      ok_path: errcode
      ok_values: [0, null]
      error_code: errcode
      error_text: errmsg
    explain:
      - code: "40013"
        means: there is no such appid
      - code: "-1"
        means: the service is busy
        class: unavailable
`
  const env = { WECHAT_SECRET: secret }

  test('success says nothing of errcode', async () => {
    const token = plantCanary()
    const service = await serve(() => [200, { access_token: token, expires_in: 7200 }])
    const { code, stdout, stderr } = await run(['get', '-vv'], profiles(service.origin), {
      env,
      prints: [token],
    })
    expect(code, stderr).toBe(0)
    expect(stdout).toBe(`${token}\n`)
    const request = service.last()
    expect(request.method).toBe('GET')
    expect([...request.query]).toEqual([
      ['grant_type', 'client_credential'],
      ['appid', 'wx0123'],
      ['secret', secret],
    ])
    expect(request.body).toBe('')
    expect(request.headers['content-type']).toBeUndefined()
  })

  test.each([
    { errcode: 40013, errmsg: 'invalid appid', exit: 4, means: 'there is no such appid' },
    { errcode: -1, errmsg: 'system error', exit: 6, means: 'the service is busy' },
  ])('errcode $errcode with 200 is a failure', async ({ errcode, errmsg, exit, means }) => {
    // with a token beside it: it must not be believed
    const service = await serve(() => [200, { errcode, errmsg, access_token: 'not-a-token' }])
    const { code, error } = await run(['get', '--json'], profiles(service.origin), { env })
    expect(code).toBe(exit)
    expect(error()).toMatchObject({ status: 200, said: `${errcode}: ${errmsg}`, means })
  })

  test('the query of a dry run is hidden, and so is that of -vv when nobody answers', async () => {
    const dry = await run(['get', '-n'], profiles('http://127.0.0.1:9'), { env })
    expect(dry.stdout).toContain('secret=«hidden»')
    const dead = await run(['get', '-vv'], profiles('http://127.0.0.1:9'), { env })
    expect(dead.code).toBe(6)
  })
})

describe('vault: JSON in, a token two levels down, a header of its own', () => {
  const profiles = (origin: string): string => `
profiles:
  vault:
    provider: vault
    base_url: ${origin}
    role: deploy
    id_token: \${file:ci.jwt}
providers:
  vault:
    description: HashiCorp Vault, login with a token from elsewhere
    fields:
      base_url: { type: url, required: true, help: the address of Vault }
      role: { type: text, required: true, help: the role }
      id_token: { type: text, required: true, secret: true, help: the token to log in with }
      mount: { type: text, default: jwt, help: where the method is mounted }
    call:
      url: \${base_url}/v1/auth/\${mount}/login
      in: json
      params: { role: "\${role}", jwt: "\${id_token}" }
    answer:
      token: auth.client_token
      expires_in: auth.lease_duration
      extra: { policies: auth.policies, accessor: auth.accessor }
      error_text: errors.0
      request_id: request_id
    use: { header: X-Vault-Token, value: "\${token}" }
`
  const jwt = plantCanary((random) => `eyJ.${random}`)
  const files = { 'ci.jwt': `${jwt}\n` }

  test('success', async () => {
    const token = plantCanary((random) => `hvs.${random}`)
    const service = await serve(() => [
      200,
      {
        request_id: '7b3c',
        auth: { client_token: token, lease_duration: 1200, policies: ['deploy'], accessor: 'acc' },
      },
    ])
    const header = await run(['get', '-o', 'header', '-vv'], profiles(service.origin), {
      files,
      prints: [token],
    })
    expect(header.stdout).toBe(`X-Vault-Token: ${token}\n`)
    expect(service.last().path).toBe('/v1/auth/jwt/login')
    expect(service.last().json()).toEqual({ role: 'deploy', jwt })
    const { json } = await run(['get', '--json'], profiles(service.origin), {
      files,
      prints: [token],
    })
    expect(json()).toMatchObject({
      access_token: token,
      extra: { policies: ['deploy'], accessor: 'acc' },
    })
    expect(Math.abs(Number(json().expires_in) - 1200)).toBeLessThan(5)
  })

  test('a refusal that is a list of texts', async () => {
    const service = await serve(() => [400, { errors: ['role "deploy" could not be found'] }])
    const { code, error } = await run(['get', '--json'], profiles(service.origin), { files })
    expect(code).toBe(4)
    expect(error()).toMatchObject({ said: 'role "deploy" could not be found' })
  })
})

describe('docker registry: GET, a scope for each thing in the query', () => {
  const secret = plantCanary()
  const profiles = (origin: string): string => `
profiles:
  registry:
    provider: registry
    base_url: ${origin}
    client_id: robot
    client_secret: \${env:ROBOT}
    audience: registry.example
    scopes:
      - repository:team/app:pull,push
      - repository:team/base:pull
providers:
  registry:
    description: a Docker registry
    fields:
      base_url: { type: url, required: true, help: the realm of the challenge }
      client_id: { type: text, required: true, help: the user }
      client_secret: { type: text, required: true, help: the password }
      audience: { type: text, required: true, help: the service of the challenge }
      scopes: { type: list, help: what to do with which repository }
      credentials: { type: text, secret: true, default: "\${client_id}:\${client_secret}", help: both }
    call:
      method: GET
      url: \${base_url}/token
      query: { service: "\${audience}", scope: "\${scopes?}" }
      headers: { Authorization: "Basic \${credentials|base64}" }
    answer:
      token: [token, access_token]
      expires_from: issued_at
      expires_default: 60
      error_code: errors.0.code
      error_text: errors.0.message
`
  const env = { ROBOT: secret }

  test('repeated names, an expiry that counts from issued_at', async () => {
    const token = plantCanary()
    const issued_at = new Date(Date.now() - 40_000).toISOString()
    const service = await serve(() => [200, { token, expires_in: 300, issued_at }])
    const { code, json } = await run(['get', '--json'], profiles(service.origin), {
      env,
      prints: [token],
    })
    expect(code).toBe(0)
    const request = service.last()
    expect(request.method).toBe('GET')
    expect(request.target).toBe(
      '/token?service=registry.example&scope=repository%3Ateam%2Fapp%3Apull%2Cpush&scope=repository%3Ateam%2Fbase%3Apull',
    )
    expect(Math.abs(Number(json().expires_in) - 260)).toBeLessThan(5)
  })

  test('without a word about expiry it is a minute', async () => {
    const token = plantCanary()
    const service = await serve(() => [200, { access_token: token }])
    const { json } = await run(['get', '--json'], profiles(service.origin), {
      env,
      prints: [token],
    })
    expect(Math.abs(Number(json().expires_in) - 60)).toBeLessThan(5)
  })

  test('a refusal', async () => {
    const service = await serve(() => [
      401,
      { errors: [{ code: 'UNAUTHORIZED', message: 'access to the requested resource' }] },
    ])
    const { code, error } = await run(['get', '--json'], profiles(service.origin), { env })
    expect(code).toBe(4)
    expect(error()).toMatchObject({ said: 'UNAUTHORIZED: access to the requested resource' })
  })
})

describe('conjur: a raw body, an answer that is the token itself', () => {
  const apiKey = plantCanary()
  const profiles = (origin: string): string => `
profiles:
  conjur:
    provider: conjur
    base_url: ${origin}
    account: acme
    client_id: host/ci/build
    api_key: \${env:CONJUR_AUTHN_API_KEY}
providers:
  conjur:
    description: CyberArk Conjur
    fields:
      base_url: { type: url, required: true, help: the appliance }
      account: { type: text, required: true, help: the account }
      client_id: { type: text, required: true, help: the login }
      api_key: { type: text, required: true, secret: true, help: its API key }
    call:
      url: \${base_url}/authn/\${account}/\${client_id}/authenticate
      in: raw
      body: \${api_key}
      content_type: text/plain
    answer: { format: text, token: "", expires_after: 480 }
    use: { value: 'Token token="\${token|base64}"' }
`
  const env = { CONJUR_AUTHN_API_KEY: apiKey }

  test('the text is the token; it is used in base64', async () => {
    const token = plantCanary((random) => `{"protected":"${random}","signature":"x"}`)
    const service = await serve(() => [200, token])
    const plain = await run(['get', '-vv'], profiles(service.origin), { env, prints: [token] })
    expect(plain.stdout).toBe(`${token}\n`)
    const request = service.last()
    expect(request.target).toBe('/authn/acme/host%2Fci%2Fbuild/authenticate')
    expect(request.body).toBe(apiKey)
    expect(request.headers['content-type']).toBe('text/plain')
    const header = await run(['get', '-o', 'header'], profiles(service.origin), {
      env,
      prints: [token],
    })
    const base64 = Buffer.from(token).toString('base64')
    expect(header.stdout).toBe(`Authorization: Token token="${base64}"\n`)
    const { json } = await run(['get', '--json'], profiles(service.origin), {
      env,
      prints: [token],
    })
    expect(Math.abs(Number(json().expires_in) - 480)).toBeLessThan(5)
  })

  test('an empty answer and a web page are no tokens', async () => {
    const empty = await serve(() => [200, ''])
    expect((await run(['get'], profiles(empty.origin), { env })).code).toBe(5)
    const page = await serve(() => [200, '<!doctype html><title>sign in</title>'])
    expect((await run(['get'], profiles(page.origin), { env })).code).toBe(5)
    const refused = await serve(() => [401, ''])
    expect((await run(['get'], profiles(refused.origin), { env })).code).toBe(4)
  })
})

describe('github oauth: an answer that is a form', () => {
  const profiles = (origin: string): string => `
profiles:
  web:
    provider: client-credentials
    token_endpoint: ${origin}/login/oauth/access_token
    client_id: web
    client_secret: \${env:WEB_SECRET}
    client_auth: client_secret_post
    answer: { format: form }
`
  const env = { WEB_SECRET: plantCanary() }

  test('success and a refusal with 200', async () => {
    const token = plantCanary()
    const good = await serve(() => [
      200,
      `access_token=${token}&scope=repo%2Cgist&token_type=bearer`,
    ])
    const { code, json } = await run(['get', '--json'], profiles(good.origin), {
      env,
      prints: [token],
    })
    expect(code).toBe(0)
    expect(json()).toMatchObject({ access_token: token, scopes: ['repo', 'gist'] })
    const bad = await serve(() => [
      200,
      'error=bad_verification_code&error_description=The+code+passed+is+incorrect',
    ])
    const refused = await run(['get', '--json'], profiles(bad.origin), { env })
    expect(refused.code).toBe(4)
    expect(refused.error()).toMatchObject({
      said: 'bad_verification_code: The code passed is incorrect',
    })
  })
})

describe('light-oauth2: a reference is exchanged for its token by a third call', () => {
  test('a chain of two services, the token of the first in the URL of the second', async () => {
    const secret = plantCanary()
    const external = {
      client_id: 'outside',
      client_secret: secret,
      type: 'external',
      scopes: ['petstore.r'],
      deref_client_id: 'inside',
    } as const
    const sandbox = await startTwins({
      'light-oauth2': [
        external,
        { client_id: 'inside', client_secret: secret, type: 'confidential', scopes: ['x'] },
      ],
    })
    const { code, stderr, json } = await run(
      ['get', 'whole', '--json', '-vv'],
      `
profiles:
  reference:
    provider: light-oauth2
    base_url: ${sandbox.services['light-oauth2'].base_url}
    client_id: outside
    client_secret: \${env:SECRET}
  whole:
    provider: deref
    via: reference
    client_id: inside
    client_secret: \${env:SECRET}
providers:
  deref:
    description: the token behind a reference of light-oauth2
    fields:
      base_url: { type: url, required: true, help: the token service }
      client_id: { type: text, required: true, help: the client that may }
      client_secret: { type: text, required: true, help: its secret }
      credentials: { type: text, secret: true, default: "\${client_id}:\${client_secret}", help: both }
    limits: { via: { required: true } }
    call:
      method: GET
      url: \${base_url}/oauth2/deref/\${via.access_token}
      headers: { Authorization: "Basic \${credentials|base64}" }
    answer: { format: text, token: "" }
`,
      { env: { SECRET: secret } },
    )
    expect(code, stderr).toBe(0)
    expect(json()).toMatchObject({
      profile: 'whole',
      scopes: ['petstore.r'],
      claims: { client_id: 'outside' },
      via: [{ profile: 'reference' }],
    })
    const { expires_in } = json()
    expect(Math.abs(Number(expires_in) - 600)).toBeLessThan(5)
    // the reference is a token as well
    expect(stderr).toMatch(/GET http:\S+\/oauth2\/deref\/«hidden/)
  })
})

describe('what is left of the world', () => {
  const env = { SECRET: plantCanary() }
  const client = (origin: string, more: string): string => `
profiles:
  it:
    provider: client-credentials
    token_endpoint: ${origin}/token
    client_id: me
    client_secret: \${env:SECRET}
${more}`

  test('zoom: another grant, everything in the query, reason for description', async () => {
    const more = `
    call: { in: query, params: { grant_type: account_credentials, account_id: a1 } }
    answer: { extra: { api_url: api_url } }
`
    const token = plantCanary()
    const good = await serve(() => [200, { access_token: token, expires_in: 3599, api_url: 'u' }])
    const got = await run(['get', '--json'], client(good.origin, more), { env, prints: [token] })
    expect(got.code, got.stderr).toBe(0)
    expect(got.json()).toMatchObject({ extra: { api_url: 'u' } })
    expect(good.last().target).toBe('/token?grant_type=account_credentials&account_id=a1')
    const bad = await serve(() => [
      400,
      { reason: 'Invalid client_id or client_secret', error: 'invalid_client' },
    ])
    const refused = await run(['get', '--json'], client(bad.origin, more), { env })
    expect(refused.code).toBe(4)
    expect(refused.error()).toMatchObject({
      said: 'invalid_client: Invalid client_id or client_secret',
    })
  })

  test('ibm iam: an instant beside the duration, a wrapped error', async () => {
    const more = `
    client_auth: none
    call:
      params:
        grant_type: urn:ibm:params:oauth:grant-type:apikey
        apikey: \${env:SECRET}
    answer: { expires_at: expiration, error_text: errorMessage, error_code: errorCode }
`
    const token = plantCanary()
    const expiration = Math.floor(Date.now() / 1000) + 1800
    const good = await serve(() => [200, { access_token: token, expires_in: 3600, expiration }])
    const got = await run(['get', '--json'], client(good.origin, more), { env, prints: [token] })
    expect(got.code, got.stderr).toBe(0)
    expect(Math.abs(Number(got.json().expires_in) - 1800)).toBeLessThan(5)
    expect(good.last().form.get('apikey')).toBe(env.SECRET)
    const bad = await serve(() => [
      400,
      { errorCode: 'BXNIM0415E', errorMessage: 'Provided API key could not be found.' },
      { 'transaction-id': 'x' },
    ])
    const refused = await run(['get', '--json'], client(bad.origin, more), { env })
    expect(refused.error()).toMatchObject({
      said: 'BXNIM0415E: Provided API key could not be found.',
    })
  })

  test('salesforce: no word about expiry, an address the caller needs', async () => {
    const token = plantCanary()
    const service = await serve(() => [
      200,
      { access_token: token, instance_url: 'https://x.my.salesforce.com', token_type: 'Bearer' },
    ])
    const { code, json } = await run(
      ['get', '--json'],
      `
profiles:
  sf:
    provider: jwt-bearer
    token_endpoint: ${service.origin}/services/oauth2/token
    audience: https://login.salesforce.com
    issuer: consumer-key
    subject: me@example.com
    lifetime: 3m
    key_path: key.pem
    assertion:
      claims: { iat: null, jti: null }
`,
      { prints: [token] },
    )
    expect(code).toBe(0)
    expect(json()).toMatchObject({
      expires_at: null,
      extra: { instance_url: 'https://x.my.salesforce.com' },
    })
    const { claims } = readJwt(service.last().form.get('assertion') ?? '')
    expect(Object.keys(claims)).toEqual(['iss', 'sub', 'aud', 'exp'])
    expect([...service.last().form.keys()]).toEqual(['grant_type', 'assertion'])
  })

  test('netsuite: PS256, a scope claim with commas, text for a number', async () => {
    const token = plantCanary()
    const service = await serve(() => [200, { access_token: token, expires_in: '3600' }])
    const { code, json } = await run(
      ['get', '--json'],
      `
profiles:
  ns:
    provider: client-credentials
    token_endpoint: ${service.origin}/token
    client_auth: private_key_jwt
    client_id: me
    key_id: certificate-1
    key_path: key.pem
    algorithm: PS256
    scopes:
      - restlets
      - rest_webservices
    client_assertion:
      claims: { scope: "\${scopes|comma}", sub: null }
    call:
      params: { client_id: null, scope: null }
`,
      { prints: [token] },
    )
    expect(code).toBe(0)
    expect(Math.abs(Number(json().expires_in) - 3600)).toBeLessThan(5)
    const { form } = service.last()
    expect([...form.keys()]).toEqual(['grant_type', 'client_assertion_type', 'client_assertion'])
    const { header, claims } = readJwt(form.get('client_assertion') ?? '')
    expect(header).toMatchObject({ alg: 'PS256', kid: 'certificate-1' })
    expect(claims).toMatchObject({ scope: 'restlets,rest_webservices', iss: 'me' })
  })
})

test('the mistakes of a provider, all at once and each with its place', async () => {
  const { code, stderr } = await run(
    ['get', 'a'],
    `
profiles:
  a:
    provider: one
    answer:
      error_pattern: "("
providers:
  one:
    description: no algorithms
    assertion:
      claims: { iss: me }
    call:
      in: bdy
      params: { x: "\${nope}" }
    answer:
      expires_unit: us
    nonsense: 1
`,
  )
  expect(code).toBe(2)
  for (const mistake of [
    'tokentool.yaml:6:22 profiles.a.answer.error_pattern: is no regular expression',
    'tokentool.yaml:10:5 providers.one.assertion: an assertion says its algorithms',
    'tokentool.yaml:10:5 providers.one.assertion: an assertion says its header',
    'tokentool.yaml:12:5 providers.one.call: a call has a url',
    'tokentool.yaml:13:11 providers.one.call.in: is not one of form, json',
    'tokentool.yaml:14:20 providers.one.call.params.x: nobody knows ${nope}',
    'tokentool.yaml:16:21 providers.one.answer.expires_unit: is not one of auto, s, ms',
    'tokentool.yaml:17:5 providers.one.nonsense: no such field',
  ])
    expect(stderr).toContain(mistake)
})
