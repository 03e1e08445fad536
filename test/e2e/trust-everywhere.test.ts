// A variable, a file and a command at every path that the schema allows in a found file: each is a
// mistake of the file, or refused with all three told, or never filled in even where the file is named.

import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PROVIDER_SCHEMA } from '../../src/core/file/column-schema.ts'
import { profileSchema } from '../../src/core/file/profile-schema.ts'
import type { JsonSchema } from '../../src/core/file/schema.ts'
import type { Provider } from '../../src/core/provider.ts'
import { type Service, serve } from '../support/service.ts'
import { createWorld, runMain, type TestWorld } from '../support/world.ts'

const CANARY = 'the-canary-sings'
const PROBE = '${env:CANARY}${file:canary}${command:./canary.sh}'
const FILE = 'tokentool.json'

type Tree = { [name: string]: unknown }
type Steps = readonly string[]

const makeProvider = (host: string): Tree => ({
  environments: { a: { base_url: host } },
  fields: {
    issuer: { help: 'it', type: 'text', default: 'i' },
    probe: { help: 'whatever is called so is sent', type: 'text' },
  },
  auths: { basic: {} },
  grants: { code: {} },
  assertion: {
    algorithms: ['HS256'],
    header: { alg: '${algorithm}' },
    claims: { iss: '${issuer}' },
  },
  call: { url: '${base_url}/t', params: { a: '${assertion}', q: '${probe?}' } },
  answer: {},
  use: {},
})
const makeProfile = (): Tree => ({
  provider: 'own',
  environment: 'a',
  client_auth: 'basic',
  grant: 'code',
  environments: { a: {} },
  key: 'k'.repeat(64),
})

/** Names that lead to what is used. */
const NAMES: Readonly<Record<string, string>> = {
  environments: 'a',
  auths: 'basic',
  grants: 'code',
}

/** Every place for a text, and for each the value that has the probe there. */
function listPlaces(schema: JsonSchema, path: Steps = []): [Steps, unknown][] {
  const { type, properties = {}, additionalProperties: others, items } = schema
  const types = type === undefined ? ['string', 'object'] : [type].flat()
  const [last = ''] = path.slice(-1)
  const name = NAMES[last] ?? 'probe'
  const places: [Steps, unknown][] = []
  if (types.includes('string')) places.push([path, PROBE])
  if (types.includes('array')) places.push([path, [PROBE]])
  if (items && typeof items === 'object')
    for (const [inner, value] of listPlaces(items as JsonSchema, [])) {
      const item = inner.reduceRight<unknown>((below, step) => ({ [step]: below }), value)
      places.push([path, [item]])
    }
  if (!types.includes('object')) return places
  for (const [member, inner] of Object.entries(properties)) {
    if (path[0] === 'environments' && ['auths', 'grants'].includes(member)) continue
    places.push(...listPlaces(inner as JsonSchema, [...path, member]))
  }
  if (typeof others === 'object') places.push(...listPlaces(others as JsonSchema, [...path, name]))
  else if (others !== false) {
    places.push([[...path, name], PROBE], [[...path, name], [PROBE]], [path, { [PROBE]: 'x' }])
  }
  return places
}

function put(tree: Tree, [first = '', ...rest]: Steps, value: unknown): Tree {
  const below = tree[first]
  const inner = typeof below === 'object' && below !== null ? (below as Tree) : {}
  // an assertion comes from one place
  const isSource = /assertion$/.test(first) && ['file', 'env', 'command'].includes(rest[0] ?? '')
  return { ...tree, [first]: rest.length === 0 ? value : put(isSource ? {} : inner, rest, value) }
}

interface Scene {
  readonly world: TestWorld
  readonly service: Service
  readonly saw: string[]
}

async function makeScene(): Promise<Scene> {
  const service = await serve(() => [200, { access_token: 'tok', expires_in: 60 }])
  const files = { canary: CANARY, 'canary.sh': '#!/bin/sh\ntouch ran\necho the-canary-sings\n' }
  const saw: string[] = []
  const env = { CANARY, PATH: process.env.PATH ?? '' }
  const world = { ...createWorld([], { files, env }), saw: (path: string) => void saw.push(path) }
  chmodSync(join(world.cwd, 'canary.sh'), 0o700)
  return { world, service, saw }
}

/** What happens to the canary. */
async function fly({ world, service, saw }: Scene, args: readonly string[]) {
  rmSync(join(world.cwd, 'ran'), { force: true })
  saw.length = 0
  service.requests.length = 0
  const { exit, stderr } = await runMain(args, { again: world })
  const sent = service.requests.some((one) => JSON.stringify(one).includes(CANARY))
  const read = saw.includes(join(world.cwd, 'canary'))
  const ran = existsSync(join(world.cwd, 'ran'))
  return { exit, stderr, calls: service.requests.length, used: sent || read || ran }
}

async function judge(scene: Scene, document: Tree): Promise<string> {
  writeFileSync(join(scene.world.cwd, FILE), JSON.stringify(document))
  const found = await fly(scene, ['get', '--no-cache', 'x'])
  if (found.used) return 'used'
  const told = ['variable CANARY', 'file canary', 'command ./canary.sh']
  if (found.exit === 2 && told.every((one) => found.stderr.includes(`${one} `))) {
    return found.calls === 0 ? 'refused' : 'refused too late'
  }
  const named = await fly(scene, ['get', '--no-cache', 'x', '-c', FILE])
  return named.used ? 'not told' : 'never used'
}

describe('a found file that is not trusted', () => {
  const owner = PROVIDER_SCHEMA
  const schemas: readonly (readonly [string, JsonSchema, least: number])[] = [
    ['provider', owner, 100],
    ['profile', profileSchema(makeProvider('') as unknown as Provider), 100],
  ]
  it.each(schemas)(
    'has nothing used, wherever it stands in a %s',
    { timeout: 60_000 },
    async (kind, schema, least) => {
      const scene = await makeScene()
      const counts: Record<string, number> = {}
      const holes: string[] = []
      for (const [path, value] of listPlaces(schema)) {
        const provider = makeProvider(scene.service.origin)
        const document =
          kind === 'provider'
            ? { profiles: { x: makeProfile() }, providers: { own: put(provider, path, value) } }
            : { profiles: { x: put(makeProfile(), path, value) }, providers: { own: provider } }
        const verdict = await judge(scene, document)
        counts[verdict] = (counts[verdict] ?? 0) + 1
        if (!['refused', 'never used'].includes(verdict))
          holes.push(`${path.join('.')}: ${verdict}`)
      }
      expect(holes).toEqual([])
      expect(counts.refused).toBeGreaterThan(least)
    },
  )

  it('would be called and would use it all, were it named', async () => {
    const scene = await makeScene()
    const provider = put(makeProvider(scene.service.origin), ['call', 'params', 'p'], PROBE)
    const document = { profiles: { x: makeProfile() }, providers: { own: provider } }
    expect(await judge(scene, document)).toBe('refused')
    const named = await fly(scene, ['get', '--no-cache', 'x', '-c', FILE])
    expect(named.stderr).toBe('')
    expect([named.exit, named.calls, named.used]).toEqual([0, 1, true])
  })
})
