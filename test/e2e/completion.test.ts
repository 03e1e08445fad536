// What may stand in a place, and the scripts that ask for it, at work in the shells they are for.

import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeFolder, PROGRAM, runProgram, writeFiles } from '../support/program.ts'
import { runMain } from '../support/world.ts'

const FILE = `default_profile: staging
profiles:
  staging:
    description: the one everybody uses
    provider: client-credentials
    token_endpoint: \${command:touch ran}
    client_id: \${env:SECRET_ID}
    environments:
      blue: { issuer: a }
      green: { issuer: b }
  stable:
    provider: va-sis
  "my profile":
    provider: client-credentials
  "a:b":
    provider: home-made
providers:
  home-made:
    call: { url: "https://id.example.com/token" }
`

/** Every one of them would run something, or move the cursor, if it were obeyed. */
const HOSTILE = [
  '$(touch pwned)',
  '`touch pwned`',
  "x'; touch pwned; '",
  'x"; touch pwned; "',
  'x; touch pwned',
  'x & touch pwned &',
  'x | touch pwned',
  'x > pwned',
  '!touch',
  '{x,y}',
  '**',
  '~root',
  '=ls',
  'x#y',
  'x\\y',
  '(touch pwned)',
  '\n$(touch pwned)',
  'x\ny',
  'x\ty',
  'x\u001b[2Jy',
  'x\u202ey',
  'x\u200by',
  '--insecure',
  '-v',
  '',
]
/** What no shell is offered: controls, what cannot be seen, flags, homes. */
const LEFT_OUT = HOSTILE.filter((name) => /^$|^[-~]|[\u0000-\u001f\u200b\u202e]/.test(name))

const hostileFile = (): string =>
  `profiles:\n${HOSTILE.map((name) => `  ${JSON.stringify(name)}: { provider: va-sis }\n`).join('')}`

const ask = async (words: readonly string[], file: string | undefined = FILE) => {
  const files: Record<string, string> = file === undefined ? {} : { 'tokentool.yaml': file }
  const { exit, stdout, stderr, world } = await runMain(['completion', 'zsh', '--', ...words], {
    files,
  })
  expect([exit, stderr]).toEqual([0, ''])
  const [kind = '', ...lines] = stdout.split('\n').slice(0, -1)
  const names = lines.map((line) => line.split('\t')[0] ?? '')
  return { kind, names, stdout, world }
}

