// What a service is, as data. When a service does not fit, this type gets a column; nothing in
// the program asks for a provider's name. Strings are templates (core/template/template.ts) unless the
// comment says otherwise.

import type { ErrorClass } from './error.ts'

/** Anything a template may stand in: text with ${…}, lists and objects of it, plain values. */
export type Template =
  | string
  | number
  | boolean
  | null
  | readonly Template[]
  | { readonly [name: string]: Template }

export type Templates = Readonly<Record<string, Template>>

export type FieldType =
  | 'text'
  | 'list'
  | 'object'
  | 'number'
  | 'boolean'
  | 'duration'
  | 'url'
  | 'path'
  | 'text or list'
  | 'text or object'
  | 'boolean or object'

/** One thing a profile may say. Makes the checks, the JSON Schema and the wizard. */
export interface Field {
  readonly help: string
  readonly type: FieldType
  readonly required?: boolean
  readonly default?: Template
  readonly choices?: readonly string[]
  readonly secret?: boolean
  /** what the wizard writes where nobody answers */
  readonly example?: Template
}

/** What proves who is asking: signed here, or handed to us by who keeps it fresh. */
export type Assertion = MintedAssertion | OutsideAssertion

export interface MintedAssertion {
  /** that the service accepts, best first */
  readonly algorithms: readonly string[]
  /** the HMAC key, where it is not the profile's key */
  readonly key?: string
  readonly header: Templates
  readonly claims: Templates
  /** seconds; a profile's own `lifetime` and `backdate` come first */
  readonly lifetime?: number
  readonly backdate?: number
}

/** Read anew for every attempt; `command` is words as a shell splits them. */
export type OutsideAssertion =
  | { readonly file: string }
  | { readonly env: string }
  | { readonly command: string }

export const OUTSIDE = ['file', 'env', 'command'] as const

export function isOutside(assertion: Assertion): assertion is OutsideAssertion {
  return OUTSIDE.some((name) => name in assertion)
}

/** undefined where nothing is signed here. */
export function mintedOf(assertion: Assertion | undefined): MintedAssertion | undefined {
  return assertion === undefined || isOutside(assertion) ? undefined : assertion
}

export interface ClaimRule {
  readonly required?: boolean
  readonly type?: 'text' | 'number' | 'list' | 'object'
  /** nothing empty: no "", [] */
  readonly filled?: boolean
  readonly one_of?: readonly string[]
  /** what the service would do with it, and what to write instead */
  readonly why?: string
  readonly fix?: string
}

/** What the service is known to refuse, checked before anything is sent. */
export interface Limits {
  /** seconds */
  readonly lifetime?: number
  /** characters of the whole signed assertion */
  readonly assertion_length?: readonly [least: number, most: number]
  readonly claims?: Readonly<Record<string, ClaimRule>>
  /** what the assertion of the hop before must say */
  readonly via?: {
    readonly required?: boolean
    readonly claims?: Readonly<Record<string, ClaimRule>>
    /** its scopes must cover this call's URL: some scope is contained in it, or equals it */
    readonly scopes?: 'contained' | 'equal'
  }
}

export type Placement = 'form' | 'json' | 'query' | 'multipart' | 'raw'

export interface Call {
  readonly method?: string
  readonly url: string
  /** where `params` go; form when nothing is said */
  readonly in?: Placement
  readonly params?: Templates
  /** the body itself, with `in: raw` */
  readonly body?: string
  readonly query?: Templates
  readonly headers?: Templates
  /** for a body that is empty or raw; an empty body has no content type otherwise */
  readonly content_type?: string
  /** scopes the token before this call is asked for, where its profile names none */
  readonly needs?: readonly string[]
}

/** Paths are dotted; a list of them is tried in order; `*` stands for every member of a list. */
export type Paths = string | readonly string[]

export interface Answer {
  readonly format?: 'json' | 'form' | 'text'
  /** what counts as success: any 2xx, and nothing else, unless said */
  readonly ok_status?: readonly number[]
  /** a member of the body that must have one of these values; null: it may be absent */
  readonly ok_path?: string
  readonly ok_values?: readonly (string | number | boolean | null)[]
  readonly token?: Paths
  readonly type?: Paths
  /** a lifetime (or, in auto, an instant that is told from one) */
  readonly expires_in?: Paths
  readonly expires_unit?: 'auto' | 's' | 'ms'
  /** an instant: ISO 8601 or an epoch */
  readonly expires_at?: Paths
  /** where the lifetime counts from, when not from the request */
  readonly expires_from?: Paths
  /** seconds: the lifetime whatever the answer says / when it says nothing */
  readonly expires_after?: number
  readonly expires_default?: number
  readonly scopes?: Paths
  /** what else is kept: name → path */
  readonly extra?: Readonly<Record<string, string>>
  readonly error_code?: Paths
  readonly error_text?: Paths
  readonly error_details?: Paths
  /** a pattern on the raw body where a server's JSON is broken; groups `code` and `text` */
  readonly error_pattern?: string
  /** in the body (a path) or the headers (`header:x-request-id`) */
  readonly request_id?: Paths
}

/** How the token is used where it is not `Authorization: Bearer`. */
export interface Use {
  readonly header?: string
  /** with ${token} */
  readonly value?: string
  /** further ones that go with it; `get --json` tells them */
  readonly headers?: Templates
}

/** Facts of this machine that can prove a cause; core/explain/evidence.ts looks for them. */
export type Suspect = 'clock' | 'environment' | 'audience' | 'scope' | 'key' | 'account'

export interface ExplainRow {
  /** who says it, where that is not the provider's own service */
  readonly service?: string
  readonly status?: number | readonly number[]
  readonly code?: string | readonly string[]
  /** a regular expression on the code, for codes that are made by a rule */
  readonly code_pattern?: string
  /** a regular expression on the service's text and details, without regard to case */
  readonly text?: string
  /** a regular expression on the address that answers, for who says no more than all others do */
  readonly url?: string
  readonly means: string
  /** likely causes, most likely first */
  readonly why?: readonly string[]
  readonly fix?: string | readonly string[]
  readonly suspects?: readonly Suspect[]
  /** where the status misleads */
  readonly class?: ErrorClass
  /** claims and parameters worth showing */
  readonly sent?: readonly string[]
}

export interface Retry {
  /** the call may be repeated: nothing is used up by it */
  readonly safe?: boolean
  /** statuses that another try does not mend */
  readonly never?: readonly number[]
  /** a refusal that means: the token of the hop before is over, get a new one and try once more */
  readonly renew?: { readonly status: number; readonly text: string }
}

/** Columns laid over a provider's, as RFC 7396 lays a patch over a document: null removes. */
export type Overlay = { readonly [Column in keyof Columns]?: unknown }

export interface Columns {
  readonly environments?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly fields: Readonly<Record<string, Field>>
  readonly assertion?: Assertion
  /** the assertion by which a client authenticates, beside or instead of the one above */
  readonly client_assertion?: Assertion
  readonly limits?: Limits
  readonly call?: Call
  readonly answer?: Answer
  readonly use?: Use
  readonly explain?: readonly ExplainRow[]
  readonly retry?: Retry
  readonly jwks?: string
}

export interface Provider extends Columns {
  /** one line, for lists and the wizard */
  readonly description: string
  readonly documentation?: string
  /** the sandbox's twin that answers for it; without one the generic twin does */
  readonly twin?: string
  readonly auths?: Readonly<Record<string, Overlay>>
  readonly grants?: Readonly<Record<string, Overlay>>
}
