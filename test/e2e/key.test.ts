import { execFileSync, spawnSync } from 'node:child_process'
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { JAVA_P12, JKS, LOCKED_PPK, PPK } from '../support/foreign-keys.ts'
import { lock, makeEcKey, makeEd25519Key, makeRsaKey } from '../support/keys.ts'
import {
  makeFolder,
  type Outcome,
  PROGRAM,
  plantCanary,
  plantKey,
  runProgram,
} from '../support/program.ts'

const openssl = (folder: string, ...args: string[]): string =>
  execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' })

describe('tokentool key generate', () => {
  const KINDS = [
    ['rsa-2048', 'RSA Private-Key: (2048 bit', 'SHA256'],
    ['rsa-3072', 'RSA Private-Key: (3072 bit', 'SHA256'],
    ['p-256', 'NIST CURVE: P-256', 'SHA256'],
    ['p-384', 'NIST CURVE: P-384', 'SHA384'],
    ['p-521', 'NIST CURVE: P-521', 'SHA512'],
    ['ed25519', 'ED25519 Private-Key', ''],
  ] as const
  it.each(KINDS)('%s, with a request and a certificate that openssl takes', async (type, text) => {
    const folder = makeFolder()
    const files = ['key.pem', '--csr', 'key.csr', '--certificate', 'key.crt']
    const { stdout, stderr } = await runProgram(['key', 'generate', ...files, '--type', type], {
      folder,
    })
    expect(stderr).toBe('')
    expect(stdout).toContain('next         tokentool key inspect key.csr\n')
    expect(stdout).toContain('VA refuses such certificates')
    expect(statSync(join(folder, 'key.pem')).mode & 0o777).toBe(0o600)
    expect(openssl(folder, 'pkey', '-noout', '-text', '-in', 'key.pem')).toMatch(
      new RegExp(
        text.replace('RSA ', '(RSA )?').replace('(2048', '\\(2048').replace('(3072', '\\(3072'),
      ),
    )
    expect(openssl(folder, 'req', '-verify', '-noout', '-subject', '-in', 'key.csr')).toContain(
      'subject=CN = key\n',
    )
    const shown = openssl(folder, 'x509', '-noout', '-text', '-in', 'key.crt')
    expect(shown).toContain('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1')
    expect(openssl(folder, 'verify', '-CAfile', 'key.crt', 'key.crt')).toBe('key.crt: OK\n')
  })

  it('a private JWK, with its thumbprint for a kid', async () => {
    const folder = makeFolder()
    const args = ['key', 'generate', 'k.json', '--format', 'jwk', '--type', 'p-256', '--json']
    const made = (await runProgram(args, { folder })).json()
    const jwk = JSON.parse(readFileSync(join(folder, 'k.json'), 'utf8'))
    const members = JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y })
    const thumbprint = createHash('sha256').update(members).digest('base64url')
    expect(jwk).toMatchObject({ kty: 'EC', kid: thumbprint, use: 'sig', alg: 'ES256' })
    expect(typeof jwk.d).toBe('string')
    expect(made).toEqual({
      ...{ file: 'k.json', kind: 'p-256', format: 'jwk', encrypted: false, kid: thumbprint },
      ...{ thumbprint, csr: null, certificate: null, subject: null },
    })
  })

  it('encrypted, with a passphrase that is nowhere', async () => {
    const folder = makeFolder()
    const secret = plantCanary()
    const args = ['key', 'generate', 'k.pem', '--type', 'ed25519', '--passphrase']
    const { stdout } = await runProgram([...args, 'env:PASS'], { folder, env: { PASS: secret } })
    expect(stdout).toContain('--to public --passphrase env:PASS\n')
    expect(readFileSync(join(folder, 'k.pem'), 'utf8')).toMatch(/^-----BEGIN ENCRYPTED PRIVATE/)
    const env = { ...process.env, PASS: secret }
    execFileSync('openssl', ['pkey', '-noout', '-in', 'k.pem', '-passin', 'env:PASS'], {
      cwd: folder,
      env,
    })
    const piped = await runProgram([...args.with(2, 'l.pem'), '-'], {
      folder,
      stdin: `${secret}\n`,
    })
    expect(piped.code).toBe(0)
    expect(piped.stdout).toContain('--to public --passphrase -\n')
    const inspected = await runProgram(['key', 'inspect', 'l.pem', '--passphrase', 'env:PASS'], {
      folder,
      env: { PASS: secret },
    })
    expect(inspected.stdout).toContain('Ed25519 key, private, encrypted')
    expect(inspected.stdout).toContain('PBKDF2 with 600000 rounds')
    // of a file the first line is the passphrase
    writeFileSync(join(folder, 'words'), `${secret}\nand more\n`, { mode: 0o600 })
    const lines = await runProgram(['key', 'inspect', 'l.pem', '--passphrase', 'words'], { folder })
    expect([lines.code, lines.stderr]).toEqual([0, ''])
  })

  it('a short passphrase draws a warning; -q says nothing at all', async () => {
    const folder = makeFolder()
    const args = ['key', 'generate', '--type', 'ed25519', '--passphrase', 'env:P']
    const loud = await runProgram([...args, 'a.pem'], { folder, env: { P: '1234567' } })
    expect(loud.stderr).toContain('warning: --passphrase: fewer than 8 characters')
    const quiet = await runProgram([...args, 'b.pem', '-q'], { folder, env: { P: '12345678' } })
    expect([quiet.code, quiet.stdout, quiet.stderr]).toEqual([0, '', ''])
    expect(statSync(join(folder, 'b.pem')).size).toBeGreaterThan(100)
  })

  it('into a pipe, and nothing else with it', () => {
    // not by runProgram: keys of one kind begin alike, and it takes that for one of the secrets
    const args = [PROGRAM, 'key', 'generate', '--type', 'p-256']
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect(stdout).toMatch(/^-----BEGIN PRIVATE KEY-----\n[^-]+-----END PRIVATE KEY-----\n$/)
    expect(stderr).toBe('')
  })

  const REFUSED: readonly (readonly [args: string[], code: number, message: RegExp])[] = [
    [['there.pem'], 2, /there\.pem is there already, and is left as it is/],
    [['new.pem', '--csr', 'there.pem'], 2, /there\.pem is there already/],
    [['new.pem', '--certificate', 'no/c.pem'], 2, /there is no folder no\n +fix: +mkdir -p no$/m],
    [['no/new.pem'], 2, /mkdir -p no$/m],
    [['new.pem', '--csr', './new.pem'], 2, /name the same file/],
    [['new.pem', '--csr', 'c', '--subject', 'chatbot'], 2, /--subject \/CN=chatbot$/m],
    [['new.pem', '--host', 'a b', '--csr', 'c'], 2, /no name or address of a host/],
    [['new.pem', '--certificate', 'c', '--days', '0'], 2, /--days 365/],
    [['new.pem', '--certificate', 'c', '--days', '1.5'], 2, /a number of days/],
    [['new.pem', '--days', '9'], 2, /--days is for a certificate, and none is made/],
    [['new.pem', '--csr', 'c', '--days', '9'], 2, /--days is for a certificate/],
    [['new.pem', '--subject', '/CN=a'], 2, /--subject is for a request or certificate/],
    [['new.pem', '--host', 'a'], 2, /--host is for a request or certificate/],
    [
      ['new.pem', '--csr', 'c', '--subject', ''],
      2,
      /names nobody\n +fix: +--subject '\/CN=chatbot'$/m,
    ],
    [['-'], 2, /- is none\n +fix: +tokentool key generate key\.pem$/m],
    [['@at.pem'], 2, /is a place to read from/],
    [['env:FOO'], 2, /is a place to read from/],
    [['new.pem', '--csr', '-'], 2, /--csr: a file is written/],
    [['new.pem', '--csr', '/proc/y.csr'], 2, /cannot write \/proc\/y\.csr/],
    [['new.pem', '--type', 'rsa-1024'], 2, /rsa-2048/],
    [['new.pem', '--format', 'jwk', '--passphrase', 'env:X'], 2, /encrypts a PEM/],
    [['new.pem', '--kid', 'x'], 2, /--format jwk/],
    [['new.pem', '--passphrase', 'env:NONE'], 3, /NONE is not set/],
    [['new.pem', '--passphrase', 'blank'], 3, /it is empty/],
    [['--json'], 2, /no file is named/],
  ]
  it.each(REFUSED)('%j is refused, and leaves nothing behind', async (args, code, message) => {
    const folder = makeFolder({ 'there.pem': 'mine', blank: '\n' })
    const outcome = await runProgram(['key', 'generate', ...args], { folder })
    const text = args[0] === '--json' ? `${outcome.error().message}` : outcome.stderr
    expect([outcome.code, outcome.stdout]).toEqual([code, ''])
    expect(text).toMatch(message)
    expect(readdirSync(folder).sort()).toEqual(['blank', 'home', 'there.pem'])
    expect(readFileSync(join(folder, 'there.pem'), 'utf8')).toBe('mine')
  })
})

