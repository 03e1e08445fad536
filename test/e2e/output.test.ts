// The contract that people script against: streams, forms, exit codes, flags and variables.

import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { makeRsaKey, readJwt } from '../support/keys.ts'
import {
  makeFolder,
  type Outcome,
  plantCanary,
  plantKey,
  runProgram,
  type Setting,
  writeFiles,
} from '../support/program.ts'
import { type Reply, serve } from '../support/service.ts'
import { startTwins } from '../support/twins.ts'

const key = makeRsaKey()
plantKey(key.pem)
const secret = plantCanary()
const sandbox = await startTwins({
  generic: [
    { issuer: 'me', public_key: key.publicPem, scopes: ['a', 'b'] },
    { client_id: 'x', client_secret: secret, scopes: ['a'], lifetime: 120 },
  ],
})
const { token_endpoint } = sandbox.services.generic

const PROFILES = `
default_profile: bearer
profiles:
  bearer:
    provider: jwt-bearer
    token_endpoint: ${token_endpoint}
    issuer: me
    subject: you
    scopes:
      - a
      - b
    key_path: k.pem
  client:
    description: for scripts
    provider: client-credentials
    token_endpoint: ${token_endpoint}
    client_id: x
    client_secret: \${env:CLIENT_SECRET}
  two:
    provider: client-credentials
    environment: test
    token_endpoint: \${base_url}/token
    client_id: x
    client_secret: \${env:CLIENT_SECRET}
    environments:
      test:
        base_url: ${sandbox.services.generic.base_url}
      live:
        base_url: http://127.0.0.1:9
  behind:
    provider: exchange
    via: bearer
    token_endpoint: ${token_endpoint}
providers:
  exchange:
    description: a call with the token before it
    fields:
      token_endpoint: { type: url, help: where }
    call:
      url: \${token_endpoint}
      headers: { Authorization: "Bearer \${via.access_token}" }
`
const files = { 'tokentool.yaml': PROFILES, 'k.pem': key.pem }
const env = { CLIENT_SECRET: secret }

/** The file stands in the working folder and is named, so that nobody has to trust it first. */
function run(args: readonly string[], setting: Setting = {}): Promise<Outcome> {
  return runProgram([...args, '-c', 'tokentool.yaml'], {
    ...setting,
    env: { ...env, ...setting.env },
    files: { ...files, ...setting.files },
  })
}

const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/

