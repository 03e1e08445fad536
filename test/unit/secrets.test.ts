import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Hidden } from '../../src/core/secret/hidden.ts'
import { Secrets } from '../../src/core/secret/secrets.ts'
import { BASE64, JSON_STRING, PERCENT, percentEncode } from '../../src/core/template/encoding.ts'
import { hash } from '../support/tools.ts'

const PASSWORD = `P@s "+&~'ü%/\\<w>!(*)`

const make = (): Secrets => new Secrets(hash)

describe('a hidden text', () => {
  const secrets = make()
  const whole = secrets.hide(PASSWORD, 'password', 'secret')
  const header = Hidden.join(['Basic ', whole, ' end'])

  test.each<[string, (value: string | Hidden) => string]>([
    ['String()', (value) => String(value)],
    ['a template literal', (value) => `${value}`],
    ['adding', (value) => `${value}`],
    ['concat', (value) => ''.concat(value as string)],
    ['join', (value) => [value].join()],
    ['JSON', (value) => JSON.stringify({ a: [value] })],
    ['inspect', (value) => inspect({ a: [value] }, { depth: 9, showHidden: true })],
    [
      'inspect of all',
      (value) => inspect(value, { customInspect: false, showHidden: true, getters: true }),
    ],
    ['the prototype', (value) => inspect(Object.getPrototypeOf(value), { getters: true })],
    ['entries', (value) => JSON.stringify(Object.entries(value))],
    [
      'keys',
      (value) =>
        Reflect.ownKeys(value as object)
          .map(String)
          .join(),
    ],
    ['a spread', (value) => JSON.stringify({ ...(value as object) })],
    ['assign', (value) => JSON.stringify(Object.assign({}, value))],
    ['a clone', (value) => JSON.stringify(structuredClone(value))],
    ['an error', (value) => inspect(new Error(`bad: ${value}`, { cause: value }))],
    ['sorting', (value) => [value, 'x'].sort().join()],
    ['a number', (value) => `${Number(value)}`],
    [
      'what it is part of',
      (value) => inspect(secrets) + JSON.stringify(secrets) + `${value}`.slice(0, 0),
    ],
  ])('says nothing to %s', (_, show) => {
    for (const value of [whole, header, whole.encode(PERCENT), whole.seal(BASE64)]) {
      const shown = show(value)
      for (const form of [PASSWORD, encodeURIComponent(PASSWORD), btoa('P@s'), '"+&~', 'w>!']) {
        expect(shown).not.toContain(form)
      }
    }
  })

  test('keeps what is no secret readable, and gives the rest back on request only', () => {
    expect(`${header}`).toBe('Basic «hidden» end')
    expect((header as Hidden).reveal()).toBe(`Basic ${PASSWORD} end`)
    expect(Hidden.join(['a', 'b'])).toBe('ab')
    expect(Hidden.join([])).toBe('')
  })

  test('is encoded part by part, or sealed as a whole', () => {
    const text = Hidden.join(['ü ', whole]) as Hidden
    expect(`${text.encode(PERCENT)}`).toBe('%C3%BC%20«hidden»')
    expect(text.encode(PERCENT).reveal()).toBe(percentEncode(`ü ${PASSWORD}`))
    expect(text.encode(JSON_STRING).reveal()).toBe(JSON.stringify(`ü ${PASSWORD}`).slice(1, -1))
    expect(`${text.seal(BASE64)}`).toBe('«hidden»')
    expect(text.seal(BASE64).reveal()).toBe(Buffer.from(`ü ${PASSWORD}`).toString('base64'))
  })

  test('names the variables it would take in a shell, and no others', () => {
    const id = 'id $HOME ${PATH} `id` "\\'
    const basic = (Hidden.join([`${id}:`, whole]) as Hidden).seal(BASE64)
    expect(basic.variables()).toEqual(['PASSWORD'])
    expect((Hidden.join([whole, ' ', whole]) as Hidden).variables()).toEqual(['PASSWORD'])
  })

  test.each([
    ['client_secret', 'CLIENT_SECRET'],
    ['X-Api-Key', 'X_API_KEY'],
    ['2fa', 'SECRET_2FA'],
    ['user', 'SECRET_USER'],
    ['path', 'SECRET_PATH'],
    ['__', 'SECRET__'],
    ['ключ', 'SECRET__'],
  ])('%s is the variable %s', (name, variable) => {
    expect(make().hide('a secret', name, 'secret').variables()).toEqual([variable])
  })

  test('two secrets of one name are two variables', () => {
    const own = make()
    const names = ['one secret', 'two secrets', 'one secret'].map((value) =>
      own.hide(value, 'client_secret', 'secret').variables(),
    )
    expect(names).toEqual([['CLIENT_SECRET'], ['CLIENT_SECRET_2'], ['CLIENT_SECRET']])
  })
})

