// The request as it is sent and as it is shown.

import { describe, expect, test } from 'vitest'
import {
  planRequest,
  type RequestPlan,
  renderRequest,
  showRequest,
} from '../../src/core/call/request.ts'
import { makeTools, planOne, refusal, valuesOf } from '../support/tools.ts'

const PASSWORD = `P@s "+&~'ü%/\\<w>!(*)\n`
const ENV = { SECRET: PASSWORD, TRACE: 'a trace', KEY: 'header-secret' }

function build(call: string, fields = '', set: readonly string[] = []): RequestPlan {
  const profile = planOne(
    `
providers:
  own:
    fields:
      client_id: { type: text, help: x, default: "me & you" }
      list: { type: list, help: x, default: [a b, "c&d"] }
      map: { type: object, help: x, default: { a: [1, true, null], b: { c: "ü\\"" } } }
      count: { type: number, help: x, default: 5 }
    call:
      url: https://x.example/token
${call.replace(/^/gm, '      ')}
profiles:
  p:
    provider: own
    client_secret: \${env:SECRET}
${fields.replace(/^/gm, '    ')}
`,
    { set },
  )
  const column = profile.provider.call
  if (column === undefined) throw new Error('no call')
  return planRequest(valuesOf(profile, makeTools({ env: ENV })), column)
}

