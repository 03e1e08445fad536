import { describe, expect, test } from 'vitest'
import { readAsked } from '../../src/core/answer/asked.ts'
import { readExecVersion } from '../../src/core/answer/form/exec-credential.ts'
import { pickMember, readField } from '../../src/core/answer/form/member.ts'
import { describeFailure, guessShell, isEvaluated } from '../../src/core/answer/shell-words.ts'
import { checkVariable } from '../../src/core/answer/variable.ts'
import { quoteShell } from '../../src/core/shell.ts'
import { refusal } from '../support/tools.ts'

describe('what stdout is asked to be, before any option is read', () => {
  test.each([
    ['get', undefined],
    ['get -o env', 'env'],
    ['get -oenv', 'env'],
    ['get -o=env', 'env'],
    ['-o env get', 'env'],
    ['get --output env', 'env'],
    ['get --output=env', 'env'],
    ['get -vo env', 'env'],
    ['get -qoenv', 'env'],
    ['get -o json -o env', 'env'],
    ['get -o env -o json', 'json'],
    ['get --json', 'json'],
    ['get --json -o env', 'json'],
    ['get -o', undefined],
    ['get -- -o env', undefined],
    ['get --out env', undefined],
    ['get -e env', undefined],
  ])('%s', (line, form) => {
    expect(readAsked(line.split(' ')).form).toBe(form)
  })

  test('the variable, the shell, and whether it goes elsewhere', () => {
    const asked = readAsked('get -o env --name=X --shell fish --out f'.split(' '))
    expect(asked).toEqual({ form: 'env', name: 'X', shell: 'fish', elsewhere: true })
  })
})

describe('where there is no token', () => {
  const fail = (line: string, env: Record<string, string> = {}): string =>
    describeFailure(readAsked(line.split(' ')), env)

  test.each([
    ['-o env', {}, 'unset ACCESS_TOKEN AUTHORIZATION; false'],
    ['-o env --name API_TOKEN', {}, 'unset API_TOKEN; false'],
    ['-o env --name x;id', {}, 'unset ACCESS_TOKEN AUTHORIZATION; false'],
    ['-o env --name PATH', {}, 'unset ACCESS_TOKEN AUTHORIZATION; false'],
    ['-o env', { SHELL: '/usr/bin/fish' }, 'set -e ACCESS_TOKEN AUTHORIZATION; false'],
    ['-o env --shell sh', { SHELL: '/usr/bin/fish' }, 'unset ACCESS_TOKEN AUTHORIZATION; false'],
    ['-o env --shell bash', { SHELL: '/usr/bin/fish' }, 'unset ACCESS_TOKEN AUTHORIZATION; false'],
    ['-o env --shell zsh --name A', {}, 'unset A; false'],
    ['-o env --shell nonsense', {}, 'unset ACCESS_TOKEN AUTHORIZATION; false'],
    ['-o env --shell cmd --name A', {}, 'set "A="\ncmd /c exit 1'],
    [
      '-o env --shell powershell --name A',
      {},
      "$env:A = $null; Write-Error 'tokentool has no token'",
    ],
  ])('%s %j', (line, env, words) => {
    expect(fail(line, env)).toBe(words)
  })
})

test.each([
  ['env', true],
  ['envv', true],
  ['ENV', true],
  ['evn', true],
  ['en', true],
  ['environment', true],
  ['export', true],
  ['shell', true],
  ['bash', true],
  ['jsno', false],
  ['tokne', false],
  ['dotenvv', false],
  ['nonsense', false],
  ['', false],
  [undefined, false],
])('-o %s is for a shell to evaluate, or meant to be: %s', (form, is) => {
  expect(isEvaluated({ form, name: undefined, shell: undefined, elsewhere: false })).toBe(is)
})

test.each([
  [{}, 'sh'],
  [{ SHELL: '/bin/bash' }, 'sh'],
  [{ SHELL: '/bin/zsh' }, 'sh'],
  [{ SHELL: '/bin/tcsh' }, 'sh'],
  [{ SHELL: 'fish' }, 'fish'],
  [{ SHELL: '/opt/swordfish' }, 'sh'],
  [{ SHELL: '/usr/bin/pwsh' }, 'powershell'],
  [{ SHELL: 'C:\\Program Files\\PowerShell\\7\\pwsh.exe' }, 'powershell'],
  [{ OS: 'Windows_NT' }, 'powershell'],
  [{ OS: 'Windows_NT', SHELL: '/usr/bin/bash.exe' }, 'sh'],
])('the shell of %j is %s', (env, shell) => {
  expect(guessShell(env)).toBe(shell)
})

