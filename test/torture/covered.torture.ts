// The rows that ordinary tests keep: run here once more, so that the table is whole. The short form
// leaves this file out.

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'vitest'
import { row } from './row.ts'

interface Covered {
  readonly id: string
  readonly what: string
  readonly target: string
  /** below test/, and which of their tests, by name */
  readonly files: readonly string[]
  readonly tests?: RegExp
  /** fewer than this would be another row */
  readonly least: number
}

const CACHE = 'e2e/reliability-cache.test.ts'
const SECURE = 'e2e/reliability-secure.test.ts'

const COVERED: readonly Covered[] = [
  {
    id: 'R13',
    what: 'damaged entries',
    target: '200: 1 request, exit 0, replaced, never shown',
    files: [CACHE],
    tests: /^R13/,
    least: 1,
  },
  {
    id: 'R15',
    what: 'what makes another token, and what does not',
    target: '≥ 25 columns',
    files: [CACHE],
    tests: /^R15/,
    least: 4,
  },
  {
    id: 'R16',
    what: 'a refresh that fails',
    target: 'the old token, exit 0, a warning',
    files: [CACHE],
    tests: /^R16/,
    least: 4,
  },
  {
    id: 'R17',
    what: 'what can be used once',
    target: '1 request',
    files: [CACHE],
    tests: /^R17/,
    least: 4,
  },
  {
    id: 'E8',
    what: 'cache list, cache clear, --no-cache, --force-new, --min-ttl',
    target: 'requests as they say',
    files: [CACHE],
    tests: /^E8/,
    least: 4,
  },
  {
    id: 'S3',
    what: 'the environment of an exec child',
    target: 'the named variables, without ours',
    files: ['e2e/exec.test.ts', 'unit/exec.test.ts'],
    least: 5,
  },
  {
    id: 'S5',
    what: 'modes of key and secret files',
    target: '≥ 12',
    files: ['unit/key-file.test.ts', 'e2e/key-modes.test.ts'],
    least: 12,
  },
  {
    id: 'S6',
    what: 'plain http',
    target: '≥ 20 URLs, 0 packets',
    files: ['unit/url.test.ts'],
    least: 20,
  },
  {
    id: 'S7',
    what: 'redirects',
    target: 'the second host sees 0 bytes',
    files: ['unit/http.test.ts', SECURE],
    tests: /is not followed|^S7/,
    least: 10,
  },
  {
    id: 'S8',
    what: 'TLS of every kind, and whose leniency it is',
    target: 'refused; never of the next hop',
    files: ['unit/http-tls.test.ts', SECURE],
    tests: /trusted|mutual|^S8|not speak/,
    least: 20,
  },
  {
    id: 'S9',
    what: 'hostile texts in every form, in real shells',
    target: '0 commands, 0 variables more',
    files: ['e2e/forms-hostile.test.ts'],
    least: 3,
  },
  {
    id: 'S10',
    what: 'a project file that was found',
    target: 'nothing used that was not shown',
    files: ['e2e/trust.test.ts', 'e2e/trust-question.test.ts'],
    least: 15,
  },
  {
    id: 'S11',
    what: 'addresses in answers, tokens and metadata',
    target: 'lead nowhere',
    files: ['unit/discovery.test.ts', SECURE],
    tests: /not found|^S11/,
    least: 5,
  },
  {
    id: 'S13',
    what: 'tokens that choose their own judge, RFC vectors',
    target: '≥ 60 vectors',
    files: ['unit/verifier.test.ts', 'unit/jose-vectors.test.ts'],
    least: 60,
  },
  {
    id: 'E1',
    what: 'exit codes of exec',
    target: '0–255, 128+n, 125, 126, 127',
    files: ['e2e/exec.test.ts'],
    tests: /exit|code|signal|found|execut/i,
    least: 3,
  },
  {
    id: 'E2',
    what: 'signals of exec',
    target: '≤ 50 ms, exactly once',
    files: ['e2e/exec-signals.test.ts'],
    least: 5,
  },
  {
    id: 'E3',
    what: 'exec --token-file',
    target: '0 torn, 0 expired',
    files: ['e2e/exec-token-file.test.ts'],
    least: 3,
  },
  {
    id: 'E4',
    what: 'helper forms',
    target: 'stderr 0 bytes on success',
    files: ['e2e/forms.test.ts', 'e2e/forms-kubectl.test.ts', 'e2e/forms-failure.test.ts'],
    least: 10,
  },
  {
    id: 'E6',
    what: 'errors',
    target: 'one line what, one what to do, code from the table',
    files: ['e2e/output.test.ts', 'e2e/reliability-errors.test.ts'],
    tests: /exit codes|^E6/,
    least: 15,
  },
  {
    id: 'E7',
    what: 'doctor',
    target: 'finds it without minting',
    files: [
      'unit/doctor.test.ts',
      'unit/doctor-network.test.ts',
      'unit/doctor-cache.test.ts',
      'e2e/doctor.test.ts',
      'e2e/doctor-online.test.ts',
    ],
    least: 20,
  },
]

interface Verdict {
  readonly name: string
  readonly fullName: string
  readonly status: string
}

let verdicts: Promise<Map<string, Verdict[]>> | undefined

for (const { id, what, target, files, tests = /./, least } of COVERED) {
  row(id, what, target, async ({ figure }) => {
    // the first row of them runs them all
    verdicts ??= runTests()
    const known = await verdicts
    const all = files.flatMap((file) => known.get(file) ?? [])
    const meant = all.filter(({ fullName }) => tests.test(fullName))
    const failed = meant.filter(({ status }) => status === 'failed')
    const skipped = meant.filter(({ status }) => !['passed', 'failed'].includes(status))
    figure(
      `${meant.length - failed.length - skipped.length} tests pass${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}${failed.length > 0 ? `, ${failed.length} fail` : ''}`,
    )
    if (failed.length > 0) expect.fail(failed.map(({ fullName }) => fullName).join('\n'))
    expect(meant.length - skipped.length).toBeGreaterThanOrEqual(least)
  })
}

async function runTests(): Promise<Map<string, Verdict[]>> {
  const root = resolve(import.meta.dirname, '../..')
  const folder = mkdtempSync(join(tmpdir(), 'tokentool-covered-'))
  const report = join(folder, 'report.json')
  const names = [...new Set(COVERED.flatMap(({ files }) => files))].map((file) => `test/${file}`)
  const child = spawn(
    process.execPath,
    [
      ...[join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'test/vitest.config.ts'],
      ...['--root', '.', '--reporter=json', `--outputFile=${report}`, ...names],
    ],
    { cwd: root, stdio: 'ignore' },
  )
  await new Promise((done) => child.on('close', done))
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    testResults: {
      name: string
      assertionResults: { title: string; fullName: string; status: string }[]
    }[]
  }
  rmSync(folder, { recursive: true })
  return new Map(
    testResults.map(({ name, assertionResults }) => [
      name.slice(join(root, 'test/').length),
      assertionResults.map(({ title, fullName, status }) => ({
        name: title,
        fullName: fullName.trim(),
        status,
      })),
    ]),
  )
}
