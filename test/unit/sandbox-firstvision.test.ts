// The FirstVision twin over real HTTP: both contracts of its one path, and /v2.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FirstvisionAccount } from '../../src/sandbox/firstvision.ts'
import type { Sandbox } from '../../src/sandbox/server.ts'
import {
  encodeBasic,
  json,
  openSandbox,
  type Reply,
  readToken,
  SECOND,
  send,
} from '../support/twin.ts'

const accounts: FirstvisionAccount[] = [
  {
    client_id: 'POC',
    client_secret: 's+e:c/r=t',
    scopes: ['cards', 'misc'],
    first_vision_id: '00000AUNAB',
  },
  { client_id: 'strict', client_secret: 'x', scopes: ['cards'], require_content_type: true },
  { client_id: 'v2', client_secret: 'x', scopes: ['firstvision.cards', 'aplus.users'] },
]

let sandbox: Sandbox
let base = ''
beforeAll(async () => {
  sandbox = await openSandbox({ firstvision: accounts })
  base = sandbox.services.firstvision.base_url
})
afterAll(() => sandbox.close())

type Fields = Record<string, unknown>

const V1 = '/v1/api/oauth/token'
const V2 = '/v2/api/oauth/token'
const CREDENTIALS = { client_id: 'POC', client_secret: 's+e:c/r=t' }
const AUTHORIZATION = { authorization: encodeBasic('POC', 's+e:c/r=t') }
const QUERY = 'grant_type=client_credentials&scope=cards%20misc'
const BODY = { grant_type: 'client_credentials', scope: 'cards misc', ...CREDENTIALS }

const byQuery = (query = QUERY, headers: Record<string, string> = AUTHORIZATION) =>
  send(`${base}${V1}?${query}`, { headers })
const byBody = (changes: Fields = {}, path = V1) => send(base + path, json({ ...BODY, ...changes }))

describe('the query contract', () => {
  test('answers with a date for an expiry', async () => {
    const reply = await byQuery()
    expect(reply.status).toBe(200)
    const { access_token, ...rest } = reply.json()
    expect(rest).toEqual({ expires_in: SECOND + 7199, token_type: 'Bearer' })
    const { header, claims } = readToken(access_token)
    expect(header).toEqual({ alg: 'RS256' })
    expect(Object.entries(claims)).toEqual([
      ['scope', 'cards misc'],
      ['client_id', 'POC'],
      ['firstVisionId', '00000AUNAB'],
      ['exp', SECOND + 7199],
    ])
  })

  test('echoes the correlation headers, on refusal too', async () => {
    const names = ['correlationId', 'x-client-correlation-id', 'x-client-trace-id']
    const headers = Object.fromEntries(names.map((name) => [name, `${name}-1`]))
    for (const reply of [
      await byQuery(QUERY, { ...AUTHORIZATION, ...headers }),
      await byQuery('', headers),
    ]) {
      for (const name of names) expect(reply.headers.get(name)).toBe(`${name}-1`)
    }
    expect((await byQuery()).headers.get('correlationId')).toBeNull()
  })

  test.each<[string, string, Record<string, string>]>([
    ['a space written as +', 'grant_type=client_credentials&scope=cards+misc', AUTHORIZATION],
    ['an explicit content type', QUERY, { ...AUTHORIZATION, 'content-type': 'application/json' }],
    [
      'a content type where it must be',
      'grant_type=client_credentials&scope=cards',
      { authorization: encodeBasic('strict', 'x'), 'content-type': 'application/json' },
    ],
  ])('takes %s', async (_, query, headers) => {
    expect((await byQuery(query, headers)).status).toBe(200)
  })
})

describe('the JSON contract', () => {
  test('answers with a duration', async () => {
    const reply = await byBody()
    const { access_token, ...rest } = reply.json()
    expect(rest).toEqual({ expires_in: 7199, token_type: 'Bearer' })
    expect(readToken(access_token).claims.exp).toBe(SECOND + 7199)
  })

  test('takes nothing from header or query', async () => {
    const reply = await send(`${base}${V1}?${QUERY}`, {
      headers: { ...json({}).headers, ...AUTHORIZATION },
      body: JSON.stringify({ scope: 'cards' }),
    })
    expect(reply.json()).toMatchObject([{ errorCode: '240009' }])
  })

  test.each([
    ['firstvision', { scope: 'firstvision.cards firstvision.misc' }],
    ['firstvision', { scope: 'firstvision.cards', client_id: 'v2', client_secret: 'x' }],
    ['aplus', { scope: 'aplus.users', client_id: 'v2', client_secret: 'x' }],
  ])('v2 for %s prefixes and echoes its scopes: %j', async (product, changes) => {
    const reply = await byBody(changes, `${V2}?appContext=${product}`)
    const { access_token, ...rest } = reply.json()
    expect(rest).toEqual({ expires_in: 2999, token_type: 'Bearer', scope: changes.scope })
    const { claims } = readToken(access_token)
    expect(claims).toMatchObject({ scope: changes.scope, exp: SECOND + 2999 })
  })
})

