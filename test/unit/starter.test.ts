// What `init` writes, for every provider in every environment, by the checks that profile files meet.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Catalog } from '../../src/core/file/catalog.ts'
import { checkDocument } from '../../src/core/file/check.ts'
import type { ProfileDocument } from '../../src/core/file/document.ts'
import type { Provider } from '../../src/core/provider.ts'
import { planStarter, safestEnvironment } from '../../src/core/starter/starter.ts'
import { writeStarter } from '../../src/core/starter/starter-text.ts'
import { writeMember } from '../../src/core/starter/yaml.ts'
import { parseDocument } from '../../src/io/profile/document.ts'
import { PROVIDERS } from '../../src/providers/table.ts'

const BUILT_INS: Catalog = { documents: [], builtIns: PROVIDERS }

const NAMES = Object.entries(PROVIDERS).flatMap(([name, { environments }]) =>
  (environments ? Object.keys(environments) : [undefined]).map(
    (environment) => [name, environment] as const,
  ),
)

function parse(text: string): ProfileDocument {
  return parseDocument(new TextEncoder().encode(text), {
    file: '/w/tokentool.yaml',
    shown: 'tokentool.yaml',
    origin: 'named',
  })
}

function listMistakes(text: string, catalog = BUILT_INS): string[] {
  const document = parse(text)
  return checkDocument({ ...catalog, documents: [document] }, document).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  )
}

/** As someone does who takes the # away wherever the file says that it may be taken away. */
function enable(text: string): string {
  return text.replace(/^( *)#(?! )/gm, '$1')
}

describe('a first file', () => {
  it.each(NAMES)(
    'of %s in %s has no mistake, nor when all of it is enabled',
    (name, environment) => {
      const text = writeStarter(planStarter(BUILT_INS, name, environment), new Map())
      expect(listMistakes(text)).toEqual([])
      expect(enable(text)).not.toBe(text)
      expect(listMistakes(enable(text))).toEqual([])
    },
  )

  it.each(NAMES)(
    'of %s in %s holds no secret, only where it is taken from',
    (name, environment) => {
      for (const { provider, written, commented } of planStarter(BUILT_INS, name, environment)) {
        for (const { path, value } of [...written, ...commented]) {
          if (!provider.fields[path[0]]?.secret) continue
          expect(JSON.stringify(value)).toMatch(/^\{?("name":)?"\$\{env:[A-Z_]+\}"\}?$/)
        }
      }
    },
  )

  it('names an environment that is not production, where there is a choice', () => {
    const text = writeStarter(planStarter(BUILT_INS, 'va-sis', 'staging'), new Map())
    expect(safestEnvironment(PROVIDERS['va-sis'] as Provider)).toBe('staging')
    expect(parse(text).data).toMatchObject({ profiles: { 'va-sis': { environment: 'staging' } } })
    const only = writeStarter(
      planStarter(BUILT_INS, 'federated-directory', 'production'),
      new Map(),
    )
    expect(only).not.toContain('environment:')
  })

  it('of a provider that needs a token before it has both profiles', () => {
    const text = writeStarter(planStarter(BUILT_INS, 'va-map-sts', 'staging'), new Map())
    expect(parse(text).data).toEqual({
      default_profile: 'va-map-sts',
      profiles: {
        'va-sis': expect.objectContaining({ user_attributes: { icn: '${env:ICN}' } }),
        'va-map-sts': expect.objectContaining({ via: 'va-sis' }),
      },
    })
    // it is asked for what the next call needs, and would not be if it said something itself
    expect(text).toMatch(/^ {4}#scopes:/m)
  })

  it('writes what was answered, and comments out what was left out', () => {
    const profiles = planStarter(BUILT_INS, 'va-sis', 'staging')
    const written = profiles.flatMap((profile) => profile.written)
    const find = (name: string) => written.filter(({ path }) => path[0] === name)
    const answers = new Map([
      ...find('issuer').map((wanted) => [wanted, 'a: b #c'] as const),
      ...find('scopes').map((wanted) => [wanted, undefined] as const),
    ])
    const text = writeStarter(profiles, answers)
    expect(listMistakes(text)).toEqual([])
    expect(parse(text).data).toMatchObject({ profiles: { 'va-sis': { issuer: 'a: b #c' } } })
    expect(text).toMatch(/^ {4}#scopes:\n {4}# {2}- /m)
    expect(text).not.toMatch(/^ {4}scopes:/m)
  })

  it('of a provider with fields of every kind and no examples has no mistake either', () => {
    const types = [
      'text',
      'list',
      'object',
      'number',
      'boolean',
      'duration',
      'url',
      'path',
    ] as const
    const more = ['text or list', 'text or object'] as const
    const fields = Object.fromEntries(
      [...types, ...more].flatMap((type) => [
        [`must_${type}`.replaceAll(' ', '_'), { type, help: 'this', required: true }],
        [`may_${type}`.replaceAll(' ', '_'), { type, help: 'that' }],
        [`hide_${type}`.replaceAll(' ', '_'), { type, help: 'it', required: true, secret: true }],
      ]),
    )
    const odd: Provider = { description: 'odd', fields, call: { url: 'https://x.example' } }
    const catalog = { documents: [], builtIns: { odd } }
    const text = writeStarter(planStarter(catalog, 'odd', undefined), new Map())
    expect(listMistakes(text, catalog)).toEqual([])
    expect(listMistakes(enable(text), catalog)).toEqual([])
  })
})

describe('values as YAML', () => {
  it.each([
    'true',
    'No',
    'null',
    '~',
    '1e5',
    '0x1f',
    '12:30',
    '2026-11-21',
    '.inf',
    '- a',
    'a: b',
    'a:',
    'a #b',
    '#a',
    '*a',
    '&a',
    '!a',
    '%a',
    '@a',
    '`a`',
    '"a"',
    "'a'",
    '[a]',
    '{a}',
    '? a',
    'a\nb',
    ' a ',
    'a ',
    'a  b',
    '',
    '${a',
    'é\u2028\u0085',
    '1012667122V019349',
    '00012',
  ])('%j is read back as it was', (text) => {
    expect(parse(writeMember('x', text).join('\n')).data).toEqual({ x: text })
  })

  it.each(['https://a.example/b?c=d', './keys/${environment}.pem', 'a, b (c)', '${base_url}/v0'])(
    '%s needs no quotes',
    (text) => expect(writeMember('x', text)).toEqual([`x: ${text}`]),
  )

  it('whatever is written is read back', () => {
    const value = fc.letrec((tie) => ({
      leaf: fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean()),
      list: fc.array(tie('leaf'), { minLength: 1, maxLength: 3 }),
      tree: fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), tie('any'), {
        minKeys: 1,
        maxKeys: 3,
      }),
      any: fc.oneof({ maxDepth: 3 }, tie('leaf'), tie('list'), tie('tree')),
    })).any
    fc.assert(
      fc.property(value, (any) => {
        const { x } = parse(writeMember('x', any as string).join('\n')).data as { x: unknown }
        expect(JSON.stringify(x)).toBe(JSON.stringify(any))
      }),
      { numRuns: 500 },
    )
  })
})
