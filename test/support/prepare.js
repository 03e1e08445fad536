// Before `npm test`, `npm run demo` and `npm run bench`: what a fresh clone lacks. Installs from the lock
// file when node_modules is not what it says, and builds when dist/ is older than src/.

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** When a file, or the newest file of a folder, was changed. */
function changedAt(name) {
  const path = `${root}${name}`
  if (!existsSync(path)) return 0
  const stats = statSync(path)
  if (!stats.isDirectory()) return stats.mtimeMs
  return Math.max(0, ...readdirSync(path).map((entry) => changedAt(`${name}/${entry}`)))
}

function run(command, ...args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  if (status === 0) return
  process.stderr.write(`${command} ${args.join(' ')} failed\n${stdout}${stderr}`)
  process.exit(1)
}

const installed = changedAt('node_modules/.package-lock.json')
if (installed === 0 || installed < changedAt('package-lock.json')) {
  run('npm', 'ci', '--no-audit', '--no-fund')
}
const sources = ['src', '.rolldown.config.js', 'package.json', 'node_modules/.package-lock.json']
if (changedAt('dist/main.cjs') < Math.max(...sources.map(changedAt))) {
  run(process.execPath, 'node_modules/rolldown/bin/cli.mjs', '-c', '.rolldown.config.js')
}
