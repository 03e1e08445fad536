import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readTokens } from '../../src/core/jwt/intake/intake.ts'
import { describeNoToken } from '../../src/core/jwt/reading/stranger.ts'
import {
  ACCESS,
  encode,
  FLATTENED,
  JWE,
  JWT,
  KEY_BOUND,
  LIGHT_CLIENT,
  LIGHT_CODE,
  SD_JWT,
  TOKENS,
  UNSECURED,
} from '../support/tokens.ts'

const INPUT = 'the input'
const wrap = (text: string, width: number, prefix = ''): string =>
  (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(`\n${prefix}`)
const softWrap = (text: string): string =>
  (text.replaceAll('=', '=3D').match(/.{1,75}/g) ?? []).join('=\r\n')
const UNCOLOURED = 'removed the colours of a terminal'
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const json = JSON.stringify

interface Expected {
  readonly text?: string
  readonly from?: string
  readonly field?: string
  readonly repairs?: readonly string[]
}

const tell = (input: string): Expected[] =>
  readTokens(input, INPUT).map(({ token, from, field, repairs }) => ({
    text: token.text,
    from,
    ...(field === undefined ? {} : { field }),
    repairs,
  }))

const HEADER = {
  from: 'the Authorization header',
  repairs: ['took it out of the Authorization header'],
}
const removed = (what: string): Expected => ({
  text: JWT,
  from: INPUT,
  repairs: [`removed ${what}`],
})

describe('one token', () => {
  it.each<[name: string, input: string, expected: Expected]>([
    ['bare', JWT, { text: JWT, from: INPUT, repairs: [] }],
    ['with its final newline', `${JWT}\r\n`, { text: JWT, repairs: [] }],
    ['Bearer', `Bearer ${JWT}`, removed('the word Bearer in front of it')],
    ['bearer', `bearer  ${JWT}`, removed('the word bearer in front of it')],
    ['DPoP', `DPoP ${JWT}`, removed('the word DPoP in front of it')],
    ['token', `token ${JWT}`, removed('the word token in front of it')],
    ['a header', `Authorization: Bearer ${JWT}`, { text: JWT, ...HEADER }],
    ['a header in small', `authorization:bearer ${JWT}`, { text: JWT, ...HEADER }],
    ['of a proxy', `Proxy-Authorization: Bearer ${JWT}`, { text: JWT, ...HEADER }],
    ['without a scheme', `Authorization: ${JWT}`, { text: JWT, ...HEADER }],
    ['a line of curl -v', `> Authorization: Bearer ${JWT}`, { text: JWT, ...HEADER }],
    [
      'curl',
      `curl -sS -H "Authorization: Bearer ${JWT}" https://api.example.com/v1.2/x`,
      { text: JWT, ...HEADER },
    ],
    [
      'curl as a browser copies it',
      `curl 'https://x' \\\n  -H 'accept: */*' \\\n  -H 'authorization: Bearer ${JWT}' \\\n  --data-raw '{"a":1}'`,
      { text: JWT, ...HEADER },
    ],
    ['a line of code', `headers.set("Authorization", "Bearer ${JWT}");`, { text: JWT, ...HEADER }],
    [
      'a header of another name',
      `X-Amzn-Oidc-Data: ${JWT}`,
      { text: JWT, from: 'the header X-Amzn-Oidc-Data' },
    ],
    [
      'a cookie',
      `Cookie: a=b; session=${JWT}; c=d`,
      { text: JWT, from: 'the cookie session', field: 'session', repairs: [] },
    ],
    [
      'a cookie that is set',
      `Set-Cookie: sid=${JWT}; Path=/; HttpOnly`,
      { text: JWT, from: 'the cookie sid' },
    ],
    ['a cookie of curl', `curl -b 'sid=${JWT}' https://x`, { text: JWT, from: 'the cookie sid' }],
    [
      'a URL',
      `https://app.example/cb?token=${JWT}`,
      { text: JWT, from: 'token of the URL', field: 'token' },
    ],
    ['the path of a URL', `https://app.example/verify/${JWT}/done`, { text: JWT, from: INPUT }],
    [
      'a form',
      `assertion=${JWT}&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer`,
      { text: JWT, from: 'assertion of the form', field: 'assertion' },
    ],
    [
      'a form, percent-encoded',
      `grant_type=x&client_assertion=${JWT.replaceAll('.', '%2E')}`,
      { text: JWT, from: 'client_assertion of the form', repairs: ['undid its percent-encoding'] },
    ],
    ['twice', `a=b&id_token=${JWT.replaceAll('.', '%252e')}`, { text: JWT, field: 'id_token' }],
    ['a header in a URL', `?h=Authorization%3A%20Bearer%20${JWT}`, { text: JWT, ...HEADER }],
    [
      'a hidden field',
      `<input type="hidden" name="id_token" value="${JWT}"/>`,
      { text: JWT, from: 'id_token of the form', field: 'id_token' },
    ],
    [
      'a variable',
      `ACCESS_TOKEN=${JWT}`,
      { text: JWT, from: 'the variable ACCESS_TOKEN', field: 'ACCESS_TOKEN' },
    ],
    [
      'an exported one',
      `export AUTHORIZATION="Bearer ${JWT}"`,
      { text: JWT, from: 'the variable AUTHORIZATION' },
    ],
    ['PowerShell', `$env:TOKEN = "${JWT}"`, { text: JWT, field: 'TOKEN' }],
    [
      'YAML',
      `users:\n- user:\n    token: ${JWT}\n`,
      { text: JWT, from: 'the line token', field: 'token' },
    ],
    [
      'YAML in a block',
      `id-token: >\n    ${wrap(JWT, 40, '    ')}\n`,
      { text: JWT, field: 'id-token' },
    ],
    [
      'a log line',
      `12:00:00 INFO v1.2.3 api.example.com token=${JWT} took 5 ms`,
      { text: JWT, from: 'token of the text' },
    ],
    [
      'a log line without a name',
      `level=info msg="got ${JWT} from x"`,
      { text: JWT, repairs: ['took it out of the text around it'] },
    ],
    [
      'prose',
      `Why is ${JWT} expired, please?`,
      { text: JWT, repairs: ['took it out of the text around it'] },
    ],
    ['the end of a sentence', `The token is ${JWT}.`, { text: JWT, from: INPUT }],
    ['quotes', `"${JWT}"`, removed('the quotes around it')],
    ['single quotes', `'${JWT}'`, removed('the quotes around it')],
    ['curly quotes', `“${JWT}”`, removed('the quotes around it')],
    ['backticks', `\`${JWT}\``, removed('the backticks around it')],
    ['a fence', `\`\`\`\n${JWT}\n\`\`\``, removed('the backticks around it')],
    ['angle brackets', `<${JWT}>`, removed('the angle brackets around it')],
    ['round brackets', `(${JWT})`, removed('the brackets around it')],
    ['bold', `**${JWT}**`, removed('the marks around it')],
    ['a comma', `${JWT},`, removed('the comma behind it')],
    ['a semicolon', `${JWT};`, removed('the semicolon behind it')],
    [
      'quotes and a comma',
      `"${JWT}",`,
      { text: JWT, repairs: ['removed the quotes around it', 'removed the comma behind it'] },
    ],
    ['a byte order mark', `\ufeff${JWT}`, removed('the byte order mark')],
    [
      'an invisible character',
      `${JWT.slice(0, 50)}\u200b${JWT.slice(50)}`,
      removed('an invisible character'),
    ],
    ['lines', wrap(JWT, 40), removed('3 line breaks')],
    ['lines of Windows', wrap(JWT, 40).replaceAll('\n', '\r\n'), removed('3 line breaks')],
    ['one break', wrap(JWT, 100), removed('a line break')],
    ['indented lines', `    ${wrap(JWT, 40, '    ')}`, removed('3 line breaks')],
    ['lines of a shell', wrap(JWT, 40).replaceAll('\n', '\\\n'), removed('3 line breaks')],
    ['lines of a string', wrap(JWT, 40).replaceAll('\n', '\\n'), removed('3 line breaks')],
    ['lines of a quoted mail', `> ${wrap(JWT, 40, '> ')}`, removed('3 line breaks')],
    ['spaces', JWT.replaceAll('.', ' . '), removed('4 spaces')],
    [
      'pieces',
      `"${JWT.slice(0, 60)}" +\n  "${JWT.slice(60)}"`,
      { text: JWT, repairs: ['removed the quotes around it', 'joined its 2 quoted pieces'] },
    ],
    [
      'a wrapped header',
      `Authorization: Bearer ${wrap(ACCESS, 64, ' ')}\nAccept: */*`,
      { text: ACCESS, from: 'the Authorization header' },
    ],
    ['a wrapped signature', `${wrap(ACCESS, 76)}\n\nThanks`, { text: ACCESS }],
    ['a wrapped JWE', wrap(JWE, 64), { text: JWE }],
    ['a wrapped SD-JWT', wrap(SD_JWT, 70), { text: SD_JWT }],
    ['a wrapped key binding', `Here: ${wrap(KEY_BOUND, 70)}\nbye`, { text: KEY_BOUND }],
    ['an SD-JWT in quotes', `"${KEY_BOUND}"`, { text: KEY_BOUND }],
    ['a JWE in text', `cookie ${JWE} end`, { text: JWE }],
    ['one that nobody signed', `token: "${UNSECURED}"`, { text: UNSECURED }],
    ['base64 of it', base64(JWT), { text: JWT, repairs: ['decoded it from base64'] }],
    ['base64 of it, in lines', wrap(base64(ACCESS), 76), { text: ACCESS }],
    ['a secret of Kubernetes', `data:\n  token: ${base64(JWT)}\n`, { text: JWT, field: 'token' }],
    [
      'base64 of an answer',
      base64(json({ access_token: JWT })),
      { text: JWT, field: 'access_token' },
    ],
    [
      'shortened',
      `${JWT.slice(0, 60)}...`,
      {
        text: JWT.slice(0, 60),
        repairs: ['removed the dots behind it: it was cut off before it was copied'],
      },
    ],
    ['shortened by an ellipsis', `${JWT.slice(0, 60)}…`, { text: JWT.slice(0, 60) }],
    [
      'shortened in its middle',
      `${JWT.slice(0, 60)}...${JWT.slice(-9)}`,
      {
        text: JWT.slice(0, 60),
        repairs: [
          'took it out of the text around it',
          'removed the dots in it and what stands behind them: its middle is missing',
        ],
      },
    ],
    [
      'a coloured log line',
      `\u001b[31mERR\u001b[0m token=\u001b[1m${JWT}\u001b[0m`,
      { text: JWT, from: 'token of the text', repairs: [UNCOLOURED] },
    ],
    ['in colour', `\u001b[32m${JWT}\u001b[0m`, { text: JWT, repairs: [UNCOLOURED] }],
    [
      'colours in it, as grep paints',
      `\u001b[01;31m\u001b[KeyJ\u001b[m\u001b[K${JWT.slice(3)}`,
      { text: JWT, repairs: [UNCOLOURED] },
    ],
    ['colours written out', `\\u001b[1m${JWT}\\u001b[0m`, { text: JWT }],
    ['colours in JSON', json({ msg: `\u001b[1m${JWT}\u001b[0m` }), { text: JWT, field: 'msg' }],
    [
      'a link of a terminal',
      `\u001b]8;;https://x\u0007${JWT}\u001b]8;;\u0007`,
      { text: JWT, repairs: [UNCOLOURED] },
    ],
    [
      'quoted-printable',
      softWrap(ACCESS),
      { text: ACCESS, repairs: ['undid its quoted-printable line ends'] },
    ],
    [
      'a link in a quoted-printable mail',
      softWrap(`<a href="https://x.example/verify?id_token=${ACCESS}&amp;a=1">`),
      { text: ACCESS, field: 'id_token' },
    ],
    ['lines of a diff', `+${wrap(ACCESS, 60, '+')}`, { text: ACCESS }],
    ['lines that a diff takes away', `-${wrap(ACCESS, 60, '-')}`, { text: ACCESS }],
    ['lines of an old diff', `>${wrap(ACCESS, 60, '>')}`, { text: ACCESS }],
    ['a line of a diff', `-${JWT}`, { text: JWT }],
    [
      'a cookie in pieces',
      `Cookie: a=b; auth.token.1=${ACCESS.slice(90, 200)}; auth.token.0=${ACCESS.slice(0, 90)}; auth.token.2=${ACCESS.slice(200)}; c=d`,
      {
        text: ACCESS,
        from: 'the cookie auth.token',
        repairs: ['joined the 3 cookies it was cut into'],
      },
    ],
    [
      'a signed cookie',
      `Cookie: sid=s%3A${JWT}.${'aB1x'.repeat(10)}aB1; c=d`,
      {
        text: JWT,
        from: 'the cookie sid',
        repairs: ['removed the mark of a signed cookie: s: and what signs it'],
      },
    ],
    [
      'a password',
      `Authorization: Basic ${base64(`user:${JWT}`)}`,
      {
        text: JWT,
        from: 'the Authorization header',
        repairs: [
          'took it out of the Authorization header',
          'decoded it from base64: it is the password',
        ],
      },
    ],
    [
      'base64 of Bearer',
      base64(`Bearer ${JWT}`),
      { text: JWT, repairs: ['decoded it from base64', 'removed the word Bearer in front of it'] },
    ],
    ['Bearer without its space', `Bearer${JWT}`, removed('the word Bearer in front of it')],
    ['and in a header', `Authorization: bearer${JWT}`, { text: JWT, ...HEADER }],
    ['escaped underscores', ACCESS.replaceAll('_', '\\_').replaceAll('-', '\\-'), { text: ACCESS }],
  ])('%s', (_name, input, expected) => {
    const found = tell(input)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject(expected)
  })

  it('a trailing dot is of the token, where nothing else is there', () => {
    expect(tell(`${JWT}.`)).toMatchObject([{ text: `${JWT}.`, repairs: [] }])
  })

  it('what cannot be seen is told as such', () => {
    for (const char of ['\u200b', '\u00ad', '\u2060', '\ufeff']) {
      const [found] = readTokens(JWT.slice(0, 50) + char + JWT.slice(50), INPUT)
      const token = found?.token
      if (token?.kind !== 'jws') throw new Error('no JWS')
      expect(token).toMatchObject({ text: JWT, payload: { flaws: ['space'], invisible: true } })
      expect(token.signatures[0].header).not.toHaveProperty('invisible')
    }
  })

  it('what was removed inside is told of the part it was in', () => {
    const [found] = readTokens(wrap(JWT, 45), INPUT)
    const token = found?.token
    if (token?.kind !== 'jws') throw new Error('no JWS')
    expect(token.signatures[0].header?.flaws).toEqual([])
    expect(token.payload.flaws).toEqual(['space'])
    expect(token.signatures[0].signature?.flaws).toEqual(['space'])
    expect(token.text).toBe(JWT)
  })
})

describe('JSON', () => {
  it.each<[name: string, input: string, expected: readonly Expected[]]>([
    [
      'an answer: the access token first',
      json({
        id_token: JWT,
        refresh_token: 'c0iAfPAeTk2BpiPWj-CYPQ',
        access_token: ACCESS,
        token_type: 'Bearer',
      }),
      [
        { text: ACCESS, from: 'access_token of the JSON', field: 'access_token', repairs: [] },
        { text: JWT, field: 'id_token' },
        { text: 'c0iAfPAeTk2BpiPWj-CYPQ', field: 'refresh_token' },
      ],
    ],
    ['an opaque one', '{"access_token":"abc-123","token_type":"bearer"}', [{ text: 'abc-123' }]],
    [
      'nested',
      json({ data: { access_token: ACCESS }, more: [{ access_token: JWT }] }, null, 2),
      [
        { text: ACCESS, from: 'data.access_token of the JSON', field: 'access_token' },
        { text: JWT, from: 'more.0.access_token of the JSON', field: 'more.0.access_token' },
      ],
    ],
    [
      'in a string',
      json({ body: json({ access_token: ACCESS }) }),
      [{ text: ACCESS, field: 'access_token' }],
    ],
    ['in a string in a string', json(json({ access_token: ACCESS })), [{ text: ACCESS }]],
    [
      'a URL in a string',
      json({ url: `https://x/#id_token=${JWT}` }),
      [{ text: JWT, from: 'id_token of the URL' }],
    ],
    [
      'Bearer in a string',
      json({ headers: { Authorization: `Bearer ${JWT}` } }),
      [{ text: JWT, field: 'Authorization' }],
    ],
    [
      'an archive of requests',
      json({ headers: [{ name: 'Authorization', value: `Bearer ${JWT}` }] }),
      [{ text: JWT, field: 'Authorization', repairs: ['removed the word Bearer in front of it'] }],
    ],
    [
      'ExecCredential',
      json({ kind: 'ExecCredential', status: { token: ACCESS } }),
      [{ text: ACCESS, field: 'token' }],
    ],
    ['camel case', json({ accessToken: ACCESS, idToken: JWT }), [{ text: ACCESS }, { text: JWT }]],
    [
      'get --json',
      json({ profile: 'va', access_token: ACCESS, via: [{ profile: 'x' }] }),
      [{ text: ACCESS }],
    ],
    ['a list of texts', json([JWT, ACCESS]), [{ text: JWT }, { text: ACCESS }]],
    [
      'lines of JSON',
      `${json({ token: JWT })}\n${json({ token: ACCESS })}\n`,
      [{ text: JWT }, { text: ACCESS }],
    ],
    [
      'cut off',
      json({ access_token: ACCESS, b: 1 }).slice(0, -5),
      [{ text: ACCESS, from: 'access_token of the JSON' }],
    ],
    [
      'in curly quotes',
      `{“access_token”: “${ACCESS}”}`,
      [{ text: ACCESS, from: 'access_token of the JSON' }],
    ],
    [
      'escaped in a log',
      `msg="{\\"access_token\\":\\"${ACCESS}\\"}"`,
      [{ text: ACCESS, field: 'access_token' }],
    ],
    [
      'of a program',
      `{ access_token: '${ACCESS}' }`,
      [{ text: ACCESS, from: 'access_token of the JSON' }],
    ],
    [
      'a line break in a string',
      json({ access_token: wrap(JWT, 60) }),
      [{ text: JWT, repairs: ['removed 2 line breaks'] }],
    ],
    ['a serialization', FLATTENED, [{ text: FLATTENED, from: INPUT, repairs: [] }]],
    [
      'a serialization in an answer',
      `HTTP/1.1 200 OK\n\n${json({ a: JSON.parse(FLATTENED) })}\n`,
      [{ text: FLATTENED, field: 'a' }],
    ],
    [
      'a serialization as an RFC prints it',
      FLATTENED.replace('"protected"', '\n "protected"').replace(/("payload":".{10})/, '$1\n     '),
      [{ text: FLATTENED, repairs: ['removed the line breaks in its strings'] }],
    ],
    [
      'a placeholder',
      '{"access_token":"<token hash>","id_token":"eyJhbGci...","token":"${TOKEN}"}',
      [],
    ],
    ['no token', '{"id":"550e8400-e29b-41d4-a716-446655440000","token_type":"bearer"}', []],
  ])('%s', (_name, input, expected) => {
    expect(tell(input)).toMatchObject(expected as Expected[])
    expect(tell(input)).toHaveLength(expected.length)
  })
})

describe('several', () => {
  const trace = `* Connected to x (127.0.0.1) port 443
> GET /token HTTP/1.1
> Host: api.example.com
> Authorization: Bearer ${LIGHT_CODE}
> Cookie: a=1; sid=${LIGHT_CLIENT}; b=${UNSECURED}
< HTTP/2 200
< content-type: application/json

{"id_token":"${JWT}","access_token":"${ACCESS}","expires_in":300}`

  it('a trace: the best first, the others as they stand', () => {
    expect(tell(trace).map(({ text }) => text)).toEqual([
      ACCESS,
      JWT,
      LIGHT_CODE,
      LIGHT_CLIENT,
      UNSECURED,
    ])
    expect(tell(trace).map(({ from }) => from)).toEqual([
      'access_token of the JSON',
      'id_token of the JSON',
      'the Authorization header',
      'the cookie sid',
      'the cookie b',
    ])
  })

  it('a fragment', () => {
    expect(
      tell(`https://app/cb#id_token=${JWT}&state=x&access_token=${ACCESS}&token_type=bearer`),
    ).toMatchObject([
      { text: ACCESS, from: 'access_token of the URL', field: 'access_token' },
      { text: JWT, from: 'id_token of the URL', field: 'id_token' },
    ])
  })

  it.each([
    ['lines', `${JWT}\n${ACCESS}\n${LIGHT_CODE}\n`],
    ['words', `${JWT} ${ACCESS}, ${LIGHT_CODE}`],
    ['text', `first ${JWT} and ${ACCESS}; then ${LIGHT_CODE}.`],
    ['wrapped', `${wrap(JWT, 50)}\n\n${wrap(ACCESS, 50)}\n\n${wrap(LIGHT_CODE, 50)}`],
  ])('in %s', (_name, input) => {
    expect(tell(input).map(({ text }) => text)).toEqual([JWT, ACCESS, LIGHT_CODE])
  })

  it('the same one twice is one, by its better name', () => {
    expect(
      tell(`export AUTHORIZATION='Bearer ${JWT}'\nexport ACCESS_TOKEN='${JWT}'`),
    ).toMatchObject([{ text: JWT, field: 'ACCESS_TOKEN' }])
  })
})

describe('opaque', () => {
  const UUID = '550e8400-e29b-41d4-a716-446655440000'
  const GITHUB = `ghp_${'a1B2'.repeat(9)}`

  it.each<[input: string, expected: Expected]>([
    [UUID, { text: UUID, from: INPUT, repairs: [] }],
    [`"${UUID}"\n`, { text: UUID, repairs: ['removed the quotes around it'] }],
    [`Bearer ${UUID}`, { text: UUID, repairs: ['removed the word Bearer in front of it'] }],
    ['Bearer x1y2z3', { text: 'x1y2z3' }],
    ['> Authorization: Bearer abc123def456', { text: 'abc123def456', ...HEADER }],
    [
      `remote: using ${GITHUB} now`,
      { text: GITHUB, repairs: ['took it out of the text around it'] },
    ],
    [`GITHUB_TOKEN=${GITHUB}`, { text: GITHUB, from: 'the variable GITHUB_TOKEN' }],
    [`  token: ${UUID}`, { text: UUID, from: 'the line token' }],
    [`https://x/cb#access_token=${UUID}&token_type=bearer`, { text: UUID, field: 'access_token' }],
  ])('%s', (input, expected) => {
    const found = readTokens(input, INPUT)
    expect(found.map(({ token }) => token.kind)).toEqual(['opaque'])
    expect(tell(input)).toMatchObject([expected])
  })
})

describe('no token', () => {
  it.each([
    ...['', ' ', 'hello world', 'hello', '42', '-', 'Bearer', 'Bearer $TOKEN', 'Bearer token'],
    ...['the access_token: required parameter', 'token=string', 'Authorization: Bearer <token>'],
    ...['staging-api.va.gov', 'eyes.example.com', 'e30.example.com', 'see eyes.example.com now'],
    'curl -k -H "Authorization: Basic f7d42348-c647-4efb-a52d-4c5787421e72:f6h1FTI8Q3-7UScPZDzfXA" -d "code=c0iAfPAeTk2BpiPWj-CYPQ" https://localhost:6882/oauth2/token',
    'Error: invalid_grant at foo.bar.baz (eyeball.js:12:3) eyJx.eyz.w',
    `<img src="https://cdn.example.com/${encode({ bucket: 'b', key: 'k' })}.jpg">`,
    '{"keys":[{"kty":"RSA","kid":"550e8400-e29b-41d4-a716-446655440000","n":"sXch","e":"AQAB"}]}',
    '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----',
    '<!doctype html><html><body>Sign in</body></html>',
    'id 550e8400-e29b-41d4-a716-446655440000 was not found',
  ])('%s', (input) => {
    expect(tell(input)).toEqual([])
  })
})

describe('every fixture', () => {
  it.each(TOKENS)('$name, in whatever it is wrapped', ({ text }) => {
    const ways: readonly string[] = [
      text,
      `\n\n  ${text}  \n`,
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n${text}`,
      `it says: ${text}`,
      json({ token: text }),
      json({ body: json({ token: text }) }),
      ...(text.startsWith('{')
        ? [json(JSON.parse(text), null, 2)]
        : [`Authorization: Bearer ${text}`, `"${text}"`, `x=${text}&y=z`, wrap(text, 64)]),
    ]
    for (const way of ways) {
      expect(readTokens(way, INPUT).map(({ token }) => token.text)).toEqual([text])
    }
  })
})

describe('two megabytes', () => {
  const SIZE = 2_000_000
  const UNITS = [
    ...['eyJ', '.', '"', '{', '[', "'", '<', '~', '%', '\\', '=', ' ', '\n', '\u200b', '\ufeff'],
    ...['{"a":', '["', '{"a":1}', 'ey.', 'eyJ/', 'eyJ ', 'eyJ.eyJ ', 'eyJ9.a\n', 'eyJ9.e ~', '%2E'],
    ...['\\n', '\\"', 'ZXlK', 'access_token:"', 'Authorization: Bearer ', 'Cookie: a=eyJ.a; '],
    ...['\u001b[', '\u001b]', '+ey\n', '-ey\n', 'a.0=', '=\n', 'Basic ', 'a.', 's:eyJ', 'Bearerey'],
    ...['-----BEGIN ', 'https://', `${'eyJh'.repeat(16)}\n`],
  ]

  // what is not linear takes minutes here, and what recurses without a limit throws
  it.each(UNITS)('of %j', { timeout: 20_000 }, (unit) => {
    const text = unit.repeat(Math.ceil(SIZE / unit.length))
    expect(readTokens(text, INPUT).length).toBeLessThan(3)
    expect(describeNoToken(text).what).toMatch(/\w/)
  })

  it('of anything', { timeout: 20_000 }, () => {
    for (const text of [
      randomBytes(SIZE).toString('latin1'),
      randomBytes(SIZE).toString('utf8'),
      randomBytes(SIZE).toString('base64url'),
      wrap(randomBytes(SIZE).toString('base64'), 64),
    ]) {
      expect(readTokens(text, INPUT).length).toBeLessThan(100)
    }
  })

  it('around one token', { timeout: 20_000 }, () => {
    const [head] = JWT.split('.')
    for (const [before, after] of [
      ['word '.repeat(SIZE / 5), ''],
      ['', ' word'.repeat(SIZE / 5)],
      [`${head}\n`.repeat(10_000), '\n\nend'],
      ['{"a":'.repeat(SIZE / 5), ''],
    ]) {
      const texts = readTokens(`${before}\n\n${ACCESS}\n${after}`, INPUT).map(
        ({ token }) => token.text,
      )
      expect(texts).toContain(ACCESS)
    }
  })

  it('of tokens: all of them', { timeout: 20_000 }, () => {
    const [head, , signature] = JWT.split('.')
    const tokens = Array.from({ length: 10_000 }, (_, n) => `${head}.${encode({ n })}.${signature}`)
    expect(readTokens(tokens.join('\n'), INPUT).map(({ token }) => token.text)).toEqual(tokens)
    expect(readTokens(json(tokens), INPUT)).toHaveLength(10_000)
    expect(readTokens(tokens.map((token) => json({ token })).join('\n'), INPUT)).toHaveLength(
      10_000,
    )
  })

  it('of more tokens than anybody looks at: so many, and it is said', { timeout: 20_000 }, () => {
    const many = Array.from({ length: 50_000 }, (_, n) => `e30.${encode({ n })}.`)
    const stop = 'stopped here: behind 10000 tokens the rest of the input was not read'
    for (const text of [many.join(' '), json(many), many.map((t) => json({ t })).join('\n')]) {
      const found = tell(text)
      expect(found).toHaveLength(10_000)
      expect(found.filter(({ repairs }) => repairs?.includes(stop))).toEqual([found.at(-1)])
    }
    expect(tell('e30.e30. '.repeat(1e6))).toHaveLength(1)
  })

  it('of disclosures', { timeout: 20_000 }, () => {
    const token = `${JWT}${'~'.repeat(9e6)}`
    expect(tell(token)).toMatchObject([{ text: token, repairs: [] }])
    expect(tell(`Bearer ${token}`)).toMatchObject([{ text: token }])
  })

  it('in one token', { timeout: 20_000 }, () => {
    const payload = encode({ a: 'x'.repeat(SIZE) })
    const [head, , signature] = JWT.split('.')
    const token = `${head}.${payload}.${signature}`
    expect(tell(token)).toMatchObject([{ text: token, repairs: [] }])
    expect(tell(`Bearer ${wrap(token, 76)}`)).toMatchObject([{ text: token }])
    expect(tell(json({ access_token: token }))).toMatchObject([{ text: token }])
  })
})