describe('a variable', () => {
  test.each(['API_TOKEN', '_x', 'a1', 'GITHUB_TOKEN', 'NODE_AUTH_TOKEN', 'GIT_TOKEN', 'CI_TOKEN'])(
    'may be %s',
    (name) => {
      expect(checkVariable(name, '--name')).toBe(name)
    },
  )

  const shapes = ['', '1a', 'a-b', 'a b', 'a=b', 'a;id', '$(id)', 'ü', 'a\n', 'x'.repeat(200)]
  test.each(shapes)('is not %j', (name) => {
    const error = refusal(() => checkVariable(name, '--name'))
    expect([error.exit, error.details.fix]).toEqual([2, '--name API_TOKEN'])
  })

  const obeyed = `PATH path fpath IFS ENV BASH_ENV LD_PRELOAD DYLD_INSERT_LIBRARIES NODE_OPTIONS
    PROMPT_COMMAND PS4 PYTHONPATH PERL5OPT GIT_SSH_COMMAND BASH_FUNC_x UID _ HOME SHELL LC_ALL
    GITHUB_ENV https_proxy KUBECONFIG TOKENTOOL_CONFIG status`
  test.each(obeyed.split(/\s+/))('is not %s, which programs obey', (name) => {
    const error = refusal(() => checkVariable(name, '--name'))
    expect(error.exit).toBe(2)
    expect(error.message).toContain('obey')
  })
})

describe('KUBERNETES_EXEC_INFO', () => {
  const info = (apiVersion: unknown): string =>
    JSON.stringify({ kind: 'ExecCredential', apiVersion })

  test.each([undefined, '', info('client.authentication.k8s.io/v1')])('%j: v1', (text) => {
    expect(readExecVersion(text)).toBe('client.authentication.k8s.io/v1')
  })

  test('v1beta1, as asked', () => {
    const version = 'client.authentication.k8s.io/v1beta1'
    expect(readExecVersion(info(version))).toBe(version)
  })

  test.each([info('client.authentication.k8s.io/v1alpha1'), info(1), '{', '[]', 'null', '"v1"'])(
    '%s is refused',
    (text) => {
      const error = refusal(() => readExecVersion(text))
      expect(error.exit).toBe(2)
      expect(error.message).toContain('KUBERNETES_EXEC_INFO')
    },
  )
})

describe('--field', () => {
  const json = `{"profile":"p","environment":null,"via":[{"expires_at":null}],"scopes":["a","b"],"extra":{},"claims":{"n":12345678901234567890.10,"https://x/y":{"z":[1,"\\u0000é"]},"a.b":true,"__proto__":"own","half":"\\ud800","bidi":{"a":"\u202e"},"d":1,"d":2,"none":null,"word":"null"}}`
  const pick = (path: string): string => pickMember(json, readField(path), (text) => text)

  test.each([
    ['profile', 'p'],
    ['scopes.1', 'b'],
    ['scopes', '["a","b"]'],
    ['extra', '{}'],
    ['claims.n', '12345678901234567890.10'],
    ['claims["https://x/y"].z.1', '\0é'],
    ['claims["a.b"]', 'true'],
    ['claims["__proto__"]', 'own'],
    ['claims.__proto__', 'own'],
    ['claims.half', '"\\ud800"'],
    ['claims.bidi', '{"a":"\\u202e"}'],
    ['claims.d', '2'],
    ['claims.word', 'null'],
  ])('%s: %j', (path, text) => {
    expect(pick(path)).toBe(text)
  })

  test.each([
    ['claims.x', 'claims has no x', 'it has n, https://x/y, a.b'],
    ['claims.n.x', 'claims.n has no x', 'it is a number'],
    ['extra.id_token', 'extra has no id_token', 'it is empty'],
    ['scopes.2', 'scopes has no 2', 'it is a list: 0 to 1'],
    ['scopes.x', 'scopes has no x', 'it is a list: 0 to 1'],
    ['via.0.expires_at.x', 'via.0.expires_at has no x', 'it is null'],
    // "null" would be taken for a value
    ['via.0.expires_at', 'via.0 has no expires_at', 'it is null'],
    ['via[0].expires_at', 'via.0 has no expires_at', 'it is null'],
    ['environment', 'the answer has no environment', 'it is null'],
    ['claims.none', 'claims has no none', 'it is null'],
    ['headers', 'the answer has no headers', 'it has profile, environment, via'],
    ['claims.toString', 'claims has no toString', 'it has n'],
  ])('%s is not there', (path, message, means) => {
    const error = refusal(() => pick(path))
    expect([error.exit, error.message]).toEqual([5, message])
    expect(error.details.means).toContain(means)
  })

  test.each([
    '',
    '.',
    'a..b',
    'claims.',
    '.claims',
    'claims[',
    'claims["a]',
    'claims x',
    '$.claims',
    '*',
  ])('%j is no path', (path) => {
    expect(refusal(() => readField(path)).exit).toBe(2)
  })

  test('a name that there never is, with the one that was meant', () => {
    const error = refusal(() => readField('acess_token'))
    expect([error.exit, error.details.fix]).toEqual([2, '--field access_token'])
  })

  test('a megabyte of it takes no time', () => {
    expect(refusal(() => readField('a'.repeat(1_000_000))).exit).toBe(2)
    expect(refusal(() => readField(`claims["${'\\'.repeat(1_000_001)}`)).exit).toBe(2)
    expect(refusal(() => pick(`claims${'.a'.repeat(300_000)}`)).exit).toBe(5)
  })
})

test.each([
  ['abc', 'abc'],
  ['a=b', 'a=b'],
  ['=ls', "'=ls'"],
  ["it's", "'it'\\''s'"],
  ['', "''"],
])('%j is quoted as %s', (word, quoted) => {
  expect(quoteShell(word)).toBe(quoted)
})
