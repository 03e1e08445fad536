// `tokentool key inspect`: what a key or certificate is, and what it is not fit for.

import type { Context, Flags } from '../../cli.ts'
import type { ExitCode } from '../../core/error.ts'
import { judgeContents } from '../../io/key/describe/contents-report.ts'
import { reportItem } from '../../io/key/describe/key-report.ts'
import { openGiven, readKeyInput } from './input.ts'
import { formatInspectionJson } from './inspect-json.ts'
import { formatInspection } from './inspect-text.ts'

export async function inspectKey(
  [word]: readonly string[],
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const { world, printer } = context
  const given = await readKeyInput('inspect', word, flags, context)
  const contents = openGiven(given)
  const now = world.now()
  const inspection = {
    contents,
    shown: given.source.shown,
    reports: contents.items.map((item) => reportItem(item, now)),
    remarks: judgeContents(contents, given.source),
  }
  await world.stdout.write(
    flags.json === true
      ? formatInspectionJson(inspection)
      : formatInspection(inspection, world, await printer.paint('stdout')),
  )
  return 0
}
