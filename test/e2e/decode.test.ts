// `decode` through the real program: what people paste, and what a script is told.

import { createCipheriv, createHash, publicEncrypt, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { encode, signJws as makeToken } from '../support/jws.ts'
import { makeRsaKey } from '../support/keys.ts'
import { runProgram } from '../support/program.ts'
import { runMain } from '../support/world.ts'

/** 2023-11-14T22:13:20Z */
const NOW = 1_700_000_000
const AT = ['--at', `${NOW}`]

const CLAIMS = {
  iss: 'https://issuer.example',
  sub: 'someone',
  aud: 'api',
  iat: NOW - 100,
  exp: NOW + 200,
  jti: '1',
}
const HEADER = { alg: 'RS256', kid: '42', typ: 'JWT' }
const rsa = makeRsaKey()
const GOOD = makeToken(HEADER, CLAIMS, rsa.privateKey)
const EXPIRED = makeToken(HEADER, { ...CLAIMS, exp: NOW - 1 }, rsa.privateKey)
const ODD = makeToken(
  HEADER,
  '{"a":1.0,"b":9007199254740993,"2":"x","1":"\\u0041","a":1E3}',
  rsa.privateKey,
)

describe('what is pasted', () => {
  const forms: readonly [name: string, text: string, repair: RegExp][] = [
    ['a bare token', GOOD, /the|standard/],
    ['with a line break behind it', `${GOOD}\n`, /the|standard/],
    ['Bearer', `Bearer ${GOOD}`, /Bearer/],
    ['an Authorization header', `Authorization: Bearer ${GOOD}`, /Authorization/],
    [
      'a line of curl -v',
      `> GET / HTTP/1.1\n> Authorization: Bearer ${GOOD}\n> Accept: */*`,
      /Authorization/,
    ],
    ['a cookie', `Cookie: a=b; session=${GOOD}; c=d`, /session|cookie/i],
    ['a JSON answer', JSON.stringify({ access_token: GOOD, token_type: 'Bearer' }), /access_token/],
    [
      'the fragment of a URL',
      `https://app.example/cb#state=1&access_token=${GOOD}&expires_in=3`,
      /access_token/,
    ],
    ['a form body', `grant_type=x&assertion=${GOOD}`, /assertion/],
    ['quotes', `"${GOOD}"`, /quotes/],
    ['wrapped over lines', GOOD.replace(/.{60}/g, '$&\n  '), /line breaks/],
    ['a line of a .env file', `ACCESS_TOKEN=${GOOD}`, /ACCESS_TOKEN/],
  ]

  it.each(forms)('%s', async (_name, text, repair) => {
    const { exit, stdout, stderr } = await runMain(['decode', '--json', ...AT], { stdin: text })
    expect(stderr).toBe('')
    expect(exit).toBe(0)
    const read = JSON.parse(stdout)
    expect(read).toMatchObject({
      kind: 'jws',
      header: HEADER,
      payload: CLAIMS,
      signature: { present: true, alg: 'RS256', bytes: 256 },
      times: { iat: CLAIMS.iat, nbf: null, exp: CLAIMS.exp, status: 'current' },
    })
    expect([read.from, ...read.repairs].join('\n')).toMatch(repair)
  })

  it('comes as an argument, in a file, in a variable, in words without quotes', async () => {
    const files = { 't.txt': GOOD }
    const env = { TOKEN: GOOD }
    for (const words of [
      [GOOD],
      ['@t.txt'],
      ['env:TOKEN'],
      ['Authorization:', 'Bearer', GOOD],
      ['-'],
    ]) {
      const run = await runProgram(['decode', '--claim', 'sub', ...words], {
        files,
        env,
        stdin: GOOD,
      })
      expect(run).toMatchObject({ code: 0, stdout: 'someone\n', stderr: '' })
    }
  })

  it('may be written as PowerShell does', async () => {
    for (const bytes of [
      Buffer.from(`\ufeff${GOOD}\r\n`, 'utf16le'),
      Buffer.from(`\ufeff${GOOD}`, 'utf16le').swap16(),
    ]) {
      const run = await runMain(['decode', '--claim', 'sub', '@wide.txt'], {
        files: { 'wide.txt': bytes },
      })
      expect(run).toMatchObject({ exit: 0, stdout: 'someone\n' })
    }
    const wide = Buffer.from('\ufeffERR12014', 'utf16le')
    const told = await runMain(['explain', '@wide.txt'], { files: { 'wide.txt': wide } })
    expect(told.exit).toBe(0)
  })

  it('an argument comes before what is on standard input', async () => {
    const { stdout } = await runMain(['decode', '--claim', 'exp', EXPIRED], { stdin: GOOD })
    expect(stdout).toBe(`${NOW - 1}\n`)
  })

  it('every token of an answer is shown, and --field or --all choose', async () => {
    const stdin = JSON.stringify({
      access_token: GOOD,
      id_token: EXPIRED,
      refresh_token: 'opaque-1',
    })
    const text = await runMain(['decode', ...AT], { stdin })
    expect(text.stdout).toMatch(/good now[\s\S]*expired 1 s ago[\s\S]*opaque/)
    expect(text.stdout).not.toContain('opaque-1')
    const one = await runMain(['decode', '--json', '--field', 'id_token', ...AT], { stdin })
    expect(JSON.parse(one.stdout).times.status).toBe('expired')
    const all = await runMain(['decode', '--json', '--all', ...AT], { stdin })
    expect(JSON.parse(all.stdout).map(({ kind }: { kind: string }) => kind)).toEqual([
      'jws',
      'jws',
      'opaque',
    ])
    const none = await runMain(['decode', '--field', 'acces_token'], { stdin })
    expect(none).toMatchObject({ exit: 2, stdout: '' })
    expect(none.stderr).toContain('did you mean access_token?')
  })

  it('nothing at all on a terminal is a question, not a wait', async () => {
    const { exit, stderr } = await runMain(['decode'], { terminal: 80 })
    expect(exit).toBe(2)
    expect(stderr).toContain('which token?')
  })

  const noTokens = [
    '',
    'hello world',
    '<html><body>Sign in</body></html>',
    '{"error":"invalid_grant"}',
    rsa.pem,
    '42',
  ]
  it.each(noTokens)('%j is no token', async (stdin) => {
    const { exit, stdout, stderr } = await runMain(['decode'], { stdin })
    expect(stdout).toBe('')
    expect(exit).toBe(2)
    expect(stderr).toMatch(/^tokentool: error: standard input/)
    expect(stderr).not.toContain(rsa.pem.slice(100, 140))
  })
})

describe('what is printed', () => {
  it('numbers, order, doubled names and escapes stay as they stand', async () => {
    const { stdout } = await runMain(['decode', '--json', ODD])
    expect(stdout).toContain(
      '"payload":{"a":1.0,"b":9007199254740993,"2":"x","1":"\\u0041","a":1E3},',
    )
    const text = await runMain(['decode', ODD])
    expect(text.stdout).toMatch(
      /"a": 1\.0,[\s\S]*"b": 9007199254740993,[\s\S]*"1": "\\u0041",[\s\S]*"a": 1E3/,
    )
  })

  it.each([
    ['sub', 'someone'],
    ['exp', `${NOW + 200}`],
    ['cnf', '{"jkt":"x"}'],
    ['cnf.jkt', 'x'],
    ['https://example.com/role', 'admin'],
    ['list.1', 'b'],
  ])('--claim %s', async (name, value) => {
    const claims = {
      ...CLAIMS,
      cnf: { jkt: 'x' },
      'https://example.com/role': 'admin',
      list: ['a', 'b'],
    }
    const { stdout, exit } = await runMain([
      'decode',
      '--claim',
      name,
      makeToken(HEADER, claims, rsa.privateKey),
    ])
    expect(stdout).toBe(`${value}\n`)
    expect(exit).toBe(0)
  })

  it('a claim that is not there fails, and names its neighbour', async () => {
    const { exit, stdout, stderr } = await runMain(['decode', '--claim', 'ext', GOOD])
    expect({ exit, stdout }).toEqual({ exit: 7, stdout: '' })
    expect(stderr).toContain('did you mean exp?')
  })

  it('--header, --payload and --raw', async () => {
    const [head = '', body = ''] = GOOD.split('.')
    const raw = (part: string): string => Buffer.from(part, 'base64url').toString()
    expect((await runMain(['decode', '--header', '--raw', GOOD])).stdout).toBe(raw(head))
    expect((await runMain(['decode', '--payload', '--raw', GOOD])).stdout).toBe(raw(body))
    expect((await runMain(['decode', '--raw', GOOD])).stdout).toBe(raw(body))
    expect(JSON.parse((await runMain(['decode', '--payload', GOOD])).stdout)).toEqual(CLAIMS)
    expect((await runMain(['decode', '--header', '--json', GOOD])).stdout).toBe(`${raw(head)}\n`)
  })

  it('what is no JSON is a string, and bytes stay bytes', async () => {
    const text = makeToken({ alg: 'RS256' }, 'just text', rsa.privateKey)
    expect(JSON.parse((await runMain(['decode', '--json', text])).stdout).payload).toBe('just text')
    const bytes = `${encode({ alg: 'none' })}.${Buffer.from([0xff, 0, 1]).toString('base64url')}.`
    expect((await runMain(['decode', '--raw', bytes])).stdout).toBe('\xff\0\x01')
  })

  it('times are in UTC with a Z, or in the zone that is asked for', async () => {
    expect((await runMain(['decode', ...AT, GOOD])).stdout).toContain(
      '2023-11-14T22:16:40Z, expires in 3 m 20 s',
    )
    expect((await runMain(['decode', ...AT, '--tz', '+02:00', GOOD])).stdout).toContain(
      '2023-11-15T00:16:40+02:00',
    )
    expect((await runMain(['decode', ...AT, '--tz', 'Asia/Kolkata', GOOD])).stdout).toContain(
      '2023-11-15T03:46:40+05:30',
    )
    const wrong = await runMain(['decode', '--tz', 'Mars/Base', GOOD])
    expect(wrong).toMatchObject({ exit: 2, stdout: '' })
  })

  it('nothing in a token moves the cursor', async () => {
    const evil = makeToken(
      HEADER,
      { iss: '\u001b[31mred\u202e\u0007\u0085', sub: 'a\nb' },
      rsa.privateKey,
    )
    for (const args of [
      ['decode', evil],
      ['decode', '--json', evil],
      ['decode', '--claim', 'iss', evil],
    ]) {
      const { stdout } = await runMain(args, { terminal: 80 })
      expect(stdout.replace(/\u001b\[\d*m/g, args.length === 2 ? '' : '$&')).not.toMatch(
        /[\u0007\u0085\u202e]|\u001b\[31mred/,
      )
    }
  })

  it('fits a narrow terminal, as far as its words do', async () => {
    const { stdout } = await runMain(['decode', ...AT, '--no-color', EXPIRED], { terminal: 60 })
    const long = stdout.split('\n').filter((line) => line.length > 60)
    expect(long).toEqual([])
  })

  it('an opaque token is named calmly', async () => {
    const run = await runMain(['decode', '--json', '2YotnFZFEjr1zCsicMWpAA'])
    expect(run.exit).toBe(0)
    expect(JSON.parse(run.stdout)).toMatchObject({
      kind: 'opaque',
      header: null,
      payload: null,
      signature: { present: false, alg: null, bytes: 0 },
      times: { iat: null, nbf: null, exp: null, status: null },
      findings: [],
    })
  })
})

describe('exit codes', () => {
  it.each<[args: readonly string[], token: string, exit: number]>([
    [[], GOOD, 0],
    [[], EXPIRED, 0],
    [['--check-exp'], GOOD, 0],
    [['--check-exp'], EXPIRED, 7],
    [['--check-exp', '--json'], EXPIRED, 7],
    [['--check-exp'], makeToken(HEADER, { ...CLAIMS, exp: NOW }, rsa.privateKey), 7],
    [['--check-exp'], makeToken(HEADER, { ...CLAIMS, nbf: NOW + 1 }, rsa.privateKey), 7],
    [['--check-exp'], makeToken(HEADER, { ...CLAIMS, nbf: NOW }, rsa.privateKey), 0],
    [['--check-exp'], makeToken(HEADER, { ...CLAIMS, exp: undefined }, rsa.privateKey), 0],
    [['--check-exp'], makeToken(HEADER, { ...CLAIMS, exp: `${NOW + 9}` }, rsa.privateKey), 7],
    [['--check-exp'], makeToken(HEADER, { ...CLAIMS, exp: NOW * 1000 + 9 }, rsa.privateKey), 7],
    [['--check-exp'], makeToken(HEADER, 'no claims', rsa.privateKey), 7],
    [['--check-exp'], GOOD.replace(/\.[^.]*\./, '..'), 7],
    [['--check-exp'], '2YotnFZFEjr1zCsicMWpAA', 7],
    [['--fail-on', 'info'], GOOD, 0],
    [['--fail-on', 'error'], `${encode({ alg: 'none' })}.${encode(CLAIMS)}.`, 7],
    [['--fail-on', 'error'], makeToken(HEADER, { ...CLAIMS, aud: undefined }, rsa.privateKey), 0],
    [['--fail-on', 'warning'], makeToken(HEADER, { ...CLAIMS, aud: undefined }, rsa.privateKey), 7],
    [['--fail-on', 'fatal'], GOOD, 2],
    [['--at', 'yesterday-ish'], GOOD, 2],
  ])('%j', async (args, token, exit) => {
    const at = args.includes('--at') ? [] : AT
    const run = await runMain(['decode', ...args, ...at, token])
    expect(run.exit).toBe(exit)
    expect(run.stdout === '').toBe(exit === 2)
    const quiet = await runMain(['decode', '-q', ...args, ...at, token])
    expect(quiet.exit).toBe(exit)
    // what was asked for as JSON is the answer, and is printed
    expect(quiet.stdout === '').toBe(!args.includes('--json') || exit === 2)
  })
})

describe('several tokens', () => {
  const pair = (one: string, other: string): string =>
    JSON.stringify({ access_token: one, id_token: other })

  it.each([
    [pair(GOOD, EXPIRED), 7],
    [pair(GOOD, GOOD), 0],
    [JSON.stringify({ access_token: GOOD, refresh_token: '2YotnFZFEjr1zCsicMWpAA' }), 0],
  ])('are judged all, in every form: %#', async (stdin, exit) => {
    for (const form of [[], ['--json'], ['--json', '--all'], ['--claim', 'sub']]) {
      const run = await runMain(['decode', '--check-exp', ...form, ...AT], { stdin })
      expect(run.exit).toBe(exit)
    }
  })

  it('what is not shown is counted', async () => {
    const stdin = pair(GOOD, EXPIRED)
    const json = await runMain(['decode', '--json', ...AT], { stdin })
    expect(JSON.parse(json.stdout)).toMatchObject({ more: 1 })
    const claim = await runMain(['decode', '--claim', 'sub'], { stdin })
    expect(claim.stdout).toBe('someone\n')
    expect(claim.stderr).toContain('another token')
  })
})

describe('a key as an argument', () => {
  it.each([
    ['decode', rsa.pem],
    ['explain', rsa.pem],
    ['key', 'inspect', Buffer.from(rsa.pem).toString('base64')],
    ['key', 'inspect', JSON.stringify(rsa.privateKey.export({ format: 'jwk' }))],
    ['key', 'inspect', rsa.pem.replace(/-----[^-]+-----|\n/g, '')],
    ['verify', '--key', rsa.pem],
    ['-H "Authorization: Bearer a-secret-that-nobody-knows"'],
  ])('%# is never repeated', async (...args) => {
    for (const form of [[], ['--json']]) {
      const run = await runProgram([...args, ...form])
      expect([2, 3]).toContain(run.code)
      expect(run.stderr).not.toContain(rsa.pem.slice(200, 230))
      expect(run.stderr).not.toContain('a-secret')
      expect(run.stderr.length).toBeLessThan(700)
    }
  })
})

describe('a token in a token', () => {
  /** RFC 7516, with the content key wrapped by RSA-OAEP and the content in A256GCM. */
  function encrypt(
    content: string,
    header: object = { alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT' },
  ): string {
    const key = randomBytes(32)
    const iv = randomBytes(12)
    const head = encode(header)
    const cipher = createCipheriv('aes-256-gcm', key, iv)
    cipher.setAAD(Buffer.from(head))
    const body = Buffer.concat([cipher.update(content), cipher.final()])
    const wrapped = publicEncrypt({ key: rsa.publicKey, oaepHash: 'sha256' }, key)
    return [
      head,
      ...[wrapped, iv, body, cipher.getAuthTag()].map((part) => part.toString('base64url')),
    ].join('.')
  }
  const files = { 'key.pem': rsa.pem, 'other.pem': makeRsaKey().pem }

  it('is decoded behind the key', async () => {
    const run = await runMain(['decode', '--json', '--key', 'key.pem', ...AT, encrypt(GOOD)], {
      files,
    })
    expect(run).toMatchObject({ exit: 0, stderr: '' })
    expect(JSON.parse(run.stdout)).toMatchObject({
      kind: 'jwe',
      payload: null,
      inner: { kind: 'jws', payload: CLAIMS, times: { status: 'current' } },
    })
    const raw = await runMain(['decode', '--raw', '--key', 'key.pem', encrypt(GOOD)], { files })
    expect(raw.stdout).toBe(GOOD)
    const text = await runMain(['decode', '--key', 'key.pem', ...AT, encrypt(GOOD)], { files })
    expect(text.stdout).toMatch(/an encrypted token[\s\S]*a JWT signed with RS256: good now/)
    const stale = await runMain(
      ['decode', '--check-exp', '--key', 'key.pem', ...AT, encrypt(EXPIRED)],
      { files },
    )
    expect(stale.exit).toBe(7)
  })

  it('claims may stand in it without another token', async () => {
    const jwe = encrypt(JSON.stringify(CLAIMS), { alg: 'RSA-OAEP-256', enc: 'A256GCM' })
    const run = await runMain(['decode', '--claim', 'sub', '--key', 'key.pem', jwe], { files })
    expect(run).toMatchObject({ exit: 0, stdout: 'someone\n' })
    const open = await runMain(['decode', '--json', ...AT, '--key', 'key.pem', jwe], { files })
    expect(JSON.parse(open.stdout)).toMatchObject({ payload: CLAIMS, times: { status: 'current' } })
    const bad = encrypt('{"exp":"soon"}', { alg: 'RSA-OAEP-256', enc: 'A256GCM' })
    const told = await runMain(['decode', '--fail-on', 'error', '--key', 'key.pem', bad], { files })
    expect(told.exit).toBe(7)
  })

  it('stays shut without the key, or with another', async () => {
    const closed = await runMain(['decode', '--claim', 'sub', encrypt(GOOD)])
    expect(closed).toMatchObject({ exit: 7, stdout: '' })
    expect(closed.stderr).toContain('--key')
    const wrong = await runMain(['decode', '--key', 'other.pem', encrypt(GOOD)], { files })
    expect(wrong).toMatchObject({ exit: 3, stdout: '' })
    expect(wrong.stderr).toContain('does not open it')
  })

  it('a header that asks for hours of hashing is refused', async () => {
    const head = { alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2s: 'c2FsdA', p2c: 1e12 }
    const jwe = [
      encode(head),
      ...['a', 'b', 'c', 'd'].map((part) => Buffer.from(part).toString('base64url')),
    ].join('.')
    const run = await runMain(['decode', '--key', 'env:PASSWORD', jwe], { env: { PASSWORD: 'x' } })
    expect(run).toMatchObject({ exit: 2, stdout: '' })
    expect(run.stderr).toContain('p2c')
  })
})

describe('an SD-JWT', () => {
  const disclosure = Buffer.from(JSON.stringify(['salt', 'given_name', 'Ada'])).toString(
    'base64url',
  )
  const digest = createHash('sha256').update(disclosure).digest('base64url')
  const jwt = makeToken(
    { ...HEADER, typ: 'dc+sd-jwt' },
    { ...CLAIMS, _sd: [digest], _sd_alg: 'sha-256' },
    rsa.privateKey,
  )

  it('lists what is disclosed', async () => {
    const run = await runMain(['decode', '--json', ...AT, `${jwt}~${disclosure}~`])
    const read = JSON.parse(run.stdout)
    expect(read).toMatchObject({ kind: 'sd-jwt', disclosures: [['salt', 'given_name', 'Ada']] })
    expect((await runMain(['decode', ...AT, `${jwt}~${disclosure}~`])).stdout).toContain(
      '"given_name": "Ada"',
    )
  })

  it('says which disclosure its issuer never signed', async () => {
    const other = Buffer.from(JSON.stringify(['salt', 'admin', true])).toString('base64url')
    const run = await runMain(['decode', '--json', '--fail-on', 'error', ...AT, `${jwt}~${other}~`])
    expect(run.exit).toBe(7)
  })
})
