// Ways around trust that somebody has thought of: what a found file gets without having been shown.

import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Received, type Service, serve } from '../support/service.ts'
import { type Run, runMain, type TestWorld, type WorldOptions } from '../support/world.ts'

const OWN = '~/.config/tokentool/tokentool.yaml'
const FILE = 'tokentool.yaml'
const SECRET = 'not-a-real-secret-at-all'

const issue = (request: Received): [number, object] => [
  200,
  { access_token: `of-${request.path.slice(1)}`, token_type: 'Bearer', expires_in: 3600 },
]
const makeServices = async (): Promise<{ good: Service; evil: Service }> => ({
  good: await serve(issue),
  evil: await serve(issue),
})
const start = (args: readonly string[], options: WorldOptions): Promise<Run> =>
  runMain(['get', '--no-cache', ...args], { ...options, env: { SEC: SECRET, ...options.env } })
const again = (world: TestWorld, ...args: string[]): Promise<Run> => runMain(args, { again: world })
const edit = (world: TestWorld, name: string, text: string, mode = 0o600): void => {
  writeFileSync(join(world.cwd, name), text)
  chmodSync(join(world.cwd, name), mode)
}
/** What got there that is a secret. */
const listed = ({ requests }: Service): number => requests.length

const refusal = ({ exit, stderr }: Run): [number, string] => [exit, stderr.replace(/\s+/g, ' ')]

describe('what the user has written does not go where a found file says', () => {
  const client = (host: string, secret = SECRET): string => `profiles:
  corp:
    provider: client-credentials
    token_endpoint: ${host}/t
    client_id: corp
    client_secret: ${secret}
`
  const own = (host: string): string => `profiles:
  corp: { provider: own }
providers:
  own:
    fields: { base_url: { help: it, type: url, default: "${host}" }, pin: { help: it, type: text, default: 12345678 } }
    call:
      url: \${base_url}/t
      headers: { X-Key: literal-user-secret, X-Other-Key: "v1-\${pin}" }
`
  type Case = readonly [what: string, own: string, found: string, shown: string]
  const CASES: readonly Case[] = [
    [
      'a literal secret',
      client('GOOD'),
      'profiles: { x: { extends: corp, token_endpoint: "EVIL/t" } }',
      'the client_secret of corp → EVIL',
    ],
    [
      'a key',
      client('GOOD').replace(
        `client_secret: ${SECRET}`,
        'client_auth: private_key_jwt\n    key: "-----BEGIN PRIVATE KEY----- x"',
      ),
      'profiles: { x: { extends: corp, token_endpoint: "EVIL/t" } }',
      'the key of corp → EVIL',
    ],
    [
      'a header of a provider',
      own('GOOD'),
      'profiles: { x: { provider: own, base_url: "EVIL" } }',
      'the call.headers.X-Key of own → EVIL',
    ],
    [
      'a header of a provider, beside one of the file',
      own('GOOD'),
      'profiles: { x: { provider: own, base_url: "EVIL", call: { headers: { A: b } } } }',
      'the call.headers.X-Key of own → EVIL',
    ],
    [
      'a field that a header is made of',
      own('GOOD').replace('X-Key: literal-user-secret, ', ''),
      'profiles: { x: { provider: own, base_url: "EVIL" } }',
      'the pin of own → EVIL',
    ],
  ]
  it.each(CASES)('%s', async (_what, theirs, found, shown) => {
    const { good, evil } = await makeServices()
    const put = (text: string): string =>
      text.replaceAll('GOOD', good.origin).replaceAll('EVIL', evil.origin)
    const files = { [OWN]: put(theirs), [FILE]: put(found) }
    const run = await start(['x'], { files })
    expect(refusal(run)).toEqual([2, expect.stringContaining(put(shown))])
    expect([listed(good), listed(evil)]).toEqual([0, 0])
    expect(run.stderr).not.toContain(SECRET)
  })

  it.each([
    ['base_url', 'noenv', '${base_url}/t', ''],
    ['environment', 'noenv', 'http://127.0.0.1:${environment}/t', ''],
  ])('what the profile before hands on is its file’s: %s', async (what, name, url) => {
    const { good, evil } = await makeServices()
    const port = new URL(evil.origin).port
    const handed = what === 'base_url' ? `base_url: "${evil.origin}"` : `environment: "${port}"`
    const files = {
      [OWN]: `profiles:
  noenv: { provider: client-credentials, token_endpoint: "${url}", client_id: ci, client_secret: "\${env:SEC}" }
`,
      [FILE]: `profiles:
  first: { provider: client-credentials, token_endpoint: "${good.origin}/f", client_id: a, client_auth: none, ${handed} }
`,
    }
    const run = await start(['first', '--then', name], { files })
    expect(refusal(run)).toEqual([2, expect.stringContaining(`variable SEC → ${evil.origin}`)])
    expect([listed(good), listed(evil)]).toEqual([0, 0])
  })

  it('a token is another one where its profile is another one of that name', async () => {
    const { good, evil } = await makeServices()
    const thief = `  x:
    provider: client-credentials
    via: va
    token_endpoint: ${evil.origin}/x
    client_id: a
    client_auth: none
    call: { headers: { X-K: "\${via.access_token}" } }
`
    const va = `  va: { provider: client-credentials, token_endpoint: "${good.origin}/va", client_id: a`
    const files = {
      [OWN]: `profiles:\n${va}, client_secret: ${SECRET} }\n`,
      [FILE]: `profiles:\n${va}, client_auth: none }\n${thief}`,
    }
    const { world } = await runMain(['trust'], { files, env: { SEC: SECRET } })
    expect((await again(world, 'get', '--no-cache', 'x')).exit).toBe(0)
    const before = [listed(good), listed(evil)]
    edit(world, FILE, `profiles:\n${thief}`)
    const run = await again(world, 'get', '--no-cache', 'x')
    const shown = `the token of your own va from ${good.origin} → ${evil.origin}`
    expect(refusal(run)).toEqual([2, expect.stringContaining(shown)])
    expect([listed(good), listed(evil)]).toEqual(before)
  })
})

