import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBase64Url, encodeBase64Url } from '../../src/core/jwt/reading/base64url.ts'
import { readToken } from '../../src/core/jwt/reading/reader.ts'
import { describeNoToken } from '../../src/core/jwt/reading/stranger.ts'
import type { EncryptedToken, Flaw, SignedToken } from '../../src/core/jwt/token.ts'
import {
  encode,
  FLATTENED,
  JWE,
  JWT,
  KEY_BOUND,
  LIGHT_CLIENT,
  LIGHT_CODE,
  RFC_TOKENS,
  SD_JWT,
  UNSECURED,
} from '../support/tokens.ts'

function readSigned(text: string): SignedToken {
  const token = readToken(text)
  if (token === undefined || !('payload' in token)) throw new Error(`it is ${token?.kind}`)
  return token
}

function readEncrypted(text: string): EncryptedToken {
  const token = readToken(text)
  if (token?.kind !== 'jwe') throw new Error(`it is ${token?.kind}`)
  return token
}

const rfc = (name: string): string => {
  const found = RFC_TOKENS.find((vector) => vector.name === name)
  if (found === undefined) throw new Error(`no vector ${name}`)
  return found.text
}

const [H = '', P = '', S = ''] = JWT.split('.')

describe('base64url', () => {
  it('agrees with Buffer on every text of the alphabet', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64url')
        expect(encodeBase64Url(bytes)).toBe(text)
        expect(decodeBase64Url(text)).toEqual({ bytes, flaws: [] })
        expect(decodeBase64Url(Buffer.from(bytes).toString('base64')).bytes).toEqual(bytes)
      }),
    )
  })

  it.each<[text: string, hex: string | undefined, flaws: Flaw[]]>([
    ['', '', []],
    ['AA', '00', []],
    ['AB', '00', ['loose-bits']],
    ['AAB', '0000', ['loose-bits']],
    ['AAA', '0000', []],
    ['_-8', 'ffef', []],
    ['/+8', 'ffef', ['base64']],
    ['AA==', '00', ['padding']],
    ['AAA=', '0000', ['padding']],
    ['AAA===', '0000', ['padding']],
    ['=', '', ['padding']],
    ['A A\nA', '0000', ['space']],
    ['A', undefined, ['length']],
    ['AAAAA', undefined, ['length']],
    ['AA=A', undefined, ['padding', 'alphabet']],
    ['A!AA', undefined, ['alphabet']],
    ['Aé', undefined, ['alphabet', 'length']],
    ['AA\u0000', undefined, ['alphabet']],
    [' +B==', 'f8', ['space', 'base64', 'padding', 'loose-bits']],
  ])('%j', (text, hex, flaws) => {
    const decoded = decodeBase64Url(text)
    expect(decoded.bytes && Buffer.from(decoded.bytes).toString('hex')).toBe(hex)
    expect(new Set(decoded.flaws)).toEqual(new Set(flaws))
  })

  it('two megabytes', () => {
    const { bytes, flaws } = decodeBase64Url('eyJ9'.repeat(500_000))
    expect(bytes?.length).toBe(1_500_000)
    expect(flaws).toEqual([])
  })
})

