// What the README shows is what the program says.

import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { FORMS } from '../../src/core/answer/form-names.ts'
import { EXITS } from '../../src/core/error.ts'
import { PROVIDERS } from '../../src/providers/table.ts'
import { encode } from '../support/jws.ts'
import { runProgram } from '../support/program.ts'
import { runMain } from '../support/world.ts'

const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8')

/** A profile of the README, whole or as a part of a file. */
const yamlBlocks = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text)

describe('the README', () => {
  it('has the help text of get, letter by letter', async () => {
    const { stdout } = await runProgram(['get', '--help'])
    expect(readme).toContain(`$ tokentool get --help\n${stdout.trimEnd()}\n`)
  })

  it('has the first mistakes, as they are told', async () => {
    const { stderr } = await runProgram(['get'], {
      files: {
        'tokentool.yaml': `profiles:
  va:
    provider: va-siss
    subject: chatbot@example.gov
  chatbot:
    provider: va-map-sts
    via: vaa
    aplication: chatbot
    user_attributes: { icn: "\${env:ICN}" }
`,
      },
    })
    expect(readme).toContain(stderr.trimEnd())
  })

  it('names every provider, output form and exit code', () => {
    for (const name of Object.keys(PROVIDERS)) expect(readme).toContain(`\`${name}\``)
    for (const form of FORMS) expect(readme).toContain(`| \`${form}\` |`)
    for (const exit of [0, ...Object.values(EXITS)]) expect(readme).toContain(`| ${exit} |`)
  })

  it('has profiles that run', async () => {
    const [first = '', google = '', github = ''] = yamlBlocks
    const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    const files = {
      'service-account.json': JSON.stringify({
        type: 'service_account',
        private_key: key.export({ type: 'pkcs8', format: 'pem' }),
        private_key_id: 'a1',
        client_email: 'robot@project.example',
        token_uri: 'https://oauth2.example/token',
      }),
      'tokentool.yaml': `${first}${google}  app:
    provider: github-app
    installation: "1"
    issuer: "2"
    key_path: ./key.pem
${github}`,
    }
    for (const args of [
      ['va', '-e', 'staging'],
      ['va', '-e', 'production'],
      ['google'],
      ['app', '-n'],
    ]) {
      const { code, stderr } = await runProgram(['get', ...args, '--sandbox'], { files })
      expect(code, stderr).toBe(0)
    }
  })

  it('has a refusal that comes out as shown', async () => {
    const args = ['get', '--sandbox', '--scope', 'https://api.va.gov/v0/other']
    const { code, stderr } = await runProgram(args)
    expect(code).toBe(4)
    expect(readme).toContain(`$ tokentool ${args.join(' ')}\n`)
    const shown = stderr.split('\n').filter((line) => /^ {2}(said|means|fix): /.test(line))
    expect(shown).toHaveLength(3)
    for (const line of shown) expect(readme).toContain(line)
  })

  /** 2026-11-21T12:00:00Z */
  const NOON = Date.UTC(2026, 10, 21, 12)
  const claims = {
    iss: 'va.gov sign in',
    aud: 'chatbot',
    sub: 'chatbot@example.gov',
    jti: '2ed8a21d',
    iat: NOON / 1000 - 110,
    exp: NOON / 1000 + 190,
    version: 'V0',
    scopes: ['https://staging-api.va.gov/v0/map_services/chatbot/token'],
    service_account_id: '88a6d94a3182fd63279ea5565f26bcb4',
    user_attributes: { icn: '1012667122V019349' },
  }
  const token = [
    encode({ kid: '42846f956b300193', alg: 'RS256', typ: 'JWT' }),
    encode(claims),
    Buffer.alloc(256, 7).toString('base64url'),
  ].join('.')

  it.each([
    ['decode', token, []],
    ['verify', token, ['--key', 'sis.pub', '--iss', 'va.gov sign in', '--aud', 'checkin']],
    ['explain', 'ERR12014', []],
    ['key', '', ['inspect', 'sign.jwk']],
  ])('has what %s says', async (verb, input, args) => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    // RFC 8037 A.2
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'
    const jwk = { kty: 'OKP', crv: 'Ed25519', x, kid: '2026-11' }
    const files = {
      'sign.jwk': JSON.stringify(jwk),
      'sis.pub': `${publicKey.export({ type: 'spki', format: 'pem' })}`,
    }
    const { stdout } = await runMain([verb, ...args], {
      stdin: input,
      now: NOON,
      files,
      env: { LANG: 'C.UTF-8' },
    })
    expect(readme).toContain(stdout.trimEnd())
  })
})
