// E6: every error there is, once: one line says what, at least one what to do or what it means, its
// code decides the exit, and what a server said is made safe. The compiler asks for a new one's case.

import { afterAll, describe, expect, test } from 'vitest'
import { type ErrorCode, TokenError } from '../../src/core/error.ts'
import { makeCertificates } from '../support/certificates.ts'
import { lock, makeEcKey, makeRsaKey } from '../support/keys.ts'
import { closeAll, serveBytes } from '../support/network.ts'
import { plantCanary } from '../support/program.ts'
import { type Reply, serve } from '../support/service.ts'
import { runMain, type WorldOptions } from '../support/world.ts'

afterAll(closeAll)

const ec = makeEcKey()
const rsa = makeRsaKey()
const weak = makeRsaKey(1024)
const certificates = makeCertificates()
afterAll(() => certificates.remove())
const secret = plantCanary()

/** What a careless or hostile server may say. */
const ESC = '\u001b[2J\u001b]0;x\u0007'
const said = `it is ${ESC} bad\r\ntokentool: error: forged \u202e ${'x'.repeat(5000)}`

async function origin(reply: Reply, tls?: Parameters<typeof serve>[1]): Promise<string> {
  return (await serve(() => reply, tls)).origin
}
const reset = await serveBytes((socket) => void socket.resetAndDestroy())
const silent = await serveBytes('', true)
const cut = await serveBytes('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"acc')

type Situation = readonly [args: readonly string[], options?: WorldOptions]

const profile = (more: string, endpoint = 'https://id.example/t'): string =>
  `profiles:\n  p:\n    provider: jwt-bearer\n    token_endpoint: ${endpoint}\n    issuer: me\n${more}`
const ask = (
  more: string,
  endpoint?: string,
  files: Readonly<Record<string, string | Uint8Array>> = {},
  args: readonly string[] = [],
): Situation => [
  ['get', '-c', 'p.yaml', '--retries', '0', ...args],
  {
    files: { 'p.yaml': profile(more, endpoint), 'k.pem': ec.pem, ...files },
    env: { SECRET: secret },
  },
]
const K = '    key_path: k.pem\n'

/** Those need a signal, another program or a check that fails, and have tests of their own. */
type Elsewhere =
  | 'bug'
  | 'interrupted'
  | 'accounts_invalid'
  | 'placeholder_unknown'
  | 'command_missing'
  | 'command_unusable'

