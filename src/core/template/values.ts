// The values of one profile in one attempt: fields and placeholders filled in on demand, each once,
// with one instant for all times. What is secret becomes Hidden here and stays so.

import type { TokenSet } from '../call/token.ts'
import type { Certificate, SigningKey, Tools, WrittenPath } from '../call/tools.ts'
import { TokenError } from '../error.ts'
import { BUILT_IN_NAMES, fieldOf } from '../profile/fields.ts'
import { missingValue, missingVia, unknownPlaceholder } from '../profile/lack.ts'
import { isTree, type Path, readPath } from '../profile/layer.ts'
import { folderOf, type Profile, writtenValue } from '../profile/profile.ts'
import type { Template } from '../provider.ts'
import { Hidden } from '../secret/hidden.ts'
import { splitWords } from './command-words.ts'
import { fill, type Source } from './filling.ts'
import {
  loadCertificate,
  loadKey,
  loadShared,
  readCertificateFact,
  readKeyFact,
} from './keyring.ts'
import { shapeField } from './shape.ts'
import type { Placeholder } from './template.ts'
import { isList, reveal, type Value } from './value.ts'

export interface Facts {
  /** seconds; one instant per attempt */
  readonly now: number
  readonly via: TokenSet | undefined
  /** found in the authorization server's metadata */
  readonly tokenEndpoint?: string
  /** to tell this request from others, not to send it: what makes no difference looks the same */
  readonly identifies?: boolean
  /** to tell where it goes, with nothing read or run: what stands for what the files do not say */
  readonly unknown?: ((placeholder: Placeholder) => Hidden | undefined) | undefined
}

export class Values implements Source {
  readonly profile: Profile
  readonly facts: Facts
  readonly now: number
  readonly unknown: Facts['unknown']
  readonly #tools: Tools
  readonly #fields = new Map<string, Value | undefined>()
  readonly #made = new Map<string, Value>()
  readonly #open: string[] = []
  #key: SigningKey | undefined
  #certificate: Certificate | undefined
  #folder: string | undefined
  hideSources = false

  constructor(profile: Profile, facts: Facts, tools: Tools) {
    this.profile = profile
    this.facts = facts
    this.now = facts.now
    this.unknown = facts.unknown
    this.#tools = tools
  }

  get secrets(): Tools['secrets'] {
    return this.#tools.secrets
  }

  uuid(): string {
    return this.#tools.uuid()
  }

