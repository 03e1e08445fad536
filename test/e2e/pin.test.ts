// tls.pin through the whole program: how it may be written, and where it holds.

import { execFile, execFileSync } from 'node:child_process'
import { afterAll, describe, expect, test } from 'vitest'
import { makeCertificates } from '../support/certificates.ts'
import { makeEcKey } from '../support/keys.ts'
import { type Reply, serve } from '../support/service.ts'
import { createWorld, runMain } from '../support/world.ts'

const key = makeEcKey()
const certificates = makeCertificates()
afterAll(() => certificates.remove())

const granted: Reply = [200, { access_token: 'opaque-token', expires_in: 300 }]
const tlsOf = (name: string) => ({
  key: certificates.read(`${name}.key`),
  cert: certificates.read(`${name}.crt`),
})
const hash = (name: string): string => {
  const line = `openssl x509 -in ${name}.crt -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64`
  return execFileSync('sh', ['-c', line], { cwd: certificates.folder }).toString().trim()
}
const good = hash('good')
/** where a digest that begins with / cannot be mistaken for another one cut short */
const OTHERWISE = `sha256/${good.startsWith('/') ? '/' : ''}${good}`
const zero = `${'A'.repeat(43)}=`

const profile = (origin: string, tls: string): string => `
profiles:
  p:
    provider: jwt-bearer
    token_endpoint: ${origin.replace('127.0.0.1', 'localhost')}/t
    issuer: me
    key_path: k.pem
    tls:
      ca: root.crt
      ${tls}
`
const filesOf = (yaml: string) => ({
  'p.yaml': yaml,
  'k.pem': key.pem,
  'root.crt': certificates.read('root.crt'),
})

