// An assertion that is not signed here: is it there, and still good.

import { readSource, takeAssertion, tellSource } from '../call/outside.ts'
import { formatDuration } from '../duration.ts'
import { listSigned } from '../profile/sources.ts'
import type { OutsideAssertion } from '../provider.ts'
import { type Case, isLater } from './examination.ts'

/** Taken as it would be for a call; but no command is run for it. */
export async function examineOutside(
  one: Case,
  name: 'assertion' | 'client_assertion',
  assertion: OutsideAssertion,
): Promise<boolean> {
  const { profile, values, instruments, findings } = one
  if (instruments.blind !== undefined) {
    findings.add(
      'assertion',
      'skipped',
      `the ${name} from outside: not looked at (${instruments.blind})`,
    )
    return false
  }
  if (isLater(profile, listSigned(name, assertion))) return false
  const source = await findings.attempt('assertion', () => readSource(values, assertion, name))
  if (source === undefined) return false
  if ('command' in source) {
    await findings.attempt(
      'assertion',
      () => instruments.findCommand(source.command),
      (file) => `the ${name} is what ${file} prints, run at get; doctor runs no command`,
    )
    return false
  }
  const taken = await findings.attempt(
    'assertion',
    () => takeAssertion(values, assertion, name, instruments.tools),
    ({ claims: { exp } }) => {
      const left = typeof exp === 'number' ? Math.round(exp - values.now) : undefined
      const life = left === undefined ? '' : `, good for ${formatDuration(left)}`
      return `the ${name} comes from ${tellSource(source)}${life}`
    },
  )
  return taken !== undefined
}
