import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runMain } from '../support/world.ts'

const FILE = `
default_profile: va
profiles:
  va:
    description: the sign-in service
    provider: va-sis
    environment: staging
    subject: chatbot@example.gov
    key_path: ./keys/\${environment}.pem
    scopes:
      - \${base_url}/v0/map_services/chatbot/token
    user_attributes:
      icn: \${env:ICN:-1012667122V019349}
      plain: 1012667122V019350
    environments:
      staging: { issuer: "https://chat.staging.example", service_account_id: aaaa }
      production: { issuer: "https://chat.example", service_account_id: bbbb }
  chatbot:
    provider: va-map-sts
    via: va
    application: chatbot
  child:
    extends: store
    call: { in: json, headers: { Accept: null, X-Api-Key: hunter2hunter2 } }
  store:
    provider: light-oauth2
    client_id: store
    client_secret: hunter2hunter2
    lifetime: 5m
`

interface Shown {
  profiles: {
    name: string
    provider: string
    environment: string | null
    values: { path: string; written: unknown; value: unknown; from: Record<string, unknown> }[]
  }[]
}

async function show(...argv: string[]): Promise<Shown['profiles']> {
  const { exit, stdout, stderr } = await runMain(['profile', 'show', ...argv, '--json'], {
    files: { 'tokentool.yaml': FILE },
    env: { ICN: 'from-the-environment', TOKENTOOL_ENVIRONMENT: '' },
  })
  expect(stderr).toBe('')
  expect(exit).toBe(0)
  expect(stdout).not.toMatch(/hunter2|1012667122|from-the-environment/)
  return (JSON.parse(stdout) as Shown).profiles
}

function find(profiles: Shown['profiles'], path: string, index = 0) {
  return profiles[index]?.values.find((row) => row.path === path)
}

describe('profile list', () => {
  const files = { 'tokentool.yaml': FILE }

  it('has a line for each, the default one with a star', async () => {
    const { exit, stdout, stderr } = await runMain(['profile', 'list'], { files })
    expect(exit).toBe(0)
    expect(stderr).toBe('')
    expect(stdout.split('\n')).toEqual([
      '  name     provider      environments                         file            description',
      '* va       va-sis        staging, production                  tokentool.yaml  the sign-in service',
      '  chatbot  va-map-sts    production, staging, dev, localhost  tokentool.yaml',
      '  child    light-oauth2                                       tokentool.yaml',
      '  store    light-oauth2                                       tokentool.yaml',
      '',
    ])
  })

  it('fits a narrow terminal', async () => {
    const { stdout } = await runMain(['profile', 'list', '--no-color'], { files, terminal: 60 })
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(60)
    expect(stdout).toMatch(/^\* va +va-sis +staging, production/m)
    expect(stdout).not.toContain('\u001b')
  })

  it('has colour on a terminal only', async () => {
    const there = await runMain(['profile', 'list'], { files, terminal: 120 })
    expect(there.stdout).toContain('\u001b[1m* va')
  })

  it('is an array with --json, files by their whole path', async () => {
    const { stdout, world } = await runMain(['profile', 'list', '--json'], { files })
    expect(stdout.match(/\n/g)).toHaveLength(1)
    const [first, second] = JSON.parse(stdout) as unknown[]
    expect(first).toEqual({
      name: 'va',
      provider: 'va-sis',
      environments: ['staging', 'production'],
      file: join(world.cwd, 'tokentool.yaml'),
      description: 'the sign-in service',
      default: true,
    })
    expect(second).toMatchObject({ name: 'chatbot', description: null, default: false })
  })

  it('shows which file wins', async () => {
    const { stdout } = await runMain(['profile', 'list'], {
      files: {
        'tokentool.yaml': 'profiles: { one: { provider: va-sis, description: here } }',
        '~/.config/tokentool/tokentool.yaml':
          'profiles: { one: { provider: jwt-bearer }, two: { provider: jwt-bearer } }',
      },
    })
    expect(stdout).toMatch(/one +va-sis .* tokentool.yaml +here\n/)
    expect(stdout).toMatch(/two +jwt-bearer +~\/\.config\/tokentool\/tokentool\.yaml\n/)
  })

  it('shows what is known of a profile that cannot be made out, and says so', async () => {
    const broken = `
profiles:
  good: { provider: va-sis }
  round: { extends: about, description: in a ring, environments: { here: {} } }
  about: { extends: round }
  lost: { extends: nobody }
  alien: { provider: nowhere }
  list: [1]
`
    const { exit, stdout, stderr } = await runMain(['profile', 'list', '--json'], {
      files: { 'tokentool.yaml': broken },
    })
    expect(exit).toBe(0)
    expect(stderr).toMatch(/^tokentool: warning: tokentool.yaml has 3 mistakes; tokentool doctor/)
    const rows = JSON.parse(stdout) as { name: string }[]
    expect(rows.map(({ name }) => name)).toEqual([
      'good',
      'round',
      'about',
      'lost',
      'alien',
      'list',
    ])
    expect(rows[1]).toMatchObject({
      provider: null,
      environments: ['here'],
      description: 'in a ring',
    })
    expect(rows[4]).toMatchObject({ provider: 'nowhere' })
    const table = await runMain(['profile', 'list'], { files: { 'tokentool.yaml': broken } })
    expect(table.stdout).toMatch(/round +\? .*extends leads back to itself/)
  })

  it.each([
    ['no file', {}, 'there is no profile file'],
    ['no YAML', { 'tokentool.yaml': 'a: [' }, 'tokentool.yaml:1'],
    ['an empty file', { 'tokentool.yaml': '' }, 'tokentool.yaml is empty'],
  ])('with %s is an error like any other', async (_name, files, said) => {
    const { exit, stdout, stderr } = await runMain(['profile', 'list'], { files })
    expect(exit).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(said)
  })

  it('lets nothing in a file steer the terminal', async () => {
    const { stdout } = await runMain(['profile', 'list'], {
      files: {
        'tokentool.yaml':
          'profiles: { one: { provider: va-sis, description: "a\\u001b[2Jb\\u202ec\\nd" } }',
      },
    })
    expect(stdout).toContain('a\\u001b[2Jb\\u202ec\\nd')
  })
})

