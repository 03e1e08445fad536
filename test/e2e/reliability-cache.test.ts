// What a token that is kept may cost, and when it must not be used: counted at the service, the whole
// program in this process.

import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeCertificates } from '../support/certificates.ts'
import { makeEcKey } from '../support/keys.ts'
import { plantCanary } from '../support/program.ts'
import { type Reply, type Service, serve } from '../support/service.ts'
import { createWorld, runMain, type TestWorld } from '../support/world.ts'

const key = makeEcKey()
const other = makeEcKey()
const secret = plantCanary()

let count = 0
const grant = (lifetime = 300): Reply => [
  200,
  { access_token: `token-${++count}`, token_type: 'Bearer', expires_in: lifetime, id_token: 'x' },
]
const service = await serve(() => grant())

const chainOf = ({ origin }: Service): string => `
# what is asked, and by whom
profiles:
  first:
    description: the first
    provider: jwt-bearer
    environment: test
    token_endpoint: ${origin}/one
    issuer: me
    subject: you
    audience: them
    scopes:
      - a
      - b
    key_path: k.pem
    user_attributes:
      icn: "123"
    environments:
      test:
        resource: https://x.example/
      live:
        resource: https://x.example/
    assertion:
      claims:
        role: user
    call:
      params:
        extra: "1"
        variable: \${env:VARIABLE}
      headers:
        X-Trace: "1"
  second:
    provider: exchange
    via: first
    token_endpoint: ${origin}/two
    client_secret: \${file:secret}
    call:
      query:
        q: "1"
providers:
  exchange:
    fields:
      token_endpoint: { type: url, help: where }
      client_secret: { type: text, secret: true, help: its secret }
    call:
      url: \${token_endpoint}
      in: form
      params: { kind: exchange, secret: "\${client_secret}" }
      headers: { Authorization: "Bearer \${via.access_token}" }
    retry: { safe: true }
`
const CHAIN = chainOf(service)
const ENV = { VARIABLE: 'one' }

/** A world in which the chain has been asked for once, and what further runs in it cost. */
async function keepChain(args: readonly string[] = ['get', 'second']) {
  const world = createWorld(args, {
    files: { 'p.yaml': CHAIN, 'k.pem': key.pem, secret },
    env: ENV,
  })
  const ask = async (again: readonly string[], more: Partial<TestWorld> = {}) => {
    const before = service.requests.length
    const argv = [...again, '-c', 'p.yaml']
    const { exit, stdout, stderr } = await runMain(argv, { again: { ...world, ...more } })
    return { exit, stdout, stderr, asked: service.requests.length - before }
  }
  expect(await ask(args)).toMatchObject({ exit: 0, asked: 2 })
  return { world, ask, write: (name: string, text: string) => writeText(world, name, text) }
}

function writeText(world: TestWorld, name: string, text: string): void {
  writeFileSync(join(world.cwd, name), text, { mode: 0o600 })
}

function listKept(world: TestWorld): string[] {
  const folder = join(world.home, '.cache', 'tokentool', 'tokens')
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => readFileSync(path, 'utf8').includes('"token"'))
}

