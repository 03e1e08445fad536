// What --curl prints is run, by a shell and by curl, and must ask the service for the same as `get`.

import { spawn } from 'node:child_process'
import { describe, expect, onTestFinished, test } from 'vitest'
import { makeCertificates } from '../support/certificates.ts'
import { makeRsaKey, readJwt } from '../support/keys.ts'
import {
  makeFolder,
  PROGRAM,
  plantCanary,
  plantKey,
  runProgram,
  type Setting,
} from '../support/program.ts'
import { type Received, serve } from '../support/service.ts'
import { startTwins } from '../support/twins.ts'

const key = makeRsaKey()
plantKey(key.pem)
// all that a shell, curl's configuration, a form, JSON and a URL read as something else
const secret = plantCanary((random) => `@$HOME \`id\` "q" 'a' \\n\\ %41&+=~{}[] ü€ ${random}`)
const latin = plantCanary((random) => `$PATH "x" \\ ${random}`)
const icn = plantCanary()
const token = 'opaque-token'

interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Looks at the arguments of curl as well: a curl of our own stands first in the PATH. */
function runShell(script: string, env: Readonly<Record<string, string>>): Promise<Ran> {
  const folder = makeFolder({
    'bin/tokentool': `#!/bin/sh\nexec ${process.execPath} ${PROGRAM} "$@"\n`,
    'bin/curl': '#!/bin/sh\necho "$*" >&2\nexec /usr/bin/curl "$@"\n',
  })
  return new Promise((done, fail) => {
    const setup = 'chmod +x bin/*; PATH=$PWD/bin:$PATH\n'
    const child = spawn('sh', ['-c', setup + script], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, ...env },
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', fail).on('close', (code) => done({ code, stdout, stderr }))
  })
}

/** %41 and A are the same, and so are %2f and %2F. */
const normalise = (text: string): string =>
  text.replace(/(%[\da-f]{2})+/gi, (bytes) => encodeURIComponent(decodeURIComponent(bytes)))

/** What is different in every call is left out: times and ids of assertions, boundaries. */
function compare(request: Received): unknown {
  const type = request.headers['content-type']
  const boundary = /boundary=(\S+)/.exec(type ?? '')?.[1] ?? '\0'
  const assertions: unknown[] = []
  const body = request.body.replaceAll(boundary, 'BOUNDARY').replace(/eyJ[\w.-]+/g, (jwt) => {
    const { header, claims } = readJwt(jwt)
    assertions.push(header, { ...claims, iat: 0, exp: 0, jti: '' })
    return 'JWT'
  })
  return {
    line: `${request.method} ${normalise(request.target)}`,
    type: type?.replace(boundary, 'BOUNDARY'),
    length: request.headers['content-length'] !== undefined,
    authorization: request.headers.authorization,
    // curl takes anything unless told
    accept: request.headers.accept ?? '*/*',
    trace: request.headers['x-trace'],
    body: type?.includes('urlencoded') ? normalise(body) : body,
    assertions,
  }
}

async function askTwice(
  args: readonly string[],
  profiles: (origin: string) => string,
  env: Readonly<Record<string, string>>,
  setting: Setting = {},
): Promise<Received> {
  const service = await serve(() => [200, { access_token: token }])
  const files = { 'tokentool.yaml': profiles(service.origin), 'k.pem': key.pem, ...setting.files }
  const all = { ...setting, files, env }
  const got = await runProgram(['get', ...args, '-c', 'tokentool.yaml'], all)
  expect([got.code, got.stdout]).toEqual([0, `${token}\n`])
  const curl = await runProgram(['get', ...args, '--curl', '-c', 'tokentool.yaml'], all)
  expect([curl.code, curl.stderr]).toEqual([0, ''])
  expect(service.requests).toHaveLength(1)

  const assertion = curl.stdout.includes('ASSERTION')
    ? (
        await runProgram(['mint', ...args, '-c', 'tokentool.yaml'], {
          ...all,
          prints: Object.values(env),
        })
      ).stdout.trim()
    : ''
  const ran = await runShell(curl.stdout, {
    ...env,
    ASSERTION: assertion,
    CLIENT_ASSERTION: assertion,
  })
  expect(ran.stdout, ran.stderr).toBe(JSON.stringify({ access_token: token }))
  expect(ran.stderr).toBe('--silent --show-error --config -\n')
  expect(ran.code).toBe(0)
  expect(service.requests).toHaveLength(2)
  const [first, second] = service.requests.map(compare)
  expect(second).toEqual(first)
  return service.last()
}

const light = (origin: string): string => `
profiles:
  light:
    provider: light-oauth2
    base_url: ${origin}
    client_id: 'id "1" $x'
    client_secret: \${env:CLIENT_SECRET}
    scopes:
      - a b
      - 'c$d'
    call:
      headers:
        X-Trace: 'a "quoted" \\ $word'
`

