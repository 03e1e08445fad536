// What a profile says: is all of it there, does the provider use it, can it be read.

import { showPath, showPlace } from '../file/mistake.ts'
import { missingField } from '../profile/lack.ts'
import { COLUMN_NAMES, documentOf, placeOf, writtenValue } from '../profile/profile.ts'
import type { Leaf } from '../profile/sources.ts'
import { listLiterals } from '../secret/veil.ts'
import { splitWords } from '../template/command-words.ts'
import { type Case, isBlindTo, isLater } from './examination.ts'

export async function examineContents(one: Case): Promise<void> {
  examineRequired(one)
  examineUnused(one)
  await examineSources(one)
  examineLiterals(one)
  await examineValues(one)
}

function examineRequired({ profile, findings }: Case): void {
  const { fields } = profile.provider
  const required = Object.keys(fields).filter((name) => fields[name]?.required)
  const missing = required.filter((name) => writtenValue(profile, name) === undefined)
  for (const name of missing) findings.fail('fields', missingField(profile, [name]))
  if (missing.length > 0) return
  const names = required.length === 0 ? 'nothing is required' : `has ${required.join(', ')}`
  findings.add('fields', 'ok', names)
}

/** The profile's structure, rather than something that goes into a call. */
const STRUCTURE: readonly string[] = [
  ...['provider', 'environment', 'environments', 'via', 'description', 'grant', 'client_auth'],
  ...COLUMN_NAMES,
]

function examineUnused({ profile, fields, findings }: Case): void {
  const { layers, providerName } = profile
  for (const [name, value] of Object.entries(layers.value)) {
    const handedOn = layers.originOf([name])?.kind === 'handed on'
    if (STRUCTURE.includes(name) || value === null || fields.has(name) || handedOn) continue
    const place = placeOf(profile, [name])
    findings.add('fields', 'warning', `${name}: ${providerName} makes no use of it`, {
      fix: [`${place ? `${showPlace(place)} ` : ''}take it out, or put \${${name}} into a column`],
    })
  }
}

async function examineSources(one: Case): Promise<void> {
  const { leaves, instruments, findings } = one
  const given = leaves.filter(({ placeholder: { kind } }) =>
    ['env', 'file', 'command'].includes(kind),
  )
  const distinct = new Map(
    given.map((leaf) => [`${leaf.placeholder.text} ${folderOf(one, leaf)}`, leaf]),
  )
  if (instruments.blind !== undefined) {
    const names = [...distinct.values()].map(describe)
    if (names.length > 0)
      findings.add(
        'secrets',
        'skipped',
        `${names.join(', ')}: not looked at (${instruments.blind})`,
      )
    return
  }
  for (const leaf of distinct.values()) await examineSource(one, leaf)
}

async function examineSource(one: Case, leaf: Leaf): Promise<void> {
  const { values, instruments, findings } = one
  const { placeholder } = leaf
  const { kind, name, optional, fallback } = placeholder
  const what = describe(leaf)
  if (kind === 'file') {
    const path = { path: name, folder: folderOf(one, leaf) }
    await findings.attempt(
      'secrets',
      () => instruments.tools.readSecretFile(path),
      () => `${what} can be read`,
    )
    return
  }
  if (kind === 'command') {
    await findings.attempt(
      'secrets',
      () => instruments.findCommand({ words: splitWords(name), folder: folderOf(one, leaf) }),
      (file) => `${what}: ${file} will be run at get; doctor runs no command`,
    )
    return
  }
  const value = instruments.tools.env[name]
  const unset = value === undefined || (value === '' && placeholder.advice !== undefined)
  if (fallback !== undefined && (unset || value === '')) {
    findings.add('secrets', 'ok', `${what} is not set; its default is taken`)
  } else if (unset && optional) findings.add('secrets', 'ok', `${what} is not set, and may be`)
  else if (unset) await findings.attempt('secrets', () => values.missing(placeholder))
  else if (value === '') findings.add('secrets', 'warning', `${what} is set, but empty`)
  else findings.add('secrets', 'ok', `${what} is set`)
}

function describe({ placeholder: { kind, name } }: Leaf): string {
  // the words behind the first may be a password
  if (kind === 'command') return `command ${splitWords(name)[0]}`
  return `${kind === 'env' ? 'variable' : kind} ${name}`
}

/** As Values has it: a field's own file, for a column that of the profile. */
function folderOf({ profile }: Case, { path }: Leaf): string | undefined {
  const isColumn = COLUMN_NAMES.some((name) => name === path[0])
  return isColumn ? profile.entry?.document.folder : documentOf(profile, path)?.folder
}

function examineLiterals({ profile, findings }: Case): void {
  for (const path of listLiterals(profile)) {
    const place = placeOf(profile, path)
    const name = `${path.at(-1)}`
    const variable = name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')
    const where = place ? showPlace(place) : profile.name
    findings.add('secrets', 'warning', `${where} ${showPath(path)}: a secret stands in the file`, {
      means: ['whoever gets to see the file has it, and so has every copy and every commit'],
      fix: [`${name}: \${env:${variable}}`],
    })
  }
}

/** Each field by itself, so that all that is wrong is told, not only what is wrong first. */
async function examineValues(one: Case): Promise<void> {
  const { profile, fields, values, instruments, findings } = one
  for (const name of fields) {
    const root = [{ path: [name], template: null }]
    const hidden = instruments.blind !== undefined && isBlindTo(profile, root)
    if (hidden || isLater(profile, root)) continue
    await findings.attempt('fields', () => values.field(name))
  }
}