describe('R15: what makes another token', () => {
  const CHANGES: readonly (readonly [what: string, from: string, to: string, asked: number])[] = [
    ['endpoint: path', '/one', '/uno', 2],
    [
      'endpoint: host',
      `${service.origin}/one`,
      `${service.origin.replace('127.0.0.1', 'localhost')}/one`,
      2,
    ],
    ['endpoint: query', '/one', '/one?x=1', 2],
    ['iss', 'issuer: me\n    subject', 'issuer: them\n    subject', 2],
    [
      'resource, by the environment',
      'test:\n        resource: https://x',
      'test:\n        resource: https://y',
      2,
    ],
    ['sub', 'subject: you', 'subject: them', 2],
    ['aud', 'audience: them', 'audience: us', 2],
    ['aud: a list', 'audience: them', 'audience:\n      - them', 2],
    ['scopes: one more', '      - b\n', '      - b\n      - c\n', 2],
    ['scopes: one less', '      - b\n', '', 2],
    ['scopes: none', '    scopes:\n      - a\n      - b\n', '', 2],
    ['a claim', 'role: user', 'role: admin', 2],
    ['a claim more', 'role: user', 'role: user\n        more: 1', 2],
    ['a claim of another type', 'role: user', 'role: true', 2],
    ['a parameter', 'extra: "1"', 'extra: "2"', 2],
    ['a parameter more', 'extra: "1"', 'extra: "1"\n        more: x', 2],
    ['a parameter less', '        extra: "1"\n', '', 2],
    ['a parameter’s name', 'extra: "1"', 'extras: "1"', 2],
    ['a header', 'X-Trace: "1"', 'X-Trace: "2"', 2],
    ['a header more', 'X-Trace: "1"', 'X-Trace: "1"\n        X-More: x', 2],
    ['another key file', 'key_path: k.pem', 'key_path: other.pem', 2],
    ['key_id', 'key_path: k.pem', 'key_path: k.pem\n    key_id: seven', 2],
    ['how long the assertion is good', 'audience: them', 'audience: them\n    lifetime: 1m', 2],
    [
      'a header of the assertion',
      '      claims:\n',
      '      header: { typ: at+jwt }\n      claims:\n',
      2,
    ],
    [
      'how the client authenticates',
      'audience: them',
      'audience: them\n    client_auth: client_secret_post\n    client_id: x\n    client_secret: ${env:VARIABLE}',
      2,
    ],
    ['tls.ca', 'audience: them', 'audience: them\n    tls: { ca: root.crt }', 2],
    ['tls.server_name', 'audience: them', 'audience: them\n    tls: { server_name: x.example }', 2],
    ['tls.insecure', 'audience: them', 'audience: them\n    tls: { insecure: true }', 2],
    [
      'where the token is in the answer',
      '    call:\n      params:',
      '    answer: { token: id_token }\n    call:\n      params:',
      2,
    ],
    ['hop 2: endpoint', '/two', '/due', 1],
    ['hop 2: parameter', 'kind: exchange', 'kind: other', 1],
    ['hop 2: query', 'q: "1"', 'q: "2"', 1],
    [
      'hop 2: header',
      '"Bearer ${via.access_token}" }',
      '"Bearer ${via.access_token}", X-Two: "2" }',
      1,
    ],
    ['hop 2: secret', '${file:secret}', '${file:other}', 1],
    ['hop 2: method', 'url: ${token_endpoint}', 'url: ${token_endpoint}\n      method: PUT', 1],
    ['hop 2: in', 'in: form', 'in: json', 1],
    ['hop 2: tls', 'via: first', 'via: first\n    tls: { server_name: x.example }', 1],
  ]
  const SAME: readonly (readonly [what: string, from: string, to: string])[] = [
    ['nothing', 'first', 'first'],
    ['comments', '# what is asked', '# who asks, what'],
    ['description', 'description: the first', 'description: another'],
    ['the order of scopes', '- a\n      - b', '- b\n      - a'],
    ['the order of fields', 'issuer: me\n    subject: you', 'subject: you\n    issuer: me'],
    ['quotes', 'audience: them', 'audience: "them"'],
    ['timeout', 'audience: them', 'audience: them\n    timeout: 7s'],
    ['retries', 'audience: them', 'audience: them\n    retries: 1'],
    ['a profile more', 'profiles:\n', 'profiles:\n  third: { provider: va-sis }\n'],
    ['the name of the second', '  second:\n', '  zweite:\n    description: renamed\n'],
  ]

  test(`${CHANGES.length} changes`, async () => {
    const { world, ask, write } = await keepChain()
    write('other.pem', other.pem)
    write('other', 'another-secret')
    const certificates = makeCertificates()
    write('root.crt', certificates.read('root.crt').toString())
    const found: [string, number][] = []
    for (const [what, from, to] of CHANGES) {
      expect(CHAIN, what).toContain(from)
      write('p.yaml', CHAIN.replace(from, to))
      const { exit, asked, stderr } = await ask(['get', 'second'])
      expect(exit, `${what}: ${stderr}`).toBe(0)
      found.push([what, asked])
    }
    expect(found).toEqual(CHANGES.map(([what, , , asked]) => [what, asked]))
    // each of them had its own, and the first is still there
    write('p.yaml', CHAIN)
    expect(await ask(['get', 'second'])).toMatchObject({ exit: 0, asked: 0 })
    expect(listKept(world).length).toBeGreaterThanOrEqual(CHANGES.length)
  })

  test(`${SAME.length} that make none`, async () => {
    const { ask, write } = await keepChain()
    const found: [string, number][] = []
    for (const [what, from, to] of SAME) {
      expect(CHAIN, what).toContain(from)
      write('p.yaml', CHAIN.replace(from, to))
      const name = to.includes('zweite') ? 'zweite' : 'second'
      const { exit, asked, stderr } = await ask(['get', name])
      expect(exit, `${what}: ${stderr}`).toBe(0)
      found.push([what, asked])
    }
    expect(found).toEqual(SAME.map(([what]) => [what, 0]))
  })

  test('the contents of files and variables, whatever their names', async () => {
    const { ask, write } = await keepChain()
    write('k.pem', other.pem)
    expect((await ask(['get', 'second'])).asked, 'another key').toBe(2)
    write('k.pem', key.pem)
    expect((await ask(['get', 'second'])).asked, 'the first key again').toBe(0)
    write('moved.pem', key.pem)
    write('p.yaml', CHAIN.replace('k.pem', 'moved.pem'))
    expect((await ask(['get', 'second'])).asked, 'the same key elsewhere').toBe(0)
    write('secret', 'another-secret')
    expect((await ask(['get', 'second'])).asked, 'another secret').toBe(1)
    expect((await ask(['get', 'second'], { env: { VARIABLE: 'two' } })).asked).toBe(2)
    expect((await ask(['get', 'second'], { env: ENV })).asked).toBe(0)
  })

  test('the command line', async () => {
    const { ask } = await keepChain()
    const asked = async (...args: string[]) => (await ask(['get', 'second', ...args])).asked
    expect(await asked('--scope', 'x')).not.toBe(0)
    expect(await asked('-s', 'first:subject=they')).toBe(2)
    expect(await asked('-s', 'first:subject=you')).toBe(0)
    expect(await asked('-e', 'live')).toBe(0)
    expect(await asked('--timeout', '9', '--retries', '1', '-v')).toBe(0)
    expect((await ask(['get', 'first'])).asked, 'the hop alone').toBe(0)
    expect((await ask(['get', 'first', '--then', 'second'])).asked).toBe(0)
  })
})

