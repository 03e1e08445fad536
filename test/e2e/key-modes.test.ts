// S5: every way in for a key or a secret in a file, with every mode that the file may have. Who else may
// write it, who may read it, whose it is.

import { chmodSync, chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Certificates, makeCertificates } from '../support/certificates.ts'
import { makeRsaKey } from '../support/keys.ts'
import { type Run, runMain } from '../support/world.ts'

const rsa = makeRsaKey()
let made: Certificates
beforeAll(() => {
  made = makeCertificates()
})
afterAll(() => made.remove())

const isRoot = process.geteuid?.() === 0
const NOBODY = 65534
const THEM = 1000

type Verdict = 'taken' | 'warned' | 'refused'

interface Case {
  readonly mode: number
  /** whose the file is: of who runs the program, of root, of a third */
  readonly owner: 'own' | 'root' | 'other'
  readonly verdict: Verdict
}

const OWN: readonly Case[] = [
  { mode: 0o600, owner: 'own', verdict: 'taken' },
  { mode: 0o400, owner: 'own', verdict: 'taken' },
  { mode: 0o640, owner: 'own', verdict: 'warned' },
  { mode: 0o604, owner: 'own', verdict: 'warned' },
  { mode: 0o644, owner: 'own', verdict: 'warned' },
  // not even where the group has no one else in it: so does ssh
  { mode: 0o660, owner: 'own', verdict: 'refused' },
  { mode: 0o602, owner: 'own', verdict: 'refused' },
  { mode: 0o666, owner: 'own', verdict: 'refused' },
]
const THEIRS: readonly Case[] = [
  { mode: 0o444, owner: 'root', verdict: 'taken' },
  { mode: 0o644, owner: 'root', verdict: 'taken' },
  { mode: 0o664, owner: 'root', verdict: 'refused' },
  { mode: 0o444, owner: 'other', verdict: 'refused' },
  { mode: 0o644, owner: 'other', verdict: 'refused' },
]

const name = ({ mode, owner, verdict }: Case): string =>
  `${mode.toString(8)}, ${owner}, is ${verdict}`

interface Door {
  readonly file: string
  /** without an end, so that nothing but the file decides */
  readonly content: () => string | Uint8Array
  readonly fields: string
  readonly args?: readonly string[]
}

const HTTP = '    token_endpoint: http://127.0.0.1:9/token\n'
const TLS = '    token_endpoint: https://127.0.0.1:9/token\n    key_path: fine.pem\n'

const DOORS: Readonly<Record<string, Door>> = {
  key_path: {
    file: 'k.pem',
    content: () => rsa.pem,
    fields: `${HTTP}    key_path: k.pem\n`,
  },
  '${file:}': {
    file: 'k.pem',
    content: () => rsa.pem,
    fields: `${HTTP}    key: \${file:k.pem}\n`,
  },
  '-s key=@FILE': {
    file: 'k.pem',
    content: () => rsa.pem,
    fields: HTTP,
    args: ['-s', 'key=@k.pem'],
  },
  'assertion.file': {
    file: 'k.pem',
    content: () => 'an-assertion'.repeat(30),
    fields: `${HTTP}    assertion: { file: k.pem }\n`,
  },
  'tls.key': {
    file: 'k.pem',
    content: () => made.read('client.key'),
    fields: `${TLS}    tls: { cert: client.crt, key: k.pem }\n`,
  },
  'tls.cert with its key': {
    file: 'k.pem',
    content: () => made.read('client-both.pem'),
    fields: `${TLS}    tls: { cert: k.pem }\n`,
  },
  'tls.pfx': {
    file: 'k.pem',
    content: () => made.read('client.p12'),
    fields: `${TLS}    tls: { pfx: k.pem, passphrase: "\${env:PFX}" }\n`,
  },
}

/** Root may do what it likes with any file, so what others may is asked as another. */
async function enter(door: Door, { mode, owner }: Case, asNobody: boolean): Promise<Run> {
  const files = {
    'p.yaml': `profiles:\n  a:\n    provider: jwt-bearer\n${door.fields}`,
    [door.file]: door.content(),
    'fine.pem': rsa.pem,
    'client.crt': made.read('client.crt'),
  }
  // a first run, for the folder
  const env = { PFX: 'opened' }
  const { world } = await runMain(['--version'], { files, env })
  const path = join(world.cwd, door.file)
  if (asNobody) {
    for (const folder of [world.cwd, join(world.cwd, '..')]) chmodSync(folder, 0o755)
    for (const file of ['p.yaml', 'fine.pem', 'client.crt', door.file]) {
      chownSync(join(world.cwd, file), NOBODY, NOBODY)
    }
    const uid = owner === 'own' ? NOBODY : owner === 'root' ? 0 : THEM
    chownSync(path, uid, uid === THEM ? NOBODY : uid)
  }
  chmodSync(path, mode)
  if (asNobody) process.seteuid?.(NOBODY)
  try {
    return await runMain(
      ['get', 'a', '-c', 'p.yaml', '--retries', '0', '--no-cache', ...(door.args ?? [])],
      {
        again: world,
      },
    )
  } finally {
    if (asNobody) process.seteuid?.(0)
  }
}

function judge({ stderr }: Run): Verdict {
  if (/can be changed by other users|belongs to another user \(uid \d+\)\n/.test(stderr)) {
    expect(stderr).toMatch(/fix: +(chmod 600|sudo chown "\$\(id -un\)") \S+/)
    return 'refused'
  }
  // nothing listens there: all that is on this machine was taken
  expect(stderr).toMatch(/refused the connection|ECONNREFUSED|no answer|nothing listens|connect/i)
  if (!stderr.includes('can be read by other users')) return 'taken'
  expect(stderr).toMatch(/can be read by other users; chmod 600 \S+/)
  return 'warned'
}

describe.each(Object.entries(DOORS))('%s', (_door, door) => {
  test.each(OWN.map((one) => [name(one), one] as const))('%s', async (_name, one) => {
    const run = await enter(door, one, false)
    expect(judge(run)).toBe(one.verdict)
    expect(run.exit).toBe(one.verdict === 'refused' ? 3 : 6)
  })

  // nobody but root can hand files to others
  test.runIf(isRoot).each([...OWN, ...THEIRS].map((one) => [name(one), one] as const))(
    'as nobody: %s',
    async (_name, one) => {
      const run = await enter(door, one, true)
      expect(judge(run)).toBe(one.verdict)
      expect(run.exit).toBe(one.verdict === 'refused' ? 3 : 6)
    },
  )
})

test('a public key may be anyone’s: all that it signs is checked against it', async () => {
  const files = {
    'p.yaml': `profiles:
  a:
    provider: jwt-bearer
    token_endpoint: http://127.0.0.1:9/token
    public_key: k.pub
    key: { signer: [/no/such/command] }
`,
    'k.pub': rsa.publicPem,
  }
  const { world } = await runMain(['--version'], { files })
  writeFileSync(join(world.cwd, 'k.pub'), rsa.publicPem)
  chmodSync(join(world.cwd, 'k.pub'), 0o666)
  const { stderr } = await runMain(['mint', 'a', '-c', 'p.yaml'], { again: world })
  expect(stderr).toContain('the command /no/such/command does not exist')
})
