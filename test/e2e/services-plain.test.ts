// The two plain providers through the real program: everything a service may want is said by fields.

import { describe, expect, onTestFinished, test } from 'vitest'
import { makeCertificates } from '../support/certificates.ts'
import { lock, makeEcKey, makeRsaKey, readJwt, toPkcs1 } from '../support/keys.ts'
import {
  type Outcome,
  plantCanary,
  plantKey,
  runProgram,
  type Setting,
} from '../support/program.ts'
import { type Reply, type Service, serve } from '../support/service.ts'
import { startTwins } from '../support/twins.ts'

const key = makeRsaKey()
const curve = makeEcKey()
plantKey(key.pem)
plantKey(curve.pem)
const secret = plantCanary((random) => `s: %&+${random}${random}`)

const sandbox = await startTwins({
  generic: [
    { issuer: 'me', public_key: key.publicPem, scopes: ['a', 'b'] },
    { issuer: 'curve', public_key: curve.publicPem },
    { client_id: 'id:1', client_secret: secret, scopes: ['a', 'b'] },
    { client_id: 'keyed', public_key: key.publicPem, client_auth: 'private_key_jwt' },
    { client_id: 'post', client_secret: secret, client_auth: 'client_secret_post' },
    { client_id: 'mac', client_secret: secret, client_auth: 'client_secret_jwt' },
  ],
})
const { base_url: base, token_endpoint } = sandbox.services.generic

const PROFILES = `
profiles:
  bearer:
    provider: jwt-bearer
    token_endpoint: ${token_endpoint}
    issuer: me
    subject: someone
    scopes:
      - a
      - b
    key_path: key.pem
  client:
    provider: client-credentials
    token_endpoint: ${token_endpoint}
    client_id: id:1
    client_secret: \${env:CLIENT_SECRET}
    scopes: a
`

function run(args: readonly string[], setting: Setting = {}): Promise<Outcome> {
  return runProgram([...args, '-c', 'tokentool.yaml'], {
    ...setting,
    env: { CLIENT_SECRET: secret, ...setting.env },
    files: {
      'tokentool.yaml': PROFILES,
      'key.pem': key.pem,
      'ec.pem': curve.pem,
      ...setting.files,
    },
  })
}

const set = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).flatMap(([name, value]) => ['-s', `${name}=${value}`])

