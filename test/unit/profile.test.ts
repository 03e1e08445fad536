// What a profile extends, lays over its provider, and where each of its values comes from.

import { describe, expect, test } from 'vitest'
import { folderOf, originOf, placeOf, writtenValue } from '../../src/core/profile/profile.ts'
import { mintedOf } from '../../src/core/provider.ts'
import { catalogOf, makeTools, parse, planOne, refusal, tell, valuesOf } from '../support/tools.ts'

const BASE = `
profiles:
  base:
    provider: va-sis
    environment: staging
    issuer: https://base.example
    scopes: [one, two]
    user_attributes:
      icn: "1"
      type: user
    call:
      headers:
        X-Base: a
        Accept: null
`

describe('extends', () => {
  test('starts from the fields of another profile', () => {
    const profile = planOne(
      `${BASE}
  child:
    extends: base
    issuer: https://child.example
    user_attributes:
      icn: "2"
      extra: x
    call:
      headers:
        X-Child: b
`,
      { profile: 'child' },
    )
    expect(profile.name).toBe('child')
    expect(writtenValue(profile, 'issuer')).toBe('https://child.example')
    expect(writtenValue(profile, 'scopes')).toEqual(['one', 'two'])
    expect(writtenValue(profile, 'user_attributes')).toEqual({ icn: '2', type: 'user', extra: 'x' })
    // null removes a header of the provider, also on its way through another profile
    expect(profile.provider.call?.headers).toEqual({ 'X-Base': 'a', 'X-Child': 'b' })
    expect(profile.provider.call?.params).toHaveProperty('assertion')
  })

  test('hands on everything but the description', () => {
    const yaml = `
profiles:
  a: { description: the first, provider: jwt-bearer, subject: x }
  b: { extends: a }
  c: { extends: b, description: the third }
`
    const described = ['a', 'b', 'c'].map((profile) =>
      writtenValue(planOne(yaml, { profile }), 'description'),
    )
    expect(described).toEqual(['the first', undefined, 'the third'])
    expect(writtenValue(planOne(yaml, { profile: 'c' }), 'subject')).toBe('x')
  })

  test('null removes what it extends, and the default of the provider', () => {
    const yaml = `
profiles:
  a: { provider: va-sis, environment: staging, subject: x, audience: null, user_attributes: { icn: "1" } }
  b: { extends: a, subject: null, user_attributes: null }
  c: { extends: b, user_attributes: { type: y } }
`
    expect(writtenValue(planOne(yaml, { profile: 'a' }), 'audience')).toBeUndefined()
    expect(writtenValue(planOne(yaml, { profile: 'b' }), 'subject')).toBeUndefined()
    expect(writtenValue(planOne(yaml, { profile: 'b' }), 'user_attributes')).toBeUndefined()
    expect(writtenValue(planOne(yaml, { profile: 'c' }), 'user_attributes')).toEqual({ type: 'y' })
  })

  test('a column that was removed stays removed under what is laid there later', () => {
    const yaml = `
profiles:
  a: { provider: va-sis, environment: staging, assertion: { claims: null } }
  b:
    extends: a
    assertion:
      claims:
        iss: me
    environments:
      staging: { call: { params: null } }
  c: { extends: b, assertion: { claims: { sub: you } } }
`
    const [b, c] = ['b', 'c'].map((profile) => planOne(yaml, { profile }).provider)
    expect(mintedOf(b?.assertion)?.claims).toEqual({ iss: 'me' })
    expect(mintedOf(c?.assertion)?.claims).toEqual({ iss: 'me', sub: 'you' })
    expect(mintedOf(b?.assertion)?.algorithms).toEqual(['RS256'])
    expect(b?.call).not.toHaveProperty('params')
    expect(b?.call?.url).toBe('${token_endpoint}')
  })

  test.each([
    ['itself', 'a: { provider: va-sis, extends: a }', 'a → a'],
    ['back', 'a: { extends: b }\n  b: { extends: c }\n  c: { extends: a }', 'a → b → c → a'],
  ])('may not lead to %s', (_, profiles, chain) => {
    const error = refusal(() => planOne(`profiles:\n  ${profiles}\n`, { profile: 'a' }))
    expect(error.code).toBe('profile_cycle')
    expect(error.message).toBe(`extends leads back to itself: ${chain}`)
    expect(error.details.fix).toMatch(/^tokentool\.yaml:2:\d+ name another profile$/)
  })

  test('names a profile that is there', () => {
    const error = refusal(() =>
      planOne('profiles:\n  a: { extends: basse }\n  base: { provider: va-sis }\n', {
        profile: 'a',
      }),
    )
    expect(error.code).toBe('profile_unknown')
    expect(error.details.fix).toBe('tokentool get base')
  })

  test('or a provider, sooner or later', () => {
    const error = refusal(() =>
      planOne('profiles:\n  a:\n    extends: b\n  b: { subject: x }\n', { profile: 'a' }),
    )
    expect(error.code).toBe('field_missing')
    expect(error.details.fix).toBe('tokentool.yaml:2:3 add: provider: va-sis')
  })
})

