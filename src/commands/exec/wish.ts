// What is asked of exec: a token for each profile, and the variable it goes into.

import type { Flags } from '../../cli.ts'
import { checkVariable, USUAL_NAMES } from '../../core/answer/variable.ts'
import { TokenError } from '../../core/error.ts'
import { quoteShell } from '../../core/shell.ts'
import { listOf, textOf } from '../../io/profile/selection.ts'

export interface Wish {
  /** undefined: ACCESS_TOKEN and AUTHORIZATION */
  readonly variable: string | undefined
  /** undefined: the one that is meant when nobody names one */
  readonly profile: string | undefined
  /** a variable for the path of a file, in the place of the two */
  readonly file?: string
}

export function readWishes(names: readonly string[], flags: Flags): Wish[] {
  const wishes = names.length === 0 ? [BARE] : names.map(readWish)
  const bare = wishes.filter(({ variable }) => variable === undefined)
  if (bare.length > 1) throw refuseSeveral(wishes)
  if (wishes.length > 1) refuseSingular(wishes, flags)
  const file = textOf(flags.tokenFile)
  if (file !== undefined) checkVariable(file, '--token-file')
  if (file !== undefined && bare.length === 0) throw refuseFile(file, wishes)
  refuseTwice(wishes, file)
  return file === undefined
    ? wishes
    : wishes.map((wish) => (wish.variable === undefined ? { ...wish, file } : wish))
}

const BARE: Wish = { variable: undefined, profile: undefined }

function readWish(word: string): Wish {
  const at = word.indexOf('=')
  if (at < 0) return { variable: undefined, profile: word }
  const [variable, profile] = [word.slice(0, at), word.slice(at + 1)]
  if (variable === '') {
    throw new TokenError('usage', `${show(word)} names no variable`, {
      fix: `tokentool exec API_TOKEN=${profile === '' ? 'PROFILE' : quoteShell(profile)} -- …`,
    })
  }
  if (profile === '') {
    throw new TokenError('usage', `${show(word)} names no profile`, {
      fix: `tokentool exec ${/^\w+$/.test(variable) ? variable : 'VAR'}=PROFILE -- …`,
    })
  }
  try {
    checkVariable(variable, 'exec')
  } catch (error) {
    if (!(error instanceof TokenError)) throw error
    throw new TokenError('usage', `${show(word)}: ${show(variable)} cannot hold a token`, {
      means: /^[A-Za-z_]\w*$/.test(variable)
        ? 'programs obey what is in it; a token there would break them, or be run'
        : 'a name is letters, digits and _, and does not begin with a digit',
      fix: `tokentool exec API_TOKEN=${quoteShell(profile)} -- …`,
    })
  }
  return { variable, profile }
}

/** `--token-file staging -- …`: its variable was forgotten, and the profile taken for it. */
export function explainMissing(error: unknown, file: string | undefined): unknown {
  const own = error instanceof TokenError && error.code === 'profile_missing'
  if (!own || file === undefined) return error
  return new TokenError(error.code, error.message, {
    ...error.details,
    means: [
      `--token-file took ${show(file)} for the name of its variable`,
      ...[error.details.means ?? []].flat(),
    ],
    fix: `tokentool exec --token-file TOKEN_FILE ${quoteShell(show(file))} -- …`,
  })
}

function refuseSeveral(wishes: readonly Wish[]): TokenError {
  const bare = wishes.filter(({ variable }) => variable === undefined)
  return new TokenError('usage', `${nameAll(bare)} would go into the same variables`, {
    means: `${USUAL_NAMES.join(' and ')} hold one token; give the others a variable of their own`,
    fix: `tokentool exec ${wishes.map(suggest).join(' ')} -- …`,
  })
}

function suggest({ variable, profile = '' }: Wish): string {
  const upper = profile.toUpperCase().replace(/[^A-Z0-9]+/g, '_')
  const name = variable ?? `${/^[A-Z]/.test(upper) ? upper : `T_${upper}`}_TOKEN`
  return `${name}=${quoteShell(profile)}`
}

/** What says something about one chain. */
const SINGULAR = [
  ['profile', '-p'],
  ['provider', '--provider'],
  ['set', '-s'],
  ['scope', '--scope'],
  ['then', '--then'],
  ['insecure', '--insecure'],
  ['cacert', '--cacert'],
] as const

function refuseSingular(wishes: readonly Wish[], flags: Flags): void {
  const said = (name: string): boolean =>
    flags[name] !== undefined && (!Array.isArray(flags[name]) || listOf(flags[name]).length > 0)
  const [name, flag] = SINGULAR.find(([known]) => said(known)) ?? []
  if (flag === undefined) return
  const [first] = wishes
  const example = first && (first.variable === undefined ? first.profile : suggest(first))
  throw new TokenError('usage', `${flag} is for a single profile`, {
    means: `${nameAll(wishes)}: which of them is meant? a profile can say it for itself`,
    fix:
      name === 'profile' || name === 'provider'
        ? `tokentool exec ${wishes.map(suggest).join(' ')} -- …`
        : `tokentool exec ${example} ${flag} … -- …`,
  })
}

function refuseFile(file: string, wishes: readonly Wish[]): TokenError {
  const [first, ...others] = wishes
  const line = [quoteShell(first?.profile ?? ''), ...others.map(suggest)].join(' ')
  return new TokenError('usage', '--token-file is for the profile that has no variable', {
    means: `${nameAll(wishes)} would be in a variable, and none in a file`,
    fix: `tokentool exec --token-file ${file} ${line} -- …`,
  })
}

function refuseTwice(wishes: readonly Wish[], file: string | undefined): void {
  const taken = wishes.flatMap(({ variable }) => variable ?? file ?? USUAL_NAMES)
  // Windows knows no difference
  const upper = taken.map((name) => name.toUpperCase())
  const twice = taken.find((_, index) => upper.indexOf(upper[index] ?? '') < index)
  if (twice === undefined) return
  throw new TokenError('usage', `two tokens would go into ${twice}`, {
    means: 'a variable holds one',
    fix: 'tokentool exec FIRST=PROFILE SECOND=PROFILE -- …',
  })
}

function nameAll(wishes: readonly Wish[]): string {
  return wishes.map(({ profile = '' }) => show(profile)).join(' and ')
}

function show(text: string): string {
  return text.slice(0, 60)
}
