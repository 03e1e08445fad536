// What a project file would use of this machine, and where it would send it. A file that was found,
// not named, may use only what `tokentool trust` has shown.

import type { Tools } from '../call/tools.ts'
import type { Use } from './grant.ts'
import { type Path, readPath } from './layer.ts'
import { COLUMN_NAMES, folderOf, type Profile } from './profile.ts'
import { listLiteralSecrets } from './secret-text.ts'
import { findChooser, findWhere, isTyped } from './whereabouts.ts'
import { listWishes, type Wish } from './wish.ts'

export const OUTPUT = 'standard output'

export function listUses(profiles: readonly Profile[], tools: Tools): Use[] {
  return profiles.flatMap((profile, index) => listOwn(profile, profiles[index - 1], tools))
}

function listOwn(profile: Profile, before: Profile | undefined, tools: Tools): Use[] {
  // whoever says where a call goes says where every secret in it goes, its own and those it extends
  const chooser = findChooser(profile)
  if (chooser === undefined) return []
  const { file, folder } = chooser
  const where = findWhere(profile, tools)
  const use = (what: string, more: Partial<Use> = {}): Use => ({ file, what, where, ...more })
  // to where you typed it, or to yourself
  const isYours = where === undefined || where === OUTPUT
  const useTyped = ([name]: Path): Use[] =>
    isYours ? [] : [use(`what you typed for ${name}`, { typed: true })]
  const useWish = ({ path, what, relative, words, vague, plain }: Wish): Use[] => {
    if (isTyped(profile, path)) return plain ? [] : useTyped(path)
    const own = folderOf(profile, path)
    const place = relative && own !== undefined && own !== folder ? ` in ${own}` : ''
    const command = words && { command: { words, folder: own } }
    return [use(`${what}${place}`, { ...command, ...(vague && { vague }) })]
  }
  const useLiteral = (path: Path): Use[] => {
    if (isTyped(profile, path)) return useTyped(path)
    const owner = findOwner(profile, path)
    if (owner === undefined || owner.file === file) return []
    return [use(`the ${showField(path)} of ${showName(owner.name)}`)]
  }
  return [
    ...listWishes(profile, tools).flatMap(useWish),
    ...listLiteralSecrets(profile).flatMap(useLiteral),
    ...(before ? [use(`the token of ${describeToken(before, tools)}`)] : []),
  ]
}

interface Owner {
  readonly file: string
  /** the profile, or provider, that it stands in */
  readonly name: string
}

/** undefined: it stands in no file. */
function findOwner(profile: Profile, path: Path): Owner | undefined {
  const { layers, home, providerName } = profile
  // beside what a profile lays over a column stands what its provider has there
  const origin = readPath(layers.value, path) === undefined ? undefined : layers.originOf(path)
  if (origin === undefined) return home && { file: home.file, name: providerName }
  if (origin.kind !== 'file') return undefined
  return { file: origin.document.file, name: `${origin.path[1] ?? profile.name}` }
}

function showField(path: Path): string {
  const [name = ''] = path
  return name === 'tls' || COLUMN_NAMES.some((column) => column === name)
    ? path.join('.')
    : `${name}`
}

/** Whose it is, and who gives it: another profile of that name has another token. */
function describeToken(before: Profile, tools: Tools): string {
  const document = before.entry?.document ?? before.home
  const where = findWhere(before, tools)
  const own = document?.origin === 'user' ? 'your own ' : ''
  return `${own}${showName(before.name)}${where === undefined ? '' : ` from ${where}`}`
}

/** So that a name says nothing but itself. */
function showName(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : JSON.stringify(name)
}