describe('refuses', () => {
  const typed = (type: string | undefined, body: string, path = V1) =>
    send(base + path, { headers: type === undefined ? {} : { 'content-type': type }, body })
  const JSON_TYPE = 'application/json'
  const fv2 = `${V2}?appContext=firstvision`
  const wrongQuery = 'Invalid client credentials or scope'
  const wrongBody = 'Invalid client credentials, scope or grant_type'

  test.each<[string, string, string[], () => Promise<Reply>]>([
    [
      '240101',
      'a wrong secret',
      [wrongQuery],
      () => byQuery(QUERY, { authorization: encodeBasic('POC', 'x') }),
    ],
    [
      '240101',
      'an unknown client',
      [wrongQuery],
      () => byQuery(QUERY, { authorization: encodeBasic('x', 'x') }),
    ],
    ['240101', 'Bearer', [wrongQuery], () => byQuery(QUERY, { authorization: 'Bearer x' })],
    [
      '240101',
      'Basic without a colon',
      [wrongQuery],
      () => byQuery(QUERY, { authorization: 'Basic eHg=' }),
    ],
    [
      '240101',
      'raw Basic',
      [wrongQuery],
      () => byQuery(QUERY, { authorization: 'Basic POC:s+e:c/r=t' }),
    ],
    [
      '240101',
      'another scope',
      [wrongQuery],
      () => byQuery('grant_type=client_credentials&scope=cards%20loans'),
    ],
    ['240101', 'another grant', [wrongQuery], () => byQuery('grant_type=password&scope=cards')],
    [
      '240002',
      'no header',
      ['Authorization header is missing in request'],
      () => byQuery(QUERY, {}),
    ],
    [
      '240002',
      'no header and no query',
      ['Authorization header is missing in request'],
      () => byQuery('', {}),
    ],
    [
      '240009',
      'no scope',
      ['Required field(s) missing', 'scope'],
      () => byQuery('grant_type=client_credentials'),
    ],
    [
      '240009',
      'no grant',
      ['Required field(s) missing', 'grant_type'],
      () => byQuery('scope=cards'),
    ],
    [
      '241502',
      'no content type',
      ['Content type is not provided'],
      () =>
        byQuery('grant_type=client_credentials&scope=cards', {
          authorization: encodeBasic('strict', 'x'),
        }),
    ],
    ['240101', 'a wrong secret in JSON', [wrongBody], () => byBody({ client_secret: 'x' })],
    ['240101', 'an unknown client in JSON', [wrongBody], () => byBody({ client_id: 'x' })],
    ['240101', 'another scope in JSON', [wrongBody], () => byBody({ scope: 'loans' })],
    ['240101', 'another grant in JSON', [wrongBody], () => byBody({ grant_type: 'password' })],
    [
      '240009',
      'missing fields',
      ['Required field(s) missing', 'scope', 'client_secret'],
      () => byBody({ scope: '', client_secret: undefined }),
    ],
    [
      '240008',
      'a field that is no text',
      ['Method argument(s) not valid', 'scope'],
      () => byBody({ scope: ['cards'] }),
    ],
    ['240006', 'a JSON type and nothing else', ['Payload is empty'], () => typed(JSON_TYPE, '')],
    ['240006', 'an empty v2 body', ['Payload is empty'], () => typed(JSON_TYPE, '', fv2)],
    ['240007', 'broken JSON', ['Message not readable'], () => typed(JSON_TYPE, '{"scope":')],
    ['240005', 'JSON that is no object', ['Payload is not valid'], () => typed(JSON_TYPE, '[]')],
    [
      '241502',
      'a body without content type',
      ['Content type is not provided'],
      () => typed(undefined, JSON.stringify(BODY)),
    ],
    [
      '241503',
      'a form',
      ['Allowed content type for this client is application/json'],
      () => typed('application/x-www-form-urlencoded', QUERY),
    ],
    [
      '241501',
      'no media type',
      ['Unsupported media type'],
      () => typed('json', JSON.stringify(BODY)),
    ],
    [
      '240009',
      'v2 without appContext',
      ['Required field(s) missing', 'appContext'],
      () => byBody({}, V2),
    ],
    [
      '240010',
      'v2 with another appContext',
      ['Constraint(s) violated', 'appContext'],
      () => byBody({}, `${V2}?appContext=x`),
    ],
    ['240101', 'v2 with a bare scope', [wrongBody], () => byBody({ scope: 'cards' }, fv2)],
    [
      '240101',
      "v2 with the other product's scope",
      [wrongBody],
      () => byBody({ scope: 'aplus.users', client_id: 'v2', client_secret: 'x' }, fv2),
    ],
    [
      '240501',
      'GET',
      ['Method Not Allowed'],
      () => send(`${base}${V1}?${QUERY}`, { method: 'GET', headers: AUTHORIZATION }),
    ],
    [
      '240401',
      'another path',
      ['No API exist for this instance'],
      () => send(`${base}/v1/getAccessToken`),
    ],
  ])('with %s: %s', async (code, _, reasons, request) => {
    const reply = await request()
    const status = Number(code.slice(1, 4))
    expect(reply.status).toBe(status)
    const titles: Record<number, string> = {
      400: 'Bad Request',
      401: 'Unauthorized',
      404: 'Not found',
      405: 'Method Not Allowed',
      415: 'Unsupported Media Type',
    }
    expect(reply.json()).toEqual([
      {
        detail: 'Please refer to invalid-params for error details',
        errorCode: code,
        instance: expect.stringMatching(/^\/v[12]\/[\w/]+$/),
        'invalid-params': reasons,
        source: status === 404 ? 'APT' : 'AGT',
        status,
        title: titles[status],
      },
    ])
  })

  test('in the very bytes of the documentation, but for white space', async () => {
    const reply = await byQuery(QUERY, { authorization: encodeBasic('POC', 'x') })
    expect(reply.text).toBe(
      '[{"detail":"Please refer to invalid-params for error details","errorCode":"240101",' +
        '"instance":"/v1/api/oauth/token","invalid-params":["Invalid client credentials or scope"],' +
        '"source":"AGT","status":401,"title":"Unauthorized"}]',
    )
  })
})
