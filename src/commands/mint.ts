// `tokentool mint`: the signed assertion, as it would be sent; nothing is sent.

import type { Context, Flags } from '../cli.ts'
import { ASSERTION_FORMS } from '../core/answer/form-names.ts'
import { findMinting } from '../core/call/assertion.ts'
import { prepareCall } from '../core/call/call.ts'
import { checkChain } from '../core/call/line.ts'
import { readJwt } from '../core/call/token.ts'
import { type ExitCode, TokenError } from '../core/error.ts'
import type { Profile } from '../core/profile/profile.ts'
import { isOutside } from '../core/provider.ts'
import { quoteShell } from '../core/shell.ts'
import { escapeJson } from '../core/terminal.ts'
import { textOf } from '../io/profile/selection.ts'
import { openProfiles } from './opening.ts'

export async function mint(
  names: readonly string[],
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const { world } = context
  const form = readForm(flags)
  const opening = await openProfiles(names, flags, context)
  const { profiles } = opening
  try {
    const profile = findMinting(profiles)
    if (profile === undefined) throw mintsNothing(profiles)
    refuseOutside(profile)
    // of the others too: what they need decides what this one says
    const tools = await opening.openTools(profiles)
    // what the next call needs is asked for here, as when it is sent
    checkChain(profiles, tools)
    const { minted } = await prepareCall(profile, undefined, tools, 'show')
    if (minted === undefined) throw new TokenError('bug', 'an assertion was not made')
    const jwt = minted.jwt.reveal()
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

function readForm(flags: Flags): string {
  const form = flags.json === true ? 'json' : (textOf(flags.output) ?? 'token')
  if (ASSERTION_FORMS.some((known) => known === form)) return form
  throw new TokenError('usage', `-o ${form} is for a token, and mint makes an assertion`, {
    means: `of an assertion there are ${ASSERTION_FORMS.join(', ')}`,
    fix: ['tokentool mint', `tokentool get -o ${form}`],
  })
}

function refuseOutside({ name, provider }: Profile): void {
  const { assertion = provider.client_assertion } = provider
  if (assertion === undefined || !isOutside(assertion)) return
  const [[kind, from = ''] = []] = Object.entries(assertion)
  const [word = ''] = from.split(/\s/)
  const source =
    kind === 'file' ? from : kind === 'env' ? `the variable ${from}` : `the command ${word}`
  throw new TokenError('usage', `${name}: nothing is minted, its assertion comes from ${source}`, {
    means: 'mint prints what is signed here',
    fix: `tokentool get ${quoteShell(name)} -n   (shows the request it goes into)`,
  })
}

function mintsNothing(profiles: readonly Profile[]): TokenError {
  return new TokenError(
    'usage',
    `${profiles.map(({ name }) => name).join(' → ')} signs no assertion`,
    { means: 'the call is made with a client secret or a token' },
  )
}