describe('tokentool key inspect', () => {
  let folder = ''
  const rsa = makeRsaKey()
  const ec = makeEcKey()
  const small = makeRsaKey(1024)
  const files: Record<string, string> = {
    'rsa.pem': plantKey(rsa.pem),
    'ec.pem': plantKey(ec.pem),
    'small.pem': plantKey(small.pem),
    'ed.pem': plantKey(makeEd25519Key().pem),
    'locked.pem': lock(ec, 'open sesame'),
    'escaped.pem': rsa.pem.replaceAll('\n', '\\n'),
    'key.ppk': PPK,
    'locked.ppk': LOCKED_PPK,
    'words.txt': 'the quick brown fox\n',
    'token.txt': 'eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln',
    'secret.json': JSON.stringify({
      kty: 'oct',
      k: Buffer.from(plantCanary()).toString('base64url'),
    }),
  }
  const jwk = (pair: typeof rsa) => pair.publicKey.export({ format: 'jwk' })
  const secret = { kty: 'oct', k: Buffer.from(plantCanary()).toString('base64url') }
  files['none.json'] = '[]'
  files['odd.json'] = JSON.stringify({
    keys: [secret, { kty: 'XX' }, null, { ...secret, kid: 'b' }],
  })
  files['bent.json'] = JSON.stringify({
    ...rsa.privateKey.export({ format: 'jwk' }),
    n: rsa.publicKey.export({ format: 'jwk' }).n?.replace(/.{9}$/, 'AAAAAAAAA'),
  })
  files['dsa.pub'] = 'ssh-dss AAAAB3NzaC1kc3MAAAAB c\n'
  files['cut.pub'] = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGFi c\n'
  files['set.json'] = JSON.stringify({
    keys: [
      { ...jwk(rsa), kid: 'one', use: 'sig' },
      { ...jwk(ec), kid: 'one', use: 'enc' },
      { ...jwk(rsa), kid: 'two', e: 'AQ', alg: 'ES256' },
      { kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA', kid: 'pq' },
      { ...rsa.privateKey.export({ format: 'jwk' }), kid: 'three' },
    ],
  })

  beforeAll(() => {
    folder = makeFolder(files)
    const run = (...args: string[]): string => openssl(folder, ...args)
    run('req', '-x509', '-key', 'rsa.pem', '-days', '9', '-subj', '/CN=leaf', '-out', 'cert.pem')
    run('req', '-new', '-key', 'rsa.pem', '-subj', '/CN=asks', '-out', 'csr.pem')
    const box = [
      'pkcs12',
      '-export',
      '-inkey',
      'rsa.pem',
      '-in',
      'cert.pem',
      '-passout',
      'pass:open',
    ]
    run(...box, '-out', 'key.p12')
    run(...box, '-legacy', '-out', 'old.p12')
    run('pkcs12', '-export', '-nokeys', '-in', 'cert.pem', '-passout', 'pass:open', '-out', 'c.p12')
    run('ec', '-in', 'ec.pem', '-param_enc', 'explicit', '-out', 'spelled.pem')
    run('genpkey', '-algorithm', 'x25519', '-out', 'x25519.pem')
    run('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1', '-out', 'k1.pem')
    run('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-224', '-out', 'p224.pem')
    const pss = [
      'rsa_keygen_bits:2048',
      'rsa_pss_keygen_md:sha384',
      'rsa_pss_keygen_mgf1_md:sha384',
    ]
    run(
      'genpkey',
      '-algorithm',
      'RSA-PSS',
      ...pss.flatMap((one) => ['-pkeyopt', one]),
      '-out',
      'pss.pem',
    )
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'c', '-f', 'id'], {
      cwd: folder,
    })
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'open1', '-C', 'c', '-f', 'id2'], {
      cwd: folder,
    })
    writeFileSync(join(folder, 'java.p12'), JAVA_P12, { mode: 0o600 })
    writeFileSync(join(folder, 'key.jks'), JKS, { mode: 0o600 })
    writeFileSync(join(folder, 'open.pem'), rsa.pem)
    chmodSync(join(folder, 'open.pem'), 0o664)
    chmodSync(join(folder, 'escaped.pem'), 0o644)
  })

  const inspect = (...args: string[]): Promise<Outcome> =>
    runProgram(['key', 'inspect', ...args], { folder, env: { OPEN: 'open', JAVA: 'opened' } })

  const SHOWN: readonly [args: string[], ...lines: RegExp[]][] = [
    [
      ['rsa.pem'],
      /^rsa\.pem: a PKCS#8 private key \(PEM\)$/m,
      /2048-bit RSA key, private, not enc/,
      /fits +RS256 PS256/,
    ],
    [['ec.pem'], /P-256 key, private/, /fits +ES256$/m, /not for VA, which verifies RS256 only/],
    [['ed.pem'], /Ed25519 key/, /fits +EdDSA Ed25519$/m],
    [['small.pem'], /✗ 1024 bits: RFC 7518 wants 2048/],
    [['pss.pem'], /! an RSA-PSS key is for PS384 alone/],
    [['x25519.pem'], /✗ an X25519 key agrees on keys/],
    [['k1.pem'], /✗ a secp256k1 key is for ES256K/],
    [['p224.pem'], /✗ no JWS algorithm is made for a secp224r1 key/],
    [
      ['locked.pem'],
      /private, encrypted \(AES-256-CBC, PBKDF2 with 2048 rounds\); with --passphrase/,
    ],
    [
      ['cert.pem'],
      /a certificate \(PEM\)/,
      /issuer +itself/,
      /\(expires in 8 d 23 h\)/,
      /! self-signed: VA refuses/,
    ],
    [['csr.pem'], /a certificate signing request/, /subject +CN=asks$/m],
    [['key.p12'], /private, encrypted \(AES-256/, /its certificates are encrypted as well/],
    [
      ['key.p12', '--passphrase', 'env:OPEN'],
      /2048-bit RSA key.*the passphrase opens it/,
      /the key of 1/,
    ],
    [
      ['old.p12', '--passphrase', 'env:OPEN'],
      /encrypted \(3DES, SHA-1/,
      /· its certificates.*\n +fix: openssl pkcs12 -legacy -nokeys -in old\.p12\n/,
    ],
    [['java.p12', '--passphrase', 'env:JAVA'], /alias +bot$/m, /subject +CN=bot$/m],
    [['id'], /an OpenSSH private key/, /OpenSSH +SHA256:/],
    [['id.pub'], /an SSH public key/, /Ed25519 key, public/],
    [
      ['id2'],
      /private, encrypted \(bcrypt\); only its public half is read/,
      /· signing needs a key in another form\n +fix: cp id2 id2\.open && ssh-keygen/,
    ],
    [['c.p12'], /locked as a whole \(AES-256.*\); with --passphrase there is more to say/],
    [['spelled.pem'], /P-256 key/, /! its curve is spelled out/],
    [
      ['odd.json'],
      /odd\.json, key 2 is a JWK of kty XX that/,
      /odd\.json, key 3 is no key/,
      /^1\. a shared secret/m,
      /^4\. b: a shared secret/m,
      /! key 4 is key 1 once more/,
      /! it holds shared secrets, which nobody may publish\n$/,
    ],
    [['none.json'], /0 keys\n\n +✗ there is no key in it$/m],
    [['key.ppk'], /a PuTTY private key/, /P-256 key, private, not encrypted; only its public half/],
    [['locked.ppk'], /Ed25519 key, private, encrypted/],
    [
      ['escaped.pem'],
      /2048-bit RSA key/,
      /! other users can read it\n +fix: chmod 600 escaped\.pem\n/,
      /· its text was repaired/,
    ],
    [
      ['open.pem'],
      /✗ other users can change it, so it is not signed with\n +fix: chmod 600 open\.pem\n/,
    ],
    [['secret.json'], /HMAC secret of 20 bytes, shared/, /✗ 20 bytes: HS256 wants 32 at least/],
    [
      ['set.json'],
      /JWKS\): 4 keys$/m,
      /✗ its use is enc/,
      /✗ its public exponent is 1/,
      /✗ its alg is ES256; it fits RS256/,
      /✗ one is the kid of more/,
      /ML-DSA-44\) that cannot be opened/,
      /! it holds private keys.*\n +fix: tokentool key convert set\.json --to public-jwks\n/,
    ],
  ]
  it.each(SHOWN.map(([args, ...lines]) => ({ args, lines })))('$args', async ({ args, lines }) => {
    const { code, stdout, stderr } = await inspect(...args)
    expect([code, stderr]).toEqual([0, ''])
    for (const line of lines) expect(stdout).toMatch(line)
  })

  it.each([
    ['words.txt', /text that is no key/],
    ['token.txt', /is a JWT, not a key/],
    [
      'key.jks',
      /a Java key store[\s\S]*keytool -importkeystore[\s\S]*then name key\.converted\.p12/,
    ],
    ['nowhere.pem', /nowhere\.pem does not exist[\s\S]*tokentool key inspect FILE/],
    ['home', /home is a folder, not a file\n +fix: +tokentool key inspect FILE\n/],
    ['/dev/zero', /is a device, not a file\n +fix: +tokentool key inspect FILE\n/],
    ['bent.json', /bent\.json is damaged: its numbers do not belong together/],
    ['dsa.pub', /is a DSA key/],
    ['cut.pub', /is an SSH public key that is damaged/],
  ])('%s is no key', async (name, message) => {
    const { code, stderr } = await inspect(name)
    expect(code).toBe(3)
    expect(stderr).toMatch(message)
  })

  it.each([
    ['', /which key\?/],
    ['https://a.example/jwks', /addresses are not read here[\s\S]*fix: +curl -sS https:/],
  ])('%j is no place of one', async (name, message) => {
    const { code, stderr } = await inspect(name)
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
  })

  it('out of the pipes of a shell', () => {
    const pass = `<(printf 'open sesame\\n')`
    const script = `exec "$0" "$1" key match <(cat locked.pem) ec.pem --passphrase ${pass}`
    const run = spawnSync('bash', ['-c', script, process.execPath, PROGRAM], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect([run.stderr, run.stdout]).toEqual(['', expect.stringMatching(/^yes /)])
  })

  it('a wrong passphrase is told how it is typed', async () => {
    const { stderr } = await inspect('locked.pem', '--passphrase', 'env:OPEN')
    expect(stderr).toMatch(
      /openssl pkey -noout -in locked\.pem\n +--passphrase env:KEY_PASSPHRASE\n/,
    )
  })

  it('has the names that openssl and ssh-keygen give it', async () => {
    const { code, json } = await inspect('rsa.pem', '--json')
    expect(code).toBe(0)
    const spki = rsa.publicKey.export({ type: 'spki', format: 'der' })
    const numbers = rsa.publicKey.export({ type: 'pkcs1', format: 'der' })
    const hash = (data: Uint8Array) => createHash('sha256').update(data)
    const { e, n } = rsa.publicKey.export({ format: 'jwk' })
    expect(json()).toEqual({
      ...{ source: 'rsa.pem', name: 'a PKCS#8 private key', form: 'PEM', role: 'private' },
      ...{ description: '2048-bit RSA key', type: 'rsa', bits: 2048, curve: null },
      ...{ encrypted: false, encryption: null, readable: true, kid: null, alias: null },
      ...{ alg: null, use: null, certificate: null, request: null, findings: [] },
      algorithms: ['RS256', 'PS256', 'RS384', 'PS384', 'RS512', 'PS512'],
      thumbprint: hash(Buffer.from(JSON.stringify({ e, kty: 'RSA', n }))).digest('base64url'),
      spki_sha256: hash(spki).digest('base64'),
      spki_sha256_hex: hash(spki).digest('hex'),
      ssh_sha256: expect.stringMatching(/^SHA256:[\w+/]{43}$/),
      va_kid: hash(numbers).digest('hex'),
    })
  })

  it('a certificate in JSON', async () => {
    const { certificate } = (await inspect('cert.pem', '--json')).json() as {
      certificate: Record<string, unknown>
    }
    const printed = openssl(
      folder,
      'x509',
      '-in',
      'cert.pem',
      '-noout',
      '-fingerprint',
      '-sha1',
      '-serial',
    )
    const print = (/=([\dA-F:]+)\n/.exec(printed)?.[1] ?? '').replaceAll(':', '')
    expect(certificate.x5t).toBe(Buffer.from(print, 'hex').toString('base64url'))
    expect(printed.toLowerCase()).toContain(`serial=${certificate.serial}`)
    expect(certificate).toMatchObject({ subject: 'CN=leaf', issuer: 'CN=leaf', self_signed: true })
  })

  it('a set in JSON: each key, and what is wrong with all of it', async () => {
    const { keys, findings } = (await inspect('set.json', '--json')).json() as {
      keys: { kid: string; findings: { code: string }[] }[]
      findings: { code: string }[]
    }
    expect(keys.map(({ kid }) => kid)).toEqual(['one', 'one', 'two', 'three'])
    expect(keys[2]?.findings.map(({ code }) => code)).toEqual(['rsa-exponent', 'jwk-alg'])
    expect(findings.map(({ code }) => code)).toEqual(['unopened', 'kid-twice', 'set-private'])
  })

  it('from a pipe, from a variable', async () => {
    const piped = await runProgram(['key', 'inspect'], { folder, stdin: rsa.publicPem })
    expect(piped.stdout).toContain('standard input: a public key (PEM)\n')
    const env = { KEY: rsa.publicPem }
    const named = await runProgram(['key', 'inspect', 'env:KEY'], { folder, env })
    expect(named.stdout).toContain('$KEY: a public key (PEM)\n')
    const wrong = await runProgram(['key', 'inspect', '-', '--passphrase', '-'], { stdin: 'x' })
    expect(wrong.code).toBe(2)
  })

  it('the commands that refusals print do make a key', async () => {
    // `tokentool` on the path is this program
    const bin = makeFolder()
    const shim = `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`
    writeFileSync(join(bin, 'tokentool'), shim, { mode: 0o755 })
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` }
    const { stderr } = await runProgram(['key', 'convert', 'id2'], { folder })
    const [, command = '', made = ''] =
      /fix: +(cp .*)\n +then name (\S+) in its place\n/.exec(stderr) ?? []
    const answered = command.replace("-N ''", "-N '' -P open1")
    execFileSync('sh', ['-ec', answered], { cwd: folder, env, stdio: 'pipe' })
    expect((await inspect(made)).stdout).toContain('Ed25519 key, private, not encrypted')
    expect((await runProgram(['key', 'match', made, 'id2'], { folder })).code).toBe(0)
    const public_ = await runProgram(['key', 'convert', 'cert.pem'], { folder })
    const fix = /fix: +(tokentool .*)\n/.exec(public_.stderr)?.[1] ?? ''
    const printed = execFileSync('sh', ['-ec', fix], { cwd: folder, env, encoding: 'utf8' })
    expect(printed).toBe(rsa.publicPem)
  })
})

describe('tokentool key match', () => {
  const rsa = makeRsaKey()
  const other = makeRsaKey()
  const ed = makeEd25519Key()
  const jwt = (pair: typeof rsa, header: object): string => {
    const input = [header, { iss: 'x' }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    const hash = pair === ed ? undefined : 'sha256'
    return `${input}.${sign(hash, Buffer.from(input), pair.privateKey).toString('base64url')}`
  }
  const jwk = (pair: typeof rsa, kid: string) => ({
    ...pair.publicKey.export({ format: 'jwk' }),
    kid,
  })
  const files = {
    'rsa.pem': plantKey(rsa.pem),
    'rsa.pub': rsa.publicPem,
    'other.pem': plantKey(other.pem),
    'ed.pem': plantKey(ed.pem),
    'locked.pem': lock(rsa, 'open'),
    'set.json': JSON.stringify({ keys: [jwk(other, 'a'), jwk(rsa, 'b')] }),
    'others.json': JSON.stringify({ keys: [jwk(other, 'a'), jwk(ed, 'c')] }),
    'token.txt': `Authorization: Bearer ${jwt(rsa, { alg: 'RS256', kid: 'b' })}\n`,
    'ed.jwt': jwt(ed, { alg: 'EdDSA' }),
    'named.jwt': jwt(other, { alg: 'RS256', jwk: jwk(rsa, 'b') }),
    'secret.json': '{"kty":"oct","k":"AQID"}',
    'secret2.json': '{"keys":[{"kty":"oct","k":"AQID","kid":"s"}]}',
    'tokentool.yaml': `
profiles:
  own: { provider: va-sis, environment: staging, key_path: ./rsa.pem, certificate_path: ./cert.pem }
  mixed: { provider: va-sis, environment: staging, key_path: ./other.pem, certificate_path: ./cert.pem }
  bare: { provider: client-credentials, token_endpoint: "https://x.example/token" }
`,
  }
  let folder = ''
  beforeAll(() => {
    folder = makeFolder(files)
    const request = ['req', '-x509', '-key', 'rsa.pem', '-days', '9', '-subj', '/CN=x']
    openssl(folder, ...request, '-out', 'cert.pem')
    openssl(folder, 'ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'p256.pem')
    openssl(folder, 'ec', '-in', 'p256.pem', '-param_enc', 'explicit', '-out', 'spelled.pem')
    openssl(folder, ...request.with(3, 'p256.pem'), '-out', 'p256.crt')
    writeFileSync(join(folder, 'open.jwt'), 'eyJhbGciOiJub25lIn0.eyJhIjoxfQ.')
    const box = [
      'pkcs12',
      '-export',
      '-inkey',
      'rsa.pem',
      '-in',
      'cert.pem',
      '-passout',
      'pass:open',
    ]
    openssl(folder, ...box, '-out', 'key.p12')
  })
  const config = ['-c', 'tokentool.yaml']

  const TABLE: readonly (readonly [args: string[], code: number, line: RegExp])[] = [
    [['rsa.pem', 'rsa.pub'], 0, /^yes {2}rsa\.pem and rsa\.pub: the same key \([\w-]{43}\)\n$/],
    [['rsa.pub', 'rsa.pem'], 0, /^yes/],
    [['rsa.pem', 'cert.pem'], 0, /^yes/],
    [['spelled.pem', 'p256.crt'], 0, /^yes/],
    [['rsa.pem', 'open.jwt'], 7, /^no +the token in open\.jwt is not signed: its alg is none\n$/],
    [['rsa.pem', 'key.p12', '--passphrase', 'env:OPEN'], 0, /^yes/],
    [['locked.pem', 'cert.pem', '--passphrase', 'env:OPEN'], 0, /^yes/],
    [['rsa.pem', 'set.json'], 0, /^yes {2}rsa\.pem and set\.json, kid b: the same key/],
    [['set.json', 'rsa.pem'], 0, /^yes/],
    [
      ['rsa.pem', 'token.txt'],
      0,
      /^yes {2}rsa\.pem made the signature \(RS256\) of the token in token/,
    ],
    [['cert.pem', 'token.txt'], 0, /^yes/],
    [['set.json', 'token.txt'], 0, /^yes {2}set\.json, kid b made/],
    [['ed.pem', 'ed.jwt'], 0, /^yes/],
    [['secret.json', 'secret2.json'], 0, /^yes .*the same secret\n$/],
    [
      ['rsa.pem', 'other.pem'],
      7,
      /^no {3}rsa\.pem \([\w-]{43}\) is not other\.pem \([\w-]{43}\)\n$/,
    ],
    [['other.pem', 'cert.pem'], 7, /^no/],
    [
      ['rsa.pem', 'others.json'],
      7,
      /^no {3}rsa\.pem \(.*\) is not among the 2 keys of others\.json\n$/,
    ],
    [['other.pem', 'token.txt'], 7, /^no {3}other\.pem did not make the signature \(RS256\)/],
    [['ed.pem', 'token.txt'], 7, /^no .*is signed with RS256, which ed\.pem does not fit\n$/],
    [['rsa.pem', 'named.jwt'], 7, /^no .*, though its jwk names this key\n$/],
    [['rsa.pem', 'secret.json'], 7, /^no/],
    [['rsa.pem', '-p', 'own', ...config], 0, /^yes.*key_path .*\nyes.*certificate_path of own/],
    [['other.pem', '-p', 'own', ...config], 7, /^no.*\nno/],
    [['-p', 'own', ...config], 0, /^yes {2}key_path .*certificate_path of own: the same key/],
    [['-p', 'mixed', ...config], 7, /^no/],
  ]
  it.each(TABLE)('%j', async (args, code, line) => {
    const outcome = await runProgram(['key', 'match', ...args], {
      folder,
      env: { OPEN: 'open' },
      answersFailure: true,
    })
    expect([outcome.code, outcome.stderr]).toEqual([code, ''])
    expect(outcome.stdout).toMatch(line)
  })

  it('in JSON', async () => {
    const run = (other: string) =>
      runProgram(['key', 'match', 'rsa.pem', other, '--json'], { folder, answersFailure: true })
    const fits = await run('set.json')
    const thumbprint = expect.stringMatching(/^[\w-]{43}$/)
    expect([fits.code, fits.json()]).toEqual([
      0,
      {
        match: true,
        key: { name: 'rsa.pem', kid: null, thumbprint },
        other: { name: 'set.json, kid b', kid: 'b', thumbprint },
        reason: expect.stringContaining('the same key'),
      },
    ])
    const token = await run('token.txt')
    expect(token.json()).toMatchObject({ match: true, other: { kid: 'b', thumbprint: null } })
    expect((await run('other.pem')).code).toBe(7)
  })

  const REFUSED: readonly (readonly [args: string[], code: number, line: RegExp])[] = [
    [['rsa.pem'], 2, /a key, and what to compare it with/],
    [['-', '-'], 2, /both cannot be standard input/],
    [['rsa.pem', 'rsa.pub', '-p', 'own', ...config], 2, /too many/],
    [['-p', 'bare', ...config], 2, /names no key and no certificate/],
    [['locked.pem', 'rsa.pub'], 3, /--passphrase env:KEY_PASSPHRASE/],
    [['rsa.pem', 'nowhere'], 3, /nowhere does not exist/],
  ]
  it.each(REFUSED)('%j is refused', async (args, code, line) => {
    const outcome = await runProgram(['key', 'match', ...args], { folder })
    expect(outcome.code).toBe(code)
    expect(outcome.stderr).toMatch(line)
  })
})

it('a terabyte of hashing, a megabyte of brackets and noise are refused in time', async () => {
  const { privateKey } = generateKeyPairSync('ed25519')
  const form = { type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: 'x' } as const
  const costly = Buffer.from(privateKey.export(form))
  // 2048 rounds of PBKDF2 become two billion, in the same two bytes and two of the salt's
  const at = costly.indexOf(Buffer.from('02020800', 'hex'))
  const folder = makeFolder({ big: '['.repeat(1_000_000), small: '{"keys":'.repeat(20_000) })
  const longer = Buffer.concat([
    costly.subarray(0, at),
    Buffer.from('02047fffffff', 'hex'),
    costly.subarray(at + 4),
  ])
  for (const place of longer.keys()) {
    // every length on the way grows by the two bytes
    if (place < at && longer[place] === 0x30) longer[place + 1] = (longer[place + 1] ?? 0) + 2
  }
  writeFileSync(join(folder, 'costly.der'), longer, { mode: 0o600 })
  for (const name of ['big', 'small', 'costly.der']) {
    const { code } = await runProgram(['key', 'inspect', name, '--passphrase', 'env:P'], {
      folder,
      env: { P: 'x' },
    })
    expect(code, name).toBe(3)
  }
}, 20_000)
