// What comes back, as it is read: success, token, type, scopes; and what is no success.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  findAll,
  findFirst,
  isErrorBody,
  isSuccess,
  normalizeType,
  parseBody,
  readRequestId,
  readScopes,
  readSkew,
  readToken,
} from '../../src/core/answer/answer.ts'
import { describeFailure, readFailure } from '../../src/core/answer/failure.ts'
import { USUAL } from '../../src/core/answer/usual.ts'
import { readJwt } from '../../src/core/call/token.ts'
import type { Answer as Columns } from '../../src/core/provider.ts'
import { answer, NOW } from '../support/tools.ts'

const DEEP = `${'['.repeat(100_000)}${']'.repeat(100_000)}`

describe('a path', () => {
  const data = {
    a: { b: 1, c: null, d: 'text' },
    list: [{ x: 1 }, { x: 2, y: [3] }, 'text', null, [4]],
  }

  test.each<[string, unknown[]]>([
    ['a.b', [1]],
    ['a.c', [null]],
    ['a.c.d', []],
    ['a.d.length', []],
    ['a.d.0', []],
    ['a.*', []],
    ['list.0.x', [1]],
    ['list.1', [{ x: 2, y: [3] }]],
    ['list.length', []],
    ['list.-1', []],
    ['list.*.x', [1, 2]],
    ['list.*.y.*', [3]],
    ['list.*.*', [4]],
    ['', [data]],
    ['nothing', []],
    ['constructor', []],
    ['__proto__', []],
    ['a.__proto__.toString', []],
  ])('%s leads to %j', (path, expected) => {
    expect(findAll(data, path)).toEqual(expected)
  })

  test('is the first of several that leads to something fitting', () => {
    const text = (value: unknown): boolean => typeof value === 'string'
    expect(findFirst(data, ['a.b', 'nothing', 'list.*', 'a.d'], text)).toBe('text')
    expect(findFirst(data, 'a.d', text)).toBe('text')
    expect(findFirst(data, ['a.b'], text)).toBeUndefined()
    expect(findFirst(data, undefined, text)).toBeUndefined()
  })
})

describe('a body', () => {
  test.each<[string, Columns['format'], unknown]>([
    ['{"a":1}', 'json', { a: 1 }],
    [' \n{"a":1}\r\n', 'json', { a: 1 }],
    ['[1]', 'json', [1]],
    ['"text"', 'json', 'text'],
    ['', 'json', undefined],
    ['{"a":1', 'json', undefined],
    ['\ufeff{"a":1}', 'json', { a: 1 }],
    ['<html>', 'json', undefined],
    ['a=1&b=x%20y&b=z', 'form', { a: '1', b: 'z' }],
    ['{"error":"x"}', 'form', { error: 'x' }],
    ['a', 'form', { a: '' }],
    [' token\n', 'text', 'token'],
    ['<!DOCTYPE html><title>x', 'text', undefined],
    [DEEP, 'json', undefined],
    [`{"a":${DEEP}}`, 'form', undefined],
    [
      `{"a":"${'['.repeat(1000)}\\"${'{'.repeat(1000)}"}`,
      'json',
      { a: `${'['.repeat(1000)}"${'{'.repeat(1000)}` },
    ],
  ])('%.30s as %s', (body, format, expected) => {
    expect(parseBody(answer(200, body), format)).toEqual(expected)
  })

  test('a JWT with claims without bottom is no JWT', () => {
    const part = (text: string): string => Buffer.from(text).toString('base64url')
    expect(readJwt(`${part('{}')}.${part(`{"a":${DEEP}}`)}.x`)).toBeUndefined()
    expect(readJwt(`${part('{}')}.${part('{"a":1}')}.x`)?.claims).toEqual({ a: 1 })
  })
})

