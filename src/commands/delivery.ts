// How the token of `get` leaves: in which form, under which name, and where to. What cannot be is
// refused before anything is asked for.

import type { Context, Flags } from '../cli.ts'
import { readExecVersion } from '../core/answer/form/exec-credential.ts'
import { formatToken, type Occasion } from '../core/answer/form.ts'
import { type Form, NAMING_FORMS } from '../core/answer/form-names.ts'
import { findShell } from '../core/answer/shell-words.ts'
import { checkVariable } from '../core/answer/variable.ts'
import type { TokenSet } from '../core/call/token.ts'
import { TokenError } from '../core/error.ts'
import { escapeControls } from '../core/terminal.ts'
import type { World } from '../core/world.ts'
import { textOf } from '../io/profile/selection.ts'

export type Deliver = (token: TokenSet, occasion: Occasion) => Promise<void>

export async function planDelivery(flags: Flags, { world }: Context): Promise<Deliver> {
  const form = readForm(flags)
  checkFlags(form, flags)
  const name = typeof flags.name === 'string' ? checkVariable(flags.name, '--name') : undefined
  if (form === 'github') return planGithub(name, world)
  const write = await planPlace(textOf(flags.out), world)
  const field = textOf(flags.field)
  if (field !== undefined) return planMember(field, write, world)
  const choices = {
    name,
    // asked of the world only where it matters: what was asked for is remembered
    ...(form === 'env' && { shell: findShell(textOf(flags.shell), world.env) }),
    ...(form === 'exec-credential' && {
      execVersion: readExecVersion(world.env.KUBERNETES_EXEC_INFO),
    }),
  }
  return (token, occasion) => write(formatToken(token, form, { ...occasion, ...choices }))
}

/** Forms that say the same of a token as long as it lives. */
const LASTING: readonly Form[] = ['token', 'header', 'env', 'dotenv', 'gitlab', 'exec-credential']

/** Whether the same flags would print the same of the same token, to the same place. */
export function isLasting(flags: Flags): boolean {
  return flags.out === undefined && flags.forceNew !== true && LASTING.includes(readForm(flags))
}

type Write = (text: string) => Promise<void>

async function planPlace(out: string | undefined, world: World): Promise<Write> {
  if (out === undefined) return (text) => world.stdout.write(text)
  const { openOutFile } = await import('../io/out-file.ts')
  return openOutFile(out, world).write
}

async function planMember(field: string, write: Write, { stdout }: World): Promise<Deliver> {
  const { pickMember, readField } = await import('../core/answer/form/member.ts')
  const path = readField(field)
  const paint = stdout.isTTY ? escapeControls : (text: string) => text
  return (token, occasion) =>
    write(`${pickMember(formatToken(token, 'json', occasion), path, paint)}\n`)
}

async function planGithub(name: string | undefined, world: World): Promise<Deliver> {
  const { writeGithub } = await import('../core/answer/form/github.ts')
  const { appendRunnerFile } = await import('../io/runner-file.ts')
  const append = (output: string, environment: string | undefined): void => {
    appendRunnerFile('GITHUB_OUTPUT', output, world)
    if (environment !== undefined) appendRunnerFile('GITHUB_ENV', environment, world)
  }
  append('', name && '')
  return async (token) => {
    const texts = writeGithub(token, name, world.secrets.listIssued())
    // nothing may be written that could be logged before it is hidden
    await world.stdout.write(texts.masks)
    append(texts.output, texts.environment)
  }
}

function readForm(flags: Flags): Form {
  if (flags.json === true) return 'json'
  // the parser let nothing else through
  return (textOf(flags.output) ?? (flags.field === undefined ? 'token' : 'json')) as Form
}

const GOES_WITH: Readonly<Record<string, readonly Form[]>> = {
  name: NAMING_FORMS,
  shell: ['env'],
  field: ['json'],
}

function checkFlags(form: Form, flags: Flags): void {
  const given = [...Object.keys(GOES_WITH), 'out'].filter((flag) => flags[flag] !== undefined)
  for (const flag of given) {
    const forms = GOES_WITH[flag]
    if (forms === undefined || forms.includes(form)) continue
    throw new TokenError('usage', `--${flag} is not for -o ${form}`, {
      means: `it is for ${forms.map((one) => `-o ${one}`).join(', ')}`,
      fix: `-o ${forms[0]} --${flag} ${textOf(flags[flag])}`,
    })
  }
  if (form === 'github' && flags.out !== undefined) {
    throw new TokenError('usage', '--out is not for -o github', {
      means: 'it adds to the files that the runner names by GITHUB_OUTPUT and GITHUB_ENV',
      fix: '-o github',
    })
  }
  const shows = flags.dryRun === true ? '-n' : flags.curl === true ? '--curl' : undefined
  const plain = form === 'token' || form === 'json'
  if (shows === undefined || (plain && given.length === 0)) return
  // above all, a shell must not eval a request
  const [flag] = given
  const wish = flag === undefined ? `-o ${form}` : `--${flag}`
  throw new TokenError('usage', `${shows} sends nothing, so there is no token for ${wish}`, {
    fix: `leave out ${shows}, or ${wish}`,
  })
}
