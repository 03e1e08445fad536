// The sign-in service and MAP STS through the real program: what a profile can get wrong, in the
// service's own words, with what it means and what to do.

import { describe, expect, test } from 'vitest'
import { createCertificate } from '../../src/io/key/write/certificate.ts'
import { makeRsaKey, readJwt } from '../support/keys.ts'
import {
  type Outcome,
  plantCanary,
  plantKey,
  runProgram,
  type Setting,
} from '../support/program.ts'
import { type Reply, serve } from '../support/service.ts'
import { startTwins } from '../support/twins.ts'

const DAY = 86_400_000
const ID = '88a6d94a3182fd63279ea5565f26bcb4'
const key = makeRsaKey()
const stranger = makeRsaKey()
plantKey(key.pem)
plantKey(stranger.pem)
const icn = plantCanary()
const strange = plantCanary()
const certificate = createCertificate({
  ...key,
  commonName: 'chatbot',
  notBefore: new Date(Date.now() - DAY),
  notAfter: new Date(Date.now() + DAY),
})
const lapsed = createCertificate({
  ...key,
  commonName: 'chatbot',
  notBefore: new Date(Date.now() - 2 * DAY),
  notAfter: new Date(Date.now() - DAY),
})

/** Scopes are URLs of the twin, and where that is is known only once it listens. */
const scopes: string[] = []
const account = {
  service_account_id: ID,
  access_token_audience: 'https://chat.example',
  scopes,
  user_attributes: ['icn'],
  access_token_seconds: 300,
  certificates: [certificate],
}
const sandbox = await startTwins({
  'va-sis': [
    account,
    { ...account, service_account_id: 'lapsed', certificates: [lapsed] },
    { ...account, service_account_id: 'scopeless', scopes: [] },
  ],
  'va-map-sts': { applications: ['chatbot'], unknown_icns: [strange] },
})
const base = sandbox.services['va-sis'].base_url
const AUDIENCE = `${base}/v0/sign_in/token`
const CHATBOT = `${base}/v0/map_services/chatbot/token`
const CLAIMS = `${base}/v0/chatbot/claims`
scopes.push(CHATBOT, CLAIMS, `${base}/v0/map_services/bogus/token`)

const PROFILES = `
default_profile: va
profiles:
  va:
    provider: va-sis
    environment: staging
    base_url: ${base}
    issuer: https://chat.example
    subject: chatbot@example.gov
    service_account_id: ${ID}
    key_path: ./\${environment}.pem
    scopes:
      - \${base_url}/v0/map_services/chatbot/token
    user_attributes:
      icn: \${env:ICN}
  free:
    extends: va
    scopes: null
  bare:
    extends: va
    user_attributes: null
  chatbot:
    provider: va-map-sts
    via: va
    application: chatbot
  asking:
    provider: va-map-sts
    via: free
    application: chatbot
  lacking:
    provider: va-map-sts
    via: bare
    application: chatbot
`

function run(args: readonly string[], setting: Setting = {}): Promise<Outcome> {
  return runProgram([...args, '-c', 'tokentool.yaml'], {
    // the claims of the token hold it
    prints: [icn],
    ...setting,
    env: { ICN: icn, ...setting.env },
    files: {
      'tokentool.yaml': PROFILES,
      'staging.pem': key.pem,
      'production.pem': key.pem,
      'stranger.pem': stranger.pem,
      ...setting.files,
    },
  })
}

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

test('a token, its scopes, its lifetime from the token itself', async () => {
  const { code, stderr, json } = await run(['get', '--json'])
  expect([code, stderr]).toEqual([0, ''])
  const { access_token, expires_at, expires_in, ...rest } = json()
  const { claims } = readJwt(`${access_token}`)
  expect(rest).toEqual({
    profile: 'va',
    provider: 'va-sis',
    environment: 'staging',
    token_type: 'Bearer',
    scopes: [CHATBOT],
    cached: false,
    via: [],
    extra: {},
    claims,
  })
  expect(claims).toMatchObject({ sub: 'chatbot@example.gov', user_attributes: { icn } })
  expect(Math.abs(Date.parse(`${expires_at}`) / 1000 - Number(claims.exp))).toBeLessThan(2)
  expect(Math.abs(Number(expires_in) - 300)).toBeLessThan(5)
})

