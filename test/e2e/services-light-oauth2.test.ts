// light-oauth2 through the real program: six grants, three ways of saying who the client is, TLS as
// its stock keystores have it, and the table of its errors.

import { createHash } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { makeCertificates } from '../support/certificates.ts'
import { readJwt } from '../support/keys.ts'
import { type Outcome, plantCanary, runProgram, type Setting } from '../support/program.ts'
import { type Reply, serve } from '../support/service.ts'
import { startTwins } from '../support/twins.ts'

// every character that some encoding gets wrong, and a letter to tell the rest from a number
const secret = plantCanary((random) => `@ "+&~'ü%:${random}`)
const password = plantCanary((random) => `é${random}=`)
const plain = plantCanary()
const redirect_uri = 'https://app.example/callback'
const client = {
  client_id: 'f7d42348-c647-4efb-a52d-4c5787421e72',
  client_secret: secret,
  type: 'trusted',
  scopes: ['petstore.r', 'petstore.w'],
} as const

/** A code or refresh token for each test: the service uses them up. */
let issued = 0
const codes: string[] = []
const accounts = {
  'light-oauth2': [
    client,
    { ...client, client_id: 'public', type: 'public' },
    { ...client, client_id: 'external', type: 'external' },
    { ...client, client_id: 'boot', type: 'bootstrap', scopes: ['portal.w'] },
    { ...client, client_id: 'odd', custom_claims: '[' },
    { ...client, client_id: 'classy', authenticate_class: 'com.example.Nothing' },
    { ...client, client_id: 'plain', client_secret: plain },
    { username: 'admin', password, user_type: 'employee' },
    ...Array.from({ length: 12 }, () => {
      const code = plantCanary()
      codes.push(code)
      return { code, client_id: client.client_id, redirect_uri }
    }),
  ],
} as const
const verifier = plantCanary((random) => `${random}${'-'.repeat(30)}`)
const challenge = createHash('sha256').update(verifier).digest('base64url')
const pkce = Array.from({ length: 5 }, () => plantCanary())
const nobody = plantCanary()
const odd = plantCanary()
const refresh = plantCanary()
const foreign = plantCanary()
const sandbox = await startTwins({
  'light-oauth2': [
    ...accounts['light-oauth2'],
    ...pkce.map((code) => ({ code, challenge, method: 'S256' })),
    { code: odd, challenge, method: 'S512' },
    { code: nobody, username: 'gone' },
    { refresh_token: refresh, client_id: client.client_id, username: 'admin' },
    { refresh_token: foreign, client_id: 'public', username: 'admin' },
  ],
})
const base = sandbox.services['light-oauth2'].base_url
const takeCode = (): string => codes[issued++] ?? ''

const PROFILES = `
profiles:
  light:
    provider: light-oauth2
    base_url: ${base}
    client_id: ${client.client_id}
    client_secret: \${env:CLIENT_SECRET}
`

function run(args: readonly string[], setting: Setting = {}): Promise<Outcome> {
  return runProgram([...args, '-c', 'tokentool.yaml'], {
    ...setting,
    env: { CLIENT_SECRET: secret, ...setting.env },
    files: { 'tokentool.yaml': PROFILES, ...setting.files },
  })
}

const set = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).flatMap(([name, value]) => ['-s', `${name}=${value}`])

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

