import { describe, expect, it } from 'vitest'
import { showPath } from '../../src/core/file/mistake.ts'
import { planChain } from '../../src/core/profile/chain.ts'
import type { Profile } from '../../src/core/profile/profile.ts'
import { isOpen, listRoots, traceSources } from '../../src/core/profile/sources.ts'
import type { Template } from '../../src/core/provider.ts'
import { listLiterals, veilTemplate } from '../../src/core/secret/veil.ts'
import { parseDocument } from '../../src/io/profile/document.ts'
import { PROVIDERS } from '../../src/providers/table.ts'

function readProfile(lines: string, environment?: string): Profile {
  const text = `profiles:\n  one:\n${lines.replace(/^/gm, '    ')}\n`
  const meta = { file: '/f.yaml', shown: 'f.yaml', origin: 'named' } as const
  const documents = [parseDocument(new TextEncoder().encode(text), meta)]
  const [profile] = planChain(
    { documents, builtIns: PROVIDERS },
    {
      profile: 'one',
      provider: undefined,
      onward: [],
      environment,
      overrides: [],
      scopes: [],
      transport: [],
    },
  )
  if (profile === undefined) throw new Error('no profile')
  return profile
}

const PLAIN = readProfile('provider: client-credentials\ntoken_endpoint: https://x.example/t')

describe('veilTemplate', () => {
  it.each<[path: string, written: Template, shown: Template]>([
    ['client_id', 'my-client', 'my-client'],
    ['client_secret', 'hunter2', '«hidden»'],
    ['client_secret', 12345678, '«hidden»'],
    ['client_secret', '${env:SECRET}', '${env:SECRET}'],
    ['client_secret', '${file:./secret}', '${file:./secret}'],
    ['client_secret', '${env:SECRET:-hunter2}', '${env:SECRET:-«hidden»}'],
    ['client_secret', '${env:SECRET:-hunter2|base64}', '${env:SECRET:-«hidden»|base64}'],
    ['client_secret', '${env:SECRET:?ask ops}', '${env:SECRET:?ask ops}'],
    ['client_secret', 'pre-${env:SECRET}', '«hidden»${env:SECRET}'],
    ['client_secret', '${client_id}:${env:SECRET}', '${client_id}:${env:SECRET}'],
    ['client_id', '${env:CLIENT:-me}', '${env:CLIENT:-me}'],
    ['user_attributes.icn', '1012667122V019349', '«hidden»'],
    ['user_attributes.icn', '${env:ICN:-1012667122V019349}', '${env:ICN:-«hidden»}'],
    ['key.d', 'AAAA', '«hidden»'],
    ['tls.passphrase', 'opened', '«hidden»'],
    ['tls.ca', './ca.pem', './ca.pem'],
    ['proxy', 'http://me:pa/ss@proxy.example:8080', 'http://«hidden»@proxy.example:8080'],
    ['proxy', 'http://${env:USER}:${env:PW}@proxy', 'http://${env:USER}:${env:PW}@proxy'],
    ['base_url', 'https://me:pw@x.example/a', 'https://«hidden»@x.example/a'],
    ['base_url', 'https://x.example/a@b', 'https://x.example/a@b'],
    ['call.headers.X-Api-Key', 'hunter2', '«hidden»'],
    ['call.headers.X-Trace', '1', '1'],
    ['call.headers.X-Trace', '${env:T:-hunter2}', '${env:T:-«hidden»}'],
    ['call.headers.Authorization', 'ApiKey ${env:KEY}', 'ApiKey ${env:KEY}'],
    ['call.headers.Authorization', 'ApiKey hunter2', '«hidden»'],
    ['call.params.client_secret', 'hunter2', '«hidden»'],
    ['call.params.token_type', 'opaque', 'opaque'],
    ['call.query.api_key', 'hunter2', '«hidden»'],
    ['grants.own.call.params.password', 'hunter2', '«hidden»'],
    ['call.in', 'json', 'json'],
    ['assertion.key', 'hunter2', '«hidden»'],
    ['assertion.key', '${client_secret}', '${client_secret}'],
    ['assertion.claims.secret', 'hunter2', '«hidden»'],
    ['assertion.claims.aud', 'https://x.example', 'https://x.example'],
    ['answer.token', 'data.access_token', 'data.access_token'],
    ['answer.extra.refresh_token', 'refresh_token', 'refresh_token'],
    ['scopes', ['a', '${env:S}'], ['a', '${env:S}']],
  ])('%s: %j is shown as %j', (path, written, shown) => {
    expect(veilTemplate(PLAIN, path.split('.'), written)).toEqual(shown)
  })

  it('hides the default of a field that the profile itself calls secret', () => {
    const profile = readProfile(`
provider: client-credentials
fields:
  pin: { type: text, secret: true, default: "8241" }
  hat: { type: text, default: red }`)
    const { fields } = profile.layers.value
    expect(veilTemplate(profile, ['fields'], fields as Template)).toEqual({
      pin: { type: 'text', secret: true, default: '«hidden»' },
      hat: { type: 'text', default: 'red' },
    })
  })
})