describe('what is typed', () => {
  const found = (host: string, more = ''): string => `profiles:
  x:
    provider: client-credentials
    token_endpoint: ${host}/t
    client_id: a
${more}`

  it.each([
    ['client_secret=@secret'],
    ['client_secret=${env:SEC}'],
    ['client_secret=${file:secret}'],
  ])('%s does not go to a host that only the file names', async (typed) => {
    const { good, evil } = await makeServices()
    const files = { [FILE]: found(evil.origin), secret: SECRET }
    const run = await start(['x', '-s', typed], { files })
    const shown = `what you typed for client_secret → ${evil.origin}`
    expect(refusal(run)).toEqual([2, expect.stringContaining(shown)])
    expect(listed(evil)).toBe(0)
    // where the address is typed as well nothing of it is the file's
    const address = `token_endpoint=${good.origin}/mine`
    const free = await again(run.world, 'get', '--no-cache', 'x', '-s', typed, '-s', address)
    expect([free.exit, listed(good), listed(evil)]).toEqual([0, 1, 0])
  })

  const TYPED: readonly (readonly [url: string, typed: string, more: string])[] = [
    ['EVIL/evil', 'token_endpoint=GOOD/t', ''],
    ['EVIL/evil', 'base_url=GOOD', ''],
    ['EVIL/?${token_endpoint}', 'token_endpoint=GOOD/t', ''],
    ['${token_endpoint}.evil.example', 'token_endpoint=GOOD', ''],
  ]
  it.each(TYPED)('an address that is not where it goes: %s, %s', async (url, typed) => {
    const { good, evil } = await makeServices()
    const put = (text: string): string =>
      text.replaceAll('GOOD', good.origin).replaceAll('EVIL', evil.origin)
    const secret = '    client_secret: "${env:SEC}"\n'
    const files = { [FILE]: found(good.origin, secret) }
    const { world } = await runMain(['trust'], { files, env: { SEC: SECRET } })
    edit(world, FILE, put(found(good.origin, `${secret}    call: { url: "${url}" }\n`)))
    const run = await again(world, 'get', '--no-cache', 'x', '-s', put(typed))
    expect([run.exit, listed(good), listed(evil)]).toEqual([2, 0, 0])
    expect(run.stderr).toContain('is not trusted with what it wants to use')
  })
})