describe('success', () => {
  test.each<[number, unknown, Columns, boolean]>([
    [200, {}, {}, true],
    [201, {}, {}, true],
    [299, {}, {}, true],
    [199, {}, {}, false],
    [302, {}, {}, false],
    [400, {}, {}, false],
    [201, {}, { ok_status: [200] }, false],
    [302, {}, { ok_status: [302] }, true],
    [200, { errcode: 0 }, { ok_path: 'errcode', ok_values: [0] }, true],
    [200, { errcode: 1 }, { ok_path: 'errcode', ok_values: [0] }, false],
    [200, { errcode: '0' }, { ok_path: 'errcode', ok_values: [0] }, false],
    [200, { ok: true }, { ok_path: 'ok' }, true],
    [200, { ok: false }, { ok_path: 'ok' }, false],
    [200, {}, { ok_path: 'ok' }, false],
    [200, {}, { ok_path: 'errcode', ok_values: [0, null] }, true],
    [400, { ok: true }, { ok_path: 'ok' }, false],
  ])('%i %j under %j is %s', (status, data, columns, expected) => {
    expect(isSuccess(answer(status), data, columns)).toBe(expected)
  })

  test.each<[unknown, boolean]>([
    [{ error: 'invalid_grant' }, true],
    [{ error: { code: 1 } }, true],
    [{ error: ['x'] }, true],
    [{ error: true }, true],
    [{ error: 5 }, true],
    [{ access_token: 'x', error: 'invalid' }, true],
    [{ error: '' }, false],
    [{ error: null }, false],
    [{ error: {} }, false],
    [{ error: [] }, false],
    [{ error: false }, false],
    [{}, false],
    [[{ error: 'x' }], false],
    ['error', false],
    [undefined, false],
  ])('%j with 200 is a failure: %s', (data, expected) => {
    expect(isErrorBody(data, {})).toBe(expected)
    expect(isErrorBody(data, { ok_path: 'ok' })).toBe(false)
  })

  test.each<[unknown, Columns, string | undefined]>([
    [{ access_token: 'a' }, {}, 'a'],
    [{ access_token: '' }, {}, undefined],
    [{ access_token: null }, {}, undefined],
    [{ access_token: 5 }, {}, undefined],
    [{ access_token: ['a'] }, {}, undefined],
    [{ access_token: { a: 'b' } }, {}, undefined],
    [{}, {}, undefined],
    [null, {}, undefined],
    ['text', {}, undefined],
    [[], {}, undefined],
    [
      { data: { access_token: 'a' }, access_token: 'b' },
      { token: ['data.access_token', 'access_token'] },
      'a',
    ],
    [{ access_token: 'b' }, { token: ['data.access_token', 'access_token'] }, 'b'],
    [[{ token: 'a' }], { token: '0.token' }, 'a'],
    ['a.b.c', { token: '' }, 'a.b.c'],
  ])('the token of %j under %j is %s', (data, columns, expected) => {
    expect(readToken(data, { ...USUAL, ...columns })).toBe(expected)
  })
})

test.each([
  ['bearer', 'Bearer'],
  ['BEARER', 'Bearer'],
  ['BearerToken', 'Bearer'],
  ['Application Access Token', 'Bearer'],
  ['DPoP', 'DPoP'],
  ['MAC', 'MAC'],
  [undefined, 'Bearer'],
  [null, 'Bearer'],
  [5, 'Bearer'],
])('the type %s is %s', (type, expected) => {
  expect(normalizeType(type)).toBe(expected)
})

test.each<[unknown, unknown, string[] | undefined]>([
  [{ scope: 'a b' }, undefined, ['a', 'b']],
  [{ scope: 'a,b' }, undefined, ['a', 'b']],
  [{ scope: ' a  b ' }, undefined, ['a', 'b']],
  [{ scope: '' }, { scope: 'c' }, []],
  [{ scope: ['a', 'b c'] }, undefined, ['a', 'b c']],
  [{ scopes: ['a'] }, undefined, ['a']],
  [{ scope: null, scopes: 'a' }, undefined, ['a']],
  [{ scope: [1] }, { scope: 'c' }, ['c']],
  [{}, { scope: ['a', 'b'] }, ['a', 'b']],
  [{}, { scopes: 'a b' }, ['a', 'b']],
  [{}, { scp: 'a' }, ['a']],
  [{}, {}, undefined],
  [null, undefined, undefined],
  ['scope', undefined, undefined],
])('scopes of %j and %j are %j', (data, claims, expected) => {
  expect(readScopes(data, USUAL, claims)).toEqual(expected)
})

