// What --curl prints is run: by real shells, with a real curl, against a real server. The same bytes
// must arrive that the program itself would send.

import { spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PreparedCall, prepareCall } from '../../src/core/call/call.ts'
import { writeCurl } from '../../src/core/call/curl.ts'
import { renderRequest } from '../../src/core/call/request.ts'
import { standInToken } from '../../src/core/call/token.ts'
import { readTransport } from '../../src/core/call/transport.ts'
import { makeRsaKey } from '../support/keys.ts'
import { type Received, type Service, serve } from '../support/service.ts'
import { makeTools, plan, planOne, type TestTools, type Wish } from '../support/tools.ts'

const CURL = '/usr/bin/curl'
const SHELLS = ['/bin/dash', '/bin/bash', '/bin/zsh'].filter(existsSync)
const key = makeRsaKey()

/** What a person may have thought of as a password, and what somebody may have meant by it. */
const NASTY: Readonly<Record<string, string>> = {
  plain: 'hunter2hunter2',
  quotes: `a"b'c"'d`,
  backslashes: 'a\\b\\\\c\\',
  escapes: '\\n\\t\\u0041\\"',
  substitution: '$(touch HACKED; touch HACKED)',
  backticks: '`touch HACKED; touch HACKED`',
  variables: '$HOME ${PATH} $$ $1 $? ${x:-y}',
  form: 'a&b+c%20d=e;f?g#h',
  spaces: '  two  words  ',
  unicode: 'pässwörd 日本 🔑 é',
  glob: '*.* [a-z] {x,y} ~ !! !x',
  document: 'EOF',
  comment: '# a comment',
  at: '@/etc/passwd',
  dash: '-n',
  percent: '%s %d %%',
  semicolon: 'x; touch HACKED; y | z > HACKED &',
}
/** No secret, and as odd. */
const ID = `id $x & 'co' $(touch HACKED) \`touch HACKED\` "q" back\\slash`

const BROKEN = { lines: 'one\ntwo\n', windows: 'one\r\ntwo', tab: 'a\tb', end: 'a\n\n' }

/** One for each shell, so that they can run side by side. */
interface Room {
  readonly shell: string
  readonly folder: string
  readonly service: Service
}

const ORIGIN = 'http://127.0.0.1:1'
let rooms: Room[] = []

beforeAll(async () => {
  rooms = await Promise.all(
    SHELLS.map(async (shell) => {
      const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tokentool-curl-')))
      // stands in the way of the real one and remembers its arguments
      const script = `#!/bin/sh\nprintf '%s\\n' "$@" > args\nexec ${CURL} "$@"\n`
      writeFileSync(join(folder, 'curl'), script)
      chmodSync(join(folder, 'curl'), 0o755)
      return { shell, folder, service: await serve(() => [200, '{"access_token":"x"}']) }
    }),
  )
})

afterAll(() => {
  for (const { folder } of rooms) rmSync(folder, { recursive: true, force: true })
})

interface Run {
  readonly shell: string
  readonly code: number | null
  readonly stderr: string
  readonly received: Received | undefined
  readonly args: readonly string[]
}

