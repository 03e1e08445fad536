// A command that reads its token from a file, over and over, as a busy program would, and tells how often
// what it read was torn or over. argv: the variable with the path, and for how many seconds.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

const [, , variable = '', seconds = '8'] = process.argv
const path = process.env[variable] ?? ''
const end = Date.now() + Number(seconds) * 1000
const seen = { reads: 0, torn: 0, expired: 0, generations: new Set() }

while (Date.now() < end) {
  for (let count = 0; count < 50; count++) {
    const text = readFileSync(path, 'utf8')
    const now = Date.now()
    seen.reads++
    const at = text.lastIndexOf('~')
    const sum = createHash('sha256').update(text.slice(0, at)).digest('hex').slice(0, 16)
    const [generation, expiry] = text.split('~')
    if (sum !== text.slice(at + 1)) seen.torn++
    else if (Number(expiry) <= now) seen.expired++
    seen.generations.add(generation)
  }
  // two cores are shared with who refreshes it
  await pause(2)
}
console.log(JSON.stringify({ ...seen, generations: seen.generations.size }))