describe('a command', () => {
  const SCRIPT = '#!/bin/sh\ntouch ran\necho secret-of-the-script\n'
  const sign = (words: string, more = ''): string => `profiles:
  y:
    provider: client-credentials
    token_endpoint: HOST/t
    client_id: a
    client_auth: private_key_jwt
    public_key: k.pub
    key: { signer: ${words} }
${more}`

  it.each([
    ['the token before', '["${via.access_token}", "a"]'],
    ['a file', '["${file:where}"]'],
    ['the clock', '["./s${now}"]'],
    ['a secret of the file', '["${client_secret}"]'],
  ])('that is not known is never run, nor can it be trusted: %s', async (what, words) => {
    const { good } = await makeServices()
    const via = what === 'the token before' ? '    via: first\n' : ''
    const more = `${via}    client_secret: ./evil.sh\n  first: { provider: client-credentials, token_endpoint: HOST/f, client_id: a, client_auth: none }\n`
    const text = sign(words, more).replaceAll('HOST', good.origin)
    const files = { [FILE]: text, where: './evil.sh', 'evil.sh': SCRIPT }
    const { world, stdout, stderr } = await runMain(['trust'], { files })
    chmodSync(join(world.cwd, 'evil.sh'), 0o700)
    expect(stdout).not.toContain('command ')
    expect(stderr).toContain('not trusted: command ')
    const run = await again(world, 'get', '--no-cache', 'y')
    expect(refusal(run)).toEqual([2, expect.stringContaining('is not trusted with')])
    expect(listed(good)).toBe(0)
    expect(existsSync(join(world.cwd, 'ran'))).toBe(false)
  })

  it.each([
    ['a filter', 'key: { signer: ["./${script|upper}"] }, script: sign.sh', './SIGN.SH'],
    [
      'a word with a space',
      `assertion: { command: "\${script}" }, script: "./good.sh arg"`,
      './good.sh arg',
    ],
    ['a variable', 'key: { signer: ["./${env:TOOL}"] }', './tool.sh'],
  ])('is shown and kept as it is run: %s', async (_what, part, program) => {
    const { good } = await makeServices()
    const files = {
      [FILE]: `profiles:
  y: { provider: own, issuer: i, public_key: k.pub, ${part} }
providers:
  own:
    fields: { script: { help: it, type: text } }
    assertion: { algorithms: [RS256], header: {}, claims: { iss: "\${issuer}" } }
    call: { url: "${good.origin}/t", params: { a: "\${assertion}" } }
`,
      'good.sh': SCRIPT,
      'sign.sh': SCRIPT,
    }
    const env = { TOOL: 'tool.sh' }
    const { world } = await runMain(['trust'], { files, env })
    edit(world, program, SCRIPT, 0o700)
    const first = await again(world, 'trust')
    expect(first.stdout).toMatch(/command .*sha256:/)
    edit(world, program, `${SCRIPT}# other`, 0o700)
    const run = await again(world, 'get', '--no-cache', 'y')
    expect(refusal(run)).toEqual([2, expect.stringContaining('has changed since it was trusted')])
    expect([existsSync(join(world.cwd, 'ran')), listed(good)]).toEqual([false, 0])
  })
})

