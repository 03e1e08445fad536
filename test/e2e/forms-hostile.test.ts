// The same hostile values on their way through the whole program: as a server's token and scope, as what
// a profile says of its use, as the name of a profile. What comes out is whole, or nothing at all.

import { parseEnv } from 'node:util'
import { describe, expect, test } from 'vitest'
import { HOSTILE } from '../support/hostile.ts'
import { serve } from '../support/service.ts'
import { runMain } from '../support/world.ts'

let said: Readonly<Record<string, unknown>> = {}
const service = await serve(() => [
  200,
  JSON.stringify(said),
  { 'content-type': 'application/json' },
])

const write = (text: string): string => JSON.stringify(text).replaceAll('${', '$${')

const profile = (name: string, use: string): string => `
profiles:
  ${JSON.stringify(name)}:
    provider: client-credentials
    token_endpoint: ${service.origin}/token
    client_id: x
    client_secret: plain-secret-of-a-test
    use: { value: ${write(use)} }
`

/** What is read back from each form: the token, where it has one, and the header's value. */
const READERS: Readonly<Record<string, (text: string) => Readonly<Record<string, unknown>>>> = {
  token: (text) => ({ token: text.replace(/\n$/, '') }),
  header: (text) => ({ use: /^Authorization: (.*)\n$/s.exec(text)?.[1] }),
  env: (text) => {
    const [, token, use] = /^export ACCESS_TOKEN='(.*)' AUTHORIZATION='(.*)'\n$/s.exec(text) ?? []
    return { token: token?.replaceAll(`'\\''`, "'"), use: use?.replaceAll(`'\\''`, "'") }
  },
  dotenv: (text) => {
    const { ACCESS_TOKEN, AUTHORIZATION, ...more } = parseEnv(text)
    return { token: ACCESS_TOKEN, use: AUTHORIZATION, ...more }
  },
  gitlab: (text) => ({ token: /^ACCESS_TOKEN=(.*)\n$/s.exec(text)?.[1] }),
  json: (text) => ({ token: JSON.parse(text).access_token }),
  'exec-credential': (text) => ({ token: JSON.parse(text).status.token }),
}

async function check(form: string, value: string, name: string, use: string): Promise<boolean> {
  const { exit, stdout, stderr } = await runMain(
    ['get', '-c', 'tokentool.yaml', '--no-cache', '-o', form],
    { files: { 'tokentool.yaml': profile(name, use) } },
  )
  const shown = `${form} ${JSON.stringify(value).slice(0, 80)}: ${stderr}`
  expect(stderr, shown).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u)
  if (exit !== 0) {
    expect([2, 5], shown).toContain(exit)
    expect(stdout, shown).toBe(form === 'env' ? 'unset ACCESS_TOKEN AUTHORIZATION; false\n' : '')
    return false
  }
  expect(stderr, shown).toBe('')
  const read = READERS[form]?.(stdout) ?? {}
  const wanted = { token: said.access_token, use }
  for (const [key, text] of Object.entries(read))
    expect(text, shown).toBe(wanted[key as 'token' | 'use'])
  return true
}

const forms = Object.keys(READERS)

describe('each in a form of its own', () => {
  test('as the token and the scope that a server answers with', async () => {
    let whole = 0
    for (const [index, value] of HOSTILE.entries()) {
      said = { access_token: value, scope: value, token_type: value }
      if (await check(forms[index % forms.length] ?? '', value, 'p', 'Bearer x')) whole++
    }
    expect(whole).toBeGreaterThan(80)
  })

  test('as the value of use', async () => {
    said = { access_token: 'to.ken-1234567890' }
    let whole = 0
    for (const [index, value] of HOSTILE.entries())
      if (await check(['header', 'env', 'dotenv'][index % 3] ?? '', value, 'p', value)) whole++
    expect(whole).toBeGreaterThan(80)
  })

  test('as the name of the profile', async () => {
    said = { access_token: 'to.ken-1234567890' }
    for (const [index, value] of HOSTILE.entries())
      await check(forms[index % forms.length] ?? '', value, value.slice(0, 200), 'Bearer x')
  })
})
