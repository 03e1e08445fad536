// From what was asked for to the profiles that run, and where each override goes.

import { describe, expect, test } from 'vitest'
import { catalogOf, parse, plan, planOne, refusal, tell, type Wish } from '../support/tools.ts'

const YAML = `
default_profile: va
providers:
  bank:
    fields: { pin: { type: text, secret: true, help: the pin of the card } }
    call: { url: "https://bank.example/token", params: { pin: "\${pin?}" } }
    grants:
      strong: { fields: { otp: { type: text, secret: true, help: the one-time password } } }
profiles:
  va: { provider: va-sis, environment: staging }
  chatbot: { provider: va-map-sts, via: va, application: chatbot }
  light: { provider: light-oauth2, client_id: x }
  card: { provider: bank, grant: strong }
  jwt: { provider: jwt-bearer }
  nested: { provider: va-map-sts, via: { provider: va-sis, environment: staging, issuer: inline } }
  deep: { provider: va-map-sts, via: chatbot }
`

const names = (wish: Wish): string[] => plan(YAML, wish).map(({ name }) => name)

describe('the chain', () => {
  test.each<[Wish, string[]]>([
    [{}, ['va']],
    [{ profile: 'light' }, ['light']],
    [{ profile: 'chatbot' }, ['va', 'chatbot']],
    [{ profile: 'deep' }, ['va', 'chatbot', 'deep']],
    [{ profile: 'nested' }, ['nested.via', 'nested']],
    [{ profile: 'va', onward: ['va-map-sts'] }, ['va', 'va-map-sts']],
    [{ profile: 'va', onward: ['chatbot'] }, ['va', 'chatbot']],
    // --then wins over the via of the one it goes on to
    [{ profile: 'light', onward: ['chatbot'], environment: 'dev' }, ['light', 'chatbot']],
    [{ profile: 'chatbot', onward: ['light', 'jwt'] }, ['va', 'chatbot', 'light', 'jwt']],
    [{ provider: 'va-sis', environment: 'dev' }, ['va-sis']],
    [{ provider: 'bank', onward: ['light'] }, ['bank', 'light']],
  ])('%j is %j', (wish, expected) => {
    expect(names(wish)).toEqual(expected)
  })

  test('a profile wins over a provider of its name', () => {
    const yaml =
      'profiles:\n  a: { provider: va-sis, environment: dev }\n  va-map-sts: { provider: jwt-bearer }\n'
    const [, then] = plan(yaml, { profile: 'a', onward: ['va-map-sts'] })
    expect(then?.providerName).toBe('jwt-bearer')
  })

  test('an inline via has its own values, each with its place', () => {
    const catalog = catalogOf(
      parse(
        `
profiles:
  base:
    provider: va-map-sts
    via:
      provider: va-sis
      environment: staging
      issuer: base
  child:
    extends: base
    via:
      subject: child
`,
        '/p/tokentool.yaml',
      ),
    )
    const [via] = plan(catalog, { profile: 'child' })
    expect(via?.layers.value).toMatchObject({ issuer: 'base', subject: 'child' })
    expect(via?.layers.originOf(['issuer'])).toMatchObject({
      path: ['profiles', 'base', 'via', 'issuer'],
    })
    expect(via?.layers.originOf(['subject'])).toMatchObject({
      path: ['profiles', 'child', 'via', 'subject'],
    })
  })

  test.each([
    ['a: { provider: va-map-sts, via: a }', 'a', 'a → a'],
    [
      'a: { provider: va-map-sts, via: b }\n  b: { provider: va-map-sts, via: a }',
      'a',
      'a → b → a',
    ],
    ['a: { provider: va-map-sts, via: { provider: va-map-sts, via: a } }', 'a', 'a → a.via → a'],
    ['a: { provider: va-map-sts, via: { extends: a } }', 'a', 'a → a.via → a.via'],
  ])('%s leads back to itself', (profiles, profile, chain) => {
    const error = refusal(() => plan(`profiles:\n  ${profiles}\n`, { profile }))
    expect(error.code).toBe('profile_cycle')
    expect(error.message.replaceAll('.via.via', '.via')).toBe(`via leads back to itself: ${chain}`)
  })

  test.each<[Wish, string, string]>([
    [{ profile: 'nobody' }, 'profile_unknown', 'there is no profile "nobody"'],
    [{ profile: 'lihgt' }, 'profile_unknown', 'tokentool get light'],
    [{ provider: 'jwt-baerer' }, 'profile_unknown', 'did you mean jwt-bearer?'],
    [{ profile: 'va', provider: 'jwt-bearer' }, 'usage', 'tokentool get va --then jwt-bearer'],
    [{ onward: ['lihgt'] }, 'profile_unknown', 'did you mean light?'],
    [{ onward: ['jwt-baerer'] }, 'profile_unknown', 'did you mean jwt-bearer?'],
    [{ onward: ['zzzz'] }, 'profile_unknown', 'there is no provider "zzzz"'],
  ])('%j is refused', (wish, code, text) => {
    const error = refusal(() => plan(YAML, wish))
    expect(error.code).toBe(code)
    expect(tell(error)).toContain(text)
  })

  test.each([
    ['profiles:\n  a: { provider: jwt-bearer }\n', ['a']],
    [
      'default_profile: b\nprofiles:\n  a: { provider: jwt-bearer }\n  b: { provider: jwt-bearer }\n',
      ['b'],
    ],
  ])('without a name: %s', (yaml, expected) => {
    expect(plan(yaml).map(({ name }) => name)).toEqual(expected)
  })

  test.each([
    [
      'profiles:\n  a: { provider: jwt-bearer }\n  b: { provider: jwt-bearer }\n',
      'there are a, b; none is the default_profile',
    ],
    ['profiles: {}\n', 'tokentool.yaml holds no profile'],
  ])('without a name it must be clear: %s', (yaml, means) => {
    const error = refusal(() => plan(yaml))
    expect(error.code).toBe('profile_missing')
    expect(tell(error)).toContain(means)
  })
})

