// What a person sees: on a terminal there is a line of what is being waited for, one of what came, and
// colour; in a pipe there is none of that.

import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeFolder, PROGRAM, plantCanary } from '../support/program.ts'
import { type Reply, serve } from '../support/service.ts'

// util-linux; other systems have a script that takes other options
const hasScript = /util-linux/.test(
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '',
)

const secret = plantCanary()
const token = 'opaque-token-of-the-service'

const profiles = (origin: string): string => `
profiles:
  slow:
    provider: client-credentials
    environment: test
    token_endpoint: ${origin}/token
    client_id: x
    client_secret: \${env:CLIENT_SECRET}
    environments:
      test: {}
    scopes: cards misc
`

interface Screen {
  readonly code: number | null
  readonly text: string
}

function runThere(args: string, origin: string, env: Record<string, string> = {}): Promise<Screen> {
  const folder = makeFolder({ 'tokentool.yaml': profiles(origin) })
  return new Promise((done, fail) => {
    const command = `'${process.execPath}' '${PROGRAM}' ${args} -c tokentool.yaml`
    const child = spawn('script', ['-qefc', command, '/dev/null'], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: join(folder, 'home'),
        TERM: 'xterm',
        CLIENT_SECRET: secret,
        ...env,
      },
    })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    child.on('error', fail)
    child.on('close', (code) => done({ code, text }))
    child.stdin.end()
  })
}

const CLEAR = '\r\u001b[K'
const answerIn = (milliseconds: number, reply: Reply) =>
  serve(async () => {
    await new Promise((done) => setTimeout(done, milliseconds))
    return reply
  })
const good: Reply = [200, { access_token: token, expires_in: 600, scope: 'cards misc' }]

describe.skipIf(!hasScript)('on a terminal', () => {
  test('a slow call is waited for in sight, and the line is cleared again', async () => {
    const service = await answerIn(800, good)
    const host = service.origin.slice('http://'.length)
    const { code, text } = await runThere('get', service.origin, { NO_COLOR: '1' })
    expect(code).toBe(0)
    expect(text).toContain(`${CLEAR}waiting for ${host} …${CLEAR}`)
    const rest = text.slice(text.lastIndexOf(CLEAR) + CLEAR.length)
    expect(rest.split('\r\n')).toEqual([
      token,
      expect.stringMatching(/^slow · test · cards misc · good for 9 m 5\d s · new$/),
      '',
    ])
  })

  test('a fast one is not; the summary is for terminals, and not with -q', async () => {
    const service = await serve(() => good)
    const { text } = await runThere('get', service.origin)
    expect(text).not.toContain('waiting for')
    expect(text).toContain('slow · test')
    const quiet = await runThere('get -q', service.origin)
    expect(quiet.text).toBe(`${token}\r\n`)
  })

  test('it does not stand in the way of an error', async () => {
    const service = await answerIn(800, [401, { error: 'invalid_client' }])
    const { code, text } = await runThere('get', service.origin)
    expect(code).toBe(4)
    const at = text.indexOf('waiting for')
    expect(at).toBeGreaterThan(0)
    expect(text.slice(at)).toMatch(/waiting for [\d.:]+ …\r\u001b\[K/)
    // red and bold, and back again
    expect(text).toMatch(/tokentool: (\u001b\[\d+m)+error(\u001b\[\d+m)+: /)
    const plain = await runThere('get', service.origin, { TERM: 'dumb' })
    expect(plain.text).toContain('tokentool: error: ')
  })

  test('--show-secrets is obeyed here, and the trace says all', async () => {
    const service = await serve(() => good)
    const { code, text } = await runThere('get -vv --show-secrets', service.origin)
    expect(code).toBe(0)
    expect(text).toContain(Buffer.from(`x:${secret}`).toString('base64'))
    const hidden = await runThere('get -vv', service.origin)
    expect(hidden.text).not.toContain(secret)
    expect(hidden.text).not.toContain(Buffer.from(`x:${secret}`).toString('base64').slice(4, -4))
  })
})