describe('listLiterals', () => {
  it('finds what belongs into a variable, in every environment, and nothing else', () => {
    const profile = readProfile(
      `
provider: va-sis
subject: me
passphrase: hunter2
key: { kty: OKP, crv: Ed25519, x: AAAA, d: AAAA }
proxy: http://me:pw@proxy.example
base_url: https://me:pw@x.example
tls: { passphrase: "\${env:P:-hunter2}", ca: ./ca.pem }
user_attributes: { icn: 1012667122V019349 }
call:
  headers: { X-Api-Key: abc, X-Trace: abc }
environments:
  staging: { client_secret: hunter2 }
  production: { client_secret: "\${env:SECRET}", passphrase: hunter3 }`,
      'staging',
    )
    expect(listLiterals(profile).map(showPath).sort()).toEqual([
      'call.headers.X-Api-Key',
      'client_secret',
      'environments.production.passphrase',
      'environments.staging.client_secret',
      'key.d',
      'passphrase',
      'proxy',
      'tls.passphrase',
    ])
  })
})

describe('traceSources', () => {
  const profile = readProfile(
    `
provider: va-sis
issuer: \${env:ISSUER}
subject: \${issuer}/\${environment}
service_account_id: x
key_path: \${file:where}
scopes:
  - \${base_url}/a
user_attributes: { icn: "\${env:ICN}" }
resource: \${env:NOBODY_ASKS}`,
    'staging',
  )
  const names = (roots: Parameters<typeof traceSources>[1]): string[] =>
    traceSources(profile, roots).leaves.map(({ placeholder }) => placeholder.text)

  it('follows fields to what somebody must supply', () => {
    expect(names([{ path: ['subject'], template: null }])).toEqual(['${env:ISSUER}'])
    expect(names([{ path: ['scopes'], template: null }])).toEqual([])
  })

  it('of a whole call lists what it uses, and only that', () => {
    const leaves = names(listRoots(profile))
    expect(leaves).toEqual(expect.arrayContaining(['${env:ISSUER}', '${env:ICN}', '${file:where}']))
    expect(leaves).not.toContain('${env:NOBODY_ASKS}')
    expect(traceSources(profile, listRoots(profile)).fields.has('resource')).toBe(false)
  })

  it('tells what can be shown from what cannot', () => {
    const open = (template: string): boolean => isOpen(profile, { path: ['call', 'url'], template })
    expect(open('${base_url}/x')).toBe(true)
    expect(open('${subject}')).toBe(false)
    expect(open('${user_attributes}')).toBe(false)
    expect(open('${via.access_token}')).toBe(false)
    expect(open('${key.id}')).toBe(false)
    expect(open('${now}')).toBe(false)
  })
})