const encoded = encodeURIComponent(PASSWORD).replace(
  /[!'()*]/g,
  (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
)

describe('a body is', () => {
  test.each<[string, string, string | undefined, string | undefined]>([
    [
      'a form',
      'params: { a: "x y", b: "${client_id}" }',
      'a=x%20y&b=me%20%26%20you',
      'application/x-www-form-urlencoded',
    ],
    [
      'a form with a secret',
      'params: { s: "${client_secret}" }',
      `s=${encoded}`,
      'application/x-www-form-urlencoded',
    ],
    [
      'a form, a list repeats its name',
      'params: { l: "${list}", n: [1, 2], e: [] }',
      'l=a%20b&l=c%26d&n=1&n=2',
      'application/x-www-form-urlencoded',
    ],
    [
      'a form, an object is JSON',
      'params: { m: "${map}" }',
      `m=${encodeURIComponent('{"a":[1,true,null],"b":{"c":"ü\\""}}')}`,
      'application/x-www-form-urlencoded',
    ],
    [
      'a form with odd names',
      'params: { "a b": 1, "c&d=": 2, "ü": 3 }',
      'a%20b=1&c%26d%3D=2&%C3%BC=3',
      'application/x-www-form-urlencoded',
    ],
    [
      'a form without what is not there',
      'params: { a: "${subject?}", b: 1 }',
      'b=1',
      'application/x-www-form-urlencoded',
    ],
    [
      'a form under another name',
      'params: { a: 1 }\ncontent_type: application/x-www-form-urlencoded; charset=UTF-8',
      'a=1',
      'application/x-www-form-urlencoded; charset=UTF-8',
    ],
    [
      'JSON',
      'in: json\nparams: { a: "${count}", b: true, c: "5", d: null, e: ["${list}"], f: "${map}" }',
      '{"a":5,"b":true,"c":"5","d":null,"e":[["a b","c&d"]],"f":{"a":[1,true,null],"b":{"c":"ü\\""}}}',
      'application/json',
    ],
    [
      'JSON with a secret',
      'in: json\nparams: { a: { b: ["${client_secret}"] }, "${client_id}": "x${client_secret}" }',
      JSON.stringify({ a: { b: [PASSWORD] }, 'me & you': `x${PASSWORD}` }),
      'application/json',
    ],
    [
      'JSON under another name',
      'in: json\nparams: { a: 1 }\nheaders: { content-type: application/vnd.x+json }',
      '{"a":1}',
      'application/vnd.x+json',
    ],
    [
      'raw',
      'in: raw\nbody: "<a>${client_id}</a>${client_secret}"\ncontent_type: text/xml',
      `<a>me & you</a>${PASSWORD}`,
      'text/xml',
    ],
    ['raw without a type', 'in: raw\nbody: "${count}"', '5', undefined],
    ['raw and empty', 'in: raw\nbody: ""', '', undefined],
    ['nothing', '', undefined, undefined],
    [
      'nothing, though it is typed',
      'content_type: application/json',
      undefined,
      'application/json',
    ],
    ['nothing, where all is left out', 'params: { a: "${subject?}" }', undefined, undefined],
    ['nothing, where all is in the query', 'in: query\nparams: { a: 1 }', undefined, undefined],
    ['nothing, with params that were removed', 'params: {}', undefined, undefined],
  ])('%s', (_, call, body, type) => {
    const request = renderRequest(build(call))
    expect(request.body).toBe(body)
    const header = request.headers.find(([name]) => name.toLowerCase() === 'content-type')
    expect(header?.[1]).toBe(type)
    expect(request.method).toBe('POST')
  })

  test('multipart', () => {
    const { body, headers } = renderRequest(
      build(`in: multipart
params: { a: "x\\r\\ny", s: "\${client_secret}", l: "\${list}", 'o"dd': 1 }`),
    )
    const boundary = 'tokentool-00000000-0000-4000-8000-000000000001'
    expect(headers).toEqual([['Content-Type', `multipart/form-data; boundary=${boundary}`]])
    const part = (name: string, value: string): string =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    expect(body).toBe(
      `${part('a', 'x\r\ny')}${part('s', PASSWORD)}${part('l', 'a b')}${part('l', 'c&d')}${part('o%22dd', '1')}--${boundary}--\r\n`,
    )
  })

  test('laid over by the profile', () => {
    const request = renderRequest(
      build(
        'params: { a: 1, b: 2 }',
        'call: { in: query, params: { a: null, c: 3 }, method: PUT }',
      ),
    )
    expect(request).toEqual({
      method: 'PUT',
      url: 'https://x.example/token?b=2&c=3',
      headers: [],
      body: undefined,
    })
  })
})

describe('a query', () => {
  test.each([
    [
      'in: query\nparams: { scope: "${list|space}", g: client_credentials }',
      '?scope=a%20b%20c%26d&g=client_credentials',
    ],
    ['in: query\nparams: { l: "${list}" }\nquery: { z: "+" }', '?l=a%20b&l=c%26d&z=%2B'],
    ['query: { a: "${client_secret}" }', `?a=${encoded}`],
    ['query: { a: "${subject?}" }', ''],
    ['query: { "a b": "ü" }', '?a%20b=%C3%BC'],
  ])('%s', (call, query) => {
    expect(renderRequest(build(call)).url).toBe(`https://x.example/token${query}`)
  })

  test('goes on where the URL has one', () => {
    const url = (call: string): string =>
      renderRequest(build(call, 'call: { url: "https://x.example/t?v=1" }')).url
    expect(url('query: { a: 1 }')).toBe('https://x.example/t?v=1&a=1')
    expect(url('')).toBe('https://x.example/t?v=1')
  })

  test('beside a body', () => {
    const request = renderRequest(
      build('params: { grant_type: x }\nquery: { scope: /cs/api }\nheaders: { X-Id: "1" }'),
    )
    expect(request).toEqual({
      method: 'POST',
      url: 'https://x.example/token?scope=%2Fcs%2Fapi',
      headers: [
        ['Content-Type', 'application/x-www-form-urlencoded'],
        ['X-Id', '1'],
      ],
      body: 'grant_type=x',
    })
  })
})

describe('a header', () => {
  test.each<[string, string]>([
    ['X-A: "${client_id}"', 'me & you'],
    ['X-A: 5', '5'],
    ['X-A: "Basic ${client_id|base64}"', `Basic ${btoa('me & you')}`],
    ['X-A: "é"', 'é'],
    ['X-A: ""', ''],
    ['X-A: "a\\tb"', 'a\tb'],
  ])('%s', (header, value) => {
    expect(renderRequest(build(`headers: { ${header} }`)).headers).toEqual([['X-A', value]])
  })

  test.each([
    ['X-A', 'a\\nX-B: b'],
    ['X-A', 'a\\r\\nX-B: b'],
    ['X-A', 'a\\0'],
    ['X-A', 'a\\x7f'],
    ['X-A', '日本'],
    ['X-A', '${client_secret}'],
    ['X A', 'a'],
    ['X-A:', 'a'],
    ['X-A\\n', 'a'],
    ['', 'a'],
    ['Ü', 'a'],
  ])('%j: %j is no header', (name, value) => {
    const error = refusal(() => build(`headers: { "${name}": "${value}" }`))
    expect(error.code).toBe('field_invalid')
    expect(error.message).toContain('cannot be sent')
    expect(JSON.stringify([error.message, error.details])).not.toContain('P@s')
  })

  test('nor is a type with a line break', () => {
    expect(refusal(() => build('in: raw\nbody: x\ncontent_type: "a\\nb"')).code).toBe(
      'field_invalid',
    )
  })
})

describe('shown', () => {
  test.each<[string, string]>([
    ['params: { client_secret: "${client_secret}", a: 1 }', 'client_secret=«hidden»&a=1'],
    [
      'in: json\nparams: { s: "${client_secret}", t: "a ${client_secret} b" }',
      '{"s":"«hidden»","t":"a «hidden» b"}',
    ],
    ['in: raw\nbody: "<s>${client_secret}</s>"', '<s>«hidden»</s>'],
    // variables are hidden where they go straight into a parameter
    ['params: { a: "${env:TRACE}", b: "${client_id}" }', 'a=«hidden»&b=me%20%26%20you'],
    // literals by their name
    [
      'params: { password: hunter2, grant_type: password, token_type: x, key_id: y }',
      'password=«hidden»&grant_type=password&token_type=x&key_id=y',
    ],
    [
      'in: json\nparams: { auth: { client_secret: hunter2, name: x }, api_key: [a, b], tokens: { a: 1 } }',
      '{"auth":{"client_secret":"«hidden»","name":"x"},"api_key":["«hidden»","«hidden»"],"tokens":{"a":«hidden»}}',
    ],
  ])('%s', (call, body) => {
    const shown = showRequest(build(call))
    expect(shown.body).toBe(body)
    expect(JSON.stringify(shown)).not.toMatch(/P@s|P%40s|hunter2|a trace/)
  })

  test('in URL and headers', () => {
    const shown = showRequest(
      build(`query: { a: "\${client_secret}", access_token: hunter2 }
headers:
  Authorization: "Basic \${client_secret|base64}"
  X-Api-Key: hunter2
  X-Trace: "\${env:KEY}"
  Accept: application/json`),
    )
    expect(shown.url).toBe('https://x.example/token?a=«hidden»&access_token=«hidden»')
    expect(shown.headers).toEqual([
      ['Authorization', 'Basic «hidden»'],
      ['X-Api-Key', '«hidden»'],
      ['X-Trace', '«hidden»'],
      ['Accept', 'application/json'],
    ])
  })

  test('and sent whole', () => {
    const plan = build(
      'in: json\nparams: { api_key: 42, pin_token: hunter2 }\nheaders: { Authorization: Bearer x }',
    )
    const sent = renderRequest(plan)
    expect(sent.body).toBe('{"api_key":42,"pin_token":"hunter2"}')
    expect(sent.headers).toContainEqual(['Authorization', 'Bearer x'])
  })
})
