// `tokentool exec`: a command with tokens in its environment. All of them are there before it starts;
// from then on it has the terminal, the streams and the last word on how this ends.

import type { Context, Flags } from '../cli.ts'
import { writeMasks } from '../core/answer/form/github.ts'
import { listVariables, type Pair } from '../core/answer/variable.ts'
import type { TokenSet } from '../core/call/token.ts'
import { formatDuration } from '../core/duration.ts'
import { type ExitCode, TokenError } from '../core/error.ts'
import { listSecretVariables } from '../core/profile/secret-variables.ts'
import type { World } from '../core/world.ts'
import { runCommand } from '../io/child/child.ts'
import { buildEnvironment } from '../io/child/environment.ts'
import { takeSignals } from '../io/child/signals.ts'
import { makeTokenFile, type TokenFile } from '../io/child/token-file.ts'
import type { Printer } from '../io/printer.ts'
import { readTtl, refuseLenientChain, requireTtl } from './condition.ts'
import { missingCommand } from './exec/failure.ts'
import { describeEndless, keepFresh } from './exec/renewal.ts'
import { explainMissing, readWishes, type Wish } from './exec/wish.ts'
import { type Opening, openProfiles } from './opening.ts'

interface Granted {
  readonly wish: Wish
  readonly token: TokenSet
  readonly opening: Opening
}

export async function exec(
  names: readonly string[],
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const { world, printer, command } = context
  if (command === undefined || command.length === 0) {
    const argv = world.argv.slice(0, command && world.argv.indexOf('--'))
    throw missingCommand({ argv, command })
  }
  const wishes = readWishes(names, flags)
  const signals = takeSignals()
  const over = new AbortController()
  // asking for a new token must not outlive the command
  const own = { ...world, signal: AbortSignal.any([world.signal, over.signal]) }
  const granted: Granted[] = []
  const ends: (() => unknown)[] = [signals.release]
  try {
    for (const wish of wishes)
      granted.push(await grant(wish, flags, { ...context, world: own }, ends))
    const file = openFile(granted, own, ends)
    const pairs = granted.flatMap((one) => listPairs(one, file))
    const hidden = listSecretVariables(granted.flatMap(({ opening }) => opening.profiles))
    const env = buildEnvironment(world.env, pairs, hidden)
    await maskTokens(granted, world)
    await tell(command, granted, pairs, hidden, context)
    const endless = granted.find(({ wish, token }) => wish.file && token.expiresAt === undefined)
    if (endless) await printer.note(describeEndless(endless.token))
    await handOver(world, printer)
    if (world.signal.aborted) throw new TokenError('interrupted', 'interrupted')
    return await runCommand(command, env, (child) => {
      signals.passTo(child)
      if (file) ends.push(renew(granted, file, flags, { ...context, world: own }))
    })
  } finally {
    over.abort()
    for (const end of ends.reverse()) await end()
  }
}

async function grant(
  wish: Wish,
  flags: Flags,
  context: Context,
  ends: (() => unknown)[],
): Promise<Granted> {
  const names = wish.profile === undefined ? [] : [wish.profile]
  const opening = await openProfiles(names, flags, context).catch((error: unknown) => {
    throw explainMissing(error, names.length === 0 ? wish.file : undefined)
  })
  if (wish.file !== undefined) ends.push(opening.close)
  try {
    refuseLenientChain(opening.profiles, flags)
    const token = await opening.fetchToken()
    requireTtl(token, readTtl(flags), context.world.now())
    if (opening.sandboxed) {
      await context.printer.mention(
        `sandbox: no real service takes the token of ${token.profile}, nor does a twin that is started later`,
      )
    }
    return { wish, token, opening }
  } finally {
    if (wish.file === undefined) await opening.close()
  }
}

function openFile(
  granted: readonly Granted[],
  world: World,
  ends: (() => unknown)[],
): TokenFile | undefined {
  const one = granted.find(({ wish }) => wish.file !== undefined)
  if (one === undefined) return undefined
  const file = makeTokenFile(one.token.token.reveal(), world)
  ends.push(file.remove)
  return file
}

function listPairs({ wish, token }: Granted, file: TokenFile | undefined): Pair[] {
  if (wish.file !== undefined && file !== undefined) return [[wish.file, file.path]]
  const pairs = listVariables(token, wish.variable)
  const broken = pairs.find(([, value]) => /[\r\n\0]/.test(value))
  if (broken === undefined) return pairs
  throw new TokenError(
    'field_invalid',
    `${token.profile}: ${broken[0]} would have a line break in it`,
    {
      means: 'use.header and use.value say how the token is carried',
      profile: token.profile,
    },
  )
}

/** A runner hides in its log what it is told to, from there on. */
async function maskTokens(granted: readonly Granted[], world: World): Promise<void> {
  if (world.env.GITHUB_ACTIONS !== 'true') return
  const own = granted.flatMap(({ token }) => [token.token.reveal(), token.use.value.reveal()])
  await world.stdout.write(writeMasks([...own, ...world.secrets.listIssued()]))
}

async function tell(
  command: readonly string[],
  granted: readonly Granted[],
  pairs: readonly Pair[],
  hidden: readonly string[],
  { world, printer }: Context,
): Promise<void> {
  for (const { token } of granted) {
    const { profile, expiresAt, cached } = token
    const left =
      expiresAt === undefined
        ? 'no expiry known'
        : `good for ${formatDuration((expiresAt - world.now()) / 1000)}`
    await printer.trace(1, [profile, left, cached ? 'cached' : 'new'].join(' · '))
  }
  const without = hidden.filter((name) => world.env[name] !== undefined)
  const names = pairs.map(([name]) => name)
  await printer.trace(
    1,
    `${command[0]} runs with ${names.join(', ')}${without.length > 0 ? `, without ${without.join(', ')}` : ''}`,
  )
}

/** From here on the terminal is the command's: nothing waits for the end, and no line comes and goes. */
async function handOver(world: World, printer: Printer): Promise<void> {
  await printer.flushWarnings()
  printer.view.json = false
  printer.view.shared = true
  // A stream that Node opens on a pipe makes the pipe non-blocking, for the command as well; what is
  // open when the command starts is set back.
  void [world.stdout.isTTY, world.stderr.isTTY]
}

function renew(
  granted: readonly Granted[],
  file: TokenFile,
  flags: Flags,
  { world, printer }: Context,
): () => void {
  const one = granted.find(({ wish }) => wish.file !== undefined)
  if (one === undefined) return () => {}
  return keepFresh(
    one.token,
    {
      now: world.now,
      fetch: (least) => one.opening.fetchToken(least),
      async write(token) {
        if (world.env.GITHUB_ACTIONS === 'true') {
          // the command may be in the middle of a line
          await world.stdout.write(
            `\n${writeMasks([token.token.reveal(), ...world.secrets.listIssued()])}`,
          )
        }
        file.write(token.token.reveal())
      },
      warn: (text) => void printer.warn(text),
      note: (text) => void printer.note(text),
    },
    (readTtl(flags) ?? 0) * 1000,
  )
}
