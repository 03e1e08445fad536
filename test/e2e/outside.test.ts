// Secrets from commands, signatures from signers, assertions from elsewhere: the whole program, against
// a service that keeps what it was sent.

import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { main } from '../../src/main.ts'
import { makeEcKey, makeRsaKey, readJwt } from '../support/keys.ts'
import { makeFolder, type Outcome, plantCanary, plantKey, runProgram } from '../support/program.ts'
import { type Reply, type Service, serve } from '../support/service.ts'
import { createWorld } from '../support/world.ts'

const rsa = makeRsaKey()
const ec = makeEcKey()
const secret = plantCanary((random) => `se cr'et-${random}`)
for (const { pem } of [rsa, ec]) plantKey(pem)

const SIGNER = `#!/bin/sh
set -e
echo run >> signed
input=$(sed 's/.*"signing_input":"\\([^"]*\\)".*/\\1/')
signature=$(printf %s "$input" | openssl dgst -sha256 -sign "$1" -binary | base64 -w0)
printf '{"signature":"%s"}\\n' "$signature"
`
const ASK = `#!/bin/sh\necho run >> asked\ncat secret.txt\n`
const RENEW = `#!/bin/sh\necho run >> renewed\ncat token.jwt | tr -d '\\n'; wc -l < renewed\n`

const profiles = (origin: string): string => `
profiles:
  shop:
    provider: client-credentials
    token_endpoint: ${origin}/token
    client_auth: client_secret_post
    client_id: app
    client_secret: \${command:./ask.sh}
  again:
    extends: shop
    via: shop
  loose:
    extends: shop
    client_id: \${command:printf 'app of %s' me}
  kms:
    provider: jwt-bearer
    token_endpoint: ${origin}/token
    issuer: me
    public_key: keys/rsa.pub
    key_id: k1
    key:
      signer: [./sign.sh, "keys/\${env:KEY_NAME}"]
  client:
    provider: client-credentials
    token_endpoint: ${origin}/token
    client_auth: private_key_jwt
    client_id: app
    public_key: keys/ec.pub
    key: { signer: [./sign.sh, keys/ec.pem] }
  pod:
    provider: jwt-bearer
    token_endpoint: ${origin}/token
    assertion: { file: ./token.jwt }
  github:
    provider: jwt-bearer
    token_endpoint: ${origin}/token
    assertion: { env: ID_TOKEN }
  spire:
    provider: jwt-bearer
    token_endpoint: ${origin}/token
    assertion:
      command: ./renew.sh
  azure:
    provider: client-credentials
    token_endpoint: ${origin}/token
    client_auth: private_key_jwt
    client_assertion: { file: "\${env:TOKEN_FILE}" }
  va:
    provider: va-sis
    environment: staging
    base_url: ${origin}
    assertion: { file: ./token.jwt }
`

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

const SIGNATURE = 'c2lnbmF0dXJlLW9mLXNvbWVib2R5LWVsc2U'
const makeToken = (claims: object): string =>
  `${encode({ alg: 'RS256' })}.${encode(claims)}.${SIGNATURE}`
const now = Math.floor(Date.now() / 1000)
const TOKEN = makeToken({ iss: 'https://cluster', sub: 'api', exp: now + 3600 })

interface Setting {
  readonly service?: Service
  readonly env?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
  readonly folder?: string
}

const granted = (): Reply => [200, { access_token: 'a-token-of-the-service', expires_in: 300 }]

async function setUp({ service, files = {} }: Setting = {}): Promise<string> {
  const folder = makeFolder({
    'tokentool.yaml': profiles(service?.origin ?? 'http://127.0.0.1:9'),
    'secret.txt': `${secret}\n`,
    'token.jwt': `${TOKEN}\n`,
    'ask.sh': ASK,
    'sign.sh': SIGNER,
    'renew.sh': RENEW,
    'keys/rsa.pem': rsa.pem,
    'keys/rsa.pub': rsa.publicPem,
    'keys/ec.pem': ec.pem,
    'keys/ec.pub': ec.publicPem,
    ...files,
  })
  for (const name of ['ask.sh', 'sign.sh', 'renew.sh']) chmodSync(join(folder, name), 0o700)
  return folder
}

