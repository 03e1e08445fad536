// A whole profile file against what its providers know: every mistake at once, each with its place.

import { nearest } from '../nearest.ts'
import { sortMembers } from '../profile/assertion-source.ts'
import { applyPatch, isTree, type Path } from '../profile/layer.ts'
import type { Provider } from '../provider.ts'
import { listSourceMistakes } from './assertion-check.ts'
import {
  type Catalog,
  type Entry,
  findProfile,
  findProvider,
  listProfiles,
  listProviders,
} from './catalog.ts'
import type { ProfileDocument } from './document.ts'
import { fileInvalid, type Mistake } from './mistake.ts'
import { listBrokenPatterns } from './pattern.ts'
import { FILE_SCHEMA, profileSchema } from './profile-schema.ts'
import { checkValue, type Finding } from './schema.ts'
import { listUnknowns, namesOf } from './unknowns.ts'

export function checkCatalog(catalog: Catalog): void {
  const mistakes = catalog.documents.flatMap((document) => checkDocument(catalog, document))
  if (mistakes.length > 0) throw fileInvalid(mistakes)
}

export function checkDocument(catalog: Catalog, document: ProfileDocument): Mistake[] {
  const mistakes: Mistake[] = []
  const report = ({ path, of, message, fix }: Finding): void => {
    mistakes.push({
      place: document.place(path, of),
      path,
      message,
      ...(fix !== undefined && { fix }),
    })
  }
  const check = new Checker(catalog, document, report)
  checkValue(FILE_SCHEMA, document.data, [], report)
  const data = isTree(document.data) ? document.data : {}
  const { default_profile, profiles, providers } = data
  if (typeof default_profile === 'string') check.checkName(default_profile, ['default_profile'])
  for (const [name, raw] of Object.entries(isTree(providers) ? providers : {})) {
    check.checkProvider(name, raw, ['providers', name])
  }
  for (const [name, raw] of Object.entries(isTree(profiles) ? profiles : {})) {
    if (!/^[\w][\w.-]*$/.test(name)) {
      report({
        path: ['profiles', name],
        of: 'key',
        message: 'a profile is named with letters, digits, _ - and .',
      })
    }
    check.checkProfile(raw, ['profiles', name], [])
  }
  return mistakes
}

/** What decides about a profile is read before anything is filled in. */
const NAMES = ['provider', 'extends', 'via', 'environment', 'grant', 'client_auth']

/** A profile may have further fields, grants and ways to authenticate than its provider. */
function pickDeclarations({ fields, grants, auths }: Entry['raw']): object {
  const columns = Object.entries({ fields, grants, auths })
  return Object.fromEntries(columns.filter(([, column]) => isTree(column)))
}

function isPlaceholder(value: unknown): boolean {
  return typeof value === 'string' && value.includes('${')
}

class Checker {
  readonly #catalog: Catalog
  readonly #document: ProfileDocument
  readonly #report: (finding: Finding) => void

  constructor(catalog: Catalog, document: ProfileDocument, report: (finding: Finding) => void) {
    this.#catalog = catalog
    this.#document = document
    this.#report = report
  }

