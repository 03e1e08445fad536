// Where an override goes: to the last profile of the chain whose provider knows the field, or to the
// one that it names. What may not stand on a command line is refused here.

import { TokenError } from '../error.ts'
import { COLUMNS } from '../file/column-schema.ts'
import { listBrokenPatterns } from '../file/pattern.ts'
import { checkValue, type Finding } from '../file/schema.ts'
import { nearest } from '../nearest.ts'
import type { Provider } from '../provider.ts'
import { listPlaceholders } from '../template/template.ts'
import { isList } from '../template/value.ts'
import type { Draft } from './draft.ts'
import { COMMON_FIELDS, fieldOf, isSecretField, knownFields, nameChoices } from './fields.ts'
import { applyPatch, isTree, type Path } from './layer.ts'
import type { Override } from './override.ts'
import { COLUMN_NAMES } from './profile.ts'

export interface Overrides {
  /** with the contents of `=@FILE` read */
  readonly overrides: readonly (Override & { readonly content: unknown })[]
  readonly scopes: readonly string[]
}

type Assigned = { path: Path; value: unknown; flag: string }[]

interface Target {
  readonly name: string
  /** the provider under each of its grants and client authentications */
  readonly variants: readonly Provider[]
  readonly known: ReadonlySet<string>
  readonly assigned: Assigned
}

export function assignOverrides(drafts: readonly Draft[], given: Overrides): Assigned[] {
  if (given.overrides.length === 0 && given.scopes.length === 0) return drafts.map(() => [])
  const targets = drafts.map(describeTarget)
  for (const { flag, profile, path, value, content } of given.overrides) {
    const target = findTarget(targets, path, profile, flag)
    if (value.from !== 'file') refuseLiteralSecrets(target, path, content, flag)
    checkColumn(path, content, flag)
    target.assigned.push({ path, value: content, flag: flag.replace(/:?=…$/, '') })
  }
  if (given.scopes.length > 0) {
    findTarget(targets, ['scopes'], undefined, '--scope').assigned.push({
      path: ['scopes'],
      value: given.scopes.flatMap((scope) => scope.split(/\s+/).filter((part) => part !== '')),
      flag: '--scope',
    })
  }
  return targets.map(({ assigned }) => assigned)
}

/** Columns that mean something to every provider, whether it has them itself or not. */
const EVERYWHERE: readonly string[] = ['fields', 'limits', 'answer', 'use', 'explain', 'retry']

function describeTarget(draft: Draft): Target {
  const { provider, layers, name } = draft
  const own = Object.fromEntries(
    COLUMN_NAMES.flatMap((column) =>
      layers.value[column] == null ? [] : [[column, layers.value[column]]],
    ),
  )
  const overlays = [
    {},
    ...Object.values(provider.grants ?? {}),
    ...Object.values(provider.auths ?? {}),
  ]
  const variants = overlays.map(
    (overlay) => applyPatch(applyPatch(provider, overlay), own) as Provider,
  )
  const known = variants.flatMap((variant) => [
    ...knownFields(variant),
    ...COLUMN_NAMES.filter(
      (column) => variant[column] !== undefined || EVERYWHERE.includes(column),
    ),
    ...(['grant', 'client_auth'] as const).filter(
      (choice) => nameChoices(variant, choice).length > 0,
    ),
  ])
  return { name, variants, known: new Set(known), assigned: [] }
}

function findTarget(
  targets: readonly Target[],
  path: Path,
  profile: string | undefined,
  flag: string,
): Target {
  const name = `${path[0]}`
  const named = profile === undefined ? targets : targets.filter((one) => one.name === profile)
  const found = named.findLast(({ known }) => known.has(name))
  if (found) return found
  throw named.length === 0
    ? unknownProfile(targets, `${profile}`, flag)
    : unknownField(named, name, flag)
}

function unknownProfile(targets: readonly Target[], profile: string, flag: string): TokenError {
  const names = targets.map(({ name }) => name)
  const close = nearest(profile, names)
  return new TokenError('usage', `${flag}: ${profile} is no profile of this chain`, {
    means: `${close === undefined ? '' : `did you mean ${close}? `}the chain is ${names.join(' → ')}`,
  })
}