test.concurrent.each([['form'], ['query'], ['json']])('in: %s', async (place) => {
  const { code, stderr, stdout } = await run(['get', '-s', `call.in=${place}`])
  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(/^eyJ[\w.-]+\n$/)
})

test('where each placement puts the assertion', async () => {
  const service = await serve(() => [400, { errors: 'Assertion is malformed' }])
  const to = ['-s', `token_endpoint=${service.origin}/v0/sign_in/token`]
  const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
  await run(['get', ...to])
  const form = service.last()
  expect(form.headers['content-type']).toBe('application/x-www-form-urlencoded')
  expect([...form.form.keys()]).toEqual(['grant_type', 'assertion'])
  expect(form.target).toBe('/v0/sign_in/token')
  expect(form.form.get('grant_type')).toBe(grant)
  // aud is that of the environment, whatever address the call goes to
  const { header, claims, claimsText } = readJwt(form.form.get('assertion') ?? '')
  expect(header).toEqual({ typ: 'JWT', alg: 'RS256' })
  expect(claims.aud).toBe(AUDIENCE)
  expect(claims.scopes).toEqual([CHATBOT])
  expect(Number(claims.exp) - Number(claims.iat)).toBe(300)
  const age = Date.now() / 1000 - Number(claims.iat)
  expect(age).toBeGreaterThan(9)
  expect(age).toBeLessThan(20)
  expect(claimsText).not.toContain('"nbf"')

  await run(['get', ...to, '-s', 'call.in=query', '-s', 'scopes=one'])
  const query = service.last()
  expect([query.body, query.headers['content-type']]).toEqual(['', undefined])
  expect(query.target).toMatch(
    /^\/v0\/sign_in\/token\?grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=eyJ/,
  )
  expect(readJwt(query.query.get('assertion') ?? '').claims.scopes).toEqual(['one'])

  await run(['get', ...to, '-s', 'call.in=json'])
  const json = service.last()
  expect(json.headers['content-type']).toBe('application/json')
  expect(Object.keys(json.json())).toEqual(['grant_type', 'assertion'])
})

const claim = (name: string, value: string): string[] => ['-s', `assertion.claims.${name}=${value}`]
const drop = (name: string): string[] => ['-s', `assertion.claims.${name}:=null`]
/** The program refuses by itself what is known to fail; here the service is to say it. */
const UNCHECKED = ['-s', 'limits:=null']

describe('what the service accepts', () => {
  test.concurrent.each([
    ['iss is the id', ['-s', `issuer=${ID}`]],
    [
      'iss is the id and no id',
      ['-s', `issuer=${ID}`, ...drop('service_account_id'), ...UNCHECKED],
    ],
    ['aud in a list', ['-s', `audience:=["x","${AUDIENCE}"]`]],
    ['iat of this second', ['-s', 'backdate=0']],
    ['an old iat', [...claim('iat', '${now-2592000}'), ...UNCHECKED]],
    ['exp as text', claim('exp', '${exp|text}')],
    ['one scope', ['--scope', CLAIMS]],
    ['two scopes', ['--scope', `${CLAIMS} ${CHATBOT}`]],
    ['a scope as text', claim('scopes', CHATBOT)],
    ['no attributes', ['-s', 'user_attributes:=null']],
    ['empty attributes', ['-s', 'assertion.claims.user_attributes:={}']],
    [
      'no scopes where none is registered',
      ['-s', 'service_account_id=scopeless', '-s', 'scopes:=null'],
    ],
  ])('%s', async (_, args) => {
    const { code, stderr } = await run(['get', ...args])
    expect([code, stderr]).toEqual([0, ''])
  })
})

interface Row {
  readonly args: readonly string[]
  readonly said: string
  /** a line of it */
  readonly means: string
  /** the beginning of a line of it */
  readonly fix: string
  readonly sent?: string
  readonly status?: number
}

