// What killed runs left behind, and what is over, is taken away: both may hold tokens.

import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isEntry, LARGEST_ENTRY } from '../../core/cache/entry.ts'
import { isJsonObject, readJson } from '../../core/json.ts'
import { removeFile } from './loose-file.ts'
import { readPrivateFile } from './private-file.ts'

/** Milliseconds: no run takes that long between making a file and giving it its name. */
const ORPHANED = 60_000
const HOUR = 3_600_000

/** The names that we give. Who knows what else somebody keeps in a folder that he said we may use. */
function isOurs(name: string): boolean {
  return /^(salt|[0-9a-f]{16}|[0-9a-f]{64})(\.[\w-]+)*$/.test(name)
}

/** By its name; what is still being written is called the same. */
export function isOrphan(name: string): boolean {
  return /\.(tmp|own|break)$/.test(name)
}

/** In every run: looking at the names is all it takes. */
export function sweepOrphans(folder: string, now: number): void {
  for (const name of listFiles(folder)) {
    if (!isOrphan(name)) continue
    const path = join(folder, name)
    if (ageOf(path, now) > ORPHANED) removeFile(path)
  }
}

/** Where something is written anyway. */
export function sweepOver(folder: string, now: number): void {
  for (const name of listFiles(folder)) {
    const path = join(folder, name)
    if (isOver(path, name, now)) removeFile(path)
  }
}

function isOver(path: string, name: string, now: number): boolean {
  const age = ageOf(path, now)
  if (name === 'salt' || age < ORPHANED) return false
  // whoever holds one touches it every second
  if (/\.(lock|pending)$/.test(name)) return age > HOUR
  if (name.endsWith('.id')) return age > 24 * 30 * HOUR
  const data = readJson(readPrivateFile(path, LARGEST_ENTRY) ?? '')
  const known = isEntry(data) || (isJsonObject(data) && typeof data.until === 'number')
  return known ? (data.until as number) <= now : true
}

export function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder).filter(isOurs)
  } catch {
    return []
  }
}

function ageOf(path: string, now: number): number {
  try {
    return now - statSync(path).mtimeMs
  } catch {
    return 0
  }
}
