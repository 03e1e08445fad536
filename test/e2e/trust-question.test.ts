// On a terminal a person is asked: what would go where, before anything is used, and after an edit
// only the difference.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runMain, type TestWorld, type WorldOptions } from '../support/world.ts'

const FILE = `profiles:
  shop:
    provider: client-credentials
    token_endpoint: https://id.example.com/token
    client_id: shop
    client_secret: \${env:SHOP_SECRET}
    scopes: [orders.read]
`
const env = { SHOP_SECRET: 'not-a-real-secret', LANG: 'C.UTF-8', XDG_STATE_HOME: '' }
const QUESTION = 'trust it with that? [y/N] '

const dryRun = (options: WorldOptions = {}, args: readonly string[] = []) =>
  runMain(['get', '-n', ...args], {
    files: { 'tokentool.yaml': FILE },
    terminal: 80,
    ...options,
    env: { ...env, ...options.env },
  })

const storeOf = (world: TestWorld): string =>
  join(world.home, '.local/state/tokentool/trusted.json')

function remembered(world: TestWorld): unknown {
  const file = join(world.cwd, 'tokentool.yaml')
  try {
    const { files } = JSON.parse(readFileSync(storeOf(world), 'utf8')) as {
      files: Record<string, unknown>
    }
    return files[file]
  } catch {
    return undefined
  }
}

/** The same world later: an edited file, another answer. */
const later = (
  world: TestWorld,
  { file, answers = [] }: { file?: string; answers?: readonly string[] },
): TestWorld => {
  if (file !== undefined) writeFileSync(join(world.cwd, 'tokentool.yaml'), file)
  const left = [...answers]
  const ask = async (prompt: string) => {
    const answer = left.shift()
    world.printed.err += `${prompt}${answer ?? ''}\n`
    return answer
  }
  const stdin = { ...world.stdin, openDialog: async () => ({ ask, close: () => {} }) }
  return { ...world, stdin }
}

describe('get in a project that is not trusted', () => {
  it('shows what would go where, and goes on after a yes', async () => {
    const { exit, stdout, stderr, world } = await dryRun({ answers: ['y'] })
    expect(stderr).toContain(
      `tokentool.yaml was found here and wants to use:
   variable SHOP_SECRET  → https://id.example.com
${QUESTION}y
`,
    )
    expect([exit, stdout]).toEqual([0, expect.stringContaining('POST')])
    expect(remembered(world)).toEqual([
      { what: 'variable SHOP_SECRET', where: 'https://id.example.com' },
    ])
    expect(statSync(storeOf(world)).mode & 0o777).toBe(0o600)
    const again = await runMain(['get', '-n'], { again: world })
    expect([again.exit, again.stderr.includes(QUESTION)]).toEqual([0, false])
  })

  it.each([['n'], [''], ['yep'], ['yes please'], ['\u0079\u0000']])(
    '%j is no yes',
    async (answer) => {
      const { exit, stdout, stderr, world } = await dryRun({ answers: [answer] })
      expect([exit, stdout]).toEqual([2, ''])
      expect(stderr).toContain('is not trusted with what it wants to use')
      expect(remembered(world)).toBeUndefined()
    },
  )

  it.each([['Y'], ['yes'], [' y ']])('%j is one', async (answer) => {
    expect((await dryRun({ answers: [answer] })).exit).toBe(0)
  })

  it('is interrupted at the question', async () => {
    const { exit, stdout, stderr, world } = await dryRun({ answers: [] })
    expect([exit, stdout]).toEqual([130, ''])
    expect(stderr).toContain('interrupted')
    expect(remembered(world)).toBeUndefined()
  })

  it.each([
    ['--no-input', ['--no-input'], {}],
    ['CI', [], { env: { CI: '1' } }],
    ['a pipe as standard input', [], { stdin: 'y\n' }],
  ] as const)('is not asked about with %s', async (_name, args, options) => {
    const { exit, stderr, world } = await dryRun({ answers: ['y'], ...options }, args)
    expect(exit).toBe(2)
    expect(stderr).not.toContain(QUESTION)
    expect(stderr).toContain('variable SHOP_SECRET → https://id.example.com')
    expect(remembered(world)).toBeUndefined()
  })

  it('is not asked about where only stdout is a terminal', async () => {
    const { world } = await dryRun({ answers: ['n'] })
    const pipe = { ...world.stderr, isTTY: false }
    const { exit, stderr } = await runMain(['get', '-n'], {
      again: { ...later(world, { answers: ['y'] }), stderr: pipe },
    })
    expect([exit, stderr.includes(QUESTION)]).toEqual([2, false])
  })

  it('goes on where it cannot be remembered, and says so', async () => {
    const { world } = await dryRun({ answers: ['n'] })
    mkdirSync(join(world.home, '.local'))
    writeFileSync(join(world.home, '.local/state'), '')
    const { exit, stderr } = await runMain(['get', '-n'], {
      again: later(world, { answers: ['y'] }),
    })
    expect(exit).toBe(0)
    expect(stderr.replace(/\s+/g, ' ')).toContain('so this will be asked again')
  })
})

