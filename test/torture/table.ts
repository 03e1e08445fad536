// The table, a line when its row is done; what went wrong stands below it.

import type { Reporter, TestCase } from 'vitest/node'
import './row.ts'

const LOST: string[] = []

export const table: Reporter = {
  onInit() {
    say('| row | what | figure | target | | s |')
    say('|---|---|---|---|---|---|')
  },
  onTestCaseResult(test: TestCase) {
    const { state, errors = [] } = test.result()
    const row = test.meta().row
    // not asked for
    if (row === undefined && state === 'skipped') return
    const { id = '?', what = test.name, figure = '', target = '' } = row ?? {}
    const verdict = state === 'passed' ? 'ok' : state === 'skipped' ? '–' : 'MISSED'
    const seconds = ((test.diagnostic()?.duration ?? 0) / 1000).toFixed(1)
    say(`| ${[id, what, figure, target, verdict, seconds].join(' | ')} |`)
    for (const error of errors)
      LOST.push(
        `${id} ${what}\n${error.message}\n${(error.stacks ?? [])
          .slice(0, 2)
          .map(({ file, line }) => `    ${file}:${line}`)
          .join('\n')}`,
      )
  },
  onTestRunEnd(modules, errors) {
    for (const module of modules)
      for (const error of module.errors()) LOST.push(`${module.moduleId}\n${error.message}`)
    for (const error of errors) LOST.push(`${error.message}`)
    say(LOST.length === 0 ? '\nevery row holds' : `\n${LOST.join('\n\n')}`)
  },
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