const AT = 'tokentool.yaml'
const MALFORMED = 'the service cannot read the assertion as a JWT signed with RS256'

const ROWS: Readonly<Record<string, Row>> = {
  'an unknown account': {
    args: ['-s', 'service_account_id=nobody'],
    said: 'Service account config not found',
    means: 'staging has no such account; accounts are registered per environment',
    fix: 'on the command line, service_account_id: the id registered for staging',
    sent: 'service_account_id',
  },
  'no id, and iss is no id': {
    args: [...drop('service_account_id'), ...UNCHECKED],
    said: 'Service account config not found',
    means: '- no service_account_id was sent and iss is not the id',
    fix: `${AT}:10:25 service_account_id:`,
  },
  'an empty id': {
    args: ['-s', 'service_account_id=', ...UNCHECKED],
    said: 'Invalid client identifier',
    means: 'service_account_id arrived empty',
    fix: 'on the command line, service_account_id:',
  },
  'neither id nor iss': {
    args: [...drop('service_account_id'), ...drop('iss'), ...UNCHECKED],
    said: 'Invalid client identifier',
    means: 'service_account_id arrived empty',
    fix: `${AT}:10:25 service_account_id:`,
  },
  'another key': {
    args: ['-s', 'key_path=stranger.pem'],
    said: 'Assertion body does not match signature',
    means: 'none of the certificates in force for this account belongs to the key that signed',
    fix: 'openssl pkey -in stranger.pem -pubout',
    sent: 'key_path',
  },
  'certificates that ran out': {
    args: ['-s', 'service_account_id=lapsed'],
    said: 'Certificates are expired',
    means: 'the account has no certificate in force',
    fix: 'openssl x509 -in CERT -noout -enddate',
  },
  'exp in the past': {
    args: claim('exp', '${now-10}'),
    said: 'Assertion has expired',
    means: 'by the clock of the service exp has passed',
    fix: `${AT}:4:3 lifetime: 300s`,
    sent: 'exp',
  },
  'nbf ahead': {
    args: claim('nbf', '${now+60}'),
    said: 'Assertion is malformed',
    means: MALFORMED,
    fix: 'on the command line, assertion: claims: nbf: null',
    sent: 'nbf',
  },
  'another algorithm': {
    args: ['-s', 'assertion.algorithms:=["RS512"]'],
    said: 'Assertion is malformed',
    means: MALFORMED,
    fix: `${AT}:4:3 algorithm: RS256`,
  },
  'iat ahead': {
    args: claim('iat', '${now+3600}'),
    said: 'Invalid iat',
    means: 'iat lies ahead of the clock of the service',
    fix: `${AT}:4:3 backdate: 10s`,
    sent: 'iat',
  },
  'iat as text': {
    args: claim('iat', '${iat|text}'),
    said: 'Invalid iat',
    means: '- iat is milliseconds or text',
    fix: `${AT}:4:3 backdate: 10s`,
  },
  'iat in milliseconds': {
    args: [...claim('iat', '${iat|ms}'), ...claim('exp', '${exp|ms}'), ...UNCHECKED],
    said: 'Invalid iat',
    means: '- iat is milliseconds or text',
    fix: `${AT}:4:3 backdate: 10s`,
  },
  'no iat': {
    args: drop('iat'),
    said: 'Missing required claim iat',
    means: 'the assertion has no iat',
    fix: 'on the command line, assertion: claims: iat: "${iat}"',
  },
  'no exp': {
    args: drop('exp'),
    said: 'Missing required claim exp',
    means: 'the assertion has no exp',
    fix: 'on the command line, assertion: claims: exp: "${exp}"',
  },
  'no sub': {
    args: [...drop('sub'), ...UNCHECKED],
    said: 'Missing required claim sub',
    means: 'the assertion has no sub, or an empty one',
    fix: `${AT}:9:14 subject:`,
  },
  'no iss': {
    args: [...drop('iss'), ...UNCHECKED],
    said: 'Missing required claim iss',
    means: 'the assertion has no iss',
    fix: `${AT}:8:13 issuer:`,
  },
  'the audience of another environment': {
    args: ['-s', 'audience=https://api.va.gov/v0/sign_in/token'],
    said: `Invalid audience. Expected ["${AUDIENCE}"], received https://api.va.gov/v0/sign_in/token`,
    means: 'aud names api.va.gov; the service is 127.0.0.1',
    fix: 'the URL behind Expected in the answer above, letter by letter',
    sent: 'aud',
  },
  'an audience with a slash': {
    args: ['-s', 'audience=${base_url}/v0/sign_in/token/'],
    said: `Invalid audience. Expected ["${AUDIENCE}"], received ${AUDIENCE}/`,
    means: 'aud has a slash at the end that the service does not expect',
    fix: 'the URL behind Expected',
  },
  'no audience': {
    args: drop('aud'),
    said: `Invalid audience. Expected ["${AUDIENCE}"], received <none>`,
    means: 'aud is not the token URL as this service knows itself',
    fix: 'the URL behind Expected',
  },
  'an audience list without it': {
    args: ['-s', 'audience:=["x","y"]'],
    said: `Invalid audience. Expected ["${AUDIENCE}"], received ["x", "y"]`,
    means: 'aud is not the token URL as this service knows itself',
    fix: 'the URL behind Expected',
  },
  'another issuer': {
    args: ['-s', 'issuer=https://chat.example/'],
    said: 'Invalid issuer',
    means: 'iss is neither the access_token_audience registered for the account nor its id',
    fix: `issuer: the access_token_audience registered for ${ID}`,
    sent: 'iss',
  },
  'a scope nobody registered': {
    args: ['--scope', `${base}/v0/else`],
    said: 'Invalid scopes',
    means: 'a scope is not registered for this account in staging, or none was sent',
    fix: `scopes: the URLs registered for ${ID}, letter by letter`,
    sent: 'scopes',
  },
  'scopes in one text': {
    args: claim('scopes', '${scopes|space} ${scopes|space}'),
    said: 'Invalid scopes',
    means: '- the claim is called scope, or holds one text with spaces, in place of a list',
    fix: 'scopes: the URLs registered',
  },
  'scope for scopes': {
    args: [...drop('scopes'), ...claim('scope', CHATBOT)],
    said: 'Invalid scopes',
    means: '- the claim is called scope, or holds one text with spaces, in place of a list',
    fix: 'scopes: the URLs registered',
    sent: 'scope',
  },
  'no scopes': {
    args: ['-s', 'scopes:=null'],
    said: 'Invalid scopes',
    means: 'a scope is not registered for this account in staging, or none was sent',
    fix: 'scopes: the URLs registered',
  },
  'a scope of another host': {
    args: ['--scope', 'https://api.va.gov/v0/map_services/chatbot/token'],
    said: 'Invalid scopes',
    means: 'the scope https://api.va.gov/v0/map_services/chatbot/token is of another host',
    fix: 'scopes: http://127.0.0.1',
  },
  'an attribute in capitals': {
    args: ['-s', 'user_attributes:={"ICN":"1012667122V019349"}'],
    said: 'Invalid user attributes',
    means: '- names are in lower case',
    fix: `user_attributes: only the names registered for ${ID}`,
    sent: 'user_attributes',
  },
  'an empty sub': {
    args: ['-s', 'subject=', ...UNCHECKED],
    said: 'Internal server error',
    means: 'the service fell over what the assertion says',
    fix: 'assertion: claims: nothing but what the provider sends',
    status: 500,
  },
  'attributes that are no object': {
    args: [...claim('user_attributes', 'x'), ...UNCHECKED],
    said: 'Internal server error',
    means: '- user_attributes is text or a list where an object is wanted',
    fix: 'assertion: claims: nothing but what the provider sends',
    status: 500,
  },
  'another grant': {
    args: ['-s', 'call.params.grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer'],
    said: 'Grant type is not valid',
    means: '- it was percent-encoded twice',
    fix: 'call: params: grant_type: urn:ietf:params:oauth:grant-type:jwt-bearer',
  },
  'no assertion': {
    args: ['-s', 'call.params.assertion='],
    said: "Assertion can't be blank",
    means: 'no assertion arrived',
    fix: 'tokentool get va --dry-run',
  },
}

