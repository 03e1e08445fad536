// `tokentool trust`: shows what a project file would use, and where it would go, and remembers that.

import type { Context, Flags } from '../cli.ts'
import { type ExitCode, TokenError } from '../core/error.ts'
import {
  type Grant,
  isGranted,
  listUnused,
  showUse,
  sortUses,
  type Use,
} from '../core/profile/grant.ts'
import { escapeJson, escapeLine } from '../core/terminal.ts'
import type { World } from '../core/world.ts'
import { rememberFile, VAGUE } from '../io/profile/trust.ts'
import { judgeFile } from '../io/profile/trust-document.ts'
import { askYes, canAsk, layUses } from '../io/profile/trust-question.ts'
import { readTrust } from '../io/profile/trust-store.ts'

export async function trust(
  names: readonly string[],
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const { world, printer } = context
  const judged = await judgeFile(names[0], world)
  if (judged === undefined) throw nothingHere(world)
  const { document } = judged
  const uses = judged.uses.filter(({ vague }) => !vague)
  for (const use of judged.uses.filter(({ vague }) => vague))
    await printer.warn(`not trusted: ${showUse(use)}${VAGUE}`)
  const before = readTrust(world).get(document.file)
  const changes = compare(uses, before ?? [])
  const asks = changes.added.length > 0 && canAsk(flags, world)
  if (asks) {
    const rows = [...changes.added, ...changes.removed]
    const marks = before === undefined ? [] : rows.map((_, at) => markOf(at, changes))
    const lines = layUses(rows, world.stderr.columns - 1, world, marks)
    const title = escapeLine(
      `${document.shown} ${before === undefined ? 'wants to use' : 'has changed what it uses'}:`,
    )
    if (!(await askYes([title, ...lines], changes.added.length, world, printer))) {
      throw new TokenError('untrusted', `${document.shown} is not trusted with that`, {
        means: before === undefined ? 'nothing was remembered' : 'what it was allowed before stays',
      })
    }
  }
  rememberFile(document.file, uses, world)
  await world.stdout.write(
    flags.json === true
      ? formatJson(document.file, uses, changes)
      : formatText(document.shown, { uses, changes, fresh: before === undefined, told: asks }),
  )
  return 0
}

interface Changes {
  readonly added: readonly Use[]
  readonly removed: readonly Grant[]
}

function compare(uses: readonly Use[], before: readonly Grant[]): Changes {
  return {
    added: uses.filter((use) => !isGranted(use, before)),
    removed: sortUses(listUnused(before, uses)),
  }
}

function markOf(at: number, { added }: Changes): string {
  return at < added.length ? '+' : '-'
}

interface Result {
  readonly uses: readonly Use[]
  readonly changes: Changes
  /** nothing was remembered of the file */
  readonly fresh: boolean
  /** the question has shown it already */
  readonly told: boolean
}

function formatText(shown: string, { uses, changes, fresh, told }: Result): string {
  const { added, removed } = changes
  const lines = fresh
    ? uses.map(showUse)
    : [...added, ...removed].map((use, at) => `${markOf(at, changes)} ${showUse(use)}`)
  const same = !fresh && lines.length === 0
  const last =
    uses.length === 0
      ? `trusted ${shown}, which uses no secret`
      : `trusted ${shown}${same ? ', as before' : ''}`
  return [...(told ? [] : lines), last].map((line) => `${escapeLine(line)}\n`).join('')
}

function formatJson(file: string, uses: readonly Use[], { added, removed }: Changes): string {
  const value = {
    file,
    uses: uses.map(describeUse),
    added: added.map(describeUse),
    removed: removed.map(describeUse),
  }
  return `${escapeJson(JSON.stringify(value))}\n`
}

export function describeUse({ what, where, programs = {} }: Use | Grant): object {
  const hashes = Object.keys(programs).length > 0 ? { programs } : {}
  return { what, where: where ?? null, ...hashes }
}

export function nothingHere({ env }: World): TokenError {
  return new TokenError('file_missing', 'there is no project file here', {
    means: env.TOKENTOOL_CONFIG
      ? 'TOKENTOOL_CONFIG names the files, and files that are named need no trust'
      : 'your own file in ~/.config/tokentool and files named by -c need no trust',
  })
}
