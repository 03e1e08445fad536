// The command line, read: the verbs of verbs.ts with the flags of flags.ts, as commander wants them.

import { Command, CommanderError, Option } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { type ExitCode, TokenError } from './core/error.ts'
import type { World } from './core/world.ts'
import {
  CACHING,
  CONFIG,
  type Flag,
  FORM,
  GETTING,
  SANDBOXED,
  SENDING,
  SHOWING,
  TALKING,
  WHICH,
} from './flags.ts'
import type { Printer } from './io/printer.ts'
import { describeUsage, refuseKeys, unknownCommand } from './usage.ts'
import { GROUPS, VERBS, type Verb } from './verbs.ts'

export interface Context {
  readonly world: World
  readonly printer: Printer
  /** what stood behind the first `--`, where the verb runs a command; undefined: there was no `--` */
  readonly command?: readonly string[] | undefined
}

/** What commander gives a command: its flags by name. Each command says which of them it reads. */
export type Flags = Readonly<Record<string, unknown>>
export type Run = (names: readonly string[], flags: Flags, context: Context) => Promise<ExitCode>

export async function run(world: World, printer: Printer): Promise<ExitCode> {
  if (world.argv.length === 0) {
    await world.stderr.write(
      'try    tokentool get --sandbox\nstart  tokentool init\nhelp   tokentool --help\n',
    )
    return 2
  }
  const { argv, command } = splitCommand(world.argv)
  refuseKeys(argv)
  let exit: ExitCode = 0
  const printed: string[] = []
  const program = declare(printed, argv, async (verb, names, flags) => {
    const context = { world, printer, command }
    readView(flags, context)
    const run = await verb.load()
    exit = await run(names, flags, context)
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode !== 0) throw describeUsage(error, findVerb(argv))
  }
  if (printed.length > 0) await world.stdout.write(printed.join(''))
  return exit
}

/** Where a command is run, all that follows the first `--` is that command's. */
export function splitCommand(argv: readonly string[]): {
  argv: readonly string[]
  command: readonly string[] | undefined
} {
  const at = argv.indexOf('--')
  const own = at < 0 ? argv : argv.slice(0, at)
  const runs = VERBS.some(
    ({ name, runs }) => runs === true && own.includes(name.split(' ')[0] ?? ''),
  )
  return runs && at >= 0 ? { argv: own, command: argv.slice(at + 1) } : { argv, command: undefined }
}

/** `tokentool -p x get` is the same as `tokentool get -p x`: these may stand before the verb. */
const BEFORE_THE_VERB = [
  WHICH,
  CONFIG,
  FORM,
  GETTING,
  CACHING,
  SHOWING,
  SENDING,
  SANDBOXED,
  TALKING,
]

type Act = (verb: Verb, names: readonly string[], flags: Flags) => Promise<void>

function declare(printed: string[], argv: readonly string[], act: Act): Command {
  const program = new Command('tokentool')
    .description('Turn a named profile into a token.')
    .version(manifest.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .usage('<command> [options]')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: (text) => printed.push(text), writeErr: () => {} })
    // a word that is no command gets our own answer, however many follow it
    .allowExcessArguments(true)
  // what is not called is not declared, its flags neither: all of them would take 5 ms
  const called = VERBS.filter(({ name }) => name.split(' ')[0] === argv[0])
  if (called.length === 0) for (const flags of BEFORE_THE_VERB) addFlags(program, flags)
  for (const option of program.options) if (option.long !== '--version') option.hideHelp()
  for (const verb of called.length === 0 ? VERBS : called) addCommand(program, verb, argv, act)
  program.action(() => {
    throw unknownCommand(program, program.args[0])
  })
  program.argument('[command]').addHelpText('after', HELP)
  return program
}

const HELP = `
Exit codes: 0 done, 1 a bug, 2 usage or configuration, 3 a key or secret, 4 refused,
5 no usable token in the answer, 6 no answer, 7 a check did not hold.

  tokentool get --sandbox            a token from a twin of the service, to try it
  tokentool init                     write a first tokentool.yaml
  tokentool get staging -o header    for curl -H @-
  tokentool exec staging -- make e2e a command with the token in its environment`