describe('-o', () => {
  test('token: the token and one newline, nothing on stderr', async () => {
    const { code, stdout, stderr } = await run(['get'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^[^\n]+\n$/)
    expect(stdout.trim()).toMatch(TOKEN)
    expect((await run(['get', '-o', 'token'])).stdout.trim()).toMatch(TOKEN)
  })

  test('header: one line', async () => {
    const { stdout, stderr } = await run(['get', '-o', 'header'])
    expect(stdout).toMatch(/^Authorization: Bearer [\w-]+\.[\w-]+\.[\w-]+\n$/)
    expect(stderr).toBe('')
  })

  test('claims: as they stand in the token, on one line', async () => {
    const { stdout } = await run(['get', '-o', 'claims'])
    expect(stdout.split('\n')).toHaveLength(2)
    expect(JSON.parse(stdout)).toMatchObject({ sub: 'you', scope: 'a b' })
    // a number that JSON.parse would round, names twice, an escape that stays what it is
    const claims = '{"n":12345678901234567890,\n "a":1,"a":2,"t":"\\u001b[2J\u202e"}'
    const payload = Buffer.from(claims).toString('base64url')
    const service = await serve(() => [200, { access_token: `eyJhbGciOiJub25lIn0.${payload}.x` }])
    const raw = await run([
      'get',
      'client',
      '-o',
      'claims',
      '-s',
      `token_endpoint=${service.origin}`,
    ])
    expect(raw.code, raw.stderr).toBe(0)
    expect(raw.stdout).not.toContain('\u202e')
    expect(raw.stdout).toContain('"t":"\\u001b[2J\\u202e"')
    expect(raw.stdout.split('\n')).toHaveLength(2)
  })

  test('json: exactly these members, in one line', async () => {
    const { stdout, stderr, json } = await run(['get', 'client', '--json'])
    expect(stderr).toBe('')
    expect(stdout.split('\n')).toHaveLength(2)
    const { claims } = readJwt(`${json().access_token}`)
    expect(json()).toEqual({
      profile: 'client',
      provider: 'client-credentials',
      environment: null,
      access_token: expect.stringMatching(TOKEN),
      token_type: 'Bearer',
      expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      expires_in: expect.any(Number),
      scopes: ['a'],
      cached: false,
      via: [],
      extra: {},
      claims,
    })
    expect(Object.keys(json())).toEqual([
      'profile',
      'provider',
      'environment',
      'access_token',
      'token_type',
      'expires_at',
      'expires_in',
      'scopes',
      'cached',
      'via',
      'extra',
      'claims',
    ])
    expect(json().expires_in).toSatisfy((left: number) => Number.isInteger(left) && left > 110)
    const same = (await run(['get', 'client', '-o', 'json'])).json()
    expect(Object.keys(same)).toEqual(Object.keys(json()))
  })

  test('json of a chain, of an opaque token, of the sandbox', async () => {
    const service = await serve(() => [200, { access_token: 'opaque', token_type: 'mac' }])
    const to = ['-s', `behind:token_endpoint=${service.origin}`]
    const chain = (await run(['get', 'behind', '--json', ...to])).json()
    expect(chain).toMatchObject({
      access_token: 'opaque',
      token_type: 'mac',
      expires_at: null,
      expires_in: null,
      scopes: null,
      claims: null,
    })
    expect(chain.via).toEqual([
      {
        profile: 'bearer',
        provider: 'jwt-bearer',
        environment: null,
        token_type: 'Bearer',
        expires_at: expect.any(String),
        expires_in: expect.any(Number),
        scopes: ['a', 'b'],
        cached: false,
      },
    ])
    const twin = await run(['get', 'bearer', '--json', '--sandbox'])
    expect(twin.code, twin.stderr).toBe(0)
    expect(twin.json()).toMatchObject({ sandbox: true, profile: 'bearer' })
  })

  test.each([' lead', 'trail ', '  ', ''])(
    'nor does the token %j, which no header has',
    async (token) => {
      const service = await serve(() => [200, { access_token: token }])
      const { code, stderr } = await run([
        ...['get', 'client', '-o', 'header'],
        ...['-s', `token_endpoint=${service.origin}`],
      ])
      expect(code).toBe(5)
      if (token.trim() !== '') expect(stderr).toContain('a token that no header can carry')
    },
  )

  test('a token with a line break never reaches stdout', async () => {
    const service = await serve(() => [200, { access_token: 'a\r\nX: y' }])
    for (const form of ['token', 'header', 'json']) {
      const { code } = await run([
        ...['get', 'client', '-o', form],
        ...['-s', `token_endpoint=${service.origin}`],
      ])
      expect(code).toBe(5)
    }
  })
})

describe('exit codes', () => {
  const page: Reply = [
    200,
    '<!doctype html><title>Sign in</title>',
    { 'content-type': 'text/html' },
  ]
  const cases: readonly {
    exit: number
    name: string
    args: readonly string[]
    reply?: Reply
    env?: Readonly<Record<string, string | undefined>>
    code: string
    class: string
  }[] = [
    {
      exit: 2,
      name: 'a flag nobody knows',
      args: ['get', '--nope'],
      code: 'usage',
      class: 'usage',
    },
    {
      exit: 2,
      name: 'a profile nobody knows',
      args: ['get', 'no'],
      code: 'profile_unknown',
      class: 'config',
    },
    {
      exit: 2,
      name: 'a field of the wrong type',
      args: ['get', '-s', 'lifetime=soon'],
      code: 'field_invalid',
      class: 'config',
    },
    {
      exit: 3,
      name: 'a variable that is not set',
      args: ['get', 'client'],
      env: { CLIENT_SECRET: undefined },
      code: 'secret_missing',
      class: 'credential',
    },
    {
      exit: 3,
      name: 'no key',
      args: ['get', '-s', 'key_path=no.pem'],
      code: 'key_missing',
      class: 'credential',
    },
    {
      exit: 4,
      name: 'a refusal',
      args: ['get', '-s', 'issuer=nobody'],
      code: 'service_refused',
      class: 'refused',
    },
    {
      exit: 4,
      name: 'an error with 200',
      args: ['get'],
      reply: [200, { error: 'invalid_grant' }],
      code: 'service_refused',
      class: 'refused',
    },
    {
      exit: 5,
      name: 'a web page',
      args: ['get'],
      reply: page,
      code: 'answer_unusable',
      class: 'unusable',
    },
    {
      exit: 5,
      name: 'an empty object',
      args: ['get'],
      reply: [200, {}],
      code: 'answer_unusable',
      class: 'unusable',
    },
    {
      exit: 5,
      name: 'a redirect',
      args: ['get'],
      reply: [307, '', { location: 'http://127.0.0.1:9/' }],
      code: 'answer_redirect',
      class: 'unusable',
    },
    {
      exit: 5,
      name: 'over 1 MiB',
      args: ['get'],
      reply: [200, `"${'x'.repeat(1_100_000)}"`],
      code: 'answer_too_large',
      class: 'unusable',
    },
    {
      exit: 6,
      name: 'nobody there',
      args: ['get', '-s', 'token_endpoint=http://127.0.0.1:9/'],
      code: 'network_refused',
      class: 'unavailable',
    },
    {
      exit: 6,
      name: 'too many requests',
      args: ['get', '--retries', '0'],
      reply: [429, { error: 'slow_down' }, { 'retry-after': '11' }],
      code: 'service_unavailable',
      class: 'unavailable',
    },
    {
      exit: 6,
      name: 'an outage',
      args: ['get'],
      reply: [503, 'upstream'],
      code: 'service_unavailable',
      class: 'unavailable',
    },
    {
      exit: 7,
      name: 'too short a life',
      args: ['get', '--min-ttl', '2h'],
      code: 'check_failed',
      class: 'check',
    },
  ]

  test.concurrent.each(cases)('$exit: $name', async (one) => {
    const service = one.reply && (await serve(() => one.reply ?? [500]))
    const to = service ? ['-s', `token_endpoint=${service.origin}/token`] : []
    const setting = one.env ? { env: one.env } : {}
    const { code, stderr, error } = await run([...one.args, ...to, '--json'], setting)
    expect(code, stderr).toBe(one.exit)
    expect(stderr).toMatch(/^\{"error":\{.*\}\}\n$/)
    expect(Object.keys(error())).toEqual([
      'class',
      'exit',
      'code',
      'message',
      'status',
      'said',
      'means',
      'sent',
      'fix',
      'profile',
      'provider',
      'hop',
      'request_id',
      'retry_after',
      'warnings',
    ])
    expect(error()).toMatchObject({
      class: one.class,
      code: one.code,
      exit: one.exit,
      message: expect.stringMatching(/^[^A-Z].*[^.]$/s),
      sent: expect.any(Object),
      fix: expect.any(Array),
      warnings: expect.any(Array),
    })
    expect(error().retry_after).toBe(one.name === 'too many requests' ? 11 : null)
    // the same for a person
    const spoken = await run([...one.args, ...to], setting)
    expect(spoken.code).toBe(one.exit)
    expect(spoken.stderr).toMatch(/^tokentool: error: /)
  })

  test('a limit of time holds', async () => {
    const silent = createServer(() => {})
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done))
    const address = silent.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const began = Date.now()
    const { code, error } = await run([
      ...['get', '--json', '--timeout', '1'],
      ...['-s', `token_endpoint=http://127.0.0.1:${port}/`],
    ])
    expect(code).toBe(6)
    expect(error()).toMatchObject({ code: 'network_timeout' })
    expect(Date.now() - began).toBeLessThan(3000)
    silent.close()
  })
})

