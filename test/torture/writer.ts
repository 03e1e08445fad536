// One of several that write to the same cache, each in a space of processes of its own, where all of
// them have the same number: `node writer.js FOLDER WRITES`, bundled. Says what it saw.

import { createHash, randomInt, randomUUID } from 'node:crypto'
import { mkdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import type { World } from '../../src/core/world.ts'
import { openTokenStore } from '../../src/io/cache/token-store.ts'

const [folder = '', writes = '0'] = process.argv.slice(2)
const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
const told = { pid: process.pid, writes: 0, reads: 0, torn: 0, errors: 0, claims: 0, together: 0 }

// all that the store asks of it
const world = {
  env: { TOKENTOOL_CACHE_DIR: folder },
  cwd: '/',
  home: '/',
  now: () => Date.now(),
  uuid: randomUUID,
  hash,
  holds: new Set(),
  signal: new AbortController().signal,
} as unknown as World

const store = openTokenStore(world, () => {
  told.errors++
})

function spell(count: number): string {
  const text = JSON.stringify({ by: randomUUID(), count, filling: `${count % 10}`.repeat(3000) })
  return JSON.stringify({ version: 1, text, sum: hash(text) })
}

function isWhole(text: string): boolean {
  try {
    const { text: inner, sum } = JSON.parse(text) as { text: string; sum: string }
    return hash(inner) === sum
  } catch {
    return false
  }
}

/** A folder can be made once: whoever finds it there is not alone. */
async function claim(name: string): Promise<void> {
  const mine = await store?.claim(name, Date.now() + 20_000, () => false)
  if (typeof mine !== 'object') return
  told.claims++
  const inside = join(folder, `inside-${name}`)
  try {
    mkdirSync(inside)
    await new Promise((done) => setTimeout(done, 2))
    rmdirSync(inside)
  } catch {
    told.together++
  }
  mine.release()
}

for (let count = 0; count < Number(writes); count++) {
  const name = `${randomInt(6)}`.repeat(64)
  store?.write(name, spell(count))
  told.writes++
  const text = store?.read(`${randomInt(6)}`.repeat(64))
  if (text !== undefined) {
    told.reads++
    if (!isWhole(text)) told.torn++
  }
  if (count % 20 === 0) await claim(`${randomInt(2)}`.repeat(64))
}
process.stdout.write(JSON.stringify(told))