describe('it asks for the same', () => {
  test.concurrent('a form with Basic', async () => {
    const request = await askTwice(['light'], light, { CLIENT_SECRET: secret })
    expect(request.headers.authorization).toBe(
      `Basic ${Buffer.from(`id "1" $x:${secret}`).toString('base64')}`,
    )
  })

  test.concurrent('a header with the secret as it is', async () => {
    await askTwice(['light', '-s', 'client_auth=basic_raw'], light, { CLIENT_SECRET: latin })
  })

  test.concurrent.each(['form', 'json', 'query', 'multipart'])(
    'parameters in %s',
    async (place) => {
      const args = ['light', '-s', 'client_auth=post', '-s', `call.in=${place}`]
      const request = await askTwice(args, light, { CLIENT_SECRET: secret })
      expect(request.headers.authorization).toBeUndefined()
      if (place === 'form') expect(request.form.get('client_secret')).toBe(secret)
      if (place === 'json') expect(request.json().client_secret).toBe(secret)
      if (place === 'query') expect(request.query.get('client_secret')).toBe(secret)
    },
  )

  test.concurrent('an assertion, and a claim that is nobody’s business', async () => {
    const profiles = (origin: string): string => `
profiles:
  va:
    provider: va-sis
    environment: staging
    token_endpoint: ${origin}/v0/sign_in/token
    issuer: a
    subject: b
    service_account_id: c
    key_path: k.pem
    user_attributes:
      icn: \${env:ICN}
`
    for (const place of ['form', 'json']) {
      await askTwice(['va', '-s', `call.in=${place}`], profiles, { ICN: icn })
    }
  })

  test.concurrent('a client assertion', async () => {
    const profiles = (origin: string): string => `
profiles:
  keyed:
    provider: client-credentials
    token_endpoint: ${origin}/token?tenant=a%20b
    client_auth: private_key_jwt
    client_id: app
    key_path: k.pem
    scopes: x
`
    const { target } = await askTwice(['keyed'], profiles, {})
    expect(target).toBe('/token?tenant=a%20b')
  })

  test.concurrent('everything in the query and an empty body', async () => {
    const profiles = (origin: string): string => `
profiles:
  vision:
    provider: firstvision-query
    base_url: ${origin}
    client_id: POC
    client_secret: \${env:CLIENT_SECRET}
    scopes:
      - cards
      - misc
`
    const plain = await askTwice(['vision'], profiles, { CLIENT_SECRET: secret })
    expect(plain.headers['content-type']).toBeUndefined()
    const typed = await askTwice(['vision', '-s', 'content_type=application/json'], profiles, {
      CLIENT_SECRET: secret,
    })
    expect(typed.headers['content-type']).toBe('application/json')
  })

  test.concurrent('GET with a secret in the query, and a raw body', async () => {
    const profiles = (origin: string): string => `
profiles:
  odd:
    provider: odd
    client_id: wx[1]{2}
    client_secret: \${env:CLIENT_SECRET}
providers:
  odd:
    description: odd
    fields:
      client_id: { type: text, help: id }
      client_secret: { type: text, help: secret }
    call:
      method: GET
      url: ${origin}/token
      in: query
      params:
        appid: \${client_id}
        secret: \${client_secret}
`
    const get = await askTwice(['odd'], profiles, { CLIENT_SECRET: secret })
    expect(get.query.get('secret')).toBe(secret)
    const raw = await askTwice(
      [
        'odd',
        ...['-s', 'call.method=POST', '-s', 'call.in=raw', '-s', 'call.params:=null'],
        ...['-s', 'call.body=${client_secret}', '-s', 'call.content_type=text/plain'],
      ],
      profiles,
      { CLIENT_SECRET: secret },
    )
    expect(raw.body).toBe(secret)
  })

  test.concurrent('a header and a parameter from the environment', async () => {
    const profiles = (origin: string): string => `
profiles:
  light:
    provider: client-credentials
    token_endpoint: ${origin}/token
    client_auth: none
    client_id: x
    call:
      headers:
        Authorization: Api \${env:API_KEY}
      params:
        extra: \${env:EXTRA}
        literal_password: '$(touch pwned)'
`
    const env = { API_KEY: latin, EXTRA: secret }
    const request = await askTwice(['light'], profiles, {
      ...env,
      LITERAL_PASSWORD: '$(touch pwned)',
    })
    expect(request.form.get('extra')).toBe(secret)
    expect(request.form.get('literal_password')).toBe('$(touch pwned)')
  })
})