describe('compact', () => {
  it('a JWT, taken apart', () => {
    const token = readSigned(`  ${JWT}\n`)
    expect(token).toMatchObject({
      kind: 'jws',
      serialization: 'compact',
      text: JWT,
      detached: false,
      surplus: [],
      disclosures: [],
      keyBinding: undefined,
    })
    const [{ header, signature, input, unprotected }] = token.signatures
    expect(header?.plain).toBe('{"alg":"HS256","typ":"JWT"}')
    expect(token.payload.plain).toBe('{"sub":"1234567890","name":"John Doe","iat":1516239022}')
    expect(token.payload.json?.type).toBe('object')
    expect(signature?.bytes?.length).toBe(32)
    expect(input).toBe(`${H}.${P}`)
    expect(unprotected).toBeUndefined()
  })

  it.each<[name: string, text: string, expected: Partial<SignedToken>, signature?: string]>([
    ['unsecured (RFC 7519 6.1)', UNSECURED, { kind: 'unsecured' }, ''],
    ['NONE', `${encode({ alg: 'NoNe' })}.${P}.`, { kind: 'unsecured' }, ''],
    ['no signature, though it is to have one', `${H}.${P}.`, { kind: 'jws' }, ''],
    ['two parts', `${H}.${P}`, { kind: 'jws' }],
    ['a dot behind it', `${JWT}.`, { surplus: [''] }, S],
    ['four parts', `${JWT}.x`, { surplus: ['x'] }, S],
    ['five parts that are no JWE', `${JWT}.${H}.${P}`, { kind: 'jws', surplus: [H, P] }, S],
    ['detached', `${H}..${S}`, { detached: true }, S],
    ['detached, and nothing else', `${H}..`, { detached: true }, ''],
    ['RFC 7797, detached', rfc('RFC 7797 4 unencoded, detached'), { detached: true }],
  ])('%s', (_name, text, expected, signature) => {
    const token = readSigned(text)
    expect(token).toMatchObject({ ...expected, text })
    if (signature !== undefined) expect(token.signatures[0].signature?.text).toBe(signature)
    else if (text.split('.').length === 2) {
      expect(token.signatures[0].signature).toBeUndefined()
    }
  })

  it('a payload that is not encoded stays as it is (RFC 7797)', () => {
    const header = encode({ alg: 'HS256', b64: false, crit: ['b64'] })
    const token = readSigned(`${header}.$ 0,2.${S}`)
    expect(token.payload).toMatchObject({ text: '$ 0,2', plain: '$ 0,2', flaws: [] })
    expect(token.signatures[0].input).toBe(`${header}.$ 0,2`)
  })

  it.each<[name: string, text: string, part: 'header' | 'payload' | 'signature', flaw: Flaw]>([
    ['padding', `${H}==.${P}.${S}`, 'header', 'padding'],
    ['a line break', `${H}.${P.slice(0, 9)}\n  ${P.slice(9)}.${S}`, 'payload', 'space'],
    ['plain base64', `${H}.${P}.${S.replace('_', '/')}`, 'signature', 'base64'],
    ['stray bits', `${H}.${P}.${S.slice(0, -1)}d`, 'signature', 'loose-bits'],
    ['a stranger', `${H}.!${P}.${S}`, 'payload', 'alphabet'],
    ['a stranger in the header', `${H.slice(0, 9)}!${H.slice(9)}.${P}.${S}`, 'header', 'alphabet'],
    ['a character too many', `${H}.${P}.${S}AA`, 'signature', 'length'],
  ])('%s is told of the part that has it', (_name, text, part, flaw) => {
    const token = readSigned(text)
    const [{ header, signature }] = token.signatures
    const parts = { header, payload: token.payload, signature }
    expect(parts[part]?.flaws).toContain(flaw)
    for (const [name, other] of Object.entries(parts)) {
      if (name !== part) expect(other?.flaws).toEqual([])
    }
    expect(token.text).not.toMatch(/\s/)
  })

  it.each([
    ['a byte order mark', `${encode('\ufeff{"alg":"HS256"}')}.${P}.${S}`],
    ['white space in front of {', `${encode(' \n{"alg":"HS256"}')}.${P}.${S}`],
    ['white space behind {', `${encode('{\r\n "alg":"HS256"}')}.${P}.${S}`],
    ['a header that is cut off', `${H.slice(0, 16)}.${P}.${S}`],
    ['a header without its beginning', `${H.slice(3)}.${P}.${S}`],
    ['a header that is a list', `${encode('["HS256"]')}.${P}.${S}`],
    ['an empty header', `${encode('{}')}.${P}.${S}`],
    [
      'a header that is not UTF-8',
      `${Buffer.from('{"alg":"\xff"}', 'latin1').toString('base64url')}.${P}.${S}`,
    ],
    ['a payload that is no JSON', `${H}.${encode('hello')}.${S}`],
    ['a payload that is cut off', `${H}.${P.slice(0, 11)}`],
    ['a header that names no alg', `${encode({ typ: 'JWT' })}.${P}.${S}`],
  ])('%s: still a token', (_name, text) => {
    expect(readSigned(text).kind).toBe('jws')
  })

  it('a byte order mark is told, and is not in the text', () => {
    const { signatures } = readSigned(`${encode('\ufeff{"alg":"HS256"}')}.${P}.${S}`)
    expect(signatures[0].header).toMatchObject({ bom: true, plain: '{"alg":"HS256"}' })
    expect(readSigned(JWT).signatures[0].header?.bom).toBe(false)
  })
})

