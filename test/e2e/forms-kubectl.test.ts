// -o exec-credential, as the real kubectl takes it.

import { execFileSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Certificates, makeCertificates } from '../support/certificates.ts'
import { makeFolder, PROGRAM, writeFiles } from '../support/program.ts'
import { type Service, serve } from '../support/service.ts'
import { requireProgram, runShell } from '../support/shells.ts'

let certificates: Certificates
let cluster: Service

beforeAll(async () => {
  certificates = makeCertificates()
  const { read } = certificates
  cluster = await serve(
    ({ headers }) =>
      headers.authorization === 'Bearer to.ken-1234567890'
        ? [200, 'ok']
        : [401, { kind: 'Status' }],
    { cert: read('good.crt'), key: read('good.key') },
  )
})
afterAll(() => certificates.remove())

/** Debian's kubectl is of 2020, before there was a v1. */
function listVersions(): string[] {
  requireProgram('kubectl')
  const text = execFileSync('kubectl', ['version', '--client', '-o', 'json'], { encoding: 'utf8' })
  const { clientVersion } = JSON.parse(text) as { clientVersion: { minor: string } }
  return Number.parseInt(clientVersion.minor, 10) < 22 ? ['v1beta1'] : ['v1', 'v1beta1']
}

test.each(listVersions())('kubectl speaks to a cluster with our token: %s', async (version) => {
  const service = await serve(() => [200, { access_token: 'to.ken-1234567890', expires_in: 300 }])
  const folder = makeFolder({
    'tokentool.yaml': `
profiles:
  cluster:
    provider: client-credentials
    token_endpoint: ${service.origin}/token
    client_id: x
    client_secret: plain-secret-of-a-test
`,
    kubeconfig: `
apiVersion: v1
kind: Config
current-context: test
contexts: [{ name: test, context: { cluster: test, user: tokentool } }]
clusters:
  - name: test
    cluster:
      server: ${cluster.origin}
      certificate-authority: ${certificates.path('root.crt')}
users:
  - name: tokentool
    user:
      exec:
        apiVersion: client.authentication.k8s.io/${version}
        command: ./tokentool
        args: [get, cluster, -c, tokentool.yaml, --no-cache, -o, exec-credential]
        interactiveMode: Never
`,
  })
  writeFiles(folder, { tokentool: `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n` })
  chmodSync(join(folder, 'tokentool'), 0o700)
  const said = await runShell(
    'dash',
    'kubectl --kubeconfig kubeconfig get --raw /healthz',
    folder,
    {
      HOME: join(folder, 'home'),
    },
  )
  expect(said).toEqual({ status: 0, stdout: 'ok', stderr: '' })
  expect(cluster.last().path).toBe('/healthz')
  expect(service.requests).toHaveLength(1)
})
