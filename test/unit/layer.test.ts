import { describe, expect, test } from 'vitest'
import { applyPatch, isTree, Layers, type Origin, readPath } from '../../src/core/profile/layer.ts'
import { Hidden } from '../../src/core/secret/hidden.ts'
import { Secrets } from '../../src/core/secret/secrets.ts'
import { hash, refusal } from '../support/tools.ts'

const from = (flag: string): (() => Origin) => {
  return () => ({ kind: 'flag', flag })
}

function stack(...patches: readonly object[]): Layers {
  const layers = new Layers()
  for (const [index, patch] of patches.entries()) layers.lay(patch, from(`${index}`))
  return layers
}

const originOf = (layers: Layers, ...path: string[]): string | undefined => {
  const origin = layers.originOf(path)
  return origin?.kind === 'flag' ? origin.flag : undefined
}

describe('layers', () => {
  test.each<[object[], object]>([
    [[{ a: 1 }, { b: 2 }], { a: 1, b: 2 }],
    [[{ a: 1 }, { a: 2 }], { a: 2 }],
    [[{ a: { b: 1, c: 2 } }, { a: { b: 3, d: 4 } }], { a: { b: 3, c: 2, d: 4 } }],
    [[{ a: { b: 1 } }, { a: 'text' }], { a: 'text' }],
    [[{ a: 'text' }, { a: { b: 1 } }], { a: { b: 1 } }],
    [[{ a: [1, 2] }, { a: [3] }], { a: [3] }],
    [[{ a: [1] }, { a: { b: 1 } }], { a: { b: 1 } }],
    // null stays, to remove what lies further down
    [[{ a: 1 }, { a: null }], { a: null }],
    [[{ a: { b: 1 } }, { a: { b: null } }], { a: { b: null } }],
    [[{ a: { b: null } }, { a: { c: 1 } }], { a: { b: null, c: 1 } }],
    [[{ a: { b: null } }], { a: { b: null } }],
    [[{ a: null }, { a: { b: 1 } }], { a: { b: 1 } }],
    [[{ a: 1 }, {}], { a: 1 }],
  ])('%j is %j', (patches, expected) => {
    const before = JSON.stringify(patches)
    expect(stack(...patches).value).toEqual(expected)
    expect(JSON.stringify(patches)).toBe(before)
  })

  test('do not share what they are made of', () => {
    const shared = { list: [{ x: 1 }], tree: { y: 1 } }
    const layers = stack({ a: shared, b: shared }, { a: { tree: { y: 2 } } })
    expect(layers.value).toEqual({ a: { list: [{ x: 1 }], tree: { y: 2 } }, b: shared })
    expect(shared.tree).toEqual({ y: 1 })
  })

  test('have no members but their own', () => {
    const layers = stack(JSON.parse('{"__proto__":{"polluted":1},"constructor":{"x":1}}'))
    layers.set(['__proto__', 'more'], 1, { kind: 'flag', flag: 's' })
    expect(JSON.stringify(layers.value)).toBe(
      '{"__proto__":{"polluted":1,"more":1},"constructor":{"x":1}}',
    )
    expect(layers.value.toString).toBeUndefined()
    expect(({} as { polluted?: unknown; more?: unknown }).polluted).toBeUndefined()
    expect(({} as { more?: unknown }).more).toBeUndefined()
  })

  test('know of every part where it comes from', () => {
    const layers = stack({ a: { b: 1, c: { d: 1 } }, e: [1, 2] }, { a: { b: 2 } }, { e: [3] })
    layers.set(['a', 'c', 'f'], 3, { kind: 'flag', flag: 'set' })
    expect(originOf(layers, 'a', 'b')).toBe('1')
    expect(originOf(layers, 'a', 'c', 'd')).toBe('0')
    expect(originOf(layers, 'a', 'c', 'f')).toBe('set')
    expect(originOf(layers, 'a')).toBe('0')
    expect(originOf(layers, 'e', '0')).toBe('2')
    expect(originOf(layers, 'absent')).toBeUndefined()
    layers.lay({ a: 'all of it' }, from('last'))
    expect(originOf(layers, 'a', 'c', 'f')).toBe('last')
    expect(originOf(layers, 'a')).toBe('last')
  })

  test('tell where something was laid over a null', () => {
    const layers = stack(
      { call: null, claims: { a: null } },
      { call: { in: 'json' }, claims: { a: { b: 1 }, c: {} } },
    )
    expect(layers.cuts).toEqual([['call'], ['claims', 'a']])
    expect(stack({ call: null }, { call: 'text' }).cuts).toEqual([])
  })
})