async function run(args: readonly string[], setting: Setting = {}): Promise<Outcome> {
  const folder = setting.folder ?? (await setUp(setting))
  const env = { KEY_NAME: 'rsa.pem', ...setting.env }
  return runProgram([...args, '-c', join(folder, 'tokentool.yaml')], {
    folder,
    env,
    answersFailure: args[0] === 'doctor',
  })
}

const count = (folder: string, name: string): number =>
  existsSync(join(folder, name))
    ? readFileSync(join(folder, name), 'utf8').split('\n').length - 1
    : 0

describe('a secret from a command', () => {
  test('arrives as it is, whatever folder one stands in, and is asked for once a run', async () => {
    const service = await serve(granted)
    const folder = await setUp({ service })
    const { code, stderr } = await run(['get', 'again', '--no-cache'], { folder })
    expect([code, stderr]).toEqual([0, ''])
    expect(service.requests.map(({ form }) => form.get('client_secret'))).toEqual([secret, secret])
    expect(count(folder, 'asked')).toBe(1)
  })

  test('is hidden where it stands, in a dry run and in a trace', async () => {
    const service = await serve(granted)
    const dry = await run(['get', 'shop', '-n'], { service })
    expect(dry.stdout).toContain('client_secret=«hidden»')
    const curl = await run(['get', 'shop', '--curl'], { service })
    expect(curl.stdout).toContain('CLIENT_SECRET')
    await run(['get', 'shop', '-vv', '--no-cache'], { service })
    const loose = await run(['get', 'loose', '-n'], { service })
    expect(loose.stdout).toContain('client_id=app%20of%20me')
  })

  test('a command that fails says why, without the secret', async () => {
    const files = {
      'secret.txt': secret,
      'ask.sh': '#!/bin/sh\ncat secret.txt >&2; cat secret.txt; exit 7',
    }
    const { code, stderr } = await run(['get', 'shop'], { files })
    expect(code).toBe(3)
    expect(stderr).toContain('the command ./ask.sh failed with 7')
    expect(stderr).toContain('said:  «hidden»')
  })

  test('one that a shell would have to run is told with its place', async () => {
    const file = profiles('http://127.0.0.1:9').replace('./ask.sh', 'pass show x | head -1')
    const { code, stderr } = await run(['get', 'kms'], { files: { 'tokentool.yaml': file } })
    expect(code).toBe(2)
    expect(stderr).toMatch(/tokentool\.yaml:8:20 .*client_secret: .*\| stands in it.*sh -c '…'/s)
  })
})

