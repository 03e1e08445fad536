// Where templates get their values from in the end: through the fields they name, and what those
// name in turn. Nothing is read, so it can be asked of any profile.

import { type Assertion, isOutside, type Template } from '../provider.ts'
import { listPlaceholders, type Placeholder } from '../template/template.ts'
import { BUILT_IN_NAMES, isSecretField, isSigned } from './fields.ts'
import type { Path } from './layer.ts'
import { type Profile, writtenValue } from './profile.ts'

export interface Root {
  readonly path: Path
  readonly template: Template
  /** a column of its own text: no field stands there */
  readonly column?: boolean
}

export interface Leaf {
  readonly placeholder: Placeholder
  /** of the text it stands in: a field, or a column */
  readonly path: Path
}

export interface Trace {
  /** what no field stands for: a variable, a file, the time, the key, the token before */
  readonly leaves: readonly Leaf[]
  /** every field on the way */
  readonly fields: ReadonlySet<string>
}

const MADE = BUILT_IN_NAMES.filter((name) => name !== 'environment')

/** What a field stands for, or the environment's name; nothing has to be asked for it. */
export function isField({ kind, name }: Placeholder): boolean {
  const [first = '', ...rest] = name.split('.')
  // `key` alone is the field, `key.id` is asked of the key that has been loaded
  return kind === 'name' && (!MADE.includes(first) || (first === 'key' && rest.length === 0))
}

export function traceSources(profile: Profile, roots: readonly Root[]): Trace {
  const leaves: Leaf[] = []
  const fields = new Set<string>()
  const visit = ({ path: from, template }: Root): void => {
    for (const { placeholder, path } of listPlaceholders(template, from)) {
      const [first = ''] = placeholder.name.split('.')
      if (!isField(placeholder)) leaves.push({ placeholder, path })
      else if (first !== 'environment') visitField(first)
    }
  }
  const visitField = (name: string): void => {
    if (fields.has(name)) return
    fields.add(name)
    const template = writtenValue(profile, name)
    if (template !== undefined) visit({ path: [name], template })
  }
  for (const root of roots) {
    const [name] = root.path
    if (root.path.length === 1 && typeof name === 'string' && !root.column) visitField(name)
    else visit(root)
  }
  return { leaves, fields }
}

/** Its value can be told from the files and flags alone, and is no secret. */
export function isOpen(profile: Profile, root: Root): boolean {
  const { leaves, fields } = traceSources(profile, [root])
  return leaves.length === 0 && ![...fields].some((name) => isSecretField(profile.provider, name))
}

const SIGNING = [
  'key_path',
  'key',
  'public_key',
  'passphrase',
  'key_id',
  'certificate_path',
  'algorithm',
  'allow_weak_key',
  'lifetime',
  'backdate',
]
const CALLING = ['tls', 'proxy', 'timeout', 'allow_http']

/** All that a call of this profile is made of. */
export function listRoots(profile: Profile): Root[] {
  const { assertion, client_assertion, call, use, fields } = profile.provider
  const named = [
    ...Object.keys(fields).filter((name) => fields[name]?.required),
    ...(isSigned(profile.provider) ? SIGNING : []),
    ...(call ? CALLING : []),
    ...(call && 'token_endpoint' in fields ? ['token_endpoint', 'authorization_server'] : []),
  ]
  return [
    ...named.map((name) => ({ path: [name], template: null })),
    ...(assertion ? listSigned('assertion', assertion) : []),
    ...(client_assertion ? listSigned('client_assertion', client_assertion) : []),
    ...(call ? [{ path: ['call', 'url'], template: call.url }] : []),
    ...(call ? listParts(call) : []),
    ...(use?.value === undefined ? [] : [{ path: ['use', 'value'], template: use.value }]),
    ...(use?.headers === undefined ? [] : [{ path: ['use', 'headers'], template: use.headers }]),
  ]
}

/** For people, other choices than the one that was made, or laid over the rest already. */
const UNFILLED = [
  'description',
  'documentation',
  'twin',
  'explain',
  'environments',
  'auths',
  'grants',
  'fields',
]

/** All that could be filled in for it: every word of its own, of its provider and its environment. */
export function listAllRoots({ provider, layers, environment }: Profile): Root[] {
  const variables = environment === undefined ? undefined : provider.environments?.[environment]
  const sources: readonly object[] = [layers.value, provider.fields, variables ?? {}]
  // what is said of other environments is not used
  const names = new Set(sources.flatMap(Object.keys))
  for (const name of ['environments', 'description']) names.delete(name)
  const columns = Object.entries(provider).filter(
    ([name, column]) => column !== undefined && !UNFILLED.includes(name),
  )
  return [
    ...[...names].map((name) => ({ path: [name], template: null })),
    ...columns.map(([name, column]) => ({
      path: [name],
      template: column as Template,
      column: true,
    })),
  ]
}

export function listSigned(column: 'assertion' | 'client_assertion', assertion: Assertion): Root[] {
  if (isOutside(assertion)) {
    return Object.entries(assertion).map(([name, template]) => ({ path: [column, name], template }))
  }
  const { key, header, claims } = assertion
  return [
    ...(key === undefined ? [] : [{ path: [column, 'key'], template: key }]),
    { path: [column, 'header'], template: header },
    { path: [column, 'claims'], template: claims },
  ]
}

function listParts(call: NonNullable<Profile['provider']['call']>): Root[] {
  const { params, query, headers, body } = call
  return Object.entries({ params, query, headers, body }).flatMap(([name, template]) =>
    template === undefined ? [] : [{ path: ['call', name], template }],
  )
}