describe('jwt-bearer', () => {
  test('a token', async () => {
    const { code, stderr, json } = await run(['get', 'bearer', '--json'])
    expect([code, stderr]).toEqual([0, ''])
    expect(json()).toMatchObject({
      environment: null,
      scopes: ['a', 'b'],
      claims: { sub: 'someone' },
    })
    expect(Math.abs(Number(json().expires_in) - 3600)).toBeLessThan(5)
  })

  test('the algorithm follows the key; every attempt has its own jti', async () => {
    const args = ['mint', 'bearer', ...set({ issuer: 'curve', key_path: 'ec.pem' })]
    const [one, two] = await Promise.all([run(args), run(args)])
    const first = readJwt(one.stdout.trim())
    expect(first.header).toMatchObject({ alg: 'ES256', typ: 'JWT' })
    expect(first.claims.jti).not.toBe(readJwt(two.stdout.trim()).claims.jti)
    const { code } = await run([
      'get',
      'bearer',
      ...set({ issuer: 'curve', key_path: 'ec.pem', algorithm: 'ES256' }),
      '-s',
      'scopes:=null',
    ])
    expect(code).toBe(0)
  })

  test('what it sends, with everything a profile can add', async () => {
    const service = await serve(() => [500])
    await run([
      'get',
      'bearer',
      ...set({
        token_endpoint: `${service.origin}/token`,
        audience: 'https://api.example/',
        resource: 'https://one.example',
        client_id: 'app',
        'assertion.claims["https://claims.example/role"]': 'admin',
        'assertion.header.kid': 'key-1',
        'call.params.requested': '${environment?}',
        'call.query.tenant': 'a b',
        'call.headers.X-Trace': '1',
      }),
      '-s',
      'assertion.claims.nested:={"deep":[1,true]}',
      '-s',
      'assertion.claims.scope=${scopes|comma}',
      '--scope',
      'x y',
      '--scope',
      'z',
    ])
    const { target, form, headers } = service.last()
    expect(target).toBe('/token?tenant=a%20b')
    expect(headers['x-trace']).toBe('1')
    expect([...form.keys()]).toEqual(['grant_type', 'assertion', 'scope', 'resource', 'client_id'])
    expect(form.get('scope')).toBe('x y z')
    expect(form.get('client_id')).toBe('app')
    const { header, claims } = readJwt(form.get('assertion') ?? '')
    expect(header.kid).toBe('key-1')
    expect(claims).toMatchObject({
      iss: 'me',
      sub: 'someone',
      aud: 'https://api.example/',
      'https://claims.example/role': 'admin',
      nested: { deep: [1, true] },
      scope: 'x,y,z',
    })
  })

  test.concurrent.each<[string, string, (fields: Setting) => Setting]>([
    ['PKCS#1', 'key_path=k', () => ({ files: { k: plantKey(toPkcs1(key)) } })],
    [
      'an encrypted PKCS#8',
      'key_path=k',
      () => {
        const passphrase = plantCanary()
        return { files: { k: plantKey(lock(key, passphrase)) }, env: { PASS: passphrase } }
      },
    ],
    [
      'a JWK',
      'key_path=k',
      () => ({ files: { k: JSON.stringify(key.privateKey.export({ format: 'jwk' })) } }),
    ],
    [
      'a variable with literal \\n',
      'key=${env:KEY}',
      () => ({ env: { KEY: key.pem.trim().replaceAll('\n', '\\n') } }),
    ],
    [
      'a variable in base64',
      'key=${env:KEY}',
      () => ({ env: { KEY: Buffer.from(key.pem).toString('base64') } }),
    ],
  ])('the key as %s', async (_, field, make) => {
    const setting = make({})
    const pass = setting.env?.PASS === undefined ? [] : ['-s', 'passphrase=${env:PASS}']
    const unset = field.startsWith('key=') ? ['-s', 'key_path:=null'] : []
    const { code, stderr } = await run(['get', 'bearer', '-s', field, ...unset, ...pass], setting)
    expect([code, stderr]).toEqual([0, ''])
  })

  test('a Google service account: all from one file', async () => {
    const service = await serve(() => [200, { access_token: 'opaque-token', expires_in: 3599 }])
    const account = JSON.stringify({
      type: 'service_account',
      private_key_id: 'kid-1',
      private_key: key.pem,
      client_email: 'robot@project.iam.gserviceaccount.com',
      token_uri: `${service.origin}/token`,
    })
    const { code, stderr } = await run(
      [
        'get',
        '--provider',
        'jwt-bearer',
        ...set({ key_path: 'account.json', 'assertion.claims.scope': '${scopes|space}' }),
        '-s',
        'call.params.scope:=null',
        '--scope',
        'https://www.googleapis.com/auth/cloud-platform',
      ],
      { files: { 'account.json': account } },
    )
    expect(code, stderr).toBe(0)
    expect([...service.last().form.keys()]).toEqual(['grant_type', 'assertion'])
    const { header, claims } = readJwt(service.last().form.get('assertion') ?? '')
    expect(header).toMatchObject({ alg: 'RS256', kid: 'kid-1' })
    expect(claims).toMatchObject({
      iss: 'robot@project.iam.gserviceaccount.com',
      aud: `${service.origin}/token`,
      scope: 'https://www.googleapis.com/auth/cloud-platform',
    })
  })

  test.each([
    ['an unknown issuer', ['-s', 'issuer=nobody'], 'invalid_grant'],
    ['another audience', ['-s', 'audience=https://else.example'], 'invalid_grant'],
    ['another key', ['-s', 'key_path=ec.pem'], 'invalid_grant'],
    ['a scope', ['--scope', 'c'], 'invalid_scope'],
    ['another grant', ['-s', 'call.params.grant_type=x'], 'unsupported_grant_type'],
  ])('%s', async (_, args, said) => {
    const { code, stderr, error } = await run(['get', 'bearer', '--json', ...args])
    expect(code, stderr).toBe(4)
    expect(`${error().said}`).toMatch(new RegExp(`^${said}: `))
    expect(error().means).not.toBeNull()
    expect(error().fix).not.toEqual([])
  })

  test('errors of the RFC with 200, and a token beside an error', async () => {
    const service = await serve(() => [200, { error: 'invalid_grant', access_token: 'no-token' }])
    const { code, error } = await run([
      'get',
      'bearer',
      '--json',
      '-s',
      `token_endpoint=${service.origin}`,
    ])
    expect(code).toBe(4)
    expect(error()).toMatchObject({ status: 200, said: 'invalid_grant' })
  })
})

