// The accounts file: what it becomes, and how each mistake in it is named.

import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TokenError } from '../../src/core/error.ts'
import { createCertificate } from '../../src/io/key/write/certificate.ts'
import { readAccounts, readAccountsFile } from '../../src/sandbox/accounts.ts'
import { runMain } from '../support/world.ts'

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const publicPem = pair.publicKey.export({ format: 'pem', type: 'spki' }).toString().trim()
const privatePem = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
const curvePem = curve.publicKey.export({ format: 'pem', type: 'spki' }).toString()
const certificatePem = createCertificate({
  ...pair,
  commonName: 'test',
  notBefore: new Date('2020-01-01'),
  notAfter: new Date('2021-01-01'),
}).trim()

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'accounts-'))
  await writeFile(join(folder, 'k1.crt'), `${certificatePem}\n`)
  await writeFile(join(folder, 'both.pem'), `comment\n${certificatePem}\n${publicPem}\n`)
  await writeFile(join(folder, 'private.pem'), privatePem)
  await writeFile(join(folder, 'curve.pem'), curvePem)
  await writeFile(join(folder, 'noise.pem'), 'no PEM at all')
})
afterAll(() => rm(folder, { recursive: true }))

async function readText(text: string | Buffer) {
  const path = join(folder, 'accounts.yaml')
  await writeFile(path, text)
  return readAccountsFile(path)
}

test('becomes what the twins want, with the texts of its keys', async () => {
  const accounts = await readText(`
va-sis:
  - service_account_id: acct
    access_token_audience: myapp
    scopes: [https://staging-api.va.gov/v0/map_services/chatbot/token]
    user_attributes: [icn]
    access_token_seconds: 1800
    certificates: [./k1.crt, ./both.pem]
  - service_account_id: "88"
    access_token_audience: other
    scopes: one
va-map-sts: { applications: [chatbot], unknown_icns: ["1"] }
`)
  expect(accounts).toEqual({
    'va-sis': [
      {
        service_account_id: 'acct',
        access_token_audience: 'myapp',
        scopes: ['https://staging-api.va.gov/v0/map_services/chatbot/token'],
        user_attributes: ['icn'],
        access_token_seconds: 1800,
        certificates: [certificatePem, certificatePem, publicPem],
      },
      {
        service_account_id: '88',
        access_token_audience: 'other',
        scopes: ['one'],
        user_attributes: [],
        access_token_seconds: 300,
        certificates: [],
      },
    ],
    'va-map-sts': { applications: ['chatbot'], unknown_icns: ['1'] },
  })
})

test('may hold the text of a key where a path would stand', () => {
  const account = { service_account_id: 'a', access_token_audience: 'b', certificates: [publicPem] }
  const accounts = readAccounts({ 'va-sis': [account] }, () => expect.unreachable())
  expect(accounts['va-sis']?.[0]?.certificates).toEqual([publicPem])
})

test.each(['', '# nothing yet\n', '{}', '\uFEFF{}'])('%j registers nobody', async (text) => {
  expect(await readText(text)).toEqual({})
})

const one = (member: string) =>
  `va-sis:\n  - service_account_id: a\n    access_token_audience: b\n    ${member}\n`

