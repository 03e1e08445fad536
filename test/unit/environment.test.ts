// The rules of environments, sentence by sentence.

import { describe, expect, test } from 'vitest'
import { makeTools, plan, planOne, refusal, tell, valuesOf, type Wish } from '../support/tools.ts'

const YAML = `
providers:
  plain: { call: { url: "https://plain.example/token" } }
  named: { call: { url: "https://\${environment}.example/token" } }
  hosts:
    environments: { live: { base_url: "https://live.example" }, test: { base_url: "https://test.example" } }
    call: { url: "\${base_url}/token" }
profiles:
  listed:
    provider: va-sis
    environments:
      staging: { issuer: s }
      production: { issuer: p }
  chosen: { extends: listed, environment: staging }
  single: { provider: va-sis, environments: { staging: { issuer: s } } }
  unlisted: { provider: va-sis, issuer: u }
  placed: { provider: va-sis, issuer: u, base_url: "http://localhost:3000" }
  emptied: { extends: listed, environments: { production: null } }
  directory: { provider: federated-directory }
  bare: { provider: plain }
  template: { provider: named }
  after: { provider: va-map-sts, via: chosen }
  only: { provider: va-map-sts, via: chosen, environments: { production: {} } }
  fixed: { provider: va-map-sts, via: chosen, environment: production }
  twofold: { provider: va-map-sts, via: listed, environments: { staging: {}, production: {} } }
  far: { provider: federated-directory, via: chosen }
  other: { provider: hosts, via: chosen }
  loose: { provider: plain, via: chosen }
`

const environments = (profile: string, wish: Wish = {}): (string | undefined)[] =>
  plan(YAML, { profile, ...wish }).map(({ environment }) => environment)

describe('an environment is', () => {
  test.each<[string, string, string | undefined, (string | undefined)[]]>([
    ['what the profile says', 'chosen', undefined, ['staging']],
    ['what -e says, before that', 'chosen', 'production', ['production']],
    ['the only one that the profile lists', 'single', undefined, ['staging']],
    ['the only one that is left of those', 'emptied', undefined, ['staging']],
    ['the only one that the service has', 'directory', undefined, ['production']],
    ['any that the service has', 'unlisted', 'dev', ['dev']],
    ['none where there is none', 'bare', undefined, [undefined]],
    ['none where the profile says where everything is', 'placed', undefined, [undefined]],
    ['any where only a template asks for it', 'template', 'blue', ['blue']],
    ['for the whole chain', 'after', 'production', ['production', 'production']],
    ['handed on to who says nothing about it', 'after', undefined, ['staging', 'staging']],
    ['not handed on to who says another', 'fixed', undefined, ['staging', 'production']],
    ['picked for the whole chain by -e', 'twofold', 'staging', ['staging', 'staging']],
    ['not one that only another service has', 'far', undefined, ['staging', 'production']],
    ['handed on through who has none', 'loose', undefined, ['staging', 'staging']],
  ])('%s (%s)', (_, profile, environment, expected) => {
    expect(environments(profile, environment === undefined ? {} : { environment })).toEqual(
      expected,
    )
  })
})

