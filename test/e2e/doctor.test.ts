import { describe, expect, it } from 'vitest'
import { makeRsaKey } from '../support/keys.ts'
import { makeFolder, plantCanary, plantKey, runProgram } from '../support/program.ts'

const FILE = `
default_profile: chatbot
profiles:
  va:
    provider: va-sis
    environment: staging
    issuer: https://chat.example
    service_account_id: aaaa
    subject: me
    key_path: ./k.pem
    scopes:
      - \${base_url}/v0/map_services/chatbot/token
    user_attributes:
      icn: \${env:ICN}
  chatbot:
    provider: va-map-sts
    via: va
    application: chatbot
`

describe('tokentool doctor', () => {
  it('goes from a bare folder to a profile that works, by its own fixes', async () => {
    const folder = makeFolder()
    const run = (...args: string[]) =>
      runProgram(args, { folder, answersFailure: true, env: { ICN: plantCanary() } })

    const none = await run('doctor', '--offline')
    expect(none.code).toBe(7)
    expect(none.stdout).toMatch(/✗ file +there is no profile file\n/)
    expect(none.stdout).toContain('fix: tokentool init\n')

    await runProgram(['--version'], { folder, files: { 'tokentool.yaml': FILE } })
    const untrusted = await run('doctor', '--offline')
    expect(untrusted.code).toBe(7)
    expect(untrusted.stdout).toContain('fix: look at the file, then: tokentool trust\n')

    expect((await run('trust')).code).toBe(0)
    const keyless = await run('doctor', '--offline')
    expect(keyless.code).toBe(7)
    expect(keyless.stdout).toMatch(/✗ key +k\.pem does not exist\n/)

    const files = { 'k.pem': plantKey(makeRsaKey().pem) }
    await runProgram(['--version'], { folder, files })
    const sound = await run('doctor', '--offline')
    expect(sound.code).toBe(0)
    expect(sound.stderr).toBe('')
    expect(sound.stdout).toMatch(/✓ assertion +signed with RS256/)
    expect(sound.stdout.endsWith('nothing is wrong\n')).toBe(true)
  })

  it('answers in one line of JSON, whatever it finds', async () => {
    const { code, json } = await runProgram(['doctor', '-c', 'p.yaml', '--json'], {
      files: { 'p.yaml': FILE.replace('subject', 'subjekt') },
      answersFailure: true,
    })
    expect(code).toBe(7)
    expect(json()).toMatchObject({
      ok: false,
      findings: expect.arrayContaining([
        {
          profile: null,
          check: 'file',
          verdict: 'problem',
          message: 'p.yaml:9:5 profiles.va.subjekt: no such field; did you mean subject?',
          means: [],
          fix: [],
        },
      ]),
    })
  })

  it('says nothing on stdout where it was asked wrongly', async () => {
    const { code, error } = await runProgram(['doctor', 'nobody', '-c', 'p.yaml', '--json'], {
      files: { 'p.yaml': FILE },
    })
    expect(code).toBe(2)
    expect(error()).toMatchObject({ code: 'profile_unknown' })
  })
})