describe('client credentials', () => {
  test('a token like those of the service', async () => {
    const { code, stderr, json } = await run(['get', '--json'])
    expect([code, stderr]).toEqual([0, ''])
    const { header, claims } = readJwt(`${json().access_token}`)
    expect(header).toEqual({ kid: '100', alg: 'RS256' })
    expect(claims.scope).toEqual(['petstore.r', 'petstore.w'])
    expect(json()).toMatchObject({
      token_type: 'Bearer',
      scopes: ['petstore.r', 'petstore.w'],
      environment: null,
      extra: {},
    })
    expect(Math.abs(Number(json().expires_in) - 600)).toBeLessThan(5)
  })

  test.concurrent.each(['basic', 'basic_raw', 'post'])('client_auth: %s', async (auth) => {
    // the raw form is a header, and a header is Latin-1
    const { code, stderr } = await run(['get', ...set({ client_auth: auth, client_id: 'plain' })], {
      env: { CLIENT_SECRET: plain },
    })
    expect([code, stderr]).toEqual([0, ''])
  })

  test.concurrent.each(['basic', 'post'])('any secret, by %s', async (auth) => {
    const { code, stderr } = await run(['get', ...set({ client_auth: auth })])
    expect([code, stderr]).toEqual([0, ''])
  })

  test('what each of them sends', async () => {
    const service = await serve(() => [500])
    const ask = async (auth: string) => {
      const at = { base_url: service.origin, client_id: 'a', client_auth: auth, scopes: 'x y' }
      const outcome = await run(['get', ...set(at)], { env: { CLIENT_SECRET: plain } })
      expect(outcome.code).toBe(6)
      const { headers, form, target, body } = service.last()
      expect(target).toBe('/oauth2/token')
      expect(headers['content-type']).toBe('application/x-www-form-urlencoded')
      expect(body).toContain('scope=x%20y')
      return { header: headers.authorization, names: [...form.keys()] }
    }
    expect(await ask('basic')).toEqual({
      header: `Basic ${Buffer.from(`a:${plain}`).toString('base64')}`,
      names: ['grant_type', 'scope'],
    })
    expect(await ask('basic_raw')).toEqual({
      header: `Basic a:${plain}`,
      names: ['grant_type', 'scope'],
    })
    expect(await ask('post')).toEqual({
      header: undefined,
      names: ['grant_type', 'scope', 'client_id', 'client_secret'],
    })
  })

  test('an opaque token has no claims, and needs none', async () => {
    const { code, json } = await run(['get', '--json', ...set({ client_id: 'external' })])
    expect(code).toBe(0)
    expect(json()).toMatchObject({ claims: null, scopes: null, token_type: 'Bearer' })
    expect(`${json().access_token}`).not.toContain('.')
    const claims = await run(['get', '-o', 'claims', ...set({ client_id: 'external' })])
    expect(claims.code).toBe(5)
    expect(claims.stderr).toContain('has no claims to read')
  })
})

describe('grants of users', () => {
  test('authorization_code with the code in hand, on standard input', async () => {
    const code = takeCode()
    const args = ['get', '--json', '-vv', ...set({ grant: 'authorization_code', redirect_uri })]
    const first = await run([...args, '-s', 'code=@-'], { stdin: `${code}\n` })
    expect(first.code, first.stderr).toBe(0)
    expect(first.json()).toMatchObject({
      claims: { user_id: 'admin', user_type: 'employee' },
      extra: { refresh_token: expect.stringMatching(/^[\da-f-]{36}$/) },
    })
    const again = await run([...args, '-s', 'code=@-'], { stdin: `${code}\n` })
    expect(again.code).toBe(4)
    expect(again.stderr).toContain('ERR12052')
    expect(again.stderr).toContain('it is used, over or mistyped')
  })

  test('a code may stand on the command line: it is good for one use', async () => {
    const code = takeCode()
    const { code: exit, stderr } = await run([
      'get',
      ...set({ grant: 'authorization_code', redirect_uri, code }),
    ])
    expect([exit, stderr]).toEqual([0, ''])
  })

  test('PKCE', async () => {
    const files = { verifier }
    const args = ['get', ...set({ grant: 'authorization_code' }), '-s', 'code_verifier=@verifier']
    const { code, stderr } = await run([...args, '-s', `code=${pkce[0]}`], { files })
    expect([code, stderr]).toEqual([0, ''])
  })

  test('password', async () => {
    const { code, stderr, json } = await run(
      [
        'get',
        '--json',
        ...set({ grant: 'password', username: 'admin', user_type: 'employee' }),
        '-s',
        'password=${env:PASSWORD}',
      ],
      { env: { PASSWORD: password } },
    )
    expect([code, stderr]).toEqual([0, ''])
    expect(json()).toMatchObject({ claims: { user_id: 'admin' } })
    expect(json().extra).toHaveProperty('refresh_token')
  })

  test('refresh_token: the new one is in extra, and works', async () => {
    const ask = (token: string) =>
      run(['get', '--json', '-v', ...set({ grant: 'refresh_token' }), '-s', 'refresh_token=@-'], {
        stdin: token,
      })
    const first = await ask(refresh)
    expect(first.code, first.stderr).toBe(0)
    const { refresh_token, remember } = first.json().extra as Record<string, unknown>
    expect(refresh_token).not.toBe(refresh)
    expect(remember).toBeUndefined()
    expect((await ask(`${refresh_token}`)).code).toBe(0)
    const spent = await ask(refresh)
    expect(spent.code).toBe(4)
    expect(spent.stderr).toContain('each use brings a new one')
  })

  test('client_authenticated_user', async () => {
    const { code, stderr, json } = await run([
      'get',
      '--json',
      ...set({
        grant: 'client_authenticated_user',
        user_id: 'stevehu',
        user_type: 'customer',
        roles: 'manager teller',
      }),
    ])
    expect([code, stderr]).toEqual([0, ''])
    expect(json()).toMatchObject({
      claims: { user_id: 'stevehu', user_type: 'customer', roles: 'manager teller' },
    })
  })

  test('bootstrap_token: ten years, and a wrong secret is an empty success', async () => {
    const args = ['get', '--json', ...set({ grant: 'bootstrap_token', client_id: 'boot' })]
    const good = await run(args)
    expect([good.code, good.stderr]).toEqual([0, ''])
    expect(Number(good.json().expires_in)).toBeGreaterThan(315_000_000)
    const bad = await run(args, { env: { CLIENT_SECRET: plain } })
    expect(bad.code).toBe(5)
    expect(bad.error()).toMatchObject({
      class: 'unusable',
      status: 200,
      means: expect.stringContaining('an empty object with 200 is how this service refuses'),
    })
  })
})

