// Hostile values in every form, read back by what will read them: nothing is run, nothing else is set,
// and a value is identical or refused.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { writeGithub, writeMasks } from '../../src/core/answer/form/github.ts'
import { formatToken, type Occasion, type TextForm } from '../../src/core/answer/form.ts'
import type { Shell } from '../../src/core/answer/shell-names.ts'
import { standInToken, type TokenSet } from '../../src/core/call/token.ts'
import { TokenError } from '../../src/core/error.ts'
import { HOSTILE } from '../support/hostile.ts'
import { runShell } from '../support/shells.ts'
import { makeTools, NOW, planOne } from '../support/tools.ts'

const tools = makeTools()
const profile = planOne('profiles:\n  va: { provider: va-sis, environment: staging }\n')
const hide = (text: string) => tools.secrets.standIn(text, 'token', 'token')
const base = standInToken(profile, tools)

const folder = mkdtempSync(join(tmpdir(), 'tokentool-hostile-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The value as the token, and as what stands behind the header's name. */
const hostile = (value: string): TokenSet => ({
  ...base,
  token: hide(value),
  use: { header: 'Authorization', value: hide(value), headers: undefined },
})

interface Written {
  readonly value: string
  readonly text: string
}

/** The refused ones are left out. */
function writeAll(form: TextForm, occasion: Partial<Occasion> = {}): Written[] {
  return HOSTILE.flatMap((value) => {
    try {
      const whole = { now: NOW * 1000, sandbox: false, ...occasion }
      return [{ value, text: formatToken(hostile(value), form, whole) }]
    } catch (error) {
      expect(error, value).toBeInstanceOf(TokenError)
      return []
    }
  })
}

test('there are enough of them, and none that can be seen is refused everywhere', () => {
  expect(HOSTILE.length).toBeGreaterThan(220)
  const refused = HOSTILE.length - writeAll('env').length
  expect(refused).toBe(
    HOSTILE.filter((value) => /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(value)).length,
  )
  expect(refused).toBeLessThan(100)
})

const NAMES = ['ACCESS_TOKEN', 'AUTHORIZATION']

/** Says both variables after each file, and at the end the whole environment. */
const LOOPS: Readonly<Record<string, (use: string) => string>> = {
  sh: (use) => `
    for file in ./0*; do
      unset ACCESS_TOKEN AUTHORIZATION; ${use}
      printf '%s\\000%s\\000' "$ACCESS_TOKEN" "$AUTHORIZATION"
    done
    printf '%s\\000' "\${PWNED-none}"; env -0`,
  fish: (use) => `
    for file in ./0*
      set -e ACCESS_TOKEN; set -e AUTHORIZATION; ${use}
      printf '%s\\0' "$ACCESS_TOKEN" "$AUTHORIZATION"
    end
    set -q PWNED; and printf '%s\\0' $PWNED; or printf 'none\\0'
    env -0`,
}

/** Each text in a file of its own, read by one process of the shell. */
async function readBack(
  shell: string,
  use: string,
  written: readonly Written[],
): Promise<string[]> {
  const cwd = mkdtempSync(join(folder, `${shell}-`))
  for (const [index, { text }] of written.entries())
    writeFileSync(join(cwd, `${index}`.padStart(4, '0')), text)
  const loop = LOOPS[shell] ?? LOOPS.sh
  const { stdout, stderr } = await runShell(shell, loop?.(use) ?? '', cwd, { HOME: folder })
  expect(stderr).toBe('')
  // what was run would have left one
  expect(readdirSync(cwd)).toHaveLength(written.length)
  const said = stdout.split('\0')
  const values = said.slice(0, written.length * 2)
  const [pwned, ...environment] = said.slice(written.length * 2)
  expect(pwned).toBe('none')
  const names = environment.map((pair) => pair.replace(/=.*/s, '')).filter((name) => name !== '')
  const usual = ['HOME', 'LANG', 'LOGNAME', 'OLDPWD', 'PATH', 'PWD', 'SHLVL', 'USER', '_', ...NAMES]
  expect(names.filter((name) => !usual.includes(name))).toEqual([])
  return values
}

describe.each<[shell: string, words: Shell, use: string]>([
  ['dash', 'sh', 'eval "$(cat "$file")"'],
  ['bash', 'sh', 'eval "$(cat "$file")"'],
  ['zsh', 'sh', 'eval "$(cat "$file")"'],
  ['zsh', 'sh', 'setopt rc_quotes interactive_comments magic_equal_subst; eval "$(cat "$file")"'],
  ['fish', 'fish', 'eval "$(cat $file)"'],
  ['fish', 'fish', 'cat $file | source'],
])('-o env in %s, %s words: %s', (shell, words, use) => {
  test('every value is as it was', async () => {
    const written = writeAll('env', { shell: words })
    expect(written.length).toBeGreaterThan(150)
    expect(await readBack(shell, use, written)).toEqual(
      written.flatMap(({ value }) => [value, value]),
    )
  })
})

test.each(['dash', 'bash', 'zsh'])(
  '-o env in %s, where the quotes were forgotten: nothing is run',
  async (shell) => {
    await readBack(shell, 'eval $(cat "$file")', writeAll('env'))
  },
)

describe('-o dotenv', () => {
  const written = writeAll('dotenv')

  test('refuses only what readers differ on', () => {
    const kept = new Set(written.map(({ value }) => value))
    const odd = writeAll('env')
      .map(({ value }) => value)
      .filter((value) => !kept.has(value))
    // $ and quotes together, or a backslash
    expect(
      odd.filter((value) => !/\\/.test(value) && !(/'/.test(value) && /["$`!]/.test(value))),
    ).toEqual([])
    expect(kept.size).toBeGreaterThan(100)
  })

  test.each(['dash', 'bash', 'zsh'])('%s reads it with set -a', async (shell) => {
    expect(await readBack(shell, 'set -a; . "$file"; set +a', written)).toEqual(
      written.flatMap(({ value }) => [value, value]),
    )
  })

  test('Node reads it', () => {
    for (const { value, text } of written)
      expect(parseEnv(text)).toEqual({ ACCESS_TOKEN: value, AUTHORIZATION: value })
  })

  test('docker --env-file reads it, where there is nothing to quote', () => {
    const plain = { ...hostile('aA0.-_/+=='), use: { ...base.use, value: hide('x') } }
    const text = formatToken(plain, 'dotenv', { now: 0, sandbox: false })
    expect(text).toBe('ACCESS_TOKEN=aA0.-_/+==\nAUTHORIZATION=x\n')
  })
})

test('-o gitlab: its reader gets each value as it is', () => {
  const written = writeAll('gitlab')
  expect(written.length).toBeGreaterThan(60)
  for (const { value, text } of written) {
    // app/services/ci/parse_dotenv_artifact_service.rb
    const lines = text.split(/(?<=\n)/).map((line) => /^(.*?)=(.*)$/.exec(line.trimEnd()))
    expect(lines.map((line) => [line?.[1]?.trim(), line?.[2]?.trim()])).toEqual([
      ['ACCESS_TOKEN', value],
    ])
    // lib/expand_variables.rb
    expect(value).not.toMatch(/\$\$|%%|\$[a-zA-Z_]\w*|\$\{[a-zA-Z_]\w*\}?|%[a-zA-Z_]\w*%/)
  }
})

test('-o header: one line, whose value is as it was', () => {
  for (const { value, text } of writeAll('header')) expect(text).toBe(`Authorization: ${value}\n`)
})

test('-o token: one line', () => {
  for (const { value, text } of writeAll('token')) expect(text).toBe(`${value}\n`)
})

test.each(['json', 'exec-credential'] as const)(
  '-o %s: one line of JSON that no terminal obeys',
  (form) => {
    for (const { value, text } of writeAll(form)) {
      const { access_token, status } = JSON.parse(text)
      expect(access_token ?? status.token).toBe(value)
      expect(text.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u)
    }
  },
)

describe('-o github', () => {
  const readData = (text: string): string =>
    text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')

  /** As the runner reads such a file: a name, = and the rest of the line; or << and a delimiter. */
  function readRunnerFile(text: string): Record<string, string> {
    const lines = text.split('\n')
    const found: Record<string, string> = {}
    for (let at = 0; at < lines.length; at++) {
      const line = lines[at] ?? ''
      if (line === '') continue
      const equals = line.indexOf('=')
      const heredoc = line.indexOf('<<')
      if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
        found[line.slice(0, equals)] = line.slice(equals + 1)
        continue
      }
      expect(heredoc, 'the runner refuses the file').toBeGreaterThan(0)
      const end = lines.indexOf(line.slice(heredoc + 2), at + 1)
      found[line.slice(0, heredoc)] = lines.slice(at + 1, end).join('\n')
      at = end
    }
    return found
  }

  test('the files say what they should, and nothing else', () => {
    let written = 0
    for (const value of HOSTILE) {
      let texts: ReturnType<typeof writeGithub>
      try {
        texts = writeGithub(hostile(value), 'API_TOKEN', [])
      } catch (error) {
        expect(error).toBeInstanceOf(TokenError)
        continue
      }
      written++
      expect(readRunnerFile(texts.output)).toEqual({ token: value, expires_at: '' })
      expect(readRunnerFile(texts.environment ?? '')).toEqual({ API_TOKEN: value })
    }
    expect(written).toBeGreaterThan(150)
  })

  test('every value is hidden, whole and line by line, and no other command is given', () => {
    for (const value of HOSTILE) {
      const lines = writeMasks([value]).split('\n').slice(0, -1)
      expect(lines.filter((line) => !line.startsWith('::add-mask::'))).toEqual([])
      const masks = lines.map((line) => readData(line.slice('::add-mask::'.length)))
      const wanted = [value, ...value.split(/[\r\n]+/)].filter((part) => part.trim() !== '')
      expect(new Set(masks)).toEqual(new Set(wanted))
      expect(lines.join('')).not.toMatch(/[\r\n]/)
    }
  })
})

describe('other shells, which are not here to be asked', () => {
  test('powershell: nothing but what stands between straight quotes', () => {
    for (const { value, text } of writeAll('env', { shell: 'powershell' })) {
      const quoted = `'${value.replaceAll("'", "''")}'`
      expect(text).toBe(`$env:ACCESS_TOKEN = ${quoted}; $env:AUTHORIZATION = ${quoted}\n`)
      expect(text).toMatch(/^[\x20-\x7e]+\n$/)
    }
  })

  test('cmd: nothing that it would expand or run', () => {
    const written = writeAll('env', { shell: 'cmd' })
    expect(written.length).toBeGreaterThan(50)
    for (const { value, text } of written) {
      expect(value).not.toMatch(/["%!^&<>|]/)
      expect(text).toBe(`set "ACCESS_TOKEN=${value}"\nset "AUTHORIZATION=${value}"\n`)
    }
  })
})