describe('what the service refuses', () => {
  test.concurrent.each(Object.entries(ROWS))('%s', async (_, row) => {
    const { code, stderr, error } = await run(['get', '--json', ...row.args])
    expect(code, stderr).toBe(4)
    const { said, means, fix, sent, ...rest } = error()
    expect(rest).toMatchObject({
      class: 'refused',
      exit: 4,
      status: row.status ?? 400,
      profile: 'va',
      provider: 'va-sis',
      hop: null,
      request_id: expect.any(String),
    })
    expect(said).toBe(row.said)
    expect(`${means}`).toContain(row.means)
    expect(listOf(fix).join('\n')).toContain(row.fix)
    if (row.sent) expect(Object.keys(sent as object)).toContain(row.sent)
  })

  test('for a person it is one thing a line', async () => {
    const { code, stderr } = await run(['get'], {
      files: { 'tokentool.yaml': PROFILES.replace(ID, 'nobody') },
    })
    expect(code).toBe(4)
    expect(stderr.split('\n')).toEqual([
      'tokentool: error: va-sis refused the assertion (400)',
      '  said:  Service account config not found',
      '  means: staging has no such account; accounts are registered per environment',
      '         - the id belongs to another environment',
      '         - the id is mistyped',
      '         - no service_account_id was sent and iss is not the id',
      '         - the account was removed',
      expect.stringMatching(
        /^ {2}sent: {2}service_account_id nobody · iss https:\/\/chat\.example · aud http:\S+ · request [\w-]+$/,
      ),
      '  fix:   tokentool.yaml:10:25 service_account_id: the id registered for staging',
      '',
    ])
  })
})

