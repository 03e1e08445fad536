// The verdicts through the real program: exit code and JSON of every combination, every source of
// keys, and what is asked too little or too much.

import { createHash, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { encode, signInput, signJws } from '../support/jws.ts'
import { makeEcKey, makeRsaKey } from '../support/keys.ts'
import {
  type Outcome,
  plantCanary,
  plantKey,
  runProgram,
  type Setting,
} from '../support/program.ts'
import { type Reply, type Service, serve } from '../support/service.ts'
import { startTwins } from '../support/twins.ts'

const rsa = makeRsaKey()
const stranger = makeRsaKey()
const ec = makeEcKey()
plantKey(rsa.pem)
const secret = plantCanary((random) => `${random}-${random}-for-every-hash`)

const now = Math.floor(Date.now() / 1000)
const CLAIMS = {
  iss: 'https://issuer.example',
  aud: 'api',
  sub: 'x',
  iat: now - 10,
  exp: now + 600,
}
const HEADER = { alg: 'RS256', typ: 'JWT' }
const token = signJws(HEADER, CLAIMS, rsa.privateKey)
const FILES = {
  'rsa.pem': rsa.publicPem,
  'stranger.pem': stranger.publicPem,
  'ec.pem': ec.publicPem,
}
const MATTERS = ['--iss', CLAIMS.iss, '--aud', CLAIMS.aud]
const WAIVED = ['--any-issuer', '--any-audience']

interface Verdict {
  readonly ok: boolean
  readonly form: { status: string; findings: { code: string }[] }
  readonly signature: {
    status: string
    reason: string | null
    alg: string | null
    kid: string | null
    key: string | null
    notes: string[]
  }
  readonly claims: {
    status: string
    failures: { claim: string; expected: unknown; actual: unknown; message: string }[]
    notes: string[]
  }
  readonly from: string
  readonly repairs: string[]
}

/** Its token comes by standard input. */
async function verify(
  args: readonly string[],
  stdin: string = token,
  setting: Setting = {},
): Promise<Outcome & { verdict: Verdict }> {
  const outcome = await runProgram(['verify', '--json', ...args], {
    stdin,
    answersFailure: true,
    ...setting,
    files: { ...FILES, ...setting.files },
  })
  return {
    ...outcome,
    verdict: outcome.stdout === '' ? ({} as Verdict) : (outcome.json() as never),
  }
}

const told = ({ verdict: { signature } }: { verdict: Verdict }): string =>
  [signature.status, signature.reason, ...signature.notes].join(' | ')

describe('every combination of verdicts', () => {
  const twice = `{"alg":"RS256","typ":"JWT","x":1,"x":1}`
  const FORMS = [
    ['ok', token],
    ['malformed', signJws(twice, CLAIMS, rsa.privateKey, 'RS256')],
  ] as const
  const SIGNATURES = [
    ['valid', 'rsa.pem'],
    ['invalid', 'stranger.pem'],
    ['unchecked', 'ec.pem'],
  ] as const
  const DEMANDS = [
    ['pass', MATTERS],
    ['fail', [...MATTERS, '--sub', 'y', '--require', 'jti']],
    ['unchecked', ['--signature-only']],
  ] as const
  const all = FORMS.flatMap(([form, text]) =>
    SIGNATURES.flatMap(([signature, file]) =>
      DEMANDS.map(([claims, args]) => ({ form, signature, claims, text, file, args })),
    ),
  )

  it.each(all)(
    '$form, $signature, $claims',
    async ({ form, signature, claims, text, file, args }) => {
      const ok = form === 'ok' && signature === 'valid' && claims !== 'fail'
      const { code, verdict, stdout, stderr } = await verify(['--key', file, ...args], text)
      expect(verdict).toMatchObject({
        ok,
        form: { status: form },
        signature: { status: signature, alg: 'RS256', kid: null },
        claims: { status: claims },
      })
      expect(verdict.claims.failures.map(({ claim }) => claim)).toEqual(
        claims === 'fail' ? ['sub', 'jti'] : [],
      )
      expect(code).toBe(ok ? 0 : 7)
      expect(stderr).toBe('')
      expect(stdout.trimEnd()).not.toContain('\n')
      // the same without --json, and with -q
      const setting = { stdin: text, files: FILES, answersFailure: true }
      const plain = await runProgram(['verify', '--key', file, ...args], setting)
      expect([plain.code, plain.stderr]).toEqual([code, ''])
      expect(plain.stdout).toMatch(
        {
          valid: /^✓ signature {2}valid: RS256 by rsa\.pem/m,
          invalid: /^✗ signature {2}INVALID/m,
          unchecked: /^✗ signature {2}not checked/m,
        }[signature],
      )
      expect(plain.stdout).toMatch(
        { pass: /^✓ claims/m, fail: /^✗ claims {5}FAIL: 2/m, unchecked: /^- claims/m }[claims],
      )
      expect(plain.stdout).toMatch({ ok: /^✓ form/m, malformed: /^✗ form {7}MALFORMED/m }[form])
      const quiet = await runProgram(['verify', '-q', '--key', file, ...args], setting)
      expect([quiet.code, quiet.stdout, quiet.stderr]).toEqual([code, '', ''])
    },
  )

  it('blames the form alone for a token that was broken into lines', async () => {
    const broken = token.replace(/.{64}/g, '$&\n')
    const { code, verdict } = await verify(['--key', 'rsa.pem', ...MATTERS], broken)
    expect(verdict).toMatchObject({
      ok: false,
      form: { status: 'malformed' },
      signature: { status: 'valid' },
    })
    expect(code).toBe(7)
    const run = { stdin: broken, files: FILES, answersFailure: true }
    const plain = await runProgram(['verify', '--key', 'rsa.pem', ...MATTERS], run)
    expect(plain.stdout).toContain("tr -d '[:space:]'")
  })

  it('has the documented members first, and in order', async () => {
    const { verdict } = await verify(['--key', 'rsa.pem', ...MATTERS, '--sub', 'y'])
    expect(Object.keys(verdict)).toEqual(['ok', 'form', 'signature', 'claims', 'from', 'repairs'])
    expect(Object.keys(verdict.form)).toEqual(['status', 'findings'])
    expect(Object.keys(verdict.signature).slice(0, 5)).toEqual([
      'status',
      'reason',
      'alg',
      'kid',
      'key',
    ])
    expect(verdict.claims).toEqual({
      status: 'fail',
      failures: [{ claim: 'sub', expected: 'y', actual: 'x', message: 'it is "x", not "y"' }],
      notes: [],
    })
    expect([verdict.from, verdict.repairs]).toEqual(['standard input', []])
  })
})

describe('what was asked', () => {
  const ask = (args: readonly string[], stdin = token, setting: Setting = {}): Promise<Outcome> =>
    runProgram(['verify', ...args], { stdin, files: FILES, ...setting })

  it.each<[string, readonly string[], RegExp]>([
    ['nothing', [], /say the key, the issuer and the audience/],
    ['no key', MATTERS, /say the key\n/],
    ['no key, though nothing else matters', ['--signature-only'], /say the key\n/],
    ['no claims', ['--key', 'rsa.pem'], /say the issuer and the audience/],
    ['no audience', ['--key', 'rsa.pem', '--iss', 'x'], /say the audience/],
    ['no issuer', ['--key', 'rsa.pem', '--any-audience'], /say the issuer\n/],
    ['two keys', ['--key', 'rsa.pem', '--secret', 'env:S', ...MATTERS], /--key and --secret both/],
    [
      'an issuer and a key',
      ['--key', 'rsa.pem', '--issuer', 'https://x', ...MATTERS],
      /--key and --issuer both/,
    ],
    [
      'all claims and none',
      ['--key', 'rsa.pem', '--signature-only', '--iss', 'x'],
      /--signature-only and --iss/,
    ],
    [
      'any issuer and one',
      ['--key', 'rsa.pem', '--any-issuer', '--iss', 'x'],
      /--any-issuer and --iss/,
    ],
    [
      'token and key from one pipe',
      ['--key', '-', ...MATTERS],
      /the token and --key - cannot both/,
    ],
    [
      'an expectation without a value',
      ['--key', 'rsa.pem', ...MATTERS, '--expect', 'admin'],
      /--expect admin/,
    ],
    ['a leeway that is no time', ['--key', 'rsa.pem', ...MATTERS, '--leeway', 'soon'], /--leeway/],
    ['a time that is none', ['--key', 'rsa.pem', ...MATTERS, '--at', 'noon'], /--at noon/],
    [
      'an algorithm in small letters',
      ['--key', 'rsa.pem', ...MATTERS, '--alg', 'rs256'],
      /--alg RS256/,
    ],
    [
      'an algorithm nobody knows',
      ['--key', 'rsa.pem', ...MATTERS, '--alg', 'X'],
      /there are HS256/,
    ],
    ...['key', 'secret', 'issuer', 'passphrase', 'iss', 'aud', 'sub', 'typ', 'kid', 'require'].map(
      (name): [string, string[], RegExp] => [
        `--${name} of an empty variable`,
        [`--${name}`, '', '--signature-only'],
        new RegExp(`--${name} is empty`),
      ],
    ),
    ['nothing between commas', ['--key', 'rsa.pem', '--require', 'exp,,jti'], /--require is empty/],
    ['two keys of a kind', ['--key', 'rsa.pem', '--key=ec.pem', ...MATTERS], /--key is given more/],
    ['two issuers', ['--key', 'rsa.pem', '--iss', 'a', '--iss', 'b'], /--iss is given more/],
    ['two profiles', ['-p', 'a', '--profile', 'b', ...MATTERS], /--profile is given more/],
    [
      'a payload for a token that has one',
      ['--key', 'rsa.pem', ...MATTERS, '--detached-payload', 'rsa.pem'],
      /has its own payload/,
    ],
  ])('%s: a usage error', async (_name, args, words) => {
    const { code, stderr } = await ask(args)
    expect(stderr).toMatch(words)
    expect(code).toBe(2)
  })

  it('shows what the token says, never as something to type', async () => {
    const evil = signJws(HEADER, { iss: "x'; rm -rf ~ #\u001b[31m", aud: 'api' }, rsa.privateKey)
    const { code, stderr } = await ask(['--key', 'rsa.pem'], evil)
    expect(code).toBe(2)
    expect(stderr).toContain('the token says iss "x\'; rm -rf ~ #')
    expect(stderr).not.toContain('\u001b')
    expect(stderr.slice(stderr.indexOf('fix:'))).not.toContain('rm -rf')
  })

  it.each<[string, string, number, RegExp]>([
    ['an opaque token', 'ghp_0123456789abcdefghijABCDEFGHIJ012345', 2, /no signature to verify/],
    ['no token at all', 'hello there, this is no token', 2, /no token/],
    ['nothing', '', 2, /./],
  ])('%s', async (_name, text, exit, words) => {
    const { code, stderr } = await ask(['--key', 'rsa.pem', ...MATTERS], text)
    expect(stderr).toMatch(words)
    expect(code).toBe(exit)
  })

  it('what looks like a flag twice is a value, or a word', async () => {
    const jwt = signJws(HEADER, { ...CLAIMS, iss: '--key' }, rsa.privateKey)
    const args = ['--key', 'rsa.pem', '--iss', '--key', '--aud', 'api', '--aud', 'b']
    expect((await ask(args, jwt)).code).toBe(0)
  })

  it('an encrypted token is not checked, and it says why', async () => {
    const jwe = [
      encode({ alg: 'dir', enc: 'A256GCM' }),
      '',
      encode('123456789012'),
      encode('x'),
      encode('1234567890123456'),
    ]
    const { code, verdict } = await verify(['--key', 'rsa.pem', ...MATTERS], jwe.join('.'))
    expect(verdict).toMatchObject({
      ok: false,
      signature: {
        status: 'unchecked',
        reason: expect.stringContaining('it is encrypted'),
        notes: [
          expect.stringContaining('tokentool decode --key FILE --payload --raw … | tokentool'),
        ],
      },
      claims: { status: 'unchecked' },
    })
    expect(code).toBe(7)
  })

  it('a token as an argument, in a file, in a variable, in a header', async () => {
    const args = ['--json', '--key', 'rsa.pem', ...MATTERS]
    const files = { ...FILES, 'token.txt': `${token}\n` }
    const env = { TOKEN: token }
    for (const words of [
      [token],
      ['@token.txt'],
      ['env:TOKEN'],
      [`Authorization: Bearer ${token}`],
    ]) {
      const { code, stdout } = await runProgram(['verify', ...args, ...words], { files, env })
      expect([code, JSON.parse(stdout).ok]).toEqual([0, true])
    }
  })

  it('numbers and claims are told as they stand in the token', async () => {
    const text = `{"iss":"https://issuer.example","aud":"api","exp":${now + 9},"id":9007199254740993}`
    const jwt = signJws(HEADER, text, rsa.privateKey)
    const { stdout } = await verify(
      ['--key', 'rsa.pem', ...MATTERS, '--expect', 'id:=9007199254740992'],
      jwt,
    )
    expect(stdout).toContain('"expected":9007199254740992,"actual":9007199254740993')
  })

  it('control characters reach no terminal', async () => {
    const jwt = signJws(
      { ...HEADER, kid: '\u001b]0;x\u0007\u202e' },
      { ...CLAIMS, iss: '\u001b[31m\u202e\u009b' },
      rsa.privateKey,
    )
    const plain = await ask(['--key', 'rsa.pem', ...MATTERS], jwt, { answersFailure: true })
    const json = await verify(['--key', 'rsa.pem', ...MATTERS], jwt)
    for (const text of [plain.stdout, json.stdout]) {
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    }
    expect(json.verdict.claims.failures[0]?.actual).toBe('\u001b[31m\u202e\u009b')
  })
})

describe('more than one token', () => {
  const forged = signJws(HEADER, CLAIMS, stranger.privateKey)
  const another = signJws(HEADER, { ...CLAIMS, jti: '2' }, stranger.privateKey)
  const opaque = 'ghp_0123456789abcdefghijABCDEFGHIJ012345'
  const args = ['--key', 'rsa.pem', ...MATTERS]
  const json = JSON.stringify({ access_token: token, id_token: forged })

  it.each<[string, string, readonly string[], RegExp]>([
    ['with names', json, [], /they are access_token, id_token/],
    ['with names, the good one last', JSON.stringify({ a: forged, b: token }), [], /--field b/],
    ['without names', `${token}\n${forged}\n`, [], /not all of them have a name/],
    ['one of them nameless', `${token}\nid_token=${forged}\n`, [], /give the one that is meant/],
    [
      'of one name',
      `{"t":"${token}"}\n{"t":"${forged}"}`,
      ['--field', 't'],
      /2 tokens .* called so/,
    ],
    ['a name that none has', json, ['--field', 'acess_token'], /did you mean access_token/],
    ['two bad ones', `${forged} ${another}`, [], /there are 2 tokens/],
  ])('%s: a usage error', async (_name, stdin, more, words) => {
    const { code, stderr, stdout } = await runProgram(['verify', ...args, ...more], {
      stdin,
      files: FILES,
    })
    expect(stderr).toMatch(words)
    expect([code, stdout]).toEqual([2, ''])
  })

  it('is chosen by its name', async () => {
    const good = await verify([...args, '--field', 'access_token'], json)
    expect([good.code, good.verdict.from]).toEqual([0, 'access_token of the JSON'])
    const bad = await verify([...args, '--field', 'id_token'], json)
    expect([bad.code, bad.verdict.signature.status]).toEqual([7, 'invalid'])
  })

  it('the same one twice is one', async () => {
    expect((await verify(args, JSON.stringify({ a: token, b: token }))).code).toBe(0)
  })

  it('an opaque one beside it is left out, and that is told', async () => {
    const stdin = JSON.stringify({ access_token: opaque, id_token: token })
    const { code, verdict } = await verify(args, stdin)
    expect([code, verdict.ok, verdict.from]).toEqual([0, true, 'id_token of the JSON'])
    expect(verdict.repairs).toEqual([
      'not judged: access_token of the JSON, a GitHub personal access token (ghp_)',
    ])
    const plain = await runProgram(['verify', ...args], { stdin, files: FILES })
    expect(plain.stdout).toContain('judged: id_token of the JSON\nnot judged: access_token')
  })
})

describe('what is told besides', () => {
  const plain = (args: readonly string[], stdin = token): Promise<Outcome> =>
    runProgram(['verify', ...args], { stdin, files: FILES, answersFailure: true })

  it('findings stand apart from the form', async () => {
    const jwt = signJws(HEADER, { ...CLAIMS, iat: now + 900 }, rsa.privateKey)
    const { stdout } = await plain(['--key', 'rsa.pem', ...MATTERS], jwt)
    expect(stdout).toMatch(/✓ form {7}well formed\n✗ findings {3}\d, worst first\n/)
    const none = `${encode({ alg: 'none' })}.${encode(CLAIMS)}.`
    expect((await plain(['--key', 'rsa.pem', ...MATTERS], none)).stdout).toMatch(
      /✓ form {7}well formed\n✗ findings/,
    )
  })

  it('as of when, with --at', async () => {
    const args = ['--key', 'rsa.pem', ...MATTERS, '--at', '2030-01-01T00:00:00Z']
    expect((await plain(args)).stdout).toContain('as of 2030-01-01T00:00:00Z')
  })

  it('where the keys came from, with -v and -vv', async () => {
    const jwk = { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'one' }
    const { origin } = await serve(() => [200, { keys: [jwk] }])
    const args = ['verify', '--key', `${origin}/jwks`, ...MATTERS]
    const jwt = signJws({ ...HEADER, kid: 'one' }, CLAIMS, rsa.privateKey)
    const setting = { stdin: jwt, files: FILES }
    const first = await runProgram([...args, '-v'], setting)
    expect(first.stderr).toMatch(/GET http.*\/jwks: 200, \d+ characters\nkeys: 1 from http/)
    expect(first.stderr).toMatch(/signature: alg RS256, kid one → .*, kid one \(.*: valid\n/)
    expect(first.stderr).not.toContain('key: kid one')
    const again = await runProgram([...args, '-vv'], { ...setting, folder: first.folder })
    expect(again.stderr).toContain('kept from an earlier run')
    expect(again.stderr).toContain('key: kid one: ')
    expect((await runProgram(args, setting)).stderr).toBe('')
  })
})

describe('claims', () => {
  it.each<[string, object, readonly string[], string[]]>([
    ['over', { iat: 1, exp: now - 60 }, [], ['exp']],
    ['over, within the leeway', { iat: 1, exp: now - 60 }, ['--leeway', '2m'], []],
    ['over, but not then', { iat: 1, exp: now - 60 }, ['--at', `${now - 100}`], []],
    ['good now, and over then', {}, ['--at', '+1h'], ['exp']],
    ['too old', { iat: now - 700 }, ['--max-age', '10m'], ['iat']],
    ['without an end', { exp: undefined }, [], []],
    ['without an end, where one is required', { exp: undefined }, ['--require', 'exp'], ['exp']],
    ['another slash', { iss: `${CLAIMS.iss}/` }, [], ['iss']],
    ['one of its audiences', { aud: ['x', 'api'] }, [], []],
    ['one of ours', { aud: 'b' }, ['--aud', 'b'], []],
    ['another kind', {}, ['--typ', 'at+jwt'], ['typ']],
    [
      'a claim that is asked for',
      { scope: 'read', n: [1] },
      ['--expect', 'scope=read', '--expect', 'n:=[1]'],
      [],
    ],
    ['a text for a time', { exp: `${now + 60}` }, [], ['exp']],
    ['milliseconds for seconds', { exp: (now + 60) * 1000 }, [], ['exp']],
    ['over before it begins', { nbf: now - 5, exp: now - 8 }, ['--leeway', '1m'], ['nbf']],
    ['sub a number', { sub: 5 }, [], ['sub']],
    ['several', { exp: 5, aud: 'x', iss: 'y' }, [], ['exp', 'iss', 'aud']],
  ])('%s', async (_name, claims, args, failed) => {
    const jwt = signJws(HEADER, { ...CLAIMS, ...claims }, rsa.privateKey)
    const { code, verdict } = await verify(['--key', 'rsa.pem', ...MATTERS, ...args], jwt)
    expect([...new Set(verdict.claims.failures.map(({ claim }) => claim))].sort()).toEqual(
      [...failed].sort(),
    )
    expect(verdict.signature.status).toBe('valid')
    expect(code).toBe(failed.length === 0 ? 0 : 7)
  })

  it('exp of 1e400 is no end', async () => {
    const jwt = signJws(
      HEADER,
      '{"iss":"https://issuer.example","aud":"api","exp":1e400}',
      rsa.privateKey,
    )
    const { code, verdict } = await verify(['--key', 'rsa.pem', ...MATTERS], jwt)
    expect(verdict.claims.failures.map(({ claim }) => claim)).toEqual(['exp'])
    expect(code).toBe(7)
  })
})

describe('form', () => {
  const [head = '', body = '', tail = ''] = token.split('.')
  const BOM = '\ufeff'
  const bom = signJws(`${BOM}{"alg":"RS256"}`, CLAIMS, rsa.privateKey, 'RS256')
  const bomBody = signJws(HEADER, `${BOM}${JSON.stringify(CLAIMS)}`, rsa.privateKey)
  const pad = (text: string): string => text + '='.repeat((4 - (text.length % 4)) % 4)
  const odd = { ...CLAIMS, n: 'x' }
  const input = `${pad(encode({ ...HEADER, a: 1 }))}.${pad(encode(odd))}`
  const padded = `${input}.${pad(encode(signInput('RS256', input, rsa.privateKey)))}`

  it.each<[string, string, readonly string[], boolean]>([
    ['as it should be', token, [], true],
    ['padding', padded, [], false],
    ['padding, allowed', padded, ['--allow-padding'], true],
    ['padding, allowed, and too much of it', `${padded}==`, ['--allow-padding'], false],
    ['a trailing dot', `${token}.`, [], false],
    ['a byte order mark in the header', bom, [], false],
    ['a byte order mark in the claims', bomBody, [], false],
    ['a tab in a part', `${head}.${body}.${tail.slice(0, 20)}\t${tail.slice(20)}`, [], false],
  ])('%s', async (_name, text, args, ok) => {
    const { code, verdict } = await verify(['--key', 'rsa.pem', ...MATTERS, ...args], text)
    expect(verdict.ok).toBe(ok)
    expect(code).toBe(ok ? 0 : 7)
  })
})

describe('keys', () => {
  const hs256 = signJws({ alg: 'HS256', typ: 'JWT' }, CLAIMS, secret)

  it('a secret from a variable and a file, and never repeated', async () => {
    const env = { SECRET: secret }
    const files = { secret: `${secret}\n`, 'secret.b64': Buffer.from(secret).toString('base64') }
    for (const args of [
      ['--secret', 'env:SECRET'],
      ['--secret', '@secret'],
      ['--secret', 'secret.b64', '--secret-encoding', 'base64'],
    ]) {
      const { code, verdict } = await verify([...args, ...MATTERS], hs256, { env, files })
      expect([code, verdict.ok]).toEqual([0, true])
    }
    const wrong = await verify(['--secret', 'secret.b64', ...MATTERS], hs256, { files })
    expect(wrong.code).toBe(7)
    expect(told(wrong)).toContain('--secret-encoding base64')
  })

  it('a secret on the command line is not repeated', async () => {
    for (const flag of ['--secret', '--key']) {
      const { code, stderr } = await verify([flag, secret, ...MATTERS], hs256)
      expect(code).toBe(3)
      expect(stderr).toContain('there is no such file')
    }
  })

  it.each<[string, string, number, RegExp]>([
    ['a public key as the secret', rsa.publicPem, 3, /algorithm-confusion/],
    ['an empty secret', '', 3, /is empty/],
  ])('%s', async (_name, text, exit, words) => {
    const { code, stderr } = await verify(['--secret', 'given', ...MATTERS], hs256, {
      files: { given: text },
    })
    expect(stderr).toMatch(words)
    expect(code).toBe(exit)
  })

  const der = rsa.publicKey.export({ type: 'spki', format: 'der' })
  const pem = Buffer.from(rsa.publicPem)
  const jwks = JSON.stringify({ keys: [rsa.publicKey.export({ format: 'jwk' })] })
  it.each<[string, string, readonly string[], RegExp]>([
    ['PEM in base64', pem.toString('base64'), ['base64'], /algorithm-confusion/],
    ['PEM in base64url', pem.toString('base64url'), ['base64url'], /algorithm-confusion/],
    ['PEM in hex', pem.toString('hex'), ['hex'], /algorithm-confusion/],
    ['DER in base64', der.toString('base64'), ['base64'], /algorithm-confusion/],
    ['DER in hex', der.toString('hex'), ['hex'], /algorithm-confusion/],
    ['PEM, said to be base64', rsa.publicPem, ['base64'], /algorithm-confusion/],
    ['a private key', rsa.pem, [], /a private key signs RS256/],
    ['a set of public keys', jwks, [], /holds public keys, and no shared secret(.|\n)*--key given/],
  ])('%s is no secret', async (_name, text, [encoding = 'text'], words) => {
    const args = ['--secret', 'given', '--secret-encoding', encoding, ...MATTERS]
    const forged = signJws({ alg: 'HS256' }, CLAIMS, pem)
    const { code, stderr } = await runProgram(['verify', ...args], {
      stdin: forged,
      files: { given: text },
    })
    expect(stderr).toMatch(words)
    expect(code).toBe(3)
  })

  it.each<[string, string, number, RegExp]>([
    ['text', 'hello', 3, /--secret SOURCE/],
    ['nothing', '', 3, /empty/],
    ['a token', token, 3, /the key that verifies it/],
    ['a JWK that holds PEM', `{"kty":"oct","k":"${encode(pem)}"}`, 3, /algorithm-confusion/],
  ])('%s is no key', async (_name, text, exit, words) => {
    const { code, stderr } = await verify(['--key', 'given', ...MATTERS], token, {
      files: { given: text },
    })
    expect(stderr).toMatch(words)
    expect(stderr).not.toContain('key_path')
    expect(code).toBe(exit)
  })

  it.each(['--key', '--secret'])('%s of a folder: nothing is said of a profile', async (flag) => {
    const { code, stderr } = await runProgram(['verify', flag, './', ...MATTERS], { stdin: token })
    expect(stderr).toMatch(new RegExp(`is a folder(.|\\n)*fix: {3}${flag} FILE`))
    expect([code, stderr.includes('key_path')]).toEqual([3, false])
  })

  it('a public key as the secret of the token is named', async () => {
    const forged = signJws({ alg: 'HS256' }, CLAIMS, rsa.publicPem)
    const outcome = await verify(['--key', 'rsa.pem', ...MATTERS], forged)
    expect(outcome.code).toBe(7)
    expect(told(outcome)).toMatch(/^invalid .*algorithm-confusion attack \| it was made so/)
  })

  it('the key of the token only where it is asked for, and then with a warning', async () => {
    const jwk = stranger.publicKey.export({ format: 'jwk' })
    const jwt = signJws({ ...HEADER, jwk }, CLAIMS, stranger.privateKey)
    const given = await verify(['--key', 'rsa.pem', ...MATTERS], jwt)
    expect([given.code, given.verdict.signature.status]).toEqual([7, 'invalid'])
    const embedded = await verify(['--embedded-key', ...MATTERS], jwt)
    expect([embedded.code, embedded.verdict.signature.status]).toEqual([0, 'valid'])
    expect(told(embedded)).toContain('anyone can make such a token')
    const none = await verify(['--embedded-key', ...MATTERS])
    expect([none.code, none.error().code]).toEqual([3, 'key_missing'])
    const shared = signJws({ alg: 'HS256', jwk: { kty: 'oct', k: encode(secret) } }, CLAIMS, secret)
    const oct = await verify(['--embedded-key', ...MATTERS], shared)
    expect([oct.code, oct.error().code]).toEqual([3, 'key_unfit'])
  })

  it('addresses in the token are never asked unasked, nor in the clear', async () => {
    const service = await serve(() => [200, { keys: [] }])
    for (const name of ['jku', 'x5u']) {
      const jwt = signJws({ ...HEADER, [name]: `${service.origin}/keys` }, CLAIMS, rsa.privateKey)
      expect((await verify(['--key', 'stranger.pem', ...MATTERS], jwt)).code).toBe(7)
      expect((await verify(['--embedded-key', ...MATTERS], jwt)).code).toBe(2)
    }
    expect(service.requests).toEqual([])
  })
})

describe('keys of the network', () => {
  const jwk = { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig' }
  const jwt = (kid: string, key = rsa): string =>
    signJws({ ...HEADER, kid }, CLAIMS, key.privateKey)
  const publish = (reply: Reply | (() => Reply) = [200, { keys: [jwk] }]): Promise<Service> =>
    serve(() => (typeof reply === 'function' ? reply() : reply))

  it('a JWKS', async () => {
    const { origin } = await publish()
    const { code, verdict } = await verify(['--key', `${origin}/jwks`, ...MATTERS], jwt('one'))
    expect(verdict).toMatchObject({
      ok: true,
      signature: { kid: 'one', key: `${origin}/jwks, kid one (2048-bit RSA key)` },
    })
    expect(code).toBe(0)
  })

  it.each<[string, Reply, number, string]>([
    ['404', [404, ''], 5, 'answer_unusable'],
    ['503', [503, ''], 6, 'service_unavailable'],
    ['a redirect', [302, '', { location: 'http://127.0.0.1:1/' }], 5, 'answer_redirect'],
    ['a page', [200, '<html>sign in</html>'], 5, 'answer_unusable'],
    ['2 MB', [200, 'x'.repeat(2_000_000)], 5, 'answer_too_large'],
  ])('%s: its exit code, and nothing on stdout', async (_name, reply, exit, error) => {
    const { origin } = await publish(reply)
    const outcome = await verify(['--key', `${origin}/jwks`, ...MATTERS], jwt('one'))
    expect([outcome.code, outcome.stdout, outcome.error().code]).toEqual([exit, '', error])
  })

  it('nobody there', async () => {
    const outcome = await verify(['--key', 'http://127.0.0.1:9/jwks', ...MATTERS], jwt('one'))
    expect([outcome.code, outcome.error().code]).toEqual([6, 'network_refused'])
  })

  it('are kept, and asked for anew when the one that is wanted is not among them', async () => {
    let keys = [jwk]
    const service = await publish(() => [200, { keys }])
    const args = ['--key', `${service.origin}/jwks`, ...MATTERS]
    const first = await verify(args, jwt('one'))
    const { folder } = first
    await verify(args, jwt('one'), { folder })
    expect(service.requests).toHaveLength(1)
    await verify([...args, '--no-cache'], jwt('one'), { folder })
    expect(service.requests).toHaveLength(2)
    keys = [{ ...stranger.publicKey.export({ format: 'jwk' }), kid: 'two', use: 'sig' }]
    const rotated = await verify(args, jwt('two', stranger), { folder })
    expect([rotated.code, rotated.verdict.ok, service.requests.length]).toEqual([0, true, 3])
    // once, and no more
    const lost = await verify(args, jwt('three'), { folder })
    expect(lost.verdict.signature.reason).toBe(
      `its kid is three, and ${service.origin}/jwks has two`,
    )
    expect(service.requests).toHaveLength(4)
  })

  it('a private key among them is told', async () => {
    const { origin } = await publish([
      200,
      { keys: [{ ...rsa.privateKey.export({ format: 'jwk' }) }] },
    ])
    const outcome = await verify(['--key', `${origin}/jwks`, ...MATTERS], jwt('one'), {
      env: { TOKENTOOL_NO_CACHE: '1' },
    })
    expect(told(outcome)).toContain('publishes a PRIVATE key')
  })

  it('by discovery, which also says who the issuer is', async () => {
    const service: Service = await serve(({ path }) =>
      path === '/keys'
        ? [200, { keys: [jwk] }]
        : path === '/.well-known/openid-configuration'
          ? [200, { issuer: service.origin, jwks_uri: `${service.origin}/keys` }]
          : [404, ''],
    )
    const args = ['--issuer', service.origin, '--aud', 'api']
    const own = signJws(
      { ...HEADER, kid: 'one' },
      { ...CLAIMS, iss: service.origin },
      rsa.privateKey,
    )
    expect((await verify(args, own)).verdict.ok).toBe(true)
    const other = await verify(args, jwt('one'))
    expect(other.verdict.claims.failures.map(({ claim }) => claim)).toEqual(['iss'])
    expect((await verify([...args, '--iss', CLAIMS.iss], jwt('one'))).verdict.ok).toBe(true)
    const slash = await verify(['--issuer', `${service.origin}/`, '--aud', 'api'], own)
    expect([slash.code, slash.error().code]).toEqual([5, 'discovery_invalid'])
  })
})

describe('the keys of a profile', async () => {
  const client = makeRsaKey()
  plantKey(client.pem)
  const sandbox = await startTwins({
    'va-sis': [
      {
        service_account_id: 'acct',
        access_token_audience: 'https://chat.example',
        scopes: ['https://staging-api.va.gov/v0/x'],
        user_attributes: [],
        access_token_seconds: 300,
        certificates: [client.publicPem],
      },
    ],
  })
  const base = sandbox.services['va-sis'].base_url
  const profile = (more = ''): Record<string, string> => ({
    'key.pem': client.pem,
    'tokentool.yaml': `
profiles:
  va:
    provider: va-sis
    environment: staging
    base_url: ${base}
    issuer: https://chat.example
    subject: x@example.gov
    service_account_id: acct
    key_path: key.pem
    scopes: [https://staging-api.va.gov/v0/x]
${more}`,
  })

  it('get, then verify with the keys of the same profile', async () => {
    const got = await runProgram(['get', 'va', '-c', 'tokentool.yaml'], { files: profile() })
    expect(got.stderr).toBe('')
    const jwt = got.stdout.trim()
    const args = ['-p', 'va', '-c', 'tokentool.yaml', '--any-issuer', '--any-audience']
    const { code, verdict } = await verify(args, jwt, { files: profile() })
    expect(verdict).toMatchObject({ ok: true, signature: { status: 'valid', alg: 'RS256' } })
    expect(verdict.signature.key).toContain(`${base}/sign_in/openid_connect/certs`)
    expect(code).toBe(0)
    const forged = await verify(args, token, { files: profile() })
    expect([forged.code, forged.verdict.signature.status]).toEqual([7, 'invalid'])
    const byUrl = await verify(['--key', `${base}/sign_in/openid_connect/certs`, ...WAIVED], jwt)
    expect(byUrl.verdict.ok).toBe(true)
  })

  it('a service that publishes none, and says nothing of a server', async () => {
    const files = {
      'tokentool.yaml':
        'profiles:\n  fd:\n    provider: federated-directory\n    base_url: http://127.0.0.1:9\n',
    }
    const { code, stderr } = await verify(['-p', 'fd', '-c', 'tokentool.yaml', ...WAIVED], token, {
      files,
    })
    expect(stderr).toContain('does not say where the keys of its tokens are')
    expect(code).toBe(2)
  })

  it('a file that was found, and not trusted, asks nobody', async () => {
    const service = await serve(() => [200, { keys: [] }])
    const files = profile(`    user_attributes:\n      icn: "\${env:ICN}"\n`)
    const found = await verify(['-p', 'va', ...WAIVED], token, { files, env: { ICN: 'x' } })
    expect([found.code, found.error().class]).toEqual([2, 'untrusted'])
    expect(service.requests).toEqual([])
  })

  it('trust in a secret for one host is none for another', async () => {
    const service = await serve(() => [200, { keys: [] }])
    const attributes = `    user_attributes:\n      icn: "\${env:ICN}"\n`
    const env = { ICN: '1012667122V019349' }
    for (const [more, exit] of [
      [attributes, 7],
      [`${attributes}    jwks: ${service.origin}/keys\n`, 2],
    ] as const) {
      const files = profile(more)
      const trusted = await runProgram(['trust'], { files, env })
      expect(trusted.code).toBe(0)
      const { folder } = trusted
      const outcome = await verify(['-p', 'va', ...WAIVED], token, { files, env, folder })
      expect(outcome.code).toBe(exit)
      if (exit === 2) expect(outcome.error().class).toBe('untrusted')
    }
    expect(service.requests).toEqual([])
  })

  it('an address with a secret in it asks nobody', async () => {
    const service = await serve(() => [200, { keys: [] }])
    const files = profile(`    jwks: "${service.origin}/\${env:ICN}"\n`)
    const outcome = await verify(['-p', 'va', '-c', 'tokentool.yaml', ...WAIVED], token, {
      files,
      env: { ICN: plantCanary() },
    })
    expect(outcome.code).toBe(2)
    expect(service.requests).toEqual([])
  })
})

describe('SD-JWT', () => {
  const holder = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const hash = (text: string): string => createHash('sha256').update(text).digest('base64url')
  const [name, city] = [encode(['salt1', 'name', 'Ada']), encode(['salt2', 'Paris'])]
  const issued = signJws(
    { alg: 'RS256', typ: 'dc+sd-jwt' },
    {
      ...CLAIMS,
      _sd_alg: 'sha-256',
      _sd: [hash(name), hash('decoy')],
      cities: [{ '...': hash(city) }],
      cnf: { jwk: holder.publicKey.export({ format: 'jwk' }) },
    },
    rsa.privateKey,
  )
  const bind = (shown: string, key = holder.privateKey, more: object = {}): string =>
    shown +
    signJws(
      { alg: 'ES256', typ: 'kb+jwt' },
      { iat: now, aud: 'verifier', nonce: 'n', sd_hash: hash(shown), ...more },
      key,
    )
  const shown = `${issued}~${name}~${city}~`

  it.each<[string, string, readonly string[], string, string]>([
    [
      'all of it',
      shown,
      ['--expect', 'name=Ada', '--expect', 'cities:=["Paris"]'],
      'valid',
      'pass',
    ],
    [
      'a part of it',
      `${issued}~${name}~`,
      ['--expect', 'name=Ada', '--expect', 'cities:=[]'],
      'valid',
      'pass',
    ],
    ['what is not shown', `${issued}~`, ['--expect', 'name=Ada'], 'valid', 'fail'],
    ['what nobody signed', `${shown}${encode(['salt', 'admin', true])}~`, [], 'invalid', 'pass'],
    ['the same twice', `${shown}${name}~`, [], 'invalid', 'pass'],
    ['bound to its holder', bind(shown), [], 'valid', 'pass'],
    ['bound to someone else', bind(shown, ec.privateKey), [], 'invalid', 'pass'],
    [
      'bound to other disclosures',
      bind(`${issued}~${name}~`).replace(`${issued}~${name}~`, shown),
      [],
      'invalid',
      'pass',
    ],
    [
      'of another hash',
      `${signJws({ alg: 'RS256' }, { ...CLAIMS, _sd_alg: 'md5', _sd: ['x'] }, rsa.privateKey)}~`,
      [],
      'unchecked',
      'pass',
    ],
    ['bound, and nobody says to whom', bind(`${token}~`), [], 'unchecked', 'pass'],
    ['bound in the future', bind(shown, holder.privateKey, { iat: now + 99 }), [], 'valid', 'fail'],
    [
      'bound in the future, within the leeway',
      bind(shown, holder.privateKey, { iat: now + 60 }),
      ['--leeway', '2m'],
      'valid',
      'pass',
    ],
    [
      'bound long ago',
      bind(shown, holder.privateKey, { iat: now - 99 }),
      ['--max-age', '1m'],
      'valid',
      'fail',
    ],
    ['bound lately', bind(shown), ['--max-age', '1m'], 'valid', 'pass'],
    ['bound at no time', bind(shown, holder.privateKey, { iat: 'x' }), [], 'valid', 'fail'],
  ])('%s', async (_name, text, args, signature, claims) => {
    const { verdict } = await verify(['--key', 'rsa.pem', ...MATTERS, ...args], text)
    expect([verdict.signature.status, verdict.claims.status]).toEqual([signature, claims])
  })

  it('says for whom it is bound, and that nobody asked', async () => {
    const args = ['--key', 'rsa.pem', ...MATTERS]
    const { verdict, code } = await verify(args, bind(shown))
    expect(code).toBe(0)
    expect(verdict.claims.notes).toEqual([
      expect.stringContaining('for aud "verifier", nonce "n": whether that is you'),
    ])
    const plain = await runProgram(['verify', ...args], { stdin: bind(shown), files: FILES })
    expect(plain.stdout).toMatch(/^! claims/m)
    expect((await verify(args, shown)).verdict.claims.notes).toEqual([])
  })
})

describe('JSON serializations and detached payloads', () => {
  it('all signatures are told', async () => {
    const sign = (alg: string, key: typeof rsa): object => {
      const header = encode({ alg, typ: 'JWT' })
      const input = `${header}.${encode(CLAIMS)}`
      return { protected: header, signature: encode(signInput(alg, input, key.privateKey)) }
    }
    const general = JSON.stringify({
      payload: encode(CLAIMS),
      signatures: [sign('RS256', stranger), sign('RS256', rsa)],
    })
    const { code, verdict } = await verify(['--key', 'rsa.pem', ...MATTERS], general)
    expect(verdict).toMatchObject({
      ok: true,
      signature: { status: 'valid' },
      signatures: [{ status: 'invalid' }, { status: 'valid' }],
    })
    expect(code).toBe(0)
  })

  it('a payload in a file', async () => {
    const [head = '', , tail = ''] = token.split('.')
    const files = { payload: JSON.stringify(CLAIMS), other: '{}' }
    const detached = `${head}..${tail}`
    const args = ['--key', 'rsa.pem', ...MATTERS]
    const right = await verify([...args, '--detached-payload', 'payload'], detached, { files })
    expect([right.code, right.verdict.ok]).toEqual([0, true])
    const wrong = await verify([...args, '--detached-payload', 'other'], detached, { files })
    expect([wrong.code, wrong.verdict.signature.status]).toEqual([7, 'invalid'])
    const none = await verify(args, detached)
    expect(told(none)).toContain('--detached-payload FILE')
  })
})
