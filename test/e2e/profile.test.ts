import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { plantCanary, runProgram } from '../support/program.ts'

const EXAMPLE = readFileSync(new URL('../../profiles.example.yaml', import.meta.url), 'utf8')
const SHIPPED = new URL('../../dist/profile.schema.json', import.meta.url)

describe('tokentool profile', () => {
  it('lists the example file', async () => {
    const { code, stdout, stderr } = await runProgram(['profile', 'list'], {
      files: { 'tokentool.yaml': EXAMPLE },
    })
    expect(code).toBe(0)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^ {2}name +provider +environments +file +description\n\* va +va-sis/)
  })

  it('shows every profile of the example file, and not one secret', async () => {
    const canary = plantCanary()
    const secret = plantCanary()
    const files = {
      'tokentool.yaml': `${EXAMPLE}  own: { extends: petstore, client_secret: ${secret} }\n`,
    }
    const { stdout } = await runProgram(['profile', 'list', '--json'], { files })
    const names = (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name)
    expect(names.length).toBeGreaterThan(8)
    const variables = [...EXAMPLE.matchAll(/\$\{env:(\w+)/g)].map(([, name]) => [name, canary])
    for (const name of names) {
      const shown = await runProgram(['profile', 'show', name, '--json'], {
        files,
        env: Object.fromEntries(variables),
      })
      expect(shown.code).toBe(0)
      expect(shown.json()).toMatchObject({ profiles: expect.anything() })
    }
  })

  it('prints the schema that is shipped', async () => {
    const { code, stdout } = await runProgram(['profile', 'schema'])
    expect(code).toBe(0)
    expect(stdout).toBe(readFileSync(SHIPPED, 'utf8'))
    expect(JSON.parse(stdout)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
    })
  })
})