const SITUATIONS: Readonly<Record<Exclude<ErrorCode, Elsewhere>, Situation>> = {
  usage: [['get', '--nope']],
  input_invalid: [['decode', 'no-token']],
  file_missing: [['get', '-c', 'none.yaml']],
  file_unreadable: [['get', '-c', '.']],
  file_unwritable: [['key', 'generate', 'nowhere/k.pem']],
  file_exists: [['key', 'generate', 'k.pem'], { files: { 'k.pem': '' } }],
  file_invalid: [['get', '-c', 'p.yaml'], { files: { 'p.yaml': 'profiles: [' } }],
  file_ambiguous: [['get'], { files: { 'tokentool.yaml': '', 'tokentool.json': '' } }],
  profile_missing: [
    ['get', '-c', 'p.yaml'],
    { files: { 'p.yaml': 'profiles:\n  a: { provider: va-sis }\n  b: { provider: va-sis }\n' } },
  ],
  profile_unknown: [['get', 'q', '-c', 'p.yaml'], { files: { 'p.yaml': profile(K) } }],
  profile_cycle: [
    ['get', 'a', '-c', 'p.yaml'],
    { files: { 'p.yaml': 'profiles:\n  a: { extends: b }\n  b: { extends: a }\n' } },
  ],
  environment_missing: [
    ['get', '-c', 'p.yaml'],
    {
      files: {
        'p.yaml': profile(
          `${K}    environments:\n      a: { subject: a }\n      b: { subject: b }\n`,
        ),
      },
    },
  ],
  environment_unknown: ask(`${K}    environments:\n      a: { subject: a }\n`, undefined, {}, [
    '-e',
    'c',
  ]),
  field_missing: [['get', '--provider', 'va-map-sts', '-e', 'staging', '-s', 'application=x']],
  field_invalid: ask(K, undefined, {}, ['-s', 'lifetime=soon']),
  limit: [
    [
      'get',
      '--provider',
      'va-sis',
      '-e',
      'staging',
      '-s',
      'issuer=me',
      '-s',
      'subject=you',
      '-s',
      'service_account_id=x',
      '-s',
      'key_path=k.pem',
      '-s',
      'lifetime=2h',
      '--scope',
      'a',
    ],
    { files: { 'k.pem': rsa.pem } },
  ],
  url_invalid: ask(K, 'http://id.example/t'),
  tls_invalid: ask(`${K}    tls: { cert: c.pem }\n`, undefined, {
    'c.pem': certificates.read('client.crt'),
  }),
  proxy_invalid: ask(`${K}    proxy: "ftp://x"\n`),
  untrusted: [['get'], { files: { 'tokentool.yaml': profile('    key: ${env:KEY}\n') } }],
  secret_missing: ask('    key: ${env:NOT_SET}\n'),
  secret_unreadable: ask('    key: ${file:none}\n'),
  assertion_unusable: ask('    assertion: { file: a.jwt }\n', undefined, { 'a.jwt': '' }),
  key_missing: ask('    key_path: none.pem\n'),
  key_unreadable: ask('    key_path: .\n'),
  key_unusable: ask('    key_path: c.pem\n', undefined, {
    'c.pem': certificates.read('client.crt'),
  }),
  key_encrypted: ask('    key_path: l.pem\n', undefined, { 'l.pem': lock(rsa, 'not-a-secret') }),
  key_passphrase: ask('    key_path: l.pem\n    passphrase: ${env:SECRET}\n', undefined, {
    'l.pem': lock(rsa, 'not-a-secret'),
  }),
  key_unfit: ask(`${K}    algorithm: RS256\n`),
  key_weak: ask('    key_path: w.pem\n', undefined, { 'w.pem': weak.pem }),
  service_refused: ask(K, await origin([400, { error: 'invalid_grant', error_description: said }])),
  answer_unusable: ask(
    K,
    await origin([200, `<title>${said}</title>`, { 'content-type': 'text/html' }]),
  ),
  answer_redirect: ask(K, await origin([302, '', { location: 'https://x.example/' }])),
  answer_too_large: ask(K, await origin([200, 'x'.repeat(1_100_000)])),
  discovery_invalid: [
    ['get', '-c', 'p.yaml'],
    {
      files: {
        'k.pem': ec.pem,
        'p.yaml': profile(K).replace(
          /token_endpoint: .*/,
          `authorization_server: ${await origin([404])}`,
        ),
      },
    },
  ],
  service_unavailable: ask(K, await origin([503, said])),
  network_dns: ask(K, 'https://nowhere.invalid/t'),
  network_refused: ask(K, 'http://127.0.0.1:9/'),
  network_reset: ask(K, `http://127.0.0.1:${reset}/`),
  network_tls: ask(
    K,
    (
      await origin([200, {}], {
        key: certificates.read('self.key'),
        cert: certificates.read('self.crt'),
      })
    ).replace('127.0.0.1', 'localhost'),
  ),
  network_proxy: ask(`${K}    proxy: http://127.0.0.1:9\n`),
  network_timeout: ask(K, `http://127.0.0.1:${silent}/`, {}, ['--timeout', '1']),
  // no machine has a way to it
  network_failed: ask(K, 'https://[2001:db8::1]/t', {}, ['--timeout', '1']),
  answer_cut_off: ask(K, `http://127.0.0.1:${cut}/`),
  check_failed: ask(K, await origin([200, { access_token: 'opaque', expires_in: 60 }]), {}, [
    '--min-ttl',
    '1h',
  ]),
}

/** What the network of this machine makes of them is its own affair. */
const ALSO: Readonly<Partial<Record<ErrorCode, readonly string[]>>> = {
  network_failed: ['network_timeout', 'network_refused'],
  network_dns: ['network_timeout'],
}

describe('E6', () => {
  test.each(Object.entries(SITUATIONS))('%s', async (name, [args, options = {}]) => {
    const code = name as ErrorCode
    const exits = new Set<number>()
    const json = await runMain([...args, '--json'], options)
    const spoken = await runMain(args, options)
    for (const { exit, stdout } of [json, spoken]) {
      expect(stdout).toBe('')
      exits.add(exit)
    }
    const { error } = JSON.parse(json.stderr) as { error: Record<string, unknown> }
    const known = ALSO[code]?.includes(`${error.code}`) ? (error.code as ErrorCode) : code
    expect(error.code, json.stderr).toBe(known)
    expect([...exits]).toEqual([new TokenError(known, '').exit])
    expect(error.exit).toBe(spoken.exit)

    // lower case, no full stop, one line; and something to go on with
    expect(error.message).toMatch(/^(?:[^A-Z\s]|[A-Z]{2})[^\n]*[^.\s]$/)
    expect([error.fix].flat().filter(Boolean), json.stderr).not.toEqual([])
    const lines = spoken.stderr.trimEnd().split('\n')
    const first = lines.findIndex((line) => line.startsWith('tokentool: error: '))
    expect(first, spoken.stderr).toBeGreaterThanOrEqual(0)
    // only warnings before it
    expect(lines.slice(0, first).every((line) => line.startsWith('tokentool: '))).toBe(true)
    for (const line of lines.slice(first + 1)) expect(line).toMatch(/^ {2}\S| {9}/)

    // nothing that a server said moves the cursor, forges a line, or goes on for pages
    expect(spoken.stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
    expect(lines.filter((line) => line.startsWith('tokentool: error'))).toHaveLength(1)
    expect(spoken.stderr.length).toBeLessThan(4000)
    expect(json.stderr).not.toContain(ESC)
  })
})
