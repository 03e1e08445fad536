// The direct path, as ccache calls it: what a run looked at (files, the absence of files, variables,
// arguments) is remembered with the token that it led to. As long as all of that looks the same, the
// next run reads that token and nothing else. Whatever is not exactly as it was leads the long way.

import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { LARGEST_ENTRY, readEntry } from '../../core/cache/entry.ts'
import { readJson } from '../../core/json.ts'
import { findCacheFolder, judgeFolder } from './folder.ts'
import { readPrivateFile } from './private-file.ts'
import { isSettled, statFile } from './stat.ts'
import { isOrphan, listFiles } from './sweep.ts'

const VERSION = 1
const LARGEST = 256 * 1024

/** What of a file decided something: all of it, or only whose it is. */
export type Part = 'all' | 'owner'

export interface Shortcut {
  readonly version: number
  readonly argv: readonly string[]
  readonly cwd: string
  readonly home: string | null
  /** null: there was none */
  readonly files: readonly (readonly [path: string, part: Part, stat: string | null])[]
  /** `=` and the value, `#` and its keyed hash; null: it was not set */
  readonly variables: readonly (readonly [name: string, value: string | null])[]
  readonly salt: string
  /** of the entry, and when it was saved: a newer one may print differently */
  readonly name: string
  readonly saved_at: number
  /** milliseconds: until then it is fresh */
  readonly until: number
  /** what was printed, with the token wherever two pieces meet */
  readonly pieces: readonly string[]
}

export interface Occasion {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly home: string | undefined
  /** milliseconds */
  now(): number
  hash(text: string): string
}

/** What the long way would print; undefined: it has to be gone. */
export function takeShortcut(occasion: Occasion): string | undefined {
  const root = findCacheFolder(occasion)
  if (root === undefined) return undefined
  const folder = join(root, 'tokens')
  const path = join(folder, nameShortcut(occasion))
  if (!existsSync(path) || judgeFolder(root, folder) !== undefined) return undefined
  const shortcut = readJson(readPrivateFile(path, LARGEST) ?? '') as Shortcut | undefined
  if (shortcut === undefined || !isSame(shortcut, occasion)) return undefined
  const { name, saved_at, until, pieces } = shortcut
  const now = occasion.now()
  const entry = readEntry(readPrivateFile(join(folder, name), LARGEST_ENTRY), name)
  if (entry?.saved_at !== saved_at || saved_at > now || now > until) return undefined
  // what a killed run left is taken away on the long way
  if (listFiles(folder).some(isOrphan)) return undefined
  return pieces.join(entry.token)
}

function isSame(shortcut: Shortcut, { argv, env, cwd, home, hash }: Occasion): boolean {
  return (
    shortcut.version === VERSION &&
    shortcut.cwd === cwd &&
    shortcut.home === (home ?? null) &&
    isEqual(shortcut.argv, argv) &&
    shortcut.variables.every(
      ([name, value]) => value === describeVariable(name, env[name], shortcut.salt, hash),
    ) &&
    shortcut.files.every(([path, part, stat]) => stat === describeFile(path, part))
  )
}

function isEqual(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, index) => word === other[index])
}

/** Paths and switches of ours, that are no secret; what others are for is not known. */
const OPEN =
  /^(HOME|USERPROFILE|XDG_[A-Z]+_HOME|XDG_RUNTIME_DIR|TOKENTOOL_[A-Z_]+|CI|RUNNER_TEMP|SHELL|TERM|NO_COLOR|FORCE_COLOR)$/

function describeVariable(
  name: string,
  value: string | undefined,
  salt: string,
  hash: (text: string) => string,
): string | null {
  if (value === undefined) return null
  return OPEN.test(name) ? `=${value}` : `#${hash(`${salt}\n${name}\n${value}`)}`
}

function describeFile(path: string, part: Part): string | null {
  if (part === 'all') return statFile(path)?.text ?? null
  return `${statSync(path, { throwIfNoEntry: false })?.uid ?? 'none'}`
}

/** A file as it was before it was read, and when that was. */
export interface Look {
  readonly part: Part
  readonly stat: string | null
  readonly settled: boolean
}

export function lookAt(path: string, part: Part, now: number): Look {
  const stat = part === 'all' ? statFile(path) : undefined
  return {
    part,
    stat: part === 'all' ? (stat?.text ?? null) : describeFile(path, part),
    settled: stat === undefined || isSettled(stat, now),
  }
}

export interface Trail {
  readonly files: ReadonlyMap<string, Look>
  readonly variables: ReadonlySet<string>
}

/** undefined: something has changed since, or so lately before that it would not show. */
export function describeShortcut(
  { argv, env, cwd, home, hash }: Occasion,
  trail: Trail,
  salt: string,
  found: Pick<Shortcut, 'name' | 'saved_at' | 'until' | 'pieces'>,
): Shortcut | undefined {
  const files = [...trail.files]
  const isAsItWas = ([path, look]: (typeof files)[number]): boolean =>
    look.settled && look.stat === describeFile(path, look.part)
  if (!files.every(isAsItWas)) return undefined
  return {
    version: VERSION,
    argv,
    cwd,
    home: home ?? null,
    files: files.map(([path, { part, stat }]) => [path, part, stat]),
    variables: [...trail.variables].map((name) => [
      name,
      describeVariable(name, env[name], salt, hash),
    ]),
    salt,
    ...found,
  }
}

/** Not secret, and compared in full afterwards: it need only spread. */
export function nameShortcut({ argv, cwd }: Pick<Occasion, 'argv' | 'cwd'>): string {
  let one = 0xdeadbeef
  let other = 0x41c6ce57
  for (const char of JSON.stringify([argv, cwd])) {
    const code = char.codePointAt(0) ?? 0
    one = Math.imul(one ^ code, 2654435761)
    other = Math.imul(other ^ code, 1597334677)
  }
  const hex = (number: number): string => (number >>> 0).toString(16).padStart(8, '0')
  return `${hex(one)}${hex(other)}.direct`
}