describe('the request id', () => {
  test.each<[unknown, Record<string, string>, string | undefined]>([
    [{ trace_id: 't' }, { 'x-request-id': 'h' }, 't'],
    [{ correlation_id: 5 }, {}, '5'],
    [{ errorId: 'e' }, {}, 'e'],
    [{ transactionId: 'e' }, {}, 'e'],
    [{ requestId: 'e' }, {}, 'e'],
    [{}, { 'x-request-id': 'h' }, 'h'],
    [{}, { 'x-correlation-id': 'c', 'x-ms-request-id': 'm' }, 'c'],
    [{}, { 'paypal-debug-id': 'h' }, 'h'],
    [{}, { 'x-fapi-interaction-id': 'h' }, 'h'],
    [{}, { 'x-okta-request-id': 'h' }, 'h'],
    [{}, { 'x-github-request-id': 'h' }, 'h'],
    [{ trace_id: { a: 1 } }, { 'x-request-id': '' }, undefined],
    [{ trace_id: 'x'.repeat(1000) }, {}, 'x'.repeat(100)],
  ])('of %j and %j', (data, headers, expected) => {
    expect(readRequestId(answer(400, data, headers), data, USUAL)).toBe(expected)
  })
})

test.each([
  [undefined, undefined],
  ['nonsense', undefined],
  [new Date(NOW * 1000).toUTCString(), 0],
  [new Date((NOW + 1) * 1000).toUTCString(), 2],
  [new Date((NOW + 60) * 1000).toUTCString(), 61],
  [new Date((NOW - 60) * 1000).toUTCString(), -59],
])('by Date %s the clock is %s s ahead', (date, expected) => {
  const skew = readSkew(answer(200, '', date === undefined ? {} : { date }))
  // half a second is in the nature of it
  if (expected === undefined || skew === undefined) expect(skew).toBe(expected)
  else expect(Math.abs(skew - expected)).toBeLessThanOrEqual(1)
})

