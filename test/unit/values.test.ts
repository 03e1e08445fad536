// Fields filled in, in the shape their provider wants; what is secret hidden; key and token facts.

import { describe, expect, test } from 'vitest'
import { standInToken, type TokenSet } from '../../src/core/call/token.ts'
import type { Template } from '../../src/core/provider.ts'
import { Hidden } from '../../src/core/secret/hidden.ts'
import { reveal, type Value } from '../../src/core/template/value.ts'
import type { Values } from '../../src/core/template/values.ts'
import { makeCertificates } from '../support/certificates.ts'
import { makeEcKey, makeRsaKey } from '../support/keys.ts'
import {
  catalogOf,
  makeTools,
  NOW,
  parse,
  planOne,
  refusal,
  type ToolSetting,
  tell,
  valuesOf,
  type Wish,
} from '../support/tools.ts'

const PROVIDER = `
providers:
  own:
    fields:
      word: { type: text, help: a word, choices: [red, green] }
      words: { type: list, help: words }
      count: { type: number, help: a number }
      flag: { type: boolean, help: yes or no }
      time: { type: duration, help: a time }
      map: { type: object, help: names }
      either: { type: text or list, help: either }
      pin: { type: text, help: a pin, secret: true }
      place: { type: path, help: a file }
      loop: { type: text, help: x, default: "\${loop2}" }
      loop2: { type: text, help: x, default: "\${loop}" }
      made: { type: text, help: x, default: "\${word}-\${count}" }
    environments: { one: { base_url: "https://one.example", region: eu } }
    call: { url: "\${base_url}/token" }
`

function values(fields: string, setting: ToolSetting = {}, wish: Wish = {}): Values {
  const profile = planOne(
    `${PROVIDER}\nprofiles:\n  p:\n    provider: own\n${indent(fields)}`,
    wish,
  )
  return valuesOf(profile, makeTools(setting))
}

const indent = (text: string): string => text.replace(/^/gm, '    ')
const read = (value: Value | undefined): unknown =>
  value === undefined ? undefined : reveal(value)

describe('a field', () => {
  test.each<[string, string, unknown]>([
    ['word: red', 'word', 'red'],
    ['word: ${env:WORD}', 'word', 'green'],
    ['subject: ${env:NUMBER}', 'subject', '42'],
    ['words: a b  c', 'words', ['a', 'b', 'c']],
    ['words: [a b, c]', 'words', ['a b', 'c']],
    ['words: ${env:WORDS}', 'words', ['x', 'y']],
    ['words: ["${env:WORD}", "${environment}"]', 'words', ['green', 'one']],
    ['count: 5', 'count', 5],
    ['count: ${env:NUMBER}', 'count', 42],
    ['count: "-1.5"', 'count', -1.5],
    ['flag: true', 'flag', true],
    ['flag: ${env:FALSE}', 'flag', false],
    ['time: 5m', 'time', 300],
    ['time: 90', 'time', 90],
    ['time: ${env:NUMBER}', 'time', 42],
    [
      'map: { a: "${word}", b: null, c: { d: null, e: 1 } }\nword: red',
      'map',
      { a: 'red', c: { e: 1 } },
    ],
    ['either: a b', 'either', 'a b'],
    ['either: [a, b]', 'either', ['a', 'b']],
    ['word: red\ncount: 5', 'made', 'red-5'],
    ['', 'base_url', 'https://one.example'],
    ['', 'region', 'eu'],
    ['base_url: https://x.example', 'base_url', 'https://x.example'],
    ['made: null', 'made', undefined],
    ['word: ${subject?}', 'word', undefined],
    ['words: ["${subject?}"]', 'words', []],
  ])('%s: %s is %j', (fields, name, expected) => {
    const env = { WORD: 'green', WORDS: 'x y', NUMBER: '42', FALSE: 'false' }
    expect(read(values(fields, { env }).field(name))).toEqual(expected)
  })

  test.each<[string, string, string, string]>([
    ['word: blue', 'word', 'word is one of red, green', '23:11'],
    ['count: ${env:WORD}', 'count', 'count wants a number', '23:12'],
    ['flag: ${env:WORD}', 'flag', 'flag wants true or false', '23:11'],
    ['time: ${env:WORD}', 'time', 'time wants a time like 30s', '23:11'],
    ['words: { a: 1 }', 'words', 'words wants a list of texts', '23:12'],
    ['words: [1]', 'words', 'words wants a list of texts', '23:12'],
    ['map: [a]', 'map', 'map wants names with values', '23:10'],
    ['tls: { insecure: maybe }', 'tls', 'tls.insecure wants true or false', '23:22'],
    ['subject: ${now|list}', 'subject', 'subject wants text', '23:14'],
  ])('%s does not fit', (fields, name, message, place) => {
    const error = refusal(() => values(fields, { env: { WORD: 'green' } }).field(name))
    expect(error.code).toBe('field_invalid')
    expect(error.message).toContain(message)
    expect(error.details.fix).toContain(place)
  })

  test('of the command line is mended there', () => {
    const error = refusal(() => values('', {}, { set: ['count=x'] }).field('count'))
    expect(error.details.fix).toBe('-s count …')
  })

  test('is not made of itself', () => {
    const error = refusal(() => values('').field('loop'))
    expect(error.code).toBe('field_invalid')
    expect(error.message).toBe('p: loop → loop2 → loop leads back to itself')
  })

  test.each<[string, string, string, string]>([
    ['subject: ${env:NONE}', 'secret_missing', 'the variable NONE is not set', 'export NONE=…'],
    ['subject: ${env:NONE:?ask ops}', 'secret_missing', 'the variable NONE is not set', 'ask ops'],
    ['subject: ${word}', 'field_missing', 'p has no word', 'tokentool.yaml:21:3 add: word: …'],
    ['subject: ${pin}', 'secret_missing', 'p has no pin', 'add: pin: ${env:PIN}'],
    ['subject: ${key_path}', 'key_missing', 'p has no key_path', 'add: key_path: ./key.pem'],
    ['subject: ${wrod}', 'placeholder_unknown', 'nobody knows ${wrod}', 'did you mean ${word}?'],
    ['subject: ${one}', 'placeholder_unknown', 'nobody knows ${one}', 'there are'],
    ['subject: ${command:a | b}', 'field_invalid', 'no shell is involved', "sh -c '…'"],
    [
      'subject: ${via.access_token}',
      'field_missing',
      'needs the token of another profile',
      'add: via: NAME',
    ],
  ])('%s lacks something', (fields, code, message, rest) => {
    const error = refusal(() => values(fields).field('subject'))
    expect(error.code).toBe(code)
    expect(error.message).toContain(message)
    expect(tell(error)).toContain(rest)
  })

  test('is read once', () => {
    const own = values('subject: ${uuid}')
    expect(own.field('subject')).toBe(own.field('subject'))
    expect(own.fill('${subject} ${uuid}')).toMatch(/0001 .*0002$/)
  })
})