interface Row {
  readonly args: readonly string[]
  readonly code: string
  readonly status: number
  readonly means: string
  readonly env?: Readonly<Record<string, string>>
}

const byCode = (values: Readonly<Record<string, string>>): string[] =>
  set({ grant: 'authorization_code', ...values })
const byPassword = (values: Readonly<Record<string, string>> = {}): string[] => [
  ...set({ grant: 'password', username: 'admin', ...values }),
  ...['-s', 'password=${env:PASSWORD}'],
]
const asUser = set({ grant: 'client_authenticated_user', user_id: 'u', user_type: 't' })
const ROWS: readonly Row[] = [
  { code: 'ERR12000', status: 400, args: ['-s', 'call.in=json'], means: 'reads a form only' },
  {
    code: 'ERR11004',
    status: 400,
    args: set({ 'call.in': 'json', 'call.params.grant_type': 'x' }),
    means: 'reads a form only',
  },
  {
    code: 'ERR12001',
    status: 400,
    args: ['-s', 'call.params.grant_type=x'],
    means: 'it has six, though its own text names two',
  },
  {
    code: 'ERR12002',
    status: 401,
    args: ['-s', 'call.headers.Authorization:=null'],
    means: 'the client did not say who it is',
  },
  {
    code: 'ERR12003',
    status: 401,
    args: ['-s', 'call.headers.Authorization=Bearer ${client_secret}'],
    env: { CLIENT_SECRET: plain },
    means: 'the Authorization header is not Basic',
  },
  {
    code: 'ERR12004',
    status: 401,
    args: ['-s', 'call.headers.Authorization=Basic ${client_secret|base64}'],
    env: { CLIENT_SECRET: plain },
    means: 'what stands behind Basic is no id:secret',
  },
  {
    code: 'ERR12007',
    status: 401,
    args: [],
    env: { CLIENT_SECRET: plain },
    means: 'the client is known and its secret is not the right one',
  },
  {
    code: 'ERR12014',
    status: 404,
    args: ['-s', 'client_id=unknown'],
    means: 'no client unknown is registered there; the URL is right',
  },
  {
    code: 'ERR12027',
    status: 400,
    args: ['--scope', 'petstore.x'],
    means: 'a scope is not among those of the client',
  },
  {
    code: 'ERR10014',
    status: 400,
    args: ['-s', 'client_id=odd'],
    means: 'the service could not make the token',
  },
  {
    code: 'ERR10043',
    status: 400,
    args: byPassword({ client_id: 'classy' }),
    means: 'names an authenticator that the server does not have',
  },
  {
    code: 'ERR12016',
    status: 401,
    args: byPassword(),
    env: { PASSWORD: plain },
    means: 'the password is not that of admin',
  },
  {
    code: 'ERR10010',
    status: 500,
    args: byPassword({ username: 'nobody' }),
    means: 'the service most likely has no user nobody',
  },
  {
    code: 'ERR12024',
    status: 400,
    args: byPassword({ client_id: 'public' }),
    means: 'the grant password is for trusted clients, and public is not registered as one',
  },
  {
    code: 'ERR12022',
    status: 400,
    args: [...byPassword(), '-s', 'call.params.username:=null'],
    means: 'username or password did not arrive',
  },
  {
    code: 'ERR12031',
    status: 400,
    args: [...asUser, '-s', 'call.params.userId:=null'],
    means: 'userId or userType did not arrive',
  },
  {
    code: 'ERR12032',
    status: 400,
    args: [...asUser, '-s', 'call.params.userType:=null'],
    means: 'userId or userType did not arrive',
  },
  {
    code: 'ERR12028',
    status: 400,
    args: [...set({ grant: 'refresh_token' }), '-s', 'refresh_token=${env:FOREIGN}'],
    env: { FOREIGN: foreign },
    means: `the refresh token belongs to another client than ${client.client_id}`,
  },
  {
    code: 'ERR12029',
    status: 404,
    args: [...set({ grant: 'refresh_token' }), '-s', 'refresh_token=${env:GONE}'],
    env: { GONE: plantCanary() },
    means: 'the service has no such refresh token; the URL is right',
  },
  {
    code: 'ERR12052',
    status: 400,
    args: byCode({ code: plantCanary() }),
    means: 'the service has no such authorization code',
  },
  {
    code: 'ERR12008',
    status: 401,
    args: byCode({ code: nobody }),
    means: 'no user stands behind it any more',
  },
  {
    code: 'ERR12025',
    status: 400,
    args: byCode({ code: takeCode() }),
    means: 'redirect_uri is missing, or not the one',
  },
  {
    code: 'ERR12026',
    status: 400,
    args: byCode({ code: takeCode(), redirect_uri: 'https://else.example' }),
    means: 'redirect_uri is missing, or not the one',
  },
  {
    code: 'ERR12040',
    status: 400,
    args: byCode({ code: `${pkce[1]}` }),
    means: 'code_verifier is missing, or does not belong',
  },
  {
    code: 'ERR12041',
    status: 400,
    args: [...byCode({ code: `${pkce[2]}` }), '-s', 'code_verifier=${env:V}'],
    env: { V: plantCanary((random) => random.repeat(3)) },
    means: 'code_verifier is missing, or does not belong',
  },
  {
    code: 'ERR12038',
    status: 400,
    args: [...byCode({ code: `${pkce[3]}` }), '-s', 'code_verifier=${env:V}'],
    env: { V: plantCanary() },
    means: 'code_verifier does not have 43 to 128 characters',
  },
  {
    code: 'ERR12037',
    status: 400,
    args: [...byCode({ code: `${pkce[4]}` }), '-s', 'code_verifier=${env:V}'],
    env: { V: plantCanary((random) => `${random.repeat(3)} !`) },
    means: 'code_verifier does not have 43 to 128 characters',
  },
  {
    code: 'ERR12033',
    status: 400,
    args: [...byCode({ code: odd }), '-s', 'code_verifier=${env:V}'],
    env: { V: verifier },
    means: 'a challenge or method that the service does not take',
  },
  {
    code: 'ERR10007',
    status: 404,
    args: ['-s', 'token_endpoint=${base_url}/oauth2/tokens'],
    means: 'nothing takes a token request at this URL',
  },
  {
    code: 'ERR10008',
    status: 405,
    args: ['-s', 'call.method=PUT'],
    means: 'nothing takes a token request at this URL',
  },
]