describe('encrypted', () => {
  it('RFC 7516 A.1, taken apart', () => {
    const token = readEncrypted(rfc('RFC 7516 A.1'))
    expect(token.header?.plain).toBe('{"alg":"RSA-OAEP","enc":"A256GCM"}')
    expect(token.recipients.map(({ encryptedKey }) => encryptedKey.bytes?.length)).toEqual([256])
    expect([token.iv, token.ciphertext, token.tag].map(({ bytes }) => bytes?.length)).toEqual([
      12, 63, 16,
    ])
  })

  it('dir has an empty key', () => {
    const token = readEncrypted(`${encode({ alg: 'dir', enc: 'A128GCM' })}..AAAA.AAAA.AAAA`)
    expect(token.recipients[0].encryptedKey).toMatchObject({ text: '', flaws: [] })
  })

  it('cut off, or with a header that cannot be read, it is still one', () => {
    expect(readEncrypted(JWE.split('.').slice(0, 4).join('.')).tag.text).toBe('')
    expect(readEncrypted(JWE.replace('eyJ', 'eyJ!')).header?.json).toBeUndefined()
  })

  it('general, with several recipients (RFC 7520 5.13 in small)', () => {
    const token = readEncrypted(
      JSON.stringify({
        protected: encode({ enc: 'A128CBC-HS256' }),
        unprotected: { jku: 'https://a.example' },
        recipients: [
          { header: { alg: 'A128KW', kid: '1' }, encrypted_key: 'AAAA' },
          { header: { alg: 'dir' } },
        ],
        iv: 'AAAA',
        ciphertext: 'AAAAAAAA',
        tag: 'AAAA',
      }),
    )
    expect(token.serialization).toBe('general')
    expect(token.recipients.map(({ encryptedKey }) => encryptedKey.text)).toEqual(['AAAA', ''])
    expect(token.unprotected?.members.map(({ name }) => name)).toEqual(['jku'])
  })
})

describe('JSON serializations', () => {
  it('RFC 7515 A.6: two signatures over one payload', () => {
    const token = readSigned(rfc('RFC 7515 A.6'))
    expect(token.serialization).toBe('general')
    expect(token.signatures.map(({ header }) => header?.plain)).toEqual([
      '{"alg":"RS256"}',
      '{"alg":"ES256"}',
    ])
    expect(token.signatures.map(({ unprotected }) => unprotected?.members[0]?.name)).toEqual([
      'kid',
      'kid',
    ])
    expect(token.signatures[1]?.input).toBe(
      `${token.signatures[1]?.header?.text}.${token.payload.text}`,
    )
  })

  it.each(['RFC 7515 A.7', 'RFC 7520 4.1 flattened'])('%s', (name) => {
    expect(readSigned(rfc(name))).toMatchObject({ serialization: 'flattened', detached: false })
  })

  it('without a protected header, without a payload', () => {
    const token = readSigned('{"header":{"alg":"none"},"signature":""}')
    expect(token).toMatchObject({ kind: 'unsecured', detached: true })
    expect(token.signatures[0]).toMatchObject({ header: undefined, input: '.' })
  })

  it('its text is its JSON, as it stands', () => {
    expect(readToken(FLATTENED.replace('"kid":"', ' "n":1.0, "kid":"'))?.text).toBe(
      FLATTENED.replace('"kid":"', '"n":1.0,"kid":"'),
    )
  })

  it('an SD-JWT (RFC 9901 section 8)', () => {
    const [jwt = '', one = ''] = SD_JWT.split('~')
    const [head, payload, signature] = jwt.split('.')
    const proof = KEY_BOUND.split('~').at(-1)
    const token = readSigned(
      JSON.stringify({
        payload,
        protected: head,
        signature,
        header: { disclosures: [one], kb_jwt: proof },
      }),
    )
    expect(token.kind).toBe('sd-jwt')
    expect(token.disclosures.map(({ name }) => name)).toEqual(['given_name'])
    expect(token.keyBinding?.text).toBe(proof)
  })

  it.each([
    '{}',
    '{"a":1}',
    '{"signature":"x"}',
    '{"signatures":[]}',
    '{"signatures":[1,"x",{}]}',
    '{"ciphertext":"x"}',
    '{"signature":1,"protected":2}',
    '{"keys":[]}',
  ])('%s is none', (text) => {
    expect(readToken(text)).toBeUndefined()
  })
})