describe('after an edit', () => {
  const TWO = FILE.replace('client_id: shop', 'client_id: ${env:SHOP_ID}')
  const more = { SHOP_ID: 'shop' }

  it('only the difference is asked about, and remembered beside the rest', async () => {
    const first = await dryRun({ answers: ['y'], env: more })
    const { exit, stderr, world } = await runMain(['get', '-n'], {
      again: later(first.world, { file: TWO, answers: ['y'] }),
    })
    expect(exit).toBe(0)
    expect(stderr).toContain('wants to use more than it was trusted with:')
    expect(stderr).toContain('variable SHOP_ID  → https://id.example.com')
    expect(stderr).not.toContain('SHOP_SECRET  →')
    expect(remembered(world)).toHaveLength(2)
    // back to what was allowed first: still allowed
    const back = await runMain(['get', '-n'], { again: later(world, { file: FILE }) })
    expect(back.exit).toBe(0)
  })

  it('of a scope nothing is asked', async () => {
    const { world } = await dryRun({ answers: ['y'] })
    const file = FILE.replace('orders.read', 'orders.write')
    expect((await runMain(['get', '-n'], { again: later(world, { file }) })).exit).toBe(0)
  })

  it('trust shows what is new and what is no longer used', async () => {
    const { world } = await dryRun({ answers: ['y'] })
    const file = FILE.replace('id.example.com', 'id2.example.com')
    const { exit, stdout, stderr } = await runMain(['trust'], {
      again: later(world, { file, answers: ['y'] }),
    })
    expect([exit, stdout]).toEqual([0, 'trusted tokentool.yaml\n'])
    expect(stderr).toBe(`tokentool.yaml has changed what it uses:
 + variable SHOP_SECRET  → https://id2.example.com
 - variable SHOP_SECRET  → https://id.example.com
${QUESTION}y
`)
    expect(remembered(world)).toEqual([
      { what: 'variable SHOP_SECRET', where: 'https://id2.example.com' },
    ])
  })
})