describe('its errors', () => {
  test.concurrent.each(ROWS)('$code', async ({ code, status, args, env, means }) => {
    const outcome = await run(['get', '--json', '-q', ...args], {
      env: { PASSWORD: password, ...env },
    })
    expect(outcome.code, outcome.stderr).toBe(4)
    const error = outcome.error()
    expect(error).toMatchObject({ class: 'refused', status, provider: 'light-oauth2' })
    expect(`${error.said}`).toMatch(new RegExp(`^${code}: `))
    expect(`${error.means}`).toContain(means)
    expect(listOf(error.fix)).not.toEqual([])
  })

  test('a quote in the client id breaks their JSON, and is read all the same', async () => {
    const { code, error } = await run(['get', '--json', '-s', 'client_id=my"client'])
    expect(code).toBe(4)
    expect(error()).toMatchObject({ status: 404, sent: { client_id: 'my"client' } })
    expect(`${error().said}`).toMatch(/^ERR12014: no client is registered as my"client/)
    expect(`${error().means}`).toContain('no client my"client is registered there')
  })

  test('an error without its texts, and one of 2017 without severity', async () => {
    const replies: Reply[] = [
      [401, { statusCode: 401, code: 'ERR12007', severity: 'ERROR' }],
      [
        401,
        { statusCode: 401, code: 'ERR12007', message: 'UNAUTHORIZED_CLIENT', description: 'no' },
      ],
    ]
    const service = await serve(() => replies.shift() ?? [500])
    for (const said of ['ERR12007', 'ERR12007: no']) {
      const { error } = await run(['get', '--json', '-s', `base_url=${service.origin}`])
      expect(error()).toMatchObject({
        said,
        means: expect.stringContaining('its secret is not the right one'),
      })
    }
  })
})

describe('tls', () => {
  const certificates = makeCertificates()
  afterAll(certificates.remove)
  const good: Reply = [200, { access_token: 'opaque-token', token_type: 'bearer', expires_in: 600 }]
  const at = (name: string) => ({
    key: certificates.read(`${name}.key`),
    cert: certificates.read(`${name}.crt`),
  })

  test('a certificate that nobody signed: refused, trusted by tls.ca, or not looked at', async () => {
    const service = await serve(() => good, at('self'))
    const to = set({ base_url: service.origin })
    const refused = await run(['get', '--json', ...to])
    expect(refused.code).toBe(6)
    expect(refused.error()).toMatchObject({ class: 'unavailable', code: 'network_tls' })
    expect(service.requests).toHaveLength(0)

    const files = { 'self.crt': certificates.read('self.crt').toString() }
    const trusted = await run(['get', ...to, '-s', 'tls.ca=self.crt'], { files })
    expect([trusted.code, trusted.stderr]).toEqual([0, ''])
    const flag = await run(['get', ...to, '--cacert', 'self.crt'], { files })
    expect([flag.code, flag.stderr]).toEqual([0, ''])

    const warning =
      'tokentool: warning: light: TLS is NOT verified (tls.insecure): anyone may answer in place of light-oauth2\n'
    const insecure = await run(['get', ...to, '-s', 'tls.insecure:=true'])
    expect([insecure.code, insecure.stderr]).toEqual([0, warning])
    const short = await run(['get', ...to, '--insecure'])
    expect([short.code, short.stderr]).toEqual([0, warning])
    expect(service.requests).toHaveLength(4)
  })

  test('a path in tls.ca is relative to the file it stands in', async () => {
    const service = await serve(() => good, at('self'))
    const profiles = `${PROFILES.replace(base, service.origin)}    tls:\n      ca: ./self.crt\n`
    const { code, stderr } = await runProgram(['get', '-c', 'below/tokentool.yaml'], {
      env: { CLIENT_SECRET: secret },
      files: {
        'below/tokentool.yaml': profiles,
        'below/self.crt': certificates.read('self.crt').toString(),
      },
    })
    expect([code, stderr]).toEqual([0, ''])
  })

  test('the stock certificate ran out: tls.ca does not help, and that is said', async () => {
    const service = await serve(() => good, at('selfexpired'))
    const files = { 'self.crt': certificates.read('selfexpired.crt').toString() }
    const to = set({ base_url: service.origin })
    const { code, stderr } = await run(['get', ...to, '-s', 'tls.ca=self.crt'], { files })
    expect(code).toBe(6)
    expect(stderr).toMatch(/expired|ran out/)
    expect(stderr).toContain('tls')
    const insecure = await run(['get', ...to, '-s', 'tls.insecure:=true'])
    expect(insecure.code).toBe(0)
    // the variable that turns verification off everywhere changes nothing
    const global = await run(['get', ...to], { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } })
    expect(global.code).toBe(6)
  })

  test('the warning survives nothing but -q, and is in the JSON of an error', async () => {
    const service = await serve(() => [401, { code: 'ERR12007' }], at('self'))
    const to = set({ base_url: service.origin })
    const { error } = await run(['get', ...to, '--insecure', '--json'])
    expect(error()).toMatchObject({ warnings: [expect.stringContaining('TLS is NOT verified')] })
    const spoken = await run(['get', ...to, '--insecure', '--json', '-v'])
    expect(spoken.stderr).toContain('warning: light: TLS is NOT verified')
    const quiet = await run(['get', ...to, '--insecure', '-q'])
    expect(quiet.stderr).not.toContain('NOT verified')
    expect(quiet.stderr).toContain('error')
  })

  test('leniency is for a single call', async () => {
    const { code, stderr } = await run(['get', '--then', 'client-credentials', '--insecure'])
    expect(code).toBe(2)
    expect(stderr).toContain('--insecure is for a single call; this chain makes 2')
  })

  test('plain http to another machine is not even tried', async () => {
    const { code, error } = await run(['get', '--json', '-s', 'base_url=http://192.0.2.1:6882'])
    expect(code).toBe(2)
    expect(error()).toMatchObject({ code: 'url_invalid' })
  })
})