describe('a signer', () => {
  test('signs what is sent, by whatever key it has', async () => {
    const service = await serve(granted)
    const folder = await setUp({ service })
    const kms = await run(['get', 'kms', '--no-cache'], { folder })
    expect([kms.code, kms.stderr]).toEqual([0, ''])
    const { header, claims } = readJwt(service.last().form.get('assertion') ?? '')
    expect(header).toMatchObject({ alg: 'RS256', kid: 'k1' })
    expect(claims).toMatchObject({ iss: 'me' })
    const client = await run(['get', 'client', '--no-cache'], { folder })
    expect([client.code, client.stderr]).toEqual([0, ''])
    const signed = readJwt(service.last().form.get('client_assertion') ?? '')
    expect(signed.header.alg).toBe('ES256')
    expect(signed.signature.length).toBe(64)
    expect(count(folder, 'signed')).toBe(2)
  })

  test('signs each try anew', async () => {
    let tries = 0
    const service = await serve(() => (tries++ === 0 ? [503, 'busy'] : granted()))
    const folder = await setUp({ service })
    const { code } = await run(['get', 'kms', '--no-cache'], { folder })
    expect(code).toBe(0)
    expect(count(folder, 'signed')).toBe(2)
    const [first, second] = service.requests.map(({ form }) => form.get('assertion'))
    expect(first).not.toBe(second)
  })

  test('is understood by mint, key match and profile show', async () => {
    const folder = await setUp()
    const minted = await run(['mint', 'kms'], { folder })
    expect(readJwt(minted.stdout.trim()).header.kid).toBe('k1')
    const match = await run(['key', 'match', join(folder, 'keys/rsa.pem'), '-p', 'kms'], { folder })
    expect(match.stdout).toContain('the same key')
    const before = count(folder, 'signed')
    const show = await run(['profile', 'show', 'kms'], { folder })
    expect(show.stdout).toMatch(/key\.signer +\.\/sign\.sh/)
    expect(count(folder, 'signed')).toBe(before)
  })

  test('nothing is sent that its public key does not verify', async () => {
    const service = await serve(granted)
    const env = { KEY_NAME: 'ec.pem' }
    const { code, stderr } = await run(['get', 'kms'], { service, env })
    expect(code).toBe(3)
    expect(stderr).toContain('signed, but public_key keys/rsa.pub does not verify it')
    expect(service.requests).toEqual([])
  })

  test('needs its public key, and stands alone', async () => {
    const file = profiles('http://127.0.0.1:9')
    const without = { 'tokentool.yaml': file.replace('    public_key: keys/rsa.pub\n', '') }
    const missing = await run(['get', 'kms'], { files: without })
    expect(missing.code).toBe(3)
    expect(missing.stderr).toContain('kms has no public_key')
    expect(missing.stderr).toContain('add: public_key: ./public.pem')
    const beside = {
      'tokentool.yaml': file.replace('      signer: [./s', '      kty: RSA\n      signer: [./s'),
    }
    const both = await run(['get', 'kms'], { files: beside })
    expect([both.code, both.stderr]).toEqual([
      2,
      expect.stringContaining('kms: key.signer stands beside key.kty'),
    ])
  })

  test('may stand on the command line', async () => {
    const service = await serve(granted)
    const folder = await setUp({ service })
    const words = `key.signer:=["${folder}/sign.sh","${folder}/keys/rsa.pem"]`
    const args = [
      '--provider',
      'jwt-bearer',
      '-s',
      `token_endpoint=${service.origin}/t`,
      '-s',
      words,
    ]
    const { code } = await run(['get', ...args, '-s', `public_key=${folder}/keys/rsa.pub`], {
      folder,
    })
    expect(code).toBe(0)
  })
})