/** What stands in a secret or a name must never be run. */
async function runEverywhere(
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Run[]> {
  const runs = await Promise.all(rooms.map((room) => runShell(room, script, env)))
  for (const { folder } of rooms) {
    expect(existsSync(join(folder, 'HACKED')), `something was run by\n${script}`).toBe(false)
  }
  return runs
}

function runShell(
  { shell, folder, service }: Room,
  script: string,
  env: Readonly<Record<string, string>>,
): Promise<Run> {
  const before = service.requests.length
  const args = join(folder, 'args')
  rmSync(args, { force: true })
  return new Promise((done, fail) => {
    const child = spawn(shell, ['-c', script.replaceAll(ORIGIN, service.origin)], {
      cwd: folder,
      env: { PATH: `${folder}:${process.env.PATH}`, HOME: folder, LANG: 'C.UTF-8', ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', fail)
    child.on('close', (code) =>
      done({
        shell,
        code,
        stderr,
        received: service.requests[before],
        args: existsSync(args) ? readFileSync(args, 'utf8').trimEnd().split('\n') : [],
      }),
    )
  })
}

async function prepare(
  call: string,
  secret: string,
  more = '',
): Promise<{ prepared: PreparedCall; tools: TestTools }> {
  const url = /^url:/m.test(call) ? '' : `      url: "${ORIGIN}/token"\n`
  const yaml = `
providers:
  own:
    fields: { pin: { type: text, help: x, secret: true } }
    call:
${url}${call.replace(/^/gm, '      ')}
profiles:
  p:
    provider: own
    client_id: ${JSON.stringify(ID)}
    pin: \${env:PIN}
${more.replace(/^/gm, '    ')}
`
  const tools = makeTools({ env: { PIN: secret } })
  return {
    prepared: await prepareCall(planOne(yaml), undefined, tools, 'show'),
    tools,
  }
}

function write({ prepared, tools }: { prepared: PreparedCall; tools: TestTools }): string {
  if (prepared.plan === undefined) throw new Error('no call')
  return writeCurl(
    prepared,
    prepared.plan,
    readTransport(prepared.values, tools),
    'tokentool mint p',
  )
}

/** Runs it in every shell and compares with what the program would send. */
async function expectSame(call: string, secret: string, more = ''): Promise<void> {
  const made = await prepare(call, secret, more)
  const script = write(made)
  if (made.prepared.plan === undefined) throw new Error('no call')
  const wanted = renderRequest(made.prepared.plan)
  if (secret.length > 4) expect(script).not.toContain(secret)
  for (const { shell, code, stderr, received, args } of await runEverywhere(script, {
    PIN: secret,
  })) {
    expect(stderr, script).toBe('')
    expect(code).toBe(0)
    expect(received?.method).toBe(wanted.method)
    expect(`${ORIGIN}${received?.target}`).toBe(wanted.url)
    expect(received?.body, `${shell}\n${script}`).toBe(wanted.body ?? '')
    for (const [name, value] of wanted.headers) {
      expect(received?.headers[name.toLowerCase()], name).toBe(value.trim())
    }
    const typed = wanted.headers.some(([name]) => name.toLowerCase() === 'content-type')
    if (!typed) expect(received?.headers['content-type']).toBeUndefined()
    expect(args).toEqual(['--silent', '--show-error', '--config', '-'])
  }
}

describe.skipIf(!existsSync(CURL))('the command', () => {
  test.each(Object.entries({ ...NASTY, ...BROKEN }))('sends a form: %s', async (_, secret) => {
    await expectSame(
      'params: { a: "${client_id}", s: "${pin}", m: "<${pin}>" }\nquery: { q: "${pin}" }',
      secret,
    )
  })

  test.each(Object.entries({ ...NASTY, ...BROKEN }))('sends JSON: %s', async (_, secret) => {
    await expectSame(
      'in: json\nparams: { a: "${client_id}", s: "${pin}", "x${client_id}": { l: ["<${pin}>", 5, true, null] } }',
      secret,
    )
  })

  test.each(Object.entries(NASTY))('sends headers: %s', async (name, secret) => {
    const basic = '"Basic ${pin|base64}"'
    await expectSame(`headers: { Authorization: ${basic} }`, secret)
    // a header is Latin-1 on the wire, whatever the shell makes of it
    if (name === 'unicode') return
    await expectSame(
      'params: { a: 1 }\nheaders: { X-Pin: "a ${pin} z", X-Id: "${client_id}", X-Empty: "" }',
      secret,
    )
  })

  test.each(Object.entries({ ...NASTY, ...BROKEN }))(
    'sends other bodies: %s',
    async (_, secret) => {
      await expectSame(
        'in: raw\nbody: "<a x=\'${client_id}\'>${pin}</a>"\ncontent_type: text/xml',
        secret,
      )
      await expectSame(
        'in: multipart\nparams: { a: "${client_id}", s: "${pin}", \'o"dd\': "a\\r\\nb" }',
        secret,
      )
    },
  )

  test.each<[string, string, string]>([
    ['nothing', '', ''],
    ['nothing, typed', 'content_type: application/json', ''],
    ['a raw body without a type', 'in: raw\nbody: "x ${pin}"', ''],
    [
      'a GET with all in the query',
      'method: GET\nin: query\nparams: { a: "x y", s: "${pin}" }',
      '',
    ],
    ['a secret in the path', 'url: "ORIGIN/a/${pin}/b?c=${pin}"', ''],
    ['braces and brackets in a URL', 'url: "ORIGIN/a{b,c}[1-3]"', ''],
    ['another method', 'method: PUT\nparams: { a: 1 }', ''],
    [
      'filters',
      'in: json\nparams: { a: "${pin|urlencode}", b: "${pin|urlencode|urlencode}", c: "${pin|base64|urlencode}", d: "x.y.${pin|dashes}" }',
      '',
    ],
    ['what is sealed in a form', 'params: { c: "${pin|base64}" }', ''],
    ['literals that are secret by name', 'params: { api_key: "l i\\"t$e`ral" }', ''],
    [
      'a content type of its own',
      'in: json\nparams: { a: 1 }\nheaders: { Content-Type: application/x }',
      '',
    ],
  ])('sends %s', async (_, call, more) => {
    const yaml = call.replace('ORIGIN', ORIGIN)
    if (yaml.includes('api_key')) {
      const made = await prepare(yaml, 'x')
      for (const { received } of await runEverywhere(write(made), { API_KEY: 'l i"t$e`ral' })) {
        expect(received?.form.get('api_key')).toBe('l i"t$e`ral')
      }
      return
    }
    await expectSame(yaml, 'p@s$w"o\\r`d', more)
  })

  test.each([
    ['a parameter', 'params: { "$(touch HACKED)`touch HACKED`": 1 }'],
    [
      'a member',
      'in: json\nparams: { "$(touch HACKED)": { "`touch HACKED`": "$(touch HACKED) ${x} \\\\$(touch HACKED)" } }'.replace(
        '${x}',
        '$x',
      ),
    ],
    ['a header', 'headers: { "`touch-HACKED`$HOME": "`touch HACKED`" }'],
    ['a part', 'in: multipart\nparams: { "$(touch HACKED)": "`touch HACKED`" }'],
    ['a type', 'in: raw\nbody: x\ncontent_type: "`touch HACKED` $(touch HACKED)"'],
  ])('runs nothing that stands in %s', async (_, call) => {
    await expectSame(call, 'x')
  })

  test('runs nothing that stands in a method', async () => {
    const script = write(await prepare('method: "`touch HACKED`$(touch HACKED)"', 'x'))
    await runEverywhere(script)
  })

  test('says of a variable that is not set how to come by it', async () => {
    const made = await prepare('params: { s: "${pin}" }', 'x')
    for (const { code, stderr, args } of await runEverywhere(write(made))) {
      expect(code).not.toBe(0)
      expect(stderr).toContain('PIN: it is not set')
      expect(args).toEqual([])
    }
  })

  test('takes a token from the hop before, and an assertion from mint', async () => {
    const yaml = `
profiles:
  va: { provider: va-sis, environment: staging, issuer: a, subject: b, service_account_id: c, key_path: ./k.pem, token_endpoint: "${ORIGIN}/sis" }
  map: { provider: va-map-sts, via: va, application: x, token_endpoint: "${ORIGIN}/map" }
`
    const tools = makeTools({ files: { '/p/k.pem': key.pem } })
    const [va, map] = plan(yaml, { profile: 'map' } satisfies Wish)
    if (!va || !map) throw new Error('two hops are wanted')
    const first = await prepareCall(va, undefined, tools, 'show')
    const second = await prepareCall(map, standInToken(va, tools), tools, 'show')
    const [one, two] = [write({ prepared: first, tools }), write({ prepared: second, tools })]
    expect(one).toContain('assertion=${ASSERTION}"')
    expect(two).toContain('header = "Authorization: Bearer ${VA_TOKEN}"')
    for (const { stderr } of await runEverywhere(two)) {
      expect(stderr).toContain('VA_TOKEN: set it to what this prints: tokentool get va')
    }
    for (const { stderr } of await runEverywhere(one)) {
      expect(stderr).toContain('ASSERTION: set it to what this prints: tokentool mint p')
    }
    for (const { received } of await runEverywhere(one, { ASSERTION: 'a.b.c' })) {
      expect(received?.form.get('assertion')).toBe('a.b.c')
    }
    for (const { received } of await runEverywhere(two, { VA_TOKEN: 'to.k.en' })) {
      expect(received?.headers.authorization).toBe('Bearer to.k.en')
      expect(received?.body).toBe('')
      expect(received?.headers['content-length']).toBe('0')
    }
  })

  test('knows its own tokens from that of the hop before', async () => {
    const yaml = `
profiles:
  va: { provider: jwt-bearer }
  light:
    provider: light-oauth2
    via: va
    client_id: x
    client_secret: \${env:PIN}
    grant: refresh_token
    refresh_token: \${env:PIN}
    token_endpoint: ${ORIGIN}/token
    call: { headers: { X-Via: "\${via.access_token}" } }
`
    const tools = makeTools({ env: { PIN: 'one-of-a-kind' } })
    const [va, light] = plan(yaml, { profile: 'light' })
    if (!va || !light) throw new Error('two hops are wanted')
    const prepared = await prepareCall(light, standInToken(va, tools), tools, 'show')
    const script = write({ prepared, tools })
    expect(script).toContain('"${REFRESH_TOKEN:?it is not set}"')
    expect(script).toContain('"${VA_TOKEN:?set it to what this prints: tokentool get va}"')
  })

  test('a hint is a message, whatever the names in it are', async () => {
    const made = await prepare('params: { s: "${pin}" }', 'x')
    const { plan: request, values } = made.prepared
    if (request === undefined) throw new Error('no call')
    const hint = "tokentool mint 'a\"b`touch HACKED`$(touch HACKED)\\}{$x'"
    const assertion = values.secrets.hide('a.b.c', 'assertion', 'assertion')
    const script = writeCurl(
      made.prepared,
      { ...request, body: assertion },
      readTransport(values, made.tools),
      hint,
    )
    for (const { stderr } of await runEverywhere(script)) {
      expect(stderr).toContain('ASSERTION: it is not set')
    }
  })

  test('carries TLS and proxy, their secrets as variables', async () => {
    const made = await prepare(
      'params: { a: 1 }',
      'tls-pass-phrase',
      `tls: { ca: ./ca.pem, pfx: ./c.p12, passphrase: "\${env:PIN}", insecure: true }
proxy: "http://me:\${env:PIN}@proxy.example:3128"
timeout: 7s`,
    )
    const script = write(made)
    expect(script.split('\n')).toEqual(
      expect.arrayContaining([
        'cacert = "/p/ca.pem"',
        'cert = "/p/c.p12"',
        'cert-type = "P12"',
        'insecure',
        'max-time = "7"',
        'globoff',
      ]),
    )
    expect(script).toContain('pass = "$(printf')
    expect(script).toContain('"${TLS_PASSPHRASE}"')
    expect(script).toContain('"${PROXY}"')
    expect(script).not.toContain('tls-pass-phrase')
    const plain = await prepare('params: { a: 1 }', 'x', 'proxy: "http://proxy.example:3128"')
    expect(write(plain)).toContain('proxy = "http://proxy.example:3128"')
  })
})
