// From a refusal to its meaning. The rows of the services have a test of their own; here is what is
// made of a row, and what this machine can prove.

import { describe, expect, test } from 'vitest'
import { parseBody } from '../../src/core/answer/answer.ts'
import { readFailure } from '../../src/core/answer/failure.ts'
import { USUAL } from '../../src/core/answer/usual.ts'
import type { Claims } from '../../src/core/call/assertion.ts'
import { findEvidence } from '../../src/core/explain/evidence.ts'
import { explainRefusal, findRow, readRetryAfter } from '../../src/core/explain/explain.ts'
import type { ExplainRow, Suspect } from '../../src/core/provider.ts'
import { makeCertificates } from '../support/certificates.ts'
import { makeRsaKey } from '../support/keys.ts'
import { answer, makeTools, NOW, planOne, tell, valuesOf, type Wish } from '../support/tools.ts'

const key = makeRsaKey()
const certificates = makeCertificates()
const FILES = {
  '/p/keys/staging.pem': key.pem,
  '/p/good.key': certificates.read('good.key').toString(),
  '/p/good.crt': certificates.read('good.crt').toString(),
}

const VA = `
profiles:
  va:
    provider: va-sis
    environment: staging
    issuer: https://chat.example
    subject: me
    user_attributes: { icn: "1012667122V019349" }
    client_secret: \${env:NONE}
    environments:
      staging: { service_account_id: staging-account }
      production: { service_account_id: production-account }
`

function values(more = '', wish: Wish = {}) {
  return valuesOf(planOne(`${VA}${more}`, wish), makeTools({ files: FILES }))
}

describe('a row is found', () => {
  const rows: ExplainRow[] = [
    { status: 401, code: ['a', 'b'], means: 'status and code' },
    { status: [400, 422], text: '^assertion .* expired$', means: 'text' },
    { code: 'c', means: 'code' },
    { text: 'detail', means: 'detail' },
    { status: 500, means: 'status' },
  ]
  test.each<[number, string | undefined, string | undefined, string[], string | undefined]>([
    [401, 'b', undefined, [], 'status and code'],
    [400, 'b', undefined, [], undefined],
    [422, undefined, 'ASSERTION has Expired', [], 'text'],
    [422, undefined, 'an assertion has expired', [], undefined],
    [499, 'c', 'x', [], 'code'],
    [499, undefined, 'x', ['a Detail'], 'detail'],
    [400, undefined, 'x', ['assertion has expired'], 'text'],
    [500, undefined, undefined, [], 'status'],
    [503, undefined, undefined, [], undefined],
    [499, undefined, `${'x'.repeat(5000)}detail`, [], undefined],
  ])('%i %s %.20s %j: %s', (status, code, text, details, means) => {
    expect(findRow(rows, { status, failure: { code, text, details }, urls: [] })?.means).toBe(means)
  })

  test('or none', () => {
    expect(
      findRow(undefined, {
        status: 400,
        failure: { code: undefined, text: 'x', details: [] },
        urls: [],
      }),
    ).toBeUndefined()
  })
})

function explain(
  status: number,
  body: unknown,
  options: { rows?: string; headers?: Record<string, string>; claims?: Claims; skew?: number } = {},
) {
  const got = answer(status, body, options.headers)
  const data = parseBody(got, 'json')
  return explainRefusal({
    values: values(
      options.rows
        ? `    explain:\n${options.rows.replace(/^/gm, '      ')}\n`
        : '    explain: null\n',
    ),
    claims: options.claims,
    answer: got,
    failure: readFailure(got, data, USUAL),
    requestId: 'r-1',
    code: 'service_refused',
    message: 'va-sis refused the assertion (400)',
    skew: options.skew,
  })
}