describe('what may stand in a place', () => {
  const PROFILES = ['staging', 'stable', 'my profile', 'a:b']
  const WORDS: readonly (readonly [
    typed: string,
    has: readonly string[],
    not?: readonly string[],
  ])[] = [
    ['', ['get', 'exec', 'decode', 'cache', 'trust', 'completion'], ['list', 'staging']],
    ['-v ', ['get'], ['staging']],
    ['-p staging ', ['get'], ['staging']],
    ['key ', ['generate', 'inspect', 'convert', 'match'], ['get']],
    ['profile ', ['list', 'show', 'schema']],
    ['cache ', ['list', 'clear']],
    ['get ', PROFILES, ['va-sis']],
    ['mint ', PROFILES],
    ['doctor ', PROFILES],
    ['profile show ', PROFILES],
    ['cache clear ', PROFILES],
    ['get -p ', PROFILES],
    ['get -vp ', PROFILES],
    ['get --profile=', PROFILES.map((name) => `--profile=${name}`)],
    ['get staging ', [], PROFILES],
    ['exec ', PROFILES],
    ['exec staging ', PROFILES],
    ['exec API=', PROFILES.map((name) => `API=${name}`)],
    ['get staging --then ', [...PROFILES, 'va-map-sts', 'home-made']],
    ['get --provider ', ['va-sis', 'home-made'], ['staging']],
    ['get -e ', ['blue', 'green', 'staging', 'production']],
    ['get staging -e ', ['blue', 'green'], ['production']],
    ['get -p staging -e ', ['blue', 'green'], ['production']],
    ['exec API=staging -e ', ['blue', 'green'], ['production']],
    ['get --provider va-sis -e ', ['staging', 'production'], ['blue']],
    ['init -e ', ['blue', 'green']],
    ['get -o ', ['token', 'env', 'exec-credential']],
    ['get --output=', ['--output=token']],
    ['get --shell ', ['fish', 'powershell']],
    ['key generate --type ', ['p-256', 'ed25519']],
    ['decode --fail-on ', ['error']],
    ['get --', ['--profile', '--output', '--sandbox', '--verbose', '--help'], ['-p', '--at']],
    ['get -', ['--profile', '-p', '-o']],
    ['sandbox --', ['--port'], ['--fault', '--clock-offset']],
    ['get --timeout ', [], PROFILES],
    ['get --timeout 5s ', PROFILES],
    ['get --json ', PROFILES],
    ['trust ', ['list', 'revoke']],
    ['trust revoke --', ['--all', '--json']],
    ['completion ', ['bash', 'zsh', 'fish', 'powershell']],
    ['nonsense ', []],
    ['get nonsense --', ['--profile']],
  ]

  const rows = WORDS.map(([typed, has, not = []]) => [typed, has, not] as const)
  it.each(rows)('%j', async (typed, has, not) => {
    const { kind, names, world } = await ask(typed.split(' '))
    expect(kind).toBe('words')
    expect(names).toEqual(expect.arrayContaining([...has]))
    for (const name of not) expect(names).not.toContain(name)
    if (has.length === 0) expect(names).toEqual([])
    expect(existsSync(join(world.cwd, 'ran'))).toBe(false)
  })

  it.each([
    ['get -c ', 'files'],
    ['get --config=./', 'files'],
    ['verify --key ', 'files'],
    ['get --cacert ', 'files'],
    ['key inspect ', 'files'],
    ['trust ./', 'files'],
    ['trust revoke ', 'files'],
    ['exec staging -- ', 'command'],
    ['exec staging -- env -', 'command'],
    ['exec -p staging -- a -- b', 'command'],
  ])('%j is left to the shell: %s', async (typed, kind) => {
    expect((await ask(typed.split(' '))).stdout).toBe(`${kind}\n`)
  })

  it('says what each is', async () => {
    expect((await ask(['get', ''])).stdout).toContain('staging\tthe one everybody uses\n')
    expect((await ask(['g'])).stdout).toContain('get\tprint a token\n')
  })

  it('takes the names from the file that is named on the line', async () => {
    const { stdout } = await runMain(['completion', 'zsh', '--', 'get', '-c', 'my.yaml', ''], {
      files: { 'tokentool.yaml': FILE, 'my.yaml': 'profiles: { other: { provider: va-sis } }' },
    })
    expect(stdout).toBe('words\nother\tva-sis\n')
  })

  it.each([
    ['no file', undefined],
    ['a broken file', 'profiles: [\n'],
    ['a file that is no mapping', '- a\n'],
    ['profiles that are no mapping', 'profiles: 3\n'],
    ['a profile that is nothing', 'profiles: { a: }\n'],
    ['a circle', 'profiles: { a: { extends: b }, b: { extends: a } }\n'],
  ])('is silent where there is %s', async (_name, file) => {
    for (const words of [
      ['get', ''],
      ['get', '-e', ''],
      ['get', '--then', ''],
    ])
      expect((await ask(words, file)).kind).toBe('words')
    expect((await ask(['get', '--provider', ''], file)).names).toContain('va-sis')
  })

  it('leaves out what a terminal or a shell would do something with', async () => {
    const { names, stdout } = await ask(['get', ''], hostileFile())
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u200b\u202e]/)
    expect(names).toEqual(HOSTILE.filter((name) => !LEFT_OUT.includes(name)))
  })

  it('escapes what a description says', async () => {
    const help = 'a\u001b[2J\tb\nc'
    const file = `profiles: { a: { provider: va-sis, description: ${JSON.stringify(help)} } }`
    expect((await ask(['get', ''], file)).stdout).toBe('words\na\ta\\u001b[2J\\tb\\nc\n')
  })
})

