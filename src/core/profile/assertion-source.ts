// Where an assertion comes from: signed here, or taken from one of three places. What is laid over a
// provider's assertion and says another of these takes the place of all that was there.

import { TokenError } from '../error.ts'
import { OUTSIDE } from '../provider.ts'
import type { Draft } from './draft.ts'
import { applyPatch, isTree } from './layer.ts'
import { tellPlace } from './profile.ts'

const COLUMNS = ['assertion', 'client_assertion'] as const

type Tree = Readonly<Record<string, unknown>>

/** The members that say where it comes from, and those that say how it is signed. */
export function sortMembers(assertion: Tree): { outside: string[]; signed: string[] } {
  const said = Object.keys(assertion).filter((name) => assertion[name] !== null)
  const isSource = (name: string): boolean => OUTSIDE.some((known) => known === name)
  return { outside: said.filter(isSource), signed: said.filter((name) => !isSource(name)) }
}

/** What is wrong with an assertion; undefined: nothing. */
export function findConflict(
  assertion: Tree,
): { readonly member: string; readonly beside: string; readonly message: string } | undefined {
  const { outside, signed } = sortMembers(assertion)
  const [first, second] = outside
  if (first === undefined) return undefined
  if (second !== undefined) {
    return {
      member: second,
      beside: first,
      message: `stands beside ${first}: it comes from one of the two`,
    }
  }
  const [other] = signed
  return other === undefined
    ? undefined
    : {
        member: other,
        beside: first,
        message: `stands beside ${first}: an assertion is signed here or comes from there`,
      }
}

/** A profile's own words, whatever files they come from; a source on the command line wins. */
export function readOwnAssertion(draft: Draft, column: (typeof COLUMNS)[number]): unknown {
  const whole = draft.layers.value[column]
  if (!isTree(whole)) return whole
  const isTyped = (name: string): boolean =>
    draft.layers.originOf([column, name])?.kind === 'flag' && whole[name] !== null
  const typed = sortMembers(whole).outside.filter(isTyped)
  const own =
    typed.length === 0
      ? whole
      : Object.fromEntries(Object.entries(whole).filter(([name]) => isTyped(name)))
  const conflict = findConflict(own)
  if (conflict === undefined) return own
  const { member, beside, message } = conflict
  const place = tellPlace(draft, [column, member])
  throw new TokenError('field_invalid', `${draft.name}: ${column}.${member} ${message}`, {
    fix: `${place ? `${place} ` : ''}take out one of the two, or say ${beside}: null there`,
    profile: draft.name,
  })
}

/** RFC 7396, but for the two kinds of assertion. */
export function layColumns(base: unknown, patch: unknown): unknown {
  const laid = applyPatch(base, patch)
  if (!isTree(laid) || !isTree(patch)) return laid
  const decided = COLUMNS.flatMap((column) => {
    const [own, whole] = [patch[column], laid[column]]
    return isTree(own) && isTree(whole) ? [[column, decideKind(own, whole)] as const] : []
  })
  return { ...laid, ...Object.fromEntries(decided) }
}

function decideKind(own: Tree, whole: Tree): Tree {
  const { outside, signed } = sortMembers(own)
  if (outside.length === 0 && signed.length === 0) return whole
  const { outside: sources } = sortMembers(whole)
  return Object.fromEntries(
    Object.entries(whole).filter(([name]) =>
      outside.length > 0 ? outside.includes(name) : !sources.includes(name),
    ),
  )
}