describe('--min-ttl', () => {
  test('holds, does not hold, cannot be told', async () => {
    expect((await run(['get', 'client', '--min-ttl', '1m'])).code).toBe(0)
    expect((await run(['get', 'client', '--min-ttl', '100'])).code).toBe(0)
    const short = await run(['get', 'client', '--min-ttl', '5m'])
    expect(short.code).toBe(7)
    expect(short.stderr).toContain('the token of client is not good for 5 m')
    expect(short.stderr).toMatch(/a new one is good for (2 m|1 m 59 s)/)
    const service = await serve(() => [200, { access_token: 'opaque' }])
    const unknown = await run([
      ...['get', 'client', '--min-ttl=1s'],
      ...['-s', `token_endpoint=${service.origin}`],
    ])
    expect(unknown.code).toBe(7)
    expect(unknown.stderr).toContain('does not say how long it lives')
    expect((await run(['get', '--min-ttl', 'soon'])).code).toBe(2)
  })
})

describe('a dry run', () => {
  test('the request with its secrets hidden, nothing sent', async () => {
    const before = sandbox.log.length
    const { code, stdout, stderr } = await run(['get', 'client', '-n'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe(
      `# client\nPOST ${token_endpoint}\nContent-Type: application/x-www-form-urlencoded\nAccept: application/json\nAuthorization: Basic «hidden»\n\ngrant_type=client_credentials\n`,
    )
    expect(sandbox.log.length).toBe(before)
  })

  test('--json: method, url, headers, body, claims, and the hops before', async () => {
    const { stdout, json } = await run(['get', 'behind', '-n', '--json'])
    expect(stdout.split('\n')).toHaveLength(2)
    expect(json()).toEqual({
      profile: 'behind',
      method: 'POST',
      url: token_endpoint,
      headers: { Authorization: 'Bearer «the token of bearer»' },
      body: null,
      claims: null,
      via: [
        {
          profile: 'bearer',
          method: 'POST',
          url: token_endpoint,
          headers: {
            'Content-Type': 'application/x-www-form-urlencoded',
            Accept: 'application/json',
          },
          body: expect.stringMatching(
            /^grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=«hidden \d+ chars sha256:[\da-f]{8}»&scope=a%20b$/,
          ),
          claims: {
            iss: 'me',
            sub: 'you',
            aud: token_endpoint,
            iat: expect.any(Number),
            exp: expect.any(Number),
            jti: expect.any(String),
          },
        },
      ],
    })
  })
})

describe('saying more and less', () => {
  test('-v: each step, in order', async () => {
    const { code, stdout, stderr } = await run(['get', '-v'])
    expect(code).toBe(0)
    expect(stdout.trim()).toMatch(TOKEN)
    const lines = stderr.split('\n')
    expect(lines[0]).toBe('bearer (jwt-bearer): signed with 2048-bit RSA key')
    expect(lines[1]).toMatch(/^ {2}claims {2}\{"iss":"me","sub":"you",/)
    expect(lines[2]).toBe(`bearer (jwt-bearer): POST ${token_endpoint}`)
    expect(lines[3]).toMatch(/^bearer \(jwt-bearer\): 200 in \d+ ms · clocks agree$/)
    expect(lines[4]).toBe('bearer (jwt-bearer): the token is kept for the next time')
    expect(lines.slice(5)).toEqual([''])
  })

  test('-vv: header, request and answer as well, redacted', async () => {
    const { stderr } = await run(['get', '-vv'])
    expect(stderr).toContain('  header  {"alg":"RS256","typ":"JWT"}')
    expect(stderr).toContain('  > Accept: application/json')
    expect(stderr).toMatch(/\n {2}> grant_type=[^&]+&assertion=«hidden \d+ chars sha256:\w{8}»/)
    expect(stderr).toMatch(/\n {2}< \{"access_token":"«hidden \d+ chars sha256:\w{8}»"/)
    expect(stderr).toContain('  < content-type: application/json')
  })

  test('the error comes last, whatever the trace still has to say', async () => {
    const body = JSON.stringify({ error: 'invalid_grant', list: [1, 2, 3] }, undefined, 2)
    const service = await serve(() => [400, body, { 'content-type': 'application/json' }])
    const { stderr } = await run(['get', '-vv', '-s', `token_endpoint=${service.origin}`])
    const at = stderr.indexOf('tokentool: error:')
    expect(at).toBeGreaterThan(0)
    expect(stderr.indexOf('"list"')).toBeLessThan(at)
    expect(stderr.lastIndexOf('  < ')).toBeLessThan(at)
    // -v asks for the words of a person, even with --json
    const both = await run(['get', '--json', '-v', '-s', `token_endpoint=${service.origin}`])
    expect(both.code).toBe(4)
    expect(both.stderr).toContain('tokentool: error:')
  })

  test('-q: errors only', async () => {
    const weak = await run(['get', '-q', '-s', 'issuer=nobody'])
    expect(weak.code).toBe(4)
    expect(weak.stderr).toMatch(/^tokentool: error: /)
    const fine = await run(['get', '-q'])
    expect([fine.code, fine.stderr]).toEqual([0, ''])
    expect((await run(['get', '-q', '-v'])).code).toBe(2)
  })

  test('colour is for terminals, or for who asks', async () => {
    const colour = '\u001b['
    const args = ['get', '-s', 'issuer=nobody']
    expect((await run(args)).stderr).not.toContain(colour)
    expect((await run(args, { env: { FORCE_COLOR: '1' } })).stderr).toContain(colour)
    expect((await run(args, { env: { FORCE_COLOR: '0' } })).stderr).not.toContain(colour)
    const off = { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }
    expect((await run(args, off)).stderr).not.toContain(colour)
    const flag = await run([...args, '--no-color'], { env: { FORCE_COLOR: '1' } })
    expect(flag.stderr).not.toContain(colour)
  })

  test('what a server says cannot move the cursor or forge a line', async () => {
    const nasty = 'a\u001b[2J\u202eb\r\ntokentool: error: forged\u0007\u009b1m'
    const service = await serve(() => [400, { error: nasty }, { 'x-request-id': 'r\u00851' }])
    for (const more of [[], ['-vv'], ['--json']]) {
      const { code, stderr } = await run([
        ...['get', ...more, '-s', `token_endpoint=${service.origin}`],
      ])
      expect(code).toBe(4)
      expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
      expect(stderr.match(/^tokentool: error: /gm)?.length ?? 0).toBeLessThan(2)
    }
  })

  test('--show-secrets is for terminals', async () => {
    const { code, stderr } = await run(['get', '-vv', '--show-secrets'])
    expect(code).toBe(2)
    expect(stderr).toContain('--show-secrets prints to a terminal only')
  })

  test('NODE_DEBUG is refused before a secret is read', async () => {
    const { code, stderr } = await run(['get'], { env: { NODE_DEBUG: 'http' } })
    expect(code).toBe(2)
    expect(stderr).toContain('unset NODE_DEBUG')
  })
})

describe('the command line', () => {
  test('flags before and after the verb and its argument', async () => {
    const from = ['-c', 'tokentool.yaml']
    const setting = { files, env }
    const orders = [
      [...from, '-o', 'json', 'get', 'client'],
      ['get', ...from, '-o', 'json', 'client'],
      ['get', 'client', ...from, '-o', 'json'],
      ['--output=json', 'get', '-ctokentool.yaml', '--profile', 'client'],
      ['-p', 'client', 'get', ...from, '-ojson'],
      ['--json', ...from, 'get', 'client'],
    ]
    for (const args of orders) {
      const { code, stderr, json } = await runProgram(args, setting)
      expect(code, stderr).toBe(0)
      expect(json()).toMatchObject({ profile: 'client' })
    }
    // what may be repeated is added up
    const both = await runProgram(
      [
        '-s',
        'issuer=nobody',
        ...from,
        'get',
        'bearer',
        '--json',
        '-s',
        'issuer=me',
        '-s',
        'subject=s',
      ],
      setting,
    )
    expect(both.json()).toMatchObject({ claims: { sub: 's' } })
  })

  test('a flag that the verb does not know', async () => {
    const { code, stderr } = await run(['--curl', 'mint'])
    expect(code).toBe(2)
    expect(stderr).toContain('mint knows no --curl')
  })

  test('the nearest command, flag, form and profile', async () => {
    const pairs: readonly (readonly [readonly string[], string])[] = [
      [['gte'], 'did you mean get?'],
      [['get', '--enviroment', 'x'], '--environment'],
      [['get', '-o', 'jsn'], 'token, header, json, env'],
      [['get', 'beaer'], 'bearer'],
      [['get', 'two', '-e', 'lve'], 'live'],
      [['get', '-s', 'isuer=x'], 'did you mean issuer?'],
      [['profile', 'lst'], 'list'],
    ]
    for (const [args, hint] of pairs) {
      const { code, stderr } = await (args.length === 2 && args[0] === 'profile'
        ? runProgram(args)
        : run(args))
      expect(code, args.join(' ')).toBe(2)
      expect(stderr).toContain(hint)
    }
  })

  test('a value that may be a secret is not echoed by a mistake beside it', async () => {
    for (const args of [
      ['get', '--hunter2hunter2=hunter2hunter2'],
      ['get', '-s', 'client_secret=hunter2hunter2', 'client'],
      ['get', '-s', 'nothing=hunter2hunter2'],
    ]) {
      const { code, stderr } = await run(args)
      expect(code).toBe(2)
      expect(stderr.replace('--hunter2hunter2', '')).not.toContain('hunter2')
    }
  })

  test('a positional and -p', async () => {
    expect((await run(['get', 'client', '-p', 'client'])).code).toBe(0)
    const { code, stderr } = await run(['get', 'client', '-p', 'bearer'])
    expect(code).toBe(2)
    expect(stderr).toContain('client and -p bearer name two profiles')
    expect(stderr).toContain('fix:   leave out client, or -p bearer\n')
    const provider = await run(['get', 'client', '--provider', 'jwt-bearer'])
    expect(provider.code).toBe(2)
    expect((await run(['get', 'client', 'bearer'])).code).toBe(2)
  })

  test('bare, --version, --help', async () => {
    const bare = await runProgram([])
    expect(bare.code).toBe(2)
    expect(bare.stderr.split('\n')).toEqual([
      expect.stringContaining('tokentool get --sandbox'),
      expect.stringContaining('tokentool init'),
      expect.stringContaining('tokentool --help'),
      '',
    ])
    const version = await runProgram(['--version'])
    expect([version.code, version.stdout]).toEqual([0, `${manifest.version}\n`])
    for (const args of [['--help'], ['get', '--help'], ['-h'], ['profile', '--help']]) {
      const help = await runProgram(args)
      expect([help.code, help.stderr]).toEqual([0, ''])
      expect(help.stdout).toContain('Usage: tokentool')
    }
  })

  test('--json and another form contradict each other', async () => {
    expect((await run(['get', '--json', '-o', 'token'])).code).toBe(2)
  })

  test('a password has no place in --proxy', async () => {
    const { code, stderr } = await run(['get', '--proxy', 'http://u:hunter2hunter2@127.0.0.1:9'])
    expect(code).toBe(2)
    expect(stderr).not.toContain('hunter2')
  })
})

describe('-e and environments', () => {
  test('of the file, of the variable, of the flag', async () => {
    expect((await run(['get', 'two', '--json'])).json()).toMatchObject({ environment: 'test' })
    const live = await run(['get', 'two'], { env: { TOKENTOOL_ENVIRONMENT: 'live' } })
    expect(live.code).toBe(6)
    const flag = await run(['get', 'two', '--json', '-e', 'test'], {
      env: { TOKENTOOL_ENVIRONMENT: 'live' },
    })
    expect(flag.json()).toMatchObject({ environment: 'test' })
  })

  test('one that changes nothing is a mistake', async () => {
    const { code, error } = await run(['get', 'client', '-e', 'live', '--json'])
    expect(code).toBe(2)
    expect(error()).toMatchObject({ code: 'environment_unknown' })
  })

  test('never production by silence', async () => {
    const { code, error } = await runProgram([
      ...['get', '--provider', 'va-sis', '--json', '-s', 'issuer=a', '-s', 'subject=b'],
      ...['-s', 'service_account_id=c'],
    ])
    expect(code).toBe(2)
    expect(error()).toMatchObject({ code: 'environment_missing' })
    expect(`${error().means}`).toContain('production, staging, dev, localhost')
  })
})

describe('which profile, which file', () => {
  const own = 'home/.config/tokentool/tokentool.yaml'

  test('TOKENTOOL_PROFILE, and what comes before it', async () => {
    const named = { env: { TOKENTOOL_PROFILE: 'client' } }
    expect((await run(['get', '--json'], named)).json()).toMatchObject({ profile: 'client' })
    expect((await run(['get', 'bearer', '--json'], named)).json()).toMatchObject({
      profile: 'bearer',
    })
    const args = ['get', '--json', '--provider', 'client-credentials', '-n']
    const set = ['-s', `token_endpoint=${token_endpoint}`, '-s', 'client_auth=none']
    expect((await run([...args, ...set], named)).json()).toMatchObject({
      profile: 'client-credentials',
    })
  })

  test('TOKENTOOL_CONFIG may list several; -c wins; a missing one is an error', async () => {
    const more = {
      'more.yaml': 'profiles:\n  more:\n    extends: base\n    provider: jwt-bearer\n',
    }
    const extra = 'profiles:\n  extra:\n    provider: client-credentials\n    client_auth: none\n'
    const setting = { files: { ...files, 'extra.yaml': extra }, env }
    const both = await runProgram(
      ['get', 'extra', '-n', '-s', `token_endpoint=${token_endpoint}`],
      { ...setting, env: { ...env, TOKENTOOL_CONFIG: 'tokentool.yaml:extra.yaml' } },
    )
    expect(both.code, both.stderr).toBe(0)
    const flag = await runProgram(['get', '-c', 'tokentool.yaml', '--json'], {
      ...setting,
      env: { ...env, TOKENTOOL_CONFIG: 'no.yaml' },
    })
    expect(flag.json()).toMatchObject({ profile: 'bearer' })
    const missing = await runProgram(['get', '--json'], {
      ...setting,
      env: { ...env, TOKENTOOL_CONFIG: 'no.yaml' },
    })
    expect(missing.code).toBe(2)
    expect(missing.error()).toMatchObject({ code: 'file_missing' })
    expect((await runProgram(['get', '-c', 'no.yaml'], setting)).code).toBe(2)
    expect((await runProgram(['get', '-c', 'more.yaml'], { files: more })).code).toBe(2)
  })

  test('no file at all: what to type', async () => {
    const { code, stderr } = await runProgram(['get'])
    expect(code).toBe(2)
    expect(stderr).toContain('there is no profile file')
    expect(stderr).toContain('tokentool init')
    expect(stderr).toContain('tokentool get --sandbox')
  })

  test('a file that was found needs trust for keys and variables; the own one does not', async () => {
    const folder = makeFolder(files)
    const first = await runProgram(['get', '--json'], { folder, env })
    expect(first.code).toBe(2)
    expect(first.error()).toMatchObject({ class: 'untrusted', code: 'untrusted' })
    expect(`${first.error().means}`).toContain('k.pem')
    const before = sandbox.log.length

    const shown = await runProgram(['trust'], { folder, env })
    expect(shown.code, shown.stderr).toBe(0)
    expect(shown.stdout).toContain('CLIENT_SECRET')
    expect((await runProgram(['get'], { folder, env })).code).toBe(0)
    expect((await runProgram(['get', 'client'], { folder, env })).code).toBe(0)
    expect(sandbox.log.length).toBe(before + 2)

    // a scope asks for nothing, another host does
    writeFiles(folder, { 'tokentool.yaml': PROFILES.replace('- b', '- a') })
    expect((await runProgram(['get'], { folder, env })).code).toBe(0)
    writeFiles(folder, {
      'tokentool.yaml': PROFILES.replace(token_endpoint, 'http://127.0.0.1:9/token'),
    })
    expect((await runProgram(['get'], { folder, env })).code).toBe(2)
    // and naming it is trust as well
    expect((await runProgram(['get', '-c', 'tokentool.yaml'], { folder, env })).code).toBe(6)

    const mine = await runProgram(['get', 'client', '--json'], {
      files: { [own]: PROFILES },
      env,
    })
    expect(mine.json()).toMatchObject({ profile: 'client' })
  })

  test('the project’s file goes before the own one, by name', async () => {
    const project =
      'profiles:\n  client:\n    provider: client-credentials\n    client_auth: none\n    client_id: p\n    token_endpoint: http://127.0.0.1:9/\n'
    const setting = { files: { [own]: PROFILES, 'tokentool.yaml': project }, env }
    const { json } = await runProgram(['get', 'client', '-n', '--json'], setting)
    expect(json()).toMatchObject({ url: 'http://127.0.0.1:9/' })
  })
})
