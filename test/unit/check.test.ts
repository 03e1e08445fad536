// A whole file against what its providers know: every mistake at once, each with its place.

import { describe, expect, test } from 'vitest'
import { checkCatalog, checkDocument } from '../../src/core/file/check.ts'
import type { ProfileDocument } from '../../src/core/file/document.ts'
import { showMistake } from '../../src/core/file/mistake.ts'
import { catalogOf, parse, refusal } from '../support/tools.ts'

function mistakes(yaml: string, ...others: readonly ProfileDocument[]): string[] {
  const document = parse(yaml)
  return checkDocument(catalogOf(document, ...others), document)
    .map(showMistake)
    .map((line) => line.replace('tokentool.yaml:', ''))
}

const profile = (fields: string, provider = 'va-sis'): string =>
  `profiles:\n  va:\n    provider: ${provider}\n${fields.replace(/^/gm, '    ')}\n`

describe('nothing is wrong with', () => {
  test.each([
    ['profiles: {}'],
    ['$schema: https://x.example/schema.json\nprofiles: {}'],
    [profile('issuer: x\nscopes: [a]\nlifetime: 5m\nbackdate: 10')],
    [profile('subject: "${env:A:-{\\"a\\":1}}"')],
    [profile('subject: ${service_account_id}-${environment}')],
    [
      profile(
        'environments:\n  staging: { issuer: a, call: { headers: { X: "1" } } }\n  production: null',
      ),
    ],
    [
      profile(
        'audience: null\nassertion: { claims: { nbf: "${now}", jti: null }, header: { typ: null } }',
      ),
    ],
    [profile('fields: { mine: { type: text, help: x } }\nmine: x\nsubject: ${mine}')],
    [
      profile(
        'grants: { own: { fields: { deep: { type: text, help: x } } } }\ngrant: own\ndeep: x',
      ),
    ],
    [`${profile('fields: { mine: { type: number, help: x } }')}  b: { extends: va, mine: 5 }\n`],
    [profile('via: { provider: va-sis, issuer: x }\napplication: y', 'va-map-sts')],
    [profile('grant: password\nusername: x\npassword: ${env:P}', 'light-oauth2')],
    [
      profile(
        'explain:\n  - { text: "^a{1,2}$", means: "${environment} of ${profile}", why: ["${at.issuer}"], fix: "${at.call.params.x} ${provider}" }',
      ),
    ],
    [`${profile('extends: base')}  base: { provider: va-sis }\n`],
    [profile('tls: { ca: ./ca.pem, insecure: true, passphrase: "${env:P}" }')],
    [
      'providers:\n  own: { call: { url: "${base_url}/t/${tenant}", params: { g: "${grant}" } }, fields: { tenant: { type: text, help: x } }, grants: { a: { explain: [{ means: "${at.tenant}" }] } } }\nprofiles:\n  a: { provider: own, tenant: x, grant: a }',
    ],
  ])('%s', (yaml) => {
    expect(mistakes(yaml)).toEqual([])
    expect(() => checkCatalog(catalogOf(yaml))).not.toThrow()
  })
})