describe('a mark', () => {
  const LONG = 'x'.repeat(40)

  test.each([
    ['token', LONG, `«hidden 40 chars sha256:${hash(LONG).slice(0, 8)}»`],
    ['assertion', LONG, `«hidden 40 chars sha256:${hash(LONG).slice(0, 8)}»`],
    ['key', LONG, `«hidden 40 chars sha256:${hash(LONG).slice(0, 8)}»`],
    // what a person could have thought up is found by trying
    ['secret', LONG, '«hidden»'],
    ['key', 'correct horse battery', '«hidden»'],
    ['token', 'short-token', '«hidden»'],
    ['token', '', '«hidden»'],
  ] as const)('of a %s %s is %s', (kind, value, mark) => {
    expect(`${make().hide(value, 'it', kind)}`).toBe(mark)
  })

  test('is the same whatever encoding the value has passed', () => {
    const value = `${LONG}=+/`
    const token = make().hide(value, 'token', 'token')
    expect(`${token.encode(PERCENT)}`).toBe(`${token}`)
    expect(token.encode(PERCENT).reveal()).toContain('%3D%2B%2F')
  })

  test('of a password in a header tells nothing, even beside a token', () => {
    const secrets = make()
    const token = secrets.hide(LONG, 'token', 'token')
    const both = Hidden.join([token, ':', secrets.hide('hunter22', 'password', 'secret')])
    expect(`${(both as Hidden).seal(BASE64)}`).toBe('«hidden»')
  })

  test('of a stand-in is what it says', () => {
    const secrets = make()
    const token = secrets.standIn('«the token of va»', 'va_token', 'token')
    expect(token.standsIn).toBe(true)
    expect(`${Hidden.join(['Bearer ', token])}`).toBe('Bearer «the token of va»')
    expect(`${token.encode(PERCENT)}`).toBe('«the token of va»')
    expect(secrets.clean('Bearer «the token of va»')).toBe('Bearer «the token of va»')
    expect(secrets.hide('«p@ssw0rd»', 'password', 'secret').standsIn).toBe(false)
    expect(`${secrets.hide('«p@ssw0rd»', 'password', 'secret')}`).toBe('«hidden»')
  })

  test('gives way to --show-secrets', () => {
    const secrets = make()
    const hidden = secrets.hide(PASSWORD, 'password', 'secret')
    secrets.shown = true
    expect(`${hidden}`).toBe(PASSWORD)
    expect(secrets.clean(PASSWORD)).toBe(PASSWORD)
  })
})

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const ascii = (json: string, chars: RegExp): string =>
  json.replace(chars, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

const everyByte = (text: string, chars = /./gsu): string =>
  text.replace(chars, (char) =>
    [...Buffer.from(char)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  )

const ENCODERS: readonly (readonly [string, (text: string) => string])[] = [
  ['as it is', (text) => text],
  ['JSON', (text) => JSON.stringify({ a: text })],
  ['JSON of PHP', (text) => ascii(JSON.stringify(text), /[\u007f-\uffff]/g).replaceAll('/', '\\/')],
  ['JSON of Python', (text) => ascii(JSON.stringify(text), /[\u007f-\uffff]/g)],
  ['JSON of Rails', (text) => ascii(JSON.stringify(text), /[<>&\u2028\u2029]/g)],
  [
    'JSON of .NET',
    (text) =>
      text
        .split('')
        .map((char) =>
          /[\w @%/~!()*.:;=-]/.test(char)
            ? char
            : char === '\\'
              ? '\\\\'
              : `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
        )
        .join(''),
  ],
  ['a form', (text) => new URLSearchParams({ a: text }).toString()],
  ['a query', (text) => `?a=${encodeURIComponent(text)}`],
  ['our own query', (text) => `?a=${percentEncode(text)}`],
  [
    'a query in lower case',
    (text) => encodeURIComponent(text).replace(/%../g, (hex) => hex.toLowerCase()),
  ],
  ['every byte as %XX', (text) => everyByte(text)],
  ['every byte as %xx', (text) => everyByte(text).toLowerCase()],
  ['a strict encoder', (text) => percentEncode(text).replace(/[-._~]/g, (char) => everyByte(char))],
  ['a form, of a strict encoder', (text) => everyByte(text, /[^a-z ]/gu).replaceAll(' ', '+')],
  ['a query within a query', (text) => encodeURIComponent(everyByte(text, /[^a-f]/gu))],
  ['JSON that escapes everything', (text) => ascii(text, /./gs)],
  [
    'HTML that escapes everything',
    (text) => Array.from(text, (char) => `&#x${char.codePointAt(0)?.toString(16)};`).join(''),
  ],
  ['HTML in decimals', (text) => Array.from(text, (char) => `&#${char.codePointAt(0)};`).join('')],
  [
    'HTML',
    (text) =>
      text.replace(
        /[&<>"']/g,
        (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? '&#39;',
      ),
  ],
  ['hex', (text) => Buffer.from(text).toString('hex')],
  ['hex in capitals', (text) => Buffer.from(text).toString('hex').toUpperCase()],
  ['base64', base64],
  ['base64url', (text) => Buffer.from(text).toString('base64url')],
  ['base64 in a query', (text) => encodeURIComponent(base64(text))],
  ...['u', 'us', 'use', 'user', 'a longer user'].map(
    (user) => [`Basic of ${user}`, (text: string) => `Basic ${base64(`${user}:${text}`)}`] as const,
  ),
  ...['u', 'us', 'use'].map(
    (user) =>
      [`Basic of ${user}, and more`, (text: string) => base64(`${user}:${text}:and more`)] as const,
  ),
  ['a sentence', (text) => `the value ${text}, which was sent`],
]

/** So many of them encode the secret and nothing beside it. */
const EXACT = ENCODERS.findIndex(([name]) => name === 'base64')

const SECRETS: readonly string[] = [
  PASSWORD,
  '12345678',
  `@"+&~'ü%`,
  'ein Geheimnis mit Leerzeichen',
  '/////////',
  '~~~~~~~~',
  '1012667122V019349',
  'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJtZSJ9.c2lnbmF0dXJl',
  '日本語の秘密です',
  '🔑🔑🔑🔑',
]

describe('what others say is cleaned', () => {
  describe.each(SECRETS)('of %s', (value) => {
    test.each(ENCODERS)('in %s', (_, encode) => {
      const secrets = make()
      secrets.remember(value, 'secret')
      const text = encode(value)
      const cleaned = secrets.clean(`before ${text} after`)
      expect(cleaned).toMatch(/^before .*«hidden».* after$/)
      expect(cleaned.length).toBeLessThan(`before ${text} after`.length + 40)
      // nothing of it is left, whatever may be left of its surroundings
      const rest = cleaned.replaceAll('«hidden»', '\n').split('\n')
      for (const part of rest) {
        if (part.length < 6) continue
        expect(value.includes(part.trim()), `${part} is part of it`).toBe(false)
      }
    })
  })

  test.each(SECRETS)('with nothing left of %s', (value) => {
    const secrets = make()
    secrets.remember(value, 'secret')
    for (const [name, encode] of ENCODERS.slice(0, EXACT)) {
      const text = encode(value)
        .replace(/^\{"a":|^\?a=|^a=|\}$/g, '')
        .replace(/^"(.*)"$/s, '$1')
      expect(secrets.clean(`before ${text} after`), name).toBe('before «hidden» after')
    }
  })

  // the last characters hold what is left over
  test.each(['A', 'AB', 'ABC'])('with no end of it left: base64 of …%s', (end) => {
    const secrets = make()
    const value = `a secret of some length ${end}`
    secrets.remember(value, 'secret')
    for (const text of [base64(value), base64(`a${value}`), base64(`ab${value}`)]) {
      for (const form of [text, text.replace(/=+$/, '')]) {
        expect(secrets.clean(form)).toMatch(/^[\w]{0,3}«hidden»$/)
      }
    }
  })

  test('in parts behind escapes, and nothing else behind them', () => {
    const secrets = make()
    secrets.remember('abcdefghijklmnopqrstuvwxyz', 'secret')
    secrets.remember('ninechars', 'secret')
    const cleaned = [
      ['%61bcdefghijkl', '«hidden»'],
      ['%61bcdefghijk', '%61bcdefghijk'],
      ['x%20efghijk%6cmnop%20x', 'x%20«hidden»%20x'],
      ['%6e%69necha%72s', '«hidden»'],
      ['%6e%69necha%72', '%6e%69necha%72'],
      ['100% of %zz %', '100% of %zz %'],
      ['ü%20«%C3%BC»', 'ü%20«%C3%BC»'],
      ['&#x110000;&#9999999;%00', '&#x110000;&#9999999;%00'],
    ]
    for (const [text = '', left] of cleaned) expect(secrets.clean(text)).toBe(left)
  })

  test('in parts: twelve characters in a row and more', () => {
    const secrets = make()
    const token = 'abcdefghijklmnopqrstuvwxyz0123456789'
    secrets.remember(token, 'token')
    expect(secrets.clean('got abcdefghijkl')).toBe('got «hidden»')
    expect(secrets.clean('got abcdefghijk')).toBe('got abcdefghijk')
    expect(secrets.clean('efghijklmnopqrst')).toBe('«hidden»')
    expect(secrets.clean('xxefghijklmnopxx')).toBe('xx«hidden»xx')
    expect(secrets.clean('abcdefghijkl|mnopqrstuvwx')).toBe('«hidden»|«hidden»')
    expect(secrets.clean('abcdefghijklmnopqrstuvwx')).toBe('«hidden»')
    // side by side, but not as they stand in it
    expect(secrets.clean('mnopqrstuvwxabcdefghijkl')).toBe('«hidden»')
    expect(secrets.clean(`${token}!`)).toBe(`«hidden 36 chars sha256:${hash(token).slice(0, 8)}»!`)
  })

  test('the longer before the shorter: nothing of the longer one is left', () => {
    const secrets = make()
    secrets.remember('password1', 'secret')
    secrets.remember('user:password1x', 'secret')
    expect(secrets.clean('see user:password1x')).toBe('see «hidden»')
    expect(secrets.clean('see password1')).toBe('see «hidden»')
  })

  test('but not of what is short: that is hidden by its field', () => {
    const secrets = make()
    expect(`${secrets.hide('1234567', 'pin', 'secret')}`).toBe('«hidden»')
    secrets.hide('', 'pin', 'secret')
    secrets.hide('   a    ', 'pin', 'secret')
    expect(secrets.clean('the 1234567th try a ')).toBe('the 1234567th try a ')
  })

  test('a key is its body, not the armour or the names around it', () => {
    const secrets = make()
    const body = `${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'}\n${'QIDAQABAoIBAQCu8m7zP3C0kq3Xn1Tf7'}`
    secrets.remember(`-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`, 'key')
    const account = `{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----\\nAAAABBBBCCCCDDDD\\n-----END PRIVATE KEY-----\\n","client_email":"me@project.iam.example"}`
    secrets.remember(account, 'key')
    secrets.remember('{"kty":"EC","alg":"ES256","crv":"P-256","d":"dddddddddddddddd"}', 'key')
    const plain = 'me@project.iam.example -----BEGIN PRIVATE KEY----- {"alg":"ES256","typ":"JWT"}'
    expect(secrets.clean(plain)).toBe(plain)
    expect(secrets.clean('QIDAQABAoIBAQCu8m7zP3C0kq3Xn1Tf7')).toBe('«hidden»')
    expect(secrets.clean('AAAABBBBCCCCDDDD')).toBe('«hidden»')
    expect(secrets.clean('dddddddddddddddd')).toBe('«hidden»')
    secrets.remember('-----BEGIN PRIVATE KEY-----\ncut off in the middle', 'key')
    expect(secrets.clean('cut off in the middle')).toBe('«hidden»')
  })

  test('however much there is of it', () => {
    const secrets = make()
    const random = (length: number, seed: number): string => {
      let text = ''
      for (let at = seed; text.length < length; at++) text += hash(`${at}`)
      return text.slice(0, length)
    }
    const known = Array.from({ length: 20 }, (_, index) => random(4096, index * 1000))
    for (const value of known) secrets.remember(value, 'token')
    const text = random(65_536, 1_000_000)
    const half = text.length / 2
    const marked = `${text.slice(0, half)} ${known[7]} ${text.slice(half)} ${known[9]?.slice(100, 140)}`
    secrets.clean('warm')
    const started = performance.now()
    const cleaned = secrets.clean(marked)
    expect(performance.now() - started).toBeLessThan(200)
    expect(cleaned).toContain(' «hidden 4096 chars')
    expect(cleaned.endsWith(' «hidden»')).toBe(true)
    expect(cleaned).toContain(text.slice(0, 1000))
    secrets.remember(random(1 << 20, 5_000_000), 'token')
    expect(secrets.clean(`${random(1 << 20, 5_000_000).slice(500_000, 500_100)} x`)).toBe(
      '«hidden» x',
    )
    const escaped = everyByte(marked)
    const third = performance.now()
    expect(secrets.clean(escaped)).toContain('«hidden»')
    expect(performance.now() - third).toBeLessThan(1000)
    // the same over and over is no worse
    secrets.remember('a'.repeat(4096), 'token')
    const again = performance.now()
    secrets.clean('a'.repeat(65_000))
    expect(performance.now() - again).toBeLessThan(2000)
  })

  test('whatever it is, and wherever it stands', () => {
    const secret = fc.string({ unit: 'binary', minLength: 8, maxLength: 40 })
    const encoder = fc.constantFrom(...ENCODERS.map(([, encode]) => encode))
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.nat(3), encoder), { maxLength: 8 }),
        (values, parts) => {
          const known = values.map((value) => value.trim()).filter((value) => value.length >= 8)
          fc.pre(!known.some((value) => '«hidden»'.includes(value)))
          const secrets = make()
          for (const value of values) secrets.remember(value, 'secret')
          const text = parts
            .map((part) => {
              const value = values[typeof part === 'number' ? part : 0] ?? ''
              if (typeof part === 'string') return part
              return typeof part === 'number' ? value : part(value)
            })
            .join('')
          const cleaned = secrets.clean(text)
          for (const value of known) expect(cleaned.includes(value)).toBe(false)
          const harmless = 'nothing of the sort'
          if (!known.some((value) => value.includes('nothing'))) {
            expect(secrets.clean(harmless)).toBe(harmless)
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