describe('completion SHELL', () => {
  it.each(['bash', 'zsh', 'fish', 'powershell'])('%s: a script', async (shell) => {
    const { exit, stdout, stderr } = await runMain(['completion', shell])
    expect([exit, stderr]).toEqual([0, ''])
    expect(stdout).toContain(`tokentool completion ${shell}`)
    expect(stdout).not.toContain('eval ')
  })

  it.each([[[]], [['tcsh']]])('%j: says which there are, and how to install them', async (args) => {
    const { exit, stdout, stderr } = await runMain(['completion', ...args])
    expect([exit, stdout]).toEqual([2, ''])
    expect(stderr).toContain('bash, zsh, fish, powershell')
    expect(stderr).toContain('source <(tokentool completion bash)')
  })
})

/** A folder with a `tokentool` in PATH that completes, and notes what it is run with. */
function prepare(file: string) {
  const folder = makeFolder({ 'tokentool.yaml': file })
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const script = `#!/bin/sh
[ "$1" = completion ] && exec '${process.execPath}' '${PROGRAM}' "$@"
for word; do printf '%s\\0' "$word"; done >>"$LOG"; printf '\\n\\0' >>"$LOG"
`
  writeFiles(folder, { 'bin/tokentool': script })
  chmodSync(join(bin, 'tokentool'), 0o755)
  const log = join(folder, 'home', 'log')
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: join(folder, 'home'),
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    INPUTRC: '/dev/null',
    LOG: log,
  }
  const run = (shell: string, args: readonly string[], input: string): string => {
    const { error, stdout } = spawnSync(shell, args, {
      cwd: folder,
      env,
      input,
      encoding: 'utf8',
      timeout: 60_000,
    })
    if (error && 'code' in error && error.code === 'ENOENT')
      throw new Error(`this test needs ${shell}: apt-get install ${shell}`)
    return stdout
  }
  const commands = (): string[][] => {
    const words = existsSync(log) ? readFileSync(log, 'utf8').split('\0').slice(0, -1) : []
    const lists: string[][] = [[]]
    for (const word of words) {
      if (word === '\n') lists.push([])
      else lists.at(-1)?.push(word)
    }
    return lists.slice(0, -1)
  }
  return { folder, run, commands, isPwned: () => existsSync(join(folder, 'pwned')) }
}

/** What is typed, with Tab as ⇥, and what the program is run with then. */
const TYPED: readonly (readonly [typed: string, words: readonly string[]])[] = [
  ['tokentool g⇥ stag⇥', ['get', 'staging']],
  ['tokentool get stag⇥--json', ['get', 'staging', '--json']],
  ['tokentool exec API=stag⇥ -- x', ['exec', 'API=staging', '--', 'x']],
  ['tokentool exec API=a:⇥', ['exec', 'API=a:b']],
  ['tokentool get my⇥', ['get', 'my profile']],
  ['tokentool get my\\ p⇥', ['get', 'my profile']],
  ['tokentool get "my p⇥', ['get', 'my profile']],
  ['tokentool get a⇥', ['get', 'a:b']],
  ['tokentool get a:⇥', ['get', 'a:b']],
  ['tokentool get -o js⇥', ['get', '-o', 'json']],
  ['tokentool get --output=js⇥', ['get', '--output=json']],
  ['tokentool get --sand⇥', ['get', '--sandbox']],
  ['tokentool get staging -e bl⇥', ['get', 'staging', '-e', 'blue']],
  ['tokentool get -c ./token⇥', ['get', '-c', './tokentool.yaml']],
  ['tokentool get --config=./token⇥', ['get', '--config=./tokentool.yaml']],
  ['tokentool exec staging -- whoa⇥', ['exec', 'staging', '--', 'whoami']],
]

/** Names up to where they begin to differ, so that one Tab is enough. */
const typeHostile = (): [string, string[]][] =>
  HOSTILE.filter((name) => !LEFT_OUT.includes(name)).map((name) => [
    `tokentool get ${escapeWord(name.slice(0, -1))}⇥`,
    ['get', name],
  ])
const escapeWord = (text: string): string => text.replace(/[^\w]/g, (char) => `\\${char}`)