describe('an explanation', () => {
  test('says what was said, what it means and what to do', () => {
    const error = explain(
      400,
      {
        error: 'invalid_grant',
        error_description: 'no such account',
        violations: [{ message: 'account' }],
      },
      {
        rows: `
- code: invalid_grant
  means: \${environment} has no such account
  why: ["\${service_account_id} is mistyped", it was removed]
  fix:
    - "\${at.service_account_id} service_account_id: the right one"
    - tokentool get \${profile} -e "$\${x}" \${subject} \${issuer}
    - write to the owner of \${provider} about \${client_secret} and \${user_attributes}
  sent: [service_account_id, sub, client_secret, user_attributes, nothing]`,
        claims: { sub: 'me', aud: 'x' },
      },
    )
    expect(error.details).toMatchObject({
      said: 'invalid_grant: no such account · account',
      means: ['staging has no such account', '- staging-account is mistyped', '- it was removed'],
      fix: [
        'tokentool.yaml:11:38 service_account_id: the right one',
        'tokentool get va -e "${x}" me https://chat.example',
        'write to the owner of va-sis about … and …',
      ],
      status: 400,
      requestId: 'r-1',
      profile: 'va',
      provider: 'va-sis',
    })
    expect(error.details.sent).toEqual({
      service_account_id: 'staging-account',
      sub: 'me',
      user_attributes: '{"icn":"«hidden»"}',
      request: 'r-1',
    })
    expect(tell(error)).not.toContain('1012667122')
  })

  test('is quoted for a shell where it is a command', () => {
    const rows =
      '- status: 400\n  means: x\n  fix: ["tokentool get ${subject}", "look at ${subject}"]'
    const own = valuesOf(
      planOne(`${VA}    explain:\n${rows.replace(/^/gm, '      ')}\n`, {
        set: ["subject=a'b $(x)"],
      }),
      makeTools(),
    )
    const got = answer(400)
    const error = explainRefusal({
      values: own,
      claims: undefined,
      answer: got,
      failure: readFailure(got, undefined, USUAL),
      requestId: undefined,
      code: 'service_refused',
      message: 'x',
      skew: undefined,
    })
    expect(error.details.fix).toEqual(["tokentool get 'a'\\''b $(x)'", "look at a'b $(x)"])
  })

  test.each([
    [404, 'nothing answers at /v0/sign_in/token: the URL or the method is wrong'],
    [405, 'nothing answers at /v0/sign_in/token: the URL or the method is wrong'],
    [401, 'the service does not accept this client, key or token'],
    [403, 'the service knows who is asking and does not allow it'],
    [429, 'too many requests in a short time'],
    [502, 'the service, or something before it, failed; the request itself may be fine'],
  ])('of %i alone is a guess', (status, means) => {
    expect(explain(status, '').details.means).toEqual([means])
    expect(explain(status, '').details.said).toBeUndefined()
  })

  test('may say that the status misleads', () => {
    const error = explain(500, '', {
      rows: '- status: 500\n  means: a claim of the wrong type\n  class: refused',
    })
    expect([error.class, error.exit]).toEqual(['refused', 4])
  })

  test('says of proof what is proven, not what is likely', () => {
    const rows = '- status: 400\n  means: x\n  why: [a, b]\n  suspects: [clock]\n  fix: f'
    expect(explain(400, '', { rows, skew: -120 }).details).toMatchObject({
      means: ['x', "the clock here is 2 m ahead of the service's"],
      fix: ['sudo timedatectl set-ntp true', 'f'],
    })
    expect(explain(400, '', { rows, skew: 2 }).details.means).toEqual(['x', '- a', '- b'])
  })

  test('repeats neither words nor the status', () => {
    expect(explain(401, { error: 'nope' }).details.said).toBe('nope')
    expect(explain(401, { status: '401', detail: 'no' }).details.said).toBe('no')
    expect(explain(401, { errors: ['a', 'a', 'b'] }).details.said).toBe('a · b')
  })

  test('cuts what is long', () => {
    const error = explain(400, '', {
      rows: '- status: 400\n  means: x\n  sent: [aud]',
      claims: { aud: 'x'.repeat(1000) },
    })
    expect(error.details.sent?.aud).toHaveLength(300)
  })

  test('of a row that cannot be read is the row', () => {
    const own = values()
    const broken: ExplainRow = { status: 400, means: 'costs ${ and }', fix: '${a b}' }
    const got = answer(400)
    const provider = { ...own.profile.provider, explain: [broken] }
    const error = explainRefusal({
      values: valuesOf({ ...own.profile, provider }, makeTools()),
      claims: undefined,
      answer: got,
      failure: readFailure(got, undefined, USUAL),
      requestId: undefined,
      code: 'service_refused',
      message: 'x',
      skew: undefined,
    })
    expect(error.details).toMatchObject({ means: ['costs ${ and }'], fix: ['${a b}'] })
  })
})

