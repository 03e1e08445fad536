// `npm run demo`: every profile of the example file against the twins, through the real program, and
// one failure with its explanation. Needs no key, no secret and no network.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const example = join(root, 'profiles.example.yaml')
// An empty folder and an empty home: whatever profile files this machine has stay out of it.
const home = mkdtempSync(join(tmpdir(), 'tokentool-demo-'))
let failed = false

const { stdout: listed } = tokentool(['profile', 'list', '--json', '-c', example])
for (const { name, provider, description } of JSON.parse(listed)) {
  say(`\n# ${description ?? provider}`)
  show(['get', name, '--sandbox', '--json', '-c', example], 0, (answer) => {
    const token = JSON.parse(answer)
    const hops = [...token.via, token].map((hop) => hop.provider).join(' → ')
    return `${token.access_token.slice(0, 24)}…  ${hops}, good for ${token.expires_in} s`
  })
}

say('\n# a refusal, explained: the account has no such scope')
show(['get', 'va', '--sandbox', '--scope', 'https://api.va.gov/v0/other', '-c', example], 4)
say('\n# what would be sent')
show(['get', 'va', '--sandbox', '-n', '-c', example], 0)

rmSync(home, { recursive: true })
say(`
next: node bin/tokentool.js init            write a tokentool.yaml of your own
      node bin/tokentool.js get --sandbox   one token, without a file
      npm link                              tokentool on your PATH`)
process.exitCode = failed ? 1 : 0

function show(args, expected, shorten = (text) => text.trimEnd()) {
  say(
    `$ tokentool ${args.map((arg) => (arg === example ? 'profiles.example.yaml' : arg)).join(' ')}`,
  )
  const { status, stdout, stderr } = tokentool(args)
  if (status !== expected) {
    failed = true
    say(`exit ${status}, not ${expected}`)
  }
  if (stdout !== '') say(status === 0 ? shorten(stdout) : stdout)
  // what was made up for the occasion is the same every time and would drown the rest
  const told = stderr
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('tokentool: sandbox: '))
  if (told.length > 0) say(told.join('\n'))
}

function tokentool(args) {
  return spawnSync(process.execPath, [join(root, 'bin/tokentool.js'), ...args], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home },
    encoding: 'utf8',
  })
}

function say(text) {
  console.log(text)
}
