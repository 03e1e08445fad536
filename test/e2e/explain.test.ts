// `tokentool explain` through the whole program: what it prints, what it never prints, what it makes of
// anything at all; and that a live failure is told by the same rows.

import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { makeRsaKey } from '../support/keys.ts'
import { plantCanary, plantKey, runProgram } from '../support/program.ts'
import { serve } from '../support/service.ts'
import { VENDOR_ANSWERS } from '../support/vendor-answers.ts'
import { runMain } from '../support/world.ts'

const key = makeRsaKey()
plantKey(key.pem)

const BODY = '{"error":"invalid_grant","error_description":"Invalid JWT Signature."}'

describe('what it prints', () => {
  test('for a person: who speaks, what it means, why, and the fix', async () => {
    const { code, stdout, stderr } = await runProgram(['explain'], { stdin: `400 ${BODY}\n` })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe(
      [
        'Google',
        '  means: none of the keys in force of this service account fits the signature',
        '  why:   the key was deleted or disabled, or has run out',
        '         the key file is that of another service account than iss',
        '  fix:   gcloud iam service-accounts keys list --iam-account EMAIL',
        '         key_path: a key file whose private_key_id is in that list',
        '  also:  RFC 6749, any service: the signature fits none of the keys that the service holds for this issuer',
        '',
      ].join('\n'),
    )
  })

  test('with -v, how it read the text as well', async () => {
    const { stdout } = await runProgram(['explain', '-v', '400', BODY])
    expect(stdout).toContain(
      '\n  read:  status 400 · code invalid_grant · text Invalid JWT Signature.\n',
    )
  })

  test('of a file', async () => {
    const { stdout } = await runProgram(['explain', '@e.json'], { files: { 'e.json': BODY } })
    expect(stdout).toMatch(/^Google\n/)
    expect((await runProgram(['explain', '@none.json'])).code).toBe(2)
  })

  test.each([
    ['ECONNREFUSED', 'the network'],
    ['CERT_HAS_EXPIRED', 'TLS'],
    ['ERR_OSSL_UNSUPPORTED', 'OpenSSL'],
    ['key_encrypted', 'tokentool'],
    ['502', 'HTTP, any service'],
    ['TokenExpiredError: jwt expired', 'a library that checks JWTs'],
  ])('%s is known beside any service that is named', async (text, service) => {
    const { exit, stdout } = await runMain(['explain', '--provider', 'va-sis', text])
    expect([exit, stdout.split('\n')[0]]).toEqual([0, service])
  })

  test('the second code of a text is told beside the first', async () => {
    const args = ['explain', 'ERR12014 and then ERR12007']
    const { stdout } = await runMain(args)
    expect(stdout).toContain('  also:  ERR12007, networknt light-oauth2: the client is known')
    const { stdout: json } = await runMain([...args, '--json'])
    expect(JSON.parse(json).matches.map(({ code }: { code: string }) => code)).toEqual([
      'ERR12014',
      'ERR12007',
    ])
  })

  test('a code of Entra is the code', async () => {
    const text = '{"error":"invalid_client","error_description":"AADSTS7000215: x"}'
    const { stdout } = await runMain(['explain', text, '--json'])
    expect(JSON.parse(stdout).matches[0]).toMatchObject({
      service: 'Entra ID',
      code: 'AADSTS7000215',
    })
  })

  test('a fix that is a sentence is folded like the rest', async () => {
    const { stdout } = await runMain(['explain', '240101', '--no-color'], { terminal: 60 })
    const { stdout: other } = await runMain(['explain', 'AADSTS500011', '--no-color'], {
      terminal: 60,
    })
    const long = `${stdout}${other}`.split('\n').filter((line) => line.length > 60)
    expect(long).toEqual([])
  })

  test('for a program: one line', async () => {
    const text = `HTTP/1.1 401 Unauthorized\nx-request-id: r-9\n\n${BODY}`
    const { code, stdout, json } = await runProgram(['explain', '-', '--json'], { stdin: text })
    expect(code).toBe(0)
    expect(stdout.trimEnd()).not.toContain('\n')
    expect(json()).toEqual({
      read: {
        status: 401,
        code: 'invalid_grant',
        text: 'Invalid JWT Signature.',
        details: [],
        request_id: 'r-9',
      },
      matches: [
        {
          service: 'Google',
          provider: null,
          class: 'refused',
          exit: 4,
          code: 'invalid_grant',
          means: 'none of the keys in force of this service account fits the signature',
          why: expect.any(Array),
          fix: expect.any(Array),
        },
        expect.objectContaining({ service: 'RFC 6749, any service' }),
      ],
    })
  })

  test('of what nobody knows: how it was read, and exit 7', async () => {
    const setting = { answersFailure: true }
    const { code, stdout, stderr } = await runProgram(['explain', '418', 'a', 'pot'], setting)
    expect([code, stderr]).toEqual([7, ''])
    expect(stdout).toMatch(
      /^nobody in the catalogue says that\n {2}read: {2}status 418 · text a pot\n/,
    )
    const other = await runProgram(['explain', '403 {"error":"pot"}', '--json'], setting)
    expect([other.code, other.json()]).toMatchObject([
      7,
      { read: { status: 403, code: 'pot' }, matches: [] },
    ])
  })

  test('of a refusal that nobody knows: what its status would mean by itself', async () => {
    const { stdout } = await runProgram(['explain', '403 {"error":"pot"}'], {
      answersFailure: true,
    })
    expect(stdout).toContain('  means: a 403 by itself: the service knows who is asking')
  })

  test('of a service that is named: it, or nothing', async () => {
    const okta = await runProgram(['explain', '--provider', 'okta', 'E0000006'])
    expect(okta.stdout).toMatch(/^Okta\n/)
    const netsuite = await runProgram(['explain', 'invalid_grant', '--provider', 'netsuite'])
    expect(netsuite.stdout).toMatch(/^NetSuite\n/)
    const args = ['explain', 'Invalid JWT Signature.', '--provider', 'va-sis']
    const none = await runProgram(args, { answersFailure: true })
    expect(none.code).toBe(7)
    expect(none.stdout).toMatch(/^va-sis is not known to say that\n/)
    expect(none.stdout).toContain('  also:  Google: ')
  })

  test.each([
    [['explain'], 'explain: standard input is empty'],
    [['explain', ' '], 'explain: the text is empty'],
    [['explain', 'x', '--provider', 'oktta'], 'there is no provider or service "oktta"'],
    [['explain', 'x', '--provider', 'va-sis', '-p', 'x'], '-p and --provider'],
    [['explain', 'x', '--list'], '--list takes no text'],
    [['explain', 'x', '-p', 'nobody'], 'there is no profile "nobody"'],
  ])('%j is a mistake of usage', async (args, message) => {
    const { code, stderr } = await runProgram(args)
    expect(code).toBe(2)
    expect(stderr).toContain(`tokentool: error: ${message}`)
  })

  test('at a terminal it waits for a paste where - asks for one', async () => {
    const { exit, stderr } = await runMain(['explain', '-'], { terminal: 80 })
    expect(stderr).toContain('tokentool: paste the error, then press Ctrl-D')
    // here nothing comes
    expect([exit, stderr]).toEqual([2, expect.stringContaining('standard input is empty')])
  })

  test('at a terminal with nothing to read it says how it is used', async () => {
    const { exit, stdout, stderr } = await runMain(['explain'], { terminal: 80 })
    expect([exit, stdout]).toEqual([2, ''])
    expect(stderr).toContain('explain: which error?')
    expect(stderr).toContain('tokentool explain invalid_grant')
  })
})

