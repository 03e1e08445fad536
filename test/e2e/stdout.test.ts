// What happens to the answer on its way out: a full disk is told, a reader that left is not.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeFolder, PROGRAM, runProgram } from '../support/program.ts'
import { serve } from '../support/service.ts'

function shell(line: string, home?: string) {
  const folder = makeFolder()
  const env = { PATH: process.env.PATH, HOME: home ?? join(folder, 'home') }
  const command = line.replaceAll('tokentool', `"${process.execPath}" "${PROGRAM}"`)
  return spawnSync('sh', ['-c', command], { cwd: folder, env, encoding: 'utf8', timeout: 15_000 })
}

describe('stdout', () => {
  it.skipIf(!existsSync('/dev/full'))('that is full is an error, never an empty success', () => {
    const { status, stderr } = shell('tokentool get --sandbox > /dev/full')
    expect(status).toBe(2)
    expect(stderr).toContain('cannot write the answer: ENOSPC')
    expect(stderr).toContain('fix:   df -h')
  })

  it('that nobody reads any more is none', () => {
    const { status, stderr } = shell('tokentool profile schema | head -c 1')
    expect(status).toBe(0)
    expect(stderr).toBe('')
  })
})

describe('trust', () => {
  it.skipIf(!existsSync('/proc/self'))('ends where a home takes no folder', () => {
    const { status, stderr } = shell(
      'tokentool init --provider va-sis >/dev/null; tokentool trust',
      '/proc',
    )
    expect(status).toBe(2)
    expect(stderr).toContain('cannot write /proc/')
  })
})

describe('a token', () => {
  it.each(['   ', 'tök', 'a\u202eb', 'a\nb'])(
    'that no header can carry is no token: %j',
    async (token) => {
      const { origin } = await serve(() => [200, JSON.stringify({ access_token: token })])
      const args = ['get', '--provider', 'client-credentials', '-s', `token_endpoint=${origin}/t`]
      const { code } = await runProgram([...args, '-s', 'client_id=a', '-s', 'client_secret=@s'], {
        files: { s: 'not-a-real-secret' },
      })
      expect(code).toBe(5)
    },
  )

  it.each([
    ['access_token=TOKCANARY0123456789&expires_in=10'],
    ['TOKCANARY0123456789'],
    ['{"access_token":"TOKCANARY0123456789","expires'],
    ['{"list":[{"access_token":"TOKCANARY0123456789"}]}'],
  ])('that stands where we do not look is in no message: %s', async (body) => {
    const { origin } = await serve(() => [200, body])
    const args = [
      'get',
      '-vv',
      '--provider',
      'client-credentials',
      '-s',
      `token_endpoint=${origin}/t`,
    ]
    const { code, stderr } = await runProgram(
      [...args, '-s', 'client_id=a', '-s', 'client_secret=@s'],
      {
        files: { s: 'not-a-real-secret' },
      },
    )
    expect(code).toBe(5)
    // -vv shows a bare text as it came: nothing tells that it is a token
    if (body !== 'TOKCANARY0123456789') expect(stderr).not.toContain('TOKCANARY')
  })
})