  /** A template of the provider or of a column that the profile lays over it; `at`: which one. */
  fill(template: Template, options: { at?: Path; hideSources?: boolean } = {}): Value | undefined {
    return this.#apart(options.hideSources ?? this.hideSources, () =>
      this.#fillAt(options.at ?? [], template),
    )
  }

  /** Something made on the way: the assertion, the token. */
  make(name: string, value: Value): void {
    this.#made.set(name, value)
  }

  field(name: string): Value | undefined {
    if (this.#fields.has(name)) return this.#fields.get(name)
    if (this.#open.includes(name)) throw this.#cycle(name)
    this.#open.push(name)
    try {
      const value = this.#apart(false, () => this.#readField(name))
      this.#fields.set(name, value)
      return value
    } finally {
      this.#open.pop()
    }
  }

  text(name: string): string | undefined {
    const value = this.field(name)
    return value instanceof Hidden ? value.reveal() : typeof value === 'string' ? value : undefined
  }

  number(name: string): number | undefined {
    const value = this.field(name)
    return typeof value === 'number' ? value : undefined
  }

  flag(name: string): boolean {
    return this.field(name) === true
  }

  /** A path with the folder it is relative to. */
  path(name: string, ...deeper: string[]): WrittenPath | undefined {
    const value = readPath(this.field(name), deeper)
    if (typeof value !== 'string') return undefined
    return { path: value, folder: folderOf(this.profile, [name, ...deeper]) }
  }

  /** The key of the profile, loaded when something first asks for it. */
  key(): SigningKey {
    this.#key ??= loadKey(this, this.#tools)
    return this.#key
  }

  secretKey(template: string): SigningKey {
    return loadShared(this, template, this.#tools)
  }

  certificate(): Certificate | undefined {
    this.#certificate ??= loadCertificate(this, this.#tools)
    return this.#certificate
  }

  name(path: readonly string[], placeholder: Placeholder): Value | undefined {
    const [first = '', ...rest] = path
    const [second = ''] = rest
    const made = this.#made.get(first)
    if (made !== undefined) return descend(made, rest)
    if (first === 'environment') return this.profile.environment
    if (first === 'via') return this.#via(rest)
    if (first === 'key' && rest.length > 0) return readKeyFact(this, second, placeholder)
    if (first === 'certificate') return readCertificateFact(this, second, placeholder)
    if (first === 'token_endpoint' && this.facts.tokenEndpoint !== undefined)
      return this.facts.tokenEndpoint
    if (this.#isKnown(first)) return descend(this.field(first), rest)
    if (BUILT_IN_NAMES.includes(first)) return undefined
    throw unknownPlaceholder(this.profile, placeholder)
  }

  env(name: string, { optional, fallback }: Placeholder): string | undefined {
    const value = this.#tools.env[name]
    const needed = value === undefined && !optional && fallback === undefined
    return needed ? this.#tools.standIn?.text(name) : value
  }

  file(path: string): string {
    return this.#tools.readSecretFile({ path, folder: this.#folder })
  }

  command(line: string): string {
    return this.#tools.runCommand(splitWords(line), this.#folder)
  }

  missing(placeholder: Placeholder): never {
    throw missingValue(this.profile, placeholder)
  }

  #isKnown(name: string): boolean {
    const { provider, layers } = this.profile
    const variables = Object.values(provider.environments ?? {})
    return (
      fieldOf(provider, name) !== undefined ||
      Object.hasOwn(layers.value, name) ||
      variables.some((names) => Object.hasOwn(names, name))
    )
  }

  /** One template may lead to another, of another file and in another place. */
  #apart<Result>(hideSources: boolean, work: () => Result): Result {
    const before = { hideSources: this.hideSources, folder: this.#folder }
    this.hideSources = hideSources
    try {
      return work()
    } finally {
      this.hideSources = before.hideSources
      this.#folder = before.folder
    }
  }

  #readField(name: string): Value | undefined {
    const written = writtenValue(this.profile, name)
    // null removes a member as it removes a field
    const value = written === undefined ? undefined : this.#fillAt([name], dropNulls(written))
    const shaped =
      value === undefined ? undefined : shapeField(this.profile, name, value, this.secrets)
    // scopes are a set
    return name === 'scopes' && this.facts.identifies && isList(shaped) ? sortTexts(shaped) : shaped
  }

  /** Parts of one object may come from two files, each with its own folder. */
  #fillAt(path: Path, template: Template): Value | undefined {
    if (isTree(template) && !Object.keys(template).some((key) => key.includes('${'))) {
      const members = Object.entries(template).flatMap(([key, item]) => {
        const value = this.#fillAt([...path, key], item as Template)
        return value === undefined ? [] : [[key, value] as const]
      })
      return Object.fromEntries(members)
    }
    this.#folder = folderOf(this.profile, path)
    return fill(template, this)
  }

  #via(path: readonly string[]): Value | undefined {
    const { via } = this.facts
    if (via === undefined) throw missingVia(this.profile)
    const known: Value = {
      access_token: via.token,
      extra: via.extra,
      claims: (via.claims ?? null) as Value,
      scopes: via.scopes ?? null,
    }
    const value = descend(known, path)
    // where nothing has been asked yet, nobody knows what else will be answered
    if (value !== undefined || !via.token.standsIn) return value
    return this.secrets.standIn(
      `«${path.join('.')} of ${via.profile}»`,
      `${via.profile}_${path.slice(1).join('_')}`,
      'token',
    )
  }

  #cycle(name: string): TokenError {
    return new TokenError(
      'field_invalid',
      `${this.profile.name}: ${[...this.#open, name].join(' → ')} leads back to itself`,
      {
        means: 'a value may not be made of itself',
      },
    )
  }
}

function sortTexts(values: readonly Value[]): Value {
  const text = (value: Value): string => `${reveal(value)}`
  return [...values].sort((one, other) => (text(one) < text(other) ? -1 : 1))
}

function descend(value: Value | undefined, path: readonly string[]): Value | undefined {
  return readPath(value, path) as Value | undefined
}

function dropNulls(template: Template): Template {
  if (!isTree(template)) return template
  return Object.fromEntries(
    Object.entries(template).flatMap(([name, item]) =>
      item === null ? [] : [[name, dropNulls(item as Template)] as const],
    ),
  )
}
