// `tokentool trust list`: the files that have been trusted, and with what. A file that is gone, or that
// would be asked about again, is marked.

import type { Context, Flags } from '../cli.ts'
import { type ExitCode, TokenError } from '../core/error.ts'
import { findChanged, type Grant, isGranted, sortUses, type Use } from '../core/profile/grant.ts'
import { escapeJson, escapeLine } from '../core/terminal.ts'
import type { World } from '../core/world.ts'
import { showFile } from '../io/profile/profile-file.ts'
import { judgeFile } from '../io/profile/trust-document.ts'
import { layUses } from '../io/profile/trust-question.ts'
import { readTrust } from '../io/profile/trust-store.ts'
import { describeUse } from './trust.ts'

type State = 'trusted' | 'changed' | 'missing' | 'broken'

interface Row {
  readonly file: string
  readonly state: State
  readonly grants: readonly Grant[]
  /** what it would be asked about */
  readonly wanted: readonly Use[]
}

export async function listTrust(
  _names: readonly string[],
  flags: Flags,
  { world, printer }: Context,
): Promise<ExitCode> {
  const rows: Row[] = []
  for (const [file, grants] of readTrust(world)) rows.push(await judge(file, grants, world))
  if (flags.json === true) {
    const value = rows.map(({ file, state, grants, wanted }) => ({
      file,
      state,
      uses: sortUses(grants).map(describeUse),
      wants: wanted.map(describeUse),
    }))
    await world.stdout.write(`${escapeJson(JSON.stringify(value))}\n`)
    return 0
  }
  const { stdout } = world
  const width = stdout.isTTY ? stdout.columns - 1 : Number.POSITIVE_INFINITY
  const paint = await printer.paint('stdout')
  for (const row of rows) {
    const mark = MARKS[row.state]
    const note = mark === '' ? '' : `  ${paint('warning', mark)}`
    const lines = layUses([...sortUses(row.grants), ...row.wanted], width, world, [
      ...row.grants.map(() => ' '),
      ...row.wanted.map(() => '+'),
    ])
    const changed = row.wanted.flatMap((use) => findChanged(use, row.grants))
    const more = [...new Set(changed)].map((name) => `    ${escapeLine(name)} has changed`)
    const name = paint('strong', showFile(row.file, world))
    await stdout.write(`${[name + note, ...lines, ...more].join('\n')}\n`)
  }
  if (rows.length === 0) await printer.note('no project file has been trusted')
  return 0
}

const MARKS: Readonly<Record<State, string>> = {
  trusted: '',
  changed: '(wants more than it was trusted with)',
  missing: '(is no longer there)',
  broken: '(cannot be read as it is now)',
}

async function judge(file: string, grants: readonly Grant[], world: World): Promise<Row> {
  const row = (state: State, wanted: readonly Use[] = []): Row => ({ file, state, grants, wanted })
  try {
    const uses = (await judgeFile(file, world))?.uses ?? []
    const wanted = uses.filter((use) => !use.vague && !isGranted(use, grants))
    return row(wanted.length > 0 ? 'changed' : 'trusted', wanted)
  } catch (error) {
    if (!(error instanceof TokenError)) throw error
    return row(error.code === 'file_missing' ? 'missing' : 'broken')
  }
}
