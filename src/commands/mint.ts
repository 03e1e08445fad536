// `tokentool mint`: the signed assertion, as it would be sent; nothing is sent.

import type { Context, Flags } from '../cli.ts'
import { findMinting } from '../core/call/assertion.ts'
import { prepareCall } from '../core/call/call.ts'
import { checkChain } from '../core/call/line.ts'
import { readJwt } from '../core/call/token.ts'
import { type ExitCode, TokenError } from '../core/error.ts'
import { planChain } from '../core/profile/chain.ts'
import { escapeJson } from '../core/terminal.ts'
import { readCatalog } from '../io/profile/catalog.ts'
import { readSelection, textOf } from '../io/profile/selection.ts'
import { requireTrust } from '../io/profile/trust.ts'
import { createTools } from '../io/tools.ts'
import { createWatch } from '../io/watch.ts'

export async function mint(
  names: readonly string[],
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const { world, printer } = context
  const warn = (text: string): void => void printer.warn(text)
  const selection = await readSelection(names, flags, world, warn)
  const catalog = await readCatalog(world, {
    config: flags.config as string[] | undefined,
    packaged: flags.sandbox === true,
    optional: selection.provider !== undefined,
  })
  const profiles = planChain(catalog, selection)
  const profile = findMinting(profiles)
  if (profile === undefined) {
    throw new TokenError(
      'usage',
      `${profiles.map(({ name }) => name).join(' → ')} signs no assertion`,
      {
        means: 'the call is made with a client secret or a token',
      },
    )
  }
  const watch = createWatch(printer)
  const sandbox =
    flags.sandbox === true
      ? await (await import('../sandbox/embed.ts')).openSandbox(catalog, selection, world, printer)
      : undefined
  try {
    const tools = sandbox?.tools(watch, warn) ?? createTools(world, { watch, warn })
    if (!sandbox) await requireTrust([profile], world, tools)
    // what the next call needs is asked for here, as when it is sent
    checkChain(profiles, tools)
    const { minted } = await prepareCall(profile, undefined, tools, { discover: false })
    if (minted === undefined) throw new TokenError('bug', 'an assertion was not made')
    const jwt = minted.jwt.reveal()
    const form = flags.json === true ? 'json' : (textOf(flags.output) ?? 'token')
    const read = readJwt(jwt)
    const texts: Readonly<Record<string, string>> = {
      token: jwt,
      header: `Authorization: Bearer ${jwt}`,
      claims: escapeJson(read?.payload ?? ''),
      json: escapeJson(
        JSON.stringify({
          profile: profile.name,
          provider: profile.providerName,
          environment: profile.environment ?? null,
          assertion: jwt,
          header: read?.header,
          claims: read?.claims,
        }),
      ),
    }
    await world.stdout.write(`${texts[form]}\n`)
    return 0
  } finally {
    await sandbox?.close()
  }
}