describe('a file of the user and one of the project', () => {
  const user = parse(
    `
providers:
  mine: { call: { url: "https://user.example/token" }, fields: { key_path: { type: path, help: x, default: ./provider.pem } } }
profiles:
  shared: { provider: mine, subject: of the user }
  child: { extends: shared }
  chain: { provider: va-map-sts, via: shared, environment: staging }
  own: { provider: mine, key_path: ./user.pem, user_attributes: { a: "\${file:./a}", b: user } }
`,
    '/home/me/.config/tokentool/tokentool.yaml',
    'user',
  )
  const project = parse(
    `
providers:
  mine: { call: { url: "https://project.example/token" } }
  theirs: { call: { url: "https://theirs.example/token" } }
profiles:
  shared: { provider: mine, subject: of the project }
  deep:
    extends: own
    user_attributes:
      b: "\${file:./b}"
  foreign: { provider: theirs }
`,
    '/p/tokentool.yaml',
    'project',
  )
  const both = catalogOf(project, user)

  test('the name in the project wins', () => {
    const profile = planOne(both, { profile: 'shared' })
    expect(writtenValue(profile, 'subject')).toBe('of the project')
    expect(profile.provider.call?.url).toBe('https://project.example/token')
  })

  test('but what the user names is the user’s', () => {
    expect(writtenValue(planOne(both, { profile: 'child' }), 'subject')).toBe('of the user')
    expect(planOne(both, { profile: 'child' }).provider.call?.url).toBe(
      'https://user.example/token',
    )
    expect(planOne(both, { profile: 'own' }).provider.call?.url).toBe('https://user.example/token')
    // whoever extends it from the project as well
    expect(planOne(both, { profile: 'deep' }).provider.call?.url).toBe('https://user.example/token')
    const evil = parse(
      'profiles:\n  a: { extends: foreign }\n  b: { provider: theirs }\n',
      '/u.yaml',
      'user',
    )
    for (const profile of ['a', 'b']) {
      expect(refusal(() => planOne(catalogOf(project, evil), { profile })).code).toBe(
        'profile_unknown',
      )
    }
  })

  test('paths and places are those of the file that says them', () => {
    const profile = planOne(both, { profile: 'deep' })
    expect(folderOf(profile, ['key_path'])).toBe('/home/me/.config/tokentool')
    expect(folderOf(profile, ['user_attributes', 'b'])).toBe('/p')
    const files = { '/home/me/.config/tokentool/a': 'from user\n', '/p/b': 'from project' }
    const attributes = valuesOf(profile, makeTools({ files })).field('user_attributes')
    expect(attributes).toMatchObject({ a: { isNumber: false } })
    const shown = Object.values(attributes as Record<string, { reveal(): string }>)
    expect(shown.map((value) => value.reveal())).toEqual(['from user', 'from project'])
    expect(placeOf(profile, ['user_attributes', 'b'])).toEqual({
      file: 'tokentool.yaml',
      line: 10,
      column: 10,
    })
    expect(placeOf(profile, ['user_attributes', 'a'])).toMatchObject({
      file: '/home/me/.config/tokentool/tokentool.yaml',
      line: 8,
    })
  })

  test('a default of a provider is relative to the file of the provider', () => {
    const profile = planOne(both, { profile: 'child' })
    expect(valuesOf(profile, makeTools()).path('key_path')).toEqual({
      path: './provider.pem',
      folder: '/home/me/.config/tokentool',
    })
  })
})

