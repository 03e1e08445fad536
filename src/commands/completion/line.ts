// What is being typed: which command, and what its next word is to be.

import type { Flag } from '../../flags.ts'
import type { Verb } from '../../verbs.ts'
import { SHELLS } from './shell.ts'

export interface Commands {
  readonly verbs: readonly Verb[]
  /** what the first of two words is about */
  readonly groups: Readonly<Record<string, string>>
  /** flags that every verb obeys */
  readonly everywhere: readonly Flag[]
}

export type Want =
  | { readonly kind: 'verbs' | 'flags' | 'profiles' | 'providers' | 'onward' | 'environments' }
  | { readonly kind: 'subverbs'; readonly group: string }
  | { readonly kind: 'choices'; readonly choices: readonly string[] }
  /** another command's business; a file; something that nobody can know */
  | { readonly kind: 'command' | 'files' | 'unknown' }

export interface Place {
  readonly want: Want
  /** of the word that is being typed, what is said already: `--profile=`, `API_TOKEN=` */
  readonly head: string
  readonly typed: string
  /** the flags that may be given here */
  readonly flags: readonly Option[]
  /** what was given, by the long name of the flag */
  readonly values: ReadonlyMap<string, readonly string[]>
  /** arguments before this one */
  readonly names: readonly string[]
  /** a verb without its own words here may be followed by a file */
  readonly orFiles: boolean
}

export interface Option {
  readonly long: string
  readonly short: string | undefined
  /** what its value is called; undefined: it takes none */
  readonly value: string | undefined
  readonly flag: Flag
}

export function readTyped(words: readonly string[], current: string, commands: Commands): Place {
  const values = new Map<string, string[]>()
  const names: string[] = []
  let path: string[] = []
  let open: Option | undefined
  let over = false
  let spot = locate(path, commands)
  for (const word of words) {
    if (open !== undefined) {
      values.set(open.long, [...(values.get(open.long) ?? []), word])
      open = undefined
    } else if (!over && word === '--') {
      over = true
      if (spot.verb?.runs === true) return place({ kind: 'command' }, '')
    } else if (!over && word.startsWith('-') && word !== '-') {
      const { option, value } = readFlag(word, spot.options)
      if (option?.value === undefined) continue
      if (value === undefined) open = option
      else values.set(option.long, [...(values.get(option.long) ?? []), value])
    } else if (names.length === 0 && spot.next.includes(word)) {
      path = [...path, word]
      spot = locate(path, commands)
    } else names.push(word)
  }
  function place(want: Want, head: string, orFiles = false): Place {
    const typed = current.slice(head.length)
    return { want, head, typed, flags: spot.options, values, names, orFiles }
  }
  if (open !== undefined) return place(wantOf(open), '')
  if (!over && current.startsWith('-')) {
    const [head] = /^--[\w-]+=/.exec(current) ?? []
    const option = head && spot.options.find(({ long }) => `${long}=` === head)
    if (!option) return place({ kind: head === undefined ? 'flags' : 'unknown' }, '')
    return place(option.value === undefined ? { kind: 'unknown' } : wantOf(option), head)
  }
  if (path.length === 0) return place({ kind: names.length === 0 ? 'verbs' : 'unknown' }, '')
  const want = argumentOf(spot.verb, names.length)
  if (spot.next.length > 0 && names.length === 0) {
    return place({ kind: 'subverbs', group: path[0] ?? '' }, '', want.kind === 'files')
  }
  // exec API_TOKEN=staging -- …
  const [head = ''] = (spot.verb?.runs === true && /^[A-Za-z_]\w*=/.exec(current)) || []
  return place(want, head)
}

interface Spot {
  readonly verb: Verb | undefined
  /** words that lead further */
  readonly next: readonly string[]
  readonly options: readonly Option[]
}

function locate(path: readonly string[], { verbs, everywhere }: Commands): Spot {
  const below = verbs.filter(({ name }) => path.every((word, at) => wordsOf(name)[at] === word))
  const verb =
    path.length === 0 ? undefined : below.find(({ name }) => wordsOf(name).length === path.length)
  const next = below.flatMap(({ name }) => wordsOf(name)[path.length] ?? [])
  // before the verb the flags of any may stand
  const themes = path.length === 0 ? verbs.flatMap(({ flags }) => flags) : (verb?.flags ?? [])
  return { verb, next, options: [...themes.flat(), ...everywhere].map(readOption) }
}

/** Of "profile show [profile]": profile, show. */
function wordsOf(name: string): string[] {
  return name.split(' ').filter((word) => !word.startsWith('['))
}

function readOption(flag: Flag): Option {
  const [, short, long = '', value] = /^(?:(-\w), )?(--[\w-]+)(?: <(.+)>)?$/.exec(flag.flags) ?? []
  return { long, short, value, flag }
}

/** `--name`, `--name=value`, `-n`, `-nvalue`, and several short ones in one word. */
function readFlag(
  word: string,
  options: readonly Option[],
): { option: Option | undefined; value: string | undefined } {
  if (word.startsWith('--')) {
    const [name = '', value] = splitOnce(word)
    return { option: options.find(({ long }) => long === name), value }
  }
  for (let at = 1; at < word.length; at++) {
    const option = options.find(({ short }) => short === `-${word[at]}`)
    if (option?.value === undefined) continue
    const rest = word.slice(at + 1)
    return { option, value: rest === '' ? undefined : rest }
  }
  return { option: undefined, value: undefined }
}

function splitOnce(word: string): [name: string, value: string | undefined] {
  const at = word.indexOf('=')
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)]
}

const WANTS: Readonly<
  Record<string, Want['kind'] & ('profiles' | 'providers' | 'onward' | 'environments')>
> = {
  '--profile': 'profiles',
  '--provider': 'providers',
  '--then': 'onward',
  '--environment': 'environments',
}

function wantOf({ long, value, flag }: Option): Want {
  const kind = WANTS[long]
  if (kind !== undefined) return { kind }
  if (flag.choices) return { kind: 'choices', choices: flag.choices }
  return { kind: value === 'file' || value === 'source' ? 'files' : 'unknown' }
}

const ARGUMENTS: Readonly<Record<string, Want>> = {
  profile: { kind: 'profiles' },
  profiles: { kind: 'profiles' },
  file: { kind: 'files' },
  source: { kind: 'files' },
  key: { kind: 'files' },
  other: { kind: 'files' },
  shell: { kind: 'choices', choices: SHELLS },
}

function argumentOf(verb: Verb | undefined, index: number): Want {
  const names = (verb?.name ?? '').split(' ').filter((word) => word.startsWith('['))
  const name = names[index] ?? names.find((one) => one.endsWith('...]'))
  return ARGUMENTS[name?.replace(/^\[|\.{3}|\]$/g, '') ?? ''] ?? { kind: 'unknown' }
}
