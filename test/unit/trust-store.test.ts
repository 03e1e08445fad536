// The store of what was trusted: one that is damaged, or that somebody else could have written, allows
// nothing, and is written anew.

import { chmodSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { changeTrust, readTrust } from '../../src/io/profile/trust-store.ts'
import { createWorld, type TestWorld } from '../support/world.ts'

const grant = { what: 'variable A', where: 'https://a.example.com', programs: {} }
const typed = { what: 'command ./x', where: undefined, programs: { './x': 'ab12' } }

const storeOf = (world: TestWorld): string =>
  join(world.home, '.local/state/tokentool/trusted.json')

function makeWorld(): TestWorld {
  const world = createWorld([])
  changeTrust(world, (store) => store.set('/p/tokentool.yaml', [grant, typed]))
  return world
}

describe('the store of what was trusted', () => {
  it('is read as it was written', () => {
    const world = makeWorld()
    expect([...readTrust(world)]).toEqual([['/p/tokentool.yaml', [grant, typed]]])
    expect(readdirSync(dirname(storeOf(world)))).toEqual(['trusted.json'])
  })

  const DAMAGES: readonly (readonly [what: string, damage: (path: string) => void])[] = [
    ['half of it', (path) => writeFileSync(path, '{"version":2,"files":{"/p/tok')],
    ['nothing', (path) => writeFileSync(path, '')],
    ['no object', (path) => writeFileSync(path, '[]')],
    [
      'another version',
      (path) => writeFileSync(path, '{"version":3,"files":{"/p/tokentool.yaml":[]}}'),
    ],
    ['files that are none', (path) => writeFileSync(path, '{"version":2,"files":3}')],
    ['a file that others can write', (path) => chmodSync(path, 0o620)],
    [
      'a link to another file',
      (path) => {
        renameSync(path, `${path}.real`)
        symlinkSync(`${path}.real`, path)
      },
    ],
    [
      'a folder in its place',
      (path) => {
        renameSync(path, `${path}.real`)
        mkdirSync(path)
      },
    ],
  ]
  it.each(DAMAGES)('%s allows nothing', (_what, damage) => {
    const world = makeWorld()
    damage(storeOf(world))
    expect(readTrust(world).size).toBe(0)
  })

  it.each([
    [{ what: 3, where: 'a' }],
    [{ where: 'a' }],
    [{ what: 'variable A', where: 3 }],
    [{ what: 'variable A' }],
    ['variable A → https://a.example.com'],
    [null],
  ])('an entry that is none allows nothing: %j', (entry) => {
    const world = makeWorld()
    writeFileSync(storeOf(world), JSON.stringify({ version: 2, files: { '/p': [entry] } }))
    expect([...readTrust(world)]).toEqual([['/p', []]])
  })

  it('keeps what another run has added meanwhile', () => {
    const world = makeWorld()
    changeTrust(world, (store) => {
      expect(store.has('/p/tokentool.yaml')).toBe(true)
      store.set('/q/tokentool.yaml', [grant])
    })
    expect([...readTrust(world).keys()]).toEqual(['/p/tokentool.yaml', '/q/tokentool.yaml'])
  })

  it('has a name like no other: __proto__', () => {
    const world = makeWorld()
    changeTrust(world, (store) => store.set('__proto__', [grant]))
    expect(readTrust(world).get('__proto__')).toEqual([grant])
  })
})