describe('an assertion from elsewhere', () => {
  test.each([
    ['pod', 'assertion', TOKEN],
    ['github', 'assertion', 'gho_opaque'],
    ['azure', 'client_assertion', TOKEN],
  ])('%s sends what stands there', async (profile, name, text) => {
    const service = await serve(granted)
    const folder = await setUp({ service })
    const env = { ID_TOKEN: 'gho_opaque', TOKEN_FILE: join(folder, 'token.jwt') }
    const { code, stderr } = await run(['get', profile, '--no-cache'], { folder, env })
    expect([code, stderr]).toEqual([0, ''])
    expect(service.last().form.get(name)).toBe(text)
  })

  test('is read anew for every try', async () => {
    let tries = 0
    const service = await serve(() => (tries++ === 0 ? [503, 'busy'] : granted()))
    const folder = await setUp({ service })
    expect((await run(['get', 'spire', '--no-cache'], { folder })).code).toBe(0)
    expect(service.requests.map(({ form }) => form.get('assertion'))).toEqual([
      `${TOKEN}1`,
      `${TOKEN}2`,
    ])
  })

  const refused: readonly [name: string, text: string | undefined, says: string][] = [
    ['expired', makeToken({ exp: now - 180 }), 'the assertion from ./token.jwt expired 3 m'],
    ['expired, in milliseconds', makeToken({ exp: (now - 180) * 1000 }), 'expired 3 m'],
    ['empty', '\n', 'the assertion from ./token.jwt is empty'],
    ['two lines', 'abc\ndef', 'is not one line of ASCII'],
    ['not ASCII', 'abcü', 'is not one line of ASCII'],
    ['missing', undefined, './token.jwt does not exist'],
  ]
  test.each(refused)('%s: nothing is sent', async (_name, text, says) => {
    const service = await serve(granted)
    const folder = await setUp({ service })
    if (text === undefined) rmSync(join(folder, 'token.jwt'))
    else writeFileSync(join(folder, 'token.jwt'), text)
    const { code, stderr } = await run(['get', 'pod'], { folder })
    expect(code).toBe(3)
    expect(stderr).toContain(says)
    expect(service.requests).toEqual([])
  })

  test('a variable that is not set, a command that fails', async () => {
    const unset = await run(['get', 'github'])
    expect([unset.code, unset.stderr]).toEqual([3, expect.stringContaining('ID_TOKEN is not set')])
    const failed = await run(['get', 'spire'], { files: { 'renew.sh': '#!/bin/sh\nexit 4' } })
    expect([failed.code, failed.stderr]).toEqual([3, expect.stringContaining('failed with 4')])
  })

  test('what the service is known to refuse is told before it is sent', async () => {
    const { code, stderr } = await run(['get', 'va'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/is missing \(from \.\/token\.jwt\)/)
    expect(stderr).not.toContain('has no key_path')
  })

  test('is hidden, and where it comes from is told', async () => {
    const service = await serve(granted)
    const folder = await setUp({ service })
    const dry = await run(['get', 'pod', '-n', '--json'], { folder })
    expect(dry.json()).toMatchObject({ claims: { sub: 'api' }, assertion_from: './token.jwt' })
    expect(dry.stdout).not.toContain(SIGNATURE)
    const curl = await run(['get', 'pod', '--curl'], { folder })
    expect(curl.stdout).toContain(`ASSERTION:?set it to what this prints: cat ${folder}/token.jwt`)
    const traced = await run(['get', 'pod', '-vv', '--no-cache'], { folder })
    expect(traced.stderr).toContain('the assertion comes from ./token.jwt')
    expect(traced.stderr).not.toContain(SIGNATURE)
  })

  test('a refusal shows what was sent in it', async () => {
    const service = await serve(() => [400, { error: 'invalid_grant' }])
    const { code, stderr } = await run(['get', 'pod'], { service })
    expect(code).toBe(4)
    expect(stderr).toContain('iss https://cluster')
  })

  test('mint has nothing to print, the sandbox nothing to check it by', async () => {
    const minted = await run(['mint', 'pod'])
    expect(minted.code).toBe(2)
    expect(minted.stderr).toContain('pod: nothing is minted, its assertion comes from ./token.jwt')
    expect((await run(['get', 'pod', '--sandbox'])).code).toBe(2)
  })

  const file = (text: string): Readonly<Record<string, string>> => ({
    'tokentool.yaml': profiles('http://127.0.0.1:9').replace('{ file: ./token.jwt }', text),
  })
  test.each([
    ['{ file: a, env: B }', 'assertion.env: stands beside file: it comes from one of the two'],
    ['{ file: a, claims: { iss: x } }', 'assertion.claims: stands beside file'],
    ['{ command: "a | b" }', 'assertion.command: the command cannot be run: | stands in it'],
    ['{ file: 5 }', 'wants text'],
    ['{ files: a }', 'did you mean file?'],
  ])('%s is told with its place', async (text, says) => {
    const { code, stderr } = await run(['get', 'kms'], { files: file(text) })
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)])
    expect(stderr).toMatch(/tokentool\.yaml:\d+:\d+/)
  })

  test('what is laid over it in another profile is judged when it is put together', async () => {
    const more = `${profiles('http://127.0.0.1:9')}  ci: { extends: pod, assertion: { env: B } }\n`
    const files = { 'tokentool.yaml': more }
    const { code, stderr } = await run(['get', 'ci'], { files })
    expect([code, stderr]).toEqual([2, expect.stringContaining('or say file: null there')])
    const mended = { 'tokentool.yaml': more.replace('env: B', 'env: B, file: null') }
    expect((await run(['get', 'ci'], { files: mended })).stderr).toContain('B is not set')
    expect((await run(['get', 'pod', '-s', 'assertion.env=B'])).stderr).toContain('B is not set')
  })
})