describe('trust on a terminal', () => {
  const trust = (options: WorldOptions, args: readonly string[] = []) =>
    runMain(['trust', ...args], { files: { 'tokentool.yaml': FILE }, env, ...options })

  it('asks before it remembers', async () => {
    const { exit, stdout, stderr, world } = await trust({ terminal: 80, answers: ['n'] })
    expect([exit, stdout]).toEqual([2, ''])
    expect(stderr).toContain('nothing was remembered')
    expect(remembered(world)).toBeUndefined()
  })

  it.each([
    ['a pipe', { stdin: '' }],
    ['CI', { terminal: 80, env: { ...env, CI: 'true' } }],
  ])('does not with %s: it is a deliberate command', async (_name, options) => {
    const { exit, stdout } = await trust(options)
    expect([exit, stdout]).toEqual([
      0,
      'variable SHOP_SECRET → https://id.example.com\ntrusted tokentool.yaml\n',
    ])
  })

  it('does not with --no-input, and not for what is allowed already', async () => {
    const { exit, world } = await trust({ terminal: 80 }, ['--no-input'])
    expect(exit).toBe(0)
    const again = await runMain(['trust'], { again: world })
    expect([again.exit, again.stdout]).toEqual([0, 'trusted tokentool.yaml, as before\n'])
  })

  it('says it as JSON', async () => {
    const use = { what: 'variable SHOP_SECRET', where: 'https://id.example.com' }
    const { stdout, world } = await trust({}, ['--json'])
    const file = join(world.cwd, 'tokentool.yaml')
    expect(JSON.parse(stdout)).toEqual({ file, uses: [use], added: [use], removed: [] })
  })
})

describe('what others wrote', () => {
  const HOSTILE = `profiles:
  shop:
    provider: client-credentials
    token_endpoint: https://id.example.com/token
    client_id: "\${file:./a → https://good.example.com}"
    client_secret: "\${file:\\e[2J\\u202ex\\r\\ny}"
    key_path: ./${'k'.repeat(300)}
`

  it('is escaped, shown whole, and within the width of the terminal', async () => {
    const { stderr } = await dryRun({
      files: { 'tokentool.yaml': HOSTILE },
      terminal: 60,
      answers: ['n'],
    })
    const shown = stderr.slice(0, stderr.indexOf('[y/N]'))
    expect(shown).not.toMatch(/[\u001b\u202e\r]/)
    expect(shown).toContain('file \\u001b[2J\\u202ex\\u000d\\ny')
    // the only arrows are ours
    expect(shown.split('→')).toHaveLength(4)
    expect(shown).toContain('\\u2192 https://good.example.com')
    expect(shown.replace(/\n +/g, '')).toContain(`key ./${'k'.repeat(300)}`)
    for (const line of shown.split('\n')) expect(line.length).toBeLessThan(60)
  })

  it('is counted, and none of it is left out', async () => {
    const names = Array.from({ length: 500 }, (_, at) => `VARIABLE_${at}`)
    const list = names.map((name) => `      - \${env:${name}}`).join('\n')
    const { stderr } = await dryRun({
      files: { 'tokentool.yaml': FILE.replace('[orders.read]', `\n${list}`) },
      answers: ['n'],
    })
    expect(stderr).toContain('trust it with these 501? [y/N] ')
    for (const name of names) expect(stderr).toContain(`variable ${name} `)
  })
})