  #reportAll(findings: readonly Finding[]): void {
    for (const finding of findings) this.#report(finding)
  }

  /** A profile named by default_profile, extends or via. */
  checkName(name: string, path: Path): void {
    if (isPlaceholder(name) || findProfile(this.#catalog, name, this.#document)) return
    const names = listProfiles(this.#catalog, this.#document).map((entry) => entry.name)
    const close = nearest(name, names)
    this.#report({
      path,
      of: 'value',
      message: `no such profile${close === undefined ? '' : `; did you mean ${close}?`}`,
    })
  }

  checkProfile(raw: unknown, path: Path, above: readonly unknown[]): void {
    if (!isTree(raw)) {
      this.#report({ path, of: 'value', message: 'wants fields: provider: … and what it needs' })
      return
    }
    const { extends: base, via } = raw
    for (const name of NAMES) {
      if (isPlaceholder(raw[name])) {
        const message = 'a name stands here, not a placeholder: it is read before there are values'
        this.#report({ path: [...path, name], of: 'value', message })
      }
    }
    if (typeof base === 'string') this.checkName(base, [...path, 'extends'])
    if (typeof via === 'string') this.checkName(via, [...path, 'via'])
    if (isTree(via) && !above.includes(via))
      this.checkProfile(via, [...path, 'via'], [...above, via])
    const provider = this.#providerOf(raw as Entry['raw'], path)
    if (provider === undefined) return
    checkValue(profileSchema(provider), raw, path, this.#report)
    this.#reportAll(listSourceMistakes(raw, path))
    this.#checkPatterns(raw, path)
    const { via: _, ...own } = raw
    this.#reportAll(listUnknowns(own, path, namesOf(provider)))
  }

  checkProvider(name: string, raw: unknown, path: Path): void {
    if (Object.hasOwn(this.#catalog.builtIns, name)) {
      this.#report({
        path,
        of: 'key',
        message: 'this is the name of a built-in provider; choose another',
      })
    }
    if (!isTree(raw)) return
    const provider = { fields: {}, ...(raw as object) } as Provider
    if (!isTree(provider.fields)) return
    if (raw.call === undefined && raw.assertion === undefined) {
      this.#report({ path, of: 'key', message: 'a provider has a call, an assertion, or both' })
    }
    for (const column of ['assertion', 'client_assertion'] as const) {
      const assertion = raw[column]
      if (!isTree(assertion) || sortMembers(assertion).outside.length > 0) continue
      for (const part of ['algorithms', 'header', 'claims']) {
        if (assertion[part] !== undefined) continue
        const message = `an assertion says its ${part}: nothing is added behind it`
        this.#report({ path: [...path, column], of: 'key', message })
      }
    }
    if (isTree(raw.call) && typeof raw.call.url !== 'string') {
      this.#report({ path: [...path, 'call'], of: 'key', message: 'a call has a url' })
    }
    this.#reportAll(listUnknowns(raw, path, namesOf(provider)))
    this.#reportAll(listSourceMistakes(raw, path))
    this.#checkPatterns(raw, path)
  }

  /** Of the profile itself, or of what it extends, with what they declare themselves. */
  #providerOf(raw: Entry['raw'], path: Path): Provider | undefined {
    let at: Pick<Entry, 'raw' | 'document'> = { raw, document: this.#document }
    let name: unknown
    let provider: Provider | undefined
    const overlays: object[] = []
    for (let steps = 0; steps < 20; steps++) {
      overlays.unshift(pickDeclarations(at.raw))
      if (typeof name !== 'string') {
        name = at.raw.provider
        provider =
          typeof name === 'string' ? findProvider(this.#catalog, name, at.document) : undefined
      }
      const { extends: base } = at.raw
      const next =
        typeof base === 'string' ? findProfile(this.#catalog, base, at.document) : undefined
      if (next === undefined) break
      at = next
    }
    if (provider) return overlays.reduce<unknown>(applyPatch, provider) as Provider
    if (typeof raw.provider === 'string') this.#reportProvider(raw.provider, path)
    if (raw.provider === undefined && raw.extends === undefined) {
      this.#report({
        path,
        of: 'key',
        message: 'names no provider; add provider: va-sis, or another',
      })
    }
    return undefined
  }

  #reportProvider(name: string, path: Path): void {
    if (isPlaceholder(name)) return
    const names = listProviders(this.#catalog, this.#document)
    const close = nearest(name, names)
    const hint = close === undefined ? `there are ${names.join(', ')}` : `did you mean ${close}?`
    const message = `no such provider; ${hint}`
    this.#report({ path: [...path, 'provider'], of: 'value', message })
  }

  #checkPatterns(raw: Readonly<Record<string, unknown>>, path: Path): void {
    for (const broken of listBrokenPatterns(raw)) {
      this.#report({ path: [...path, ...broken], of: 'value', message: 'is no regular expression' })
    }
  }
}
