// `npm run torture`: the rows of the promise (reliability and security) that take many processes, other
// clocks, full disks and broken networks. Prints a row when it is measured; fails when one misses.
//
//   npm run torture -- --short          what fits into a minute
//   npm run torture -- R3 S4            these rows alone

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const words = process.argv.slice(2)
const isShort = words.includes('--short')
const rows = words.filter((word) => !word.startsWith('-'))

console.log(`Node ${process.versions.node}, the ${isShort ? 'short' : 'long'} form\n`)
const { status } = spawnSync(
  process.execPath,
  [
    `${root}node_modules/vitest/vitest.mjs`,
    'run',
    ...['--config', 'test/torture/vitest.config.ts', '--root', '.'],
    ...(rows.length > 0 ? ['-t', `^(${rows.join('|')}) `] : []),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, TORTURE: isShort ? 'short' : 'long' } },
)
process.exitCode = status ?? 1
