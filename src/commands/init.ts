// `tokentool init`: a first profile file, from what the provider declares. On a terminal it asks for
// the values; elsewhere the examples stand in their place.

import type { Context, Flags } from '../cli.ts'
import { type ExitCode, TokenError } from '../core/error.ts'
import { type Catalog, requireProvider } from '../core/file/catalog.ts'
import { checkDocument } from '../core/file/check.ts'
import type { ProfileDocument } from '../core/file/document.ts'
import { fileInvalid, type Mistake } from '../core/file/mistake.ts'
import { quotePath } from '../core/key/key-refusal.ts'
import { nearest } from '../core/nearest.ts'
import {
  listEnvironmentNames,
  planStarter,
  type StarterProfile,
  safestEnvironment,
} from '../core/starter/starter.ts'
import { type Answers, writeStarter } from '../core/starter/starter-text.ts'
import { escapeLine } from '../core/terminal.ts'
import type { World } from '../core/world.ts'
import { parseDocument } from '../io/profile/document.ts'
import { type NewFile, planNewFile, writeNewFile } from '../io/profile/new-file.ts'
import { findProfileFiles } from '../io/profile/profiles.ts'
import { listOf, textOf } from '../io/profile/selection.ts'
import { trustDocument } from '../io/profile/trust.ts'
import { PROVIDERS } from '../providers/table.ts'
import type { Wizard } from './wizard.ts'

const BUILT_INS: Catalog = { documents: [], builtIns: PROVIDERS }

export async function init(
  _names: readonly string[],
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const { world } = context
  const file = planNewFile(world, flags.config === undefined ? undefined : listOf(flags.config))
  const asks = canAsk(flags, world)
  const wizard = asks
    ? await (await import('./wizard.ts')).openWizard(file.shown, context)
    : undefined
  let profiles: readonly StarterProfile[]
  try {
    const name = textOf(flags.provider) ?? (await chooseProvider(wizard))
    const environment = await chooseEnvironment(name, flags, world, wizard)
    profiles = planStarter(BUILT_INS, name, environment)
    const judge = (answers: Answers): Mistake[] => findMistakes(file, profiles, answers)
    const answers: Answers = (await wizard?.fill(profiles, judge)) ?? new Map()
    const mistakes = judge(answers)
    if (mistakes.length > 0) throw fileInvalid(mistakes)
    writeNewFile(file, writeStarter(profiles, answers))
  } finally {
    wizard?.close()
  }
  const [document] = await findProfileFiles({ world, config: [file.path] })
  if (document) await trust(document, context)
  await world.stdout.write(`${escapeLine(file.name)}\n`)
  await sayNext(file, profiles.at(-1)?.name ?? '', document, context)
  return 0
}

function canAsk(flags: Flags, { stdin, stderr, env }: World): boolean {
  return stdin.isTTY && stderr.isTTY && flags.input !== false && !env.CI
}

async function chooseProvider(wizard: Wizard | undefined): Promise<string> {
  const choices = Object.entries(PROVIDERS).map(
    ([name, { description }]) => [name, description] as const,
  )
  if (wizard) return wizard.choose('Which service?', choices)
  throw new TokenError('usage', 'which provider?', {
    means: `there are ${choices.map(([name]) => name).join(', ')}`,
    fix: `tokentool init --provider ${choices[0]?.[0]}`,
  })
}

async function chooseEnvironment(
  name: string,
  flags: Flags,
  { env }: World,
  wizard: Wizard | undefined,
): Promise<string | undefined> {
  const provider = requireProvider(BUILT_INS, name)
  const names = listEnvironmentNames(provider)
  const said = textOf(flags.environment)
  if (said !== undefined) {
    if (names.includes(said)) return said
    const close = nearest(said, names)
    throw new TokenError(
      'environment_unknown',
      `${name} has no environment ${JSON.stringify(said)}`,
      {
        means: names.length === 0 ? 'it has none' : `there are ${names.join(', ')}`,
        ...(close !== undefined && { fix: `tokentool init --provider ${name} -e ${close}` }),
      },
    )
  }
  const usual =
    names.find((known) => known === env.TOKENTOOL_ENVIRONMENT) ?? safestEnvironment(provider)
  if (wizard === undefined || usual === undefined || names.length < 2) return usual
  const choices = names.map(
    (known) => [known, provider.environments?.[known]?.base_url ?? ''] as const,
  )
  return wizard.choose('Which environment?', choices, usual)
}

/** By the same checks that the file will meet when it is read. */
function findMistakes(
  { path, shown }: NewFile,
  profiles: readonly StarterProfile[],
  answers: Answers,
): Mistake[] {
  const bytes = new TextEncoder().encode(writeStarter(profiles, answers))
  const document = parseDocument(bytes, { file: path, shown, origin: 'named' })
  return checkDocument({ ...BUILT_INS, documents: [document] }, document)
}

async function trust(document: ProfileDocument, { world, printer }: Context): Promise<void> {
  try {
    trustDocument({ ...BUILT_INS, documents: [document] }, document, world)
  } catch (error) {
    if (!(error instanceof TokenError) || error.code !== 'file_unwritable') throw error
    // the file is written, and good as long as it is named
    await printer.warn(`${error.message}, so the file is not trusted: name it with -c`)
  }
}

/** What to type next; for a person, so only where one is. */
async function sayNext(
  { name }: NewFile,
  profile: string,
  document: ProfileDocument | undefined,
  { world, printer }: Context,
): Promise<void> {
  if (!printer.isTerminal || printer.view.quiet) return
  const paint = await printer.paint('stderr')
  const option = (await isFound(document, world)) ? '' : ` -c ${quotePath(name)}`
  const steps = [
    [`tokentool doctor ${profile} --offline${option}`, 'what is still missing'],
    [`tokentool get ${profile} --sandbox${option}`, 'try it on this machine'],
    [`tokentool get ${profile}${option}`, 'a token'],
  ] as const
  const column = Math.max(...steps.map(([command]) => command.length))
  const fits = steps.every(([, purpose]) => 9 + column + purpose.length < world.stderr.columns)
  for (const [index, [command, purpose]] of steps.entries()) {
    const label = index === 0 ? 'next:  ' : '       '
    // a command is copied, so its line is never broken
    const told = fits
      ? `${escapeLine(command).padEnd(column)}  ${paint('faint', purpose)}`
      : escapeLine(command)
    await world.stderr.write(`${paint('label', label)}${told}\n`)
  }
}

/** By itself, from here: a folder may be somebody else's, and the name one that is not looked for. */
async function isFound(document: ProfileDocument | undefined, world: World): Promise<boolean> {
  try {
    const documents = await findProfileFiles({ world, config: undefined })
    return documents.some(({ file }) => file === document?.file)
  } catch (error) {
    if (error instanceof TokenError) return false
    throw error
  }
}