describe('a mistake has its place and the nearest right name', () => {
  test.each<[string, string[]]>([
    [profile('scopess: a'), ['4:5 profiles.va.scopess: no such field; did you mean scopes?']],
    [profile('', 'va-sas'), ['3:15 profiles.va.provider: no such provider; did you mean va-sis?']],
    [
      profile('', 'zzz'),
      [
        '3:15 profiles.va.provider: no such provider; there are va-sis, va-map-sts, federated-directory, light-oauth2, firstvision-query, firstvision-json, jwt-bearer, client-credentials',
      ],
    ],
    [
      'profiles:\n  va: { issuer: x }',
      ['2:3 profiles.va: names no provider; add provider: va-sis, or another'],
    ],
    [
      profile('fields: { mine: { type: number, help: x } }\nmine: x'),
      ['5:11 profiles.va.mine: wants a number, but this is text'],
    ],
    ['profiles:\n  va: text', ['2:7 profiles.va: wants fields: provider: … and what it needs']],
    [
      'profiles:\n  "a b": { provider: va-sis }',
      ['2:3 profiles["a b"]: a profile is named with letters, digits, _ - and .'],
    ],
    ['profile: {}', ['1:1 profile: no such field; did you mean profiles?']],
    [
      'default_profile: vaa\nprofiles:\n  va: { provider: va-sis }',
      ['1:18 default_profile: no such profile; did you mean va?'],
    ],
    [
      `${profile('extends: bse')}  base: { provider: va-sis }\n`,
      ['4:14 profiles.va.extends: no such profile; did you mean base?'],
    ],
    [profile('via: nobody', 'va-map-sts'), ['4:10 profiles.va.via: no such profile']],
    [
      profile('via: { provider: va-sis, issuerr: x }', 'va-map-sts'),
      ['4:30 profiles.va.via.issuerr: no such field; did you mean issuer?'],
    ],
    [
      profile('lifetime: soon'),
      ['4:15 profiles.va.lifetime: wants a time like 30s, 5m, 2h, 1d, or seconds'],
    ],
    [
      profile('service_account_id: 123'),
      ['4:25 profiles.va.service_account_id: wants text, but this is a number; put it in quotes'],
    ],
    [
      profile('environments:\n  staging:\n    isuer: x'),
      ['6:9 profiles.va.environments.staging.isuer: no such field; did you mean issuer?'],
    ],
    [
      profile('environments:\n  staging: { environment: x }'),
      ['5:18 profiles.va.environments.staging.environment: no such field'],
    ],
    [
      profile('tls: { insecur: true }'),
      ['4:12 profiles.va.tls.insecur: no such field; did you mean insecure?'],
    ],
    [
      profile('grant: nothing', 'light-oauth2'),
      [
        '4:12 profiles.va.grant: is not one of client_credentials, authorization_code, password, refresh_token, client_authenticated_user, bootstrap_token',
      ],
    ],
    [
      profile('call: { in: jason }'),
      [
        '4:17 profiles.va.call.in: is not one of form, json, query, multipart, raw; did you mean json?',
      ],
    ],
    // templates
    [
      profile('subject: ${isuer}'),
      ['4:14 profiles.va.subject: nobody knows ${isuer}; did you mean ${issuer}?'],
    ],
    [
      profile('scopes:\n  - a\n  - ${bas_url}/x'),
      ['6:9 profiles.va.scopes[1]: nobody knows ${bas_url}; did you mean ${base_url}?'],
    ],
    [
      profile('subject: "${"'),
      ['4:14 profiles.va.subject: ${ is no placeholder: the closing } is missing'],
    ],
    [
      profile('subject: ${issuer|uper}'),
      [
        '4:14 profiles.va.subject: ${issuer|uper} is no placeholder: there is no filter |uper; there are space comma list text ms upper base64 urlencode dashes each',
      ],
    ],
    [
      profile('assertion: { claims: { "${isuer}": 1 } }'),
      [
        '4:28 profiles.va.assertion.claims["${isuer}"]: nobody knows ${isuer}; did you mean ${issuer}?',
      ],
    ],
    [
      profile('explain: [{ means: "${isuer}" }]'),
      ['4:24 profiles.va.explain[0].means: nobody knows ${isuer}; did you mean ${issuer}?'],
    ],
    // names are read before there are values
    [
      profile('environment: ${env:E}'),
      [
        '4:18 profiles.va.environment: a name stands here, not a placeholder: it is read before there are values',
      ],
    ],
    [
      profile('grant: ${env:G}', 'light-oauth2'),
      [
        '4:12 profiles.va.grant: a name stands here, not a placeholder: it is read before there are values',
      ],
    ],
    [
      profile('extends: ${env:E}'),
      [
        '4:14 profiles.va.extends: a name stands here, not a placeholder: it is read before there are values',
      ],
    ],
    [
      profile('', '${env:P}'),
      [
        '3:15 profiles.va.provider: a name stands here, not a placeholder: it is read before there are values',
      ],
    ],
    // patterns
    [
      profile('explain: [{ text: "(", means: x }]'),
      ['4:23 profiles.va.explain[0].text: is no regular expression'],
    ],
    [
      profile('answer: { error_pattern: "[" }'),
      ['4:30 profiles.va.answer.error_pattern: is no regular expression'],
    ],
  ])('%s', (yaml, expected) => {
    expect(mistakes(yaml)).toEqual(expected)
  })
})