describe('its variables', () => {
  test('one that is not set is told, with the command that makes it, and nothing is sent', async () => {
    const service = await serve(() => [200, {}])
    const profiles = light(service.origin)
    const files = { 'tokentool.yaml': profiles }
    const { stdout } = await runProgram(['get', '--curl', '-c', 'tokentool.yaml'], {
      files,
      env: { CLIENT_SECRET: secret },
    })
    const ran = await runShell(stdout, {})
    expect(ran.code).not.toBe(0)
    expect(ran.stderr).toContain('CLIENT_SECRET: it is not set')
    expect(service.requests).toHaveLength(0)
  })

  test('the command that is told makes the assertion', async () => {
    const service = await serve(() => [200, { access_token: token }])
    const profiles = `
profiles:
  bearer:
    provider: jwt-bearer
    token_endpoint: ${service.origin}/token
    issuer: me
    key_path: k.pem
`
    const folder = makeFolder({ 'tokentool.yaml': profiles, 'k.pem': key.pem })
    const args = ['get', 'bearer', '--curl', '-c', `${folder}/tokentool.yaml`]
    const curl = await runProgram([...args, '-s', 'subject=someone'], { folder })
    expect(curl.code).toBe(0)
    const told = await runShell(curl.stdout, {})
    const command = /set it to what this prints: (.*)$/m.exec(told.stderr)?.[1] ?? ''
    expect(command).toMatch(/^tokentool mint bearer /)
    const ran = await runShell(`ASSERTION=$(${command})\n${curl.stdout}`, {})
    expect(ran.stdout, ran.stderr).toContain(token)
    const { claims } = readJwt(service.last().form.get('assertion') ?? '')
    expect(claims).toMatchObject({ iss: 'me', sub: 'someone' })
  })

  test('every hop of a chain', async () => {
    const sandbox = await startTwins({
      'va-sis': [
        {
          service_account_id: 'c',
          access_token_audience: 'a',
          scopes: [],
          user_attributes: ['icn'],
          access_token_seconds: 300,
          certificates: [key.publicPem],
        },
      ],
    })
    const base = sandbox.services['va-sis'].base_url
    const service = await serve(({ headers }) => [200, { access_token: headers.authorization }])
    const profiles = `
profiles:
  va:
    provider: va-sis
    environment: staging
    base_url: ${base}
    issuer: a
    subject: b
    service_account_id: c
    key_path: k.pem
    user_attributes:
      icn: \${env:ICN}
    scopes: null
  second:
    provider: va-map-sts
    via: va
    application: chatbot
    token_endpoint: ${service.origin}/token
    limits: null
    call:
      needs: null
`
    const setting = {
      files: { 'tokentool.yaml': profiles, 'k.pem': key.pem },
      env: { ICN: icn },
    }
    const curl = await runProgram(['get', 'second', '--curl', '-c', 'tokentool.yaml'], setting)
    expect([curl.code, curl.stderr]).toEqual([0, ''])
    expect(curl.stdout).toContain('VA_TOKEN')
    const mint = await runProgram(['mint', 'va', '-c', 'tokentool.yaml'], {
      ...setting,
      prints: [icn],
    })
    const ran = await runShell(curl.stdout, { ASSERTION: mint.stdout.trim(), VA_TOKEN: 'tok' })
    const [one = '', two = ''] = ran.stdout.split('}}')
    expect(readJwt(JSON.parse(`${one}}}`).data.access_token).claims).toMatchObject({
      user_attributes: { icn },
    })
    expect(JSON.parse(two)).toEqual({ access_token: 'Bearer tok' })
  })
})

test('TLS settings come along', async () => {
  const certificates = makeCertificates()
  onTestFinished(certificates.remove)
  const service = await serve(({ client }) => [200, { access_token: client ?? 'nobody' }], {
    key: certificates.read('self.key'),
    cert: certificates.read('self.crt'),
    ca: certificates.read('root.crt'),
    requestCert: true,
    rejectUnauthorized: false,
  })
  const files = { 'tokentool.yaml': light(service.origin) }
  const ask = async (tls: readonly string[]) => {
    const args = ['get', '--curl', '-c', 'tokentool.yaml', ...tls.flatMap((one) => ['-s', one])]
    const { stdout } = await runProgram(args, { files, env: { CLIENT_SECRET: secret } })
    return runShell(stdout, { CLIENT_SECRET: secret, TLS_PASSPHRASE: 'opened' })
  }
  const ca = `tls.ca=${certificates.path('self.crt')}`
  expect((await ask([])).code).not.toBe(0)
  expect((await ask([ca])).stdout).toBe('{"access_token":"nobody"}')
  const pair = [`tls.cert=${certificates.path('client.crt')}`]
  expect((await ask([ca, ...pair, `tls.key=${certificates.path('client.key')}`])).stdout).toBe(
    '{"access_token":"client"}',
  )
  expect((await ask(['tls.insecure:=true'])).stdout).toBe('{"access_token":"nobody"}')
})