describe('an override that cannot be', () => {
  test.concurrent.each([
    ['assertion.algorithms=RS512', 'assertion.algorithms wants a list, but this is text'],
    ['call.in=body', 'call.in is not one of form, json, query, multipart, raw'],
    ['answer.expires_unit=minutes', 'answer.expires_unit is not one of auto, s, ms'],
    ['answer.error_pattern=(', 'answer.error_pattern is no regular expression'],
    ['calls.in=json', 'no such field'],
    ['call.headers.Authorization=Basic x', 'is a secret'],
    ['scopes:=3', 'scopes wants a list of texts'],
    ['limits', 'the = is missing'],
    ['explain:=[', 'what follows := is not JSON'],
    ['fields:=null', 'va has no audience'],
    ['assertion.header:=null', ''],
  ])('%s', async (text, message) => {
    const { code, stderr, error } = await run(['get', '--json', '-s', text])
    expect([2, 3], stderr).toContain(code)
    expect(`${error().message}`).toContain(message)
  })
})

describe('what is refused before it is sent', () => {
  test.concurrent.each([
    ['an empty sub', ['-s', 'subject='], 'sub is empty', 'on the command line, subject:'],
    [
      'an empty id',
      ['-s', 'service_account_id='],
      'service_account_id is empty',
      'on the command line, service_account_id:',
    ],
    [
      'attributes that are no object',
      claim('user_attributes', 'x'),
      'user_attributes is text, not object',
      '',
    ],
    ['ten minutes', ['-s', 'lifetime=10m'], 'the assertion would live 600 s', 'lifetime: 300s'],
  ])('%s', async (_, args, message, fix) => {
    const { code, error } = await run(['get', '--json', ...args], {
      // nobody listens there
      files: { 'tokentool.yaml': PROFILES.replaceAll(base, 'http://127.0.0.1:9') },
    })
    expect(code).toBe(2)
    expect(error()).toMatchObject({ code: 'limit', message: `va: ${message}` })
    expect(listOf(error().fix).join()).toContain(fix)
  })

  test.concurrent.each([
    ['an algorithm', ['-s', 'algorithm=ES256'], 2, 'va-sis takes RS256, not ES256'],
    ['a variable that is not set', [], 3, 'the variable ICN is not set'],
    ['a key that is not there', ['-s', 'key_path=no.pem'], 3, 'no.pem'],
  ])('%s', async (_, args, exit, message) => {
    const { code, error } = await run(['get', '--json', ...args], {
      env: exit === 3 && args.length === 0 ? { ICN: undefined } : {},
    })
    expect(code).toBe(exit)
    expect(`${error().message}`).toContain(message)
  })
})

