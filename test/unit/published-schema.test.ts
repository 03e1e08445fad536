import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { checkDocument } from '../../src/core/file/check.ts'
import { publishSchema } from '../../src/core/file/published-schema.ts'
import { parseDocument } from '../../src/io/profile/document.ts'
import { PROVIDERS } from '../../src/providers/table.ts'

const EXAMPLE = readFileSync(new URL('../../profiles.example.yaml', import.meta.url), 'utf8')

// strict: a keyword that nobody knows, or in a place where it does nothing, is an error
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true })
ajv.addVocabulary(['errorMessage'])
const validate = ajv.compile(publishSchema(PROVIDERS))

/** Where it does not hold, shortest first. */
function judge(text: string): string[] {
  if (validate(parse(text))) return []
  return [...new Set((validate.errors ?? []).map(({ instancePath }) => instancePath))].sort()
}

/** What the program itself finds, so that the two cannot part unnoticed. */
function check(text: string): number {
  const meta = { file: '/f.yaml', shown: 'f.yaml', origin: 'named' } as const
  const document = parseDocument(new TextEncoder().encode(text), meta)
  return checkDocument({ documents: [document], builtIns: PROVIDERS }, document).length
}

function write(lines: string): string {
  return `profiles:\n  one:\n${lines.replace(/^/gm, '    ')}\n`
}

describe('the published schema', () => {
  it('takes the example file', () => {
    expect(judge(EXAMPLE)).toEqual([])
  })

  it.each([
    ['a misspelt field', 'provider: va-sis\nsubjekt: x'],
    ['a misspelt column', 'provider: va-sis\nkall: { in: json }'],
    ['a misspelt member of a column', 'provider: va-sis\ncall: { inn: json }'],
    ['a choice that is none', 'provider: va-sis\ncall: { in: jason }'],
    ['a number where text is meant', 'provider: va-sis\nsubject: 12'],
    ['text where yes or no is meant', 'provider: va-sis\nallow_http: maybe'],
    ['a time that is none', 'provider: va-sis\nlifetime: soon'],
    ['a grant of another provider', 'provider: light-oauth2\ngrant: magic'],
    ['a field of another provider', 'provider: va-map-sts\nservice_account_id: x'],
    [
      'a misspelt field of an environment',
      'provider: va-sis\nenvironments:\n  staging: { subjekt: x }',
    ],
    ['a misspelt member of tls', 'provider: va-sis\ntls: { insecur: true }'],
    ['a misspelt field below via', 'provider: va-map-sts\nvia:\n  provider: va-sis\n  subjekt: x'],
    ['no profile', 'just a text'],
  ])('refuses %s, as the program does', (_name, lines) => {
    const text = write(lines)
    expect(judge(text)).not.toEqual([])
    expect(check(text)).toBeGreaterThan(0)
  })

  it.each([
    ['a placeholder for a number', 'provider: va-sis\nlifetime: ${env:LIFETIME}'],
    ['a placeholder for yes or no', 'provider: va-sis\nallow_weak_key: ${env:WEAK}'],
    ['a placeholder for a choice', 'provider: light-oauth2\ncall: { in: "${env:PLACE}" }'],
    ['a placeholder for an object', 'provider: va-sis\nuser_attributes: ${env:USER_ATTRIBUTES}'],
    ['null, which removes', 'provider: va-sis\nsubject: null\ncall: { headers: null }'],
    ['a lone scope', 'provider: va-sis\nscopes: one'],
    ['a profile in via', 'provider: va-map-sts\nvia:\n  provider: va-sis\n  subject: x'],
  ])('takes %s, as the program does', (_name, lines) => {
    const text = write(lines)
    expect(judge(text)).toEqual([])
    expect(check(text)).toBe(0)
  })

  it('leaves a provider of one’s own and what it asks for alone', () => {
    const own = 'providers:\n  mine:\n    fields: { tenant: { type: text, help: t } }\n'
    const call = '    call: { url: "https://x.example/${tenant}" }\n'
    const text = `${own}${call}${write('provider: mine\ntenant: t')}`
    expect(judge(text)).toEqual([])
    expect(check(text)).toBe(0)
    expect(judge(text.replace('url:', 'uri:'))).toEqual(['/providers/mine/call'])
  })

  it('leaves a profile without a provider alone: the one it extends has it', () => {
    const base = write('provider: va-sis\nsubject: x')
    const text = `${base}  two:\n    extends: one\n    issuer: y\n`
    expect(judge(text)).toEqual([])
    expect(check(text)).toBe(0)
  })

  it('says of every field of every provider what it is for', () => {
    const { $defs } = publishSchema(PROVIDERS) as {
      $defs: Record<string, { properties: Record<string, { description?: string }> }>
    }
    const silent = [...Object.keys(PROVIDERS), 'other'].flatMap((name) =>
      Object.entries($defs[name]?.properties ?? {})
        .filter(([, { description }]) => !description)
        .map(([field]) => `${name}.${field}`),
    )
    expect(silent).toEqual([])
    expect(Object.keys($defs.other?.properties ?? {})).toEqual(
      expect.arrayContaining(['service_account_id', 'extends', 'via', 'call', 'tls']),
    )
  })

  it('is small enough for an editor', () => {
    expect(JSON.stringify(publishSchema(PROVIDERS)).length).toBeLessThan(200_000)
  })
})
