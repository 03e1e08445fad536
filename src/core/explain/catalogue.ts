// All rows, by who says them.

import { USUAL } from '../answer/usual.ts'
import type { Answer as Columns, ExplainRow, Provider } from '../provider.ts'

export interface Service {
  readonly name: string
  /** undefined: it has no provider of its own */
  readonly provider: string | undefined
  /** services of one family share their codes */
  readonly family: string
  readonly columns: Columns
  readonly rows: readonly ExplainRow[]
  /** those of its rows that are nobody's in particular */
  readonly behind?: readonly ExplainRow[]
  /** what any service may say: whoever knows more comes first */
  readonly generic: boolean
  /** what is said where no service answered at all */
  readonly silent: boolean
  /** it may be met beside any service, so naming one does not rule it out */
  readonly anywhere: boolean
  /** a regular expression on the whole text, by which it gives itself away */
  readonly mark: string | undefined
}

/** By the names of services, and of providers. */
export interface Traits {
  readonly marks: Readonly<Record<string, string>>
  readonly generic: readonly string[]
  readonly silent: readonly string[]
  readonly anywhere: readonly string[]
}

export function groupRows(
  providers: Readonly<Record<string, Provider>>,
  { marks, generic, silent, anywhere }: Traits,
): Service[] {
  const found = new Map<string, Service & { rows: ExplainRow[] }>()
  for (const [name, provider] of Object.entries(providers)) {
    for (const row of listRows(provider)) {
      const key = row.service ?? name
      const service = found.get(key) ?? {
        name: row.service ?? provider.description,
        provider: row.service === undefined ? name : undefined,
        family: row.service ?? provider.twin ?? name,
        columns: { ...USUAL, ...(row.service === undefined ? provider.answer : {}) },
        rows: [],
        generic: generic.includes(key),
        silent: silent.includes(key),
        anywhere: anywhere.includes(key),
        mark: Object.hasOwn(marks, key) ? marks[key] : undefined,
      }
      if (!service.rows.includes(row)) service.rows.push(row)
      found.set(key, service)
    }
  }
  const all = [...found.values()]
  return [...all.filter((one) => !one.generic), ...all.filter((one) => one.generic)]
}

/** All rows of one provider, whoever says them: in their order, as a live failure meets them. */
export function gatherService(name: string, provider: Provider): Service {
  return {
    name: provider.description,
    provider: name,
    family: provider.twin ?? name,
    columns: { ...USUAL, ...provider.answer },
    rows: [...new Set(listRows(provider))],
    generic: false,
    silent: false,
    anywhere: false,
    mark: undefined,
  }
}

/** Those of its grants as well, behind the others. */
function listRows(provider: Provider): ExplainRow[] {
  const overlays = Object.values(provider.grants ?? {})
  const lists = [provider.explain, ...overlays.map(({ explain }) => explain)]
  return lists.flatMap((list) => (list as readonly ExplainRow[] | null | undefined) ?? [])
}

/** Codes that are told from other words wherever they stand in a text. */
export function listCodes(services: readonly Service[]): Set<string> {
  const codes = services.flatMap(({ rows }) => rows.flatMap(codesOf))
  return new Set(codes.filter((code) => /^(?=.*[\d_])\w{6,}$/.test(code)))
}

export function codesOf({ code }: ExplainRow): readonly string[] {
  return code === undefined ? [] : typeof code === 'string' ? [code] : code
}