describe('a staging account in production', () => {
  test('is explained, with the command that works', async () => {
    const production = await startTwins({ 'va-sis': [] })
    const profiles = PROFILES.replace(
      `    base_url: ${base}\n`,
      `    environments:
      staging:
        base_url: ${base}
        service_account_id: ${ID}
      production:
        base_url: ${production.services['va-sis'].base_url}
`,
    )
    const files = { 'tokentool.yaml': profiles }
    expect((await run(['get', 'va', '-e', 'staging'], { files })).code).toBe(0)
    const { code, stderr } = await run(['get', 'va', '-e', 'production'], { files })
    expect(code).toBe(4)
    expect(stderr).toContain('said:  Service account config not found')
    expect(stderr).toContain('production has no such account')
    expect(stderr).toContain('this service_account_id is the one the profile lists for staging')
    expect(stderr).toContain('fix:   tokentool get va -e staging')
  })

  test('a name the profile does not list never leaves this machine', async () => {
    const profiles = `${PROFILES}
  listed:
    extends: va
    environments:
      staging: {}
`
    const { code, error } = await run(['get', 'listed', '-e', 'production', '--json'], {
      files: { 'tokentool.yaml': profiles },
    })
    expect(code).toBe(2)
    expect(error()).toMatchObject({ code: 'environment_unknown' })
    expect(`${error().means}`).toContain('the profile lists staging')
  })
})

