// The first profile file as text: every field below its line of help, in block style.

import { COMMON_FIELDS } from '../profile/fields.ts'
import type { Field, Provider, Template } from '../provider.ts'
import { wrap } from '../terminal.ts'
import { listEnvironmentNames, type StarterProfile, type Wanted } from './starter.ts'
import { writeMember } from './yaml.ts'

/** What was said in the place of a value; undefined: it stands there as a comment. */
export type Answers = ReadonlyMap<Wanted, Template | undefined>

const WIDTH = 96

const HEAD = [
  'Profiles of tokentool: `tokentool get NAME` prints the token of the profile of that name.',
  '',
  'A line that begins with #name: is optional, take the # away. No secret stands in this file:',
  'write ${env:NAME} for a variable, ${file:PATH} for a file. Paths are relative to this file.',
  'All that a profile may say: tokentool profile schema',
]

export function writeStarter(profiles: readonly StarterProfile[], answers: Answers): string {
  const [last] = profiles.slice(-1)
  const lines = [
    ...HEAD.map(writeComment),
    '',
    ...writeMember('default_profile', last?.name ?? ''),
    '',
    'profiles:',
    ...profiles.flatMap((profile) => ['', ...indent(writeProfile(profile, answers))]),
  ]
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}

function writeProfile(profile: StarterProfile, answers: Answers): string[] {
  const { name, provider, via, environment } = profile
  const left = profile.written.filter((wanted) => isLeftOut(wanted, answers))
  const written = profile.written.filter((wanted) => !left.includes(wanted))
  const body = [
    ...(provider.documentation === undefined ? [] : [writeComment(provider.documentation)]),
    ...writeMember('provider', name),
    ...writeMember('description', provider.description),
    ...(via === undefined ? [] : ['', ...comment(VIA_HELP), ...writeMember('via', via)]),
    ...(environment === undefined ? [] : ['', ...writeEnvironment(provider, environment)]),
    ...written.flatMap((wanted) => ['', ...writeWanted(wanted, answers)]),
    ...[...left, ...profile.commented].flatMap((wanted) => [
      '',
      ...comment(describeField(wanted.field)),
      ...writeMember(...memberOf(wanted, wanted.value)).map(disable),
    ]),
    ...(environment === undefined ? [] : ['', ...writeEnvironments(profile, environment)]),
  ]
  return [`${name}:`, ...indent(body)]
}

const VIA_HELP = 'the profile whose token authorises this call; it is got first'

function writeWanted(wanted: Wanted, answers: Answers): string[] {
  return [
    ...comment(describeField(wanted.field)),
    ...writeMember(...memberOf(wanted, answers.get(wanted) ?? wanted.value)),
  ]
}

function isLeftOut(wanted: Wanted, answers: Answers): boolean {
  return answers.has(wanted) && answers.get(wanted) === undefined
}

/** `user_attributes` with `icn` in it. */
function memberOf({ path }: Wanted, value: Template): [name: string, value: Template] {
  const [name, ...deeper] = path
  return [name, deeper.reduceRight<Template>((inner, part) => ({ [part]: inner }), value)]
}

function writeEnvironment(provider: Provider, environment: string): string[] {
  const others = listEnvironmentNames(provider).filter((name) => name !== environment)
  return [
    ...comment(`${COMMON_FIELDS.environment?.help}; there are also ${others.join(', ')}`),
    ...writeMember('environment', environment),
  ]
}

/** What differs: the first thing that a person has to fill in, for each of two. */
function writeEnvironments({ provider, written }: StarterProfile, environment: string): string[] {
  const [first] = written
  if (first === undefined) return []
  const other = listEnvironmentNames(provider).find((name) => name !== environment)
  const [name, value] = memberOf(first, first.value)
  const each = Object.fromEntries(
    [environment, other ?? environment].map((known) => [known, { [name]: value }]),
  )
  return [
    ...comment('what differs; an environment that is not listed here is refused'),
    ...writeMember('environments', each).map(disable),
  ]
}

/** The line of help, with the choices it does not name itself. */
export function describeField({ help, choices = [] }: Field): string {
  return choices.every((choice) => help.includes(choice))
    ? help
    : `${help}; one of ${choices.join(', ')}`
}

function comment(text: string): string[] {
  return wrap(text, WIDTH, 0).split('\n').map(writeComment)
}

function writeComment(text: string): string {
  return `# ${text}`
}

/** Unlike a comment it has no space: who takes the # away has a field at the right place. */
function disable(line: string): string {
  return `#${line}`
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`))
}