describe('R13: an entry that is damaged', () => {
  test('200 of them: one request each, never shown, replaced', async () => {
    const { world, ask } = await keepChain(['get', 'second'])
    const tried = { asked: 0, runs: 0 }
    for (let round = 0; round < 100; round++) {
      for (const path of listKept(world).slice(0, 2)) {
        const whole = readFileSync(path, 'utf8')
        const kept = (JSON.parse(whole) as { token: string }).token
        const damaged = damage(whole, round)
        writeFileSync(path, damaged, { mode: 0o600 })
        const { exit, stdout, stderr, asked } = await ask(['get', 'second'])
        const name = `round ${round}: ${damaged.slice(0, 200)}`
        expect(exit, `${name}\n${stderr}`).toBe(0)
        expect(stdout, name).toMatch(/^token-\d+\n$/)
        expect(stdout, name).not.toContain(`BAD`)
        // the hop that is damaged, and perhaps the one behind it
        expect(asked, name).toBeGreaterThanOrEqual(0)
        expect(asked, name).toBeLessThanOrEqual(1)
        tried.asked += asked
        tried.runs++
        expect(kept).toMatch(/^token-\d+$/)
        // what is there now is whole again, or was not needed
        if (asked === 1) expect(() => JSON.parse(readFileSync(path, 'utf8'))).not.toThrow()
        else writeFileSync(path, whole, { mode: 0o600 })
      }
    }
    expect(tried.runs).toBe(200)
    // half of them are of a hop that nobody asks for while the last token is good
    expect(tried.asked).toBe(100)
  }, 30_000)

  const DAMAGES: readonly ((text: string, round: number) => string)[] = [
    () => '',
    (text, round) => text.slice(0, (round * 37) % text.length),
    (text) => text.slice(1),
    () => 'null',
    () => '[]',
    () => '{}',
    () => '"BAD"',
    () => '\0'.repeat(4096),
    () => '['.repeat(100_000),
    (text) => text.replace('"version":1', '"version":2'),
    (text) => text.replace('"version":1', '"version":"1"'),
    (text) => text.replace(/"name":"[^"]*"/, '"name":"BAD"'),
    (text) => text.replace(/"token":"[^"]*"/, '"token":null'),
    (text) => text.replace(/"token":"[^"]*"/, '"token":""'),
    (text) => text.replace(/"token":"[^"]*"/, '"token":"BAD\\nBAD"'),
    (text) => text.replace(/"token":"[^"]*"/, '"token":{"BAD":1}'),
    (text) => text.replace(/"until":\d+/, '"until":null'),
    (text) => text.replace(/"until":\d+/, '"until":"BAD"'),
    (text) => text.replace(/"until":\d+/, '"until":1'),
    (text) => text.replace(/"saved_at":\d+/, '"saved_at":99999999999999'),
    (text) => text.replace(/"saved_at":\d+/, '"saved_at":-1e999'),
    (text) => text.replace(/"type":"[^"]*"/, '"type":7'),
    (text) => text.replace(/"via":\[/, '"via":[7,'),
    (text) => text.replace(/"scopes":[^,]*/, '"scopes":7'),
    (text) => `${text.slice(0, -1)},"token":7}`,
  ]

  function damage(text: string, round: number): string {
    const change = DAMAGES[round % DAMAGES.length]
    const damaged = change?.(text, round) ?? ''
    return damaged === text ? '' : damaged
  }
})

describe('R16: a refresh that fails', () => {
  test.each<[string, Reply | undefined]>([
    ['with 503', [503, '']],
    ['with a refusal', [400, { error: 'invalid_grant' }]],
    ['with a page', [200, '<html></html>']],
    ['because nobody is there', undefined],
  ])('%s: the old token, a warning, exit 0', async (_how, reply) => {
    const start = Date.now()
    let fails = false
    const { port, close } = await listen(() => (fails && reply ? reply : grant(300)))
    const yaml = `
profiles:
  p:
    provider: jwt-bearer
    token_endpoint: http://127.0.0.1:${port}/t
    issuer: me
    key_path: k.pem
`
    const files = { 'p.yaml': yaml, 'k.pem': key.pem }
    const world = createWorld(['get'], { files, env: {} })
    const ask = (later: number, ...more: string[]) =>
      runMain(['get', '-c', 'p.yaml', '--retries', '0', ...more], {
        again: { ...world, now: () => start + later * 1000 },
      })
    const first = await ask(0)
    expect(first.exit, first.stderr).toBe(0)
    fails = true
    if (reply === undefined) close()
    // 40 s left: too little to be handed out, if there were another
    const old = await ask(260)
    expect([old.exit, old.stdout], old.stderr).toEqual([0, first.stdout])
    expect(old.stderr).toMatch(/^tokentool: warning: p: /)
    // as much as was asked for
    expect(await ask(260, '--min-ttl', '30s')).toMatchObject({ exit: 0, stdout: first.stdout })
    for (const [later, more] of [
      [260, ['--min-ttl', '50s']],
      // over is over
      [301, []],
    ] as const) {
      const late = await ask(later, ...more)
      expect([4, 5, 6]).toContain(late.exit)
      expect(late.stdout).toBe('')
    }
    close()
  })
})

async function listen(answer: () => Reply): Promise<{ port: number; close(): void }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const [status, body] = answer()
      response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    port,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

describe('R17: what can be used once', () => {
  const GRANTS: readonly (readonly [name: string, more: string])[] = [
    ['authorization_code', 'code: ${env:CODE}\n    redirect_uri: https://x.example/'],
    ['refresh_token', 'refresh_token: ${env:CODE}'],
    ['password', 'username: me\n    password: ${env:CODE}'],
  ]
  const FAILURES: readonly Reply[] = [
    [503, ''],
    [429, '', { 'retry-after': '0' }],
    [502, ''],
    [504, ''],
  ]

  test.each(GRANTS)('%s is sent once', async (name, more) => {
    for (const reply of FAILURES) {
      const down = await serve(() => reply)
      const yaml = `
profiles:
  p:
    provider: light-oauth2
    token_endpoint: ${down.origin}/t
    client_id: x
    client_secret: \${env:CODE}
    grant: ${name}
    ${more}
`
      const { exit, stdout } = await runMain(['get', '-c', 'p.yaml', '--retries', '5'], {
        files: { 'p.yaml': yaml },
        env: { CODE: secret },
      })
      expect([exit, stdout]).toEqual([6, ''])
      expect(down.requests).toHaveLength(1)
    }
  })

  test('what is safe is sent three times, or as often as is said', async () => {
    const down = await serve(() => [429, '', { 'retry-after': '0' }])
    const yaml = `
profiles:
  p:
    provider: client-credentials
    token_endpoint: ${down.origin}/t
    client_id: x
    client_secret: \${env:CODE}
`
    for (const [more, times] of [
      [[], 3],
      [['--retries', '0'], 1],
      [['--retries', '4'], 5],
    ] as const) {
      const before = down.requests.length
      const args = ['get', '-c', 'p.yaml', '--no-cache', ...more]
      await runMain(args, { files: { 'p.yaml': yaml }, env: { CODE: secret } })
      expect(down.requests.length - before).toBe(times)
    }
  })
})

describe('E8: what each does, in requests', () => {
  test('--no-cache, --force-new, --min-ttl', async () => {
    const { world, ask } = await keepChain()
    const modified = (): number[] => listKept(world).map((path) => lstatSync(path).mtimeMs)
    const first = await ask(['get', 'second'])
    expect(first.asked).toBe(0)
    const before = modified()
    const without = await ask(['get', 'second', '--no-cache'])
    expect(without.asked, 'neither read').toBe(2)
    expect(modified(), 'nor kept').toEqual(before)
    expect((await ask(['get', 'second'])).stdout).toBe(first.stdout)
    expect((await ask(['get', 'second'], { env: { ...ENV, TOKENTOOL_NO_CACHE: '1' } })).asked).toBe(
      2,
    )

    const anew = await ask(['get', 'second', '--force-new'])
    expect(anew.asked, 'all anew').toBe(2)
    expect(anew.stdout).not.toBe(first.stdout)
    expect(await ask(['get', 'second'])).toMatchObject({ asked: 0, stdout: anew.stdout })

    expect((await ask(['get', 'second', '--min-ttl', '4m'])).asked).toBe(0)
    const longer = await ask(['get', 'second', '--min-ttl', '6m'])
    expect(longer.exit, 'the service gives no such').toBe(7)
    expect(longer.asked).toBeGreaterThan(0)
    expect(longer.stdout).toBe('')
  })

  test('cache: false, cache: { ttl }', async () => {
    const { ask, write } = await keepChain()
    write('p.yaml', CHAIN.replace('audience: them', 'audience: them\n    cache: false'))
    expect((await ask(['get', 'first'])).asked).toBe(1)
    expect((await ask(['get', 'first'])).asked).toBe(1)
    write('p.yaml', CHAIN.replace('audience: them', 'audience: me\n    cache: { ttl: 100s }'))
    const start = Date.now()
    const later = (seconds: number) => ({ now: () => start + seconds * 1000 })
    expect((await ask(['get', 'first'], later(0))).asked).toBe(1)
    expect((await ask(['get', 'first'], later(75))).asked).toBe(0)
    expect((await ask(['get', 'first'], later(85))).asked).toBe(1)
  })

  test('that it was kept is told in JSON and with -v, and not otherwise', async () => {
    const { ask } = await keepChain()
    const told = await ask(['get', 'second', '--json'])
    expect(JSON.parse(told.stdout)).toMatchObject({ cached: true, via: [{ cached: true }] })
    const fresh = await ask(['get', 'second', '--json', '--force-new'])
    expect(JSON.parse(fresh.stdout)).toMatchObject({ cached: false, via: [{ cached: false }] })
    expect((await ask(['get', 'second', '-v'])).stderr).toMatch(/of an earlier run/)
    expect((await ask(['get', 'second'])).stderr).toBe('')
  })

  test('cache list and cache clear', async () => {
    const { world, ask } = await keepChain()
    const command = async (...args: string[]) => {
      const { exit, stdout, stderr } = await runMain(args, { again: world })
      return { exit, stdout, stderr }
    }
    const list = async (): Promise<Record<string, unknown>[]> =>
      JSON.parse((await command('cache', 'list', '--json')).stdout) as Record<string, unknown>[]
    const listed = await list()
    expect(listed.map(({ profile }) => profile).sort()).toEqual(['first', 'second'])
    const shown = await command('cache', 'list')
    expect(shown.exit).toBe(0)
    for (const text of [shown.stdout, JSON.stringify(listed)]) {
      expect(text).toContain('first')
      expect(text).not.toMatch(/token-\d/)
    }

    expect((await command('cache', 'clear', 'second')).exit).toBe(0)
    expect((await list()).map(({ profile }) => profile)).toEqual(['first'])
    expect((await ask(['get', 'second'])).asked).toBe(1)
    expect((await command('cache', 'clear', '--expired')).exit).toBe(0)
    expect(await list()).toHaveLength(2)
    const late = { ...world, now: () => Date.now() + 301_000 }
    expect((await runMain(['cache', 'clear', '--expired'], { again: late })).exit).toBe(0)
    expect(await list()).toHaveLength(0)
    expect((await ask(['get', 'second'])).asked).toBe(2)
    expect((await command('cache', 'clear', '--all')).exit).toBe(0)
    expect((await ask(['get', 'second'])).asked).toBe(2)
  })
})