describe('setting one value', () => {
  const set = (value: object, path: string[], item: unknown): unknown => {
    const layers = stack(value)
    layers.set(path, item, { kind: 'flag', flag: '-s x' })
    return layers.value
  }

  test.each<[object, string[], unknown, object]>([
    [{}, ['a'], 1, { a: 1 }],
    [{}, ['a', 'b', 'c'], 1, { a: { b: { c: 1 } } }],
    [{ a: { x: 1 } }, ['a', 'b'], 1, { a: { x: 1, b: 1 } }],
    [{ a: 'text' }, ['a', 'b'], 1, { a: { b: 1 } }],
    [{ a: 1 }, [], 2, { a: 1 }],
    [{ a: { b: 1 } }, ['a'], { c: 1 }, { a: { b: 1, c: 1 } }],
    // a list is one value, with another item it is another list
    [{ a: ['x', 'y'] }, ['a', '1'], 'z', { a: ['x', 'z'] }],
    [{ a: ['x'] }, ['a', '1'], 'z', { a: ['x', 'z'] }],
    [{ a: [{ b: 1, c: 2 }] }, ['a', '0', 'b'], 3, { a: [{ b: 3, c: 2 }] }],
    [{ a: [['x', 'y']] }, ['a', '0', '1'], 'z', { a: [['x', 'z']] }],
    [{ a: [] }, ['a', '0', 'b'], 3, { a: [{ b: 3 }] }],
  ])('%j at %j: %j', (value, path, item, expected) => {
    expect(set(value, path, item)).toEqual(expected)
  })

  test.each([['2'], ['-1'], ['x'], ['1.5'], ['__proto__']])('a list has no item %s', (name) => {
    const error = refusal(() => set({ a: ['x'] }, ['a', name], 1))
    expect(error.code).toBe('usage')
    expect(error.message).toBe('-s x: a is a list')
    expect(error.details.means).toContain('a[1] adds one')
  })

  test('an item is of the layer that set it', () => {
    const layers = stack({ a: ['x'] })
    layers.set(['a', '0'], 'y', { kind: 'flag', flag: 'set' })
    expect(originOf(layers, 'a', '0')).toBe('set')
  })
})

describe('a patch (RFC 7396)', () => {
  // the examples of its appendix A
  test.each<[unknown, unknown, unknown]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j and %j are %j', (target, patch, expected) => {
    const before = JSON.stringify(target)
    expect(applyPatch(target, patch)).toEqual(expected)
    expect(JSON.stringify(target)).toBe(before)
  })

  test('makes a member of __proto__', () => {
    const patched = applyPatch({}, JSON.parse('{"__proto__":{"polluted":1}}')) as object
    expect(Object.keys(patched)).toEqual(['__proto__'])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})

describe('a path', () => {
  test.each<[unknown, (string | number)[], unknown]>([
    [{ a: { b: 1 } }, ['a', 'b'], 1],
    [{ a: ['x', 'y'] }, ['a', 1], 'y'],
    [{ a: ['x', 'y'] }, ['a', '1'], 'y'],
    [{ a: ['x'] }, ['a', 'length'], undefined],
    [{ a: 'text' }, ['a', 'length'], undefined],
    [{ a: 'text' }, ['a', 0], undefined],
    [{}, ['constructor'], undefined],
    [{}, ['__proto__'], undefined],
    [null, ['a'], undefined],
    [5, [], 5],
  ])('%j at %j is %j', (value, path, expected) => {
    expect(readPath(value, path)).toEqual(expected)
  })

  test('ends at a secret', () => {
    const hidden = new Secrets(hash).hide('a secret', 'it', 'secret')
    expect(hidden).toBeInstanceOf(Hidden)
    expect(isTree(hidden)).toBe(false)
    expect(readPath({ a: hidden }, ['a', 'isNumber'])).toBeUndefined()
  })
})
