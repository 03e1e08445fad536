// Certificates of every sort, made by openssl once for a test file.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const CONFIG = `
[ca]
default_ca = here
[here]
dir = .
new_certs_dir = .
database = index.txt
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
`

export interface Certificates {
  readonly folder: string
  path(file: string): string
  read(file: string): Buffer
  remove(): void
}

interface Leaf {
  readonly issuer?: string
  readonly subject?: string
  readonly names?: string
  readonly from?: string
  readonly until?: string
  readonly digest?: string
  readonly authority?: boolean
}

const PAST = { from: '20200101000000Z', until: '20210101000000Z' }

const LEAVES: Readonly<Record<string, Leaf>> = {
  root: { authority: true, subject: 'Test Root' },
  stranger: { authority: true, subject: 'Stranger Root' },
  middle: { authority: true, issuer: 'root', subject: 'Test Middle' },
  good: { issuer: 'root' },
  service: { issuer: 'root', names: 'DNS:service.test' },
  proxy: { issuer: 'stranger', subject: 'proxy' },
  below: { issuer: 'middle' },
  other: { issuer: 'root', subject: 'other.example', names: 'DNS:other.example,DNS:x.example' },
  nameless: { issuer: 'root', names: '' },
  expired: { issuer: 'root', ...PAST },
  future: { issuer: 'root', from: '20900101000000Z', until: '20910101000000Z' },
  sha1: { issuer: 'root', digest: 'sha1' },
  oldmiddle: { authority: true, issuer: 'root', subject: 'Old Middle', ...PAST },
  oldbelow: { issuer: 'oldmiddle' },
  nasty: { subject: 'evil\u001b[31m\u202e' },
  self: {},
  selfexpired: { from: '20200101000000Z', until: '20230117000000Z' },
  client: { issuer: 'root', subject: 'client', names: '' },
  intruder: { issuer: 'stranger', subject: 'intruder', names: '' },
}

export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'tokentool-tls-'))
  const path = (file: string): string => join(folder, file)
  const run = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  }
  writeFileSync(path('ca.cnf'), CONFIG)
  writeFileSync(path('index.txt'), '')
  for (const [name, leaf] of Object.entries(LEAVES)) makeOne(name, leaf, run, path)
  run(
    'pkcs8',
    '-topk8',
    '-in',
    'client.key',
    '-out',
    'client-locked.key',
    '-passout',
    'pass:opened',
  )
  const pair = ['-inkey', 'client.key', '-in', 'client.crt', '-passout', 'pass:opened']
  run('pkcs12', '-export', ...pair, '-out', 'client.p12')
  run('x509', '-in', 'root.crt', '-outform', 'der', '-out', 'root.der')
  const read = (file: string): Buffer => readFileSync(path(file))
  writeFileSync(path('client-both.pem'), Buffer.concat([read('client.crt'), read('client.key')]))
  writeFileSync(path('chain.crt'), Buffer.concat([read('below.crt'), read('middle.crt')]))
  return { folder, path, read, remove: () => rmSync(folder, { recursive: true }) }
}

function makeOne(
  name: string,
  leaf: Leaf,
  run: (...args: string[]) => void,
  path: (file: string) => string,
): void {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const subject = ['-subj', `/CN=${leaf.subject ?? 'localhost'}`]
  const names = leaf.names ?? 'DNS:localhost,DNS:*.wild.localhost,IP:127.0.0.1'
  run(
    'req',
    '-utf8',
    '-config',
    'ca.cnf',
    ...curve,
    ...subject,
    '-keyout',
    `${name}.key`,
    '-out',
    'x.csr',
  )
  writeFileSync(
    path('x.ext'),
    leaf.authority
      ? 'basicConstraints=critical,CA:TRUE'
      : `basicConstraints=CA:FALSE${names === '' ? '' : `\nsubjectAltName=${names}`}`,
  )
  run(
    ...['ca', '-batch', '-notext', '-config', 'ca.cnf', '-extfile', 'x.ext'],
    ...['-in', 'x.csr', '-out', `${name}.crt`, '-md', leaf.digest ?? 'sha256'],
    ...['-startdate', leaf.from ?? '20200101000000Z'],
    ...['-enddate', leaf.until ?? '20890101000000Z'],
    ...(leaf.issuer === undefined
      ? ['-selfsign', '-keyfile', `${name}.key`]
      : ['-keyfile', `${leaf.issuer}.key`, '-cert', `${leaf.issuer}.crt`]),
  )
}