describe('how long to wait', () => {
  const date = new Date(NOW * 1000).toUTCString()
  const later = new Date((NOW + 90) * 1000).toUTCString()
  test.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ 'retry-after': '30' }, 30],
    [{ 'retry-after': ' 30 ' }, 30],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': later }, 90],
    // by the service's own clock
    [{ 'retry-after': later, date: new Date((NOW + 60) * 1000).toUTCString() }, 30],
    [{ 'retry-after': date, date: later }, 0],
    [{ 'retry-after': '1.5' }, undefined],
    [{ 'retry-after': '-5' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': '9'.repeat(30) }, 1_000_000_000],
  ])('%j: %s s', (headers, seconds) => {
    expect(readRetryAfter(answer(429, '', headers))).toBe(seconds)
  })

  test('is told', () => {
    const error = explain(429, '', { headers: { 'retry-after': '30' } })
    expect(error.details).toMatchObject({ retryAfter: 30, fix: ['wait 30 s, then ask again'] })
  })
})

describe('what this machine can prove', () => {
  const prove = (
    suspect: Suspect,
    scene: { more?: string; wish?: Wish; claims?: Claims; skew?: number; said?: string },
  ) =>
    findEvidence([suspect], {
      values: values(scene.more, scene.wish),
      claims: scene.claims,
      skew: scene.skew,
      said: scene.said ?? '',
    })[0]

  test.each<[number | undefined, string | undefined]>([
    [undefined, undefined],
    [0, undefined],
    [5, undefined],
    [6, "the clock here is 6 s behind the service's"],
    [-3600, "the clock here is 1 h ahead of the service's"],
  ])('of the clock, %s s off: %s', (skew, proof) => {
    expect(prove('clock', skew === undefined ? {} : { skew })?.proof).toBe(proof)
  })

  const AUDIENCE =
    'Invalid audience. Expected ["https://staging-api.va.gov/v0/sign_in/token"], received'
  test.each<[string, string | undefined, string]>([
    [
      'the service names another environment',
      'the service answers as production; this call was made for staging',
      'see https://api.va.gov/x',
    ],
    ['it names its own', undefined, `${AUDIENCE} https://api.va.gov/v0/sign_in/token`],
    [
      'it expects another',
      'the service answers as production; this call was made for staging',
      'Invalid audience. Expected ["https://api.va.gov/v0/sign_in/token"], received https://staging-api.va.gov/v0/sign_in/token',
    ],
    ['it names nobody', undefined, 'no'],
    ['it names another service', undefined, 'see https://evil.example/'],
  ])('of the environment, when %s', (_, proof, said) => {
    const found = prove('environment', { said })
    expect(found?.proof).toBe(proof)
    if (proof) expect(found?.fix).toBe('tokentool get va -e production')
  })

  test('of an account that is listed for another environment', () => {
    const found = prove('account', { wish: { set: ['service_account_id=production-account'] } })
    expect(found).toEqual({
      proof: 'this service_account_id is the one the profile lists for production',
      fix: 'tokentool get va -e production',
    })
    expect(prove('account', {})).toBeUndefined()
    expect(
      prove('environment', { wish: { set: ['service_account_id=production-account'] } })?.proof,
    ).toBe(found?.proof)
  })

  test.each<[string, string | undefined]>([
    ['https://staging-api.va.gov/v0/sign_in/token', undefined],
    [
      'https://staging-api.va.gov/v0/sign_in/token/',
      'aud has a slash at the end that the service does not expect',
    ],
    [
      'https://api.va.gov/v0/sign_in/token',
      'aud names api.va.gov; the service is staging-api.va.gov',
    ],
    [
      'https://staging-api.va.gov/sign_in/token',
      'aud differs from the URL of the token endpoint as the service knows it',
    ],
    ['nonsense', 'aud names nonsense; the service is staging-api.va.gov'],
  ])('of the audience %s: %s', (aud, proof) => {
    expect(prove('audience', { claims: { aud }, said: AUDIENCE })?.proof).toBe(proof)
  })

  test('and none that a base_url of the profile would keep from helping', () => {
    const found = prove('environment', {
      more: '    base_url: https://staging-api.va.gov\n',
      said: 'see https://api.va.gov/x',
    })
    expect(found).toEqual({
      proof: 'the service answers as production; base_url is https://staging-api.va.gov',
    })
  })

  test('of the audience of this machine', () => {
    const claims = { aud: 'http://127.0.0.1:3000/x' }
    expect(prove('audience', { claims, said: 'Expected ["http://localhost:3000/x"]' })?.proof).toBe(
      'aud says 127.0.0.1; the service calls itself localhost',
    )
    expect(prove('audience', { claims, said: 'no' })).toBeUndefined()
    expect(prove('audience', { claims: { aud: ['a'] }, said: AUDIENCE })).toBeUndefined()
  })

  test('of a scope of another host', () => {
    const claims = { scopes: ['plain', 'https://api.va.gov/v0/x'] }
    expect(prove('scope', { claims })).toEqual({
      proof: 'the scope https://api.va.gov/v0/x is of another host than https://staging-api.va.gov',
      fix: 'tokentool.yaml:3:3 scopes: https://staging-api.va.gov/…',
    })
    expect(
      prove('scope', { claims: { scopes: ['https://staging-api.va.gov/x', 'y'] } }),
    ).toBeUndefined()
    expect(prove('scope', { claims: {} })).toBeUndefined()
  })

  test('of a key that is named for another environment', () => {
    const found = prove('key', {
      more: '    key_path: ./keys/staging.pem\n',
      wish: { environment: 'production' },
    })
    expect(found).toEqual({
      proof:
        'the key ./keys/staging.pem is named for staging, and this call was made for production',
      fix: 'tokentool.yaml:13:15 key_path: the key registered for production',
    })
    expect(prove('key', { more: '    key_path: ./keys/staging.pem\n' })).toBeUndefined()
  })

  test('of a key that is not the certificate’s', () => {
    const more = '    key_path: ./keys/staging.pem\n    certificate_path: ./good.crt\n'
    expect(prove('key', { more })?.proof).toBe(
      'the private key does not belong to the certificate in certificate_path',
    )
    expect(prove('key', { more: more.replace('keys/staging.pem', 'good.key') })).toBeUndefined()
  })

  test('and what cannot be looked at proves nothing', () => {
    expect(
      prove('key', { more: '    key_path: ./none.pem\n    certificate_path: ./good.crt\n' }),
    ).toBeUndefined()
    const unset = '    audience: ${env:NONE}\n    base_url: ${env:NONE}\n'
    expect(prove('scope', { more: unset, claims: { scopes: ['https://x/'] } })).toBeUndefined()
    expect(
      findEvidence(undefined, { values: values(), claims: undefined, skew: undefined, said: '' }),
    ).toEqual([])
  })
})