describe('client-credentials', () => {
  test.each([
    ['client_secret_basic', 'id:1'],
    ['client_secret_post', 'post'],
    ['client_secret_jwt', 'mac'],
    ['private_key_jwt', 'keyed'],
  ])('%s', async (client_auth, client_id) => {
    const args = ['get', 'client', ...set({ client_auth, client_id })]
    const signed = client_auth === 'private_key_jwt' ? ['-s', 'key_path=key.pem'] : []
    const { code, stderr } = await run([...args, '--scope', 'a', ...signed])
    expect([code, stderr]).toEqual([0, ''])
  })

  test('what each of them sends', async () => {
    const service = await serve(() => [500])
    const ask = async (args: readonly string[]) => {
      const to = ['-s', `token_endpoint=${service.origin}/token`]
      await run(['get', 'client', ...to, ...args])
      const { headers, form } = service.last()
      return { authorization: headers.authorization, form: Object.fromEntries(form) }
    }
    const plain = { grant_type: 'client_credentials', scope: 'a' }
    const encoded = `id%3A1:${encodeURIComponent(secret)}`
    expect(await ask([])).toEqual({
      authorization: `Basic ${Buffer.from(encoded).toString('base64')}`,
      form: plain,
    })
    expect(await ask(set({ client_auth: 'client_secret_post' }))).toEqual({
      authorization: undefined,
      form: { ...plain, client_id: 'id:1', client_secret: secret },
    })
    expect(await ask(set({ client_auth: 'none', audience: 'https://api.example' }))).toEqual({
      authorization: undefined,
      form: { ...plain, client_id: 'id:1', audience: 'https://api.example' },
    })
    for (const client_auth of ['client_secret_jwt', 'private_key_jwt']) {
      const { authorization, form } = await ask(set({ client_auth, key_path: 'key.pem' }))
      expect(authorization).toBeUndefined()
      expect(form.client_assertion_type).toBe(
        'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      )
      expect(form).not.toHaveProperty('client_secret')
      const { header, claims } = readJwt(form.client_assertion ?? '')
      expect(header.alg).toBe(client_auth === 'private_key_jwt' ? 'RS256' : 'HS256')
      expect(claims).toMatchObject({
        iss: 'id:1',
        sub: 'id:1',
        aud: `${service.origin}/token`,
        jti: expect.any(String),
      })
    }
  })

  test('tls_client_auth: the certificate is the client', async () => {
    const certificates = makeCertificates()
    onTestFinished(certificates.remove)
    const service = await serve(
      ({ client, form }): Reply =>
        client === form.get('client_id') ? [200, { access_token: 'opaque-token' }] : [401],
      {
        key: certificates.read('good.key'),
        cert: certificates.read('good.crt'),
        ca: certificates.read('root.crt'),
        requestCert: true,
        rejectUnauthorized: false,
      },
    )
    const base = set({
      client_auth: 'tls_client_auth',
      client_id: 'client',
      token_endpoint: `${service.origin}/token`,
      'tls.ca': certificates.path('root.crt'),
    })
    const pair = set({
      'tls.cert': certificates.path('client.crt'),
      'tls.key': certificates.path('client.key'),
    })
    const args = ['get', 'client', '-s', 'client_secret:=null']
    const good = await run([...args, ...base, ...pair])
    expect([good.code, good.stdout, good.stderr]).toEqual([0, 'opaque-token\n', ''])
    const bare = await run([...args, ...base])
    expect(bare.code).toBe(4)
    const missing = await run([...args, ...set({ client_auth: 'tls_client_auth' }), '--json'])
    expect(missing.code).toBe(2)
    expect(missing.error()).toMatchObject({ code: 'field_missing' })
    expect(`${missing.error().message}`).toContain('tls')
  })

  test.each([
    ['a wrong secret', {}, 'invalid_client', 401],
    ['an unknown client', { client_id: 'nobody' }, 'invalid_client', 401],
    ['a scope', { scopes: 'z' }, 'invalid_scope', 400],
  ])('%s', async (_, values, said, status) => {
    const env = Object.keys(values).length === 0 ? { CLIENT_SECRET: plantCanary() } : {}
    const { code, error } = await run(['get', 'client', '--json', ...set(values)], { env })
    expect(code).toBe(4)
    expect(error()).toMatchObject({ status })
    expect(`${error().said}`).toMatch(new RegExp(`^${said}: `))
    expect(error().fix).not.toEqual([])
  })

  test('a way of authenticating that nobody knows', async () => {
    const { code, error } = await run(['get', 'client', '--json', '-s', 'client_auth=basic'])
    expect(code).toBe(2)
    expect(`${error().means}`).toContain('client_secret_basic, client_secret_post')
  })
})

describe('discovery', () => {
  const metadata = (service: () => Service, issuer?: string) => (path: string) =>
    [
      200,
      {
        issuer: issuer ?? service().origin + path,
        token_endpoint: `${service().origin}/elsewhere`,
      },
    ] as Reply

  test('RFC 8414 first, then OpenID', async () => {
    const service: Service = await serve(({ path }) =>
      path === '/tenant/.well-known/openid-configuration'
        ? metadata(() => service)('/tenant')
        : path === '/elsewhere'
          ? [200, { access_token: 'opaque-token' }]
          : [404],
    )
    const args = ['get', 'bearer', '-s', 'token_endpoint:=null']
    const { code, stderr } = await run([
      ...args,
      '-s',
      `authorization_server=${service.origin}/tenant`,
    ])
    expect([code, stderr]).toEqual([0, ''])
    expect(service.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /.well-known/oauth-authorization-server/tenant',
      'GET /tenant/.well-known/openid-configuration',
      'POST /elsewhere',
    ])
    const { claims } = readJwt(service.last().form.get('assertion') ?? '')
    expect(claims.aud).toBe(`${service.origin}/elsewhere`)
  })

  test('against the twin', async () => {
    const args = [
      'get',
      'client',
      '-s',
      'token_endpoint:=null',
      '-s',
      `authorization_server=${base}`,
    ]
    expect((await run(args)).code).toBe(0)
  })

  test.each([
    ['another issuer', 'https://evil.example', 'is another issuer’s'],
    ['the same with a slash', 'slash', 'to the letter'],
  ])('%s is refused, and nothing is sent there', async (_, issuer) => {
    const service: Service = await serve(() =>
      metadata(() => service, issuer === 'slash' ? `${service.origin}/` : issuer)(''),
    )
    const { code, error } = await run([
      'get',
      'client',
      '--json',
      '-s',
      'token_endpoint:=null',
      '-s',
      `authorization_server=${service.origin}`,
    ])
    expect(code).toBe(5)
    expect(error()).toMatchObject({ code: 'discovery_invalid' })
    expect(`${error().means}`).toContain('to the letter')
    expect(service.requests.map(({ method }) => method)).toEqual(['GET'])
  })

  test('a server without metadata, and metadata without an endpoint', async () => {
    const none = await serve(() => [404, 'not here'])
    const ask = (origin: string) =>
      run([
        'get',
        'client',
        '--json',
        '-s',
        'token_endpoint:=null',
        '-s',
        `authorization_server=${origin}`,
      ])
    const nothing = await ask(none.origin)
    expect(nothing.code).toBe(5)
    expect(`${nothing.error().message}`).toContain('publishes no metadata')
    expect(none.requests).toHaveLength(2)
    const bare: Service = await serve(() => [200, { issuer: bare.origin }])
    expect(`${(await ask(bare.origin)).error().message}`).toContain('names no token_endpoint')
  })

  test('neither endpoint nor server', async () => {
    const { code, error } = await run(['get', 'client', '--json', '-s', 'token_endpoint:=null'])
    expect(code).toBe(2)
    expect(error()).toMatchObject({ code: 'field_missing' })
    expect(JSON.stringify(error())).toContain('authorization_server')
  })

  test('a dry run asks nobody', async () => {
    const { code, stderr } = await run([
      'get',
      'client',
      '-n',
      '-s',
      'token_endpoint:=null',
      '-s',
      'authorization_server=http://127.0.0.1:9',
    ])
    expect(code).toBe(2)
    expect(stderr).toContain('-s token_endpoint=https://…')
  })
})

