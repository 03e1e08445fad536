// `tokentool mint`: the signed assertion, as it would be sent; nothing is sent.

import type { Context, Flags } from '../cli.ts'
import { findMinting } from '../core/call/assertion.ts'
import { prepareCall } from '../core/call/call.ts'
import { checkChain } from '../core/call/line.ts'
import { readJwt } from '../core/call/token.ts'
import { type ExitCode, TokenError } from '../core/error.ts'
import type { Profile } from '../core/profile/profile.ts'
import { escapeJson } from '../core/terminal.ts'
import { textOf } from '../io/profile/selection.ts'
import { openProfiles } from './opening.ts'

export async function mint(
  names: readonly string[],
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const { world } = context
  const opening = await openProfiles(names, flags, context)
  const { profiles } = opening
  try {
    const profile = findMinting(profiles)
    if (profile === undefined) throw mintsNothing(profiles)
    const tools = await opening.openTools([profile])
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
    await opening.close()
  }
}

function mintsNothing(profiles: readonly Profile[]): TokenError {
  return new TokenError(
    'usage',
    `${profiles.map(({ name }) => name).join(' → ')} signs no assertion`,
    { means: 'the call is made with a client secret or a token' },
  )
}