describe('every value has its place', () => {
  const yaml = `
default_profile: child
profiles:
  base:
    provider: va-sis
    scopes:
      - one
      - two
    user_attributes: { icn: "1" }
  child:
    extends: base
    user_attributes:
      type: x
    environments:
      staging:
        issuer: https://staging.example
        user_attributes:
          icn: "2"
      production: {}
`
  const profile = planOne(yaml, {
    environment: 'staging',
    set: ['user_attributes.flag=y', 'scopes[1]=three'],
  })

  test.each([
    [['issuer'], '16:17'],
    [['user_attributes', 'icn'], '18:16'],
    [['user_attributes', 'type'], '13:13'],
    [['scopes', 1], '10:3'],
    [['subject'], '10:3'],
  ])('%j stands at %s', (path, place) => {
    const { line, column } = placeOf(profile, path) ?? {}
    expect(`${line}:${column}`).toBe(place)
  })

  test('and its origin', () => {
    expect(originOf(profile, ['issuer'])).toMatchObject({
      kind: 'file',
      path: ['profiles', 'child', 'environments', 'staging', 'issuer'],
    })
    expect(originOf(profile, ['user_attributes', 'flag'])).toEqual({
      kind: 'flag',
      flag: '-s user_attributes.flag',
    })
    expect(originOf(profile, ['base_url'])).toEqual({
      kind: 'provider',
      provider: 'va-sis',
      environment: 'staging',
    })
    expect(originOf(profile, ['audience'])).toEqual({ kind: 'provider', provider: 'va-sis' })
    expect(writtenValue(profile, 'scopes')).toEqual(['one', 'three'])
    const before = planOne(yaml, { environment: 'staging' })
    expect(placeOf(before, ['scopes', 1])).toMatchObject({ line: 8, column: 9 })
  })
})

describe('columns', () => {
  test('of the grant and the client authentication lie below those of the profile', () => {
    const profile = planOne(`
profiles:
  a:
    provider: light-oauth2
    grant: authorization_code
    client_auth: post
    call:
      params:
        code_verifier: null
        extra: x
    grants: { authorization_code: { call: { params: { extra: overlay, more: overlay } } } }
`)
    expect(profile.provider.call?.params).toEqual({
      grant_type: '${grant}',
      code: '${code}',
      redirect_uri: '${redirect_uri?}',
      client_id: '${client_id}',
      client_secret: '${client_secret}',
      extra: 'x',
      more: 'overlay',
    })
    expect(profile.provider.retry?.safe).toBe(false)
  })

  test.each([
    ['grant', 'light-oauth2', 'it knows client_credentials, authorization_code, password'],
    ['client_auth', 'light-oauth2', 'it knows basic, basic_raw, post'],
    ['grant', 'va-sis', 'it has no choice of grant'],
  ])('there is no %s of every name for %s', (choice, provider, means) => {
    const error = refusal(() =>
      planOne(
        `profiles:\n  a: { provider: ${provider}, environment: staging, ${choice}: nothing }\n`,
      ),
    )
    expect(error.code).toBe('field_invalid')
    expect(error.message).toContain(`knows no ${choice} "nothing"`)
    expect(tell(error)).toContain(means)
  })

  test('a built-in provider cannot be replaced by one of its name', () => {
    const profile = planOne(`
providers: { va-sis: { call: { url: "https://evil.example" } } }
profiles: { a: { provider: va-sis, environment: staging } }
`)
    expect(profile.provider.call?.url).toBe('${token_endpoint}')
  })
})