/** Where an override went: profile, and what stands there now. */
function went(set: string, wish: Wish = { profile: 'chatbot' }): [string, unknown] {
  const plain = plan(YAML, wish).map(({ layers }) => JSON.stringify(layers.value))
  const changed = plan(YAML, { ...wish, set: [set] })
  const found = changed.find(({ layers }, index) => JSON.stringify(layers.value) !== plain[index])
  const path = /^(?:[\w-]+:)?([\w.]+)/.exec(set)?.[1]?.split('.') ?? []
  const value = path.reduce<unknown>(
    (at, name) => (at as Record<string, unknown>)?.[name],
    found?.layers.value,
  )
  return [found?.name ?? 'nowhere', value]
}

describe('an override goes to the last profile that knows the field', () => {
  test.each<[string, string, unknown]>([
    ['application=x', 'chatbot', 'x'],
    ['subject=me', 'va', 'me'],
    ['scopes=a', 'va', 'a'],
    ['key_path=k.pem', 'va', 'k.pem'],
    ['lifetime:=5', 'va', 5],
    ['timeout=5s', 'chatbot', '5s'],
    ['base_url=http://localhost', 'chatbot', 'http://localhost'],
    ['tls.ca=x', 'chatbot', 'x'],
    ['assertion.claims.nbf=1', 'va', '1'],
    ['call.in=query', 'chatbot', 'query'],
    ['limits.lifetime:=600', 'chatbot', 600],
    ['use.header=X', 'chatbot', 'X'],
    // to the one that is named
    ['va:timeout=5s', 'va', '5s'],
    ['va:base_url=http://localhost', 'va', 'http://localhost'],
    ['chatbot:timeout=5s', 'chatbot', '5s'],
    ['va:answer.token=a.b', 'va', 'a.b'],
    // null and placeholders are no secrets
    ['user_attributes.icn=1012667122V019349', 'va', '1012667122V019349'],
    ['key=${env:KEY}', 'va', '${env:KEY}'],
    ['passphrase:=null', 'va', null],
    ['proxy=http://proxy.example:3128', 'chatbot', 'http://proxy.example:3128'],
  ])('%s', (set, profile, value) => {
    expect(went(set)).toEqual([profile, value])
  })

  test.each<[string, Wish, unknown]>([
    ['code=abc', { profile: 'light' }, 'abc'],
    ['grant=password', { profile: 'light' }, 'password'],
    ['client_auth=post', { profile: 'light' }, 'post'],
    ['client_secret=${env:S}', { profile: 'light' }, '${env:S}'],
    ['authorization_server=https://x.example', { profile: 'jwt' }, 'https://x.example'],
    ['call.params.code=abc', { profile: 'light' }, 'abc'],
    ['call.params.requested_token_use=on_behalf_of', { profile: 'jwt' }, 'on_behalf_of'],
    ['call.headers.Authorization=Bearer ${assertion}', { profile: 'jwt' }, 'Bearer ${assertion}'],
  ])('%s of %j', (set, wish, value) => {
    expect(went(set, wish)[1]).toEqual(value)
  })

  test('so do scopes, flags for every call to all of them', () => {
    const [va, chatbot] = plan(YAML, {
      profile: 'chatbot',
      scopes: ['a b', ' c\td '],
      transport: [{ path: ['timeout'], value: 7, flag: '--timeout' }],
    })
    expect(va?.layers.value.scopes).toEqual(['a', 'b', 'c', 'd'])
    expect(chatbot?.layers.value.scopes).toBeUndefined()
    expect([va?.layers.value.timeout, chatbot?.layers.value.timeout]).toEqual([7, 7])
    expect(va?.layers.originOf(['scopes'])).toEqual({ kind: 'flag', flag: '--scope' })
  })

  test('the last one wins, and what -s says comes after the flags', () => {
    const profile = planOne(YAML, {
      set: ['subject=a', 'subject=b', 'timeout=9'],
      transport: [{ path: ['timeout'], value: 7, flag: '--timeout' }],
    })
    expect(profile.layers.value).toMatchObject({ subject: 'b', timeout: '9' })
    expect(profile.layers.originOf(['subject'])).toEqual({ kind: 'flag', flag: '-s subject' })
  })
})

