// What people paste, in every form it comes in: which status, code and text are found in it; and what
// is shown of it again.

import { describe, expect, test } from 'vitest'
import { USUAL } from '../../src/core/answer/usual.ts'
import { findFragments } from '../../src/core/explain/pasted/fragment.ts'
import { maskSecrets } from '../../src/core/explain/pasted/mask.ts'
import { findPairs, findQuery } from '../../src/core/explain/pasted/pair.ts'
import { readClue, readPasted } from '../../src/core/explain/pasted/reading.ts'
import { dropStatus, findStatus } from '../../src/core/explain/pasted/status.ts'

const CODES = new Set(['ERR12014', 'invalid_grant', 'invalid_scope', '240101'])

/** The first clue, as most services would have it read. */
function read(text: string) {
  const reading = readPasted(text, CODES)
  const [clue] = reading.clues
  const failure = clue?.shown ?? (clue && readClue(clue, reading, USUAL))
  return {
    status: clue?.status ?? reading.status,
    code: failure?.code,
    text: failure?.text,
    request: reading.requestId,
  }
}

const BODY = '{"error":"invalid_grant","error_description":"no such user"}'
const found = { code: 'invalid_grant', text: 'no such user' }

describe('an error is found', () => {
  test.each<[string, string, ReturnType<typeof read> | object]>([
    ['alone', BODY, { status: undefined, ...found }],
    ['over several lines', JSON.stringify(JSON.parse(BODY), undefined, 2), found],
    ['with text around it', `the service said ${BODY} and went away`, found],
    ['with a byte order mark', `\ufeff${BODY}`, found],
    ['with CRLF', BODY.replace(',', ',\r\n'), found],
    ['in the colours of a terminal', `\u001b[31m${BODY}\u001b[0m`, found],
    ['behind a status', `400 ${BODY}`, { status: 400, ...found }],
    ['behind status=', `status=401 body=${BODY}`, { status: 401, ...found }],
    [
      'as curl -i prints it',
      `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nX-Request-Id: r-1\r\n\r\n${BODY}`,
      { status: 400, request: 'r-1', ...found },
    ],
    [
      'as curl -v prints it',
      [
        '* Connected to x (127.0.0.1) port 443',
        '> POST /token HTTP/1.1',
        '> Content-Type: application/json',
        '>',
        '} [12 bytes data]',
        '< HTTP/1.1 401 Unauthorized',
        '< x-request-id: r-2',
        '<',
        BODY,
        '* Connection #0 left intact',
      ].join('\n'),
      { status: 401, request: 'r-2', ...found },
    ],
    [
      'behind a redirect',
      `HTTP/1.1 302 Found\n\nHTTP/2 403\ncontent-length: 1\n\n${BODY}`,
      { status: 403, ...found },
    ],
    [
      'in a log line of JSON',
      JSON.stringify({ level: 'error', time: 1, status: 400, response: JSON.parse(BODY) }),
      found,
    ],
    [
      'quoted in a log line of JSON',
      JSON.stringify({ level: 'error', msg: 'token call failed', status: 400, body: BODY }),
      found,
    ],
    ['quoted twice', JSON.stringify({ a: JSON.stringify({ b: BODY }) }), found],
    [
      'in a log line of key=value',
      `time=2026-01-02T03:04:05Z level=error msg="call failed" status=400 body=${JSON.stringify(BODY)}`,
      { status: 400, ...found },
    ],
    [
      'as Python prints it',
      "requests.exceptions.HTTPError: 400 Client Error: Bad Request for url: https://x/y {'error': 'invalid_grant', 'error_description': 'no such user'}",
      { status: 400, ...found },
    ],
    [
      'as Node prints it',
      "AxiosError: Request failed with status code 400\n    at settle (x.js:1:2)\n  code: 'ERR_BAD_REQUEST',\n  data: { error: 'invalid_grant', error_description: 'no such user' }",
      { status: 400, ...found },
    ],
    ['as Ruby prints it', '{"error"=>"invalid_grant", "error_description"=>"no such user"}', found],
    [
      'as Java prints it',
      `org.example.HttpClientErrorException$BadRequest: 400 Bad Request: "${BODY}"`,
      { status: 400, ...found },
    ],
    [
      'in an address',
      'https://app.example/cb?state=1&error=invalid_grant&error_description=no%20such+user#x',
      found,
    ],
    [
      'in the fragment of an address',
      'https://app.example/#error=invalid_grant&error_description=no+such+user',
      found,
    ],
    ['in a form', 'error=invalid_grant&error_description=no+such+user&error_uri=x', found],
    [
      'in a challenge',
      'WWW-Authenticate: Bearer realm="x", error="invalid_grant", error_description="no such user"',
      found,
    ],
    [
      'where the JSON is broken',
      '{"error":"invalid_grant","error_description":"no such user","x":"a "b""}',
      found,
    ],
    ['where the JSON is cut off', BODY.slice(0, -1), found],
    ['in a list', `[${JSON.stringify({ code: 'A_1', message: 'm' })}]`, { code: 'A_1', text: 'm' }],
    ['as a code', 'ERR12014', { code: 'ERR12014', text: undefined }],
    ['as a code and a text', 'invalid_grant: no such user', found],
    ['as a number', '240101', { code: '240101', text: undefined, status: undefined }],
    ['as a text', 'Invalid scopes', { code: undefined, text: 'Invalid scopes' }],
    ['as a status', '502', { status: 502, code: undefined, text: undefined }],
    ['as the name of a status', 'HTTP/1.1 502 Bad Gateway', { status: 502, text: undefined }],
    [
      'on a page',
      '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>',
      { status: 502, text: '502 Bad Gateway' },
    ],
    [
      'in our own words',
      'tokentool: error: va-sis refused the assertion (400)\n  said:  invalid_grant: no such user\n  sent:  iss x · request r-3\n  fix:   x',
      { status: 400, request: 'r-3', ...found },
    ],
    [
      'in our own words, folded by a terminal',
      'tokentool: error: x refused the assertion (400)\n  said:  invalid_grant: no such\n         user\n  means: y',
      { status: 400, ...found },
    ],
    [
      'in our own JSON',
      JSON.stringify({
        error: {
          class: 'refused',
          exit: 4,
          code: 'service_refused',
          message: 'm',
          status: 400,
          said: 'invalid_grant: no such user',
          request_id: 'r-4',
          provider: 'p',
        },
      }),
      { status: 400, request: 'r-4', ...found },
    ],
  ])('%s', (_, text, wanted) => {
    expect(read(text)).toMatchObject(wanted)
  })

  test('of our own output with its details, and whose it is', () => {
    const text =
      'tokentool: error: firstvision-json refused the request (401)\n  said:  240101: Unauthorized · Invalid client'
    const { clues, provider } = readPasted(text, CODES)
    expect(provider).toBe('firstvision-json')
    expect(clues[0]?.failure).toEqual({
      code: '240101',
      text: 'Unauthorized',
      details: ['Invalid client'],
    })
  })

  test('and nothing where there is nothing', () => {
    expect(readPasted('', CODES).clues).toEqual([])
    expect(read('{"access_token":"x"}')).toMatchObject({ code: undefined })
  })
})

