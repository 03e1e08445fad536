import { describe, expect, it } from 'vitest'
import { fitColumns } from '../../src/core/layout.ts'

const COLUMNS = [
  { head: 'name', cells: ['a', 'longer'] },
  { head: 'places', cells: ['here, there, everywhere', ''], least: 8 },
  { head: 'note', cells: ['nothing to be said', 'ü'], least: 6 },
]

function lay(width: number): string[] {
  return fitColumns(COLUMNS, width).map((row) => row.join(''))
}

describe('fitColumns', () => {
  it('aligns, and leaves no space behind the last', () => {
    expect(lay(100)).toEqual([
      'name    places                   note',
      'a       here, there, everywhere  nothing to be said',
      'longer                           ü',
    ])
    expect(lay(Number.POSITIVE_INFINITY)).toEqual(lay(51))
  })

  it('cuts what may be cut, the later columns first', () => {
    expect(lay(50)[1]).toBe('a       here, there, everywhere  nothing to be sa…')
    expect(lay(40)[1]).toBe('a       here, there, everywhere  nothin…')
    expect(lay(30)[1]).toBe('a       here, there,…   nothi…')
  })

  it('then leaves out the last ones, but never the first', () => {
    expect(lay(22)[1]).toBe('a       here, there,…')
    expect(lay(10)).toEqual(['name', 'a', 'longer'])
    expect(lay(1)).toEqual(['name', 'a', 'longer'])
  })

  it('keeps within the width', () => {
    for (let width = 6; width < 60; width++) {
      for (const line of lay(width)) expect([...line].length).toBeLessThanOrEqual(width)
    }
  })
})