describe('map: a token behind a token', () => {
  test('both calls, the second authorised by the first', async () => {
    const { code, stderr, json } = await run(['get', 'chatbot', '--json'])
    expect([code, stderr]).toEqual([0, ''])
    const { access_token, via, ...rest } = json()
    expect(readJwt(`${access_token}`).header).toMatchObject({ alg: 'RS512' })
    expect(rest).toMatchObject({
      profile: 'chatbot',
      provider: 'va-map-sts',
      environment: 'staging',
      token_type: 'Bearer',
      scopes: null,
    })
    expect(Math.abs(Number(json().expires_in) - 899)).toBeLessThan(5)
    expect(via).toEqual([
      {
        profile: 'va',
        provider: 'va-sis',
        environment: 'staging',
        token_type: 'Bearer',
        expires_at: expect.any(String),
        expires_in: expect.any(Number),
        scopes: [CHATBOT],
        cached: false,
      },
    ])
  })

  test('the endpoint is asked for as a scope where the first profile names none', async () => {
    const { code, stderr, json } = await run(['get', 'asking', '--json'])
    expect([code, stderr]).toEqual([0, ''])
    expect(json().via).toMatchObject([{ profile: 'free', scopes: [CHATBOT] }])
  })

  test('--then makes the same chain of a profile and a provider', async () => {
    const args = ['get', 'free', '--then', 'va-map-sts', '-s', 'application=chatbot', '--json']
    const { code, stderr, json } = await run(args)
    expect([code, stderr]).toEqual([0, ''])
    expect(json()).toMatchObject({ profile: 'va-map-sts', via: [{ profile: 'free' }] })
  })

  test('without an icn nothing is sent', async () => {
    const before = sandbox.log.length
    const { code, error } = await run(['get', 'lacking', '--json'])
    expect(code).toBe(2)
    expect(error()).toMatchObject({
      code: 'limit',
      message: 'bare: user_attributes.icn is missing, and lacking needs it',
      profile: 'bare',
    })
    expect(`${error().means}`).toContain('MAP issues a token for one veteran')
    expect(listOf(error().fix).join()).toMatch(/^tokentool\.yaml:\d+:\d+ user_attributes: icn:/)
    expect(sandbox.log.length).toBe(before)
  })

  test('an icn that is empty, and scopes that do not cover the call, are said as early', async () => {
    const before = sandbox.log.length
    const empty = await run(['get', 'chatbot', '--json'], { env: { ICN: '' } })
    expect(empty.code).toBe(2)
    expect(`${empty.error().message}`).toContain('user_attributes.icn is empty')
    const other = await run(['get', 'chatbot', '--json', '-s', `va:scopes=${CLAIMS}`])
    expect(other.code).toBe(2)
    expect(other.error()).toMatchObject({ message: `va: none of its scopes covers ${CHATBOT}` })
    expect(sandbox.log.length).toBe(before)
  })

  test.each([
    {
      name: 'an unknown patient is behind a 502',
      args: [],
      env: { ICN: strange },
      exit: 6,
      status: 502,
      said: 'server_error: STS failed to return a valid token.',
      means: '- the icn is unknown to MAP in staging',
    },
    {
      name: 'a scope that was not asked for is a 401',
      args: ['-s', `va:scopes=${CLAIMS}`, '-s', 'chatbot:limits:=null'],
      exit: 4,
      status: 401,
      said: 'Required scope for requested resource not found',
      means: 'the token before this call was not asked for this URL',
    },
    {
      name: 'an icn that the service misses',
      args: ['-s', 'va:user_attributes:=null', '-s', 'chatbot:limits:=null'],
      exit: 4,
      status: 400,
      said: 'invalid_request: Service account access token does not contain an ICN in `user_attributes` claim.',
      means: 'the token before this call says nothing of a veteran',
    },
    {
      name: 'an application nobody set up',
      args: ['-s', 'application=bogus', '-s', `va:scopes=${base}/v0/map_services/bogus/token`],
      exit: 4,
      status: 400,
      said: 'invalid_request: Application mismatch detected.',
      means: 'the VA has no MAP client for the application bogus',
    },
    {
      name: 'a token that is none',
      args: ['-s', 'chatbot:call.headers.Authorization=bearer ${via.access_token}'],
      exit: 4,
      status: 401,
      said: 'Service Account access token JWT is malformed',
      means: 'the service cannot read what came behind Bearer',
    },
  ])('$name', async ({ args, env = {}, exit, status, said, means }) => {
    const { code, stderr, error } = await run(['get', 'chatbot', '--json', ...args], { env })
    expect(code, stderr).toBe(exit)
    expect(error()).toMatchObject({ status, said, profile: 'chatbot', hop: 2 })
    expect(`${error().means}`).toContain(means)
    expect(listOf(error().fix)).not.toEqual([])
  })

  const answerWith = async (...replies: Reply[]) => {
    const service = await serve(() => replies.shift() ?? [500])
    const log = sandbox.log.length
    const outcome = await run(
      ['get', 'chatbot', '--json', '-s', `chatbot:token_endpoint=${service.origin}/token`],
      { files: { 'tokentool.yaml': PROFILES.replace('via: va\n', 'via: va\n    limits: null\n') } },
    )
    return { outcome, service, firsts: sandbox.log.length - log }
  }
  const EXPIRED: Reply = [403, { errors: 'Service Account access token has expired' }]
  const SCOPE: Reply = [401, { errors: 'Required scope for requested resource not found' }]

  test('403 expired: one new first token, one more try', async () => {
    const expiration = new Date(Date.now() + 899_000).toISOString()
    const good: Reply = [200, { access_token: 'opaque-token', expiration }]
    const { outcome, service, firsts } = await answerWith(EXPIRED, good)
    expect(outcome.code, outcome.stderr).toBe(0)
    expect(outcome.json()).toMatchObject({ access_token: 'opaque-token', claims: null })
    expect(outcome.stderr).toContain('warning: chatbot: the token of va was refused as expired')
    expect([service.requests.length, firsts]).toEqual([2, 2])
    const [first, second] = service.requests.map(({ headers }) => headers.authorization)
    expect(first).not.toBe(second)
  })

  test('403 expired twice is a refusal', async () => {
    const { outcome, service, firsts } = await answerWith(EXPIRED, EXPIRED)
    expect(outcome.code).toBe(4)
    expect(outcome.error()).toMatchObject({
      status: 403,
      said: 'Service Account access token has expired',
      hop: 2,
      warnings: [expect.stringContaining('asking for a new one')],
    })
    expect([service.requests.length, firsts]).toEqual([2, 2])
  })

  test('401 is asked once, and so is another 403', async () => {
    const refused = await answerWith(SCOPE)
    expect(refused.outcome.code).toBe(4)
    expect([refused.service.requests.length, refused.firsts]).toEqual([1, 1])
    const other = await answerWith([403, { errors: 'Forbidden' }])
    expect(other.outcome.code).toBe(4)
    expect([other.service.requests.length, other.firsts]).toEqual([1, 1])
  })

  test('without a token before it', async () => {
    const args = ['get', '--provider', 'va-map-sts', '-e', 'staging', '-s', 'application=chatbot']
    const { code, error } = await run([...args, '--json'])
    expect(code).toBe(2)
    expect(error()).toMatchObject({
      code: 'field_missing',
      fix: ['tokentool get NAME --then va-map-sts -c tokentool.yaml'],
    })
  })
})