describe('the catalogue', () => {
  test('fits a narrow terminal, and names every service', async () => {
    const { exit, stdout } = await runMain(['explain', '--list', '--no-color'], { terminal: 60 })
    expect(exit).toBe(0)
    expect(stdout.split('\n').filter((line) => line.length > 60)).toEqual([])
    for (const name of new Set(VENDOR_ANSWERS.map(({ service }) => service))) {
      expect(stdout).toMatch(new RegExp(`^${name}$`, 'm'))
    }
    expect(stdout).toContain('(va-sis)')
    expect(stdout).toContain('\n  ERR12014\n')
  })

  test('of one service is that service', async () => {
    const { stdout } = await runProgram(['explain', '--list', '--provider', 'zoom'])
    expect(stdout.split('\n').filter((line) => /^\S/.test(line))).toEqual(['Zoom'])
    expect(stdout).toContain('  invalid_client · "invalid client_id or client_secret"\n')
  })

  test('of a profile is that of its provider', async () => {
    const { stdout } = await runMain(['explain', '--list', '-c', 'p.yaml', '-p', 'va'], {
      files: { 'p.yaml': VA },
    })
    expect(stdout.split('\n').filter((line) => /^\S/.test(line))).toEqual([
      'VA Sign-in Service, service accounts (va-sis)',
    ])
  })

  test('is for people: none of its patterns is one', async () => {
    const { stdout } = await runMain(['explain', '--list', '--no-color'])
    expect(stdout.split('\n').filter((line) => /^ {2}\S.*(\[|\\|\(\?|"…")/.test(line))).toEqual([])
  })

  test('as JSON', async () => {
    const { json } = await runProgram(['explain', '--list', '--json', '--provider', 'snowflake'])
    expect(json()).toMatchObject({
      services: [{ service: 'Snowflake', provider: null, rows: expect.any(Array) }],
    })
  })
})

const icn = plantCanary()
const VA = `
profiles:
  va:
    provider: va-sis
    issuer: https://chat.example
    subject: me
    key_path: ./staging.pem
    scopes:
      - https://staging-api.va.gov/v0/map_services/chatbot/token
    user_attributes:
      icn: \${env:ICN}
    environments:
      staging: { service_account_id: staging-account }
      production: { service_account_id: production-account }
providers:
  mine:
    description: my own service
    fields: { token_endpoint: { type: url, help: h } }
    call: { url: "\${token_endpoint}" }
    explain:
      - code: MINE-1
        means: the moon is full
        fix: wait
`
const AUDIENCE =
  '400 {"errors":"Invalid audience. Expected [\\"https://staging-api.va.gov/v0/sign_in/token\\"], received https://api.va.gov/v0/sign_in/token"}'

describe('with a profile', () => {
  const files = { 'p.yaml': VA, 'staging.pem': key.pem }
  const args = ['explain', AUDIENCE, '-c', 'p.yaml', '-p', 'va', '-e', 'production']

  test('it compares with what that would send', async () => {
    const { code, stdout, stderr } = await runProgram(args, { files, env: { ICN: icn } })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('         aud names api.va.gov; the service is staging-api.va.gov\n')
    expect(stdout).toContain(
      '         the service answers as staging; this call was made for production\n',
    )
    expect(stdout).toContain('  sends: aud https://api.va.gov/v0/sign_in/token · ')
    expect(stdout).toContain(' · environment production\n')
    expect(stdout).toContain('  fix:   tokentool get va -e staging -c p.yaml\n')
    expect(stdout).not.toContain('why:')
  })

  test.each<[string, Record<string, string>, Record<string, string>, string]>([
    ['a key', { 'p.yaml': VA }, { ICN: icn }, 'staging.pem does not exist'],
    ['a variable', files, {}, 'the variable ICN is not set'],
  ])('that lacks %s, as far as it goes', async (_, some, env, lack) => {
    const { code, stdout } = await runProgram(args, { files: some, env })
    expect(code).toBe(0)
    expect(stdout).toContain('aud names api.va.gov; the service is staging-api.va.gov')
    expect(stdout).toMatch(new RegExp(`^ {2}lacks: .*${lack}`, 'm'))
  })

  test('of which the environment is not known, it explains and says what is left out', async () => {
    const { exit, stdout, stderr } = await runMain(
      ['explain', AUDIENCE, '-c', 'p.yaml', '-p', 'va'],
      {
        files,
      },
    )
    expect([exit, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^VA Sign-in Service/)
    expect(stdout).toContain('  lacks: which environment? there are staging, production;')
    expect(stdout).toContain('         tokentool explain -p va -e staging -c p.yaml TEXT\n')
    expect(stdout).not.toContain('sends:')
  })

  test('an environment that it lacks is a mistake, mended in this command', async () => {
    const args = ['explain', '502', '-c', 'p.yaml', '-p', 'va', '-e', 'stagin']
    const { exit, stderr } = await runMain(args, { files })
    expect(exit).toBe(2)
    expect(stderr).toContain('tokentool explain -p va -e staging -c p.yaml TEXT')
  })

  test('nothing is proposed for a field that its provider does not have', async () => {
    const args = ['explain', 'invalid_client', '-c', 'p.yaml', '-p', 'va', '-e', 'staging']
    const { stdout } = await runMain(args, { files })
    expect(stdout).not.toMatch(/client_(id|auth):/)
    expect(stdout).toContain('  fix:   tokentool doctor va -c p.yaml\n')
  })

  test('in a file that is not trusted, nothing secret is looked at', async () => {
    const found = { 'tokentool.yaml': VA, 'staging.pem': key.pem }
    const { code, json } = await runProgram(
      ['explain', AUDIENCE, '-p', 'va', '-e', 'production', '--json'],
      { files: found, env: { ICN: icn } },
    )
    expect(code).toBe(0)
    expect(json()).toMatchObject({
      matches: [{ sent: { aud: 'https://api.va.gov/v0/sign_in/token' } }],
      compared: { profile: 'va', unseen: [expect.stringContaining('is not trusted')] },
    })
  })

  test('hides what is about a person', async () => {
    const text = 'Invalid user attributes'
    const { stdout } = await runProgram(
      ['explain', text, '-c', 'p.yaml', '-p', 'va', '-e', 'staging'],
      { files, env: { ICN: icn } },
    )
    expect(stdout).toContain('user_attributes {"icn":"«hidden»"}')
  })

  test('that a variable names, whatever else it may have been', async () => {
    const setting = { files, env: { ICN: icn, TOKENTOOL_PROFILE: 'va' } }
    const own = await runProgram(
      ['explain', 'Invalid scopes', '-c', 'p.yaml', '-e', 'staging'],
      setting,
    )
    expect(own.stdout).toContain('  sends: scopes https://staging-api.va.gov/')
    const foreign = await runProgram(['explain', 'E0000006', '-c', 'p.yaml'], {
      ...setting,
      env: { ...setting.env, TOKENTOOL_ENVIRONMENT: 'staging' },
    })
    expect(foreign.stdout).toMatch(/^Okta\n/)
    expect(foreign.stdout).not.toContain('sends:')
  })

  test('and a provider of one’s own explains as well', async () => {
    const { stdout } = await runProgram(['explain', 'MINE-1', '-c', 'p.yaml'], { files })
    expect(stdout).toContain('my own service (mine)\n  means: the moon is full\n')
  })

  test('a broken file nobody asked for is no reason to fail', async () => {
    const { code, stdout } = await runProgram(['explain', 'ERR12014'], {
      files: { 'tokentool.yaml': 'profiles: [' },
    })
    expect(code).toBe(0)
    expect(stdout).toContain('light-oauth2')
  })
})

describe('secrets in what is pasted are not printed again', () => {
  const secret = plantCanary()
  const basic = Buffer.from(`id:${secret}`).toString('base64')
  const token = `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(secret).toString('base64url')}xx.c2lnbmF0dXJl`
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })
  plantKey(pem.toString())
  test.each([
    ['a header', `> Authorization: Bearer ${token}\n< HTTP/1.1 401 Unauthorized`],
    ['Basic', `{"error":"x","error_description":"bad header Basic ${basic}"}`],
    ['raw Basic', `{"code":"ERR12003","description":"Invalid header Basic id:${secret}"}`],
    ['a parameter', `POST /token client_secret=${secret}&grant_type=x failed`],
    ['a member', JSON.stringify({ client_secret: secret, error: 'x', message: 'y' })],
    ['a broken member', `{"password":"${secret}","error":"x`],
    ['an address', `https://user:${secret}@host/cb?code=${secret}&error=x`],
    ['a token answer', JSON.stringify({ access_token: token })],
    ['a token', token],
    ['a key', pem.toString()],
    ['a key on one line', pem.toString().replaceAll('\n', '\\n')],
    ['prose', `Refresh token ${secret}1 is not found`],
  ])('%s', async (_, text) => {
    for (const form of [['-v'], ['--json']]) {
      await runProgram(['explain', ...form], { stdin: text, answersFailure: true })
    }
  })
})

const MEGABYTE = 1024 * 1024
const ODD: Readonly<Record<string, string>> = {
  spaces: ' \n\t',
  nul: '\0\0',
  binary: Array.from({ length: 4000 }, (_, at) => String.fromCharCode((at * 7919) % 256)).join(''),
  braces: '{'.repeat(MEGABYTE),
  brackets: '['.repeat(MEGABYTE),
  'both ways': '{x'.repeat(MEGABYTE / 4) + '}'.repeat(MEGABYTE / 4),
  'open members': '{"a":'.repeat(MEGABYTE / 5),
  quotes: '"'.repeat(MEGABYTE),
  backslashes: '\\'.repeat(MEGABYTE),
  pairs: 'a='.repeat(MEGABYTE / 2),
  'pairs of errors': 'error='.repeat(MEGABYTE / 6),
  'spaces behind a name': `error${' '.repeat(MEGABYTE)}=x`,
  'status lines': 'HTTP/1.1 400\n'.repeat(MEGABYTE / 13),
  'the word status': 'status '.repeat(MEGABYTE / 7),
  titles: '<title>'.repeat(MEGABYTE / 7),
  addresses: 'https://a/'.repeat(MEGABYTE / 10),
  objects: '{"error":"x"}'.repeat(MEGABYTE / 13),
  'a long word': 'A1'.repeat(MEGABYTE / 2),
  'a long number': `{"error":${'9'.repeat(MEGABYTE)}}`,
  'said without end': `tokentool: error: x (400)\n  said:  ${'x · '.repeat(MEGABYTE / 5)}`,
  'a stack trace': `Error: boom\n${'    at f (x.js:1:2)\n'.repeat(5000)}`,
  'deep JSON': `${'{"error":'.repeat(5000)}1${'}'.repeat(5000)}`,
  'a page': '<!doctype html><html><head><title>Sign in</title></head></html>',
  emoji: '🔥'.repeat(5000),
  'half of a pair': '\ud83d',
  crlf: 'HTTP/1.1 400 Bad Request\r\n\r\n{"error":"x"}\r\n',
  escapes: '\u001b[31minvalid_grant\u001b[0m \u202e\u0007',
  'an empty object': '{}',
  'an empty list': '[]',
  null: 'null',
  text: '"x"',
  number: '12345',
  'a small number': '0',
  minus: '-1',
  prototype: '{"__proto__":{"error":"x"},"constructor":1}',
  'names of objects': 'constructor toString hasOwnProperty',
  placeholders: '${env:HOME} ${file:/etc/passwd} $(id)',
  regexp: '(a+)+$ [ \\ ^ {2,1}',
  doubled: '{"error":"a","error":"b"}',
  'odd types': '{"error":{"code":[1],"message":{"x":1}},"status":[],"errors":null}',
  'ten megabytes': 'x'.repeat(10 * MEGABYTE),
}

describe('anything at all', () => {
  test.each(Object.entries(ODD))('%s', async (_, stdin) => {
    const start = performance.now()
    const { exit, stdout, stderr } = await runMain(['explain', '-v'], { stdin })
    expect([0, 2, 7]).toContain(exit)
    expect(performance.now() - start).toBeLessThan(4000)
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    expect(stdout.length).toBeLessThan(5000)
    if (exit === 2) expect(stdout).toBe('')
    else expect(stderr).toBe('')
  })
})

describe('a live failure is told by the same rows', () => {
  const PROFILE = (endpoint: string): string => `
profiles:
  bearer:
    provider: jwt-bearer
    token_endpoint: ${endpoint}
    issuer: me
    subject: you
    key_path: key.pem
    retry: { safe: false }
`
  const open = VENDOR_ANSWERS.filter(({ url, class: kind }) => url === undefined && !kind)

  test('of every service', { timeout: 60_000 }, async () => {
    const left = [...open]
    const service = await serve(({ query }) => {
      const one = left[Number(query.get('n'))]
      return [one?.status ?? 500, one?.body, { 'content-type': 'application/json' }]
    })
    for (const [index, one] of open.entries()) {
      const { exit, stdout, stderr } = await runMain(['get', '-c', 'p.yaml'], {
        files: { 'p.yaml': PROFILE(`${service.origin}/token?n=${index}`), 'key.pem': key.pem },
      })
      expect([exit, stdout], `${one.service} ${one.body}`).toEqual([4, ''])
      expect(stderr).toContain(one.means)
      expect(stderr).toContain(one.fix)
    }
  })

  test('through the real program, by what it says or by its address', async () => {
    const service = await serve(({ path }) =>
      path === '/fhir/token'
        ? [400, { error: 'invalid_client' }]
        : [401, { error: 'invalid_client', error_description: 'AADSTS7000222: expired.' }],
    )
    const run = (path: string) =>
      runProgram(['get', '-c', 'p.yaml'], {
        files: { 'p.yaml': PROFILE(`${service.origin}${path}`), 'key.pem': key.pem },
      })
    const entra = await run('/token')
    expect(entra.code).toBe(4)
    expect(entra.stderr).toContain('  said:  invalid_client: AADSTS7000222: expired.\n')
    expect(entra.stderr).toContain('  means: the client secret has run out\n')
    const smart = await run('/fhir/token')
    expect(smart.stderr).toContain('  means: the server does not accept the client assertion\n')
    // what it printed can be pasted back
    const again = await runProgram(['explain'], { stdin: entra.stderr })
    expect(again.stdout).toMatch(/^Entra ID\n {2}means: the client secret has run out\n/)
  })
})

test('nobody is sent to production who does not list it', async () => {
  const said = 'Invalid audience. Expected ["https://api.va.gov/v0/sign_in/token"], received x'
  const profile = (more: string): string =>
    `profiles:\n  va:\n    provider: va-sis\n    environment: staging\n    subject: a@b.gov\n    issuer: x\n    service_account_id: abc\n    key_path: none.pem\n${more}`
  const explain = async (more: string): Promise<string> =>
    (
      await runMain(['explain', '-c', 't.yaml', '-p', 'va', said], {
        files: { 't.yaml': profile(more) },
      })
    ).stdout
  expect(await explain('')).not.toContain('-e production')
  const listed = '    environments:\n      staging: {}\n      production: {}\n'
  expect(await explain(listed)).toContain('tokentool get va -e production')
})
