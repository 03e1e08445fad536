// Checks a value against as much of JSON Schema (2020-12) as our own schema uses, because a
// validator's own messages name keywords, not what to type. The type lists every keyword there
// is, so that a schema cannot ask for one that nobody looks at.

import { nearest } from '../nearest.ts'

export type TypeName = 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null'

export interface JsonSchema {
  readonly $schema?: string
  readonly $id?: string
  readonly $ref?: string
  readonly $defs?: { readonly [name: string]: JsonSchema }
  readonly type?: TypeName | readonly TypeName[]
  readonly properties?: { readonly [name: string]: JsonSchema }
  readonly additionalProperties?: false | JsonSchema
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly enum?: readonly (string | number | boolean | null)[]
  readonly const?: string | number | boolean | null
  readonly pattern?: string
  readonly minimum?: number
  readonly minItems?: number
  readonly minLength?: number
  readonly anyOf?: readonly JsonSchema[]
  /** What to say instead, where the value itself does not fit: a pattern explains nothing. */
  readonly errorHint?: string
  // for editors only
  readonly allOf?: readonly { readonly if: JsonSchema; readonly then: JsonSchema }[]
  readonly title?: string
  readonly description?: string
  readonly markdownDescription?: string
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly deprecated?: boolean
}

export interface Finding {
  readonly path: readonly (string | number)[]
  readonly of: 'key' | 'value'
  readonly message: string
  readonly fix?: string
}

type Path = readonly (string | number)[]
type Report = (finding: Finding) => void

/** `schema` is the root that `#/$defs/…` starts from. */
export function checkValue(schema: JsonSchema, value: unknown, path: Path, report: Report): void {
  check({ root: schema, report }, schema, value, path)
}

interface Context {
  readonly root: JsonSchema
  readonly report: Report
}

function check(context: Context, schema: JsonSchema, value: unknown, path: Path): void {
  // what a placeholder will be is checked when it has been filled in
  if (typeof value === 'string' && hasPlaceholder(value)) return
  if (schema.$ref !== undefined) check(context, lookUp(context.root, schema.$ref), value, path)
  const types = typeof schema.type === 'string' ? [schema.type] : schema.type
  const message =
    types === undefined || types.some((type) => isOfType(value, type))
      ? findMisfit(schema, value)
      : describeMismatch(types, value)
  if (message !== undefined) {
    context.report({ path, of: 'value', message: schema.errorHint ?? message })
    return
  }
  if (Array.isArray(value)) {
    for (const [index, item] of schema.items ? value.entries() : []) {
      check(context, schema.items ?? {}, item, [...path, index])
    }
  } else if (isMap(value)) checkMembers(context, schema, value, path)
  if (schema.anyOf) checkBranches(context, schema, schema.anyOf, value, path)
}

function checkMembers(
  context: Context,
  schema: JsonSchema,
  value: Readonly<Record<string, unknown>>,
  path: Path,
): void {
  const properties = schema.properties ?? {}
  for (const [name, item] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties
    if (known) check(context, known, item, [...path, name])
    else if (known === false) {
      // a name that already stands there is not the one that was meant
      const candidates = Object.keys(properties).filter((other) => !Object.hasOwn(value, other))
      const close = nearest(name, candidates)
      const message = `no such field${close === undefined ? '' : `; did you mean ${close}?`}`
      context.report({ path: [...path, name], of: 'key', message })
    }
  }
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(value, name)) {
      const help = properties[name]?.description
      context.report({
        path,
        of: 'key',
        message: `${name} is missing${help === undefined ? '' : ` (${help})`}`,
      })
    }
  }
}

/** The branch that was most likely meant speaks, not all of them. */
function checkBranches(
  context: Context,
  schema: JsonSchema,
  branches: readonly JsonSchema[],
  value: unknown,
  path: Path,
): void {
  let best: Finding[] | undefined
  for (const branch of branches) {
    const types = typesOf(context.root, branch)
    if (types && !types.some((type) => isOfType(value, type))) continue
    const findings: Finding[] = []
    check({ root: context.root, report: (found) => findings.push(found) }, branch, value, path)
    if (best === undefined || findings.length < best.length) best = findings
    if (findings.length === 0) return
  }
  if (best === undefined) {
    const message = describeMismatch(typesOf(context.root, { anyOf: branches }) ?? [], value)
    context.report({ path, of: 'value', message: schema.errorHint ?? message })
  } else for (const finding of best) context.report(finding)
}

