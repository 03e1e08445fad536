// What would go where, and the question whether it may. All of it is text of somebody else's file: it
// is shown whole, and nothing in it is obeyed by the terminal.

import { TokenError } from '../../core/error.ts'
import { findChanged, type Grant, showWhat, showWhere, type Use } from '../../core/profile/grant.ts'
import { escapeLine, wrap } from '../../core/terminal.ts'
import type { World } from '../../core/world.ts'
import type { Printer } from '../printer.ts'
import type { Lack } from './trust.ts'

/** Where a person sees the question and can answer it; never in CI. */
export function canAsk(
  flags: Readonly<Record<string, unknown>>,
  { stdin, stderr, env }: World,
): boolean {
  return stdin.isTTY && stderr.isTTY && flags.input !== false && !env.CI
}

export async function askTrust(lack: Lack, world: World, printer: Printer): Promise<boolean> {
  const { shown, uses, before } = lack
  const more = before.length > 0 ? 'wants to use more than it was trusted with' : 'wants to use'
  const width = world.stderr.columns - 1
  const changed = [...new Set(uses.flatMap((use) => findChanged(use, before)))]
  const lines = [
    wrap(escapeLine(`${shown} was found here and ${more}:`), width, 0),
    ...layUses(uses, width, world),
    ...changed.map((name) =>
      fold(escapeLine(`${name} has changed since it was trusted`), width, 0),
    ),
  ]
  return askYes(lines, uses.length, world, printer)
}

/** Anything but a yes is a no; who goes away is not asked again. */
export async function askYes(
  lines: readonly string[],
  count: number,
  world: World,
  printer: Printer,
): Promise<boolean> {
  await printer.clearStatus()
  await world.stderr.write(`${lines.join('\n')}\n`)
  const dialog = await world.stdin.openDialog()
  try {
    const these = count > 1 ? `with these ${count}` : 'with that'
    const answer = await dialog.ask(`trust it ${these}? [y/N] `)
    if (answer === undefined)
      throw new TokenError('interrupted', 'interrupted; nothing was trusted')
    return /^\s*y(es)?\s*$/i.test(answer)
  } finally {
    dialog.close()
  }
}

/** In two columns where they fit; else what and where below each other. Nothing is cut. */
export function layUses(
  uses: readonly (Use | Grant)[],
  width: number,
  { secrets }: Pick<World, 'secrets'>,
  marks: readonly string[] = [],
): string[] {
  const safe = (text: string): string => escapeLine(secrets.clean(text))
  const rows = uses.map((use, index) => ({
    what: `${marks[index] ?? ' '} ${safe(showWhat(use))}`,
    where: `→ ${safe(showWhere(use))}`,
  }))
  const column = Math.max(...rows.map(({ what }) => what.length))
  const wide = Math.max(...rows.map(({ where }) => where.length))
  if (1 + column + 2 + wide <= width) {
    return rows.map(({ what, where }) => ` ${what.padEnd(column)}  ${where}`)
  }
  return rows.flatMap(({ what, where }) => [
    fold(` ${what}`, width, 5),
    `     ${fold(where, width - 5, 7)}`,
  ])
}

/** Between letters where it must be: a path has no spaces. */
function fold(text: string, width: number, indent: number): string {
  const letters = [...text]
  const lines = [letters.splice(0, Math.max(20, width)).join('')]
  const rest = Math.max(20, width - indent)
  while (letters.length > 0) lines.push(' '.repeat(indent) + letters.splice(0, rest).join(''))
  return lines.join('\n')
}
