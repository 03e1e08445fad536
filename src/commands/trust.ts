// `tokentool trust`: shows what a project file would use, and where it would go, and remembers that.

import type { Context, Flags } from '../cli.ts'
import { type ExitCode, TokenError } from '../core/error.ts'
import { showUse } from '../core/profile/trust.ts'
import { escapeJson, escapeLine } from '../core/terminal.ts'
import { readCatalog } from '../io/profile/catalog.ts'
import { trustDocument } from '../io/profile/trust.ts'

export async function trust(
  names: readonly string[],
  flags: Flags,
  { world }: Context,
): Promise<ExitCode> {
  const named = names[0]
  const found = await readCatalog(world, {
    config: named === undefined ? undefined : [named],
    packaged: false,
    optional: false,
  })
  const document = found.documents.find(
    ({ origin }) => origin === (named === undefined ? 'project' : 'named'),
  )
  if (document === undefined) {
    throw new TokenError('file_missing', 'there is no project file here', {
      means: 'your own file in ~/.config/tokentool and files named by -c need no trust',
    })
  }
  const uses = trustDocument(found, document, world)
  const lines = [...new Set(uses.map(showUse))]
  const text =
    flags.json === true
      ? escapeJson(
          JSON.stringify({
            file: document.file,
            uses: uses.map(({ what, where }) => ({ what, where })),
          }),
        )
      : [
          ...lines.map(escapeLine),
          `trusted ${document.shown}${lines.length === 0 ? ', which uses no secret' : ''}`,
        ].join('\n')
  await world.stdout.write(`${text}\n`)
  return 0
}