describe('an override is refused', () => {
  test.each<[string, Wish, string]>([
    ['scopess=a', { profile: 'chatbot' }, 'did you mean scopes?'],
    ['nonsense=a', { profile: 'chatbot' }, 'va → chatbot knows no nonsense'],
    ['client_secret=@f', { profile: 'va' }, 'nothing in va uses client_secret'],
    ['grant=x', { profile: 'va' }, 'nothing in va uses grant'],
    ['via=light', { profile: 'va' }, '--then NAME'],
    ['provider=x', { profile: 'va' }, '--provider NAME'],
    ['__proto__=x', { profile: 'va' }, 'va knows no __proto__'],
    ['constructor.x=y', { profile: 'va' }, 'va knows no constructor'],
    ['vaa:subject=me', { profile: 'chatbot' }, 'did you mean va? the chain is va → chatbot'],
    ['light:client_id=me', { profile: 'chatbot' }, 'light is no profile of this chain'],
    ['chatbot:subject=me', { profile: 'chatbot' }, 'nothing in chatbot uses subject'],
    ['call.headerss.X=1', { profile: 'va' }, 'no such field; did you mean headers?'],
    ['limits.lifetime=5', { profile: 'va' }, 'wants a number, but this is text'],
    ['answer.error_pattern=(', { profile: 'va' }, 'is no regular expression'],
  ])('%s of %j', (set, wish, text) => {
    const error = refusal(() => plan(YAML, { ...wish, set: [set] }))
    expect(error.code).toBe('usage')
    expect(tell(error)).toContain(text)
  })

  test.each<[string, string]>([
    ['client_secret=CANARY', 'light'],
    ['client_secret:="CANARY"', 'light'],
    ['client_secret=x${env:CANARY:-CANARY}', 'light'],
    ['client_secret=${env:SET:-CANARY}', 'light'],
    ['client_secret:=12345', 'light'],
    ['client_secret=a${CANARY', 'light'],
    // known to one way of authenticating only, or to one grant
    ['credentials=id:CANARY', 'light'],
    ['password=CANARY', 'light'],
    ['refresh_token=CANARY', 'light'],
    ['code_verifier=CANARY', 'light'],
    ['pin=CANARY', 'card'],
    ['otp=CANARY', 'card'],
    ['key=CANARY', 'jwt'],
    ['key:={"kty":"oct","k":"CANARY"}', 'jwt'],
    ['passphrase=CANARY', 'jwt'],
    ['tls.passphrase=CANARY', 'jwt'],
    ['tls:={"passphrase":"CANARY"}', 'jwt'],
    ['proxy=http://me:CANARY@proxy', 'jwt'],
    ['call.params.client_secret=CANARY', 'jwt'],
    ['call:={"params":{"api_key":"CANARY"}}', 'jwt'],
    ['call.params.auth:={"password":"CANARY"}', 'jwt'],
    ['call.headers.Authorization=Basic CANARY', 'jwt'],
    ['call.headers.X-Api-Key=CANARY', 'jwt'],
    ['call.query.access_token=CANARY', 'jwt'],
  ])('%s: arguments are public', (set, profile) => {
    const error = refusal(() => plan(YAML, { profile, set: [set] }))
    expect(error.code).toBe('usage')
    expect(error.message).toContain('is a secret, and arguments can be read by everyone')
    expect([error.details.fix].flat()[0]).toMatch(/^-s [\w.-]+=@FILE$/i)
    expect(tell(error)).not.toContain('CANARY')
  })

  test.each(['client_secret=@f', 'password=@-', 'credentials=@f'])(
    '%s comes from elsewhere',
    (set) => {
      expect(() => plan(YAML, { profile: 'light', set: [set] })).not.toThrow()
    },
  )
})