describe('what is secret', () => {
  test.each<[string, string]>([
    ['pin: "1234567890"', 'pin'],
    ['pin: ${env:PIN}', 'pin'],
    ['pin: ${file:./pin}', 'pin'],
    ['client_secret: ${env:PIN}', 'client_secret'],
    ['user_attributes: { icn: "${env:PIN}", list: ["${env:PIN}"] }', 'user_attributes'],
    ['tls: { passphrase: "${env:PIN}" }', 'tls'],
    ['password: ${env:PIN}', 'password'],
  ])('is hidden by its field: %s', (fields, name) => {
    const profile = planOne(`${PROVIDER}\nprofiles:\n  p:\n    provider: own\n${indent(fields)}`)
    const tools = makeTools({ env: { PIN: '1234567890' }, files: { '/p/pin': '1234567890\n' } })
    const own = valuesOf(profile, tools)
    const value = own.field(name)
    expect(JSON.stringify(value)).not.toContain('1234567890')
    expect(JSON.stringify(reveal(value ?? null))).toContain('1234567890')
    expect(tools.secrets.clean('echo 1234567890')).toBe('echo «hidden»')
  })

  test('keeps its type', () => {
    const own = values('user_attributes: { age: 42, vip: true, name: x, list: [1, "2"] }')
    expect(read(own.field('user_attributes'))).toEqual({
      age: 42,
      vip: true,
      name: 'x',
      list: [1, '2'],
    })
    expect(JSON.stringify(own.field('user_attributes'))).toBe(
      '{"age":"«hidden»","vip":true,"name":"«hidden»","list":["«hidden»","«hidden»"]}',
    )
    expect(read(own.fill('${user_attributes.age}'))).toBe(42)
    expect(read(own.fill('${user_attributes.age|text}'))).toBe('42')
    expect(read(own.fill('x ${user_attributes.age}'))).toBe('x 42')
    expect(read(own.fill('${user_attributes}.'))).toBe(
      '{"age":42,"vip":true,"name":"x","list":[1,"2"]}.',
    )
  })

  test('whatever else is taken from it is hidden too', () => {
    const own = values('pin: p@ss/word\nsubject: x-${pin}')
    expect(own.field('subject')).toBeInstanceOf(Hidden)
    expect(`${own.field('subject')}`).toBe('x-«hidden»')
    expect(`${own.fill('https://x.example/${pin}?a=${pin|upper}')}`).toBe(
      'https://x.example/«hidden»?a=«hidden»',
    )
    expect(read(own.fill('https://x.example/${pin}'))).toBe('https://x.example/p%40ss%2Fword')
  })

  test('variables of params and headers are hidden, those of a field that is none are not', () => {
    const env = { HOST: 'https://x.example', TRACE: 'a trace id' }
    const own = values('base_url: ${env:HOST}', { env })
    const filled = own.fill({ a: '${env:TRACE}', b: '${base_url}' }, { hideSources: true })
    expect(JSON.stringify(filled)).toBe('{"a":"«hidden»","b":"https://x.example"}')
    expect(JSON.stringify(own.fill({ a: '${env:TRACE}' }))).toBe('{"a":"a trace id"}')
  })
})