describe('what a failure says', () => {
  const read = (status: number, body: unknown, headers = {}, columns: Columns = USUAL) => {
    const got = answer(status, body, headers)
    return readFailure(got, parseBody(got, columns.format), columns)
  }

  // the shapes of the world, in the order they are looked for
  test.each<[string, unknown, string | undefined, string | undefined, string[]]>([
    [
      'RFC 6749',
      { error: 'invalid_grant', error_description: 'expired' },
      'invalid_grant',
      'expired',
      [],
    ],
    ['an error alone', { error: 'invalid_grant' }, 'invalid_grant', 'invalid_grant', []],
    ['an object for it', { error: { code: 'E1', message: 'no' } }, 'E1', 'no', []],
    [
      'an object with a number',
      { error: { code: 190, type: 'OAuthException', message: 'no' } },
      '190',
      'no',
      [],
    ],
    [
      'a list for it',
      { error: [{ type: 'T', code: 'C', message: 'one' }, { message: 'two' }] },
      'C',
      'one',
      ['two'],
    ],
    [
      'Zoom',
      { reason: 'Invalid client_id', error: 'invalid_client' },
      'invalid_client',
      'Invalid client_id',
      [],
    ],
    [
      'light-oauth2',
      {
        statusCode: 401,
        code: 'ERR12007',
        message: 'UNAUTHORIZED_CLIENT',
        description: 'wrong secret',
      },
      'ERR12007',
      'wrong secret',
      [],
    ],
    [
      'errorCode',
      { errorCode: 'AGT415UMT', errorMessage: 'unsupported' },
      'AGT415UMT',
      'unsupported',
      [],
    ],
    ['errcode', { errcode: 40013, errmsg: 'invalid appid' }, '40013', 'invalid appid', []],
    [
      'Okta',
      { errorCode: 'E0000011', errorSummary: 'invalid', errorCauses: [{ errorSummary: 'why' }] },
      'E0000011',
      'invalid',
      ['why'],
    ],
    [
      'Entra',
      { error: 'invalid_client', error_description: 'AADSTS7000215: no', error_codes: [7000215] },
      'invalid_client',
      'AADSTS7000215: no',
      [],
    ],
    ['error_codes alone', { error_codes: [7000215] }, '7000215', undefined, []],
    [
      'SCIM',
      { schemas: ['x'], detail: 'taken', status: '409', scimType: 'uniqueness' },
      'uniqueness',
      'taken',
      [],
    ],
    ['SCIM without a type', { schemas: ['x'], detail: 'taken', status: '409' }, '409', 'taken', []],
    [
      'problem details',
      {
        type: 'about:blank',
        title: 'Bad Request',
        detail: 'no',
        status: 400,
        'invalid-params': [{ name: 'a', reason: 'b' }],
      },
      '400',
      'no',
      ['b'],
    ],
    ['a title alone', { title: 'Bad Request' }, undefined, 'Bad Request', []],
    [
      'Spring',
      { timestamp: 'x', status: 500, error: 'Internal Server Error', path: '/x' },
      'Internal Server Error',
      'Internal Server Error',
      [],
    ],
    [
      'FirstVision',
      [
        {
          detail: 'see',
          errorCode: '240101',
          'invalid-params': ['Invalid scope', 'or grant'],
          title: 'Unauthorized',
        },
      ],
      '240101',
      'see',
      ['Invalid scope', 'or grant'],
    ],
    [
      'a list of them all',
      [
        { code: 'A', message: 'one' },
        { code: 'B', message: 'two' },
      ],
      'A',
      'one',
      ['two'],
    ],
    [
      'a list around RFC 6749',
      [{ error: 'invalid_grant', error_description: 'no' }],
      'invalid_grant',
      'no',
      [],
    ],
    ['a list around an object', [{ error: { code: 'C', message: 'no' } }], 'C', undefined, []],
    [
      'errors as text',
      { errors: 'Service account config not found' },
      undefined,
      'Service account config not found',
      [],
    ],
    ['errors as texts', { errors: ['one', 'two'] }, undefined, 'one', ['two']],
    [
      'errors as objects',
      { errors: [{ code: '500', title: 'Internal', detail: 'x' }, { detail: 'y' }] },
      '500',
      'x',
      ['y'],
    ],
    ['errors with descriptions', { errors: [{ code: 'c', description: 'd' }] }, 'c', 'd', []],
    ['response.errors', { response: { errors: [{ code: 'c', message: 'm' }] } }, 'c', 'm', []],
    ['errorResponse', { errorResponse: { error: [{ code: 'c', message: 'm' }] } }, 'c', 'm', []],
    [
      'an object errorResponse',
      { errorResponse: { errorCode: 'c', errorMessage: 'm' } },
      'c',
      'm',
      [],
    ],
    ['data', { data: { code: 'c', message: 'm' } }, 'c', 'm', []],
    [
      'odsMessages',
      { errorCode: 'FS1', message: 'm', odsMessages: ['a', 'b'] },
      'FS1',
      'm',
      ['a', 'b'],
    ],
    ['violations', { message: 'm', violations: [{ message: 'v' }] }, undefined, 'm', ['v']],
    [
      'messages',
      { statusCode: 400, message: ['a', 'b'], error: 'Bad Request' },
      'Bad Request',
      'a',
      ['b'],
    ],
    // nothing to read
    ['nothing', {}, undefined, undefined, []],
    ['an empty list', [], undefined, undefined, []],
    ['null', 'null', undefined, 'null', []],
    ['a number', '42', undefined, '42', []],
    ['emptiness', { error: '', message: '', code: null }, undefined, undefined, []],
    [
      'other types',
      { error: true, message: { a: 1 }, code: [], description: ['x'] },
      undefined,
      undefined,
      [],
    ],
    ['a token', { access_token: 'x', expires_in: 5 }, undefined, undefined, []],
    ['depth', DEEP, undefined, undefined, []],
    ['depth in a member', `{"error":${DEEP}}`, undefined, undefined, []],
  ])('in %s', (_, body, code, text, details) => {
    expect(read(400, body)).toEqual({ code, text, details })
  })

  test.each<[string, string, Record<string, string>, string | undefined, string | undefined]>([
    [
      'HTML',
      '<!DOCTYPE html><html><head><title>\n 502 Bad Gateway </title></head>',
      {},
      undefined,
      '502 Bad Gateway',
    ],
    ['HTML without a title', '<html><body>no</body></html>', {}, undefined, undefined],
    ['text', 'upstream  connect\nerror', {}, undefined, 'upstream connect error'],
    ['much text', 'x'.repeat(5000), {}, undefined, 'x'.repeat(200)],
    ['nothing', '', {}, undefined, undefined],
    ['white space', ' \n ', {}, undefined, undefined],
    [
      'a challenge',
      '',
      {
        'www-authenticate':
          'Bearer realm="x", error="invalid_token", error_description="it, expired"',
      },
      'invalid_token',
      'it, expired',
    ],
    [
      'a challenge that says the text first',
      '',
      { 'www-authenticate': 'Bearer error_description="no", error=invalid_token' },
      'invalid_token',
      'no',
    ],
    [
      'a challenge beside {}',
      '{}',
      { 'www-authenticate': 'Bearer error="invalid_token"' },
      'invalid_token',
      undefined,
    ],
    [
      'a challenge that says nothing',
      '',
      { 'www-authenticate': 'Basic realm="x"' },
      undefined,
      undefined,
    ],
    [
      'JSON glued by hand',
      '{"statusCode":401,"code":"ERR12003","message":"X","description":"bad "header" here"}',
      {},
      'ERR12003',
      'X',
    ],
    [
      'JSON cut off',
      '{"error":"invalid_grant","error_description":"the end is mis',
      {},
      'invalid_grant',
      'the end is mis',
    ],
    ['JSON broken beyond', '{"a":', {}, undefined, undefined],
    [
      'XML',
      '<?xml version="1.0"?><Error><Code>x</Code></Error>',
      {},
      undefined,
      '<?xml version="1.0"?><Error><Code>x</Code></Error>',
    ],
  ])('in %s', (_, body, headers, code, text) => {
    const { details, ...said } = read(401, body, headers)
    expect(said).toEqual({ code, text })
    expect(details).toEqual([])
  })

  test('in JSON, though tokens come as a form or as text', () => {
    for (const format of ['form', 'text'] as const) {
      const said = read(400, { error: 'x', error_description: 'y' }, {}, { ...USUAL, format })
      expect(said).toMatchObject({ code: 'x', text: 'y' })
    }
    expect(
      read(200, 'error=x&error_description=y+z', {}, { ...USUAL, format: 'form' }),
    ).toMatchObject({ code: 'x', text: 'y z' })
  })

  test('by a pattern of the provider, where the JSON is broken', () => {
    const columns = {
      ...USUAL,
      error_pattern: '"code":"(?<code>ERR\\d+)".*?"description":"(?<text>.*?)"\\}',
    }
    expect(read(401, '{"code":"ERR1","description":"a "b" c"}', {}, columns)).toEqual({
      code: 'ERR1',
      text: 'a "b" c',
      details: [],
    })
    expect(read(401, 'nothing of it', {}, columns).text).toBe('nothing of it')
  })

  test('is cut to what a person reads', () => {
    const { code, text, details } = read(400, {
      error: 'c'.repeat(5000),
      error_description: 't'.repeat(5000),
      violations: Array.from({ length: 50 }, (_, index) => `${index}${'v'.repeat(5000)}`),
    })
    expect([code?.length, text?.length, details.length]).toEqual([200, 1000, 8])
    expect(Math.max(...details.map((detail) => detail.length))).toBe(500)
  })
})