describe('profile show', () => {
  it('tells of each value where it comes from', async () => {
    const shown = await show('va', '-s', 'subject=me')
    expect(shown.map(({ name, provider, environment }) => [name, provider, environment])).toEqual([
      ['va', 'va-sis', 'staging'],
    ])
    const file = find(shown, 'provider')?.from.file
    expect(file).toMatch(/\/work\/tokentool\.yaml$/)
    expect(find(shown, 'provider')).toEqual({
      path: 'provider',
      value: 'va-sis',
      written: 'va-sis',
      from: { kind: 'file', file, line: 6, column: 15 },
    })
    expect(find(shown, 'subject')).toEqual({
      path: 'subject',
      value: 'me',
      written: 'me',
      from: { kind: 'flag', flag: '-s subject' },
    })
    expect(find(shown, 'issuer')?.from).toEqual({ kind: 'file', file, line: 16, column: 26 })
    expect(find(shown, 'base_url')).toEqual({
      path: 'base_url',
      value: 'https://staging-api.va.gov',
      written: 'https://staging-api.va.gov',
      from: { kind: 'provider', provider: 'va-sis', environment: 'staging' },
    })
    expect(find(shown, 'audience')).toEqual({
      path: 'audience',
      value: 'https://staging-api.va.gov/v0/sign_in/token',
      written: '${base_url}/v0/sign_in/token',
      from: { kind: 'provider', provider: 'va-sis' },
    })
  })

  it('fills in what the file alone tells, never a variable', async () => {
    const shown = await show('va')
    expect(find(shown, 'key_path')?.value).toBe('./keys/staging.pem')
    expect(find(shown, 'scopes')?.value).toEqual([
      'https://staging-api.va.gov/v0/map_services/chatbot/token',
    ])
    expect(find(shown, 'user_attributes.icn')).toMatchObject({
      written: '${env:ICN:-«hidden»}',
      value: null,
    })
    const open = await show('va', '-s', 'subject=${env:ICN}')
    expect(find(open, 'subject')).toMatchObject({ written: '${env:ICN}', value: null })
  })

  it('hides secrets by where they stand', async () => {
    expect(find(await show('va'), 'user_attributes.plain')?.written).toBe('«hidden»')
    const shown = await show('child')
    expect(find(shown, 'client_secret')).toMatchObject({ written: '«hidden»', value: '«hidden»' })
    expect(find(shown, 'call.headers.X-Api-Key')?.written).toBe('«hidden»')
    const other = await show('va', '-s', 'user_attributes.icn=1012667122V000000')
    expect(find(other, 'user_attributes.icn')).toMatchObject({
      written: '«hidden»',
      from: { kind: 'flag' },
    })
  })

  it('shows what is laid over the provider, with its place', async () => {
    const shown = await show('child')
    expect(find(shown, 'call.in')).toMatchObject({
      value: 'json',
      from: { kind: 'file', line: 24, column: 17 },
    })
    expect(find(shown, 'call.headers.Accept')).toMatchObject({ value: null, written: null })
    expect(find(shown, 'client_id')?.from).toMatchObject({ line: 27 })
    expect(find(shown, 'lifetime')).toMatchObject({ written: '5m', value: 300 })
    expect(find(shown, 'grant')?.from).toEqual({ kind: 'provider', provider: 'light-oauth2' })
  })

  it('has the whole chain, and what one call does for the next', async () => {
    const shown = await show('chatbot', '-e', 'production', '-s', 'va:scopes:=null')
    expect(shown.map(({ name, environment }) => [name, environment])).toEqual([
      ['va', 'production'],
      ['chatbot', 'production'],
    ])
    expect(find(shown, 'environment')?.from).toEqual({ kind: 'flag', flag: '-e' })
    expect(find(shown, 'scopes')).toMatchObject({
      value: ['https://api.va.gov/v0/map_services/chatbot/token'],
      from: { kind: 'handed on', profile: 'chatbot' },
    })
    expect(find(shown, 'via', 1)).toMatchObject({ value: 'va', from: { kind: 'file', line: 20 } })
    expect(find(shown, 'token_endpoint', 1)?.value).toBe(
      'https://api.va.gov/v0/map_services/chatbot/token',
    )
    const handed = await show('chatbot', '-s', 'va:base_url=https://other.example')
    expect(find(handed, 'base_url', 1)).toMatchObject({
      value: 'https://other.example',
      from: { kind: 'handed on', profile: 'va' },
    })
  })

  it('knows providers in the place of profiles', async () => {
    const shown = await show('va', '--then', 'va-map-sts', '-s', 'application=x')
    expect(find(shown, 'provider', 1)?.from).toEqual({ kind: 'flag', flag: '--then' })
    expect(find(shown, 'via', 1)?.from).toEqual({ kind: 'flag', flag: '--then' })
    expect(find(shown, 'environment', 1)?.from).toEqual({ kind: 'handed on', profile: 'va' })
    const alone = await runMain(
      ['profile', 'show', '--provider', 'jwt-bearer', '-s', 'issuer=i', '--json'],
      {},
    )
    expect(alone.exit).toBe(0)
    const [only] = (JSON.parse(alone.stdout) as Shown).profiles
    expect(only?.values[0]?.from).toEqual({ kind: 'flag', flag: '--provider' })
  })

  it('says when a variable chose the environment', async () => {
    const { stdout } = await runMain(['profile', 'show', '--json'], {
      files: { 'tokentool.yaml': FILE },
      env: { TOKENTOOL_ENVIRONMENT: 'production' },
    })
    const { profiles } = JSON.parse(stdout) as Shown
    expect(find(profiles, 'environment')).toMatchObject({
      value: 'production',
      from: { kind: 'variable', variable: 'TOKENTOOL_ENVIRONMENT' },
    })
  })

  it('reads in columns', async () => {
    const { stdout } = await runMain(['profile', 'show'], { files: { 'tokentool.yaml': FILE } })
    expect(stdout.split('\n').slice(0, 8)).toEqual([
      'va · va-sis · staging',
      '  provider               va-sis                                     tokentool.yaml:6:15',
      '  environment            staging                                    tokentool.yaml:7:18',
      '  description            the sign-in service                        tokentool.yaml:5:18',
      '  subject                chatbot@example.gov                        tokentool.yaml:8:14',
      '  key_path               ./keys/${environment}.pem                  tokentool.yaml:9:15',
      '                         → ./keys/staging.pem',
      '  scopes                 ${base_url}/v0/map_services/chatbot/token  tokentool.yaml:11:7',
    ])
    expect(stdout).not.toContain('1012667122')
  })

  it('puts the places below on a narrow terminal', async () => {
    const { stdout } = await runMain(['profile', 'show', 'chatbot', '--no-color'], {
      files: { 'tokentool.yaml': FILE },
      terminal: 60,
    })
    expect(stdout).toContain(
      '2. chatbot · va-map-sts · staging\n  provider        va-map-sts\n                  tokentool.yaml:19:15\n',
    )
  })

  it('needs no key, no secret and no trust', async () => {
    const { exit, world } = await runMain(['profile', 'show', 'va'], {
      files: { 'tokentool.yaml': FILE, 'keys/staging.pem': 'x' },
    })
    expect(exit).toBe(0)
    // a key file that others can write would be refused, if it were opened
    chmodSync(join(world.cwd, 'keys/staging.pem'), 0o666)
    expect((await runMain(['profile', 'show', 'va'], { again: world })).exit).toBe(0)
  })

  it.each([
    [['nobody'], 'there is no profile "nobody"'],
    [['va', '-e', 'dev'], 'va has no environment "dev"'],
    [['va', '-s', 'subjekt=x'], '-s subjekt=…: no such field'],
    [['va', '-p', 'chatbot'], 'va and -p chatbot name two profiles'],
  ])('%j is an error like any other', async (argv, said) => {
    const { exit, stdout, stderr } = await runMain(['profile', 'show', ...argv], {
      files: { 'tokentool.yaml': FILE },
    })
    expect(exit).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(said)
  })
})