function addFlags(command: Command, flags: readonly Flag[]): void {
  for (const flag of flags) command.addOption(makeOption(flag))
}

function makeOption(flag: Flag): Option {
  const option = new Option(flag.flags, flag.help).hideHelp(flag.hidden === true)
  if (flag.choices) option.choices(flag.choices)
  if (flag.default !== undefined) option.default(flag.default)
  if (flag.repeats === 'times')
    option.argParser((_, before: number | undefined) => (before ?? 0) + 1)
  if (flag.repeats === 'values') {
    option.argParser((value, before: readonly string[] | undefined) => [...(before ?? []), value])
  }
  return option
}

function addCommand(program: Command, verb: Verb, argv: readonly string[], act: Act): void {
  const words = verb.name.split(' ')
  const parent = words.length > 1 && !words[1]?.startsWith('[') ? words.shift() : undefined
  const home = parent === undefined ? program : findGroup(program, parent)
  const command = home
    .command(words.join(' '))
    .description(verb.summary)
    .helpOption('-h, --help', 'print help')
    .allowExcessArguments(false)
    // `trust list --json`: the flag is list's, though `trust` knows it as well
    .enablePositionalOptions()
  if (verb.usage !== undefined) command.usage(verb.usage)
  const flagged = argv.includes(command.name()) ? [...verb.flags, TALKING] : []
  for (const flags of flagged) addFlags(command, flags)
  command.action(async () => {
    const flags = mergeFlags(program, command)
    await act(verb, command.args, flags)
  })
}

function findGroup(program: Command, name: string): Command {
  const known = program.commands.find((command) => command.name() === name)
  if (known) return known
  const group = program
    .command(name)
    .description(GROUPS[name] ?? '')
    .usage('<command>')
    .allowExcessArguments(true)
  group.helpOption('-h, --help', 'print help').helpCommand(false).argument('[command]')
  return group.action(() => {
    throw unknownCommand(group, group.args[0])
  })
}

function findVerb(argv: readonly string[]): string | undefined {
  const verbs = VERBS.map(({ name }) => name.split(' ')[0])
  return argv.find((word) => verbs.includes(word))
}

/** What stood before the verb counts as if it stood behind it, where the verb knows it. */
function mergeFlags(program: Command, command: Command): Flags {
  const flags: Record<string, unknown> = { ...command.opts() }
  for (const above of new Set([program, command.parent ?? program])) {
    for (const option of above.options) {
      const name = option.attributeName()
      const given = above.getOptionValueSource(name) === 'cli'
      if (!given) continue
      if (!command.options.some((known) => known.attributeName() === name)) {
        throw new TokenError('usage', `${command.name()} knows no ${option.long}`, {
          fix: `tokentool ${command.name()} --help`,
        })
      }
      const own =
        command.getOptionValueSource(name) === 'cli' ? command.getOptionValue(name) : undefined
      const before: unknown = above.getOptionValue(name)
      flags[name] =
        Array.isArray(before) && Array.isArray(own) ? [...before, ...own] : (own ?? before)
    }
  }
  return flags
}

function readView(flags: Flags, { world, printer }: Context): void {
  const { view } = printer
  view.json = flags.json === true || flags.output === 'json'
  view.verbose = typeof flags.verbose === 'number' ? flags.verbose : 0
  view.quiet = flags.quiet === true
  if (flags.color === false) view.color = false
  if (flags.json === true && typeof flags.output === 'string' && flags.output !== 'json') {
    throw new TokenError('usage', `--json and -o ${flags.output} ask for two forms`)
  }
  if (view.quiet && view.verbose > 0)
    throw new TokenError('usage', '-q and -v contradict each other')
  if (flags.showSecrets === true) {
    if (!world.stderr.isTTY || (flags.dryRun === true && !world.stdout.isTTY)) {
      throw new TokenError('usage', '--show-secrets prints to a terminal only', {
        means: 'a log or a file would keep what it shows',
      })
    }
    world.secrets.shown = true
  }
}