describe('when the service is not itself', () => {
  test('a gateway is told from the service', async () => {
    const gateway = await startTwins({}, { faults: { 'va-sis': { status: 503, probability: 1 } } })
    const { code, error } = await run(['get', '--json'], {
      files: {
        'tokentool.yaml': PROFILES.replaceAll(base, gateway.services['va-sis'].base_url),
      },
    })
    expect(code).toBe(6)
    expect(error()).toMatchObject({ class: 'unavailable', said: '503 Service Unavailable' })
    // asked, and asked again twice
    expect(gateway.log).toHaveLength(3)
  })

  test('clocks that disagree are proven by Date', async () => {
    const late = await startTwins(
      { 'va-sis': [{ ...account, scopes: [] }] },
      { clockOffset: -3600 },
    )
    const files = {
      'tokentool.yaml': PROFILES.replaceAll(base, late.services['va-sis'].base_url),
    }
    const mended = await run(['get', '-s', 'scopes:=null', '--no-cache'], { files })
    expect(mended.code).toBe(0)
    expect(mended.stderr).toMatch(/^tokentool: warning: va: the clock of this machine is 3\d+ s /)
    expect(late.log.splice(0)).toHaveLength(2)
    const once = ['-s', 'retry.safe:=false']
    const { code, stderr } = await run(['get', '-s', 'scopes:=null', ...once], { files })
    expect(late.log).toHaveLength(1)
    expect(code).toBe(4)
    expect(stderr).toContain('said:  Invalid iat')
    expect(stderr).toMatch(/the clock here is (1 h|59 m \d+ s) ahead of the service's/)
    expect(stderr).toContain('timedatectl')
  })

  test('errors of the older generations, and a token at the root', async () => {
    const replies: Reply[] = [
      [400, { errors: 'Service account assertion issuer is not valid' }],
      [400, { errors: 'Assertion user attributes are not valid' }],
      [
        404,
        {
          errors: [
            { title: 'Not found', detail: 'There are no routes', code: '411', status: '404' },
          ],
        },
      ],
      [200, { access_token: 'at-the-root' }],
    ]
    const service = await serve(() => replies.shift() ?? [500])
    const ask = () => run(['get', '--json', '-s', `token_endpoint=${service.origin}/x`])
    expect((await ask()).error()).toMatchObject({
      means: expect.stringContaining('iss is neither the access_token_audience'),
    })
    expect((await ask()).error()).toMatchObject({
      means: expect.stringContaining('user_attributes has a name in it'),
    })
    expect((await ask()).error()).toMatchObject({
      exit: 4,
      said: '411: There are no routes',
      means: expect.stringContaining('the path is wrong'),
    })
    expect((await ask()).json()).toMatchObject({ access_token: 'at-the-root', expires_at: null })
  })
})