describe('JSON in a text', () => {
  test.each<[string, unknown[]]>([
    ['a {"b":1} c [2] d', [{ b: 1 }, [2]]],
    // a brace of prose is no reason to miss what is inside
    ['{ status: 400, body: \'{"b":1}\' }', [{ b: 1 }]],
    ['x {\\"b\\":1} y', [{ b: 1 }]],
    ['{"a":"{\\"b\\":1}"}', [{ a: '{"b":1}' }, { b: 1 }]],
    ['{"a":{"b":[{"c":1}]}}', [{ a: { b: [{ c: 1 }] } }, { b: [{ c: 1 }] }, [{ c: 1 }], { c: 1 }]],
    ['a 5" pipe {"b":"}"}', [{ b: '}' }]],
    ['{"a":"x\n {"b":1}', [{ b: 1 }]],
    ['{{{{', []],
    ['}}}}', []],
    ['no', []],
  ])('%j', (text, data) => {
    expect(findFragments(text).map((one) => one.data)).toEqual(data)
  })
})

describe('pairs in a text', () => {
  test.each<[string, Record<string, string>[]]>([
    ['error=a_b', [{ error: 'a_b' }]],
    ['error: "a b", code: \'c\'', [{ error: 'a b', code: 'c' }]],
    ["'error' => 'it\\'s'", [{ error: "it's" }]],
    ['error="a" error="b"', [{ error: 'a' }, { error: 'b' }]],
    // a status is no code, nor is a word of prose, nor the code of a sign-in
    ['error: 401', []],
    ['error: something else', []],
    ['code=Zx9abcdef_GHI', []],
    ['https://x/?code=ABC123', []],
    ['terror=x', []],
  ])('%j', (text, pairs) => {
    expect(findPairs(text)).toEqual(pairs)
  })

  test('a query has an & or a %, or stands behind a ?', () => {
    expect(findQuery('x?error=a')).toEqual({ error: 'a' })
    expect(findQuery('error=a&b=c d')).toEqual({ error: 'a', b: 'c' })
    expect(findQuery('level=x error=a b=c')).toBeUndefined()
    expect(findQuery('error="a"')).toBeUndefined()
  })
})