describe('doctor runs nothing', () => {
  test.each([
    ['shop', 'command ./ask.sh: ', '/ask.sh will be run at get; doctor runs no command'],
    ['kms', 'key.signer: ', '/sign.sh will be run at get; doctor runs no command'],
    ['spire', 'the assertion is what ', '/renew.sh prints, run at get'],
    ['pod', 'the assertion comes from ./token.jwt, good for ', ' m '],
  ])('%s', async (profile, before, behind) => {
    const folder = await setUp()
    const { code, stdout } = await run(['doctor', profile, '--offline'], { folder })
    expect(code).toBe(0)
    expect(stdout).toContain(before)
    expect(stdout).toContain(behind)
    for (const name of ['asked', 'signed', 'renewed']) expect(count(folder, name)).toBe(0)
  })

  test.each([
    ['shop', 'ask.sh', 'the command ./ask.sh is not executable'],
    ['kms', 'sign.sh', 'the command ./sign.sh is not executable'],
    ['spire', 'renew.sh', 'the command ./renew.sh is not executable'],
  ])('%s: what could not be run is told', async (profile, name, says) => {
    const folder = await setUp()
    chmodSync(join(folder, name), 0o600)
    const { code, stdout } = await run(['doctor', profile], { folder })
    expect([code, stdout]).toEqual([7, expect.stringContaining(says)])
  })

  test('an assertion that has expired is told', async () => {
    const files = { 'token.jwt': makeToken({ exp: now - 180 }) }
    const { code, stdout } = await run(['doctor', 'pod'], { files })
    expect([code, stdout]).toEqual([7, expect.stringContaining('expired 3 m')])
  })
})

describe('a file that was found and is not trusted runs nothing, and nothing from elsewhere is read', () => {
  const commands: readonly (readonly string[])[] = [
    ['get'],
    ['get', '-n'],
    ['get', '--curl'],
    ['get', '--sandbox'],
    ['mint'],
    ['doctor'],
    ['profile', 'show'],
    ['explain', 'invalid_grant', '-p'],
    ['key', 'match', 'keys/rsa.pem', '-p'],
    ['verify', TOKEN, '-p'],
  ]
  test.each(commands)('%s %s', async (...words) => {
    for (const profile of ['shop', 'kms', 'spire']) {
      const files = {
        'tokentool.yaml': profiles('http://127.0.0.1:9'),
        'token.jwt': TOKEN,
        'ask.sh': ASK,
        'sign.sh': SIGNER,
        'renew.sh': RENEW,
        'keys/rsa.pem': rsa.pem,
        'keys/rsa.pub': rsa.publicPem,
      }
      const env = { PATH: process.env.PATH ?? '', KEY_NAME: 'rsa.pem' }
      const world = createWorld([...words, profile], { files, env })
      for (const name of ['ask.sh', 'sign.sh', 'renew.sh']) chmodSync(join(world.cwd, name), 0o700)
      await main(world)
      expect(world.printed.out + world.printed.err).not.toBe('')
      for (const name of ['asked', 'signed', 'renewed']) expect(count(world.cwd, name)).toBe(0)
    }
  })
})