describe('a pin', () => {
  test.each<[string, string]>([
    ['as curl writes it', `sha256//${good}`],
    ['as others do', OTHERWISE],
    ['bare', good],
    ['one of several', `"sha256//${zero}; sha256//${good};"`],
    ['from a variable', '${env:PIN}'],
  ])('%s', async (_how, pin) => {
    const { origin, requests } = await serve(() => granted, tlsOf('good'))
    const files = filesOf(profile(origin, `pin: ${pin}`))
    const run = await runMain(['get', '-c', 'p.yaml'], { files, env: { PIN: `sha256//${good}` } })
    expect(run.exit, run.stderr).toBe(0)
    expect(requests).toHaveLength(1)
  })

  test.each<[string, string, string]>([
    ['empty', '""', 'base64 are wanted'],
    ['only separators', '";;"', 'base64 are wanted'],
    ['cut short', `sha256//${'x'.repeat(42)}=`, 'base64 are wanted'],
    ['without its end', `sha256//${good.slice(0, -1)}`, 'base64 are wanted'],
    ['of another hash', `sha1//${good}`, 'base64 are wanted'],
    ['with a bit left over', `sha256//${'A'.repeat(42)}B=`, 'base64 are wanted'],
    ['one of two', `sha256//${good};nonsense`, 'base64 are wanted'],
    ['a file', './key.pem', 'base64 are wanted'],
    ['a thumbprint of a JWK', '"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"', 'base64 are wanted'],
    ['hex', 'ab'.repeat(32), 'fingerprint of a certificate'],
    ['hex with colons', `"${'AB:'.repeat(31)}AB"`, 'fingerprint of a certificate'],
    ['as openssl shows it', `"SHA256 Fingerprint=${'AB:'.repeat(31)}AB"`, 'fingerprint of a'],
    ['a long text', `"${'a:='.repeat(50_000)}"`, 'base64 are wanted'],
  ])('%s is a mistake of the file', async (_what, pin, means) => {
    const { origin, requests } = await serve(() => granted, tlsOf('good'))
    const files = filesOf(profile(origin, `pin: ${pin}`))
    const began = performance.now()
    const { exit, stdout, stderr } = await runMain(['get', '-c', 'p.yaml', '--json'], { files })
    expect([exit, stdout]).toEqual([2, ''])
    const { error } = JSON.parse(stderr)
    expect(error).toMatchObject({ code: 'tls_invalid', message: 'p: tls.pin is not a pin' })
    expect(JSON.stringify(error)).toContain(means)
    expect(JSON.stringify(error)).toMatch(/p\.yaml:10:\d+ pin: sha256\/\/BASE64/)
    expect(requests).toHaveLength(0)
    expect(performance.now() - began).toBeLessThan(3000)
  })

  test('that is another is refused, and shown as it may be written', async () => {
    const { origin, requests } = await serve(() => granted, tlsOf('good'))
    const files = filesOf(profile(origin, `pin: sha256//${zero}`))
    const { exit, stdout, stderr } = await runMain(['get', '-c', 'p.yaml'], { files })
    expect([exit, stdout]).toEqual([6, ''])
    expect(stderr).toContain(`sha256//${good}`)
    expect(requests).toHaveLength(0)
    const mended = filesOf(profile(origin, `pin: ${/sha256\/\/[\w+/]{43}=/.exec(stderr)?.[0]}`))
    expect((await runMain(['get', '-c', 'p.yaml'], { files: mended })).exit).toBe(0)
  })

  test('alone holds where nothing is verified, and that is still warned of', async () => {
    const { origin } = await serve(() => granted, tlsOf('self'))
    for (const [pin, expected] of [
      [hash('self'), 0],
      [zero, 6],
    ] as const) {
      const files = filesOf(profile(origin, `pin: sha256//${pin}\n      insecure: true`))
      const { exit, stderr } = await runMain(['get', '-c', 'p.yaml', '--no-cache'], { files })
      expect(exit, stderr).toBe(expected)
      expect(stderr.match(/TLS is NOT verified/g)).toHaveLength(1)
    }
  })

  test('belongs to one hop', async () => {
    const first = await serve(() => granted, tlsOf('good'))
    const second = await serve(() => granted, tlsOf('nameless'))
    const chain = (tls: string): string => `${profile(first.origin, `pin: sha256//${good}`)}
  second:
    provider: exchange
    via: p
    token_endpoint: ${second.origin.replace('127.0.0.1', 'localhost')}/two
    tls: ${tls}
providers:
  exchange:
    fields: { token_endpoint: { type: url, help: where } }
    call: { url: "\${token_endpoint}", headers: { Authorization: "Bearer \${via.access_token}" } }
`
    const get = ['get', 'second', '-c', 'p.yaml', '--no-cache', '--json']
    const free = await runMain(get, { files: filesOf(chain('{ ca: root.crt }')) })
    expect(free.exit, free.stderr).toBe(0)
    const own = `{ ca: root.crt, pin: sha256//${good} }`
    const pinned = await runMain(get, { files: filesOf(chain(own)) })
    expect(pinned.exit).toBe(6)
    expect(JSON.parse(pinned.stderr)).toMatchObject({ error: { code: 'network_tls', hop: 2 } })
    expect(second.requests).toHaveLength(1)
  })

  test('tells one token in the cache from another', async () => {
    const { origin, requests } = await serve(() => granted, tlsOf('good'))
    const pins = [`sha256//${good}`, OTHERWISE, `sha256//${good};sha256//${zero}`]
    const world = createWorld([], {
      files: {
        ...filesOf(''),
        ...Object.fromEntries(
          pins.map((pin, at) => [`${at}.yaml`, profile(origin, `pin: ${pin}`)]),
        ),
      },
    })
    const asked: number[] = []
    for (const at of [0, 0, 1, 2, 2]) {
      const { exit, stderr } = await runMain(['get', '-c', `${at}.yaml`], { again: world })
      expect(exit, stderr).toBe(0)
      asked.push(requests.length)
    }
    expect(asked).toEqual([1, 1, 1, 2, 2])
  })

  test('is told to curl', async () => {
    const { origin } = await serve(() => granted, tlsOf('good'))
    for (const [pin, expected] of [
      [OTHERWISE, 0],
      [`sha256//${zero};sha256//${good}`, 0],
      [`sha256//${zero}`, 90],
    ] as const) {
      const files = filesOf(profile(origin, `pin: ${pin}`))
      const { exit, stdout } = await runMain(['get', '--curl', '-c', 'p.yaml'], { files })
      expect(exit).toBe(0)
      const written = /^pinnedpubkey = "(.*)"$/m.exec(stdout)?.[1] ?? ''
      expect(written).toBe(pin.replace(/^sha256\/(?!\/)/, 'sha256//'))
      const ca = ['--cacert', certificates.path('root.crt')]
      const url = origin.replace('127.0.0.1', 'localhost')
      expect(await runCurl([...ca, '--pinnedpubkey', written, url])).toBe(expected)
    }
  })

  test('of a found file is shown before it is used', async () => {
    const yaml = profile('https://id.example', 'pin: ./nonsense')
    const { stdout, stderr } = await runMain(['trust'], {
      files: { ...filesOf(''), 'tokentool.yaml': yaml },
    })
    expect(stdout + stderr).toContain('tls.pin → https://id.example')
  })
})

function runCurl(args: readonly string[]): Promise<unknown> {
  return new Promise((done) => {
    execFile('curl', ['-s', ...args], { timeout: 5000 }, (error) => done(error?.code ?? 0))
  })
}