test.each<[message: string, text: string | Buffer]>(
  // biome-ignore format: one mistake a row
  [
    ['va-siss: no such name; did you mean va-sis?', 'va-siss: []'],
    ['zzzzzzzz: no such name; there are va-sis, va-map-sts, federated-directory, light-oauth2, firstvision, generic', 'zzzzzzzz: []'],
    ['a mapping belongs here, not a list', '[]'],
    ['a mapping belongs here, not a text', 'text'],
    ['va-sis: a list belongs here, not a text', 'va-sis: text'],
    ['va-sis[0]: a mapping belongs here, not a text', 'va-sis: [text]'],
    ['va-sis[0]: service_account_id is missing', 'va-sis: [{}]'],
    ['va-sis[0].service_account_id: this is empty', 'va-sis: [{ service_account_id: "" }]'],
    ['va-sis[0].service_account_id: a text belongs here, not a number', 'va-sis: [{ service_account_id: 88 }]'],
    ['va-sis[0].service_account_id: a text belongs here, not a list', 'va-sis: [{ service_account_id: [] }]'],
    ['va-sis[0].scope: no such name; did you mean scopes?', one('scope: x')],
    ['va-sis[0].scopes[1]: a text belongs here, not a mapping', one('scopes: [x, {}]')],
    ['va-sis[0].access_token_seconds: a number belongs here, not a text', one('access_token_seconds: "300"')],
    ['va-sis[0].access_token_seconds: a whole number above zero belongs here', one('access_token_seconds: 0')],
    ['va-sis[0].access_token_seconds: a whole number above zero belongs here', one('access_token_seconds: 1.5')],
    ['va-sis[0].certificates[0]: this file cannot be read', one('certificates: [gone.crt]')],
    ['va-sis[0].certificates[0]: this is a private key; register its certificate or public key', one('certificates: [private.pem]')],
    ['va-sis[0].certificates[0]: this holds no RSA key, and the service knows only RS256', one('certificates: [curve.pem]')],
    ['va-sis[0].certificates[0]: a PEM certificate or public key belongs here', one('certificates: [noise.pem]')],
    ['va-sis[0].certificates: a list belongs here, not a text', one('certificates: k1.crt')],
    ['va-sis[0]."a b\\u001b": no such name; there are service_account_id, access_token_audience, scopes, user_attributes, access_token_seconds, certificates', one('"a b\\e": x')],
    ['__proto__: no such name; there are va-sis, va-map-sts, federated-directory, light-oauth2, firstvision, generic', '__proto__: {}'],
    ['va-map-sts.applications: a text belongs here, not a number', 'va-map-sts: { applications: 7 }'],
    ['FILE:2:11: not valid YAML (bad indent)', 'va-sis: [\n  secret: }'],
    ['FILE:2:1: not valid YAML (duplicate key)', 'a: 1\na: 2'],
    ['FILE is not UTF-8 text', Buffer.from([0x61, 0xff, 0xfe])],
    ['FILE is larger than 256 KiB', '#'.repeat(256 * 1024 + 1)],
    ['FILE is nested too deeply', '['.repeat(10_000)],
    ['FILE is nested too deeply', '- '.repeat(10_000)],
    ['FILE: too many aliases', laugh()],
  ],
)('%s', async (message, text) => {
  const error = await readText(text).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(TokenError)
  expect(error.code).toBe('accounts_invalid')
  const file = join(folder, 'accounts.yaml')
  const whole = message.startsWith('FILE') ? message : `FILE: ${message}`
  expect(error.message).toBe(whole.replace('FILE', file))
})

/** A billion laughs: nine lists of nine aliases each. */
function laugh(): string {
  const names = 'abcdefghi'.split('')
  const list = (name: string) => Array(9).fill(`*${name}`).join(', ')
  return names
    .map((name, at) => `${name}: &${name} [${at === 0 ? 1 : list(names[at - 1] ?? '')}]`)
    .join('\n')
}

test.each([
  ['gone.yaml', 'file_missing'],
  ['.', 'file_unreadable'],
])('%s is %s', async (name, code) => {
  await expect(readAccountsFile(join(folder, name))).rejects.toMatchObject({ code })
})

test('it is looked for in the working folder of the run, and called as it was named', async () => {
  const files = { 'own.yaml': 'firstvision: []\n', 'bad.yaml': 'nobody: []\n' }
  const found = await runMain(['sandbox', '--until-eof', '--accounts', 'own.yaml'], { files })
  expect([found.exit, found.stdout]).toEqual([0, expect.stringContaining('firstvision')])
  const bad = await runMain(['sandbox', '--until-eof', '--accounts', 'bad.yaml'], { files })
  expect(bad.stderr).toContain('error: bad.yaml: ')
  const none = await runMain(['sandbox', '--until-eof', '--accounts', 'none.yaml'], { files })
  expect(none.stderr).toContain('there is no file none.yaml\n')
  expect(none.stderr).toContain('fix:   ls -l none.yaml\n')
})