/** What decides over the chain is said by flags of its own. */
const FLAGS: Readonly<Record<string, string>> = { via: '--then NAME', provider: '--provider NAME' }

function unknownField(targets: readonly Target[], name: string, flag: string): TokenError {
  const names = targets.map((target) => target.name).join(' → ')
  const known = targets.flatMap((target) => [...target.known])
  const close = nearest(name, [...new Set([...known, ...Object.keys(COMMON_FIELDS)])])
  const instead = Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined
  return new TokenError('usage', `${flag}: no such field`, {
    means: Object.hasOwn(COMMON_FIELDS, name)
      ? `nothing in ${names} uses ${name}`
      : close === undefined || instead !== undefined
        ? `${names} knows no ${name}`
        : `did you mean ${close}?`,
    fix: instead ?? `tokentool profile show ${targets.at(-1)?.name}`,
  })
}

/** A column is checked as it would be in the file; fields are, once they have been filled in. */
function checkColumn(path: Path, content: unknown, flag: string): void {
  const [name = '', ...below] = path
  const schema = COLUMNS[name]
  if (schema === undefined) return
  const value = below.reduceRight<unknown>((item, part) => ({ [part]: item }), content)
  const findings: Finding[] = []
  checkValue(schema, value, [name], (finding) => findings.push(finding))
  for (const broken of listBrokenPatterns({ [name]: value }))
    findings.push({ path: broken, of: 'value', message: 'is no regular expression' })
  const [first] = findings
  if (first === undefined) return
  throw new TokenError('usage', `${flag}: ${first.path.join('.')} ${first.message}`, {
    means: 'what is text stands after =, what is a number, a list or an object after :=',
    ...(first.fix !== undefined && { fix: first.fix }),
  })
}

/** Arguments are public (ps shows them): only a code, which is good for one use, may stand there. */
function refuseLiteralSecrets(target: Target, path: Path, content: unknown, flag: string): void {
  if (isTree(content) || isList(content)) {
    for (const [name, item] of Object.entries(content)) {
      refuseLiteralSecrets(target, [...path, name], item, flag)
    }
    return
  }
  if (!isLiteral(content) || !isSecretPlace(target, path, content)) return
  const [name = ''] = path
  const field = path.join('.')
  const help = target.variants.map((variant) => fieldOf(variant, `${name}`)?.help)
  throw new TokenError(
    'usage',
    `${flag}: ${field} is a secret, and arguments can be read by everyone on this machine`,
    {
      means: help.find((line) => line !== undefined) ?? 'a secret',
      fix: [`-s ${field}=@FILE`, `-s ${field}=@-   (from standard input)`],
    },
  )
}

/** Parameters and headers that hold a secret by their name. */
const SECRET_ENDS =
  /(^|[-_])(authorization|assertion|secret|password|passphrase|token|api_?key|key)$/i

function isSecretPlace({ variants }: Target, path: Path, content: unknown): boolean {
  const [name = '', below] = path
  const [last = ''] = path.slice(-1)
  if (name === 'code' || last === 'code' || name === 'user_attributes') return false
  if (name === 'tls') return below === 'passphrase'
  if (name === 'key' && below === 'signer') return false
  if (name === 'proxy') return `${content}`.includes('@')
  // of the columns only a call's parts can hold a secret; `assertion` is one that is called like one
  if (COLUMN_NAMES.some((column) => column === name)) {
    return name === 'call' && SECRET_ENDS.test(`${last}`)
  }
  return variants.some((variant) => isSecretField(variant, `${name}`))
}

/** A text that says where a secret comes from (`${env:NAME}`) gives none away, nor does null. */
function isLiteral(content: unknown): boolean {
  if (typeof content !== 'string') return content !== null
  if (content === '') return false
  try {
    const placeholders = listPlaceholders(content).map(({ placeholder }) => placeholder)
    return placeholders.length === 0 || placeholders.some(({ fallback }) => fallback !== undefined)
  } catch (error) {
    // it begins like a placeholder: what it holds may be told as little as any literal
    if (error instanceof TokenError) return true
    throw error
  }
}