describe('SD-JWT', () => {
  it('its disclosures, of members and of elements', () => {
    const token = readSigned(SD_JWT)
    expect(token).toMatchObject({ kind: 'sd-jwt', text: SD_JWT, keyBinding: undefined })
    expect(token.disclosures).toMatchObject([
      { salt: '2GLC42sKQveCfGfryNRN9w', name: 'given_name', value: { value: 'John' } },
      { salt: 'lklxF5jMYlGTPUovMNIvCA', name: undefined, value: { value: 'US' } },
    ])
    expect(token.signatures[0].signature?.bytes?.length).toBe(64)
  })

  it('its key binding', () => {
    const token = readSigned(KEY_BOUND)
    expect(token.text).toBe(KEY_BOUND)
    expect(token.disclosures).toHaveLength(2)
    expect(token.keyBinding?.payload.plain).toContain('"nonce":"1234567890"')
  })

  it.each<[text: string, disclosures: number]>([
    [`${JWT}~`, 0],
    [SD_JWT.slice(0, -1), 2],
    [`${JWT}${'~x'.repeat(1000)}~`, 1000],
    [`${JWT}${'~x'.repeat(2000)}~`, 1000],
    [`${JWT}~~`, 1],
    [`${JWT}~!!!~`, 1],
  ])('%s', (text, disclosures) => {
    expect(readSigned(text).disclosures).toHaveLength(disclosures)
  })
})

it('an SD-JWT without its last ~: what stands there is no proof, and is shown', () => {
  const token = readSigned(SD_JWT.slice(0, -1))
  expect(token).toMatchObject({ stray: true, text: SD_JWT.slice(0, -1), keyBinding: undefined })
  expect(token.disclosures.map(({ name }) => name)).toEqual(['given_name', undefined])
  for (const good of [SD_JWT, KEY_BOUND, `${JWT}~`]) {
    expect(readSigned(good)).not.toHaveProperty('stray')
    expect(readSigned(good)).not.toHaveProperty('unread')
  }
})

it('disclosures without end are counted, and stay in its text', { timeout: 10_000 }, () => {
  const bare = `${JWT}${'~'.repeat(9e6)}`
  const token = readSigned(bare)
  expect(token.disclosures).toHaveLength(1000)
  expect(token.unread).toBe(9e6 - 1001)
  expect(token.text).toBe(bare)
  const bound = `${JWT}${'~x'.repeat(5000)}~${KEY_BOUND.split('~').at(-1)}`
  expect(readSigned(bound)).toMatchObject({ unread: 4000, text: bound })
  expect(readSigned(bound).keyBinding).toBeDefined()
  const disclosures = Array(1500).fill('x')
  const json = { payload: P, protected: H, signature: S, header: { disclosures } }
  expect(readSigned(JSON.stringify(json)).unread).toBe(500)
})

it('a member that a JSON serialization has twice is told', () => {
  expect(readToken(FLATTENED)).not.toHaveProperty('doubled')
  expect(readToken(FLATTENED.replace('{', '{"payload":"e30",'))).toMatchObject({
    doubled: ['payload'],
  })
})

describe('real ones', () => {
  it.each([
    ['by code', LIGHT_CODE, '"user_type":"admin"'],
    ['by client', LIGHT_CLIENT, '"exp":1483209757'],
  ])('light-oauth2, %s', (_name, text, claim) => {
    const token = readSigned(text)
    expect(token.payload.plain).toContain(claim)
    expect(token.signatures[0].signature?.bytes?.length).toBe(256)
  })
})