describe('what a failure is called', () => {
  const describeIt = (status: number, body: unknown, columns: Columns = USUAL) => {
    const got = answer(status, body)
    const { code, message } = describeFailure(got, parseBody(got, columns.format), columns, {
      name: 'svc',
      sent: 'the assertion',
    })
    return [code, message]
  }

  test.each<[number, unknown, string, string]>([
    [400, { error: 'x' }, 'service_refused', 'svc refused the assertion (400)'],
    [401, '', 'service_refused', 'svc refused the assertion (401)'],
    [404, '<html>', 'service_refused', 'svc refused the assertion (404)'],
    [200, { error: 'x' }, 'service_refused', 'svc refused the assertion (200)'],
    [200, { error: { code: 'x' } }, 'service_refused', 'svc refused the assertion (200)'],
    [301, '', 'answer_redirect', 'svc answered with a redirect (301), which is not followed'],
    [304, '', 'answer_redirect', 'svc answered with a redirect (304), which is not followed'],
    [407, '', 'network_proxy', 'the proxy wants a user name and password (407)'],
    [408, '', 'service_unavailable', 'svc failed (408)'],
    [429, { error: 'slow_down' }, 'service_unavailable', 'svc asks for patience (429)'],
    [500, { error: 'x' }, 'service_unavailable', 'svc failed (500)'],
    [503, '', 'service_unavailable', 'svc failed (503)'],
    [200, '', 'answer_unusable', 'svc answered with nothing (200)'],
    [204, '', 'answer_unusable', 'svc answered with nothing (204)'],
    [200, {}, 'answer_unusable', 'svc answered without a token (200)'],
    [200, [], 'answer_unusable', 'svc answered without a token (200)'],
    [200, { error: '' }, 'answer_unusable', 'svc answered without a token (200)'],
    [200, ' <!doctype html>', 'answer_unusable', 'svc answered with a web page (200)'],
    [200, 'OK', 'answer_unusable', 'svc answered with something that is no JSON (200)'],
    [
      200,
      '{"access_token":"x',
      'answer_unusable',
      'svc answered with something that is no JSON (200)',
    ],
  ])('%i %j is %s', (status, body, code, message) => {
    expect(describeIt(status, body)).toEqual([code, message])
  })

  test('however deep it is', () => {
    expect(describeIt(200, DEEP)[0]).toBe('answer_unusable')
  })

  test('by what the body says of itself', () => {
    const columns = { ...USUAL, ok_path: 'errcode', ok_values: [0] }
    expect(describeIt(200, { errcode: 40013, errmsg: 'no' }, columns)[0]).toBe('service_refused')
    expect(describeIt(200, {}, columns)[0]).toBe('answer_unusable')
  })
})

