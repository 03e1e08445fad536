// Written whole or not at all, for nobody else to read; what someone else could have written is not read.

import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { readPrivateFile, writePrivateFile } from '../../src/io/cache/private-file.ts'

const root = mkdtempSync(join(tmpdir(), 'tokentool-private-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let folder = ''
let count = 0
beforeEach(() => {
  folder = join(root, `${++count}`)
  mkdirSync(folder)
})
const write = (path: string, text: string): void =>
  writePrivateFile(path, text, { uuid: () => crypto.randomUUID() })

test.each([0o000, 0o022, 0o077])('with umask %o it is for its owner alone', (umask) => {
  const before = process.umask(umask)
  const path = join(folder, 'x')
  try {
    write(path, 'secret')
  } finally {
    process.umask(before)
  }
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual(['x'])
})

test('a wider one is replaced, not filled', () => {
  const path = join(folder, 'x')
  writeFileSync(path, 'old', { mode: 0o666 })
  const { ino } = statSync(path)
  write(path, 'new')
  expect(readFileSync(path, 'utf8')).toBe('new')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(path).ino).not.toBe(ino)
})

test('it is never seen half written: what is written to has another name', async () => {
  const names = new Set<string>()
  const watcher = watch(folder, (event, name) => {
    if (event === 'change') names.add(`${name}`)
  })
  const path = join(folder, 'x')
  for (let round = 0; round < 20; round++) write(path, `${round}`.repeat(10_000))
  await new Promise((done) => setTimeout(done, 100))
  watcher.close()
  expect(names.size).toBeGreaterThan(0)
  expect(names).not.toContain('x')
})

test('a link in its place is replaced, and what it leads to is left alone', () => {
  const other = join(folder, 'other')
  writeFileSync(other, 'mine')
  symlinkSync(other, join(folder, 'x'))
  write(join(folder, 'x'), 'secret')
  expect(readFileSync(other, 'utf8')).toBe('mine')
  expect(readFileSync(join(folder, 'x'), 'utf8')).toBe('secret')
})

test('what cannot get its name leaves nothing behind', () => {
  mkdirSync(join(folder, 'x'))
  expect(() => write(join(folder, 'x'), 'secret')).toThrow()
  expect(readdirSync(folder)).toEqual(['x'])
})

function giveAway(path: string): void {
  chownSync(path, 12345, 12345)
}

const isRoot = process.geteuid?.() === 0

test.each<[string, (path: string) => void]>([
  ['others may write', (path: string) => chmodSync(path, 0o622)],
  ['a group may write', (path: string) => chmodSync(path, 0o620)],
  // only root can give a file away
  ...(isRoot ? [['belongs to somebody else', giveAway] as [string, (path: string) => void]] : []),
  [
    'is a link',
    (path: string) => {
      writeFileSync(`${path}.real`, 'text', { mode: 0o600 })
      rmSync(path)
      symlinkSync(`${path}.real`, path)
    },
  ],
  [
    'is a folder',
    (path: string) => {
      rmSync(path)
      mkdirSync(path)
    },
  ],
  ['is too large', (path: string) => writeFileSync(path, 'x'.repeat(101))],
])('one that %s is not read', (_, change) => {
  const path = join(folder, 'x')
  writeFileSync(path, 'text', { mode: 0o600 })
  expect(readPrivateFile(path, 100)).toBe('text')
  change(path)
  expect(readPrivateFile(path, 100)).toBeUndefined()
})

test('one that others may only read is read, and theirs no longer', () => {
  const path = join(folder, 'x')
  writeFileSync(path, 'text', { mode: 0o644 })
  expect(readPrivateFile(path, 100)).toBe('text')
  expect(statSync(path).mode & 0o777).toBe(0o600)
})