describe('opaque', () => {
  it.each([
    ['550e8400-e29b-41d4-a716-446655440000', 'a UUID'],
    ['c0iAfPAeTk2BpiPWj-CYPQ', 'a reference token (a UUID in base64url)'],
    ['2ed8a21d207adf50eb935e32d25a41ff', 'a token in hex'],
    [`ghp_${'a1B2'.repeat(9)}`, 'a GitHub personal access token (ghp_)'],
    [`gho_${'a1B2'.repeat(9)}`, 'a GitHub token (gho_, ghu_, ghs_ or ghr_)'],
    [`github_pat_${'a1B2_'.repeat(9)}`, 'a GitHub fine-grained token (github_pat_)'],
    [`glpat-${'a1B2'.repeat(5)}`, 'a GitLab token (glpat- and others)'],
    ['xoxb-123456789012-abcdefABCDEF', 'a Slack token (xoxb- and others)'],
    ['ya29.a0AfH6SMBx_y-z', 'a Google access token (ya29.)'],
    [`v4.local.${'a1B2'.repeat(9)}`, 'a PASETO, encrypted (local)'],
    [`v4.public.${'a1B2'.repeat(30)}.Zm9v`, 'a PASETO, signed (public)'],
    ['sk_live_4eC39HqLyjWDarjtT1zdp7dc', 'a Stripe API key (sk_live_ and others)'],
    [`hvs.${'a1B2'.repeat(6)}`, 'a Vault token (hvs. and others)'],
    ['abcdef.0123456789abcdef', 'a Kubernetes bootstrap token'],
    [`12|${'a1B2'.repeat(10)}`, 'a Laravel Sanctum token'],
    [encode({ user: 'x', id: 5, more: true }), 'JSON in base64'],
    [
      `${encode({ user_id: 5 })}.YkA1bQ.dGVzdHNpZ25hdHVyZXRlc3Q`,
      'a signed cookie (Flask, itsdangerous)',
    ],
    ['AKIAIOSFODNN7EXAMPLE', 'the ID of an AWS access key (AKIA, ASIA)'],
    [`AIza${'Sy1-_'.repeat(7)}`, 'a Google API key (AIza)'],
    ['Xk29sLq0aPz73mVbT6', 'an opaque token'],
  ])('%s is %s', (text, name) => {
    const token = readToken(text)
    expect(token).toMatchObject({ kind: 'opaque', text, name })
    expect(token?.kind === 'opaque' && token.advice).toMatch(/\w/)
  })

  it.each([
    ...['', ' ', '-', '42', '3.14', '1516239022', '20250101000000000', 'hello', 'hello world'],
    ...['staging-api.va.gov', 'www.example.com', 'api2.staging-eu-west-1.example.com', 'localhost'],
    ...['v1.2.3', '1.2.3-rc.4', 'tokentool.yaml', 'node-v20.20.0-linux-x64.tar.xz', 'eyes.com'],
    ...['eyes.example.com', 'e30.example.com', 'ey.co.uk', 'eyJhb.com', 'key.pem', 'a.b.c', 'a.b'],
    ...[
      'me@example.com',
      '/etc/ssl/private/key.pem',
      './keys/staging.pem',
      '~/x',
      'C:\\keys\\a.pem',
    ],
    ...[
      'https://example.com/a',
      'my-service-account-1',
      'camelCaseNameOfSomething2',
      'FOO_BAR_BAZ_QUX_12',
    ],
    ...[
      '2025-01-01T00:00:00Z',
      '192.168.100.200',
      'true',
      'null',
      'undefined',
      '...',
      '{',
      '[]',
      '""',
    ],
    ...['.'.repeat(1000), 'eyJ'.repeat(10_000), '~~~', 'eyJ', 'a'.repeat(100), '-----BEGIN'],
    ...[H, P, H.slice(0, 20), `${H.slice(0, 10)}...tail`, 'eyJhbGciOiJSUzI1NiIs'],
    ...['background.eyJpbWFnZSI6MX0.jpg', `${encode({ bucket: 'b', key: 'k' })}.jpg`],
  ])('%s is no token', (text) => {
    expect(readToken(text)).toBeUndefined()
  })
})