describe('bash', () => {
  const type = (file: string, lines: readonly string[]) => {
    const place = prepare(file)
    const input = ['source <(tokentool completion bash)', ...lines, 'exit', '']
    place.run('bash', ['--norc', '-i'], input.join('\n').replaceAll('⇥', '\t'))
    return place
  }

  it('completes what is typed', () => {
    const { commands } = type(
      FILE,
      TYPED.map(([typed]) => typed),
    )
    expect(commands()).toEqual(TYPED.map(([, words]) => words))
  })

  it('runs nothing of a name, and puts it in whole', () => {
    // the history would expand it before it is a word
    const typed = typeHostile().filter(([line]) => !line.includes('!'))
    const { commands, isPwned } = type(hostileFile(), [
      'tokentool get ⇥⇥x',
      ...typed.map(([line]) => line),
    ])
    expect(isPwned()).toBe(false)
    expect(commands().slice(1)).toEqual(typed.map(([, words]) => words))
  })
})

describe('zsh', () => {
  const DRIVER = `zmodload zsh/zpty
zpty z zsh -f -i
type() { zpty -w -n z "$1" }
type $'PS1=; autoload -Uz compinit; compinit -u -D; source <(tokentool completion zsh)\\r'
while IFS= read -r line; do type "$line"$'\\r'; done
type $'exit\\r'
while zpty -r z out; do :; done
`
  const type = (file: string, lines: readonly string[]) => {
    const place = prepare(file)
    place.run('zsh', ['-f', '-c', DRIVER], `${lines.join('\n').replaceAll('⇥', '\t')}\n`)
    return place
  }

  it('completes what is typed', () => {
    const { commands } = type(
      FILE,
      TYPED.map(([typed]) => typed),
    )
    expect(commands()).toEqual(TYPED.map(([, words]) => words))
  })

  it('runs nothing of a name, and puts it in whole', () => {
    const typed = typeHostile()
    const { commands, isPwned } = type(
      hostileFile(),
      typed.map(([line]) => line),
    )
    expect(isPwned()).toBe(false)
    expect(commands()).toEqual(typed.map(([, words]) => words))
  })
})

describe('fish', () => {
  /** What is offered for each line, as it would be put in. */
  const offer = (file: string, lines: readonly string[]) => {
    const place = prepare(file)
    const script = `tokentool completion fish | source
while read -l line
  complete --escape -C $line
  echo ---
end`
    const output = place.run('fish', ['--no-config', '-c', script], `${lines.join('\n')}\n`)
    const offers = output.split('---\n').slice(0, -1)
    const names = offers.map((text) =>
      text
        .split('\n')
        .slice(0, -1)
        .map((line) => line.split('\t')[0] ?? ''),
    )
    return { ...place, names }
  }

  it('completes what is typed', () => {
    // fish puts in what it offers in the place of the last word
    const lines = TYPED.map(([typed]) => typed.slice(0, typed.lastIndexOf('⇥'))).map((typed) =>
      typed.replace('⇥', 'et').replace('API=a:', 'API=a'),
    )
    const { names } = offer(FILE, lines)
    for (const [index, [typed, words]] of TYPED.entries()) {
      const wanted = words.find((_, at) => at === words.length - 1 || words[at + 1] === '--') ?? ''
      const last = typed.includes('-- whoa')
        ? 'whoami'
        : typed.includes('--json')
          ? 'staging'
          : wanted
      const escaped = typed.includes('"') ? `"${last}"` : last.replaceAll(' ', '\\ ')
      expect(names[index], typed).toContain(escaped)
    }
  })

  it('runs nothing of a name, and puts it in whole', () => {
    const { names, folder, isPwned, run } = offer(hostileFile(), ['tokentool get '])
    expect(isPwned()).toBe(false)
    // read back as words
    const [offered = []] = names
    const script = offered.map((word) => `printf '%s\\n' ${word}`).join('\n')
    const read = run('fish', ['--no-config', '-c', script], '').split('\n').slice(0, -1)
    expect(read.sort()).toEqual(HOSTILE.filter((name) => !LEFT_OUT.includes(name)).sort())
    expect([isPwned(), existsSync(join(folder, 'ran'))]).toEqual([false, false])
  })
})

it('the real program is as silent', async () => {
  const { code, stdout, stderr } = await runProgram(['completion', 'fish', '--', 'get', 's'], {
    files: { 'tokentool.yaml': 'profiles: [' },
  })
  expect([code, stdout, stderr]).toEqual([0, 'words\n', ''])
})
