// What a project file was allowed, and whether that covers what it wants now.

import type { Command } from '../call/tools.ts'

export interface Use {
  /** the project file that wants it */
  readonly file: string
  /** "variable CLIENT_SECRET", "key ./staging.pem", "the client_secret of corp", "the token of va from …" */
  readonly what: string
  /** the origin it goes to; undefined: to where this command line says */
  readonly where: string | undefined
  readonly command?: Command
  readonly programs?: Programs
  /** what it comes to is not known before it is used, so nobody can be shown it */
  readonly vague?: true
  /** no wish of the file: you typed it, and the file says where it goes */
  readonly typed?: true
}

/** The files of the project that a command is made of, each with the SHA-256 of its contents. */
export type Programs = Readonly<Record<string, string>>

/** A use that was shown and allowed. */
export interface Grant {
  readonly what: string
  readonly where: string | undefined
  readonly programs: Programs
}

export function grantOf({ what, where, programs = {} }: Use): Grant {
  return { what, where, programs }
}

/**
 * Where you typed the address, any that was shown will do; and what you typed may go to wherever the
 * file was allowed to send something.
 */
export function isGranted(use: Use, grants: readonly Grant[]): boolean {
  if (use.vague) return false
  if (use.typed && grants.some(({ where }) => where === use.where)) return true
  return grants.some((grant) => isMeant(use, grant) && listChanges(use, grant).length === 0)
}

/** Programs that are not what they were when the use of them was allowed. */
export function findChanged(use: Use, grants: readonly Grant[]): string[] {
  const meant = grants.filter((grant) => isMeant(use, grant))
  return meant.length === 0 ? [] : [...new Set(meant.flatMap((grant) => listChanges(use, grant)))]
}

function isMeant(use: Use, grant: Grant): boolean {
  if (use.where !== undefined) return grant.what === use.what && grant.where === use.where
  // who gives a token may have been typed as well
  return isToken(use)
    ? isToken(grant) && grant.what.split(' from ')[0] === use.what.split(' from ')[0]
    : grant.what === use.what
}

function isToken({ what }: Use | Grant): boolean {
  return what.startsWith('the token of ')
}

function listChanges({ programs = {} }: Use, grant: Grant): string[] {
  const names = new Set([...Object.keys(programs), ...Object.keys(grant.programs)])
  return [...names].filter((name) => programs[name] !== grant.programs[name])
}

/** What was allowed and is no longer used. */
export function listUnused(grants: readonly Grant[], uses: readonly Use[]): Grant[] {
  const wanted = new Set(uses.map((use) => identify(grantOf(use))))
  return grants.filter((grant) => !wanted.has(identify(grant)))
}

/** Each once, by where it goes: a person asks what one host is given. */
export function sortUses<Item extends Use | Grant>(uses: readonly Item[]): Item[] {
  const once = new Map(uses.map((use) => [identify(use), use]))
  const keyOf = ({ what, where }: Use | Grant): string => `${where ?? '\uffff'}\0${what}`
  return [...once.values()].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
}

function identify({ what, where, programs = {} }: Use | Grant): string {
  return JSON.stringify([what, where ?? null, Object.entries(programs).sort()])
}

export function showUse(use: Use | Grant): string {
  return `${showWhat(use)} → ${showWhere(use)}`
}

export function showWhat({ what, programs = {} }: Use | Grant): string {
  const files = Object.entries(programs)
  const hashes = files.map(([name, hash]) => {
    const short = hash.length > 12 ? `sha256:${hash.slice(0, 12)}…` : hash
    return files.length > 1 ? `${name} ${short}` : short
  })
  return escapeSigns(hashes.length === 0 ? what : `${what} (${hashes.join(', ')})`)
}

export function showWhere({ where }: Use | Grant): string {
  return escapeSigns(where ?? 'the address you typed')
}

/** Letters that are read from left to right; no arrow, no space that is none, nothing that combines. */
const LETTERS =
  /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u

/** A sign in a name could show another host than the one it goes to. */
function escapeSigns(text: string): string {
  return text.replace(/[^\x00-\x7f…«»]/gu, (sign) =>
    LETTERS.test(sign) && !/\p{Default_Ignorable_Code_Point}|\p{M}/u.test(sign)
      ? sign
      : `\\u${sign.length > 1 ? `{${sign.codePointAt(0)?.toString(16)}}` : sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