describe('of whatever a server says', () => {
  const json = fc.jsonValue({ maxDepth: 2, depthSize: 'xsmall' })
  const member = fc.constantFrom(
    'error',
    'errors',
    'message',
    'data',
    'code',
    'access_token',
    'expires_in',
    'scope',
    '__proto__',
    'detail',
  )
  const inner = fc.dictionary(member, json, { maxKeys: 3 })
  const likely = fc.dictionary(member, fc.oneof(json, inner, fc.array(inner, { maxLength: 3 })), {
    maxKeys: 4,
  })
  const body = fc.oneof(
    json.map((value) => JSON.stringify(value)),
    likely.map((value) => JSON.stringify(value)),
    fc.array(likely, { maxLength: 3 }).map((value) => JSON.stringify(value)),
    fc.string({ unit: 'binary' }),
    fc.tuple(likely, fc.nat(40)).map(([value, cut]) => JSON.stringify(value).slice(0, cut)),
  )

  test('something is made, and nothing is thrown', () => {
    fc.assert(
      fc.property(
        body,
        fc.constantFrom('json', 'form', 'text'),
        fc.nat(599),
        fc.dictionary(fc.constantFrom('www-authenticate', 'date', 'x-request-id'), fc.string()),
        (text, format, status, headers) => {
          const columns: Columns = { ...USUAL, format }
          const got = answer(status, text, headers)
          const data = parseBody(got, format)
          const failure = readFailure(got, data, columns)
          expect(failure.text?.length ?? 0).toBeLessThanOrEqual(1000)
          expect(failure.details.every((detail) => typeof detail === 'string')).toBe(true)
          describeFailure(got, data, columns, { name: 'x', sent: 'y' })
          const token = readToken(data, columns)
          expect(token === undefined || token !== '').toBe(true)
          const scopes = readScopes(data, columns, data)
          expect(scopes === undefined || scopes.every((scope) => typeof scope === 'string')).toBe(
            true,
          )
          readRequestId(got, data, columns)
          normalizeType(findFirst(data, columns.type, () => true))
          isSuccess(got, data, columns)
          isErrorBody(data, columns)
          readSkew(got)
        },
      ),
      { numRuns: 500 },
    )
  })

  test('any path is followed', () => {
    const path = fc.array(fc.oneof(member, fc.constantFrom('*', '0', '1', '')), { maxLength: 5 })
    fc.assert(
      fc.property(fc.oneof(json, likely), path, (data, names) => {
        expect(Array.isArray(findAll(data, names.join('.')))).toBe(true)
      }),
    )
  })
})