describe('trust list and trust revoke', () => {
  const trusted = async () =>
    (await runMain(['trust'], { files: { 'tokentool.yaml': FILE }, env })).world
  const run = (world: TestWorld, ...args: string[]) => runMain(['trust', ...args], { again: world })

  it('lists what was allowed', async () => {
    const world = await trusted()
    const { exit, stdout } = await run(world, 'list')
    expect([exit, stdout]).toEqual([
      0,
      'tokentool.yaml\n   variable SHOP_SECRET  → https://id.example.com\n',
    ])
    const json = await run(world, 'list', '--json')
    const file = join(world.cwd, 'tokentool.yaml')
    const uses = [{ what: 'variable SHOP_SECRET', where: 'https://id.example.com' }]
    expect(JSON.parse(json.stdout)).toEqual([{ file, state: 'trusted', uses, wants: [] }])
    expect((await run(world, '--json', 'list')).stdout).toBe(json.stdout)
  })

  it.each([
    ['changed', FILE.replace('id.example', 'id2.example'), 'wants more', '+ variable SHOP_SECRET'],
    ['broken', 'profiles: [', 'cannot be read', 'variable SHOP_SECRET'],
    ['missing', undefined, 'no longer there', 'variable SHOP_SECRET'],
  ])('marks one that is %s', async (state, file, mark, shown) => {
    const world = await trusted()
    const path = join(world.cwd, 'tokentool.yaml')
    if (file === undefined) rmSync(path)
    else writeFileSync(path, file)
    const { exit, stdout } = await run(world, 'list')
    expect([exit, stdout]).toEqual([0, expect.stringContaining(mark)])
    expect(stdout).toContain(shown)
    const [row] = JSON.parse((await run(world, 'list', '--json')).stdout) as { state: string }[]
    expect(row?.state).toBe(state)
  })

  it('lists nothing where nothing was trusted', async () => {
    const { exit, stdout, stderr } = await runMain(['trust', 'list'])
    expect([exit, stdout]).toEqual([0, ''])
    expect(stderr).toContain('no project file has been trusted')
  })

  it.each([
    ['the file that is found here', []],
    ['the file that is named', ['tokentool.yaml']],
    ['all of them', ['--all']],
  ])('forgets %s', async (_name, args) => {
    const world = await trusted()
    const { exit, stdout } = await run(world, 'revoke', ...args)
    expect([exit, stdout]).toEqual([
      0,
      '- variable SHOP_SECRET → https://id.example.com\nforgot tokentool.yaml\n',
    ])
    expect((await runMain(['get', '-n'], { again: world })).exit).toBe(2)
  })

  it.each([['profiles: ['], [undefined]])(
    'forgets a file that is broken or gone: %s',
    async (file) => {
      const world = await trusted()
      const path = join(world.cwd, 'tokentool.yaml')
      if (file === undefined) rmSync(path)
      else writeFileSync(path, file)
      expect((await run(world, 'revoke')).stdout).toContain('forgot tokentool.yaml')
    },
  )

  it('finds it from a folder below', async () => {
    const world = await trusted()
    mkdirSync(join(world.cwd, 'a/b'), { recursive: true })
    const { stdout } = await run({ ...world, cwd: join(world.cwd, 'a/b') }, 'revoke')
    expect(stdout).toContain('forgot ')
  })

  it('says that there was nothing to forget', async () => {
    const world = await trusted()
    writeFileSync(join(world.cwd, 'other.yaml'), FILE)
    for (const args of [['other.yaml'], ['gone.yaml']]) {
      const { exit, stdout, stderr } = await run(world, 'revoke', ...args)
      expect([exit, stdout]).toEqual([2, ''])
      expect(stderr).toContain('has not been trusted')
      expect(stderr).toContain('tokentool trust list')
    }
    await run(world, 'revoke', '--all')
    expect((await run(world, 'revoke')).exit).toBe(2)
    expect((await run(world, 'revoke', '--all')).exit).toBe(0)
    expect((await run(world, 'revoke', '--all', 'x')).exit).toBe(2)
  })

  it('a file called list is ./list', async () => {
    const world = await trusted()
    writeFileSync(join(world.cwd, 'list'), FILE)
    expect((await run(world, './list')).stdout).toContain('trusted list')
    expect((await run(world, 'list')).stdout).toContain('tokentool.yaml')
  })
})

it('a program that changes while the question stands open is not run', async () => {
  const files = {
    'tokentool.yaml': FILE.replace('${env:SHOP_SECRET}', '${command:./secret}'),
    secret: '#!/bin/sh\necho not-a-real-secret\n',
  }
  const { world } = await dryRun({ files, answers: ['n'] })
  const path = join(world.cwd, 'secret')
  chmodSync(path, 0o700)
  const ask = async () => {
    writeFileSync(path, '#!/bin/sh\ntouch ran\necho not-a-real-secret\n')
    return 'y'
  }
  const stdin = { ...world.stdin, openDialog: async () => ({ ask, close: () => {} }) }
  const { exit, stderr } = await runMain(['get', '-n'], { again: { ...world, stdin } })
  expect([exit, existsSync(join(world.cwd, 'ran'))]).toEqual([2, false])
  expect(stderr.replace(/\s+/g, ' ')).toContain('./secret has changed since it was trusted')
})