describe('a provider', () => {
  const own = (columns: string): string => `providers:\n  own: { ${columns} }\n`

  test.each<[string, string[]]>([
    [own('description: x'), ['2:3 providers.own: a provider has a call, an assertion, or both']],
    [own('call: { in: json }'), ['2:10 providers.own.call: a call has a url']],
    [
      own('call: { url: "${bas_url}" }'),
      ['2:23 providers.own.call.url: nobody knows ${bas_url}; did you mean ${base_url}?'],
    ],
    [own('call: { url: "${tenant}" }'), ['2:23 providers.own.call.url: nobody knows ${tenant}']],
    [
      own('cal: { url: "x" }'),
      [
        '2:3 providers.own: a provider has a call, an assertion, or both',
        '2:10 providers.own.cal: no such field; did you mean call?',
      ],
    ],
    [
      own('call: { url: x }, retry: { renew: { status: 403, text: "(" } }'),
      ['2:65 providers.own.retry.renew.text: is no regular expression'],
    ],
    [
      'providers:\n  va-sis: { call: { url: x } }',
      ['2:3 providers.va-sis: this is the name of a built-in provider; choose another'],
    ],
    ['providers:\n  own: text', ['2:8 providers.own: wants a map of names, but this is text']],
  ])('%s', (yaml, expected) => {
    expect(mistakes(yaml).sort()).toEqual(expected.sort())
  })
})

test('all mistakes are told at once, of all files', () => {
  const user = parse(
    'profiles:\n  own: { provider: va-sas }\n',
    '/home/me/.config/tokentool/tokentool.yaml',
    'user',
  )
  const project = parse(
    profile('scopess: a\nlifetime: soon\nsubject: ${x'),
    '/p/tokentool.yaml',
    'project',
  )
  const error = refusal(() => checkCatalog(catalogOf(project, user)))
  expect(error.code).toBe('file_invalid')
  expect(error.details.means).toHaveLength(4)
  expect(error.message).toContain('4 mistakes')
})

test('a name is looked for where the file may look', () => {
  const user = parse(
    'providers:\n  theirs: { call: { url: "https://x" } }\nprofiles:\n  shared: { provider: theirs }\n',
    '/u.yaml',
    'user',
  )
  const project = parse(
    'providers:\n  mine: { call: { url: "https://x" } }\nprofiles:\n  local: { provider: mine }\n',
    '/p/tokentool.yaml',
    'project',
  )
  expect(mistakes('profiles:\n  a: { extends: shared }\n', user)).toEqual([])
  const reaching = parse(
    'profiles:\n  a: { extends: local }\n  b: { provider: mine }\n',
    '/u.yaml',
    'user',
  )
  expect(checkDocument(catalogOf(project, reaching), reaching)).toHaveLength(2)
})

test('an extended profile is checked against the provider of the file it stands in', () => {
  const user = parse(
    'providers:\n  own: { call: { url: "https://u" }, fields: { mine: { type: text, help: x } } }\nprofiles:\n  base: { provider: own }\n',
    '/u.yaml',
    'user',
  )
  const project =
    'providers:\n  own: { call: { url: "https://p" } }\nprofiles:\n  a: { extends: base, mine: x }\n'
  expect(mistakes(project, user)).toEqual([])
})