describe('a path', () => {
  const yaml = `${PROVIDER}
profiles:
  base: { provider: own, place: ./base.pem, tls: { ca: ./ca.pem } }
  p: { extends: base }
`
  test('is relative to its file, on the command line to the working folder', () => {
    const own = (wish: Wish = {}): Values =>
      valuesOf(
        planOne(catalogOf(parse(yaml, '/p/deep/t.yaml')), { profile: 'p', ...wish }),
        makeTools(),
      )
    expect(own().path('place')).toEqual({ path: './base.pem', folder: '/p/deep' })
    expect(own().path('tls', 'ca')).toEqual({ path: './ca.pem', folder: '/p/deep' })
    expect(own().path('tls', 'cert')).toBeUndefined()
    const there = own({ set: ['place=k.pem', 'tls.ca=c.pem'] })
    expect(there.path('place')).toEqual({ path: 'k.pem', folder: undefined })
    expect(there.path('tls', 'ca')).toEqual({ path: 'c.pem', folder: undefined })
  })

  test('so is that of ${file:}', () => {
    const files = { '/cwd/pin': 'of the folder', '/p/pin': 'of the file' }
    expect(read(values('', { files }, { set: ['pin=${file:./pin}'] }).field('pin'))).toBe(
      'of the folder',
    )
    expect(read(values('pin: ${file:./pin}', { files }).field('pin'))).toBe('of the file')
  })
})

describe('the key', () => {
  const rsa = makeRsaKey()
  const ec = makeEcKey()
  const files = { '/p/rsa.pem': rsa.pem, '/p/ec.pem': ec.pem }
  const jwk = { ...rsa.privateKey.export({ format: 'jwk' }), kid: 'my key' }

  test.each<[string, string]>([
    ['key_path: ./rsa.pem', 'RSA'],
    ['key: ${file:./rsa.pem}', 'RSA'],
    ['key: ${env:PEM}', 'RSA'],
    ['key: ${env:ESCAPED}', 'RSA'],
    [`key: ${JSON.stringify(jwk)}`, 'RSA'],
    ['key: ${env:JWK}', 'RSA'],
    ['key_path: ./ec.pem', 'P-256'],
  ])('is loaded: %.40s', (fields, description) => {
    const env = { PEM: rsa.pem, ESCAPED: rsa.pem.replaceAll('\n', '\\n'), JWK: JSON.stringify(jwk) }
    const own = values(fields, { env, files })
    expect(own.key().description).toContain(description)
    expect(own.key()).toBe(own.key())
    expect(own.key().publicPem).toBe((description === 'RSA' ? rsa : ec).publicPem)
  })

  test.each<[string, string, unknown]>([
    [`key: ${JSON.stringify(jwk)}`, '${key.id}', 'my key'],
    [`key: ${JSON.stringify(jwk)}\nkey_id: other`, '${key.id}', 'other'],
    ['key_path: ./rsa.pem', '${key.id?}', undefined],
    ['', '${key.id?}', undefined],
    ['', '${key.thumbprint?}', undefined],
    ['', '${certificate.x5t?}', undefined],
  ])('%.40s: %s is %j', (fields, template, expected) => {
    expect(read(values(fields, { files }).fill(template as Template))).toEqual(expected)
  })

  test('tells of its public half', () => {
    const own = values('key_path: ./rsa.pem', { files })
    expect(own.fill('${key.thumbprint}')).toMatch(/^[\w-]{43}$/)
    expect(own.fill('${key.spki_sha256}')).toMatch(/^[\w+/=-]{43,44}$/)
  })

  test('of a service account brings its issuer', () => {
    const account = {
      type: 'service_account',
      private_key: rsa.pem,
      private_key_id: 'k1',
      client_email: 'me@x.example',
      token_uri: 'https://x.example/token',
    }
    const own = values('key_path: ./sa.json', { files: { '/p/sa.json': JSON.stringify(account) } })
    expect(own.fill('${key.issuer} ${key.token_uri} ${key.id}')).toBe(
      'me@x.example https://x.example/token k1',
    )
  })

  test.each<[string, string, string]>([
    ['', '${key.id}', 'key_missing'],
    ['key_path: ./none.pem', '${key.id}', 'secret_unreadable'],
    ['key_path: ./rsa.pem', '${key.idd}', 'placeholder_unknown'],
    ['', '${certificate.x5t}', 'field_missing'],
  ])('%s: %s is refused', (fields, template, code) => {
    expect(refusal(() => values(fields, { files }).fill(template)).code).toBe(code)
  })

  test('is made up in the sandbox', () => {
    const standIn = {
      text: (name: string) => `made up ${name}`,
      key: () => values('key_path: ./ec.pem', { files }).key(),
    }
    const own = values('subject: ${env:NONE}\nwords: ["${env:NONE?}"]', { standIn })
    expect(own.field('subject')).toBe('made up NONE')
    expect(own.field('words')).toEqual([])
    expect(own.key().description).toContain('P-256')
  })

  test('a certificate has its facts', () => {
    const certificates = makeCertificates()
    const pem = certificates.read('good.crt').toString()
    const own = values('certificate_path: ./c.crt', { files: { '/p/c.crt': pem } })
    expect(own.fill('${certificate.x5t}')).toMatch(/^[\w-]{27}$/)
    expect(own.fill('${certificate.x5t_s256}')).toMatch(/^[\w-]{43}$/)
    expect(own.fill('${certificate.chain}')).toHaveLength(1)
    expect(own.certificate()?.publicPem).toContain('BEGIN PUBLIC KEY')
    expect(refusal(() => own.fill('${certificate.chian}')).details.means).toBe(
      'did you mean ${certificate.chain}?',
    )
  })
})

