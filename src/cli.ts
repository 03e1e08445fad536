// Every command and every flag, on one page. A command is loaded when it is run, not before.

import { Command, CommanderError, Option } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { FORMS } from './core/answer/form.ts'
import { type ExitCode, TokenError } from './core/error.ts'
import type { World } from './core/world.ts'
import type { Printer } from './io/printer.ts'
import { describeUsage, unknownCommand } from './usage.ts'

export interface Context {
  readonly world: World
  readonly printer: Printer
}

/** What commander gives a command: its flags by name. Each command says which of them it reads. */
export type Flags = Readonly<Record<string, unknown>>
type Run = (names: readonly string[], flags: Flags, context: Context) => Promise<ExitCode>

const repeat = (value: string, before: readonly string[] | undefined): string[] => [
  ...(before ?? []),
  value,
]
const count = (_: unknown, before: number | undefined): number => (before ?? 0) + 1

type AddOptions = (command: Command) => Command

const which: AddOptions = (command) =>
  command
    .option('-p, --profile <name>', 'the profile (TOKENTOOL_PROFILE)')
    .option('--provider <name>', 'a provider in the place of a profile; -s says the rest')
    .option(
      '-e, --environment <name>',
      'the environment, for the whole chain (TOKENTOOL_ENVIRONMENT)',
    )
    .option(
      '-s, --set <path=value>',
      'override a value; path:=json, path=@file, path=@-; repeats',
      repeat,
    )
    .option('--scope <scope>', "replaces the profile's scopes; repeats", repeat)
    .option('--then <name>', 'go on with this token to that profile or provider; repeats', repeat)

const file: AddOptions = (command) =>
  command.option('-c, --config <file>', 'the profile file; repeats (TOKENTOOL_CONFIG)', repeat)

const form: AddOptions = (command) =>
  command
    .addOption(new Option('-o, --output <form>', 'what to print').choices(FORMS))
    .option('--json', 'the same as -o json; errors are JSON as well')

const json: AddOptions = (command) =>
  command.option('--json', 'print JSON; errors are JSON as well')

const sending: AddOptions = (command) =>
  command
    .option('--min-ttl <time>', 'the token must be good for this long: 5m')
    .option('-n, --dry-run', 'build and sign, print the request, send nothing')
    .option('--curl', 'the same as a curl command that runs')
    .option('--timeout <time>', 'limit for each call: 30s')
    .option('--proxy <url>', 'the proxy, instead of the variables')
    .option('--cacert <file>', 'certificates to trust as well (a single call)')
    .option('--insecure', 'do not verify the server (a single call)')

const sandboxed: AddOptions = (command) =>
  command.option('--sandbox', 'against a twin of the service, on this machine')

const talking: AddOptions = (command) =>
  command
    .option('-v, --verbose', 'say more; -vv more still (redacted)', count)
    .option('-q, --quiet', 'only errors')
    .option('--show-secrets', 'print secrets in traces; only to a terminal')
    .option('--no-color', 'no colour (NO_COLOR, FORCE_COLOR)')
    .option('--no-input', 'never ask')

const GROUPS: readonly AddOptions[] = [which, file, form, sending, sandboxed, talking]

interface Declaration {
  readonly name: string
  readonly summary: string
  readonly options: readonly AddOptions[]
  readonly load: () => Promise<Run>
}

