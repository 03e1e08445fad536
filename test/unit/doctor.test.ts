import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from '../../src/core/doctor/finding.ts'
import { makeEcKey, makeRsaKey, type Pair } from '../support/keys.ts'
import { type Run, runMain, type WorldOptions } from '../support/world.ts'

const SECRET = 'canary-hunter2-hunter2'
let rsa: Pair
let weak: Pair
let certificate = ''
let expired = ''

beforeAll(() => {
  rsa = makeRsaKey()
  weak = makeRsaKey(1024)
  const folder = mkdtempSync(join(tmpdir(), 'tokentool-doctor-'))
  const key = join(folder, 'k.pem')
  writeFileSync(key, rsa.pem)
  const certify = (...dates: string[]): string =>
    execFileSync('openssl', ['req', '-x509', '-new', '-key', key, '-subj', '/CN=t', ...dates], {
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString()
  certificate = certify('-days', '400')
  expired = certify('-days', '1')
  rmSync(folder, { recursive: true })
})

const VA = `
profiles:
  va:
    provider: va-sis
    environment: staging
    issuer: https://chat.example
    service_account_id: aaaa
    subject: me
    key_path: ./k.pem
    scopes:
      - \${base_url}/v0/map_services/chatbot/token
    user_attributes:
      icn: \${env:ICN}
`

const CHAIN = `default_profile: chatbot
${VA}
  chatbot:
    provider: va-map-sts
    via: va
    application: chatbot
`

interface Told extends Run {
  readonly ok: boolean
  readonly findings: readonly Finding[]
  /** messages of one check, each behind its verdict */
  of(check: string, profile?: string): string[]
}

/** The file is named, so that it needs no trust. */
async function examine(
  file: string,
  argv: readonly string[] = [],
  options: WorldOptions = {},
): Promise<Told> {
  return tell(['-c', 'p.yaml', ...argv], {
    env: { ICN: SECRET },
    ...options,
    files: { 'k.pem': rsa.pem, 'p.yaml': file, ...options.files },
  })
}

async function tell(
  argv: readonly string[],
  options: Parameters<typeof runMain>[1],
): Promise<Told> {
  const run = await runMain(['doctor', '--offline', '--json', ...argv], options)
  expect(run.stderr).toBe('')
  expect(run.stdout).not.toMatch(/canary|PRIVATE KEY-----\\n/)
  const { ok, findings } = JSON.parse(run.stdout) as { ok: boolean; findings: Finding[] }
  expect(run.exit).toBe(ok ? 0 : 7)
  expect(ok).toBe(!findings.some(({ verdict }) => verdict === 'problem'))
  const of = (check: string, profile?: string): string[] =>
    findings
      .filter((found) => found.check === check && (profile ?? found.profile) === found.profile)
      .map(({ verdict, message }) => `${verdict}: ${message}`)
  return { ...run, ok, findings, of }
}

function problems({ findings }: Told): string[] {
  return findings.filter(({ verdict }) => verdict === 'problem').map(({ message }) => message)
}

describe('doctor', () => {
  it('finds a sound chain sound, and says what it looked at', async () => {
    const told = await examine(CHAIN)
    expect(problems(told)).toEqual([])
    expect(told.findings.some(({ verdict }) => verdict === 'warning')).toBe(false)
    expect(told.of('file')).toEqual(['ok: p.yaml: 2 profiles'])
    expect(told.of('profile')).toEqual(['ok: va (va-sis) → chatbot (va-map-sts)'])
    expect(told.of('environment')).toEqual(['ok: staging', 'ok: staging'])
    expect(told.of('via')).toEqual(['ok: after va, whose token will do'])
    expect(told.of('fields', 'va')).toEqual(['ok: has service_account_id, issuer, subject'])
    expect(told.of('secrets')).toEqual(['ok: variable ICN is set'])
    expect(told.of('key')).toEqual(['ok: key_path ./k.pem: 2048-bit RSA key'])
    expect(told.of('assertion')[0]).toMatch(
      /^ok: signed with RS256: \d{3} characters, good for 5 m \(5 m at most\)$/,
    )
    expect(told.of('endpoint', 'chatbot')).toEqual([
      'ok: https://staging-api.va.gov/v0/map_services/chatbot/token',
    ])
  })

  it('reads well on a terminal, with and without its letters', async () => {
    const files = { 'p.yaml': CHAIN, 'k.pem': rsa.pem }
    const env = { LANG: 'C.UTF-8' }
    const argv = ['doctor', '-c', 'p.yaml', '--no-color', '--offline']
    const { exit, stdout, stderr } = await runMain(argv, { files, env, terminal: 80, now: 1.8e12 })
    expect(exit).toBe(7)
    expect(stderr).toBe('')
    expect(stdout.split('\n')).toEqual([
      '  ✓ file         p.yaml: 2 profiles',
      '  ✓ clock        2027-01-15T08:00:00Z',
      '  ✓ cache        ~/.cache/tokentool: will be made when a token is kept',
      '  - network      nobody was asked, nor what time it is there (--offline)',
      'va',
      '  ✗ secrets      va: the variable ICN is not set',
      '                 the profile takes a value from ${env:ICN}',
      '                 fix: export ICN=…',
      '  ✓ environment  staging',
      '  ✓ fields       has service_account_id, issuer, subject',
      '  ✓ key          key_path ./k.pem: 2048-bit RSA key',
      '  - assertion    not signed: something it needs is wrong',
      '  ✓ endpoint     https://staging-api.va.gov/v0/sign_in/token',
      'chatbot',
      '  ✓ profile      va (va-sis) → chatbot (va-map-sts)',
      '  ✓ environment  staging',
      '  ✓ fields       has application',
      '  ✓ endpoint     https://staging-api.va.gov/v0/map_services/chatbot/token',
      '1 problem',
      '',
    ])
    for (const other of [{ LANG: 'C' }, {}, { LANG: 'C.UTF-8', TERM: 'dumb' }]) {
      const plain = await runMain(argv, { files, env: other })
      expect(plain.stdout).toMatch(/^ {2}ok file /)
      expect(plain.stdout).toMatch(/^ {2}XX secrets /m)
      expect(plain.stdout).toMatch(/^ {2}-- network /m)
    }
    const quiet = await runMain([...argv, '-q'], { files, env })
    expect(quiet.stdout.split('\n')[1]).toBe('  ✗ secrets  va: the variable ICN is not set')
    expect(quiet.stdout).not.toContain('✓')
    const colored = await runMain(['doctor', '-c', 'p.yaml', '--offline'], {
      files,
      env,
      terminal: 80,
    })
    expect(colored.stdout).toContain('\u001b[31m✗')
  })

  describe('files', () => {
    it('tells all mistakes of a file as findings', async () => {
      const told = await examine(
        'profiles:\n  a:\n    provider: va-sis\n    subjekt: x\n    issuer: 12\n  b: { provider: nope }\n',
      )
      expect(problems(told)).toEqual([
        'p.yaml:4:5 profiles.a.subjekt: no such field; did you mean subject?',
        expect.stringContaining('p.yaml:5:13 profiles.a.issuer: wants text'),
        expect.stringContaining('p.yaml:6:18 profiles.b.provider: no such provider'),
      ])
      expect(told.of('profile')).toEqual(['skipped: not looked at before the file is right'])
      expect(told.of('clock')).toHaveLength(1)
    })

    it.each([
      ['cannot be parsed', 'a: [\nb: "', /^p\.yaml:\d/],
      ['is empty', '', /p\.yaml is empty/],
      ['is binary', '\0\0', /p\.yaml/],
    ])('tells that one %s', async (_name, text, said) => {
      const told = await examine(text)
      expect(problems(told)[0]).toMatch(said)
      expect(told.of('file')[0]).toMatch(/^problem/)
    })

    it('tells that one is missing, or that there is none', async () => {
      const missing = await tell(['-c', 'nope.yaml'], {})
      expect(missing.of('file')).toEqual(['problem: there is no file nope.yaml'])
      const none = await tell([], {})
      expect(none.of('file')).toEqual(['problem: there is no profile file'])
      expect(none.findings[0]?.fix[0]).toBe('tokentool init')
    })

    it('warns of secrets in the file, with their place', async () => {
      const told = await examine(
        `profiles:\n  a:\n    provider: client-credentials\n    token_endpoint: https://x.example/t\n    client_id: me\n    client_secret: ${SECRET}\n`,
      )
      expect(told.ok).toBe(true)
      expect(told.of('secrets')).toEqual([
        'warning: p.yaml:6:20 client_secret: a secret stands in the file',
      ])
      const fixes = told.findings.flatMap(({ fix }) => fix)
      expect(fixes).toContain('client_secret: ${env:CLIENT_SECRET}')
    })
  })

  describe('trust', () => {
    const files = (): WorldOptions['files'] => ({ 'tokentool.yaml': VA, 'k.pem': rsa.pem })

    it('reads nothing for a file that is not trusted', async () => {
      const options = { files: files() ?? {}, env: { ICN: SECRET } }
      const { world, ...told } = await tell([], options)
      expect(told.of('trust')[0]).toMatch(/^problem: tokentool.yaml was found here/)
      expect(told.of('secrets')).toEqual([
        'skipped: variable ICN: not looked at (the file is not trusted)',
      ])
      expect(told.of('key')).toEqual([
        'skipped: key_path ./k.pem: not looked at (the file is not trusted)',
      ])
      expect(told.of('assertion')).toEqual(['skipped: not signed (the file is not trusted)'])
      expect(told.of('endpoint')[0]).toMatch(/^ok/)

      expect((await runMain(['trust'], { again: world })).exit).toBe(0)
      const trusted = await tell([], { again: world })
      expect(trusted.of('trust')).toEqual(['ok: tokentool.yaml may use what it uses'])
      expect(trusted.of('key')[0]).toMatch(/^ok/)
      expect(trusted.ok).toBe(true)
    })
  })

  describe('--no-secrets', () => {
    it('looks at no variable, no key and no file', async () => {
      const told = await examine(CHAIN, ['--no-secrets'], { env: {}, files: { 'k.pem': 'x' } })
      expect(told.ok).toBe(true)
      expect(told.of('secrets')).toEqual(['skipped: variable ICN: not looked at (--no-secrets)'])
      expect(told.of('key')).toEqual(['skipped: key_path ./k.pem: not looked at (--no-secrets)'])
      expect(told.of('via')[0]).toMatch(/^skipped/)
    })

    it('still finds what is wrong without them', async () => {
      const file = VA.replace('subject: me', 'subject: ""').replace('icn: ${env:ICN}', 'a: b')
      const told = await examine(`${file}    lifetime: 10m\n`, ['--no-secrets'])
      expect(problems(told)).toEqual(['va: sub is empty', 'va: the assertion would live 600 s'])
    })

    it.each([
      'provider: client-credentials\ntoken_endpoint: ${env:URL}\nclient_id: ${file:id}',
      'provider: jwt-bearer\nkey: ${env:KEY}\ncertificate_path: ./c.pem\ntls: { ca: ./ca.pem }',
      'provider: client-credentials\nclient_auth: client_secret_jwt\nclient_id: a\nclient_secret: ${env:S}\nauthorization_server: ${env:AS}\nproxy: ${env:P}',
      'provider: va-map-sts\nenvironment: staging\napplication: ${env:APP}\nvia: { provider: jwt-bearer, key_path: ./k.pem, issuer: "${key.id}" }',
    ])('is never at a loss (%j)', async (lines) => {
      const file = `profiles:\n  one:\n${lines.replace(/^/gm, '    ')}\n`
      const told = await examine(file, ['--no-secrets'], { env: {} })
      expect(told.findings.filter(({ verdict }) => verdict === 'skipped')).not.toEqual([])
    })
  })

  describe('fields', () => {
    it('tells every missing one, with the place for it', async () => {
      const told = await examine('profiles:\n  a: { provider: va-sis, environment: staging }\n')
      expect(problems(told)).toEqual(
        expect.arrayContaining([
          'a has no service_account_id',
          'a has no issuer',
          'a has no subject',
          'a has no key_path',
        ]),
      )
      const [first] = told.findings.filter(({ verdict }) => verdict === 'problem')
      expect(first?.fix).toEqual(['p.yaml:2:3 add: service_account_id: …'])
    })

    it('tells values that do not fit, one by one', async () => {
      const told = await examine(
        `${VA}    lifetime: \${env:LIFE}\n    allow_http: \${env:YES}\n`,
        [],
        {
          env: { ICN: 'x', LIFE: 'soon', YES: 'perhaps' },
        },
      )
      expect(problems(told)).toEqual(
        expect.arrayContaining([
          'va: lifetime wants a time like 30s, 5m, 2h or seconds',
          'va: allow_http wants true or false',
        ]),
      )
    })

    it('warns of what nobody uses', async () => {
      const told = await examine(`${VA}    resource: https://x.example\n`)
      expect(told.ok).toBe(true)
      expect(told.of('fields')).toContain('warning: resource: va-sis makes no use of it')
    })

    it('tells that an environment must be chosen, of what was asked for', async () => {
      const file = VA.replace('    environment: staging\n', '')
      expect(problems(await examine(file))).toEqual(['va: which environment?'])
      const all = await examine(`${file}  other:\n    extends: va\n    environment: dev\n`)
      expect(all.of('environment')).toEqual(['warning: va: which environment?', 'ok: dev'])
      expect(all.ok).toBe(true)
    })
  })

  describe('secrets', () => {
    const file = `
profiles:
  a:
    provider: client-credentials
    token_endpoint: https://x.example/t
    client_id: \${env:ID:-me}
    client_secret: \${file:./secret}
    scopes:
      - \${env:SCOPE?}
    call: { headers: { X-One: "\${env:ONE}", X-Two: "\${env:TWO:?ask the platform team}" } }
`
    it('are each looked for', async () => {
      const told = await examine(file, [], { env: { ONE: '' } })
      expect(told.of('secrets')).toEqual([
        'ok: variable ID is not set; its default is taken',
        'problem: ./secret does not exist',
        'ok: variable SCOPE is not set, and may be',
        'warning: variable ONE is set, but empty',
        'problem: a: the variable TWO is not set',
      ])
      expect(told.findings.find(({ message }) => message.includes('TWO'))?.means).toEqual([
        'ask the platform team',
      ])
    })

    it('are told once, whichever call comes upon them', async () => {
      const told = await examine(CHAIN.replace('${env:ICN}', '${file:./icn}'))
      expect(problems(told)).toEqual(['./icn does not exist'])
    })

    it('are never told', async () => {
      const told = await examine(file, [], {
        env: { ONE: SECRET, TWO: SECRET, ID: 'someone' },
        files: { secret: `${SECRET}\n` },
      })
      expect(problems(told)).toEqual([])
      expect(told.of('secrets')).toContain('ok: file ./secret can be read')
    })
  })

  describe('keys', () => {
    it.each<[string, () => string, RegExp]>([
      ['of the wrong kind', () => makeEcKey().pem, /RS256 needs an RSA key; .* P-256 key/],
      ['too weak', () => weak.pem, /1024-bit RSA key; 2048 are needed/],
      ['public', () => rsa.publicPem, /public key/],
      ['cut off', () => rsa.pem.slice(0, 900), /./],
      ['empty', () => '', /./],
    ])('%s are problems with a fix', async (_name, make, said) => {
      const told = await examine(VA, [], { files: { 'k.pem': make() } })
      const [found] = told.findings.filter(({ verdict }) => verdict === 'problem')
      expect(found?.check).toBe('key')
      expect(found?.message).toMatch(said)
      expect(found?.fix).not.toEqual([])
      expect(told.of('assertion')[0] ?? '').not.toMatch(/^ok/)
    })

    it('that are missing are told once', async () => {
      const told = await examine(VA.replace('./k.pem', './nope.pem'))
      expect(problems(told)).toEqual(['nope.pem does not exist'])
    })

    it.skipIf(process.platform === 'win32')('with loose modes are told', async () => {
      const { world } = await examine(VA)
      chmodSync(join(world.cwd, 'k.pem'), 0o644)
      const readable = await tell(['-c', 'p.yaml'], { again: world })
      // root may read what is root's: see io/key-file.ts
      expect(readable.of('key')[0]).toMatch(/key_path|can be read by other users/)
      chmodSync(join(world.cwd, 'k.pem'), 0o666)
      const writable = await tell(['-c', 'p.yaml'], { again: world })
      expect(problems(writable)).toEqual(['k.pem can be changed by other users'])
    })

    const weakly = (more: string): string =>
      `profiles:\n  fd:\n    provider: federated-directory\n    issuer: a@fd\n    scopes: [directoryKey]\n    key_path: ./k.pem\n${more}`

    it('that are weak are warned of where the profile allows them', async () => {
      const told = await examine(weakly('    allow_weak_key: true\n'), [], {
        files: { 'k.pem': weak.pem },
      })
      expect(told.of('assertion')).toEqual([
        expect.stringMatching(/^ok: signed with RS256: \d+ characters \(250 to 500 are taken\)$/),
        expect.stringMatching(/^warning: key_path .*1024-bit/),
      ])
    })

    it('that make an assertion too long are told by signing', async () => {
      const told = await examine(weakly(''), [], { files: { 'k.pem': makeRsaKey(3072).pem } })
      expect(told.of('limits')[0]).toMatch(/^problem: fd: the assertion has \d+ characters/)
    })

    it('may be a client secret', async () => {
      const file = `profiles:\n  a:\n    provider: client-credentials\n    client_auth: client_secret_jwt\n    token_endpoint: https://x.example/t\n    client_id: a\n    client_secret: \${env:S}\n`
      const told = await examine(file, [], { env: { S: SECRET } })
      expect(told.of('key')).toEqual(['ok: client_secret: HMAC secret of 22 bytes'])
      expect(told.of('assertion')).toEqual([
        expect.stringMatching(/^ok: signed with HS256/),
        expect.stringMatching(/^warning: .*shorter than the 32/),
      ])
    })
  })

  describe('certificates', () => {
    const file = `${VA}    certificate_path: ./c.pem\n`

    it('are good until their end', async () => {
      const told = await examine(file, [], { files: { 'c.pem': certificate } })
      expect(told.of('certificate')[0]).toMatch(/^ok: certificate_path \.\/c\.pem is good until 20/)
    })

    it.each([
      ['that run out soon are warned of', -10, /^warning: .* runs out soon/],
      ['that have run out are a problem', 10, /^problem: .* has run out/],
    ])('%s', async (_name, days, said) => {
      const now = Date.now() + (1 + days) * 86_400_000
      const soon = days < 0 ? Date.now() : now
      const told = await examine(file, [], { files: { 'c.pem': expired }, now: soon })
      expect(told.of('certificate')[0]).toMatch(said)
    })

    it('of another key are a problem', async () => {
      const told = await examine(file, [], {
        files: { 'c.pem': certificate, 'k.pem': makeRsaKey().pem },
      })
      expect(told.of('certificate')[0]).toMatch(/^problem: .* belongs to another key/)
    })

    it('that are none are a problem', async () => {
      const told = await examine(file, [], { files: { 'c.pem': rsa.pem } })
      expect(problems(told)).toEqual([expect.stringMatching(/a certificate is needed/)])
    })
  })

  describe('limits', () => {
    it('are all told', async () => {
      const file = VA.replace('issuer: https://chat.example', 'issuer: ""').replace(
        'subject: me',
        'subject: ""',
      )
      const told = await examine(`${file}    lifetime: 10m\n`)
      expect(told.of('limits')).toEqual([
        'problem: va: iss is empty',
        'problem: va: sub is empty',
        'problem: va: the assertion would live 600 s',
      ])
      expect(told.of('assertion')).toEqual(['skipped: not signed: something it needs is wrong'])
    })

    it('of the call after it are told of the one before', async () => {
      const scopes = CHAIN.replace('/v0/map_services/chatbot/token', '/v0/other')
      expect((await examine(scopes)).of('limits', 'va')[0]).toMatch(/none of its scopes covers/)
      const icn = CHAIN.replace('icn: ${env:ICN}', 'name: x')
      expect((await examine(icn)).of('limits', 'va')[0]).toMatch(/user_attributes.icn is missing/)
      const alone = await examine(CHAIN.replace('    via: va\n', ''), ['-e', 'staging'])
      expect(problems(alone)).toEqual(['chatbot has no via'])
    })
  })

  describe('where it goes', () => {
    const file = (more: string): string =>
      `profiles:\n  a:\n    provider: light-oauth2\n    client_id: a\n    client_secret: \${env:ICN}\n${more.replace(/^/gm, '    ')}\n`

    it.each([
      ['base_url: http://plain.example', 'endpoint', /^problem: token_endpoint is plain http/],
      ['base_url: http://plain.example\nallow_http: true', 'endpoint', /^ok: http:\/\/plain/],
      ['base_url: https://me:canary@x.example', 'fields', /^problem: .* user name or password/],
      [
        'token_endpoint: "https://x.example/${client_secret}"',
        'endpoint',
        /^ok: https:\/\/x\.example\/«hidden»$/,
      ],
      ['base_url: x.example', 'endpoint', /^problem: .* no https:\/\/ in front/],
      ['base_url: https://x.example\nproxy: socks5://p', 'proxy', /^problem: proxy names a SOCKS/],
      [
        'base_url: https://x.example\nproxy: http://p:3128',
        'proxy',
        /^ok: through http:\/\/p:3128/,
      ],
      ['tls: { insecure: true }', 'tls', /^warning: .*TLS is NOT verified/],
      ['tls: { ca: ./nope.pem }', 'tls', /^problem: tls.ca names a file that is not there/],
      ['tls: { cert: ./c.pem, key: ./k.pem }', 'tls', /^ok: tls.cert, tls.key can be used/],
      ['timeout: ${env:NOPE}', 'secrets', /^problem: a: the variable NOPE is not set/],
    ])('%j', async (lines, check, said) => {
      const told = await examine(file(lines), [], { files: { 'c.pem': certificate } })
      expect(told.of(check).filter((text) => said.test(text))).toHaveLength(1)
      const silent = told.findings.filter(
        ({ verdict, fix, means }) => verdict === 'warning' && fix.length + means.length === 0,
      )
      expect(silent).toEqual([])
    })

    it('may be told by the authorization server, which is not asked', async () => {
      const told = await examine(
        'profiles:\n  a: { provider: jwt-bearer, authorization_server: "https://id.example", key_path: ./k.pem }\n',
      )
      expect(told.of('endpoint')).toEqual([
        'ok: found by asking https://id.example, which was not done',
      ])
      expect(problems(told)).toEqual([])
    })

    it('may be told by the call before, which is not made', async () => {
      const providers = `providers:\n  next:\n    fields: {}\n    call: { url: "\${via.extra.instance_url}/x" }\n`
      const told = await examine(`${providers}${VA}  two: { provider: next, via: va }\n`, ['two'])
      expect(problems(told)).toEqual([])
      expect(told.of('endpoint', 'two')).toEqual([
        'skipped: only the answer of va tells where it is',
      ])
    })
  })

  describe('what is asked for', () => {
    it('is all profiles where none is the default', async () => {
      const two = `${VA}  other:\n    extends: va\n    subject: ""\n`
      const told = await examine(two)
      expect([...new Set(told.findings.map(({ profile }) => profile))]).toEqual([
        null,
        'va',
        'other',
      ])
      expect(problems(told)).toEqual(['other: sub is empty'])
      expect((await examine(two, ['va'])).ok).toBe(true)
    })

    it('may be a provider, without any file', async () => {
      const told = await tell(
        ['--provider', 'client-credentials', '-s', 'token_endpoint=https://x.example/t'],
        {},
      )
      expect(problems(told)).toEqual([
        'client-credentials has no client_id',
        'client-credentials has no client_secret',
      ])
    })

    it.each([
      [['nobody'], 'there is no profile "nobody"'],
      [['va', '-s', 'subjekt=x'], 'no such field'],
      [['va', '--frobnicate'], 'unknown option'],
    ])('wrongly is an error (%j)', async (argv, said) => {
      const { exit, stdout, stderr } = await runMain(['doctor', '-c', 'p.yaml', ...argv], {
        files: { 'p.yaml': VA },
      })
      expect(exit).toBe(2)
      expect(stdout).toBe('')
      expect(stderr).toContain(said)
    })
  })

  it('knows a clock that is plainly wrong', async () => {
    const told = await examine(VA, [], { now: Date.UTC(2001, 0) })
    expect(told.of('clock')).toEqual(['warning: 2001-01-01T00:00:00Z: this clock is wrong'])
  })

  it('says that it did not look at the network', async () => {
    expect((await examine(VA)).of('network')).toEqual([
      'skipped: nobody was asked, nor what time it is there (--offline)',
    ])
  })
})