describe('what is shown', () => {
  const shop = (lines: string): string =>
    `profiles:\n  shop: { provider: client-credentials, client_id: a, client_secret: "\${env:SEC}", ${lines} }\n`

  it.each([
    ['the clock', 'call: { url: "http://a${now}.example/t" }', 'http://a${now}.example/t'],
    ['a number', 'token_endpoint: "http://a${uuid}.example/t"', 'http://a${uuid}.example/t'],
    ['a file', 'token_endpoint: "http://127.0.0.1.${file:sec}"', 'http://127.0.0.1.${file:sec}'],
    ['a key', 'token_endpoint: "http://${key.id}/t", key_path: sec', 'http://${key.id}/t'],
  ])('is no host that is made up later: %s', async (_what, lines, shown) => {
    const saw: string[] = []
    const files = { [FILE]: shop(lines), sec: SECRET }
    const run = await start(['-n'], { files })
    const told = `variable SEC → an address that is not known yet, ${shown}`
    expect(refusal(run)).toEqual([2, expect.stringContaining(told)])
    const world = { ...run.world, saw: (path: string) => void saw.push(path) }
    await runMain(['get', '-n'], { again: world })
    expect(saw.filter((path) => path.endsWith('/sec'))).toEqual([])
  })

  it('is the host although the path is made up later', async () => {
    const files = { [FILE]: shop('token_endpoint: "https://id.example/${uuid}?${file:sec}"') }
    const run = await start(['-n'], { files })
    expect(refusal(run)).toEqual([2, expect.stringContaining('variable SEC → https://id.example')])
    expect(run.stderr).not.toContain('not known yet')
  })

  it.each([
    ['⟶'],
    ['⇒'],
    ['⤍'],
    ['⮕'],
    ['➜'],
    ['￫'],
    ['🠖'],
    ['\u3000'],
    ['\u00a0'],
    ['\u3164'],
    ['\u2800'],
    ['\u05d0'],
  ])('holds no sign of another host: %s', async (sign) => {
    const text = shop('token_endpoint: "https://id.example/t"').replace(
      '${env:SEC}',
      `\${command:./s.sh 'ä x ${sign} https://good.example'}`,
    )
    const run = await runMain(['trust'], { files: { [FILE]: text } })
    expect(run.stdout).not.toContain(sign)
    expect(run.stdout).toMatch(/ä x \\u\{?[0-9a-f]{4,5}\}? https/)
  })

  it('is the proxy that is used', async () => {
    const files = {
      [FILE]: shop(
        'token_endpoint: "https://id.example/t", proxy: "http://evil.example?@good.example"',
      ),
    }
    const { stdout } = await runMain(['trust'], { files })
    expect(stdout).toContain('proxy http://evil.example')
  })

  it('are the parts of a tls that is made of another field', async () => {
    const text = `profiles:
  x: { provider: own, tls: "\${t}", t: { insecure: true, ca: ./ca.pem } }
providers:
  own:
    fields: { t: { help: it, type: object } }
    call: { url: "https://id.example/t" }
`
    const { stdout } = await runMain(['trust'], { files: { [FILE]: text } })
    expect(stdout).toContain('tls.insecure → https://id.example')
    expect(stdout).toContain('tls.ca ./ca.pem → https://id.example')
  })
})

describe('discovery', () => {
  const found = (host: string): string =>
    `profiles:\n  x: { provider: client-credentials, authorization_server: "${host}", client_id: a, client_secret: "\${env:SEC}" }\n`

  it.each([
    ['found', true],
    ['named', false],
  ])(
    'does not lead what a file sends to another origin, where it was %s',
    async (_what, isFound) => {
      const evil = await serve(issue)
      const server: Service = await serve(() => [
        200,
        { issuer: server.origin, token_endpoint: `${evil.origin}/t` },
      ])
      const files = { [FILE]: found(server.origin) }
      const { world } = await runMain(['trust'], { files, env: { SEC: SECRET } })
      const args = isFound ? [] : ['-c', FILE]
      const run = await again(world, 'get', '--no-cache', ...args)
      expect([run.exit, listed(evil)]).toEqual(isFound ? [2, 0] : [0, 1])
      if (!isFound) return
      for (const text of [server.origin, evil.origin, 'token_endpoint', 'tokentool trust'])
        expect(run.stderr).toContain(text)
      // whoever types the server means its word
      const typed = ['-s', `authorization_server=${server.origin}`]
      expect((await again(world, 'get', '--no-cache', ...typed)).exit).toBe(0)
    },
  )
})

describe('a renewal in exec --token-file', () => {
  it('runs no program that has changed meanwhile', async () => {
    const good = await serve(() => [200, { access_token: `t${Math.random()}`, expires_in: 2 }])
    const script = '#!/bin/sh\necho x >> runs\necho secret-of-the-script\n'
    const files = {
      [FILE]: `profiles:
  x: { provider: own, subject: s }
providers:
  own:
    fields: {}
    assertion: { command: ./sign.sh }
    call: { url: "${good.origin}/t", params: { a: "\${assertion}" } }
`,
      'sign.sh': script,
    }
    const env = { PATH: process.env.PATH ?? '' }
    const { world } = await runMain(['trust', '--json'], { files, env })
    chmodSync(join(world.cwd, 'sign.sh'), 0o700)
    await again(world, 'trust')
    const edited = join(world.cwd, 'sign.sh')
    const change = `echo 'touch "${world.cwd}/edited"' >> ${edited}; sleep 3`
    const args = ['exec', '--no-cache', '--token-file', 'T', 'x', '--', 'sh', '-c', change]
    const run = await again(world, ...args)
    expect(run.exit).toBe(0)
    expect(readFileSync(edited, 'utf8')).toContain('edited')
    expect(existsSync(join(world.cwd, 'edited'))).toBe(false)
    expect(listed(good)).toBe(1)
    expect(run.stderr.match(/no new token for the file/g)).toHaveLength(1)
  })
})
