// Services whose assertions are unlike each other, written as providers in a profile file and nowhere
// else (odd-services has those whose calls are): names, times, places and keys of every sort.

import { createHash, createHmac, verify, X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { certify, lock, makeEcKey, makeRsaKey, readJwt, toPkcs1 } from '../support/keys.ts'
import {
  type Outcome,
  plantCanary,
  plantKey,
  runProgram,
  type Setting,
} from '../support/program.ts'
import { serve } from '../support/service.ts'

const key = makeRsaKey()
plantKey(key.pem)
const pkcs1 = plantKey(toPkcs1(key))

function run(args: readonly string[], profiles: string, setting: Setting = {}): Promise<Outcome> {
  return runProgram([...args, '-c', 'tokentool.yaml'], {
    ...setting,
    files: { 'tokentool.yaml': profiles, 'key.pem': pkcs1, ...setting.files },
  })
}

const isSigned = (jwt: string): boolean => {
  const { input, signature } = readJwt(jwt)
  return verify('sha256', Buffer.from(input), key.publicKey, signature)
}

const secondsFromNow = (at: unknown): number => Date.parse(`${at}`) / 1000 - Date.now() / 1000

const GITHUB_APP = `
providers:
  github-app:
    description: an installation of a GitHub App
    documentation: https://docs.github.com/en/apps
    fields:
      issuer: { type: text, required: true, help: the client id of the app }
      installation: { type: text, required: true, help: the number of the installation }
      permissions: { type: object, help: less than the installation may do }
      base_url: { type: url, default: "https://api.github.com", help: the API }
    assertion:
      algorithms: [RS256]
      header: { typ: JWT, alg: "\${algorithm}" }
      claims: { iat: "\${iat}", exp: "\${exp}", iss: "\${issuer}" }
      lifetime: 600
      backdate: 60
    limits: { lifetime: 600 }
    call:
      url: \${base_url}/app/installations/\${installation}/access_tokens
      in: json
      params: { permissions: "\${permissions?}" }
      headers:
        Authorization: Bearer \${assertion}
        Accept: application/vnd.github+json
        X-GitHub-Api-Version: "2022-11-28"
        User-Agent: tokentool-test
    answer:
      ok_status: [201]
      token: token
      expires_at: expires_at
      extra: { permissions: permissions }
      error_text: message
      error_code: status
      request_id: header:x-github-request-id
    use: { value: "token \${token}" }
    explain:
      - status: 401
        text: could not be decoded
        means: the key is not one of the keys of the app
        fix: "\${at.key_path} key_path: the key that GitHub made for \${issuer}"
        sent: [iss]
`

describe('github app: the assertion is the bearer of the call', () => {
  const profiles = (origin: string): string => `
profiles:
  app:
    provider: github-app
    base_url: ${origin}
    issuer: Iv1.0123456789abcdef
    installation: "4711"
    permissions:
      contents: read
    key_path: key.pem
${GITHUB_APP}`

  test('201, token, expires_at, a scheme of its own', async () => {
    const token = plantCanary((random) => `ghs_${random}`)
    const expires_at = new Date(Date.now() + 3_600_000).toISOString()
    const service = await serve(() => [
      201,
      { token, expires_at, permissions: { contents: 'read' } },
    ])
    const { code, stdout, folder } = await run(['get', '-vv'], profiles(service.origin), {
      prints: [token],
    })
    expect([code, stdout]).toEqual([0, `${token}\n`])
    const request = service.last()
    expect(`${request.method} ${request.target}`).toBe('POST /app/installations/4711/access_tokens')
    expect(request.json()).toEqual({ permissions: { contents: 'read' } })
    expect(request.headers).toMatchObject({
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      'user-agent': 'tokentool-test',
      'content-type': 'application/json',
    })
    const [scheme, jwt = ''] = request.headers.authorization?.split(' ') ?? []
    expect(scheme).toBe('Bearer')
    expect(isSigned(jwt)).toBe(true)
    const { header, claims } = readJwt(jwt)
    expect(header).toEqual({ typ: 'JWT', alg: 'RS256' })
    expect(Object.keys(claims)).toEqual(['iat', 'exp', 'iss'])
    expect(Number(claims.exp) - Number(claims.iat)).toBe(600)
    expect(Date.now() / 1000 - Number(claims.iat)).toBeGreaterThan(59)

    const form = await run(['get', '-o', 'header'], '', {
      folder,
      prints: [token],
      files: { 'tokentool.yaml': profiles(service.origin) },
    })
    expect(form.stdout).toBe(`Authorization: token ${token}\n`)
    const full = (
      await run(['get', '--json'], profiles(service.origin), { folder, prints: [token] })
    ).json()
    expect(full).toMatchObject({
      provider: 'github-app',
      access_token: token,
      token_type: 'Bearer',
      extra: { permissions: { contents: 'read' } },
      claims: null,
    })
    expect(Math.abs(Number(full.expires_in) - 3600)).toBeLessThan(5)
  })

  test('a refusal is explained by the row of the provider', async () => {
    const service = await serve(() => [
      401,
      { message: 'A JSON web token could not be decoded', status: '401' },
      { 'x-github-request-id': 'ABCD:1234' },
    ])
    const { code, stderr, error } = await run(['get', '--json'], profiles(service.origin))
    expect(code, stderr).toBe(4)
    expect(error()).toMatchObject({
      code: 'service_refused',
      status: 401,
      said: 'A JSON web token could not be decoded',
      means: 'the key is not one of the keys of the app',
      sent: { iss: 'Iv1.0123456789abcdef', request: 'ABCD:1234' },
      fix: ['tokentool.yaml:10:15 key_path: the key that GitHub made for Iv1.0123456789abcdef'],
      request_id: 'ABCD:1234',
    })
  })

  test('a 200 is no success where the service answers 201', async () => {
    const token = plantCanary()
    const service = await serve(() => [200, { token }])
    const { code } = await run(['get', '-vv'], profiles(service.origin))
    expect(code).toBe(5)
  })
})

describe('adobe ims: multipart, claims with URLs for names, milliseconds', () => {
  const secret = plantCanary()
  const profiles = (origin: string): string => `
profiles:
  ims:
    provider: adobe-ims
    base_url: ${origin}
    issuer: 0123ABCD@AdobeOrg
    subject: 4567EF@techacct.adobe.com
    client_id: 89ab
    client_secret: \${env:IMS_SECRET}
    metascopes:
      - ent_dataservices_sdk
      - ent_reactor_admin_sdk
    key_path: key.pem
providers:
  adobe-ims:
    description: Adobe IMS, service accounts with a JWT
    fields:
      base_url: { type: url, default: "https://ims-na1.adobelogin.com", help: IMS }
      issuer: { type: text, required: true, help: the organisation }
      subject: { type: text, required: true, help: the technical account }
      client_id: { type: text, required: true, help: the API key }
      client_secret: { type: text, required: true, help: its secret }
      metascopes: { type: list, required: true, help: names of metascopes }
    assertion:
      algorithms: [RS256]
      header: { alg: "\${algorithm}" }
      claims:
        exp: \${exp}
        iss: \${issuer}
        sub: \${subject}
        aud: \${base_url}/c/\${client_id}
        \${base_url}/s/\${metascopes|each}: true
      lifetime: 86400
    call:
      url: \${base_url}/ims/exchange/jwt
      in: multipart
      params:
        client_id: \${client_id}
        client_secret: \${client_secret}
        jwt_token: \${assertion}
    answer: { expires_unit: ms }
    explain:
      - code: invalid_token
        text: bindings
        means: the certificate ran out or was removed
`

  test('no grant_type, one boolean claim for each metascope, a lifetime in ms', async () => {
    const token = plantCanary()
    const service = await serve(() => [
      200,
      { token_type: 'bearer', access_token: token, expires_in: 86399995 },
    ])
    const { code, stderr, json } = await run(['get', '--json'], profiles(service.origin), {
      env: { IMS_SECRET: secret },
      prints: [token],
    })
    expect(code, stderr).toBe(0)
    expect(stderr).toBe('')
    expect(json()).toMatchObject({ access_token: token, token_type: 'Bearer' })
    expect(Math.abs(Number(json().expires_in) - 86399)).toBeLessThan(5)
    const request = service.last()
    const type = request.headers['content-type'] ?? ''
    expect(type).toMatch(/^multipart\/form-data; boundary=/)
    const fields = await new Response(request.body, {
      headers: { 'content-type': type },
    }).formData()
    expect([...fields.keys()]).toEqual(['client_id', 'client_secret', 'jwt_token'])
    expect(fields.get('client_secret')).toBe(secret)
    const jwt = `${fields.get('jwt_token')}`
    expect(isSigned(jwt)).toBe(true)
    const { claims } = readJwt(jwt)
    expect(claims).toEqual({
      exp: expect.any(Number),
      iss: '0123ABCD@AdobeOrg',
      sub: '4567EF@techacct.adobe.com',
      aud: `${service.origin}/c/89ab`,
      [`${service.origin}/s/ent_dataservices_sdk`]: true,
      [`${service.origin}/s/ent_reactor_admin_sdk`]: true,
    })
    expect(Math.abs(Number(claims.exp) - Date.now() / 1000 - 86400)).toBeLessThan(5)
  })

  test('the same without its unit is warned about, not believed', async () => {
    const token = plantCanary()
    const service = await serve(() => [200, { access_token: token, expires_in: 86399995 }])
    const { code, stderr } = await run(
      ['get', '-s', 'answer.expires_unit=auto'],
      profiles(service.origin),
      { env: { IMS_SECRET: secret }, prints: [token] },
    )
    expect(code).toBe(0)
    expect(stderr).toContain('implausible')
    expect(stderr).toContain('answer: expires_unit: ms')
  })

  test('a refusal', async () => {
    const service = await serve(() => [
      400,
      {
        error: 'invalid_token',
        error_description: 'Could not match JWT signature to any of the bindings',
      },
    ])
    const { code, error } = await run(['get', '--json'], profiles(service.origin), {
      env: { IMS_SECRET: secret },
    })
    expect(code).toBe(4)
    expect(error()).toMatchObject({
      said: 'invalid_token: Could not match JWT signature to any of the bindings',
      means: 'the certificate ran out or was removed',
    })
  })
})

describe('snowflake: no call, the assertion is the token', () => {
  const profiles = `
profiles:
  snow:
    provider: snowflake
    account: my.account
    user: loader
    key_path: key.pem
providers:
  snowflake:
    description: Snowflake, key-pair authentication
    fields:
      account: { type: text, required: true, help: the account identifier }
      user: { type: text, required: true, help: the user whose key it is }
      qualified: { type: text, default: "\${account|dashes|upper}.\${user|upper}", help: both }
    assertion:
      algorithms: [RS256]
      header: { alg: "\${algorithm}", typ: JWT }
      claims:
        iss: \${qualified}.SHA256:\${key.spki_sha256}
        sub: \${qualified}
        iat: \${iat}
        exp: \${exp}
      lifetime: 3600
    limits: { lifetime: 3600 }
    use:
      headers: { X-Snowflake-Authorization-Token-Type: KEYPAIR_JWT }
`
  const der = key.publicKey.export({ type: 'spki', format: 'der' })
  const fingerprint = createHash('sha256').update(der).digest('base64')

  test('the fingerprint of the key, upper case, dashes for dots', async () => {
    const { code, stdout, stderr } = await run(['get'], profiles)
    expect([code, stderr]).toEqual([0, ''])
    const jwt = stdout.trim()
    expect(isSigned(jwt)).toBe(true)
    const { claims } = readJwt(jwt)
    expect(claims.iss).toBe(`MY-ACCOUNT.LOADER.SHA256:${fingerprint}`)
    expect(claims.sub).toBe('MY-ACCOUNT.LOADER')
    expect(Number(claims.exp) - Number(claims.iat)).toBe(3600)
  })

  test('its expiry is that of the assertion; the further header is in the JSON', async () => {
    const { json } = await run(['get', '--json'], profiles)
    expect(json()).toMatchObject({
      headers: { 'X-Snowflake-Authorization-Token-Type': 'KEYPAIR_JWT' },
    })
    expect(Math.abs(secondsFromNow(json().expires_at) - 3600)).toBeLessThan(5)
  })

  test('there is no request to show, and mint prints the same thing', async () => {
    const curl = await run(['get', '--curl'], profiles)
    expect(curl.code).toBe(2)
    expect(curl.stderr).toContain('tokentool mint snow')
    const dry = await run(['get', '-n'], profiles)
    expect(dry.code).toBe(0)
    expect(dry.stdout).toContain('nothing is sent')
    expect(dry.stdout).toContain(`MY-ACCOUNT.LOADER.SHA256:${fingerprint}`)
    const mint = await run(['mint'], profiles)
    expect(isSigned(mint.stdout.trim())).toBe(true)
  })
})

describe('box: a key with its passphrase inside a JSON file, secret and assertion together', () => {
  const secret = plantCanary()
  const passphrase = plantCanary()
  const box = JSON.stringify({
    boxAppSettings: {
      clientID: 'box-client',
      clientSecret: secret,
      appAuth: { publicKeyID: 'abcd1234', privateKey: plantKey(lock(key, passphrase)), passphrase },
    },
    enterpriseID: '987654',
  })
  const profiles = (origin: string): string => `
profiles:
  box:
    provider: jwt-bearer
    token_endpoint: ${origin}/oauth2/token
    audience: https://api.box.com/oauth2/token
    client_auth: client_secret_post
    issuer: \${client_id}
    client_id: \${file:box.json#boxAppSettings.clientID}
    client_secret: \${file:box.json#boxAppSettings.clientSecret}
    key: \${file:box.json#boxAppSettings.appAuth.privateKey}
    passphrase: \${file:box.json#boxAppSettings.appAuth.passphrase}
    key_id: \${file:box.json#boxAppSettings.appAuth.publicKeyID}
    subject: \${file:box.json#enterpriseID}
    lifetime: 45s
    backdate: 0
    assertion:
      claims: { box_sub_type: enterprise, iat: null }
    answer:
      extra: { restricted_to: restricted_to }
`

  test('success', async () => {
    const token = plantCanary()
    const service = await serve(() => [
      200,
      { access_token: token, expires_in: 4200, restricted_to: [], token_type: 'bearer' },
    ])
    const { code, stderr } = await run(['get'], profiles(service.origin), {
      files: { 'box.json': box },
      prints: [token],
    })
    expect(code, stderr).toBe(0)
    const { form } = service.last()
    expect(form.get('client_id')).toBe('box-client')
    expect(form.get('client_secret')).toBe(secret)
    const jwt = form.get('assertion') ?? ''
    expect(isSigned(jwt)).toBe(true)
    const { header, claims } = readJwt(jwt)
    expect(header.kid).toBe('abcd1234')
    expect(claims).toEqual({
      iss: 'box-client',
      sub: '987654',
      aud: 'https://api.box.com/oauth2/token',
      exp: expect.any(Number),
      jti: expect.any(String),
      box_sub_type: 'enterprise',
    })
    expect(Number(claims.exp) - Date.now() / 1000).toBeLessThan(46)
  })
})

describe('twilio: HS256 with the API secret, a jti of parts, cty, nested grants', () => {
  test('no call', async () => {
    const secret = plantCanary()
    const { code, stdout } = await run(
      ['get'],
      `
profiles:
  twilio:
    provider: twilio
    issuer: SK0123
    subject: AC4567
    client_secret: \${env:TWILIO_SECRET}
    grants_claim:
      identity: alice
      chat:
        service_sid: IS89
providers:
  twilio:
    description: a Twilio access token
    fields:
      issuer: { type: text, required: true, help: the SID of the key }
      subject: { type: text, required: true, help: the SID of the account }
      client_secret: { type: text, required: true, help: the secret of the key }
      grants_claim: { type: object, help: what it allows }
    assertion:
      algorithms: [HS256]
      key: \${client_secret}
      header: { cty: twilio-fpa;v=1, typ: JWT, alg: "\${algorithm}" }
      claims:
        jti: \${issuer}-\${iat}
        grants: \${grants_claim?}
        iss: \${issuer}
        exp: \${exp}
        sub: \${subject}
      lifetime: 3600
`,
      { env: { TWILIO_SECRET: secret } },
    )
    expect(code).toBe(0)
    const { header, claims, input, signature } = readJwt(stdout.trim())
    expect(createHmac('sha256', secret).update(input).digest()).toEqual(signature)
    expect(header).toEqual({ cty: 'twilio-fpa;v=1', typ: 'JWT', alg: 'HS256' })
    expect(claims.jti).toBe(`SK0123-${Number(claims.exp) - 3600}`)
    expect(claims.grants).toEqual({ identity: 'alice', chat: { service_sid: 'IS89' } })
  })
})

describe('apns: ES256, no exp, yet known to be good for less than an hour', () => {
  test('no call', async () => {
    const ec = makeEcKey()
    const { code, json } = await run(
      ['get', '--json'],
      `
profiles:
  apns:
    provider: apns
    issuer: TEAM123456
    key_id: KEY1234567
    key_path: key.p8
providers:
  apns:
    description: Apple push notifications
    fields:
      issuer: { type: text, required: true, help: the team }
      key_id: { type: text, required: true, help: the key }
    assertion:
      algorithms: [ES256]
      header: { alg: "\${algorithm}", kid: "\${key_id}" }
      claims: { iss: "\${issuer}", iat: "\${iat}" }
    answer: { expires_after: 3000 }
    use: { value: "bearer \${token}" }
`,
      { files: { 'key.p8': plantKey(ec.pem) } },
    )
    expect(code).toBe(0)
    const { header, claims, input, signature } = readJwt(`${json().access_token}`)
    expect(header).toEqual({ alg: 'ES256', kid: 'KEY1234567' })
    expect(Object.keys(claims)).toEqual(['iss', 'iat'])
    const options = { key: ec.publicKey, dsaEncoding: 'ieee-p1363' } as const
    expect(verify('sha256', Buffer.from(input), options, signature)).toBe(true)
    expect(Math.abs(Number(json().expires_in) - 3000)).toBeLessThan(5)
  })
})

describe('billpay: times as text, names with dots, a grant and a parameter of its own', () => {
  test('success', async () => {
    const token = plantCanary()
    const refresh = plantCanary()
    const service = await serve(() => [
      200,
      { access_token: token, expires_in: 600, refresh_token: refresh, user_status: 'Active' },
    ])
    const { code, stderr, json } = await run(
      ['get', '--json'],
      `
profiles:
  billpay:
    provider: billpay
    base_url: ${service.origin}
    client_id: sponsor
    tenant: "77"
    key_path: key.pem
providers:
  billpay:
    description: Fiserv BillPay
    fields:
      base_url: { type: url, required: true, help: the host }
      client_id: { type: text, required: true, help: the client }
      tenant: { type: text, required: true, help: the tenant }
    assertion:
      algorithms: [RS256]
      header: { alg: "\${algorithm}", x5t: "\${certificate.x5t?}" }
      claims:
        iss: \${client_id}
        aud: Fiserv
        iat: \${iat|text}
        exp: \${exp|text}
        fiserv.identity.billpay.sponsorId: \${tenant}
    call:
      url: \${base_url}/connect/token
      params:
        grant_type: ChallengerGrant
        client_id: \${client_id}
        tenantId: \${tenant}
        JWT: \${assertion}
    answer: { extra: { refresh_token: refresh_token, user_status: user_status } }
`,
      { prints: [token, refresh] },
    )
    expect(code, stderr).toBe(0)
    expect(json().extra).toEqual({ refresh_token: refresh, user_status: 'Active' })
    const { form } = service.last()
    expect([...form.keys()]).toEqual(['grant_type', 'client_id', 'tenantId', 'JWT'])
    const { claims } = readJwt(form.get('JWT') ?? '')
    expect(claims).toMatchObject({
      aud: 'Fiserv',
      iat: expect.stringMatching(/^\d{10}$/),
      exp: expect.stringMatching(/^\d{10}$/),
      'fiserv.identity.billpay.sponsorId': '77',
    })
  })
})

describe('entra: a client assertion with x5t, another token beside it', () => {
  test('on behalf of', async () => {
    const token = plantCanary()
    const user = plantCanary((random) => `eyJ.${random}`)
    const service = await serve(() => [
      200,
      { access_token: token, token_type: 'Bearer', expires_in: '3599', expires_on: '1' },
    ])
    const profiles = (origin: string): string => `
profiles:
  entra:
    provider: client-credentials
    token_endpoint: ${origin}/tenant/oauth2/v2.0/token
    client_auth: private_key_jwt
    client_id: app
    algorithm: PS256
    key_path: key.pem
    certificate_path: key.crt
    scopes: https://graph.microsoft.com/.default
    client_assertion:
      header: { x5t: null, x5t#S256: "\${certificate.x5t_s256}" }
      claims: { nbf: "\${now}" }
    call:
      params:
        grant_type: urn:ietf:params:oauth:grant-type:jwt-bearer
        requested_token_use: on_behalf_of
        assertion: \${file:user.jwt}
    answer: { error_code: [error_codes.0, error] }
    explain:
      - code: "7000215"
        means: that is the id of the secret, not the secret
`
    const first = await run(['get', '-n'], profiles(service.origin), {
      files: { 'user.jwt': user, 'key.crt': '' },
    })
    expect(first.code).toBe(3)
    const crt = certify(`${first.folder}/key.pem`)
    const files = { 'user.jwt': user, 'key.crt': crt }
    const { code, stderr } = await run(['get'], profiles(service.origin), {
      files,
      prints: [token],
    })
    expect(code, stderr).toBe(0)
    const { form } = service.last()
    expect(form.get('assertion')).toBe(user)
    expect(form.get('requested_token_use')).toBe('on_behalf_of')
    const { header, claims } = readJwt(form.get('client_assertion') ?? '')
    const der = new X509Certificate(crt).raw
    expect(header).toMatchObject({
      alg: 'PS256',
      'x5t#S256': createHash('sha256').update(der).digest('base64url'),
    })
    expect(header.x5t).toBeUndefined()
    expect(claims.nbf).toEqual(expect.any(Number))

    const bad = await serve(() => [
      401,
      {
        error: 'invalid_client',
        error_description: 'AADSTS7000215: Invalid client secret provided.',
        error_codes: [7000215],
        trace_id: 'trace-1',
      },
    ])
    const refused = await run(['get', '--json'], profiles(bad.origin), { files })
    expect(refused.code).toBe(4)
    expect(refused.error()).toMatchObject({
      said: '7000215: AADSTS7000215: Invalid client secret provided.',
      means: 'that is the id of the secret, not the secret',
      request_id: 'trace-1',
    })
  })
})