describe('without a profile file', () => {
  test('--provider and -s say it all', async () => {
    const bearer = await runProgram(
      [
        'get',
        '--provider',
        'jwt-bearer',
        ...set({ token_endpoint: `${token_endpoint}`, key_path: 'k.pem', issuer: 'me' }),
      ],
      { files: { 'k.pem': key.pem } },
    )
    expect([bearer.code, bearer.stderr]).toEqual([0, ''])
    const client = await runProgram(
      [
        'get',
        '--provider=client-credentials',
        ...set({ token_endpoint: `${token_endpoint}`, client_id: 'id:1' }),
        '-s',
        'client_secret=@-',
      ],
      { stdin: `${secret}\n` },
    )
    expect([client.code, client.stderr]).toEqual([0, ''])
    const variable = await runProgram(
      [
        'get',
        '--provider=client-credentials',
        ...set({ token_endpoint: `${token_endpoint}`, client_id: 'id:1' }),
        '-s',
        'client_secret=${env:SECRET}',
      ],
      { env: { SECRET: secret } },
    )
    expect([variable.code, variable.stderr]).toEqual([0, ''])
  })

  test('a secret in an argument is refused', async () => {
    for (const word of ['client_secret=hunter2hunter2', 'client_secret=${env:X:-hunter2hunter2}']) {
      const { code, stderr } = await runProgram([
        'get',
        '--provider=client-credentials',
        '-s',
        word,
      ])
      expect(code).toBe(2)
      expect(stderr).toContain('arguments can be read by everyone')
      expect(stderr).toContain('-s client_secret=@FILE')
      expect(stderr).not.toContain('hunter2')
    }
    const header = await runProgram([
      'get',
      '--provider=client-credentials',
      '-s',
      'call.headers.Authorization=Basic hunter2hunter2',
    ])
    expect(header.code).toBe(2)
    expect(header.stderr).not.toContain('hunter2')
  })

  test('all that is missing is said at once', async () => {
    const { code, error } = await runProgram(['get', '--provider', 'firstvision-json', '--json'])
    expect(code).toBe(2)
    expect(error()).toMatchObject({
      code: 'field_missing',
      message: 'firstvision-json has no base_url, no client_id, no client_secret, no scopes',
    })
  })

  test('the nearest name of a provider', async () => {
    const { code, stderr } = await runProgram(['get', '--provider', 'jwt-bearr'])
    expect(code).toBe(2)
    expect(stderr).toContain('did you mean jwt-bearer?')
  })
})