describe('the token before', () => {
  const yaml = `${PROVIDER}\nprofiles:\n  p: { provider: own }\n`
  const tools = makeTools()
  const profile = planOne(yaml)
  const via: TokenSet = {
    ...standInToken(profile, tools),
    token: tools.secrets.hide('the real token', 'token', 'token'),
    extra: { instance_url: 'https://i.example' },
    claims: { sub: 'me', deep: { a: 1 } },
    scopes: ['a', 'b'],
  }

  test.each<[string, unknown]>([
    ['${via.access_token}', 'the real token'],
    ['Bearer ${via.access_token}', 'Bearer the real token'],
    ['${via.extra.instance_url}/x', 'https://i.example/x'],
    ['${via.claims.sub}', 'me'],
    ['${via.claims.deep}', { a: 1 }],
    ['${via.scopes|space}', 'a b'],
    ['${via.extra.other?}', undefined],
  ])('%s is %j', (template, expected) => {
    expect(read(valuesOf(profile, tools, via).fill(template))).toEqual(expected)
  })

  test('does not have everything', () => {
    const error = refusal(() => valuesOf(profile, tools, via).fill('${via.extra.other}'))
    expect(error.message).toBe('p: the token before it has no extra.other')
    expect(refusal(() => valuesOf(profile, tools, via).fill('${via.claims.aud}')).code).toBe(
      'field_missing',
    )
  })

  test('is stood in for where nothing is asked, and so is all that it brings', () => {
    const own = valuesOf(profile, tools, standInToken(profile, tools))
    expect(`${own.fill('Bearer ${via.access_token}')}`).toBe('Bearer «the token of p»')
    expect(`${own.fill('${via.extra.instance_url}/x')}`).toBe('«extra.instance_url of p»/x')
    const [variable] = (own.fill('${via.extra.instance_url}') as Hidden).variables()
    expect(variable).toBe('P_INSTANCE_URL')
  })
})

test('what is made on the way goes before what is written', () => {
  const own = values('')
  own.make('iat', NOW)
  own.make('assertion', own.secrets.hide('a.b.c', 'assertion', 'assertion'))
  expect(own.fill('${iat}')).toBe(NOW)
  expect(read(own.fill('${assertion}'))).toBe('a.b.c')
  expect(own.fill('${exp?}')).toBeUndefined()
  expect(own.fill('${token?}')).toBeUndefined()
  expect(refusal(() => own.fill('${exp}')).code).toBe('field_missing')
})