const COMMANDS: readonly Declaration[] = [
  {
    name: 'get [profile]',
    summary: 'print a token',
    options: [which, file, form, sending, sandboxed],
    load: async () => (await import('./commands/get.ts')).get,
  },
  {
    name: 'mint [profile]',
    summary: 'print the signed assertion; send nothing',
    options: [which, file, form, sandboxed],
    load: async () => (await import('./commands/mint.ts')).mint,
  },
  {
    name: 'init',
    summary: 'write a first tokentool.yaml',
    options: [
      file,
      (command) =>
        command
          .option('--provider <name>', 'the service')
          .option('-e, --environment <name>', 'its environment'),
    ],
    load: async () => (await import('./commands/init.ts')).init,
  },
  {
    name: 'doctor [profile]',
    summary: 'what is wrong with a profile, before anything is sent',
    options: [
      which,
      file,
      json,
      (command) =>
        command
          .option('--offline', 'look at this machine only')
          .option('--no-secrets', 'do not look at keys and secrets'),
    ],
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'profile list',
    summary: 'the profiles, and where they come from',
    options: [file, json],
    load: async () => (await import('./commands/profile.ts')).listProfiles,
  },
  {
    name: 'profile show [profile]',
    summary: 'every value of a profile, and where it comes from',
    options: [which, file, json],
    load: async () => (await import('./commands/profile.ts')).showProfile,
  },
  {
    name: 'profile schema',
    summary: 'the JSON Schema of the profile file',
    options: [],
    load: async () => (await import('./commands/profile.ts')).printSchema,
  },
  {
    name: 'sandbox',
    summary: 'serve twins of the services on this machine',
    options: [
      json,
      (command) =>
        command
          .option('--accounts <file>', 'who may come in (YAML)')
          .option('--port <n>', 'the port; 0 takes any', '0')
          .option('--host <host>', 'the address to listen on', '127.0.0.1')
          .option('--tls', 'https, with a certificate made for the occasion')
          .option('--base-url <service=url>', 'the address a twin believes it has; repeats', repeat)
          .option('--until-eof', 'stop when standard input closes')
          .addOption(new Option('--clock-offset <time>').hideHelp())
          .addOption(new Option('--fault <service=status:share>').argParser(repeat).hideHelp()),
    ],
    load: async () => (await import('./commands/sandbox.ts')).sandbox,
  },
  {
    name: 'trust [file]',
    summary: 'allow a project file what it wants to use, after showing it',
    options: [json],
    load: async () => (await import('./commands/trust.ts')).trust,
  },
]

export async function run(world: World, printer: Printer): Promise<ExitCode> {
  if (world.argv.length === 0) {
    await world.stderr.write(
      'try    tokentool get --sandbox\nstart  tokentool init\nhelp   tokentool --help\n',
    )
    return 2
  }
  let exit: ExitCode = 0
  const printed: string[] = []
  const program = declare(printed, async (declaration, names, flags) => {
    const context = { world, printer }
    readView(flags, context)
    const command = await declaration.load()
    exit = await command(names, flags, context)
  })
  try {
    await program.parseAsync(world.argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode !== 0) throw describeUsage(error, findVerb(world.argv))
  }
  await world.stdout.write(printed.join(''))
  return exit
}

type Act = (declaration: Declaration, names: readonly string[], flags: Flags) => Promise<void>

function declare(printed: string[], act: Act): Command {
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
  // `tokentool -p x get` is the same as `tokentool get -p x`: every flag may stand before the verb
  for (const add of GROUPS) add(program)
  for (const option of program.options) if (option.long !== '--version') option.hideHelp()
  for (const declaration of COMMANDS) addCommand(program, declaration, act)
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
  tokentool get staging -o header    for curl -H @-`

function addCommand(program: Command, declaration: Declaration, act: Act): void {
  const words = declaration.name.split(' ')
  const parent = words.length > 1 && !words[1]?.startsWith('[') ? words.shift() : undefined
  const home = parent === undefined ? program : findGroup(program, parent)
  const command = home
    .command(words.join(' '))
    .description(declaration.summary)
    .helpOption('-h, --help', 'print help')
    .allowExcessArguments(false)
  for (const add of [...declaration.options, talking]) add(command)
  command.action(async () => {
    const flags = mergeFlags(program, command)
    await act(declaration, command.args, flags)
  })
}

function findGroup(program: Command, name: string): Command {
  const known = program.commands.find((command) => command.name() === name)
  if (known) return known
  const group = program
    .command(name)
    .description('the profiles of the file')
    .usage('<command>')
    .allowExcessArguments(true)
  group.helpOption('-h, --help', 'print help').helpCommand(false).argument('[command]')
  return group.action(() => {
    throw unknownCommand(group, group.args[0])
  })
}

function findVerb(argv: readonly string[]): string | undefined {
  const verbs = COMMANDS.map(({ name }) => name.split(' ')[0])
  return argv.find((word) => verbs.includes(word))
}

/** What stood before the verb counts as if it stood behind it, where the verb knows it. */
function mergeFlags(program: Command, command: Command): Flags {
  const flags: Record<string, unknown> = { ...command.opts() }
  for (const option of program.options) {
    const name = option.attributeName()
    const given = program.getOptionValueSource(name) === 'cli'
    if (!given) continue
    if (!command.options.some((known) => known.attributeName() === name)) {
      throw new TokenError('usage', `${command.name()} knows no ${option.long}`, {
        fix: `tokentool ${command.name()} --help`,
      })
    }
    const own =
      command.getOptionValueSource(name) === 'cli' ? command.getOptionValue(name) : undefined
    const before: unknown = program.getOptionValue(name)
    flags[name] =
      Array.isArray(before) && Array.isArray(own) ? [...before, ...own] : (own ?? before)
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