describe('an environment is refused', () => {
  test.each<[string, string, string | undefined, string, string]>([
    [
      'that the profile does not list',
      'listed',
      'dev',
      'environment_unknown',
      'the profile lists staging, production; accounts are registered per environment',
    ],
    [
      'that the service does not have',
      'unlisted',
      'prod',
      'environment_unknown',
      'va-sis knows production, staging, dev, localhost',
    ],
    [
      'that was removed',
      'emptied',
      'production',
      'environment_unknown',
      'the profile lists staging',
    ],
    [
      'that another hop of the chain does not have',
      'far',
      'staging',
      'environment_unknown',
      'federated-directory knows production',
    ],
    [
      'that is handed on to a profile which does not list it',
      'only',
      undefined,
      'environment_unknown',
      'the profile lists production',
    ],
    ['that changes nothing', 'bare', 'staging', 'environment_unknown', '-e would change nothing'],
    [
      'by silence, where there are several',
      'unlisted',
      undefined,
      'environment_missing',
      'production is never taken by silence',
    ],
    [
      'by silence, where the profile lists several',
      'listed',
      undefined,
      'environment_missing',
      'there are staging, production',
    ],
    [
      'by silence, of a service with names of its own',
      'other',
      undefined,
      'environment_missing',
      'there are live, test',
    ],
  ])('%s (%s)', (_, profile, environment, code, means) => {
    const error = refusal(() =>
      environments(profile, environment === undefined ? {} : { environment }),
    )
    expect(error.code).toBe(code)
    expect(error.exit).toBe(2)
    expect(tell(error)).toContain(means)
  })

  test('with the nearest name', () => {
    expect(tell(refusal(() => environments('listed', { environment: 'stagin' })))).toContain(
      'tokentool get listed -e staging',
    )
    expect(tell(refusal(() => environments('listed')))).toContain('tokentool get listed -e staging')
  })
})

test('-s environment= is the word of the profile', () => {
  expect(environments('listed', { set: ['environment=production'] })).toEqual(['production'])
  expect(environments('after', { set: ['chosen:environment=production'] })).toEqual([
    'production',
    'production',
  ])
  expect(refusal(() => environments('listed', { set: ['environment=nowhere'] })).code).toBe(
    'environment_unknown',
  )
  expect(
    environments('chosen', { set: ['environment=production'], environment: 'staging' }),
  ).toEqual(['staging'])
})

test('its fields are laid over the profile', () => {
  const issuer = (environment: string): unknown =>
    valuesOf(planOne(YAML, { profile: 'listed', environment }), makeTools()).field('issuer')
  expect(issuer('staging')).toBe('s')
  expect(issuer('production')).toBe('p')
})

describe('a host is handed on', () => {
  const LIGHT = `
profiles:
  va: { provider: va-sis, environment: staging, base_url: "http://localhost:9000" }
  map: { provider: va-map-sts, via: va }
  own: { provider: va-map-sts, via: va, base_url: "http://localhost:1" }
  real: { provider: va-map-sts, via: { provider: va-sis, environment: staging } }
  light: { provider: light-oauth2, via: va, client_id: x, client_secret: y }
  lights: { provider: light-oauth2, via: { provider: light-oauth2, base_url: "https://l.example" } }
  fd: { provider: federated-directory, via: va }
  fv: { provider: firstvision-json, via: va }
  back: { provider: va-map-sts, via: fd, environment: staging }
`
  test.each([
    ['map', 'http://localhost:9000', 'to a service that shares it'],
    ['own', 'http://localhost:1', 'unless the profile says its own'],
    ['real', 'https://staging-api.va.gov', 'that of the environment too'],
    ['light', 'https://localhost:6882', 'but not to one with a host of its own'],
    ['lights', 'https://l.example', 'though to another of the same'],
    ['fd', 'https://api.federated.directory', 'but not to one with other environments'],
    ['fv', 'http://localhost:9000', 'to one that has none'],
    ['back', 'https://staging-api.va.gov', 'and never back'],
  ])('%s: %s, %s', (profile, url) => {
    const last = planOne(LIGHT, { profile })
    expect(valuesOf(last, makeTools()).text('base_url')).toBe(url)
  })

  test('and nothing else is', () => {
    const [, map] = plan(
      `
profiles:
  va: { provider: va-sis, environment: staging, proxy: "http://p:1", allow_http: true, timeout: 5, tls: { insecure: true }, scopes: [a] }
  map: { provider: va-map-sts, via: va }
`,
      { profile: 'map' },
    )
    expect(map?.layers.value).toEqual({ description: null, provider: 'va-map-sts', via: 'va' })
  })
})