/** What is wrong with a value of the right type. It is not repeated: it may be a secret. */
function findMisfit(schema: JsonSchema, value: unknown): string | undefined {
  if (schema.const !== undefined && value !== schema.const) return `must be ${schema.const}`
  if (schema.enum && !schema.enum.some((allowed) => allowed === value)) {
    const names = schema.enum.filter((name) => name !== null).map(String)
    const close = typeof value === 'string' ? nearest(value, names) : undefined
    const list = names.length > 12 ? `${names.slice(0, 12).join(', ')}, …` : names.join(', ')
    return `is not one of ${list}${close === undefined ? '' : `; did you mean ${close}?`}`
  }
  if (typeof value === 'string') {
    if (schema.minLength !== undefined && value.length < schema.minLength) {
      return schema.minLength === 1 ? 'is empty' : `wants ${schema.minLength} characters or more`
    }
    if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value)) {
      return `does not have the form ${schema.pattern}`
    }
  }
  if (typeof value === 'number' && schema.minimum !== undefined && value < schema.minimum) {
    return `wants ${schema.minimum} or more`
  }
  if (Array.isArray(value) && schema.minItems !== undefined && value.length < schema.minItems) {
    return schema.minItems === 1 ? 'is an empty list' : `wants ${schema.minItems} entries or more`
  }
  return undefined
}

const WORDS: Readonly<Record<TypeName, string>> = {
  object: 'a map of names',
  array: 'a list',
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'nothing (null)',
}

function describeMismatch(types: readonly TypeName[], value: unknown): string {
  // null is allowed where it removes something: nobody who gave a value meant that
  const named = types.length > 1 ? types.filter((type) => type !== 'null') : types
  const wants = `wants ${named.map((type) => WORDS[type]).join(' or ')}`
  if (value === null || value === undefined) return `${wants}, but nothing stands here`
  const takes = (...names: TypeName[]) => names.some((name) => types.includes(name))
  if (typeof value === 'number' || typeof value === 'boolean') {
    // YAML has made a number of an id, or a boolean of a word
    const stands = typeof value === 'number' ? 'a number' : `${value}`
    return `${wants}, but this is ${stands}${takes('string') ? '; put it in quotes' : ''}`
  }
  if (typeof value === 'string') {
    const loose =
      (takes('number', 'integer') && value.trim() !== '' && Number.isFinite(Number(value))) ||
      (takes('boolean') && /^(true|false)$/.test(value))
    return `${wants}, but this is text${loose ? '; leave out the quotes' : ''}`
  }
  return `${wants}, but this is ${Array.isArray(value) ? 'a list' : 'a map of names'}`
}

/** The types a schema admits; undefined where it does not care. */
function typesOf(root: JsonSchema, schema: JsonSchema): readonly TypeName[] | undefined {
  if (typeof schema.type === 'string') return [schema.type]
  if (schema.type) return schema.type
  if (schema.const !== undefined) return [typeOf(schema.const)]
  if (schema.enum) return [...new Set(schema.enum.map(typeOf))]
  if (schema.$ref !== undefined) return typesOf(root, lookUp(root, schema.$ref))
  if (!schema.anyOf) return undefined
  const branches = schema.anyOf.map((branch) => typesOf(root, branch))
  const all = branches.flatMap((types) => types ?? [])
  return branches.includes(undefined) ? undefined : [...new Set(all)]
}

function typeOf(value: string | number | boolean | null): TypeName {
  if (value === null) return 'null'
  const type = typeof value
  return type === 'string' || type === 'boolean' ? type : 'number'
}

function isOfType(value: unknown, type: TypeName): boolean {
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return isMap(value)
  if (type === 'integer') return Number.isInteger(value)
  return typeof value === type
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `$${` is a literal `${`. */
function hasPlaceholder(text: string): boolean {
  return text.replaceAll('$${', '').includes('${')
}

function lookUp(root: JsonSchema, ref: string): JsonSchema {
  const name = ref.startsWith('#/$defs/') ? ref.slice('#/$defs/'.length) : undefined
  const found = name === undefined ? undefined : root.$defs?.[name]
  if (ref === '#') return root
  if (found === undefined) throw new Error(`the schema has no ${ref}`)
  return found
}