describe('a status', () => {
  test.each<[string, number | undefined]>([
    ['HTTP/1.1 400 Bad Request', 400],
    ['"POST /token HTTP/1.1" 401 12', 401],
    ['status=401', 401],
    ['"status": "409"', 409],
    ['statusCode: 404', 404],
    ['Request failed with status code 403', 403],
    ['curl: (22) The requested URL returned error: 401', 401],
    ['Response code: 500', 500],
    ['403 Forbidden', 403],
    ['x refused the assertion: 422 Unprocessable Entity', 422],
    ['503', 503],
    ['400 {"a":1}', 400],
    ['status 99', undefined],
    ['600', undefined],
    ['12345', undefined],
    ['ERR12014', undefined],
    ['port 443 refused', undefined],
  ])('%j: %s', (text, status) => {
    expect(findStatus(text)).toBe(status)
  })

  test.each([
    ['502', ''],
    ['HTTP/1.1 502 Bad Gateway', ''],
    ['error: 404 Not Found.', ''],
    ['404 Not Found here', 'here'],
    ['400 {"a":1}', '{"a":1}'],
    ['- no status', '- no status'],
  ])('is taken away from %j: %j', (text, rest) => {
    expect(dropStatus(text)).toBe(rest)
  })
})

describe('a secret is not shown again', () => {
  const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl'
  test.each([
    ['a token', TOKEN, 'eyJ'],
    ['a key', '-----BEGIN PRIVATE KEY-----\nMIIEvQ1\n-----END PRIVATE KEY-----', 'MIIEvQ1'],
    ['a key that is cut off', 'x -----BEGIN RSA PRIVATE KEY-----\nMIIEvQ1', 'MIIEvQ1'],
    [
      'a key on one line',
      '-----BEGIN PRIVATE KEY-----\\nMIIEvQ1\\n-----END PRIVATE KEY-----\\n',
      'MIIEvQ1',
    ],
    ['the lines of a key', `${'aB3'.repeat(20)}\n${'aB3'.repeat(20)}\ntail12`, 'tail12'],
    ['a header', 'Authorization: Bearer abc.def-123', 'abc.def'],
    ['Basic', 'Basic aWQ6c2VjcmV0OTk=', 'aWQ6'],
    ['raw Basic', 'header Basic id:f6h1FTI8Q3', 'f6h1'],
    ['a parameter', 'client_secret=hunter2&x=y', 'hunter2'],
    ['a member', '{"password": "hunter2"}', 'hunter2'],
    ['a member of Ruby', '"client_assertion"=>"hunter2"', 'hunter2'],
    ['a setting', 'passphrase: hunter2', 'hunter2'],
    ['a cookie', 'Set-Cookie: sid=hunter2', 'sid=hunter2'],
    ['a user in an address', 'http://user:hunter2@host/', 'hunter2'],
    ['a code in an address', 'https://x/cb?code=hunter2&state=1', 'hunter2'],
    ['an argument of curl', "curl -u 'id:hunter2' x", 'hunter2'],
    ['prose', 'Refresh token 7a1b2c3d-1111-2222-3333-444455556666 is not found', '7a1b2c3d'],
    ['prose on credentials', 'Invalid Basic credentials f7d42348:f6h1FTI8', 'f6h1'],
    ['a token by its own mark', 'with ghp_abcdefgh12345', 'ghp_'],
    ['a long word', `x ${'a1'.repeat(30)} y`, 'a1a1'],
  ])('%s', (_, text, secret) => {
    expect(text).toContain(secret)
    expect(maskSecrets(text)).not.toContain(secret)
    expect(maskSecrets(text)).toContain('«hidden»')
  })

  // no rule may go by digits alone
  test.each([
    'curl -d \'a=b\' -H "Authorization: Bearer SECRET"',
    "-H 'Authorization: ApiKey SECRET'",
    'Authorization: token SECRET',
    'Authorization: Token SECRET',
    'authorization: DPoP SECRET',
    'Proxy-Authorization: Custom a SECRET',
    'Authorization: Digest username="u", realm="r", response="SECRET"',
    'Authorization: AWS4-HMAC-SHA256 Credential=x/y, SignedHeaders=h, Signature=SECRET',
    '{"Authorization":"Odd SECRET and SECRET"}',
    "{'Authorization': 'Odd SECRET'}",
    '{\\"authorization\\":\\"Odd SECRET\\",\\"error\\":\\"x\\"}',
    'the header -H "X-Anything: SECRET with SECRET"',
    'tool --client-secret SECRET x',
    'tool --password SECRET',
    'tool --password "a SECRET b"',
    'tool --token SECRET',
    'tool --api-key=SECRET',
    'curl -ushop:SECRET https://x',
    'curl -u shop:SECRET',
    'curl -u "shop:a SECRET"',
    'curl --user=shop:SECRET',
    "curl -b 'session=SECRET; b=SECRET'",
    'DB_PASSWORD="SECRET"',
    'AWS_ACCESS_KEY=SECRET',
    'GITHUB_TOKEN=SECRET',
    'export GITHUB_TOKEN=SECRET',
    'device_code=SECRET',
    'code_verifier=SECRET',
    'AccountName=a;AccountKey=SECRET;x=y',
    'https://x/y?sv=1&sig=SECRET&x=1',
    'subscription-key: SECRET',
    'Ocp-Apim-Subscription-Key: SECRET',
    'Cookie: session=SECRET; x=SECRET',
    'Set-Cookie: a=1; b=SECRET',
    '{"cookie":"a=1; x=SECRET"}',
    'clientSecret: "a SECRET B"',
    'password=\'a SECRET with "SPACES" SECRET\'',
    'password="a \\" SECRET"',
    '{\\"client_secret\\":\\"a SECRET\\"}',
    'client_secret%3DSECRET%26grant_type%3Dx',
    'client_secret%253DSECRET',
    '<password>SECRET</password>',
    '<ns:clientSecret type="x">a SECRET</ns:clientSecret>',
    '&lt;password&gt;SECRET&lt;/password&gt;',
    'signature=SECRET',
    'password: SECRET',
    'Bearer SECRETOPAQUE',
    '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nSECRET\n-----END RSA PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY----- SECRET -----END PRIVATE KEY-----',
  ])('%s', (text) => {
    const masked = maskSecrets(text)
    expect(masked).not.toContain('SECRET')
    expect(masked).toContain('«hidden»')
  })

  test('nor a person', () => {
    const text = 'no user for icn=1012667122V019349 (1012667122V019349)'
    expect(maskSecrets(text)).toBe('no user for icn=«hidden» («hidden»)')
  })

  test('and what says what failed stays', () => {
    const text = 'curl -H "Authorization: Bearer SECRET" failed: {"error":"invalid_grant"}'
    expect(maskSecrets(text)).toBe(
      'curl -H "Authorization: «hidden»" failed: {"error":"invalid_grant"}',
    )
  })

  test.each([
    'Bearer token is missing',
    'Basic authentication required',
    'Bearer realm="x", error="invalid_token"',
    'Invalid audience. Expected ["https://staging-api.va.gov/v0/sign_in/token"], received https://api.va.gov/x',
    'AADSTS700016: Application with identifier 1f2e3d4c-0000-0000-0000-a1b2c3d4e500 was not found',
    "Authorization header is missing in request, code ERR12002, 'exp' claim",
    'invalid_token: the token is over',
    'POST https://x/oauth2/token: 400',
    '"assertion" length must be at least 250 characters long',
    'JWT token is invalid. [0ce9eb56-821d-4ca9-a774-04ae89a0cf5a]',
  ])('what is none stays: %s', (text) => {
    expect(maskSecrets(text)).toBe(text)
  })
})
