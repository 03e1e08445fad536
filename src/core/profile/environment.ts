// Which environment a call is made for: -e, the profile, the hop before it, in this order.

import { TokenError } from '../error.ts'
import { nearest } from '../nearest.ts'
import type { Draft } from './draft.ts'
import { isTree } from './layer.ts'
import type { Profile } from './profile.ts'

/** The names a profile lists are the only ones it knows; without a list, its provider's. */
export function listEnvironments(draft: Draft): string[] {
  const own = draft.layers.value.environments
  if (isTree(own)) return Object.keys(own).filter((name) => own[name] !== null)
  return Object.keys(draft.provider.environments ?? {})
}

/** Asked for, handed on by the hop before, or the only one there is: never one by silence. */
export function chooseEnvironment(
  draft: Draft,
  names: readonly string[],
  before: Profile | undefined,
  wanted: string | undefined,
): string | undefined {
  const { environment: written } = draft.layers.value
  const asked = wanted ?? (typeof written === 'string' ? written : undefined)
  const said = asked ?? before?.environment
  if (said !== undefined) {
    if (names.length === 0 || names.includes(said)) return said
    // the names of another service are no business of this one, those of a profile are
    if (asked !== undefined || listsEnvironments(draft)) {
      throw unknownEnvironment(draft, names, said)
    }
  }
  if (names.length === 1) return names[0]
  if (names.length === 0 || !needsEnvironment(draft)) return undefined
  throw new TokenError('environment_missing', `${draft.name}: which environment?`, {
    means: `there are ${names.join(', ')}, and nothing says which; production is never taken by silence`,
    fix: `tokentool get ${draft.entry ? draft.name : `--provider ${draft.providerName}`} -e ${names.find((name) => !/^prod/i.test(name)) ?? names[0]}`,
  })
}

function listsEnvironments(draft: Draft): boolean {
  return isTree(draft.layers.value.environments)
}

function unknownEnvironment(draft: Draft, names: readonly string[], said: string): TokenError {
  const close = nearest(said, [...names])
  const listed = listsEnvironments(draft)
  return new TokenError(
    'environment_unknown',
    `${draft.name} has no environment ${JSON.stringify(said)}`,
    {
      means: `${listed ? 'the profile lists' : `${draft.providerName} knows`} ${names.join(', ')}${
        listed
          ? '; accounts are registered per environment, so a name it does not list is refused'
          : ''
      }`,
      fix:
        draft.entry && close !== undefined
          ? `tokentool get ${draft.name} -e ${close}`
          : `-e ${names[0] ?? ''}`,
    },
  )
}

/** A profile that says where everything is needs no environment to say it. */
function needsEnvironment(draft: Draft): boolean {
  const variables = Object.values(draft.provider.environments ?? {}).flatMap((names) =>
    Object.keys(names),
  )
  const listed = listsEnvironments(draft)
  return listed || variables.some((name) => draft.layers.value[name] === undefined)
}