const PEM = (label: string): string =>
  `-----BEGIN ${label}-----\nSECRETSECRETSECRET\n-----END ${label}-----\n`

describe('what is no token is named', () => {
  it.each<[text: string, what: RegExp, fix?: RegExp]>([
    ['', /^empty$/],
    [' \n\t', /^empty$/],
    [PEM('RSA PRIVATE KEY'), /^a PKCS#1 RSA private key/, /^tokentool key inspect/],
    [PEM('CERTIFICATE'), /^a certificate/, /^tokentool key inspect/],
    ['ssh-rsa AAAASECRET me@host', /^an SSH public key$/],
    ['{"keys":[{"kty":"RSA","n":"SECRET","e":"AQAB"}]}', /JWKS/, /key inspect/],
    ['{"kty":"oct","k":"SECRET"}', /shared secret/, /key inspect/],
    ['<!DOCTYPE html><html>SECRET</html>', /^an HTML page$/],
    ['<?xml version="1.0"?><saml:Assertion>SECRET', /XML/],
    ['{"error":"invalid_grant","error_description":"SECRET"}', /error/, /^tokentool explain/],
    ['{"a":"SECRET"}', /^JSON without a token/],
    ['[1,2,3]', /^a JSON list without a token/],
    ['{"a":"SECRET"', /cut off/],
    ['{"exp":1,"sub":"SECRET"}', /claims of a token, already decoded/],
    ['{"alg":"HS256","typ":"JWT"}', /header of a token, already decoded/],
    ['Bearer', /no token behind it/, /variable/],
    ['Authorization: Bearer ', /no token behind it/],
    ['Bearer $SECRET', /a placeholder/],
    ['<access token>', /a placeholder/],
    ['null', /script prints/],
    ['undefined', /script prints/],
    ['Authorization: Basic U0VDUkVUOlNFQ1JFVA==', /Basic/],
    ['hello SECRET world', /^text without a token/],
    ['SECRET', /^a word/],
    ['42', /^a number$/],
    ['-', /^a dash$/],
    ['https://example.com/SECRET', /^a URL without a token/],
    ['SECRET@example.com', /^an e-mail address$/],
    ['secret.example.com', /host or a file/],
    ['/home/SECRET/token.txt', /file/],
    ['\u0000\u0001\u0002SECRET', /^binary data$/],
    ['eyJhbGc', /^the beginning of a JWT, cut off$/, /two dots/],
    ['eyJhbGciOiJSUzI1NiIs', /^the beginning of a JWT, cut off$/],
    ['eyJhbGciOiJSUzI1NiIs...', /^the beginning of a JWT, cut off$/],
    ['Bearer eyJhbGciOiJSUzI1NiIs', /^the beginning of a JWT, cut off$/],
    ['eyJ', /^the beginning of a JWT, cut off$/],
    ['eyJh'.repeat(10_000), /^the beginning of a JWT, cut off$/],
    [H, /^the header of a JWT alone$/],
    [`"${H}"`, /^the header of a JWT alone$/],
    [P, /^the payload of a JWT alone$/],
    ['eyJhbGciOi...SECRET', /^a JWT, shortened: its middle is missing$/],
    ['eyJhbGciOi…SECRET', /^a JWT, shortened: its middle is missing$/],
    ['a.b.c', /^three parts with dots between/],
    ['base64.base64.AAAA', /^three parts with dots between/],
    ['...', /^nothing but punctuation$/],
    ['"'.repeat(1e6), /^nothing but punctuation$/],
    ['\u001b[31m\u001b[0m', /^empty$/],
    ['\u001b[31mhello\u001b[0m there', /^text without a token/],
    ['1.2.3', /a version/],
    ['10:30:00', /^a time$/],
    ['a.'.repeat(1e6), /^no token in any known form$/],
  ])('%j', (text, what, fix) => {
    const described = describeNoToken(text)
    expect(described.what).toMatch(what)
    if (fix) expect(described.fix).toMatch(fix)
    expect(JSON.stringify(described)).not.toMatch(/SECRET|U0VD/)
  })

  it('whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(describeNoToken(text).what).toMatch(/\w/)
      }),
    )
  })
})
